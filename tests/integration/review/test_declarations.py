"""Yearly declarations on both databases: signed once, in force for a year, chased, and what conflicts are told of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from services.review import models
from services.review.conflicts.grounds import Employment, Interest
from services.review.register import declared, due, persons
from shared.identifiers import digest
from shared.problems import Conflict, Invalid, NotFound
from shared.procedure import REAL_WORLD
from tests.support.register import (
    DISCIPLINE,
    EXPERT,
    FIRM,
    OTHER,
    RELATIONS,
    TODAY,
    Register,
    employed,
    interest,
)

pytestmark = pytest.mark.integration


@pytest.fixture
def register(database_url: str) -> Iterator[Register]:
    made = Register(database_url)
    made.enter("E1")
    yield made
    made.close()


def interests_of(register: Register, expert_id: str = "E1") -> set[Interest]:
    (person,) = register.read(lambda w: persons(w, REAL_WORLD, [expert_id]))
    return set(person.interests)


def employments_of(register: Register, expert_id: str = "E1") -> tuple[Employment, ...]:
    (person,) = register.read(lambda w: persons(w, REAL_WORLD, [expert_id]))
    found: tuple[Employment, ...] = person.employments
    return found


def in_force(register: Register, on: date) -> bool:
    found: bool = register.read(lambda w: declared(w, REAL_WORLD, "E1", on))
    return found


def test_a_declaration_is_in_force_for_a_year_to_the_day(register: Register) -> None:
    """From the day it is made to the day before that day a year later, and not a day before or after."""
    assert not in_force(register, TODAY)
    given = register.declare("E1")
    assert given["valid_until"] == "2026-03-02"
    assert given["in_force"]
    assert in_force(register, TODAY)
    assert in_force(register, date(2026, 3, 2))
    assert not in_force(register, date(2026, 3, 3))
    assert not in_force(register, date(2025, 3, 2))
    assert register.one("E1")["declared"] == "in_force"
    register.days_later(365)
    assert register.one("E1")["declared"] == "expired"
    assert not register.declarations("E1")["declarations"][0]["in_force"]


def test_the_receipt_is_the_digest_of_what_is_shown(register: Register) -> None:
    """Whoever has a declaration can check it: nothing that was signed is left out."""
    said = interest("kin", FIRM, person="王某", note="配偶任职")
    given = register.declare("E1", said)
    document = {
        "expert_id": "E1",
        "declared_at": given["declared_at"],
        "valid_until": given["valid_until"],
        "statement": {"zh": given["statement_zh"], "en": given["statement_en"]},
        "answers": given["answers"],
        "interests": given["interests"],
        "signed_by": given["signed_by"],
    }
    assert given["digest"] == digest(document)
    assert given["interests"] == [said]
    assert digest({**document, "answers": {**given["answers"], "other": True}}) != given["digest"]


def test_persons_and_notes_are_not_to_be_read_in_the_database(register: Register) -> None:
    """They are of people who never agreed to stand in it."""
    register.declare("E1", interest("kin", FIRM, person="王某", note="配偶任职"))
    for table in ("declarations", "declared_interests", "audit", "outbox"):
        query = f"SELECT * FROM {table}"
        raw = str(register.read(lambda w, q=query: w.connection.exec_driver_sql(q).all()))
        assert "王某" not in raw
        assert "配偶" not in raw


def test_a_later_declaration_supersedes_and_none_is_edited(register: Register) -> None:
    """Both are kept; the database itself refuses any change."""
    register.declare("E1", interest("advised"))
    register.days_later(100)
    register.declare("E1")
    assert [(each["number"], each["in_force"]) for each in register.declarations("E1")["declarations"]] == [
        (2, True),
        (1, False),
    ]
    table = models.declarations
    for statement in (update(table).values(digest="x"), delete(table), delete(models.declared_interests)):
        with pytest.raises(DBAPIError), register.desk.work() as work:
            work.session.execute(statement)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"answers": dict.fromkeys(RELATIONS[1:], False)}, "answers.employed"),
        ({"answers": dict.fromkeys(RELATIONS)}, "answers.employed"),
        ({"answers": dict.fromkeys(RELATIONS, "no")}, "answers.employed"),
        ({"answers": {**dict.fromkeys(RELATIONS, False), "kin": True}}, "answers.kin"),
        ({"interests": [interest("advised")]}, "answers.advised"),
        ({"signed_by": "李示"}, "signed_by"),
        ({"signed_by": ""}, "signed_by"),
    ],
)
def test_each_kind_is_answered_and_the_name_is_ones_own(register: Register, given: Any, field: str) -> None:
    """No answer is taken for granted, yes and no agree with what is listed; nothing is kept of what is refused."""
    with pytest.raises(Invalid) as refused:
        register.declare("E1", **given)
    assert field in [error.field for error in refused.value.errors]
    assert register.declarations("E1")["declarations"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (interest("advised", None), "interests.0.uscc"),
        (interest("advised", None, person="王某"), "interests.0.uscc"),
        (interest("kin", None), "interests.0.uscc"),
        (interest("advised", "91310105MAXY50013X"), "interests.0.uscc"),
        (interest("friend"), "interests.0.relation"),
        (interest("kin", since="2024-02-30"), "interests.0.since"),
        (interest("kin", since="2024-02-02", until="2024-02-01"), "interests.0.until"),
        (interest("kin", person="=王"), "interests.0.person"),
        (interest("kin", note="注" * 501), "interests.0.note"),
    ],
)
def test_a_wrong_interest_is_refused_by_its_place(register: Register, wrong: Any, field: str) -> None:
    """The path names the line and the field."""
    with pytest.raises(Invalid) as refused:
        register.declare("E1", wrong)
    assert field in [error.field for error in refused.value.errors]


def test_an_expert_declares_for_itself_alone(register: Register) -> None:
    """Neither for another one, nor when retired; nor does it read another one's."""
    register.enter("E2", name="王二")
    register.declare("E1", interest("kin", FIRM, note="密"))
    with pytest.raises(NotFound):
        register.declare("E1", actor="E2")
    with pytest.raises(NotFound):
        register.declarations("E1", EXPERT, "E2")
    assert len(register.declarations("E1", DISCIPLINE)["declarations"]) == 1
    register.move("E2", 1)
    with pytest.raises(Conflict):
        register.declare("E2", signed_by="王二")


