# SPDX-License-Identifier: GPL-3.0-or-later
"""Python's collector of cycles, kept from walking through a plan of thousands of clips while the window waits for it.

A full collection looks at every object that lives: with 5,000 planned clips that takes a tenth of a second or more,
with the interpreter's lock held, and there is nothing to be found. So full ones wait while a task works (young garbage
is collected all the same), and a plan of thousands is set aside at its end, until it is forgotten.
"""

from __future__ import annotations

import gc

# Full collections begin after so many of the second generation.
_NEVER = 1_000_000
_before: list[tuple[int, int, int]] = []


def hold_off() -> None:
    """No full collections until `resume`; calls may be nested."""
    _before.append(gc.get_threshold())
    gc.set_threshold(_before[0][0], _before[0][1], _NEVER)


def resume(aside: bool = False) -> None:
    """Collect as before; with `aside` what lives now is not looked at, and freed all the same when nobody needs it."""
    if not _before:
        return
    last = _before.pop()
    if aside:
        gc.freeze()
    if not _before:
        gc.set_threshold(*last)


def look_at_all() -> None:
    """Nothing is aside any more."""
    gc.unfreeze()


def unregister() -> None:
    """Everything is Python's again."""
    while _before:
        resume()
    look_at_all()
