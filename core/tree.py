# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ramses folder tree and its names, both ways: what we write, and what any Ramses tool may have written.

Written paths are relative to the project folder and use `/`. Ids are taken as they are: check them first (`check_id`),
and ask `shot_spelling` how a shot is spelled.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .errors import NameRefused
from .ids import (
    DEFAULT_STATES,
    VERSION_PREFIXES,
    check_component,
    check_id,
    check_relative,
    check_resource,
    check_state,
    propose_id,
    propose_resource,
)

__all__ = [
    "DEFAULT_STATES",
    "FileName",
    "StepFolder",
    "VersionName",
    "check_component",
    "check_id",
    "check_relative",
    "check_resource",
    "check_state",
    "find_project_id",
    "find_project_root",
    "media_name",
    "media_stem",
    "next_version",
    "parse_file_name",
    "parse_shot_folder",
    "parse_step_folder",
    "parse_version_folder",
    "preview_file",
    "propose_id",
    "propose_resource",
    "published_folder",
    "shot_folder",
    "shot_spelling",
    "step_folder",
    "version_folder",
    "work_file_name",
]

ADMIN, PRE_PROD, PROD, POST_PROD = "00-ADMIN", "01-PRE-PROD", "02-PROD", "03-POST-PROD"
ASSETS, SHOTS, EXPORT = "04-ASSETS", "05-SHOTS", "06-EXPORT"
# One of these below a folder marks it as a Ramses project. The Ramses Client itself calls the last one 06-OUTPUT.
PROJECT_FOLDERS = (SHOTS, ASSETS, PROD, ADMIN, PRE_PROD, POST_PROD, EXPORT)
PROJECT_MARKERS = (*PROJECT_FOLDERS, "06-OUTPUT")
PUBLISHED, VERSIONS, PREVIEW, TRASH = "_published", "_versions", "_preview", "_trash"
REPORTS, DELIVERIES, INGEST_LOG = "_ingest_reports", "_deliveries", "ingest_history.log"
SIDECAR, COMPLETE_MARKER = "_ramses_data.json", ".ramses_complete"

_FRAME = re.compile(r"-?\d+\Z", re.ASCII)
_EXTENSION = re.compile(r"[a-z0-9]+\Z")
_STEP_FOLDER = re.compile(r"([^_]+)_([SA])_(.+)_([^_]+)\Z", re.IGNORECASE)
_SHOT_FOLDER = re.compile(r"([^_]+)_S_(.+)\Z", re.IGNORECASE)
_NUMBER = re.compile(r"v?([0-9]{1,5})\Z", re.IGNORECASE)


@dataclass(frozen=True)
class VersionName:
    """A version folder read back. `state` and `resource` are "" where the name has none."""

    number: int
    state: str
    resource: str
    name: str


@dataclass(frozen=True)
class StepFolder:
    """The folder of a step of a shot (`kind` "S") or asset ("A"), as it is spelled on disk."""

    project: str
    kind: str
    name: str
    step: str


@dataclass(frozen=True)
class FileName:
    """A Ramses file name. `kind` is S, A or G; `name` the shot, asset or (G) the free name; "" where a part is absent.

    `state` is the version prefix as written (`v`, `pub`, `WIP`), `version` None where the name has no version block.
    `ext` is all that follows the first dot, a frame number included: `1001.exr`.
    """

    project: str
    kind: str
    name: str
    step: str
    resource: str
    state: str
    version: int | None
    ext: str


def shot_spelling(shot: str, existing: Iterable[str] = ()) -> str:
    """How a shot is spelled in folders and files: as it already exists, whatever its case, else in upper case."""
    found = ""
    for other in existing:
        if other == shot:
            return shot
        if not found and other.upper() == shot.upper():
            found = other
    return found or shot.upper()


def shot_folder(project: str, shot: str) -> str:
    """`05-SHOTS/PROJ_S_SHOT`. Raises NameRefused for ids that are no safe folder name."""
    return f"{SHOTS}/{check_component(f'{project}_S_{shot}')}"


def step_folder(project: str, shot: str, step: str) -> str:
    """`05-SHOTS/PROJ_S_SHOT/PROJ_S_SHOT_STEP`: work files live here. Raises NameRefused."""
    return f"{shot_folder(project, shot)}/{check_component(f'{project}_S_{shot}_{step}')}"


