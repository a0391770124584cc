# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist does with the Reads of a script, without the threads that the panels put in between."""

from __future__ import annotations

from ramses_plates.hosts.nuke.standing import Standing, judge
from ramses_plates.hosts.nuke.updates import Updated, coming, seen, show, take


def refresh() -> list[Standing]:
    """Judge and colour every Read."""
    standings = judge(seen())
    show(standings)
    return standings


def update_all() -> list[Updated]:
    """Bring every older Read of ours to the newest version."""
    plates, problems = coming([one for one in judge(seen()) if one.state == "older" and one.ours])
    done = [*take(plates), *problems]
    refresh()
    return done
