# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe cache: what headers said last time, in an SQLite file of the user. It may vanish at any time."""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .media import Colour, Media
from .probe.retouch import variant
from .probe.version import PROBER_VERSION

if TYPE_CHECKING:
    import sqlite3

VARIABLE = "RAMSES_PLATES_CACHE"
FILE_NAME = "probe.sqlite"
# Rows are dropped in the order in which they were written, beyond this count (about 70 MB).
MOST_ROWS = 100_000
_SCHEMA = 3
# Below SQLite's limit of 999 variables, and where its time per row is least.
_AT_ONCE = 500
_CREATE = """CREATE TABLE media (
    id INTEGER PRIMARY KEY, path UNIQUE, state TEXT,
    facts TEXT, label TEXT, reel TEXT, frames INTEGER, seconds TEXT
)"""
_INSERT = """INSERT OR REPLACE INTO media (path, state, facts, label, reel, frames, seconds)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_SELECT = "SELECT path, state, facts, label, reel, frames, seconds FROM media WHERE path"
_FORGET = "DELETE FROM media WHERE id <= (SELECT max(id) FROM media) - ?"
_NETWORK_TYPES = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afpfs",
    "ncpfs",
    "9p",
    "afs",
    "lustre",
    "beegfs",
    "gpfs",
    "glusterfs",
}


def state_of(status: os.stat_result, count: int) -> str:
    """Which state of a clip a row is about: by its first file's size and times, its number of files, and the readers.

    The time of the last status change is in it because a rewritten file can be given its old modification time.
    Inode and device are not: on shares they change with each mount.
    """
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{count}:{PROBER_VERSION}"


def default_path() -> str:
    """Where the cache lies: named by RAMSES_PLATES_CACHE (a file, or a folder), else the user's cache folder."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return os.path.join(named, FILE_NAME) if os.path.isdir(named) else named
    return os.path.join(_cache_folder(), "ramses-plates", FILE_NAME)


def _cache_folder() -> str:
    if sys.platform == "win32":
        return os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches")
    named = os.environ.get("XDG_CACHE_HOME", "")
    return named if os.path.isabs(named) else os.path.expanduser("~/.cache")


class ProbeCache:
    """Media by path and state. Several processes may use one file at a time; threads of one process take turns.

    Nothing here raises for the cache's own sake: a file that cannot be opened turns the cache off, a broken one is
    thrown away and begun anew.
    """

    def __init__(self, path: str | None = None) -> None:
        self.path = path or default_path()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._open(retry=True)

    def __enter__(self) -> ProbeCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def usable(self) -> bool:
        """False while the cache is off."""
        return self._connection is not None

    def close(self) -> None:
        """Close the file; the cache is off from then on."""
        with self._lock:
            self._drop()

    def get_many(self, states: Mapping[str, str]) -> dict[str, Media]:
        """What is known about files, by path, that are still in the state given for their path."""
        import sqlite3

        by_key: Mapping[_Key, str] = {_key(path): path for path in states if not path.isascii()}
        keys = [*(path for path in states if path.isascii()), *by_key]
        found: dict[str, Media] = {}
        with self._lock:
            try:
                with _no_collection():
                    for key, state, *row in self._rows(keys):
                        path = by_key.get(key, key)
                        if states.get(path) == state:
                            media = _decode(*row)
                            if media is not None:
                                found[path] = media
            except sqlite3.Error as error:
                self._fail(error)
        return found

    def put_many(self, entries: Iterable[tuple[str, str, Media]]) -> None:
        """Remember media by (path, state), and forget the oldest rows beyond the limit."""
        import sqlite3

        rows = [(_key(path), state, *_encode(media)) for path, state, media in entries]
        with self._lock:
            if self._connection is None or not rows:
                return
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany(_INSERT, rows)
                # Numbers of rows only grow, so this finds the old ones without counting anything.
                self._connection.execute(_FORGET, (MOST_ROWS,))
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._fail(error)

    def _rows(self, keys: list[_Key]) -> Iterator[tuple[Any, ...]]:
        """The rows of these paths; others may be among them, and some may come twice."""
        connection = self._connection
        if connection is None:
            return
        names = [key for key in keys if isinstance(key, str)]
        if len(names) == len(keys) >= _AT_ONCE:
            # The clips of a delivery lie side by side in the index: one walk along it is cheaper than many descents.
            count, limit = 0, 2 * len(keys) + 1000
            for row in connection.execute(f"{_SELECT} BETWEEN ? AND ? LIMIT ?", (min(names), max(names), limit)):
                count += 1
                yield row
            if count < limit:
                return
        for at in range(0, len(keys), _AT_ONCE):
            piece = keys[at : at + _AT_ONCE]
            yield from connection.execute(f"{_SELECT} IN ({','.join('?' * len(piece))})", piece)

    def _open(self, retry: bool) -> None:
        import sqlite3

        try:
            os.makedirs(os.path.dirname(os.path.abspath(self.path)), mode=0o700, exist_ok=True)
            # isolation_level None: transactions begin where this module says so.
            self._connection = sqlite3.connect(self.path, timeout=2.0, isolation_level=None, check_same_thread=False)
            self._prepare(self._connection)
        except (sqlite3.Error, OSError) as error:
            self._fail(error, retry)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        # No waiting for the disk: what a power cut leaves is a file from before, or a broken one that is begun anew.
        connection.execute("PRAGMA synchronous=OFF")
        if _schema(connection) != _SCHEMA:
            self._choose_journal(connection)
            connection.execute("BEGIN IMMEDIATE")
            if _schema(connection) != _SCHEMA:  # another process may have been quicker
                connection.execute("DROP TABLE IF EXISTS media")
                connection.execute(_CREATE)
                connection.execute(f"PRAGMA user_version={_SCHEMA}")
            connection.execute("COMMIT")

    def _choose_journal(self, connection: sqlite3.Connection) -> None:
        import sqlite3

        # A write-ahead log needs memory that all processes share, which a network share does not give.
        mode = "TRUNCATE" if on_network(self.path) else "WAL"
        try:
            connection.execute(f"PRAGMA journal_mode={mode}")
        except sqlite3.OperationalError:
            return  # another process is opening the file in this moment, and chooses the same

    def _fail(self, error: Exception, retry: bool = True) -> None:
        """A busy, full or forbidden file turns the cache off; a broken one is replaced, once."""
        import sqlite3

        self._drop()
        broken = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        if not retry or not (broken or "no such" in str(error)):
            return
        for ending in ("", "-wal", "-shm", "-journal"):
            try:
                os.remove(self.path + ending)
            except FileNotFoundError:
                continue
            except OSError:
                return
        self._open(retry=False)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


