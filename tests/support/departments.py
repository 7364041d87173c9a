"""The departments in memory: for tests of what lies above the port. It passes the suite that the HTTP adapter passes."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook, load_workbook

from services.intake.departments import batch
from services.intake.departments.port import Answer, DepartmentSilent, Enquiry
from services.intake.departments.replies import understood
from shared.contracts import dump, load, operation
from shared.contracts.dossier import DEPARTMENTS, Record


@dataclass
class MemoryDepartments:
    """Answers from `records` (code → department → records in their wire form); `silent` ones never do.

    `fail_first` gives, by department, how many tries fail before the first answer.
    """

    records: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    fail_first: dict[str, int] = field(default_factory=dict)
    attempts: int = 3
    asked: list[Enquiry] = field(default_factory=list)

    def channel(self, department: str) -> str:
        """As if over HTTP."""
        return "http"

    def ask(self, enquiry: Enquiry) -> Answer:
        """Raises DepartmentSilent."""
        self.asked.append(enquiry)
        if enquiry.department not in DEPARTMENTS:
            raise DepartmentSilent(f"no department {enquiry.department}")
        if enquiry.department in self.silent:
            raise DepartmentSilent("HTTP 503", self.attempts)
        failing = self.fail_first.get(enquiry.department, 0)
        self.fail_first[enquiry.department] = max(0, failing - self.attempts)
        if failing >= self.attempts:
            raise DepartmentSilent("HTTP 503", self.attempts)
        wire = self.records.get(enquiry.uscc, {}).get(enquiry.department, ())
        return Answer(tuple(Record().load(dict(record)) for record in wire), attempts=failing + 1)


class _People(MemoryDepartments):
    """Departments that people answer for: asked again as long as they do not, each time by another letter or file."""

    def ask(self, enquiry: Enquiry) -> Answer:
        """Raises DepartmentSilent."""
        found = super().ask(enquiry)
        reply = understood(self.carried(enquiry, found), enquiry)
        return Answer(tuple(reply["records"]), attempts=found.attempts, evidence=reply["evidence"])

    def carried(self, enquiry: Enquiry, answer: Answer) -> dict[str, Any]:
        """The answer after its way through what people write with."""
        raise NotImplementedError


class FileDepartments(_People):
    """They get their enquiries as a file, fill it in, and send it back."""

    form = "csv"

    def carried(self, enquiry: Enquiry, answer: Answer) -> dict[str, Any]:
        """Out by the adapter's writing, in by its reading."""
        asked = batch.Asked(enquiry.reference, enquiry.uscc, enquiry.name, enquiry.purpose, None)
        sent = batch.write([asked], self.form, "征询")
        returned = filled_in(sent, self.form, {enquiry.reference: answer.records})
        lines = batch.read(returned, 100)
        assert batch.wrong_together(lines) is None
        return batch.reply_of(lines)


class WorkbookDepartments(FileDepartments):
    """The same with a spreadsheet."""

    form = "xlsx"


class ClerkDepartments(_People):
    """A clerk answers in the form that the API takes."""

    def carried(self, enquiry: Enquiry, answer: Answer) -> dict[str, Any]:
        """As the gateway and intake read it."""
        body = {
            "application_id": "a1", "department": enquiry.department, "reference": enquiry.reference,
            "uscc": enquiry.uscc, "records": [dump(Record(), r) for r in answer.records],
            "no_records": not answer.records,
        }  # fmt: skip
        data = load(operation("intake", "answer_enquiry").request(), body)
        found = {name: data[name] for name in ("reference", "uscc", "evidence")}
        return found | {"records": [dump(Record(), record) for record in data["records"]]}


def filled_in(
    sent: bytes, form: str, records: Mapping[str, Sequence[Mapping[str, Any]]], *, keep: bool = False
) -> bytes:
    """A department's file with its answers: one line a record, 无记录 where there is none. `keep`: with the last column, which
    says who was asked.
    """
    if form == "csv":
        table = list(csv.reader(io.StringIO(sent.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(io.BytesIO(sent)).worksheets[0]
        table = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    headings, *rows = table
    out = [headings]
    for row in rows:
        for record in records[row[0]] or [None]:
            out.append([*row[:5], *_cells(record), *(row[-1:] if keep else ())])
    if form == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(out)
        return text.getvalue().encode("utf-8-sig")
    book = Workbook()
    for line in out:
        book.worksheets[0].append(line)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _cells(record: Mapping[str, Any] | None) -> list[Any]:
    if record is None:
        return ["无记录", "", "", "", "", ""]
    liable = {True: "是", False: "否", None: ""}[record.get("liable")]
    return ["有记录", record["kind"], record["on"], record.get("severity") or "", liable, ""]
