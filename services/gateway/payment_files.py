"""A batch's payment file, as finance carries it to a bank. Who took which is in the audit log; what stands in it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files
from services.gateway.circumstances import Asked
from services.gateway.exports import CSV, XLSX
from shared.documents import delimited
from shared.identifiers import canonical_json

if TYPE_CHECKING:
    from services.gateway.app import Gateway

TITLE = "付款文件"
_WIDTH = 30
Data = Mapping[str, Any]


def payment_csv(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """The file as CSV; codes are marked as text."""
    headings, rows = _table(gateway, data, asked, "csv")
    return files.made(
        delimited.write(headings, rows), f"{TITLE}.csv", f"{CSV}; charset=utf-8", "payments.csv"
    )


def payment_xlsx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """The file as XLSX."""
    from shared.documents import workbook  # its library takes a while to load, and few ask for it

    headings, rows = _table(gateway, data, asked, "xlsx")
    sheet = workbook.Sheet(TITLE, tuple(headings), tuple(map(tuple, rows)), (_WIDTH,) * len(headings))
    return files.made(workbook.write(TITLE, (sheet,)), f"{TITLE}.xlsx", XLSX, "payments.xlsx")


def _table(gateway: Gateway, data: Data, asked: Asked, form: str) -> tuple[list[str], list[list[str]]]:
    found = gateway.dispatcher.ask("incentives", "payment_file", data, asked)
    told = {
        "batch_id": found["batch_id"],
        "form": form,
        "rows": len(found["rows"]),
        "total_fen": found["total_fen"],
    }
    gateway.identity.record(
        asked.signed_in,
        "payments:file_taken",
        reason=canonical_json(told).decode("utf-8"),
        cycle_id=found["cycle_id"],
    )
    return found["headings"], found["rows"]
