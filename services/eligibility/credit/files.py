"""A credit platform that takes files: a report is a CSV and an XLSX of one line, receipts come in tables of either form.

<folder>/outgoing/<reference>.csv, .xlsx   written whole or not at all, the same bytes each time
<folder>/incoming/*.csv, *.xlsx            headings 编号 and 回执, in any order; other columns are left alone
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from services.eligibility.credit.port import CreditReport, PlatformSilent
from shared.documents import delimited, incoming
from shared.problems import Invalid

OUTGOING, INCOMING = "outgoing", "incoming"
REFERENCE, RECEIPT = "编号", "回执"
_COLUMNS = (
    (REFERENCE, "reference"), ("报送平台", "platform"), ("名称", "name"), ("主体类型", "kind"),
    ("统一社会信用代码", "uscc"), ("奖项", "award"), ("证书编号", "number"), ("年度", "year"), ("依据文件", "rulebook"),
    ("依据条款", "rule"), ("事由", "event"), ("决定日期", "decided_on"), ("不予受理至", "banned_until"),
)  # fmt: skip
_WIDTH = 20  # characters of a column
_TABLES = (".csv", ".xlsx")


class FilePlatform:
    """The port by files in a folder that somebody else carries to the platform."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, report: CreditReport) -> str | None:
        """Lay the report out; its receipt comes later. Raises PlatformSilent where the folder cannot be written."""
        from shared.documents.workbook import (  # takes a while to load, and few reports are written
            Sheet,
            write,
        )

        plain = report.plain()
        headings = tuple(title for title, _ in _COLUMNS)
        row = tuple(plain[name] for _, name in _COLUMNS)
        sheet = Sheet("信用报送", headings, (row,), (_WIDTH,) * len(headings))
        try:
            self._lay(f"{report.reference}.csv", delimited.write(headings, [row]))
            self._lay(f"{report.reference}.xlsx", write(sheet.name, (sheet,)))
        except OSError as error:
            raise PlatformSilent(f"the folder cannot be written: {type(error).__name__}") from error
        return None

    def receipt(self, reference: str) -> str | None:
        """What the tables that came back say of a report. Raises PlatformSilent where they cannot be read."""
        try:
            return next((receipt for found, receipt in self._receipts() if found == reference), None)
        except OSError as error:
            raise PlatformSilent(f"the folder cannot be read: {type(error).__name__}") from error

    def _lay(self, name: str, content: bytes) -> None:
        folder = self._folder / OUTGOING
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{name}.new"
        beside.write_bytes(content)
        os.replace(beside, folder / name)

    def _receipts(self) -> Iterator[tuple[str, str]]:
        folder = self._folder / INCOMING
        if not folder.is_dir():
            return
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in _TABLES:
                yield from _of_table(path.read_bytes())


def _of_table(content: bytes) -> Iterator[tuple[str, str]]:
    """Reference and receipt of each line that has both; a table without the headings, or none at all, says nothing."""
    try:
        rows = list(incoming.read(content))
    except Invalid:
        return
    headings = [incoming.text_of(cell) for cell in rows[0]] if rows else []
    if REFERENCE not in headings or RECEIPT not in headings:
        return
    at, receipt_at = headings.index(REFERENCE), headings.index(RECEIPT)
    for row in rows[1:]:
        if len(row) > max(at, receipt_at):
            reference, receipt = incoming.text_of(row[at]), incoming.text_of(row[receipt_at])
            if reference and receipt:
                yield reference, receipt
