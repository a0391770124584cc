# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview of an artist's scene: put in place when it is whole, with Ramses-Py's sidecar beside it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from .errors import WriteFailed
from .ids import check_state
from .longpath import native
from .tree import SIDECAR
from .work_context import WorkContext
from .workfile import newest_work_version, note_files


def put_preview(
    work: WorkContext, drafts: Mapping[str, str], scene: str = "", state: str = "WIP", comment: str = ""
) -> str:
    """Put finished drafts ({extension: path in `_preview`}) in the place of the older preview; the first one's path.

    The sidecar says of which saved version the preview is, as Ramses-Fusion writes it: `version`, `versionFilePath`.
    Before the first saved version that is 0 and the scene itself. Raises WriteFailed, ReadFailed, NameRefused.
    """
    newest = newest_work_version(work)
    entry = {
        "version": 0 if newest is None else newest.number,
        "versionFilePath": (scene if newest is None else newest.path).replace("\\", "/"),
        "comment": comment,
        "date": int(time.time()),
        "stateShortName": check_state(state),
        "resource": work.resource,
    }
    targets = {ending: work.preview_path(ending) for ending in drafts}
    for ending, draft in drafts.items():
        try:
            os.replace(native(draft), native(targets[ending]))
        except OSError as error:
            raise WriteFailed(f"the preview cannot be put in place: {error.strerror}.", targets[ending]) from error
    note_files(os.path.join(work.preview, SIDECAR), {os.path.basename(path): entry for path in targets.values()})
    return next(iter(targets.values()))
