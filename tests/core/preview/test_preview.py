# SPDX-License-Identifier: GPL-3.0-or-later
"""Previews: known patches come out alike from every encoding, and nothing that goes wrong here hurts a version.

The curves are written down here once more, from the makers' papers, and the matrices follow from the primaries.
"""

from __future__ import annotations

import builtins
import importlib.util
import json
import math
import os
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import OpenImageIO as oiio
import pytest
from make_delivery import ingest, options, plate, project
from PIL import Image
from ramses_plates.core import preview
from ramses_plates.core.errors import Cancelled, SettingsError
from ramses_plates.core.events import Cancel
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.ingest import carry_out, plan_delivery
from ramses_plates.core.media import Colour, Media
from ramses_plates.core.picture_colour import input_space
from ramses_plates.core.picture_read import read_movie_frame, read_still
from ramses_plates.core.preview import Made, make_previews, missing_libraries, notes_of, poster_frame
from ramses_plates.core.preview_record import picture_path, read_record, record_path
from ramses_plates.core.versions import PublishedVersion, list_versions
from ramses_plates.hosts.cli.main import main

# scene-linear, Rec. 709 primaries
GREY, SKIN, BLUE = (0.18, 0.18, 0.18), (0.40, 0.22, 0.15), (0.05, 0.10, 0.30)
PATCHES = (GREY, SKIN, BLUE)
RED, WHITE = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06), (0.3127, 0.3290)
AWG3 = (0.684, 0.313, 0.221, 0.848, 0.0861, -0.102)
AWG4 = (0.7347, 0.2653, 0.1424, 0.8576, 0.0991, -0.0308)
SGAMUT3 = (0.730, 0.280, 0.140, 0.855, 0.100, -0.050)
CINE = (0.766, 0.275, 0.225, 0.800, 0.089, -0.087)
RWG = (0.780308, 0.304253, 0.121595, 1.493994, 0.095612, -0.084589)
VGAMUT = (0.730, 0.280, 0.165, 0.840, 0.100, -0.030)
BT2020 = (0.708, 0.292, 0.170, 0.797, 0.131, 0.046)


def to_xyz(primaries: tuple[float, ...]) -> np.ndarray[Any, Any]:
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in zip(primaries[::2], primaries[1::2], strict=True)]).T
    white = np.array([WHITE[0] / WHITE[1], 1, (1 - sum(WHITE)) / WHITE[1]])
    return columns * np.linalg.solve(columns, white)


def logc3(x: float) -> float:
    return 0.247190 * math.log10(5.555556 * x + 0.052272) + 0.385537 if x > 0.010591 else 5.367655 * x + 0.092809


def logc4(x: float) -> float:
    a, b, c = (2**18 - 16) / 117.45, (1023 - 95) / 1023, 95 / 1023
    return (math.log2(a * x + 64) - 6) / 14 * b + c


def slog3(x: float) -> float:
    if x >= 0.01125:
        return (420 + math.log10((x + 0.01) / 0.19) * 261.5) / 1023
    return (x * (171.2102946929 - 95) / 0.01125 + 95) / 1023


def log3g10(x: float) -> float:
    return 0.224282 * math.log10((x + 0.01) * 155.975327 + 1)


def vlog(x: float) -> float:
    return 0.241514 * math.log10(x + 0.00873) + 0.598206 if x >= 0.01 else 5.6 * x + 0.125


def cineon(x: float) -> float:
    black = 10 ** ((95 - 685) / 300)
    return (685 + 300 * math.log10(x * (1 - black) + black)) / 1023


def linear(x: float) -> float:
    return x


def patches(curve: Callable[[float], float], primaries: tuple[float, ...] = RED) -> np.ndarray[Any, Any]:
    """A picture of 192 x 108 with three upright fields in a camera's own encoding."""
    matrix = np.linalg.solve(to_xyz(primaries), to_xyz(RED))
    fields = [[curve(float(value)) for value in matrix @ np.array(patch)] for patch in PATCHES]
    return np.repeat(np.repeat(np.array([fields], np.float32), 64, axis=1), 108, axis=0)


