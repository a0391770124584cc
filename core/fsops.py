# SPDX-License-Identifier: GPL-3.0-or-later
"""The only module that writes to the project tree. Few functions, each durable when it returns, none that overwrites.

Every refusal of the system comes out as DiskFull, WriteFailed, ReadFailed or SourceChanged with the path and what to
do about it; no error is turned into a success, not even one of `close`.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from . import os_errors
from .errors import DiskFull, PlatesError, ReadFailed, SourceChanged, WriteFailed
from .hashing import Hasher
from .holder import Holder
from .longpath import native
from .readback import BUFFER, leave_cache, thread_buffer
from .rename import rename_exclusive
from .source_files import SourceFile, inode_of, mtime_of

# Only folders with such a name may be removed with what is in them: nothing published ever starts like this.
PRIVATE = ".ramses-"
DRAFT = PRIVATE + "draft-"
_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0)
_READ = os.O_RDONLY | _FLAGS | getattr(os, "O_NONBLOCK", 0)  # a pipe in the place of a file must not block the open
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS
_ALL_MAY_READ = stat.S_IRUSR | stat.S_IRGRP
_ALL_MAY_ENTER = _ALL_MAY_READ | stat.S_IXUSR | stat.S_IXGRP
_WAIT = "Wait until the delivery is complete, then scan again."
_RENAME_TRIES = 20
_FLUSHED_AT_ONCE = 64 * BUFFER
_appending = threading.Lock()


def free_space(folder: str) -> tuple[int | None, int | None]:
    """(bytes, number of files) that still fit on the disk of `folder`; None where the file system does not count."""
    with _reported("look at the disk", folder):
        if not hasattr(os, "statvfs"):
            import shutil

            return shutil.disk_usage(native(folder)).free, None
        facts = os.statvfs(folder)
        room = facts.f_bavail * facts.f_frsize if facts.f_blocks else None
        return room, facts.f_favail if facts.f_files else None


def make_folder(path: str) -> bool:
    """Make one folder that the group can enter; False where the name is taken already."""
    with _reported("make the folder", path):
        try:
            os.mkdir(native(path))
        except FileExistsError:
            return False
        try:
            _let_group_enter(path)
        except BaseException:
            remove_empty([path])
            raise
        return True


def make_folders(path: str, made: list[str]) -> None:
    """Make `path` and what is missing above it, durably; each folder that this call makes is added to `made`."""
    missing = []
    folder = path
    while not os.path.isdir(native(folder)):
        missing.append(folder)
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    for folder in reversed(missing):
        if make_folder(folder):
            made.append(folder)
            sync_folder(os.path.dirname(folder))
        elif not os.path.isdir(native(folder)):
            raise WriteFailed("cannot make the folder: a file has this name.", folder, "Move the file away.")


def sync_folder(path: str) -> None:
    """Make the names in a folder durable. Windows does this by itself and cannot be asked."""
    if os.name == "nt":
        return
    with _opened(path, os.O_RDONLY | _FLAGS, "flush the folder") as fd:
        try:
            os.fsync(fd)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems have no such call
                raise


def copy_hashed(file: SourceFile, target: str, hasher: Hasher, passed: Callable[[int], None]) -> None:
    """Copy one planned file to the new file `target`, every byte read once and hashed on its way, and make it durable.

    `passed` is told of every piece (bytes) and may raise. Raises SourceChanged where the source is not the planned
    file before or after, or ends early; the size counted is the plan's, never that of a later look.
    """
    with _opened(file.path, _READ, "read", ReadFailed) as source:
        before = _expect_planned(source, file)
        with _opened(target, _NEW, "write") as sink:
            _let_group_read(sink)
            with io.FileIO(source, closefd=False) as reader:
                _pump(reader, file, sink, hasher, passed)
            # Whoever writes and then sets the old time again cannot hide the time of the status change.
            if _expect_planned(source, file).st_ctime_ns != before.st_ctime_ns:
                raise SourceChanged("it was changed while it was copied.", file.path, _WAIT)
            _flush(sink)
            leave_cache(sink)  # what nobody reads soon must not push out what artists work on; copying is faster, too
            if os.fstat(sink).st_size != file.size:
                raise WriteFailed(f"only {os.fstat(sink).st_size} of {file.size} bytes arrived.", target)


def write_file(path: str, pieces: Iterable[bytes], *, replace: bool = False) -> None:
    """Write a new durable file from pieces. With `replace` an older one is exchanged at once: old or new, never half.

    The folder's names are made durable only for `replace`; a new file's folder is for the caller to sync.
    """
    if not replace:
        _write_new(path, pieces)
        return
    folder, name = os.path.split(path)
    holder = Holder.me("write", "file")
    draft = os.path.join(folder, DRAFT + holder.text())
    sweep_drafts(folder)
    try:
        _write_new(draft, pieces)
        with _reported(f"replace {name} by", draft):
            os.replace(native(draft), native(path))
    except BaseException:
        _gone_quietly(draft)
        raise
    finally:
        holder.done()
    sync_folder(folder)


def append_line(path: str, line: str) -> None:
    """Add one durable line to a log; a torn last line of a crash is closed first.

    Processes of one machine may share the log; lines of two clients of a network share can overwrite each other.
    """
    with _appending:
        _append(path, line)


def move(source: str, target: str) -> bool:
    """Rename a folder to a name that nobody has yet; False where somebody has it. Both lie on the same disk.

    A network share may rename and lose the answer: what the disk shows decides, not the error.
    """
    with _reported("move", source, f"Its new name was to be {target}."):
        before = os.lstat(native(source))
    for attempt in range(_RENAME_TRIES):
        try:
            return rename_exclusive(native(source), native(target))
        except OSError as error:
            if _has_moved(before, source, target):
                return True
            # Windows and SMB refuse while a scanner or viewer holds a file inside; such holds are short.
            held = error.errno == errno.EBUSY or (os.name == "nt" and isinstance(error, PermissionError))
            if not held or attempt == _RENAME_TRIES - 1:
                raise _failure(error, f"move to {target}", source, WriteFailed) from error
            time.sleep(0.1)
    raise AssertionError("the last attempt returns or raises")


def remove_private(path: str) -> None:
    """Remove a private working folder (its name starts with PRIVATE) and all that is in it; gone already is fine."""
    if not os.path.basename(path).startswith(PRIVATE):
        raise WriteFailed("this is no working folder and is not removed.", path)
    with _reported("remove", path):
        if os.path.islink(native(path)):  # behind it may lie anything
            raise WriteFailed("this is a link and is not removed.", path)
        _remove_tree(native(path))


def sweep(folder: str, *kinds: str) -> list[PlatesError]:
    """Remove the working folders and drafts in `folder` called `kind` + holder whose holder is dead by evidence.

    Returns what could not be removed. Raises ReadFailed where the folder cannot be listed.
    """
    problems: list[PlatesError] = []
    for name in names_in(folder):
        kind = next((kind for kind in kinds if name.startswith(kind)), "")
        holder = Holder.parse(name[len(kind) :]) if kind else None
        if holder is None or not holder.is_dead:
            continue
        path = os.path.join(folder, name)
        try:
            if kind == DRAFT:
                with _reported("remove", path):
                    _gone(os.unlink, native(path))
            else:
                remove_private(path)
        except PlatesError as problem:
            if is_still_there(problem):
                problems.append(problem)
    return problems


def is_still_there(problem: PlatesError) -> bool:
    """False where what could not be removed is gone: another process swept it at the same time."""
    return problem.path is None or os.path.lexists(native(problem.path))


def sweep_drafts(folder: str) -> None:
    """Remove the drafts of dead processes, as far as that works: somebody else's remains hinder nobody."""
    with suppress(PlatesError):
        sweep(folder, DRAFT)


