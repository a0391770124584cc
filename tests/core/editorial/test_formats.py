# SPDX-License-Identifier: GPL-3.0-or-later
"""ALE, OTIO, Final Cut 7 XML and FCPXML: exact frames, nested clips, retimes, and faults named by line."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ramses_plates.core.editorial import read_edit
from ramses_plates.core.errors import EditError

NTSC24, NTSC30 = Fraction(24000, 1001), Fraction(30000, 1001)


def saved(folder: Path, name: str, text: str | bytes) -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


# ALE --------------------------------------------------------------------------------------------------------------

COLUMNS = "Name\tTape\tTracks\tScene\tTake\tStart\tEnd\tVFX Shot\tFilename"
ROW = "19A-1\tA007\tV\t19A\t1\t04:00:00:00\t04:00:46:16\tSH010\tA007C001_140720_R2E4"


def ale(rows: str, heading: str = "FIELD_DELIM\tTABS\nFPS\t23.98", columns: str = COLUMNS) -> str:
    return f"Heading\n{heading}\n\nColumn\n{columns}\n\nData\n{rows}\n"


def test_an_ale_row_gives_reel_timecode_scene_and_take(tmp_path: Path) -> None:
    edit = read_edit(saved(tmp_path, "log.ale", ale(ROW)))
    (event,) = edit.events
    assert (edit.rate, edit.rate_source) == (NTSC24, "the log's heading states 23.98")
    assert (event.clip_name, event.reel, event.scene, event.take) == ("19A-1", "A007", "19A", "1")
    assert (str(event.source_in), str(event.source_out), event.source_frames) == ("04:00:00:00", "04:00:46:16", 1120)
    assert (event.shot, event.source_file, event.line) == ("SH010", "A007C001_140720_R2E4", 9)
    assert event.record_in is None


def test_an_ale_heading_on_one_line_and_crlf(tmp_path: Path) -> None:
    text = ale(ROW, "FIELD_DELIM\tTABS\tFPS\t25\tVIDEO_FORMAT\t1080").replace("\n", "\r\n")
    assert read_edit(saved(tmp_path, "log.ale", text)).rate == 25


def test_a_given_rate_wins_over_the_heading(tmp_path: Path) -> None:
    edit = read_edit(saved(tmp_path, "log.ale", ale(ROW)), Fraction(24))
    assert (edit.rate, edit.rate_source) == (24, "as given")


def test_a_bad_ale_row_is_refused_by_line(tmp_path: Path) -> None:
    edit = read_edit(saved(tmp_path, "log.ale", ale(f"{ROW}\n{ROW.replace('46:16', '46:24')}\n{ROW}")))
    assert len(edit.events) == 2
    (problem,) = edit.refused_lines
    assert problem.line == 10
    assert "does not exist" in problem.reason


def test_an_ale_row_without_timecode_is_kept_and_said(tmp_path: Path) -> None:
    (event,) = read_edit(saved(tmp_path, "log.ale", ale("title card\t\tV"))).events
    assert (event.clip_name, event.reel, event.source_in) == ("title card", None, None)
    assert event.notes == ("This row has no start timecode.",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Heading\nFPS\t24\n", "names no columns"),
        ("Heading\nFPS\t24\nColumn\nName\nData\n", "no rows"),
        ("Heading\nData\nx\n", "line 3: rows come before"),
        (ale(ROW.replace("04:00:00:00", "99:00:00:00")), "line 9"),
    ],
)
def test_a_broken_ale_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(EditError, match=said):
        read_edit(saved(tmp_path, "log.ale", text))


# OTIO -------------------------------------------------------------------------------------------------------------


def clip(otio: Any, name: str, start: float, frames: float, rate: float = 24, **more: Any) -> Any:
    time = otio.opentime
    media = otio.schema.ExternalReference(
        target_url=f"file:///plates/{name}.mov",
        available_range=time.TimeRange(time.RationalTime(86400, rate), time.RationalTime(5000, rate)),
    )
    source = time.TimeRange(time.RationalTime(start, rate), time.RationalTime(frames, rate))
    return otio.schema.Clip(name=name, media_reference=media, source_range=source, **more)


def timeline(otio: Any, children: list[Any], rate: float = 24, start: float | None = 86400) -> Any:
    begin = None if start is None else otio.opentime.RationalTime(start, rate)
    made = otio.schema.Timeline("cut", global_start_time=begin)
    made.tracks.append(otio.schema.Track("V1", children, kind="Video"))
    return made


def read_otio(folder: Path, made: Any, name: str = "cut.otio") -> Any:
    import opentimelineio

    opentimelineio.adapters.write_to_file(made, str(folder / name))
    return read_edit(str(folder / name))


def test_an_otio_timeline_keeps_its_record_start_and_counts_exactly(tmp_path: Path) -> None:
    import opentimelineio as otio

    rate = 24000 / 1001
    gap = otio.schema.Gap(duration=otio.opentime.RationalTime(12, rate))
    children = [clip(otio, "A", 86424, 48, rate), gap, clip(otio, "B", 90000, 24, rate)]
    edit = read_otio(tmp_path, timeline(otio, children, rate, 86400))
    first, second = edit.events
    assert (edit.rate, edit.rate_source, edit.title) == (NTSC24, "the timeline states it", "cut")
    assert (str(first.source_in), str(first.source_out)) == ("01:00:01:00", "01:00:03:00")
    assert (str(first.record_in), str(first.record_out)) == ("01:00:00:00", "01:00:02:00")
    assert (str(second.record_in), second.cut_frames) == ("01:00:02:12", 24)
    assert (first.clip_name, first.source_file, first.counted) == ("A", "A.mov", True)


def test_otio_retimes_markers_and_metadata(tmp_path: Path) -> None:
    import opentimelineio as otio

    fast = clip(otio, "A", 86400, 24, effects=[otio.schema.LinearTimeWarp(time_scalar=2.0)])
    fast.metadata["cmx_3600"] = {"reel": "A001C002"}
    fast.markers.append(otio.schema.Marker(name="SH010"))
    freeze = clip(otio, "B", 86400, 24, effects=[otio.schema.FreezeFrame()])
    freeze.media_reference.metadata["AAF"] = {"UserComments": {"Tape": "B001", "Scene": "19A", "Take": "2"}}
    first, second = read_otio(tmp_path, timeline(otio, [fast, freeze])).events
    assert (first.speed, first.source_frames, first.cut_frames) == (2, 48, 24)
    assert (first.reel, first.shot) == ("A001C002", "SH010")
    assert (second.speed, second.source_frames, second.cut_frames) == (0, 1, 24)
    assert (second.reel, second.scene, second.take) == ("B001", "19A", "2")


def test_an_otio_dissolve_begins_where_it_is_first_seen(tmp_path: Path) -> None:
    import opentimelineio as otio

    time = otio.opentime.RationalTime
    dissolve = otio.schema.Transition(in_offset=time(4, 24), out_offset=time(6, 24), transition_type="SMPTE_Dissolve")
    children = [clip(otio, "A", 86500, 48), dissolve, clip(otio, "B", 87000, 48)]
    first, second = read_otio(tmp_path, timeline(otio, children)).events
    assert (first.cut_frames, first.overlap_out) == (44, 10)
    assert (str(second.source_in), second.transition.frames) == ("01:00:24:20", 10)
    assert second.record_in == first.record_out


def test_clips_inside_nested_otio_compositions_are_trimmed_and_placed(tmp_path: Path) -> None:
    import opentimelineio as otio

    time = otio.opentime
    inner = otio.schema.Track("inner", [clip(otio, "A", 86400, 48), clip(otio, "B", 90000, 48)])
    nested = otio.schema.Stack("comp", children=[inner])
    nested.source_range = time.TimeRange(time.RationalTime(40, 24), time.RationalTime(30, 24))
    first, second = read_otio(tmp_path, timeline(otio, [clip(otio, "X", 86400, 10), nested])).events[1:]
    assert (str(first.source_in), first.cut_frames, str(first.record_in)) == ("01:00:01:16", 8, "01:00:00:10")
    assert (str(second.source_in), second.cut_frames, str(second.record_in)) == ("01:02:30:00", 22, "01:00:00:18")
    assert any("compound clip comp" in note for note in first.notes)


def test_sound_tracks_are_left_out_and_a_second_timeline_is_named(tmp_path: Path) -> None:
    import opentimelineio as otio

    made = timeline(otio, [clip(otio, "A", 86400, 24)])
    made.tracks.append(otio.schema.Track("A1", [clip(otio, "A", 86400, 24)], kind="Audio"))
    other = timeline(otio, [clip(otio, "B", 86400, 24)])
    other.name = "other"
    edit = read_otio(tmp_path, otio.schema.SerializableCollection(children=[made, other]))
    assert [event.clip_name for event in edit.events] == ["A"]
    assert edit.notes == ("The file holds 2 timelines: cut was read, other left out.",)


def test_an_otioz_is_read_like_its_otio(tmp_path: Path) -> None:
    import opentimelineio as otio

    made = timeline(otio, [clip(otio, "A", 86424, 48)])
    otio.adapters.write_to_file(made, str(tmp_path / "cut.otioz"), media_policy="AllMissing")
    assert str(read_edit(str(tmp_path / "cut.otioz")).events[0].source_in) == "01:00:01:00"


def test_a_broken_otio_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(EditError, match="line 3: broken JSON"):
        read_edit(saved(tmp_path, "cut.otio", '{\n"OTIO_SCHEMA": "Timeline.1",\n oops}\n'))
    with pytest.raises(EditError, match=r"OpenTimelineIO cannot read|no picture clips"):
        read_edit(saved(tmp_path, "cut.otio", '{"OTIO_SCHEMA": "Nothing.7"}'))
    with pytest.raises(EditError, match="line 1"):
        read_edit(saved(tmp_path, "cut.otio", '{"a":' + "[" * 200_000))


def test_without_the_library_the_advice_is_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    with pytest.raises(EditError, match=r"OpenTimelineIO is needed to read OTIO files.*editorial extra"):
        read_edit(saved(tmp_path, "cut.otio", "{}"))


def test_a_broken_aaf_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EditError, match="OpenTimelineIO cannot read this file"):
        read_edit(saved(tmp_path, "cut.aaf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600))


# Final Cut 7 XML --------------------------------------------------------------------------------------------------


def test_final_cut_7_keeps_rate_reel_and_timecode(tmp_path: Path) -> None:
    rate = "<rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>"
    text = f"""<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5"><sequence id="s"><name>cut</name>
    <duration>48</duration>{rate}
    <timecode>{rate}<string>01:00:00:00</string><frame>86400</frame><displayformat>NDF</displayformat></timecode>
    <media><video><track><clipitem id="c"><name>A001C002.mov</name><duration>500</duration>{rate}
    <start>0</start><end>48</end><in>24</in><out>72</out>
    <file id="f"><name>A001C002.mov</name><pathurl>file://localhost/p/A001C002.mov</pathurl><duration>500</duration>{rate}
    <timecode>{rate}<string>02:00:00:00</string><frame>172800</frame><displayformat>NDF</displayformat>
    <reel><name>A001</name></reel></timecode><media><video/></media></file></clipitem></track></video></media>
    </sequence></xmeml>"""
    edit = read_edit(saved(tmp_path, "cut.xml", text))
    (event,) = edit.events
    assert edit.rate == NTSC24
    assert (str(event.source_in), str(event.source_out), event.reel) == ("02:00:01:00", "02:00:03:00", "A001")
    assert (str(event.record_in), event.cut_frames, event.source_file) == ("01:00:00:00", 48, "A001C002.mov")


# FCPXML -----------------------------------------------------------------------------------------------------------


def fcpxml(spine: str, duration: str = "1001/24000s", sequence: str = "", resources: str = "") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE fcpxml><fcpxml version="1.10"><resources>
    <format id="r1" frameDuration="{duration}"/><format id="r3" frameDuration="100/2500s"/>
    <asset id="r2" name="A001C002" start="43243200/12000s" duration="6006/24s" hasVideo="1" format="r1">
    <media-rep kind="original-media" src="file:///plates/A001C002.mov"/>
    <metadata><md key="com.apple.proapps.studio.reel" value="A001"/></metadata></asset>
    <asset id="r4" name="SOUND" start="0s" duration="10s" hasAudio="1" hasVideo="0"/>{resources}</resources>
    <library><event><project name="cut"><sequence format="r1" tcStart="86486400/24000s" tcFormat="NDF" {sequence}>
    <spine>{spine}</spine></sequence></project></event></library></fcpxml>"""


