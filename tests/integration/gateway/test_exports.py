"""The list as a file over HTTP: all pages, the same filter, what a spreadsheet may take for a formula, the audit log."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import openpyxl
import pytest
from sqlalchemy import select

from services.gateway.exports import COLUMNS, OPINIONS, STATUSES
from services.gateway.routes import PREFIX
from services.intake.statuses import Status
from shared.contracts import Context
from shared.contracts.operations.intake.lists import VERDICTS
from shared.problems import Invalid, invalid_field
from tests.support.gateway import REAL, REHEARSAL, Bench, InProcess, answered, any_rulebook, make_bench

OFFICE, APPLICANT = "award_office", "applicant"
HOSTILE = ('=HYPERLINK("http://example.invalid")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "示例公司")
PAGES = 3


def _line(number: int, cycle: str) -> dict[str, Any]:
    return {
        "application_id": f"a{number:03d}", "cycle_id": cycle, "name": HOSTILE[number % len(HOSTILE)],
        "kind": "organization", "category": None, "status": "in_progress", "stopped_at": any_rulebook().stages[0].key,
        "submitted_on": "2025-05-12", "sequence": None if number == 1 else 100 - number, "recommended_by": None,
        "receipt": None, "public_number": f"2025{number:03d}", "correction_due_on": None,
        "uscc": "913101050000000000", "recommender": "示例街道", "opinion": "declined",
        "missing": ["recommendation"], "missing_materials": [], "departments_unanswered": 2,
    }  # fmt: skip


def _intake(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """An intake of three pages of three lines."""
    reply = answered(service, method, data, context)
    if method != "applications":
        return reply
    if data.get("status") == "lost":
        raise invalid_field("status", "没有这个状态", "no such status")
    turn = 0 if data["after"] == "start" else int(data["after"][1:])
    lines = [_line(3 * turn + place, str(data["cycle_id"])) for place in range(3)]
    return reply | {"applications": lines, "next": f"p{turn + 1}" if turn + 1 < PAGES else None}


@pytest.fixture
def services() -> InProcess:
    return InProcess(_intake)


@pytest.fixture
def bench(tmp_path: Path, services: InProcess) -> Iterator[Bench]:
    bench = make_bench(tmp_path, services)
    yield bench
    bench.store.close()


def _get(
    bench: Bench, ending: str, query: str = "", role: str = OFFICE, cycle: str = REAL, **headers: str
) -> Any:
    path = f"{PREFIX}/cycles/{cycle}/applications.{ending}{query}"
    return bench.client.get(path, headers=bench.headers(role, **headers))


def _csv(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def _xlsx(answer: Any) -> Any:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return openpyxl.load_workbook(io.BytesIO(answer.get_data()))


def _entries(bench: Bench) -> list[Any]:
    audit = bench.store.tables.audit
    with bench.store.read() as work:
        query = select(audit).where(audit.c.action == "applications:exported").order_by(audit.c.id)
        return list(work.session.execute(query))


def test_both_files_hold_every_line_of_every_page_in_order_of_submission(bench: Bench) -> None:
    """Drafts last. Numbers are numbers, codes are text, words are Chinese."""
    numbers = [*range(92, 99), 100, None]
    table = _csv(_get(bench, "csv"))
    assert table[0] == [column.heading for column in COLUMNS]
    assert [row[1] for row in table[1:]] == ["" if number is None else str(number) for number in numbers]
    first = dict(zip(table[0], table[1], strict=True))
    assert first["统一社会信用代码 Code"] == "'913101050000000000"
    assert (first["状态 Status"], first["推荐意见 Opinion"]) == ("办理中", "不受理推荐")
    assert (first["尚缺 Missing"], first["到达阶段 Stage"]) == ("推荐意见", any_rulebook().stages[0].title.zh)
    sheet = _xlsx(_get(bench, "xlsx")).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(table[0])
    assert [row[1] for row in rows[1:]] == numbers
    assert rows[1][3] == "913101050000000000"


def test_no_cell_of_either_file_is_a_formula(bench: Bench) -> None:
    """A name that begins like one is marked in CSV and is text by type in XLSX; nothing of it is lost."""
    names = [row[2] for row in _csv(_get(bench, "csv"))[1:]]
    assert not [name for name in names if name.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {name.removeprefix("'") for name in names} == set(HOSTILE)
    book = _xlsx(_get(bench, "xlsx"))
    cells = [cell for row in book.active.iter_rows(min_row=2) for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.value for cell in cells} >= {name for name in HOSTILE if "\t" not in name}


def test_the_file_bears_no_author_and_a_chinese_name(bench: Bench) -> None:
    """RFC 6266: a plain name for old readers, the Chinese one encoded; nobody keeps a copy on the way."""
    for ending in ("csv", "xlsx"):
        answer = _get(bench, ending)
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith(f'attachment; filename="applications.{ending}"; filename*=UTF-8')
        assert unquote(disposition.rpartition("'")[2]) == f"申报一览（{any_rulebook().title.zh}）.{ending}"
        assert disposition.isascii()
        assert answer.headers["Cache-Control"] == "no-store"
    properties = _xlsx(_get(bench, "xlsx")).properties
    assert (properties.creator or "", properties.lastModifiedBy or "") == ("", "")


def test_the_filter_goes_along_with_every_page_and_nothing_else_does(
    bench: Bench, services: InProcess
) -> None:
    """The role, too: whoever exports sees what the list shows."""
    _csv(_get(bench, "csv", f"?status=in_progress&q={quote('示例')}"))
    asked = [call for call in services.calls if call.operation == "intake.applications"]
    assert [call.data["after"] for call in asked] == ["start", "p1", "p2"]
    assert all((call.data["status"], call.data["q"]) == ("in_progress", "示例") for call in asked)
    assert {call.context.role for call in asked} == {OFFICE}
    assert len({call.context.message_id for call in asked}) == PAGES


@pytest.mark.parametrize("query", ["?sort=name", "?page=2", "?size=50", "?after=start", "?colour=red"])
def test_a_parameter_that_an_export_does_not_know_is_refused_by_name(bench: Bench, query: str) -> None:
    """An export is whole: pages and order are the list's."""
    answer = _get(bench, "csv", query)
    assert (answer.status_code, answer.json["code"]) == (422, "bad_parameter")
    assert [error["field"] for error in answer.json["errors"]] == [query[1:].partition("=")[0]]


