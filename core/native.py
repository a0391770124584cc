# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether compiled libraries for media may be loaded into this process: inside Nuke they clash with its own."""

from __future__ import annotations

_allowed = True


def forbid() -> None:
    """From now on this process asks other programs instead. Nuke 15 dies of the OpenEXR wheel, for one."""
    global _allowed
    _allowed = False


def allowed() -> bool:
    """True where PyAV and its like may be imported here."""
    return _allowed
