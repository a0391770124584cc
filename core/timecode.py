# SPDX-License-Identifier: GPL-3.0-or-later
"""Exact timecode: a frame number, an exact rate, a drop flag. No floats anywhere (SMPTE ST 12-1 counting)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from .errors import TimecodeError

_TEXT = re.compile(r"\s*(\d{1,2})([:;.,])(\d{1,2})([:;.,])(\d{1,2})([:;.,])(\d{1,3})\s*\Z", re.ASCII)
# Longer numbers and exponents are no rates: they would only make exact arithmetic slow.
_RATE = re.compile(r"\s*(?:\d{1,12}(?:\.\d{0,15})?|\.\d{1,15})\s*\Z", re.ASCII)
# Rates that people and files write as decimals; each stands for exactly one n/1001 rate.
_NTSC_WHOLE = (24, 30, 48, 60, 72, 96, 120)


def rate_of(value: str | int | float | Fraction) -> Fraction:
    """The exact rate meant by "24000/1001", "23.976", 23.98, 25, Fraction(25) ...

    Decimals within 0.01 % of n/1001 mean that rate (23.976, 23.98, 29.97, 59.94 ...). Raises TimecodeError for
    anything that is not a positive, finite number up to 1000.
    """
    try:
        if isinstance(value, Fraction):
            rate = value
        else:
            parts = str(value).split("/")
            if len(parts) > 2 or not all(map(_RATE.match, parts)):
                raise ValueError(value)
            rate = Fraction(parts[0].strip()) / Fraction(parts[1].strip() if len(parts) == 2 else 1)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise TimecodeError(f"{value!r} is not a frame rate.", advice="Write it as 25, 23.976 or 24000/1001.") from None
    if not 0 < rate <= 1000:
        raise TimecodeError(f"{value!r} is not a frame rate.", advice="Write it as 25, 23.976 or 24000/1001.")
    return snap_rate(rate)


def snap_rate(rate: Fraction) -> Fraction:
    """The standard rate that a nearly equal one stands for (23.976 -> 24000/1001); other rates unchanged."""
    if rate.denominator in (1, 1001):
        return rate
    whole = round(rate)
    if abs(rate - whole) < Fraction(whole, 20_000):
        return Fraction(whole)
    for nominal in _NTSC_WHOLE:
        exact = Fraction(nominal * 1000, 1001)
        if abs(rate - exact) <= exact / 5000:
            return exact
    return rate


def rate_text(rate: Fraction) -> str:
    """The rate as the JSON contract writes it: "25" or "24000/1001"."""
    return str(rate.numerator) if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"


def nominal_rate(rate: Fraction) -> int:
    """How many labels a second has: the rate rounded up to a whole number."""
    return -(-rate.numerator // rate.denominator)


def can_drop(rate: Fraction) -> bool:
    """True for rates with drop-frame numbering: multiples of 30, n/1001 or (seen from cameras) exactly 30 and 60."""
    return rate.denominator in (1, 1001) and nominal_rate(rate) % 30 == 0


@dataclass(frozen=True, order=False)
class Timecode:
    """A position counted from 00:00:00:00.

    `frame` may be any integer; its label wraps at 24 hours. `rate` is exact, `drop` chooses the numbering.
    Raises TimecodeError for drop numbering at a rate that has none.
    """

    frame: int
    rate: Fraction
    drop: bool = False

    def __post_init__(self) -> None:
        if self.drop and not can_drop(self.rate):
            raise TimecodeError(f"There is no drop-frame numbering at {rate_text(self.rate)} frames a second.")

    @classmethod
    def parse(cls, text: str, rate: Fraction, drop: bool | None = None) -> Timecode:
        """Read "HH:MM:SS:FF"; `;`, `.` or `,` before the frames means drop unless `drop` says otherwise.

        Raises TimecodeError for a label that does not exist at the rate: too large a part, a skipped drop label.
        """
        match = _TEXT.match(text)
        if match is None:
            raise TimecodeError(f"{text!r} is not a timecode.", advice="Write it as 01:00:00:00.")
        hours, minutes, seconds, frames = (int(match[group]) for group in (1, 3, 5, 7))
        nominal = nominal_rate(rate)
        if drop is None:
            drop = match[6] != ":"
        if hours > 23 or minutes > 59 or seconds > 59 or frames >= nominal:
            raise TimecodeError(f"{text!r} does not exist at {rate_text(rate)} frames a second.")
        skipped = _skipped_per_minute(nominal) if drop else 0
        if drop and not can_drop(rate):
            raise TimecodeError(f"{text!r}: there is no drop-frame numbering at {rate_text(rate)} frames a second.")
        if drop and seconds == 0 and frames < skipped and minutes % 10:
            raise TimecodeError(f"{text!r} is a label that drop-frame numbering skips.")
        minute = hours * 60 + minutes
        count = (minute * 60 + seconds) * nominal + frames - skipped * (minute - minute // 10)
        return cls(count, rate, drop)

    @classmethod
    def read(cls, text: str, rate: Fraction, drop: bool | None = None) -> tuple[Timecode, str]:
        """Like `parse`, as forgiving as files need it: the timecode, and a sentence where the drop flag was doubtful.

        A drop flag at a rate without drop numbering is ignored (cameras set it at 24 and 25), one at exactly 30 or 60
        is obeyed (cameras count so). Raises TimecodeError as `parse` does.
        """
        flagged = drop if drop is not None else (match := _TEXT.match(text)) is not None and match[6] != ":"
        if flagged and not can_drop(rate):
            note = f"{text.strip()} has a drop-frame flag, which means nothing at {rate_text(rate)}: read as non-drop."
            return cls.parse(text, rate, False), note
        note = ""
        if flagged and rate.denominator == 1:
            note = f"{text.strip()} counts drop-frame at exactly {rate_text(rate)} frames a second."
        return cls.parse(text, rate, flagged), note

    @property
    def frames_per_day(self) -> int:
        """Where the labels start again."""
        nominal = nominal_rate(self.rate)
        per_ten = nominal * 600 - (9 * _skipped_per_minute(nominal) if self.drop else 0)
        return per_ten * 144

    def wrapped(self) -> Timecode:
        """The same label, counted inside one day."""
        return Timecode(self.frame % self.frames_per_day, self.rate, self.drop)

    def __add__(self, frames: int) -> Timecode:
        return Timecode(self.frame + frames, self.rate, self.drop)

    def __sub__(self, frames: int) -> Timecode:
        return Timecode(self.frame - frames, self.rate, self.drop)

    def frames_since(self, other: Timecode) -> int:
        """Frames from `other` to this position, taking the way forward over midnight: 0 <= n < frames per day."""
        return (self.frame - other.frame) % self.frames_per_day

    def __str__(self) -> str:
        nominal = nominal_rate(self.rate)
        count = self.frame % self.frames_per_day
        if self.drop:
            skipped = _skipped_per_minute(nominal)
            tens, rest = divmod(count, nominal * 600 - 9 * skipped)
            count += tens * 9 * skipped
            if rest >= nominal * 60:
                count += skipped * (1 + (rest - nominal * 60) // (nominal * 60 - skipped))
        seconds, frames = divmod(count, nominal)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        digits = 3 if nominal > 100 else 2
        return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if self.drop else ':'}{frames:0{digits}d}"

    def seconds(self) -> Fraction:
        """Real time since 00:00:00:00."""
        return self.frame / self.rate


def _skipped_per_minute(nominal: int) -> int:
    return 2 * (nominal // 30)
