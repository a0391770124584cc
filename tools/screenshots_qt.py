# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the pictures of the Qt panels: `python -m ramses_plates.tools.screenshots_qt PROJECTS IMAGES`, on an X server.

Every panel is the real one, on a real project; only the program with the scene around it is a stand-in.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "support"))
from fake_scene import FakeScene, siblings

from ..core import fsops
from ..core.events import Event
from ..core.versions import PublishedVersion, list_versions
from ..core.work_context import WorkContext
from ..hosts.cli.main import main as command_line
from ..hosts.qt import ingest_work, load_memory, standalone, style
from ..hosts.qt.binding import QtCore, QtGui, QtWidgets
from ..hosts.qt.host import Check, SetupRow, Shown
from ..hosts.qt.runner import Runner, stop_all
from ..hosts.qt.window import RamsesPanel
from . import screenshots_ramses
from .screenshots_project import DELIVERIES, FRESH, PROJECT

# A picture may be this large; fewer colours are taken where it is larger.
_LARGEST = 240 * 1024
_PATIENCE = 60.0
_NUKE = "Nuke 16.0v3"


@dataclass
class Studio:
    """Where the deliveries are, where pictures go."""

    place: str
    images: str

    @property
    def root(self) -> str:
        """The project's folder."""
        return os.path.join(self.place, "projects", PROJECT)

    def delivery(self, name: str) -> str:
        """The folder of one delivery."""
        return os.path.join(self.place, DELIVERIES, name)

    def context(self) -> WorkContext:
        """Where the artist of the pictures works."""
        return WorkContext.of_shot(self.root, PROJECT, "SH010", "COMP")

    def shot(self, shot: str) -> tuple[PublishedVersion, ...]:
        """What is published of a shot."""
        return list_versions(self.root, shot)

    def open(self, scene: FakeScene, tab: str, width: int, height: int) -> tuple[Any, Any]:
        """The panels around a scene with one tab in front, at rest; the window and the tab's panel."""
        window = RamsesPanel(scene)
        window.resize(width, height)
        panel = window.open(tab)
        window.show()
        self.settle(window)
        return window, panel

    def settle(self, panel: Any, until: Callable[[], bool] = lambda: True) -> None:
        """Keep the window going until nothing works any more."""
        quiet_since, end = time.monotonic(), time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            QtCore.QCoreApplication.processEvents()
            time.sleep(0.005)
            if any(runner.busy for runner in panel.findChildren(Runner)) or not until():
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > 0.3:
                return
        raise RuntimeError(f"{type(panel).__name__} did not come to rest")

    def wait(self, until: Callable[[], bool]) -> None:
        """Keep the window going until this holds."""
        end = time.monotonic() + _PATIENCE
        while not until():
            if time.monotonic() > end:
                raise RuntimeError("what the picture should show did not come")
            QtCore.QCoreApplication.processEvents()
            time.sleep(0.002)

    def linger(self, seconds: float) -> None:
        """Let the window go on: what is known appears in it a moment later."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QtCore.QCoreApplication.processEvents()
            time.sleep(0.002)

    def take(self, name: str, panel: Any, at_once: bool = False) -> None:
        """Keep the panel's picture as docs/images/qt-NAME.png; `at_once` catches it at work."""
        if not at_once:
            QtCore.QCoreApplication.processEvents()
        panel.grab().save(path := os.path.join(self.images, f"qt-{name}.png"), "PNG")
        _shrink(path)


@contextlib.contextmanager
def slow(module: Any, name: str, pause: float) -> Iterator[None]:
    """Meanwhile each of a function's events takes a moment, as on a share: or no picture would catch it at work."""
    real = getattr(module, name)

    def patient(*arguments: Any, listen: Any, **options: Any) -> Any:
        def told(event: Event) -> None:
            listen(event)
            time.sleep(pause)

        return real(*arguments, listen=told, **options)

    setattr(module, name, patient)
    try:
        yield
    finally:
        setattr(module, name, real)


@contextlib.contextmanager
def slow_disk(pause: float) -> Iterator[None]:
    """Meanwhile each file takes a moment to copy, another one for each, so that the picture cannot miss the middle."""
    module: Any = fsops
    real = module.copy_hashed
    counted = itertools.count()

    def patient(*arguments: Any) -> Any:
        time.sleep(pause * (1 + next(counted) % 8))
        return real(*arguments)

    module.copy_hashed = patient
    try:
        yield
    finally:
        module.copy_hashed = real


def _shrink(path: str) -> None:
    """The same picture in fewer bytes."""
    from PIL import Image

    with Image.open(path) as picture:
        flat = picture.convert("RGB")
    for colours in (0, 256, 128):
        data = io.BytesIO()
        (flat.quantize(colours, method=Image.Quantize.MEDIANCUT) if colours else flat).save(data, "PNG", optimize=True)
        if data.tell() <= _LARGEST:
            break
    with open(path, "wb") as file:
        file.write(data.getvalue())