def write(path: Path, pixels: np.ndarray[Any, Any], kind: Any = oiio.HALF, **attributes: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = pixels.shape[:2]
    spec = oiio.ImageSpec(width, height, 3, kind)
    for name, value in attributes.items():
        if name == "chromaticities":
            spec.attribute(name, oiio.TypeDesc("float[8]"), value)
        else:
            spec.attribute(name.replace("__", ":"), value)
    out = oiio.ImageOutput.create(os.fspath(path))
    assert out.open(os.fspath(path), spec) and out.write_image(np.ascontiguousarray(pixels)) and out.close()


def version(tmp_path: Path, name: str = "001_WIP", shot: str = "SH010") -> PublishedVersion:
    """A version folder as another tool leaves it."""
    root = tmp_path / "PROJ"
    folder = f"05-SHOTS/PROJ_S_{shot}/PROJ_S_{shot}_PLATE/_published/{name}"
    (root / folder).mkdir(parents=True, exist_ok=True)
    number, state = name.split("_")
    return PublishedVersion(os.fspath(root), folder, int(number), state, "", shot, "PLATE", "PROJ")


def frame(one: PublishedVersion, ext: str = "exr", number: int = 1001) -> Path:
    return Path(one.path) / f"PROJ_S_{one.shot}_PLATE.{number}.{ext}"


def fields(one: PublishedVersion, **wanted: Any) -> list[tuple[int, ...]]:
    """Make the preview and read its three fields back with another library."""
    (made,) = make_previews([one], jobs=1, **wanted)
    assert made.problem == "" and made.path == picture_path(one)
    with Image.open(made.path) as picture:
        assert picture.width == 960 and picture.format == "JPEG"
        shown = np.asarray(picture.convert("RGB"))
    third = shown.shape[1] // 3
    middle = [shown[20:-20, at * third + 40 : (at + 1) * third - 40].reshape(-1, 3) for at in range(3)]
    return [tuple(int(value) for value in np.rint(field.mean(0))) for field in middle]


def near(found: list[tuple[int, ...]], expected: list[tuple[int, ...]], tolerance: int = 3) -> bool:
    return all(
        abs(a - b) <= tolerance for one, two in zip(found, expected, strict=True) for a, b in zip(one, two, strict=True)
    )


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, ...]]:
    """How scene-linear Rec. 709 comes out; its grey is checked against the figure that ACES publishes."""
    one = version(tmp_path_factory.mktemp("linear"))
    write(frame(one), patches(linear))
    return fields(one)


def test_scene_linear_grey_is_ten_nits_and_skin_is_skin(reference: list[tuple[int, ...]]) -> None:
    """ACES 2 shows 0.18 at 10 of 100 nits: 0.10 of the display's light, code 89 after the sRGB curve."""
    grey, skin, blue = reference
    assert all(abs(value - 89) <= 2 for value in grey)
    assert skin[0] > skin[1] > skin[2] and 105 < skin[0] < 150
    assert blue[2] > blue[1] > blue[0]


LOGS = {
    "LogC3": (logc3, AWG3),
    "LogC4": (logc4, AWG4),
    "S-Log3": (slog3, SGAMUT3),
    "S-Log3 S-Gamut3.Cine": (slog3, CINE),
    "Log3G10": (log3g10, RWG),
    "V-Log": (vlog, VGAMUT),
    "Cineon": (cineon, RED),
    "Linear Rec.2020": (linear, BT2020),
}


@pytest.mark.parametrize("name", LOGS)
def test_every_camera_encoding_shows_the_same_colours(
    name: str, tmp_path: Path, reference: list[tuple[int, ...]]
) -> None:
    curve, primaries = LOGS[name]
    one = version(tmp_path)
    write(frame(one, "tif"), np.rint(patches(curve, primaries) * 65535).astype(np.uint16), oiio.UINT16)
    assert near(fields(one, colorspace=name), reference)
    record = read_record(record_path(one))
    assert record is not None and record.why == "decided for this clip."


def test_a_wrong_space_would_be_seen(tmp_path: Path, reference: list[tuple[int, ...]]) -> None:
    one = version(tmp_path)
    write(frame(one, "tif"), np.rint(patches(logc3, AWG3) * 65535).astype(np.uint16), oiio.UINT16)
    assert not near(fields(one, colorspace="LogC4"), reference, 8)
    assert not near(fields(one), reference, 8)


def test_the_primaries_of_an_exr_are_believed(tmp_path: Path, reference: list[tuple[int, ...]]) -> None:
    one = version(tmp_path)
    write(frame(one), patches(linear, AWG3), chromaticities=(*AWG3, *WHITE))
    assert near(fields(one), reference)
    record = read_record(record_path(one))
    assert record is not None and "ARRI Wide Gamut 3" in record.input and "states" in record.why


