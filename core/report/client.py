# SPDX-License-Identifier: GPL-3.0-or-later
"""The client edition of a report: the same facts without any path, person or machine of the house.

Sentences come from many rooms and may hold what an operating system said, so they are not trusted: one that still
holds a path, a person or a machine after the known folders are cut out is replaced as a whole.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable
from dataclasses import replace

from ..finding import Finding
from ..run import operator_name
from .edit import EditComparison, EditLine
from .rows import Report, Row

# What looks like the beginning of an absolute path on any system.
_ABSOLUTE = re.compile(r"(?<![\w.])(?:[A-Za-z]:[\\/]|\\\\|~[\\/]|/[^\s/])|file:", re.ASCII)
_HIDDEN = "A remark for the people who published this; ask them for it."
_REFUSED = "This clip was not published; ask the people who received it for the reason."


def client_edition(report: Report) -> Report:
    """A report that may leave the house; every field that names a place, person or machine is empty."""
    secret = _Secrets((*report.private, report.operator, *(row.operator for row in report.rows)))
    return replace(
        report,
        client=True,
        operator="",
        run="",
        registered="",
        notes=(),
        left_out=tuple((secret.clean(path.rpartition("/")[2]), reason) for path, reason in report.left_out),
        rows=tuple(_row(row, secret) for row in report.rows),
        private=(),
        edit=None if report.edit is None else _edit(report.edit, secret),
    )


class _Secrets:
    """The words that must not appear."""

    def __init__(self, words: Iterable[str]) -> None:
        known = {word for word in (*words, os.path.expanduser("~"), operator_name(), platform.node()) if word}
        self._paths = sorted((word for word in known if re.search(r"[\\/]", word)), key=len, reverse=True)
        names = sorted((word for word in known if not re.search(r"[\\/]", word) and word != "unknown"), key=len)
        self._names = re.compile(
            "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in reversed(names)) or r"(?!)", re.IGNORECASE
        )

    def holds(self, text: str) -> bool:
        """True where the text must not leave as it is."""
        return bool(_ABSOLUTE.search(text) or self._names.search(text) or any(path in text for path in self._paths))

    def clean(self, text: str, instead: str = "(not shown)") -> str:
        """The text without the known folders; `instead` where something is left that must not be shown."""
        for path in self._paths:
            text = text.replace(path.rstrip("\\/") + "/", "").replace(path.rstrip("\\/") + "\\", "")
        return instead if self.holds(text) else text


def _row(row: Row, secret: _Secrets) -> Row:
    refused = row.level == "refused"
    findings = tuple(
        replace(one, message=secret.clean(one.message, _REFUSED if refused else _HIDDEN), file=None, advice="")
        for one in row.findings
        if one.severity != "info"
    )
    return replace(
        row,
        label=secret.clean(row.label.rpartition("/")[2]),
        name=secret.clean(row.name),
        operator="",
        source="",
        folder=None,
        manifest=None,
        preview=None,
        findings=_once(findings),
    )


def _edit(edit: EditComparison, secret: _Secrets) -> EditComparison:
    """The comparison without what the house calls its places; a list's own lines may hold anything."""
    return replace(
        edit,
        title=secret.clean(edit.title),
        rate=secret.clean(edit.rate),
        lines=tuple(_edit_line(line, secret) for line in edit.lines),
        unordered=tuple(secret.clean(name) for name in edit.unordered),
        refused=tuple(secret.clean(text, _HIDDEN) for text in edit.refused),
    )


def _edit_line(line: EditLine, secret: _Secrets) -> EditLine:
    return replace(
        line,
        number=secret.clean(line.number),
        shot=secret.clean(line.shot),
        ordered=secret.clean(line.ordered),
        reel=secret.clean(line.reel),
        delivered=tuple(secret.clean(name) for name in line.delivered),
        said=secret.clean(line.said, _HIDDEN),
    )


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
