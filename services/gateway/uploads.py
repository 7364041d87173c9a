"""Resumable uploads after tus 1.0.0 (core, creation, checksum, expiration, termination).

How far an upload has come is what the content store has of it; who it belongs to stands in the database, so that any
replica may go on with it. A request holds at most one part: the server in front of us hands a request over when it is whole,
so what is cut off is lost as far as that request, and small requests make that little.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Response, g, request
from sqlalchemy import CursorResult, delete, or_, select, update

from services.gateway import files
from services.gateway.circumstances import Asked
from services.gateway.errors import BadRequest, ChecksumMismatch, Locked, WrongContentType, WrongVersion
from services.gateway.models import Upload
from shared.clock import SystemClock
from shared.content import WrongOffset
from shared.identifiers import new_id
from shared.problems import Conflict, NotFound, Problem, Transient, Unavailable, invalid_field

if TYPE_CHECKING:
    from services.gateway.app import Gateway

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
PART = "application/offset+octet-stream"
FILE_HEADER = "Zhiheng-File"
_PATH = "/api/v1/uploads/"
_ALGORITHMS = ("sha1", "sha256")
_METADATA = ("filename", "material", "replaces")
_NUMBER = re.compile(r"[0-9]{1,12}")
_CLAIM = timedelta(minutes=2)  # for which a writer that died keeps others out

Answering = Callable[["Gateway", Mapping[str, Any], Asked], Response]


def _tus(operation: Answering) -> Answering:
    """Only this version of the protocol, and every answer says so."""

    @wraps(operation)
    def checked(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
        g.tus = VERSION
        if request.headers.get("Tus-Resumable") != VERSION:
            raise WrongVersion(f"Tus-Resumable 应为 {VERSION}", f"Tus-Resumable has to be {VERSION}")
        return operation(gateway, data, asked)

    return checked


def upload_terms(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """What this server can do, as a client asks before it begins."""
    terms = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(gateway.settings.file_largest_bytes),
        "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
    }
    g.tus = VERSION
    return _nothing(terms)


@_tus
def begin_upload(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """Make room for a file: length and names are said now, and refused now. A key that comes again gives the same upload."""
    uploads, wanted = _Uploads(gateway), _wanted(gateway, data)
    gateway.dispatcher.ask("intake", "may_add_file", wanted, asked.anew())
    upload = uploads.begin(asked, wanted)
    return _nothing(
        {"Location": f"{_PATH}{upload.id}", "Upload-Expires": _http_date(upload.expires_at)}, 201
    )  # fmt: skip


@_tus
def upload_state(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """How far an upload has come, in bytes."""
    uploads = _Uploads(gateway)
    upload = uploads.find(asked, data["upload_id"])
    return _nothing({**_progress(upload, uploads.offset(upload)), "Upload-Length": str(upload.length)}, 200)


@_tus
def continue_upload(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """Take the next part; with the last one the file is whole, and intake takes note of it."""
    if request.mimetype != PART:
        raise WrongContentType(f"应为 {PART}", f"has to be {PART}")
    uploads = _Uploads(gateway)
    upload = uploads.find(asked, data["upload_id"])
    with uploads.claimed(upload):
        upload = uploads.find(asked, upload.id)
        offset = _append(gateway, uploads, upload, _number("Upload-Offset"))
        if offset == upload.length and upload.file_id is None:
            upload = _finish(gateway, uploads, upload, asked)
        return _nothing(_progress(upload, offset))


@_tus
def end_upload(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """Give an upload up; what was kept of it goes."""
    uploads = _Uploads(gateway)
    upload = uploads.find(asked, data["upload_id"])
    with uploads.claimed(upload):
        uploads.forget(upload.id)
    return _nothing({})


def purge(gateway: Gateway) -> int:
    """Forget the uploads whose time is over, and what nobody finished; gives how many. For the housekeeping."""
    return 0 if gateway.content is None else _Uploads(gateway).purge()


# --- what a request says ------------------------------------------------------------------------------------------


def _number(name: str) -> int:
    given = request.headers.get(name, "")
    if not _NUMBER.fullmatch(given):
        raise BadRequest(
            f"{name} 应为非负整数", f"{name} has to be a whole number, not negative", code="bad_header"
        )
    return int(given)


def _wanted(gateway: Gateway, data: Mapping[str, Any]) -> dict[str, Any]:
    """What intake is asked about: as what the file comes, its name, its length."""
    length, largest = _number("Upload-Length"), gateway.settings.file_largest_bytes
    if length > largest:
        raise files.too_large(largest)
    given = _metadata(request.headers.get("Upload-Metadata", ""))
    if "filename" not in given:
        raise invalid_field("Upload-Metadata", "缺少 filename", "filename is missing")
    wanted = {
        "application_id": data["application_id"],
        "use": "material" if "material" in given else "evidence",
        "file_name": given["filename"],
        "size": length,
    }
    return wanted | {name: given[name] for name in ("material", "replaces") if name in given}


def _metadata(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        if key not in _METADATA:
            continue  # clients add what they like: a media type, a path
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise invalid_field(
                "Upload-Metadata", f"{key} 应为 UTF-8 文字的 Base64", f"{key} has to be Base64 of UTF-8"
            ) from None
    return found


def _append(gateway: Gateway, uploads: _Uploads, upload: UploadState, offset: int) -> int:
    """How far the upload has come with this part. Where one is kept, the store itself looks where it has to begin: in a
    bucket each look lists all parts.
    """
    most = gateway.settings.upload_part_bytes
    length = 0 if upload.digest is not None else files.require_length(most)
    if not length or offset + length > upload.length:
        have = uploads.offset(upload)
        if offset != have:
            raise _wrong_offset(have)
        if length:
            raise BadRequest("超出已声明的长度", "more than the length that was said", code="too_long")
        return offset
    try:
        return files.content_of(gateway).append_part(upload.id, offset, _checked(most), limit=most)
    except WrongOffset as wrong:
        raise _wrong_offset(wrong.have) from wrong


def _wrong_offset(have: int) -> Conflict:
    return Conflict(f"应从第 {have} 字节续传", f"the upload goes on at byte {have}", code="wrong_offset")


def _checked(most: int) -> Iterator[bytes]:
    """The body; where a checksum was sent it is held against it before anything is kept, a part is small enough."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return files.received(most)
    algorithm, _, value = header.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise BadRequest(
            f"校验算法只能是 {'、'.join(_ALGORITHMS)}", f"the checksum has to be one of {', '.join(_ALGORITHMS)}",
            code="bad_checksum_algorithm",
        )  # fmt: skip
    body = b"".join(files.received(most))
    found = hashlib.new(algorithm, body, usedforsecurity=False).digest()
    if base64.b64encode(found).decode("ascii") != value.strip():
        raise ChecksumMismatch("这一段在传输中损坏，请重传", "the part was damaged on its way; send it again")
    return iter((body,))


