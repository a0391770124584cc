# SPDX-License-Identifier: GPL-3.0-or-later
"""The words that deliveries are named with: steps, resources, labels of numbers, and what never names a shot.

All keys are lower case. A rules file may add words of its own, see `rules`.
"""

from __future__ import annotations

PLATE = "PLATE"

# Words for a step. Plates have many names; every other step is written as it is spelled, in upper case.
STEPS: dict[str, str] = dict.fromkeys(("plate", "plates", "plt", "plts", "pl", "scan", "scans"), PLATE)
STEPS |= dict.fromkeys(("comp", "comps", "compo", "compositing", "cmp"), "COMP")
STEPS |= {
    word: word.upper()
    for word in (
        "anim", "animation", "cfx", "cleanup", "dmp", "edit", "fx", "grade", "grading", "layout", "lighting", "lookdev",
        "matchmove", "paint", "postvis", "precomp", "prep", "previs", "previz", "roto", "rotopaint", "slapcomp",
        "techvis", "tracking",
    )
}  # fmt: skip

# Words for a named extra beside the main plate.
RESOURCES: dict[str, str] = {
    "alpha": "ALPHA",
    "background": "BG",
    "bg": "BG",
    "chart": "CHART",
    "charts": "CHART",
    "clean": "CLEAN",
    "cleanplate": "CLEAN",
    "cleanplates": "CLEAN",
    "colorchart": "CHART",
    "colourchart": "CHART",
    "depth": "DEPTH",
    "elem": "ELEM",
    "element": "ELEM",
    "elements": "ELEM",
    "fg": "FG",
    "foreground": "FG",
    "greyball": "CHART",
    "hdri": "HDRI",
    "left": "LEFT",
    "lensgrid": "GRID",
    "mask": "MASK",
    "masks": "MASK",
    "matte": "MATTE",
    "mattes": "MATTE",
    "proxies": "PROXY",
    "proxy": "PROXY",
    "ref": "REF",
    "reference": "REF",
    "references": "REF",
    "refs": "REF",
    "right": "RIGHT",
    "slate": "SLATE",
    "slates": "SLATE",
    "witness": "WITNESS",
    "zdepth": "DEPTH",
}

# One word for both: bgplate, platebg, refplate ...
PLATE_RESOURCES: dict[str, str] = {
    joined: RESOURCES[word]
    for word in ("bg", "fg", "clean", "ref", "elem", "element", "matte", "left", "right", "witness", "mask")
    for joined in (f"{word}plate", f"plate{word}")
}

# Words that say what kind of id the number behind them is: SH 010, SEQ_010, Scene-12, EP01, TK03.
LABELS: dict[str, str] = {
    **dict.fromkeys(("sh", "sht", "shot"), "shot"),
    **dict.fromkeys(("sq", "sqn", "seq", "sequ", "sequence"), "sequence"),
    # A scene is a sequence beside a shot or a take, and a shot where it stands alone (animation).
    **dict.fromkeys(("sc", "sce", "scn", "scene"), "scene"),
    **dict.fromkeys(("ep", "eps", "epi", "episode"), "episode"),
    **dict.fromkeys(("tk", "take"), "take"),
    **dict.fromkeys(("v", "ver", "vers", "version", "rev"), "version"),
}

# A number behind one of these counts something else than shots.
COUNTED = frozenset(
    (
        "audio", "block", "board", "cam", "camera", "card", "clip", "copy", "day", "disc", "disk", "draft", "drive",
        "export", "file", "final", "frame", "frames", "hdd", "image", "img", "layer", "lens", "light", "lut", "mag",
        "movie", "no", "nr", "output", "pano", "part", "pass", "photo", "pic", "picture", "rec", "reel", "render",
        "roll", "rush", "screen", "setup", "sound", "tape", "temp", "test", "texture", "timeline", "tmp", "track",
        "undefined", "unit", "unknown", "untitled", "video", "wip",
    )
)  # fmt: skip

# Formats, sizes, colour and delivery words: neither ids nor a sequence's name when a folder is called so.
PLAIN_NOISE = frozenset(
    (
        "aces", "acescc", "acescct", "acescg", "aiff", "arri", "arriraw", "avi", "braw", "cdl", "cin", "cineon",
        "clog", "dailies", "daily", "dci", "deliveries", "delivery", "denoised", "dnx", "dnxhd", "dnxhr", "dpx",
        "edl", "exr", "exrs", "fhd", "flog", "footage", "from", "full", "fullres", "graded", "half", "hap", "hd",
        "hdr", "heic", "hevc", "highres", "hires", "hlg", "hq", "in", "incoming", "jpeg", "jpg", "lin", "linear",
        "log", "logc", "lores", "lowres", "lq", "lt", "main", "media", "mono", "mov", "movies", "movs", "mp", "mxf",
        "nlog", "offline", "online", "original", "out", "outgoing", "png", "pngs", "pq", "prores", "qhd", "qt",
        "quicktime", "quicktimes", "raw", "rcm", "redlog", "retime", "retimed", "rgb", "rgba", "rushes", "rwg",
        "sd", "sdr", "seqs", "sequences", "shots", "slog", "srgb", "stereo", "stills", "tga", "tif", "tiff", "uhd",
        "undist", "undistorted", "ungraded", "vendor", "vlog", "xq", "xyz",
    )
)  # fmt: skip
