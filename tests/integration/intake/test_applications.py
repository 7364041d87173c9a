"""Intake's handlers on both databases: drafts, submission, lateness, withdrawal, ownership, the cycle's state."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from typing import Any

import pytest

from services.intake import applications, cycles, lists, progress
from services.intake.stages import conductor
from services.intake.statuses import Status
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Transient
from shared.rulebooks import NotYetInForce
from tests.support.intake import listing
from tests.support.works import Desk

pytestmark = pytest.mark.integration

OPENS, CLOSES, AFTER = date(2025, 5, 12), date(2025, 6, 13), date(2025, 6, 16)
OFFICE, APPLICANT = "award_office", "applicant"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk("intake", database_url)
    yield made
    made.close()


def _open(desk: Desk, **changes: Any) -> str:
    data = {
        "rulebook": "changning-2023", "year": 2025, "opens_on": OPENS, "closes_on": CLOSES, "budget_fen": None,
        "rehearsal": True, **changes,
    }  # fmt: skip
    with desk.work(OFFICE, on=OPENS if data["rehearsal"] else None) as work:
        return str(cycles.open_cycle(work, data, rehearsals=True)["cycle_id"])


def _draft(desk: Desk, cycle_id: str, owner: str = "anna", **changes: Any) -> str:
    data = {
        "cycle_id": cycle_id, "name": "示例公司", "kind": "organization", "uscc": "91310105MAXY50013E",
        "category": None, "nominated_by": None, "id_number": None, "facts": {"region": "上海市长宁区"},
        "materials": ["proofs"], **changes,
    }  # fmt: skip
    with desk.work(APPLICANT, owner, on=OPENS) as work:
        return str(applications.create(work, data)["application_id"])


def _submit(desk: Desk, application_id: str, owner: str = "anna", on: date = OPENS) -> dict[str, Any]:
    with desk.work(APPLICANT, owner, on=on) as work:
        return applications.submit(work, {"application_id": application_id})


def _state(desk: Desk, cycle_id: str) -> str:
    with desk.work(OFFICE) as work:
        return str(cycles.state(work, cycle_id)["state"])


def test_submission_freezes_numbers_and_hands_on_the_dossier(desk: Desk) -> None:
    """Two in time get numbers 1 and 2 and a receipt; each dossier is published whole; every department is asked."""
    cycle = _open(desk)
    first, second = _draft(desk, cycle), _draft(desk, cycle, "ben")
    lines = [_submit(desk, first), _submit(desk, second, "ben", on=CLOSES)]
    assert [(line["sequence"], line["status"]) for line in lines] == [(1, "in_progress"), (2, "in_progress")]
    accepted = desk.told("application.accepted")
    assert [a["application_id"] for a in accepted] == [first, second]
    assert [a["dossier_digest"] for a in accepted] == [line["receipt"] for line in lines]
    departments = len(conductor_rulebook(desk, cycle).departments)
    assert len(desk.told("enquiry.raised")) == 2 * departments


def conductor_rulebook(desk: Desk, cycle_id: str) -> Any:
    with desk.work() as work:
        return conductor.cycle(work, cycle_id).rulebook


@pytest.mark.parametrize(("on", "status"), [(CLOSES, "in_progress"), (AFTER, "late")])
def test_the_last_day_counts_and_the_next_is_late(desk: Desk, on: date, status: str) -> None:
    """Article 20: in time. A late one is kept as late and published to nobody."""
    cycle = _open(desk)
    line = _submit(desk, _draft(desk, cycle), on=on)
    assert (line["status"], line["stopped_at"]) == (status, "submission")
    assert len(desk.told("application.accepted")) == (status == "in_progress")


def test_nothing_is_taken_before_the_cycle_opens(desk: Desk) -> None:
    """A submission before the first day is refused and leaves the draft as it was."""
    cycle = _open(desk, opens_on=date(2025, 5, 20))
    draft = _draft(desk, cycle)
    with pytest.raises(Conflict, match="20 May 2025"):
        _submit(desk, draft, on=date(2025, 5, 19))
    with desk.work(APPLICANT, "anna", on=OPENS) as work:
        assert applications.one(work, {"application_id": draft})["status"] == Status.DRAFT


def test_an_applicant_sees_and_touches_its_own_only(desk: Desk) -> None:
    """Another's application is not found, not forbidden, and not in the list."""
    cycle = _open(desk)
    hers, his = _draft(desk, cycle), _draft(desk, cycle, "ben")
    with desk.work(APPLICANT, "anna", on=OPENS) as work:
        listed = lists.listed(work, listing(cycle))["applications"]
    assert [line["application_id"] for line in listed] == [hers]
    for act in (applications.one, applications.submit, applications.withdraw):
        with pytest.raises(NotFound), desk.work(APPLICANT, "anna", on=OPENS) as work:
            act(work, {"application_id": his})
    with desk.work(OFFICE, on=OPENS) as work:
        assert len(lists.listed(work, listing(cycle))["applications"]) == 2


