"""What all stores of contents have in common: names, patterns, hashing, limits, parts. Pure but for its adapters' primitives.

Everything has the same name in a folder and in a bucket, so that one can be copied into the other:

- `content/sha256/ab/ab12…`: content under its digest, in 256 folders;
- `parts/<upload>/<offset, 20 digits>`: what one request brought, sorted by where it begins;
- `incoming/<random>`: what is being written and has no digest yet.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from typing import Final

from shared.content.port import CHUNK_SIZE, Damaged, Missing, Stored, TooLarge, WrongOffset

CONTENT, PARTS, INCOMING = "content", "parts", "incoming"
ALGORITHM: Final = "sha256"
_DIGEST = re.compile(rf"{ALGORITHM}:([0-9a-f]{{64}})")
# Lower case alone: on some disks two names that differ by case are one.
_UPLOAD_ID = re.compile(r"[0-9a-z](?:[0-9a-z-]{0,62}[0-9a-z])?")


def content_key(digest: str) -> str:
    """Where content stands. Raises ValueError for what is no digest."""
    match = _DIGEST.fullmatch(digest)
    if match is None:
        raise ValueError(f"no digest of the form {ALGORITHM}:<64 hex digits>: {digest!r}")
    return f"{CONTENT}/{ALGORITHM}/{match[1][:2]}/{match[1]}"


def upload_prefix(upload_id: str) -> str:
    """Where the parts of an upload stand. Raises ValueError for what is no id."""
    if not _UPLOAD_ID.fullmatch(upload_id):
        raise ValueError(f"no upload id: {upload_id!r}")
    return f"{PARTS}/{upload_id}"


def incoming_key() -> str:
    """A name that nobody has yet."""
    return f"{INCOMING}/{secrets.token_hex(16)}"


@dataclass(frozen=True)
class Entry:
    """A file or an object: its key, its size in bytes, when it was last touched (aware)."""

    key: str
    size: int
    touched: datetime

    @property
    def offset(self) -> int:
        """Of a part: where it begins, in bytes; -1 for what is no part of ours."""
        name = self.key.rpartition("/")[2]
        return int(name) if name.isascii() and name.isdigit() else -1

    @property
    def upload(self) -> str:
        """Of a part: the prefix of its upload."""
        return self.key.rpartition("/")[0]


class Metered:
    """Chunks that are counted and hashed while they are taken, once. Raises TooLarge above `limit` bytes."""

    def __init__(self, chunks: Iterable[bytes], limit: int) -> None:
        self._chunks = chunks
        self._limit = limit
        self._hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            if not chunk:
                continue
            self.size += len(chunk)
            if self.size > self._limit:
                raise TooLarge(self._limit)
            self._hash.update(chunk)
            yield chunk

    @property
    def stored(self) -> Stored:
        """What has been taken until now."""
        return Stored(f"{ALGORITHM}:{self._hash.hexdigest()}", self.size)


class UntilCut:
    """Chunks that end where their source breaks; `error` is then what it raised."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._chunks
        except Exception as error:  # noqa: BLE001 - whatever it was, what came before it is kept, and it is raised after
            self.error = error


def contiguous(entries: Iterable[Entry]) -> list[Entry]:
    """The parts that follow each other from 0 on; what stands beyond a gap is nobody's."""
    found: list[Entry] = []
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        if entry.offset == end:
            found.append(entry)
            end += entry.size
    return found


def stale(parts: Iterable[Entry], incoming: Iterable[Entry], older_than: datetime) -> list[str]:
    """Keys of what nobody has touched since: an upload goes as a whole, by its latest part, or stays as a whole."""
    found = [entry.key for entry in incoming if entry.touched < older_than]
    by_upload = sorted(parts, key=lambda entry: entry.key)
    for _, group in groupby(by_upload, key=lambda entry: entry.upload):
        upload = list(group)
        if max(entry.touched for entry in upload) < older_than:
            found += [entry.key for entry in upload]
    return found


