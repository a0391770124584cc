# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishing, judged by a reader that shares no code with it: a version is absent or complete, whatever happens."""

from __future__ import annotations

import errno
import json
import os
import pickle
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import judge
import make_job
import pytest
import xxhash
from ramses_plates.core import fsops, hashing, readback, rename, stage
from ramses_plates.core.errors import (
    Cancelled,
    DiskFull,
    NameRefused,
    PlatesError,
    SourceChanged,
    VerifyFailed,
    WriteFailed,
)
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.job import Copies, PublishJob
from ramses_plates.core.publish import publish
from ramses_plates.core.sidecar import SidecarFacts, read_facts
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.undo import undo

HOME = f"{make_job.STEP_FOLDER}/_published"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "proj"
    folder.mkdir()
    return folder


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    return tmp_path / "in"


def names(project: Path) -> list[str]:
    """Names of the complete versions; nothing else may lie beside them."""
    assert judge.leftovers(project) == []
    return [folder.name for folder in judge.versions(project)]


def untouched(project: Path) -> bool:
    """True where nothing is left in the project but the journal of the run."""
    return {path.partition("/")[0] for path in judge.tree(project)} <= {"_ingest_reports"}


# --- what a version is


@pytest.mark.parametrize("jobs", [None, 1, 3])
def test_a_sequence_becomes_a_complete_version(project: Path, delivery: Path, jobs: int | None) -> None:
    clip = make_job.sequence(delivery)
    done = publish(make_job.job(project, clip), jobs=jobs)
    assert names(project) == ["001_OK"]
    assert (done.version, done.folder, done.files, done.verification) == (1, f"{HOME}/001_OK", 4, "full")
    assert done.bytes == sum(path.stat().st_size for path in delivery.iterdir())
    assert (project / done.manifest).is_file() and done.hash_name == "xxh128" and not done.already
    published = judge.content(project / done.folder)
    assert published == {
        f"PROJ_S_SH010_PLATE.{frame}.exr": (delivery / f"plate.{frame}.exr").read_bytes() for frame in range(1001, 1005)
    }


def test_a_movie_as_a_resource(project: Path, delivery: Path) -> None:
    done = publish(make_job.job(project, make_job.movie(delivery), resource="REF", state="WIP"))
    assert names(project) == ["REF_001_WIP"]
    assert judge.content(project / done.folder) == {"PROJ_S_SH010_PLATE_REF.mov": (delivery / "ref.mov").read_bytes()}


def test_all_levels_make_complete_versions_and_say_their_name(project: Path, delivery: Path) -> None:
    clip = make_job.sequence(delivery)
    for number, level in enumerate(("size", "copy", "full"), start=1):
        done = publish(make_job.job(project, clip, verify=level, plan=level))
        facts = read_facts(os.fspath(project / done.folder))
        assert (done.version, done.verification) == (number, level)
        assert facts is not None and facts.verification == level
    assert names(project) == ["001_OK", "002_OK", "003_OK"]


def test_the_sidecar_says_what_the_plan_knew_and_what_publishing_found(project: Path, delivery: Path) -> None:
    facts = SidecarFacts(
        timecode="01:00:00:22", rate=Fraction(24), source="/in", source_media="plate", record={"cut": [1001, 1004]}
    )
    job = make_job.job(project, make_job.sequence(delivery), facts=facts, operator="ana", comment="day 1")
    done = publish(job)
    found = read_facts(os.fspath(project / done.folder))
    assert found is not None and found.date is not None
    assert found == SidecarFacts(
        1, "day 1", found.date, "OK", "", "01:00:00:22", "/in", "plate", "ana", "full", Fraction(24),
        run="run-1", plan=job.key, hash_name="xxh128", record={"schema": 1, "cut": [1001, 1004]},
    )  # fmt: skip
    entries = json.loads((project / done.folder / "_ramses_data.json").read_bytes())
    labels = [entry["ramses_plates"]["timecode"] for entry in entries.values()]
    assert labels == ["01:00:00:22", "01:00:00:23", "01:00:01:00", "01:00:01:01"]


