# SPDX-License-Identifier: GPL-3.0-or-later
"""The most memory that this process ever held."""

from __future__ import annotations

import sys


def kib() -> int:
    """Peak resident memory in KiB.

    Linux hands `ru_maxrss` down from the process that started this one, so that a small child of a large parent looks
    large; the kernel's own figure for the running program does not.
    """
    if sys.platform == "linux":
        with open("/proc/self/status", encoding="ascii") as file:
            return int(next(line for line in file if line.startswith("VmHWM:")).split()[1])
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak
