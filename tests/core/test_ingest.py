# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole line on real files: what is published, what is refused and why, and what a rerun makes of it."""

from __future__ import annotations

import json
import os
import shutil
from fractions import Fraction
from pathlib import Path

import make_delivery
from make_delivery import ingest, plan, plate, project, tree
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.ingest import carry_out
from ramses_plates.core.outbox import pending
from ramses_plates.core.plan import Override, clip_key
from ramses_plates.core.project_view import project_view
from ramses_plates.core.published_footage import project_footage, recorded
from ramses_plates.core.undo import undo
from ramses_plates.core.verify import verify
from ramses_plates.core.versions import list_versions


def statuses(result: object) -> dict[str, str]:
    return {clip.planned.clip.base: clip.status for clip in result.clips}  # type: ignore[attr-defined]


def codes(clip: object) -> set[str]:
    return {finding.code for finding in clip.findings}  # type: ignore[attr-defined]


def test_a_plate_is_published_byte_for_byte(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "SEQ010_SH020_PLATE_v001", range(1001, 1006))
    root = project(tmp_path)
    result = ingest(delivery, root)
    assert result.ok and result.registered == "queued"
    folder = root / "05-SHOTS/PROJ_S_SH020/PROJ_S_SH020_PLATE/_published/001_WIP"
    for frame in range(1001, 1006):
        copy = folder / f"PROJ_S_SH020_PLATE.{frame}.exr"
        assert copy.read_bytes() == (delivery / f"SEQ010_SH020_PLATE_v001.{frame}.exr").read_bytes()
    assert verify(os.fspath(folder)).intact
    sidecar = json.loads((folder / "_ramses_data.json").read_text(encoding="utf-8"))
    entry = sidecar["PROJ_S_SH020_PLATE.1003.exr"]
    assert entry["timecode"] == "01:00:00:00" and entry["sourceMedia"] == "SEQ010_SH020_PLATE_v001"
    assert entry["ramses_plates"]["timecode"] == "01:00:00:02"
    assert "md5" not in entry
    (waiting,) = pending(os.fspath(root))
    assert waiting.registration is not None
    assert (waiting.registration.shot, waiting.registration.sequence) == ("SH020", "SEQ010")
    assert result.report is not None and (root / result.report).is_file()


def test_the_same_delivery_again_is_a_duplicate_and_a_corrected_one_is_not(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "SH010", range(1001, 1005))
    root = project(tmp_path)
    ingest(delivery, root)
    before = tree(root / "05-SHOTS")
    again = ingest(delivery, root)
    assert again.ok and statuses(again) == {"SH010": "duplicate"}
    assert tree(root / "05-SHOTS") == before
    path = delivery / "SH010.1003.exr"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    corrected = ingest(delivery, root)
    assert statuses(corrected) == {"SH010": "published"}
    assert corrected.clips[0].published is not None and corrected.clips[0].published.version == 2


def test_a_rerun_of_one_plan_does_not_publish_twice(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "SH010", range(1001, 1004))
    root = project(tmp_path)
    planned = plan(delivery, root)
    first, second = carry_out(planned, jobs=1), carry_out(planned, jobs=1)
    assert first.clips[0].published is not None and second.clips[0].published is not None
    assert second.clips[0].published.version == first.clips[0].published.version == 1
    assert len(list_versions(os.fspath(root))) == 1
    assert len(pending(os.fspath(root))) == 1


def test_planning_writes_nothing(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "SH010", range(1001, 1004))
    root = project(tmp_path)
    planned = plan(delivery, root)
    assert [clip.status for clip in planned.clips] == ["planned"]
    assert tree(root) == {} and sorted(os.listdir(root)) == ["05-SHOTS"]