def frames(count: int) -> str:
    return f"{1001 * count}/24000s"


def test_fcpxml_times_are_exact_at_n_over_1001(tmp_path: Path) -> None:
    """The usual adapter counts such a file at 23 frames a second; ours keeps every frame."""
    item = (
        f'<asset-clip ref="r2" name="A001C002" offset="{frames(86400)}" start="{frames(86424)}"'
        f' duration="{frames(48)}">'
        '<marker start="0s" duration="1s" value="SH010 1001-1048"/></asset-clip>'
    )
    edit = read_edit(saved(tmp_path, "cut.fcpxml", fcpxml(item)))
    (event,) = edit.events
    assert (edit.rate, edit.title) == (NTSC24, "cut")
    assert (str(event.source_in), str(event.source_out)) == ("01:00:01:00", "01:00:03:00")
    assert (str(event.record_in), str(event.record_out)) == ("01:00:00:00", "01:00:02:00")
    assert (event.reel, event.source_file, event.shot, event.expected) == (
        "A001",
        "A001C002.mov",
        "SH010",
        (1001, 1048),
    )


def test_fcpxml_connected_clips_and_titles(tmp_path: Path) -> None:
    spine = (
        f'<gap offset="{frames(86400)}" start="3600s" duration="{frames(240)}">'
        f'<asset-clip ref="r2" lane="1" offset="{Fraction(3600) + Fraction(1001 * 24, 24000)}s" name="up"'
        f' start="{frames(86400)}" duration="{frames(24)}"/>'
        '<title lane="2" offset="3600s" duration="1s" name="text"/>'
        '<asset-clip ref="r4" lane="-1" offset="3600s" duration="1s" name="sound"/></gap>'
    )
    (event,) = read_edit(saved(tmp_path, "cut.fcpxml", fcpxml(spine))).events
    assert (event.clip_name, str(event.record_in), event.cut_frames) == ("up", "01:00:01:00", 24)


@pytest.mark.parametrize(
    ("points", "speed", "source_in", "needed", "said"),
    [
        ([(0, 0), (10, 20)], Fraction(2), "01:00:00:00", 48, ""),
        ([(0, 10), (10, 10)], Fraction(0), None, 1, ""),
        ([(0, 0), (5, 5), (10, 20)], Fraction(1), None, 24, "speed varies"),
    ],
)
def test_fcpxml_retimes(
    tmp_path: Path, points: list[tuple[int, int]], speed: Fraction, source_in: str | None, needed: int, said: str
) -> None:
    mapped = "".join(f'<timept time="{time}s" value="{value}s" interp="linear"/>' for time, value in points)
    item = (
        f'<asset-clip ref="r2" name="A" offset="{frames(86400)}" start="0s" duration="{frames(24)}">'
        f"<timeMap>{mapped}</timeMap></asset-clip>"
    )
    (event,) = read_edit(saved(tmp_path, "cut.fcpxml", fcpxml(item))).events
    assert (event.speed, event.source_frames, event.cut_frames) == (speed, needed, 24)
    assert source_in is None or str(event.source_in) == source_in
    assert not said or any(said in note for note in event.notes)


def test_fcpxml_source_is_counted_at_the_assets_own_rate(tmp_path: Path) -> None:
    asset = '<asset id="r5" name="PAL" start="3600s" duration="20s" hasVideo="1" format="r3" src="file:///p/PAL.mov"/>'
    item = f'<asset-clip ref="r5" name="PAL" offset="{frames(86400)}" start="3601s" duration="{frames(48)}"/>'
    (event,) = read_edit(saved(tmp_path, "cut.fcpxml", fcpxml(item, resources=asset))).events
    assert event.source_in is not None
    assert (event.source_in.rate, str(event.source_in), event.cut_frames) == (25, "01:00:01:00", 48)


