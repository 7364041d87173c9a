"""Revocation as a case, on both databases: heard, proposed by one, decided by another, its orders carried out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from services.eligibility.honours import adverse_records
from services.eligibility.stages import conductor
from shared.calendar import CalendarNotPublished
from shared.contracts import load
from shared.contracts.events import RecordsAnswered
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from shared.rulebooks import library
from tests.support.honours import AWARDED, LATER, OFFICER, OTHER, House
from tests.support.rooms import CHANGNING, CYCLE

pytestmark = pytest.mark.integration

ACCIDENT = {"kind": "accident", "on": "2026-02-20", "severity": "重大", "liable": True}


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    found = House(database_url)
    yield found
    found.desk.close()


def test_a_whole_case(house: House) -> None:
    """Article 34: revoked with recall, clawback, ban and report; each order has a state of its own."""
    house.win()
    house.at(LATER)
    case_id = house.open_case()
    told = house.bring_to(case_id, "notified")
    assert told["answer_by"] == "2026-03-16"  # ten working days from the day after 2 March 2026
    own = house.call("my_revocation_cases", "applicant", "a1.lead")["cases"]
    assert [(case["state"], case["grounds"]) for case in own] == [("notified", "举报属实")]
    answered = house.call(
        "answer_case", "applicant", "a1.lead", case_id=case_id, answer="情况不实", papers=["p1"]
    )
    assert (answered["state"], answered["answer"], answered["answer_papers"]) == ("heard", "情况不实", ["p1"])
    house.at(date(2026, 3, 20))
    house.call("propose_outcome", case_id=case_id, proposal="revoke", reason="事实清楚")
    decided = house.call("decide_case", actor=OTHER, case_id=case_id, decision="confirm", reason="同意")
    assert (decided["state"], decided["banned_until"]) == ("decided", "2031-03-20")
    assert {order["order"]: order["state"] for order in decided["orders"]} == {
        "revoke": "done", "recall_certificate": "issued", "clawback": "done",
        "report_to_credit_platform": "issued", "ban": "done",
    }  # fmt: skip
    (imposed,) = house.desk.told("sanction.imposed")
    assert (imposed["revokes"], imposed["claws_back"], imposed["on"], imposed["rule"]) == (
        True, True, date(2026, 3, 20), "34",
    )  # fmt: skip
    assert len(house.call("credit_reports", cycle_id=CYCLE)["reports"]) == 2, (
        "one to each platform of the text"
    )
    (entry,) = house.call("award_register", "public", "")["entries"]
    assert (entry["revoked_on"], entry["revoked_under"]) == ("2026-03-20", "34")


def test_a_case_is_executed_with_its_last_order(house: House) -> None:
    """Article 35 orders no report: the certificate is what people wait for, and it may turn up after all."""
    house.win()
    house.at(LATER)
    decided = house.revoke(event="major_accident")
    (recall,) = [order for order in decided["orders"] if order["state"] == "issued"]
    lost = house.call(
        "settle_order", order_id=recall["order_id"], outcome="not_done", note="遗失，已登报作废"
    )
    assert (lost["state"], lost["closed_on"]) == ("executed", str(LATER))
    found = house.call(
        "settle_order", order_id=recall["order_id"], outcome="done", note="找到后交回", papers=["p"]
    )
    assert [order["state"] for order in found["orders"]].count("done") == 4
    with pytest.raises(Conflict):
        house.call("settle_order", order_id=recall["order_id"], outcome="not_done", note="又没有了")


def test_the_ban_ends_on_the_same_date_five_years_on(house: House) -> None:
    """From 29 February on the 28th, where that year has no other; nothing of it depends on when the thing happened."""
    house.win()
    for decided_on, until in ((date(2025, 12, 31), "2030-12-31"), (date(2024, 2, 29), "2029-02-28")):
        house.enter(until, 9)
        house.at(date(2024, 1, 2))
        house.confer((until, house.rulebook.levels[0].name, house.rulebook.track_of("organization")))
        house.at(decided_on)
        assert house.revoke(until)["banned_until"] == until


def test_who_proposed_does_not_decide(house: House) -> None:
    """Refused while it is proposed, and nothing was done."""
    house.win()
    house.at(LATER)
    case_id = house.open_case()
    house.bring_to(case_id, "proposed")
    with pytest.raises(Forbidden, match="whoever proposed") as refused:
        house.call("decide_case", actor=OFFICER, case_id=case_id, decision="confirm", reason="同意")
    assert refused.value.code == "same_person"
    assert house.desk.told("sanction.imposed") == []


def test_nobody_is_revoked_unheard(house: House) -> None:
    """Without the notice only dropping can be proposed; with it not before the answer or the end of its days."""
    house.win()
    house.at(LATER)
    case_id = house.open_case()
    propose = {"case_id": case_id, "proposal": "revoke", "reason": "事实清楚"}
    with pytest.raises(Conflict) as refused:
        house.call("propose_outcome", **propose)
    assert refused.value.code == "not_heard"
    house.bring_to(case_id, "notified")
    house.at(date(2026, 3, 16))  # its last day
    with pytest.raises(Conflict):
        house.call("propose_outcome", **propose)
    house.at(date(2026, 3, 17))
    with pytest.raises(Conflict) as late:
        house.call("answer_case", "applicant", "a1.lead", case_id=case_id, answer="迟到的说明")
    assert late.value.code == "too_late"
    assert house.call("propose_outcome", **propose)["state"] == "proposed"
    assert "case:hearing_lapsed" in house.desk.actions()


def test_minutes_do_not_end_the_winners_time_to_answer(house: House) -> None:
    """The office took something down: until its day the winner answers all the same, and is not proposed to lose its award."""
    house.win()
    house.at(LATER)
    case_id = house.open_case()
    house.bring_to(case_id, "notified")
    assert house.call("record_hearing", case_id=case_id, answer="当面陈述")["state"] == "heard"
    propose = {"case_id": case_id, "proposal": "revoke", "reason": "事实清楚"}
    with pytest.raises(Conflict) as refused:
        house.call("propose_outcome", **propose)
    assert refused.value.code == "may_still_answer"
    said = house.answer(case_id, "补充说明")
    assert (said["state"], said["answer"], said["answered_by"]) == (
        "heard",
        "当面陈述\n\n补充说明",
        "a1.lead",
    )
    assert house.call("propose_outcome", **propose)["state"] == "proposed"
    with pytest.raises(Conflict):
        house.answer(case_id, "再补充")


def test_after_the_last_day_minutes_are_enough(house: House) -> None:
    """Its time has passed; dropping needs no such wait."""
    house.win()
    house.at(LATER)
    case_id = house.open_case()
    house.bring_to(case_id, "notified")
    house.call("record_hearing", case_id=case_id, answer="当面陈述")
    house.at(date(2026, 3, 16))
    with pytest.raises(Conflict):
        house.call("propose_outcome", case_id=case_id, proposal="revoke", reason="事实清楚")
    house.at(date(2026, 3, 17))
    with pytest.raises(Conflict, match="time to answer"):
        house.answer(case_id)
    assert (
        house.call("propose_outcome", case_id=case_id, proposal="revoke", reason="事实清楚")["state"]
        == "proposed"
    )


def test_dropped_is_an_outcome(house: House) -> None:
    """Proposed by one, decided by another, heard or not; the award stands and a new case may be opened."""
    house.win()
    house.at(LATER)
    case_id = house.open_case()
    house.call("propose_outcome", case_id=case_id, proposal="drop", reason="举报不实")
    dropped = house.call("decide_case", actor=OTHER, case_id=case_id, decision="confirm", reason="同意")
    assert (dropped["state"], dropped["orders"], dropped["closed_on"]) == ("dropped", [], str(LATER))
    assert house.call("award_register", "public", "")["entries"][0]["revoked_on"] is None
    assert house.call("my_revocation_cases", "applicant", "a1.lead")["cases"] == [], "it was never told of it"
    assert house.revoke()["state"] == "decided"


def test_a_proposal_that_is_sent_back_returns_to_where_it_came_from(house: House) -> None:
    """From an unheard case to an unheard one: the way around a hearing does not lead over sending back."""
    house.win()
    house.at(LATER)
    unheard, heard = house.open_case(), house.open_case()
    house.call("propose_outcome", case_id=unheard, proposal="drop", reason="不实")
    back = house.call("decide_case", actor=OTHER, case_id=unheard, decision="send_back", reason="请先听取")
    assert (back["state"], back["proposal"], back["proposed_by"]) == ("opened", None, None)
    house.bring_to(heard, "proposed")
    back = house.call("decide_case", actor=OTHER, case_id=heard, decision="send_back", reason="再查")
    assert back["state"] == "heard"
    with pytest.raises(Conflict):
        house.call("decide_case", actor=OTHER, case_id=heard, decision="send_back", reason="再查")


def test_the_log_says_whose_proposal_was_decided(house: House) -> None:
    """Whoever proposed first may decide what another one proposed after it was sent back."""
    house.win()
    house.at(LATER)
    case_id = house.open_case()
    for by, decides, decision in ((OFFICER, OTHER, "send_back"), (OTHER, OFFICER, "confirm")):
        house.call("propose_outcome", actor=by, case_id=case_id, proposal="drop", reason="举报不实")
        house.call("decide_case", actor=decides, case_id=case_id, decision=decision, reason="说明")
    audit = house.desk.store.tables.audit
    with house.desk.store.read() as work:
        told = work.session.execute(select(audit.c.action, audit.c.subject).order_by(audit.c.id)).all()
    moves = [tuple(each) for each in told if each[0] in ("case:proposed", "case:sent_back", "case:dropped")]
    first, second = f"{case_id}/{OFFICER}", f"{case_id}/{OTHER}"
    assert moves == [
        ("case:proposed", first), ("case:sent_back", first), ("case:proposed", second), ("case:dropped", second),
    ]  # fmt: skip


def test_an_award_is_revoked_once(house: House) -> None:
    """Of two cases about one award the second can only be dropped, whoever decided first."""
    house.win()
    house.at(LATER)
    first, second = house.open_case(), house.open_case(event="major_matter")
    house.bring_to(second, "proposed")
    house.bring_to(first, "decided")
    with pytest.raises(Conflict, match="was revoked"):
        house.call("decide_case", actor=OTHER, case_id=second, decision="confirm", reason="同意")
    house.call("decide_case", actor=OTHER, case_id=second, decision="send_back", reason="已撤销")
    with pytest.raises(Conflict):
        house.call("propose_outcome", case_id=second, proposal="revoke", reason="再撤")
    house.call("propose_outcome", case_id=second, proposal="drop", reason="已撤销")
    assert (
        house.call("decide_case", actor=OTHER, case_id=second, decision="confirm", reason="并案")["state"]
        == "dropped"
    )
    with pytest.raises(Conflict):
        house.open_case()
    assert len(house.desk.told("sanction.imposed")) == 1


STEPS: dict[str, dict[str, Any]] = {
    "notify_case": {},
    "record_hearing": {"answer": "陈述"},
    "propose_outcome": {"proposal": "revoke", "reason": "理由"},
    "decide_case": {"decision": "confirm", "reason": "理由", "actor": OTHER},
}
ALLOWED = {
    "opened": {"notify_case"}, "notified": {"record_hearing"}, "heard": {"propose_outcome"},
    "proposed": {"decide_case"}, "decided": set(), "executed": set(),
}  # fmt: skip


@pytest.mark.parametrize("state", list(ALLOWED))
def test_each_step_that_the_state_does_not_allow_is_refused(house: House, state: str) -> None:
    """And leaves the case as it was."""
    house.win()
    house.at(LATER)
    case_id = house.open_case(event="major_accident")
    if state != "opened":
        found = house.bring_to(case_id, "decided" if state == "executed" else state)
    if state == "executed":
        (recall,) = [order for order in found["orders"] if order["state"] == "issued"]
        house.call("settle_order", order_id=recall["order_id"], outcome="done", note="收回")
    for step in STEPS.keys() - ALLOWED[state]:
        with pytest.raises(Problem):
            house.call(step, case_id=case_id, **STEPS[step])
    (case,) = house.call("revocation_cases")["cases"]
    assert case["state"] == state


def test_a_hearing_across_a_year_without_a_calendar_waits(house: House) -> None:
    """The last day lies in a year whose working days are not published: said so, nothing guessed, nothing moved."""
    house.win()
    house.at(date(2026, 12, 25))
    case_id = house.open_case()
    with pytest.raises(CalendarNotPublished):
        house.call("notify_case", case_id=case_id)
    assert house.call("revocation_cases", state="opened")["cases"][0]["case_id"] == case_id


def test_who_sees_what(house: House) -> None:
    """A winner sees its own case from the notice on, without officers, papers and proposals; nobody sees another's."""
    house.win()
    house.enter("a2", 2, uscc="91310105MAXY500219", applicant_key="organization:a2")
    house.at(LATER)
    case_id = house.open_case(papers=["secret-paper"])
    assert house.call("my_revocation_cases", "applicant", "a1.lead")["cases"] == []
    with pytest.raises(NotFound):
        house.call("answer_case", "applicant", "a1.lead", case_id=case_id, answer="尚未告知")
    house.bring_to(case_id, "proposed")
    (own,) = house.call("my_revocation_cases", "applicant", "a1.lead")["cases"]
    assert own["state"] == "heard", "a proposal is the officers' own"
    (asked,) = house.desk.told("answer.asked")
    assert (asked["application_id"], asked["what"]) == ("a1", "award")
    assert asked["answer_by"].isoformat() == own["answer_by"]
    for hidden in ("secret-paper", OFFICER, "事实清楚", "revoke"):
        assert hidden not in str(own)
    assert house.call("my_revocation_cases", "applicant", "a2.lead")["cases"] == []
    with pytest.raises(NotFound):
        house.call("answer_case", "applicant", "a2.lead", case_id=case_id, answer="别人的案件")
    with pytest.raises(Forbidden):
        house.call("answer_case", "applicant", "a1.reader", case_id=case_id, answer="只读")


