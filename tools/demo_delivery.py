# SPDX-License-Identifier: GPL-3.0-or-later
"""A small but real delivery of a make-believe vendor: plates with timecode, a reference, and the usual dirt.

`make_delivery(folder)` needs numpy and PyAV; as a program: `python -m tools.demo_delivery FOLDER EDIT`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .demo_pictures import DAY, DUSK, HEIGHT, NIGHT, WIDTH, Mood, Picture, draw, to_film_words, to_half_lines, to_video

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "support"))
import make_dpx
import make_exr
import make_movie

RATE = 24
REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)


@dataclass(frozen=True)
class Take:
    """One clip of the delivery: `first` is its first file number, `start` its first timecode counted in frames."""

    name: str
    mood: Mood
    start: int
    reel: str
    first: int = 1001
    frames: int = 24

    def pictures(self) -> Iterator[tuple[int, int, Picture]]:
        """(file number, timecode in frames, picture) of each frame."""
        for index in range(self.frames):
            number, time = self.first + index, self.start + index
            texts = (self.name, str(number), f"{self.reel} {label(time)}")
            yield number, time, draw(self.mood, index / (self.frames - 1), texts)


def label(frames: int) -> str:
    """The timecode of a frame counted from midnight."""
    return ":".join(f"{part:02d}" for part in parts(frames))


def parts(frames: int) -> tuple[int, int, int, int]:
    """Hours, minutes, seconds, frames of a frame counted from midnight; the next day starts at zero again."""
    seconds, rest = divmod(frames, RATE)
    return seconds // 3600 % 24, seconds // 60 % 60, seconds % 60, rest


def at(hours: int, minutes: int, seconds: int, frames: int) -> int:
    """A timecode counted in frames from midnight."""
    return ((hours * 60 + minutes) * 60 + seconds) * RATE + frames


def make_delivery(folder: str) -> None:
    """Write the delivery into `folder`, which is made where it is missing."""
    opening = Take("SEQ010_SH010_PLATE_V001", DAY, at(1, 0, 40, 17), "A001C003")
    exr(folder, "SEQ010", opening)
    exr(folder, "SEQ010", Take("SEQ010_SH020_PLATE_V001", DUSK, at(1, 2, 3, 0), "A001C007"), missing=(1009, 1010))
    exr(folder, "SEQ010", Take("SEQ010_SH030_PLATE_V001", NIGHT, at(1, 4, 59, 20), "A002C001"), empty=(1005,))
    dpx(folder, "SEQ020", Take("SEQ020_SH110_PLATE_V001", DAY, at(1, 0, 0, 0), "B001C002", first=at(1, 0, 0, 0)))
    movie(folder, "SEQ020", Take("SEQ020_SH120_PLATE_V001", DUSK, at(10, 11, 12, 13), "B001C009"), "mov", "prores")
    movie(folder, "SEQ020", Take("SEQ020_SH130_PLATE_V001", NIGHT, at(23, 59, 59, 12), "B002C004"), "mxf", "dnxhr_sq")
    reference = Take("SEQ010_SH010_REF_V001", opening.mood, opening.start, opening.reel)
    movie(folder, "SEQ010", reference, "mp4", "h264")
    movie(
        folder,
        "CAMERA",
        Take("A003C011_261122_R1AB", DAY, at(14, 30, 0, 0), "A003C011", frames=12),
        "mov",
        "prores_proxy",
    )
    dirt(folder, opening)


# (take, reel, its first timecode) of each event, in the order of the edit; nobody delivers SH040
EVENTS = (
    ("SEQ010_SH010_PLATE", "A001C003", at(1, 0, 40, 17)),
    ("SEQ010_SH020_PLATE", "A001C007", at(1, 2, 3, 0)),
    ("SEQ010_SH030_PLATE", "A002C001", at(1, 4, 59, 20)),
    ("SEQ010_SH040_PLATE", "A002C006", at(1, 20, 0, 0)),
    ("SEQ020_SH110_PLATE", "B001C002", at(1, 0, 0, 0)),
    ("SEQ020_SH120_PLATE", "B001C009", at(10, 11, 12, 13)),
    ("SEQ020_SH130_PLATE", "B002C004", at(23, 59, 59, 12)),
)


def make_edit(path: str) -> None:
    """Write the edit that ordered the delivery: 16 frames of each take with handles of 4, and a hole in the middle."""
    lines, record = ["TITLE: DEMO REEL 1", "FCM: NON-DROP FRAME", ""], at(1, 0, 0, 0)
    for number, (name, reel, start) in enumerate(EVENTS, start=1):
        if name.startswith("SEQ020_SH110"):
            record += 12
        source, shot = start + 4, name.split("_")[1]
        labels = (label(source), label(source + 16), label(record), label(record + 16))
        lines += [f"{number:03d}  {reel} V     C        {' '.join(labels)}", f"* FROM CLIP NAME: {name}_v001"]
        lines += [f"* COMMENT: {shot}", ""]
        record += 16
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines))


def written(name: str) -> str:
    """The name as the vendor writes it: version in lower case."""
    return name.replace("_V001", "_v001")


def place(folder: str, *below: str) -> str:
    """A path below the delivery, its folders made."""
    path = os.path.join(folder, *below)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def exr(folder: str, where: str, take: Take, missing: tuple[int, ...] = (), empty: tuple[int, ...] = ()) -> None:
    """A scene-linear EXR sequence; `missing` frames are left out, `empty` ones have no bytes."""
    for number, time, picture in take.pictures():
        if number in missing:
            continue
        data = make_exr.build(
            WIDTH,
            HEIGHT,
            timecode=(*parts(time), False),
            fps=RATE,
            reel=take.reel,
            chromaticities=REC709,
            pixels=to_half_lines(picture),
        )
        name = written(take.name)
        with open(place(folder, where, name, f"{name}.{number:04d}.exr"), "wb") as file:
            file.write(b"" if number in empty else data)


def dpx(folder: str, where: str, take: Take) -> None:
    """A film scan whose file numbers are its timecode, rate and timecode in the television header."""
    for number, time, picture in take.pictures():
        data = make_dpx.build(
            WIDTH,
            HEIGHT,
            timecode=(*parts(time), False),
            fps=RATE,
            reel=take.reel,
            transfer=1,
            pixels=to_film_words(picture),
        )
        name = written(take.name)
        with open(place(folder, where, name, f"{name}.{number:07d}.dpx"), "wb") as file:
            file.write(data)


def movie(folder: str, where: str, take: Take, extension: str, codec: str) -> None:
    """A movie with a timecode track, video levels and tags of BT.709."""
    make_movie.write(
        place(folder, where, f"{written(take.name)}.{extension}"),
        codec=codec,
        rate=RATE,
        size=(WIDTH, HEIGHT),
        timecode=label(take.start),
        reel=take.reel,
        colour=("bt709", "bt709", "bt709"),
        pictures=video_frames(take, make_movie.CODECS[codec][1]),
    )


def video_frames(take: Take, pixel_format: str) -> Iterator[Any]:
    """The pictures of a take as PyAV's frames."""
    import av

    for _number, _time, picture in take.pictures():
        frame = av.VideoFrame.from_ndarray(to_video(picture), format="rgb24")
        yield frame.reformat(format=pixel_format, dst_colorspace="ITU709")


def dirt(folder: str, take: Take) -> None:
    """What comes along on every drive: AppleDouble twins, the files of file managers, a note, half an upload."""
    name = written(take.name)
    for number in range(take.first, take.first + 3):
        with open(place(folder, "SEQ010", name, f"._{name}.{number:04d}.exr"), "wb") as file:
            file.write(b"\x00\x05\x16\x07\x00\x02\x00\x00" + bytes(120))
    for below, text in (
        (("SEQ010", ".DS_Store"), "\0\0\0\1Bud1"),
        (("SEQ020", "Thumbs.db"), "x"),
        (("README.txt",), "Plates of day 14. SH020 is short, we send the rest tonight.\n"),
        (("SEQ020", "SEQ020_SH140_PLATE_v001.mov.part"), "x" * 4096),
    ):
        with open(place(folder, *below), "w", encoding="ascii") as file:
            file.write(text)


if __name__ == "__main__":
    make_delivery(sys.argv[1])
    make_edit(sys.argv[2])
