# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures: one thumbnail against oiiotool, a proxy of 100 frames against plain ffmpeg.

The plates are 1920x1080 half EXR with grain, zip-compressed, as vendors deliver them. oiiotool makes the same picture:
read, made smaller, through the same display view, written as JPEG; so does OpenImageIO in this process, without the
start of one. ffmpeg makes the movie without any colour management, which is the least that the work can cost.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from measure import Row, at_least, at_most, beside, main, medians, progress
from ramses_plates.core.preview import make_previews
from ramses_plates.core.proxy import ProxyOptions, make_proxies
from ramses_plates.core.versions import PublishedVersion

RATE = Fraction(24000, 1001)
FRAMES = 100
# Three times what a movie without colour management costs; a thumbnail may not be slower than the tool everyone has.
PROXY_FACTOR, THUMBNAIL_FACTOR = 3.0, 1.0
_STUDIO = "ocio://studio-config-latest"


def run(quick: bool) -> list[Row]:
    """The rows; `quick` encodes a tenth of the frames."""
    os.environ.setdefault("OCIO", _STUDIO)  # the same for all, and OpenImageIO keeps it between its calls
    with tempfile.TemporaryDirectory() as folder:
        count = FRAMES // 10 if quick else FRAMES
        progress(f"bench_pictures: writing {count} frames")
        version = _plate(folder, count)
        rows = _thumbnail(version, folder, 3 if quick else 9)
        progress(f"bench_pictures: proxies of {count} frames")
        return [*rows, *_proxy(version, folder, count, 1 if quick else 3)]


def _plate(folder: str, count: int) -> PublishedVersion:
    import numpy as np
    import OpenImageIO as oiio

    place = "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE/_published/001_WIP"
    home = Path(folder, *place.split("/"))
    home.mkdir(parents=True)
    rng = np.random.default_rng(7)
    slope = np.linspace(0.02, 1.2, 1920, dtype=np.float32)[None, :, None]
    for number in range(count):
        pixels = slope * (1 + 0.05 * rng.standard_normal((1080, 1920, 3), np.float32))
        spec = oiio.ImageSpec(1920, 1080, 3, oiio.HALF)
        spec.attribute("compression", "zip")
        spec.attribute("framesPerSecond", oiio.TypeDesc("rational"), (RATE.numerator, RATE.denominator))
        path = str(home / f"PROJ_S_SH010_PLATE.{1001 + number}.exr")
        out: Any = oiio.ImageOutput.create(path)
        assert out.open(path, spec) and out.write_image(np.roll(pixels, 7 * number, 1)) and out.close()
    return PublishedVersion(folder, place, 1, "WIP", "", "SH010", "PLATE", "PROJ")


def _thumbnail(version: PublishedVersion, folder: str, rounds: int) -> list[Row]:
    source, target = os.path.join(version.path, version.files[0]), os.path.join(folder, "other.jpg")
    actions: dict[str, Any] = {"ours": partial(_ours, version), "library": partial(_library, source, target)}
    tool = _oiiotool()
    if tool is not None:
        actions["oiiotool"] = partial(_tool, tool, source, target)
    taken = medians(actions, rounds)
    rows = [beside(at_most("one EXR thumbnail, against OpenImageIO alone", taken["ours"], taken["library"], 2))]
    if tool is not None:
        said = "one EXR thumbnail with its small copy and record, against oiiotool"
        rows.insert(0, at_least(said, taken["ours"], taken["oiiotool"], THUMBNAIL_FACTOR))
    return rows


def _oiiotool() -> str | None:
    """The program beside this Python, as OpenImageIO's wheel brings it, else the machine's own."""
    beside_python = os.path.join(os.path.dirname(sys.executable), "oiiotool")
    return shutil.which(beside_python) or shutil.which("oiiotool")


def _ours(version: PublishedVersion) -> None:
    (made,) = make_previews([version], poster=1001, jobs=1)
    assert not made.problem, made.problem


def _library(source: str, target: str) -> None:
    """The same work by hand, its configuration and conversion kept, as ours are within one call."""
    import OpenImageIO as oiio

    picture = oiio.ImageBufAlgo.resize(oiio.ImageBuf(source), roi=oiio.ROI(0, 960, 0, 540, 0, 1, 0, 3))
    picture = oiio.ImageBufAlgo.ociodisplay(picture, "", "", "lin_rec709_scene")
    assert picture.write(target, oiio.UINT8), picture.geterror()


def _tool(tool: str, source: str, target: str) -> None:
    words = [
        source,
        "--resize",
        "960x540",
        "--ociodisplay:from=lin_rec709_scene",
        "default",
        "default",
        "-d",
        "uint8",
        "-o",
        target,
    ]
    subprocess.run([tool, *words], check=True, capture_output=True)


def _proxy(version: PublishedVersion, folder: str, count: int, rounds: int) -> list[Row]:
    ffmpeg = shutil.which("ffmpeg")
    actions: dict[str, Any] = {
        "ours": partial(_our_proxy, version, False),
        "burnt": partial(_our_proxy, version, True),
    }
    if ffmpeg:
        pattern = os.path.join(version.path, "PROJ_S_SH010_PLATE.%04d.exr")
        actions["ffmpeg"] = partial(_ffmpeg, ffmpeg, pattern, os.path.join(folder, "other.mp4"))
    taken = medians(actions, rounds, warm=0)
    rows = [beside(at_most("the same with burn-in, against without", taken["burnt"], taken["ours"], 1.2))]
    if ffmpeg:
        said = f"proxy of {count} EXR frames, colour-managed, against plain ffmpeg"
        rows.insert(0, at_most(said, taken["ours"], taken["ffmpeg"], PROXY_FACTOR))
    return rows


def _our_proxy(version: PublishedVersion, burn_in: bool) -> None:
    (made,) = make_proxies([version], ProxyOptions(burn_in))
    assert not made.problem, made.problem


def _ffmpeg(ffmpeg: str, pattern: str, target: str) -> None:
    rate = f"{RATE.numerator}/{RATE.denominator}"
    words = ["-v", "error", "-y", "-framerate", rate, "-start_number", "1001", "-i", pattern, "-vf", "scale=960:-2"]
    words += ["-c:v", "libx264", "-preset", "fast", "-crf", "20", "-bf", "0", "-g", "12", "-pix_fmt", "yuv420p", target]
    subprocess.run([ffmpeg, *words], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
