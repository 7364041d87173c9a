"""The register of experts as a file, and an applicant's word on its reviewers: what asks a service more than once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files
from services.gateway.circumstances import Asked
from services.gateway.errors import not_found
from services.gateway.exports import CSV, XLSX, walk
from shared.contracts.operations.review.register_file import TITLE, columns, row
from shared.documents import delimited
from shared.identifiers import canonical_json

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Rows = list[tuple[str | int, ...]]


def experts_csv(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The register as CSV."""
    wanted = columns(contacts=data.get("contacts") == "yes")
    content = delimited.write([column.heading for column in wanted], _rows(gateway, data, asked, "csv"))
    return _file(content, f"{CSV}; charset=utf-8", "csv")


def experts_xlsx(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The register as XLSX."""
    from shared.documents import workbook  # its library takes a while to load, and few ask for it

    wanted = columns(contacts=data.get("contacts") == "yes")
    sheet = workbook.Sheet(
        TITLE,
        tuple(column.heading for column in wanted),
        tuple(_rows(gateway, data, asked, "xlsx")),
        tuple(column.width for column in wanted),
    )
    return _file(workbook.write(TITLE, (sheet,)), XLSX, "xlsx")


def rate_reviewers(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """Only for an application of one's own, which intake knows. Raises NotFound for any other."""
    wanted = {"application_id": data["application_id"]}
    application = gateway.dispatcher.ask("intake", "application", wanted, asked.anew())
    if application["cycle_id"] != data["cycle_id"]:
        raise not_found()
    return gateway.dispatcher.ask("review", "rate_reviewers", data, asked)


def _rows(gateway: Gateway, data: Mapping[str, Any], asked: Asked, form: str) -> Rows:
    """Every expert by id. Nothing is given without an entry in the audit log."""
    contacts = data.get("contacts") == "yes"
    found = [row(line, contacts=contacts) for line in walk(gateway, "review", "experts", data, asked)]
    filters = {name: value for name, value in data.items() if value is not None}
    told = canonical_json({"form": form, "filter": filters, "rows": len(found)}).decode("utf-8")
    gateway.identity.record(asked.signed_in, "experts:exported", reason=told, cycle_id=data.get("cycle_id"))
    return found


def _file(content: bytes, kind: str, ending: str) -> Response:
    return files.made(content, f"{TITLE}.{ending}", kind, f"experts.{ending}")