def names_in(folder: str) -> list[str]:
    """The names in a folder, none where it does not exist. Raises ReadFailed."""
    try:
        return os.listdir(native(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _failure(error, "list the folder", folder, ReadFailed) from error


def remove_file(path: str) -> None:
    """Remove one of our own small records, durably; gone already is fine."""
    with _reported("remove", path):
        _gone(os.unlink, native(path))
    sync_folder(os.path.dirname(path))


def remove_named(path: str) -> int:
    """Remove one regular file, never what a link points to; the bytes it had, 0 where it was gone already."""
    with _reported("remove", path):
        try:
            facts = os.lstat(native(path))
        except FileNotFoundError:
            return 0
        if not stat.S_ISREG(facts.st_mode):
            raise WriteFailed("this is no file and is not removed.", path)
        _gone(os.unlink, native(path))
        return facts.st_size


def remove_empty(folders: Iterable[str]) -> None:
    """Remove those of the folders that are empty; one that others use by now stays."""
    for folder in folders:
        try:
            os.rmdir(native(folder))
        except OSError:
            return


def disk_full(path: str, missing: int | None) -> DiskFull:
    """The error for a full disk; `missing` are the bytes that lack, None where a quota or the system hides them."""
    lack = "" if missing is None else f": {missing:,} bytes more are needed"
    return DiskFull(f"there is no room left{lack}.", path, "Free some space and run again.")


def _failure(error: OSError, doing: str, path: str, kind: type[PlatesError], advice: str = "") -> PlatesError:
    if error.errno in os_errors.FULL and kind is WriteFailed:
        return disk_full(path, None)
    return kind(f"cannot {doing}: {os_errors.reason(error)}.", path, f"{os_errors.advice(error)} {advice}".rstrip())


@contextmanager
def _reported(doing: str, path: str, advice: str = "", kind: type[PlatesError] = WriteFailed) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failure(error, doing, path, kind, advice) from error


@contextmanager
def _opened(path: str, flags: int, doing: str, kind: type[PlatesError] = WriteFailed) -> Iterator[int]:
    """An open file; errors inside belong to `path` unless they were reported already, errors of close count too."""
    with _reported(doing, path, kind=kind):
        try:
            fd = os.open(native(path), flags, 0o666)
        except FileNotFoundError as error:
            if kind is ReadFailed:
                raise SourceChanged("the file is gone since it was planned.", path, "Scan again.") from error
            raise
        try:
            yield fd
        except BaseException:
            _close_quietly(fd)
            raise
        os.close(fd)


def _close_quietly(fd: int) -> None:
    with suppress(OSError):  # an error is on its way already
        os.close(fd)


def _expect_planned(fd: int, file: SourceFile) -> os.stat_result:
    with _reported("read", file.path, kind=ReadFailed):
        facts = os.fstat(fd)
    if not stat.S_ISREG(facts.st_mode):
        raise SourceChanged("this is not a file any more.", file.path, "Scan again.")
    for what, now, planned in (
        ("size", facts.st_size, file.size),
        ("modification time", mtime_of(facts), file.mtime_ns),
        ("identity", inode_of(facts), file.inode),
    ):
        if now != planned:
            raise SourceChanged(f"its {what} changed from {planned} to {now} since it was planned.", file.path, _WAIT)
    return facts


def _pump(reader: io.FileIO, file: SourceFile, sink: int, hasher: Hasher, passed: Callable[[int], None]) -> None:
    buffer = thread_buffer()
    left, waiting = file.size, 0
    while left:
        with _reported("read", file.path, kind=ReadFailed):
            count = reader.readinto(buffer[: min(left, BUFFER)])
        if not count:
            raise SourceChanged(
                f"it ends at byte {file.size - left} of the {file.size} planned.", file.path, "Have it delivered again."
            )
        piece = buffer[:count]
        hasher.update(piece)
        _write_all(sink, piece)
        left -= count
        passed(count)
        waiting += count
        if waiting >= _FLUSHED_AT_ONCE:
            _flush(sink)  # a flush cannot be cancelled, so none may have gigabytes to write
            leave_cache(sink)
            waiting = 0


def _write_new(path: str, pieces: Iterable[bytes]) -> None:
    with _opened(path, _NEW, "write") as fd:
        _let_group_read(fd)
        for piece in pieces:
            _write_all(fd, memoryview(piece))
        _flush(fd)


def _append(path: str, line: str) -> None:
    size = -1
    try:
        with _opened(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _FLAGS, "write") as fd:
            size = os.lseek(fd, 0, os.SEEK_END)
            if size == 0:
                _let_group_read(fd)
            torn = size > 0 and os.lseek(fd, -1, os.SEEK_END) >= 0 and os.read(fd, 1) != b"\n"
            _write_all(fd, memoryview((b"\n" if torn else b"") + line.encode("utf-8") + b"\n"))
            _flush(fd)
        if size == 0:
            sync_folder(os.path.dirname(path))
    except BaseException:
        if size == 0 and _is_empty(path):  # made here, and nobody has written to it meanwhile
            _gone_quietly(path)
        raise


def _is_empty(path: str) -> bool:
    try:
        return os.stat(native(path)).st_size == 0
    except OSError:
        return False


def _write_all(fd: int, data: memoryview) -> None:
    while data:
        data = data[os.write(fd, data) :]


def _flush(fd: int) -> None:
    """The content on the disk itself, not in its cache."""
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
            return
        except OSError:
            pass  # network shares know only fsync
    getattr(os, "fdatasync", os.fsync)(fd)


def _let_group_enter(path: str) -> None:
    mode = os.stat(native(path)).st_mode
    if mode & _ALL_MAY_ENTER != _ALL_MAY_ENTER and os.name != "nt":
        os.chmod(path, stat.S_IMODE(mode) | _ALL_MAY_ENTER)


def _let_group_read(fd: int) -> None:
    """A strict umask must not lock the group out of what is published for it."""
    mode = os.fstat(fd).st_mode
    if mode & _ALL_MAY_READ != _ALL_MAY_READ and hasattr(os, "fchmod"):
        os.fchmod(fd, stat.S_IMODE(mode) | _ALL_MAY_READ)


def _has_moved(before: os.stat_result, source: str, target: str) -> bool:
    try:
        os.lstat(native(source))
        return False
    except FileNotFoundError:
        pass
    except OSError:
        return False
    try:
        after = os.lstat(native(target))
    except OSError:
        return False
    return (after.st_dev, after.st_ino) == (before.st_dev, before.st_ino)


def _remove_tree(path: str) -> None:
    try:
        with os.scandir(path) as entries:
            inside = list(entries)
    except FileNotFoundError:
        return
    for entry in inside:
        if entry.is_dir(follow_symlinks=False):
            _remove_tree(entry.path)
        else:
            _gone(os.unlink, entry.path)
    _gone(os.rmdir, path)


def _gone(remove: Callable[[str], None], path: str) -> None:
    """Two cleaners may meet in one dead folder: what is gone is fine."""
    with suppress(FileNotFoundError):
        remove(path)


def _gone_quietly(path: str) -> None:
    with suppress(OSError):  # an error is on its way already
        os.unlink(native(path))
