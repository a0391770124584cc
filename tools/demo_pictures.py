# SPDX-License-Identifier: GPL-3.0-or-later
"""Scene-linear pictures for the demo: a landscape, a ball in flight, a colour chart, and the frame's facts burnt in.

A picture is a numpy array of float32, (height, width, 3), Rec. 709 primaries, 0.18 = mid grey. Needs numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Colour = tuple[float, float, float]

WIDTH, HEIGHT = 480, 270
# The 24 patches of the classic colour chart as 8-bit sRGB, row by row.
_CHART = (
    "735244 c29682 627a9d 576c43 8580b1 67bdaa",
    "d67e2c 505ba6 c15a63 5e3c6c 9dbc40 e0a32e",
    "383d96 469449 af363c e7c71f bb5695 0885a1",
    "f3f3f2 c8c8c8 a0a0a0 7a7a79 555555 343434",
)
# 5 x 7 dots per character, one hexadecimal byte per row.
_FONT = {
    "A": "0e11111f111111", "B": "1e11111e11111e", "C": "0e11101010110e", "D": "1e11111111111e", "E": "1f10101e10101f",
    "F": "1f10101e101010", "G": "0e11101711110f", "H": "1111111f111111", "I": "0e04040404040e", "J": "0702020202120c",
    "K": "11121418141211", "L": "1010101010101f", "M": "111b1515111111", "N": "11111915131111", "O": "0e11111111110e",
    "P": "1e11111e101010", "Q": "0e11111115120d", "R": "1e11111e141211", "S": "0f10100e01011e", "T": "1f040404040404",
    "U": "1111111111110e", "V": "11111111110a04", "W": "1111111515150a", "X": "11110a040a1111", "Y": "11110a04040404",
    "Z": "1f01020408101f", "0": "0e11131519110e", "1": "040c040404040e", "2": "0e11010204081f", "3": "1f02040201110e",
    "4": "02060a121f0202", "5": "1f101e0101110e", "6": "0608101e11110e", "7": "1f010204080808", "8": "0e11110e11110e",
    "9": "0e11110f01020c", ":": "000c0c000c0c00", ".": "00000000000c0c", "-": "0000001f000000", "_": "0000000000001f",
}  # fmt: skip


@dataclass(frozen=True)
class Mood:
    """The light of a shot: colours at the zenith, the horizon and the ground, and the ball's own."""

    zenith: Colour
    horizon: Colour
    ground: Colour
    ball: Colour


DAY = Mood((0.05, 0.16, 0.45), (0.55, 0.68, 0.80), (0.09, 0.12, 0.05), (0.60, 0.08, 0.04))
DUSK = Mood((0.03, 0.03, 0.12), (1.40, 0.50, 0.16), (0.05, 0.035, 0.03), (0.10, 0.30, 0.55))
NIGHT = Mood((0.002, 0.004, 0.012), (0.03, 0.05, 0.09), (0.006, 0.008, 0.010), (0.90, 0.75, 0.35))


def draw(mood: Mood, progress: float, texts: tuple[str, str, str]) -> Picture:
    """One frame: `progress` from 0 to 1 moves the ball; the texts stand top left, top right and at the bottom."""
    picture = _landscape(mood)
    _draw_ball(picture, mood, progress)
    _draw_chart(picture)
    for text, at, side in zip(
        texts, ((10, 10), (WIDTH - 10, 10), (10, HEIGHT - 26)), ("left", "right", "left"), strict=True
    ):
        _write(picture, text, at[0] if side == "left" else at[0] - 12 * len(text), at[1])
    return picture


