# SPDX-License-Identifier: GPL-3.0-or-later
"""File names of one folder to clips, by our own rules (evidence.py has them as a table).

Every name ends in exactly one clip or is ignored with a reason, whatever the order of the listing. Spellings of one
sequence (padding, case of the extension, composed and decomposed accents) become one clip as long as no frame is
there twice; a frame that is there twice makes two clips, because none of the files may be lost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from .clip import Clip, Kind, NameRun
from .evidence import Numbered, are_frames, are_tiles
from .frame_names import DOT_WIDE, SEPARATORS, cut, places
from .frames import FrameSet
from .naming_facts import IMAGES, Skipped, extension, skipped
from .scan_result import Ignored
from .series import Layer, Series, Table, collect, frame_set
from .views import view_in

_PATTERN_MARKS = ("#", "%0", "%d", "$F", "@@", "<UDIM>", "<f>")


@dataclass(frozen=True)
class Place:
    """Where names lie: the scanned folder, the folder below it, the view that folder names say, if a link led here."""

    root: str
    dir: str = "."
    view: str = ""
    linked: bool = False

    def below(self, name: str) -> str:
        """The path of a name here, relative to the root."""
        return name if self.dir == "." else f"{self.dir}/{name}"


@dataclass
class Grouped:
    """The clips and ignored files of one folder, and what a person should know of them."""

    clips: list[Clip] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Grouper:
    """Takes the names of one folder in portions of any size, in any order; `grouped()` gives the clips."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._table = Table()
        self._links: set[str] = set()
        self._result = Grouped()
        self._lone: list[str] = []

    def add(self, names: list[str], links: Iterable[str] = ()) -> None:
        """Take in names that were not given before; `names` is sorted in place. `links` are those of symbolic links."""
        self._links.update(links)
        collect(names, self._table, self._other)

    def ignore(self, name: str, reason: Skipped) -> None:
        """Take in a name that is no footage, whatever it looks like."""
        self._result.ignored.append(Ignored(self._place.root, self._place.below(name), *reason))

    def grouped(self) -> Grouped:
        """The clips of all names so far. Call it once, at the end."""
        clips = self._result.clips
        for group in _spellings(self._table).values():
            clips += self._decided(group)
        if self._lone:
            clips += self._second_look()
        clips.sort(key=lambda clip: (clip.base, clip.suffix, clip.ext, clip.first_file))
        self._result.clips = list(self._finished(clips))
        return self._result

    def _other(self, name: str) -> None:
        """A name without a frame number: a movie, a still, or nothing for us."""
        reason = skipped(name)
        if reason is None:
            self._result.clips.append(self._single(name))
        else:
            self.ignore(name, reason)

    def _single(self, name: str) -> Clip:
        ext = extension(name)
        kind: Kind = "still" if ext in IMAGES else "movie"
        return Clip(kind, self._place.root, self._place.dir, _composed(name[: -len(ext) - 1]), ext, file=name)

    def _decided(self, group: list[Series]) -> Iterator[Clip]:
        """The clips of one group of spellings: one sequence, several where frames are there twice, or stills."""
        layers = [layer for series in group for layer in series.layers()]
        found = _numbered(layers, min(min({*series.runs, *series.numbers}) for series in group))
        if are_frames(found):
            takes = list(_takes(layers))
            if len(takes) > 1:
                self._warn(f"{self._shown(found)}: some frames are there in two spellings; they are kept apart.")
            for take in takes:
                yield self._sequence(found, take)
            return
        for layer in layers:
            for frame in layer.frames:
                name = layer.name(frame)
                if len(found.frames) == 1 and len(places(name.rpartition(".")[0])) > 1:
                    self._lone.append(name)
                else:
                    yield self._single(name)

    def _second_look(self) -> list[Clip]:
        """Lone files with several numbers: sh010.1001_01, sh010.1002_01 ... differ in the number that was not chosen.

        The other number has to be the better looking one: behind a dot, or wide where the first choice was short.
        """
        table, sequences, taken = Table(), list[Clip](), set[str]()
        for name in self._lone:
            best, *rest = places(name.rpartition(".")[0])
            for other in rest:
                wide = other.end - other.start >= 4 and other.end - other.start > best.end - best.start
                if other.rank <= DOT_WIDE or wide:
                    table.add(cut(name, other))
        groups = sorted(_spellings(table).values(), key=lambda group: -sum(_count(series) for series in group))
        for group in groups:
            layers = [layer for series in group for layer in series.layers()]
            names = {layer.name(frame) for layer in layers for frame in layer.frames}
            found = _numbered(layers, min(min(series.numbers) for series in group))
            if (
                len(names) > 1
                and len(found.frames.spans) < len(found.frames)
                and not names & taken
                and are_frames(found)
            ):
                sequences += [self._sequence(found, take) for take in _takes(layers)]
                taken |= names
        return sequences + [self._single(name) for name in self._lone if name not in taken]

    def _sequence(self, found: Numbered, layers: list[Layer]) -> Clip:
        """One clip of layers that have no frame in common."""
        place = self._place
        sep = found.prefix[-1:] if found.prefix[-1:] in SEPARATORS else ""
        base = found.prefix[: len(found.prefix) - len(sep)]
        frames = layers[0].frames if len(layers) == 1 else frame_set(_spans(layers))
        tiles = are_tiles(found._replace(frames=frames), place.dir)
        clip = Clip(
            "udim" if tiles else "sequence",
            place.root,
            place.dir,
            base,
            found.ext,
            sep,
            min(layer.width for layer in layers),
            frames,
            _runs(layers, frames),
            suffix=found.suffix,
            mixed_padding=len({layer.width for layer in layers}) > 1,
            mixed_case=len({layer.tail.rpartition(".")[2] for layer in layers}) > 1,
        )
        if clip.mixed_case:
            exts = ", ".join(sorted({"." + layer.tail.rpartition(".")[2] for layer in layers}))
            self._warn(f"{self._shown(found)}: mixed extension case ({exts}).")
        if clip.mixed_padding:
            self._warn(f"{self._shown(found)}: the frame numbers are padded in more than one way.")
        return clip

    def _finished(self, clips: list[Clip]) -> Iterator[Clip]:
        """The clips with what can only be told with all of them at hand: views, links, names that are patterns."""
        place = self._place
        texts = {f"{clip.base}\0{clip.suffix}" for clip in clips}
        for clip in clips:
            view = view_in(f"{clip.base}\0{clip.suffix}", texts) or place.view
            linked = place.linked or (bool(self._links) and any(name in self._links for _frame, name in clip.files()))
            if clip.file and clip.ext in IMAGES and any(mark in clip.file for mark in _PATTERN_MARKS):
                self._warn(f"{place.below(clip.file)}: the name holds a frame pattern that a tool did not fill in.")
            yield replace(clip, view=view, via_symlink=linked) if view or linked else clip

    def _shown(self, found: Numbered) -> str:
        return self._place.below(f"{found.prefix}{'#' * found.digits}{found.suffix}.{found.ext}")

    def _warn(self, text: str) -> None:
        self._result.warnings.append(text)


