# SPDX-License-Identifier: GPL-3.0-or-later
"""A delivery against the manifests that came with it: what is present, missing, extra or different, each by name.

Names and sizes are compared while planning. Contents are compared while the files are copied, from the same reading,
or while planning where that is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .clip import Clip
from .errors import PlatesError
from .events import Cancel
from .finding import Finding, error, info, warning
from .longpath import native
from .mhl_delivered import Listing
from .mhl_hashes import Listed, new, same
from .readback import hash_whole
from .scan_result import Ignored
from .source_files import SourceFile, SourceFiles

When = Literal["copy", "plan", "off"]
_SHOWN = 20


@dataclass(frozen=True)
class ClipListing:
    """What delivered manifests say of one clip. `expected` is by file name; a file may be in several manifests.

    `different` are (file name, sentence) of files that are not as listed, `extra` the files that lie where a manifest
    should list them and does not, `unchecked` those whose hash cannot be computed here or that have none.
    `compared` is true where all contents were read and compared already.
    """

    expected: Mapping[str, tuple[Listed, ...]] = field(default_factory=dict, hash=False)
    different: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    compared: bool = False

    def findings(self) -> tuple[Finding, ...]:
        """What the person should know about the clip; a file that is not as listed blocks it."""
        found = []
        if self.different:
            found.append(mismatch(self.different))
        if self.extra:
            text = f"{_count(self.extra)} not in the vendor's manifest: {shown(self.extra)}."
            found.append(warning("mhl-extra", text, self.extra[0], "Ask the vendor whether they belong here."))
        if self.unchecked:
            text = f"{_count(self.unchecked)} listed in the vendor's manifest without a hash that can be compared here"
            found.append(warning("mhl-unchecked", f"{text}: {shown(self.unchecked)}.", self.unchecked[0]))
        good = len(self.expected) - len(self.different) - len(self.unchecked)
        if good > 0 and not self.different:
            how = "and have its hashes" if self.compared else "; their hashes are compared while they are copied"
            found.append(info("mhl-listed", f"{good} files are in the vendor's manifest{' ' * self.compared}{how}."))
        return tuple(found)


@dataclass(frozen=True)
class Manifests:
    """The manifests of a delivery; `refused` are (path, sentence) of those that cannot be used."""

    listings: tuple[Listing, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()

    def of_clip(self, clip: Clip, sources: SourceFiles | None, compare: bool, cancel: Cancel) -> ClipListing | None:
        """Look a clip up; None where no manifest is about its folder. Reads the files only with `compare`."""
        covering = [listing for listing in self.listings if listing.covers(clip.folder)]
        if not covering:
            return None
        expected: dict[str, tuple[Listed, ...]] = {}
        extra = []
        for _frame, name in clip.files():
            found = tuple(one for listing in covering if (one := listing.find(clip.folder, name)) is not None)
            if found:
                expected[name] = found
            elif not any(listing.leaves_out(clip.folder, name) for listing in covering):
                extra.append(name)
        unchecked = tuple(name for name, listed in expected.items() if not any(one.computable for one in listed))
        different = tuple(_wrong_sizes(expected, sources))
        if compare and sources is not None and not different:
            different = different_files(expected, sources, cancel)
        return ClipListing(expected, different, tuple(extra), unchecked, compare and sources is not None)

    def findings(self, missing: Mapping[str, tuple[str, ...]]) -> tuple[Finding, ...]:
        """What the person should know about the delivery as a whole. `missing` is by manifest."""
        found = [
            warning("mhl-unreadable", f"This manifest was not used: {why}", path, "Ask the vendor for it again.")
            for path, why in self.refused
        ]
        for listing in self.listings:
            found += [warning("mhl-note", note, listing.path) for note in listing.notes]
            names = missing.get(listing.path, ())
            if names:
                text = f"{_count(names)} listed in {listing.name} but did not arrive: {shown(names)}."
                found.append(warning("mhl-missing", text, names[0], "Ask the vendor to send them."))
        return tuple(found)

    def missing(self, clips: Iterable[Clip], ignored: Iterable[Ignored]) -> dict[str, tuple[str, ...]]:
        """The listed files that did not arrive, relative to the manifest's root, by manifest path."""
        if not self.listings:
            return {}
        there: dict[str, set[str]] = {}
        for clip in clips:
            there.setdefault(clip.folder, set()).update(name for _frame, name in clip.files())
        for entry in ignored:
            folder, name = os.path.split(os.path.join(entry.root, *entry.path.split("/")))
            there.setdefault(folder, set()).add(name)
        return {listing.path: tuple(_missing(listing, there)) for listing in self.listings}

    def extra_files(self, ignored: Iterable[Ignored]) -> dict[str, tuple[str, ...]]:
        """Files that are no footage and that no manifest lists although one is about their folder, by manifest."""
        found: dict[str, list[str]] = {}
        for entry in ignored if self.listings else ():
            path = os.path.join(entry.root, *entry.path.split("/"))
            folder, name = os.path.split(path)
            if name.lower().endswith((".mhl", "ascmhl")) or not entry.reason.startswith("not footage"):
                continue
            covering = [listing for listing in self.listings if listing.covers(folder)]
            if covering and not any(one.find(folder, name) or one.leaves_out(folder, name) for one in covering):
                found.setdefault(covering[0].path, []).append(_below(covering[0], folder, name))
        return {path: tuple(names) for path, names in found.items()}