def _finish(gateway: Gateway, uploads: _Uploads, upload: UploadState, asked: Asked) -> UploadState:
    """Put the parts together and tell intake. Asked again after a failure it is the same command, and has one effect."""
    if upload.digest is None:
        largest = gateway.settings.file_largest_bytes
        stored = files.content_of(gateway).assemble(upload.id, limit=largest)
        upload = uploads.write(upload, digest=stored.digest)
    names = ("application_id", "use", "material", "file_name", "replaces", "digest")
    kept = {name: getattr(upload, name) for name in names} | {"size": upload.length}
    once = replace(asked, context=replace(asked.context, message_id=upload.id))
    try:
        file = gateway.dispatcher.ask("intake", "add_file", kept, once)
    except (Unavailable, Transient):
        raise
    except Problem:
        uploads.forget(upload.id)  # it may not be added any more: there is nothing to go on with
        raise
    return uploads.write(upload, file_id=file["file_id"])


def _progress(upload: UploadState, offset: int) -> dict[str, str]:
    told = {"Upload-Offset": str(offset), "Upload-Expires": _http_date(upload.expires_at)}
    return told | ({} if upload.file_id is None else {FILE_HEADER: upload.file_id})


def _http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _nothing(headers: Mapping[str, str], status: int = 204) -> Response:
    return Response(status=status, headers=dict(headers))


# --- what stands in the database ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class UploadState:
    """An upload as it was read; `digest` once it is whole, `file_id` once intake has taken note of it."""

    id: str
    application_id: str
    use: str
    material: str | None
    file_name: str
    replaces: str | None
    length: int
    expires_at: datetime
    digest: str | None
    file_id: str | None


