# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: what will be published where, frozen and hashed. Making it writes nothing; carrying it out asks nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from .checks import Spec, default_step
from .clip import Clip
from .conform import StartFacts
from .editorial.model import Edit, Event
from .finding import Finding, blocks
from .identity import Identity
from .job import VerifyLevel
from .manifest_check import ClipListing, Manifests, When
from .match import Criteria
from .media import Media
from .project_facts import ProjectFacts
from .rules import BUILTIN, Rules
from .source_files import SourceFiles

Status = Literal["planned", "published", "duplicate", "refused", "failed"]
Incomplete = Literal["refuse", "publish"]


@dataclass(frozen=True)
class Override:
    """What a person decided about one clip; None = what the rules say. `skip` leaves the clip out."""

    shot: str | None = None
    sequence: str | None = None
    resource: str | None = None
    step: str | None = None
    rate: Fraction | None = None
    colorspace: str | None = None
    skip: bool = False


@dataclass(frozen=True)
class ProjectView:
    """What is known of the Ramses project when planning, from Ramses, from its last visit or from the command line.

    `shots` maps the upper-case shot id to (spelling, sequence id or None); `sequences` a sequence id to its standard.
    `starts` maps a step to its start frame and handles. `facts` is what Ramses said, None where it never did.
    """

    project: str
    spec: Spec = field(default_factory=lambda: Spec("the project"))
    sequences: Mapping[str, Spec] = field(default_factory=dict)
    shots: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    starts: Mapping[str, StartFacts] = field(default_factory=dict)
    facts: ProjectFacts | None = None


@dataclass(frozen=True)
class PlanOptions:
    """Everything a plan depends on besides the delivery and the disk.

    `root` is the absolute project folder. `incomplete` None publishes gaps with a warning but holds back what looks
    like a patch. `step` None takes the step in a clip's name where the project has it, else the `usual_step`.
    `overrides` are keyed by `clip_key()`. `manifests` are MHL files or ASC MHL folders that do not lie in the delivery;
    all are compared while copying or while planning (`check_manifests`), or not at all.
    """

    root: str
    view: ProjectView
    step: str | None = None
    state: str = "WIP"
    rules: Rules = BUILTIN
    edit: Edit | None = None
    criteria: Criteria = field(default_factory=Criteria)
    rate: Fraction | None = None
    incomplete: Incomplete | None = None
    patch: bool = False
    colorspace: str | None = None
    verify: VerifyLevel = "full"
    start: StartFacts | None = None
    manifests: tuple[str, ...] = ()
    check_manifests: When = "copy"
    overrides: Mapping[str, Override] = field(default_factory=dict)

    @property
    def usual_step(self) -> str:
        """The step for plates: the project's own, PLATE where nobody knows its steps."""
        return default_step(self.view.steps) or "PLATE"


def clip_key(clip: Clip) -> str:
    """What tells one clip from another between two plans of a delivery: its folder and name without frames."""
    return json.dumps([clip.root, clip.dir, clip.base, clip.sep, clip.padding, clip.suffix, clip.ext, clip.file])


@dataclass(frozen=True)
class PlannedClip:
    """One clip with everything that is decided about it.

    `resource` "" is the main plate. `version` and `folder` (the version folder relative to the project) are what the
    plan expects; publishing may get a higher number when somebody else was faster. `base_version` is the folder whose
    frames a patch delivery completes, `base` are its files. `timecode_breaks` are (frame, label) where the timecode
    starts anew. `record` holds what a placement needs later, for the sidecar. `listing` is what the vendor's
    manifests say of it.
    """

    clip: Clip
    media: Media
    identity: Identity
    shot: str = ""
    sequence: str | None = None
    step: str = ""
    resource: str = ""
    state: str = ""
    rate: Fraction | None = None
    rate_manual: bool = False
    colorspace: str | None = None
    colorspace_manual: bool = False
    event: Event | None = None
    step_folder: str | None = None
    version: int | None = None
    folder: str | None = None
    sources: SourceFiles | None = None
    base: SourceFiles | None = None
    base_version: str | None = None
    timecode_breaks: tuple[tuple[int, str | None], ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)
    listing: ClipListing | None = None
    findings: tuple[Finding, ...] = ()
    status: Status = "refused"

    @property
    def key(self) -> str:
        """See clip_key()."""
        return clip_key(self.clip)

    @property
    def bytes(self) -> int:
        """Bytes to be copied, 0 where the files were not looked at."""
        return self.sources.total_bytes if self.sources is not None else 0

    @property
    def blocked(self) -> bool:
        """True where a finding keeps the clip from being published."""
        return blocks(self.findings)

    @property
    def hash(self) -> str:
        """A digest of sources and target: the same plan made twice has the same one."""
        files = "" if self.sources is None else self.sources.digest()
        parts = [self.step_folder, self.resource, self.state, files, self.base_version]
        return hashlib.sha1(json.dumps(parts).encode("ascii"), usedforsecurity=False).hexdigest()

    def document(self) -> dict[str, Any]:
        """The clip as the JSON contract of `ingest` writes it."""
        clip = self.clip
        return {
            "base": clip.base,
            "dir": clip.dir,
            "ext": clip.ext,
            "sequence": self.sequence,
            "shot": self.shot or None,
            "step": self.step or None,
            "resource": self.resource or None,
            "view": clip.view or None,
            "version": self.version,
            "folder": self.folder,
            "frames": str(clip.frames) if not clip.file else None,
            "bytes": self.bytes,
            "status": self.status,
            "findings": [finding.document() for finding in self.findings],
        }


@dataclass(frozen=True)
class Plan:
    """All clips of a delivery, in its order, with the options they were planned with.

    `missing` are, by manifest, the files that the vendor's manifests list and that did not arrive.
    """

    options: PlanOptions
    paths: tuple[str, ...]
    clips: tuple[PlannedClip, ...]
    ignored: tuple[Any, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    manifests: Manifests = field(default_factory=Manifests)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def to_publish(self) -> tuple[PlannedClip, ...]:
        """The clips that publishing will work on."""
        return tuple(clip for clip in self.clips if clip.status == "planned")

    @property
    def bytes(self) -> int:
        """Bytes that publishing will copy."""
        return sum(clip.bytes for clip in self.to_publish)