def _landscape(mood: Mood) -> Picture:
    horizon = HEIGHT * 3 // 5
    picture = np.empty((HEIGHT, WIDTH, 3), np.float32)
    height = np.linspace(0.0, 1.0, horizon, dtype=np.float32)[:, None, None] ** 2
    picture[:horizon] = _vector(mood.zenith) * (1 - height) + _vector(mood.horizon) * height
    depth = np.arange(1, HEIGHT - horizon + 1, dtype=np.float32)[:, None]
    across = (np.arange(WIDTH, dtype=np.float32)[None, :] - WIDTH / 2) / depth
    checks = (np.floor(across * 1.2) + np.floor(120 / depth)) % 2
    haze = np.exp(-depth / 20)[..., None]
    ground = _vector(mood.ground) * (1 + 0.6 * checks[..., None])
    picture[horizon:] = ground * (1 - haze) + _vector(mood.horizon) * haze * 0.6
    return picture


def _draw_ball(picture: Picture, mood: Mood, progress: float) -> None:
    radius = HEIGHT / 9
    x = WIDTH * (0.12 + 0.5 * progress)
    y = HEIGHT * (0.55 - 0.32 * (1 - (2 * progress - 1) ** 2))
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    dx, dy = (columns - x) / radius, (rows - y) / radius
    inside = dx * dx + dy * dy
    height = np.sqrt(np.clip(1 - inside, 0, None))
    light = np.clip(-0.5 * dx - 0.6 * dy + 0.62 * height, 0, None)
    shaded = (0.08 + light)[..., None] * _vector(mood.ball) + (light[..., None] ** 30) * 2
    cover = np.clip((1 - np.sqrt(inside)) * radius, 0, 1)[..., None]
    picture[:] = picture * (1 - cover) + shaded * cover


def _draw_chart(picture: Picture) -> None:
    size, gap = 15, 3
    left, top = WIDTH - 6 * (size + gap) - 14, HEIGHT - 4 * (size + gap) - 14
    picture[top - 5 : top + 4 * (size + gap) + 2, left - 5 : left + 6 * (size + gap) + 2] = 0.012
    for row, line in enumerate(_CHART):
        for column, code in enumerate(line.split()):
            y, x = top + row * (size + gap), left + column * (size + gap)
            picture[y : y + size, x : x + size] = [_linear(int(code[at : at + 2], 16) / 255) for at in (0, 2, 4)]


def _vector(colour: Colour) -> Picture:
    return np.array(colour, np.float32)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _write(picture: Picture, text: str, x: int, y: int) -> None:
    """White text on a darkened strip, each dot two pixels wide."""
    strip = picture[y - 3 : y + 17, x - 4 : x + 12 * len(text) + 2]
    strip *= 0.25
    for place, letter in enumerate(text):
        rows = bytes.fromhex(_FONT.get(letter, "00" * 7))
        dots = np.array([[row >> bit & 1 for bit in range(4, -1, -1)] for row in rows], bool).repeat(2, 0).repeat(2, 1)
        picture[y : y + 14, x + 12 * place : x + 12 * place + 10][dots] = 0.9


def to_half_lines(picture: Picture) -> bytes:
    """The picture as EXR scan-lines of half floats: per line all of B, then G, then R."""
    lines: bytes = picture[:, :, ::-1].transpose(0, 2, 1).astype("<f2").tobytes()
    return lines


def to_film_words(picture: Picture) -> bytes:
    """The picture as 10-bit printing density, one big-endian word per pixel: 95 black, 685 diffuse white."""
    black = 10 ** ((95 - 685) / 300)
    lit = np.clip(picture, 0, None) * (1 - black) + black
    codes = np.clip(np.rint(685 + 300 * np.log10(lit)), 0, 1023).astype(np.uint32)
    words: NDArray[np.uint32] = codes[..., 0] << 22 | codes[..., 1] << 12 | codes[..., 2] << 2
    return words.astype(">u4").tobytes()


def to_video(picture: Picture) -> NDArray[np.uint8]:
    """The picture through the curve of ITU-R BT.709, 8 bits per channel."""
    lit = np.clip(picture, 0, 1)
    curve = np.where(lit < 0.018, 4.5 * lit, 1.099 * lit**0.45 - 0.099)
    codes: NDArray[np.uint8] = np.rint(curve * 255).astype(np.uint8)
    return codes
