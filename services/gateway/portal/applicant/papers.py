"""证明材料: papers that go with an answer. Each is posted with the form, kept by itself, and named to the operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from services.gateway import papers
from services.gateway.portal.applicant.files import length_of, pieces
from services.gateway.portal.forms import Field, Filled, Form, Kind, Part
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.identifiers import new_id

MOST = 3  # papers of one form; more go with another answer, or through the interface
_NAME = "paper_"


def with_papers(parts: tuple[Part, ...], submit: Text) -> Form:
    """A form that may be sent with papers."""
    fields = tuple(
        Field(f"{_NAME}{number}", Text(f"证明材料 {number}", f"Paper {number}"), Kind.FILE, needed=False)
        for number in range(1, MOST + 1)
    )
    return Form((*parts, *fields), submit=submit)


def sent(visit: Visit, form: Form, operation: str, purpose: str, **data: Any) -> Filled:
    """Read the form, keep its papers, and give the command with them; a paper that is not taken is refused at its field."""
    filled = form.posted(request.form)
    kept = _kept(visit, filled, purpose) if filled.ok else []
    if filled.ok:
        more: Mapping[str, Any] = {"papers": kept} if kept else {}
        filled.attempt(lambda: visit.do(operation, filled.key, **{**filled.data, **more, **data}))
    return filled


def _kept(visit: Visit, filled: Filled, purpose: str) -> list[str]:
    found = []
    for number in range(1, MOST + 1):
        name = f"{_NAME}{number}"
        if name in request.files and request.files[name].filename:
            kept = Filled(filled.form, {})
            kept.attempt(lambda name=name: keep(visit, name, purpose))  # type: ignore[misc]
            if kept.problem is not None:
                said = kept.problem.errors[0] if kept.problem.errors else None
                filled.errors[name] = (
                    Text(said.reason_zh, said.reason_en)
                    if said
                    else Text(kept.problem.detail_zh, kept.problem.detail_en)
                )
            else:
                found.append(str(kept.reply["paper_id"]))
    return found


def keep(visit: Visit, name: str, purpose: str) -> dict[str, Any]:
    """Keep one posted file as a paper, as the API does with a body. Raises what intake refuses, before the bytes are kept."""
    given = request.files[name]
    asked = visit.asked("gateway.upload_paper", new_id())
    data = {"purpose": purpose, "file_name": given.filename}
    return papers.keep(visit.gateway, data, asked, length_of(given), pieces(given))
