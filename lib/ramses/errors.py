# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can go wrong between us and the Ramses Client, named by its cause."""

from __future__ import annotations


class RamsesError(Exception):
    """Base of all errors of this package. `str(error)` is one sentence for people, with advice where there is some.

    `may_have_acted` is True where a request left this machine and no answer came back: a write may or may not have
    been carried out, and only reading back can tell.
    """

    def __init__(self, message: str, advice: str = "", *, may_have_acted: bool = False) -> None:
        super().__init__(message, advice)
        self.message = message
        self.advice = advice
        self.may_have_acted = may_have_acted

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".rstrip()


class RamsesOffline(RamsesError):
    """Nothing that answers like Ramses is listening."""


class ReplyLost(RamsesOffline):
    """The connection ended before the reply was complete: Ramses quit, crashed or was restarted."""


class RamsesTimeout(RamsesError):
    """Ramses did not answer within the limits."""


class Interrupted(RamsesError):
    """The caller asked to stop while a reply was awaited."""


class BadReply(RamsesError):
    """What came back is not one well-formed reply."""


class Refused(RamsesError):
    """Ramses understood the request and answered that it failed. `answer` is its own sentence."""

    def __init__(self, message: str, advice: str = "", *, answer: str = "") -> None:
        super().__init__(message, advice)
        self.answer = answer


class UnknownQuery(Refused):
    """This version of Ramses does not know the query (`accepted` is false)."""


class Unsendable(RamsesError):
    """A request that was not sent, because it cannot be expressed or is known to damage or end the app."""


class NotFound(RamsesError):
    """There is no such object in the database."""


class NotLoaded(RamsesError):
    """The object is stored, but Ramses holds only the current project in memory: a write to it would be lost."""


class Damaged(RamsesError):
    """The object is stored as an empty record: some program wrote to it without escaping."""


class AlreadyThere(RamsesError):
    """`create` was asked for a uuid that exists; Ramses would overwrite its row."""


class NotWritten(RamsesError):
    """Ramses answered success, but reading back shows something else."""


class Unconfirmed(RamsesError):
    """A write was sent, its reply never came and it could not be read back. Look again later; do not assume."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message, advice, may_have_acted=True)
