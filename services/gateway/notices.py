"""Notices and their proofs as files, made when they are asked for: the same reply gives the same bytes.

Anybody may ask for a notice as a file, as often as they like: the last few are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files, notice_papers
from services.gateway.circumstances import Asked
from services.gateway.citing import cited, cited_both
from services.gateway.desk import asking
from services.gateway.feedback import DOCX, PDF, written
from shared.identifiers import canonical_json, digest

if TYPE_CHECKING:
    from services.gateway.app import Gateway

_TYPES = {"docx": DOCX, "pdf": PDF}
Data = Mapping[str, Any]


def notice_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A posted notice as DOCX."""
    return _notice(gateway, data, asked, "docx")


def notice_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A posted notice as PDF."""
    return _notice(gateway, data, asked, "pdf")


def notice_draft_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A draft as it would be posted on a day, marked as one, as PDF."""
    posting = asking.notice_posting(gateway, data, asked)
    named = {name: data[name] for name in ("cycle_id", "notice")}
    draft = gateway.dispatcher.ask("eligibility", "notice_draft", named, asked.anew())
    cycle = gateway.dispatcher.ask("intake", "cycle", {"cycle_id": data["cycle_id"]}, asked.anew())
    book = gateway.dispatcher.rulebook(data["cycle_id"], asked.context)
    draft = in_words(gateway, data["cycle_id"], draft, asked)
    document = notice_papers.draft(draft, posting, (book.title.zh, book.title.en), cycle["year"])
    _taken(gateway, "notice:draft_taken", data, asked, "pdf")
    return files.made(
        written(document, "pdf"), f"{notice_papers.NOTICE}（草稿）.pdf", PDF, "notice-draft.pdf"
    )


def notice_correction_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A correction as it would be posted today, marked as a draft, as PDF."""
    told = gateway.dispatcher.ask("eligibility", "notice_correction", data, asked)
    said = in_words(gateway, data["cycle_id"], told, asked)
    cycle = gateway.dispatcher.ask("intake", "cycle", {"cycle_id": data["cycle_id"]}, asked.anew())
    title = gateway.dispatcher.rulebook(data["cycle_id"], asked.context).title
    document = notice_papers.correction_draft(
        said, (title.zh, title.en), cycle["year"], asking.today(gateway, asked)
    )
    _taken(gateway, "notice:correction_taken", data, asked, "pdf")
    return files.made(
        written(document, "pdf"), f"{notice_papers.NOTICE}（更正稿）.pdf", PDF, "notice-correction.pdf"
    )


def notice_proof_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """What proves that a notice stood, as DOCX."""
    return _proof(gateway, data, asked, "docx")


def notice_proof_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """What proves that a notice stood, as PDF."""
    return _proof(gateway, data, asked, "pdf")


def _notice(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    said = in_words(
        gateway, data["cycle_id"], gateway.dispatcher.ask("eligibility", "notice", data, asked), asked
    )
    content = gateway.notice_files.get(
        digest([said, form]), lambda: written(notice_papers.notice(said), form)
    )
    return files.made(content, f"{notice_papers.NOTICE}.{form}", _TYPES[form], f"notice.{form}")


def _proof(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    said = gateway.dispatcher.ask("eligibility", "notice_proof", data, asked)
    document = notice_papers.proof(in_words(gateway, data["cycle_id"], said, asked))
    _taken(gateway, "notice:proof_taken", data, asked, form)
    return files.made(
        written(document, form), f"{notice_papers.PROOF}.{form}", _TYPES[form], f"notice-proof.{form}"
    )


def in_words(gateway: Gateway, cycle_id: str, said: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """What a paper says, with the article as people cite it in the place of its key."""
    book = gateway.dispatcher.rulebook(str(cycle_id), asked.context)
    put: dict[str, Any] = {"rule": lambda rule: cited_both(book.label(rule)), "objections_zh": cited}
    put["objections_en"] = lambda text: cited(text, "en")
    return {**said, **{name: say(said[name]) for name, say in put.items() if said.get(name)}}


def _taken(gateway: Gateway, action: str, data: Data, asked: Asked, form: str) -> None:
    """Who took what is not posted is in the audit log."""
    told = canonical_json({"notice": data["notice"], "form": form}).decode("utf-8")
    gateway.identity.record(asked.signed_in, action, reason=told, cycle_id=str(data["cycle_id"]))
