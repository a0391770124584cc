# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the collection of real camera and vendor files lies, if this machine has it.

Most tests ask for the fixture `media_folder`. Those that need the list of files while pytest collects use `FOLDER`
together with `needs_media`. Both give the one reason for a skip that the whole project allows.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_named = os.environ.get("RAMSES_PLATES_MEDIA", "")
FOLDER: Path | None = Path(_named).resolve() if _named and Path(_named).is_dir() else None
ABSENT = "real media absent: the folder named by RAMSES_PLATES_MEDIA does not exist"
needs_media = pytest.mark.skipif(FOLDER is None, reason=ABSENT)
