# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies: frame for frame the plate, at its rate, in its colours, under its timecode; whole or not there at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import make_exr
import make_movie
import numpy as np
import OpenImageIO as oiio
import pytest
from make_delivery import ingest, plate, project
from PIL import Image
from ramses_plates.core import proxy, proxy_movie
from ramses_plates.core.burn_in import slate, text_size
from ramses_plates.core.errors import Cancelled, SettingsError
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.lettering import draw
from ramses_plates.core.media import Media
from ramses_plates.core.preview import make_previews
from ramses_plates.core.preview_set import PreviewWish, make_preview_set, our_proxy
from ramses_plates.core.probe.files import reader_of
from ramses_plates.core.probe.source import Source
from ramses_plates.core.project_facts import ProjectFacts, save_facts
from ramses_plates.core.proxy import ProxyMade, ProxyOptions, make_proxies, proxy_notes
from ramses_plates.core.proxy_record import proxy_path, proxy_record_path, read_proxy_record
from ramses_plates.core.report.project_report import project_report
from ramses_plates.core.timecode import Timecode
from ramses_plates.core.versions import PublishedVersion, list_versions
from ramses_plates.hosts.cli.main import main

FILM, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)
GREY = 0.18


def version(tmp_path: Path, name: str = "001_WIP", shot: str = "SH010") -> PublishedVersion:
    """A version folder as another tool leaves it."""
    folder = f"05-SHOTS/PROJ_S_{shot}/PROJ_S_{shot}_PLATE/_published/{name}"
    (tmp_path / "PROJ" / folder).mkdir(parents=True, exist_ok=True)
    number, state = name.split("_")
    return PublishedVersion(os.fspath(tmp_path / "PROJ"), folder, int(number), state, "", shot, "PLATE", "PROJ")


def frames(
    one: PublishedVersion,
    numbers: Iterable[int],
    rate: Fraction | None = FILM,
    start: Timecode | None = None,
    size: tuple[int, int] = (64, 36),
    **more: Any,
) -> PublishedVersion:
    """Grey EXR frames; `start` is the label of frame 1001."""
    for number in numbers:
        label = None
        if start is not None:
            parts = str(start + (number - 1001)).replace(";", ":").split(":")
            label = (*(int(part) for part in parts), start.drop)
        path = os.fspath(Path(one.path) / f"PROJ_S_{one.shot}_PLATE.{number}.exr")
        make_exr.write(path, *size, fps=rate, timecode=label, pixels=(GREY, GREY, GREY), **more)
    return one


def movie(one: PublishedVersion, **made: Any) -> PublishedVersion:
    make_movie.write(os.fspath(Path(one.path) / f"PROJ_S_{one.shot}_PLATE.mov"), **made)
    return one


def made_of(one: PublishedVersion, **options: Any) -> ProxyMade:
    (made,) = make_proxies([one], ProxyOptions(**options), jobs=2)
    assert made.problem == "" and made.path == proxy_path(one)
    return made


def header(path: str) -> Media:
    """What our own QuickTime reader says."""
    with Source(path) as source:
        reader = reader_of(source)
        assert reader is not None
        return reader.read(source)


