# SPDX-License-Identifier: GPL-3.0-or-later
"""A program with a scene that is nothing but Python: saves, publishes and updates for real, in a real project."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ramses_plates.core.errors import SettingsError, WriteFailed
from ramses_plates.core.events import Cancel, Listener
from ramses_plates.core.versions import PublishedVersion, versions_in
from ramses_plates.core.work_context import WorkContext
from ramses_plates.core.work_publish import publish_render, publish_scene
from ramses_plates.core.workfile import save_version
from ramses_plates.hosts.qt.host import Check, Job, Note, SetupRow, Shown, Wanted, Written


@dataclass
class FakeScene:
    """`plates` are the nodes of the scene and what each shows. Every call is on `calls`, with its thread watched."""

    path: str = ""
    name: str = "Scene 1.0"
    has_scene: bool = True
    limits: str = ""
    plates: dict[str, PublishedVersion] = field(default_factory=dict)
    strangers: tuple[Shown, ...] = ()
    rows: list[SetupRow] = field(default_factory=list)
    findings: list[Check] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    slow: threading.Event | None = None
    problem: Exception | None = None
    main: int = field(default_factory=threading.get_ident)

    def _called(self, name: str) -> None:
        assert threading.get_ident() == self.main, f"{name} was called off the main thread"
        self.calls.append(name)
        if self.problem is not None:
            raise self.problem

    def _wait(self, cancel: Cancel) -> None:
        """Work as long as the test wants, and stop when asked to."""
        assert threading.get_ident() != self.main, "the disk was looked at on the main thread"
        while self.slow is not None and not self.slow.wait(0.01):
            cancel.check()

    def scene_path(self) -> str:
        self._called("scene_path")
        return self.path

    def create(self, wanted: Sequence[Wanted]) -> Job[object, list[Note]]:
        self._called("create")
        chosen = list(wanted)

        def finish(_found: object) -> list[Note]:
            notes = []
            for one in chosen:
                name = f"Read{len(self.plates) + 1}"
                self.plates[name] = one.version
                notes.append(Note(f"{name}: {one.version.shot} {one.version.name}, placed by {one.policy}."))
            return notes

        return Job("Create", lambda _listen, cancel: self._wait(cancel), finish)

    def shown(self) -> Job[object, list[Shown]]:
        self._called("shown")
        plates = dict(self.plates)

        def work(_listen: Listener, cancel: Cancel) -> list[Shown]:
            self._wait(cancel)
            return [_standing(node, version) for node, version in plates.items()]

        return Job("Versions", work, lambda found: [*found, *self.strangers])

    def update(self, nodes: Sequence[str], to: PublishedVersion | None = None) -> Job[object, list[Note]]:
        self._called("update")
        names = list(nodes)

        def work(_listen: Listener, cancel: Cancel) -> dict[str, PublishedVersion]:
            self._wait(cancel)
            return {name: to or _newest(self.plates[name]) for name in names}

        def finish(found: dict[str, PublishedVersion]) -> list[Note]:
            notes = []
            for name, version in found.items():
                notes.append(Note(f"{name}: {self.plates[name].name} became {version.name}, kept its last frame."))
                self.plates[name] = version
            return notes

        return Job("Update", work, finish)

    def setup(self, context: WorkContext) -> Job[object, list[SetupRow]]:
        self._called("setup")
        del context
        return Job("Shot set-up", lambda _listen, cancel: self._wait(cancel), lambda _found: list(self.rows))

    def apply_setup(self, rows: Sequence[SetupRow]) -> list[Note]:
        self._called("apply_setup")
        chosen = {row.code for row in rows}
        self.rows = [
            SetupRow(row.code, row.label, row.wanted, row.wanted, row.source) if row.code in chosen else row
            for row in self.rows
        ]
        return [Note(f"{row.label}: {row.now} became {row.wanted}.") for row in rows]

    def checks(self, context: WorkContext) -> Job[object, list[Check]]:
        self._called("checks")
        del context
        return Job("Checks", lambda _listen, cancel: self._wait(cancel), lambda _found: list(self.findings))

    def fix(self, check: Check) -> Job[object, list[Note]]:
        self._called("fix")

        def finish(_found: object) -> list[Note]:
            self.findings.remove(check)
            return [Note(f"{check.fix}: done.")]

        return Job("Fix", lambda _listen, cancel: self._wait(cancel), finish)

    def render(self, context: WorkContext) -> str:
        self._called("render")
        return os.path.join(context.folder, "_render")

    def setup_render(self, context: WorkContext) -> list[Note]:
        self._called("setup_render")
        os.makedirs(os.path.join(context.folder, "_render"), exist_ok=True)
        return [Note(f"RamsesRender writes to {os.path.join(context.folder, '_render')}.")]

    def save(self, context: WorkContext) -> list[Note]:
        self._called("save")
        self.path = context.work_path("nk")
        os.makedirs(context.folder, exist_ok=True)
        try:
            with open(self.path, "w", encoding="ascii") as file:
                file.write("Root {\n}\n")
        except OSError as error:
            raise WriteFailed(f"cannot save: {error.strerror}.", self.path) from error
        return [Note(f"Saved {os.path.basename(self.path)}.")]

    def save_version(self, context: WorkContext, state: str, comment: str) -> Job[object, list[Note]]:
        self.save(context)

        def work(_listen: Listener, cancel: Cancel) -> str:
            self._wait(cancel)
            return save_version(context, self.path, state, comment)

        return Job("Save new version", work, lambda path: [Note(f"Kept as {os.path.basename(path)}.")])

    def publish(
        self, context: WorkContext, what: Literal["scene", "render"], state: str, comment: str
    ) -> Job[object, tuple[Written, list[Note]]]:
        self._called("publish")
        if not self.path:
            raise SettingsError("the scene is not saved.", advice="Save it.")
        path = self.path

        def work(listen: Listener, cancel: Cancel) -> Any:
            self._wait(cancel)
            if what == "scene":
                return publish_scene(context, path, "nk", state, comment, listen=listen, cancel=cancel), ()
            render = os.path.join(context.folder, "_render")
            return publish_render(context, render, state, comment, listen=listen, cancel=cancel)

        def finish(found: Any) -> tuple[Written, list[Note]]:
            published, findings = found
            folder = os.path.join(context.root, *published.folder.split("/"))
            files = tuple(sorted(os.path.join(folder, name) for name in os.listdir(folder) if context.stem in name))
            notes = [Note(finding.message, finding.severity) for finding in findings]
            return Written(what, folder, files, published.version), [*notes, Note("Ramses is told when it runs.")]

        return Job("Publish", work, finish)


def siblings(version: PublishedVersion) -> tuple[PublishedVersion, ...]:
    """All versions of the same plate, newest first."""
    found = versions_in(version.project_root, version.folder.partition("/_published/")[0])
    return tuple(other for other in reversed(found) if other.resource == version.resource)


def _newest(version: PublishedVersion) -> PublishedVersion:
    return siblings(version)[0]


def _standing(node: str, version: PublishedVersion) -> Shown:
    path = f"{version.path}/{version.shot}.####.exr"
    all_of_it = siblings(version)
    if not os.path.isdir(version.path):
        reason = f"The version folder {version.name} is not there."
        return Shown(node, path, "missing", reason, True, version, all_of_it)
    if all_of_it[0].number > version.number:
        reason = f"Version {all_of_it[0].number:03d} is there, this is {version.number:03d}."
        return Shown(node, path, "older", reason, True, version, all_of_it)
    return Shown(node, path, "newest", "No newer version is published.", True, version, all_of_it)