def test_letters_go_to_whom_they_are_written(house: House) -> None:
    """The notice once the winner is told, the decision once there is one, to nobody else; a case dropped unheard has none."""
    house.win()
    house.enter("a2", 2)
    house.at(LATER)
    case_id = house.open_case()
    asked = {"case_id": case_id, "letter": "notice"}
    with pytest.raises(NotFound):
        house.call("case_letter", **asked)
    house.bring_to(case_id, "notified")
    notice = house.call("case_letter", "applicant", "a1.reader", **asked)
    assert (notice["answer_by"], notice["outcome"], notice["rule"]) == (
        "2026-03-16",
        None,
        CHANGNING.label("34"),
    )
    with pytest.raises(NotFound):
        house.call("case_letter", "applicant", "a2.lead", **asked)
    with pytest.raises(NotFound):
        house.call("case_letter", case_id=case_id, letter="decision")
    house.answer(case_id)
    house.call("propose_outcome", case_id=case_id, proposal="revoke", reason="清楚")
    house.call("decide_case", actor=OTHER, case_id=case_id, decision="confirm", reason="同意撤销")
    decision = house.call("case_letter", "applicant", "a1.lead", case_id=case_id, letter="decision")
    assert (decision["outcome"], decision["reason"], decision["banned_until"]) == (
        "revoked",
        "同意撤销",
        "2031-03-02",
    )
    assert decision["orders"][0]["zh"] == "撤销奖项"


