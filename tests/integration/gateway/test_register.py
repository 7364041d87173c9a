"""The register of experts over HTTP: files of all pages, and an applicant's word only on its own application."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from services.gateway.routes import PREFIX
from shared.contracts import Context
from shared.contracts.operations.review import register_file
from shared.problems import NotFound
from tests.support.gateway import REHEARSAL, Bench, InProcess, answered, make_bench

PAGES = 3
CONTACT = {"phone": "021-5555", "email": None, "address": None}
SAID = {"marks": {"discipline": 5, "fairness": 5, "integrity": 5}}


def _line(number: int, *, contacts: bool) -> dict[str, Any]:
    return {
        "expert_id": f"E{number:03d}", "revision": 1, "state": "active", "state_reason": None, "name": "李示例",
        "title": None, "industry_expert": True, "may_lead": False, "expertise": ["卓越绩效", "精益"],
        "industries": [], "qualifications": [], "languages": ["zh"], "employments": [], "absences": None,
        "contact": CONTACT if contacts else None, "entered_on": "2025-03-03", "declared": "missing",
        "declared_until": None,
    }  # fmt: skip


def _services(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A register of three pages, and an applicant whose own application is `mine`."""
    reply = answered(service, method, data, context)
    if method == "experts":
        turn = 0 if data["after"] == "start" else int(data["after"].removeprefix("after:"))
        lines = [_line(2 * turn + n, contacts=data.get("contacts") == "yes") for n in range(2)]
        more = f"after:{turn + 1}" if turn + 1 < PAGES else None
        return reply | {"experts": lines, "next": more}
    if method == "application":
        if data["application_id"] != "mine":
            raise NotFound("没有这份申报", "no such application")
        return reply | {"application_id": "mine", "cycle_id": REHEARSAL}
    return reply


@pytest.fixture
def services() -> InProcess:
    return InProcess(_services)


@pytest.fixture
def bench(tmp_path: Path, services: InProcess) -> Iterator[Bench]:
    bench = make_bench(tmp_path, services)
    yield bench
    bench.store.close()


def _get(bench: Bench, ending: str, query: str = "", role: str = "award_office") -> Any:
    return bench.client.get(f"{PREFIX}/experts.{ending}{query}", headers=bench.headers(role))


def test_both_files_hold_every_expert_of_every_page(bench: Bench) -> None:
    """The columns are those that are read again; contacts are there only where asked for."""
    answer = _get(bench, "csv")
    assert answer.status_code == 200
    table = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
    assert table[0] == [column.heading for column in register_file.columns(contacts=False)]
    assert [row[0] for row in table[1:]] == [f"E{n:03d}" for n in range(2 * PAGES)]
    assert "021-5555" not in answer.get_data(as_text=True)
    book = openpyxl.load_workbook(io.BytesIO(_get(bench, "xlsx", "?contacts=yes").get_data()))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0] == tuple(column.heading for column in register_file.columns(contacts=True))
    assert {row[11] for row in rows[1:]} == {"021-5555"}


def test_a_file_leaves_an_entry_in_the_audit_log(bench: Bench) -> None:
    """Who took how much under which filter, contacts included."""
    _get(bench, "csv", "?contacts=yes&language=zh")
    audit = bench.store.tables.audit
    with bench.store.read() as work:
        (entry,) = work.session.execute(select(audit).where(audit.c.action == "experts:exported")).all()
    told = json.loads(entry.reason)
    assert told["rows"] == 2 * PAGES
    assert (told["filter"]["contacts"], told["filter"]["language"]) == ("yes", "zh")
    assert entry.subject == "experts"


@pytest.mark.parametrize("role", ["applicant", "reviewer", "auditor", "recommending_body", "finance"])
def test_no_file_for_anybody_but_the_office_and_discipline(
    bench: Bench, services: InProcess, role: str
) -> None:
    """And no question to the service either."""
    assert _get(bench, "csv", role=role).status_code == 403
    assert not [call for call in services.calls if call.operation == "review.experts"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?industry_expert=true", "industry_expert"),
        ("?contacts=no", "contacts"),
        ("?sort=name", "sort"),
        ("?uscc=1", "uscc"),
    ],
)
def test_a_wrong_parameter_is_named(bench: Bench, query: str, field: str) -> None:
    """None is left out unseen."""
    answer = _get(bench, "csv", query)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def _rate(bench: Bench, application: str, cycle: str = REHEARSAL) -> Any:
    return bench.client.post(
        f"{PREFIX}/cycles/{cycle}/stages/site_review/conduct/reviewers",
        json={"application_id": application, **SAID},
        headers=bench.headers("applicant"),
    )


def test_an_applicant_speaks_of_its_own_application_only(bench: Bench, services: InProcess) -> None:
    """Another's, and its own under another cycle's name, do not exist; review is not even asked."""
    assert _rate(bench, "theirs").status_code == 404
    assert _rate(bench, "mine", "another-rehearsal").status_code == 404
    assert not [call for call in services.calls if call.operation == "review.rate_reviewers"]
    assert _rate(bench, "mine").status_code == 201
    (call,) = [call for call in services.calls if call.operation == "review.rate_reviewers"]
    assert call.data["application_id"] == "mine"