# --- what conflicts are told ------------------------------------------------------------------------------------------


def test_conflicts_are_told_of_what_is_declared(register: Register) -> None:
    """With its days; an interest in a person alone has no code and is for people to read."""
    register.declare(
        "E1",
        interest("advised", FIRM, since="2024-01-01"),
        interest("shareholding", OTHER),
        interest("kin", None, person="王某"),
    )
    assert interests_of(register) == {
        Interest("advised", FIRM, None, date(2024, 1, 1), None),
        Interest("shareholding", OTHER),
    }


def test_what_is_no_longer_declared_ended_with_the_later_declaration_at_the_latest(
    register: Register,
) -> None:
    """It may lie within a look-back, so it is not forgotten; what is declared again stands as it says now."""
    register.declare(
        "E1",
        interest("advised", FIRM),
        interest("consulted", OTHER, until="2024-05-01"),
        interest("kin", FIRM),
    )
    register.days_later(10)
    register.declare("E1", interest("kin", FIRM))
    assert interests_of(register) == {
        Interest("advised", FIRM, None, None, date(2025, 3, 13)),
        Interest("consulted", OTHER, None, None, date(2024, 5, 1)),
        Interest("kin", FIRM),
    }
    register.days_later(1000)
    assert Interest("kin", FIRM) in interests_of(register)  # out of date is not untrue


def test_an_expert_without_anything_is_a_person_too(register: Register) -> None:
    """And one that the register does not know is none."""
    found = register.read(lambda w: persons(w, REAL_WORLD, ["E1", "E9"]))
    assert [(p.expert_id, p.employments, p.interests) for p in found] == [("E1", (), ())]
    assert [p.expert_id for p in register.read(lambda w: persons(w, REAL_WORLD, None))] == ["E1"]
    assert register.read(lambda w: persons(w, "another-world", None)) == []


def test_an_employer_that_an_expert_states_counts_at_once(register: Register) -> None:
    """And one that it would take out counts until the office has confirmed it."""
    register.change("E1", 1, employments=[employed(FIRM)])
    asked = register.propose("E1", 2, employments=[employed(OTHER), employed(FIRM, None, "2024-12-31")])
    assert set(employments_of(register)) == {
        Employment(FIRM),
        Employment(OTHER),
        Employment(FIRM, None, date(2024, 12, 31)),
    }
    assert register.one("E1")["employments"] == [employed(FIRM)]
    register.decide(asked["proposal_id"], 2, confirmed=True)
    assert employments_of(register) == (Employment(OTHER), Employment(FIRM, None, date(2024, 12, 31)))


