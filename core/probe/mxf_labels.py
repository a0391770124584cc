# SPDX-License-Identifier: GPL-3.0-or-later
"""Universal labels of MXF (SMPTE ST 400, RP 224): codecs and colour, under the names that FFmpeg's tools print.

A label is compared from its ninth byte on: the bytes before name the registry, and one of them its version.
"""

from __future__ import annotations

from functools import lru_cache

from .codec_names import VC3_FLAVOURS

# Picture coding labels, by their beginnings; the longest that fits decides
_CODINGS: dict[str, str] = {
    "0401020201": "mpeg2video",
    "040102020110": "mpeg1video",
    "040102020120": "mpeg4",
    "040102020130": "h264",
    "040102020131": "h264",
    "040102020132": "h264",
    "040102020133": "h264",
    "040102020140": "hevc",
    "040102020141": "hevc",
    "0401020202": "dvvideo",
    "040102020301": "jpeg2000",
    "040102020302": "dnxhd",
    "040102020304": "exr",
    "040102020306": "prores",
    "040102020307": "jpegxs",
    "040102020309": "ffv1",
    "0401020204": "vc1",
    "0401020271": "dnxhd",
    "04010201": "rawvideo",
    "0401020101020201": "v210",
    "0e0402010201": "mjpeg",
    "0e0402010202": "mpeg2video",
    "0e0402010204": "dnxhd",
    "0e150004": "hevc",
    "0e17": "arriraw",
}
# Essence containers, for files that do not name the coding
_CONTAINERS: dict[str, str] = {
    "0d0103010201": "mpeg2video",
    "0d0103010202": "dvvideo",
    "0d0103010204": "mpeg2video",
    "0d0103010205": "rawvideo",
    "0d010301020c": "jpeg2000",
    "0d0103010210": "h264",
    "0d0103010211": "dnxhd",
    "0d0103010212": "vc1",
    "0d0103010219": "exr",
    "0d010301021b": "cfhd",
    "0d010301021c": "prores",
    "0d0103010220": "hevc",
    "0d0103010223": "ffv1",
    "0e0403010206": "dnxhd",
    "0e15000402": "hevc",
    "0e17": "arriraw",
}
# Sound compressions; without one, sound is plain PCM
_SOUNDS: dict[str, str] = {
    "040202020301": "pcm_alaw",
    "04020202030201": "ac3",
    "04020202030205": "mp2",
    "0402020203021c": "dolby_e",
    "040202020303": "aac",
    "040202020304": "aac",
}
_PRORES = {
    1: "ProRes 422 Proxy",
    2: "ProRes 422 LT",
    3: "ProRes 422",
    4: "ProRes 422 HQ",
    5: "ProRes 4444",
    6: "ProRes 4444 XQ",
}
_COLOUR: dict[str, dict[int, str]] = {
    "0401010103": {
        1: "smpte170m",
        2: "bt470bg",
        3: "bt709",
        4: "bt2020",
        5: "smpte428",
        6: "smpte432",
        7: "aces-ap0",
    },
    "0401010101": {
        1: "bt470bg",
        2: "bt709",
        3: "smpte240m",
        4: "bt709",
        5: "bt1361e",
        6: "linear",
        7: "smpte428",
        8: "iec61966-2-4",
        9: "bt2020-10",
        10: "smpte2084",
        11: "arib-std-b67",
    },
    "0401010102": {
        1: "smpte170m",
        2: "bt709",
        3: "smpte240m",
        4: "ycgco",
        5: "gbr",
        6: "bt2020nc",
    },
}
PICTURE, SOUND = "picture", "sound"
_DATA = {
    bytes.fromhex("0103020201"): PICTURE,
    bytes.fromhex("0103020202"): SOUND,
    # the labels of AAF from before SMPTE's, in files of old editing systems
    bytes.fromhex("6f3c8ce16c"): PICTURE,
    bytes.fromhex("78e1ebe16c"): SOUND,
}


def _longest(table: dict[str, str], label: bytes) -> str | None:
    text = label[8:].hex()
    for length in range(16, 3, -2):
        found = table.get(text[:length])
        if found is not None:
            return found
    return None


@lru_cache(maxsize=256)
def picture_codec(coding: bytes, container: bytes) -> str | None:
    """The codec behind a picture coding label or, where that says nothing, behind the essence container."""
    return _longest(_CODINGS, coding) or _longest(_CONTAINERS, container)


def sound_codec(compression: bytes, bits: int) -> str | None:
    """The codec of a sound track: its compression, else PCM of so many bits."""
    named = _longest(_SOUNDS, compression)
    return named or (f"pcm_s{bits}le" if bits in (16, 24, 32) else None)


def flavour(codec: str | None, coding: bytes) -> str | None:
    """What people call the flavour of a codec: "ProRes 422 HQ", "DNxHR HQX" ..."""
    if codec == "prores" and coding[8:14].hex() == "040102020306":
        return _PRORES.get(coding[14])
    if codec == "dnxhd":
        # ST 2019-4: the label counts compression ids from 1235 on as 1, 2, 3 ...
        number = 1234 + coding[13] if coding[8:13].hex() == "0401020271" else 0
        return VC3_FLAVOURS.get(number, ("DNxHD", None))[0]
    return None


@lru_cache(maxsize=256)
def colour_name(label: bytes) -> str | None:
    """The name of a colour primaries, transfer or coding equations label; None for one that says nothing."""
    return _COLOUR.get(label[8:13].hex(), {}).get(label[13]) if label else None


def data_kind(label: bytes) -> str | None:
    """PICTURE or SOUND for a data definition label, None for everything else."""
    return _DATA.get(label[8:13])
