# SPDX-License-Identifier: GPL-3.0-or-later
"""One ffprobe process: called by way of ffmpeg-python, with a time limit and an environment of its own."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FunctionType, SimpleNamespace
from typing import Any

# Hosts set these for their own libraries; with them a system ffprobe loads the wrong ones and fails.
_HOST_VARIABLES = ("LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_", "PYTHON", "QT_")


class Refused(Exception):
    """ffprobe could not answer; `broken` tells that it knew the format."""

    def __init__(self, reason: str, advice: str = "", broken: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.broken = broken


def clean_environment() -> dict[str, str]:
    """The environment without the variables by which a host finds its own libraries."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_HOST_VARIABLES)}


def run_ffprobe(path: str, time_limit: float) -> dict[str, Any]:
    """The parsed answer of ffprobe. Raises Refused, or ValueError where the answer is no JSON."""
    program = shutil.which("ffprobe")
    if program is None:
        raise Refused("no reader here knows this format.", "Install PyAV (`pip install av`) or FFmpeg.")
    options = {"v": "error", "protocol_whitelist": "file"}
    try:
        answer: dict[str, Any] = _probe(time_limit)(os.path.abspath(path), cmd=program, **options)
    except subprocess.TimeoutExpired:
        raise Refused(f"ffprobe gave no answer within {time_limit:g} seconds.", broken=True) from None
    except _Failed:
        raise Refused("no reader knows this format, or the file is damaged.") from None
    return answer


class _Failed(Exception):
    """ffprobe ended with an error."""


def _probe(time_limit: float) -> Any:
    """`ffmpeg.probe` of ffmpeg-python, or its like where that is missing.

    The library runs ffprobe in the environment of the host, and without an end. Its function is bound to a
    `subprocess` of ours that differs in just these two points; the library itself stays as it is for others.
    """
    ours = SimpleNamespace(PIPE=subprocess.PIPE, Popen=lambda *args, **options: _Process(time_limit, *args, **options))
    theirs = _library()
    if theirs is None:
        return _Plain(ours)
    return FunctionType(
        theirs.__code__, {**theirs.__globals__, "subprocess": ours, "Error": _error}, "probe", theirs.__defaults__
    )


@lru_cache(1)
def _library() -> Any:
    try:
        import ffmpeg
    except ImportError:
        return None
    return ffmpeg.probe


def _error(*_details: object) -> Exception:
    return _Failed()


@contextmanager
def _own_dlls() -> Iterator[None]:
    """On Windows: a host's SetDllDirectory is passed on to children, which then load its libraries and crash."""
    kernel32: Any = getattr(getattr(ctypes, "windll", None), "kernel32", None)
    if kernel32 is None:
        yield
        return
    was = ctypes.create_unicode_buffer(32768)
    kernel32.GetDllDirectoryW(len(was), was)
    kernel32.SetDllDirectoryW(None)
    try:
        yield
    finally:
        kernel32.SetDllDirectoryW(was.value or None)


class _Process(subprocess.Popen[bytes]):
    """A process with a clean environment that is killed, and waited for, when its time is over."""

    def __init__(self, time_limit: float, command: list[str], stdout: int, stderr: int) -> None:
        self._time_limit = time_limit
        with _own_dlls():
            super().__init__(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env=clean_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:  # noqa: A002
        """As in Popen, with the limit given at the start."""
        try:
            return super().communicate(input, timeout or self._time_limit)
        except subprocess.TimeoutExpired:
            self.kill()
            super().communicate()
            raise


class _Plain:
    """What `ffmpeg.probe` does, for hosts that have neither PyAV nor ffmpeg-python."""

    def __init__(self, processes: SimpleNamespace) -> None:
        self._processes = processes

    def __call__(self, path: str, cmd: str, **options: str) -> Any:
        words = [word for name, value in options.items() for word in (f"-{name}", value)]
        pipe = self._processes.PIPE
        command = [cmd, "-show_format", "-show_streams", "-of", "json", *words, path]
        process = self._processes.Popen(command, stdout=pipe, stderr=pipe)
        answer, _complaints = process.communicate()
        if process.returncode:
            raise _Failed
        return json.loads(answer.decode("utf-8"))
