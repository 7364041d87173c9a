"""批量征询: enquiries as CSV or XLSX for a department, and its answers read back from the same table. Pure.

A line is a record, or an explicit 无记录; several lines of one reference are one answer. Nothing in a file is ever a formula:
what is written is text, and a cell that holds one is refused when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marshmallow import ValidationError

from shared.contracts.base import refusal
from shared.contracts.dossier import Record
from shared.documents import delimited, incoming
from shared.documents.incoming import Formula, text_of
from shared.problems import FieldError, invalid_field

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = {
    "reference": "征询编号",
    "uscc": "统一社会信用代码",
    "name": "单位名称",
    "purpose": "征询事由",
    "asked_on": "征询日期",
    "result": "答复结果",
    "kind": "记录类别",
    "on": "发生日期",
    "severity": "等级",
    "liable": "是否负有责任",
    "evidence": "答复文号",
    "department": "征询部门",
}
_NEEDED = ("reference", "uscc", "result")
_READ = (
    "reference", "uscc", "asked_on", "result", "kind", "on", "severity", "liable", "evidence", "department",
)  # fmt: skip
NOTHING, SOMETHING = "无记录", "有记录"
_KINDS = {
    "事故": "accident",
    "行政处罚": "administrative_penalty",
    "严重失信": "serious_dishonesty",
    "重大投诉": "major_complaint",
}
_YES_NO: dict[str, bool | None] = {"是": True, "否": False, "": None}
_WIDTHS = (38, 22, 36, 12, 12, 12, 14, 12, 10, 14, 24, 14)
# As people and their spreadsheets write a day; year, month and day stand in one order here.
_DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?: 0?0:00(?::00)?)?")


@dataclass(frozen=True)
class Asked:
    """One enquiry of an outgoing file."""

    reference: str
    uscc: str
    name: str
    purpose: str
    asked_on: date | None
    department: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a department's file: `record` is None for 无记录, `error` says why it cannot be read. `asked_on` and
    `department` are what it says of the question, as far as it does.
    """

    number: int  # as the spreadsheet counts: the headings are line 1
    reference: str
    uscc: str
    record: dict[str, Any] | None = None
    evidence: str | None = None
    error: FieldError | None = None
    asked_on: date | None = None
    department: str = ""


# --- out ----------------------------------------------------------------------------------------------------------


def write(asked: Iterable[Asked], form: str, sheet: str) -> bytes:
    """The enquiries with empty columns for the answers; `form` is csv or xlsx."""
    if form == "xlsx":
        from shared.documents import workbook  # its library takes a while to load, and few ask for it

        rows = tuple(tuple(_iso(cell) for cell in _cells(each)) for each in asked)
        return workbook.write(sheet, (workbook.Sheet(sheet, tuple(COLUMNS.values()), rows, _WIDTHS),))
    return delimited.write(tuple(COLUMNS.values()), (_cells(each) for each in asked))


def _cells(asked: Asked) -> tuple[str | date, ...]:
    blank = ("",) * (len(COLUMNS) - 6)
    return (
        asked.reference, asked.uscc, asked.name, asked.purpose, asked.asked_on or "", *blank, asked.department,
    )  # fmt: skip


def _iso(cell: str | date) -> str:
    return cell if isinstance(cell, str) else cell.isoformat()


# --- in -----------------------------------------------------------------------------------------------------------


def read(content: bytes, most: int) -> list[Line]:
    """The lines of a department's file, CSV or XLSX by its content; `most` lines.

    Raises Invalid where the file as a whole cannot be read: its encoding, its columns, its size.
    """
    table = incoming.read(content)
    headings = next(table, None)
    if headings is None:
        raise invalid_field("content", "文件为空", "the file is empty")
    names = _names(headings)
    lines: list[Line] = []
    for number, cells in enumerate(table, start=2):
        if not any(text_of(cell) for cell in cells):
            continue
        if len(lines) == most:
            raise invalid_field("content", f"超过 {most} 行", f"more than {most} lines")
        line = _line(number, dict(zip(names, cells, strict=False)))
        if line.error is None and any(text_of(cell) for cell in cells[len(names) :]):
            zh, en = "单元格多于列，请查看是否错列", "more cells than columns: they may be shifted"
            line = replace(line, error=FieldError("line", zh, en))
        lines.append(line)
    return lines