def test_a_submitted_application_is_not_submitted_again(desk: Desk) -> None:
    """The dossier is frozen: a second submission is a conflict."""
    cycle = _open(desk)
    draft = _draft(desk, cycle)
    _submit(desk, draft)
    with pytest.raises(Conflict):
        _submit(desk, draft)


def test_when_everyone_has_withdrawn_the_cycle_ends(desk: Desk) -> None:
    """Nobody left after the submission is closed: the cycle ends, it is not blocked."""
    cycle = _open(desk)
    draft = _draft(desk, cycle)
    _submit(desk, draft)
    with desk.work(OFFICE, on=AFTER) as work:
        conductor.close_stage(work, {"cycle_id": cycle, "stage": "submission"})
    assert _state(desk, cycle) == "running"
    with desk.work(APPLICANT, "anna", on=AFTER) as work:
        line = applications.withdraw(work, {"application_id": draft})
    assert (line["status"], line["stopped_at"]) == ("withdrawn", "submission")
    assert _state(desk, cycle) == "ended"
    assert [w["withdrawn_on"] for w in desk.told("application.withdrawn")] == [AFTER]


@pytest.mark.parametrize(("late", "status"), [(True, "late"), (False, "withdrawn")])
def test_who_is_not_accepted_is_told_once(desk: Desk, late: bool, status: str) -> None:
    """Late, or taken back as a draft: no stage hears of it, those who owe it something all the same do."""
    cycle = _open(desk)
    draft = _draft(desk, cycle)
    if late:
        _submit(desk, draft, on=AFTER)
    else:
        with desk.work(APPLICANT, "anna", on=OPENS) as work:
            applications.withdraw(work, {"application_id": draft})
    (told,) = desk.told("application.not_accepted")
    assert (told["application_id"], told["status"], told["uscc"]) == (draft, status, "91310105MAXY50013E")
    assert desk.told("application.accepted") == desk.told("application.withdrawn") == []


def test_a_cycle_is_blocked_by_the_first_of_its_steps_until_none_is(desk: Desk) -> None:
    """Whichever was heard of first; what was blocked and has begun blocks no more, and an older message changes nothing."""
    cycle = _open(desk)
    _submit(desk, _draft(desk, cycle))
    with desk.work(OFFICE, on=AFTER) as work:
        conductor.close_stage(work, {"cycle_id": cycle, "stage": "submission"})

    def blocked(stage: str) -> None:
        with desk.work() as work:
            progress.cycle_blocked(
                work, {"cycle_id": cycle, "stage": stage, "reason_zh": f"{stage}受阻", "reason_en": stage}
            )

    def begun(stage: str) -> None:
        told = {"cycle_id": cycle, "stage": stage, "begun_on": AFTER, "ends_on": None, "entrants": []}
        with desk.work() as work:
            progress.stage_begun(work, told)

    def now() -> tuple[str, str | None]:
        with desk.work(OFFICE) as work:
            found = cycles.state(work, cycle)
        return found["state"], (found["blocked"] or {}).get("reason_en")

    blocked("site_review")
    blocked("document_review")
    assert now() == ("blocked", "document_review")
    begun("document_review")
    assert now() == ("blocked", "site_review")
    begun("site_review")
    blocked("site_review")
    assert now() == ("running", None)


def test_applications_close_on_the_day_of_the_call(desk: Desk) -> None:
    """The office may get to it later, not earlier; what counts is the day that the call named."""
    cycle = _open(desk)
    _submit(desk, _draft(desk, cycle))
    with pytest.raises(Conflict), desk.work(OFFICE, on=CLOSES) as work:
        conductor.close_stage(work, {"cycle_id": cycle, "stage": "submission"})
    with desk.work(OFFICE, on=date(2025, 6, 20)) as work:
        conductor.close_stage(work, {"cycle_id": cycle, "stage": "submission"})
    assert [c["closed_on"] for c in desk.told("stage.closed")] == [CLOSES]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"materials": ["poem"]}, "materials.0"),
        ({"kind": "individual", "id_number": "110105194912310021"}, "id_number"),
    ],
)
def test_a_draft_with_a_wrong_field_is_refused_by_name(
    desk: Desk, changes: dict[str, Any], field: str
) -> None:
    """A material that the rulebook does not know, a wrong check character."""
    cycle = _open(desk)
    with pytest.raises(Invalid) as refused:
        _draft(desk, cycle, **changes)
    assert [error.field for error in refused.value.errors] == [field]


