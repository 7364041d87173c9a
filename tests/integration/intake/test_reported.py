"""Records that agencies report, on both databases: one reference is one record, and what it may concern is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.intake import applications, cycles, progress, reported
from services.intake.statuses import Status
from shared.contracts import Context, dump, load, operation
from shared.identifiers import new_id
from shared.problems import Conflict, Forbidden, Invalid
from tests.support.works import Desk

pytestmark = pytest.mark.integration

OFFICE, AGENCY = "award_office", "agency"
ONE, OTHER = "91310105MAXY50013E", "91310105MA1K300034"
RECORD = {
    "reference": "AJ-1", "uscc": ONE, "kind": "accident", "severity": "较大", "liable": True,
    "evidence": "(2025) 12",
}  # fmt: skip


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk("intake", database_url)
    yield made
    made.close()


def report(
    desk: Desk,
    actor: str = "safety-program",
    playing: date | None = None,
    happened: str = "2025-05-28",
    **changes: Any,
) -> dict[str, Any]:
    contract = operation("intake", "report_record")
    context = Context(
        message_id=new_id(), actor=actor, role=AGENCY, on_behalf_of="safety", rehearsal_date=playing
    )
    with desk.store.transaction() as tx, tx.savepoint():
        request = load(contract.request(), {**RECORD, "on": happened, **changes})
        return dump(contract.reply(), reported.report(tx.work(context), request))


def listed(desk: Desk, **data: Any) -> list[dict[str, Any]]:
    contract = operation("intake", "reported_records")
    with desk.work(OFFICE) as work:
        reply = dump(contract.reply(), reported.listed(work, load(contract.request(), data)))
    found: list[dict[str, Any]] = reply["records"]
    return found


def test_one_reference_is_one_record(desk: Desk) -> None:
    """The same said again has the same answer and is told once; another body is refused; another agency's is its own."""
    first = report(desk)
    assert report(desk) == first
    for changes in ({"severity": "一般"}, {"uscc": OTHER}, {"evidence": "x"}, {"liable": None}):
        with pytest.raises(Conflict) as refused:
            report(desk, **changes)
        assert refused.value.code == "reference_reused"
    other = report(desk, "environment-program")
    assert other["record_id"] != first["record_id"]
    told = desk.told("record.reported")
    assert [each["record_id"] for each in told] == [first["record_id"], other["record_id"]]
    assert (told[0]["department"], told[0]["digest"]) == ("safety", first["digest"])
    assert desk.actions() == ["record:reported"] * 2


def test_nothing_of_the_future_and_nothing_of_a_rehearsal(desk: Desk) -> None:
    with pytest.raises(Invalid):
        report(desk, happened="2999-01-01")
    with pytest.raises(Forbidden):
        report(desk, playing=date(2025, 6, 1))


def _application(desk: Desk, *, rehearsal: bool, uscc: str = ONE, status: Status | None) -> str:
    opens = date(2025, 5, 12)
    data = {
        "rulebook": "changning-2023", "year": 2025, "opens_on": opens, "closes_on": date(2025, 6, 13),
        "budget_fen": None, "rehearsal": rehearsal,
    }  # fmt: skip
    with desk.work(OFFICE, on=opens if rehearsal else None) as work:
        cycle = cycles.open_cycle(work, data, rehearsals=True)["cycle_id"]
    draft = {
        "cycle_id": cycle, "name": "示例公司", "kind": "organization", "uscc": uscc, "category": None,
        "nominated_by": None, "id_number": None, "facts": {}, "materials": [],
    }  # fmt: skip
    with desk.work("applicant", "anna", on=opens if rehearsal else None) as work:
        application = str(applications.create(work, draft)["application_id"])
    if status is not None:
        with desk.work() as work:
            assert progress.set_status(work, application, Status.IN_PROGRESS, None)
            if status is not Status.IN_PROGRESS:
                assert progress.set_status(work, application, status, None)
    return application


def test_the_office_sees_what_a_record_may_concern(desk: Desk) -> None:
    """Running applications and awards of that code in real cycles; no draft, nothing that ended, no rehearsal's."""
    running = _application(desk, rehearsal=False, status=Status.IN_PROGRESS)
    awarded = _application(desk, rehearsal=False, status=Status.AWARDED)
    _application(desk, rehearsal=False, status=None)
    _application(desk, rehearsal=False, status=Status.NOT_AWARDED)
    _application(desk, rehearsal=True, status=Status.IN_PROGRESS)
    _application(desk, rehearsal=False, uscc=OTHER, status=Status.IN_PROGRESS)
    report(desk)
    report(desk, reference="AJ-2", uscc=OTHER)
    (line,) = listed(desk, uscc=ONE)
    assert {c["application_id"]: c["status"] for c in line["concerns"]} == {
        running: "in_progress", awarded: "awarded",
    }  # fmt: skip
    assert line["record"] == {"kind": "accident", "on": "2025-05-28", "severity": "较大", "liable": True}
    assert (line["department"], line["reporter"]) == ("safety", "safety-program")
    assert [each["reference"] for each in listed(desk)] == ["AJ-2", "AJ-1"]
