# SPDX-License-Identifier: GPL-3.0-or-later
"""The hashes that delivered manifests use, under the names of both formats, and how each writes its digests.

MHL 1 (schema MediaHashList_v1_1.xsd): `md5`, `sha1`, `xxhash` (XXH32 as a decimal number), `xxhash64be` (XXH64 as
hexdigest gives it), `xxhash64` (the same bytes the other way round), `null` (only a size).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from . import hashing
from .hashing import Hasher

# Names of both formats and of tools that mix them -> how the digest is computed. The order is that of preference: one
# hash per file is enough, and the quick ones hide behind the reading.
_COMPUTED = {
    "xxh128": "xxh128",
    "xxhash128": "xxh128",
    "xxh3": "xxh3",
    "xxh64": "xxh64",
    "xxhash64be": "xxh64",
    "xxhash64": "xxh64",
    "xxhash": "xxh32",
    "sha1": "sha1",
    "md5": "md5",
    "c4": "c4",
}
NO_HASH = "null"


class Listed(NamedTuple):
    """What a delivered manifest says of one file: size in bytes (None = not said), the hash's name and its text.

    `name` is NO_HASH where only the size is listed. `source` is the manifest's file name, for sentences.
    """

    size: int | None
    name: str
    text: str
    source: str

    @property
    def computable(self) -> bool:
        """True where this machine can compare the content."""
        return self.name != NO_HASH and is_known(self.name)


def best(hashes: Mapping[str, str]) -> tuple[str, str]:
    """The hash to compare by, of those that a manifest gives: one that can be computed here, else any, else NO_HASH."""
    for name in _COMPUTED:
        if name in hashes and is_known(name):
            return name, hashes[name]
    return next(iter(hashes.items()), (NO_HASH, ""))


@lru_cache
def is_known(name: str) -> bool:
    """True where this machine can compute the hash of that name; asked once per file, so it is remembered."""
    return new(name) is not None


def new(name: str) -> Hasher | None:
    """A fresh hasher for a name of either format; None where nobody here knows it."""
    kind = _COMPUTED.get(name)
    if kind != "xxh32":
        return None if kind is None else hashing.new(kind)
    try:
        import xxhash
    except ImportError:
        return None
    hasher: Hasher = xxhash.xxh32()
    return hasher


def same(name: str, expected: str, digest: bytes) -> bool:
    """True where the manifest's text stands for this digest."""
    expected = expected.strip()
    if name == "xxhash":
        return expected.isdecimal() and len(expected) < 12 and int(expected) == int.from_bytes(digest, "big")
    if name == "xxhash64":  # some tools write it as xxhash64be; both ways round are the same 64 bits
        return expected.lower() in (digest.hex(), digest[::-1].hex())
    return hashing.same(_COMPUTED.get(name, name), expected, digest)


class Together:
    """Several hashers fed by one reading; `digest` is that of the first."""

    def __init__(self, first: Hasher, *others: Hasher) -> None:
        self._first = first
        self._others = others

    def update(self, data: bytes | memoryview, /) -> None:
        """Take in more of the content."""
        self._first.update(data)
        for other in self._others:
            other.update(data)

    def digest(self) -> bytes:
        """The first hash so far."""
        return self._first.digest()
