# SPDX-License-Identifier: GPL-3.0-or-later
"""What all pages share: escaping and the style sheet."""

from __future__ import annotations

from html import escape
from importlib import resources


def escaped(value: str) -> str:
    """Text that is safe in any place of a page; undecodable bytes are shown, not passed on."""
    return escape(value.encode("utf-8", "backslashreplace").decode("utf-8"))


def style() -> str:
    """The style sheet, to be put into the page itself."""
    return resources.files(__package__ or "").joinpath("page.css").read_text(encoding="utf-8")
