"""Letters of objections as files. They are made when they are asked for: the same reply gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files, objection_pages
from services.gateway.circumstances import Asked
from services.gateway.feedback import DOCX, PDF, written
from services.gateway.notices import in_words
from shared.identifiers import canonical_json

if TYPE_CHECKING:
    from services.gateway.app import Gateway

_TYPES = {"docx": DOCX, "pdf": PDF}
Data = Mapping[str, Any]


def objection_letter_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A letter of a case as DOCX."""
    return _of_case(gateway, data, asked, "docx")


def objection_letter_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A letter of a case as PDF."""
    return _of_case(gateway, data, asked, "pdf")


def objector_letter_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A letter to who holds the receipt as DOCX."""
    return _of_receipt(gateway, data, asked, "docx")


def objector_letter_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A letter to who holds the receipt as PDF."""
    return _of_receipt(gateway, data, asked, "pdf")


def _of_case(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    """Who took which letter is in the audit log."""
    said = gateway.dispatcher.ask("eligibility", "objection_letter", data, asked)
    told = {name: said[name] for name in ("objection_id", "letter", "to")} | {"form": form}
    reason = canonical_json(told).decode("utf-8")
    gateway.identity.record(
        asked.signed_in, "objection_letter:downloaded", reason=reason, cycle_id=str(said["cycle_id"])
    )
    return _file(gateway, said, asked, form)


def _of_receipt(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    said = gateway.dispatcher.ask("eligibility", "objector_letter", data, asked.unnamed())
    return _file(gateway, said, asked, form)


def _file(gateway: Gateway, said: dict[str, Any], asked: Asked, form: str) -> Response:
    said = in_words(gateway, said["cycle_id"], said, asked)
    content = written(objection_pages.letter(said, gateway.settings.public_url), form)
    name = f"{objection_pages.title(said)[0]}.{form}"
    return files.made(content, name, _TYPES[form], f"objection-{said['letter']}.{form}")
