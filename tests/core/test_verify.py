# SPDX-License-Identifier: GPL-3.0-or-later
"""Verification finds every damage by name, and never calls something checked that was not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import make_job
import pytest
from ramses_plates.core import mhl
from ramses_plates.core import verify as verifying
from ramses_plates.core.errors import Cancelled, ManifestError, ReadFailed
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.publish import publish
from ramses_plates.core.verify import verify

A, B = "PROJ_S_SH010_PLATE.1001.exr", "PROJ_S_SH010_PLATE.1002.exr"


@pytest.fixture
def version(tmp_path: Path) -> Path:
    (tmp_path / "proj").mkdir()
    done = publish(make_job.job(tmp_path / "proj", make_job.sequence(tmp_path / "in", last=1003)))
    return tmp_path / "proj" / done.folder


def test_an_intact_version(version: Path) -> None:
    report = verify(os.fspath(version))
    assert report.intact and len(report.ok) == 3
    assert report.bytes == sum((version / name).stat().st_size for name in report.ok)
    assert report.from_device == sys.platform.startswith("linux")


@pytest.mark.parametrize("jobs", [1, 4])
def test_every_damage_by_name(version: Path, jobs: int) -> None:
    data = bytearray((version / A).read_bytes())
    data[77] ^= 1
    (version / A).write_bytes(data)
    (version / B).unlink()
    (version / "later.exr").touch()
    (version / "sub").mkdir()
    (version / "sub" / "more.txt").touch()
    report = verify(os.fspath(version), jobs=jobs)
    assert not report.intact
    assert report.ok == ("PROJ_S_SH010_PLATE.1003.exr",)
    assert [name for name, _why in report.changed] == [A] and "content" in report.changed[0][1]
    assert report.missing == (B,)
    assert report.extra == ("later.exr", "sub/more.txt")
    assert report.unchecked == ()


def test_another_size_is_told_without_reading(version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (A, B, "PROJ_S_SH010_PLATE.1003.exr"):
        os.truncate(version / name, 10)
    monkeypatch.setattr(verifying, "hash_file", lambda *_values, **_options: pytest.fail("read"))
    report = verify(os.fspath(version))
    assert len(report.changed) == 3 and "10 bytes instead of" in report.changed[0][1]


@pytest.mark.parametrize("what", ["folder", "link"])
def test_something_else_in_the_place_of_a_file(version: Path, tmp_path: Path, what: str) -> None:
    (version / A).rename(tmp_path / "kept")
    if what == "folder":
        (version / A).mkdir()
    else:
        (version / A).symlink_to(tmp_path / "kept")
    report = verify(os.fspath(version))
    assert [name for name, _why in report.changed] == [A]


def test_what_other_tools_rewrite_does_not_count(version: Path) -> None:
    (version / "_ramses_data.json").write_text("rewritten", encoding="utf-8")
    (version / ".ramses_complete").unlink()
    (version / ".DS_Store").touch()
    assert verify(os.fspath(version)).intact


def test_an_xxh128_manifest_without_xxhash_is_not_checked_here(version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xxhash", None)
    report = verify(os.fspath(version))
    assert not report.ok and not report.intact and not report.changed
    assert len(report.unchecked) == 3 and "not checked here" in report.unchecked[0][1]
    assert "xxh128" in report.unchecked[0][1]


def test_a_file_that_cannot_be_read_is_not_checked(version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = verifying.hash_file

    def refuse(path: str, *values: object, **options: object) -> int:
        if path.endswith(A):
            raise ReadFailed("cannot read: Input/output error.", path)
        return real(path, *values, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(verifying, "hash_file", refuse)
    report = verify(os.fspath(version))
    assert [name for name, _why in report.unchecked] == [A] and len(report.ok) == 2 and not report.intact


def test_a_version_without_manifest_cannot_be_verified(tmp_path: Path) -> None:
    (tmp_path / "a.exr").touch()
    with pytest.raises(ManifestError, match="no manifest"):
        verify(os.fspath(tmp_path))


def test_a_changed_manifest_is_not_believed(version: Path) -> None:
    path = next((version / "ascmhl").glob("*.mhl"))
    path.write_bytes(path.read_bytes().replace(b"1001", b"1009"))
    with pytest.raises(ManifestError, match="changed after it was sealed"):
        verify(os.fspath(version))


def test_progress_and_cancel(version: Path) -> None:
    events: list[Event] = []
    report = verify(os.fspath(version), listen=events.append)
    assert (events[-1].stage, events[-1].done, events[-1].total) == ("verify", report.bytes, report.bytes)
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        verify(os.fspath(version), cancel=cancel)


@pytest.mark.parametrize(
    ("name", "patterns", "ignored"),
    [
        ("a.tmp", ("*.tmp",), True),
        ("sub/a.tmp", ("*.tmp",), True),
        ("cache/a.exr", ("cache/",), True),
        ("a.exr", ("*.tmp", "cache"), False),
        ("sub/deep/a.exr", ("sub/deep",), True),
        ("other/deep/a.exr", ("sub/deep",), False),
    ],
)
def test_the_patterns_of_a_manifest(name: str, patterns: tuple[str, ...], ignored: bool) -> None:
    assert mhl.ignores(name, patterns) is ignored


def test_the_examples_of_the_standard(media_folder: Path) -> None:
    """Reels with nested folders; `Sidecar.txt` was changed after its first generation."""
    folder = media_folder / "mhl/examples/scenarios/Output/scenario_03/travel_01/A002R2EC"
    report = verify(os.fspath(folder))
    assert report.intact and set(report.ok) == {
        "Clips/A002C006_141024_R2EC.mov", "Clips/A002C007_141024_R2EC.mov", "Sidecar.txt",
    }  # fmt: skip
    changed = verify(os.fspath(media_folder / "mhl/examples/scenarios/Output/scenario_04/file_server/A002R2EC"))
    assert [name for name, _why in changed.changed] == ["Sidecar.txt"]