def test_bad_clips_are_refused_by_name_and_cost_only_themselves(tmp_path: Path) -> None:
    delivery = tmp_path / "in"
    plate(delivery / "a", "SH010", range(1001, 1004))
    plate(delivery / "b", "SH020", range(1001, 1004))
    (delivery / "b" / "SH020.1002.exr").write_bytes(b"")
    plate(delivery / "c", "SH030", range(1001, 1004))
    whole = (delivery / "c" / "SH030.1003.exr").read_bytes()
    (delivery / "c" / "SH030.1003.exr").write_bytes(whole[: len(whole) // 2])
    plate(delivery / "d", "garbage", range(1, 4))
    result = ingest(delivery, project(tmp_path))
    assert statuses(result) == {"SH010": "published", "SH020": "refused", "SH030": "refused", "garbage": "refused"}
    found = {clip.planned.clip.base: clip.planned for clip in result.clips}
    assert "1002" in " ".join(finding.message for finding in found["SH020"].findings)
    assert "1003" in " ".join(finding.message for finding in found["SH030"].findings)
    assert "unmatched" in codes(found["garbage"])


def test_gaps_are_published_with_a_warning_or_refused_on_request(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "SH010", [1001, 1002, 1004])
    root = project(tmp_path)
    (refused,) = plan(delivery, root, incomplete="refuse").clips
    assert refused.status == "refused" and "missing-frames" in codes(refused)
    result = ingest(delivery, root)
    assert statuses(result) == {"SH010": "published"}
    (version,) = list_versions(os.fspath(root))
    assert [name[-8:-4] for name in version.files] == ["1001", "1002", "1004"]


def test_a_patch_completes_the_newest_version(tmp_path: Path) -> None:
    root = project(tmp_path)
    first = plate(tmp_path / "day1", "SH010", range(1001, 1011))
    ingest(first, root)
    fix = plate(tmp_path / "day2", "SH010", [1004, 1005], comments="regraded")
    (stopped,) = plan(fix, root).clips
    assert stopped.status == "refused" and "looks-like-patch" in codes(stopped)
    result = ingest(fix, root, patch=True)
    assert statuses(result) == {"SH010": "published"}
    old, new = (Path(version.path) for version in list_versions(os.fspath(root)))
    for frame in range(1001, 1011):
        name = f"PROJ_S_SH010_PLATE.{frame}.exr"
        source = fix / f"SH010.{frame}.exr" if frame in (1004, 1005) else old / name
        assert (new / name).read_bytes() == source.read_bytes()
    assert verify(os.fspath(new)).intact
    version = list_versions(os.fspath(root))[-1]
    found = recorded(version)
    assert found is not None and found.footage.start_label == "01:00:00:00" and str(found.footage.frames) == "1001-1010"


def test_the_rate_of_the_ingest_is_the_plates_where_no_header_says_one(tmp_path: Path) -> None:
    root = project(tmp_path)
    delivery = plate(tmp_path / "in", "SH010", range(1001, 1004), start=None, fps=None)
    rate = Fraction(24000, 1001)
    ingest(delivery, root, view=project_view(os.fspath(root), rate=rate))
    (version,) = list_versions(os.fspath(root))
    found = recorded(version)
    assert version.facts is not None and version.facts.rate == rate
    assert found is not None and found.footage.rate == rate


def test_a_reference_movie_of_the_shot_becomes_a_resource(tmp_path: Path) -> None:
    import make_movie

    delivery = plate(tmp_path / "in", "SEQ010_SH010", range(1001, 1004))
    make_movie.write(os.fspath(delivery / "SEQ010_SH010.mov"), codec="h264", frames=3)
    result = ingest(delivery, project(tmp_path))
    folders = sorted(clip.published.folder.rpartition("/")[2] for clip in result.clips if clip.published)
    assert folders == ["001_WIP", "REF_002_WIP"]


def test_equal_shot_numbers_of_two_sequences_stay_apart(tmp_path: Path) -> None:
    delivery = tmp_path / "in"
    plate(delivery, "010_0010", range(1001, 1003))
    plate(delivery, "020_0010", range(1001, 1003))
    result = ingest(delivery, project(tmp_path))
    assert sorted(clip.planned.shot for clip in result.clips) == ["010-0010", "020-0010"]
    later = plate(tmp_path / "later", "030_0010", range(1001, 1003))
    root = tmp_path / "PROJ"
    third = ingest(later, root)
    assert {clip.planned.shot for clip in third.clips}.isdisjoint({"010-0010", "020-0010"})


def test_a_later_sequence_never_publishes_into_another_ones_shot(tmp_path: Path) -> None:
    root = project(tmp_path)
    ingest(plate(tmp_path / "day1", "010_0010", range(1001, 1003)), root)
    second = ingest(plate(tmp_path / "day2", "020_0010", range(1001, 1003), start="02:00:00:00"), root)
    folders = {clip.published.folder.split("/")[1] for clip in second.clips if clip.published}
    assert "PROJ_S_0010" not in folders


def test_what_a_person_sets_wins(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "garbage", range(1001, 1003))
    root = project(tmp_path)
    (found,) = plan(delivery, root).clips
    override = Override(shot="SH777", sequence="SEQ1", resource="BG", colorspace="ACEScg")
    result = ingest(delivery, root, overrides={clip_key(found.clip): override})
    (clip,) = result.clips
    assert clip.published is not None and clip.published.folder.endswith("PROJ_S_SH777_PLATE/_published/BG_001_WIP")
    entry = next(iter(json.loads((root / clip.published.folder / "_ramses_data.json").read_text("utf-8")).values()))
    assert entry["colorspace"] == "ACEScg" and entry["colorspaceManual"] is True


def test_a_source_that_changes_after_the_plan_is_refused_by_name(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "SH010", range(1001, 1004))
    root = project(tmp_path)
    planned = plan(delivery, root)
    path = delivery / "SH010.1002.exr"
    path.write_bytes(path.read_bytes()[:-7])
    result = carry_out(planned, jobs=1)
    assert result.clips[0].status == "failed"
    assert "SH010.1002.exr" in result.clips[0].findings[0].message
    assert list_versions(os.fspath(root)) == () and pending(os.fspath(root)) == []


def test_cancel_keeps_what_stands_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    delivery = tmp_path / "in"
    for shot in ("SH010", "SH020", "SH030"):
        plate(delivery / shot, shot, range(1001, 1004))
    root = project(tmp_path)
    cancel = Cancel()

    def stop_in_the_second(event: Event) -> None:
        if event.stage == "publish" and "SH020" in event.clip:
            cancel.set()

    result = carry_out(plan(delivery, root), jobs=1, listen=stop_in_the_second, cancel=cancel)
    assert statuses(result) == {"SH010": "published", "SH020": "planned", "SH030": "planned"}
    assert [version.shot for version in list_versions(os.fspath(root))] == ["SH010"]
    assert not [path for path in root.rglob(".*") if path.name.startswith(".ram") and path.is_dir()]
    rerun = ingest(delivery, root)
    assert sorted(statuses(rerun).values()) == ["duplicate", "published", "published"]


def test_the_ledger_cannot_be_forged_by_names(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "x\n2026-01-01 | boss | ingest", "SH010", range(1001, 1003))
    root = project(tmp_path)
    ingest(delivery, root)
    lines = (root / "_deliveries/ingest_history.log").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 and lines[0].count(" | ") == 7


def test_published_versions_can_be_placed_from_their_own_record(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "SH010", range(1001, 1004), start="10:00:00:00")
    root = project(tmp_path)
    ingest(delivery, root)
    shutil.rmtree(delivery)
    (footage,) = project_footage(os.fspath(root))
    assert footage.start_label == "10:00:00:00" and footage.rate == make_delivery.RATE
    assert str(footage.frames) == "1001-1003"


def test_an_undone_run_leaves_no_registration_waiting(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "SH010", range(1001, 1003))
    root = project(tmp_path)
    result = ingest(delivery, root)
    assert len(pending(os.fspath(root))) == 1
    assert undo(os.fspath(root), result.run).ok
    assert pending(os.fspath(root)) == [] and list_versions(os.fspath(root)) == ()
