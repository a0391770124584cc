# SPDX-License-Identifier: GPL-3.0-or-later
"""What the notes under an event say: names, files, reels, shots, file ranges, freezes; in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .cmx_lines import NoteLine
from .names import ShotNote, shot_note

_FROM = frozenset({"FROM CLIP NAME", "CLIP NAME", "FROM CLIP NAME IS"})
_TO = frozenset({"TO CLIP NAME", "TO CLIP NAME IS"})
_FILES = frozenset({"SOURCE FILE", "SOURCE FILE NAME", "FROM FILE", "FROM CLIP", "FILE NAME", "FROM SOURCE FILE"})
_REELS = frozenset({"REEL", "REEL NAME", "REELNAME", "TAPE", "TAPE NAME", "SOURCE REEL", "SOURCE TAPE", "FROM REEL"})
_COMMENTS = frozenset({"COMMENT", "COMMENTS", "VFX"})
_SHOTS = frozenset({"SHOT", "SHOT NAME", "SHOT ID", "VFX ID", "VFX SHOT", "VFX SHOT ID", "VFX NAME"})
_LOCATOR = re.compile(r"(?:\d{1,2}[:;.]){3}\d{1,3}\s*(?:[A-Za-z]+\b)?\s*", re.ASCII)
_MARKER = re.compile(r"\|M:([^|]*)", re.ASCII)
_REPLACED = re.compile(r"(\S.*?)\s+REPLACED BY:?\s+(\S+)", re.I)
# Notes of one event beyond these are kept out of memory: nobody wrote them by hand.
MOST_NOTES = 1000


@dataclass
class NoteFacts:
    """The notes of one event, taken apart. The first word of each kind counts, labelled shots before locators."""

    from_clip: str | None = None
    to_clip: str | None = None
    source_file: str | None = None
    long_reel: str | None = None
    freeze: bool = False
    labelled: ShotNote | None = None
    located: ShotNote | None = None
    bare: ShotNote | None = None
    comments: list[str] = field(default_factory=list)

    @property
    def shot(self) -> ShotNote | None:
        """The shot that the notes name: a COMMENT or SHOT note, else a locator, else an unmistakable bare note."""
        return self.labelled or self.located or self.bare


def read_notes(notes: Iterable[NoteLine]) -> NoteFacts:
    """All facts of one event's notes; every note stays in `comments` as well, except those that only name the clip."""
    facts = NoteFacts()
    for note in notes:
        if not _names(facts, note):
            if note.whole and len(facts.comments) < MOST_NOTES:
                facts.comments.append(note.whole)
            _shots(facts, note)
    return facts


def names_clip(note: NoteLine) -> bool:
    """True for a note that names the clip: it opens an entry of a list without event lines."""
    return note.label in _FROM


def names_shot(note: NoteLine) -> bool:
    """True for a labelled note that may name a shot."""
    return note.label in _SHOTS or note.label in _COMMENTS


def _names(facts: NoteFacts, note: NoteLine) -> bool:
    """Take a name note; False for every other note."""
    text = note.text
    if note.label in _FROM:
        facts.from_clip = facts.from_clip or text or None
    elif note.label in _TO:
        facts.to_clip = facts.to_clip or text or None
    elif note.label in _FILES:
        facts.source_file = facts.source_file or text or None
    elif note.label in _REELS:
        facts.long_reel = facts.long_reel or text or None
    elif note.label == "FINAL CUT PRO REEL":
        match = _REPLACED.match(text)
        facts.long_reel = facts.long_reel or (match[1] if match else text) or None
    else:
        return False
    return True


def _shots(facts: NoteFacts, note: NoteLine) -> None:
    if note.label in _SHOTS:  # whatever stands there first is meant as the shot
        facts.labelled = facts.labelled or shot_note(note.text) or shot_note(note.text.partition(" ")[0])
    elif note.label in _COMMENTS:
        facts.labelled = facts.labelled or shot_note(note.text)
    elif note.label in ("LOC", "LOCATOR", "MARKER"):
        facts.located = facts.located or shot_note(_LOCATOR.sub("", note.text, count=1))
    elif "|M:" in note.whole:
        match = _MARKER.search(note.whole)
        facts.located = facts.located or (shot_note(match[1]) if match else None)
    else:
        facts.freeze = facts.freeze or "FREEZE FRAME" in note.whole.upper()
        facts.bare = facts.bare or shot_note(note.whole, labelled=False)
