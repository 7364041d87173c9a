"""What the register is worked with, on both databases: proposals, absences, pools, service, and reports on conduct."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from services.review import experts, models
from services.review.conflicts.grounds import Employment
from services.review.register import absent, available, entries, history, persons
from services.review.scoring import sheets
from services.review.seating import lists as panel_lists
from services.review.stages import conductor
from shared.contracts import load
from shared.contracts.operations.review.register import EnterExpert
from shared.problems import Conflict, Invalid, NotFound
from shared.procedure import REAL_WORLD
from tests.support.register import (
    APPLICANT,
    AUDITOR,
    EXPERT,
    FIRM,
    OTHER,
    THIRD,
    TODAY,
    Register,
    employed,
    entry,
)
from tests.support.rooms import CLOSES, CYCLE

pytestmark = pytest.mark.integration

REVIEW = date(2025, 6, 24)
STAGE = "document_review"


@pytest.fixture
def register(database_url: str) -> Iterator[Register]:
    made = Register(database_url)
    made.enter("E1")
    made.enter("E2", name="王二")
    yield made
    made.close()


@pytest.fixture
def played(database_url: str) -> Iterator[Register]:
    """A rehearsal with three experts and two applications, one of the experts kept from the first."""
    made = Register(database_url, rehearsal=True)
    for number in range(1, 5):
        made.enter(f"E{number}", name=f"专家{number}", industry_expert=number == 1)
    room = made.room
    for number, name in enumerate(("a1", "a2"), start=1):
        room.accept(name, number)
    pool: list[dict[str, Any]] = [
        {"expert_id": f"E{n}", "industry_expert": n == 1, "kin_of": ["a1"] if n == 4 else []}
        for n in range(1, 5)
    ]
    room.ask(
        "register_experts",
        lambda w, d: experts.register(w, conductor, d),
        {"experts": pool},
        on=REVIEW,
    )
    room.hand_over("submission", CLOSES, ["a1", "a2"])
    room.hand_over("qualification", date(2025, 6, 16), ["a1", "a2"])
    room.hand_over("notice:qualification", date(2025, 6, 23), ["a1", "a2"])
    room.begin(STAGE, REVIEW)
    yield made
    made.close()


def assigned(played: Register) -> list[tuple[str, str]]:
    reply = played.room.ask("panels", lambda w, d: panel_lists.listed(w, conductor, d), {})
    return [(a["application_id"], a["expert_id"]) for p in reply["panels"] for a in p["assignments"]]


def submit_all(played: Register) -> None:
    for application, expert in assigned(played):
        data = {"stage": STAGE, "application_id": application, "percent": "80"}
        played.room.ask(
            "submit_sheet", lambda w, d: sheets.submit(w, conductor, d), data, EXPERT, expert, REVIEW
        )


# --- proposals --------------------------------------------------------------------------------------------------------


def test_a_confirmed_proposal_changes_what_it_names_and_nothing_else(register: Register) -> None:
    """The office sees before and after; the rest of the entry stays."""
    asked = register.propose(
        "E1", 1, title="教授", contact={"phone": "021-1", "email": None, "address": None}
    )
    assert asked["now"] == {"title": None, "contact": None}
    assert register.one("E1")["title"] is None
    done = register.decide(asked["proposal_id"], 1, confirmed=True)
    assert (done["state"], done["decided_by"]) == ("confirmed", "office")
    shown = register.one("E1")
    assert (shown["title"], shown["contact"]["phone"], shown["revision"]) == ("教授", "021-1", 2)
    assert shown["expertise"] == ["卓越绩效"]


def test_a_proposal_is_decided_once_and_refused_with_a_reason(register: Register) -> None:
    """A refusal leaves the entry as it was."""
    asked = register.propose("E1", 1, name="李伪")
    with pytest.raises(Invalid, match="reason"):
        register.decide(asked["proposal_id"], 1, confirmed=False)
    register.decide(asked["proposal_id"], 1, confirmed=False, reason="与身份证件不符")
    with pytest.raises(Conflict) as refused:
        register.decide(asked["proposal_id"], 1, confirmed=True)
    assert refused.value.code == "decided"
    assert (register.one("E1")["name"], register.one("E1")["revision"]) == ("李示例", 1)


def test_a_proposal_never_undoes_what_the_office_changed_unseen(register: Register) -> None:
    """Whoever confirms names the revision that it looked at; an expert that looked at an old one is told."""
    asked = register.propose("E1", 1, title="教授")
    register.change("E1", 1, title="研究员")
    with pytest.raises(Conflict) as refused:
        register.decide(asked["proposal_id"], 1, confirmed=True)
    assert refused.value.code == "changed_meanwhile"
    (waiting,) = register.proposals(state="open")["proposals"]
    assert (waiting["now"], waiting["based_on"], waiting["revision"]) == ({"title": "研究员"}, 1, 2)
    register.decide(asked["proposal_id"], 2, confirmed=False, reason="已更新")
    with pytest.raises(Conflict):
        register.propose("E1", 1, title="教授")


def test_one_proposal_waits_at_a_time(register: Register) -> None:
    """So that an employer once stated cannot be taken back by stating another."""
    register.propose("E1", 1, employments=[employed(OTHER)])
    with pytest.raises(Conflict) as refused:
        register.propose("E1", 1, employments=[])
    assert refused.value.code == "open_proposal"
    (person,) = register.read(lambda w: persons(w, REAL_WORLD, ["E1"]))
    assert person.employments == (Employment(OTHER),)


def test_an_expert_proposes_for_itself_and_sees_its_own(register: Register) -> None:
    """Lists and counts of proposals too; and leading or being of the industry is not for it to say."""
    register.propose("E1", 1, title="教授")
    with pytest.raises(NotFound):
        register.propose("E1", 1, actor="E2", title="教授")
    mine = register.proposals(EXPERT, "E2")
    assert (mine["proposals"], mine["total"]) == ([], 0)
    assert register.proposals(EXPERT, "E1")["total"] == register.proposals()["total"] == 1
    for field in ("industry_expert", "may_lead", "state"):
        with pytest.raises(Invalid, match=field):
            register.propose("E2", 1, **{field: True})
    with pytest.raises(Invalid, match="changes"):
        register.propose("E2", 1)
    with pytest.raises(Invalid, match="expertise"):
        register.propose("E2", 1, expertise=["甲", "甲"])


# --- absences ---------------------------------------------------------------------------------------------------------


def test_an_expert_is_available_on_days_without_absence(register: Register) -> None:
    """Both ends of both spans count; who is retired or not known serves nowhere."""
    register.away("E1", "2025-07-01", "2025-07-10")

    def free(since: date, until: date, expert_id: str = "E1") -> bool:
        found: bool = register.read(lambda w: available(w, REAL_WORLD, expert_id, since, until))
        assert not found or expert_id not in register.read(lambda w: absent(w, REAL_WORLD, since, until))
        return found

    assert free(date(2025, 6, 20), date(2025, 6, 30))
    assert not free(date(2025, 6, 20), date(2025, 7, 1))
    assert not free(date(2025, 7, 10), date(2025, 7, 20))
    assert not free(date(2025, 7, 3), date(2025, 7, 4))
    assert not free(date(2025, 6, 1), date(2025, 8, 1))
    assert free(date(2025, 7, 11), date(2025, 7, 11))
    assert free(date(2025, 7, 3), date(2025, 7, 4), "E2")
    assert not free(TODAY, TODAY, "E9")
    register.move("E2", 1)
    assert not free(TODAY, TODAY, "E2")
    assert register.read(lambda w: absent(w, "another-world", TODAY, date(2026, 1, 1))) == frozenset()


def test_absences_are_ones_own_or_entered_by_the_office(register: Register) -> None:
    """They are shown to both, not to auditors, and taken back by whoever may enter them."""
    (own,) = register.away("E1", "2025-07-01", "2025-07-10")["absences"]
    register.away("E1", "2025-03-03", "2025-03-03", "award_office")
    assert [a["entered_by"] for a in register.one("E1")["absences"]] == ["office", "E1"]
    assert register.one("E1", AUDITOR)["absences"] is None
    for attempt in (
        lambda: register.back("E1", own["absence_id"], "E2"),
        lambda: register.back("E2", own["absence_id"], "E2"),
        lambda: register.away("E9", "2025-07-01", "2025-07-10"),
    ):
        with pytest.raises(NotFound):
            attempt()
    register.back("E1", own["absence_id"], "E1")
    assert len(register.one("E1")["absences"]) == 1


def test_an_absence_ends_after_it_begins_and_is_not_over(register: Register) -> None:
    """And there are not more of them than a person has."""
    for since, until in (("2025-07-02", "2025-07-01"), ("2025-03-01", "2025-03-02")):
        with pytest.raises(Invalid, match="until"):
            register.away("E1", since, until)
    register.away("E1", "2025-07-01", "2025-07-02", most=1)
    with pytest.raises(Conflict) as refused:
        register.away("E1", "2025-08-01", "2025-08-02", most=1)
    assert refused.value.code == "too_many_absences"


# --- pools ------------------------------------------------------------------------------------------------------------


def pooled(register: Register) -> dict[str, tuple[str, bool, str | None, list[str]]]:
    table = models.experts
    rows = register.read(lambda w: w.session.execute(select(table).order_by(table.c.expert_id)).all())
    return {row.expert_id: (row.name, row.industry_expert, row.employer, row.kin_of) for row in rows}


def test_a_pool_takes_those_with_a_declaration_and_says_why_not_of_the_others(register: Register) -> None:
    """Each by itself: unknown, retired, without a declaration; the entry as it is that day."""
    employers = [
        employed(FIRM, "2010-01-01", "2025-03-02"),
        employed(OTHER, "2025-03-03"),
        employed(THIRD, "2025-03-04"),
    ]
    register.change("E1", 1, industry_expert=True, employments=employers)
    register.declare("E1")
    register.enter("E3", name="张三")
    register.move("E3", 1)
    assert register.enter_pool(expert_ids=["E1", "E2", "E3", "E9"]) == {
        "E1": "entered",
        "E2": "no_declaration",
        "E3": "retired",
        "E9": "unknown",
    }
    assert pooled(register) == {"E1": ("李示例", True, OTHER, [])}
    assert register.enter_pool(expert_ids=["E1"]) == {"E1": "unchanged"}


def test_a_declaration_that_has_run_out_opens_no_pool(register: Register) -> None:
    """On its last day it does, on the next it does not."""
    register.declare("E1")
    register.days_later(364)
    assert register.enter_pool(expert_ids=["E1"]) == {"E1": "entered"}
    register.change("E1", 1, title="教授", industry_expert=True)
    register.days_later(1)
    assert register.enter_pool(expert_ids=["E1"]) == {"E1": "no_declaration"}


def test_a_pool_is_filled_by_a_filter(register: Register) -> None:
    """Active experts only; brought up to date where they are in it already, what was entered for the cycle kept."""
    for name, signed in (("E1", "李示例"), ("E2", "王二")):
        register.declare(name, signed_by=signed)
    pool = [{"expert_id": "E2", "kin_of": ["a1"]}]
    register.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool})
    register.change("E1", 1, industries=["软件业"])
    assert register.enter_pool(picked={"industry": "软件业"}) == {"E1": "entered"}
    assert register.enter_pool(picked={"industry": "仪器仪表制造业"}) == {"E2": "updated"}
    assert pooled(register)["E2"] == ("王二", False, None, ["a1"])
    assert register.enter_pool(picked={"language": "fr"}) == {}


def test_a_pool_is_asked_for_in_one_way(register: Register) -> None:
    """Ids or a filter, no id twice."""
    for data, field in (
        ({}, "expert_ids"),
        ({"expert_ids": ["E1"], "picked": {}}, "expert_ids"),
        ({"expert_ids": []}, "expert_ids"),
        ({"expert_ids": ["E 1"]}, "expert_ids"),
        ({"expert_ids": ["E1", "E1"]}, "expert_ids.1"),
        ({"picked": {"name": "李"}}, "picked.name"),
    ):
        with pytest.raises(Invalid, match=field):
            register.enter_pool(**data)


def test_a_rehearsal_asks_for_no_declaration(played: Register) -> None:
    """It plays as it did."""
    played.enter("E5", name="专家5")
    assert played.enter_pool(expert_ids=["E5", "E9"]) == {"E5": "entered", "E9": "unknown"}


# --- service ----------------------------------------------------------------------------------------------------------


def test_service_is_counted_from_panels_and_sheets(played: Register) -> None:
    """Seats, assignments, sheets and recusals of each stage; the one kept from an application did nothing else."""
    before = {name: played.served(name) for name in ("E1", "E2", "E3", "E4")}
    counted = [expert for _, expert in assigned(played)]
    for name, lines in before.items():
        (line,) = lines
        assert (line["cycle_id"], line["year"], line["stage"]) == (CYCLE, 2025, STAGE)
        assert (line["assigned"], line["submitted"]) == (counted.count(name), 0)
        assert line["recused"] == (1 if name == "E4" else 0)
        assert line["seated"] is (name in counted)
    submit_all(played)
    for name in before:
        (line,) = played.served(name)
        assert line["submitted"] == line["assigned"] == counted.count(name)


def test_service_is_shown_to_the_expert_itself_and_names_nobody(played: Register) -> None:
    """Another one's does not exist; and no application and no colleague stands in it."""
    assert played.served("E1", EXPERT, "E1") == played.served("E1")
    with pytest.raises(NotFound):
        played.served("E1", EXPERT, "E2")
    told = str(played.served("E4", EXPERT, "E4"))
    assert not [name for name in ("a1", "a2", "E1", "E2", "E3") if f"'{name}'" in told]


