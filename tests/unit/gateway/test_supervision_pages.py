"""The inspection report: everything that was found, in both languages, and nobody who reported anything."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from services.gateway import supervision_pages
from shared.documents import Document, Entries, Heading, Paragraph, Table, workbook

pytestmark = pytest.mark.unit

_STAGE = {"begins_on": None, "ends_on": None, "rule": None, "blocked": None, "owner": "review", "kind": "x"}
_NOTE = {"state": "seen", "reason": "已要求说明", "noted_by": "ji", "noted_at": "2025-07-01T09:00:00+08:00"}
_ALERT = {
    "alert_id": "a" * 32, "kind": "rank_deviation", "severity": "warning", "subject": "a1", "since": "2025-06-27",
    "evidence": ["a1", "a2"], "reason_zh": "越过第 1 名", "reason_en": "passes over rank 1", "source": "committee",
    "note": _NOTE,
}  # fmt: skip
_FORM = {
    "form_id": "f1", "cycle_id": "c1", "kind": "report", "opened_by_side": "party", "party_role": "reviewer",
    "party": "E1", "title": "评审期间有人说情", "application_id": None, "alert_id": None, "state": "open",
    "opened_on": "2025-06-25", "due_on": "2025-07-02", "closed_on": None, "overdue": True,
}  # fmt: skip


def seen(**changes: Any) -> dict[str, Any]:
    """A reply `Overview`."""
    return {
        "cycle_id": "c1", "rulebook": "sample-2024", "year": 2025, "rehearsal": False, "state": "running",
        "made_on": "2025-07-03",
        "stages": [
            {**_STAGE, "stage": "submission", "state": "closed", "begun_on": "2025-05-12", "closed_on": "2025-06-13"},
            {**_STAGE, "stage": "committee", "state": "begun", "begun_on": "2025-06-27", "closed_on": None},
        ],
        "figures": [
            {
                "service": "intake",
                "figures": [{"figure": "applications", "title_zh": "申报", "title_en": "applications", "count": 7}],
            }
        ],
        "severities": {"serious": 0, "warning": 1, "notice": 0},
        "handled": {"new": 0, "seen": 1, "closed": 0},
        "alerts": [_ALERT],
        "gone": [{**_NOTE, **_ALERT, "state": "closed", "reason": "已更正", "reason_zh": "原先的事"}],
        "cut": [],
        **changes,
    }  # fmt: skip


def text(document: Document) -> str:
    """All that stands in it."""
    said: list[str] = []
    for block in document.parts[0].blocks:
        match block:
            case Heading() | Paragraph():
                said.append(block.text)
            case Entries():
                said += [cell for row in block.rows for cell in row]
            case Table():
                said += [*block.headings, *(cell for row in block.rows for cell in row)]
    return "\n".join(said)


def test_the_report_holds_stages_figures_alerts_notes_and_forms() -> None:
    told = text(supervision_pages.report(seen(), [_FORM]))
    for words in (
        "sample-2024", "2025年7月3日", "submission", "2025-06-13", "申报 applications", "7", "越过第 1 名",
        "passes over rank 1", "已要求说明", "原先的事", "已更正", "评审期间有人说情", "评审专家 reviewer", "逾期 overdue",
    ):  # fmt: skip
        assert words in told, words


def test_who_reported_is_not_in_the_report() -> None:
    """It is handed on; the role is enough."""
    assert "E1" not in text(supervision_pages.report(seen(), [_FORM]))
    book = workbook.write("x", supervision_pages.sheets(seen(), [_FORM]))
    cells = {
        cell
        for sheet in openpyxl.load_workbook(io.BytesIO(book)).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    }
    assert "E1" not in cells
    assert {"a1\na2", "rank_deviation", "committee"} <= cells


def test_where_nothing_was_found_the_report_says_so() -> None:
    told = text(supervision_pages.report(seen(alerts=[], gone=[]), []))
    assert told.count("没有。 None.") == 3


def test_what_could_not_be_compared_is_named_and_a_rehearsal_too() -> None:
    told = text(supervision_pages.report(seen(cut=["review"], rehearsal=True), []))
    assert "未能全部核对 Not all compared\nreview" in told
    assert "演练 a rehearsal" in told


def test_the_same_replies_give_the_same_bytes() -> None:
    first, second = (workbook.write("x", supervision_pages.sheets(seen(), [_FORM])) for _ in range(2))
    assert first == second
    assert supervision_pages.report(seen(), [_FORM]) == supervision_pages.report(seen(), [_FORM])
