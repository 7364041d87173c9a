"""Enquiries on both databases: what a department says is kept once, silence as silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from services.intake import applications, cycles, enquiries
from shared.contracts import Context
from shared.problems import Conflict
from tests.support.departments import MemoryDepartments
from tests.support.works import Desk

pytestmark = pytest.mark.integration

OPENS, CLOSES = date(2025, 5, 12), date(2025, 6, 13)
CODE = "91310105MAXY50013E"
ACCIDENT = {"kind": "accident", "on": "2023-10-12", "severity": "一般", "liable": True}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk("intake", database_url)
    yield made
    made.close()


@pytest.fixture
def application(desk: Desk) -> str:
    """A submitted application; its departments are to be asked."""
    data = {
        "rulebook": "changning-2023", "year": 2025, "opens_on": OPENS, "closes_on": CLOSES, "budget_fen": None,
        "rehearsal": True,
    }  # fmt: skip
    with desk.work("award_office", on=OPENS) as work:
        cycle_id = cycles.open_cycle(work, data, rehearsals=True)["cycle_id"]
    with desk.work("applicant", "anna", on=OPENS) as work:
        draft = {
            "cycle_id": cycle_id, "name": "示例公司", "kind": "organization", "uscc": CODE, "category": None,
            "nominated_by": None, "id_number": None, "facts": {}, "materials": [],
        }  # fmt: skip
        made = str(applications.create(work, draft)["application_id"])
        applications.submit(work, {"application_id": made})
    return made


def _raised(desk: Desk, department: str, revision: int = 1) -> Any:
    (data,) = [
        e for e in desk.told("enquiry.raised") if (e["department"], e["revision"]) == (department, revision)
    ]
    return SimpleNamespace(
        data=data, context=Context(message_id=f"{department}{revision}", rehearsal_date=OPENS)
    )


def _ask(desk: Desk, port: MemoryDepartments, department: str, revision: int = 1) -> None:
    keep = enquiries.ask(desk.store, _raised(desk, department, revision), port)
    with desk.work(on=OPENS) as work:
        keep(work)


def test_an_answer_is_kept_and_told_once(desk: Desk, application: str) -> None:
    """The same delivery handled twice asks twice at most and tells once, with the records and their digest."""
    port = MemoryDepartments({CODE: {"safety": [ACCIDENT]}})
    event = _raised(desk, "safety")
    first, second = enquiries.ask(desk.store, event, port), enquiries.ask(desk.store, event, port)
    for keep in (first, second):
        with desk.work(on=OPENS) as work:
            keep(work)
    (told,) = desk.told("records.answered")
    assert (told["application_id"], told["answered"], told["revision"]) == (application, True, 1)
    assert [record["on"] for record in told["records"]] == [date(2023, 10, 12)]
    assert told["answer_digest"].startswith("sha256:")


def test_silence_is_told_as_silence_and_can_be_pressed(desk: Desk, application: str) -> None:
    """No records, not an empty list; pressed again it is a new revision, and only a silent one can be pressed."""
    port = MemoryDepartments({}, fail_first={"credit": 4})
    _ask(desk, port, "credit")
    (told,) = desk.told("records.answered")
    assert (told["answered"], told["records"]) == (False, None)
    press = {"application_id": application, "department": "credit"}
    with desk.work("award_office", on=OPENS) as work:
        assert enquiries.ask_again(work, press)["state"] == "pending"
    with pytest.raises(Conflict), desk.work("award_office", on=OPENS) as work:
        enquiries.ask_again(work, press)
    _ask(desk, port, "credit", revision=2)
    assert [(t["answered"], t["revision"]) for t in desk.told("records.answered")] == [(False, 1), (True, 2)]


def test_an_answer_to_an_older_question_is_not_kept(desk: Desk, application: str) -> None:
    """While a department was slow the office asked anew: only the answer to the new question counts."""
    silent = MemoryDepartments({}, silent=frozenset({"credit"}))
    late = enquiries.ask(desk.store, _raised(desk, "credit"), MemoryDepartments({}))
    _ask(desk, silent, "credit")
    with desk.work("award_office", on=OPENS) as work:
        enquiries.ask_again(work, {"application_id": application, "department": "credit"})
    with desk.work(on=OPENS) as work:
        late(work)
    assert [(t["answered"], t["revision"]) for t in desk.told("records.answered")] == [(False, 1)]