def test_fcpxml_drop_frame_sequences_count_their_record_so(tmp_path: Path) -> None:
    item = '<asset-clip ref="r2" name="A" offset="108000108/30000s" start="43243200/12000s" duration="30030/30000s"/>'
    text = fcpxml(item, "1001/30000s").replace('tcStart="86486400/24000s" tcFormat="NDF"', 'tcStart="0s" tcFormat="DF"')
    edit = read_edit(saved(tmp_path, "cut.fcpxml", text))
    assert edit.rate == NTSC30
    assert edit.events[0].record_in is not None
    assert edit.events[0].record_in.drop


def test_a_bundle_is_read_through_its_info_file(tmp_path: Path) -> None:
    bundle = tmp_path / "cut.fcpxmld"
    bundle.mkdir()
    item = f'<asset-clip ref="r2" name="A" start="{frames(86400)}" duration="{frames(24)}"/>'
    saved(bundle, "Info.fcpxml", fcpxml(item))
    assert len(read_edit(str(bundle)).events) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<?xml version='1.0'?>\n<fcpxml>\n<resources>\n</fcpxml>", "line 4: broken XML"),
        ("<?xml version='1.0'?><fcpxml/>", "no picture clips"),
        ("<?xml version='1.0'?><html/>", "neither an FCPXML nor"),
        ("<!DOCTYPE fcpxml [<!ENTITY a 'b'>]><fcpxml>&a;</fcpxml>", "entities"),
        ("<?xml version='1.0' encoding='nonsense'?><fcpxml/>", "line 1"),
    ],
)
def test_a_broken_fcpxml_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(EditError, match=said):
        read_edit(saved(tmp_path, "cut.fcpxml", text))


