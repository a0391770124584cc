# SPDX-License-Identifier: GPL-3.0-or-later
"""Any edit list: the format is told by what is in the file, not by its name."""

from __future__ import annotations

from fractions import Fraction

from ..errors import EditError
from .ale import is_ale, read_ale
from .cmx3600 import read_cmx3600
from .decode import decode, read_bytes
from .fcpxml import read_fcpxml
from .fcpxml_parts import bundle_file
from .model import Edit
from .otio import parse_xml, read_otio

_SNIFFED = 64 * 1024
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_edit(path: str, rate: Fraction | None = None) -> Edit:
    """The edit of a CMX3600 EDL, ALE, OTIO, AAF, FCP 7 XML or FCPXML file.

    `rate` counts the labels of formats that hold no rate, and wins over the stated one of those that do.
    Raises EditError, with the line and why, for a file that cannot be read.
    """
    path = bundle_file(path)
    kind = _kind(_head(path), path)
    if kind in ("otio", "otioz", "aaf", "fcp7"):
        return read_otio(path, kind, rate)
    if kind == "fcpxml":
        return read_fcpxml(parse_xml(path), path, rate)
    text = decode(read_bytes(path), path)
    return read_ale(text, path, rate) if is_ale(text) else read_cmx3600(text, path, rate)


def _head(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_SNIFFED)
    except OSError as problem:
        raise EditError(f"the edit cannot be opened: {problem.strerror or problem}.", path) from None


def _kind(head: bytes, path: str) -> str:
    """otio, otioz, aaf, fcp7, fcpxml, or text. Raises EditError for XML of another kind."""
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(_COMPOUND_FILE):
        return "aaf"
    if head.startswith(b"PK\x03\x04"):
        return "otioz"
    if plain.startswith(b"{"):
        return "otio"
    if not plain.startswith(b"<"):
        return "text"
    if b"<fcpxml" in plain:
        return "fcpxml"
    if b"<xmeml" in plain:
        return "fcp7"
    raise EditError("line 1: this XML is neither an FCPXML nor a Final Cut 7 edit.", path)
