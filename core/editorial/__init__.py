# SPDX-License-Identifier: GPL-3.0-or-later
"""Editorial: what the edit ordered, from an EDL, ALE, OTIO, AAF or Final Cut file."""

from .model import Edit, Event, LineProblem, Transition
from .read import read_edit
from .shots import EditShot, shots_from_edit

__all__ = ["Edit", "EditShot", "Event", "LineProblem", "Transition", "read_edit", "shots_from_edit"]
