"""异议 in a real cycle on both databases: who does what, what is refused, what it does to the notice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from shared.calendar import in_words
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from tests.support.objections import (
    APPLICANT,
    ASSIGNS,
    CONTACT,
    DECIDES,
    DISCIPLINE,
    FIRST,
    LOOKS,
    NAME,
    NUMBER,
    OFFICE,
    PUBLIC,
    RULES,
    SECOND,
    Hall,
)

pytestmark = pytest.mark.integration

LAST, AFTER = date(2025, 6, 23), date(2025, 6, 24)
UNIT = {"name": "示例公司", "uscc": "91310105MAXY50013E"}


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    made = Hall(database_url)
    yield made
    made.end()


# --- raising ------------------------------------------------------------------------------------------------------


def test_an_objection_waits_to_be_accepted_and_its_receipt_tells_how_it_stands(hall: Hall) -> None:
    raised = hall.raised()
    assert (raised["state"], raised["awaits"], raised["due_on"]) == ("received", "acceptance", "2025-06-24")
    told = hall.ask("objection_state", PUBLIC, receipt=raised["receipt"], secret=raised["secret"])
    assert (told["objection_id"], told["state"]) == (raised["objection_id"], "received")
    for wrong in ({"receipt": "2025-0000000000"}, {"secret": "x" * 43}):
        given = {name: raised[name] for name in ("receipt", "secret")} | wrong
        with pytest.raises(NotFound):
            hall.ask("objection_state", PUBLIC, **given)


def test_the_office_and_discipline_hear_that_an_objection_came_in(hall: Hall) -> None:
    """And nothing of it: by whom, about whom, on which ground."""
    hall.raised()
    (told,) = hall.desk.told("task.waiting")
    assert (told["kind"], told["people"], told["unit"]) == ("objection_raised", [], None)
    assert not [word for word in (NAME, NUMBER, CONTACT, "false_materials", '"a"') if word in str(told)]


@pytest.mark.parametrize(
    ("by", "field"),
    [
        ({"name": NAME, "id_number": "110105194912310021"}, "by.id_number"),  # check character
        ({"name": NAME, "id_number": "11010519491331002X"}, "by.id_number"),  # no such day
        ({"name": "示例公司", "uscc": "91310105MAXY50013F"}, "by.uscc"),
        ({"name": NAME}, "by"),
        ({**UNIT, "id_number": NUMBER}, "by"),
    ],
)
def test_a_wrong_number_is_refused_at_its_field(hall: Hall, by: dict[str, Any], field: str) -> None:
    """And nothing is kept of it."""
    with pytest.raises(Invalid) as refused:
        hall.raised(by=by)
    assert [error.field for error in refused.value.errors] == [field]
    assert hall.ask("objections")["objections"] == []


@pytest.mark.parametrize("without", [{"by": None}, {"statement": None}])
def test_an_anonymous_or_empty_one_is_answered_and_not_accepted(hall: Hall, without: dict[str, Any]) -> None:
    """That `evidence` says there is some helps nothing; the notice does not wait for it."""
    raised = hall.raised(**without)
    assert (raised["state"], raised["awaits"]) == ("not_accepted", None)
    assert "31" in raised["reason_zh"]
    hall.day(AFTER)
    assert hall.close()["a"] is None


def test_papers_of_a_case_are_read_by_its_officers(hall: Hall) -> None:
    """Those of the objection and of the answer; not by an officer who has no part, or one of another case alone."""
    found = hall.raised(papers=["p1"])["objection_id"]
    other = hall.raised("b", papers=["p2"])["objection_id"]
    hall.assigned(found)
    hall.accept(found)
    hall.inquire(found)
    hall.ask("answer_objection", APPLICANT, "lead-a", objection_id=found, text="见附件", papers=["p3"])
    hall.ask("assign_objection", objection_id=other, part="inquiry", officer="zhou")
    for paper in ("p1", "p3"):
        assert hall.ask("may_read_objection_paper", OFFICE, LOOKS, paper_id=paper) == {"done": True}
        for nobody in ("zhou", ASSIGNS):
            with pytest.raises(NotFound):
                hall.ask("may_read_objection_paper", OFFICE, nobody, paper_id=paper)
    with pytest.raises(NotFound):
        hall.ask("may_read_objection_paper", OFFICE, LOOKS, paper_id="p2")


def test_papers_are_evidence(hall: Hall) -> None:
    raised = hall.raised(statement=None, papers=["p1"], by=UNIT)
    assert raised["state"] == "received"
    hall.assigned(raised["objection_id"])
    case = hall.ask("objection", OFFICE, LOOKS, objection_id=raised["objection_id"])
    assert (case["papers"], case["statement"]) == (["p1"], None)


# --- officers ------------------------------------------------------------------------------------------------------


def test_nobody_assigns_a_part_to_oneself_and_nobody_has_two(hall: Hall) -> None:
    found = hall.raised()["objection_id"]
    with pytest.raises(Forbidden):
        hall.ask("assign_objection", OFFICE, LOOKS, objection_id=found, part="inquiry", officer=LOOKS)
    hall.assigned(found)
    with pytest.raises(Invalid):
        hall.ask("assign_objection", objection_id=found, part="ruling", officer=LOOKS)
    hall.ask("assign_objection", objection_id=found, part="ruling", officer="another")
    with pytest.raises(Forbidden):
        hall.rule(found)


def test_who_looked_into_it_rules_neither_now_nor_on_appeal(hall: Hall) -> None:
    """Also where the part was given to somebody else meanwhile; a part that is done is given to nobody."""
    found = hall.raised()["objection_id"]
    hall.assigned(found, "inquiry")
    hall.accept(found)
    hall.ask("assign_objection", objection_id=found, part="inquiry", officer="second")
    for part in ("ruling", "appeal"):
        with pytest.raises(Invalid):
            hall.ask("assign_objection", objection_id=found, part=part, officer=LOOKS)
    hall.ask("inquire", OFFICE, "second", objection_id=found, facts="请说明。")
    with pytest.raises(Conflict, match="done"):
        hall.ask("assign_objection", objection_id=found, part="inquiry", officer="third")


def test_what_the_office_found_is_taken_up_and_not_ruled_on_by_who_found_it(hall: Hall) -> None:
    raised = hall.raised(source="office", by=None, statement=None)
    assert (raised["state"], raised["receipt"], raised["secret"]) == ("accepted", None, None)
    with pytest.raises(Invalid):
        hall.ask("assign_objection", objection_id=raised["objection_id"], part="ruling", officer="found")


@pytest.mark.parametrize("who", [ASSIGNS, RULES, DECIDES])
def test_only_the_officer_of_a_part_does_it(hall: Hall, who: str) -> None:
    found = hall.raised()["objection_id"]
    hall.assigned(found)
    with pytest.raises(Forbidden):
        hall.ask("accept_objection", OFFICE, who, objection_id=found, accepted=True)
    hall.accept(found)
    with pytest.raises(Forbidden):
        hall.ask("inquire", OFFICE, who, objection_id=found, facts="请说明。")


# --- who objects -----------------------------------------------------------------------------------------------------


def test_who_objects_is_shown_to_officers_of_the_case_and_noted_each_time(hall: Hall) -> None:
    found = hall.raised()["objection_id"]
    with pytest.raises(Forbidden):
        hall.ask("objector", OFFICE, LOOKS, objection_id=found)
    hall.assigned(found)
    for _ in range(2):
        shown = hall.ask("objector", OFFICE, LOOKS, objection_id=found)
        assert (shown["name"], shown["number"], shown["contact"]) == (NAME, NUMBER, CONTACT)
    with pytest.raises(Forbidden):
        hall.ask("objector", OFFICE, ASSIGNS, objection_id=found)
    assert hall.desk.actions().count("objector:shown") == 2


@pytest.mark.parametrize("text", [f"据{NAME}反映", "据 王 芳·芳 反映", f"{NUMBER[:6]} {NUMBER[6:]}", CONTACT])
def test_what_the_applicant_reads_never_names_the_objector(hall: Hall, text: str) -> None:
    """Whatever stands between the characters."""
    found = hall.raised()["objection_id"]
    hall.assigned(found)
    with pytest.raises(Invalid) as refused:
        hall.accept(found, accepted=False, reason=text)
    assert refused.value.errors[0].field == "reason"
    hall.accept(found)
    with pytest.raises(Invalid) as refused:
        hall.inquire(found, text)
    assert refused.value.errors[0].field == "facts"


@pytest.mark.parametrize("nothing", ["/", "无", "--", "电话无"])
def test_a_contact_or_a_name_that_says_nothing_stops_no_step(hall: Hall, nothing: str) -> None:
    """It is in every text, and the case would never end."""
    found = hall.raised(contact=nothing, by={"name": "--", "id_number": NUMBER})["objection_id"]
    hall.assigned(found)
    hall.accept(found)
    assert hall.inquire(found, "电话无人接听，请说明。")["state"] == "inquiry"


# --- hearing -----------------------------------------------------------------------------------------------------


def test_the_applicant_is_heard_before_a_ruling(hall: Hall) -> None:
    """Each step that is left out is refused by the table."""
    found = hall.raised()["objection_id"]
    hall.assigned(found)
    for step in (lambda: hall.inquire(found), lambda: hall.rule(found)):
        with pytest.raises(Conflict):
            step()
    hall.accept(found)
    with pytest.raises(Conflict):
        hall.rule(found)
    hall.inquire(found)
    with pytest.raises(Conflict):
        hall.rule(found)
    hall.answer(found)
    assert hall.rule(found)["state"] == "upheld"


def test_only_the_applicant_itself_answers_and_once(hall: Hall) -> None:
    """Not a reader of its dossier, not another applicant; before it is asked there is nothing to see."""
    found = hall.raised()["objection_id"]
    hall.assigned(found)
    hall.accept(found)
    assert hall.ask("my_objections", APPLICANT, "lead-a")["objections"] == []
    with pytest.raises(NotFound):
        hall.answer(found)
    hall.inquire(found)
    (mine,) = hall.ask("my_objections", APPLICANT, "lead-a")["objections"]
    assert (mine["facts"], mine["awaits"], mine["receipt"]) == ("请说明2024年利润的口径。", "answer", None)
    assert hall.ask("my_objections", APPLICANT, "lead-b")["objections"] == []
    for other in ("lead-b", "nobody"):
        with pytest.raises(NotFound):
            hall.answer(found, other)
    with pytest.raises(Forbidden):
        hall.answer(found, "reader-a")
    hall.answer(found)
    with pytest.raises(Conflict):
        hall.answer(found)


def test_who_lets_the_last_day_pass_was_heard(hall: Hall) -> None:
    """On the last day it may still answer, the day after no more, and the office rules."""
    found = hall.raised()["objection_id"]
    hall.assigned(found)
    hall.accept(found)
    last = date.fromisoformat(hall.inquire(found)["due_on"])
    (asked,) = hall.desk.told("answer.asked")
    assert (asked["what"], asked["answer_by"]) == ("objection", last)
    hall.day(last)
    with pytest.raises(Conflict):
        hall.rule(found)
    hall.day(date(last.year, last.month, last.day + 1))
    with pytest.raises(Conflict, match="over"):
        hall.answer(found)
    assert hall.state(found)["awaits"] == "ruling"
    assert hall.rule(found)["state"] == "upheld"
    assert "objection:unanswered" in hall.desk.actions()


def test_a_ruling_needs_a_reason_and_another_officer(hall: Hall) -> None:
    found = hall.heard()["objection_id"]
    with pytest.raises(Invalid):
        hall.rule(found, reason=None)
    with pytest.raises(Forbidden):
        hall.rule(found, who=LOOKS)
    assert hall.rule(found, "dismissed")["ruling"] == "dismissed"
    with pytest.raises(Conflict):
        hall.rule(found)


# --- appeal ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ruling", "decision", "status"),
    [
        ("upheld", "confirmed", "objection_upheld"),
        ("upheld", "overturned", None),
        ("dismissed", "confirmed", None),
        ("dismissed", "overturned", "objection_upheld"),
    ],
)
def test_an_appeal_decides_for_good(hall: Hall, ruling: str, decision: str, status: str | None) -> None:
    """By whom the ruling went against, decided by a third officer; the notice waits for it, and ends with what it says."""
    raised = hall.heard()
    found = raised["objection_id"]
    hall.rule(found, ruling)
    with pytest.raises(Conflict):  # the other side won
        hall.appeal(raised) if ruling == "upheld" else hall.appeal_of(found)
    hall.appeal_of(found) if ruling == "upheld" else hall.appeal(raised)
    hall.day(date(2025, 7, 30))
    with pytest.raises(Conflict, match="objection"):
        hall.close()
    with pytest.raises(Forbidden):
        hall.decide(found, decision, RULES)
    hall.decide(found, decision)
    assert hall.close() == {"a": status, "b": None, "c": None}


def test_the_notice_waits_until_no_appeal_can_come(hall: Hall) -> None:
    """On the last day for one it stays open, the day after it closes, and no appeal is taken any more."""
    raised = hall.heard()
    last = date.fromisoformat(hall.rule(raised["objection_id"], "dismissed")["due_on"])
    hall.day(last)
    with pytest.raises(Conflict, match="objection"):
        hall.close()
    hall.day(date(2025, 6, last.day + 1))
    with pytest.raises(Conflict, match="over"):
        hall.appeal(raised)
    assert hall.close()["a"] is None
    with pytest.raises(Conflict):
        hall.appeal(raised)


def test_an_appeal_is_for_the_applicant_of_that_application(hall: Hall) -> None:
    found = hall.heard()["objection_id"]
    hall.rule(found)
    for other, refused in (("lead-b", NotFound), ("reader-a", Forbidden)):
        with pytest.raises(refused):
            hall.appeal_of(found, other)


def test_the_notice_does_not_wait_for_what_nobody_can_appeal_or_for_who_is_gone(hall: Hall) -> None:
    """What the office found itself and another officer dismissed; an objection to one who withdrew."""
    found = hall.raised(source="office", by=None, statement=None)["objection_id"]
    hall.assigned(found)
    hall.inquire(found)
    hall.answer(found)
    hall.raised("b")
    hall.day(AFTER)
    hall.rule(found, "dismissed")
    with pytest.raises(Conflict, match="objection"):
        hall.close()
    hall.room.withdraw("b")
    assert hall.close() == {"a": None, "c": None}


# --- the clock, figures ---------------------------------------------------------------------------------------------


def test_what_is_overdue_comes_first_and_is_reminded_of(hall: Hall) -> None:
    late = hall.raised("a")["objection_id"]
    hall.day(SECOND)
    today = hall.raised("b")["objection_id"]
    hall.day(date(2025, 6, 25))
    found = hall.ask("due_objections", DISCIPLINE)
    assert [(line["objection_id"], line["standing"], line["late_days"]) for line in found["objections"]] == [
        (late, "overdue", 1),
        (today, "last_day", 0),
    ]
    assert found["reminders"] == 2
    assert hall.ask("objection_figures", DISCIPLINE)["overdue"] == 1


def test_over_the_turn_of_a_year_that_is_not_published_nothing_is_late(database_url: str) -> None:
    """And nobody's right to answer lapses by a guess."""
    from shared.calendar import work_calendar

    year = max(known.year for known in work_calendar().years())
    hall = Hall(database_url, on=date(year, 12, 21))
    try:
        raised = hall.raised()
        found = raised["objection_id"]
        hall.assigned(found)
        hall.day(date(year, 12, 30))
        hall.accept(found)
        line = hall.inquire(found)
        assert (line["awaits"], line["due_on"], line["standing"]) == ("answer", None, "unknown")
        hall.day(date(year + 1, 3, 1))
        with pytest.raises(Conflict):
            hall.rule(found)
        hall.answer(found)
        assert hall.rule(found)["standing"] == "unknown"
        with pytest.raises(Conflict, match="objection"):
            hall.close()
    finally:
        hall.end()