def test_a_refused_employer_no_longer_counts(register: Register) -> None:
    """The office has said why."""
    asked = register.propose("E1", 1, employments=[employed(OTHER)])
    register.decide(asked["proposal_id"], 1, confirmed=False, reason="代码填错")
    assert employments_of(register) == ()


# --- chased -----------------------------------------------------------------------------------------------------------


def reminders(register: Register) -> list[tuple[str, date, int]]:
    table = models.declaration_reminders
    query = select(table).order_by(table.c.reminded_at, table.c.expert_id)
    return [
        (row.expert_id, row.due_on, row.step)
        for row in register.read(lambda w: w.session.execute(query).all())
    ]


def test_each_step_is_chased_once_on_its_day(register: Register) -> None:
    """Day by day for more than a year: a row and an event for each step, however often the clock looks."""
    register.declare("E1")
    register.days_later(330)
    for _ in range(50):
        register.chase()
        register.chase()
        register.days_later(1)
    end = date(2026, 3, 2)
    assert reminders(register) == [("E1", end, 30), ("E1", end, 7), ("E1", end, 0), ("E1", end, -7)]
    assert [(told["step"], told["state"]) for told in register.desk.told("declaration.due")] == [
        (30, "expiring"),
        (7, "expiring"),
        (0, "expiring"),
        (-7, "expired"),
    ]


def test_a_clock_that_stood_still_sends_the_last_step_alone(register: Register) -> None:
    """Nobody gets four letters on one day."""
    register.declare("E1")
    register.days_later(400)
    register.chase()
    register.chase()
    assert reminders(register) == [("E1", date(2026, 3, 2), -7)]


def test_whoever_never_declared_is_asked_from_the_first_day(register: Register) -> None:
    """Counted from the day of entering; whoever declares, or is retired, is left alone."""
    register.enter("E2", name="王二")
    register.enter("E3", name="张三")
    register.move("E3", 1)
    register.declare("E2", signed_by="王二")
    register.chase()
    register.days_later(7)
    register.chase()
    assert reminders(register) == [("E1", TODAY, 0), ("E1", TODAY, -7)]
    register.declare("E1")
    register.days_later(30)
    register.chase()
    assert len(reminders(register)) == 2


def test_a_reminder_that_came_over_the_bus_is_known_to_be_sent(register: Register) -> None:
    """The event is heard, once or twice, and marks its own row."""
    register.chase()
    (told,) = register.desk.told("declaration.due")
    sent = select(models.declaration_reminders.c.sent_at)
    assert register.read(lambda w: w.session.execute(sent).scalars().all()) == [None]
    for _ in range(2):
        with register.desk.work() as work:
            due.told(work, told)
        register.days_later(1)
    (at,) = register.read(lambda w: w.session.execute(sent).scalars().all())
    assert at.date() == TODAY


def test_many_are_chased_batch_by_batch(new_database: Any) -> None:
    """More than one transaction takes: those that were reminded do not stand in the way of the others."""
    many = Register(new_database("sqlite"))
    with many.desk.work() as work:
        rows = [
            {
                "world": REAL_WORLD,
                "expert_id": f"X{n}",
                "revision": 1,
                "state": "active",
                "name": "甲",
                "industry_expert": False,
                "may_lead": False,
                "entered_on": TODAY,
            }
            for n in range(450)
        ]
        work.session.execute(models.expert_register.insert(), rows)
    for _ in range(3):
        many.chase()
    assert len(reminders(many)) == 450
    many.close()


def test_the_office_sees_who_owes_what(register: Register) -> None:
    """State, end, and how often it was asked; filtered and counted; those who owe nothing are not there."""
    register.enter("E2", name="王二")
    register.declare("E2", signed_by="王二")
    register.days_later(340)
    register.enter("E3", name="张三")
    register.declare("E3", signed_by="张三")
    register.chase()
    reply = register.owed()
    assert [(line["expert_id"], line["state"], line["reminders"]) for line in reply["experts"]] == [
        ("E1", "missing", 1),
        ("E2", "expiring", 1),
    ]
    assert (reply["total"], reply["counts"]) == (2, {"expiring": 1, "missing": 1})
    assert reply["experts"][1]["declared_until"] == "2026-03-02"
    assert [line["expert_id"] for line in register.owed(state="expiring")["experts"]] == ["E2"]
    register.days_later(30)
    assert register.owed(state="expired")["total"] == 1
