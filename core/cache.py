# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe cache: what headers said last time, in an SQLite file of the user. It may vanish at any time."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterable, Sequence
from fractions import Fraction
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from .media import Colour, Media

if TYPE_CHECKING:
    import sqlite3

VARIABLE = "RAMSES_PLATES_CACHE"
FILE_NAME = "probe.sqlite"
# Rows are dropped in the order in which they were written, beyond this count (about 70 MB).
MOST_ROWS = 100_000
_SCHEMA = 1
# Below SQLite's limit of 999 variables, and where its time per row is least.
_AT_ONCE = 500
_INSERT = "INSERT OR REPLACE INTO media (path, state, facts) VALUES (?, ?, ?)"
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


class Stamp(NamedTuple):
    """Which state of which file a row is about: another size or time, another number of frames is another state.

    The time of the last status change is in it because a rewritten file can be given its old modification time.
    Inode and device are not: on shares they change with each mount.
    """

    path: str
    state: str


def stamp_of(path: str, status: os.stat_result, count: int) -> Stamp:
    """The stamp of a clip's first file."""
    from .probe.files import PROBER_VERSION

    return Stamp(path, f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{count}:{PROBER_VERSION}")


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
    """Media by stamp. Several processes may use one file at a time; threads of one process take turns.

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

    def get_many(self, stamps: Iterable[Stamp]) -> dict[Stamp, Media]:
        """What is known about files that are still in the state of their stamps."""
        by_path = {os.fsencode(stamp.path): stamp for stamp in stamps}
        found: dict[Stamp, Media] = {}
        paths = list(by_path)
        for at in range(0, len(paths), _AT_ONCE):
            for path, state, facts in self._select(paths[at : at + _AT_ONCE]):
                stamp = by_path[path]
                if state == stamp.state:
                    media = _decode(facts)
                    if media is not None:
                        found[stamp] = media
        return found

    def put_many(self, entries: Sequence[tuple[Stamp, Media]]) -> None:
        """Remember media, and forget the oldest rows beyond the limit."""
        import sqlite3

        rows = [(os.fsencode(stamp.path), stamp.state, _encode(media)) for stamp, media in entries]
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

    def _select(self, paths: list[bytes]) -> list[tuple[bytes, str, str]]:
        import sqlite3

        marks = ",".join("?" * len(paths))
        with self._lock:
            if self._connection is None:
                return []
            try:
                return self._connection.execute(
                    f"SELECT path, state, facts FROM media WHERE path IN ({marks})", paths
                ).fetchall()
            except sqlite3.Error as error:
                self._fail(error)
                return []

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
                connection.execute(
                    "CREATE TABLE media (id INTEGER PRIMARY KEY, path BLOB UNIQUE, state TEXT, facts TEXT)"
                )
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


# A row is a JSON list in the order of Media's fields: short to read, and safe whatever the file holds.
def _encode(media: Media) -> str:
    colour = media.colour
    return json.dumps(
        [
            media.source,
            media.width,
            media.height,
            _text(media.pixel_aspect),
            _text(media.fps),
            media.start_timecode,
            media.frame_count,
            _text(media.duration_seconds),
            media.codec,
            media.compression,
            media.pixel_format,
            media.channels,
            media.data_window,
            media.reel,
            [colour.space, colour.primaries, colour.transfer, colour.matrix],
            media.error,
            media.notes,
        ],
        separators=(",", ":"),
    )


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _decode(facts: str) -> Media | None:
    """The media of a row; None for a row that is not one of ours."""
    try:
        values = json.loads(facts)
        for at in (3, 4, 7):
            values[at] = _fraction(values[at])
        values[11] = tuple(values[11])
        values[12] = tuple(values[12]) if values[12] else None
        values[14] = _colour(*values[14])
        values[16] = tuple(values[16])
        return Media(*values)
    except (ValueError, TypeError, LookupError, ZeroDivisionError, RecursionError):
        return None


_fractions: dict[str, Fraction] = {}
_colours: dict[tuple[Any, ...], Colour] = {}


def _fraction(text: str | None) -> Fraction | None:
    """A clip's rate is the rate of the next one, too: making a Fraction costs more than all else in a row."""
    if text is None:
        return None
    value = _fractions.get(text)
    if value is None:
        if len(_fractions) > 1000:
            _fractions.clear()
        value = _fractions[text] = Fraction(text)
    return value


def _colour(*names: str | None) -> Colour:
    colour = _colours.get(names)
    if colour is None:
        if len(_colours) > 1000:
            _colours.clear()
        colour = _colours[names] = Colour(*names)
    return colour