def test_real_service_knows_nothing_of_rehearsals(played: Register) -> None:
    """Each world has its own."""
    given = {"expert_id": "E1", **entry(), "contact": None}
    with played.desk.work("award_office") as work:
        entries.add(work, conductor, REAL_WORLD, "E1", entries.entry_of(load(EnterExpert(), given)))
        asked = {"cycle_id": None, "expert_id": "E1"}
        assert history.served(work, conductor, asked)["served"] == []
    assert played.served("E1")


# --- conduct ----------------------------------------------------------------------------------------------------------


def test_conduct_is_said_once_by_each_side_after_the_stage(played: Register) -> None:
    """Not before it is closed; an applicant once for all its reviewers, each reviewer once for an applicant."""
    reviewer = next(e for a, e in assigned(played) if a == "a1")
    for role, actor in ((APPLICANT, "anna"), (EXPERT, reviewer)):
        with pytest.raises(Conflict) as refused:
            played.say("a1", STAGE, role, actor)
        assert refused.value.code == "stage_open"
    submit_all(played)
    played.room.close(STAGE, REVIEW)
    for role, actor in ((APPLICANT, "anna"), (EXPERT, reviewer)):
        played.say("a1", STAGE, role, actor)
        with pytest.raises(Conflict) as refused:
            played.say("a1", STAGE, role, actor)
        assert refused.value.code == "said_already"
    with pytest.raises(Conflict):
        played.say("a1", STAGE, APPLICANT, "ben")  # a second account of the same dossier
    assert played.said()["total"] == 2