_Key = str | bytes


def _key(path: str) -> _Key:
    """A path as SQLite can hold it: its bytes where it is no text, because a name has another encoding."""
    if path.isascii():
        return path
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def _schema(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def on_network(path: str) -> bool:
    """True where the file would lie on a share, as far as the system tells it."""
    path = os.path.abspath(path)
    if sys.platform == "win32":
        return path.startswith("\\\\")
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as mounts:
            lines = [line.split(" ") for line in mounts]
    except OSError:
        return False
    real = os.path.realpath(path)
    best, kind = "", ""
    for fields in lines:
        folder = fields[1].replace("\\040", " ") if len(fields) > 2 else ""
        if len(folder) >= len(best) and (real == folder or real.startswith(folder.rstrip("/") + "/")):
            best, kind = folder, fields[2]
    return kind in _NETWORK_TYPES or kind.startswith("fuse.")


@contextmanager
def _no_collection() -> Iterator[None]:
    """Thousands of new objects make the garbage collector search several times, here always in vain."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _encode(media: Media) -> tuple[str, str | None, str | None, int | None, str | None]:
    """A row: what clips of a delivery share as a JSON list, safe whatever the file holds; then label, reel, length."""
    colour = media.colour
    facts = [
        media.source,
        media.width,
        media.height,
        _text(media.pixel_aspect),
        _text(media.fps),
        media.codec,
        media.compression,
        media.pixel_format,
        media.channels,
        media.data_window,
        [colour.space, colour.primaries, colour.transfer, colour.matrix],
        media.error,
        media.notes,
    ]
    packed = json.dumps(facts, separators=(",", ":"))
    return packed, media.start_timecode, media.reel, media.frame_count, _text(media.duration_seconds)


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _decode(facts: str, label: str | None, reel: str | None, frames: int | None, seconds: str | None) -> Media | None:
    """The media of a row; None for a row that is not one of ours."""
    try:
        shared = _shared(facts)
        duration = None if seconds is None else _fraction(seconds)
    except (ValueError, TypeError, LookupError, ZeroDivisionError, RecursionError):
        return None
    own = {"start_timecode": label, "reel": reel, "frame_count": frames, "duration_seconds": duration}
    return variant(shared, own)


# Clips share their rates and often their lengths: making a Fraction costs more than all else in a row.
_fraction = lru_cache(4096)(Fraction)


@lru_cache(1000)
def _shared(facts: str) -> Media:
    source, width, height, aspect, rate, codec, compression, form, channels, window, colour, error, notes = json.loads(
        facts
    )
    return Media(
        source=source,
        width=width,
        height=height,
        pixel_aspect=None if aspect is None else Fraction(aspect),
        fps=None if rate is None else Fraction(rate),
        codec=codec,
        compression=compression,
        pixel_format=form,
        channels=tuple(channels),
        data_window=tuple(window) if window else None,
        colour=Colour(*colour),
        error=error,
        notes=tuple(notes),
    )