def test_without_xxhash_the_manifest_is_sha1(project: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xxhash", None)
    assert publish(make_job.job(project, make_job.sequence(delivery))).hash_name == "sha1"
    assert names(project) == ["001_OK"]


def test_a_patch_mixes_published_and_new_frames(project: Path, delivery: Path, tmp_path: Path) -> None:
    first = publish(make_job.job(project, make_job.sequence(delivery)))
    fixed = make_job.sequence(tmp_path / "fixed", 1002, 1003, seed=9)
    base = make_job.clip(project / first.folder)
    run = base.runs[0].__class__("PROJ_S_SH010_PLATE.", ".exr", 4, 1001, 1004)
    published = SourceFiles.take(base.__class__(**{**vars(base), "runs": (run,)}))
    prefix = "PROJ_S_SH010_PLATE."
    copies = (
        Copies(published, prefix, ".exr", FrameSet.parse("1001,1004")),
        Copies(SourceFiles.take(fixed), prefix, ".exr"),
    )
    done = publish(make_job.job(project, fixed, files=copies, plan="patch"))
    assert names(project) == ["001_OK", "002_OK"]
    before, after = judge.content(project / first.folder), judge.content(project / done.folder)
    assert list(after) and set(before) == set(after)
    assert {name for name in after if after[name] != before[name]} == {f"{prefix}1002.exr", f"{prefix}1003.exr"}
    entries = json.loads((project / done.folder / "_ramses_data.json").read_bytes())
    assert [entry["ramses_plates"]["frame"] for entry in entries.values()] == [1001, 1002, 1003, 1004]


def test_names_and_digits_are_those_of_the_delivery(project: Path, delivery: Path) -> None:
    """Upper-case extensions and mixed padding broke others; names are remembered, never rebuilt."""
    delivery.mkdir()
    for name in ("a.0099.EXR", "a.100.EXR"):
        (delivery / name).write_bytes(name.encode())
    base = make_job.clip(delivery)
    run = type(base.runs[0])
    clip = type(base)(
        "sequence", os.fspath(delivery), ".", "a", "exr", ".", 3, FrameSet.parse("99-100"),
        (run("a.", ".EXR", 4, 99, 99), run("a.", ".EXR", 3, 100, 100)),
    )  # fmt: skip
    done = publish(make_job.job(project, clip))
    assert sorted(judge.content(project / done.folder)) == [
        "PROJ_S_SH010_PLATE.0099.exr", "PROJ_S_SH010_PLATE.100.exr",
    ]  # fmt: skip
    assert names(project) == ["001_OK"]


def test_a_job_can_be_sent_to_another_process(project: Path, delivery: Path) -> None:
    job = make_job.job(project, make_job.sequence(delivery))
    twin = pickle.loads(pickle.dumps(job))
    assert twin == job and twin.key == job.key
    assert publish(twin).version == 1


def test_the_result_is_readable_by_the_group_under_any_umask(project: Path, delivery: Path) -> None:
    old = os.umask(0o077)
    try:
        done = publish(make_job.job(project, make_job.sequence(delivery)))
    finally:
        os.umask(old)
    for path in [project / done.folder, *(project / done.folder).rglob("*")]:
        wanted = 0o750 if path.is_dir() else 0o640
        assert path.stat().st_mode & wanted == wanted, path


# --- numbers


def test_numbers_go_on_after_everything_published_or_undone(project: Path, delivery: Path) -> None:
    clip = make_job.sequence(delivery)
    for name in ("003_OK", "BG_005_WIP", "notes"):
        (project / HOME / name).mkdir(parents=True)
    (project / "_trash" / make_job.STEP_FOLDER / "007_OK").mkdir(parents=True)
    assert publish(make_job.job(project, clip)).version == 8


def test_another_plan_gets_another_version_and_the_same_plan_the_same(project: Path, delivery: Path) -> None:
    job = make_job.job(project, make_job.sequence(delivery))
    assert publish(job).version == 1
    assert publish(make_job.job(project, job.files[0].sources, plan="other")).version == 2
    again = publish(job)
    assert (again.version, again.already) == (1, True)
    assert publish(make_job.job(project, job.files[0].sources, run="run-2")).already
    assert names(project) == ["001_OK", "002_OK"]


def test_one_plan_for_several_resources(project: Path, delivery: Path) -> None:
    """The hash of a whole plan may be the same for all its jobs: they are still different work."""
    source = SourceFiles.take(make_job.sequence(delivery))
    for resource in ("", "LEFT", "RIGHT"):
        assert not publish(make_job.job(project, source, resource=resource)).already
    assert names(project) == ["001_OK", "LEFT_002_OK", "RIGHT_003_OK"]


def test_a_version_that_lost_a_frame_is_published_again(project: Path, delivery: Path) -> None:
    job = make_job.job(project, make_job.sequence(delivery))
    first = publish(job)
    next((project / first.folder).glob("*.exr")).unlink()
    assert publish(job).version == 2


def test_a_living_publisher_keeps_its_number(project: Path, delivery: Path) -> None:
    clip = make_job.sequence(delivery)
    inner: list[int] = []

    def meanwhile(version: int, _folder: str) -> None:
        if version == 1:
            inner.append(publish(make_job.job(project, clip, plan="inner")).version)

    assert publish(make_job.job(project, clip), sealed=meanwhile).version == 1
    assert inner == [2] and names(project) == ["001_OK", "002_OK"]


@pytest.mark.parametrize("undone", [False, True])
def test_a_number_that_was_committed_between_look_and_reservation_is_not_issued_again(
    project: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch, undone: bool
) -> None:
    """Another publisher reserves, commits and gives back number 1 after we have looked and before we reserve it."""
    source = SourceFiles.take(make_job.sequence(delivery))
    real = fsops.move
    inner: list[int] = []

    def late(path: str, target: str) -> bool:
        if target.endswith(".ramses-reserved-001") and not inner:
            inner.append(0)
            inner[0] = publish(make_job.job(project, source, plan="faster", run="run-2")).version
            if undone:
                undo(os.fspath(project), "run-2")
        return real(path, target)

    monkeypatch.setattr(fsops, "move", late)
    sealed: list[int] = []
    job = make_job.job(project, source)
    assert publish(job, sealed=lambda version, _folder: sealed.append(version)).version == 2
    assert sealed == [2]  # found out before the copying, not only at the commit
    assert inner == [1] and names(project) == (["002_OK"] if undone else ["001_OK", "002_OK"])


# --- somebody who ignores reservations


@pytest.mark.parametrize("content", ["frames", "", "file"])
def test_a_number_that_somebody_took_meanwhile_is_left_to_him(project: Path, delivery: Path, content: str) -> None:
    calls: list[tuple[int, str]] = []

    def meanwhile(version: int, folder: str) -> None:
        calls.append((version, folder))
        if version == 1:
            if content == "file":
                (project / folder).touch()
            else:
                (project / folder).mkdir()
                if content:
                    (project / folder / "theirs.exr").write_bytes(b"theirs")

    done = publish(make_job.job(project, make_job.sequence(delivery)), sealed=meanwhile)
    assert done.version == 2 and calls == [(1, f"{HOME}/001_OK"), (2, f"{HOME}/002_OK")]
    judge.complete(project / done.folder)
    theirs = project / HOME / "001_OK"
    assert theirs.is_file() or [path.name for path in theirs.iterdir()] == (["theirs.exr"] if content else [])
    assert judge.leftovers(project) == []


def test_the_number_counts_whatever_the_state_in_its_name(project: Path, delivery: Path) -> None:
    def meanwhile(version: int, _folder: str) -> None:
        if version == 1:
            (project / HOME / "001_WIP").mkdir()

    assert publish(make_job.job(project, make_job.sequence(delivery)), sealed=meanwhile).version == 2


def test_the_name_may_be_taken_between_the_last_look_and_the_rename(
    project: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rename.rename_exclusive
    target = project / HOME / "001_OK"

    def race(source: str, to: str) -> bool:
        if to == os.fspath(target) and not target.exists():
            target.mkdir()
        return real(source, to)

    monkeypatch.setattr(fsops, "rename_exclusive", race)
    done = publish(make_job.job(project, make_job.sequence(delivery)))
    assert done.version == 2 and list(target.iterdir()) == []


def test_somebody_who_always_takes_the_number_ends_in_an_error_and_nothing_left(project: Path, delivery: Path) -> None:
    def always(_version: int, folder: str) -> None:
        (project / folder).mkdir()

    with pytest.raises(WriteFailed, match="ignores reservations"):
        publish(make_job.job(project, make_job.sequence(delivery)), sealed=always)
    assert judge.leftovers(project) == []
    assert all(not list(folder.iterdir()) for folder in (project / HOME).iterdir())


def test_a_reservation_that_was_taken_away_is_noticed(project: Path, delivery: Path) -> None:
    def steal(version: int, _folder: str) -> None:
        if version == 1:
            reserved = project / HOME / ".ramses-reserved-001"
            next(reserved.iterdir()).rename(reserved / "somebody")

    done = publish(make_job.job(project, make_job.sequence(delivery)), sealed=steal)
    assert done.version == 2
    assert judge.leftovers(project) == [".ramses-reserved-001"]


# --- dead publishers, living ones, and others


def worker(job: PublishJob, path: Path, *prefix: str, **environment: str) -> subprocess.Popen[str]:
    """A process of its own that publishes the job."""
    path.write_bytes(pickle.dumps(job))
    package = path.parent / "package"
    package.mkdir(exist_ok=True)
    root = Path(fsops.__file__).parents[1]
    if not (package / "ramses_plates").exists():
        (package / "ramses_plates").symlink_to(root, target_is_directory=True)
    script = root / "tests/support/publish_worker.py"
    places = [os.fspath(package), os.fspath(Path(xxhash.__file__).parents[1])]
    command = [*prefix, sys.executable, "-I", "-S", "-B", os.fspath(script), os.fspath(path), *places]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
    )


def test_what_a_killed_publisher_left_is_removed_and_its_number_used(
    project: Path, delivery: Path, tmp_path: Path
) -> None:
    job = make_job.job(project, make_job.sequence(delivery))
    process = worker(job, tmp_path / "job", FROZEN="1")
    assert process.stdout is not None and process.stdout.readline() == "sealed\n"
    assert judge.versions(project) == []
    other = make_job.job(project, job.files[0].sources, plan="while it lives")
    assert publish(other).version == 2  # a holder that lives, however long, keeps its number
    process.kill()
    process.wait()
    assert len(judge.leftovers(project)) == 2
    assert publish(job).version == 3  # 2 is committed, so 1 is never issued any more
    assert names(project) == ["002_OK", "003_OK"]


def test_a_zombie_is_dead(project: Path, delivery: Path, tmp_path: Path) -> None:
    process = worker(make_job.job(project, make_job.sequence(delivery)), tmp_path / "job", FROZEN="1")
    assert process.stdout is not None and process.stdout.readline() == "sealed\n"
    os.kill(process.pid, 9)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, but still in the table of processes
    assert publish(make_job.job(project, make_job.clip(delivery), plan="other")).version == 1
    process.wait()
    assert names(project) == ["001_OK"]


def test_only_dead_publishers_are_swept(project: Path, delivery: Path) -> None:
    mine = f"run-9.{'a' * 16}.0123456789ab.0123456789ab.0.1.1.1"  # another machine: no evidence
    private = (f".ramses-staging-{mine}", f".ramses-reserving-{mine}")
    foreign = [*private, ".ramses-staging-unknown", ".other", ".ramses-reserved-002"]
    for name in foreign:
        (project / HOME / name / "inside").mkdir(parents=True)
    (project / HOME / ".ramses-reserved-001" / mine).mkdir(parents=True)
    assert publish(make_job.job(project, make_job.sequence(delivery))).version == 3
    assert judge.leftovers(project) == sorted([*foreign, ".ramses-reserved-001"])


@pytest.mark.parametrize("same_plan", [False, True])
def test_many_publishers_at_once_get_many_versions(
    project: Path, delivery: Path, tmp_path: Path, same_plan: bool
) -> None:
    count = 12
    source = SourceFiles.take(make_job.sequence(delivery))
    start = {"START": str(time.time() + 1.5)}
    running = [
        worker(
            make_job.job(project, source, run=f"run-{n}", plan="p" if same_plan else f"p{n}"),
            tmp_path / f"{n}",
            **start,
        )
        for n in range(count)
    ]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0] * count, said
    versions = sorted(int(text) for text in said)
    if not same_plan:
        assert len(set(versions)) == count
    assert sorted(set(versions)) == [int(name[:3]) for name in names(project)]


