# SPDX-License-Identifier: GPL-3.0-or-later
"""Movies made by others: the facts that two independent tools agree on, and a sentence for every cut of them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.media import Media
from ramses_plates.core.probe import mxf, quicktime
from ramses_plates.core.probe.source import Source

KINDS = (".mov", ".mp4", ".mxf", ".mxf.hdr")


def listed(folder: Path) -> dict[str, dict[str, Any]]:
    """The movies of the manifest with their agreed facts, without the stand-ins that hold a word of text."""
    entries = json.loads((folder / "manifest.json").read_text())
    return {e["name"]: e["agreed"] for e in entries if e["name"].endswith(KINDS) and e["agreed"] is not None}


def probe(path: Path) -> tuple[Media, str | None]:
    with Source(str(path)) as source:
        reader = next(reader for reader in (quicktime, mxf) if reader.recognises(source.head))
        return reader.read(source), reader.check_complete(source)


def differences(media: Media, agreed: dict[str, Any]) -> list[str]:
    """Which agreed facts the reader does not give."""
    ours: dict[str, Any] = {
        "width": media.width,
        "height": media.height,
        "par": media.pixel_aspect,
        "fps": media.fps,
        "timecode": media.start_timecode,
        "reel": media.reel,
        "frames": media.frame_count,
    }
    wrong = []
    for key, wanted in agreed.items():
        found = ours[key]
        near = key in ("par", "fps") and found is not None and abs(float(found) - wanted) < 0.001
        if found != wanted and not near:
            wrong.append(f"{key}: {found}, agreed on is {wanted}")
    return wrong


def test_agreed_facts(media_folder: Path) -> None:
    movies = listed(media_folder)
    assert len(movies) >= 16
    wrong = {name: differences(probe(media_folder / name)[0], agreed) for name, agreed in movies.items()}
    assert not {name: found for name, found in wrong.items() if found}


def test_whole_movies_are_complete_and_headers_cut_from_files_are_not(media_folder: Path) -> None:
    for name in listed(media_folder):
        sentence = probe(media_folder / name)[1]
        if name.endswith(".hdr"):
            assert sentence is not None and "cut short" in sentence, name
        else:
            assert sentence is None, name


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        (
            "mov/swifttc__TimecodeTrack_23_976_Start-00-00-00-00.mov",
            {"start_timecode": "00:00:00:00", "fps": "24000/1001", "width": None},
        ),
        ("mov/swifttc__TimecodeTrack_24_Start-00-58-40-00.mov", {"start_timecode": "00:58:40:00", "fps": "24"}),
        # 33 frames are stored unevenly; the edit list shows 25 of them, evenly (PyAV decodes 25)
        ("mov/swifttc__VideoTrack_25_VFR_1sec.mov", {"frame_count": 25, "fps": "25", "duration_seconds": 1.0}),
        ("mov/swifttc__VideoTrack_25_VFR_2sec.mov", {"frame_count": 50, "fps": "25", "duration_seconds": 2.0}),
        ("mov/xstudio__test.mov", {"codec": "prores", "compression": "ProRes 422 Proxy"}),
        ("seq/ayon_plate/a01vfxd_sh010_plateP01_v002.mov", {"codec": "h264", "pixel_format": "yuv444p10le"}),
        (
            "mxf/photon__CHIMERA_NETFLIX_2398.mxf.hdr",
            {"width": 3840, "height": 2160, "fps": "24000/1001", "frame_count": 8929, "codec": "jpeg2000"},
        ),
        ("mxf/photon__Netflix_Plugfest_Oct2015_ENG51.mxf.hdr", {"codec": "pcm_s24le", "width": None}),
        ("mxf/photon__reel3-errors.mxf", {"codec": "exr", "frame_count": 4, "start_timecode": "00:00:00:00"}),
    ],
)
def test_facts_that_only_one_tool_gives(name: str, facts: dict[str, Any], media_folder: Path) -> None:
    document = probe(media_folder / name)[0].document()
    assert {key: document[key] for key in facts} == facts


def test_nuke_s_colour_space_is_read(media_folder: Path) -> None:
    assert probe(media_folder / "mov/xstudio__test.mov")[0].colour.space == "Gamma2.2"


def test_every_cut_of_a_real_movie_gives_a_sentence(media_folder: Path, tmp_path: Path) -> None:
    chance = random.Random(20)
    cut = tmp_path / "cut"
    for name in listed(media_folder):
        whole = (media_folder / name).read_bytes()
        for _ in range(12):
            length = chance.randrange(300, len(whole))
            cut.write_bytes(whole[:length])
            try:
                media, sentence = probe(cut)
            except DamagedFile as error:
                assert "cut short" in str(error), name
            else:
                assert media.error is None
                assert sentence is not None and "cut short" in sentence, f"{name} cut at {length} passes as whole"
