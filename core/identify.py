# SPDX-License-Identifier: GPL-3.0-or-later
"""Names to identities: which sequence, shot, step, resource and version a clip is, by rules or by its form.

Ids are reported as they stand in the name. Whether Ramses can write them is the plan's question.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from .clip import Clip
from .folder_hints import folder_hints, sequence_from_folders
from .identity import Identity
from .name_shapes import AMBIGUOUS, SINGLE_NUMBER, Found, find_shot
from .name_tokens import Part, parts_of
from .resource_rule import ANY, as_resource
from .rules import BUILTIN, Rules
from .tree import parse_file_name
from .vocabulary import Vocabulary, read_words

# No file system has longer names; an edit list may.
LONGEST_NAME = 255
RAMSES_NAME = "builtin:ramses-name"
FOLDER = "builtin:folder"
_FROM_FOLDER = " + folder"
_GUESSED = " + guessed from folder"


def identify(base: str, parent: str = "", rules: Rules = BUILTIN) -> Identity:
    """The identity of a clip's base name (no frame, no extension) in the folder `parent`, a name or a path below the
    delivery. An Identity that is not `matched` where no rule finds a shot, or where the name speaks of two."""
    if len(base) > LONGEST_NAME:
        return Identity()
    extra: dict[str, str] = {}
    for rule in rules.rules:
        found = rule.read(base, parent)
        if "shot" in found:
            return _by_rule(extra | found, rule.label, rules)
        if not rule.has_shot:
            extra = found | extra
    if not rules.builtin:
        return Identity()
    return _with_extra(_by_form(base, parent, rules.vocabulary), extra, rules)


def identify_clip(clip: Clip, rules: Rules = BUILTIN) -> Identity:
    """The identity of a scanned clip: its folders below the scanned one count, the scanned one only when it is plain
    (SEQ010, SEQ010_SH020), because deliveries lie in folders of any name."""
    outer = os.path.basename(clip.root)
    hints = folder_hints(outer)
    named = hints.sequence is not None or hints.shot is not None
    return identify(clip.base, f"{outer}/{clip.dir}" if named else clip.dir, rules)


def identity_document(name: str, identity: Identity) -> dict[str, Any]:
    """One entry of `identify --json`."""
    return {
        "name": name,
        "matched": identity.matched,
        "sequence": identity.sequence,
        "shot": identity.shot,
        "step": identity.step,
        "resource": identity.resource,
        "version": identity.version,
        "project": identity.project,
        "rule": identity.rule or None,
    }


def identify_document(names: Sequence[str], parent: str = "", rules: Rules = BUILTIN) -> dict[str, Any]:
    """The whole document of `identify --json`."""
    entries = [identity_document(name, identify(name, parent, rules)) for name in names]
    return {"schema": "ramses-plates/identify/1", "names": entries}


def _by_rule(found: dict[str, str], label: str, rules: Rules) -> Identity:
    step = found.get("step")
    return Identity(
        shot=found["shot"],
        sequence=found.get("sequence"),
        step=step.upper() if step else None,
        resource=_resource(found, rules),
        version=_version(found.get("version")),
        project=found.get("project"),
        rule=label,
    )


def _with_extra(identity: Identity, extra: dict[str, str], rules: Rules) -> Identity:
    if not extra or identity.shot is None:
        return identity
    own = _by_rule({**extra, "shot": identity.shot}, identity.rule, rules)
    return Identity(
        shot=identity.shot,
        sequence=own.sequence or identity.sequence,
        step=own.step or identity.step,
        resource=own.resource or identity.resource,
        version=identity.version if own.version is None else own.version,
        project=own.project or identity.project,
        rule=identity.rule,
        sequence_guessed=identity.sequence_guessed and not own.sequence,
    )


def _resource(found: dict[str, str], rules: Rules) -> str | None:
    """The resource that a rule read, or the one that the resource rules give its view."""
    view = found.get("view")
    if found.get("resource") or not view:
        return found.get("resource")
    for rule in rules.resources:
        if rule.view and rule.view.lower() in (ANY, view.lower()):
            return (as_resource(view) if rule.resource == ANY else rule.resource) or None
    return as_resource(view) or None


def _version(text: str | None) -> int | None:
    """The first digits of a version's text: v012 is 12; None for vBad and for numbers beyond any version."""
    digits = ""
    for letter in text or "":
        if letter in "0123456789":
            digits += letter
        elif digits:
            break
    return int(digits) if 0 < len(digits) <= 8 else None


def _by_form(base: str, parent: str, vocabulary: Vocabulary) -> Identity:
    if "_S_" in base or "_s_" in base:
        own = _ramses_name(base, parent)
        if own:
            return own
    parts = vocabulary.sorted_out(parts_of(base))
    found = find_shot(parts)
    if found == AMBIGUOUS:
        return Identity()
    if parent and (found is None or found.rule == SINGLE_NUMBER):
        # A folder per shot says more than a number in a name that may count anything.
        folder = folder_hints(parent).shot
        if folder is not None:
            found = Found(folder.shot, folder.sequence, FOLDER)
    return _complete(found, parts, parent, vocabulary) if found else Identity()


def _complete(found: Found, parts: list[Part], parent: str, vocabulary: Vocabulary) -> Identity:
    words = read_words(parts, vocabulary)
    sequence, guessed, rule = found.sequence, False, found.rule
    if sequence is None and parent and found.shot is not None:
        sequence, guessed = sequence_from_folders(parent, found.shot)
        if sequence is not None and rule != FOLDER:
            rule += _GUESSED if guessed else _FROM_FOLDER
    return Identity(found.shot, sequence, words.step, words.resource, words.version, None, rule, guessed)


def _ramses_name(base: str, parent: str) -> Identity | None:
    """A name in the Ramses grammar says it all, except the sequence."""
    name = parse_file_name(base)
    if name is None or name.kind != "S" or name.step.isdigit():
        return None
    return Identity(
        shot=name.name,
        sequence=folder_hints(parent).sequence if parent else None,
        step=name.step.upper() or None,
        resource=name.resource or None,
        version=name.version,
        project=name.project,
        rule=RAMSES_NAME,
    )
