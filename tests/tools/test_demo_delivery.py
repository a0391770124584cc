# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo delivery is what it claims to be: independent readers find its facts."""

from __future__ import annotations

from pathlib import Path

import av
import OpenImageIO
import pytest
from ramses_plates.tools import demo_delivery, demo_pictures


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("delivery")
    demo_delivery.make_delivery(str(folder))
    return folder


def spec(path: Path) -> OpenImageIO.ImageSpec:
    image = OpenImageIO.ImageInput.open(str(path))
    assert image, OpenImageIO.geterror()
    return image.spec()


def timecode_of(path: Path) -> str:
    """The packed hours, minutes, seconds and frames, two decimal digits each."""
    word = spec(path).getattribute("smpte:TimeCode")[0]
    return ":".join(f"{word >> shift & 0xFF:02x}" for shift in (24, 16, 8, 0))


def test_exr_frames_carry_timecode_and_rate(delivery: Path) -> None:
    clip = delivery / "SEQ010" / "SEQ010_SH010_PLATE_v001"
    names = sorted(path.name for path in clip.iterdir() if not path.name.startswith("._"))
    assert (len(names), names[0], names[-1]) == (24, f"{clip.name}.1001.exr", f"{clip.name}.1024.exr")
    last = spec(clip / names[-1])
    assert timecode_of(clip / names[-1]) == "01:00:41:16"
    assert tuple(last.getattribute("framesPerSecond")) == (24, 1)
    assert last.getattribute("reelName") == "A001C003"


def test_one_sequence_has_a_gap_and_one_an_empty_frame(delivery: Path) -> None:
    gap = delivery / "SEQ010" / "SEQ010_SH020_PLATE_v001"
    assert not (gap / f"{gap.name}.1009.exr").exists() and (gap / f"{gap.name}.1011.exr").exists()
    empty = delivery / "SEQ010" / "SEQ010_SH030_PLATE_v001"
    assert [path.name for path in empty.iterdir() if not path.stat().st_size] == [f"{empty.name}.1005.exr"]


def test_dpx_frames_are_numbered_by_their_timecode(delivery: Path) -> None:
    clip = delivery / "SEQ020" / "SEQ020_SH110_PLATE_v001"
    first = spec(min(clip.iterdir()))
    assert timecode_of(min(clip.iterdir())) == "01:00:00:00"
    assert first.getattribute("dpx:TemporalFrameRate") == 24
    assert sorted(path.name for path in clip.iterdir())[0] == f"{clip.name}.0086400.dpx"


@pytest.mark.parametrize(
    ("name", "codec", "timecode"),
    [
        ("SEQ020/SEQ020_SH120_PLATE_v001.mov", "prores", "10:11:12:13"),
        ("SEQ020/SEQ020_SH130_PLATE_v001.mxf", "dnxhd", "23:59:59:12"),
        ("SEQ010/SEQ010_SH010_REF_v001.mp4", "h264", "01:00:40:17"),
    ],
)
def test_movies_carry_timecode(name: str, codec: str, timecode: str, delivery: Path) -> None:
    with av.open(str(delivery / name)) as movie:
        stream = movie.streams.video[0]
        facts = (stream.codec_context.name, stream.width, stream.height, round(float(stream.average_rate), 3))
        said = movie.metadata.get("timecode") or stream.metadata.get("timecode")
        frames = sum(1 for _frame in movie.decode(video=0))
    assert facts == (codec, demo_pictures.WIDTH, demo_pictures.HEIGHT, 24.0)
    assert (said, frames) == (timecode, 24)


@pytest.mark.parametrize(("linear", "film", "video"), [(0.0, 95, 0), (0.18, 468, 104), (1.0, 685, 255)])
def test_the_curves_of_film_and_video(linear: float, film: int, video: int) -> None:
    """Film: (code - 685) / 300 is the decimal logarithm of the light, black lifted to code 95; video: ITU-R BT.709."""
    flat = demo_pictures.draw(demo_pictures.DAY, 0.5, ("", "", ""))[:1, :1] * 0 + linear
    word = int.from_bytes(demo_pictures.to_film_words(flat), "big")
    assert [word >> shift & 1023 for shift in (22, 12, 2)] == [film] * 3
    assert demo_pictures.to_video(flat).ravel().tolist() == [video] * 3
