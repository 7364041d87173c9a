"""Batch files: what a department sends back is read line by line, and never half understood."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from services.intake.departments import batch
from services.intake.departments.batch import COLUMNS, Asked, Line
from shared.documents import incoming
from shared.problems import Invalid

pytestmark = pytest.mark.unit

CODE, OTHER = "91310105MAXY50013E", "91310105MAXY500219"
HEADINGS = ",".join(COLUMNS.values())
ASKED = Asked("a1", CODE, "=HYPERLINK(1)", "qualification", date(2025, 6, 14))


def _csv(*lines: str, headings: str = HEADINGS, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([headings, *lines]).encode(encoding)


def _line(result: str = "无记录", *, reference: str = "a1", code: str = CODE, rest: str = ",,,,") -> str:
    return f"{reference},{code},示例公司,qualification,2025-06-14,{result},{rest}"


def _only(content: bytes) -> Line:
    (line,) = batch.read(content, 10)
    return line


def _xlsx(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_may_be_in_any_of_three_encodings(encoding: str) -> None:
    """UTF-8 with and without its mark, and GB 18030, which spreadsheets of the country write; rare characters too."""
    line = _only(_csv(_line().replace("示例", "㐂𠮷"), encoding=encoding))
    assert (line.number, line.reference, line.uscc, line.error, line.record) == (2, "a1", CODE, None, None)


def test_bytes_of_no_encoding_are_refused() -> None:
    """What is neither is not guessed at."""
    with pytest.raises(Invalid, match="neither UTF-8"):
        batch.read(b"\xff\xff\xff", 10)


def test_a_record_is_read_with_its_day_and_words() -> None:
    """The words of the form, not the system's, may be used."""
    line = _only(_csv(_line("有记录", rest="事故,2023-10-12,一般,是,示例函 1 号")))
    assert line.record == {"kind": "accident", "on": "2023-10-12", "severity": "一般", "liable": True}
    assert line.evidence == "示例函 1 号"


def test_a_spreadsheet_day_is_a_day() -> None:
    """A cell that a spreadsheet made a day of says the same as text."""
    row = ["a1", CODE, "", "", "", "有记录", "accident", date(2023, 10, 12), "一般", "", ""]
    line = _only(_xlsx(list(COLUMNS), row))
    assert line.record is not None
    assert line.record["on"] == "2023-10-12"


@pytest.mark.parametrize(
    ("headings", "reason"),
    [
        (HEADINGS.replace("征询编号", "编号"), "no such column"),
        (HEADINGS + ",备注", "no such column"),
        (HEADINGS.replace("单位名称", "征询编号"), "twice"),
        ("征询编号,统一社会信用代码", "result is missing"),
        ("征询编号,答复结果", "uscc is missing"),
    ],
)
def test_a_wrong_column_refuses_the_whole_file(headings: str, reason: str) -> None:
    """A column that is not known, is there twice or is missing could shift every answer: nothing is read."""
    with pytest.raises(Invalid, match=reason):
        batch.read(_csv(_line(), headings=headings), 10)


def test_columns_may_stand_in_another_order_and_be_left_out() -> None:
    """Only their headings say what they are."""
    line = _only(_csv(f"无记录,{CODE},a1", headings="答复结果,uscc,征询编号"))
    assert (line.reference, line.uscc, line.record, line.error) == ("a1", CODE, None, None)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (_line(""), "result"),
        (_line("没有"), "result"),
        (_line("无记录", rest="事故,,,,"), "kind"),
        (_line("有记录", rest="事故,2023-10-12,一般,也许,"), "liable"),
        (_line("=1+1"), "result"),
        (_line("无记录", rest=",,,,=cmd|' /C calc'!A0"), "evidence"),
        (_line("无记录", rest=",,,,@SUM(A1)"), "evidence"),
        (_line(reference="+a1"), "reference"),
        (_line(reference=""), "reference"),
        (_line() + ",,有记录", "line"),
    ],
)
def test_what_is_wrong_with_a_line_is_named(line: str, field: str) -> None:
    """Blank is no clean record; a formula is no text; the field is named, in both languages."""
    error = _only(_csv(line)).error
    assert error is not None
    assert error.field == field
    assert error.reason_zh
    assert error.reason_en


def test_a_formula_cell_of_a_spreadsheet_is_refused() -> None:
    """Even where it would come out as the right word."""
    row = ["a1", CODE, "", "", "", '="无"&"记录"', "", "", "", "", ""]
    error = _only(_xlsx(list(COLUMNS), row)).error
    assert error is not None
    assert (error.field, "formula" in error.reason_en) == ("result", True)


