"""佐证材料 handed in with a page's form: kept in the content store as the API does with an upload, and named in the command."""

from __future__ import annotations

from collections.abc import Iterator

from flask import request
from werkzeug.datastructures import FileStorage

from services.gateway import files
from services.gateway.portal.forms import Field, Filled, Kind
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.content import CHUNK_SIZE
from shared.contracts.papers import OBJECTION
from shared.problems import Problem

MOST = 3  # files of one form; more are handed in as one archive or one PDF
LARGEST = MOST * (50 << 20) + (4 << 20)  # bytes of a whole form
_FIELD = "papers"


def paper_fields(count: int = MOST, hint: Text | None = None) -> tuple[Field, ...]:
    """So many files, none of them needed here."""
    said = hint or Text(
        "可不附；每个不超过 50 MB，将先做安全检查", "None is needed; at most 50 MB each, looked into first"
    )
    return tuple(
        Field(
            f"{_FIELD}.{number}", Text(f"佐证材料 {number + 1}", f"Paper {number + 1}"), Kind.FILE,
            hint=said if number == 0 else None, needed=False,
        )
        for number in range(count)
    )  # fmt: skip


def hand_in(visit: Visit, filled: Filled, purpose: str) -> None:
    """Keep the files of a posted form that is right so far, and name them in its data; a refused one stands at its field."""
    ids: list[str] = []
    for number in range(MOST):
        given = request.files.get(f"{_FIELD}.{number}")
        if not filled.ok or given is None or not given.filename:
            continue
        try:
            ids.append(_kept(visit, given, purpose))
        except Problem as problem:
            if problem.status in {401, 403, 404}:
                raise
            filled.problem = problem
            reason = problem.errors[0] if problem.errors else None
            zh, en = (
                (reason.reason_zh, reason.reason_en) if reason else (problem.detail_zh, problem.detail_en)
            )
            filled.errors[f"{_FIELD}.{number}"] = Text(zh, en)
    filled.data.pop(_FIELD, None)
    if ids:
        filled.data[_FIELD] = ids


def _kept(visit: Visit, given: FileStorage, purpose: str) -> str:
    gateway, asked = visit.gateway, visit.asked("gateway.upload_paper")
    largest = gateway.settings.file_largest_bytes
    length = int(given.stream.seek(0, 2))
    given.stream.seek(0)
    if length > largest:
        raise files.too_large(largest)
    if purpose == OBJECTION:
        asked = asked.unnamed()  # no account stands beside such a paper
    data = {"purpose": purpose, "file_name": (given.filename or "")[-200:]}
    gateway.dispatcher.ask("intake", "may_add_paper", {**data, "size": length}, asked.anew())
    stored = files.content_of(gateway).write(_pieces(given), limit=largest)
    kept = {"digest": stored.digest, "size": stored.size}
    added = gateway.dispatcher.ask("intake", "add_paper", {**data, **kept}, asked)
    return f"{added['paper_id']}:{added['token']}" if added["token"] else str(added["paper_id"])


def _pieces(given: FileStorage) -> Iterator[bytes]:
    while chunk := given.stream.read(CHUNK_SIZE):
        yield chunk
