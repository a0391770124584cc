# SPDX-License-Identifier: GPL-3.0-or-later
"""Preview pictures for a page: the file beside a version where it shows this version, else nothing."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

from ..longpath import native
from ..preview_record import PreviewRecord, preview_folder, preview_stem, read_record
from ..proxy_record import ProxyRecord, read_proxy_record
from ..sidecar import completed_at
from ..timecode import rate_text
from .rows import Picture, count_text

# Above this many bytes of pictures a page is slow to open and too large to mail: the small copies are taken then.
BUDGET = 24_000_000
_LARGEST = 3_000_000


@dataclass
class Album:
    """Collects the pictures of one page and watches its size."""

    root: str
    spent: int = 0

    def picture(self, folder: str, resource: str, newest: bool = True) -> tuple[Picture, str | None]:
        """The picture of a version and its path below the project; an empty one where none shows this version.

        A picture that says which version it shows is taken for that one alone; another tool's says nothing and
        belongs to the newest version.
        """
        stem = f"{preview_folder(folder)}/{preview_stem(folder, resource)}"
        record = read_record(self._absolute(f"{stem}.preview.json"))
        if record is not None and not self._shows(record, folder):
            return Picture(), None
        if record is None and not newest:
            return Picture(), None
        data = self._jpeg(f"{stem}.jpg")
        if not data:
            return Picture(), None
        small = record.small if record is not None and _is_base64(record.small) else ""
        note = record.colour if record is not None else "Made by another tool; its colour space is not recorded."
        size = len(data) * 4 // 3
        if self.spent + size > BUDGET:
            self.spent += len(small)
            return Picture("", small, note), f"{stem}.jpg"
        self.spent += size
        return Picture(base64.b64encode(data).decode("ascii"), small, note), f"{stem}.jpg"

    def proxy(self, folder: str, resource: str) -> str:
        """What the proxy movie of a version is, in words; "" where there is none of this version."""
        stem = self._absolute(f"{preview_folder(folder)}/{preview_stem(folder, resource)}")
        record = read_proxy_record(f"{stem}.proxy.json")
        if record is None or record.rate is None or not self._shows(record, folder):
            return ""
        try:
            if os.path.getsize(native(f"{stem}.mp4")) != record.bytes:
                return ""
        except OSError:
            return ""
        slates = f", slates at {record.slates}" if record.slates else ""
        return f"Proxy movie: {count_text(record.frames, 'frame')} at {rate_text(record.rate)} fps{slates}"

    def _shows(self, record: PreviewRecord | ProxyRecord, folder: str) -> bool:
        return record.version == folder.rpartition("/")[2] and record.completed in (
            0,
            completed_at(self._absolute(folder)),
        )

    def _absolute(self, path: str) -> str:
        return os.path.join(self.root, *path.split("/"))

    def _jpeg(self, path: str) -> bytes:
        try:
            with open(native(self._absolute(path)), "rb") as file:
                data = file.read(_LARGEST + 1)
        except OSError:
            return b""
        return data if data.startswith(b"\xff\xd8\xff") and len(data) <= _LARGEST else b""


def _is_base64(text: str) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(b"\xff\xd8\xff")
    except ValueError:
        return False
