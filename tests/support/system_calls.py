# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs something in a forked process under strace, which counts its system calls, kills it at one or lets one fail.

strace attaches to the child while it waits for a word from here, so the counters see nothing but the action itself.
What the action returns comes back through shared memory: no call of the child is ours.
"""

from __future__ import annotations

import collections
import json
import mmap
import os
import re
import signal
import struct
import subprocess
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Every call by which Linux lets a program change what a disk holds, with close and the flushes.
CHANGING = (
    "open,openat,openat2,creat,close,write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,splice,"
    "fsync,fdatasync,sync_file_range,syncfs,truncate,ftruncate,fallocate,rename,renameat,renameat2,link,linkat,"
    "symlink,symlinkat,mkdir,mkdirat,mknod,mknodat,rmdir,unlink,unlinkat,chmod,fchmod,fchmodat,chown,fchown,lchown,"
    "fchownat,utime,utimes,utimensat,futimesat,setxattr,fsetxattr,lsetxattr,msync"
)
_CALL = re.compile(r"\d+ +(\w+)\(")
_ROOM = 1 << 20
_LONGEST = 60  # seconds: what takes longer hangs


@dataclass(frozen=True)
class Ended:
    """How the child ended: `killed`, or with an `answer`; `calls` are the traced lines, `hit` those with a fault."""

    killed: bool
    answer: Any
    calls: tuple[str, ...]

    @property
    def hit(self) -> tuple[str, ...]:
        """The calls that were made to fail."""
        return tuple(line for line in self.calls if "(INJECTED)" in line)


@dataclass(frozen=True)
class Point:
    """One system call of a run: the nth of its name."""

    call: str
    nth: int


def points(action: Callable[[], object], calls: str = CHANGING) -> list[Point]:
    """Every call of an undisturbed run, each name counted for itself, in the order in which they came."""
    ended = traced(action, calls)
    counts: collections.Counter[str] = collections.Counter()
    found = []
    for line in ended.calls:
        match = _CALL.match(line)
        if match:
            counts[match[1]] += 1
            found.append(Point(match[1], counts[match[1]]))
    return found


def killed_at(point: Point, action: Callable[[], object]) -> Ended:
    """Run `action` and kill it (SIGKILL) instead of one call."""
    return traced(action, point.call, f"{point.call}:signal=KILL:when={point.nth}")


def failing_at(point: Point, error: str, action: Callable[[], object]) -> Ended:
    """Run `action` and let one call fail with an error such as "ENOSPC", without being carried out."""
    return traced(action, point.call, f"{point.call}:error={error}:when={point.nth}")


def traced(action: Callable[[], object], calls: str = CHANGING, inject: str = "", *options: str) -> Ended:
    """Run `action`, traced for `calls`; raises AssertionError where it ended in an exception."""
    shared = mmap.mmap(-1, _ROOM)
    wait, go = os.pipe()
    ready, here = os.pipe()
    child = os.fork()
    if child == 0:
        _play(action, (wait, go, here), shared)
    os.close(wait)
    os.close(here)
    os.read(ready, 1)  # from now on the child only waits: strace must not meet a call of ours
    os.close(ready)
    with tempfile.NamedTemporaryFile("r", dir=_fast(), errors="replace") as log:
        try:
            command = ["strace", "-f", "-a0", *(options or ("-s80",)), "-p", str(child), "-o", log.name]
            command += ["-e", f"trace={calls}", "-e", "signal=none", *(["-e", f"inject={inject}"] if inject else [])]
            strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
            assert strace.stderr is not None
            said = strace.stderr.readline()
            if "attached" not in said:
                raise AssertionError(f"strace cannot trace here: {said}{strace.stderr.read()}")
        except BaseException:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise
        finally:
            os.close(go)
        _, status = os.waitpid(child, 0)
        strace.communicate()
        lines = tuple(log.read().splitlines())
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, f"it hangs after {lines[-5:]}"
        return Ended(True, None, lines)
    answer = json.loads(shared[4 : 4 + struct.unpack("I", shared[:4])[0]])
    assert os.WEXITSTATUS(status) == 0, answer
    return Ended(False, answer, lines)


def _play(action: Callable[[], object], pipes: tuple[int, int, int], shared: mmap.mmap) -> None:
    status: int = 3
    answer: Any = "it could not even tell its error"
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_LONGEST)
        wait, go, here = pipes
        os.close(go)
        os.write(here, b".")
        os.read(wait, 1)  # nothing comes: the other end is closed once strace is there
        answer = action()
        status = 0
    except BaseException:  # noqa: BLE001 - a child must never come back into the test
        answer = traceback.format_exc()
    finally:
        try:
            data = json.dumps(answer).encode()[: _ROOM - 4]
            shared[: 4 + len(data)] = struct.pack("I", len(data)) + data
        finally:
            os._exit(status)


def _fast() -> str | None:
    return "/dev/shm" if os.path.isdir("/dev/shm") else None