def decoded(path: str) -> list[np.ndarray[Any, Any]]:
    with av.open(path) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def centre(picture: np.ndarray[Any, Any]) -> list[int]:
    height, width = picture.shape[:2]
    return [int(value) for value in np.rint(picture[height // 3 : -height // 3, width // 3 : -width // 3].mean((0, 1)))]


@pytest.mark.parametrize("rate", [FILM, Fraction(25), NTSC, Fraction(48)])
def test_the_movie_runs_at_the_exact_rate_of_the_plate(rate: Fraction, tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1011), rate)
    media = header(made_of(one).path or "")
    assert (media.fps, media.frame_count) == (rate, 10)
    assert media.duration_seconds == 10 / rate
    assert (media.colour.primaries, media.colour.transfer, media.colour.matrix) == ("bt709", "bt709", "bt709")
    assert media.codec == "h264" and (media.width, media.height) == (960, 540)


def test_a_gap_is_a_row_of_slates_and_ends_nothing(tmp_path: Path) -> None:
    one = frames(version(tmp_path), [*range(1001, 1004), *range(1006, 1009)], FILM, Timecode.parse("01:00:00:00", FILM))
    made = made_of(one)
    pictures = decoded(made.path or "")
    assert len(pictures) == 8 and made.record is not None and made.record.slates == "1004-1005"
    assert header(made.path or "").start_timecode == "01:00:00:00"
    for at, shown in enumerate(pictures):
        card = slate(960, 540, "frame missing", str(1001 + at))
        distance = np.abs(shown.astype(int) - card).mean()
        assert bool(distance < 3) is (at in (3, 4)), (at, distance)


def test_a_slate_shows_its_own_number(tmp_path: Path) -> None:
    shown = decoded(made_of(frames(version(tmp_path), [1001, 1004])).path or "")[1]
    distances = {n: np.abs(shown.astype(int) - slate(960, 540, "frame missing", str(n))).mean() for n in (1002, 1003)}
    assert distances[1002] < distances[1003]


def test_a_frame_that_cannot_be_read_is_a_slate_with_a_reason(tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1006), size=(64, 256), compression="none")
    bad = Path(one.path) / "PROJ_S_SH010_PLATE.1003.exr"
    bad.write_bytes(bad.read_bytes()[:700])
    made = made_of(one)
    assert made.record is not None and made.record.slates == "1003" and len(decoded(made.path or "")) == 5
    (note,) = proxy_notes([made])
    assert "001_WIP (SH010)" in note and "frame 1003 is a slate" in note


def test_a_plate_without_one_readable_frame_is_a_sentence(tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1004), size=(64, 256))
    for path in Path(one.path).iterdir():
        path.write_bytes(path.read_bytes()[:700])
    (made,) = make_proxies([one], jobs=2)
    assert made.path is None and made.problem and not Path(proxy_path(one)).exists()


@pytest.mark.parametrize(
    "start,rate,drop",
    [
        ("01:00:00:00", FILM, False),
        ("00:59:59;20", NTSC, True),
        ("00:59:59:20", NTSC, False),
        ("23:59:59:20", 25, False),
    ],
)
def test_the_source_timecode_lies_in_a_track_of_its_own(start: str, rate: Fraction, drop: bool, tmp_path: Path) -> None:
    first = Timecode.parse(start, Fraction(rate))
    assert first.drop is drop
    one = frames(version(tmp_path), range(1001, 1013), Fraction(rate), first)
    made = made_of(one)
    assert made.record is not None and made.record.timecode == start
    assert header(made.path or "").start_timecode == start


@pytest.mark.ffprobe
@pytest.mark.parametrize("start,rate", [("01:00:00:00", FILM), ("00:59:59;20", NTSC), ("10:11:12:13", Fraction(25))])
def test_ffprobe_reads_the_same_rate_length_and_timecode(start: str, rate: Fraction, tmp_path: Path) -> None:
    one = frames(version(tmp_path), [*range(1001, 1006), *range(1009, 1013)], rate, Timecode.parse(start, rate))
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", made_of(one).path or ""]
    streams = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["streams"]
    (picture,) = (stream for stream in streams if stream["codec_type"] == "video")
    (track,) = (stream for stream in streams if stream["codec_tag_string"] == "tmcd")
    assert Fraction(picture["r_frame_rate"]) == Fraction(picture["avg_frame_rate"]) == rate
    assert picture["nb_read_frames"] == "12" and picture["pix_fmt"] == "yuv420p" and picture["color_range"] == "tv"
    assert {picture[f"color_{key}"] for key in ("space", "transfer", "primaries")} == {"bt709"}
    assert track["tags"]["timecode"] == start


def written(picture: np.ndarray[Any, Any], texts: Iterable[str], right: bool = True) -> str:
    """Which of the texts stands in the bottom corner: the one whose letters fit the bright pixels best."""
    size = text_size(picture.shape[0])
    shown = picture[-4 * size :, (-480 if right else 0) : (None if right else 480)].mean(2) > 150
    scores = {}
    for text in texts:
        mask = draw(text, size) > 0.5
        windows = np.lib.stride_tricks.sliding_window_view(shown, mask.shape)
        scores[text] = int((windows == mask).sum((2, 3)).max()) / mask.size
    best = max(scores, key=lambda text: scores[text])
    assert scores[best] > 0.95, scores
    return best


