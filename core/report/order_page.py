# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordered against delivered as one self-contained page."""

from __future__ import annotations

from ..order import Order
from .edit import EditComparison, edit_comparison
from .edit_html import edit_html
from .html import edit_script, escaped, style


def order_page(order: Order) -> str:
    """The HTML text of a comparison."""
    return comparison_page(edit_comparison(order))


def comparison_page(edit: EditComparison) -> str:
    """The same from the facts alone."""
    title = f"Ordered and delivered: {edit.title or 'the edit'}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escaped(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{style()}</style></head><body class="order"><header class="top"><div class="name">'
        f'<p class="over">Ordered and delivered</p><h1>{escaped(edit.title or "The edit")}</h1></div></header>'
        f"<main>{edit_html(edit, folded=False)}</main><script>{edit_script()}</script></body></html>\n"
    )