@pytest.mark.parametrize("name", ["SH010_LogC4_v1", "sh010.logc4", "SH010-LOGC4"])
def test_a_log_curve_in_the_name_counts_where_the_file_says_nothing(name: str) -> None:
    assert input_space(Media("x"), "mov", (name,)).spoken == "logc4"
    assert input_space(Media("x"), "mov", ("CATALOGC4", "vlogger")).way == "shown"
    assert input_space(Media("x", colour=Colour(transfer="linear")), "exr", (name,)).spoken == "linear"
    assert input_space(Media("x"), "exr", (name,)).spoken == "logc4"
    assert input_space(Media("x", colour=Colour(primaries="aces-ap1")), "exr", (name,)).spoken == "acescg"
    assert input_space(Media("x"), "exr", ("SH010_plate",)).why.startswith("assumed: EXR is scene-linear")


def test_what_was_decided_wins_over_what_the_file_says() -> None:
    media = Media("x", colour=Colour("acescg", "bt709", "bt709"))
    assert input_space(media, "exr", (), "rec709").way == "shown"
    assert input_space(media, "exr").spoken == "acescg"


def test_a_tag_that_nobody_knows_is_passed_over_but_a_wish_is_not(
    tmp_path: Path, reference: list[tuple[int, ...]]
) -> None:
    one = version(tmp_path)
    write(frame(one), patches(linear), colorInteropID="show_special_space")
    assert near(fields(one), reference)
    (made,) = make_previews([one], colorspace="Kodachrome 1935")
    assert made.path is None and "Kodachrome 1935" in made.problem


def test_display_referred_pictures_stay_as_they_are(tmp_path: Path) -> None:
    one = version(tmp_path)
    codes = np.array([[(118, 118, 118), (194, 150, 130), (60, 80, 160)]], np.uint8)
    write(frame(one, "png"), np.repeat(np.repeat(codes, 64, 1), 108, 0), oiio.UINT8)
    assert near(fields(one), [tuple(int(value) for value in field) for field in codes[0]], 2)


