"""What every store of contents promises, on a folder and on an S3 server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from shared.clock import SystemClock
from shared.content import (
    ContentStore,
    Damaged,
    Missing,
    Stored,
    TooLarge,
    WrongOffset,
)
from shared.content.base import content_key
from tests.integration.content.conftest import Place

MIB = 1024 * 1024
ENOUGH = 100 * MIB
TEXT = "申报表 application form".encode()
# More than one part of an upload to S3, more than one request of a read, and no round number.
LARGE = hashlib.shake_256(b"large").digest(11 * MIB + 7)
UPLOAD = "0198c0ffee0198c0ffee0198c0ffee01"
NOTHING = f"sha256:{'0' * 64}"
HOSTILE = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a\\b",
    "/etc/passwd",
    "a\0b",
    "a\n",
    "A",
    "é",
    "a" * 65,
    "-a",
    "%2e%2e",
]


class Cut(Exception):
    """The connection is gone."""


def named(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def pieces(data: bytes, size: int = 100_000) -> Iterator[bytes]:
    for begin in range(0, len(data), size):
        yield data[begin : begin + size]


def cut_after(data: bytes, error: BaseException | None = None) -> Iterator[bytes]:
    yield from pieces(data)
    raise error or Cut


def later(days: int) -> datetime:
    return SystemClock().now() + timedelta(days=days)


@pytest.mark.parametrize("data", [b"", b"x", TEXT, LARGE], ids=["nothing", "a byte", "text", "large"])
def test_what_is_written_is_read_again(store: ContentStore, place: Place, data: bytes) -> None:
    """Under the digest of SHA-256, by whoever opens the place, and nothing else is left there."""
    stored = store.write(pieces(data), limit=ENOUGH)
    assert stored == Stored(named(data), len(data))
    other = place.open()
    assert b"".join(other.read(stored.digest)) == data
    assert other.size(stored.digest) == len(data)
    assert other.has(stored.digest)
    assert place.all_keys() == [content_key(stored.digest)]
    assert place.leftovers() == 0


@pytest.mark.parametrize("chunk_size", [1000, 64 * 1024, 6 * MIB])
def test_a_reader_is_given_no_more_than_it_asked_for_at_once(store: ContentStore, chunk_size: int) -> None:
    """However large the store's own requests are."""
    chunks = list(store.read(store.write([LARGE], limit=ENOUGH).digest, chunk_size=chunk_size))
    assert max(map(len, chunks)) <= chunk_size
    assert b"".join(chunks) == LARGE


def test_the_same_content_again_writes_nothing(store: ContentStore, place: Place) -> None:
    """It is no error, and what is there is not touched."""
    first = store.write([TEXT], limit=ENOUGH)
    before = place.written(first.digest)
    assert place.open().write(pieces(TEXT, 3), limit=ENOUGH) == first
    assert place.written(first.digest) == before
    assert place.all_keys() == [content_key(first.digest)]


def test_two_who_write_the_same_at_once_both_have_it(place: Place) -> None:
    """Both are in the middle of it when either ends."""
    middle = Barrier(2)

    def write() -> Stored:
        def chunks() -> Iterator[bytes]:
            yield LARGE[:MIB]
            middle.wait(60)
            yield LARGE[MIB:]

        return place.open().write(chunks(), limit=ENOUGH)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(write) for _ in range(2)]
        assert [each.result() for each in both] == [Stored(named(LARGE), len(LARGE))] * 2
    assert place.all_keys() == [content_key(named(LARGE))]
    assert b"".join(place.open().read(named(LARGE))) == LARGE


def test_nothing_is_seen_before_it_is_whole(store: ContentStore, place: Place) -> None:
    """Neither under its digest nor under any other."""
    seen: list[str] = []

    def chunks() -> Iterator[bytes]:
        for piece in pieces(LARGE, MIB):
            yield piece
            seen.extend(key for key in place.all_keys() if key.startswith("content/"))
            seen.extend([named(LARGE)] if store.has(named(LARGE)) else [])

    store.write(chunks(), limit=ENOUGH)
    assert seen == []
    assert store.has(named(LARGE))


@pytest.mark.parametrize("data", [TEXT, LARGE], ids=["text", "large"])
def test_a_limit_is_kept_to_the_byte(store: ContentStore, place: Place, data: bytes) -> None:
    """One byte more is refused, and nothing of it is left behind."""
    with pytest.raises(TooLarge) as refused:
        store.write(pieces(data), limit=len(data) - 1)
    assert refused.value.limit == len(data) - 1
    assert (place.all_keys(), place.leftovers()) == ([], 0)
    assert store.write(pieces(data), limit=len(data)).size == len(data)


@pytest.mark.parametrize("data", [b"", TEXT, LARGE], ids=["at once", "early", "late"])
@pytest.mark.parametrize(
    "error", [Cut(), ConnectionResetError(), FileNotFoundError(), GeneratorExit()], ids=repr
)
def test_a_writer_that_breaks_leaves_nothing(
    store: ContentStore, place: Place, data: bytes, error: BaseException
) -> None:
    """Its own error comes back as it was, even where it looks like the store's."""
    with pytest.raises(type(error)) as raised:
        store.write(cut_after(data, error), limit=ENOUGH)
    assert raised.value is error
    assert (place.all_keys(), place.leftovers()) == ([], 0)


