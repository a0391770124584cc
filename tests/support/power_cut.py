# SPDX-License-Identifier: GPL-3.0-or-later
"""Power cuts: what some work did to a disk is recorded, and every disk is built that a cut at any moment may leave.

A strict disk: the content of a file is safe once the file was flushed (fsync, fdatasync), a name (new, renamed,
removed) once each folder that it touches was flushed. All else may have arrived or not, each name for itself; content
that was not flushed may be missing, whole, zeros or half. One rename arrives as a whole or not at all.
"""

from __future__ import annotations

import itertools
import os
import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import system_calls

_LINE = re.compile(r"(\d+) +(.*)\Z")
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)\Z")
_UNFINISHED = " <unfinished ...>"
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"\Z')
_LARGEST = "8000000"  # bytes of one write
_TELLS = "/told to the user/"
# These change content in ways that are not recorded.
_UNKNOWN = {"sendfile", "copy_file_range", "splice", "fallocate", "writev", "pwritev", "pwritev2", "msync"}
MODES = ("missing", "whole", "zeros", "half")
_ROOT = 0
_ALL_CHOICES = 6  # names: up to so many that are not safe, every choice of them is tried
_AT_RANDOM = 30  # further disks per moment, each name and each content by itself

Tree = dict[str, "bytes | None"]


def tell(path: str) -> None:
    """Note in the recording that from now on the user counts on what lies at `path` (relative) or is gone."""
    with suppress(FileNotFoundError):
        os.close(os.open(_TELLS + path, os.O_RDONLY))


@dataclass(frozen=True)
class Names:
    """A change of names: (folder, name) that go, (folder, name, inode) that come."""

    goes: tuple[tuple[int, str], ...] = ()
    comes: tuple[tuple[int, str, int], ...] = ()

    @property
    def folders(self) -> set[int]:
        """What must be flushed before this is safe."""
        return {gone[0] for gone in self.goes} | {come[0] for come in self.comes}


@dataclass(frozen=True)
class Data:
    """Bytes written at an offset; `size` not None: the file was cut or lengthened to that size instead."""

    inode: int
    offset: int = 0
    data: bytes = b""
    size: int | None = None


@dataclass(frozen=True)
class Flush:
    """A file or folder that was flushed."""

    inode: int
    is_folder: bool


@dataclass(frozen=True)
class Told:
    """What the user may count on from here: a path below the project, "" for all that can be seen."""

    path: str


Operation = Names | Data | Flush | Told


@dataclass(frozen=True)
class Crash:
    """One possible disk after a cut before operation `at`; `lost` are promises to the user that it breaks."""

    at: int
    how: str
    tree: Tree
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recording:
    """What a project held before, the operations of the work, and which inodes were folders."""

    before: Tree
    operations: tuple[Operation, ...]
    folders: frozenset[int]

    def without(self, dropped: Callable[[Operation], bool]) -> Recording:
        """The same work, had it left out some operations."""
        return replace(self, operations=tuple(one for one in self.operations if not dropped(one)))

    def flushes(self) -> list[Flush]:
        """Every flush of the work."""
        return [one for one in self.operations if isinstance(one, Flush)]

    def crashes(self) -> Iterator[Crash]:
        """Every disk that differs from those before it, in content or in what the user was told by then."""
        disks = _Disks(self)
        for at in range(len(self.operations) + 1):
            yield from disks.at(at)


def record(project: Path, before: Tree, action: Callable[[], object]) -> Recording:
    """Run `action` in a child and record what it does below `project`, which holds `before`."""
    calls = system_calls.CHANGING + ",lseek"
    ended = system_calls.traced(action, calls, "", "-xx", "-s", _LARGEST)
    return _Reader(os.fspath(project), before).read(ended.calls)


class _Reader:
    """Follows the file descriptors and names of a traced run."""

    def __init__(self, project: str, before: Tree) -> None:
        self._project = project
        self._before = before
        self._names, sizes, self._folders = _inodes(before)
        self._sizes = {inode: len(data) for inode, data in sizes.items()}
        self._next = itertools.count(len(before) + 1)
        self._open: dict[int, tuple[int, bool]] = {}  # descriptor -> inode, appends
        self._offsets: dict[int, int] = {}
        self._found: list[Operation] = []

    def read(self, lines: Iterable[str]) -> Recording:
        waiting: dict[str, str] = {}
        for line in lines:
            match = _LINE.match(line)
            assert match, line
            thread, text = match[1], match[2]
            if text.endswith(_UNFINISHED):
                waiting[thread] = text[: -len(_UNFINISHED)]
                continue
            resumed = _RESUMED.match(text)
            call = _CALL.match(waiting.pop(thread) + resumed[1] if resumed else text)
            if call:  # else a signal or an exit
                self._call(call[1], _arguments(call[2]), int(call[3]))
        return Recording(self._before, tuple(self._found), frozenset(self._folders))

    def _call(self, name: str, words: list[str], result: int) -> None:
        if name in ("open", "openat", "creat"):
            self._opened(words, result)
        elif result < 0:
            return
        elif name in ("write", "pwrite64", "lseek", "ftruncate", "fsync", "fdatasync", "close") or name in _UNKNOWN:
            self._on_descriptor(name, words, result)
        elif name.startswith("rename"):
            self._renamed([word for word in words if word.startswith('"')])
        elif name.startswith("mkdir"):
            self._came(_text(next(word for word in words if word.startswith('"'))), folder=True)
        elif name in ("unlink", "unlinkat", "rmdir"):
            self._removed(words)
        else:
            assert name.startswith(("chmod", "fchmod", "utime")), f"{name} is not known here"

    def _opened(self, words: list[str], result: int) -> None:
        at = next(index for index, word in enumerate(words) if word.startswith('"'))
        path, flags = _text(words[at]), words[at + 1]
        if path.startswith(_TELLS):
            self._found.append(Told(path[len(_TELLS) :]))
        if result < 0:
            return
        place = self._place(path, words[0] if at else "AT_FDCWD")
        self._open.pop(result, None)
        if place is None:
            return
        folder, name = place
        inode = self._names[folder].get(name) if name else folder
        if inode is None:
            assert "O_CREAT" in flags, f"{path} was opened and nobody made it"
            inode = self._came(path, folder=False)
        elif "O_TRUNC" in flags and self._sizes[inode]:
            self._data(Data(inode, size=0))
        self._open[result], self._offsets[result] = (inode, "O_APPEND" in flags), 0

    def _on_descriptor(self, name: str, words: list[str], result: int) -> None:
        descriptor = int(words[0])
        if descriptor not in self._open:
            return
        inode, appends = self._open[descriptor]
        if name == "close":
            del self._open[descriptor]
        elif name in ("fsync", "fdatasync"):
            self._found.append(Flush(inode, inode in self._folders))
        elif name == "lseek":
            self._offsets[descriptor] = result
        elif name == "ftruncate":
            self._data(Data(inode, size=int(words[1])))
        else:
            assert name in ("write", "pwrite64"), f"{name} is not followed here"
            data = _bytes(words[1])[:result]
            assert len(data) == result, "a write was not recorded as a whole"
            offset = self._sizes[inode] if appends else self._offsets[descriptor]
            if name == "pwrite64":
                offset = int(words[3])
            else:
                self._offsets[descriptor] = offset + result
            self._data(Data(inode, offset, data))

    def _data(self, operation: Data) -> None:
        end = operation.offset + len(operation.data)
        known = self._sizes[operation.inode]
        self._sizes[operation.inode] = max(known, end) if operation.size is None else operation.size
        self._found.append(operation)

    def _came(self, path: str, folder: bool) -> int:
        place = self._place(path)
        inode = next(self._next)
        if place is not None:
            if folder:
                self._folders.add(inode)
                self._names[inode] = {}
            else:
                self._sizes[inode] = 0
            self._change(Names(comes=((*place, inode),)))
        return inode

    def _renamed(self, words: list[str]) -> None:
        source, target = (self._place(_text(word)) for word in words)
        if source is None and target is None:
            return
        assert source is not None and target is not None, f"{words}: moved in or out"
        self._change(Names((source,), ((*target, self._names[source[0]][source[1]]),)))

    def _removed(self, words: list[str]) -> None:
        at = next(index for index, word in enumerate(words) if word.startswith('"'))
        place = self._place(_text(words[at]), words[0] if at else "AT_FDCWD")
        if place is not None:
            self._change(Names((place,)))

    def _change(self, operation: Names) -> None:
        _apply(self._names, operation)
        self._found.append(operation)

    def _place(self, path: str, below: str = "AT_FDCWD") -> tuple[int, str] | None:
        """(folder, name) of a path, name "" for the project itself; None outside of the project."""
        folder = _ROOT
        if not path.startswith("/"):
            known = None if below == "AT_FDCWD" else self._open.get(int(below))
            if known is None:
                return None
            folder = known[0]
        elif path == self._project:
            return _ROOT, ""
        elif not path.startswith(self._project + "/"):
            return None
        else:
            path = path[len(self._project) + 1 :]
        *above, name = path.split("/")
        for part in above:
            folder = self._names[folder][part]
        return folder, name


