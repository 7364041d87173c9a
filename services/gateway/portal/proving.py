"""证明材料 with a form: each file is kept as a paper of its own and named to the operation."""

from __future__ import annotations

from typing import Any

from flask import request

from services.gateway.files import content_of, too_large
from services.gateway.portal.forms import Field, Filled, Form, Kind, Part
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.content import CHUNK_SIZE

MOST = 3  # files of one form; more go through the interface
LARGEST_BODY = 170 << 20  # bytes: so many files of the largest size that is usual, and the fields around them
_NAME = "paper_"


def proving(parts: tuple[Part, ...], submit: Text) -> Form:
    """A form that is sent with papers."""
    fields = tuple(
        Field(f"{_NAME}{number}", Text(f"证明材料 {number}", f"Paper {number}"), Kind.FILE, needed=False)
        for number in range(1, MOST + 1)
    )
    return Form((*parts, *fields), submit=submit)


def send(visit: Visit, form: Form, operation: str, purpose: str, **data: Any) -> Filled:
    """Read the form, keep its papers, give the command with them. A paper that is refused is so at its field."""
    filled = form.posted(request.form)
    papers: list[str] = []
    for number in range(1, MOST + 1):
        name = f"{_NAME}{number}"
        given = request.files.get(name)
        if filled.ok and given is not None and given.filename:
            kept = Filled(form, {})
            kept.attempt(lambda name=name: _keep(visit, name, purpose, filled.key))  # type: ignore[misc]
            if kept.problem is None:
                papers.append(str(kept.reply["paper_id"]))
            else:
                told = [Text(each.reason_zh, each.reason_en) for each in kept.problem.errors]
                filled.errors[name] = next(iter(told), Text(kept.problem.detail_zh, kept.problem.detail_en))
    if filled.ok:
        filled.attempt(lambda: visit.do(operation, filled.key, **{**filled.data, **data, "papers": papers}))
        if filled.problem is not None and any(error.field == "papers" for error in filled.problem.errors):
            first = next(error for error in filled.problem.errors if error.field == "papers")
            filled.errors[f"{_NAME}1"] = Text(first.reason_zh, first.reason_en)
    return filled


def _keep(visit: Visit, name: str, purpose: str, key: str) -> dict[str, Any]:
    """One file as the API keeps it. The form's key makes it the same paper when the form is sent twice."""
    given, gateway = request.files[name], visit.gateway
    largest = gateway.settings.file_largest_bytes
    length = given.stream.seek(0, 2)
    given.stream.seek(0)
    if length > largest:
        raise too_large(largest)
    asked = visit.asked("gateway.upload_paper", f"{key}.{name}")
    data = {"purpose": purpose, "file_name": given.filename}
    gateway.dispatcher.ask("intake", "may_add_paper", {**data, "size": length}, asked.anew())
    chunks = iter(lambda: given.stream.read(CHUNK_SIZE), b"")
    stored = content_of(gateway).write(chunks, limit=largest)
    return gateway.dispatcher.ask(
        "intake", "add_paper", {**data, "digest": stored.digest, "size": stored.size}, asked
    )