def test_each_export_is_in_the_audit_log_with_its_filter_and_its_rows(bench: Bench) -> None:
    """Who, which cycle, which form, what was asked for, how many lines; a refused one gave nothing and leaves nothing."""
    assert _get(bench, "csv", "?status=lost").status_code == Invalid.status
    assert _entries(bench) == []
    _get(bench, "xlsx", "?kind=organization")
    (entry,) = _entries(bench)
    account = next(a for a in bench.identity.accounts() if a["roles"] == [OFFICE])
    assert (entry.actor, entry.cycle_id) == (account["account_id"], REAL)
    assert entry.reason == '{"filter":{"kind":"organization"},"form":"xlsx","rows":9}'


def test_an_applicants_file_has_no_column_of_what_it_is_not_told(bench: Bench) -> None:
    """Absent, not empty."""
    headings = _csv(_get(bench, "csv", role=APPLICANT))[0]
    assert len(headings) == len(COLUMNS) - 2
    assert not [heading for heading in headings if "unanswered" in heading]


def test_a_rehearsals_day_exports_rehearsals_only(bench: Bench, services: InProcess) -> None:
    """As with the list itself."""
    day = {"Zhiheng_Rehearsal_Date": "2025-05-12"}
    assert _get(bench, "csv", cycle=REHEARSAL, **day).status_code == 200
    services.calls.clear()
    assert _get(bench, "csv", cycle=REAL, **day).status_code == 403
    assert not [call for call in services.calls if call.operation == "intake.applications"]


def test_every_status_and_every_opinion_has_a_word() -> None:
    """An office reads Chinese, not the code's own words."""
    assert set(Status) <= set(STATUSES)
    assert set(VERDICTS) == set(OPINIONS)


# --- 联系表 ---------------------------------------------------------------------------------------------------------------


def _called(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """An intake with one contact that begins like a formula."""
    reply = answered(service, method, data, context)
    if method != "contacts":
        return reply
    line = {
        **reply["contacts"][0],
        "contact_name": "=陈晨",
        "contact_phone": "+86 13800000000",
        "status": "in_progress",
    }
    return {"contacts": [line], "next": None}


def _contacts(bench: Bench, ending: str, role: str = OFFICE, query: str = "") -> Any:
    return bench.client.get(f"{PREFIX}/cycles/{REAL}/contacts.{ending}{query}", headers=bench.headers(role))


def test_the_office_takes_the_contacts_away_and_that_is_in_the_audit_log(tmp_path: Path) -> None:
    """Both forms hold the same; nothing is a formula; the entry says how many lines, and names nobody."""
    services = InProcess(_called)
    bench = make_bench(tmp_path, services)
    table = _csv(_contacts(bench, "csv", query="?status=in_progress"))
    first = dict(zip(table[0], table[1], strict=True))
    assert (first["联系人 Contact"], first["联系电话 Telephone"]) == ("'=陈晨", "'+86 13800000000")
    assert first["状态 Status"] == "办理中"
    answer = _contacts(bench, "xlsx")
    rows = list(_xlsx(answer).active.iter_rows(values_only=True))
    assert rows[0] == tuple(table[0])
    assert "=陈晨" in rows[1]
    assert unquote(answer.headers["Content-Disposition"]).endswith(
        f"申报联系表（{any_rulebook().title.zh}）.xlsx"
    )
    audit = bench.store.tables.audit
    with bench.store.read() as work:
        query = select(audit).where(audit.c.action == "contacts:exported").order_by(audit.c.id)
        entries = list(work.session.execute(query))
    assert [entry.reason for entry in entries] == [
        '{"filter":{"status":"in_progress"},"form":"csv","rows":1}', '{"filter":{},"form":"xlsx","rows":1}'
    ]  # fmt: skip
    assert {entry.cycle_id for entry in entries} == {REAL}
    bench.store.close()


@pytest.mark.parametrize(
    "role", ["applicant", "discipline", "auditor", "reviewer", "finance", "recommending_body"]
)
def test_nobody_but_the_office_takes_them_away(bench: Bench, services: InProcess, role: str) -> None:
    """Personal data: refused before anybody is asked, at each download anew."""
    assert _contacts(bench, "csv", role).status_code == 403
    assert not [call for call in services.calls if call.operation == "intake.contacts"]
