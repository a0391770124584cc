# SPDX-License-Identifier: GPL-3.0-or-later
"""All of Ramses that a sync looks things up in, read in six requests however many clips there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..lib.ramses.client import RamDaemonInterface
from ..lib.ramses.model import (
    RamAsset,
    RamProject,
    RamSequence,
    RamShot,
    RamState,
    RamStatus,
    RamStep,
    by_short_name,
    current_statuses,
)
from .ask_ramses import facts_of
from .project_facts import ProjectFacts


@dataclass
class Snapshot:
    """Bulk reads, indexed by name. Good for finding things; whatever is changed is read afresh first.

    `sequence_uuids` and `shot_uuids` are all that are stored, also of other projects: new ones must differ.
    """

    projects: list[RamProject]
    steps: list[RamStep]
    states: dict[str, RamState]
    statuses: dict[tuple[str, str], RamStatus]
    all_sequences: list[RamSequence]
    all_shots: list[RamShot]
    sequence_uuids: set[str] = field(default_factory=set)
    shot_uuids: set[str] = field(default_factory=set)
    assets: list[RamAsset] = field(default_factory=list)
    _sequences: dict[tuple[str, str], list[RamSequence]] = field(default_factory=lambda: defaultdict(list))
    _shots: dict[tuple[str, str], list[RamShot]] = field(default_factory=lambda: defaultdict(list))
    _orders: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def read(cls, client: RamDaemonInterface, with_assets: bool = False) -> Snapshot:
        """Six requests, seven with the assets. Raises RamsesError."""
        projects, steps, states = client.objects(RamProject), client.objects(RamStep), client.objects(RamState)
        sequences, shots = client.objects(RamSequence), client.objects(RamShot)
        statuses = current_statuses(client.objects(RamStatus))
        found = cls(projects, steps, {state.uuid: state for state in states}, statuses, [], [])
        for sequence in sequences:
            found.add_sequence(sequence)
        for shot in shots:
            found.add_shot(shot)
        found.assets = client.objects(RamAsset) if with_assets else []
        return found

    def project(self, short_name: str, uuid: str) -> RamProject | None:
        """The project of that uuid, else (where none is known) of that short name."""
        if uuid:
            return next((project for project in self.projects if project.uuid == uuid), None)
        return by_short_name(self.projects, short_name)

    def step(self, project: RamProject, short_name: str, kind: str = "shot") -> RamStep | None:
        """The project's step of that id; those of this kind first, because a step of shots and one of assets may
        have the same.
        """
        mine = [step for step in self.steps if step.project == project.uuid]
        of_kind = by_short_name((step for step in mine if step.kind == kind), short_name)
        return of_kind or by_short_name(mine, short_name)

    def asset(self, project: RamProject, short_name: str) -> RamAsset | None:
        """The project's asset of that id."""
        return by_short_name((asset for asset in self.assets if asset.project == project.uuid), short_name)

    def state(self, short_name: str) -> RamState | None:
        """The state of that id."""
        return by_short_name(self.states.values(), short_name)

    def sequence(self, project: RamProject, short_name: str) -> RamSequence | None:
        """The project's sequence of that id."""
        return by_short_name(self._sequences.get((project.uuid, short_name.casefold()), ()), short_name)

    def shot(self, project: RamProject, short_name: str, sequence: RamSequence | None) -> RamShot | None:
        """The project's shot of that id; where there are several, the one of that sequence."""
        found = self._shots.get((project.uuid, short_name.casefold()), [])
        in_sequence = [shot for shot in found if sequence is not None and shot.sequence == sequence.uuid]
        return by_short_name(in_sequence or found, short_name)

    def shots_named(self, project: RamProject, short_name: str) -> int:
        """How many shots of the project have that id: more than one is a mistake that others made."""
        return len(self._shots.get((project.uuid, short_name.casefold()), ()))

    def add_sequence(self, sequence: RamSequence) -> None:
        """Note a sequence, read or just created."""
        self.all_sequences.append(sequence)
        self.sequence_uuids.add(sequence.uuid)
        self._sequences[(sequence.project, sequence.short_name.casefold())].append(sequence)
        self._note_order("RamSequence", sequence.project, sequence.order)

    def add_shot(self, shot: RamShot) -> None:
        """Note a shot, read or just created."""
        self.all_shots.append(shot)
        self.shot_uuids.add(shot.uuid)
        self._shots[(shot.project, shot.short_name.casefold())].append(shot)
        self._note_order("RamShot", shot.project, shot.order)

    def replace_shot(self, shot: RamShot) -> None:
        """Note what a shot is like now."""
        places: Iterable[list[RamShot]] = (self.all_shots, self._shots[(shot.project, shot.short_name.casefold())])
        for place in places:
            for at, known in enumerate(place):
                if known.uuid == shot.uuid:
                    place[at] = shot

    def next_order(self, kind: type[RamSequence] | type[RamShot], project: RamProject) -> int:
        """The `order` that puts a new object last."""
        return self._orders.get((kind.TYPE, project.uuid), -1) + 1

    def facts(self, project: RamProject) -> ProjectFacts:
        """What planning needs of the project, from this snapshot."""
        return facts_of(project, self.steps, list(self.states.values()), self.all_sequences, self.all_shots)

    def _note_order(self, kind: str, project: str, order: int) -> None:
        self._orders[(kind, project)] = max(self._orders.get((kind, project), -1), order)
