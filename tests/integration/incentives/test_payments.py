"""Batches and payments on both databases: who may pay whom, what leaves, what comes back, what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from services.incentives import alerts, budgets, models, money, payees
from services.incentives.payments import batches, fitness, lines, reconciling
from services.incentives.payments.port import Answer
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.procedure.alerts import Alert
from shared.store.migrate import schema_differences
from tests.support.bank import ByFile, ledger
from tests.support.rooms import CYCLE
from tests.support.treasury import BY_FILE, GOLD_FEN, NUMBER, Treasury, everything_kept

pytestmark = pytest.mark.integration


def test_the_migrated_schema_is_the_models(treasury: Treasury, database_url: str) -> None:
    """Nothing was forgotten in the migration."""
    assert schema_differences("incentives", database_url) == []


def test_a_batch_goes_from_two_people_to_the_bank_and_back(treasury: Treasury) -> None:
    """Assembled, approved by somebody else, sent, confirmed with the bank's reference and day."""
    treasury.winners(3)
    batch = treasury.approved()
    assert batch["total_fen"] == 3 * GOLD_FEN
    assert [told["line_id"] for told in treasury.desk.told("payment.ordered")] == [
        line["line_id"] for line in batch["lines"]
    ]
    treasury.send_all()
    assert set(treasury.states().values()) == {"confirmed"}
    assert treasury.bank.ledger.bookings == {line["line_id"]: 1 for line in batch["lines"]}
    told = treasury.call("batch", batches.one, {"batch_id": batch["batch_id"]})
    assert told["paid_fen"] == 3 * GOLD_FEN
    assert all(line["bank_reference"] and line["settled_on"] for line in told["lines"])


def test_whoever_made_a_batch_does_not_approve_it(treasury: Treasury) -> None:
    """Maker and checker are two people; the database would refuse it, too."""
    treasury.winners(1)
    batch = treasury.assemble()["batch"]
    with pytest.raises(Forbidden):
        treasury.decide(batch["batch_id"], actor="fang")
    with pytest.raises(IntegrityError), treasury.desk.work() as work:
        work.session.execute(models.batches.update().values(decided_by="fang", state="approved"))
    assert treasury.desk.told("payment.ordered") == []


def test_finance_hears_of_a_batch_that_waits_and_its_maker_what_became_of_it(treasury: Treasury) -> None:
    """Whoever made it is not told that it waits; one who gives up a batch of its own is told nothing."""
    one, two, three = treasury.winners(3)
    first = treasury.assemble(one)["batch"]["batch_id"]
    treasury.decide(first)
    second = treasury.assemble(two)["batch"]["batch_id"]
    treasury.decide(second, accept=False)
    third = treasury.assemble(three)["batch"]["batch_id"]
    treasury.decide(third, accept=False, actor="fang")
    told = [(each["kind"], each["people"], each["left_out"]) for each in treasury.desk.told("task.waiting")]
    waits = ("batch_waiting", [], ["fang"])
    assert told == [waits, ("batch_approved", ["fang"], []), waits, ("batch_returned", ["fang"], []), waits]


def test_what_cannot_be_paid_is_left_out_and_says_why(treasury: Treasury) -> None:
    """Not confirmed, banned, revoked, without a checked account: each with its reason; the others are paid."""
    names = treasury.winners(5, ready=False)
    for name in names[1:]:
        treasury.confirm(name)
    for name in names[:4]:
        treasury.account(name)
    treasury.account(names[4], check=False)
    treasury.ban(names[1], date(2026, 1, 1))
    treasury.revoke(names[2])
    reply = treasury.assemble()
    assert [line["application_id"] for line in reply["batch"]["lines"]] == [names[3]]
    codes = {each["application_id"]: each["code"] for each in reply["skipped"]}
    assert codes == {names[0]: "unconfirmed", names[1]: "banned", names[2]: "revoked", names[4]: "no_payee"}


