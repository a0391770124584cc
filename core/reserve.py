# SPDX-License-Identifier: GPL-3.0-or-later
"""Version numbers without a server: a number is taken by making a folder whose name holds the number and nothing else.

`_published/.ramses-reserved-003/<holder>/` means that the holder works on version 3. It is prepared under a name of its
own (mkdir) and put in place by one exclusive rename, because a plain mkdir that is killed before it has written its
owner could never be told from a living one. So a reservation always names its holder; taking over a dead holder's is
one rename inside it, which only one can win; nothing waits and nothing times out.
"""

from __future__ import annotations

import os
from types import TracebackType

from . import fsops
from .errors import PlatesError, WriteFailed
from .fsops import is_still_there, names_in
from .holder import Holder
from .longpath import native
from .tree import next_version, parse_version_folder

# Dot-names without underscores: no Ramses tool takes them for versions, plain sorting puts them first.
RESERVED = fsops.PRIVATE + "reserved-"
PREPARED = fsops.PRIVATE + "reserving-"
STAGING = fsops.PRIVATE + "staging-"


class Reservation:
    """One version number of one step, held from `take` until the `with` block ends."""

    def __init__(self, published: str, trash: str, holder: Holder, least: int = 1) -> None:
        self._published = published
        self._least = least
        self._trash = trash
        self._holder = holder.text()
        self._prepared = os.path.join(published, PREPARED + self._holder)
        self.number = 0
        self.left_behind = ""

    def __enter__(self) -> Reservation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._give_back()
            fsops.remove_private(self._prepared)
        except PlatesError as problem:
            self.left_behind = str(problem)
            tell(error, problem)

    def take(self) -> int:
        """Reserve the next number from `least` on that nobody holds, published or undid; one held is given back."""
        self._give_back()
        self._prepare()
        number = max(self._least, next_version(self._names()))
        while True:
            if not fsops.move(self._prepared, self._folder(number)):
                number += 1
                continue
            self.number = number
            # Somebody may have committed and given back this number since we looked: look again, now that we hold it.
            free = next_version(self._names())
            if free <= number:
                return number
            self._give_back()
            number = free

    @property
    def holds(self) -> bool:
        """False where nothing is held, or somebody took the reservation away."""
        return self.number > 0 and os.path.isdir(native(os.path.join(self._folder(self.number), self._holder)))

    @property
    def is_used(self) -> bool:
        """True where a version with this number exists, published or undone: somebody ignores reservations."""
        found = (parse_version_folder(name) for name in self._names())
        return any(version is not None and version.number == self.number for version in found)

    def _prepare(self) -> None:
        fsops.make_folder(self._prepared)
        fsops.make_folder(os.path.join(self._prepared, self._holder))

    def _give_back(self) -> None:
        """The reservation becomes the prepared folder again, in one step."""
        if self.holds and not fsops.move(self._folder(self.number), self._prepared):
            raise WriteFailed("a folder of this name is in the way.", self._prepared)
        self.number = 0

    def _folder(self, number: int) -> str:
        return os.path.join(self._published, f"{RESERVED}{number:03d}")

    def _names(self) -> list[str]:
        """Everything published and undone. In this order: a version that is being undone is seen at least once."""
        return [*names_in(self._published), *names_in(self._trash)]


def sweep(published: str, holder: Holder) -> list[str]:
    """Remove what dead publishers left unfinished in `published`; sentences about what could not be removed.

    Only folders that name a holder, of which there is evidence that it is dead, are touched.
    """
    problems = fsops.sweep(published, STAGING, PREPARED)
    mine = os.path.join(published, PREPARED + holder.text())
    for name in names_in(published):
        path = os.path.join(published, name)
        try:
            if name.startswith(RESERVED):
                _sweep_reservation(path, mine, holder)
        except PlatesError as problem:
            if is_still_there(problem):
                problems.append(problem)
    return [f"Left by a publisher that died: {problem}" for problem in problems]


def tell(error: BaseException | None, problem: PlatesError) -> None:
    """Add to an error that is on its way what could not be cleaned up after it."""
    if isinstance(error, PlatesError):
        error.advice = f"{error.advice} Left behind: {problem}".strip()


def _sweep_reservation(path: str, mine: str, holder: Holder) -> None:
    owners = names_in(path)
    if not owners:  # a power cut may keep the folder and lose who held it; the living are never without their holder
        fsops.remove_empty([path])
    for owner in owners:
        found = Holder.parse(owner)
        if found is not None and found.is_dead and _won(os.path.join(path, owner), os.path.join(path, holder.text())):
            if not fsops.move(path, mine):
                raise WriteFailed("a folder of this name is in the way.", mine)
            fsops.remove_private(mine)


def _won(owner: str, me: str) -> bool:
    """Take a dead holder's place. Its name is unique: one sweeper wins, and a later holder is never meant."""
    try:
        return fsops.move(owner, me)
    except WriteFailed:
        if os.path.lexists(native(owner)):
            raise
        return False