@pytest.mark.parametrize(
    ("lines", "number", "field"),
    [
        ([_line("有记录", rest="流言,2023-10-12,,,")], 2, "kind"),
        ([_line("有记录", rest="事故,昨天,,,")], 2, "on"),
        ([_line("有记录", rest="事故,2023-10-12,,,"), _line("无记录")], 3, "result"),
        ([_line("有记录", rest="事故,2023-10-12,,,"), _line("有记录", code=OTHER, rest="事故,2023-10-12,,,")], 3, "uscc"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_answer_of_several_lines(lines: list[str], number: int, field: str) -> None:
    """Records beside 无记录, two codes under one reference, no kind or day of ours."""
    wrong = batch.wrong_together(batch.read(_csv(*lines), 10))
    assert wrong is not None
    assert (wrong[0], wrong[1].field) == (number, field)


@pytest.mark.parametrize(
    "written", ["2023-10-02", "2023/10/2", "2023/10/02", "2023年10月2日", "2023.10.2", "2023/10/2 0:00"]
)
def test_a_day_may_be_written_as_spreadsheets_and_people_do(written: str) -> None:
    """Year, month, day: a spreadsheet saves its own as CSV in the form of the country."""
    line = _only(_csv(_line("有记录", rest=f"事故,{written},一般,,")))
    assert line.record is not None
    assert line.record["on"] == "2023-10-02"


@pytest.mark.parametrize("written", ["10/02/2023", "45201", "2023-13-01", "2023/2/30", "2023年"])
def test_a_day_that_is_none_is_not_guessed_at(written: str) -> None:
    """Another order, a spreadsheet's count of days, a day that no calendar has."""
    wrong = batch.wrong_together(batch.read(_csv(_line("有记录", rest=f"事故,{written},一般,,")), 10))
    assert wrong is not None
    assert wrong[1].field == "on"


def test_a_line_without_reference_keeps_the_answer_above_it_from_being_taken() -> None:
    """It may be that answer's second record: half an answer would look like a whole one."""
    rest = "事故,2023-10-12,一般,,"
    lines = [_line("有记录", rest=rest), _line("有记录", reference="", rest=rest), _line(reference="a2")]
    groups = batch.by_reference(batch.read(_csv(*lines), 10))
    assert {reference: len(several) for reference, several in groups.items()} == {"a1": 2, "a2": 1}
    wrong = batch.wrong_together(groups["a1"])
    assert wrong is not None
    assert (wrong[0], wrong[1].field) == (3, "reference")
    assert batch.wrong_together(groups["a2"]) is None


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_says_which_department_was_asked_and_when(form: str) -> None:
    """So that one department's file is not taken for another's, nor last year's for this year's."""
    out = list(incoming.read(batch.write([replace(ASKED, department="safety")], form, "征询")))
    out[1] = [*out[1][:5], "无记录", *out[1][6:]]
    (line,) = batch.read(_csv(*[",".join(incoming.text_of(cell) for cell in out[1]).replace("=", "")]), 10)
    assert (line.asked_on, line.department) == (date(2025, 6, 14), "safety")
    assert batch.wrong_together([line], "safety") is None
    wrong = batch.wrong_together([line], "credit")
    assert wrong is not None
    assert wrong[1].field == "department"


def test_what_goes_out_holds_no_formula() -> None:
    """A name that looks like one is text in both forms, and comes back as it was."""
    text = batch.write([ASKED], "csv", "征询").decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    digits = batch.write([replace(ASKED, uscc="911101051234567890")], "csv", "征询").decode("utf-8-sig")
    assert '"\'911101051234567890"' in digits, "a spreadsheet would round a number of eighteen digits"
    sheet = load_workbook(io.BytesIO(batch.write([ASKED], "xlsx", "征询"))).worksheets[0]
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=HYPERLINK(1)", "s")


def test_a_file_that_is_too_long_or_no_spreadsheet_is_refused() -> None:
    """The limit is told; a ZIP that is no workbook is not read; blank lines do not count."""
    with pytest.raises(Invalid, match="more than 1"):
        batch.read(_csv(_line(), _line()), 1)
    with pytest.raises(Invalid, match="not an XLSX"):
        batch.read(b"PK\x03\x04" + base64.b64decode("AAAA"), 10)
    with pytest.raises(Invalid, match="empty"):
        batch.read(b"", 10)
    assert batch.read(_csv(",,,,,,,,,,", ""), 10) == []
