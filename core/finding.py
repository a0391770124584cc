# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding: something that the person should know about a clip, an edit or a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """`code` is a stable kebab-case name such as `missing-frames`; only an `error` blocks.

    `message` says what was found and what was expected, `file` which file (None for the clip as a whole),
    `advice` what to do.
    """

    code: str
    severity: Severity
    message: str
    file: str | None = None
    advice: str = ""

    def document(self) -> dict[str, Any]:
        """The finding as the JSON contract writes it."""
        return asdict(self)


def error(code: str, message: str, file: str | None = None, advice: str = "") -> Finding:
    """A finding that keeps the clip from being published."""
    return Finding(code, "error", message, file, advice)


def warning(code: str, message: str, file: str | None = None, advice: str = "") -> Finding:
    """A finding that the person should read; it never blocks."""
    return Finding(code, "warning", message, file, advice)


def info(code: str, message: str, file: str | None = None, advice: str = "") -> Finding:
    """A finding that explains a decision."""
    return Finding(code, "info", message, file, advice)


def blocks(findings: Iterable[Finding]) -> bool:
    """True where at least one of the findings is an error."""
    return any(finding.severity == "error" for finding in findings)