def group_names(names: Iterable[str], place: Place | None = None, links: Iterable[str] = ()) -> Grouped:
    """The clips of the file names of one folder. Names given twice count once."""
    grouper = Grouper(place or Place(""))
    grouper.add(list(dict.fromkeys(names)), links)
    return grouper.grouped()


def _composed(text: str) -> str:
    """The text with composed accents (NFC): a copy through HFS+ decomposes them, people see no difference."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _spellings(table: Table) -> dict[tuple[str, str], list[Series]]:
    """The series by what people would call the same name."""
    groups: dict[tuple[str, str], list[Series]] = {}
    for (prefix, tail), series in sorted(table.items()):
        suffix, _dot, ext = tail.rpartition(".")
        groups.setdefault((_composed(prefix), f"{_composed(suffix)}.{ext.lower()}"), []).append(series)
    return groups


def _numbered(layers: list[Layer], digits: int) -> Numbered:
    """What evidence needs to know; `digits` is the shortest count of digits."""
    prefix, tail = _composed(layers[0].prefix), layers[0].tail
    suffix, _dot, ext = tail.rpartition(".")
    frames = layers[0].frames if len(layers) == 1 else frame_set(_spans(layers))
    padded = any(_is_padded(layer) for layer in layers)
    return Numbered(prefix, _composed(suffix), ext.lower(), frames, digits, padded)


def _is_padded(layer: Layer) -> bool:
    """True where a number of the layer has leading zeros."""
    limit = 10 ** (layer.width - 1)
    return layer.width > 1 and any(first < limit and last > -limit for first, last in layer.frames.spans)


def _count(series: Series) -> int:
    return sum(len(numbers) for numbers in series.numbers.values())


def _spans(layers: Iterable[Layer]) -> Iterator[tuple[int, int]]:
    for layer in layers:
        yield from layer.frames.plain().spans


def _takes(layers: list[Layer]) -> Iterator[list[Layer]]:
    """The layers in as few sets as possible in which no frame is there twice; the fullest layer leads."""
    rest = sorted(layers, key=lambda layer: (-len(layer.frames), -layer.width, layer.prefix, layer.tail))
    while rest:
        take, held, later = [rest[0]], rest[0].frames, []
        for layer in rest[1:]:
            if held & layer.frames:
                later.append(layer)
            else:
                take.append(layer)
                held = held | layer.frames
        yield take
        rest = later


def _runs(layers: list[Layer], frames: FrameSet) -> tuple[NameRun, ...]:
    """The names of the layers as runs, by frame."""
    if len(layers) == 1 and frames.step > 1:
        only = layers[0]
        return (NameRun(only.prefix, only.tail, only.width, frames.first, frames.last, frames.step),)
    runs = [
        NameRun(layer.prefix, layer.tail, layer.width, first, last)
        for layer in layers
        for first, last in layer.frames.plain().spans
    ]
    return tuple(sorted(runs, key=lambda run: run.first))
