# SPDX-License-Identifier: GPL-3.0-or-later
"""A rename that never replaces anything, as far as each system can promise it."""

from __future__ import annotations

import errno
import os
import sys
from functools import lru_cache
from typing import Any

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_RENAME_EXCL = 4
# What a system or file system says that does not know the exclusive form.
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR)


def rename_exclusive(source: str, target: str) -> bool:
    """Rename the folder `source`; False, with nothing changed, where `target` exists. Raises OSError otherwise.

    Linux and macOS have calls that refuse any existing target; Windows always refuses. Where a file system knows none
    of them (NFS), plain rename(2) refuses files and non-empty folders; it would take the place of an empty folder.
    """
    call = _exclusive_call()
    if call is not None:
        code = call(os.fsencode(source), os.fsencode(target))
        if code == 0:
            return True
        if code == errno.EEXIST or (code in _TAKEN and os.path.lexists(target)):
            return False  # the second where a file system takes the call and passes over what it asks for
        if code not in _UNKNOWN:
            raise OSError(code, os.strerror(code), source, None, target)
    try:
        os.rename(source, target)
    except OSError as error:
        if isinstance(error, FileExistsError) or (error.errno in _TAKEN and os.path.lexists(target)):
            return False
        raise
    return True


@lru_cache(maxsize=1)
def _exclusive_call() -> Any:
    """A function (source, target) -> errno or 0; None where the system has none."""
    if sys.platform == "win32":
        return None
    try:
        import ctypes

        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            function, before, between, flag = library.renamex_np, (), (), _RENAME_EXCL
        else:
            function, before, between, flag = library.renameat2, (_AT_FDCWD,), (_AT_FDCWD,), _RENAME_NOREPLACE
    except (ImportError, OSError, AttributeError):
        return None

    def call(source: bytes, target: bytes) -> int:
        return 0 if function(*before, source, *between, target, flag) == 0 else ctypes.get_errno()

    return call