def test_frame_and_drop_frame_timecode_are_burnt_in_over_the_minute(tmp_path: Path) -> None:
    first = Timecode.parse("00:00:59;27", NTSC)
    one = frames(version(tmp_path), range(1001, 1006), NTSC, first)
    pictures = decoded(made_of(one, burn_in=True).path or "")
    labels = ["00:00:59;27", "00:00:59;28", "00:00:59;29", "00:01:00;02", "00:01:00;03", "00:01:00;00", "00:01:00:02"]
    assert [written(picture, labels) for picture in pictures] == labels[:5]
    numbers = [str(number) for number in range(1001, 1007)]
    assert [written(picture, numbers, right=False) for picture in pictures] == numbers[:5]


def test_without_burn_in_the_corners_are_left_alone(tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1003))
    plain, marked = (decoded(made_of(one, burn_in=wanted).path or "")[1] for wanted in (False, True))
    assert plain.std() < 2
    for rows in (slice(0, 70), slice(-70, None)):
        for columns in (slice(0, 300), slice(-300, None)):
            assert marked[rows, columns].std() > 20
    assert centre(plain) == centre(marked)


def test_the_movie_has_the_colours_of_the_still(tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1006))
    (still,) = make_previews([one], jobs=1)
    with Image.open(still.path or "") as picture:
        wanted = centre(np.asarray(picture.convert("RGB")))
    made = made_of(one)
    assert all(abs(a - b) <= 2 for a, b in zip(centre(decoded(made.path or "")[2]), wanted, strict=True))
    assert made.record is not None and "Linear Rec.709" in made.record.input and "ACES" in made.record.shown


def test_saturated_colours_survive_the_way_into_the_movie(tmp_path: Path) -> None:
    one = version(tmp_path)
    fields = np.zeros((108, 192, 3), np.uint8)
    colours = [(200, 40, 40), (40, 180, 60), (50, 60, 200)]
    for at, colour in enumerate(colours):
        fields[:, at * 64 : (at + 1) * 64] = colour
    for number in range(1, 4):
        Image.fromarray(fields).save(Path(one.path) / f"PROJ_S_SH010_PLATE.{number:04d}.png")
    shown = decoded(made_of(one, rate=Fraction(25)).path or "")[1]
    for at, colour in enumerate(colours):
        found = shown[200:340, at * 320 + 80 : at * 320 + 240].mean((0, 1))
        assert np.abs(found - colour).max() <= 3, (colour, found)


OWN_CONFIG = """ocio_profile_version: 2
roles: {default: raw, scene_linear: lin, reference: lin}
file_rules: [!<Rule> {name: Default, colorspace: lin}]
displays:
  Screen:
    - !<View> {name: Upside Down, colorspace: inverted}
active_displays: [Screen]
active_views: [Upside Down]
colorspaces:
  - !<ColorSpace> {name: lin, aliases: [lin_rec709], encoding: scene-linear}
  - !<ColorSpace> {name: raw, isdata: true}
  - !<ColorSpace>
    name: inverted
    from_scene_reference: !<MatrixTransform>
      matrix: [-1, 0, 0, 0, 0, -2, 0, 0, 0, 0, -3, 0, 0, 0, 0, 1]
      offset: [1, 1, 1, 0]
"""


def test_the_studios_own_configuration_is_used_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.ocio"
    config.write_text(OWN_CONFIG, "utf-8")
    monkeypatch.setenv("OCIO", os.fspath(config))
    one = frames(version(tmp_path), range(1001, 1004))
    wanted = [round(255 * (1 - times * GREY)) for times in (1, 2, 3)]
    (still,) = make_previews([one], jobs=1)
    assert still.record is not None and still.record.shown == "Screen, Upside Down"
    with Image.open(still.path or "") as picture:
        found = centre(np.asarray(picture.convert("RGB")))
    moving = centre(decoded(made_of(one).path or "")[1])
    for values in (found, moving):
        assert all(abs(a - b) <= 3 for a, b in zip(values, wanted, strict=True)), (values, wanted)


def test_a_movie_is_a_source_too_frame_by_frame(tmp_path: Path) -> None:
    one = movie(version(tmp_path), codec="prores", rate=NTSC, frames=12, timecode="00:59:59;24")
    made = made_of(one)
    media = header(made.path or "")
    assert (media.fps, media.frame_count, media.start_timecode) == (NTSC, 12, "00:59:59;24")
    with av.open(made.path or "") as container:
        lumas = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    found = [make_movie.number_of(luma.tobytes(), (960, 540)) for luma in lumas]
    assert found == list(range(12))


