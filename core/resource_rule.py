# SPDX-License-Identifier: GPL-3.0-or-later
"""One rule that makes a clip a resource: by its view, suffix, folder, name, or because it lies beside a plate."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .clip import Clip
from .errors import RuleError
from .folder_hints import nearest_folder
from .name_tokens import fold
from .rule import compile_pattern

ANY = "*"
KINDS = ("sequence", "movie", "still")


@dataclass(frozen=True)
class ResourceRule:
    """All conditions that are given must hold. `resource` "" makes the clip the main plate.

    `view`, `suffix`, `folder`: the clip's view, suffix without separators, nearest folder, compared without case; "*"
    stands for any, and as `resource` for the matched text itself in upper case. `pattern`: searched in the base name.
    `kind`: sequence, movie or still; `ext`: extensions. `beside_plate`: the same shot and step has a better plate.
    """

    resource: str
    view: str = ""
    suffix: str = ""
    folder: str = ""
    pattern: str = ""
    kind: str = ""
    ext: tuple[str, ...] = ()
    beside_plate: bool = False
    _search: re.Pattern[str] = field(init=False, repr=False, compare=False, default=re.compile(""))
    _longest: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        if not (self.view or self.suffix or self.folder or self.pattern or self.beside_plate):
            raise RuleError("A resource rule needs view, suffix, folder, pattern or beside_plate.")
        if self.kind and self.kind not in KINDS:
            raise RuleError(f'"{self.kind}" is no kind of clip.', advice=f"Use {', '.join(KINDS)}.")
        if self.pattern:
            search, longest = compile_pattern(self.pattern)
            object.__setattr__(self, "_search", search)
            object.__setattr__(self, "_longest", longest)

    def resource_of(self, clip: Clip) -> str | None:
        """The resource that this rule gives the clip ("" = main plate), None where a condition does not hold."""
        if self.kind and clip.kind != self.kind:
            return None
        if self.ext and clip.ext not in self.ext:
            return None
        if self.pattern and not (len(clip.base) <= self._longest and self._search.search(clip.base)):
            return None
        matched = ""
        for wanted, text in (
            (self.suffix, clip.suffix and clip.suffix.strip("._- ")),
            (self.view, clip.view),
            (self.folder, self.folder and nearest_folder(clip.dir)),
        ):
            if wanted and not ((text and wanted in (ANY, text)) or fold(wanted) == fold(text)):
                return None
            matched = matched or (text if wanted else "")
        return as_resource(matched) if self.resource == ANY else self.resource

    def document(self) -> dict[str, Any]:
        """The rule as a rules file writes it."""
        data: dict[str, Any] = {
            "view": self.view,
            "suffix": self.suffix,
            "folder": self.folder,
            "pattern": self.pattern,
            "kind": self.kind,
            "ext": list(self.ext),
            "beside_plate": self.beside_plate,
        }
        return {key: value for key, value in data.items() if value} | {"resource": self.resource}


def as_resource(text: str) -> str:
    """A view or suffix as a resource: upper case, what a resource cannot hold becomes `-`."""
    return re.sub(r"[^\w+-]+|_+", "-", text).strip("-").upper()


DEFAULT_RESOURCES: tuple[ResourceRule, ...] = (
    ResourceRule("LEFT", view="left"),
    ResourceRule("RIGHT", view="right"),
    ResourceRule(ANY, view=ANY),
    ResourceRule("MATTE", suffix="matte"),
    ResourceRule("MASK", suffix="mask"),
    ResourceRule("ALPHA", suffix="alpha"),
    ResourceRule(ANY, suffix=ANY),
    *(ResourceRule("REF", folder=name) for name in ("ref", "refs", "reference", "references")),
    *(ResourceRule("MATTE", folder=name) for name in ("matte", "mattes")),
    ResourceRule("REF", kind="movie", beside_plate=True),
    ResourceRule("PROXY", kind="sequence", ext=("jpg", "jpeg"), beside_plate=True),
    ResourceRule("STILL", kind="still", beside_plate=True),
)
