"""待办: what each role's answers make of tasks, and their order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.gateway.desk import tasks
from services.gateway.desk.tasks import QUESTIONS, Asker, Task, in_order, of_desk, unavailable
from shared.calendar import WorkCalendar
from shared.contracts import load
from shared.contracts.operations import OPERATIONS, ROLES

TODAY = date(2026, 9, 18)
ME = Asker("me", TODAY, WorkCalendar())
CYCLE = {
    "cycle_id": "c1", "state": "open", "closes_on": "2026-09-24",
    "stages": [{"stage": "document_review", "state": "begun", "ends_on": "2026-09-21"},
               {"stage": "site_review", "state": "waiting", "ends_on": None}],
}  # fmt: skip


def read(role: str, method: str, reply: dict[str, Any]) -> list[Task]:
    """The tasks that a role's question finds in an answer."""
    (question,) = (each for each in QUESTIONS[role] if each.method == method)
    return list(question.read(CYCLE, reply, ME))


def test_every_question_is_of_the_contract() -> None:
    """Its service answers it, lets the role in, and accepts what is asked."""
    for role, questions in QUESTIONS.items():
        assert role in ROLES
        for question in questions:
            operation = OPERATIONS[f"{question.service}.{question.method}"]
            assert operation.kind == "query"
            assert role in operation.roles
            load(operation.request(), {"cycle_id": "c1", **(question.data or {})})


def test_an_applicant_has_drafts_and_corrections() -> None:
    """A draft until the call's last day, a returned one until its own; nothing waits in what was handed in."""
    lines = [
        {"application_id": "a1", "name": "甲", "status": "draft", "correction_due_on": None},
        {"application_id": "a2", "name": "乙", "status": "returned", "correction_due_on": "2026-09-17"},
        {"application_id": "a3", "name": "丙", "status": "in_progress", "correction_due_on": None},
    ]
    found = read("applicant", "applications", {"applications": lines})
    assert [(task.what, task.path, task.level) for task in found] == [
        ("draft", "/my/a/a1", "amber"),
        ("correction", "/my/a/a2", "red"),
    ]
    over = tasks.QUESTIONS["applicant"][0].read({**CYCLE, "state": "running"}, {"applications": lines}, ME)
    assert [task.what for task in over] == ["correction"]


def test_a_reviewer_declares_answers_and_scores() -> None:
    """Recusal first; what it has not answered; what it accepted and has not scored of a stage that runs, and nobody else's."""
    stated = {"declared": False, "applications": [{"application_id": "a1"}, {"application_id": "a2"}]}
    first, second = read("reviewer", "awaiting_statement", stated)
    assert (first.what, second.what, second.count, second.path) == (
        "declaration",
        "statement",
        2,
        "/review/c1/a1/declare",
    )
    assert first.path == "/review/declaration"
    assert read("reviewer", "awaiting_statement", {"declared": True, "applications": []}) == []

    def seat(name: str, expert: str, state: str, *, submitted: bool = False) -> dict[str, Any]:
        return {"application_id": name, "expert_id": expert, "state": state, "submitted": submitted}

    seats = [
        seat("a1", "me", "released"), seat("a2", "me", "accepted"), seat("a3", "me", "accepted", submitted=True),
        seat("a4", "other", "accepted"), seat("a5", "me", "accepted"),
    ]  # fmt: skip
    panels = [
        {"stage": "document_review", "assignments": seats},
        {"stage": "site_review", "assignments": [seat("a6", "me", "accepted")]},
    ]
    found = read("reviewer", "my_assignments", {"panels": panels})
    assert [(t.what, t.count, t.path) for t in found] == [
        ("answer", 1, "/review"),
        ("sheet", 2, "/review/c1/document_review/a2/sheet"),
    ]
    assert found[1].due is not None
    assert found[1].due.days == 2


@pytest.mark.parametrize(
    ("state", "voters", "cast", "tasks_found"),
    [
        ("open", ["me"], False, 1),
        ("open", ["me"], True, 0),
        ("open", ["x"], False, 0),
        ("closed", [], None, 0),
    ],
)
def test_a_member_votes_once(state: str, voters: list[str], cast: bool | None, tasks_found: int) -> None:
    """Only one who may cast the open ballot and has not."""
    reply = {"state": state, "voters": voters, "voted": cast, "number": 2}
    assert len(read("committee_member", "round", reply)) == tasks_found


def test_only_the_chair_confirms_minutes() -> None:
    """As the newest version says who took the chair."""

    def version(member: str, state: str = "draft") -> dict[str, Any]:
        content = {"members": [{"member": member, "chair": True, "attended": True}]}
        return {"state": state, "content": content}

    assert len(read("committee_member", "minutes_versions", {"minutes": [version("me"), version("x")]})) == 1
    assert read("committee_member", "minutes_versions", {"minutes": [version("x")]}) == []
    assert read("committee_member", "minutes_versions", {"minutes": [version("me", "confirmed")]}) == []
    assert read("committee_member", "minutes_versions", {"minutes": []}) == []


