# SPDX-License-Identifier: GPL-3.0-or-later
"""How states look: colours that read on dark and on light, icons drawn by strokes, sizes taken from the font."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .binding import Qt, QtCore, QtGui, QtWidgets

# meaning -> (on a dark background, on a light one)
_COLOURS = {
    "good": ("#7fc97f", "#2e7d32"),
    "ready": ("#7fb3e6", "#1b62a8"),
    "warn": ("#f0b24a", "#9a5b00"),
    "bad": ("#f2777a", "#b3261e"),
    "quiet": ("#9a9a9a", "#6b6b6b"),
    "unknown": ("#d9cf6c", "#756a00"),
}
# state of a clip, a version, a node or a check -> (meaning, sign)
_STATES = {
    "found": ("quiet", "ring"),
    "read": ("quiet", "dot"),
    "planned": ("ready", "arrow"),
    "attention": ("warn", "alert"),
    "publishing": ("ready", "dot"),
    "published": ("good", "tick"),
    "duplicate": ("quiet", "equal"),
    "refused": ("bad", "cross"),
    "failed": ("bad", "cross"),
    "left-out": ("quiet", "minus"),
    "newest": ("good", "tick"),
    "older": ("warn", "up"),
    "missing": ("bad", "cross"),
    "unknown": ("unknown", "query"),
    "info": ("ready", "dot"),
    "warning": ("warn", "alert"),
    "error": ("bad", "cross"),
    "online": ("good", "dot"),
    "offline": ("quiet", "ring"),
    "waiting": ("warn", "up"),
    "good": ("good", "tick"),
}


def is_dark(palette: QtGui.QPalette) -> bool:
    """True where text is lighter than what it stands on."""
    window = palette.color(QtGui.QPalette.ColorRole.Window)
    text = palette.color(QtGui.QPalette.ColorRole.WindowText)
    return bool(text.lightness() > window.lightness())


def state_colour(state: str, palette: QtGui.QPalette) -> QtGui.QColor:
    """The colour of a state's text and icon on this palette; a state that nobody knows is quiet."""
    meaning, _sign = _STATES.get(state, ("quiet", "dot"))
    dark, light = _COLOURS[meaning]
    return QtGui.QColor(dark if is_dark(palette) else light)


def state_icon(state: str, palette: QtGui.QPalette, size: int = 16) -> QtGui.QIcon:
    """An icon of `size` logical pixels, sharp also on screens of two and three times the density."""
    _meaning, sign = _STATES.get(state, ("quiet", "dot"))
    return _icon(sign, state_colour(state, palette).name(), size)


def swatch(state: str, palette: QtGui.QPalette, size: int = 16) -> QtGui.QIcon:
    """A spot of a state's colour, for a legend."""
    return _icon("spot", state_colour(state, palette).name(), size)