def ingest(studio: Studio) -> None:
    """The ingest panel: empty, looking, planned, an example for a rule, the order, publishing, published."""
    fresh = os.path.join(studio.place, "projects", FRESH)
    ramses = screenshots_ramses.start(FRESH, fresh)
    window, panel = studio.open(FakeScene(name=_NUKE), "Ingest", 1400, 800)
    studio.take("ingest-empty", window)
    with slow(ingest_work, "survey", 0.2):
        panel.set_project(fresh, FRESH)
        panel.set_delivery([studio.delivery("day_14")])
        studio.wait(lambda: _some(panel, "found") and _some(panel, "read"))
        studio.linger(1.0)
        studio.take("ingest-looking", window, at_once=True)
        studio.settle(window)
    _plan(studio, window, panel)
    with slow_disk(0.3):
        panel.publish()
        studio.wait(lambda: _some(panel, "published"))
        studio.wait(lambda: _half_done(panel) and not panel.table.busy)
        studio.take("ingest-publishing", window, at_once=True)
        studio.settle(window)
    studio.take("ingest-published", window)
    ramses.kill("closed by the artist")
    panel.set_delivery([studio.delivery("day_15")])
    studio.settle(window)
    panel.publish()
    studio.settle(window)
    studio.take("ingest-offline", window)
    window.close()
    _example(studio)


def _plan(studio: Studio, window: Any, panel: Any) -> None:
    """The plan by an edit, and what that ordered."""
    panel.source.set_edit(studio.delivery("day_14.edl"))
    studio.settle(window)
    _choose(panel, "SH020")
    studio.settle(window)
    studio.take("ingest-planned", window)
    panel.show_order()
    studio.settle(window)
    dialog = next(one for one in window.findChildren(QtWidgets.QDialog) if one.isVisible())
    dialog.resize(1180, 420)
    studio.take("ingest-order", dialog)
    dialog.close()


def _example(studio: Studio) -> None:
    """Names that nobody reads, and the dialog that learns them."""
    window, panel = studio.open(FakeScene(name=_NUKE), "Ingest", 1400, 800)
    panel.set_delivery([studio.delivery("reshoot")])
    studio.settle(window)
    panel.mark_example()
    studio.settle(window)
    dialog = next(one for one in window.findChildren(QtWidgets.QDialog) if one.isVisible())
    dialog.resize(920, 460)
    name = dialog.name.toPlainText()
    dialog.mark_part("sequence", name.index("a03"), name.index("a03") + 3)
    dialog.mark_part("shot", name.index("0450"), name.index("0450") + 4)
    studio.settle(window)
    studio.take("ingest-example", dialog)
    dialog.close()
    window.close()


def _some(panel: Any, state: str) -> bool:
    return any(row.state == state for row in panel.table.rows.values())


def _half_done(panel: Any) -> bool:
    """True while a large clip is copied and neither begun nor nearly through."""
    words = [row.cells[0] for row in panel.table.rows.values() if row.state == "publishing"]
    return any(word.split()[-2].isdigit() and 20 < int(word.split()[-2]) < 90 for word in words if word.endswith("%"))


def _choose(panel: Any, shot: str) -> None:
    """Put the clip of a shot into the details."""
    panel.table.choose([key for key in panel.table.rows if f"{shot}_PLATE" in key])


def artist(studio: Studio) -> None:
    """Everything that an artist does, while Ramses runs with the project open."""
    load_memory.remember(load_memory.Memory())
    window, _panel = studio.open(FakeScene(name=_NUKE), "Load", 860, 560)
    studio.take("load-empty", window)  # a running Ramses would open its project
    window.close()
    ramses = screenshots_ramses.start(PROJECT, studio.root)
    for sheet in (own_window, load, versions, setup, publish):
        sheet(studio)
    ramses.kill("closed by the artist")


def own_window(studio: Studio) -> None:
    """The window that the command opens: a third delivery, planned, and where its plates will go."""
    window = standalone.window([studio.delivery("day_16")])
    window.resize(1400, 620)
    window.show()
    panel: Any = window.panel("Ingest")
    panel.set_project(studio.root, PROJECT)
    studio.settle(window)
    _choose(panel, "SH010")
    studio.settle(window)
    studio.take("window", window)
    window.close()


def load(studio: Studio) -> None:
    """The load panel: with a plate, with one that has no picture, after a creation."""
    window, panel = studio.open(_script(studio), "Load", 860, 900)
    studio.take("load", window)
    panel.browser.search.setText("sh110")
    studio.settle(window)
    studio.take("load-no-picture", window)
    panel.browser.search.setText("sh010")
    studio.settle(window)
    panel.browser.plates.view.selectAll()
    studio.settle(window)
    panel.create()
    studio.settle(window)
    studio.take("load-created", window)
    window.close()


