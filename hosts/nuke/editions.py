# SPDX-License-Identifier: GPL-3.0-or-later
"""What this edition of Nuke cannot do, in a sentence, and what its scripts are called."""

from __future__ import annotations

from .nuke_api import env

# the endings of scripts that only these editions read; OPEN endings: only .nknc is backed by a measurement
_ENDINGS = (("nc", "nknc"), ("ple", "nkple"), ("indie", "nkind"))


def name() -> str:
    """For people: "Nuke 16.0v8"."""
    kind = next((word for key, word in _KINDS if env(key)), "Nuke")
    return f"{kind} {env('NukeVersionString') or ''}".rstrip()


_KINDS = (("studio", "Nuke Studio"), ("hiero", "Hiero"), ("assist", "NukeAssist"), ("nukex", "NukeX"))


def script_ext() -> str:
    """The ending of scripts, without dot: other editions write scripts that a full Nuke does not read."""
    return next((ending for key, ending in _ENDINGS if env(key)), "nk")


def has_graph() -> bool:
    """False in Hiero alone, which has a timeline and no nodes."""
    return not env("hiero") or bool(env("studio"))


def no_panel(page: str) -> str:
    """Why a tab of the panel cannot be shown here, "" where it can."""
    if not env("gui") or (not has_graph() and page not in ("", "Ingest")):
        return limits()
    return ""


def limits() -> str:
    """A sentence on what cannot be done here, "" where there is nothing to say."""
    if not has_graph():
        return "Hiero has no node graph: plates can be ingested here, and loaded in Nuke or in Nuke Studio."
    if not env("gui"):
        return "This Nuke runs without windows: panels need a Nuke with them."
    if env("nc") or env("ple"):
        return (
            "Non-commercial Nuke lets scripts make ten nodes only, renders 1920 x 1080 at most, and its scripts "
            f"(.{script_ext()}) cannot be read by another Nuke."
        )
    if env("assist"):
        return "Nuke Assist lacks some nodes: what cannot be made is said when it is tried."
    if env("indie"):
        return f"Nuke Indie writes .{script_ext()} scripts, which a full Nuke does not read."
    if env("studio"):
        return "In Nuke Studio this works on the node graph; the timeline is not touched."
    return ""
