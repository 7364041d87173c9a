"""Approved costs, what is owed back, and how money was used, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta
from typing import Any

import pytest

from services.incentives import clawbacks, costs, ledger, receivables, use_reports
from services.incentives.payments import lines
from services.incentives.payments.port import Answer
from services.incentives.receivables import Terms
from shared.contracts import load
from shared.contracts.events import SanctionImposed
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.rulebooks import library
from shared.store import Work
from tests.support.bank import ledger as books
from tests.support.rooms import CYCLE
from tests.support.treasury import GOLD_FEN, Treasury

pytestmark = pytest.mark.integration

HANGZHOU = library().get("hangzhou-2025")
DAYS = 365


def _paid(treasury: Treasury, name: str = "a1") -> None:
    treasury.winners(1)
    treasury.approved()
    treasury.send_all()
    assert treasury.states()[name] == "confirmed"


# --- what is owed back --------------------------------------------------------------------------------------------


def _owed(treasury: Treasury, role: str = "finance", actor: str = "fang") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = treasury.call(
        "receivables", receivables.listed, {"cycle_id": CYCLE}, role, actor
    )["receivables"]
    return found


def _receipt(treasury: Treasury, fen: int, reference: str = "R-1") -> None:
    data = {
        "application_id": "a1", "amount_fen": fen, "received_on": str(treasury.clock.today()), "reference": reference,
        "papers": [],
    }  # fmt: skip
    treasury.call("record_receipt", receivables.record_receipt, data)


def test_what_was_paid_is_owed_and_comes_back(treasury: Treasury) -> None:
    """Due after thirty days; partly, then settled; the clawback's own list shows the same amount."""
    _paid(treasury)
    treasury.revoke("a1")
    (row,) = _owed(treasury)
    assert (row["amount_fen"], row["state"], row["due_on"]) == (GOLD_FEN, "open", "2025-10-01")
    _receipt(treasury, 1)
    with pytest.raises(Invalid):
        _receipt(treasury, GOLD_FEN, "R-2")
    with pytest.raises(Invalid):
        _receipt(treasury, 1)  # the same reference
    assert _owed(treasury)[0]["state"] == "partly"
    _receipt(treasury, GOLD_FEN - 1, "R-2")
    assert _owed(treasury)[0]["state"] == "settled"
    with pytest.raises(Conflict):
        _receipt(treasury, 1, "R-3")


def test_what_was_not_paid_is_not_owed(treasury: Treasury) -> None:
    """A clawback of nothing is on record, and nobody owes anything."""
    treasury.winners(1)
    treasury.revoke("a1")
    assert _owed(treasury) == []
    with treasury.desk.store.read() as work:
        (told,) = ledger.listed(work, treasury.conductor, {"cycle_id": CYCLE})["clawbacks"]
    assert told["amount_fen"] == 0


def test_a_payment_that_turns_out_made_after_the_revocation_is_owed(treasury: Treasury) -> None:
    """Sent before, confirmed after: the receivable is there as soon as that is known."""
    treasury.winners(1)
    treasury.approved()
    treasury.bank.before = "cut"
    treasury.send_all()
    treasury.revoke("a1")
    assert _owed(treasury) == []
    treasury.bank.before = ""
    treasury.send_all()
    (row,) = _owed(treasury)
    assert (row["amount_fen"], row["state"]) == (GOLD_FEN, "open")


@pytest.mark.parametrize("first", ["answer", "revocation"])
def test_an_answer_and_a_revocation_at_once_leave_it_owed(treasury: Treasury, first: str) -> None:
    """Whichever comes second waits for the first one, so that neither overlooks the other."""
    treasury.winners(2)
    treasury.approved("a1")
    treasury.bank.before = "cut"
    treasury.send_all()
    treasury.revoke("a2")  # so that the stage is on record before two write at once
    (row,) = treasury.rows()

    def answered(work: Work) -> None:
        lines.settle(work, row, Answer(row.id, "confirmed", "B-1", treasury.clock.today()))

    def revoked(work: Work) -> None:
        sanction = {
            "cycle_id": CYCLE, "application_id": "a1", "event": "fraud", "on": str(treasury.clock.today()), "rule": "34",
            "orders": [], "revokes": True, "claws_back": True, "banned_until": None,
        }  # fmt: skip
        clawbacks.sanction_imposed(work, treasury.conductor, load(SanctionImposed(), sanction))

    one, other = (answered, revoked) if first == "answer" else (revoked, answered)

    def afterwards() -> None:
        with treasury.desk.work() as work:
            other(work)

    with ThreadPoolExecutor(1) as pool:
        with treasury.desk.work() as work:
            one(work)
            waiting = pool.submit(afterwards)
            wait([waiting], timeout=1)  # as far as it comes meanwhile
        waiting.result(timeout=60)
    (owed,) = _owed(treasury)
    assert (owed["application_id"], owed["amount_fen"]) == ("a1", GOLD_FEN)


