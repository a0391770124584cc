# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that lies, hangs or goes away: a folder shown again through FUSE, with faults that a test switches on and off.

As a program, `bad_disk.py FOLDER MOUNTPOINT RULES` serves until it is unmounted. RULES is a JSON file, read at every
call: {"short"|"flip"|"eio"|"hang"|"full"|"flush": part of a path}; a rule holds for paths that contain its text.
short: a file ends at half its length. flip: one bit of what is read is another one. eio: reading fails. hang: reading
gives no answer until the rule is gone. full: writing says that there is no room. flush: flushing fails.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


class BadDisk:
    """The mounted disk, for a test: `path` is where it is seen, `behind` what it shows."""

    def __init__(self, place: Path, behind: Path | None = None) -> None:
        self.behind = behind or place / "behind"
        self.path = place / "bad-disk"
        self._rules = place / "rules.json"
        self._server: subprocess.Popen[bytes] | None = None
        for folder in (self.behind, self.path):
            folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> BadDisk:
        self.set()
        self.mount()
        return self

    def __exit__(self, *_error: object) -> None:
        self.set()
        self.unplug()

    def set(self, **rules: str) -> None:
        """These faults from now on, and no others."""
        draft = self._rules.with_suffix(".draft")
        draft.write_text(json.dumps(rules), encoding="utf-8")
        draft.replace(self._rules)

    def mount(self) -> None:
        """Mount the disk, and wait until it is there."""
        command = [sys.executable, __file__, os.fspath(self.behind), os.fspath(self.path), os.fspath(self._rules)]
        self._server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not os.path.ismount(self.path):
            assert self._server.poll() is None and time.monotonic() < until, "FUSE does not work here"
            time.sleep(0.01)

    def unplug(self, *, and_unmount: bool = True) -> None:
        """Kill the disk: every call on it fails from now on (ENOTCONN), until it is unmounted."""
        if self._server is not None:
            self._server.send_signal(signal.SIGKILL)
            self._server.wait()
            self._server = None
        if and_unmount:
            subprocess.run(["fusermount3", "-u", "-z", os.fspath(self.path)], check=False, capture_output=True)


def serve(behind: str, mountpoint: str, rules: str) -> None:
    """Serve the disk until it is unmounted."""
    import mfusepy

    class Disk(mfusepy.Operations):  # type: ignore[misc]
        """Everything passes through to the folder behind, but for what a rule says."""

        use_ns = True

        def _at(self, path: str) -> str:
            return behind + path

        def _bad(self, rule: str, path: str) -> bool:
            with open(rules, encoding="utf-8") as file:
                part = json.load(file).get(rule)
            return part is not None and part in path

        def getattr(self, path: str, _fh: int | None = None) -> dict[str, Any]:
            facts = os.lstat(self._at(path))
            names = ("st_mode", "st_nlink", "st_size", "st_uid", "st_gid", "st_ino", "st_blocks", "st_blksize")
            found: dict[str, Any] = {name: getattr(facts, name) for name in names}
            return found | {f"st_{kind}time": getattr(facts, f"st_{kind}time_ns") for kind in "amc"}

        def readdir(self, path: str, _fh: int) -> list[tuple[str, dict[str, Any], int]]:
            names = [".", "..", *os.listdir(self._at(path))]
            return [(name, self.getattr(f"{path.rstrip('/')}/{name}"), 0) for name in names]

        def statfs(self, path: str) -> dict[str, int]:
            facts = os.statvfs(self._at(path))
            return {name: getattr(facts, name) for name in dir(facts) if name.startswith("f_") and name != "f_fsid"}

        def open(self, path: str, flags: int) -> int:
            return os.open(self._at(path), flags & ~(os.O_CREAT | os.O_EXCL | os.O_APPEND))

        def create(self, path: str, mode: int, _fi: Any = None) -> int:
            return os.open(self._at(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

        def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
            while self._bad("hang", path):
                time.sleep(0.05)
            if self._bad("eio", path) and offset > 0:
                raise mfusepy.FuseOSError(errno.EIO)
            if self._bad("short", path):
                size = max(0, min(size, os.fstat(fh).st_size // 2 - offset))
            data = os.pread(fh, size, offset)
            if self._bad("flip", path) and offset == 0 and data:
                return bytes([data[0] ^ 1]) + data[1:]
            return data

        def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
            if self._bad("full", path):
                raise mfusepy.FuseOSError(errno.ENOSPC)
            return os.pwrite(fh, data, offset)

        def fsync(self, path: str, _datasync: int, fh: int) -> None:
            if self._bad("flush", path):
                raise mfusepy.FuseOSError(errno.EIO)
            os.fsync(fh)

        def truncate(self, path: str, length: int, _fh: int | None = None) -> None:
            os.truncate(self._at(path), length)

        def release(self, _path: str, fh: int) -> None:
            os.close(fh)

        def mkdir(self, path: str, mode: int) -> None:
            os.mkdir(self._at(path), mode)

        def rmdir(self, path: str) -> None:
            os.rmdir(self._at(path))

        def unlink(self, path: str) -> None:
            os.unlink(self._at(path))

        def rename(self, old: str, new: str) -> None:
            os.rename(self._at(old), self._at(new))

        def chmod(self, path: str, mode: int) -> None:
            os.chmod(self._at(path), mode)

        def utimens(self, path: str, times: tuple[int, int] | None = None) -> None:
            os.utime(self._at(path), ns=times)

    with contextlib.suppress(KeyboardInterrupt):
        mfusepy.FUSE(Disk(), mountpoint, foreground=True, use_ino=True, default_permissions=True)


if __name__ == "__main__":
    serve(*sys.argv[1:4])
