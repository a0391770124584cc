# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py daemon`: the test daemon, which answers as the Ramses Client does, faults included."""

from __future__ import annotations

import os
import subprocess
import sys

from .places import ROOT


def main(arguments: list[str]) -> int:
    """Serve until interrupted; the arguments are the daemon's own (`build.py daemon --help`)."""
    return subprocess.call([sys.executable, os.path.join(ROOT, "tests", "ramses_daemon.py"), *arguments])