def test_instalments_are_approved_by_another_and_reminded_of(treasury: Treasury) -> None:
    """Each part has its day; a reminder tells what is late, and a day is reminded of once."""
    _paid(treasury)
    treasury.revoke("a1")
    parts = [
        {"due_on": "2025-10-01", "amount_fen": GOLD_FEN // 2}, {"due_on": "2025-11-01", "amount_fen": GOLD_FEN // 2},
    ]  # fmt: skip
    data = {"application_id": "a1", "instalments": parts, "papers": [], "reason": "困难"}
    with pytest.raises(Invalid):
        short = {**data, "instalments": parts[:1]}
        treasury.call("propose_instalments", receivables.propose_instalments, short)
    proposed = treasury.call("propose_instalments", receivables.propose_instalments, data)
    told = {**proposed, "accept": True, "reason": "同意"}
    with pytest.raises(Forbidden):
        treasury.call("decide_instalments", receivables.decide_instalments, told)
    treasury.call("decide_instalments", receivables.decide_instalments, told, "award_office", "anna")
    for _ in range(40):
        treasury.clock.move(days=1)
        for _ in range(2):
            with treasury.desk.work() as work:
                receivables.remind(work, Terms(30, (1, 8)))
    (row,) = _owed(treasury)
    assert [each["reminded_on"] for each in row["reminders"]] == ["2025-10-02", "2025-10-09"]
    assert {each["owed_fen"] for each in row["reminders"]} == {GOLD_FEN // 2}
    reminded = treasury.desk.told("payback.reminded")
    assert [(each["application_id"], each["due_on"]) for each in reminded] == [("a1", date(2025, 10, 1))] * 2
    assert (row["overdue_fen"], row["next_due_on"]) == (GOLD_FEN // 2, "2025-10-01")


def _remind_daily(treasury: Treasury, days: int) -> list[str]:
    for _ in range(days):
        treasury.clock.move(days=1)
        with treasury.desk.work() as work:
            receivables.remind(work, Terms(30, (1, 8)))
    return [each["reminded_on"] for each in _owed(treasury)[0]["reminders"]]


def test_the_second_instalment_is_reminded_of_after_the_first_came_in(treasury: Treasury) -> None:
    """All reminders of the first had been sent before it came; the next part has reminders of its own."""
    _paid(treasury)
    treasury.revoke("a1")
    _receipt(treasury, 1, "R-0")
    rest = GOLD_FEN - 1
    parts = [
        {"due_on": "2025-09-20", "amount_fen": 1_000},
        {"due_on": "2025-11-01", "amount_fen": rest - 1_000},
    ]
    data = {"application_id": "a1", "instalments": parts, "papers": [], "reason": "困难"}
    proposed = treasury.call("propose_instalments", receivables.propose_instalments, data)
    told = {**proposed, "accept": True, "reason": "同意"}
    treasury.call("decide_instalments", receivables.decide_instalments, told, "award_office", "anna")
    # What came in before the plan is no part of a later day than those agreed.
    assert [each["due_on"] for each in _owed(treasury)[0]["instalments"]] == [
        "2025-09-01",
        "2025-09-20",
        "2025-11-01",
    ]
    assert _remind_daily(treasury, 40) == ["2025-09-21", "2025-09-28"]
    _receipt(treasury, 1_000)
    assert _remind_daily(treasury, 40) == ["2025-09-21", "2025-09-28", "2025-11-02", "2025-11-09"]
    _receipt(treasury, rest - 1_000, "R-2")
    assert len(_remind_daily(treasury, 40)) == 4


def test_two_people_write_off_what_will_not_come(treasury: Treasury) -> None:
    """With papers and a reason; what came in meanwhile makes it another question."""
    _paid(treasury)
    treasury.revoke("a1")
    data = {"application_id": "a1", "papers": ["p1"], "reason": "企业已注销"}
    proposed = treasury.call("propose_write_off", receivables.propose_write_off, data)
    _receipt(treasury, 1)
    told = {**proposed, "accept": True, "reason": "同意"}
    with pytest.raises(Conflict):
        treasury.call("decide_write_off", receivables.decide_write_off, told, "finance", "gao")
    refused = {**told, "accept": False}
    treasury.call("decide_write_off", receivables.decide_write_off, refused, "finance", "gao")
    proposed = treasury.call("propose_write_off", receivables.propose_write_off, data)
    told = {**proposed, "accept": True, "reason": "同意"}
    with pytest.raises(Forbidden):
        treasury.call("decide_write_off", receivables.decide_write_off, told)
    treasury.call("decide_write_off", receivables.decide_write_off, told, "award_office", "anna")
    assert _owed(treasury)[0]["state"] == "written_off"
    shown = _owed(treasury)[0]["proposals"][-1]
    assert (shown["kind"], shown["amount_fen"], shown["state"]) == ("write_off", GOLD_FEN - 1, "accepted")
    assert _owed(treasury, "applicant", "lead-a1")[0]["proposals"] == []
    assert _owed(treasury, "applicant", "stranger") == []


def test_a_rehearsals_clawback_is_its_grant_as_ever(database_url: str) -> None:
    """Nothing is paid there; the file's totals go by the grants."""
    made = Treasury(database_url, rehearsal=True)
    made.winners(1, ready=False)
    made.revoke("a1")
    with made.desk.store.read() as work:
        (told,) = ledger.listed(work, made.conductor, {"cycle_id": CYCLE})["clawbacks"]
    assert told["amount_fen"] == GOLD_FEN
    assert clawbacks is not None
    made.desk.close()


# --- how it was used ----------------------------------------------------------------------------------------------


def _used(
    treasury: Treasury, fen: int, period: int = 1, *, actor: str = "lead-a1", purpose: str = "improvement"
) -> str:
    data = {
        "application_id": "a1", "grant_for": "award", "period": period, "papers": ["p1"],
        "items": [{"purpose": purpose, "amount_fen": fen, "note": "设备"}],
    }  # fmt: skip
    return str(treasury.call("report_use", use_reports.report, data, "applicant", actor, DAYS)["report_id"])


def _uses(treasury: Treasury, role: str = "finance", actor: str = "fang") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = treasury.call(
        "use_reports", use_reports.listed, {"cycle_id": CYCLE}, role, actor, DAYS
    )["grants"]
    return found


def test_use_is_reported_until_all_of_it_is_told(treasury: Treasury) -> None:
    """A year after the payment the first report is overdue; returned ones are made anew; more than was paid is refused."""
    treasury.winners(1)
    with pytest.raises(Conflict):
        _used(treasury, 1)
    treasury.approved()
    treasury.send_all()
    paid_on = date.fromisoformat(_uses(treasury)[0]["paid_on"])
    treasury.clock.move(days=(paid_on - treasury.clock.today()).days + DAYS + 1)
    assert _uses(treasury)[0]["overdue"] == [{"period": 1, "due_on": str(paid_on + timedelta(days=DAYS))}]
    with pytest.raises(NotFound):
        _used(treasury, 1, actor="somebody")
    with pytest.raises(Invalid):
        _used(treasury, GOLD_FEN + 1)
    with pytest.raises(Invalid, match="spreading"):
        _used(treasury, 1, purpose="holidays")
    first = _used(treasury, 1)
    with pytest.raises(Conflict):
        _used(treasury, 1)
    back = {"report_id": first, "accept": False, "reason": "缺少发票"}
    treasury.call("decide_use", use_reports.decide, back)
    with pytest.raises(Conflict):
        treasury.call("decide_use", use_reports.decide, back)
    again = _used(treasury, GOLD_FEN)
    treasury.call("decide_use", use_reports.decide, {"report_id": again, "accept": True, "reason": "相符"})
    (told,) = _uses(treasury)
    assert (told["told_fen"], told["overdue"], [each["version"] for each in told["reports"]]) == (
        GOLD_FEN,
        [],
        [1, 2],
    )
    assert _uses(treasury, "applicant", "stranger") == []
    assert len(_uses(treasury, "applicant", "lead-a1")) == 1


# --- approved costs -----------------------------------------------------------------------------------------------


@pytest.fixture
def capped(database_url: str) -> Iterator[Treasury]:
    """A rulebook whose grant is the smaller of its cap and an approved cost; once, ever."""
    made = Treasury(database_url, rulebook=HANGZHOU)
    with made.desk.work() as work:
        made.conductor.application_accepted(
            work,
            made.accepted("h1", 1, facts={"project_cost_yuan": 900_000}, applicant_key="organization:h1"),
        )
    for stage in HANGZHOU.stages:
        carried = {"h1": {"level": "质量奖", "track": "组织"}} if stage.owner == "committee" else None
        if stage.owner != "incentives":
            made.hand_over(stage.key, date(2025, 7, 4), ["h1"], carried)
    yield made
    made.desk.close()


def _grant(treasury: Treasury) -> dict[str, Any]:
    with treasury.desk.store.read() as work:
        (found,) = ledger.listed(work, treasury.conductor, {"cycle_id": CYCLE})["grants"]
    return dict(found)


def _cost(treasury: Treasury, claimed: int, approved: int) -> dict[str, Any]:
    data = {
        "application_id": "h1", "papers": ["p1"], "reason": "按发票",
        "items": [{"name": "咨询", "claimed_fen": claimed, "approved_fen": approved}],
    }  # fmt: skip
    return treasury.call("prepare_cost", costs.prepare, data, "award_office", "anna")


def test_a_cost_is_approved_by_another_and_the_grant_is_computed_anew(capped: Treasury) -> None:
    """What the applicant states approves nothing; the history stays; the cap holds."""
    assert _grant(capped)["amount_fen"] == 0
    with pytest.raises(Invalid):
        _cost(capped, 1, 2)
    proposed = _cost(capped, 90_000_000, 45_000_000)
    told = {**proposed, "accept": True, "reason": "属实"}
    with pytest.raises(Forbidden):
        capped.call("decide_cost", costs.decide, told, "award_office", "anna")
    capped.call("decide_cost", costs.decide, told)
    grant = _grant(capped)
    assert grant["amount_fen"] == 45_000_000
    assert [line["amount_fen"] for line in grant["lines"]] == [60_000_000, 45_000_000, 45_000_000]
    capped.call(
        "decide_cost",
        costs.decide,
        {**_cost(capped, 90_000_000, 70_000_000), "accept": True, "reason": "补充"},
    )
    assert _grant(capped)["amount_fen"] == 60_000_000
    listed = capped.call("costs", costs.listed, {"cycle_id": CYCLE})["costs"]
    assert [(each["approved_fen"], each["state"]) for each in listed] == [
        (45_000_000, "accepted"),
        (70_000_000, "accepted"),
    ]


def test_a_cost_does_not_change_what_is_being_paid(capped: Treasury) -> None:
    """Once a batch has it, the amount stands; a grant that hangs on no cost takes none."""
    capped.call("decide_cost", costs.decide, {**_cost(capped, 1_000, 1_000), "accept": True, "reason": "r"})
    capped.confirm("h1")
    data = {
        "application_id": "h1",
        "account_name": "示例",
        "bank": "示例银行",
        "account_number": "0000111122223333",
    }
    from services.incentives import payees

    entered = capped.call("enter_payee", payees.enter, data, "award_office", "anna")
    capped.call("check_payee", payees.check, {"payee_id": entered["payee_id"], "accept": True, "reason": "r"})
    capped.assemble()
    with pytest.raises(Conflict):
        capped.call(
            "decide_cost", costs.decide, {**_cost(capped, 2_000, 2_000), "accept": True, "reason": "r"}
        )


def test_a_grant_made_once_stays_made_after_its_award_is_revoked(capped: Treasury) -> None:
    """Once, ever: what was given and taken back was given. A grant of nothing was not."""
    with capped.desk.work() as work:
        other = capped.accepted("h2", 2, applicant_key="organization:h1")
        capped.conductor.application_accepted(work, other)
    capped.bank.ledger.faults = books().faults
    capped.call("decide_cost", costs.decide, {**_cost(capped, 1_000, 1_000), "accept": True, "reason": "r"})
    capped.revoke("h1")
    from services.incentives.applicants import Applicant

    with capped.desk.store.read() as work:
        cycle = capped.conductor.cycle(work, CYCLE)
        before = ledger.paid_before(work, cycle, Applicant("h2", "organization:h1", ""), "award")
    assert [each.amount_fen for each in before] == [1_000]
