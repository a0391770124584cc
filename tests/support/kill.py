# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs something in a forked process that is killed right before its nth call of something that touches the disk."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from ramses_plates.core import fsops

# Every way in which the core changes the disk, and the looks in between.
CALLS = ("mkdir", "open", "write", "fdatasync", "fsync", "close", "rename", "unlink", "rmdir", "listdir", "replace")
FINISHED, ERROR = 0, 3


def killed_at(nth: int, action: Callable[[], object]) -> bool:
    """Run `action` in a child that gets SIGKILL instead of its nth call; False where it ended by itself before."""
    child = os.fork()
    if child == 0:
        status = ERROR
        try:
            _arm(nth)
            action()
            status = FINISHED
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == FINISHED, "the action failed"
    return False


def _arm(nth: int) -> None:
    left = [nth]

    def hook(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*values, **options)

        return call

    for name in CALLS:
        setattr(os, name, hook(getattr(os, name)))
    fsops.rename_exclusive = hook(fsops.rename_exclusive)  # type: ignore[attr-defined]
