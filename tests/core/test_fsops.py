# SPDX-License-Identifier: GPL-3.0-or-later
"""The one module that writes: durable, exclusive, and every refusal of the system is told by name."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ramses_plates.core import fsops, hashing, rename
from ramses_plates.core.errors import DiskFull, PlatesError, ReadFailed, SourceChanged, WriteFailed
from ramses_plates.core.longpath import extended
from ramses_plates.core.source_files import SourceFile, inode_of, mtime_of


def planned(path: Path) -> SourceFile:
    facts = os.stat(path)
    return SourceFile(os.fspath(path), None, "", facts.st_size, mtime_of(facts), inode_of(facts))


def copy(file: SourceFile, target: Path) -> bytes:
    hasher = hashing.new("sha1")
    assert hasher is not None
    fsops.copy_hashed(file, os.fspath(target), hasher, lambda _count: None)
    return hasher.digest()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.exr"
    path.write_bytes(os.urandom(3 * fsops.BUFFER + 17))
    return path


class Refuse:
    """Makes the nth call of an os function fail; the call itself is not carried out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, error: int, nth: int = 1) -> None:
        self._real = getattr(os, name)
        self._error = error
        self._left = nth
        monkeypatch.setattr(os, name, self)

    def __call__(self, *values: Any, **options: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            raise OSError(self._error, os.strerror(self._error))
        return self._real(*values, **options)


# --- copying


def test_a_copy_is_the_source_and_hashed_on_its_way(source: Path, tmp_path: Path) -> None:
    digest = copy(planned(source), tmp_path / "out.exr")
    assert (tmp_path / "out.exr").read_bytes() == source.read_bytes()
    hasher = hashing.new("sha1")
    assert hasher is not None
    hasher.update(source.read_bytes())
    assert digest == hasher.digest()


def test_an_empty_file_is_copied(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    copy(planned(tmp_path / "empty"), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b""


def test_every_byte_is_read_once(source: Path, tmp_path: Path) -> None:
    pieces: list[int] = []
    hasher = hashing.new("sha1")
    assert hasher is not None
    fsops.copy_hashed(planned(source), os.fspath(tmp_path / "out"), hasher, pieces.append)
    assert sum(pieces) == source.stat().st_size


@pytest.mark.parametrize("what", ["size", "mtime_ns", "inode"])
def test_a_source_that_is_not_the_planned_one_is_refused_by_name(source: Path, tmp_path: Path, what: str) -> None:
    file = planned(source)
    changed = file._replace(**{what: getattr(file, what) + 1})
    with pytest.raises(SourceChanged) as caught:
        copy(changed, tmp_path / "out")
    assert caught.value.path == os.fspath(source)
    assert not (tmp_path / "out").exists()


def test_a_source_that_is_gone_is_named(source: Path, tmp_path: Path) -> None:
    file = planned(source)
    source.unlink()
    with pytest.raises(SourceChanged, match=r"in\.exr.*gone"):
        copy(file, tmp_path / "out")


def test_a_pipe_in_the_place_of_the_source_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in.exr")
    with pytest.raises(SourceChanged, match="not a file"):
        copy(SourceFile(os.fspath(tmp_path / "in.exr"), None, "", 10, 0, 0), tmp_path / "out")


def test_a_source_that_shrinks_while_it_is_copied_is_refused(source: Path, tmp_path: Path) -> None:
    file = planned(source)
    hasher = hashing.new("sha1")
    assert hasher is not None

    def shrink(_count: int) -> None:
        os.truncate(source, fsops.BUFFER + 5)

    with pytest.raises(SourceChanged, match="ends at byte"):
        fsops.copy_hashed(file, os.fspath(tmp_path / "out"), hasher, shrink)


@pytest.mark.parametrize("how", ["append", "rewrite"])
def test_a_source_that_is_written_while_it_is_copied_is_refused(source: Path, tmp_path: Path, how: str) -> None:
    file = planned(source)
    hasher = hashing.new("sha1")
    assert hasher is not None

    def write(_count: int) -> None:
        with source.open("ab" if how == "append" else "r+b") as out:
            out.write(b"later")

    with pytest.raises(SourceChanged):
        fsops.copy_hashed(file, os.fspath(tmp_path / "out"), hasher, write)


def test_a_share_that_ends_early_and_then_claims_that_size_is_refused(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen on a real network file system: after a short read even stat answers the short size."""
    file = planned(source)
    short = tmp_path / "short.exr"
    short.write_bytes(source.read_bytes()[: fsops.BUFFER])
    real = os.open

    def open_short(path: str, *values: Any) -> int:
        return real(os.fspath(short) if path == file.path else path, *values)

    monkeypatch.setattr(os, "open", open_short)
    monkeypatch.setattr(fsops, "_expect_planned", lambda _fd, _file: None)
    with pytest.raises(SourceChanged, match=f"byte {fsops.BUFFER} of the {file.size} planned"):
        copy(file, tmp_path / "out")


def test_a_target_that_exists_is_never_written(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"precious")
    with pytest.raises(WriteFailed, match=r"out.*exists"):
        copy(planned(source), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("call", "error", "kind", "text"),
    [
        ("write", errno.ENOSPC, DiskFull, "no room"),
        ("write", errno.EDQUOT, DiskFull, "no room"),
        ("write", errno.EIO, WriteFailed, "reports a fault"),
        ("fdatasync", errno.EIO, WriteFailed, "reports a fault"),
        ("fdatasync", errno.ENOSPC, DiskFull, "no room"),
        ("open", errno.EMFILE, PlatesError, "ulimit"),
        ("open", errno.ESTALE, PlatesError, "mounted anew"),
        ("fstat", errno.ESTALE, ReadFailed, "mounted anew"),
    ],
)
def test_a_refusal_of_the_system_is_told_with_path_and_advice(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: int, kind: type, text: str
) -> None:
    file = planned(source)
    Refuse(monkeypatch, call, error)
    with pytest.raises(kind, match=text) as caught:
        copy(file, tmp_path / "out")
    assert caught.value.path in (os.fspath(source), os.fspath(tmp_path / "out"))


def test_the_second_open_is_the_target(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = planned(source)
    Refuse(monkeypatch, "open", errno.EROFS, nth=2)
    with pytest.raises(WriteFailed, match=r"out.*read-only"):
        copy(file, tmp_path / "out")


@pytest.mark.parametrize("nth", [1, 2])
def test_an_error_of_close_counts(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    """Network file systems report a full quota only when a file is closed."""
    file = planned(source)
    Refuse(monkeypatch, "close", errno.EDQUOT, nth)
    with pytest.raises(PlatesError):
        copy(file, tmp_path / "out")


def test_a_short_write_is_continued(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:100_000]))
    copy(planned(source), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == source.read_bytes()


def test_a_copy_is_readable_by_the_group_whatever_the_source_or_the_umask_say(source: Path, tmp_path: Path) -> None:
    source.chmod(0o400)
    old = os.umask(0o077)
    try:
        copy(planned(source), tmp_path / "out")
        fsops.make_folder(os.fspath(tmp_path / "folder"))
        fsops.write_file(os.fspath(tmp_path / "text"), [b"x"])
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "text").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o750


# --- files, lines, folders


def test_write_file_never_overwrites(tmp_path: Path) -> None:
    path = os.fspath(tmp_path / "a")
    fsops.write_file(path, [b"one", b"two"])
    assert (tmp_path / "a").read_bytes() == b"onetwo"
    with pytest.raises(WriteFailed):
        fsops.write_file(path, [b"three"])
    assert (tmp_path / "a").read_bytes() == b"onetwo"


def test_replace_is_old_or_new_and_leaves_no_draft(tmp_path: Path) -> None:
    path = os.fspath(tmp_path / "a")
    fsops.write_file(path, [b"old"], replace=True)

    def pieces() -> Iterator[bytes]:
        yield b"new"
        assert (tmp_path / "a").read_bytes() == b"old"
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(DiskFull):
        fsops.write_file(path, pieces(), replace=True)
    assert os.listdir(tmp_path) == ["a"] and (tmp_path / "a").read_bytes() == b"old"
    fsops.write_file(path, [b"new"], replace=True)
    assert os.listdir(tmp_path) == ["a"] and (tmp_path / "a").read_bytes() == b"new"


def test_a_torn_last_line_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "log"
    fsops.append_line(os.fspath(path), "one")
    with path.open("ab") as file:
        file.write(b'{"torn')
    fsops.append_line(os.fspath(path), "two")
    assert path.read_text(encoding="utf-8").splitlines() == ["one", '{"torn', "two"]


def test_make_folder_tells_whether_it_made_it(tmp_path: Path) -> None:
    assert fsops.make_folder(os.fspath(tmp_path / "a"))
    assert not fsops.make_folder(os.fspath(tmp_path / "a"))


def test_make_folders_tells_which_it_made_and_they_can_be_removed_while_empty(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    made: list[str] = []
    fsops.make_folders(os.fspath(tmp_path / "a" / "b" / "c"), made)
    assert made == [os.fspath(tmp_path / "a" / "b"), os.fspath(tmp_path / "a" / "b" / "c")]
    (tmp_path / "a" / "b" / "other").mkdir()
    fsops.remove_empty(reversed(made))
    assert os.listdir(tmp_path / "a" / "b") == ["other"]


def test_a_file_where_a_folder_must_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(WriteFailed, match=os.fspath(tmp_path / "a")):
        fsops.make_folders(os.fspath(tmp_path / "a" / "b"), [])


def test_only_private_folders_are_removed_with_their_content(tmp_path: Path) -> None:
    version = tmp_path / "001_OK"
    version.mkdir()
    (version / "a.exr").touch()
    with pytest.raises(WriteFailed):
        fsops.remove_private(os.fspath(version))
    assert (version / "a.exr").exists()
    private = tmp_path / f"{fsops.PRIVATE}staging-x"
    (private / "ascmhl").mkdir(parents=True)
    (private / "ascmhl" / "a").touch()
    (private / "link").symlink_to(version)
    fsops.remove_private(os.fspath(private))
    fsops.remove_private(os.fspath(private))
    assert os.listdir(tmp_path) == ["001_OK"] and (version / "a.exr").exists()


def test_behind_a_link_nothing_is_removed(tmp_path: Path) -> None:
    (tmp_path / "001_OK").mkdir()
    (tmp_path / "001_OK" / "a.exr").touch()
    link = tmp_path / f"{fsops.PRIVATE}staging-x"
    link.symlink_to(tmp_path / "001_OK")
    with pytest.raises(WriteFailed, match="link"):
        fsops.remove_private(os.fspath(link))
    assert (tmp_path / "001_OK" / "a.exr").exists()


def test_a_first_line_that_cannot_be_written_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Refuse(monkeypatch, "write", errno.ENOSPC)
    with pytest.raises(DiskFull):
        fsops.append_line(os.fspath(tmp_path / "log"), "one")
    assert os.listdir(tmp_path) == []
    fsops.append_line(os.fspath(tmp_path / "log"), "one")
    Refuse(monkeypatch, "fdatasync", errno.EIO)
    with pytest.raises(WriteFailed):
        fsops.append_line(os.fspath(tmp_path / "log"), "two")
    assert (tmp_path / "log").read_text(encoding="utf-8").splitlines()[0] == "one"


def test_free_space_is_what_the_system_says(tmp_path: Path) -> None:
    room, files = fsops.free_space(os.fspath(tmp_path))
    assert room is not None and room > 0 and (files is None or files > 0)


# --- moving


def folder(path: Path, content: str = "") -> Path:
    path.mkdir()
    if content:
        (path / content).touch()
    return path


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("in_the_way", ["folder", "file", "dangling link"])
def test_move_never_takes_a_taken_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exclusive: bool, in_the_way: str
) -> None:
    if not exclusive:
        monkeypatch.setattr(rename, "_exclusive_call", lambda: None)
    source, target = folder(tmp_path / "a", "mine"), tmp_path / "b"
    if in_the_way == "folder":
        folder(target, "theirs")
    elif in_the_way == "file":
        target.touch()
    else:
        target.symlink_to("nowhere")
    assert not fsops.move(os.fspath(source), os.fspath(target))
    assert (source / "mine").exists() and os.path.lexists(target)


def test_not_even_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    source, target = folder(tmp_path / "a", "mine"), folder(tmp_path / "b")
    assert not fsops.move(os.fspath(source), os.fspath(target))
    assert (source / "mine").exists()


def test_move_falls_back_where_the_file_system_knows_no_exclusive_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rename, "_exclusive_call", lambda: lambda _source, _target: errno.EINVAL)
    assert fsops.move(os.fspath(folder(tmp_path / "a", "x")), os.fspath(tmp_path / "b"))
    assert (tmp_path / "b" / "x").exists()


@pytest.mark.parametrize("error", [errno.EIO, errno.ESTALE, errno.EACCES, errno.ENOENT])
def test_a_share_that_renames_and_loses_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    def lost(source: str, target: str) -> bool:
        os.rename(source, target)
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(fsops, "rename_exclusive", lost)
    assert fsops.move(os.fspath(folder(tmp_path / "a", "x")), os.fspath(tmp_path / "b"))
    assert (tmp_path / "b" / "x").exists()


@pytest.mark.parametrize("error", [errno.EIO, errno.EXDEV, errno.EACCES])
def test_a_refused_move_is_told_and_nothing_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    def refuse(_source: str, _target: str) -> bool:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(fsops, "rename_exclusive", refuse)
    source = folder(tmp_path / "a", "x")
    with pytest.raises(WriteFailed) as caught:
        fsops.move(os.fspath(source), os.fspath(tmp_path / "b"))
    assert caught.value.path == os.fspath(source) and (source / "x").exists()


def test_a_folder_that_is_held_open_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = rename.rename_exclusive, []

    def busy(source: str, target: str) -> bool:
        calls.append(target)
        if len(calls) < 3:
            raise OSError(errno.EBUSY, "busy")
        return real(source, target)

    monkeypatch.setattr(fsops, "rename_exclusive", busy)
    assert fsops.move(os.fspath(folder(tmp_path / "a")), os.fspath(tmp_path / "b"))


# --- flushing


def test_a_file_system_that_cannot_flush_folders_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Refuse(monkeypatch, "fsync", errno.EINVAL)
    fsops.sync_folder(os.fspath(tmp_path))


def test_a_folder_that_cannot_be_flushed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Refuse(monkeypatch, "fsync", errno.EIO)
    with pytest.raises(WriteFailed, match=os.fspath(tmp_path)):
        fsops.sync_folder(os.fspath(tmp_path))


# --- Windows paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"C:\proj\05-SHOTS", r"\\?\C:\proj\05-SHOTS"),
        ("C:/proj/a/../b", r"\\?\C:\proj\b"),
        (r"\\server\share\proj", r"\\?\UNC\server\share\proj"),
        ("//server/share/proj/x", r"\\?\UNC\server\share\proj\x"),
        (r"\\?\C:\proj", r"\\?\C:\proj"),
        (r"relative\path", r"relative\path"),
        (r"\rooted", r"\rooted"),
    ],
)
def test_windows_paths_take_their_extended_form(path: str, expected: str) -> None:
    assert extended(path) == expected