def different_files(
    expected: Mapping[str, tuple[Listed, ...]], files: Iterable[SourceFile], cancel: Cancel
) -> tuple[tuple[str, str], ...]:
    """Read the files that are listed and name those whose content is not as listed. Raises Cancelled."""
    different = []
    for file in files:
        name = os.path.basename(file.path)
        listed = [one for one in expected.get(name, ()) if one.computable]
        if not listed:
            continue
        check = ContentCheck(listed)
        try:
            for hasher in check.hashers:
                hash_whole(file.path, hasher, cancel)
        except PlatesError as problem:
            cancel.check()
            different.append((name, str(problem)))
            continue
        why = check.problem()
        if why:
            different.append((name, why))
    return tuple(different)


class ContentCheck:
    """The hashers for what manifests list of one file; feed each the content, then ask for the `problem`."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        unique = {(one.name, one.text.strip().lower()): one for one in listed if one.computable}
        self._pairs = [(one, hasher) for one in unique.values() if (hasher := new(one.name)) is not None]

    @property
    def hashers(self) -> list[Any]:
        """One hasher for each different hash that is listed."""
        return [hasher for _one, hasher in self._pairs]

    def problem(self) -> str:
        """A sentence where the content is not as listed, "" where it is."""
        for one, hasher in self._pairs:
            if not same(one.name, one.text, hasher.digest()):
                return f"its content is not what the vendor's {one.source} lists ({one.name} differs)"
        return ""


def mismatch(different: tuple[tuple[str, str], ...]) -> Finding:
    """The finding for files that are not as listed."""
    told = "; ".join(f"{name}: {why}" for name, why in different[:_SHOWN])
    more = f"; and {len(different) - _SHOWN} more" if len(different) > _SHOWN else ""
    text = f"Not as the vendor's manifest lists it: {told}{more}."
    return error("mhl-mismatch", text, different[0][0], "Have these files delivered again.")


def shown(names: tuple[str, ...]) -> str:
    """The first names for a sentence, and how many more there are."""
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _count(names: tuple[str, ...]) -> str:
    return "1 file is" if len(names) == 1 else f"{len(names)} files are"


def _wrong_sizes(expected: Mapping[str, tuple[Listed, ...]], sources: SourceFiles | None) -> Iterator[tuple[str, str]]:
    for file in sources or ():
        name = os.path.basename(file.path)
        for one in expected.get(name, ()):
            if one.size is not None and file.size >= 0 and one.size != file.size:
                yield name, f"it has {file.size} bytes, {one.source} lists {one.size}"
                break


def _missing(listing: Listing, there: Mapping[str, set[str]]) -> Iterator[str]:
    for folder, name, _listed in listing.entries():
        names = there.get(folder)
        if names is not None and name in names:
            continue
        # Hidden folders and the like are not scanned: the disk has the last word.
        if not os.path.lexists(native(os.path.join(folder, name))):
            yield _below(listing, folder, name)


def _below(listing: Listing, folder: str, name: str) -> str:
    return os.path.relpath(os.path.join(folder, name), listing.root).replace(os.sep, "/")