def test_whoever_plays_a_rehearsal_sees_nothing_real(house: House) -> None:
    """A persona has any role and any name: no list of real cycles shows it anything, and no command is its own."""
    from services.eligibility.honours import breaches, cases, certificates, credit_reports

    house.win()
    house.call("issue_certificates", cycle_id=CYCLE)
    house.at(LATER)
    house.call("record_title_breach", application_id="a1", on=str(LATER), place="包装", found_by="巡查")
    case_id = house.open_case()
    house.bring_to(case_id, "notified")
    nothing = {"cycle_id": None, "state": None, "application_id": None}
    for role, actor in (("award_office", OFFICER), ("applicant", "a1.lead")):
        with house.desk.work(role, actor, LATER) as work:
            assert cases.listed(work, conductor, nothing) == {"cases": []}
            assert cases.own(work, nothing) == {"cases": []}
            assert breaches.listed(work, conductor, nothing) == {"breaches": []}
            assert breaches.own(work, nothing) == {"breaches": []}
            assert credit_reports.listed(work, conductor, nothing) == {"reports": []}
            for refused in (
                lambda work=work: cases.answer(
                    work, conductor, {"case_id": case_id, "answer": "x", "papers": []}
                ),
                lambda work=work: cases.notify(work, conductor, {"case_id": case_id}, days=1),
                lambda work=work: certificates.one(work, conductor, {"application_id": "a1"}),
                lambda work=work: cases.listed(work, conductor, {**nothing, "cycle_id": CYCLE}),
            ):
                with pytest.raises(Forbidden):
                    refused()