def test_publishers_that_fail_do_not_pull_the_folder_away(project: Path, delivery: Path, tmp_path: Path) -> None:
    """Those that fail remove the empty folders which they made: the others must not stumble over that."""
    good = SourceFiles.take(make_job.sequence(delivery))
    bad = SourceFiles.take(make_job.sequence(tmp_path / "bad"))
    (tmp_path / "bad" / "plate.1001.exr").write_bytes(b"changed")
    start = {"START": str(time.time() + 1.5)}
    running = [
        worker(make_job.job(project, bad if n % 2 else good, run=f"run-{n}", plan=f"p{n}"), tmp_path / f"{n}", **start)
        for n in range(10)
    ]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 1] * 5, said
    assert all("SourceChanged" in text for text in said[1::2])
    assert len(names(project)) == 5


# --- errors leave nothing


def fail_at(monkeypatch: pytest.MonkeyPatch, name: str, error: int, nth: int) -> list[int]:
    """The nth call of an os function (or of the exclusive rename) is refused."""
    calls = [0]
    where: Any = fsops if name == "rename_exclusive" else os
    real = getattr(where, name)

    def call(*values: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] == nth:
            raise OSError(error, os.strerror(error))
        return real(*values, **options)

    monkeypatch.setattr(where, name, call)
    return calls


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("mkdir", errno.ENOSPC),
        ("mkdir", errno.EACCES),
        ("write", errno.ENOSPC),
        ("write", errno.EIO),
        ("fdatasync", errno.EIO),
        ("fsync", errno.EIO),
        ("open", errno.EMFILE),
        ("close", errno.EDQUOT),
        ("rename_exclusive", errno.EIO),
        ("rename_exclusive", errno.ESTALE),
        ("listdir", errno.EIO),
    ],
)
def test_every_refusal_at_every_call_is_an_error_and_leaves_nothing(
    tmp_path: Path, delivery: Path, call: str, error: int
) -> None:
    """The nth call fails, for every n until one run gets through."""
    source = SourceFiles.take(make_job.sequence(delivery, last=1002))
    for nth in range(1, 200):
        project = tmp_path / f"proj-{nth}"
        (project / HOME / "001_OK").mkdir(parents=True)
        (project / HOME / "001_OK" / "theirs.exr").write_bytes(b"theirs")
        before = judge.tree(project)
        with pytest.MonkeyPatch.context() as monkeypatch:
            calls = fail_at(monkeypatch, call, error, nth)
            try:
                done = publish(make_job.job(project, source), jobs=1)
            except PlatesError as problem:
                assert str(problem) and problem.path, problem
                done = None
        if done is None:
            left = {path: data for path, data in judge.tree(project).items() if not path.startswith("_ingest_reports")}
            assert left == before, f"{call} {nth}"
            continue
        judge.complete(project / done.folder)
        assert done.version == 2
        if calls[0] < nth:
            assert not done.warnings and judge.leftovers(project) == []
            assert nth > 2
            return
        # The last flush and the cleaning up come after the commit: the version stands, and the person is told.
        assert done.warnings or judge.leftovers(project) == [], f"{call} {nth}"
    pytest.fail("no run ever got through")