def test_conduct_is_said_of_what_one_had_to_do_with(played: Register) -> None:
    """A reviewer that was not assigned hears that there is nothing."""
    submit_all(played)
    played.room.close(STAGE, REVIEW)
    for actor in ("E4", "E9"):
        with pytest.raises(NotFound):
            played.say("a1", STAGE, EXPERT, actor)


def test_an_applicant_that_nobody_reviewed_hears_the_same_as_one_that_was(played: Register) -> None:
    """Before the results nothing may say that it was cut; once for each stage counts for both."""
    submit_all(played)
    played.room.close(STAGE, REVIEW)
    heard: dict[str, set[str]] = {"first": set(), "again": set()}
    for application in ("a1", "a9"):
        heard["first"].add(str(played.say(application, STAGE, APPLICANT, "anna")))
        with pytest.raises(Conflict) as refused:
            played.say(application, STAGE, APPLICANT, "anna")
        assert refused.value.code == "said_already"
        heard["again"].add(str(refused.value.as_dict()))
    assert {name: len(answers) for name, answers in heard.items()} == {"first": 1, "again": 1}
    assert played.said(side="applicant")["total"] == 2


def test_before_a_stage_is_closed_nobody_hears_whether_an_application_is_in_it(played: Register) -> None:
    """Who is assigned, who is not, and what does not exist are refused in the same words."""
    assigned_to = next(e for a, e in assigned(played) if a == "a1")
    said = set()
    for application, role, actor in (
        ("a1", EXPERT, assigned_to),
        ("a1", EXPERT, "E9"),
        ("a1", APPLICANT, "anna"),
        ("a9", APPLICANT, "anna"),
    ):
        with pytest.raises(Conflict) as early:
            played.say(application, STAGE, role, actor)
        said.add(str(early.value.as_dict()))
    assert len(said) == 1


