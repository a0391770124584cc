# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishes the saved script or its render: for a worker thread, which never touches Nuke."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...core.errors import ReadFailed
from ...core.events import Cancel, Listener
from ...core.job import Published
from ...core.versions import files_in
from ...core.work_context import WorkContext
from ...core.work_publish import publish_render, publish_scene
from ..qt.host import Note, Written
from .node_record import read_record
from .nuke_api import nuke, reads
from .ramses import tell
from .render_setup import render_folder


@dataclass(frozen=True)
class Order:
    """What is published: `scene` is the saved script, `host` says which Nuke, `record` what it shows."""

    context: WorkContext
    scene: str
    state: str
    comment: str
    host: str
    record: Mapping[str, Any]


def scene_record() -> dict[str, Any]:
    """What the sidecar keeps of the script: range, rate, size and the plates that it shows. On the main thread."""
    root = nuke().root()
    form, plates = root["format"].value(), []
    for node in reads():
        record = read_record(node)
        if record is not None:
            plates.append({"node": node.fullName(), "folder": record.folder, "timeline_first": record.start})
    return {
        "nuke": str(nuke().env["NukeVersionString"]),
        "range": [int(root["first_frame"].value()), int(root["last_frame"].value())],
        "fps": float(root["fps"].value()),
        "size": [form.width(), form.height()],
        "plates": plates,
    }


def publish_script(order: Order, listen: Listener, cancel: Cancel) -> tuple[Written, list[Note]]:
    """Publish the script; the work file is kept in `_versions` under the same number first, and stays the open one.

    Raises what publish_scene raises.
    """
    published = publish_scene(
        order.context, order.scene, None, order.state, order.comment,
        work_file=order.scene, host=order.host, record=order.record, listen=listen, cancel=cancel,
    )  # fmt: skip
    return _told("scene", order, published, [], listen, cancel)


def publish_frames(order: Order, listen: Listener, cancel: Cancel) -> tuple[Written, list[Note]]:
    """Publish the frames in the render folder that carry this scene's name, every header read.

    Raises ReadFailed where there are none, and what publish_render raises.
    """
    folder = render_folder(order.context)
    if not os.path.isdir(folder):
        raise ReadFailed("nothing was rendered yet.", folder, "Set up the render, then render.")
    published, findings = publish_render(
        order.context, folder, order.state, order.comment,
        base=order.context.stem, work_file=order.scene or None, host=order.host, listen=listen, cancel=cancel,
    )  # fmt: skip
    notes = [Note(finding.message, finding.severity) for finding in findings]
    return _told("render", order, published, notes, listen, cancel)


def _told(
    what: Any, order: Order, published: Published, notes: list[Note], listen: Listener, cancel: Cancel
) -> tuple[Written, list[Note]]:
    folder = os.path.join(order.context.root, *published.folder.split("/"))
    files = tuple(os.path.join(folder, name) for name in sorted(files_in(folder)))
    notes += [Note(text, "warning") for text in published.warnings]
    if published.already:
        notes.append(Note("The same was published before: that version stands, nothing was written."))
    notes.append(tell(order.context.root, listen, cancel))
    return Written(what, folder, files, published.version), notes