def test_figures_count_and_name_nobody(hall: Hall) -> None:
    raised = hall.heard()
    hall.rule(raised["objection_id"])
    hall.raised("b", by=None)
    found = hall.ask("objection_figures", DISCIPLINE)
    assert {line["state"]: line["number"] for line in found["states"]} == {"not_accepted": 1, "upheld": 1}
    assert found["grounds"][0]["number"] == 2
    assert NAME not in str(found)


# --- letters -----------------------------------------------------------------------------------------------------


def test_letters_are_for_whom_they_are_written_to(hall: Hall) -> None:
    """The applicant has its own, of its own; the objector is addressed by the receipt, and has none of the hearing."""
    raised = hall.heard()
    found, own = raised["objection_id"], {name: raised[name] for name in ("receipt", "secret")}
    ask = {"objection_id": found, "to": "applicant"}
    hearing = hall.ask("objection_letter", APPLICANT, "lead-a", letter="hearing", **ask)
    assert (hearing["outcome"], hearing["receipt"], hearing["applicant"]) == ("inquiry", None, "示例1")
    with pytest.raises(NotFound):
        hall.ask("objection_letter", APPLICANT, "lead-b", letter="hearing", **ask)
    with pytest.raises(NotFound):
        hall.ask(
            "objection_letter", APPLICANT, "lead-a", letter="acceptance", objection_id=found, to="objector"
        )
    accepted = hall.ask("objector_letter", PUBLIC, letter="acceptance", **own)
    assert (accepted["outcome"], accepted["receipt"]) == ("accepted", raised["receipt"])
    with pytest.raises(NotFound):
        hall.ask("objector_letter", PUBLIC, letter="ruling", **own)
    last = hall.rule(found)["due_on"]
    assert hall.ask("objection_letter", letter="ruling", **ask)["last_day"] == last
    assert hall.ask("objector_letter", PUBLIC, letter="ruling", **own)["last_day"] is None


