"""Files over HTTP: bytes go from the request into the content store and from there into answers, never over the bus.

Intake says before anything is kept whether a file may be added, and takes note of it when it is whole. Nothing that somebody
uploaded is shown in place: a download is an attachment, a preview a picture or plain text that we made ourselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response, request

from services.gateway.circumstances import Asked
from services.gateway.errors import TooLarge
from shared.content import CHUNK_SIZE, ContentStore
from shared.identifiers import canonical_json
from shared.problems import Conflict, NotFound, Unavailable

if TYPE_CHECKING:
    from services.gateway.app import Gateway

BYTES = "application/octet-stream"
PICTURE, TEXT, ZIP = "image/*", "text/plain", "application/zip"
_SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
_MATERIAL, _EVIDENCE = "material", "evidence"


def content_of(gateway: Gateway) -> ContentStore:
    """Where the content lies. Raises Unavailable where none is set up."""
    if gateway.content is None:
        raise Unavailable("尚未配置文件存储", "no store of files is set up", code="not_set_up")
    return gateway.content


# --- in -----------------------------------------------------------------------------------------------------------


def upload_file(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The whole file in one request, as a material."""
    return _take(gateway, {**data, "use": _MATERIAL}, asked)


def upload_evidence(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The whole file in one request, as evidence: a stamped reply, a credit report."""
    return _take(gateway, {**data, "use": _EVIDENCE}, asked)


def _take(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    store, largest = content_of(gateway), gateway.settings.file_largest_bytes
    length = require_length(largest)
    gateway.dispatcher.ask("intake", "may_add_file", {**data, "size": length}, asked.anew())
    stored = store.write(received(largest), limit=largest)
    kept = {"digest": stored.digest, "size": stored.size}
    return gateway.dispatcher.ask("intake", "add_file", {**data, **kept}, asked)


def require_length(largest: int) -> int:
    """The bytes of the request's body. Raises TooLarge, in words of files."""
    length = request.content_length or 0
    if length > largest:
        raise too_large(largest)
    return length


def too_large(largest: int) -> TooLarge:
    """The refusal of a body beyond so many bytes."""
    return TooLarge(
        f"超过 {largest / (1 << 20):g} MB（{largest} 字节）",
        f"more than {largest / (1 << 20):g} MB ({largest} bytes)",
    )


def received(largest: int) -> Iterator[bytes]:
    """The body, piece by piece."""
    # One more than may come: at its own limit the stream cannot tell an end from too much. The store counts for itself.
    request.max_content_length = largest + 1
    while chunk := request.stream.read(CHUNK_SIZE):
        yield chunk


# --- out ----------------------------------------------------------------------------------------------------------


def file_content(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The bytes of an accepted file, as an attachment; who read which is in the audit log."""
    file = _accepted(gateway, data, asked)
    note_reading(gateway, asked, "file:read", file["cycle_id"], file)
    return download(
        stream(content_of(gateway), file["digest"]),
        file["size"],
        file["file_name"],
        BYTES,
        etag=file["digest"],
    )


def reviewed_file(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The bytes of a file of a dossier under review. Review says who may read the dossier, and its own copy which files are
    in it: what was handed in, as it was frozen. Raises as `review.dossier` does, NotFound for any other file.
    """
    file = _under_review(gateway, data, asked)
    note_reading(gateway, asked, "file:read", data["cycle_id"], file)
    body = stream(content_of(gateway), file["digest"])
    return download(body, file["size"], file["file_name"], BYTES, etag=file["digest"])


def reviewed_pages(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """How many pages of a file under review there are pictures of; where there are none, the beginning of its text. Raises as
    `reviewed_file`.
    """
    return pages_of(gateway, _under_review(gateway, data, asked), data["cycle_id"], asked)


def pages_of(gateway: Gateway, file: Mapping[str, Any], cycle_id: str, asked: Asked) -> dict[str, Any]:
    """As `reviewed_pages`, of a file of a dossier that review has just given to whoever asks."""
    previews = _previews(gateway, file, asked)
    pages = sum(not each["media_type"].startswith(TEXT) for each in previews)
    words = next((each for each in previews if each["media_type"].startswith(TEXT)), None)
    if pages or words is None:
        return {"pages": pages, "words": ""}
    note_reading(gateway, asked, "file:previewed", cycle_id, file, page=None)
    content = b"".join(stream(content_of(gateway), words["digest"]))
    return {"pages": 0, "words": content.decode("utf-8", "replace")}


def reviewed_page(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The picture of a page of a file under review. Raises as `reviewed_file`, NotFound where there is no picture."""
    file = _under_review(gateway, data, asked)
    seen = {**file, "previews": _previews(gateway, file, asked)}
    return _shown(gateway, seen, data["cycle_id"], asked, int(data["page"]))


def _previews(gateway: Gateway, file: Mapping[str, Any], asked: Asked) -> list[dict[str, Any]]:
    named = {name: file[name] for name in ("application_id", "file_id")}
    found = gateway.dispatcher.ask("intake", "file_previews", named, asked.anew())
    return list(found["previews"])


def _under_review(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """A file of a dossier as review has it, for whom review lets read it."""
    named = {name: data[name] for name in ("cycle_id", "application_id")}
    read = gateway.dispatcher.ask("review", "dossier", named, asked.anew())
    for file in read["dossier"]["files"]:
        if file["file_id"] == data["file_id"]:
            return {**file, **named}
    raise NotFound("没有这个文件", "no such file")


def file_page(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The picture of a page."""
    return _preview(gateway, data, asked, int(data["page"]))


def file_text(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The text of a document, plain."""
    return _preview(gateway, data, asked, None)


def _preview(gateway: Gateway, data: Mapping[str, Any], asked: Asked, page: int | None) -> Response:
    file = _accepted(gateway, {name: data[name] for name in ("application_id", "file_id")}, asked)
    return _shown(gateway, file, file["cycle_id"], asked, page)


def _shown(
    gateway: Gateway, file: Mapping[str, Any], cycle_id: str, asked: Asked, page: int | None
) -> Response:
    """A picture of a page; without one, the text."""
    for preview in file["previews"]:
        kind = preview["media_type"]
        is_text = kind.startswith(TEXT)
        if is_text if page is None else (preview["page"] == page and not is_text):
            note_reading(gateway, asked, "file:previewed", cycle_id, file, page=page)
            body = stream(content_of(gateway), preview["digest"])
            headers = {"Content-Length": str(preview["size"]), "Content-Security-Policy": _SANDBOX}
            return Response(body, content_type=kind, headers=headers)
    raise NotFound("没有这一页的预览", "no preview of that page")


def _accepted(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    file = gateway.dispatcher.ask("intake", "file", data, asked.anew())
    if file["state"] != "accepted":
        zh, en = (
            ("正在检查", "is being checked") if file["state"] == "checking" else ("未通过检查", "was refused")
        )
        raise Conflict(f"文件{zh}，不能下载", f"the file {en} and is not given", code=f"file_{file['state']}")
    return file


def note_reading(
    gateway: Gateway, asked: Asked, action: str, cycle_id: str, file: Mapping[str, Any], **more: Any
) -> None:
    """Nothing of a file is given without an entry in the audit log."""
    told = {name: file[name] for name in ("application_id", "file_id", "digest") if name in file} | more
    reason = canonical_json(told).decode("utf-8")
    gateway.identity.record(asked.signed_in, action, reason=reason, cycle_id=cycle_id)


def stream(store: ContentStore, digest: str) -> Iterator[bytes]:
    """Content, verified on its way; what is not there is found out before an answer has begun."""
    chunks = store.read(digest)
    return chain((next(chunks, b""),), chunks)


def made(content: bytes, name: str, kind: str, plain: str) -> Response:
    """A file that was made for this answer."""
    return download(iter((content,)), len(content), name, kind, plain=plain)


def download(
    body: Iterator[bytes],
    size: int,
    name: str,
    kind: str,
    *,
    plain: str | None = None,
    etag: str | None = None,
) -> Response:
    """An attachment with a Chinese name, and a plain one for those who cannot read it (RFC 6266, RFC 8187)."""
    ending = name.rpartition(".")[2] if name.rpartition(".")[2].isascii() else "bin"
    names = f"filename=\"{plain or f'download.{ending}'}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {
        "Content-Disposition": f"attachment; {names}",
        "Content-Security-Policy": _SANDBOX,
        "Content-Length": str(size),
    }
    if etag is not None:
        headers["ETag"] = f'"{etag}"'
    return Response(body, content_type=kind, headers=headers)
