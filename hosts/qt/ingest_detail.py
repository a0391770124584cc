# SPDX-License-Identifier: GPL-3.0-or-later
"""Below the table: everything worth reading about the chosen clip."""

from __future__ import annotations

from html import escape

from . import style
from .binding import QtWidgets
from .ingest_rows import Detail

_MARKS = {"error": "refused", "warning": "attention"}


class DetailView(QtWidgets.QTextBrowser):
    """A Detail as text that can be selected and copied."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self.setAcceptDrops(False)
        self.setMinimumHeight(style.high(self, 3))
        self.setToolTip("What is known of the chosen clip, where it goes, and what to do about its findings")
        self.say("Choose a clip to see where it goes and what was found.")

    def say(self, text: str) -> None:
        """A quiet sentence instead of a clip."""
        self.setHtml(f'<p style="color:{style.state_colour("found", self.palette()).name()}">{escape(text)}</p>')

    def show_detail(self, found: Detail) -> None:
        """Show a clip."""
        quiet = style.state_colour("found", self.palette()).name()
        parts = [f'<p style="margin:0"><b>{escape(found.title)}</b></p>']
        spoken = [self._finding(finding.severity, finding.message, finding.advice) for finding in found.findings]
        loud = [finding.severity != "info" for finding in found.findings]
        parts += [text for text, first in zip(spoken, loud, strict=True) if first]
        facts = "".join(
            f'<tr><td style="color:{quiet}; padding-right:12px">{escape(name)}</td><td>{escape(value)}</td></tr>'
            for name, value in found.facts
        )
        parts.append(f'<table cellspacing="0" cellpadding="1">{facts}</table>')
        parts += [text for text, first in zip(spoken, loud, strict=True) if not first]
        self.setHtml("".join(parts))

    def _finding(self, severity: str, message: str, advice: str) -> str:
        more = f" {escape(advice)}" if advice else ""
        if severity not in _MARKS:
            return f'<p style="margin:2px 0">{escape(message)}{more}</p>'
        colour = style.state_colour(_MARKS[severity], self.palette()).name()
        return f'<p style="margin:2px 0"><span style="color:{colour}">{escape(message)}</span>{more}</p>'
