"""What S3 promises besides: a server that is away, or has no such bucket, is told apart from content that is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared.config import Settings
from shared.content import ContentStore, Unavailable, open_store
from shared.content.s3 import S3Store
from tests.support.s3 import ACCESS_KEY, SECRET, S3Server

NOTHING = f"sha256:{'0' * 64}"
CALLS: dict[str, Callable[[ContentStore], object]] = {
    "write": lambda store: store.write([b"content"], limit=10),
    "read": lambda store: store.read(NOTHING),
    "size": lambda store: store.size(NOTHING),
    "has": lambda store: store.has(NOTHING),
    "append": lambda store: store.append_part("upload", 0, [b"part"], limit=10),
    "length": lambda store: store.part_length("upload"),
    "assemble": lambda store: store.assemble("upload", limit=10),
    "discard": lambda store: store.discard("upload"),
}


@pytest.fixture(scope="module")
def away() -> ContentStore:
    """A store whose server is not there, tried for as short a time as may be."""
    nowhere = S3Server(Path(), "http://127.0.0.1:9")  # the discard port, where nobody listens
    return S3Store(nowhere.access("bucket", timeout=5.0, retry_for=0.0))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_server_that_is_away_is_unavailable(
    away: ContentStore, call: Callable[[ContentStore], object]
) -> None:
    """Nothing that is asked of it is missing or empty for that."""
    with pytest.raises(Unavailable) as error:
        call(away)
    assert "\n" not in str(error.value)


def test_a_server_that_goes_away_in_the_middle_is_unavailable(tmp_path: Path) -> None:
    """And the writer's generator is closed, not blamed."""
    server = S3Server(tmp_path)
    closed: list[str] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield b"x" * 6_000_000
            server.end()
            while True:
                yield b"x" * 1_000_000
        finally:
            closed.append("closed")

    try:
        server.start()
        store = S3Store(server.access(server.new_bucket(), timeout=5.0, retry_for=0.0))
        with pytest.raises(Unavailable):
            store.write(chunks(), limit=10**12)
    finally:
        server.end()
    assert closed == ["closed"]


def test_a_bucket_that_is_not_there_takes_nothing(s3: S3Server) -> None:
    """What cannot be kept is an error, never silence."""
    store = S3Store(s3.access("no-such-bucket", retry_for=0.0))
    for call in ("write", "append"):
        with pytest.raises(Unavailable):
            CALLS[call](store)


def test_http_without_tls_is_used_only_where_the_endpoint_says_so(s3: S3Server) -> None:
    """The same server under https is no server."""
    access = replace(s3.access(s3.new_bucket(), retry_for=0.0), endpoint=s3.url.replace("http:", "https:"))
    with pytest.raises(Unavailable):
        S3Store(access).has(NOTHING)


def test_a_bucket_is_opened_from_the_settings(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its keys come by file; variables that other programs understand say nothing to it."""
    for name, text in (("key", ACCESS_KEY), ("secret", SECRET)):
        (tmp_path / name).write_text(f"{text}\n")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    bucket = s3.new_bucket()
    settings = Settings.from_env(
        {
            "ZHIHENG_CONTENT_URL": f"s3://{bucket}/of/this/stack",
            "ZHIHENG_CONTENT_S3_ENDPOINT": s3.url,
            "ZHIHENG_CONTENT_S3_ACCESS_KEY_FILE": str(tmp_path / "key"),
            "ZHIHENG_CONTENT_S3_SECRET_FILE": str(tmp_path / "secret"),
            "ZHIHENG_CONTENT_S3_RETRY_FOR": "0",
        }
    )
    digest = open_store(settings).write([b"content"], limit=10).digest
    assert s3.keys(bucket) == [f"of/this/stack/content/sha256/{digest[7:9]}/{digest[7:]}"]
    assert SECRET not in repr(settings)
