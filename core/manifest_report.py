# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of the vendor's manifests in a run, as the JSON contract writes it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .mhl_delivered import Listing

if TYPE_CHECKING:
    from .run import ClipResult, RunResult


def manifest_documents(result: RunResult) -> list[dict[str, Any]]:
    """One entry per manifest of the delivery; file names are relative to where the manifest's paths begin.

    `matching` counts the files whose content was compared and is as listed: those of published clips, and all where
    the plan compared them. `mismatched`, `missing`, `extra` and `not_checked` name every file.
    """
    plan = result.plan
    extra = plan.manifests.extra_files(plan.ignored)
    found = [_document(result, listing, extra.get(listing.path, ())) for listing in plan.manifests.listings]
    return found + [{"path": path, "error": why} for path, why in plan.manifests.refused]


def _document(result: RunResult, listing: Listing, extra: tuple[str, ...]) -> dict[str, Any]:
    matching = 0
    mismatched: list[dict[str, str]] = []
    more, unchecked = list(extra), []
    for clip, below in _clips(result, listing):
        told = clip.planned.listing
        if told is None:
            continue
        different = dict((*told.different, *clip.different))
        mine = [name for name in told.expected if listing.find(clip.planned.clip.folder, name) is not None]
        mismatched += [{"file": below + name, "why": different[name]} for name in mine if name in different]
        more += [below + name for name in told.extra]
        compared = told.compared or clip.status == "published"
        skipped = set(told.unchecked)
        good = [name for name in mine if name not in different and name not in skipped]
        matching += len(good) if compared else 0
        doubtful = [name for name in mine if name in skipped] if compared else mine
        unchecked += [below + name for name in doubtful if name not in different]
    missing = result.plan.missing.get(listing.path, ())
    return {
        "path": listing.path,
        "format": listing.format,
        "listed": listing.count,
        "present": listing.count - len(missing),
        "matching": matching,
        "mismatched": mismatched,
        "missing": list(missing),
        "extra": sorted(more),
        "not_checked": sorted(unchecked),
        "notes": list(listing.notes),
        "error": None,
    }


def _clips(result: RunResult, listing: Listing) -> Iterator[tuple[ClipResult, str]]:
    """The clips that a manifest is about, each with its folder as the manifest writes it."""
    for clip in result.clips:
        folder = clip.planned.clip.folder
        if listing.covers(folder):
            below = os.path.relpath(folder, listing.root).replace(os.sep, "/")
            yield clip, "" if below == "." else f"{below}/"
