# SPDX-License-Identifier: GPL-3.0-or-later
"""What all pages share: escaping and the files that are put into each page."""

from __future__ import annotations

from html import escape
from importlib import resources


def escaped(value: str) -> str:
    """Text that is safe in any place of a page; undecodable bytes and characters that do not print are shown as codes.

    The latter keeps a name with a right-to-left override from rewriting the line it stands in.
    """
    shown = "".join(c if c.isprintable() or c == "\n" else _code(c) for c in value)
    return escape(shown.encode("utf-8", "backslashreplace").decode("utf-8"))


def style() -> str:
    """The style sheet, to be put into the page itself."""
    return _asset("page.css")


def script() -> str:
    """The script of the report, to be put into the page itself."""
    return _asset("page.js")


def edit_script() -> str:
    """The script of the comparison of an edit, which both pages have."""
    return _asset("edit.js")


def _asset(name: str) -> str:
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _code(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
