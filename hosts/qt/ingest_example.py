# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialog in which a person shows where the shot is in a name, and sees at once what the other clips become."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...core import fsops
from ...core.clip import Clip
from ...core.errors import PlatesError
from ...core.rule_set import Rules, rules_text
from . import style
from .binding import Qt, QtGui, QtWidgets
from .ingest_marks import MARKABLE, Inferred, Marks, infer_job, with_rule
from .runner import Runner
from .window_parts import action, button, caption, columns, paragraph, rows

_INKS = {
    "shot": "planned",
    "sequence": "published",
    "resource": "attention",
    "step": "unknown",
    "version": "refused",
    "_ignore": "duplicate",
}
_HEADS = ("Delivered name", "Sequence", "Shot", "Step", "Resource", "Version")
_SHOWN = 300


class ExampleDialog(QtWidgets.QDialog):
    """After it was accepted `rules` are those to use, `label` their name."""

    def __init__(
        self, clips: Sequence[Clip], first: Clip | None, rules: Rules, parent: QtWidgets.QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("example")
        self.setWindowTitle("Mark an example")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._clips = tuple(clips)
        self._before = rules
        self.rules = rules
        self.label = "Rule by example"
        self.marks = Marks()
        self.inferred = Inferred()
        self.runner = Runner(self)
        self.runner.done.connect(self._take)
        self.runner.problem.connect(lambda text: self._take(Inferred(problem=text)))
        self._make_parts()
        self._fill()
        self.show_name(first.first_file if first is not None else clips[0].first_file if clips else "")

    # ---- what a person can do --------------------------------------------------------------------------------------

    def show_name(self, name: str) -> None:
        """The name to mark now."""
        self.name.setPlainText(name)
        self._draw_marks()

    def mark(self, field: str) -> None:
        """The selected part of the name is this field."""
        cursor = self.name.textCursor()
        self.mark_part(field, cursor.selectionStart(), cursor.selectionEnd())

    def mark_part(self, field: str, start: int, end: int) -> None:
        """As `mark`, with positions in the name."""
        self._change(self.marks.put(self.name.toPlainText(), field, start, end))

    def clear(self) -> None:
        """Take the marks of this name away."""
        self._change(self.marks.clear(self.name.toPlainText()))

    def refuse(self) -> None:
        """The chosen names hold no shot."""
        self._change(self.marks.refuse([self._clips[line].first_file for line in self._lines()]))

    def save(self) -> None:
        """Keep the rules in a file."""
        path, _kind = QtWidgets.QFileDialog.getSaveFileName(self, "Keep the rules", "rules.json", "Rules (*.json)")
        if path and self.inferred.rule is not None:
            try:
                text = rules_text(with_rule(self._before, self.inferred.rule)).encode("utf-8")
                fsops.write_file(path, [text], replace=True)
            except PlatesError as problem:
                self.verdict.setText(str(problem))
            else:
                self.label = path.replace("\\", "/").rpartition("/")[2]
                self.verdict.setText(f"Kept in {path}.")

    def accept(self) -> None:
        """Use the rule, before those that were used until now."""
        if self.inferred.rule is not None:
            self.rules = with_rule(self._before, self.inferred.rule)
            super().accept()

    # ---- within ----------------------------------------------------------------------------------------------------

    def _make_parts(self) -> None:
        self.name = _NameField(self)
        self.name.setFixedHeight(style.high(self, 2.6))
        self.name.selectionChanged.connect(self._selected)
        fields = []
        for field, words, key in MARKABLE:
            made = button(words, f"The selected part is the {words.lower()}", partial(self.mark, field), key)
            made.setIcon(style.swatch(_INKS[field], self.palette(), style.icon_size(self)))
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the selection in the name must stay
            action(self, key, partial(self.mark, field))
            fields.append(made)
        self._field_buttons = fields
        self._clear = button("Clear", "Take the marks of this name away", self.clear)
        self.verdict = paragraph("Select the shot in the name above, then press Shot.")
        self.pattern = QtWidgets.QLineEdit()
        self.pattern.setReadOnly(True)
        self.pattern.setToolTip("The pattern of the rule, a regular expression; it can be kept in a rules file")
        self.table = QtWidgets.QTreeWidget()
        self.table.setHeaderLabels(list(_HEADS))
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAlternatingRowColors(True)
        self.table.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setToolTip("Double-click a name to mark it as well")
        self.table.itemDoubleClicked.connect(lambda item, _column: self.show_name(item.text(0)))
        negative = button("These hold no shot", "The rule must find nothing in the chosen names", self.refuse)
        self._save = button("Keep as file…", "Write the rules into a file, for the next delivery", self.save)
        self._use = button("Use this rule", "Read all names by this rule first", self.accept)
        cancel = button("Cancel", "Leave the naming as it was", self.reject, "Esc")
        head = caption("Select a part of the name, then say what it is. One example is often enough.")
        lower = columns(negative, None, self._save, cancel, self._use)
        marking = columns(*fields, None, self._clear)
        margin = style.gap(self) * 2
        parts = (head, self.name, marking, self.verdict, self.pattern, (self.table, 1), lower)
        self.setLayout(rows(*parts, margin=margin))
        self.resize(style.wide(self, 120), style.high(self, 36))

    def _fill(self) -> None:
        for clip in self._clips[:_SHOWN]:
            self.table.addTopLevelItem(QtWidgets.QTreeWidgetItem([clip.first_file]))
        self.table.setColumnWidth(0, style.wide(self, 56))
        self._show_state()

    def _selected(self) -> None:
        chosen = self.name.textCursor().hasSelection()
        for made in self._field_buttons:
            made.setEnabled(chosen)

    def _lines(self) -> list[int]:
        return [self.table.indexOfTopLevelItem(item) for item in self.table.selectedItems()]

    def _change(self, marks: Marks) -> None:
        if marks != self.marks:
            self.marks = marks
            self._draw_marks()
            self.runner.replace(infer_job(marks, self._clips, self.label))

    def _draw_marks(self) -> None:
        found = []
        for mark in self.marks.of(self.name.toPlainText()):
            part = QtWidgets.QTextEdit.ExtraSelection()
            part.cursor = self.name.textCursor()
            part.cursor.setPosition(mark.start)
            part.cursor.setPosition(mark.end, QtGui.QTextCursor.MoveMode.KeepAnchor)
            ink = style.state_colour(_INKS[mark.field], self.palette())
            part.format.setForeground(QtGui.QBrush(self.palette().color(QtGui.QPalette.ColorRole.Base)))
            part.format.setBackground(QtGui.QBrush(ink))
            found.append(part)
        self.name.setExtraSelections(found)
        cursor = self.name.textCursor()
        cursor.clearSelection()
        self.name.setTextCursor(cursor)
        self._selected()

    def _take(self, found: object) -> None:
        if isinstance(found, Inferred):
            self.inferred = found
            self._show_state()

    def _show_state(self) -> None:
        found = self.inferred
        self._use.setEnabled(found.rule is not None)
        self._save.setEnabled(found.rule is not None)
        self.pattern.setText(found.rule.pattern if found.rule is not None else "")
        if found.rule is not None:
            total = len(found.found)
            self.verdict.setText(f"The rule finds a shot in {found.matched:,} of {total:,} names.")
        elif found.problem:
            self.verdict.setText(found.problem)
        for line, clip in enumerate(self._clips[:_SHOWN]):
            item = self.table.topLevelItem(line)
            identity = found.found[line] if line < len(found.found) else None
            texts = ("",) * 5
            if identity is not None:
                version = "" if identity.version is None else str(identity.version)
                texts = (
                    identity.sequence or "", identity.shot or "", identity.step or "", identity.resource or "", version
                )  # fmt: skip
            for column, text in enumerate(texts, start=1):
                if item.text(column) != text:
                    item.setText(column, text)
            state = "found" if identity is None else "good" if identity.matched else "refused"
            state = "left-out" if clip.first_file in self.marks.negative else state
            item.setIcon(0, style.state_icon(state, self.palette(), style.icon_size(self)))


class _NameField(QtWidgets.QTextEdit):
    """A name in which parts can be selected, by mouse and by keys, and nothing can be typed."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        font = QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.SystemFont.FixedFont)
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * 1.3)
        self.setFont(font)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QtWidgets.QTextEdit.LineWrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setToolTip("Select a part with the mouse, or with Shift and the arrow keys; double-click selects a word")
