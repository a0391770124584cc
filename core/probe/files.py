# SPDX-License-Identifier: GPL-3.0-or-later
"""One file, any format: the reader is chosen by the first bytes, whatever the name says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ..errors import DamagedFile, PlatesError, UnknownFormat
from ..media import Media
from . import avi, cineon, dpx, exr, jpeg, matroska, mxf, png, quicktime, stills, tga, tiff
from .failure import failed, named
from .source import Source


class Reader(NamedTuple):
    """A header reader. `check_complete` answers with one sentence where pixel data missing."""

    recognises: Callable[[bytes], bool]
    read: Callable[[Source], Media]
    check_complete: Callable[[Source], str | None] | None = None


# In the order of asking: what is delivered most comes first, what has no magic of its own comes last.
READERS = (
    Reader(exr.recognises, exr.read, exr.check_complete),
    Reader(dpx.recognises, dpx.read, dpx.check_complete),
    Reader(quicktime.recognises, quicktime.read, quicktime.check_complete),
    Reader(mxf.recognises, mxf.read, mxf.check_complete),
    Reader(avi.recognises, avi.read, avi.check_complete),
    Reader(matroska.recognises, matroska.read, matroska.check_complete),
    Reader(png.recognises, png.read, png.check_complete),
    Reader(jpeg.recognises, jpeg.read, jpeg.check_complete),
    Reader(tiff.recognises, tiff.read, tiff.check_complete),
    Reader(cineon.recognises, cineon.read, cineon.check_complete),
    Reader(stills.recognises, stills.read),
)
_BY_NAME_ONLY = Reader(tga.recognises, tga.read, tga.check_complete)
_TGA_EXTENSIONS = (".tga", ".targa", ".icb", ".vda", ".vst")


def probe_file(path: str) -> Media:
    """The facts of one file; `frame_count` and duration only where the file itself has them.

    Raises DamagedFile for an empty file and one that a reader of ours knows and finds broken (nothing else is tried
    then), UnknownFormat where no reader and no library knows it, OSError where it cannot be opened or read.
    """
    with Source(path) as source:
        reader = reader_of(source)
        media = reader.read(source) if reader else None
    if media is None:
        from . import fallback

        media = fallback.read(path, source.head)
    if media.error is not None:
        raise DamagedFile(media.error, path)
    return media


def reader_of(source: Source) -> Reader | None:
    """The reader for an open file, None where no reader of ours knows it. Raises DamagedFile for an empty one."""
    head = source.head
    for reader in READERS:
        if reader.recognises(head):
            return reader
    if not head:
        raise DamagedFile("empty file.", source.path)
    if source.path.lower().endswith(_TGA_EXTENSIONS) and tga.recognises(head):
        return _BY_NAME_ONLY
    return None


def examine(path: str) -> Media:
    """The same facts, and whether all pixel data is there; what is wrong is told by `error`, nothing is raised.

    A damaged file keeps the facts that its header still gives.
    """
    try:
        with Source(path) as source:
            reader = reader_of(source)
            if reader is not None:
                media = reader.read(source)
                problem = media.error
                if problem is None and reader.check_complete is not None:
                    problem = reader.check_complete(source)
                return media if problem is None else replace(media, error=named(path, problem))
        from . import fallback

        return fallback.read(path, source.head)
    except (DamagedFile, UnknownFormat) as error:
        return failed(path, f"{error.message} {error.advice}".rstrip())
    except OSError as error:
        return failed(path, f"the file cannot be read: {error.strerror or error}.")
    except PlatesError as error:
        return failed(path, error.message)
    except Exception as error:  # noqa: BLE001 the border between one file and a run: a fault of ours costs one clip
        return failed(path, f"the file cannot be understood ({type(error).__name__}: {error}).")