def published_folder(project: str, shot: str, step: str) -> str:
    """The `_published` folder of a step, where version folders are committed. Raises NameRefused."""
    return f"{step_folder(project, shot, step)}/{PUBLISHED}"


def version_folder(number: int, state: str, resource: str = "") -> str:
    """`001_WIP`, or `BG_001_WIP` for a resource: the only two forms that all Ramses tools read alike.

    Raises NameRefused for a number below 1, a state or a resource that could not be read back.
    """
    if number < 1:
        raise NameRefused(f"{number} is no version number: the first one is 1.")
    tail = f"{number:03d}_{check_state(state)}"
    clean = check_resource(resource)
    return check_component(f"{clean}_{tail}" if clean else tail)


def media_stem(project: str, shot: str, step: str, resource: str = "") -> str:
    """`PROJ_S_SHOT_STEP` or `PROJ_S_SHOT_STEP_RES`: what the published files of one version begin with."""
    return "_".join(part for part in (project, "S", shot, step, resource) if part)


def media_name(project: str, shot: str, step: str, resource: str, frame_text: str, ext: str) -> str:
    """`PROJ_S_SHOT_STEP[_RES][.frame].ext`; `frame_text` holds the digits as delivered, "" for movies and stills.

    Raises NameRefused where this is no safe file name.
    """
    frame = f".{frame_text}" if frame_text else ""
    extension = ext.lower().lstrip(".")
    if (frame_text and not _FRAME.match(frame_text)) or not _EXTENSION.match(extension):
        raise NameRefused(f'"{frame}.{extension}" is no frame number and extension.')
    return check_component(f"{media_stem(project, shot, step, resource)}{frame}.{extension}")


def work_file_name(
    project: str, shot: str, step: str, ext: str, resource: str = "", state: str = "", version: int | None = None
) -> str:
    """`PROJ_S_SHOT_STEP[_RES][_WIP012].ext`: an artist's scene, with a version block in `_versions`."""
    block = "" if version is None else f"_{state or 'v'}{version:03d}"
    return check_component(f"{media_stem(project, shot, step, resource)}{block}.{ext.lstrip('.')}")


def preview_file(project: str, shot: str, step: str, ext: str = "jpg", resource: str = "") -> str:
    """The path of a preview: `.../PROJ_S_SHOT_STEP/_preview/PROJ_S_SHOT_STEP[_RES].jpg`, not versioned."""
    return f"{step_folder(project, shot, step)}/{PREVIEW}/{media_name(project, shot, step, resource, '', ext)}"


def parse_version_folder(name: str) -> VersionName | None:
    """Read a version folder in every spelling met: `001`, `12_WIP`, `1000_OK`, `BG_CITY_007_WIP`, `_004_OK`, `v001`.

    A first block of digits is the number, else the last one that stands at the end or right before the state, else the
    first of at least three digits. None for other names and for dot-names (unfinished work).
    """
    if name.startswith("."):
        return None
    blocks = name.split("_")
    numbers = [_NUMBER.match(block) for block in blocks]
    at = _number_block(blocks, [match is not None for match in numbers])
    match = numbers[at] if at is not None else None
    if at is None or match is None:
        return None
    return VersionName(int(match[1]), "_".join(blocks[at + 1 :]), "_".join(blocks[:at]), name)


def _number_block(blocks: list[str], numeric: list[bool]) -> int | None:
    if numeric[0] and not (len(blocks) > 1 and numeric[1]):
        return 0
    for at in (len(blocks) - 2, len(blocks) - 1):
        if at > 0 and numeric[at]:
            return at
    candidates = [at for at, block in enumerate(blocks) if numeric[at] and len(block) >= 3]
    return candidates[0] if candidates else (0 if numeric[0] else None)


def next_version(names: Iterable[str]) -> int:
    """The number after the highest one in `names`: main plate and resources share one counter per step."""
    found = (parse_version_folder(name) for name in names)
    return 1 + max((version.number for version in found if version), default=0)


