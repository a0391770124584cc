# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error of the core, named by its cause. `str(error)` is one sentence that may be shown to an artist."""

from __future__ import annotations


class PlatesError(Exception):
    """Base of all errors that a user may see.

    `message` is one sentence, `path` the file or folder it is about (None where there is none),
    `advice` what to do next ("" where nothing useful can be said).
    """

    def __init__(self, message: str, path: str | None = None, advice: str = "") -> None:
        super().__init__(message, path, advice)
        self.message = message
        self.path = path
        self.advice = advice

    def __str__(self) -> str:
        text = self.message if self.path is None else f"{self.path}: {self.message}"
        return f"{text} {self.advice}".rstrip()


class Cancelled(PlatesError):
    """The person asked to stop; nothing of this run is left half done."""

    def __init__(self, message: str = "Cancelled.") -> None:
        super().__init__(message)


class TimecodeError(PlatesError):
    """A timecode text or number that does not exist at its rate."""


class DamagedFile(PlatesError):
    """A reader of ours recognised the format and found the file broken. No fallback is tried."""


class UnknownFormat(PlatesError):
    """No reader recognises the file (its magic is none of ours)."""


class RuleError(PlatesError):
    """A naming rule or rules file that cannot be used; the message says where in the file."""


class NameRefused(PlatesError):
    """An id, resource or state that Ramses cannot write; `advice` proposes one that it can."""


class SourceChanged(PlatesError):
    """A delivered file is not the one that was planned any more (size, time or identity differ)."""


class ReadFailed(PlatesError):
    """The system refused to read a delivered or a published file."""


class DiskFull(PlatesError):
    """The target has no room; the message says how much is missing."""


class WriteFailed(PlatesError):
    """The system refused a write, flush, rename or mkdir in the project tree."""


class VerifyFailed(PlatesError):
    """Bytes read back are not the bytes that were delivered."""


class NotAsListed(PlatesError):
    """A delivered file is not what the manifest that came with it lists."""


class ManifestError(PlatesError):
    """A manifest or sidecar that is missing, broken or does not describe its folder."""


class EditError(PlatesError):
    """An edit list (EDL, OTIO, AAF, ALE ...) that cannot be read; the message says which line and why."""


class PlacementRefused(PlatesError):
    """A placement policy that cannot be honoured exactly; the message is the reason."""


class SettingsError(PlatesError):
    """A settings file or option that cannot be used."""