class _Disks:
    """All disks that a recording can leave."""

    def __init__(self, recording: Recording) -> None:
        self._operations = recording.operations
        self._names, self._contents, self._folders = _inodes(recording.before)
        self._folders |= recording.folders
        self._written: dict[int, list[int]] = {}
        for at, operation in enumerate(recording.operations):
            if isinstance(operation, Data):
                self._written.setdefault(operation.inode, []).append(at)
        self._cache: dict[tuple[int, int, int, str], bytes] = {}
        self._seen: set[tuple[object, ...]] = set()
        self._told: list[tuple[str, Tree]] = []

    def at(self, at: int) -> Iterator[Crash]:
        """The disks of a cut before operation `at`."""
        pending, unsafe = self._pending(at)
        everything = range(at)
        whole = self._tree(at, set(everything), unsafe, {})
        self._note(at, whole)
        for how, kept, modes in self._choices(at, pending, list(unsafe)):
            dropped = set(pending) - set(kept)
            tree = self._tree(at, {index for index in everything if index not in dropped}, unsafe, modes)
            key = (len(self._told), *((path, id(data)) for path, data in tree.items()))
            if key not in self._seen:
                self._seen.add(key)
                lost = tuple(path for path, expected in self._told if _below(tree, path) != expected)
                yield Crash(at, f"names: {how} of {pending}, content: {modes}", tree, lost)

    def _choices(
        self, at: int, pending: list[int], unsafe: list[int]
    ) -> Iterator[tuple[str, Collection[int], dict[int, str]]]:
        """(words, names that arrived, inode -> what arrived of its content): the orderly ones and some at random."""
        for how, kept in _orderly(pending):
            for mode in MODES if unsafe else ("whole",):
                yield how, kept, dict.fromkeys(unsafe, mode)
        if len(pending) + len(unsafe) < 2:
            return
        dice = random.Random(at)  # the same in each run
        for _ in range(_AT_RANDOM):
            some = [index for index in pending if dice.random() < 0.5]
            yield f"{some}", some, {inode: dice.choice(MODES) for inode in unsafe}

    def _pending(self, at: int) -> tuple[list[int], dict[int, int]]:
        """Changes of names that are not safe, and inode -> how many of its writes are, where some are not."""
        flushed: dict[int, int] = {}
        for index in range(at):
            operation = self._operations[index]
            if isinstance(operation, Flush):
                flushed[operation.inode] = index
        pending = [
            index
            for index in range(at)
            if isinstance(operation := self._operations[index], Names)
            and any(flushed.get(folder, -1) < index for folder in operation.folders)
        ]
        unsafe = {}
        for inode, indexes in self._written.items():
            issued = sum(index < at for index in indexes)
            safe = sum(index < min(at, flushed.get(inode, -1)) for index in indexes)
            if safe < issued:
                unsafe[inode] = safe
        return pending, unsafe

    def _tree(self, at: int, kept: Collection[int], unsafe: dict[int, int], modes: dict[int, str]) -> Tree:
        names = {inode: dict(inside) for inode, inside in self._names.items()}
        for index in range(at):
            operation = self._operations[index]
            if index in kept and isinstance(operation, Names):
                _apply(names, operation)
        found: Tree = {}
        self._walk(names, _ROOT, "", found, lambda inode: self._content(inode, at, unsafe, modes))
        return found

    def _walk(
        self, names: dict[int, dict[str, int]], folder: int, above: str, found: Tree, content: Callable[[int], bytes]
    ) -> None:
        for name, inode in sorted(names.get(folder, {}).items()):
            if inode in self._folders:
                found[above + name] = None
                self._walk(names, inode, f"{above}{name}/", found, content)
            else:
                found[above + name] = content(inode)

    def _content(self, inode: int, at: int, unsafe: dict[int, int], modes: dict[int, str]) -> bytes:
        indexes = self._written.get(inode, [])
        issued = sum(index < at for index in indexes)
        safe = unsafe.get(inode, issued)
        mode = modes.get(inode, "whole") if safe < issued else "whole"
        key = (inode, safe, issued, mode)
        if key not in self._cache:
            data = bytearray(self._contents.get(inode, b""))
            for number, index in enumerate(indexes[:issued]):
                operation = self._operations[index]
                assert isinstance(operation, Data)
                _write(data, operation, "whole" if number < safe else mode)
            self._cache[key] = bytes(data)
        return self._cache[key]

    def _note(self, at: int, tree: Tree) -> None:
        """What the user counts on now; what the work itself changed meanwhile is void until it says so again."""
        self._told = [(path, expected) for path, expected in self._told if _below(tree, path) == expected]
        last = self._operations[at - 1] if at else None
        if isinstance(last, Told):
            self._told = [told for told in self._told if told[0] != last.path]
            self._told.append((last.path, _below(tree, last.path)))