def test_reports_on_conduct_name_no_account_of_an_applicant_and_are_kept(played: Register) -> None:
    """Discipline inspection reads them by side; comments are encrypted, and nothing of a mark stands in the audit log."""
    reviewer = next(e for a, e in assigned(played) if a == "a1")
    submit_all(played)
    played.room.close(STAGE, REVIEW)
    played.say("a1", STAGE, APPLICANT, "anna", 1)
    played.say("a1", STAGE, EXPERT, reviewer, 4)
    (by_applicant,) = played.said(side="applicant")["reports"]
    (by_reviewer,) = played.said(side="reviewer")["reports"]
    assert (by_applicant["expert_id"], by_applicant["marks"]["fairness"]) == (None, 1)
    assert (by_reviewer["expert_id"], by_reviewer["comment"]) == (reviewer, "来自 reviewer")
    assert "anna" not in str(played.said())
    raw = str(played.read(lambda w: w.connection.exec_driver_sql("SELECT * FROM conduct_reports").all()))
    assert "来自" not in raw
    audit = played.desk.store.tables.audit
    logged = played.read(
        lambda w: w.session.execute(select(audit).where(audit.c.action.like("conduct:%"))).all()
    )
    assert [(row.before_digest, row.after_digest) for row in logged] == [(None, None)] * 2
    with pytest.raises(DBAPIError), played.desk.work() as work:
        work.session.execute(delete(models.conduct_reports))


@pytest.mark.parametrize("mark", [0, 6, "5", 4.5, None])
def test_a_mark_is_one_to_five(played: Register, mark: Any) -> None:
    """Anything else is refused by its field."""
    with pytest.raises(Invalid, match=r"marks\.discipline"):
        played.say("a1", STAGE, APPLICANT, "anna", mark)
