# SPDX-License-Identifier: GPL-3.0-or-later
"""How much the fault tests tried."""

from __future__ import annotations


class Figures(dict[str, int]):
    """What was tried in this process: name -> how often."""

    def add(self, name: str, count: int = 1) -> None:
        """Count something that was tried."""
        self[name] = self.get(name, 0) + count