def test_an_identity_number_is_stored_encrypted(desk: Desk) -> None:
    """Neither the number nor anything that holds it is in the table."""
    cycle = _open(desk)
    _draft(desk, cycle, kind="individual", id_number="11010519491231002X")
    with desk.store.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM applications").one()
    assert "11010519491231002X" not in "".join(str(value) for value in row)


def test_a_real_cycle_keeps_to_the_time_in_force(desk: Desk) -> None:
    """A rehearsal may use a rulebook outside its time, a real cycle may not; nor does it take a rehearsal's date."""
    with pytest.raises(NotYetInForce):
        _open(desk, rehearsal=False, opens_on=date(2023, 1, 1), closes_on=date(2023, 2, 1))
    cycle = _open(desk, rehearsal=False)
    with pytest.raises(Forbidden), desk.work(OFFICE, on=OPENS) as work:
        conductor.cycle(work, cycle)


def test_a_revocation_waits_for_the_award(desk: Desk) -> None:
    """An event that overtook its cause is tried again, not lost; then the status moves once."""
    cycle = _open(desk)
    draft = _draft(desk, cycle)
    _submit(desk, draft)
    sanction = {"cycle_id": cycle, "application_id": draft, "revokes": True}
    with pytest.raises(Transient), desk.work() as work:
        progress.sanction_imposed(work, sanction)
    with desk.work() as work:
        assert progress.set_status(work, draft, Status.AWARDED, None)
        progress.sanction_imposed(work, sanction)
    with desk.work(OFFICE) as work:
        assert applications.one(work, {"application_id": draft})["status"] == "revoked"


def test_what_is_done_is_in_the_audit_log(desk: Desk) -> None:
    """Opening, drafting and submitting each leave an entry, and the log is intact."""
    cycle = _open(desk)
    _submit(desk, _draft(desk, cycle))
    assert desk.actions() == [
        "cycle:opened", "application:drafted", "application:submitted", "application:accepted",
    ]  # fmt: skip
    desk.store.sealer.seal_all()
    assert desk.store.verify(cycle).intact


def test_a_beginning_that_is_heard_during_the_closing_does_not_undo_it(desk: Desk) -> None:
    """They come by different queues, and the closing may be first: whoever is second sees what the first one wrote."""
    cycle = _open(desk)
    _submit(desk, _draft(desk, cycle))
    with desk.work(OFFICE, on=AFTER) as work:
        conductor.close_stage(work, {"cycle_id": cycle, "stage": "submission"})

    def begin() -> None:
        told = {
            "cycle_id": cycle,
            "stage": "qualification",
            "begun_on": AFTER,
            "ends_on": None,
            "entrants": [],
        }
        with desk.work() as work:
            progress.stage_begun(work, told)

    with ThreadPoolExecutor() as pool:
        with desk.work() as work:
            progress.stage_closed(
                work, {"cycle_id": cycle, "stage": "qualification", "closed_on": AFTER, "outcomes": []}
            )
            beginning = pool.submit(begin)
            # It may have read by now; what it writes must wait for this closing.
            wait([beginning], timeout=0.5)
        beginning.result()
    with desk.work(OFFICE) as work:
        assert progress._line(work, cycle, "qualification").state == "closed"


@pytest.mark.parametrize("begun_last", [True, False])
def test_an_extension_that_overtakes_the_beginning_is_not_undone(desk: Desk, begun_last: bool) -> None:
    """They come by different queues: the later of the two last days stands, whichever was heard of first."""
    cycle, stage = _open(desk), "notice:qualification"
    first, later = date(2025, 6, 23), date(2025, 6, 25)
    begun = {"cycle_id": cycle, "stage": stage, "begun_on": AFTER, "ends_on": first, "entrants": []}
    extended = {"cycle_id": cycle, "stage": stage, "ends_on": later}
    for heard_last in (not begun_last, begun_last):
        with desk.work() as work:
            if heard_last:
                progress.stage_begun(work, begun)
            else:
                progress.stage_extended(work, extended)
    with desk.work(OFFICE) as work:
        line = progress._line(work, cycle, stage)
    assert (line.state, line.ends_on) == ("begun", later)