_FIELDS = tuple(UploadState.__dataclass_fields__)


class _Uploads:
    """The uploads of one gateway, as every replica sees them."""

    def __init__(self, gateway: Gateway) -> None:
        self._store = gateway.identity.store
        self._settings = gateway.settings
        self._content = files.content_of(gateway)

    def begin(self, asked: Asked, wanted: Mapping[str, Any]) -> UploadState:
        upload_id, owner = asked.context.message_id, _owner(asked)
        with self._store.transaction() as tx:
            session = tx.work(asked.context).session
            known = session.get(Upload, upload_id)
            if known is None:
                known = Upload(
                    id=upload_id, owner=owner, application_id=wanted["application_id"], use=wanted["use"],
                    material=wanted.get("material"), file_name=wanted["file_name"], replaces=wanted.get("replaces"),
                    length=wanted["size"], expires_at=self._expiry(),
                )  # fmt: skip
                session.add(known)
                session.flush()
            elif _asked_for(known) != {**dict.fromkeys(_METADATA[1:]), **wanted}:
                raise Conflict(
                    "同一个键已用于另一个文件", "the key was used for another file", code="key_reused"
                )
            return _state(known)

    def find(self, asked: Asked, upload_id: str) -> UploadState:
        """Raises NotFound for one that is over, and for somebody else's."""
        now = self._store.clock.now()
        query = select(Upload).where(
            Upload.id == upload_id, Upload.owner == _owner(asked), Upload.expires_at > now
        )
        with self._store.read() as work:
            found = work.session.execute(query).scalar_one_or_none()
            if found is None:
                raise NotFound("没有这项上传", "no such upload")
            return _state(found)

    def offset(self, upload: UploadState) -> int:
        """The bytes that are kept, without a gap."""
        if upload.digest is not None:
            return upload.length
        return self._content.part_length(upload.id)

    @contextmanager
    def claimed(self, upload: UploadState) -> Iterator[None]:
        """Nobody else writes meanwhile. Raises Locked where somebody does."""
        now, writer = self._store.clock.now(), new_id()
        free = or_(Upload.claimed_until.is_(None), Upload.claimed_until < now)
        claim = {"writer": writer, "claimed_until": now + _CLAIM, "expires_at": self._expiry()}
        if not self._update(upload.id, free, **claim):
            raise Locked("另一个请求正在续传这个文件", "another request is writing to this upload")
        try:
            yield
        finally:
            self._update(upload.id, Upload.writer == writer, writer=None, claimed_until=None)

    def write(self, upload: UploadState, **values: Any) -> UploadState:
        self._update(upload.id, Upload.id == upload.id, **values)
        return replace(upload, **values)

    def forget(self, upload_id: str) -> None:
        self._content.discard(upload_id)
        with self._store.writing() as connection:
            connection.execute(delete(Upload).where(Upload.id == upload_id))

    def purge(self) -> int:
        now = self._store.clock.now()
        with self._store.read() as work:
            over = list(work.session.execute(select(Upload.id).where(Upload.expires_at <= now)).scalars())
        for upload_id in over:
            self.forget(upload_id)
        # What no row speaks of: the leavings of a process that was killed. Twice the time, so that nothing living goes; by
        # the machine's clock, since that is what the store stamps its files with.
        self._content.sweep(SystemClock().now() - timedelta(hours=2 * self._settings.upload_hours))
        return len(over)

    def _update(self, upload_id: str, condition: Any, **values: Any) -> bool:
        with self._store.writing() as connection:
            done: CursorResult[Any] = connection.execute(
                update(Upload).where(Upload.id == upload_id, condition).values(values)
            )
            return bool(done.rowcount)

    def _expiry(self) -> datetime:
        return self._store.clock.now() + timedelta(hours=self._settings.upload_hours)


def _asked_for(row: Upload) -> dict[str, Any]:
    """What an upload was begun for, as `_wanted` gives it."""
    names = ("application_id", "use", "file_name", "material", "replaces")
    return {name: getattr(row, name) for name in names} | {"size": row.length}


def _owner(asked: Asked) -> str:
    return f"{asked.signed_in.account_id}/{asked.context.actor}"


def _state(row: Upload) -> UploadState:
    return UploadState(**{name: getattr(row, name) for name in _FIELDS})
