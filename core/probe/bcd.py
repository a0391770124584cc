# SPDX-License-Identifier: GPL-3.0-or-later
"""Timecode in binary-coded decimal (SMPTE ST 12-1), as EXR and DPX headers hold it: 0xHHMMSSFF."""

from __future__ import annotations

from fractions import Fraction

from ..timecode import can_drop, nominal_rate, rate_text

DROP = 0x40
# Up to 40 frames a second the tens of the frames need two bits, so bit 6 can only be the drop flag.
_TWO_BITS_SUFFICE = 40


# Two digits by their byte; what is missing there is no digit, or too large a number.
_FRAMES = {tens << 4 | units: f"{tens}{units}" for tens in range(10) for units in range(10)}
_SIXTY = {byte: text for byte, text in _FRAMES.items() if text < "60"}
_HOURS = {byte: text for byte, text in _FRAMES.items() if text < "24"}


def label(code: int, rate: Fraction | None) -> tuple[str | None, tuple[str, ...]]:
    """The label that `code` stands for and sentences about how it was read; None for nonsense in any digit.

    Bit 6 is the drop flag, but at rates above 40 some writers store frames 40 to 79 there. One value has then two
    readings; only what is certain is given.
    """
    hours, minutes, seconds, frames = code.to_bytes(4, "big")
    dropped = frames & DROP
    try:
        start = f"{_HOURS[hours]}:{_SIXTY[minutes]}:{_SIXTY[seconds]}"
        plain = _FRAMES[frames & ~DROP]
    except KeyError:
        return None, (f"The timecode field holds {code:#010x}, which is no timecode.",)
    if rate is None:
        return f"{start}{';' if dropped else ':'}{plain}", ()
    # The usual case, in whole numbers: comparing a Fraction costs more than all the rest here.
    if not dropped and int(plain) * rate.denominator < rate.numerator:
        return f"{start}:{plain}", ()
    return _fast_or_dropped(start, int(plain), bool(dropped), rate)


def _fast_or_dropped(start: str, frames: int, dropped: bool, rate: Fraction) -> tuple[str | None, tuple[str, ...]]:
    if not dropped:
        return f"{start}:{frames:02d}", _doubts(frames, rate)
    if rate <= _TWO_BITS_SUFFICE:
        if can_drop(rate):
            return f"{start};{frames:02d}", _doubts(frames, rate)
        note = f"The drop flag is ignored: there is no drop-frame numbering at {rate_text(rate)} frames a second."
        return f"{start};{frames:02d}", (note, *_doubts(frames, rate))
    readings = [f"{start};{frames:02d}"] if can_drop(rate) and frames < nominal_rate(rate) else []
    if frames + 40 < nominal_rate(rate):
        readings.append(f"{start}:{frames + 40:02d}")
    if len(readings) == 1:
        return readings[0], ()
    meant = " or ".join(readings) or "nothing that exists"
    return None, (f"The timecode may mean {meant} at {rate_text(rate)} frames a second.",)


def _doubts(frames: int, rate: Fraction) -> tuple[str, ...]:
    if frames < nominal_rate(rate):
        return ()
    return (f"The timecode shows frame {frames}, which does not exist at {rate_text(rate)} frames a second.",)
