# SPDX-License-Identifier: GPL-3.0-or-later
"""What the table of clips shows, without a table: rows, edits, filters, totals and sentences."""

from __future__ import annotations

import os
import re
from fractions import Fraction
from pathlib import Path

import make_clips
import pytest
from make_delivery import options, plate, project
from ramses_plates.core.delivery import survey
from ramses_plates.core.errors import SettingsError
from ramses_plates.core.events import Event
from ramses_plates.core.finding import error, info, warning
from ramses_plates.core.ingest import carry_out
from ramses_plates.core.media import Media
from ramses_plates.core.plan import Override, clip_key
from ramses_plates.core.planner import make_plan
from ramses_plates.core.rules import BUILTIN
from ramses_plates.hosts.qt import ingest_words as words
from ramses_plates.hosts.qt.ingest_advice import for_panel
from ramses_plates.hosts.qt.ingest_drop import Dropped, sorted_out
from ramses_plates.hosts.qt.ingest_edits import History, left_out, with_value, without
from ramses_plates.hosts.qt.ingest_filter import counted, filter_pattern, filter_text
from ramses_plates.hosts.qt.ingest_rows import (
    AT,
    COLUMNS,
    Row,
    detail,
    found_row,
    names_to_be,
    planned_row,
    read_row,
    result_row,
    told,
    with_state,
)

CORE = Path(__file__).parents[3] / "core"


def texts(row: Row, *names: str) -> list[str]:
    return [row.at(name) for name in names]


def test_a_row_fills_in_from_the_name_to_the_version(tmp_path: Path) -> None:
    plate(tmp_path / "in", "SEQ010_SH020_plate_v03", [1001, 1002, 1005])
    delivery = survey([str(tmp_path / "in")])
    item = delivery.items[0]
    found = found_row(item.clip, BUILTIN)
    assert found.state == "found" and found.kind == "sequence"
    assert texts(found, "name", "sequence", "shot", "frames", "missing") == [
        "SEQ010_SH020_plate_v03.####.exr", "SEQ010", "SH020", "1001-1005", "2",
    ]  # fmt: skip
    read = read_row(item.clip, item.media, BUILTIN)
    assert texts(read, "picture", "rate", "tc_in", "tc_out", "codec") == [
        "32×18", "23.976", "01:00:00:00", "01:00:00:04", "exr",
    ]  # fmt: skip
    assert read.at("version") == "" and read.sort[AT["rate"]] == 23976
    root = project(tmp_path)
    plan = make_plan(delivery, options(root))
    row = planned_row(plan.clips[0])
    assert row.key == found.key == clip_key(item.clip)
    assert row.state == "attention" and row.at("status") == "Look at it"  # frames are missing
    assert row.at("version") == "001" and "missing" in row.at("findings")
    assert names_to_be(plan.clips[0]) == ("PROJ_S_SH020_PLATE.1001.exr", "PROJ_S_SH020_PLATE.1005.exr")
    facts = dict(detail(row, plan.clips[0], str(root)).facts)
    assert facts["Goes to"].endswith("05-SHOTS/PROJ_S_SH020/PROJ_S_SH020_PLATE/_published/001_WIP")
    assert facts["Missing"] == "1003-1004 (2 frames)"
    result = carry_out(plan, jobs=1)
    names = sorted(os.listdir(os.path.join(facts["Goes to"])))
    assert set(names_to_be(plan.clips[0])) <= set(names)  # what was promised is what is there
    done = result_row(with_state(row, "publishing", 50), result.clips[0])
    assert done.state == "published" and done.at("version") == "001" and done.at("status") == "Published"


def test_a_movie_shows_its_length_and_a_damaged_file_why(tmp_path: Path) -> None:
    clip = make_clips.single(str(tmp_path / "A001C002.mov"), "movie")
    media = Media("mov", 1920, 1080, fps=Fraction(25), start_timecode="10:00:00:00", frame_count=250, codec="prores")
    row = read_row(clip, media, BUILTIN)
    assert texts(row, "frames", "missing", "tc_out") == ["250", "", "10:00:09:24"]
    assert row.at("codec") == "prores"
    named = Media("mov", codec="prores", compression="ProRes 422 HQ")
    assert read_row(clip, named, BUILTIN).at("codec") == "ProRes 422 HQ"
    assert read_row(clip, Media("exr", codec="exr", compression="zip"), BUILTIN).at("codec") == "exr zip"
    broken = read_row(clip, Media("mov", error="it ends in the middle."), BUILTIN)
    assert broken.at("findings") == "it ends in the middle." and broken.at("tc_in") == ""