def test_departments_and_recommending_bodies_have_the_nearest_day() -> None:
    """As a moment or as a day."""
    asked = [
        {"due_at": "2026-09-30T09:00:00+08:00"},
        {"due_at": "2026-09-20T23:30:00+00:00"},
        {"due_at": None},
    ]
    (task,) = read("department_clerk", "my_enquiries", {"enquiries": asked})
    assert task.due is not None
    assert (task.count, task.due.due_on, task.level) == (3, date(2026, 9, 21), "amber")
    assert read("department_clerk", "my_enquiries", {"enquiries": []}) == []
    queue = {"counts": {"waiting": 3, "recommended": 1}, "closes_on": "2026-09-18"}
    (task,) = read("recommending_body", "recommendation_queue", queue)
    assert (task.count, task.level, task.path) == (3, "red", "/rec")
    assert read("recommending_body", "recommendation_queue", {"counts": {}, "closes_on": "2026-09-18"}) == []


def test_finance_does_not_approve_its_own() -> None:
    """Batches and accounts of another person alone; held batches and unknown payments are everybody's."""
    batches = [
        {"state": "assembled", "made_by": "me"}, {"state": "assembled", "made_by": "x"},
        {"state": "held", "made_by": "me"}, {"state": "approved", "made_by": "x"},
    ]  # fmt: skip
    assert [(t.what, t.count) for t in read("finance", "batches", {"batches": batches})] == [
        ("batch", 1),
        ("held", 1),
    ]
    payees = [{"state": "proposed", "entered_by": "me"}, {"state": "proposed", "entered_by": "x"}]
    assert [t.count for t in read("finance", "payees", {"payees": payees})] == [1]
    assert [t.count for t in read("finance", "unknown_payments", {"lines": [{}, {}]})] == [2]


def test_forms_wait_for_the_other_side() -> None:
    """What discipline asked waits for the party, what a party opened waits for discipline; what is answered for nobody here."""

    def form(side: str, state: str = "open", due_on: str = "2026-09-21") -> dict[str, Any]:
        return {"form_id": f"f-{side}-{due_on}", "opened_by_side": side, "state": state, "due_on": due_on}

    forms = {"forms": [form("discipline"), form("party"), form("discipline", "answered")]}
    later = {"forms": [form("discipline", due_on="2026-09-30"), *forms["forms"]]}
    assert read("finance", "forms", later)[0].path == "/supervision/forms/f-discipline-2026-09-21"
    for role in QUESTIONS:
        (task,) = read(role, "forms", forms)
        side = "party" if role == "discipline" else "discipline"
        assert task.path == f"/supervision/forms/f-{side}-2026-09-21"
        assert (task.role, task.count, task.level) == (role, 1, "amber")
    assert read("discipline", "recusals", {"recusals": [{}]})[0].path == "/discipline"
    objections = [{"awaits": "answer", "objection_id": "o1", "due_on": None}, {"awaits": "ruling"}]
    (task,) = read("applicant", "my_objections", {"objections": objections})
    assert (task.path, task.level, task.due) == ("/my/objections/o1", "grey", None)


def test_the_office_signs_for_what_was_handed_in() -> None:
    """One line of a cycle with how many there are, which leads to them; nothing where there are none."""
    (task,) = read("award_office", "applications", {"applications": [{}], "total": 3})
    assert (task.role, task.what, task.count) == ("award_office", "acceptance", 3)
    assert task.zh == "签收申报（3 份）"
    assert task.path == "/cycles/c1/applications?status=submitted"
    assert read("award_office", "applications", {"applications": [], "total": 0}) == []
    (question,) = (each for each in QUESTIONS["award_office"] if each.method == "applications")
    assert (
        list(question.read({**CYCLE, "closes_on": "2026-09-17"}, {"applications": [{}], "total": 3}, ME))
        == []
    )


def test_the_office_has_the_next_step() -> None:
    """What it can do now, with its stage's last day; nothing where others have to act; and what nobody knows."""
    step = {"stage": "s", "zh": "签收申报", "en": "sign", "path": "/p", "possible": True}
    desk = {
        "cycle_id": "c1", "title_zh": "奖", "title_en": "award", "year": 2026, "blocks": [], "next": step,
        "stages": [{"stage": "s", "due": {"due_on": "2026-09-21"}}],
    }  # fmt: skip
    (task,) = of_desk(desk, ME)
    assert (task.path, task.level, task.zh) == ("/p", "amber", "奖，2026 年度：签收申报")
    assert of_desk({**desk, "next": {**step, "possible": False}}, ME) == []
    (unknown,) = of_desk({**desk, "next": None, "blocks": [{"what": "unavailable"}]}, ME)
    assert unknown.unavailable


def test_what_presses_comes_first() -> None:
    """What nobody knows before all, then red, amber, grey, and by day."""

    def task(what: str, day: str | None) -> Task:
        return Task("finance", what, what, what, "/", due=ME.left(day))

    given = [task("later", "2026-10-15"), task("none", None), task("soon", "2026-09-22"), task("now", "2026-09-18"),
             task("over", "2026-09-10"), unavailable("finance", None)]  # fmt: skip
    assert [each.what for each in in_order(given)] == ["unavailable", "over", "now", "soon", "later", "none"]
