"""Feedback reports and the digest as files. They are made when they are asked for: the same reply gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import feedback_pages, files
from services.gateway.circumstances import Asked
from shared.documents import Document
from shared.identifiers import canonical_json

if TYPE_CHECKING:
    from services.gateway.app import Gateway

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
_TYPES = {"docx": DOCX, "pdf": PDF}
Data = Mapping[str, Any]


def my_feedback_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """An applicant's own report as DOCX."""
    return _report(gateway, gateway.dispatcher.ask("review", "my_feedback", data, asked), asked, "docx")


def my_feedback_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """An applicant's own report as PDF."""
    return _report(gateway, gateway.dispatcher.ask("review", "my_feedback", data, asked), asked, "pdf")


def feedback_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A report as the office has it, draft or released, as DOCX."""
    state = gateway.dispatcher.ask("review", "feedback_report", data, asked)
    return _report(gateway, state["report"], asked, "docx")


def feedback_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A report as the office has it, draft or released, as PDF."""
    state = gateway.dispatcher.ask("review", "feedback_report", data, asked)
    return _report(gateway, state["report"], asked, "pdf")


def digest_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """The published digest as DOCX."""
    return _digest(gateway, data, asked, "docx")


def digest_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """The published digest as PDF."""
    return _digest(gateway, data, asked, "pdf")


def _report(gateway: Gateway, said: Data, asked: Asked, form: str) -> Response:
    """Who took which report is in the audit log."""
    told = {"application_id": said["application_id"], "version": said["version"], "form": form}
    reason = canonical_json(told).decode("utf-8")
    gateway.identity.record(
        asked.signed_in, "feedback:downloaded", reason=reason, cycle_id=str(said["cycle_id"])
    )
    content = written(feedback_pages.report(said), form)
    return files.made(content, f"{feedback_pages.REPORT}.{form}", _TYPES[form], f"feedback.{form}")


def _digest(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    content = written(feedback_pages.digest(gateway.dispatcher.ask("review", "digest", data, asked)), form)
    return files.made(content, f"{feedback_pages.DIGEST}.{form}", _TYPES[form], f"digest.{form}")


def written(document: Document, form: str) -> bytes:
    """A document's bytes, `docx` or `pdf`. Raises Unavailable where the machine has no Chinese font."""
    from shared.documents import pdf, word  # their libraries take a while to load, and few ask for them
    from shared.documents.fonts import NoFont
    from shared.problems import Unavailable

    try:
        return word.write(document) if form == "docx" else pdf.write(document)
    except NoFont:
        zh, en = "服务器没有中文字体，不能生成文件", "no Chinese font is installed: no file can be made"
        raise Unavailable(zh, en, code="no_font") from None
