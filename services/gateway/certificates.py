"""Certificates, plaques and the letters of cases as files, made when they are asked for; who took which is in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import case_pages, certificate_pages, files
from services.gateway.certificate_pages import Kind
from services.gateway.circumstances import Asked
from services.gateway.feedback import DOCX, PDF, written
from shared.identifiers import canonical_json
from shared.problems import Unavailable

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Data = Mapping[str, Any]
_TYPES = {"docx": DOCX, "pdf": PDF}


def certificate_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A certificate as PDF."""
    return _made(gateway, data, asked, "certificate", certificate_pages.CERTIFICATE)


def plaque_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A plaque as PDF, for whoever casts it."""
    return _made(gateway, data, asked, "plaque", certificate_pages.PLAQUE)


def _made(gateway: Gateway, data: Data, asked: Asked, kind: Kind, name: str) -> Response:
    from shared.documents.certificate import write  # its libraries take a while to load, and few ask for them
    from shared.documents.fonts import NoFont

    said = gateway.dispatcher.ask("eligibility", "certificate", data, asked)
    told = {"application_id": said["application_id"], "issue": said["issue"], "kind": kind}
    reason = canonical_json(told).decode("utf-8")
    gateway.identity.record(
        asked.signed_in, "certificate:downloaded", reason=reason, cycle_id=str(said["cycle_id"])
    )
    try:
        content = write(certificate_pages.made(said, kind, gateway.settings.public_url))
    except NoFont:
        zh, en = "服务器没有中文字体，不能生成文件", "no Chinese font is installed: no file can be made"
        raise Unavailable(zh, en, code="no_font") from None
    return files.made(content, f"{name}.pdf", PDF, f"{kind}.pdf")


def case_letter_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A letter of a case as DOCX."""
    return _letter(gateway, data, asked, "docx")


def case_letter_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A letter of a case as PDF."""
    return _letter(gateway, data, asked, "pdf")


def _letter(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    said = gateway.dispatcher.ask("eligibility", "case_letter", data, asked)
    told = {name: said[name] for name in ("case_id", "letter")} | {"form": form}
    reason = canonical_json(told).decode("utf-8")
    gateway.identity.record(
        asked.signed_in, "case_letter:downloaded", reason=reason, cycle_id=str(said["cycle_id"])
    )
    content = written(case_pages.letter(said), form)
    return files.made(
        content, f"{case_pages.title(said)[0]}.{form}", _TYPES[form], f"case-{said['letter']}.{form}"
    )
