# SPDX-License-Identifier: GPL-3.0-or-later
"""Which colour space the pixels of a clip are in, from what its file states, and the way from there to a display.

The choice needs no library. The way uses OpenColorIO with `$OCIO`, or its built-in ACES studio configuration.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from .errors import SettingsError
from .media import Media

BUILT_IN = "ocio://studio-config-latest"
# "shown" is a picture made for a display already, "cineon" film density after Kodak's Cineon paper, "data" no colour.
Way = Literal["config", "shown", "cineon"]
_LINEAR_709 = "Linear Rec.709 (sRGB)"

# What people call the spaces, and the names and aliases that configurations give them, best first.
_SPOKEN: dict[str, tuple[str, ...]] = {
    "linear": (_LINEAR_709, "lin_rec709_srgb", "lin_rec709", "Linear", "scene_linear"),
    "logc3": ("ARRI LogC3 (EI800)", "logc3_ei800_awg", "Alexa LogC"),
    "logc4": ("ARRI LogC4", "arri_logc4"),
    "slog3": ("S-Log3 S-Gamut3", "slog3_sgamut3"),
    "slog3cine": ("S-Log3 S-Gamut3.Cine", "slog3_sgamut3cine"),
    "log3g10": ("Log3G10 REDWideGamutRGB", "log3g10_rwg"),
    "vlog": ("V-Log V-Gamut", "vlog_vgamut"),
    "canonlog2": ("CanonLog2 CinemaGamut D55", "canonlog2_cgamutd55"),
    "canonlog3": ("CanonLog3 CinemaGamut D55", "canonlog3_cgamutd55"),
    "bmdfilm": ("BMDFilm WideGamut Gen5", "bmdfilm_widegamut_gen5"),
    "davinci": ("DaVinci Intermediate WideGamut", "davinci_intermediate_wg"),
    "applelog": ("Apple Log", "apple_log"),
    "dlog": ("D-Log D-Gamut", "dlog_dgamut"),
    "acescg": ("ACEScg", "lin_ap1"),
    "acescct": ("ACEScct", "acescct_ap1"),
    "acescc": ("ACEScc", "acescc_ap1"),
    "aces": ("ACES2065-1", "lin_ap0", "aces"),
    "adx10": ("ADX10",),
    "p3": ("sRGB Encoded P3-D65", "srgb_encoded_p3d65", "P3-D65 - Display"),
    "pq": ("Rec.2100-PQ - Display", "rec2100_pq_display"),
    "hlg": ("Rec.2100-HLG - Display", "rec2100_hlg_display"),
    "linear2020": ("Linear Rec.2020", "lin_rec2020"),
    "linearp3": ("Linear P3-D65", "lin_p3d65"),
    "linearawg3": ("Linear ARRI Wide Gamut 3", "lin_arri_wide_gamut_3"),
    "linearawg4": ("Linear ARRI Wide Gamut 4", "lin_arri_wide_gamut_4"),
    "linearsgamut3": ("Linear S-Gamut3", "lin_sgamut3"),
    "linearsgamut3cine": ("Linear S-Gamut3.Cine", "lin_sgamut3cine"),
    "linearrwg": ("Linear REDWideGamutRGB", "lin_rwg"),
    "linearvgamut": ("Linear V-Gamut", "lin_vgamut"),
    "lineardavinci": ("Linear DaVinci WideGamut", "lin_davinci_wg"),
}
_OTHER_WORDS = {
    **dict.fromkeys(("logc", "alexa", "alexalogc", "arrilogc", "arrilogc3", "logcei800"), "logc3"),
    **dict.fromkeys(("arrilogc4",), "logc4"),
    **dict.fromkeys(("sonyslog3", "slog3sgamut3"), "slog3"),
    **dict.fromkeys(("slog3sgamut3cine", "sgamut3cineslog3"), "slog3cine"),
    **dict.fromkeys(("redlog3g10", "log3g10redwidegamutrgb"), "log3g10"),
    **dict.fromkeys(("panasonicvlog", "vlogvgamut"), "vlog"),
    **dict.fromkeys(("clog2",), "canonlog2"),
    **dict.fromkeys(("clog3",), "canonlog3"),
    **dict.fromkeys(("lin", "scenelinear", "linearrec709", "linrec709", "linearsrgb"), "linear"),
    **dict.fromkeys(("aces20651", "ap0", "linap0", "linearap0"), "aces"),
    **dict.fromkeys(("ap1", "linap1", "linearap1"), "acescg"),
    **dict.fromkeys(("davinciintermediate",), "davinci"),
    **dict.fromkeys(("rec2100pq", "smpte2084", "st2084"), "pq"),
    **dict.fromkeys(("rec2100hlg", "aribstdb67"), "hlg"),
}
_SHOWN = frozenset(("srgb", "rec709", "bt709", "gamma24", "gamma22", "rec1886", "srgbtexture", "video", "rec601"))
_CINEON = frozenset(("cineon", "cineonlog", "log", "filmlog", "printingdensity", "pdlog", "rawcineon"))

# primaries as the readers name them -> the scene-linear space that has them
_LINEAR_OF = {
    "aces-ap0": "aces",
    "aces-ap1": "acescg",
    "bt2020": "linear2020",
    "smpte432": "linearp3",
    "arri-wide-gamut-3": "linearawg3",
    "arri-wide-gamut-4": "linearawg4",
    "s-gamut3": "linearsgamut3",
    "s-gamut3.cine": "linearsgamut3cine",
    "red-wide-gamut": "linearrwg",
    "v-gamut": "linearvgamut",
    "davinci-wide-gamut": "lineardavinci",
}
_LINEAR_FILES = frozenset(("exr", "sxr", "hdr"))
# Words in file names by which people mark camera log; they count only where the file itself says nothing.
_IN_NAMES = re.compile(
    r"(?:\A|[^a-z0-9])(logc3|logc4|logc|s-?log3[-.]?cine|s-?log3|log3g10|v-?log|clog2|clog3|acescct|acescg)(?=\Z|[^a-z0-9])"
)


@dataclass(frozen=True)
class InputSpace:
    """An input space: `way` how it is handled, `spoken` its plain name, `names` what a configuration may call it.

    `why` is the sentence that is written beside the picture; `decided` tells that a person or rule said so.
    """

    way: Way
    spoken: str
    names: tuple[str, ...] = ()
    why: str = ""
    decided: bool = False


def input_space(media: Media, ext: str, names: Iterable[str] = (), decided: str | None = None) -> InputSpace:
    """The space of a clip: what was decided, else what its header states, else what its name or format suggests."""
    if decided:
        return _named(decided, "decided for this clip.", True)
    colour = media.colour
    if colour.space:
        return _named(colour.space, f'the file names it ("{colour.space}").')
    transfer, primaries = colour.transfer or "", colour.primaries or ""
    if transfer in ("smpte2084", "arib-std-b67"):
        return _named(transfer, f'the file states its transfer curve ("{transfer}").')
    known = primaries in _LINEAR_OF or primaries == "bt709"
    if transfer == "linear" or (ext in _LINEAR_FILES and known):
        return _linear(primaries, ext)
    if transfer in ("log", "printing-density", "density", "log100", "log316") or (ext == "cin"):
        return InputSpace("cineon", "Cineon log", why="the header says printing density or logarithmic.")
    marked = _marked(names)
    if ext in _LINEAR_FILES and not marked:
        return _linear(primaries, ext)
    if marked:
        return _named(marked, f'its name says so ("{marked}"); the file itself states no log curve.')
    if primaries == "smpte432":
        return _named("p3", "the file states Display P3 primaries.")
    if transfer:
        return InputSpace("shown", "Rec.709 / sRGB", why=f'the file states its transfer curve ("{transfer}").')
    return InputSpace("shown", "Rec.709 / sRGB", why=f"assumed: the {ext.upper()} file states no colour space.")


def _linear(primaries: str, ext: str) -> InputSpace:
    spoken = _LINEAR_OF.get(primaries, "linear")
    if primaries in _LINEAR_OF or primaries == "bt709":
        why = f'scene-linear with the primaries that the file states ("{primaries}").'
    else:
        why = f"assumed: {ext.upper()} is scene-linear, and the file states no primaries that are known here."
    return InputSpace("config", spoken, _SPOKEN[spoken], why)


def _named(name: str, why: str, decided: bool = False) -> InputSpace:
    """What a person, a rule or a header calls a space. Unknown words are left to the configuration."""
    key = re.sub(r"[^a-z0-9]", "", name.lower())
    key = _OTHER_WORDS.get(key, key)
    if key in _SHOWN:
        return InputSpace("shown", name, why=why, decided=decided)
    if key in _CINEON:
        return InputSpace("cineon", name, why=why, decided=decided)
    return InputSpace("config", name, (name, *_SPOKEN.get(key, ())), why, decided)


def _marked(names: Iterable[str]) -> str:
    for name in names:
        match = _IN_NAMES.search(name.lower())
        if match:
            return match[1]
    return ""


@dataclass(frozen=True)
class Conversion:
    """The way from an input space to the display: `processor` None leaves the pixels as they are."""

    input: str
    shown: str
    processor: Any = None

    def apply(self, picture: Any) -> Any:
        """float32 (height, width, 3) in the input space -> the same in display code values, not clipped."""
        if self.processor is not None:
            self.processor.applyRGB(picture)
        return picture


def load_config() -> Any:
    """The OpenColorIO configuration of `$OCIO`, else the built-in one. Raises SettingsError."""
    import PyOpenColorIO as ocio

    named = os.environ.get("OCIO", "")
    try:
        if named:
            return ocio.Config.CreateFromFile(named)
        return ocio.Config.CreateFromBuiltinConfig(BUILT_IN)
    except (ocio.Exception, ocio.ExceptionMissingFile) as error:  # neither is a kind of the other
        raise SettingsError(f"the OpenColorIO configuration cannot be used: {error}.", named or None) from error


def conversion(space: InputSpace, config: Any) -> Conversion:
    """The way from `space` to the configuration's default display. Raises SettingsError for a name nobody knows."""
    import PyOpenColorIO as ocio

    if space.way == "shown":
        return Conversion(space.spoken, "as it is")
    display = config.getDefaultDisplay()
    view = config.getDefaultView(display)
    name = _find(config, _SPOKEN["linear"] if space.way == "cineon" else space.names)
    if name is None:
        advice = "Name one that the configuration has, such as ACEScg, or rec709."
        raise SettingsError(f'the OpenColorIO configuration has no colour space "{space.spoken}".', None, advice)
    found = config.getColorSpace(name)
    if found.isData():
        return Conversion(name, "as it is")
    if found.getReferenceSpaceType() == ocio.REFERENCE_SPACE_DISPLAY or "video" in found.getEncoding():
        return Conversion(name, display, _processor(config, _to_display(config, name, display)))
    steps = ocio.GroupTransform()
    if space.way == "cineon":
        steps.appendTransform(_cineon())
    steps.appendTransform(ocio.DisplayViewTransform(src=name, display=display, view=view))
    label = f"{space.spoken}" if space.way == "cineon" else name
    return Conversion(label, f"{display}, {view}", _processor(config, steps))


