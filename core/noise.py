# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a name that look like ids and are none: dates, sizes, rates, codecs, colour spaces, camera file names."""

from __future__ import annotations

import re

_DAY, _MONTH, _YEAR = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])", r"(?:19|20)\d\d"
_CLOCK = r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
_MONTH_NAME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE_TOKENS = (
    rf"{_YEAR}{_MONTH}{_DAY}(?:t?{_CLOCK}\d*)?",
    rf"{_DAY}{_MONTH}{_YEAR}",
    rf"{_MONTH}{_DAY}{_YEAR}",
    rf"\d\d{_MONTH}{_DAY}",
    rf"{_DAY}{_MONTH}\d\d",
    rf"{_MONTH}{_DAY}\d\d",
    rf"\d{{1,2}}{_MONTH_NAME}\d{{2,4}}",
    rf"{_MONTH_NAME}{_YEAR}",
)
_TECHNICAL_TOKENS = (
    # sizes, rates, depths
    r"\d{3,5}x\d{3,5}(?:px)?|(?:480|486|525|540|576|625|720|1080|1440|1556|2160|4320)[pi]\d{0,3}|(?:[1-9]|1[0-6])k\d{0,3}|[2-9]\d{3}k|[23]d",
    r"\d{2,6}fps|fps\d{2,5}|(?:24|25|30|48|50|60|90|100|120)[pi]|2398|23976|2997|5994|4795",
    r"(?:8|10|12|14|16|24|32)bits?|(?:8|10|12|16)bpc|(?:16|32)f|f(?:16|32)",
    # codecs and compressions
    r"[hx]26[45]|mpe?g\d?|mp[34]|m4v|prores[a-z0-9]*|422(?:hq|lt|proxy)|4444(?:xq|hq)?|dnx(?:hd|hr)?[a-z0-9]*|av1|vp[89]",
    r"jp2|j2k|jpeg2000|dwa[ab]\d*|zips?\d?|piz|pxr24|b44a?|rle|r3d|ari|arx|hde",
    # colour
    r"rec(?:601|709|2020|2100)|bt(?:601|709|1886|2020|2100)|aces[a-z]*\d+[a-z0-9]*|ap[01]",
    r"log(?:c[234]?|3g10|3g12)(?:ei\d+)?|[cs]log[23]?|vlog\d?|flog2?|redlogfilm|redwidegamut(?:rgb)?|awg[34]?",
    r"[sv]gamut[a-z0-9]*|p3(?:d65|d60|dci)?|d6[05]|d55|hdr\d+|st2084|smpte\d+|gamma\d+|g2[0246]|\d+nits?",
    # camera and duration
    r"ei\d{3,4}|iso\d{2,5}|\d+mm|\d+cm|\d+frames?|\d+fr|\d+sec|\d+of\d+",
)
# One token that is a date, a size, a rate, a bit depth, a codec or a colour space.
NOISE_TOKEN = re.compile(rf"(?:{'|'.join((*_DATE_TOKENS, *_TECHNICAL_TOKENS))})\Z", re.ASCII)

_CAMERA_TAIL = r"_?\d{6}[A-Z0-9]{0,4}(?:_\d{6})?(?:_[A-Z0-9]{4,5})?|_\d{4}[A-Z0-9]{2,4}"
_CAMERA_SPANS = (
    # ARRI, Sony, Canon: A001C002_240101_R1AB, A_0001C003_240101_120000_h1ABC. RED: A001_C003_0101XY_001. Blackmagic:
    # A001_01011234_C003. An S in front is a sequence (S010_C020), not a camera.
    rf"[A-RT-Z]_?\d{{3,4}}_?(?:\d{{6,8}}_)?C\d{{3,4}}(?:{_CAMERA_TAIL})?(?:_\d{{3}})?",
    # Photo and action cameras, telephones, drones.
    r"(?:IMG|DSC[FN]?|MVI|GOPR|DJI|PXL)_?\d{4,}(?:_\d{3,})*(?:_[A-Z])?|VID_?\d{8}(?:_\d{6})?",
    r"MAH\d{5}|G[HXSLP]\d{6}|P\d{7}",
)
_NOISE_SPANS = (
    rf"{_YEAR}(?P<d1>[-._ ]){_MONTH}(?P=d1){_DAY}(?:[T_ -]+(?:[01]\d|2[0-3])[-_.]?[0-5]\d[-_.]?[0-5]\d)?",
    rf"{_DAY}(?P<d2>[-. ]){_DAY}(?P=d2)(?:{_YEAR}|\d\d)",
    rf"{_YEAR}{_MONTH}{_DAY}[-_T]{_CLOCK}",
    r"\d\d(?P<d3>[-.:;])[0-5]\d(?P=d3)[0-5]\d[-.:;]\d\d",
    r"(?:23|29|47|59|119)[._](?:976|98|97|95|94|88)(?:_?fps|[pi])?|\d{2,3}[._]\d{1,3}_?fps|\d{2,3}[_ ]fps",
    r"\d{1,2}[._]\dk|\d{3,5}[_ ]x[_ ]\d{3,5}|(?:8|10|12|14|16|32)[-_ ]bits?|[hx][._ -]26[45]",
    r"prores[-_ ]?(?:422|4444)?[-_ ]?(?:xq|hq|lt|proxy)?|dnx(?:hd|hr)?[-_ ]?(?:lb|sq|hqx?|444|\d{2,3}x?)",
    r"(?:rec|bt)[._ -]?(?:601|709|1886|2020|2100)|aces[_ -]?(?:v[_ ]?)?\d[._]\d(?:[._]\d)?|p3[-_ ]?(?:d65|d60|dci)",
    r"(?:log[-_ ]?c|[scvf][-_]log)[-_ ]?[234]?",
    # frame ranges
    r"[1-9]\d{3,}-[1-9]\d{3,}",
)
_TOKEN_CHARACTER = r"[A-Za-z0-9\u0080-\U0010ffff]"
# Noise of several tokens; the group `camera` holds a camera's own file name.
NOISE_SPAN = re.compile(
    rf"(?<!{_TOKEN_CHARACTER})(?:(?P<camera>{'|'.join(_CAMERA_SPANS)})|{'|'.join(_NOISE_SPANS)})(?!{_TOKEN_CHARACTER})",
    re.IGNORECASE | re.ASCII,
)
# A token of a name: letters and digits of any script, with their accents.
TOKEN = re.compile(rf"{_TOKEN_CHARACTER}+")
