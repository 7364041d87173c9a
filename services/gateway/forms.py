"""申报表 as a file, filled from the draft: made when it is asked for, to be stamped, scanned and handed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files, form_pages, published
from services.gateway.circumstances import Asked
from services.gateway.feedback import DOCX, written
from shared.clock import SHANGHAI
from shared.identifiers import canonical_json

if TYPE_CHECKING:
    from services.gateway.app import Gateway


def form_docx(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """One's own application form as DOCX; who took which revision is in the audit log."""
    draft = gateway.dispatcher.ask("intake", "draft", data, asked)
    cycle = gateway.dispatcher.ask("intake", "cycle", {"cycle_id": draft["cycle_id"]}, asked.anew())
    book = gateway.dispatcher.rulebook(draft["cycle_id"], asked.context)
    category = draft["parts"].get("category")
    kind = draft["kind"] if draft["kind"] in book.kinds else book.kinds[0]
    form = published.form_of(
        gateway.library, book.id, kind, category if category in book.categories else None
    )
    titled = {**cycle, "title_zh": book.title.zh, "title_en": book.title.en}
    today = gateway.identity.store.clock.now().astimezone(SHANGHAI).date()
    told = canonical_json({"application_id": draft["application_id"], "revision": draft["revision"]}).decode(
        "utf-8"
    )
    gateway.identity.record(asked.signed_in, "form:downloaded", reason=told, cycle_id=str(draft["cycle_id"]))
    content = written(form_pages.form(draft, form, titled, today), "docx")
    return files.made(content, f"{form_pages.FORM}.docx", DOCX, "application-form.docx")
