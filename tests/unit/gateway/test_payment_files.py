"""A payment file as finance takes it: codes stay text, and the audit log says who took it and nothing of what stands in it."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any, cast

import pytest
from openpyxl import load_workbook

from services.gateway.app import Gateway
from services.gateway.circumstances import Asked
from services.gateway.payment_files import payment_csv, payment_xlsx

pytestmark = pytest.mark.unit

NUMBER = "0000111122223333"
REPLY = {
    "batch_id": "b1", "cycle_id": "c1", "headings": ["编号", "户名", "开户银行", "账号", "金额", "大写", "用途"],
    "rows": [["k1", "=示例()", "示例银行", NUMBER, "100000.00", "壹拾万元整", "资助"]], "total_fen": 10_000_000,
}  # fmt: skip


class Kept:
    """What was recorded."""

    def __init__(self) -> None:
        self.entries: list[tuple[Any, ...]] = []

    def record(self, *entry: Any, **named: Any) -> None:
        self.entries.append((*entry, named))


def gateway() -> tuple[Gateway, Kept]:
    """One that is answered by a service that has one line."""
    kept = Kept()
    dispatcher = SimpleNamespace(ask=lambda service, method, data, asked: REPLY)
    return cast(Gateway, SimpleNamespace(dispatcher=dispatcher, identity=kept)), kept


ASKED = cast(Asked, SimpleNamespace(signed_in="fang"))


def test_the_csv_marks_codes_as_text() -> None:
    """A spreadsheet would else round sixteen digits."""
    made, kept = gateway()
    text = payment_csv(made, {"batch_id": "b1"}, ASKED).get_data(as_text=True)
    assert f"'{NUMBER}" in text
    assert "'=示例()" in text
    assert len(kept.entries) == 1
    assert NUMBER not in str(kept.entries)
    assert "示例" not in str(kept.entries)


def test_the_xlsx_has_text_in_every_cell() -> None:
    """No formula, no rounded number; the amount stands in figures and in words."""
    made, kept = gateway()
    content = payment_xlsx(made, {"batch_id": "b1"}, ASKED).get_data()
    rows = [
        [cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()
    ]
    assert rows == [REPLY["headings"], *cast(list[list[str]], REPLY["rows"])]
    assert NUMBER not in str(kept.entries)