def test_a_grant_is_in_one_batch_at_a_time(treasury: Treasury) -> None:
    """Under way, or paid: never again. The database itself refuses a second live line."""
    treasury.winners(1)
    batch = treasury.assemble()["batch"]
    again = treasury.assemble()
    assert again["batch"] is None
    assert [each["code"] for each in again["skipped"]] == ["under_way"]
    treasury.decide(batch["batch_id"])
    treasury.send_all()
    assert [each["code"] for each in treasury.assemble()["skipped"]] == ["paid"]
    row = treasury.rows()[0]._asdict()
    with pytest.raises(IntegrityError), treasury.desk.work() as work:
        work.session.execute(
            models.lines.insert().values(**{**row, "id": "x", "attempt": 2, "state": "intent"})
        )


def test_a_batch_that_is_given_up_frees_its_grants(treasury: Treasury) -> None:
    """Its lines are stopped; the next batch takes them, as another attempt."""
    treasury.winners(1)
    treasury.decide(treasury.assemble()["batch"]["batch_id"], accept=False, actor="fang")
    assert treasury.states() == {"a1": "stopped"}
    (line,) = treasury.assemble()["batch"]["lines"]
    assert (line["attempt"], line["replaces"]) == (2, None)


@pytest.mark.parametrize("fall", ["ban", "revoke", "records", "account"])
@pytest.mark.parametrize("when", ["before_approval", "before_sending"])
def test_a_winner_who_falls_out_is_stopped_before_anything_leaves(
    treasury: Treasury, fall: str, when: str
) -> None:
    """Looked at once more at the approval, and once more at the moment of payment."""
    name = treasury.winners(1, ready=False)[0]
    treasury.confirm(name, valid_until=date(2025, 9, 3))
    treasury.account(name)
    batch = treasury.assemble()["batch"]
    if when == "before_sending":
        treasury.decide(batch["batch_id"])
    if fall == "ban":
        treasury.ban(name, date(2025, 9, 1))
    elif fall == "revoke":
        treasury.revoke(name)
    elif fall == "records":
        treasury.clock.move(days=3)
    else:
        treasury.account(name, "6222000099998888")
    if when == "before_approval":
        treasury.decide(batch["batch_id"])
    treasury.send_all()
    (row,) = treasury.rows()
    assert row.state == "stopped"
    assert row.reason_zh
    assert treasury.bank.ledger.received == 0


def test_a_ban_that_is_over_stops_nothing(treasury: Treasury) -> None:
    """Its last day was yesterday."""
    treasury.winners(1)
    treasury.ban("a1", date(2025, 8, 31))
    treasury.approved()
    treasury.send_all()
    assert treasury.states() == {"a1": "confirmed"}


def test_what_the_bank_does_not_pay_is_tried_anew_by_a_new_line(treasury: Treasury) -> None:
    """A failed line stays; the next one names it, and has a key of its own."""
    treasury.bank.ledger.faults = ledger(fail=1).faults
    treasury.winners(1)
    treasury.approved()
    treasury.send_all()
    (first,) = treasury.rows()
    assert (first.state, first.reason_en) == ("failed", "not paid by the bank: account is closed")
    treasury.bank.ledger.faults = ledger().faults
    (line,) = treasury.approved()["lines"]
    assert (line["attempt"], line["replaces"]) == (2, first.id)
    treasury.send_all()
    assert treasury.states() == {"a1": "confirmed"}
    assert treasury.bank.ledger.bookings == {line["line_id"]: 1}


def test_an_answer_that_was_lost_is_asked_for_and_never_sent_again(treasury: Treasury) -> None:
    """The bank had it: asked by key, it says so."""
    treasury.winners(1)
    treasury.approved()
    treasury.bank.before = "cut"
    treasury.send_all()
    assert treasury.states() == {"a1": "sent"}
    treasury.bank.before = ""
    treasury.send_all()
    assert treasury.states() == {"a1": "confirmed"}
    assert (treasury.bank.ledger.received, treasury.rows()[0].tries) == (1, 1)


