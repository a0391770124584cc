# SPDX-License-Identifier: GPL-3.0-or-later
"""Four-letter codec codes of movies, under the names that FFmpeg's tools print for them."""

from __future__ import annotations

# codec -> the codes it goes by in QuickTime, MP4 and AVI; "_" stands for a blank
_CODES: dict[str, str] = {
    "prores": "apco apcs apcn apch ap4h ap4x",
    "prores_raw": "aprn aprh",
    "dnxhd": "AVdn AVdh",
    "h264": "avc1 avc2 avc3 avc4 ai5p ai5q ai52 ai53 ai55 ai56 ai1p ai1q ai12 ai13 ai15 ai16 AVin aivx xalg avlg "
    "dva1 dvav H264 h264 X264 x264",
    "hevc": "hvc1 hev1 dvh1 dvhe HEVC",
    "av1": "av01 AV01",
    "vp8": "vp08 VP80",
    "vp9": "vp09 VP90",
    "vvc": "vvc1 vvi1",
    "mpeg1video": "m1v_ m1v1 mpeg mp1v",
    "mpeg2video": "m2v1 hdv1 hdv2 hdv3 hdv4 hdv5 hdv6 hdv7 hdv8 hdv9 hdva mx5n mx5p mx4n mx4p mx3n mx3p xd51 xd54 xd55 "
    "xd59 xd5a xd5b xd5c xd5d xd5e xd5f xdv1 xdv2 xdv3 xdv4 xdv5 xdv6 xdv7 xdv8 xdv9 xdva xdvb xdvc xdvd xdve xdvf "
    "xdhd xdh2 AVmp mp2v MPG2 mpg2",
    "mpeg4": "mp4v DIVX XVID 3IV2 DX50 FMP4 divx xvid",
    "mjpeg": "jpeg mjpa AVDJ AVRn dmb1 MJPG mjpg",
    "mjpegb": "mjpb",
    "jpeg2000": "mjp2 MJ2C",
    "png": "png_ MPNG PNG1",
    "tiff": "tiff",
    "targa": "tga_",
    "dpx": "dpx_",
    "exr": "exr_",
    "qtrle": "rle_",
    "cfhd": "CFHD cfhd",
    "hap": "Hap1 Hap5 HapY HapA HapM",
    "dxv": "DXD3 DXDI",
    "notchlc": "nclc",
    "v210": "v210",
    "r210": "r210",
    "r10k": "R10k R10g",
    "avrp": "AVrp SUDS",
    "avui": "AVUI",
    "rawvideo": "raw_ yuv2 2vuy yuvs v308 v408 v410 BGRA RGBA ABGR 24BG b16g b48r b64a L555 L565 B565 AV1x AVup "
    "UYVY YUY2 YV12 I420 HDYC",
    "huffyuv": "HFYU",
    "ffvhuff": "FFVH",
    "ffv1": "FFV1",
    "utvideo": "ULRG ULRA ULY0 ULY2 ULY4 ULH0 ULH2 ULH4 UQY2 UQRG UQRA",
    "lagarith": "LAGS",
    "magicyuv": "M8RG M8RA M8G0 M8Y0 M8Y2 M8Y4 M8YA M2RA M2RG M4RA M4RG M0R0 M0RA M0RG M0Y0 M0Y2 M0Y4",
    "sheervideo": "Shr0 Shr1 Shr2 Shr3 Shr4 Shr5 Shr6 Shr7",
    "pixlet": "pxlt",
    "aic": "icod",
    "dvvideo": "dvcp dvc_ dvlp dvl_ dvpp dv5p dv5n dvp_ AVdv AVd1 dvhq dvhp dvh2 dvh3 dvh4 dvh5 dvh6 dvsd dv25 dv50",
    "svq1": "SVQ1 svq1 svqi",
    "svq3": "SVQ3",
    "cinepak": "cvid",
    "rpza": "rpza",
    "braw": "brhq brst brlt brxq brvn brs2 brq0 brq3 brq5 br12",  # Blackmagic RAW: FFmpeg has no name of its own
    "craw": "CRAW",  # Canon Cinema RAW Light
    "aac": "mp4a",
    "alac": "alac",
    "pcm_s16be": "twos",
    "pcm_s16le": "sowt",
    "pcm_s24be": "in24",
    "pcm_s32be": "in32",
    "pcm_f32be": "fl32",
    "pcm_f64be": "fl64",
    "ac3": "ac-3",
    "opus": "Opus",
}


CODECS: dict[bytes, str] = {
    code.replace("_", " ").encode("ascii"): codec for codec, codes in _CODES.items() for code in codes.split()
}
# What a person calls the flavour of a codec family, where the code alone says it
FLAVOURS: dict[bytes, str] = {
    b"apco": "ProRes 422 Proxy",
    b"apcs": "ProRes 422 LT",
    b"apcn": "ProRes 422",
    b"apch": "ProRes 422 HQ",
    b"ap4h": "ProRes 4444",
    b"ap4x": "ProRes 4444 XQ",
    b"aprn": "ProRes RAW",
    b"aprh": "ProRes RAW HQ",
    b"AVdn": "DNxHD",
    b"AVdh": "DNxHR",
    b"Hap1": "Hap",
    b"Hap5": "Hap Alpha",
    b"HapY": "Hap Q",
    b"HapM": "Hap Q Alpha",
    b"HapA": "Hap Alpha-Only",
}
# Pixel formats that the code fixes; everything else is known to the codec alone, or to its own header box
PIXEL_FORMATS: dict[bytes, str] = {
    b"apco": "yuv422p10le",
    b"apcs": "yuv422p10le",
    b"apcn": "yuv422p10le",
    b"apch": "yuv422p10le",
    b"v210": "yuv422p10le",
    b"2vuy": "uyvy422",
    b"UYVY": "uyvy422",
    b"HDYC": "uyvy422",
    b"yuvs": "yuyv422",
    b"YUY2": "yuyv422",
    b"b48r": "rgb48be",
    b"b64a": "rgba64be",
    b"BGRA": "bgra",
}
# VC-3 compression ids (SMPTE ST 2019-1), which Avid writes into its own boxes and MXF into its coding labels
VC3_FLAVOURS: dict[int, tuple[str, str | None]] = {
    1270: ("DNxHR 444", None),
    1271: ("DNxHR HQX", None),
    1272: ("DNxHR HQ", "yuv422p"),
    1273: ("DNxHR SQ", "yuv422p"),
    1274: ("DNxHR LB", "yuv422p"),
}


def codec_of(code: bytes) -> str | None:
    """FFmpeg's name of a four-letter code; the code itself where it has none, None where it is not even text."""
    known = CODECS.get(code)
    if known is not None:
        return known
    text = code.decode("latin-1").strip()
    return text if text.isascii() and text.isprintable() and text else None
