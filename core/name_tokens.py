# SPDX-License-Identifier: GPL-3.0-or-later
"""A clip's base name cut into parts, each told apart by its form: shot, sequence, version, number, word, noise ..."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from .noise import NOISE_SPAN, NOISE_TOKEN, TOKEN
from .words import COUNTED, LABELS, PLAIN_NOISE, PLATE_RESOURCES, RESOURCES, STEPS

PartKind = Literal[
    "shot", "sequence", "scene", "episode", "take", "version", "number", "code", "word", "known", "noise", "camera"
]


class Part(NamedTuple):
    """`text` as found; `head` its letters in lower case without accents, `digits` the digits behind them.

    `number` is digits with at most two letters (0010, 0957A), `code` letters and digits (ABC010, A1), `word` letters;
    a `known` word is a step, a resource or a counted thing. `candidate`: may be a sequence or a shot without saying so
    (010, 0957A, A1, BRG101).
    """

    kind: PartKind
    text: str
    head: str = ""
    digits: str = ""
    candidate: bool = False


_GLUED = re.compile(
    r"(?P<lead>[a-z]*\d+)??(?P<episode>(?:ep|eps|episode)\d{1,4}|s\d{1,2}e\d{1,3})?"
    r"(?P<sequence>(?:sq|sqn|seq|sequ|sequence)\d{1,6}[a-z]?)?(?P<scene>(?:sc|sce|scn|scene)\d{1,5}[a-z]?)?"
    r"(?P<shot>(?:sh|sht|shot|cut|plan)\d{1,6})?(?P<tail>[a-z]*?)(?P<version>(?:v|ver|vers|version|rev)\d{1,8}[a-z]?)?\Z",
    re.ASCII,
)
_PLAIN = re.compile(r"(?P<head>[^0-9]*)(?P<digits>[0-9]*)(?P<tail>[^0-9]*)(?P<more>.*)\Z", re.DOTALL)
_TAKE = re.compile(r"(?:tk|take)\d{1,3}\Z", re.ASCII)
_VERSION = re.compile(r"(?:v|ver|vers|version|rev)(\d{1,8})[a-z]?\Z", re.ASCII)
_GLUE_ORDER: tuple[Literal["episode", "sequence", "scene", "shot"], ...] = ("episode", "sequence", "scene", "shot")


def parts_of(base: str) -> list[Part]:
    """The parts of a name, in order; a label and the number behind it (SH_010, seq-010) are one part."""
    parts: list[Part] = []
    at = 0
    for noise in NOISE_SPAN.finditer(base):
        for token in TOKEN.findall(base, at, noise.start()):
            parts += classify(token)
        parts.append(Part("camera" if noise["camera"] else "noise", noise[0]))
        at = noise.end()
    for token in TOKEN.findall(base, at):
        parts += classify(token)
    return _join_labels(parts) if any(part.kind == "word" and part.head in LABELS for part in parts) else parts


@lru_cache(maxsize=32768)
def classify(token: str) -> tuple[Part, ...]:
    """The parts of one token without separators; only glued tokens (SEQ010SH020v001) have more than one."""
    plain = token.lower() if token.isascii() else fold(token)
    if NOISE_TOKEN.match(plain) or plain in PLAIN_NOISE:
        return (Part("noise", token, plain),)
    version = _VERSION.match(plain)
    if version:
        return (Part("version", token, "v", version[1]),)
    if _TAKE.match(plain):
        return (_simple(token, plain, "take"),)
    glued = _GLUED.match(plain)
    if glued and (glued["version"] or any(glued[name] for name in _GLUE_ORDER)):
        return _cut(token, plain, glued)
    return (_by_form(token, plain),)


def fold(text: str) -> str:
    """Lower case without accents, for comparing words of any script."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).lower()


def _cut(token: str, plain: str, glued: re.Match[str]) -> tuple[Part, ...]:
    """Cut a glued token; one whose letters are not plain ASCII stays whole, positions would not agree."""
    if len(plain) != len(token):
        whole = next((name for name in reversed(_GLUE_ORDER) if glued[name]), None)
        return (_simple(token, plain, whole),) if whole else (_by_form(token, plain),)
    found: list[Part] = []
    if glued["lead"]:
        found.append(_by_form(token[: glued.end("lead")], glued["lead"]))
    for name in _GLUE_ORDER:
        if glued[name]:
            found.append(_simple(token[glued.start(name) : glued.end(name)], glued[name], name))
    found += _tail(token, glued, found)
    if glued["version"]:
        digits = "".join(filter(str.isdigit, glued["version"]))
        found.append(Part("version", token[glued.start("version") :], "v", digits))
    return tuple(found)


def _tail(token: str, glued: re.Match[str], found: list[Part]) -> list[Part]:
    """Letters behind a glued id: a step or resource (SH010bg), else a part of the id itself (SH010A)."""
    tail = glued["tail"]
    if not tail:
        return []
    text = token[glued.start("tail") : glued.end("tail")]
    if found and not _is_known(tail):
        last = found.pop()
        return [last._replace(text=last.text + text)]
    return [_by_form(text, tail)]


def _simple(token: str, plain: str, kind: PartKind) -> Part:
    head = plain.rstrip("0123456789")
    return Part(kind, token, head, plain[len(head) :])


def _by_form(token: str, plain: str) -> Part:
    match = _PLAIN.match(plain)
    head, digits, tail, more = match.group("head", "digits", "tail", "more") if match else (plain, "", "", "")
    if not digits:
        return Part("known" if _is_known(head) or head in COUNTED else "word", token, head)
    if head and (_is_known(head) or head in COUNTED) and not tail:
        return Part("known", token, head, digits)
    if not head and not more and len(tail) <= 2:
        return Part("number", token, "", digits, 2 <= len(digits) <= 6)
    return as_code(token, head, digits)


def as_code(token: str, head: str, digits: str) -> Part:
    """Letters and digits that are no word of ours."""
    tail = len(token) - len(head) - len(digits)
    return Part("code", token, head, digits, 1 <= len(digits) <= 5 and 1 <= len(head) <= 6 and tail <= 2)


def _is_known(word: str) -> bool:
    return word in STEPS or word in RESOURCES or word in PLATE_RESOURCES


def _join_labels(parts: list[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        before = joined[-1] if joined else None
        label = LABELS.get(before.head) if before and before.kind == "word" and not before.digits else None
        if before is None or label is None or part.kind != "number":
            joined.append(part)
            continue
        kind: PartKind = label  # type: ignore[assignment]
        joined[-1] = Part(kind, before.text + part.text, before.head, part.digits)
    return joined
