# SPDX-License-Identifier: GPL-3.0-or-later
"""What a watch has handled, kept in the project (`_ingest_reports/watch/`): a restart goes on where it ended."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from . import fsops
from .errors import SettingsError
from .holder import Holder
from .longpath import native
from .tree import REPORTS

FOLDER = "watch"
_SCHEMA = 1
_LARGEST = 256 << 20
Verdict = Literal["planned", "published", "refused", "failed"]


@dataclass(frozen=True)
class Handled:
    """A delivery as it was when it was handled. `options` stand for everything the plan depended on besides."""

    fingerprint: str
    verdict: Verdict
    options: str = ""
    run: str = ""
    folders: tuple[tuple[str, int], ...] = ()


@dataclass
class WatchState:
    """The deliveries of one watched folder by name ("." for its loose files)."""

    path: str
    folder: str
    holder: str
    handled: dict[str, Handled] = field(default_factory=dict)

    @classmethod
    def open(cls, project_root: str, folder: str) -> WatchState:
        """The state of a watch, as it was left. Raises SettingsError where another process watches this folder."""
        name = hashlib.sha1(os.fsencode(folder), usedforsecurity=False).hexdigest()[:20]
        path = os.path.join(project_root, REPORTS, FOLDER, f"{name}.json")
        record = _read(path)
        me = Holder.me("watch", name)
        other = Holder.parse(str(record.get("holder", "")))
        alive = other is not None and not other.is_dead and other.machine == me.machine
        if other is not None and alive and (other.pid, other.since) != (me.pid, me.since):
            text = f"process {other.pid} watches this folder already."
            raise SettingsError(text, folder, f"If it does not, remove {path}.")
        deliveries = record.get("deliveries")
        known = deliveries.items() if isinstance(deliveries, dict) else ()
        handled = {str(key): found for key, value in known if (found := _handled(value)) is not None}
        fsops.sweep_drafts(os.path.dirname(path))
        state = cls(path, folder, me.text(), handled)
        state.save()
        return state

    def note(self, name: str, handled: Handled) -> None:
        """Remember a delivery; it is on the disk when this returns. Raises WriteFailed, DiskFull."""
        self.handled[name] = handled
        self.save()

    def close(self) -> None:
        """Give the folder free for another watch."""
        self.holder = ""
        self.save()

    def save(self) -> None:
        """Exchange the file at once: the old or the new state, never half of one."""
        fsops.make_folders(os.path.dirname(self.path), [])
        document = {
            "schema": _SCHEMA,
            "folder": self.folder,
            "holder": self.holder,
            "deliveries": {name: asdict(handled) for name, handled in sorted(self.handled.items())},
        }
        fsops.write_file(self.path, [json.dumps(document).encode("ascii")], replace=True)


def _read(path: str) -> dict[str, Any]:
    """The stored state; a file that is damaged or foreign counts as none: then everything is looked at again."""
    try:
        with open(native(path), "rb") as file:
            record = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) and record.get("schema") == _SCHEMA else {}


def _handled(value: object) -> Handled | None:
    if not isinstance(value, Mapping):
        return None
    texts = [value.get(key) for key in ("fingerprint", "options", "run")]
    verdict = value.get("verdict")
    if not all(isinstance(text, str) for text in texts) or verdict not in ("planned", "published", "refused", "failed"):
        return None
    folders = value.get("folders")
    pairs = [pair for pair in folders if _is_pair(pair)] if isinstance(folders, list) else []
    print_of, options, run = (str(text) for text in texts)
    return Handled(print_of, verdict, options, run, tuple((pair[0], pair[1]) for pair in pairs))


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int)
