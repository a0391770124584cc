# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed views of Ramses records.

An object is a uuid and a JSON record; the app stores what it gets and adds nothing, so every key may be missing or
have a wrong type. The views answer with the app's own defaults and keep the record as it is: what is written back is
the record plus the changes, unknown keys included.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, ClassVar, TypeVar

from . import values

DEFAULT_RATE = 24.0
DEFAULT_SIZE = (1920, 1080)
# What the app shows for a shot that says nothing.
DEFAULT_DURATION = 5.0
DEFAULT_COMPLETION = 50


class RamObject:
    """Any object: its `uuid` and a view of its record."""

    TYPE: ClassVar[str] = ""
    __slots__ = ("_data", "uuid")

    def __init__(self, uuid: str, data: Mapping[str, Any] | None = None) -> None:
        self.uuid = uuid
        self._data: dict[str, Any] = dict(data or {})

    @property
    def data(self) -> dict[str, Any]:
        """A copy of the whole record, unknown keys included."""
        return copy.deepcopy(self._data)

    def get(self, key: str, default: Any = None) -> Any:
        """The raw value of any key."""
        return copy.deepcopy(self._data.get(key, default))

    @property
    def is_empty(self) -> bool:
        """True for a record that holds nothing at all: the trace of a broken write."""
        return not self._data

    @property
    def short_name(self) -> str:
        """The id, such as "SH010"; the app shows UNKNOWN where it is missing, this is "" then."""
        return values.text(self._data, "shortName")

    @property
    def name(self) -> str:
        """The long name; the short one where there is none."""
        return values.text(self._data, "name") or self.short_name

    @property
    def comment(self) -> str:
        """Free text."""
        return values.text(self._data, "comment")

    @property
    def order(self) -> int:
        """The place in lists; missing sorts first."""
        return values.whole(self._data, "order", 0)

    @property
    def color(self) -> str:
        """Text "#rrggbb", "" where nobody chose one."""
        return values.text(self._data, "color")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RamObject) and (self.uuid, self._data) == (other.uuid, other._data)

    def __hash__(self) -> int:
        return hash(self.uuid)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.short_name or '?'}, {self.uuid})"


class _InProject(RamObject):
    __slots__ = ()

    @property
    def project(self) -> str:
        """The project's uuid, "" where it has none."""
        return values.reference(self._data, "project")


class RamProject(RamObject):
    """A project: short name, rate, size, folder, members, pipeline."""

    TYPE = "RamProject"
    __slots__ = ()

    @property
    def framerate(self) -> float:
        """Frames a second as the artist typed it (23.976 stays 23.976); 24 by default."""
        return values.number(self._data, "framerate", DEFAULT_RATE, positive=True)

    @property
    def width(self) -> int:
        """Pixels; 1920 by default."""
        return values.whole(self._data, "width", DEFAULT_SIZE[0], positive=True)

    @property
    def height(self) -> int:
        """Pixels; 1080 by default."""
        return values.whole(self._data, "height", DEFAULT_SIZE[1], positive=True)

    @property
    def pixel_aspect(self) -> float:
        """Pixel aspect ratio; 1 by default."""
        return values.number(self._data, "pixelAspectRatio", 1.0, positive=True)

    @property
    def deadline(self) -> str:
        """Text "yyyy-MM-dd", or ""."""
        return values.text(self._data, "deadline")

    @property
    def users(self) -> tuple[str, ...]:
        """The uuids of its members: only they get it from getProjects."""
        return values.references(self._data, "users")

    @property
    def pipeline(self) -> tuple[str, ...]:
        """The uuids of its pipes."""
        return values.references(self._data, "pipeline")

    def folder(self, ramses_folder: str) -> str:
        """The project folder: the stored `path`, or `<Ramses folder>/Projects/<short name>` where it is automatic.

        The app also knows an override per machine in its own settings; getPath tells that one.
        """
        path = values.text(self._data, "path").strip()
        if path and path != "auto":
            return path.replace("\\", "/").rstrip("/") or "/"
        return f"{ramses_folder.rstrip('/')}/Projects/{self.short_name}"

    def frames(self, seconds: float) -> int:
        """Frames in `seconds` at the project's rate, rounded (truncating loses one at 23.976)."""
        return round(seconds * self.framerate)

    def seconds(self, frames: int) -> float:
        """The duration that reads back as exactly `frames` frames in this project."""
        return frames / self.framerate