def test_discipline_opens_and_does_not_decide(house: House) -> None:
    """It may open a case; every further step is the office's."""
    from shared.contracts import operation

    house.win()
    house.at(LATER)
    data = {"application_id": "a1", "event": "fraud", "on": str(LATER), "grounds": "线索"}
    assert house.call("open_case", "discipline", "inspector", **data)["source"] == "discipline"
    for step in ("notify_case", "record_hearing", "propose_outcome", "decide_case", "settle_order"):
        assert operation("eligibility", step).roles == ("award_office",)
    with pytest.raises(Invalid):
        house.open_case(on=str(date(2026, 3, 3)))  # tomorrow
    with pytest.raises(Invalid):
        house.open_case(event="title_misuse")  # article 33 revokes nothing


# --- by itself ----------------------------------------------------------------------------------------------------


def test_an_adverse_record_opens_a_case_by_itself_once(house: House) -> None:
    """Told of twice, it is one case; an officer says what becomes of it."""
    house.win()
    house.at(LATER)
    house.report_record(ACCIDENT)
    with house.desk.work() as work:
        again = {
            "record_id": "r1", "reference": "AJ-r1", "uscc": "91310105MAXY50013E", "department": "safety",
            "record": {**ACCIDENT, "on": date(2026, 2, 20)}, "evidence": "x",
        }  # fmt: skip
        adverse_records.reported(work, conductor, again)
    (case,) = house.call("revocation_cases")["cases"]
    assert (case["source"], case["event"], case["state"], case["happened_on"]) == (
        "record", "major_accident", "opened", "2026-02-20",
    )  # fmt: skip
    assert case["opened_by"] == "somebody"
    assert house.desk.told("sanction.imposed") == []


