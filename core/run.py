# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run did: one result per clip, and the run as a whole. Reports, registration and hosts read from here."""

from __future__ import annotations

import getpass
import secrets
import time
from dataclasses import dataclass
from typing import Any, Literal

from .finding import Finding
from .manifest_report import manifest_documents
from .plan import Plan, PlannedClip, Status
from .publish import Published

Registered = Literal["yes", "queued", "off"]


def new_run_id() -> str:
    """A run's name: UTC time and six random letters, sortable, safe as a file name."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()) + "-" + secrets.token_hex(3)


def operator_name() -> str:
    """Who runs this, for sidecars and reports: the login name, or "unknown"."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user id without a name, as in some containers
        return "unknown"


@dataclass(frozen=True)
class ClipResult:
    """One planned clip after the run. `published` is None unless its version stands on disk.

    `different` are (file name, sentence) of the files that the copy found to be other than the vendor's manifest lists.
    """

    planned: PlannedClip
    status: Status
    published: Published | None = None
    findings: tuple[Finding, ...] = ()
    different: tuple[tuple[str, str], ...] = ()

    def document(self) -> dict[str, Any]:
        """The clip as the JSON contract of `ingest` writes it."""
        data = self.planned.document()
        data["status"] = self.status
        data["findings"] = [finding.document() for finding in (*self.planned.findings, *self.findings)]
        if self.published is not None:
            data["version"] = self.published.version
            data["folder"] = self.published.folder
            data["bytes"] = self.published.bytes
        return data


@dataclass(frozen=True)
class RunResult:
    """A whole run. `started` is UTC epoch seconds, `seconds` its duration, `report` relative to the project folder."""

    run: str
    plan: Plan
    clips: tuple[ClipResult, ...]
    started: float
    seconds: float
    operator: str
    registered: Registered = "off"
    report: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True where every clip was published or is there already."""
        return all(clip.status in ("published", "duplicate") for clip in self.clips)

    def document(self) -> dict[str, Any]:
        """The run as the JSON contract of `ingest` writes it."""
        return {
            "schema": "ramses-plates/ingest/1",
            "run": self.run,
            "clips": [clip.document() for clip in self.clips],
            "ignored": [entry.document() for entry in self.plan.ignored],
            "warnings": [*self.plan.warnings, *self.warnings],
            "findings": [finding.document() for finding in self.plan.findings],
            "mhl": manifest_documents(self),
            "registered": self.registered,
            "report": self.report,
        }