@lru_cache(maxsize=256)
def _icon(sign: str, colour: str, size: int) -> QtGui.QIcon:
    icon = QtGui.QIcon()
    for density in (1, 2, 3):
        pixmap = QtGui.QPixmap(size * density, size * density)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QtGui.QPainter(pixmap)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.scale(size * density / 16, size * density / 16)
        pen = QtGui.QPen(QtGui.QColor(colour), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        _SIGNS[sign](painter)
        painter.end()
        pixmap.setDevicePixelRatio(density)
        icon.addPixmap(pixmap)
    return icon


def _lines(*points: tuple[float, float]) -> Callable[[Any], None]:
    def draw(painter: Any) -> None:
        painter.drawPolyline(QtGui.QPolygonF([QtCore.QPointF(x, y) for x, y in points]))

    return draw


def _ring(painter: Any) -> None:
    painter.drawEllipse(QtCore.QPointF(8, 8), 4.2, 4.2)


def _dot(painter: Any) -> None:
    painter.setBrush(painter.pen().color())
    painter.drawEllipse(QtCore.QPointF(8, 8), 3.4, 3.4)


def _spot(painter: Any) -> None:
    painter.setBrush(painter.pen().color())
    painter.drawRoundedRect(QtCore.QRectF(4, 4, 8, 8), 1, 1)


def _cross(painter: Any) -> None:
    _lines((4.2, 4.2), (11.8, 11.8))(painter)
    _lines((11.8, 4.2), (4.2, 11.8))(painter)


def _equal(painter: Any) -> None:
    _lines((4, 6.2), (12, 6.2))(painter)
    _lines((4, 9.8), (12, 9.8))(painter)


def _arrow(painter: Any) -> None:
    _lines((3.5, 8), (12.2, 8))(painter)
    _lines((8.6, 4.4), (12.2, 8), (8.6, 11.6))(painter)


def _up(painter: Any) -> None:
    _lines((8, 12.5), (8, 3.8))(painter)
    _lines((4.4, 7.4), (8, 3.8), (11.6, 7.4))(painter)


def _alert(painter: Any) -> None:
    _lines((8, 2.6), (14, 13), (2, 13), (8, 2.6))(painter)
    _lines((8, 6.6), (8, 9))(painter)
    _lines((8, 11), (8, 11.1))(painter)


def _query(painter: Any) -> None:
    path = QtGui.QPainterPath(QtCore.QPointF(5, 6))
    path.cubicTo(5, 1.6, 11.4, 2, 10.9, 6)
    path.cubicTo(10.6, 8, 8, 8, 8, 10)
    painter.drawPath(path)
    _lines((8, 12.9), (8, 13))(painter)


_SIGNS: dict[str, Callable[[Any], None]] = {
    "ring": _ring,
    "dot": _dot,
    "spot": _spot,
    "tick": _lines((3.2, 8.4), (6.6, 11.8), (12.8, 4.6)),
    "cross": _cross,
    "equal": _equal,
    "minus": _lines((4, 8), (12, 8)),
    "arrow": _arrow,
    "up": _up,
    "alert": _alert,
    "query": _query,
}


def wide(widget: QtWidgets.QWidget, letters: float) -> int:
    """Logical pixels that this many average letters take in the widget's font."""
    return round(widget.fontMetrics().averageCharWidth() * letters)


def high(widget: QtWidgets.QWidget, lines: float) -> int:
    """Logical pixels that this many lines of text take in the widget's font."""
    return round(widget.fontMetrics().lineSpacing() * lines)


def icon_size(widget: QtWidgets.QWidget) -> int:
    """The side of an icon that stands beside text, in logical pixels."""
    return max(12, round(widget.fontMetrics().height() * 0.95))


def gap(widget: QtWidgets.QWidget) -> int:
    """The usual distance between two things, in logical pixels."""
    return max(4, round(widget.fontMetrics().height() * 0.4))


def title_font(widget: QtWidgets.QWidget) -> QtGui.QFont:
    """The widget's font, a little larger and bold, for the head of an empty state or a result."""
    font = QtGui.QFont(widget.font())
    font.setBold(True)
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * 1.25)
    return font


def dark_palette() -> QtGui.QPalette:
    """Greys close to those of the compositing programs, for the window of its own and for pictures in the guides."""
    palette, role = QtGui.QPalette(), QtGui.QPalette.ColorRole
    for name, colour in (
        (role.Window, "#323232"),
        (role.WindowText, "#d6d6d6"),
        (role.Base, "#282828"),
        (role.AlternateBase, "#2d2d2d"),
        (role.Text, "#d6d6d6"),
        (role.Button, "#3e3e3e"),
        (role.ButtonText, "#d6d6d6"),
        (role.ToolTipBase, "#454545"),
        (role.ToolTipText, "#e6e6e6"),
        (role.PlaceholderText, "#8a8a8a"),
        (role.Highlight, "#37608c"),
        (role.HighlightedText, "#ffffff"),
        (role.Link, "#7fb3e6"),
        (role.Mid, "#484848"),
        (role.Dark, "#1f1f1f"),
        (role.Midlight, "#4a4a4a"),
        (role.Light, "#565656"),
        (role.Shadow, "#141414"),
    ):
        palette.setColor(name, QtGui.QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QtGui.QPalette.ColorGroup.Disabled, name, QtGui.QColor("#7c7c7c"))
    palette.setColor(QtGui.QPalette.ColorGroup.Disabled, role.Highlight, QtGui.QColor("#4a4a4a"))
    return palette