class RamSequence(_InProject):
    """A sequence; its own rate and size count only while their override is ticked."""

    TYPE = "RamSequence"
    __slots__ = ()

    @property
    def own_framerate(self) -> float | None:
        """Frames a second where the sequence overrides the project's, else None."""
        if not values.flag(self._data, "overrideFramerate"):
            return None
        return values.number(self._data, "framerate", DEFAULT_RATE, positive=True)

    @property
    def own_size(self) -> tuple[int, int] | None:
        """(width, height) where the sequence overrides the project's, else None."""
        if not values.flag(self._data, "overrideResolution"):
            return None
        width = values.whole(self._data, "width", DEFAULT_SIZE[0], positive=True)
        return width, values.whole(self._data, "height", DEFAULT_SIZE[1], positive=True)

    @property
    def own_pixel_aspect(self) -> float | None:
        """The pixel aspect where the sequence overrides the project's, else None."""
        if not values.flag(self._data, "overridePixelAspectRatio"):
            return None
        return values.number(self._data, "pixelAspectRatio", 1.0, positive=True)


class RamShot(_InProject):
    """A shot: its sequence and how long it is."""

    TYPE = "RamShot"
    __slots__ = ()

    @property
    def sequence(self) -> str:
        """The sequence's uuid; "" for a shot in no sequence."""
        return values.reference(self._data, "sequence")

    @property
    def duration(self) -> float | None:
        """Seconds; None where nobody said it (the app then shows 5)."""
        found = values.number(self._data, "duration", -1.0, positive=True)
        return found if found > 0 else None

    def frames(self, project: RamProject) -> int:
        """Frames at the project's rate (Ramses uses it for shots of sequences with a rate of their own, too)."""
        return project.frames(self.duration or DEFAULT_DURATION)

    @property
    def source_media(self) -> str:
        """The name of the plate as it was delivered, "" where nobody wrote it."""
        return values.text(self._data, "sourceMedia")

    @property
    def assets(self) -> tuple[str, ...]:
        """The uuids of the assets in the shot."""
        return values.references(self._data, "assets")


class RamStep(_InProject):
    """A production step."""

    TYPE = "RamStep"
    __slots__ = ()

    @property
    def kind(self) -> str:
        """One of "asset", "shot", "post" and "pre"; the app takes anything else for "pre"."""
        found = values.text(self._data, "type")
        return found if found in ("asset", "shot", "post") else "pre"

    @property
    def applications(self) -> tuple[str, ...]:
        """The uuids of the applications used."""
        return values.references(self._data, "applications")

    @property
    def settings(self) -> dict[str, str]:
        """The `key: value` lines of its general settings, such as "shot.handle_in"."""
        return values.settings_values(values.text(self._data, "customSettings"))

    @property
    def publish_settings(self) -> dict[str, str]:
        """The `key: value` lines of its publish settings."""
        return values.settings_values(values.text(self._data, "publishSettings"))

    def setting(self, name: str) -> int | None:
        """A whole number from the general settings, looked up by the last part of its key; None where there is none."""
        for key, value in self.settings.items():
            if key.rsplit(".", 1)[-1] == name:
                found = values.number({name: value}, name, float("nan"))
                return None if found != found else round(found)
        return None


class RamState(RamObject):
    """A state such as WIP or OK."""

    TYPE = "RamState"
    __slots__ = ()

    @property
    def completion(self) -> int:
        """0 to 100; 50 where the record says nothing (WIP of a new database does not)."""
        return max(0, min(100, values.whole(self._data, "completionRatio", DEFAULT_COMPLETION)))


