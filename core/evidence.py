# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether numbers in names count frames. Shape says where a frame may stand, evidence says that it is one.

| what varies                          | example                         | answer                                    |
|--------------------------------------|---------------------------------|-------------------------------------------|
| number behind a dot, at the end      | plate.1001.exr                  | frames; alone if 3 digits or more, or 01  |
| number behind a dot, suffix behind   | sh010.1001_matte.exr            | frames; alone if 4 digits or more         |
| number behind "_", "-", " ", at end  | plate_1001.exr, 0998.exr        | frames; alone if padded, not a shot code  |
| the same with a suffix behind        | name_0001_v2.exr, 0001_shot.exr | frames with neighbours, else stills       |
| number glued to a word               | plate0001.exr                   | frames with neighbours, else stills       |
| number glued to a shot or reel word  | SH010.exr, A003.ari             | stills; frames only as a long gapless run |
| all multiples of ten, few, no dot    | TST_0010.exr, TST_0020.exr      | stills: shots are numbered so             |
| dates, times, time stamps            | IMG_20240101_123045.jpg         | stills                                    |
| versions, resolutions                | plate_v002.exr, plate_1080p.exr | never a candidate (frame_names.py)        |
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .frame_names import ID_WORDS, SEPARATORS, is_reel_letter, word_before
from .frames import FrameSet
from .naming_facts import PLATE_ONLY, TEXTURES, words

# Cameras count their photos behind these words: neighbours may be a time lapse, anything else is a set of photos.
_PHOTO_WORDS = words("img dsc dscf dscn dscpdc mg pict photo pxl dji gopr gp cimg sam imgp screenshot")
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12][0-9]|3[01])")
_DATE_ENDS = re.compile(_DATE.pattern + r"(?:[-_ .T]| at )?\Z")
_MONTH_ENDS = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}[-_.](?:0[1-9]|1[0-2])[-_.]\Z")
_CLOCK_ENDS = re.compile(r"(?:\A|[-_ T])(?:[01]?[0-9]|2[0-3])[-.:h][0-5][0-9][-.:m]\Z")
_ANY_DATE = re.compile(r"(?<![0-9])(?:(?:19|20)[0-9]{2}|[12][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])")
_NUMBER_ENDS = re.compile(r"(?:\A|[-_ .])[0-9]+[-_ ]?\Z")
_MOST_CODES = 500  # more numbers than that are no dates or shot codes, and need not be looked at one by one
_LONG = 9  # digits from which a number is a serial number or a time rather than a frame
_SHOT_RUN = 24  # gapless numbers behind a shot word that are taken for frames: no vendor sends so many stills

