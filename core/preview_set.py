# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything in `_preview` that belongs to some versions: the stills, the proxies asked for, and those there before.

A proxy that was made here once is kept in step: nobody is sent the movie of an older version.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .errors import SettingsError
from .events import Cancel, Listener, silent
from .longpath import native
from .preview import Made, make_previews, notes_of
from .preview_record import picture_path, read_record, record_path
from .proxy import ProxyMade, ProxyOptions, make_proxies, proxy_notes
from .proxy_record import ProxyRecord, content_of, proxy_path, proxy_record_path, read_proxy_record
from .versions import PublishedVersion


@dataclass(frozen=True)
class PreviewWish:
    """What is wanted: `proxy` None makes only those movies anew that show another version than they should."""

    poster: int | None = None
    colorspace: str | None = None
    proxy: ProxyOptions | None = None
    stills: bool = True


@dataclass(frozen=True)
class PreviewSet:
    """What became of it; `trouble` is a sentence where no proxy could be made at all."""

    stills: tuple[Made, ...] = ()
    proxies: tuple[ProxyMade, ...] = ()
    trouble: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for everything that could not be made."""
        trouble = (f"No proxies: {self.trouble}",) if self.trouble else ()
        return (*notes_of(self.stills), *proxy_notes(self.proxies), *trouble)

    @property
    def failed(self) -> bool:
        """True where something that was wanted is not there."""
        return (
            bool(self.trouble)
            or any(still.problem for still in self.stills)
            or any(movie.problem for movie in self.proxies)
        )


def make_preview_set(
    versions: Sequence[PublishedVersion],
    wish: PreviewWish | None = None,
    *,
    jobs: int | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> PreviewSet:
    """Make them; raises what `make_previews` raises. What keeps all proxies from being made costs no still."""
    wish = wish or PreviewWish()
    stills: list[Made] = []
    if wish.stills:
        stills = make_previews(
            versions, poster=wish.poster, colorspace=wish.colorspace, jobs=jobs, listen=listen, cancel=cancel
        )
    proxies: list[ProxyMade] = []
    for options, wanted in _proxies_wanted(versions, wish):
        try:
            proxies += make_proxies(wanted, options, jobs=jobs, listen=listen, cancel=cancel)
        except SettingsError as problem:
            return PreviewSet(tuple(stills), tuple(proxies), str(problem))
    return PreviewSet(tuple(stills), tuple(proxies))


def lacks_previews(version: PublishedVersion, wish: PreviewWish | None = None) -> bool:
    """True where something that is wanted was not made for this very version, or is gone."""
    wish, now = wish or PreviewWish(), (version.name, version.completed or 0)
    if wish.stills:
        still = read_record(record_path(version))
        if still is None or (still.version, still.completed) != now or not _is_there(picture_path(version)):
            return True
    if wish.proxy is None:
        return False
    movie = read_proxy_record(proxy_record_path(version))
    return movie is None or (movie.version, movie.completed) != now or not _is_there(proxy_path(version))


def _is_there(path: str) -> bool:
    return os.path.isfile(native(path))


def _proxies_wanted(
    versions: Sequence[PublishedVersion], wish: PreviewWish
) -> Iterator[tuple[ProxyOptions, Sequence[PublishedVersion]]]:
    """Those asked for, or those that show an older version, made as they were made then."""
    if wish.proxy is not None:
        yield replace(wish.proxy, colorspace=wish.proxy.colorspace or wish.colorspace), versions
        return
    for burn_in in (False, True):
        late = [one for one in versions if (old := _stale(one)) is not None and old.burn_in is burn_in]
        if late:
            yield ProxyOptions(burn_in, wish.colorspace), late


def our_proxy(version: PublishedVersion) -> ProxyRecord | None:
    """The record of the proxy that lies there, where it was made here and nobody has changed it since."""
    record, path = read_proxy_record(proxy_record_path(version)), proxy_path(version)
    try:
        if record is None or os.path.getsize(native(path)) != record.bytes:
            return None
    except OSError:
        return None
    return record if content_of(path) == record.content else None


def _stale(version: PublishedVersion) -> ProxyRecord | None:
    record = our_proxy(version)
    if record is None or (record.version, record.completed) == (version.name, version.completed or 0):
        return None
    return record