def movie(path: Path, pictures: list[np.ndarray[Any, Any]], rate: Fraction = Fraction(24), codec: str = "h264") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(os.fspath(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, options={"crf": "4"} if codec == "h264" else {})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
        context = stream.codec_context
        context.colorspace, context.color_range, context.color_trc, context.color_primaries = 1, 1, 1, 1
        for pixels in pictures:
            shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            shown = shown.reformat(format=stream.pix_fmt, dst_colorspace="ITU709")
            container.mux(stream.encode(shown))
        container.mux(stream.encode())


@pytest.mark.parametrize("codec", ["h264", "prores_ks"])
def test_movies_in_the_right_matrix_and_the_right_frame(codec: str, tmp_path: Path) -> None:
    codes = np.array([[(118, 118, 118), (194, 150, 130), (60, 80, 160)]], np.uint8)
    right = np.repeat(np.repeat(codes, 64, 1), 108, 0)
    path = tmp_path / "m.mov"
    movie(path, [np.full_like(right, 8 * at) if at != 13 else right for at in range(25)], codec=codec)
    pixels, at = read_movie_frame(os.fspath(path), 13, 192, None, Cancel())
    assert at == 13
    for field in range(3):
        found = pixels[20:-20, field * 64 + 12 : field * 64 + 52].mean((0, 1)) * 255
        assert np.abs(found - codes[0, field]).max() <= 4


def test_every_frame_of_a_movie_is_found(tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    movie(path, [np.full((64, 64, 3), 10 * at, np.uint8) for at in range(24)], Fraction(24000, 1001))
    for number in range(24):
        pixels, at = read_movie_frame(os.fspath(path), number, 64, None, Cancel())
        assert at == number and abs(pixels.mean() * 255 - 10 * number) <= 4


def test_the_poster_is_the_middle_of_what_is_there_or_what_was_asked_for() -> None:
    frames = FrameSet.parse("1001-1010,1021-1030")
    assert poster_frame(frames, None) == 1021
    assert (poster_frame(frames, 1003), poster_frame(frames, 1013), poster_frame(frames, 5)) == (1003, 1010, 1001)
    assert poster_frame(FrameSet(), 7) is None


def test_the_data_window_lies_where_it_belongs(tmp_path: Path) -> None:
    path = os.fspath(tmp_path / "w.exr")
    spec = oiio.ImageSpec(40, 30, 3, oiio.HALF)
    spec.x, spec.y, spec.full_width, spec.full_height = 60, -10, 100, 50
    out = oiio.ImageOutput.create(path)
    assert out.open(path, spec) and out.write_image(np.ones((30, 40, 3), np.float32)) and out.close()
    pixels = read_still(path, 100, None, Cancel())
    assert pixels.shape == (50, 100, 3)
    assert pixels[5, 80, 0] == 1 and pixels[25, 80, 0] == 0 and pixels[5, 40, 0] == 0


def test_anamorphic_pixels_are_squared(tmp_path: Path) -> None:
    write(tmp_path / "a.exr", np.ones((100, 100, 3), np.float32))
    assert read_still(os.fspath(tmp_path / "a.exr"), 96, Fraction(2), Cancel()).shape == (48, 96, 3)


@pytest.mark.parametrize("tile", [0, 64])
def test_an_8k_frame_is_read_in_little_memory(tile: int, tmp_path: Path) -> None:
    path = os.fspath(tmp_path / "8k.exr")
    spec = oiio.ImageSpec(8192, 4320, 3, oiio.HALF)
    spec.attribute("compression", "zips" if not tile else "zip")
    spec.tile_width = spec.tile_height = tile
    out = oiio.ImageOutput.create(path)
    slope = np.linspace(0, 1, 8192, dtype=np.float16)[None, :, None]
    assert out.open(path, spec) and out.write_image(np.broadcast_to(slope, (4320, 8192, 3)).copy()) and out.close()
    tracemalloc.start()
    try:
        pixels = read_still(path, 960, None, Cancel())
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert pixels.shape == (506, 960, 3) and peak < 150e6  # the whole frame as float32 has 425 MB
    assert np.allclose(pixels[250, :, 1], np.linspace(0, 1, 960), atol=2e-3)


def test_infinite_and_undefined_pixels_do_not_spread(tmp_path: Path) -> None:
    pixels = np.full((64, 64, 3), 0.18, np.float32)
    pixels[10, 10], pixels[40, 40] = np.nan, np.inf
    write(tmp_path / "n.exr", pixels)
    found = read_still(os.fspath(tmp_path / "n.exr"), 64, None, Cancel())
    assert np.isfinite(found).all() and abs(found[20, 20, 0] - 0.18) < 1e-3


def test_a_damaged_frame_is_a_sentence_about_its_version_alone(tmp_path: Path) -> None:
    good, bad = version(tmp_path, shot="GOOD"), version(tmp_path, shot="BAD")
    write(frame(good), patches(linear))
    write(frame(bad), patches(linear))
    frame(bad).write_bytes(frame(bad).read_bytes()[:1500])
    made = make_previews([bad, good])
    assert [one.path is None for one in made] == [True, False]
    assert "BAD" in notes_of(made)[0] and not Path(picture_path(bad)).exists()


def test_a_cancel_stops_it(tmp_path: Path) -> None:
    one, cancel = version(tmp_path), Cancel()
    write(frame(one), patches(linear))
    cancel.set()
    with pytest.raises(Cancelled):
        make_previews([one], cancel=cancel)


def test_nothing_of_the_header_leaves_with_the_picture(tmp_path: Path) -> None:
    one = version(tmp_path)
    write(frame(one), patches(linear), owner="kim", hostComputer="render-12", comments="/mnt/vault")
    (made,) = make_previews([one])
    data = Path(made.path or "").read_bytes()
    assert not [word for word in (b"kim", b"render-12", b"vault") if word in data]
    with Image.open(made.path or "") as picture:
        assert not picture.getexif()


def test_made_again_it_replaces_the_old_one(tmp_path: Path) -> None:
    one = version(tmp_path)
    write(frame(one), patches(linear))
    make_previews([one])
    newer = version(tmp_path, "002_WIP")
    write(frame(newer), patches(linear))
    make_previews([newer])
    record = read_record(record_path(one))
    assert record is not None and record.version == "002_WIP"
    assert sorted(os.listdir(os.path.dirname(picture_path(one)))) == [
        "PROJ_S_SH010_PLATE.jpg",
        "PROJ_S_SH010_PLATE.preview.json",
    ]


def pictures(versions: Any, _listen: Any, cancel: Cancel) -> tuple[str, ...]:
    return notes_of(make_previews(versions, jobs=1, cancel=cancel))


def test_an_ingest_makes_them_and_its_report_shows_them(tmp_path: Path) -> None:
    delivery, root = plate(tmp_path / "in", "SH010_plate", range(1001, 1005)), project(tmp_path)
    result = carry_out(plan_delivery([os.fspath(delivery)], options(root)), pictures=pictures, jobs=1)
    (one,) = list_versions(os.fspath(root))
    assert Path(picture_path(one)).is_file()
    record = read_record(record_path(one))
    assert record is not None and (record.frame, record.timecode) == (1003, "01:00:00:02")
    assert result.report is not None and "data:image/jpeg;base64,/9j/" in (root / result.report).read_text("utf-8")


def test_an_ingest_does_not_fail_for_a_picture(tmp_path: Path) -> None:
    delivery, root = plate(tmp_path / "in", "SH010_plate", range(1001, 1005)), project(tmp_path)

    def broken(*_: Any) -> tuple[str, ...]:
        raise SettingsError("the configuration is broken.")

    result = carry_out(plan_delivery([os.fspath(delivery)], options(root)), pictures=broken, jobs=1)
    assert result.ok and "No previews: the configuration is broken." in result.warnings


def test_without_the_libraries_a_sentence_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    gone = ("OpenImageIO", "PyOpenColorIO")
    monkeypatch.setattr(preview, "find_spec", lambda name: None if name in gone else real(name))
    assert "OpenImageIO, opencolorio" in missing_libraries()
    with pytest.raises(SettingsError, match="install them with pip"):
        make_previews([version(tmp_path)])


def test_whatever_a_library_raises_becomes_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = version(tmp_path)
    write(frame(one), patches(linear))
    real = builtins.open

    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("native trouble")

    monkeypatch.setattr(preview, "read_still", fail)
    (made,) = make_previews([one])
    assert isinstance(made, Made) and "native trouble" in made.problem and builtins.open is real


def test_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path)
    ingest(plate(tmp_path / "in", "SH010_plate", range(1001, 1005)), root)
    assert main(["preview", os.fspath(root), "--poster", "1002", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["previews"]
    assert entry["record"]["frame"] == 1002 and Path(entry["preview"]).is_file() and entry["problem"] is None
    assert main(["preview", os.fspath(root), "--colorspace", "Kodachrome 1935"]) == 1
    assert "Kodachrome" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "", "ocio_profile_version: 99", "colorspaces: ["])
def test_a_configuration_that_cannot_be_used_costs_no_version(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "studio.ocio"
    if content is not None:
        config.write_text(content, "utf-8")
    monkeypatch.setenv("OCIO", os.fspath(config))
    delivery, root = plate(tmp_path / "in", "SH010_plate", range(1001, 1004)), project(tmp_path)
    assert main(["ingest", os.fspath(delivery), "--root", os.fspath(root), "--offline", "--yes", "--proxy"]) == 0
    assert len(list_versions(os.fspath(root))) == 1
    assert "the OpenColorIO configuration cannot be used" in capsys.readouterr().out


@pytest.mark.parametrize(
    "size,wanted", [((1920, 1080), 960), ((2880, 960), 960), ((1000, 500), 960), ((3000, 1000), 960)]
)
def test_every_pixel_counts_the_same_when_a_frame_gets_smaller(
    size: tuple[int, int], wanted: int, tmp_path: Path
) -> None:
    width, height = size
    pixels = np.random.default_rng(1).uniform(0, 1, (height, width, 3)).astype(np.float32)
    pixels[: height // 2] += 1
    write(tmp_path / "a.exr", pixels, oiio.FLOAT)
    small = read_still(os.fspath(tmp_path / "a.exr"), wanted, None, Cancel())
    assert small.shape == (round(wanted * height / width), wanted, 3)
    assert abs(float(small.mean()) - float(pixels.mean())) < 2e-3
    half = small.shape[0] // 2
    assert abs(float(small[: half - 2].mean()) - 1.5) < 5e-3 and abs(float(small[half + 2 :].mean()) - 0.5) < 5e-3


def test_a_grey_picture_of_several_pages_is_shown(tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((60, 80), value, np.uint8)) for value in (90, 200)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    found = read_still(os.fspath(tmp_path / "pages.tif"), 80, None, Cancel())
    assert found.shape == (60, 80, 3) and abs(float(found.mean()) - 90 / 255) < 0.01