def _find(config: Any, names: Iterable[str]) -> str | None:
    """The first name that the configuration knows, by its own name, an alias or a role."""
    for name in names:
        found = config.getColorSpace(name)
        if found is not None:
            return str(found.getName())
    return None


def _to_display(config: Any, name: str, display: str) -> Any:
    """A conversion without a view: the picture was made for a display already."""
    import PyOpenColorIO as ocio

    target = config.getDisplayViewColorSpaceName(display, config.getDefaultView(display))
    target = display if target == "<USE_DISPLAY_NAME>" else target
    if config.getColorSpace(name).getReferenceSpaceType() != ocio.REFERENCE_SPACE_DISPLAY:
        target = _find(config, ("sRGB Encoded Rec.709 (sRGB)", "srgb_texture", "sRGB - Texture")) or target
    return ocio.ColorSpaceTransform(src=name, dst=target)


def _cineon() -> Any:
    """Cineon code values (0..1 of 10 bits) to linear light: black 95, white 685, 0.002 density a step, gamma 0.6."""
    import PyOpenColorIO as ocio

    black = 10 ** ((95 - 685) / 300)
    return ocio.LogAffineTransform(
        logSideSlope=[300 / 1023 * math.log10(2)] * 3,  # this transform counts in powers of two
        logSideOffset=[685 / 1023] * 3,
        linSideSlope=[1 - black] * 3,
        linSideOffset=[black] * 3,
        direction=ocio.TRANSFORM_DIR_INVERSE,
    )


def _processor(config: Any, transform: Any) -> Any:
    import PyOpenColorIO as ocio

    try:
        return config.getProcessor(transform).getDefaultCPUProcessor()
    except (ocio.Exception, ocio.ExceptionMissingFile) as error:
        raise SettingsError(f"OpenColorIO cannot convert this: {error}.") from error
