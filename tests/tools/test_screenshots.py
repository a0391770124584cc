# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the guides: small enough, all of them used, and never a reason for a failure."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from ramses_plates.tools import screenshots
from ramses_plates.tools.places import ChoreFailed

ROOT = Path(__file__).parents[2]
PICTURES = sorted((ROOT / "docs" / "images").glob("qt-*.png"))


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_fits_a_page(path: Path) -> None:
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert 400 <= width <= 1400 and 200 <= height <= 1000
    assert len(data) <= 250 * 1024


def test_every_picture_is_used_by_a_page() -> None:
    assert PICTURES
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    assert [path.name for path in PICTURES if f"images/{path.name}" not in pages] == []


def test_a_machine_that_cannot_take_pictures_keeps_those_on_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def cannot(_images: str) -> None:
        raise ChoreFailed("Xvfb was not found", "install xvfb")

    def can(images: str) -> None:
        (Path(images) / "new.png").write_bytes(b"x" * 2048)

    monkeypatch.setattr(screenshots, "IMAGES", str(tmp_path))
    monkeypatch.setattr(screenshots, "SETS", {"one": cannot, "two": can})
    assert screenshots.main([]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "one: not taken, the pictures on file stay. Xvfb was not found. install xvfb.",
        "two: 1 taken into docs/images",
        "  new.png  2 KiB",
    ]


def test_a_set_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ChoreFailed, match="no set blendr"):
        screenshots.main(["blendr"])


def test_a_screen_comes_and_goes() -> None:
    import os
    import shutil

    if shutil.which("Xvfb") is None:
        with pytest.raises(ChoreFailed, match="Xvfb"), screenshots.screen():
            pass
        return
    with screenshots.screen("640x480x24") as display:
        assert os.path.exists(f"/tmp/.X11-unix/X{display[1:]}")
    assert not os.path.exists(f"/tmp/.X11-unix/X{display[1:]}")