def test_folders_that_publishing_made_go_with_it(project: Path, delivery: Path) -> None:
    job = make_job.job(project, make_job.sequence(delivery))
    (delivery / "plate.1003.exr").unlink()
    with pytest.raises(SourceChanged, match=r"plate\.1003\.exr"):
        publish(job)
    assert untouched(project)


@pytest.mark.parametrize("how", ["shrink", "grow", "rewrite", "swap"])
def test_a_source_that_changes_after_the_plan_is_refused_by_name(project: Path, delivery: Path, how: str) -> None:
    job = make_job.job(project, make_job.sequence(delivery))
    path = delivery / "plate.1002.exr"
    if how == "shrink":
        os.truncate(path, 10)
    elif how == "grow":
        path.write_bytes(path.read_bytes() + b"x")
    elif how == "rewrite":
        facts = path.stat()
        path.write_bytes(bytes(facts.st_size))
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    else:
        facts = path.stat()
        other = delivery / "other"
        other.write_bytes(bytes(facts.st_size))
        os.utime(other, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        other.rename(path)
    with pytest.raises(SourceChanged, match=r"plate\.1002\.exr"):
        publish(job)
    assert untouched(project)


def test_a_disk_without_room_is_told_before_the_first_byte(
    project: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fsops, "free_space", lambda _folder: (1000, None))
    monkeypatch.setattr(stage, "copy_files", lambda *_: pytest.fail("copied"))
    with pytest.raises(DiskFull, match=r"[0-9],[0-9]+ bytes more are needed"):
        publish(make_job.job(project, make_job.sequence(delivery)))
    assert untouched(project)


def test_a_disk_without_room_for_names_is_told(project: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fsops, "free_space", lambda _folder: (10**9, 3))
    with pytest.raises(DiskFull, match="3 more files"):
        publish(make_job.job(project, make_job.sequence(delivery)))
    assert untouched(project)


def test_a_disk_that_fills_up_says_what_the_version_still_lacks(
    project: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job.job(project, make_job.sequence(delivery, size=100_000))
    fail_at(monkeypatch, "write", errno.ENOSPC, 3)
    room = [(10**9, None), (40_000, None)]
    monkeypatch.setattr(fsops, "free_space", lambda _folder: room.pop(0))
    with pytest.raises(DiskFull, match=r"plate|PROJ_S_SH010_PLATE\.1003\.exr") as caught:
        publish(job, jobs=1)
    lacks = job.size()[1] - job.files[0].sources.sizes[0] - job.files[0].sources.sizes[1] - 40_000
    assert f"{lacks:,} bytes" in str(caught.value)
    assert untouched(project)


def test_a_disk_that_gives_back_other_bytes_is_found_out(
    project: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = readback.hash_file

    def rot(path: str, *values: Any, **options: Any) -> int:
        if path.endswith("1003.exr"):
            data = bytearray(Path(path).read_bytes())
            data[100] ^= 1
            Path(path).write_bytes(data)
        return real(path, *values, **options)

    monkeypatch.setattr(stage, "hash_file", rot)
    with pytest.raises(VerifyFailed, match=r"1003\.exr"):
        publish(make_job.job(project, make_job.sequence(delivery)))
    assert untouched(project)


def test_what_the_outbox_cannot_note_is_not_published(project: Path, delivery: Path) -> None:
    def refuse(_version: int, _folder: str) -> None:
        raise WriteFailed("the outbox is full.", "/outbox")

    with pytest.raises(WriteFailed, match="outbox"):
        publish(make_job.job(project, make_job.sequence(delivery)), sealed=refuse)
    assert untouched(project)


def test_everything_is_sealed_when_the_outbox_is_told_and_nothing_is_visible(project: Path, delivery: Path) -> None:
    seen = []

    def look(version: int, folder: str) -> None:
        staging = next((project / HOME).glob(".ramses-staging-*"))
        judge.complete(staging.rename(project / "shown_001"))
        (project / "shown_001").rename(staging)
        seen.append((version, folder, (project / folder).exists()))

    publish(make_job.job(project, make_job.sequence(delivery)), sealed=look)
    assert seen == [(1, f"{HOME}/001_OK", False)]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"step_folder": "../outside"}, NameRefused),
        ({"step_folder": "/etc"}, NameRefused),
        ({"resource": "BG_CITY"}, NameRefused),
        ({"resource": "../x"}, NameRefused),
        ({"state": "O/K"}, NameRefused),
        ({"files": ()}, NameRefused),
        ({"run": "../run"}, NameRefused),
        ({"project_root": "/nowhere/at/all"}, WriteFailed),
    ],
)
def test_names_that_lead_astray_are_refused_before_anything_is_made(
    project: Path, delivery: Path, changes: dict[str, Any], kind: type[PlatesError]
) -> None:
    with pytest.raises(kind):
        publish(make_job.job(project, make_job.sequence(delivery), **changes))
    assert judge.tree(project) == {}