def _orderly(pending: list[int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names that arrived: every choice of a few; of many none, all, the first ones, a single one, all but one."""
    if len(pending) <= _ALL_CHOICES:
        for count in range(len(pending) + 1):
            for kept in itertools.combinations(pending, count):
                yield f"{list(kept)}", kept
        return
    for count in range(len(pending) + 1):
        yield f"the first {count}", tuple(pending[:count])
    for one in pending:
        yield f"only {one}", (one,)
        yield f"all but {one}", tuple(other for other in pending if other != one)


def _apply(names: dict[int, dict[str, int]], operation: Names) -> None:
    for folder, name in operation.goes:
        names.setdefault(folder, {}).pop(name, None)
    for folder, name, inode in operation.comes:
        names.setdefault(folder, {})[name] = inode


def _write(data: bytearray, operation: Data, mode: str) -> None:
    if mode == "missing":
        return
    if operation.size is not None:
        del data[operation.size :]
        data.extend(bytes(operation.size - len(data)))
        return
    piece = operation.data
    if mode == "zeros":
        piece = bytes(len(piece))
    elif mode == "half":
        piece = piece[: len(piece) // 2]
    data.extend(bytes(max(0, operation.offset - len(data))))
    data[operation.offset : operation.offset + len(piece)] = piece


def _below(tree: Tree, path: str) -> Tree:
    """What can be seen at a path and below it; private working folders are nobody's business."""
    return {
        name: data
        for name, data in tree.items()
        if (not path or name == path or name.startswith(path + "/")) and "/.ramses-" not in f"/{name}"
    }


def _inodes(before: Tree) -> tuple[dict[int, dict[str, int]], dict[int, bytes], set[int]]:
    """(folder -> name -> inode, inode -> content, folders) of what was there before."""
    numbers = {"": _ROOT, **{path: number for number, path in enumerate(sorted(before), start=1)}}
    folders = {_ROOT, *(numbers[path] for path, data in before.items() if data is None)}
    names: dict[int, dict[str, int]] = {folder: {} for folder in folders}
    for path in before:
        above, _, name = path.rpartition("/")
        names[numbers[above]][name] = numbers[path]
    return names, {numbers[path]: data for path, data in before.items() if data is not None}, folders


def _arguments(text: str) -> list[str]:
    return text.split(", ")  # strings are written in hexadecimal digits


def _bytes(word: str) -> bytes:
    match = _STRING.match(word)
    assert match, f"{word[:50]} is cut short"
    return bytes.fromhex(match[1].replace("\\x", ""))


def _text(word: str) -> str:
    return os.fsdecode(_bytes(word))
