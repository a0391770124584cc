# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written into the pictures of a proxy: shot and version, frame and timecode; and the card for a lost frame.

Pictures are uint8 arrays (height, width, 3) in display code values. Needs numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .lettering import draw, line_height

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.uint8]

Corner = Literal["top left", "top right", "bottom left", "bottom right"]
_INK, _AMBER, _DIM = (236, 236, 236), (255, 176, 32), (140, 140, 146)
_CARD, _PLATE = (38, 38, 41), 0.55  # the card of a slate; how much a label darkens what is behind it


def text_size(height: int) -> int:
    """The height of the labels' capitals in a picture: small, but readable on a phone."""
    return max(9, min(24, round(height / 29)))


def stamp(picture: Codes, corner: Corner, text: str) -> None:
    """Write a label into a corner of the picture, on a darkened field; a text that is too wide gets smaller."""
    if not text:
        return
    height, width = picture.shape[:2]
    size = text_size(height)
    room = width // 2 - 2 * size
    mask = draw(text, size)
    if mask.shape[1] > room:
        size = max(5, size * room // mask.shape[1])
        mask = draw(text, size)
    edge = max(2, size * 2 // 5)
    tall, wide = mask.shape[0] + 2 * edge, mask.shape[1] + 4 * edge
    top = size if corner.startswith("top") else height - size - tall
    left = size if corner.endswith("left") else width - size - wide
    field = picture[max(0, top) : top + tall, max(0, left) : left + wide]
    field[:] = field * _PLATE * 0.7
    _ink(picture, mask, top + edge, left + 2 * edge, _INK)


def slate(width: int, height: int, said: str, number: str) -> Codes:
    """A grey card that stands for a frame that is not there: `said` small, `number` large in the middle."""
    import numpy as np

    card = np.empty((height, width, 3), np.uint8)
    card[:] = _CARD
    large, small = max(14, height // 5), text_size(height)
    mask = draw(number, large)
    if mask.shape[1] > width - 2 * small:
        large = max(6, large * (width - 2 * small) // mask.shape[1])
        mask = draw(number, large)
    words = draw(said, small)
    gap = line_height(small)
    top = (height - mask.shape[0] - words.shape[0] - gap) // 2
    _ink(card, words, top, (width - words.shape[1]) // 2, _AMBER)
    _ink(card, mask, top + words.shape[0] + gap, (width - mask.shape[1]) // 2, _INK)
    line = max(1, height // 270)
    card[:line], card[-line:] = _AMBER, _AMBER
    return card


def _ink(picture: Codes, mask: NDArray[np.float32], top: int, left: int, colour: tuple[int, int, int]) -> None:
    """Paint through a mask; what would lie outside is cut off."""
    import numpy as np

    y, x = max(0, top), max(0, left)
    mask = mask[y - top : picture.shape[0] - top, x - left : picture.shape[1] - left]
    if not mask.size:
        return
    part = picture[y : y + mask.shape[0], x : x + mask.shape[1]]
    cover = mask[..., None]
    part[:] = np.rint(part * (1 - cover) + np.array(colour, np.float32) * cover)
