# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machine and process this is, and whether another process of this machine still lives."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import lru_cache

# A process that is no more; "" stands for one that lives but does not tell since when.
GONE = None
HOST = "0"
_FIRST_PID_NAMESPACE = 0xEFFFFFFC  # the kernel's own number for it (proc_ns.h)


@lru_cache(maxsize=1)
def machine() -> str:
    """A short text that tells this machine from the others that use the same share."""
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return hashlib.sha1(f"{name}\n{_machine_id()}".encode(), usedforsecurity=False).hexdigest()[:12]


@lru_cache(maxsize=1)
def boot() -> str:
    """A short text for this start of the machine; "0" where process start times are absolute and say it all."""
    found = _first_line("/proc/sys/kernel/random/boot_id")
    return hashlib.sha1(found.encode(), usedforsecurity=False).hexdigest()[:12] if found else "0"


@lru_cache(maxsize=1)
def world() -> str:
    """The world of process numbers that can be seen from here: HOST, or the number of a container's own."""
    try:
        number = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return HOST
    return HOST if number == _FIRST_PID_NAMESPACE else f"{number:x}"


def started(pid: int) -> str | None:
    """When a process of this machine was started, as text that only serves to compare; GONE where there is none.

    A number that the system gave to a new process meanwhile is found out by this text.
    """
    if sys.platform == "win32":
        return _windows_started(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return GONE
    except PermissionError:
        pass  # it lives and belongs to somebody else
    if sys.platform.startswith("linux"):
        return _linux_started(pid)
    return _other_started(pid)


def _linux_started(pid: int) -> str | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return ""  # a hidden process: it answered to its number, so it lives
    if not fields:
        return ""
    if fields[0] in (b"Z", b"X"):  # it ended, only its parent has not noticed yet
        return GONE
    return fields[19].decode("ascii")


def _other_started(pid: int) -> str | None:
    import subprocess

    try:
        done = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
            env={"LC_ALL": "C", "PATH": os.defpath},
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    state, _, when = done.stdout.strip().partition(" ")
    if state.startswith("Z"):
        return GONE
    return "".join(letter for letter in when if letter.isalnum())


def _windows_started(pid: int) -> str | None:
    if sys.platform != "win32":
        return ""
    import ctypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = ctypes.c_void_p
    limited_information, invalid_parameter, still_active = 0x1000, 87, 259
    handle = kernel.OpenProcess(limited_information, False, pid)
    if not handle:
        return GONE if ctypes.get_last_error() == invalid_parameter else ""
    try:
        code = ctypes.c_ulong()
        if kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code)) and code.value != still_active:
            return GONE
        times = [ctypes.c_ulonglong() for _ in range(4)]
        if not kernel.GetProcessTimes(ctypes.c_void_p(handle), *(ctypes.byref(time) for time in times)):
            return ""
        return str(times[0].value)
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))


def _machine_id() -> str:
    found = _first_line("/etc/machine-id")
    if found or sys.platform.startswith("linux"):
        return found
    import uuid

    return f"{uuid.getnode():x}"


def _first_line(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.readline().strip()
    except OSError:
        return ""
