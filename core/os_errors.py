# SPDX-License-Identifier: GPL-3.0-or-later
"""What the system's refusals mean to a person, and what to do about them."""

from __future__ import annotations

import errno

# There is no room, for anybody or for this user.
FULL = (errno.ENOSPC, errno.EDQUOT)
ADVICE = {
    errno.EACCES: "Check the permissions of the folder.",
    errno.EPERM: "Check the permissions of the folder.",
    errno.EROFS: "The disk is mounted read-only.",
    errno.ENOSPC: "Free some space and run again.",
    errno.EDQUOT: "Free some space and run again.",
    errno.EIO: "The disk or the network share reports a fault: check it before trying again.",
    errno.ESTALE: "The network share was restarted or mounted anew: try again.",
    errno.ENOTCONN: "The disk or the network share is gone: mount it again.",
    errno.ENODEV: "The disk or the network share is gone: mount it again.",
    errno.ENXIO: "The disk or the network share is gone: mount it again.",
    errno.ETIMEDOUT: "The network share does not answer: check the network and try again.",
    errno.ENOENT: "Something else removed it: look, then run again.",
    errno.EMFILE: "Too many files are open: use fewer jobs or raise the limit (ulimit -n).",
    errno.ENFILE: "Too many files are open on this machine: close some programs.",
    errno.ENAMETOOLONG: "The path is too long for this disk.",
    errno.EXDEV: "Both folders must lie on the same disk.",
    errno.ENOTDIR: "A file stands where a folder must be.",
    errno.EISDIR: "A folder stands where a file must be.",
    errno.EBUSY: "Another program holds it open: close it and try again.",
}


def reason(error: OSError) -> str:
    """The system's own words."""
    return error.strerror or str(error)


def advice(error: OSError) -> str:
    """What to do next: never empty."""
    return ADVICE.get(error.errno or 0, "Check the disk, then run again.")