def test_a_rate_that_counts_in_another_way_gets_no_timecode_track(tmp_path: Path) -> None:
    one = movie(version(tmp_path), codec="prores", rate=NTSC, frames=12, timecode="00:59:59;24")
    made = made_of(one, rate=Fraction(24))
    assert header(made.path or "").start_timecode is None and made.record is not None and made.record.timecode is None
    assert "does not count at 24" in made.notes[0]
    assert header(made_of(one, rate=Fraction(30)).path or "").start_timecode == "00:59:59;24"


def test_a_movie_that_breaks_off_is_completed_by_slates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = movie(version(tmp_path), codec="mjpeg", frames=12)
    real = proxy.proxy_frames.__globals__["read_movie_frames"]

    def short(*values: Any) -> Any:
        for at, picture in enumerate(real(*values)):
            if at == 7:
                raise proxy.ReadFailed("the movie cannot be decoded: broken.")
            yield picture

    monkeypatch.setitem(proxy.proxy_frames.__globals__, "read_movie_frames", short)
    made = made_of(one)
    assert made.record is not None and made.record.slates == "8-12" and len(decoded(made.path or "")) == 12
    assert "broken" in made.notes[0]


@pytest.mark.parametrize("aspect,size,height", [(2.0, (96, 108), 540), (1.0, (101, 43), 410), (1.0, (60, 90), 1440)])
def test_pixels_are_squared_and_both_sides_are_even(
    aspect: float, size: tuple[int, int], height: int, tmp_path: Path
) -> None:
    one = frames(version(tmp_path), range(1001, 1003), size=size, pixel_aspect=aspect)
    media = header(made_of(one).path or "")
    assert media.width == 960 and media.height is not None and media.height % 2 == 0
    assert abs(media.height - height) <= 1


def test_a_plate_on_twos_runs_at_its_own_speed(tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1012, 2))
    made = made_of(one, burn_in=True)
    pictures = decoded(made.path or "")
    assert len(pictures) == 11 and made.record is not None and made.record.slates == ""
    assert written(pictures[1], ["1001", "1002", "1003"], right=False) == "1002"


def test_two_pictures_far_apart_make_no_movie(tmp_path: Path) -> None:
    one = frames(version(tmp_path), [1, 9_999_999])
    (made,) = make_proxies([one], jobs=1)
    assert made.path is None and "9999997 frames are missing" in made.problem


def test_the_rate_is_a_persons_the_plates_or_the_projects_and_never_invented(tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1004), rate=None)
    (made,) = make_proxies([one], jobs=1)
    assert made.path is None and "nobody says its frame rate" in made.problem
    assert header(made_of(one, rate=Fraction(25)).path or "").fps == 25
    save_facts(one.project_root, ProjectFacts("uuid", "PROJ", "Project", one.project_root, 23.976, 1920, 1080, 1.0))
    made = made_of(one)
    assert header(made.path or "").fps == FILM and "no rate is recorded" in made.notes[0]


def test_a_still_has_no_proxy(tmp_path: Path) -> None:
    one = version(tmp_path)
    make_exr.write(os.fspath(Path(one.path) / "PROJ_S_SH010_PLATE.exr"), 64, 36)
    assert make_proxies([one], jobs=1) == []


def test_a_cancel_leaves_nothing_and_progress_counts_frames(tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1031))
    heard: list[Event] = []
    make_proxies([one], jobs=2, listen=heard.append)
    assert heard[-1] == Event("proxy", 30, 30, "frames", "SH010")
    before = Path(proxy_path(one)).read_bytes()
    cancel = Cancel()

    def stop(event: Event) -> None:
        if event.stage == "proxy":
            cancel.set()

    with pytest.raises(Cancelled):
        make_proxies([one], jobs=2, listen=stop, cancel=cancel)
    folder = Path(proxy_path(one)).parent
    assert Path(proxy_path(one)).read_bytes() == before
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".mp4"]


KILLED = """
import os, signal, sys
from ramses_plates.core import fsops, proxy, proxy_movie
from ramses_plates.core.versions import PublishedVersion

when, count = sys.argv[1], int(sys.argv[2])
left = [count]

def hook(real):
    def call(*values, **options):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*values, **options)
    return call

if when == "encode":
    proxy_movie.MovieWriter.add = hook(proxy_movie.MovieWriter.add)
elif when == "finish":
    proxy_movie.MovieWriter.finish = hook(proxy_movie.MovieWriter.finish)
else:
    setattr(os, when, hook(getattr(os, when)))
root, folder = sys.argv[3:]
one = PublishedVersion(root, folder, 1, "WIP", "", "SH010", "PLATE", "PROJ")
made = proxy.make_proxies([one], jobs=1)
assert not made[0].problem, made
"""


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("when,count", [("encode", 4), ("finish", 1), ("replace", 1), ("replace", 2), ("fdatasync", 2)])
def test_killed_in_the_middle_the_movie_is_absent_or_whole(when: str, count: int, again: bool, tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1009))
    if again:
        made_of(one)
    old = Path(proxy_path(one)).read_bytes() if again else None
    command = [sys.executable, "-c", KILLED, when, str(count), one.project_root, one.folder]
    done = subprocess.run(command, env={**os.environ, "TMPDIR": os.fspath(tmp_path)}, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    path = Path(proxy_path(one))
    assert (path.read_bytes() if path.exists() else None) == old
    movies = [found.name for found in path.parent.glob("*.m*")] if path.parent.exists() else []
    assert movies == ([path.name] if again else [])
    assert len(decoded(made_of(one).path or "")) == 8
    assert our_proxy(one) is not None


def test_8k_frames_are_encoded_in_little_memory(tmp_path: Path) -> None:
    one = version(tmp_path)
    spec = oiio.ImageSpec(8192, 4320, 3, oiio.HALF)
    spec.attribute("compression", "zips")
    first = os.fspath(Path(one.path) / "PROJ_S_SH010_PLATE.1001.exr")
    out = oiio.ImageOutput.create(first)
    pixels = np.full((4320, 8192, 3), GREY, np.float16)
    assert out.open(first, spec) and out.write_image(pixels) and out.close()
    del pixels
    for number in range(1002, 1006):
        os.link(first, first.replace("1001", str(number)))
    tracemalloc.start()
    try:
        made = made_of(one, rate=Fraction(24))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(decoded(made.path or "")) == 5 and peak < 250e6  # one whole frame as float32 has 425 MB


def test_a_proxy_is_kept_in_step_with_the_newest_version(tmp_path: Path) -> None:
    first = frames(version(tmp_path), range(1001, 1004))
    made_of(first, burn_in=True)
    second = frames(version(tmp_path, "002_WIP"), range(1001, 1008))
    made = make_preview_set([second], jobs=1)
    (movie_made,) = made.proxies
    assert movie_made.record is not None and movie_made.record.version == "002_WIP" and movie_made.record.burn_in
    assert len(decoded(proxy_path(second))) == 7 and not made.failed
    assert make_preview_set([second], jobs=1).proxies == ()  # nothing to do


def test_another_tools_movie_is_left_alone_unless_one_is_asked_for(tmp_path: Path) -> None:
    one = frames(version(tmp_path), range(1001, 1004))
    path = Path(proxy_path(one))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"theirs")
    assert make_preview_set([one], jobs=1).proxies == () and path.read_bytes() == b"theirs"
    assert len(make_preview_set([one], PreviewWish(proxy=ProxyOptions()), jobs=1).proxies) == 1
    assert len(decoded(os.fspath(path))) == 3
    path.write_bytes(b"theirs")
    assert our_proxy(one) is None and read_proxy_record(proxy_record_path(one)) is not None


def test_names_are_those_that_review_tools_look_for(tmp_path: Path) -> None:
    root = project(tmp_path)
    ingest(plate(tmp_path / "in", "SEQ010_SH010_plate", range(1001, 1004)), root)
    ingest(plate(tmp_path / "in2", "SEQ010_SH010_BG_plate", range(1001, 1004)), root)
    versions = list_versions(os.fspath(root))
    made = make_proxies(versions, jobs=1)
    names = {Path(one.path or "").name for one in made}
    assert "PROJ_S_SH010_PLATE.mp4" in names and all(Path(one.path or "").parent.name == "_preview" for one in made)


