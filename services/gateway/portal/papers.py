"""证明材料 with a form: each file is kept as a paper by itself, as the API keeps an upload, and named in the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from services.gateway import papers
from services.gateway.portal.forms import PAPERS, Field, Filled, Form, Kind, Part, reason_of
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.config import Settings
from shared.content import CHUNK_SIZE
from shared.identifiers import new_id

MOST = 3  # files of one form; more go in one archive, with another form, or through the interface
_AROUND = 4 << 20  # bytes of a form's other fields


def whole_form(settings: Settings) -> int:
    """Bytes of a form with all its files."""
    return MOST * settings.file_largest_bytes + _AROUND


def with_papers(parts: tuple[Part, ...], submit: Text) -> Form:
    """A form that may be sent with papers."""
    fields = tuple(
        Field(f"paper_{number}", Text(f"证明材料 {number}", f"Paper {number}"), Kind.FILE, needed=False)
        for number in range(1, MOST + 1)
    )
    return Form((*parts, *fields), submit=submit)


def paper_fields(hint: Text | None = None) -> tuple[Field, ...]:
    """As many files beside an office's own fields, none of them needed here."""
    said = hint or Text(
        "可不附；每个不超过 50 MB，将先做安全检查", "None is needed; at most 50 MB each, looked into first"
    )
    return tuple(
        Field(
            f"{PAPERS}.{number}", Text(f"佐证材料 {number + 1}", f"Paper {number + 1}"), Kind.FILE,
            hint=said if number == 0 else None, needed=False,
        )
        for number in range(MOST)
    )  # fmt: skip


def sent(visit: Visit, form: Form, operation: str, purpose: str, **data: Any) -> Filled:
    """Read the form, keep its papers, and give the command with them; a paper that is not taken is refused at its field."""
    filled = form.posted(request.form)
    hand_in(visit, filled, purpose)
    if filled.ok:
        filled.attempt(lambda: visit.do(operation, filled.key, **{**filled.data, **data}))
    return filled


def hand_in(visit: Visit, filled: Filled, purpose: str) -> None:
    """Keep the files of a posted form that is right so far, and name them in its data."""
    kept: list[str] = []
    for field in filled.form.files:
        given = request.files.get(field.name)
        if not filled.ok or given is None or not given.filename:
            continue
        one = Filled(filled.form, {})
        one.attempt(lambda name=field.name: keep(visit, name, purpose, f"{filled.key}.{name}"))  # type: ignore[misc]
        if one.problem is None:
            kept.append(named(one.reply))
            continue
        filled.errors[field.name] = reason_of(one.problem)
    if filled.errors:
        filled.key = new_id()  # what is chosen anew is another paper
    if kept:
        filled.data[PAPERS] = kept


def named(paper: Mapping[str, Any]) -> str:
    """A paper as an operation takes it: its id, and its token where it has one."""
    return f"{paper['paper_id']}:{paper['token']}" if paper.get("token") else str(paper["paper_id"])


def keep(visit: Visit, name: str, purpose: str, key: str) -> dict[str, Any]:
    """Keep one posted file. Its key makes it the same paper when a form is sent twice. Raises what intake refuses, before the
    bytes are kept.
    """
    given = request.files[name]
    data = {"purpose": purpose, "file_name": (given.filename or "")[-200:]}
    asked = visit.asked("gateway.upload_paper", key)
    return papers.keep(visit.gateway, data, asked, length_of(given), pieces(given))


def length_of(given: FileStorage) -> int:
    """The bytes of a posted file, which lies in a temporary one of ours by now."""
    end = given.stream.seek(0, 2)
    given.stream.seek(0)
    return int(end)


def pieces(given: FileStorage) -> Iterator[bytes]:
    """Its bytes, piece by piece."""
    while chunk := given.stream.read(CHUNK_SIZE):
        yield chunk
