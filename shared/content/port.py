"""The store of contents as its users see it: what it gives, what it promises, and what may go wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

CHUNK_SIZE: Final = 64 * 1024  # bytes; what is read at once where nobody asks for another size


@dataclass(frozen=True)
class Stored:
    """Content that is kept: its named digest, `sha256:` and 64 hex digits, and its size in bytes."""

    digest: str
    size: int


class ContentError(Exception):
    """Base of what the store has to say. An exception of the caller's own iterator is never turned into one."""


class TooLarge(ContentError):
    """More came than `limit` bytes; nothing of it is kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class Missing(ContentError):
    """Nothing is kept under this digest or upload."""


class Damaged(ContentError):
    """What is kept is not what its digest or its size says."""


class WrongOffset(ContentError):
    """A part that does not begin where the kept bytes end; `have` bytes are kept."""

    def __init__(self, have: int) -> None:
        super().__init__(f"{have} bytes are kept")
        self.have = have


class Unavailable(ContentError):
    """The disk or the server did not do it: full, away, no permission. Trying again later may help, and does no harm."""


class ContentStore(Protocol):
    """按内容寻址的存储: bytes under their own digest. Safe to share between threads, not between forked processes.

    Raises ValueError for a digest or an upload id of the wrong form, and Unavailable from every method. All of it
    blocks: under green threads it belongs into a native thread or a process of its own.
    """

    def write(self, chunks: Iterable[bytes], *, limit: int) -> Stored:
        """Keep the bytes under their digest. Content that is there already is left as it is.

        Nothing is seen under the digest before it is whole and safe. Raises TooLarge above `limit` bytes, and Damaged
        where something of another size stands under the digest. Whatever `chunks` raises goes on, and nothing is kept.
        """
        ...

    def read(self, digest: str, *, chunk_size: int = CHUNK_SIZE) -> Iterator[bytes]:
        """The content in pieces of at most `chunk_size` bytes.

        Raises Missing at once, before anything is asked of the iterator, and Damaged from the iterator: as soon as
        there are more bytes than there should be, else after the last, so that only who reads to the end knows.
        """
        ...

    def size(self, digest: str) -> int:
        """Size in bytes. Raises Missing."""
        ...

    def has(self, digest: str) -> bool:
        """Whether something is kept under the digest; only `read` looks whether it is whole."""
        ...

    def remove(self, digest: str) -> None:
        """Delete content for good; no error where there is none. The caller has seen to it that nothing names it any more:
        somebody who is bringing the same content just now may be told that it is kept, and find it gone.
        """
        ...

    def append_part(self, upload_id: str, offset: int, chunks: Iterable[bytes], *, limit: int) -> int:
        """Keep the bytes of one request as the next part of an upload; gives the bytes kept from 0 on.

        Where `chunks` raises in the middle, what came until then is kept and counts in `part_length`, and the exception
        goes on. Raises WrongOffset where `offset` is not `part_length(upload_id)`, also where somebody else's part
        was quicker; TooLarge where the part has more than `limit` bytes, of which then none are kept. A part may
        be held in memory, so `limit` should be a few MiB.
        """
        ...

    def part_length(self, upload_id: str) -> int:
        """Bytes kept of an upload, contiguous from 0; 0 for one that nobody has begun."""
        ...

    def assemble(self, upload_id: str, *, limit: int) -> Stored:
        """Keep an upload's parts, in order, as one content, then delete them.

        Raises Missing where there are none, so that an upload assembled twice is never an empty file; TooLarge above
        `limit` bytes, the parts being left. Nobody may append meanwhile.
        """
        ...

    def discard(self, upload_id: str) -> None:
        """Delete an upload's parts. No error where there are none."""
        ...

    def sweep(self, older_than: datetime) -> int:
        """Delete uploads whose last part is older, and leftovers of broken writes; gives how many files or objects.

        Content is never among them. Raises ValueError for a naive time.
        """
        ...