def test_columns_and_sort_keys_agree(tmp_path: Path) -> None:
    row = found_row(make_clips.single(str(tmp_path / "a.mov"), "movie"), BUILTIN)
    assert len(row.cells) == len(row.sort) == len(COLUMNS)
    numbers = {column.name for column, key in zip(COLUMNS, row.sort, strict=True) if isinstance(key, int)}
    assert numbers == {"status", "frames", "missing", "picture", "bytes", "rate", "version"}


def test_findings_are_told_worst_first_and_explanations_not_at_all() -> None:
    found = (info("a", "Because."), warning("b", "Look."), error("c", "Bad.\nVery."))
    assert told(found) == "Bad. Very. · Look."
    assert told((error("a", "x.mov: It ends."),), "x.mov") == "It ends."
    unknown = error("unmatched", "Who is it?")
    assert told((unknown, *found)) == "Bad. Very. · Who is it? · Look."


def test_an_edit_marks_its_field_and_nothing_else(tmp_path: Path) -> None:
    plate(tmp_path / "in", "SH020", [1001, 1002])
    delivery = survey([str(tmp_path / "in")])
    overrides = with_value({}, [clip_key(delivery.items[0].clip)], "rate", "25")
    plan = make_plan(delivery, options(project(tmp_path), overrides=overrides))
    row = planned_row(plan.clips[0], overrides[plan.clips[0].key])
    assert row.edited == {"rate"} and row.at("rate") == "25"
    assert row.at("tc_out") == "01:00:00:01"


def test_edits_of_many_rows_and_the_way_back() -> None:
    history = History()
    assert history.take(with_value(history.now, ["a", "b"], "shot", " SH010 "))
    assert history.now == {"a": Override(shot="SH010"), "b": Override(shot="SH010")}
    assert not history.take(with_value(history.now, ["a"], "shot", "SH010"))  # nothing new
    assert history.take(with_value(history.now, ["b"], "colorspace", "ACEScg"))
    assert history.take(left_out(history.now, ["a"], True)) and history.now["a"].skip
    assert history.take(without(history.now, ["a"])) and set(history.now) == {"b"}
    assert history.back() and history.now["a"] == Override(shot="SH010", skip=True)
    assert history.back() and history.back() and history.back() and not history.back()
    assert history.now == {}
    assert history.again() and set(history.now) == {"a", "b"}
    history.take({})
    assert not history.again()  # a new step ends the old future


def test_an_emptied_field_is_given_back_or_taken_away() -> None:
    assert with_value({"a": Override(rate=Fraction(25))}, ["a"], "rate", "") == {}
    assert with_value({"a": Override(colorspace="x")}, ["a"], "colorspace", " ") == {}
    assert with_value({}, ["a"], "resource", "")["a"].resource == ""  # "the main plate", against what the name says
    assert with_value({}, ["a"], "rate", "23.976")["a"].rate == Fraction(24000, 1001)
    with pytest.raises(SettingsError, match="not a frame rate"):
        with_value({}, ["a"], "rate", "fast")


def some(key: str, state: str, kind: str = "sequence", **cells: str) -> Row:
    filled = tuple(cells.get(column.name, "") for column in COLUMNS)
    return Row(key, state, kind, filled, filled)  # type: ignore[arg-type]