def test_records_that_concern_no_standing_award_open_nothing(house: House) -> None:
    """Below the grade, of another organization, of an individual's employer, of a revoked award."""
    house.enter("i1", 3, kind="individual", applicant_key="person:1")
    house.confer(("i1", house.rulebook.levels[0].name, house.rulebook.track_of("individual")))
    house.at(LATER)
    house.report_record(ACCIDENT)
    assert house.call("revocation_cases")["cases"] == [], "an individual's award is not its employer's"
    house.at(AWARDED)
    house.win()
    house.at(LATER)
    house.report_record({**ACCIDENT, "severity": "较大"}, record_id="r2")
    assert house.call("revocation_cases")["cases"] == []
    house.revoke()
    house.report_record(ACCIDENT, record_id="r3")
    assert len(house.call("revocation_cases")["cases"]) == 1


def test_an_answer_after_the_award_opens_a_case_for_what_is_new(house: House) -> None:
    """What happened before the award may have been said before; what happened after it cannot."""
    house.win()
    house.at(LATER)
    records = [{**ACCIDENT, "on": "2025-01-02"}, ACCIDENT]
    data = load(
        RecordsAnswered(),
        {
            "cycle_id": CYCLE, "application_id": "a1", "department": "safety", "answered": True, "records": records,
            "attempts": 1, "answer_digest": "sha256:1", "revision": 2,
        },
    )  # fmt: skip
    for _ in range(2):
        with house.desk.work() as work:
            adverse_records.answered(work, conductor, data)
    (case,) = house.call("revocation_cases")["cases"]
    assert (case["happened_on"], case["source"]) == ("2026-02-20", "record")


