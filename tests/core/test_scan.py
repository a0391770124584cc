# SPDX-License-Identifier: GPL-3.0-or-later
"""Scanning real folders: the case table, links, unreadable folders, threads, progress, cancel."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ramses_plates.core import scan as scan_module
from ramses_plates.core.clip import Clip
from ramses_plates.core.errors import Cancelled, PlatesError
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.scan import iter_scan, scan
from ramses_plates.core.scan_result import Ignored, ScanResult

CASES = json.loads((Path(__file__).parent.parent / "cases" / "scanner.json").read_text(encoding="utf-8"))["cases"]
IN_WORDS = {"warn", "via", "ext_on_disk"}


def make(root: Path, *names: str, size: int = 1) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    return root


def shown(result: ScanResult) -> list[str]:
    return [
        f"{clip.dir}:{clip.file or f'{clip.base}{clip.sep}[{clip.frames}]{clip.suffix}.{clip.ext}'}"
        for clip in result.clips
    ]


def reasons(result: ScanResult) -> dict[str, str]:
    return {entry.path: entry.reason for entry in result.ignored}


def files_below(root: Path) -> list[str]:
    return sorted(str(path) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_table(case: dict[str, Any], tmp_path: Path) -> None:
    make(tmp_path, *case["files"])
    for link in case.get("symlinks", ()):
        path = tmp_path / link["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(link["target"])
    result = scan([str(tmp_path)])
    found = result.document()["clips"]
    expected = case["expected"]
    assert len(found) == len(expected), found
    for wanted in expected:
        facts = {key: value for key, value in wanted.items() if key not in IN_WORDS}
        assert [clip for clip in found if all(clip.get(key) == value for key, value in facts.items())], (wanted, found)
        if wanted.get("warn"):
            assert any(wanted["warn"] in warning for warning in result.warnings)
        if wanted.get("via") == "symlink":
            assert [clip.via_symlink for clip in result.clips if clip.dir == wanted["dir"]] == [True]


def test_every_file_of_a_delivery_is_named_once(tmp_path: Path) -> None:
    make(
        tmp_path, "a/p.0001.exr", "a/p.0002.exr", "a/p.0002.exr.part", "b/._x.mov", "b/x.mov", "notes.txt", "c/d/e.jpg"
    )
    result = scan([str(tmp_path)])
    named = [path for clip in result.clips for path in clip.paths()] + [
        os.path.join(entry.root, *entry.path.split("/")) for entry in result.ignored
    ]
    assert sorted(named) == files_below(tmp_path)
    assert (result.files, result.folders) == (7, 5)


def test_document_has_the_contract_keys(tmp_path: Path) -> None:
    make(tmp_path, "p.1001.exr", "p.1003.exr", "p.1005.exr", "x.mov", "read.me")
    document = json.loads(json.dumps(scan([str(tmp_path)]).document()))
    assert document == {
        "schema": "ramses-plates/scan/1",
        "clips": [
            {
                "kind": "sequence",
                "dir": ".",
                "base": "p",
                "sep": ".",
                "ext": "exr",
                "padding": 4,
                "frames": "1001,1003,1005",
                "missing": "",
                "every": 2,
                "count": 3,
                "files": ["p.1001.exr", "p.1005.exr"],
            },
            {"kind": "movie", "dir": ".", "base": "x", "ext": "mov", "file": "x.mov", "count": 1},
        ],
        "ignored": [{"path": "read.me", "reason": "not footage (.me)"}],
        "warnings": [],
    }


def test_sizes_find_empty_files(tmp_path: Path) -> None:
    make(tmp_path, "p.1001.exr", "p.1003.exr", "q.1001.exr", "full.mov")
    make(tmp_path, "p.1002.exr", "p.1004.exr", "empty.mov", "empty.txt", size=0)
    result = scan([str(tmp_path)], sizes=True)
    empty = {clip["base"]: clip["zero_byte"] for clip in result.document()["clips"]}
    assert empty == {"p": "1002,1004", "q": "", "full": False, "empty": True}
    assert all("zero_byte" not in clip for clip in scan([str(tmp_path)]).document()["clips"])


class _CountingEntry:
    """A directory entry that notes everything it is asked beyond its name and whether it is a plain file."""

    def __init__(self, entry: os.DirEntry[str], asked: list[str]) -> None:
        self._entry, self._asked, self.name = entry, asked, entry.name

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        if follow_symlinks:
            self._asked.append(f"is_file {self.name}")
        return self._entry.is_file(follow_symlinks=follow_symlinks)

    def __getattr__(self, what: str) -> Any:
        self._asked.append(f"{what} {self.name}")
        return getattr(self._entry, what)


def test_a_file_costs_nothing_beyond_its_directory_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"a/p.{frame:04d}.exr" for frame in range(50)), "x.mov", "notes.txt", "p.0001.exr.part")
    asked: list[str] = []

    class Counting:
        def __init__(self, path: str) -> None:
            self._entries = os.scandir(path)

        def __enter__(self) -> Iterator[_CountingEntry]:
            return (_CountingEntry(entry, asked) for entry in self._entries)

        def __exit__(self, *exc: object) -> None:
            self._entries.close()

    monkeypatch.setattr(scan_module, "_list_folder", Counting)
    assert len(scan([str(tmp_path)]).clips) == 2
    assert asked and all(call.split()[1] == "a" for call in asked)
    scan([str(tmp_path)], sizes=True)
    assert "stat x.mov" in asked and "stat notes.txt" not in asked


def test_folder_named_like_a_frame_is_no_frame(tmp_path: Path) -> None:
    make(tmp_path, "p.0001.exr", "p.0002.exr/inside.0001.exr", "EXR/x.mov")
    assert shown(scan([str(tmp_path)])) == [".:p.[1].exr", "EXR:x.mov", "p.0002.exr:inside.[1].exr"]


@pytest.mark.parametrize(
    "folder", ["@eaDir", "__MACOSX", "$RECYCLE.BIN", ".snapshot", ".Trash-1000", ".git", "#recycle"]
)
def test_system_folders_are_named_and_not_entered(folder: str, tmp_path: Path) -> None:
    make(tmp_path, f"a/{folder}/deep/p.0001.exr", "a/p.0001.exr")
    result = scan([str(tmp_path)])
    assert shown(result) == ["a:p.[1].exr"]
    assert list(reasons(result)) == [f"a/{folder}"]
    assert result.folders == 2


def test_a_folder_that_is_asked_for_is_scanned_whatever_its_name(tmp_path: Path) -> None:
    make(tmp_path, ".snapshot/p.0001.exr")
    assert shown(scan([str(tmp_path / ".snapshot")])) == [".:p.[1].exr"]


@pytest.mark.parametrize(
    ("name", "final"),
    [
        ("p.0002.exr.partial", "p.0002.exr"),
        ("p.0002.exr.part", "p.0002.exr"),
        ("p.0002.exr.filepart", "p.0002.exr"),
        ("p.0002.exr.crdownload", "p.0002.exr"),
        ("p.0002.exr.aspx", "p.0002.exr"),
        ("p.0002.exr.tmp", "p.0002.exr"),
        ("p.0002.exr.copy_in_progress", "p.0002.exr"),
        ("p.0002.exr.6b2f9a1c.partial", "p.0002.exr"),
        (".p.0002.exr.x9Kd2Q", "p.0002.exr"),
        (".syncthing.p.0002.exr.tmp", "p.0002.exr"),
        (".p.0002.exr.icloud", "p.0002.exr"),
        ("Unconfirmed 123456.crdownload", ""),
        (".nfs000000000012ab34", ""),
    ],
)
def test_partial_transfers_are_ignored_and_make_their_clip_unsettled(name: str, final: str, tmp_path: Path) -> None:
    make(tmp_path, "p.0001.exr", "other.0001.exr", name)
    result = scan([str(tmp_path)])
    other, clip = result.clips
    assert shown(result) == [".:other.[1].exr", ".:p.[1].exr"]
    assert [(entry.path, entry.temporary, entry.final) for entry in result.ignored] == [(name, True, final)]
    assert [entry.path for entry in result.still_arriving(clip)] == [name]
    assert bool(result.still_arriving(other)) == (final == "")
    assert any("temporary" in warning for warning in result.warnings)


def test_appledouble_files_do_not_make_a_clip_unsettled(tmp_path: Path) -> None:
    make(tmp_path, "p.0001.exr", "._p.0001.exr", ".DS_Store", "Thumbs.db")
    result = scan([str(tmp_path)])
    assert result.still_arriving(result.clips[0]) == ()
    assert reasons(result) == {
        "._p.0001.exr": "an AppleDouble file of macOS",
        ".DS_Store": "a Finder settings file of macOS",
        "Thumbs.db": "a thumbnail cache of Windows",
    }
    assert result.warnings == ()


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    make(tmp_path, "a/p.0001.exr", "b/q.0001.exr")
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "a" / "self").symlink_to(".")
    (tmp_path / "a" / "b").symlink_to("../b")
    (tmp_path / "b" / "a").symlink_to("../a")
    (tmp_path / "loop").symlink_to("loop")
    result = scan([str(tmp_path)])
    assert shown(result) == ["a:p.[1].exr", "b:q.[1].exr"]
    assert sorted(reasons(result)) == ["a/b", "a/self", "a/up", "b/a", "loop"]


def test_folder_links_out_of_the_delivery_are_followed_once(tmp_path: Path) -> None:
    store = make(tmp_path / "store", "one/p.0001.exr", "two/q.0001.exr")
    (store / "one" / "two").symlink_to("../two")
    (store / "two" / "one").symlink_to("../one")
    root = tmp_path / "in"
    root.mkdir()
    (root / "first").symlink_to(store / "one")
    (root / "second").symlink_to(store / "one")
    (root / "above").symlink_to(tmp_path)
    result = scan([str(root)])
    assert shown(result) == ["first:p.[1].exr", "first/two:q.[1].exr"]
    assert all(clip.via_symlink for clip in result.clips)
    assert all(os.path.exists(path) for clip in result.clips for path in clip.paths())
    assert set(reasons(result)) == {"above", "second", "first/two/one"}


def test_links_to_files_belong_to_their_clip(tmp_path: Path) -> None:
    make(tmp_path, "store/x.exr", "in/p.0001.exr", "in/q.0001.exr")
    (tmp_path / "in" / "p.0002.exr").symlink_to("../store/x.exr")
    (tmp_path / "in" / "p.0003.exr").symlink_to("nowhere")
    result = scan([str(tmp_path / "in")])
    assert shown(result) == [".:p.[1-2].exr", ".:q.[1].exr"]
    assert [clip.via_symlink for clip in result.clips] == [True, False]
    assert reasons(result) == {"p.0003.exr": "a link that leads nowhere"}


def test_sockets_and_pipes_are_no_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "p.0001.exr")
    os.mkfifo(tmp_path / "p.0002.exr")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("p.0003.exr")
        result = scan([str(tmp_path)], sizes=True)
    assert shown(result) == [".:p.[1].exr"]
    assert sorted(reasons(result)) == ["p.0002.exr", "p.0003.exr"]


def test_unreadable_folders_are_reported_and_the_rest_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/p.0001.exr", "b/q.0001.exr")
    real = os.scandir

    def refusing(path: str) -> Any:
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(scan_module, "_list_folder", refusing)
    result = scan([str(tmp_path)])
    assert shown(result) == ["b:q.[1].exr"]
    assert reasons(result) == {"a": "the folder cannot be read: Permission denied"}
    assert result.warnings == ("a: the folder cannot be read (Permission denied); footage may be missing.",)
    with pytest.raises(PlatesError, match="cannot be read: Permission denied"):
        scan([str(tmp_path / "a")])


def test_a_listing_that_breaks_off_keeps_what_it_gave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"a/p.{frame:04d}.exr" for frame in range(1, 9)))
    real = os.scandir

    class Breaking:
        def __init__(self, path: str) -> None:
            self._entries, self._path = real(path), path

        def __enter__(self) -> Iterator[os.DirEntry[str]]:
            for at, entry in enumerate(self._entries):
                if at == 4 and self._path.endswith("a"):
                    raise OSError(5, "Input/output error")
                yield entry

        def __exit__(self, *exc: object) -> None:
            self._entries.close()

    monkeypatch.setattr(scan_module, "_list_folder", Breaking)
    monkeypatch.setattr(scan_module, "_PORTION", 4)
    result = scan([str(tmp_path)])
    assert sum(clip.count for clip in result.clips) == 4
    assert "Input/output error" in result.warnings[0]


@pytest.mark.parametrize("missing", ["nowhere", "a/p.0009.exr", "a/p.0001.exr/below"])
def test_missing_path_is_one_clear_sentence(missing: str, tmp_path: Path) -> None:
    make(tmp_path, "a/p.0001.exr")
    with pytest.raises(PlatesError, match="there is no such file or folder") as problem:
        scan([str(tmp_path / "a"), str(tmp_path / missing)])
    assert str(tmp_path / missing) in str(problem.value)


def test_a_dropped_frame_means_its_sequence(tmp_path: Path) -> None:
    make(tmp_path, "p.0001.exr", "p.0002.exr", "p.0002.jpg", "q.0001.exr", "x.mov", "deeper/z.mov", "read.me")
    result = scan([str(tmp_path / "p.0002.exr"), str(tmp_path / "x.mov"), str(tmp_path / "read.me")])
    assert shown(result) == [".:p.[1-2].exr", ".:x.mov"]
    assert {clip.root for clip in result.clips} == {str(tmp_path)}
    assert list(reasons(result)) == ["read.me"]


def test_a_dropped_frame_brings_nothing_else_of_its_folder(tmp_path: Path) -> None:
    make(tmp_path, "p.0001.exr", "q.0001.exr", "q.2.EXR", "@eaDir/x.jpg", "store/z.mov")
    (tmp_path / "q.0003.exr").symlink_to("nowhere")
    (tmp_path / "link").symlink_to("store")
    result = scan([str(tmp_path / "p.0001.exr")])
    assert (shown(result), result.ignored, result.warnings) == ([".:p.[1].exr"], (), ())
    broken = scan([str(tmp_path / "q.0003.exr")])
    assert (shown(broken), reasons(broken)) == ([], {"q.0003.exr": "a link that leads nowhere"})


def test_a_name_in_another_case_means_the_same_file_where_the_system_says_so(tmp_path: Path) -> None:
    make(tmp_path, "p.0001.exr", "x.mov")
    task = scan_module._Task(str(tmp_path), scan_module.Place(str(tmp_path)), frozenset({"P.0001.EXR"}))
    found, below = scan_module._visit(task, False, Cancel())
    assert ([clip.base for clip in found.grouped.clips], below) == (["p"], [])


def test_overlapping_paths_count_once(tmp_path: Path) -> None:
    make(tmp_path, "a/p.0001.exr", "b/q.0001.exr")
    paths = [tmp_path / "a", tmp_path, tmp_path, tmp_path / "b" / "q.0001.exr"]
    assert shown(scan([str(path) for path in paths])) == ["a:p.[1].exr", "b:q.[1].exr"]


def test_several_roots_are_told_apart(tmp_path: Path) -> None:
    make(tmp_path, "a/p.0001.exr", "b/p.0001.exr")
    document = scan([str(tmp_path / "a"), str(tmp_path / "b")]).document()
    assert [clip["root"] for clip in document["clips"]] == [str(tmp_path / "a"), str(tmp_path / "b")]
    assert shown(scan(str(tmp_path))) == ["a:p.[1].exr", "b:p.[1].exr"]


def test_views_of_folders(tmp_path: Path) -> None:
    make(
        tmp_path,
        "left/deep/p.0001.exr",
        "sh010_L/p.0001.exr",
        "sh010_R/p.0001.exr",
        "sh020_L/p.0001.exr",
        "Right/p_left.0001.exr",
        "turn_left_here/p.0001.exr",
    )
    assert {clip.dir: clip.view for clip in scan([str(tmp_path)]).clips} == {
        "left/deep": "left",
        "sh010_L": "left",
        "sh010_R": "right",
        "sh020_L": "",
        "Right": "left",
        "turn_left_here": "",
    }
    assert [clip.view for clip in scan([str(tmp_path / "left")]).clips] == ["left"]


def test_odd_names_survive(tmp_path: Path) -> None:
    raw = [
        b"caf\xe9.0001.exr",
        b"caf\xe9.0002.exr",
        b"new\nline.0001.exr",
        b"x\xff.mov",
        b"tab\t.jpg",
        b"\xff/p.0001.exr",
    ]
    for name in raw:
        path = os.path.join(os.fsencode(tmp_path), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb"):
            pass
    result = scan([str(tmp_path)])
    found = sorted(
        os.path.relpath(os.fsencode(path), os.fsencode(tmp_path)) for clip in result.clips for path in clip.paths()
    )
    assert found == sorted(raw)
    assert "\\udce9" in json.dumps(result.document())


@pytest.mark.parametrize("threads", [None, 0, 1, 3, 16])
def test_any_number_of_threads_finds_the_same(threads: int | None, tmp_path: Path) -> None:
    names = [
        f"s{shot:02d}/{kind}/s{shot:02d}_{kind}.{frame:04d}.exr"
        for shot in range(12)
        for kind in "ab"
        for frame in (1, 2, 4)
    ]
    make(tmp_path, *names, "s01/notes.txt", "s02/x.mov.part")
    assert scan([str(tmp_path)], threads=threads) == scan([str(tmp_path)], threads=1)


def _slow(monkeypatch: pytest.MonkeyPatch, seconds: float) -> Counter[str]:
    """Every listing takes `seconds` longer; counts listings by thread."""
    real, by_thread = scan_module._list_folder, Counter[str]()

    def slow(path: str) -> Any:
        time.sleep(seconds)
        by_thread[threading.current_thread().name] += 1
        return real(path)

    monkeypatch.setattr(scan_module, "_list_folder", slow)
    return by_thread


def test_slow_listings_bring_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"s{shot:02d}/p.0001.exr" for shot in range(60)))
    by_thread = _slow(monkeypatch, 0.005)
    scan([str(tmp_path)])
    assert 8 <= len(by_thread) <= 17
    by_thread.clear()
    scan([str(tmp_path)], threads=1)
    assert list(by_thread) == ["MainThread"]


def test_threads_wait_for_a_slow_share_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"s{shot:02d}/p.0001.exr" for shot in range(60)))
    real = scan_module._list_folder
    under_way: set[str] = set()
    most: list[int] = []

    def slow(path: str) -> Any:
        under_way.add(path)
        time.sleep(0.02)
        most.append(len(under_way))
        under_way.discard(path)
        return real(path)

    monkeypatch.setattr(scan_module, "_list_folder", slow)
    scan([str(tmp_path)], threads=16)
    assert max(most) >= 8


def test_progress_counts_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"s{shot:02d}/p.{frame:04d}.exr" for shot in range(5) for frame in (1, 2)))
    monkeypatch.setattr(scan_module, "_BETWEEN_EVENTS", 0.0)
    events: list[Event] = []
    scan([str(tmp_path)], listen=events.append)
    assert {event.stage for event in events} == {"scan"} and {event.unit for event in events} == {"files"}
    assert [event.done for event in events] == [0, 2, 4, 6, 8, 10, 10]
    assert events[-1].total == 10 and events[-1].message == "5 clips in 6 folders"


@pytest.mark.parametrize("between", [0.0, 3600.0])
def test_clips_are_told_while_the_scan_goes_on(between: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"s{shot:02d}/p.{frame:04d}.exr" for shot in range(5) for frame in (1, 2)))
    monkeypatch.setattr(scan_module, "_BETWEEN_EVENTS", between)
    events: list[Event] = []
    found = scan([str(tmp_path)], listen=events.append)
    told = [clip for event in events if event.payload for clip in event.payload]
    assert sorted(told, key=lambda clip: clip.dir) == list(found.clips)
    assert (len([event for event in events if event.payload]) > 1) is (between == 0.0)


@pytest.mark.parametrize("threads", [1, 8])
def test_cancel_ends_the_scan(threads: int, tmp_path: Path) -> None:
    make(tmp_path, *(f"s{shot:02d}/p.0001.exr" for shot in range(40)))
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        scan([str(tmp_path)], threads=threads, cancel=cancel)
    later = Cancel()
    with pytest.raises(Cancelled):
        for _found in iter_scan([str(tmp_path)], threads=threads, cancel=later):
            later.set()


def test_cancel_does_not_wait_for_a_share_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"s{shot:02d}/p.0001.exr" for shot in range(4)))
    let_go, cancel = threading.Event(), Cancel()
    real = scan_module._list_folder

    def hanging(path: str) -> Any:
        if not path.endswith(tmp_path.name):
            cancel.set()
            let_go.wait(30)
        return real(path)

    monkeypatch.setattr(scan_module, "_list_folder", hanging)
    started = time.perf_counter()
    with pytest.raises(Cancelled):
        scan([str(tmp_path)], threads=4, cancel=cancel)
    assert time.perf_counter() - started < 10
    let_go.set()


@pytest.mark.parametrize("threads", [1, 8])
def test_iter_scan_gives_all_and_can_be_left(threads: int, tmp_path: Path) -> None:
    make(tmp_path, *(f"s{shot:02d}/p.0001.exr" for shot in range(30)), "notes.txt")
    result = scan([str(tmp_path)])
    found = list(iter_scan([str(tmp_path)], threads=threads))
    assert sorted(shown(ScanResult(tuple(item for item in found if isinstance(item, Clip))))) == shown(result)
    assert [item for item in found if isinstance(item, Ignored)] == list(result.ignored)
    stream = iter_scan([str(tmp_path)], threads=threads)
    next(stream)
    stream.close()
    deadline = time.monotonic() + 10
    while any(thread.name.startswith("walk-") for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "threads of the scan stay alive"
        time.sleep(0.01)


def test_bugs_in_threads_reach_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/p.0001.exr", "b/p.0001.exr")

    def broken(path: str) -> Any:
        raise ZeroDivisionError(path)

    monkeypatch.setattr(scan_module, "_list_folder", broken)
    with pytest.raises(ZeroDivisionError):
        scan([str(tmp_path)], threads=4)


def test_a_large_folder_costs_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """60,000 names in one folder, in the order of a hash as file systems give them, taken in by small portions."""
    count = 60_013

    class Entry:
        __slots__ = ("name",)

        def __init__(self, name: str) -> None:
            self.name = name

        def is_file(self, *, follow_symlinks: bool) -> bool:
            return not follow_symlinks

    class Folder:
        def __init__(self, path: str) -> None:
            pass

        def __enter__(self) -> Iterator[Entry]:
            return (Entry(f"plate.{frame * 7919 % count:07d}.exr") for frame in range(count))

        def __exit__(self, *exc: object) -> None:
            pass

    monkeypatch.setattr(scan_module, "_list_folder", Folder)
    monkeypatch.setattr(scan_module, "_PORTION", 2000)
    tracemalloc.start()
    try:
        result = scan([str(tmp_path)])
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [str(clip.frames) for clip in result.clips] == ["0-60012"]
    assert peak < 2_500_000  # bytes; a list of these names alone would take 4,600,000
    assert kept < 250_000