def test_whatever_a_library_raises_costs_one_proxy_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = frames(version(tmp_path), range(1001, 1004))

    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("native trouble")

    monkeypatch.setattr(proxy, "MovieWriter", fail)
    (made,) = make_proxies([one], jobs=1)
    assert made.path is None and "native trouble" in made.problem


def test_without_an_encoder_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_movie, "_ENCODERS", (("nobody264", {}),))
    with pytest.raises(SettingsError, match=r"without an H\.264 encoder"):
        make_proxies([frames(version(tmp_path), range(1001, 1003))], jobs=1)


def test_the_report_tells_of_the_movie_of_this_version_alone(tmp_path: Path) -> None:
    root = project(tmp_path)
    for number in (1, 2):
        ingest(plate(tmp_path / f"in{number}", "SEQ010_SH010_plate", [1001, 1002, 1004], comments=f"{number}"), root)
    first, second = list_versions(os.fspath(root))
    make_preview_set([second], PreviewWish(proxy=ProxyOptions(), stills=True), jobs=1)
    rows = {row.version: row for row in project_report(os.fspath(root), "PROJ", 0.0).rows}
    assert rows[2].proxy == "Proxy movie: 4 frames at 24000/1001 fps, slates at 1003"
    assert rows[1].proxy == "" and first.number == 1
    Path(proxy_path(second)).write_bytes(b"cut by hand")
    assert {row.proxy for row in project_report(os.fspath(root), "PROJ", 0.0).rows} == {""}


def test_without_an_encoder_the_stills_are_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(proxy_movie, "_ENCODERS", ())
    root = project(tmp_path)
    ingest(plate(tmp_path / "in", "SEQ010_SH010_plate", range(1001, 1004)), root)
    assert main(["preview", os.fspath(root), "--proxy"]) == 1
    said = capsys.readouterr().out
    assert ".jpg" in said and "No proxies: this PyAV was built without" in said
    assert main(["preview", os.fspath(root)]) == 0


def test_the_verbs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, delivery = project(tmp_path), plate(tmp_path / "in", "SEQ010_SH010_plate", [1001, 1002, 1004])
    words = ["ingest", os.fspath(delivery), "--root", os.fspath(root), "--offline", "--yes", "--proxy"]
    assert main([*words, "--project-rate", "24"]) == 0
    (one,) = list_versions(os.fspath(root))
    path = Path(proxy_path(one))
    media = header(os.fspath(path))
    assert (media.fps, media.frame_count, media.start_timecode) == (FILM, 4, "01:00:00:00")
    capsys.readouterr()
    assert main(["preview", os.fspath(root), "--burn-in", "--rate", "25", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["previews"]
    assert entry["proxy"]["record"]["rate"] == "25" and entry["proxy"]["record"]["burn_in"] is True
    assert entry["proxy"]["record"]["slates"] == "1003" and header(entry["proxy"]["path"]).fps == 25
    assert main(["preview", os.fspath(root), "--proxy"]) == 0
    said = capsys.readouterr().out
    assert "4 frames at 24000/1001, from 01:00:00:00, slates at 1003" in said


def test_real_media_become_proxies_or_sentences(media_folder: Path, tmp_path: Path) -> None:
    """Each file alone in a version: what our header reader counts is what the proxy has."""
    made = 0
    endings = (".mov", ".mp4", ".mxf")
    for at, path in enumerate(sorted(one for one in media_folder.rglob("*") if one.suffix.lower() in endings)):
        if path.stat().st_size > 3_000_000 or "damaged" in path.parts:
            continue
        one = version(tmp_path, shot=f"S{at}")
        (Path(one.path) / f"PROJ_S_S{at}_PLATE{path.suffix.lower()}").symlink_to(path)
        (result,) = make_proxies([one], jobs=2)
        assert bool(result.path) is not bool(result.problem)
        if result.record is None:
            continue
        made += 1
        ours, theirs = header(result.path or ""), header(os.fspath(path))
        assert ours.fps == result.record.rate and ours.frame_count == result.record.frames, path
        assert ours.start_timecode == result.record.timecode, path
        if theirs.frame_count and theirs.fps:
            assert (ours.frame_count, ours.fps) == (theirs.frame_count, theirs.fps), path
    assert made > 5