def test_what_is_not_there_is_missing_before_the_first_byte(store: ContentStore) -> None:
    """A reader knows it before it has begun to answer somebody."""
    with pytest.raises(Missing):
        store.read(NOTHING)
    with pytest.raises(Missing):
        store.size(NOTHING)
    assert not store.has(NOTHING)


@pytest.mark.parametrize(
    "damaged",
    [
        LARGE[:-1] + bytes([LARGE[-1] ^ 1]),
        LARGE[:-1],
        LARGE + b"x",
        b"",
        LARGE[:5_000_000] + LARGE[5_000_001:] + b"x",
    ],
    ids=["a bit", "a byte less", "a byte more", "nothing", "moved"],
)
def test_damage_is_found_by_who_reads_to_the_end(store: ContentStore, place: Place, damaged: bytes) -> None:
    """Whatever has changed of it."""
    digest = store.write([LARGE], limit=ENOUGH).digest
    place.put(digest, damaged)
    come = 0
    with pytest.raises(Damaged, match=digest):
        for chunk in store.read(digest):
            come += len(chunk)
    assert come <= len(damaged)


def test_what_stands_under_a_digest_is_never_overwritten(store: ContentStore, place: Place) -> None:
    """Not even where it is damaged; and half a content is never confirmed to who brings it again."""
    digest = store.write([TEXT], limit=ENOUGH).digest
    place.put(digest, TEXT[::-1])
    before = place.written(digest)
    store.write([TEXT], limit=ENOUGH)
    assert place.written(digest) == before
    place.put(digest, TEXT[:-1])
    with pytest.raises(Damaged):
        store.write([TEXT], limit=ENOUGH)
    assert place.all_keys() == [content_key(digest)]


@pytest.mark.parametrize(
    "digest", [*HOSTILE, NOTHING[:-1], NOTHING + "0", NOTHING.upper(), "0" * 64, f"sm3:{'0' * 64}"]
)
def test_what_is_no_digest_never_becomes_a_path(store: ContentStore, digest: str) -> None:
    """It is refused before the place is asked."""
    for ask in (store.read, store.size, store.has):
        with pytest.raises(ValueError, match="digest"):
            ask(digest)


@pytest.mark.parametrize("upload_id", HOSTILE)
def test_what_is_no_upload_id_never_becomes_a_path(store: ContentStore, place: Place, upload_id: str) -> None:
    """It is refused before the place is asked."""
    store.append_part(UPLOAD, 0, [TEXT], limit=MIB)
    before = place.all_keys()
    for ask in (
        lambda: store.append_part(upload_id, 0, [b"x"], limit=MIB),
        lambda: store.part_length(upload_id),
        lambda: store.assemble(upload_id, limit=MIB),
        lambda: store.discard(upload_id),
    ):
        with pytest.raises(ValueError, match="upload"):
            ask()
    assert place.all_keys() == before


def test_parts_become_one_content(store: ContentStore, place: Place) -> None:
    """In order, however many processes took them; no part is content, and none is left."""
    assert store.part_length(UPLOAD) == 0
    end = 0
    for piece in pieces(LARGE, 3 * MIB):
        end = place.open().append_part(UPLOAD, end, pieces(piece), limit=3 * MIB)
        assert store.part_length(UPLOAD) == end
    assert not store.has(named(LARGE))
    assert store.assemble(UPLOAD, limit=len(LARGE)) == Stored(named(LARGE), len(LARGE))
    assert b"".join(store.read(named(LARGE))) == LARGE
    assert place.all_keys() == [content_key(named(LARGE))]
    assert place.leftovers() == 0


@pytest.mark.parametrize("error", [Cut(), ConnectionResetError(), TimeoutError()], ids=repr)
def test_a_part_that_is_cut_off_is_kept_until_there(
    store: ContentStore, place: Place, error: Exception
) -> None:
    """The error goes on, and the upload is resumed where it broke."""
    with pytest.raises(type(error)) as raised:
        store.append_part(UPLOAD, 0, cut_after(LARGE[:250_000], error), limit=MIB)
    assert raised.value is error
    assert place.open().part_length(UPLOAD) == 250_000
    with pytest.raises(type(error)):
        store.append_part(UPLOAD, 250_000, cut_after(b"", error), limit=MIB)
    assert store.part_length(UPLOAD) == 250_000
    assert store.append_part(UPLOAD, 250_000, pieces(LARGE[250_000:MIB]), limit=MIB) == MIB
    assert store.assemble(UPLOAD, limit=MIB).digest == named(LARGE[:MIB])


