"""Contents in a bucket of an S3-compatible server, by obstore's blocking calls.

Content is uploaded beside (`incoming/`), copied to its digest by the server, and deleted there: until the copy is whole,
nothing is seen under the digest. S3 has no copy that every server refuses where the target exists, so the store looks
first; of two who write the same at the same moment the second copies the same bytes over themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store as Bucket

from shared.content.base import Base, Entry, incoming_key
from shared.content.port import Missing, Unavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config, S3Credential

MIB: Final = 1024 * 1024
UPLOAD_PART: Final = 5 * MIB  # the least that S3 takes as a part of an upload, but for the last
READ_WINDOW: Final = 4 * MIB  # what one request reads


@dataclass(frozen=True)
class Access:
    """How to get at a bucket: the endpoint is an address, or empty for that of the region; times are in seconds."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    access_key: str = field(repr=False)
    secret: str = field(repr=False)
    addressing: str = "path"  # path | virtual
    authority: str = field(default="", repr=False)  # PEM of a certificate authority besides the system's
    timeout: float = 30.0
    retry_for: float = 60.0


@contextmanager
def _faults() -> Iterator[None]:
    """The server's errors as the store's, by their first line: the rest is addresses and XML."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise Unavailable(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}") from error


class S3Store(Base):
    """Contents in one bucket, under one prefix. Nothing is asked of the server before the first call."""

    def __init__(self, access: Access) -> None:
        self._bucket = bucket(access)

    def _receive(self, chunks: Iterable[bytes]) -> str:
        """One object, or an upload in parts from UPLOAD_PART bytes on.

        The source is asked outside of obstore: it may itself read from this store, and obstore does not run inside itself.
        """
        key = incoming_key()
        with _faults():
            writer = obstore.open_writer(self._bucket, key, buffer_size=UPLOAD_PART, max_concurrency=1)
        try:
            for chunk in chunks:
                with _faults():
                    writer.write(chunk)
            with _faults():
                writer.close()
        except BaseException:
            # An upload that is merely dropped leaves parts in the bucket that no list shows: it is ended, then deleted.
            with suppress(Unavailable), _faults():
                writer.close()
            with suppress(Unavailable):
                self._remove([key])
            raise
        return key

    def _settle(self, incoming: str, key: str) -> None:
        if self._size(key) is None:
            with _faults():
                obstore.copy(self._bucket, incoming, key)

    def _put_part(self, key: str, chunks: Iterable[bytes]) -> bool:
        """Gathered before it is put: an object cannot grow, and a part that breaks is to be kept until there."""
        data = b"".join(chunks)
        with _faults():
            try:
                obstore.put(self._bucket, key, data, mode="create")
            except AlreadyExistsError:
                return False
        return True

    def _chunks(self, key: str, size: int, chunk_size: int) -> Iterator[bytes]:
        """By ranges: no connection is held while a slow reader is busy with what it has."""
        window = max(chunk_size, READ_WINDOW // chunk_size * chunk_size)
        for start in range(0, size, window):
            with _faults():
                try:
                    data = obstore.get_range(self._bucket, key, start=start, end=min(start + window, size))
                except FileNotFoundError:
                    raise Missing(key) from None
            view = memoryview(data)
            for begin in range(0, len(view), chunk_size):
                yield bytes(view[begin : begin + chunk_size])

    def _size(self, key: str) -> int | None:
        with _faults():
            try:
                return obstore.head(self._bucket, key)["size"]
            except FileNotFoundError:
                return None

    def _list(self, prefix: str) -> list[Entry]:
        with _faults():
            return [
                Entry(found["path"], found["size"], found["last_modified"])
                for page in obstore.list(self._bucket, prefix)
                for found in page
            ]

    def _remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            with _faults():
                try:
                    obstore.delete(self._bucket, key)
                except FileNotFoundError:
                    continue


def bucket(access: Access) -> Bucket:
    """obstore's own store, each setting given, so that no AWS_ variable of the environment says otherwise."""
    config: S3Config = {
        "virtual_hosted_style_request": access.addressing == "virtual",
        "region": access.region,
        "skip_signature": False,
        "unsigned_payload": False,
        "disable_bulk_delete": True,  # not every compatible server has it
    }
    options: ClientConfig = {
        "allow_http": urlsplit(access.endpoint).scheme == "http",
        "allow_invalid_certificates": False,
        "timeout": timedelta(seconds=access.timeout),
    }
    if access.endpoint:
        config["aws_endpoint_url_s3"] = _address(access)
    if access.authority:
        options["root_certificate"] = access.authority

    def credential() -> S3Credential:
        return {
            "access_key_id": access.access_key,
            "secret_access_key": access.secret,
            "token": None,
            "expires_at": None,
        }

    return Bucket(
        access.bucket,
        prefix=access.prefix or None,
        config=config,
        client_options=options,
        retry_config={"retry_timeout": timedelta(seconds=access.retry_for)},
        credential_provider=credential,
    )


def _address(access: Access) -> str:
    """The endpoint as obstore wants it: with the bucket in the host's name where that is how buckets are named."""
    if access.addressing == "path":
        return access.endpoint.rstrip("/")
    parts = urlsplit(access.endpoint)
    return f"{parts.scheme}://{access.bucket}.{parts.netloc}"