@pytest.mark.parametrize("prefix", ["../", "a/b.", ".hidden.", "_ramses_data.json\n", ""])
def test_a_file_name_that_leads_astray_is_refused(project: Path, delivery: Path, prefix: str) -> None:
    source = SourceFiles.take(make_job.sequence(delivery))
    with pytest.raises(NameRefused):
        publish(make_job.job(project, source, files=(Copies(source, prefix, ".exr/x" if not prefix else ".exr"),)))
    assert judge.tree(project) == {}


def test_two_files_of_one_name_are_an_error(project: Path, delivery: Path) -> None:
    source = SourceFiles.take(make_job.sequence(delivery))
    copies = (Copies(source, "a.", ".exr"), Copies(source, "a.", ".exr", FrameSet.parse("1002")))
    with pytest.raises(WriteFailed, match=r"a\.1002\.exr"):
        publish(make_job.job(project, source, files=copies))
    assert untouched(project)


def test_an_error_of_the_last_flush_does_not_unpublish(
    project: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fsops.sync_folder

    def refuse(path: str) -> None:
        if (project / HOME / "001_OK").exists():
            raise WriteFailed("cannot flush the folder.", path)
        real(path)

    monkeypatch.setattr(fsops, "sync_folder", refuse)
    done = publish(make_job.job(project, make_job.sequence(delivery)))
    assert "did not confirm" in done.warnings[0]
    assert names(project) == ["001_OK"]


# --- progress and cancel


def test_progress_ends_at_the_total(project: Path, delivery: Path) -> None:
    events: list[Event] = []
    done = publish(make_job.job(project, make_job.sequence(delivery), label="plate"), listen=events.append)
    assert events[-1] == Event("publish", done.bytes, done.bytes, "bytes", "plate")


@pytest.mark.parametrize("jobs", [1, 4])
def test_cancel_leaves_nothing(project: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    cancel = Cancel()
    real = fsops.copy_hashed

    def copy(*values: Any) -> None:
        if "1003" in values[1]:
            cancel.set()
        real(*values)

    monkeypatch.setattr(fsops, "copy_hashed", copy)
    with pytest.raises(Cancelled):
        publish(make_job.job(project, make_job.sequence(delivery)), jobs=jobs, cancel=cancel)
    assert untouched(project)


def test_a_cancel_after_the_seal_is_in_time(project: Path, delivery: Path) -> None:
    cancel = Cancel()
    with pytest.raises(Cancelled):
        publish(
            make_job.job(project, make_job.sequence(delivery)),
            cancel=cancel,
            sealed=lambda _version, _folder: cancel.set(),
        )
    assert untouched(project)


def test_an_interrupt_leaves_nothing(project: Path, delivery: Path) -> None:
    def interrupt(_version: int, _folder: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(make_job.job(project, make_job.sequence(delivery)), sealed=interrupt)
    assert untouched(project)


# --- cost


def test_every_byte_is_read_once(project: Path, delivery: Path) -> None:
    """Bytes read per byte copied, as the kernel counts them, in a process of its own."""
    clip = make_job.sequence(delivery, size=3_000_000)
    code = (
        "import sys, pickle\n"
        "from ramses_plates.core.publish import publish\n"
        "import xxhash\n"
        "def read(): return int(open('/proc/self/io').readline().split()[1])\n"
        "job = pickle.loads(open(sys.argv[1], 'rb').read())\n"
        "small = pickle.loads(open(sys.argv[2], 'rb').read())\n"
        "publish(small, jobs=1)\n"  # loads what is loaded late
        "before = read()\n"
        "done = publish(job, jobs=1)\n"
        "print((read() - before) / done.bytes)\n"
    )
    paths = []
    for name, source in (("job", clip), ("small", make_job.movie(delivery / "b"))):
        path = delivery / name
        path.write_bytes(pickle.dumps(make_job.job(project, source, verify="copy", plan=name)))
        paths.append(os.fspath(path))
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 1.0 <= float(done.stdout) < 1.01


def test_digests_take_a_few_bytes_each() -> None:
    digests = stage.Digests("xxh128", 3)
    digests[1] = bytes(range(16))
    assert digests.text(1) == bytes(range(16)).hex() and digests.text(2) == "00" * 16
    assert hashing.preferred() == "xxh128"