@pytest.mark.parametrize("offset", [0, 1, 9, 11, -1])
def test_a_part_begins_where_the_kept_bytes_end(store: ContentStore, offset: int) -> None:
    """Neither over them nor beyond a gap; whoever errs is told how many there are, and nothing is taken from it."""
    store.append_part(UPLOAD, 0, [b"0123456789"], limit=MIB)
    asked: list[str] = []

    def chunks() -> Iterator[bytes]:
        asked.append("for a chunk")
        yield b"x"

    with pytest.raises(WrongOffset) as wrong:
        store.append_part(UPLOAD, offset, chunks(), limit=MIB)
    assert wrong.value.have == 10
    assert asked == []
    assert store.part_length(UPLOAD) == 10


def test_of_two_parts_at_one_offset_one_is_kept(place: Place) -> None:
    """Both have begun when either ends, and the other is told how many bytes there are."""
    middle = Barrier(2)

    def append(data: bytes) -> int | str:
        def chunks() -> Iterator[bytes]:
            yield data[:1]
            middle.wait(60)
            yield data[1:]

        try:
            return place.open().append_part(UPLOAD, 0, chunks(), limit=MIB)
        except WrongOffset as wrong:
            return f"have {wrong.have}"

    with ThreadPoolExecutor(2) as pool:
        long, short = pool.submit(append, b"a" * 2000), pool.submit(append, b"b" * 1000)
        outcome = (long.result(), short.result())
    assert outcome in {(2000, "have 2000"), ("have 1000", 1000)}
    kept = b"a" * 2000 if outcome[0] == 2000 else b"b" * 1000
    assert place.open().assemble(UPLOAD, limit=MIB).digest == named(kept)


def test_a_part_above_its_limit_is_not_kept(store: ContentStore, place: Place) -> None:
    """Not even its beginning: what came after it is lost anyhow."""
    store.append_part(UPLOAD, 0, [TEXT], limit=len(TEXT))
    before = place.all_keys()
    with pytest.raises(TooLarge):
        store.append_part(UPLOAD, len(TEXT), pieces(LARGE[: MIB + 1]), limit=MIB)
    assert place.all_keys() == before
    assert store.append_part(UPLOAD, len(TEXT), [], limit=MIB) == len(TEXT)
    assert place.all_keys() == before


def test_an_upload_above_the_limit_is_no_content_and_keeps_its_parts(
    store: ContentStore, place: Place
) -> None:
    """Whoever asks with another limit, or discards it, still finds it."""
    store.append_part(UPLOAD, 0, [TEXT], limit=MIB)
    before = place.all_keys()
    with pytest.raises(TooLarge):
        store.assemble(UPLOAD, limit=len(TEXT) - 1)
    assert place.all_keys() == before
    store.discard(UPLOAD)
    store.discard(UPLOAD)
    assert (place.all_keys(), place.leftovers()) == ([], 0)


def test_an_upload_is_assembled_once(store: ContentStore) -> None:
    """The second time it is missing, and not an empty file."""
    store.append_part(UPLOAD, 0, [TEXT], limit=MIB)
    store.assemble(UPLOAD, limit=MIB)
    with pytest.raises(Missing, match=UPLOAD):
        store.assemble(UPLOAD, limit=MIB)


def test_uploads_do_not_meet(store: ContentStore) -> None:
    """Not even where one's id begins like the other's."""
    store.append_part("a1", 0, [b"one"], limit=MIB)
    store.append_part("a10", 0, [b"three"], limit=MIB)
    assert store.part_length("a1") == 3
    store.discard("a1")
    assert store.part_length("a10") == 5


def test_sweeping_takes_what_nobody_has_touched_since_and_no_content(
    store: ContentStore, place: Place
) -> None:
    """It counts files or objects; content is never among them."""
    content = store.write([TEXT], limit=MIB)
    store.append_part(UPLOAD, 0, [b"one"], limit=MIB)
    store.append_part(UPLOAD, 3, [b"two"], limit=MIB)
    store.append_part("other", 0, [b"three"], limit=MIB)
    assert store.sweep(later(-1)) == 0
    assert store.part_length(UPLOAD) == 6
    assert store.sweep(later(1)) == 3
    assert store.part_length(UPLOAD) == 0
    assert place.all_keys() == [content_key(content.digest)]
    assert store.sweep(later(1)) == 0
    assert place.leftovers() == 0


def test_sweeping_wants_a_time_with_its_zone(store: ContentStore) -> None:
    """Else it would be the machine's."""
    with pytest.raises(ValueError, match="zone"):
        store.sweep(later(0).replace(tzinfo=None))


def test_what_is_removed_is_gone_and_may_come_again(store: ContentStore, place: Place) -> None:
    """Removed twice it is removed once; other contents stay, and nothing but a digest is taken for one."""
    kept = store.write([LARGE], limit=ENOUGH)
    gone = store.write([TEXT], limit=ENOUGH)
    for _ in range(2):
        store.remove(gone.digest)
    assert (store.has(gone.digest), store.has(kept.digest)) == (False, True)
    with pytest.raises(Missing):
        store.read(gone.digest)
    with pytest.raises(ValueError, match="digest"):
        store.remove("../x")
    assert store.write([TEXT], limit=ENOUGH) == gone
    assert b"".join(store.read(gone.digest)) == TEXT
