# SPDX-License-Identifier: GPL-3.0-or-later
"""Content hashes under their ASC MHL names; xxhash is loaded when the first xx hash is asked for."""

from __future__ import annotations

import hashlib
from types import ModuleType
from typing import Protocol

# The names that an ASC MHL v2.0 manifest may use.
NAMES = ("c4", "md5", "sha1", "xxh128", "xxh3", "xxh64")
_XX = {"xxh128": "xxh3_128", "xxh3": "xxh3_64", "xxh64": "xxh64"}
_C4_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_C4_LENGTH = 88


class Hasher(Protocol):
    """What every hash object of hashlib and xxhash can do."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take in more of the content."""

    def digest(self) -> bytes:
        """The hash so far, as bytes (big-endian)."""


def preferred() -> str:
    """The hash that new manifests use: xxh128, or sha1 where xxhash cannot be imported."""
    return "xxh128" if _xxhash() is not None else "sha1"


def new(name: str) -> Hasher | None:
    """A fresh hasher for an ASC MHL hash name; None where this machine cannot compute it or nobody knows the name."""
    if name in _XX:
        module = _xxhash()
        if module is None:
            return None
        hasher: Hasher = getattr(module, _XX[name])()
        return hasher
    if name == "sha1":
        return hashlib.sha1(usedforsecurity=False)
    if name == "md5":
        return hashlib.md5(usedforsecurity=False)
    return hashlib.sha512() if name == "c4" else None


def text(name: str, digest: bytes) -> str:
    """The digest as a manifest writes it: hex, or the base 58 form of C4."""
    return c4_text(digest) if name == "c4" else digest.hex()


def c4_text(digest: bytes) -> str:
    """A SHA-512 digest as a C4 id: "c4" and 88 base 58 digits (SMPTE ST 2114)."""
    number = int.from_bytes(digest, "big")
    digits = []
    while number:
        number, digit = divmod(number, 58)
        digits.append(_C4_DIGITS[digit])
    return "c4" + "".join(reversed(digits)).rjust(_C4_LENGTH, "1")


class C4:
    """A C4 id that grows with the content."""

    def __init__(self) -> None:
        self._hasher = hashlib.sha512()

    def update(self, data: bytes) -> None:
        """Take in more of the content."""
        self._hasher.update(data)

    def text(self) -> str:
        """The id of everything so far."""
        return c4_text(self._hasher.digest())


def c4_of(data: bytes) -> str:
    """The C4 id of some bytes."""
    return c4_text(hashlib.sha512(data).digest())


def same(name: str, expected: str, digest: bytes) -> bool:
    """True where a manifest's text stands for this digest; hex is compared without case."""
    found = text(name, digest)
    return found == expected.strip() if name == "c4" else found == expected.strip().lower()


def _xxhash() -> ModuleType | None:
    try:
        import xxhash
    except ImportError:
        return None
    return xxhash