class RamStatus(RamObject):
    """Where one step of one item stands."""

    TYPE = "RamStatus"
    __slots__ = ()

    @property
    def item(self) -> str:
        """The uuid of the shot or asset."""
        return values.reference(self._data, "item")

    @property
    def step(self) -> str:
        """The uuid of the step."""
        return values.reference(self._data, "step")

    @property
    def item_type(self) -> str:
        """Either "shot" or "asset"; missing counts as asset."""
        return "shot" if values.text(self._data, "itemType") == "shot" else "asset"

    @property
    def state(self) -> str:
        """The uuid of the state, "" where it is missing."""
        return values.reference(self._data, "state")

    @property
    def completion(self) -> int:
        """0 to 100."""
        return max(0, min(100, values.whole(self._data, "completionRatio", 0)))

    @property
    def user(self) -> str:
        """The uuid of who changed it last; "" for nobody."""
        return values.reference(self._data, "user")

    @property
    def assigned_user(self) -> str:
        """The uuid of who is to do it; "" for nobody."""
        return values.reference(self._data, "assignedUser")

    @property
    def version(self) -> int:
        """The newest version; 0 where there is none."""
        return max(0, values.whole(self._data, "version", 0))

    @property
    def published(self) -> bool:
        """True where the version was published."""
        return values.flag(self._data, "published")

    @property
    def date(self) -> datetime | None:
        """When it changed (UTC); None where it never did or the date cannot be read."""
        return values.read_date(values.text(self._data, "date"))


class RamUser(RamObject):
    """A person; `role` is admin, project, lead or standard."""

    TYPE = "RamUser"
    __slots__ = ()

    @property
    def role(self) -> str:
        """What they may do; "standard" where it is missing."""
        return values.text(self._data, "role", "standard")


class RamAssetGroup(_InProject):
    """A group of assets; its name (not its short name) names the folder."""

    TYPE = "RamAssetGroup"
    __slots__ = ()


class RamAsset(_InProject):
    """An asset."""

    TYPE = "RamAsset"
    __slots__ = ()

    @property
    def group(self) -> str:
        """The uuid of its group."""
        return values.reference(self._data, "assetGroup")

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""
        return values.references(self._data, "tags")


class RamPipe(RamObject):
    """A connection in the pipeline: data flows from `output_step` to `input_step`."""

    TYPE = "RamPipe"
    __slots__ = ()

    @property
    def output_step(self) -> str:
        """The uuid of the step that delivers."""
        return values.reference(self._data, "outputStep")

    @property
    def input_step(self) -> str:
        """The uuid of the step that receives."""
        return values.reference(self._data, "inputStep")

    @property
    def pipe_files(self) -> tuple[str, ...]:
        """The uuids of the files that flow."""
        return values.references(self._data, "pipeFiles")


class RamPipeFile(_InProject):
    """A kind of file that flows through a pipe."""

    TYPE = "RamPipeFile"
    __slots__ = ()

    @property
    def file_type(self) -> str:
        """The uuid of its file type."""
        return values.reference(self._data, "fileType")


class RamFileType(RamObject):
    """A file format."""

    TYPE = "RamFileType"
    __slots__ = ()

    @property
    def extensions(self) -> tuple[str, ...]:
        """Extensions without dot; the short name where none are listed (exr)."""
        return values.references(self._data, "extensions") or ((self.short_name,) if self.short_name else ())


class RamApplication(RamObject):
    """A program of the artists."""

    TYPE = "RamApplication"
    __slots__ = ()


Ram = TypeVar("Ram", bound=RamObject)

KINDS: dict[str, type[RamObject]] = {
    kind.TYPE: kind
    for kind in (
        RamApplication,
        RamAsset,
        RamAssetGroup,
        RamFileType,
        RamPipe,
        RamPipeFile,
        RamProject,
        RamSequence,
        RamShot,
        RamState,
        RamStatus,
        RamStep,
        RamUser,
    )
}

_NEVER_DATED = datetime.min.replace(tzinfo=timezone.utc)


def by_short_name(objects: Iterable[Ram], short_name: str) -> Ram | None:
    """The object of that id: spelled exactly so, else in any case (file names do not keep it apart everywhere)."""
    folded = None
    for candidate in objects if short_name else ():
        if candidate.short_name == short_name:
            return candidate
        if folded is None and candidate.short_name.casefold() == short_name.casefold():
            folded = candidate
    return folded


def current_statuses(statuses: Iterable[RamStatus]) -> dict[tuple[str, str], RamStatus]:
    """One status per (item, step): the one with the latest date, as the app keeps it when it opens a database.

    Several rows of one pair are common (the app itself writes them); rows without a date lose.
    """
    latest: dict[tuple[str, str], RamStatus] = {}
    for status in statuses:
        if not status.item or not status.step:
            continue
        pair = (status.item, status.step)
        known = latest.get(pair)
        if known is None or (status.date or _NEVER_DATED) > (known.date or _NEVER_DATED):
            latest[pair] = status
    return latest