def test_an_order_that_was_lost_is_sent_again_under_its_key_and_not_too_early(treasury: Treasury) -> None:
    """“Not known” is believed once everything under way has had time to arrive."""
    treasury.winners(1)
    treasury.approved()
    treasury.bank.before = "lost"
    treasury.send_all()
    treasury.bank.before = ""
    treasury.send_all()
    assert (treasury.states(), treasury.bank.ledger.received) == ({"a1": "sent"}, 0)
    treasury.clock.move(seconds=61)
    treasury.send_all()
    assert treasury.states() == {"a1": "confirmed"}
    assert list(treasury.bank.ledger.bookings.values()) == [1]


@pytest.mark.parametrize("fall", ["ban", "revoke", "account"])
def test_whoever_falls_out_meanwhile_is_not_sent_a_second_time(treasury: Treasury, fall: str) -> None:
    """The order was lost; before it goes out again its winner is looked at as before the first time."""
    treasury.winners(1)
    treasury.approved()
    treasury.bank.before = "lost"
    treasury.send_all()
    treasury.bank.before = ""
    if fall == "ban":
        treasury.ban("a1", date(2025, 9, 1))
    elif fall == "revoke":
        treasury.revoke("a1")
    else:
        treasury.account("a1", "6222000099998888")
    treasury.clock.move(seconds=61)
    treasury.send_all()
    (row,) = treasury.rows()
    assert (row.state, treasury.bank.ledger.received, row.tries) == ("unknown", 0, 1)
    assert "未再发送" in row.reason_zh


def test_a_bank_that_forgets_what_it_took_leaves_it_to_people(treasury: Treasury) -> None:
    """It said that it has the order, and then that it never saw it: money may have moved."""
    treasury.bank.ledger.faults = ledger(lose_order=1).faults
    treasury.winners(1)
    treasury.approved()
    treasury.send_all()
    treasury.clock.move(seconds=61)
    treasury.send_all()
    assert treasury.states() == {"a1": "unknown"}
    assert treasury.bank.ledger.received == 1


def test_a_bank_that_stays_silent_leaves_the_line_unknown(treasury: Treasury) -> None:
    """Asked again and again; after a day it is in the hands of people, and no program settles it."""
    treasury.winners(1)
    treasury.approved()
    treasury.bank.ledger.faults = ledger(down=True).faults
    for _ in range(3):
        treasury.send_all()
        treasury.clock.move(seconds=61)
        treasury.chase()
    assert treasury.states() == {"a1": "sent"}
    assert len(treasury.desk.told("payment.ordered")) == 4
    treasury.clock.move(hours=24)
    treasury.chase()
    assert treasury.states() == {"a1": "unknown"}
    treasury.bank.ledger.faults = ledger().faults
    treasury.send(treasury.rows()[0].id)
    assert treasury.states() == {"a1": "unknown"}
    assert [each["code"] for each in treasury.assemble()["skipped"]] == ["under_way"]


@pytest.mark.parametrize("outcome", ["confirmed", "failed"])
def test_an_unknown_line_is_settled_by_two_people_with_proof(treasury: Treasury, outcome: str) -> None:
    """One proposes with papers, another decides; one person alone cannot, nor can anybody of a line that is known."""
    treasury.winners(1)
    treasury.approved()
    treasury.bank.ledger.faults = ledger(down=True).faults
    (row,) = treasury.rows()
    with pytest.raises(Conflict):
        treasury.find_out(row.id, outcome)
    treasury.send_all()
    treasury.clock.move(hours=25)
    treasury.chase()
    with pytest.raises(Forbidden):
        treasury.find_out(row.id, outcome, decider="fang")
    (waiting,) = treasury.call("unknown_payments", reconciling.listed, {"cycle_id": CYCLE})["proposals"]
    with pytest.raises(Conflict):  # one waits already
        treasury.find_out(row.id, outcome)
    told = {"proposal_id": waiting["proposal_id"], "accept": True, "reason": "属实"}
    treasury.call("decide_outcome", reconciling.decide, told, "finance", "gao")
    assert treasury.states() == {"a1": outcome}
    with pytest.raises(Conflict):
        treasury.call("decide_outcome", reconciling.decide, told, "finance", "gao")
    assert treasury.call("unknown_payments", reconciling.listed, {"cycle_id": CYCLE})["lines"] == []


