"""文件内容: bytes kept under their own digest, in a folder or in an S3-compatible bucket, and the parts of uploads."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from shared.config import ConfigurationError, Settings
from shared.content.port import (
    CHUNK_SIZE,
    ContentError,
    ContentStore,
    Damaged,
    Missing,
    Stored,
    TooLarge,
    Unavailable,
    WrongOffset,
)

__all__ = [
    "CHUNK_SIZE",
    "ContentError",
    "ContentStore",
    "Damaged",
    "Missing",
    "Stored",
    "TooLarge",
    "Unavailable",
    "WrongOffset",
    "open_store",
]

_KEY = "ZHIHENG_CONTENT_URL"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")


def open_store(settings: Settings) -> ContentStore:
    """The store that ZHIHENG_CONTENT_URL names. Raises ConfigurationError; where a folder cannot be made, Unavailable."""
    settings.require("content_url")
    url = urlsplit(settings.content_url)
    if url.query or url.fragment:
        raise ConfigurationError(f"{_KEY}: neither ? nor # has a meaning in it")
    if url.scheme == "file":
        from shared.content.folder import FolderStore

        return FolderStore(_folder(url))
    if url.scheme == "s3":
        return _s3(url, settings)
    raise ConfigurationError(f"{_KEY}: neither file:///folder nor s3://bucket/prefix")


def _folder(url: SplitResult) -> Path:
    path = Path(unquote(url.path))
    if url.netloc or not path.is_absolute() or path == Path("/") or ".." in path.parts:
        raise ConfigurationError(f"{_KEY}: a folder is named by file:// and an absolute path")
    return path


def _s3(url: SplitResult, settings: Settings) -> ContentStore:
    from shared.content.s3 import Access, S3Store

    prefix = url.path.strip("/")
    if not _BUCKET.fullmatch(url.netloc) or (prefix and not _PREFIX.fullmatch(prefix)) or ".." in prefix:
        raise ConfigurationError(f"{_KEY}: a bucket is named by s3://bucket or s3://bucket/prefix")
    settings.require("content_s3_region", "content_s3_access_key", "content_s3_secret")
    endpoint = urlsplit(settings.content_s3_endpoint)
    if settings.content_s3_endpoint and (endpoint.scheme not in {"http", "https"} or not endpoint.netloc):
        raise ConfigurationError("ZHIHENG_CONTENT_S3_ENDPOINT: neither https://host nor http://host")
    if settings.content_s3_addressing == "virtual" and not settings.content_s3_endpoint:
        raise ConfigurationError("ZHIHENG_CONTENT_S3_ENDPOINT: missing, though buckets are named in the host")
    return S3Store(
        Access(
            bucket=url.netloc,
            prefix=prefix,
            endpoint=settings.content_s3_endpoint,
            region=settings.content_s3_region,
            access_key=settings.content_s3_access_key,
            secret=settings.content_s3_secret,
            addressing=settings.content_s3_addressing,
            authority=settings.content_s3_authority,
            timeout=settings.content_s3_timeout,
            retry_for=settings.content_s3_retry_for,
        )
    )
