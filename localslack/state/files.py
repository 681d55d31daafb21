"""Uploaded files, in memory. Slack processes a file after the upload: until then its mimetype is empty."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator

from localslack.state.ids import make_id
from localslack.state.model import File

_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


class Files:
    """The files of a workspace; the oldest lose their place when all together exceed `keep_bytes`.

    `timer` is in seconds from any start; a file is processed `seconds` after its bytes came.
    """

    def __init__(self, timer: Callable[[], float], seconds: float, keep_bytes: int) -> None:
        self._timer, self.seconds, self._keep_bytes = timer, seconds, keep_bytes
        self._kept: dict[str, File] = {}
        self._made = self._bytes = 0

    def __iter__(self) -> Iterator[File]:
        return iter(list(self._kept.values()))

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, name: str, length: int, user: str, created: int) -> File:
        """Make room for a file of `length` bytes that is yet to come."""
        self._made += 1
        file = File(id=make_id("F", self._made, name), name=name, length=length, user=user, created=created)
        self._kept[file.id] = file
        self._bytes += length
        while self._bytes > self._keep_bytes and len(self._kept) > 1:
            self.delete(next(iter(self._kept.values())))
        return file

    def store(self, file: File, content: bytes) -> None:
        """Take the bytes; processing begins."""
        file.content = content
        file.ready_at = self._timer() + self.seconds

    def stall(self, file: File) -> None:
        """Never finish a file's processing: it stays without a mimetype."""
        file.ready_at = None

    def find(self, reference: str) -> File | None:
        """Return the file with this id or address, or None."""
        if reference in self._kept:
            return self._kept[reference]
        return next((file for file in self._kept.values() if f"-{file.id}/" in reference), None)

    def delete(self, file: File) -> None:
        """Forget a file."""
        if self._kept.pop(file.id, None) is not None:
            self._bytes -= file.length

    def mimetype(self, file: File) -> str:
        """Return what the file is, ``""`` while it isn't known yet; pictures are known by their first bytes."""
        if file.content is None or file.ready_at is None or self._timer() < file.ready_at:
            return ""
        for start, kind in _PICTURES.items():
            if file.content.startswith(start):
                return kind
        guessed = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return "application/octet-stream" if guessed.startswith("image/") else guessed
