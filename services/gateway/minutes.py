"""Minutes of the committee as files, made when they are asked for: the same version gives the same bytes, as long as people
keep their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files, minutes_pages, people
from services.gateway.circumstances import Asked
from services.gateway.feedback import DOCX, PDF, written

if TYPE_CHECKING:
    from services.gateway.app import Gateway

_TYPES = {"docx": DOCX, "pdf": PDF}
Data = Mapping[str, Any]


def minutes_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A version of the minutes as DOCX."""
    return _minutes(gateway, data, asked, "docx")


def minutes_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A version of the minutes as PDF."""
    return _minutes(gateway, data, asked, "pdf")


def _minutes(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    """Who took them is in the audit log."""
    said = gateway.dispatcher.ask("committee", "minutes", data, asked)
    content = written(minutes_pages.minutes(said, people.named(gateway.identity)), form)
    gateway.identity.record(asked.signed_in, "minutes:taken", reason=form, cycle_id=str(data["cycle_id"]))
    return files.made(content, f"{minutes_pages.TITLE}.{form}", _TYPES[form], f"minutes.{form}")