def test_without_papers_nothing_is_found_out(treasury: Treasury) -> None:
    """Proof is what makes it more than a word."""
    treasury.winners(1)
    treasury.approved()
    treasury.bank.ledger.faults = ledger(down=True).faults
    treasury.send_all()
    treasury.clock.move(hours=25)
    treasury.chase()
    data = {"line_id": treasury.rows()[0].id, "outcome": "failed", "papers": [], "reason": "r"}
    with pytest.raises(Invalid, match="papers"):
        treasury.call("propose_outcome", reconciling.propose, data)


@pytest.mark.parametrize("said", ["not_known", "pending"])
def test_what_settles_nothing_fails_no_line(treasury: Treasury, said: str) -> None:
    """A failed line may be paid anew, so that only what was not paid may become one."""
    treasury.winners(1)
    treasury.approved()
    treasury.bank.before = "cut"
    treasury.send_all()
    (row,) = treasury.rows()
    with pytest.raises(ValueError, match="settles"), treasury.desk.work() as work:
        lines.settle(work, row, Answer(row.id, said))
    assert treasury.states() == {"a1": "sent"}


def test_one_line_is_looked_at_without_reading_the_whole_cycle(treasury: Treasury) -> None:
    """What stands against one winner is read of that one alone, however many there are."""
    treasury.winners(3)
    statements: list[tuple[str, Any]] = []
    engine = treasury.desk.store.engine
    with treasury.desk.store.read() as work:
        cycle = treasury.conductor.cycle(work, CYCLE)
        grant = work.session.execute(
            select(models.grants).where(models.grants.c.application_id == "a1")
        ).one()

        def noted(_c: Any, _u: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            statements.append((statement, parameters))

        event.listen(engine, "before_cursor_execute", noted)
        try:
            found = fitness.of(work, cycle, [grant])
        finally:
            event.remove(engine, "before_cursor_execute", noted)
    assert found.obstacle(grant) is None
    assert set(found.payees) == {"a1"}
    told = [str(parameters) for statement, parameters in statements if "FROM" in statement]
    assert len(told) >= 5
    assert all("a1" in parameters for parameters in told), told


# --- by file ------------------------------------------------------------------------------------------------------


@pytest.fixture
def by_file(database_url: str) -> Iterator[Treasury]:
    made = Treasury(database_url, terms=BY_FILE)
    yield made
    made.desk.close()


def _file(treasury: Treasury, batch_id: str) -> dict[str, Any]:
    return treasury.call("payment_file", batches.payment_file, {"batch_id": batch_id})


def test_a_file_goes_out_and_its_answers_come_in_line_by_line(by_file: Treasury) -> None:
    """With capital numerals; the report says of each line what became of it, a second file changes nothing."""
    by_file.winners(3)
    batch_id = by_file.assemble()["batch"]["batch_id"]
    with pytest.raises(Conflict):
        _file(by_file, batch_id)
    batch = by_file.decide(batch_id)
    assert {line["state"] for line in batch["lines"]} == {"sent"}
    content = _file(by_file, batch_id)
    assert {(row[3], row[4], row[5]) for row in content["rows"]} == {(NUMBER, "100000.00", "壹拾万元整")}
    keys = [row[0] for row in content["rows"]]
    answers = "编号,金额,结果,流水号,日期,原因\n" + "\n".join([
        f"{keys[0]},100000.00,成功,B-1,2025-09-02,", f"{keys[1]},99999.99,成功,B-2,2025-09-02,",
        "nobody,1.00,成功,B-3,2025-09-02,", f"{keys[1]},100000.00,失败,,,户名不符", f"{keys[2]},100000.00,好,B-4,2025-09-02,",
        f"{keys[0]},100000.00,成功,B-1,2025-09-02,",
    ])  # fmt: skip
    report = by_file.read_file(batch_id, answers.encode())
    assert [each["outcome"] for each in report["report"]] == [
        "taken", "other_amount", "not_ours", "taken", "malformed", "second",
    ]  # fmt: skip
    assert [row.state for row in by_file.rows()] == ["confirmed", "failed", "sent"]
    report = by_file.read_file(batch_id, answers.encode(), last=True)
    assert report["unanswered"] == [keys[2]]
    late = f"编号,金额,结果,流水号,日期,原因\n{keys[2]},100000.00,成功,B-9,2025-09-03,"
    assert by_file.read_file(batch_id, late.encode())["report"][0]["outcome"] == "by_hand"
    assert by_file.rows()[2].state == "unknown"


def test_two_results_of_one_payment_in_a_file_are_no_answer(by_file: Treasury) -> None:
    """Which of them is true is not for a program to choose: the line stays, and people find out."""
    by_file.winners(3)
    batch = by_file.approved()
    keys = [line["line_id"] for line in batch["lines"]]
    answers = "编号,金额,结果,流水号,日期,原因\n" + "\n".join([
        f"{keys[0]},100000.00,失败,,,户名不符", f"{keys[1]},100000.00,成功,B-1,2025-09-02,",
        f"{keys[2]},100000.00,成功,B-2,2025-09-02,", f"{keys[0]},100000.00,成功,B-3,2025-09-02,",
        f"{keys[1]},100000.00,成功,B-4,2025-09-02,",
    ])  # fmt: skip
    report = by_file.read_file(batch["batch_id"], answers.encode())["report"]
    assert [each["outcome"] for each in report] == ["two_results"] * 2 + ["taken"] + ["two_results"] * 2
    assert [row.state for row in by_file.rows()] == ["sent", "sent", "confirmed"]


def test_a_payment_made_after_it_had_failed_is_told_to_discipline(by_file: Treasury) -> None:
    """The line stays as it is; the report and an alert say that the grant may be paid twice."""
    by_file.winners(2)
    batch = by_file.approved()
    key = batch["lines"][0]["line_id"]
    heading = "编号,金额,结果,流水号,日期,原因\n"
    by_file.read_file(batch["batch_id"], f"{heading}{key},100000.00,失败,,,户名不符".encode())
    assert _alerts(by_file) == []
    late = f"{heading}{key},100000.00,成功,B-1,2025-09-02,".encode()
    assert by_file.read_file(batch["batch_id"], late)["report"][0]["outcome"] == "contradiction"
    assert by_file.states()["a1"] == "failed"
    (told,) = _alerts(by_file)
    assert (told.kind, told.subject, told.evidence) == ("paid_after_failure", "a1", (key,))


def _alerts(treasury: Treasury) -> list[Alert]:
    with treasury.desk.store.read() as work:
        return list(alerts.watched(work, treasury.conductor.cycles(work, [CYCLE]))[CYCLE].alerts)


def test_a_batch_that_is_sent_to_its_bank_takes_no_file(treasury: Treasury) -> None:
    """Its bank is asked itself; a file of somebody's would settle what nobody at the bank said."""
    treasury.winners(1)
    batch = treasury.approved()
    treasury.bank.before = "cut"
    treasury.send_all()
    answers = f"编号,金额,结果,流水号,日期,原因\n{batch['lines'][0]['line_id']},100000.00,失败,,,"
    with pytest.raises(Conflict, match="by file"):
        treasury.read_file(batch["batch_id"], answers.encode(), last=True)
    assert treasury.states() == {"a1": "sent"}


def test_whoever_fell_out_since_the_approval_is_in_no_file(by_file: Treasury) -> None:
    """The file is the moment of payment; the line left out becomes unknown with the last answers."""
    by_file.winners(4)
    batch_id = by_file.approved()["batch_id"]
    by_file.ban("a2", date(2026, 1, 1))
    by_file.revoke("a3")
    content = _file(by_file, batch_id)
    kept = {row.application_id: row.id for row in by_file.rows()}
    assert [row[0] for row in content["rows"]] == [kept["a1"], kept["a4"]]
    assert content["total_fen"] == 2 * GOLD_FEN
    answers = f"编号,金额,结果,流水号,日期,原因\n{kept['a1']},100000.00,成功,B-1,2025-09-02,"
    by_file.read_file(batch_id, answers.encode())
    assert [row[0] for row in _file(by_file, batch_id)["rows"]] == [
        kept["a4"]
    ]  # what is answered is not paid anew
    by_file.read_file(batch_id, answers.encode(), last=True)
    assert by_file.states() == {"a1": "confirmed", "a2": "unknown", "a3": "unknown", "a4": "unknown"}
    assert _file(by_file, batch_id)["rows"] == []


def test_a_file_through_a_clerk_settles_a_batch(by_file: Treasury) -> None:
    """The same books as over HTTP: what the file says is booked once, however often the file is carried there."""
    by_file.winners(3)
    batch = by_file.approved()
    clerk = ByFile(ledger())
    from services.incentives.payments.files import PAYMENT_HEADINGS
    from shared.documents import delimited

    content = delimited.write(PAYMENT_HEADINGS, _file(by_file, batch["batch_id"])["rows"])
    for _ in range(2):
        by_file.read_file(batch["batch_id"], clerk.clerk(content), last=True)
    assert set(by_file.states().values()) == {"confirmed"}
    assert clerk.ledger.bookings == {line["line_id"]: 1 for line in batch["lines"]}


def test_a_file_without_an_answer_becomes_unknown_and_nothing_is_sent_again(by_file: Treasury) -> None:
    """Paper cannot be asked."""
    by_file.winners(1)
    by_file.approved()
    by_file.clock.move(days=9)
    by_file.chase()
    assert by_file.states() == {"a1": "sent"}
    by_file.clock.move(days=2)
    by_file.chase()
    assert by_file.states() == {"a1": "unknown"}
    assert by_file.desk.told("payment.ordered") == []


# --- budgets ------------------------------------------------------------------------------------------------------


def _budget(treasury: Treasury, fen: int, *, whole_year: bool = True, year: int = 2025) -> None:
    data = {"cycle_id": CYCLE, "year": year, "whole_year": whole_year, "amount_fen": fen, "reason": "批复"}
    treasury.call("set_budget", budgets.set_budget, data)


def test_a_batch_over_the_years_budget_is_held_and_let_go(treasury: Treasury) -> None:
    """Nothing is cut; it cannot be approved until the budget is raised or another batch is given up."""
    treasury.winners(2)
    _budget(treasury, 2 * GOLD_FEN - 1)
    first = treasury.assemble("a1")["batch"]
    second = treasury.assemble("a2")["batch"]
    assert (first["state"], second["state"], second["held_zh"]) == (
        "assembled",
        "held",
        "超出全年预算 0.01 元",
    )
    with pytest.raises(Conflict, match=r"0\.01"):
        treasury.decide(second["batch_id"])
    _budget(treasury, 2 * GOLD_FEN)
    treasury.decide(second["batch_id"])
    treasury.decide(first["batch_id"])
    told = treasury.call("budgets", budgets.listed, {"cycle_id": CYCLE})
    assert told["years"] == [{"year": 2025, "amount_fen": 2 * GOLD_FEN, "committed_fen": 2 * GOLD_FEN}]
    assert [entry["amount_fen"] for entry in told["entries"]] == [2 * GOLD_FEN - 1, 2 * GOLD_FEN]


def test_a_cycles_budget_lies_within_the_years(treasury: Treasury) -> None:
    """Refused beyond it; over its own, all the cycle's grants are held."""
    treasury.winners(2)
    _budget(treasury, 2 * GOLD_FEN)
    with pytest.raises(Invalid):
        _budget(treasury, 2 * GOLD_FEN + 1, whole_year=False)
    _budget(treasury, GOLD_FEN, whole_year=False)
    assert [each["code"] for each in treasury.assemble()["skipped"]] == ["over_budget"] * 2
    _budget(treasury, 2 * GOLD_FEN, whole_year=False)
    assert len(treasury.assemble()["batch"]["lines"]) == 2


@pytest.mark.parametrize("fall", ["revoke", "withdraw"])
def test_who_falls_out_unpaid_holds_nobody_elses_grant(treasury: Treasury, fall: str) -> None:
    """Its grant was too much for the budget; what will never be paid takes no part of it."""
    treasury.winners(3)
    _budget(treasury, 2 * GOLD_FEN, whole_year=False)
    assert treasury.assemble()["batch"] is None
    treasury.revoke("a3") if fall == "revoke" else treasury.withdraw("a3")
    reply = treasury.assemble()
    assert [line["application_id"] for line in reply["batch"]["lines"]] == ["a1", "a2"]
    assert len(reply["skipped"]) == 1


def test_what_was_paid_counts_whatever_became_of_the_award(treasury: Treasury) -> None:
    """The money is gone until it comes back."""
    treasury.winners(3)
    treasury.approved("a3")
    treasury.send_all()
    _budget(treasury, 2 * GOLD_FEN, whole_year=False)
    treasury.revoke("a3")
    assert [each["code"] for each in treasury.assemble("a1", "a2")["skipped"]] == ["over_budget"] * 2


def test_a_cycle_has_its_parts_of_several_years(treasury: Treasury) -> None:
    """The newest of each year, together."""
    treasury.winners(2)
    _budget(treasury, GOLD_FEN // 2, whole_year=False)
    _budget(treasury, GOLD_FEN, whole_year=False)
    _budget(treasury, GOLD_FEN, whole_year=False, year=2026)
    assert treasury.call("budgets", budgets.listed, {"cycle_id": CYCLE})["budget_fen"] == 2 * GOLD_FEN
    assert len(treasury.assemble()["batch"]["lines"]) == 2


def test_who_waits_for_a_years_budget_reads_what_was_set_meanwhile(treasury: Treasury) -> None:
    """Not the row for which it waited."""
    treasury.winners(1)
    _budget(treasury, 5 * GOLD_FEN)
    jurisdiction = treasury.rulebook.jurisdiction

    def read() -> int | None:
        with treasury.desk.work("finance", "gao") as work:
            return budgets.of_year(work, jurisdiction, 2025, lock=True)

    with ThreadPoolExecutor(1) as pool:
        with treasury.desk.work("finance", "fang") as work:
            data = {
                "cycle_id": CYCLE,
                "year": 2025,
                "whole_year": True,
                "amount_fen": GOLD_FEN,
                "reason": "调减",
            }
            budgets.set_budget(work, treasury.conductor, data)
            waiting = pool.submit(read)
            wait([waiting], timeout=1)  # as far as it comes meanwhile
        assert waiting.result(timeout=60) == GOLD_FEN


def test_a_batch_is_paid_from_the_budget_of_the_year_in_which_it_leaves(treasury: Treasury) -> None:
    """Assembled in December, approved in January: the new year's budget has to suffice, the old one is free again."""
    treasury.winners(1)
    _budget(treasury, GOLD_FEN)
    _budget(treasury, GOLD_FEN - 1, year=2026)
    batch_id = treasury.assemble()["batch"]["batch_id"]
    treasury.clock.move(days=130)
    with pytest.raises(Conflict, match=r"0\.01"):
        treasury.decide(batch_id)
    _budget(treasury, GOLD_FEN, year=2026)
    assert treasury.decide(batch_id)["year"] == 2026
    years = treasury.call("budgets", budgets.listed, {"cycle_id": CYCLE})["years"]
    assert [each["committed_fen"] for each in years] == [0, GOLD_FEN]


def test_the_alert_goes_by_the_budget_that_finance_set(treasury: Treasury) -> None:
    """Not by what the cycle was opened with."""
    treasury.winners(2)
    assert _alerts(treasury) == []
    _budget(treasury, 2 * GOLD_FEN - 1, whole_year=False)
    (told,) = _alerts(treasury)
    assert (told.kind, told.evidence) == ("over_budget", ("1",))
    _budget(treasury, 2 * GOLD_FEN, whole_year=False)
    assert _alerts(treasury) == []


def test_a_rehearsal_pays_nothing(database_url: str) -> None:
    """Whatever is asked, no order comes from a rehearsal."""
    made = Treasury(database_url, rehearsal=True)
    with pytest.raises(Conflict, match="rehearsal"):
        made.assemble()
    made.desk.close()


# --- accounts and who sees what -----------------------------------------------------------------------------------


def test_an_account_is_its_owners_and_checked_by_another(treasury: Treasury) -> None:
    """Entered by who is on the dossier and may write; checked by finance; a new one has to be checked anew."""
    treasury.winners(1, ready=False)
    data = {"application_id": "a1", "account_name": "示例", "bank": "示例银行", "account_number": NUMBER}
    with pytest.raises(NotFound):
        treasury.call("enter_payee", payees.enter, data, "applicant", "somebody-else")
    entered = treasury.call("enter_payee", payees.enter, data, "applicant", "lead-a1")
    assert entered["account_number"] == "************2222"
    told = {"payee_id": entered["payee_id"], "accept": True, "reason": "r"}
    with pytest.raises(Forbidden):
        treasury.call("check_payee", payees.check, told, "finance", "lead-a1")
    treasury.call("check_payee", payees.check, told, "finance", "fang")
    again = treasury.call("enter_payee", payees.enter, data, "applicant", "lead-a1")
    assert again["state"] == "proposed"
    with pytest.raises(Conflict):
        treasury.call("check_payee", payees.check, told, "finance", "fang")


@pytest.mark.parametrize("method", ["payees", "money"])
def test_an_applicant_sees_its_own_money_only(treasury: Treasury, method: str) -> None:
    """By the people on the dossier, in the query itself."""
    treasury.winners(2)
    treasury.approved()
    treasury.send_all()
    handler, name = {"payees": (payees.listed, "payees"), "money": (money.listed, "grants")}[method]
    seen = treasury.call(method, handler, {"cycle_id": CYCLE}, "applicant", "lead-a2")[name]
    assert [each["application_id"] for each in seen] == ["a2"]
    assert treasury.call(method, handler, {"cycle_id": CYCLE}, "applicant", "stranger")[name] == []
    assert len(treasury.call(method, handler, {"cycle_id": CYCLE}, "discipline", "ding")[name]) == 2


def test_no_account_number_is_anywhere_but_in_the_order(
    treasury: Treasury, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in a reply, an event, the audit log, a log line, or in the clear in the database."""
    treasury.winners(2)
    batch = treasury.approved()
    treasury.bank.before = "cut"
    treasury.send_all()
    treasury.bank.before = ""
    treasury.send_all()
    replies = [
        batch,
        treasury.call("payees", payees.listed, {"cycle_id": CYCLE}),
        treasury.call("money", money.listed, {"cycle_id": CYCLE}),
        treasury.call("batches", batches.listed, {"cycle_id": CYCLE}),
        treasury.desk.told("payment.ordered"),
    ]
    kept, printed = everything_kept(treasury), capfd.readouterr()
    assert all(order["account_number"] == NUMBER for order in treasury.bank.ledger.orders.values())
    for place in (*map(str, replies), kept, printed.out, printed.err):
        assert NUMBER not in place
        assert "示例精密仪器" not in place
