# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panels ask of the program that they live in: Nuke, or nothing but a window.

No Qt in here, so that a host can be written and tested without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from ...core.events import Cancel, Listener
from ...core.placement import Policy
from ...core.versions import PublishedVersion
from ...core.work_context import WorkContext

Found = TypeVar("Found")
Answer = TypeVar("Answer")

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Job(Generic[Found, Answer]):
    """Work in two halves: `work` runs on a worker thread and never touches the host, `finish` on the main thread.

    Both may raise PlatesError, `work` also Cancelled. Making a Job is done on the main thread: whatever the work needs
    to know of the host is taken then.
    """

    title: str
    work: Callable[[Listener, Cancel], Found]
    finish: Callable[[Found], Answer]


@dataclass(frozen=True)
class Note:
    """A sentence for the person, with how serious it is."""

    text: str
    severity: Severity = "info"


@dataclass(frozen=True)
class Wanted:
    """A published version to be loaded, and by which policy it is placed."""

    version: PublishedVersion
    policy: Policy = "shot-start"


@dataclass(frozen=True)
class Shown:
    """A plate that the scene shows. `state` is newest, older, missing or unknown; `reason` is a sentence.

    `node` is the host's full name of it. `ours` is False for nodes that somebody made by hand. `versions` are those
    that it can be switched to, newest first.
    """

    node: str
    path: str
    state: str
    reason: str
    ours: bool
    version: PublishedVersion | None = None
    versions: tuple[PublishedVersion, ...] = ()


@dataclass(frozen=True)
class SetupRow:
    """One setting of the scene beside what Ramses wants: `code` is rate, range, format or colour; texts for people."""

    code: str
    label: str
    now: str
    wanted: str
    source: str = ""

    @property
    def differs(self) -> bool:
        """True where applying it would change the scene."""
        return self.wanted != "" and self.now != self.wanted


@dataclass(frozen=True)
class Check:
    """A finding before a publish. `fix` labels the button that cures it, "" where only the artist can.

    Findings of severity "error" keep the scene from being published.
    """

    code: str
    message: str
    severity: Severity = "warning"
    fix: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Written:
    """What a publish will write, or has written: absolute paths, the folder first."""

    what: Literal["scene", "render"]
    folder: str
    files: tuple[str, ...]
    number: int | None = None


class Host(Protocol):
    """A program with a scene. All methods are called on the main thread and return at once."""

    @property
    def name(self) -> str:
        """For people: "Nuke 16.0v3", "Ramses Plates"."""
        ...

    @property
    def has_scene(self) -> bool:
        """False for the window of its own: nothing can be loaded, set up or published from it."""
        ...

    @property
    def limits(self) -> str:
        """A sentence on what this edition of the program cannot do, "" where there is nothing to say."""
        ...

    def scene_path(self) -> str:
        """The absolute path of the saved scene, "" while it has none."""
        ...

    def create(self, wanted: Sequence[Wanted]) -> Job[object, list[Note]]:
        """Make one node for each wanted version, as one undo step."""
        ...

    def shown(self) -> Job[object, list[Shown]]:
        """How every plate of the scene stands; finishing it also colours the nodes."""
        ...

    def update(self, nodes: Sequence[str], to: PublishedVersion | None = None) -> Job[object, list[Note]]:
        """Bring these nodes to their newest version, or one to a chosen one; the notes say what was kept."""
        ...

    def setup(self, context: WorkContext) -> Job[object, list[SetupRow]]:
        """The scene's settings beside those that Ramses wants; changes nothing."""
        ...

    def apply_setup(self, rows: Sequence[SetupRow]) -> list[Note]:
        """Give the scene the wanted values of these rows, as one undo step."""
        ...

    def checks(self, context: WorkContext) -> Job[object, list[Check]]:
        """What to look at before a publish."""
        ...

    def fix(self, check: Check) -> Job[object, list[Note]]:
        """Cure one finding."""
        ...

    def render(self, context: WorkContext) -> str:
        """The folder whose frames *Publish render* takes; it may not exist yet."""
        ...

    def setup_render(self, context: WorkContext) -> list[Note]:
        """Make the node that renders to that folder, or bring the one that is there up to date."""
        ...

    def save(self, context: WorkContext) -> list[Note]:
        """Save the scene as the work file of this step. Raises PlatesError."""
        ...

    def save_version(self, context: WorkContext, state: str, comment: str) -> Job[object, list[Note]]:
        """Save, then keep a copy as the next number in `_versions`."""
        ...

    def publish(
        self, context: WorkContext, what: Literal["scene", "render"], state: str, comment: str
    ) -> Job[object, tuple[Written, list[Note]]]:
        """Publish the saved scene or its render like a plate; registering waits in the outbox."""
        ...