# --- rehearsals ----------------------------------------------------------------------------------------------------


def test_a_rehearsal_rules_directly_and_knows_no_further_step(database_url: str) -> None:
    """As the files that it plays: accepted at once, one ruling, and the notice closes on its last day."""
    hall = Hall(database_url, rehearsal=True)
    try:
        raised, other = hall.raised(statement=None), hall.raised("b")
        assert (raised["state"], raised["due_on"]) == ("accepted", None)
        with pytest.raises(Conflict):
            hall.assigned(raised["objection_id"])
            hall.inquire(raised["objection_id"])
        assert hall.rule(raised["objection_id"], reason=None)["state"] == "upheld"
        hall.rule(other["objection_id"], "dismissed", reason=None)
        with pytest.raises(Conflict):
            hall.appeal(other)
        hall.day(LAST)
        assert hall.close() == {"a": "objection_upheld", "b": None, "c": None}
    finally:
        hall.end()


def test_a_notice_stands_for_the_whole_of_its_last_day(hall: Hall) -> None:
    """Nobody closes it that morning on those who may still object."""
    hall.day(LAST)
    with pytest.raises(Conflict, match=f"the end of {in_words(LAST).en}"):
        hall.close()
    assert hall.raised(by=None)["state"] == "not_accepted"
    hall.day(AFTER)
    hall.close()


def test_nobody_objects_to_a_notice_that_is_closed(database_url: str) -> None:
    """A rehearsal closes one on its last day; what comes later that day is refused."""
    hall = Hall(database_url, rehearsal=True)
    try:
        hall.day(LAST)
        hall.close()
        with pytest.raises(Conflict, match="closed"):
            hall.raised()
    finally:
        hall.end()


def test_nothing_can_be_done_once_the_notice_is_closed(hall: Hall) -> None:
    raised = hall.raised(by=None)
    hall.day(AFTER)
    hall.close()
    with pytest.raises(Conflict, match="closed"):
        hall.assigned(raised["objection_id"])
    assert hall.today > FIRST


def test_of_two_rulings_at_once_one_is_made(hall: Hall) -> None:
    """The other one is told that it is no move any more."""
    found = hall.heard()["objection_id"]

    def rule(ruling: str) -> str:
        try:
            return str(hall.rule(found, ruling)["state"])
        except Conflict:
            return "refused"

    with ThreadPoolExecutor(4) as pool:
        done = sorted(pool.map(rule, ["upheld", "dismissed"] * 4))
    assert done.count("refused") == 7
    assert hall.desk.actions().count("objection:ruled") == 1
