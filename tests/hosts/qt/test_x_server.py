# SPDX-License-Identifier: GPL-3.0-or-later
"""The panels on a real X server: real fonts, real focus, and pictures that show something."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_PROGRAM = """
import os, sys
sys.path[:0] = os.environ["TEST_FOLDERS"].split(os.pathsep)
from fake_scene import FakeScene
from make_delivery import plate
from pathlib import Path
from qt_eyes import settle
from ramses_plates.hosts.qt import style
from ramses_plates.hosts.qt.binding import QtCore, QtGui, QtWidgets, qt_module
from ramses_plates.hosts.qt.ingest_panel import IngestPanel

folder = Path(sys.argv[1])
for shot in ("SH010", "SH020"):
    plate(folder / "in", f"{shot}_plate", range(1001, 1004))
(folder / "PROJ" / "05-SHOTS").mkdir(parents=True)
application = QtWidgets.QApplication([])
application.setStyle("Fusion")
application.setPalette(style.dark_palette())
panel = IngestPanel(FakeScene())
panel.resize(1100, 700)
panel.show()
panel.activateWindow()
panel.set_project(str(folder / "PROJ"))
panel.set_delivery([str(folder / "in")])
settle(panel, lambda: panel._planned is not None and not panel.table.busy)
keys = panel.table.shown_keys()
panel.table.choose(keys[:1])
panel.table.setFocus()
settle(panel, lambda: panel.table.hasFocus())
test = qt_module("QtTest").QTest
key = QtCore.Qt.Key
test.keyClick(panel.table, key.Key_F, QtCore.Qt.KeyboardModifier.ControlModifier)
assert panel.filters.field.hasFocus()
test.keyClicks(panel.filters.field, "sh020")
settle(panel, lambda: panel.table.shown == 1)
picture = panel.grab().toImage()
colours = {picture.pixelColor(x, y).name() for x in range(0, 1100, 7) for y in range(0, 700, 7)}
assert len(colours) > 12, colours
print(application.platformName(), picture.width(), panel.table.shown, sep="|")
"""


@pytest.fixture
def screen() -> Iterator[str]:
    """An X server of its own; its name."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    yield f":{server.stdout.readline().strip()}"
    server.terminate()
    server.communicate()


def test_the_panel_works_on_an_x_server(screen: str, tmp_path: Path) -> None:
    tests = Path(__file__).parents[2]
    variables = {
        **os.environ,
        "DISPLAY": screen,
        "QT_QPA_PLATFORM": "xcb",
        "TEST_FOLDERS": os.pathsep.join(map(str, (tests / "support", tests))),
    }
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path)],
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "xcb|1100|1"