def parse_shot_folder(name: str) -> tuple[str, str] | None:
    """(project, shot) of `PROJ_S_SHOT` as spelled, None for other names. A shot with `_` in it is kept whole."""
    match = _SHOT_FOLDER.match(name)
    return (match[1], match[2]) if match else None


def parse_step_folder(name: str, parent: str = "") -> StepFolder | None:
    """Read `PROJ_S_SHOT_STEP` or `PROJ_A_ASSET_STEP`; the name of its `parent` folder settles where the step begins."""
    head = f"{parent}_"
    if parent and name.upper().startswith(head.upper()) and len(name) > len(head):
        match = re.match(r"([^_]+)_([SA])_(.+)\Z", name[: len(parent)], re.IGNORECASE)
        if match:
            return StepFolder(match[1], match[2].upper(), match[3], name[len(head) :])
    match = _STEP_FOLDER.match(name)
    return StepFolder(match[1], match[2].upper(), match[3], match[4]) if match else None


@lru_cache(maxsize=16)
def _file_grammar(states: tuple[str, ...]) -> re.Pattern[str]:
    prefixes = "|".join(re.escape(prefix) for prefix in sorted({*VERSION_PREFIXES, *states}, key=len, reverse=True))
    no_version = rf"(?!(?:{prefixes})[0-9]+(?:[_.]|\Z))"
    one_id = rf"{no_version}[A-Z0-9+-]{{1,10}}"
    step = rf"{no_version}[A-Z0-9+-]+"
    return re.compile(
        rf"(?P<project>{one_id})_"
        rf"(?:(?P<kind>[SA])_(?P<name>{one_id})(?:_(?P<step>{step}))?|(?P<general>G)_(?P<gstep>{step})(?:_(?P<gname>{one_id}))?)"
        rf"(?:_(?P<resource>{no_version}[A-Z0-9+ -]+))?"
        rf"(?:_(?P<state>{prefixes})(?P<version>[0-9]+))?"
        r"(?:\.(?P<ext>.+))?\Z",
        re.IGNORECASE | re.DOTALL,
    )


def parse_file_name(name: str, states: Iterable[str] = DEFAULT_STATES) -> FileName | None:
    """Read a file name by the Ramses grammar (case does not matter); None where it is no such name.

    Digits without a known prefix are no version but a resource: `..._COMP_002.exr` has resource "002".
    """
    match = _file_grammar(tuple(states)).match(name)
    if match is None:
        return None
    part = match.groupdict(default="")
    general = bool(part["general"])
    return FileName(
        project=part["project"],
        kind=(part["general"] or part["kind"]).upper(),
        name=part["gname"] if general else part["name"],
        step=part["gstep"] if general else part["step"],
        resource=part["resource"],
        state=part["state"],
        version=int(part["version"]) if part["version"] else None,
        ext=part["ext"],
    )


def find_project_root(path: str) -> str | None:
    """The nearest folder at or above `path` that holds one of the Ramses project folders, None outside any project."""
    folder = os.path.abspath(path)
    parts = folder.split(os.sep)
    for at in range(len(parts) - 1, 0, -1):
        # A path that leads through 05-SHOTS names its root already: one look instead of eight per folder.
        if parts[at] in PROJECT_MARKERS and os.path.isdir(os.sep.join(parts[: at + 1])):
            return os.path.dirname(os.sep.join(parts[: at + 1]))
    while True:
        if any(os.path.isdir(os.path.join(folder, marker)) for marker in PROJECT_MARKERS):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def find_project_id(root: str) -> str | None:
    """The project id that the folders of a project agree on, None where there are none or they disagree.

    Shot folders are asked first, then step and asset folders. An unreadable folder says nothing.
    """
    for folder, pattern in (
        (os.path.join(root, SHOTS), _SHOT_FOLDER),
        (os.path.join(root, PROD), re.compile(r"([^_]+)_G_(.+)\Z", re.IGNORECASE)),
    ):
        found = {match[1] for name in _names(folder) if (match := pattern.match(name)) and _is_id(match[1])}
        if len({project.upper() for project in found}) == 1:
            return min(found)
        if found:
            return None
    return None


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _is_id(text: str) -> bool:
    try:
        return check_id("project", text) == text
    except NameRefused:
        return False
