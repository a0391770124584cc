# SPDX-License-Identifier: GPL-3.0-or-later
"""All panels in one: the widget that a host docks. A tab is made when it is seen first, and the first one is quick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...core.errors import PlatesError
from ...core.run import RunResult
from ...core.undo import Undone
from . import style
from .binding import QtCore, QtWidgets, Signal
from .host import Host, Written
from .ramses_state import StatusBar
from .runner import in_words
from .setup_context import SceneContext
from .window_parts import Empty, action, asked, paragraph, rows


@dataclass(frozen=True)
class Tab:
    """A tab: `make` builds its panel. One that `needs_scene` is left out where the host has none."""

    name: str
    tip: str
    make: Callable[[RamsesPanel], QtWidgets.QWidget]
    needs_scene: bool = False


def _ingest(window: RamsesPanel) -> QtWidgets.QWidget:
    from .ingest_panel import IngestPanel

    panel = IngestPanel(window.host)
    if window.scene.context is not None:
        panel.set_project(window.scene.context.root, window.scene.context.project)
    panel.runner.done.connect(window.heard)
    return panel


def _load(window: RamsesPanel) -> QtWidgets.QWidget:
    from .load_panel import LoadPanel

    panel = LoadPanel(window.host)
    panel.browser.opened.connect(window.state.set_project)
    return panel


def _versions(window: RamsesPanel) -> QtWidgets.QWidget:
    from .versions_panel import VersionsPanel

    return VersionsPanel(window.host)


def _shot(window: RamsesPanel) -> QtWidgets.QWidget:
    from .setup_panel import SetupPanel

    return SetupPanel(window.host, window.scene)


def _publish(window: RamsesPanel) -> QtWidgets.QWidget:
    from .publish_panel import PublishPanel

    panel = PublishPanel(window.host, window.scene)
    panel.runner.done.connect(window.heard)
    return panel


TABS = (
    Tab("Ingest", "Publish a delivery into the project", _ingest),
    Tab("Load", "Put published plates into the scene", _load),
    Tab("Versions", "How the plates of the scene stand, and newer ones", _versions, needs_scene=True),
    Tab("Shot", "What Ramses wants of the scene: rate, range, format, colour", _shot, needs_scene=True),
    Tab("Publish", "Save and publish the scene or its render", _publish, needs_scene=True),
)


class RamsesPanel(QtWidgets.QWidget):
    """The tabs, and below them how Ramses is doing. Works before the host or a project is ready."""

    tab_made = Signal(str)

    def __init__(self, host: Host, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.host = host
        self.scene = SceneContext(host, self)
        self.setWindowTitle("Ramses Plates")
        self.setObjectName("RamsesPlatesPanel")
        self._pages: dict[str, QtWidgets.QWidget] = {}
        self._watching = False
        self.tabs = QtWidgets.QTabWidget()
        self.tabs.setDocumentMode(True)
        has_scene = asked(lambda: host.has_scene, False)
        self._offered = [tab for tab in TABS if has_scene or not tab.needs_scene]
        for at, tab in enumerate(self._offered):
            page = QtWidgets.QWidget()
            # the ingest panel brings a margin of its own
            page.setLayout(rows(margin=style.gap(self) * (1 if tab.make is _ingest else 2)))
            self.tabs.addTab(page, tab.name)
            self.tabs.setTabToolTip(at, f"{tab.tip}  (Ctrl+{at + 1})")
            action(self, f"Ctrl+{at + 1}", partial(self.tabs.setCurrentIndex, at))
        self.state = StatusBar()
        self.limits = paragraph(asked(lambda: host.limits, ""), quiet=True)
        self.limits.setVisible(bool(self.limits.text()))
        around = style.gap(self)
        below = rows(self.limits, self.state)
        below.setContentsMargins(around * 2, 0, around * 2, around)
        self.setLayout(rows((self.tabs, 1), below))
        self.scene.changed.connect(self._scene_changed)
        self.tabs.currentChanged.connect(lambda *_: self._make_current())

    def sizeHint(self) -> QtCore.QSize:
        """Room for the ingest table; a dock makes it as narrow as it likes."""
        return QtCore.QSize(style.wide(self, 110), style.high(self, 48))

    def showEvent(self, event: Any) -> None:
        """The first tab is made now: a saved workspace builds this widget long before anyone looks at it."""
        super().showEvent(event)
        self._watch(True)
        self._make_current()

    def hideEvent(self, event: Any) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._watch(False)

    def panel(self, name: str) -> QtWidgets.QWidget | None:
        """The panel of a tab, None while it was not made."""
        return self._pages.get(name)

    def open(self, name: str) -> QtWidgets.QWidget:
        """Bring a tab to the front and return its panel. Raises KeyError for a tab that this host does not have."""
        at = next((at for at, tab in enumerate(self._offered) if tab.name == name), None)
        if at is None:
            raise KeyError(name)
        self.tabs.setCurrentIndex(at)
        self._make(at)
        return self._pages[name]

    def heard(self, answer: object) -> None:
        """What one tab has published or taken back concerns the lists of another."""
        load: Any = self._pages.get("Load")
        published = isinstance(answer, tuple) and bool(answer) and isinstance(answer[0], Written)
        if load is None or not (published or isinstance(answer, (RunResult, Undone))):
            return
        if load.browser.project is None and isinstance(answer, RunResult):
            load.browser.open(answer.plan.options.root)
        else:
            load.browser.refresh()

    def _watch(self, on: bool) -> None:
        if on != self._watching and any(tab.needs_scene for tab in self._offered):
            self._watching = on
            self.scene.watch(on)

    def _scene_changed(self) -> None:
        """Another scene, or another shot chosen: what is published from here goes into its project."""
        context, ingest = self.scene.context, self._pages.get("Ingest")
        if context is None:
            return
        self.state.set_project(context.root)
        load: Any = self._pages.get("Load")
        if load is not None:
            load.follow()
        source = getattr(ingest, "source", None)
        if ingest is not None and source is not None and not source.wish.root:
            ingest.set_project(context.root, context.project)

    def _make_current(self) -> None:
        at = self.tabs.currentIndex()
        if self.isVisible() and at >= 0:
            self._make(at)
            # the ingest panel says itself how Ramses is doing, about the project that it publishes into
            own = self._pages[self._offered[at].name].findChild(StatusBar)
            self.state.setVisible(own is None)

    def _make(self, at: int) -> None:
        tab = self._offered[at]
        if tab.name in self._pages:
            return
        try:
            panel = tab.make(self)
        except (PlatesError, ImportError) as problem:
            # one panel that cannot be made leaves the others usable
            panel = Empty()
            panel.say(f"{tab.name} cannot be shown", in_words(problem, tab.name))
        self._pages[tab.name] = panel
        self.tabs.widget(at).layout().addWidget(panel)
        self.tab_made.emit(tab.name)
