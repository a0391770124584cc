# SPDX-License-Identifier: GPL-3.0-or-later
"""An edit against what a project has: the newest complete version of each plate counts."""

from __future__ import annotations

import os

from ..editorial.model import Edit
from ..events import Cancel, Listener, silent
from ..order import compare
from ..published_footage import project_footage
from ..tree import parse_version_folder
from .edit import EditComparison, edit_comparison


def project_edit(
    root: str,
    edit: Edit,
    handles: tuple[int, int] = (0, 0),
    *,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> EditComparison:
    """The comparison for a project's report; `handles` were ordered around each cut. Raises ReadFailed, Cancelled."""
    footage = project_footage(root, listen=listen, cancel=cancel)
    fates = {}
    for one in footage:
        version = parse_version_folder(os.path.basename(os.path.dirname(one.path)))
        if version is not None:
            fates[one.path] = f"v{version.number:03d}"
    return edit_comparison(compare(edit, footage, handles=handles), fates)