def test_what_a_winner_did_not_mend_opens_a_case_once(house: House) -> None:
    """An order of the tracking that was escalated; of an application without a standing award nothing comes."""
    house.win()
    house.enter("a2", 2)
    house.at(LATER)
    data = {
        "cycle_id": CYCLE, "application_id": "a1", "order_id": "o1", "reason_zh": "逾期未整改",
        "reason_en": "not mended", "on": LATER,
    }  # fmt: skip
    for application in ("a1", "a1", "a2", "unknown"):
        with house.desk.work() as work:
            adverse_records.not_mended(work, conductor, {**data, "application_id": application})
    (case,) = house.call("revocation_cases")["cases"]
    assert (case["source"], case["event"], case["application_id"]) == ("tracking", "major_matter", "a1")


# --- rehearsals ---------------------------------------------------------------------------------------------------


def test_a_rehearsal_goes_on_as_before(database_url: str) -> None:
    """What the rulebook orders follows at once, from the day of the event; no case is opened, and none can be."""
    house = House(database_url, rehearsal=True)
    house.enter("a1", 1)
    house.confer(("a1", house.rulebook.levels[0].name, house.rulebook.track_of("organization")), on=AWARDED)
    with house.desk.work("award_office", OFFICER, date(2026, 5, 2)) as work:
        from services.eligibility import honours

        data = {"application_id": "a1", "event": "fraud", "on": date(2026, 5, 1)}
        found = honours.report(work, conductor, data)
    assert (found["revoked_on"], found["banned_until"]) == (date(2026, 5, 1), date(2031, 5, 1))
    assert [order["order"] for order in found["orders"]] == [
        "revoke", "recall_certificate", "clawback", "report_to_credit_platform",
    ]  # fmt: skip
    assert len(house.desk.told("sanction.imposed")) == 1
    assert house.desk.told("credit_report.queued") == []
    assert house.call("award_register", "public", "")["entries"] == []
    assert house.call("revocation_cases")["cases"] == []
    with pytest.raises(Conflict):
        house.open_case()
    house.desk.close()


def test_in_a_real_cycle_a_report_opens_a_case_or_records_a_breach(house: House) -> None:
    """The office's report is the beginning, not the end."""
    house.win()
    house.at(LATER)
    reply = house.call("report_after_award", application_id="a1", event="fraud", on=str(LATER))
    assert (reply["revoked_on"], reply["orders"]) == (None, [])
    assert [case["event"] for case in house.call("revocation_cases")["cases"]] == ["fraud"]
    house.call("report_after_award", application_id="a1", event="title_misuse", on=str(LATER))
    assert [each["state"] for each in house.call("title_breaches")["breaches"]] == ["recorded"]
    assert len(house.call("revocation_cases")["cases"]) == 1


@pytest.mark.parametrize("rulebook", ["hangzhou-2025", "shenzhen-2020", "shenzhen-2023"])
def test_every_regulation_revokes_by_its_own_orders(database_url: str, rulebook: str) -> None:
    """The orders are the rulebook's, and a ban beside them where it bans."""
    book = library().get(rulebook)
    house = House(database_url, rulebook=book)
    house.enter("a1", 1, category="economic")
    house.confer(("a1", book.levels[0].name, book.levels[0].tracks[0]))
    house.at(LATER)
    decided = house.revoke()
    sanction = book.sanction("fraud")
    assert sanction is not None
    assert [order["order"] for order in decided["orders"]] == [*sanction.orders, "ban"]
    house.desk.close()