def versions(studio: Studio) -> None:
    """The versions of a scene: some older, one missing, one unknown; then updated."""
    scene = _scene_with_plates(studio)
    command_line(["ingest", studio.delivery("day_16"), "--root", studio.root, "--project", PROJECT, "--yes"])
    window, panel = studio.open(scene, "Versions", 1060, 480)
    studio.take("versions", window)
    panel.update_all()
    studio.settle(window)
    studio.take("versions-updated", window)
    window.close()
    window, _panel = studio.open(FakeScene(name=_NUKE), "Versions", 1060, 480)
    studio.take("versions-empty", window)
    window.close()


def setup(studio: Studio) -> None:
    """The set-up of a shot, before and after, and a scene that belongs to no shot."""
    ramses, sequence = "the project in Ramses", "sequence SEQ010 in Ramses"
    scene = _script(studio)
    scene.rows = [
        SetupRow("rate", "Frames a second", "25", "24", ramses),
        SetupRow("range", "Frame range", "1–100", "997–1020", "shot SH010 in Ramses, 4 + 4 handles"),
        SetupRow("format", "Format", "1920 × 1080", "480 × 270", sequence),
        SetupRow("colour", "Colour management", "OCIO, aces_1.2", "", ""),
    ]
    window, panel = studio.open(scene, "Shot", 860, 440)
    studio.take("setup", window)
    panel.apply()
    studio.settle(window)
    studio.take("setup-applied", window)
    window.close()
    window, panel = studio.open(FakeScene("/home/anna/untitled.nk", name=_NUKE), "Shot", 860, 440)
    panel.bar.choose()
    studio.settle(window)
    studio.take("setup-choose", window)
    window.close()


def publish(studio: Studio) -> None:
    """The publish panel: with checks, done, and for a render."""
    scene = _script(studio)
    outside = "/home/anna/Downloads/sky.exr"
    scene.findings = [
        Check("missing", "Read7: The version folder 004_WIP is not there.", "error", "Update", "Read7"),
        Check("outdated", "Read2: Version 003 is there, this is 001.", "warning", "Update", "Read2"),
        Check("outside", f"{outside} lies outside the project: others may not have it.", "warning", "", "Read5"),
        Check("range", "The script runs from 1 to 100, the shot from 997 to 1020.", "warning", "Set up", ""),
        Check("unsaved", "There are changes that are not saved: publishing saves them.", "info", "Save"),
    ]
    left = scene.findings[2:3]
    window, panel = studio.open(scene, "Publish", 860, 680)
    panel.comment.setText("Sky replaced, grain matched")
    studio.settle(window)
    studio.take("publish", window)
    scene.findings = left
    panel.publish()
    studio.settle(window)
    studio.take("publish-done", window)
    panel.render_choice.setChecked(True)
    panel.look_again()
    studio.settle(window)
    with slow_disk(0.4):
        panel.publish()
        words, bar = panel.line.findChild(QtWidgets.QLabel), panel.line.findChild(QtWidgets.QProgressBar)
        studio.wait(lambda: "MB of" in words.text() and 200 < bar.value() < 900)
        studio.take("publish-render", window, at_once=True)
        studio.settle(window)
    window.close()


def _script(studio: Studio) -> FakeScene:
    """The artist's script, saved where it belongs."""
    return FakeScene(studio.context().work_path("nk"), name=_NUKE)


def _scene_with_plates(studio: Studio) -> FakeScene:
    """A script that shows two plates of SH010, an old one of SH020, one that is gone, and a stranger's."""
    main = [version for version in studio.shot("SH010") if not version.resource]
    gone = siblings(studio.shot("SH130")[0])[0]
    lost = PublishedVersion(
        gone.project_root, gone.folder.replace("001_WIP", "004_WIP"), 4, "WIP", "", gone.shot, gone.step, gone.project
    )
    plates = {
        "Read_SH010": main[-1],
        "Read_SH010_REF": next(version for version in studio.shot("SH010") if version.resource),
        "Read_SH020": studio.shot("SH020")[0],
        "Read_SH110": studio.shot("SH110")[0],
        "Read_SH130": lost,
    }
    strange = Shown(
        "Group1.Read7",
        "/mnt/old_projects/MARS/plates/sky_v003.####.exr",
        "unknown",
        "Its file lies in no published version of a Ramses project.",
        True,
    )
    return FakeScene(studio.context().work_path("nk"), name=_NUKE, plates=plates, strangers=(strange,))


SHEETS: dict[str, Callable[[Studio], None]] = {"ingest": ingest, "artist": artist}


def main(place: str, images: str, names: list[str]) -> None:
    """Take the named sheets, or all of them."""
    application = QtWidgets.QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    application.setPalette(style.dark_palette())
    application.setFont(QtGui.QFont("Noto Sans", 10))
    studio = Studio(place, images)
    for name in names or SHEETS:
        SHEETS[name](studio)
    stop_all()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
