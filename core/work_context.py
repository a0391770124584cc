# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist's scene belongs to, read from where it lies: project, shot or asset, step, resource."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import SettingsError
from .ids import DEFAULT_STATES, check_id, check_resource
from .project_facts import ProjectFacts, load_facts
from .tree import (
    ASSETS,
    PREVIEW,
    PROD,
    PUBLISHED,
    SHOTS,
    VERSIONS,
    find_project_root,
    media_stem,
    parse_file_name,
    parse_step_folder,
    step_folder,
)

# kind -> where its step folders lie below the project, and how many folders deep
_HOMES = {SHOTS: 3, ASSETS: 4}


_RESTORED = re.compile(r"\+restored-v\d+\+\Z", re.IGNORECASE)


@dataclass(frozen=True)
class WorkContext:
    """The step that a scene is worked on in.

    `root` is the absolute project folder, `project` its short name, `kind` "S" for a shot and "A" for an asset, `name`
    the shot's or asset's short name. `resource` "" is the main scene. `step_folder` is relative to the project with
    `/` separators, spelled as on disk.
    """

    root: str
    project: str
    kind: str
    name: str
    step: str
    resource: str
    step_folder: str

    @classmethod
    def from_path(cls, path: str, states: Iterable[str] | None = None) -> WorkContext:
        """The context of a scene, of one of its versions, or of a step folder; the file need not exist.

        `states` are the states' short names (None = those that Ramses named the last time). Raises SettingsError
        where the path lies in no step folder of a Ramses project.
        """
        path = os.path.abspath(path)
        root = find_project_root(os.path.dirname(path)) or find_project_root(path)
        parts = [] if root is None else os.path.relpath(path, root).split(os.sep)
        depth = _HOMES.get(parts[0], 0) if parts else 0
        step = parse_step_folder(parts[depth - 1], parts[depth - 2]) if depth and len(parts) >= depth else None
        if root is None or step is None:
            raise SettingsError(
                "this lies in no step folder of a Ramses project.",
                path,
                "Choose the shot and step, or save it as 05-SHOTS/PROJ_S_SHOT/PROJ_S_SHOT_STEP/PROJ_S_SHOT_STEP.",
            )
        resource = _resource(os.path.basename(path), tuple(states or known_states(root)), step.step)
        return cls(root, step.project, step.kind, step.name, step.step, resource, "/".join(parts[:depth]))

    @classmethod
    def of_shot(cls, root: str, project: str, shot: str, step: str, resource: str = "") -> WorkContext:
        """The context of a shot that a person chose. Raises NameRefused for ids that Ramses cannot write."""
        states = known_states(root)
        ids = [check_id(kind, text, states) for kind, text in (("project", project), ("shot", shot), ("step", step))]
        folder = step_folder(ids[0], ids[1], ids[2])
        return cls(os.path.abspath(root), ids[0], "S", ids[1], ids[2], check_resource(resource, states), folder)

    @property
    def shot(self) -> str:
        """The shot's short name, "" for an asset."""
        return self.name if self.kind == "S" else ""

    @property
    def stem(self) -> str:
        """`PROJ_S_SHOT_STEP[_RES]`: what all files of this scene begin with."""
        stem = media_stem(self.project, self.name, self.step, self.resource)
        return stem if self.kind == "S" else stem.replace("_S_", f"_{self.kind}_", 1)

    @property
    def folder(self) -> str:
        """The absolute step folder: the work file lives here."""
        return os.path.join(self.root, *self.step_folder.split("/"))

    @property
    def versions(self) -> str:
        """The absolute folder of the saved work versions."""
        return os.path.join(self.folder, VERSIONS)

    @property
    def published(self) -> str:
        """The absolute folder of the published versions."""
        return os.path.join(self.folder, PUBLISHED)

    @property
    def preview(self) -> str:
        """The absolute folder of previews, where review tools look."""
        return os.path.join(self.folder, PREVIEW)

    @property
    def templates(self) -> str:
        """The absolute folder of the step's templates."""
        return os.path.join(self.root, PROD, f"{self.project}_G_{self.step}", "Templates")

    @property
    def label(self) -> str:
        """A short name for people: "SH010 COMP REF"."""
        return f"{self.name} {self.step} {self.resource}".rstrip()

    def facts(self) -> ProjectFacts | None:
        """What Ramses said of the project the last time it was seen."""
        return load_facts(self.root)

    def work_path(self, ext: str) -> str:
        """Where the work file lies: `<step folder>/PROJ_S_SHOT_STEP[_RES].ext`."""
        return os.path.join(self.folder, f"{self.stem}.{ext.lstrip('.')}")

    def preview_path(self, ext: str) -> str:
        """Where the preview lies: `_preview/PROJ_S_SHOT_STEP[_RES].ext`, not versioned."""
        return os.path.join(self.preview, f"{self.stem}.{ext.lstrip('.')}")


def known_states(root: str) -> tuple[str, ...]:
    """The states' short names as Ramses named them the last time, else those of a fresh Ramses."""
    facts = load_facts(root)
    return tuple(state.short_name for state in facts.states) if facts is not None and facts.states else DEFAULT_STATES


def _resource(name: str, states: tuple[str, ...], step: str) -> str:
    parsed = parse_file_name(name, states)
    if parsed is None or parsed.step.upper() != step.upper():
        return ""
    # A restored version is the same scene again: it is published as that, not as a thing of its own.
    return _RESTORED.sub("", parsed.resource)