def by_reference(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """The lines of each answer. One without a reference may belong to the answer above it: that is not taken without it."""
    found: dict[str, list[Line]] = {}
    last = ""
    for line in lines:
        last = line.reference or last
        found.setdefault(last, []).append(line)
    return found


def wrong_together(lines: Sequence[Line], department: str = "") -> tuple[int, FieldError] | None:
    """The first thing wrong with the lines of one answer, each by itself or beside the others; what another `department`
    was asked is no answer of this one's.
    """
    for line in lines:
        if line.error is not None:
            return line.number, line.error
        if department and line.department not in ("", department):
            asked = line.department[:40]
            zh, en = f"这是对 {asked} 的征询", f"this is what {asked} was asked"
            return line.number, FieldError("department", zh, en)
        if line.uscc != lines[0].uscc:
            zh, en = "同一编号的各行代码不同", "lines of one reference have different codes"
            return line.number, FieldError("uscc", zh, en)
        if line.record is None and len(lines) > 1:
            zh, en = "同一编号既有记录又写无记录，或重复", "beside other lines of the same reference"
            return line.number, FieldError("result", zh, en)
        if line.record is not None and (errors := Record().validate(line.record)):
            return line.number, refusal(ValidationError(errors)).errors[0]
    return None


def reply_of(lines: Sequence[Line]) -> dict[str, Any]:
    """The lines of one reference as the reply that they are; none of them is wrong."""
    return {
        "reference": lines[0].reference,
        "uscc": lines[0].uscc,
        "records": [line.record for line in lines if line.record is not None],
        "evidence": next((line.evidence for line in lines if line.evidence), None),
    }


def _names(headings: Sequence[Any]) -> list[str]:
    """The columns by name. Raises Invalid for one that is not known, is there twice, or is missing."""
    known = {zh: name for name, zh in COLUMNS.items()} | {name: name for name in COLUMNS}
    texts = [text_of(cell) for cell in headings]
    while texts and not texts[-1]:
        texts.pop()
    names = []
    for text in texts:
        if text not in known:
            raise invalid_field("content", f"没有这一列：{text[:40]}", f"no such column: {text[:40]}")
        if known[text] in names:
            raise invalid_field("content", f"列重复：{text}", f"a column is there twice: {text}")
        names.append(known[text])
    for name in _NEEDED:
        if name not in names:
            raise invalid_field("content", f"缺少列：{COLUMNS[name]}", f"the column {name} is missing")
    return names


def _line(number: int, cells: dict[str, Any]) -> Line:
    found = {name: text_of(cells.get(name)) for name in _READ}
    for name in _READ:
        if isinstance(cells.get(name), Formula) or found[name].startswith(_FORMULA):
            zh, en = "单元格含有公式", "the cell holds a formula"
            return Line(number, found["reference"], found["uscc"], error=FieldError(name, zh, en))
    found["on"] = _day(found["on"])
    error = _wrong(found)
    if error is not None:
        return Line(number, found["reference"], found["uscc"], error=error)
    record = None
    if found["result"] == SOMETHING:
        record = {
            "kind": _KINDS.get(found["kind"], found["kind"]),
            "on": found["on"],
            "severity": found["severity"] or None,
            "liable": _YES_NO[found["liable"]],
        }
    return Line(
        number, found["reference"], found["uscc"], record, found["evidence"] or None,
        asked_on=_read_day(found["asked_on"]), department=found["department"],
    )  # fmt: skip


def _day(text: str) -> str:
    """A day as the contract has it, where it is one; 2025/6/4 and 2025年6月4日 are."""
    found = _DAY.fullmatch(text)
    return text if found is None else f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(_day(text))
    except ValueError:
        return None


def _wrong(found: dict[str, str]) -> FieldError | None:
    """What is wrong with a line by itself; whether a record is one is said by the contract."""
    if not found["reference"]:
        zh, en = "未填写；每行都须写明征询编号", "blank: every line has its reference"
        return FieldError("reference", zh, en)
    if not found["result"]:
        return FieldError(
            "result", f"未填写；没有记录也须写“{NOTHING}”", f"blank: say {NOTHING} where there is none"
        )
    if found["result"] not in (NOTHING, SOMETHING):
        return FieldError("result", f"只能是“{NOTHING}”或“{SOMETHING}”", f"neither {NOTHING} nor {SOMETHING}")
    if found["result"] == NOTHING:
        filled = next((n for n in ("kind", "on", "severity", "liable") if found[n]), None)
        return (
            FieldError(filled, f"已写“{NOTHING}”，不应再填", f"filled, beside {NOTHING}") if filled else None
        )
    if found["liable"] not in _YES_NO:
        return FieldError("liable", "只能是“是”“否”或空", "neither 是 nor 否 nor empty")
    return None