def test_compound_clips_that_hold_themselves_end(tmp_path: Path) -> None:
    loop = (
        '<media id="r6" name="loop"><sequence format="r1" duration="10s"><spine><ref-clip ref="r6" duration="10s"/>'
        f'<asset-clip ref="r2" name="A" start="{frames(86400)}" duration="1s" offset="1s"/></spine></sequence></media>'
    )
    item = f'<ref-clip ref="r6" name="loop" offset="{frames(86400)}" duration="5s"/>'
    edit = read_edit(saved(tmp_path, "cut.fcpxml", fcpxml(item, resources=loop)))
    assert 1 <= len(edit.events) <= 20


def test_compound_clips_that_multiply_are_refused_in_time(tmp_path: Path) -> None:
    """Ten times the next one, fifteen levels deep: a small file that stands for a million billion clips."""
    many = "".join(
        f'<media id="m{level}"><sequence format="r1"><spine>'
        + f'<ref-clip ref="m{level + 1}" duration="10/{10**level}s"/>' * 10
        + "</spine></sequence></media>"
        for level in range(15)
    )
    item = f'<ref-clip ref="m0" offset="{frames(86400)}" duration="100s"/>'
    with pytest.raises(EditError, match="are no edit"):
        read_edit(saved(tmp_path, "cut.fcpxml", fcpxml(item, resources=many)))


# Any file ---------------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    for name in ("none.edl", "none.aaf"):
        with pytest.raises(EditError, match="cannot be opened"):
            read_edit(str(tmp_path / name))
    with pytest.raises(EditError, match="cannot be opened"):
        read_edit(str(tmp_path))


def test_a_file_larger_than_any_list_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ramses_plates.core.editorial.read.read_bytes.__defaults__", (1000,))
    with pytest.raises(EditError, match="larger than"):
        read_edit(saved(tmp_path, "big.edl", b"001 " * 1000))


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    assert len(read_edit(saved(tmp_path, "log.edl", ale(ROW))).events) == 1