class Base(ABC):
    """A store of contents on seven primitives. Keys that reach them have been checked."""

    def write(self, chunks: Iterable[bytes], *, limit: int) -> Stored:
        metered = Metered(chunks, limit)
        incoming = self._receive(metered)
        stored = metered.stored
        key = content_key(stored.digest)
        try:
            self._settle(incoming, key)
        finally:
            self._remove([incoming])
        self._verify(key, stored)
        return stored

    def _verify(self, key: str, stored: Stored) -> None:
        """To somebody who brings content again it must not be confirmed while half of it is missing."""
        size = self._size(key)
        if size != stored.size:
            raise Damaged(f"{stored.digest} has {size} bytes, not {stored.size}")

    def read(self, digest: str, *, chunk_size: int = CHUNK_SIZE) -> Iterator[bytes]:
        if chunk_size < 1:
            raise ValueError("a chunk has at least one byte")
        return self._verified(digest, self.size(digest), chunk_size)

    def _verified(self, digest: str, size: int, chunk_size: int) -> Iterator[bytes]:
        metered = Metered(self._chunks(content_key(digest), size, chunk_size), size)
        try:
            yield from metered
        except TooLarge:
            raise Damaged(f"{digest} has more than {size} bytes") from None
        if metered.stored != Stored(digest, size):
            raise Damaged(f"under {digest} stands {metered.stored.digest}, {metered.size} of {size} bytes")

    def size(self, digest: str) -> int:
        found = self._size(content_key(digest))
        if found is None:
            raise Missing(digest)
        return found

    def has(self, digest: str) -> bool:
        return self._size(content_key(digest)) is not None

    def remove(self, digest: str) -> None:
        self._remove([content_key(digest)])

    def append_part(self, upload_id: str, offset: int, chunks: Iterable[bytes], *, limit: int) -> int:
        have = self.part_length(upload_id)
        if offset != have:
            raise WrongOffset(have)
        source = UntilCut(chunks)
        metered = Metered(source, limit)
        coming = iter(metered)
        first = next(coming, b"")
        # A part of no bytes would stand where the next one has to begin.
        if first and not self._put_part(f"{upload_prefix(upload_id)}/{offset:020d}", chain((first,), coming)):
            raise WrongOffset(self.part_length(upload_id))
        if source.error is not None:
            raise source.error
        return offset + metered.size

    def part_length(self, upload_id: str) -> int:
        return sum(part.size for part in self._parts(upload_id))

    def assemble(self, upload_id: str, *, limit: int) -> Stored:
        parts = self._parts(upload_id)
        if not parts:
            raise Missing(f"no part of upload {upload_id}")
        stored = self.write(self._joined(parts), limit=limit)
        self.discard(upload_id)
        return stored

    def discard(self, upload_id: str) -> None:
        self._remove([entry.key for entry in self._list(upload_prefix(upload_id))])

    def sweep(self, older_than: datetime) -> int:
        if older_than.tzinfo is None:
            raise ValueError("a time without its zone")
        keys = stale(self._list(PARTS), self._list(INCOMING), older_than)
        self._remove(keys)
        return len(keys)

    def _parts(self, upload_id: str) -> list[Entry]:
        return contiguous(self._list(upload_prefix(upload_id)))

    def _joined(self, parts: Iterable[Entry]) -> Iterator[bytes]:
        for part in parts:
            come = 0
            for chunk in self._chunks(part.key, part.size, CHUNK_SIZE):
                come += len(chunk)
                yield chunk
            if come != part.size:
                raise Damaged(f"{part.key} has {come} bytes, not {part.size}")

    @abstractmethod
    def _receive(self, chunks: Iterable[bytes]) -> str:
        """Write to a key of INCOMING, safe when it returns; leaves nothing where `chunks` raises. Raises Unavailable."""

    @abstractmethod
    def _settle(self, incoming: str, key: str) -> None:
        """Give what has come its key, whole or not at all; what stands there already stays. Raises Unavailable."""

    @abstractmethod
    def _put_part(self, key: str, chunks: Iterable[bytes]) -> bool:
        """Write a part, whole or not at all; False where the key is taken. Raises Unavailable."""

    @abstractmethod
    def _chunks(self, key: str, size: int, chunk_size: int) -> Iterator[bytes]:
        """The bytes of a file that had this size. Raises Missing, Unavailable."""

    @abstractmethod
    def _size(self, key: str) -> int | None:
        """Size in bytes, None where there is none. Raises Unavailable."""

    @abstractmethod
    def _list(self, prefix: str) -> list[Entry]:
        """All that stands under a prefix; nothing where there is none. Raises Unavailable."""

    @abstractmethod
    def _remove(self, keys: Sequence[str]) -> None:
        """Delete; what is gone already is no error. Raises Unavailable."""
