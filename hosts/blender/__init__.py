# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender host: plates in by timecode, work out to Ramses, from the sidebar."""

from __future__ import annotations

from . import (
    check_operators,
    files,
    import_operators,
    ingest_operators,
    load_operators,
    opened,
    panel_lists,
    panels,
    preferences,
    preview,
    properties,
    publish_operators,
    save_operators,
    setup_operators,
    tasks,
    thumbnails,
    version_operators,
    watch,
)

bl_info = {
    "name": "Ramses Plates",
    "author": "RxLab",
    "version": (0, 1, 0),
    "blender": (4, 2, 0),
    "location": "Sidebar > Ramses",
    "description": "Film plates placed by timecode, published work, for the Ramses production manager",
    "category": "Import-Export",
}

# In this order; taken back in the reverse one, so that nothing is left behind, also when Blender quits.
_MODULES = (
    properties,
    preferences,
    watch,
    thumbnails,
    tasks,
    setup_operators,
    ingest_operators,
    load_operators,
    version_operators,
    save_operators,
    check_operators,
    publish_operators,
    import_operators,
    preview,
    files,
    opened,
    panel_lists,
    panels,
)


def register() -> None:
    """Add everything to Blender; where one part fails, the parts before it are taken back."""
    done = []
    try:
        for module in _MODULES:
            module.register()
            done.append(module)
    except BaseException:
        for module in reversed(done):
            module.unregister()
        raise


def unregister() -> None:
    """Take everything back."""
    for module in reversed(_MODULES):
        module.unregister()