_UDIM_FIRST, _UDIM_LAST = 1001, 1999
_TEXTURE_WORDS = words(
    "udim udims uvtile tex texture textures maps basecolor basecolour roughness metallic metalness displacement"
    " sourceimages"
)
_PLATE_WORDS = words(
    "plate plates pl bg fg comp shot sh sc seq sq cam camera roll reel scan element elements slate take beauty render"
    " matte roto clean cleanplate ref grade precomp pass undistort undist denoise"
)
_MAY_BE_TEXTURE = re.compile("|".join(sorted(_TEXTURE_WORDS)), re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+")
_REEL = re.compile(r"(?<![A-Za-z0-9])[A-Z][0-9]{3}(?![0-9])")


class Numbered(NamedTuple):
    """What is known of files that differ in one number only.

    `suffix` is the text between number and extension; `digits` the shortest count of digits; `padded` tells that a
    number with leading zeros is among them.
    """

    prefix: str
    suffix: str
    ext: str
    frames: FrameSet
    digits: int
    padded: bool


def are_frames(found: Numbered) -> bool:
    """True where the numbers count frames, so that the files are one sequence."""
    before = found.prefix[-1:]
    if before == "." and found.digits in (3, 4, 5) and len(found.frames) > 1:
        return True  # the usual case
    if _is_date(found) or _is_time(found):
        return False
    if found.digits >= _LONG and not found.padded and not _neighbours(found.frames):
        return False
    if len(found.frames) == 1:
        return _is_frame_alone(found)
    if before == ".":
        return True
    word = word_before(found.prefix)
    if before and before not in SEPARATORS:
        return _are_frames_glued(found, word)
    if _are_shot_codes(found, word):
        return False
    counted = _neighbours(found.frames) or found.frames.step > 1
    if found.suffix or word in _PHOTO_WORDS:
        return counted
    return counted or found.digits >= 4 or (found.digits == 3 and word not in ID_WORDS)


def are_tiles(found: Numbered, folder: str) -> bool:
    """True where the numbers are UDIM tiles (1001 + u + 10 v with u below 10) and not frames.

    A grid is evidence: several rows, each filled from its first column on. Full rows are not (frames have them
    too), so one row has to be short, and all of them where no word speaks of textures. Names that speak of plates
    are never tiles: a plate with a gap may look like a grid, and its missing frames must be told.
    """
    frames = found.frames
    if found.suffix or found.ext in PLATE_ONLY or found.digits != 4 or frames.step > 1:
        return False
    if frames.first < _UDIM_FIRST or frames.last > _UDIM_LAST:
        return False
    if len(frames.spans) == 1 and found.ext not in TEXTURES and not _MAY_BE_TEXTURE.search(f"{folder}/{found.prefix}"):
        return False
    words = {word.lower() for word in _WORDS.findall(found.prefix)}
    if found.ext in TEXTURES or words & {"udim", "udims", "uvtile"}:
        return True
    if words & _PLATE_WORDS or _REEL.search(found.prefix):
        return False
    rows = _grid(frames)
    if not rows:
        return False
    last_folder = {word.lower() for word in _WORDS.findall(folder.rpartition("/")[2])}
    return min(rows) < 10 if (words | last_folder) & _TEXTURE_WORDS else max(rows) < 10


def _grid(frames: FrameSet) -> list[int]:
    """The tiles per row, where there are two rows or more and each is filled from its first column on; else []."""
    rows: dict[int, int] = {}
    for first, last in frames.spans:
        while first <= last:
            row, column = divmod(first - _UDIM_FIRST, 10)
            if column or row in rows:
                return []
            rows[row] = min(last - first + 1, 10)
            first += 10
    return list(rows.values()) if len(rows) > 1 else []


def _is_frame_alone(found: Numbered) -> bool:
    """Whether a single file is a sequence of one frame: its number has to look like a frame by itself."""
    prefix, digits, padded = found.prefix, found.digits, found.padded
    before = prefix[-1:]
    if before == ".":
        return digits >= 4 if found.suffix else digits >= 3 or padded
    if found.suffix or (before and before not in SEPARATORS):
        return False
    if digits < 4 and (digits < 3 or not padded or not before):
        return False
    word, tens = word_before(prefix), found.frames.first % 10 == 0
    if word in _PHOTO_WORDS:
        return False
    if word in ID_WORDS:
        return digits >= 4 and not tens
    return not (tens and padded and _NUMBER_ENDS.search(prefix))


def _are_frames_glued(found: Numbered, word: str) -> bool:
    frames = found.frames
    gapless = len(frames.spans) == 1 and frames.step == 1
    if word in ID_WORDS or is_reel_letter(word, found.prefix[: -len(word)]):
        return gapless and (len(frames) >= _SHOT_RUN or (found.digits >= 4 and len(frames) > 2))
    if found.suffix:
        return gapless
    return _neighbours(frames) or (frames.step > 1 and not _are_shot_codes(found, word))


def _neighbours(frames: FrameSet) -> bool:
    """True where two of the numbers follow each other."""
    return frames.step == 1 and any(last > first for first, last in frames.spans)


def _are_shot_codes(found: Numbered, word: str) -> bool:
    """True for a few numbers that are all multiples of ten: 010, 020, 035 would not be, 0010, 0020, 0040 are."""
    frames = found.frames
    if len(frames) > _MOST_CODES or found.digits < 3 or any(frame % 10 for frame in frames):
        return False
    coded = word in ID_WORDS or bool(_NUMBER_ENDS.search(found.prefix))
    return frames.last < (10_000 if coded else 1000) and frames.first > 0


def _is_date(found: Numbered) -> bool:
    frames, digits = found.frames, found.digits
    if digits == 2:
        return _MONTH_ENDS.search(found.prefix) is not None and all(1 <= frame <= 31 for frame in _some(frames))
    if digits not in (6, 8, 12, 14, 17) or len(frames) > _MOST_CODES or found.frames.first < 0:
        return False
    if digits > 6:
        dates = [str(frame).zfill(digits)[:8] for frame in frames]
        return all(text[:2] in ("19", "20") and _is_day(int(text[4:6]), int(text[6:8])) for text in dates)
    if found.prefix[-1:] == "." or _ANY_DATE.search(found.prefix) or (len(frames) > 2 and _neighbours(frames)):
        return False  # 220324 in A001C009_220324BV_924360 is the date; a second one is a frame
    return all(10 <= frame // 10_000 < 40 and _is_day(frame // 100 % 100, frame % 100) for frame in frames)


def _is_time(found: Numbered) -> bool:
    """Times of day: six or nine digits behind a date, or seconds behind hours and minutes."""
    frames, digits = found.frames, found.digits
    if digits == 2:
        return _CLOCK_ENDS.search(found.prefix) is not None and all(0 <= frame < 60 for frame in _some(frames))
    if digits not in (6, 9) or not _DATE_ENDS.search(found.prefix) or len(frames) > _MOST_CODES:
        return False
    if len(frames) > 2 and len(frames.spans) == 1 and frames.step == 1:
        return False
    seconds = [frame // (1000 if digits == 9 else 1) for frame in frames]
    # 00:xx:xx is left to frames: 001001 is frame 1001 padded to six digits more often than ten past midnight.
    return all(10_000 <= at < 240_000 and at // 100 % 100 < 60 and at % 100 < 60 for at in seconds)


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def _some(frames: FrameSet) -> list[int]:
    """The lowest and highest number: enough to tell whether all lie within limits."""
    return [frames.first, frames.last]
