# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known about a preview picture: which version and frame it shows, and which colour space was assumed.

The record lies beside the picture as `<stem>.preview.json`: every tool of the field passes JSON files over. It also
holds a small copy of the picture, so that a report of thousands of clips stays small without any picture library.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from .longpath import native
from .tree import PREVIEW
from .versions import PublishedVersion

SCHEMA = "ramses-plates/preview/1"
_LONGEST = 1 << 20


@dataclass(frozen=True)
class PreviewRecord:
    """`version` is the folder name of the version shown, `frame` the number shown (a movie's first is 1).

    `completed` is the time in the version's marker, 0 = not recorded: a folder that was taken back and published anew
    holds another clip under the same name.
    `input` is the assumed colour space and `why` the sentence behind it, `shown` what it was converted to. `small` is
    a small JPEG in base64, "" where there is none. `content` is the C4 id of the picture file, "" = not recorded.
    """

    version: str
    frame: int = 1
    timecode: str | None = None
    width: int = 0
    height: int = 0
    input: str = ""
    why: str = ""
    shown: str = ""
    small: str = ""
    completed: int = 0
    content: str = ""

    @property
    def colour(self) -> str:
        """One sentence for people."""
        return f"Picture read as {self.input}: {self.why}" if self.input else ""

    def document(self) -> dict[str, Any]:
        """The record as it is written."""
        return {
            "schema": SCHEMA,
            "version": self.version,
            "completed": self.completed,
            "frame": self.frame,
            "timecode": self.timecode,
            "width": self.width,
            "height": self.height,
            "colour": {"input": self.input, "why": self.why, "shown": self.shown},
            "c4": self.content,
            "small": self.small,
        }


def preview_folder(folder: str) -> str:
    """The `_preview` folder of the step that a version folder belongs to; both relative to the project, with `/`."""
    return f"{folder.rpartition('/')[0].rpartition('/')[0]}/{PREVIEW}"


def preview_stem(folder: str, resource: str) -> str:
    """`PROJ_S_SHOT_STEP[_RES]`, spelled as the step folder is."""
    step = folder.rpartition("/")[0].rpartition("/")[0].rpartition("/")[2]
    return f"{step}_{resource}" if resource else step


def picture_path(version: PublishedVersion, ext: str = ".jpg") -> str:
    """The absolute path of a version's preview, which need not exist."""
    folder = preview_folder(version.folder).split("/")
    return os.path.join(version.project_root, *folder, preview_stem(version.folder, version.resource) + ext)


def record_path(version: PublishedVersion) -> str:
    """The absolute path of the record beside the picture."""
    return picture_path(version, ".preview.json")


def read_record(path: str) -> PreviewRecord | None:
    """The record in a file; None where there is none or it is no record of ours."""
    try:
        with open(native(path), "rb") as file:
            data = json.loads(file.read(_LONGEST))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        return None
    colour = data.get("colour")
    colour = colour if isinstance(colour, dict) else {}
    timecode = data.get("timecode")
    return PreviewRecord(
        _text(data.get("version")),
        _whole(data.get("frame")),
        timecode if isinstance(timecode, str) else None,
        _whole(data.get("width")),
        _whole(data.get("height")),
        _text(colour.get("input")),
        _text(colour.get("why")),
        _text(colour.get("shown")),
        _text(data.get("small")),
        _whole(data.get("completed")),
        _text(data.get("c4")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
