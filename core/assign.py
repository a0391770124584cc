# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is who: every clip's shot, sequence, step and resource from the edit, the rules and the person, in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .delivery import Delivered
from .editorial.model import Event
from .finding import Finding
from .footage import Footage
from .identify import identify_clip
from .identity import Identity
from .match import Matched, Matcher
from .order_report import clip_findings
from .plan import Override, PlanOptions, clip_key
from .resources import assign_resources
from .timecode_truth import check_timecode

NO_OVERRIDE = Override()


@dataclass(frozen=True)
class Assigned:
    """What is decided about one clip before the disk is asked. `rate` is the file's, or the person's."""

    delivered: Delivered
    identity: Identity
    override: Override
    footage: Footage
    event: Event | None = None
    rate: Fraction | None = None
    rate_manual: bool = False
    findings: tuple[Finding, ...] = ()


def assign(items: Sequence[Delivered], options: PlanOptions) -> list[Assigned]:
    """Decide for every clip. The edit wins over the name's rules, the person over both; each decision is a finding."""
    matcher = Matcher(options.edit.picture, options.criteria) if options.edit is not None else None
    decided = [_decide(item, options, matcher) for item in items]
    with_resources = assign_resources(
        [one.delivered.clip for one in decided],
        [one.identity for one in decided],
        options.rules,
        options.step or options.usual_step,
    )
    return [
        replace(one, identity=_overridden(identity, one.override))
        for one, identity in zip(decided, with_resources, strict=True)
    ]


def _decide(item: Delivered, options: PlanOptions, matcher: Matcher | None) -> Assigned:
    override = options.overrides.get(clip_key(item.clip), NO_OVERRIDE)
    given = override.rate or options.rate
    rate = given or item.media.fps
    findings: list[Finding] = []
    footage = Footage.of_clip(item.clip, item.media)
    if item.media.error is None:
        truth = check_timecode(item.clip, item.media, report=item.frames)
        footage, findings = truth.footage, list(truth.findings)
    if given is not None and given != item.media.fps:
        footage = footage.at_rate(given)
    identity = identify_clip(item.clip, options.rules)
    event = None
    if matcher is not None:
        matched = matcher.match(footage)
        findings += clip_findings(matched, matcher.events, footage)
        event, identity = _from_edit(matcher, matched, identity)
    manual = given is not None and given != item.media.fps
    return Assigned(item, _overridden(identity, override), override, footage, event, rate, manual, tuple(findings))


def _overridden(identity: Identity, override: Override) -> Identity:
    """The identity with what a person typed; an empty text takes a value away."""
    if (override.shot, override.sequence, override.step, override.resource) == (None, None, None, None):
        return identity
    return replace(
        identity,
        shot=_typed(override.shot, identity.shot),
        sequence=_typed(override.sequence, identity.sequence),
        step=_typed(override.step, identity.step),
        resource=_typed(override.resource, identity.resource),
        rule="set by hand",
        sequence_guessed=identity.sequence_guessed and override.sequence is None,
    )


def _typed(value: str | None, found: str | None) -> str | None:
    return found if value is None else value.strip() or None


def _from_edit(matcher: Matcher, matched: Matched, identity: Identity) -> tuple[Event | None, Identity]:
    """The event that ordered the clip (None unless exactly one did) and the identity that the edit gives it."""
    events = [matcher.events[match.event] for match in matched.matches]
    event = events[0] if len(events) == 1 else _narrowed(events, identity)
    named = [one for one in ([event] if event else events) if one.shot]
    if len({one.shot for one in named}) != 1:
        return event, identity
    chosen = named[0]
    sequence = chosen.sequence or identity.sequence
    return event, replace(identity, shot=chosen.shot, sequence=sequence, rule=f"edit, {chosen.label}")


def _narrowed(events: list[Event], identity: Identity) -> Event | None:
    """The one event whose shot the clip's own name confirms, None where the name does not settle it."""
    wanted = (identity.shot or "").upper()
    fitting = [event for event in events if event.shot and event.shot.upper() == wanted]
    return fitting[0] if len(fitting) == 1 else None
