# SPDX-License-Identifier: GPL-3.0-or-later
"""Python's collector of cycles, kept from walking through a plan of thousands of clips while the window waits for it.

A full collection looks at every object that lives: with 5,000 planned clips that takes a tenth of a second or more,
with the interpreter's lock held, and there is nothing to be found. So full ones wait while a task works (young garbage
is collected all the same), and what lives at its end is set aside.
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


def resume() -> None:
    """Collect as before, but leave aside what lives now: it is freed when nobody needs it, as all else."""
    if not _before:
        return
    last = _before.pop()
    if not _before:
        gc.freeze()
        gc.set_threshold(*last)


def unregister() -> None:
    """Everything is Python's again."""
    while _before:
        resume()
    gc.unfreeze()