def test_filters_by_words_states_and_kinds() -> None:
    rows = [
        some("1", "planned", name="SH010.####.exr", codec="exr zip"),
        some("2", "refused", "movie", name="SH010.mov", findings="Nobody knows (why)"),
        some("3", "attention", name="Übung_SH020.####.exr"),
        some("4", "published", name="a|refused|movie|b"),
    ]

    def shown(*arguments: object) -> str:
        pattern = re.compile(filter_pattern(*arguments))  # type: ignore[arg-type]
        return "".join(row.key for row in rows if pattern.search(filter_text(row)))

    assert shown() == "1234"
    assert shown("sh010") == "12" and shown("SH010 zip") == "1" and shown("(why)") == "2" and shown("übung") == "3"
    assert shown("", ["ready"]) == "13" and shown("", ["attention"]) == "3" and shown("", ["bad", "done"]) == "24"
    assert shown("", (), ["movie"]) == "2" and shown("sh0", ["ready"], ["sequence"]) == "13"
    assert shown("[") == "" and shown("   ") == "1234"
    assert counted(rows) == {"ready": 2, "attention": 1, "bad": 1, "there": 0, "done": 1, "out": 0}


def test_speed_is_that_of_the_last_seconds() -> None:
    pace = words.Pace()
    pace.add(0, 0.0)
    assert pace.speed == 0 and pace.left(100) is None
    for second in range(1, 21):
        pace.add(100 * second, float(second))
    for second in range(21, 41):
        pace.add(2000 + 10 * (second - 20), float(second))
    assert pace.speed == pytest.approx(10)
    assert pace.left(2300) == pytest.approx(10)
    assert words.progress_text(Event("publish", 2200, 2300, "bytes"), pace) == (
        "Publishing · 2.2 kB of 2.3 kB · 10 bytes/s · about 10 s left"
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (2.0, "a few seconds left"), (43.0, "about 45 s left"), (130.0, "about 2 min left"),
     (59.7, "about 1 min left"), (4000.0, "about 1 h 07 min left")],
)  # fmt: skip
def test_time_left_is_told_no_finer_than_anybody_can_know(seconds: float | None, text: str) -> None:
    assert words.left_text(seconds) == text


def test_progress_of_other_stages() -> None:
    assert words.progress_text(Event("scan", 1200, 0, "files")) == "Looking for clips · 1,200 files"
    assert words.progress_text(Event("probe", 3, 12, "clips")) == "Reading headers · 3 of 12 clips"
    assert words.progress_text(Event("plan")) == "Planning"


def test_a_dry_run_names_every_version_and_every_reason(tmp_path: Path) -> None:
    plate(tmp_path / "in", "SH010", [1001, 1002])
    plate(tmp_path / "in", "whatever", [1, 2])
    (tmp_path / "in" / "notes.txt").write_text("hello")
    plan = make_plan(survey([str(tmp_path / "in")]), options(project(tmp_path)))
    text = words.dry_run_text(plan)
    assert "1 plate to publish" in text and "1 refused" in text
    assert "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE/_published/001_WIP/" in text
    assert "PROJ_S_SH010_PLATE.1001.exr … PROJ_S_SH010_PLATE.1002.exr" in text
    assert "No rule tells the shot from this name." in text and "notes.txt" in text
    assert "mark an example" in text


def test_no_advice_in_the_panel_speaks_of_the_command_line() -> None:
    """Every sentence of advice in the core that names an option has its counterpart in the panel."""
    option = re.compile(r'"([^"\n]*(?:--[a-z]|see: )[^"\n]*)"')
    sources = [
        CORE / name for name in ("checks.py", "planner.py", "redelivery.py", "timecode_truth.py", "order_report.py")
    ]
    spoken = [match[1] for path in sources for match in option.finditer(path.read_text(encoding="utf-8"))]
    assert len(spoken) >= 7
    for advice in spoken:
        shown = for_panel(warning("x", "y", advice=advice.replace("{named}", "COMP"))).advice
        assert "--" not in shown and "see: " not in shown, shown


def test_what_is_dropped_is_known_by_what_it_is(tmp_path: Path) -> None:
    root = project(tmp_path)
    (tmp_path / "day_14").mkdir()
    paths = [str(tmp_path / "day_14"), str(root), str(tmp_path / "cut.EDL"), str(tmp_path / "r.json"), "/x/a.mov"]
    assert sorted_out(paths) == Dropped((paths[0], "/x/a.mov"), str(root), paths[2], paths[3])
