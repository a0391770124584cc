# SPDX-License-Identifier: GPL-3.0-or-later
"""What a suite's JUnit file says: how many passed, failed and were skipped, and which skips are not allowed."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from dataclasses import dataclass

ALLOWED_SKIP = "real media absent:"


@dataclass(frozen=True)
class Outcome:
    """One suite's numbers. `trouble` holds a sentence for everything that makes the run a failure."""

    suite: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    trouble: tuple[str, ...] = ()


def read(suite: str, path: str, exit_code: int | None) -> Outcome:
    """The outcome of a pytest run that wrote `path` and ended with `exit_code` (None = it ran out of time)."""
    trouble = [] if exit_code == 0 else [_exit_sentence(exit_code)]
    try:
        cases = list(xml.parse(path).getroot().iter("testcase"))
    except (OSError, xml.ParseError) as error:
        return Outcome(suite, failed=1, trouble=(*trouble, f"it left no readable results ({error})"))
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skips = [case for case in cases if case.find("skipped") is not None]
    trouble += [f"not allowed to skip: {name}: {reason}" for name, reason in _forbidden(skips)]
    if not cases:
        trouble.append("it ran no test")
    passed = max(0, len(cases) - failed - len(skips))
    return Outcome(suite, passed, max(failed, 1 if exit_code and not failed else 0), len(skips), tuple(trouble))


def _forbidden(skips: list[xml.Element]) -> list[tuple[str, str]]:
    found = []
    for case in skips:
        mark = case.find("skipped")
        reason = "" if mark is None else mark.get("message", "")
        if not reason.startswith(ALLOWED_SKIP):
            found.append((f"{case.get('classname')}.{case.get('name')}", reason))
    return found


def _exit_sentence(exit_code: int | None) -> str:
    if exit_code is None:
        return "it did not end in time"
    return "tests failed" if exit_code == 1 else f"pytest ended with {exit_code}"


def closing_line(outcomes: list[Outcome]) -> str:
    """`N passed, N failed[, N skipped]` over all suites."""
    passed, failed, skipped = (
        sum(getattr(outcome, kind) for outcome in outcomes) for kind in ("passed", "failed", "skipped")
    )
    return f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
