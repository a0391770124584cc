# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens by itself: Reads are coloured when a script is opened or saved. It never asks, waits or stops Nuke.

What the callbacks need is imported by the first that is called: Nuke starts no slower.
"""

from __future__ import annotations

from . import background, drop
from .nuke_api import env, nuke

_looking = False


def install() -> None:
    """Add our callbacks; once, however often it is called. Nothing happens without a GUI: a render is no artist."""
    if not env("gui"):
        return
    nuke().addOnScriptLoad(standings)
    nuke().addOnScriptSave(standings)
    drop.install()


def remove() -> None:
    """Take back what `install` added."""
    nuke().removeOnScriptLoad(standings)
    nuke().removeOnScriptSave(standings)
    drop.remove()


def standings() -> None:
    """Colour the Reads by how they stand, once the disk was read in a thread; one look at a time."""
    global _looking
    if _looking:
        return

    def look() -> None:
        global _looking
        from ..qt.host import Job
        from .standing import judge
        from .updates import seen, show

        reads = seen()
        job = Job("Versions", lambda _listen, cancel: judge(reads, cancel), show)
        _looking = True
        try:
            background.start(job, lambda _shown: None, quiet=True, always=_looked)
        except BaseException:  # no thread could be started: the next save looks again
            _looking = False
            raise

    background.caught(look)


def _looked() -> None:
    global _looking
    _looking = False
