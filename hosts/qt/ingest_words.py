# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress, totals and results in words; no Qt here."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Sequence

from ...core.events import Event
from ...core.finding import Finding
from ...core.plan import Plan
from ...core.report.rows import count_text, size_text
from ...core.run import RunResult
from ...core.undo import Undone
from .ingest_advice import for_panel
from .ingest_rows import names_to_be

_STAGES = {
    "scan": "Looking for clips",
    "probe": "Reading headers",
    "frames": "Checking every frame",
    "plan": "Planning",
    "publish": "Publishing",
    "verify": "Checking what was written",
    "register": "Telling Ramses",
    "preview": "Making previews",
    "report": "Writing the report",
    "undo": "Taking back",
}
_REGISTERED = {"yes": "Ramses knows them.", "queued": "Ramses will be told when it runs.", "off": ""}
# The speed is that of the last seconds: a share that becomes slow shows at once.
_WINDOW = 8.0
_TOLD = 30


class Pace:
    """How fast bytes pass, and how long the rest will take."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, done: int, now: float | None = None) -> None:
        """So much was done by now (seconds of a clock that never goes back)."""
        now = time.monotonic() if now is None else now
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()

    @property
    def speed(self) -> float:
        """Bytes a second, 0.0 while nobody can tell."""
        if len(self._seen) < 2:
            return 0.0
        (then, before), (now, done) = self._seen[0], self._seen[-1]
        return (done - before) / (now - then) if now - then >= 0.5 else 0.0

    def left(self, total: int) -> float | None:
        """Seconds until `total` is done, None while nobody can tell."""
        if not self._seen or self.speed <= 0:
            return None
        return max(0.0, (total - self._seen[-1][1]) / self.speed)


def left_text(seconds: float | None) -> str:
    """How long it will take, no finer than anybody can know."""
    if seconds is None:
        return ""
    if seconds < 8:
        return "a few seconds left"
    if seconds < 55:
        return f"about {round(seconds / 5) * 5} s left"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min left"
    return f"about {minutes // 60} h {minutes % 60:02d} min left"


def progress_text(event: Event, pace: Pace | None = None) -> str:
    """One line on what is being done, how far it is, how fast and how long still."""
    stage = _STAGES.get(event.stage, event.stage.capitalize())
    if event.unit == "bytes":
        amount = f"{size_text(event.done)} of {size_text(event.total)}"
    else:
        amount = f"{event.done:,}" + (f" of {event.total:,}" if event.total else "") + f" {event.unit}"
    parts = [stage, amount] if event.done or event.total else [stage]
    if pace is not None and event.unit == "bytes" and pace.speed:
        parts += [f"{size_text(pace.speed)}/s", left_text(pace.left(event.total))]
    return " · ".join(filter(None, parts))


def plan_text(plan: Plan) -> str:
    """What a plan comes to."""
    counts: Counter[str] = Counter(clip.status for clip in plan.clips)
    ready = len(plan.to_publish)
    parts = [f"{count_text(ready, 'plate')} to publish, {size_text(plan.bytes)}" if ready else "Nothing to publish"]
    for status, words in (("duplicate", "already there"), ("refused", "refused")):
        if counts[status]:
            parts.append(f"{counts[status]} {words}")
    return ", ".join(parts) + "."


def publish_button(plan: Plan) -> str:
    """The words on the button."""
    ready = len(plan.to_publish)
    return f"Publish {count_text(ready, 'plate')} · {size_text(plan.bytes)}" if ready else "Publish"


def result_text(result: RunResult) -> str:
    """What a run came to."""
    counts: Counter[str] = Counter(clip.status for clip in result.clips)
    done = counts["published"]
    parts = [f"{count_text(done, 'plate')} published" if done else "Nothing was published"]
    others = (("failed", "failed"), ("planned", "not begun"))
    parts += [f"{counts[status]} {words}" for status, words in others if counts[status]]
    registered = _REGISTERED[result.registered] if done else ""
    return " ".join(filter(None, [", ".join(parts) + ".", registered, *result.warnings]))


def undone_text(undone: Undone) -> str:
    """What became of a run that was taken back."""
    count = len(undone.moved) + len(undone.already)
    parts = [f"{count_text(count, 'version')} moved to the project's trash." if count else "Nothing was to take back."]
    parts += [f"{folder}: {why}" for folder, why in undone.refused[:5]]
    parts += undone.previews[:2]
    return " ".join(parts)


def dry_run_text(plan: Plan) -> str:
    """Everything that publishing would do, to be read or kept."""
    lines = [
        f"Dry run for {plan.options.root}",
        plan_text(plan),
        "Nothing was written, and nothing will be before Publish.",
    ]
    lines += ["", *(f"warning: {text}" for text in plan.warnings)] if plan.warnings else []
    if plan.to_publish:
        lines += ["", "Would be written", ""]
    for clip in plan.to_publish:
        names = names_to_be(clip)
        lines.append(f"{clip.folder}/")
        lines.append(f"    {' … '.join(names)}")
        lines.append(f"    {count_text(clip.clip.count, 'file')}, {size_text(clip.bytes)}, from {clip.clip.label}")
        lines += [f"    {finding.severity}: {finding.message}" for finding in _spoken(clip.findings)]
    others = [clip for clip in plan.clips if clip.status != "planned"]
    if others:
        lines += ["", "Would be left alone", ""]
    for clip in others:
        lines.append(f"{clip.clip.label}  ({clip.status})")
        lines += [f"    {finding.message} {finding.advice}".rstrip() for finding in _spoken(clip.findings, True)]
    if plan.ignored:
        lines += ["", f"No footage: {count_text(len(plan.ignored), 'file')}", ""]
        lines += [f"    {entry.path}: {entry.reason}" for entry in plan.ignored[:_TOLD]]
        lines += [f"    and {len(plan.ignored) - _TOLD:,} more"] if len(plan.ignored) > _TOLD else []
    return "\n".join(lines) + "\n"


def _spoken(findings: Sequence[Finding], also_why: bool = False) -> list[Finding]:
    told = [for_panel(finding) for finding in findings]
    chosen = [finding for finding in told if finding.severity != "info"]
    return chosen or (told[:2] if also_why else [])


def paths_text(paths: Sequence[str]) -> str:
    """The delivery in one line."""
    if not paths:
        return ""
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
