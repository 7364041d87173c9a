"""Lists of applications on both databases: every filter, order and page against a plain model, and who sees what."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import pytest
from sqlalchemy import event

from services.intake import dossiers, enquiries, lists, models
from services.intake.statuses import Status
from shared.contracts import Context
from shared.contracts.operations import DISCIPLINE, FINANCE
from shared.contracts.operations.intake.lists import SORTED_BY
from shared.problems import Invalid
from tests.support.departments import MemoryDepartments
from tests.support.intake import (
    APPLICANT,
    CODE,
    OFFICE,
    OPENS,
    OTHER_CODE,
    IntakeDesk,
    asked,
    listing,
)

pytestmark = pytest.mark.integration

BOOK = "shenzhen-2020"  # kinds, categories, a recommendation that projects alone need
KINDS, CATEGORIES = ("organization", "project"), ("economic", "culture", None)
STAGES = ("submission", "qualification", "committee", None)
BODIES = ("甲街道", "乙局", None)
DEPARTMENTS = ("credit", "safety")
Line = dict[str, Any]


@pytest.fixture
def desk(database_url: str) -> Iterator[IntakeDesk]:
    made = IntakeDesk(database_url)
    yield made
    made.close()


def _row(draw: random.Random, cycle: str, number: int) -> Line:
    submitted = draw.random() < 0.7
    return {
        "id": f"a{draw.randrange(10**9):09d}{number:04d}", "cycle_id": cycle, "owner": draw.choice(["anna", "ben"]),
        "applicant_key": f"k{number}", "name": f"{draw.choice(['示例', 'Alpha', 'al%pha', 'al_pha'])}{draw.randrange(9)}",
        "kind": draw.choice(KINDS), "uscc": draw.choice([CODE, OTHER_CODE]), "category": draw.choice(CATEGORIES),
        "facts": {}, "materials": [], "missing_materials": draw.choice(["", "proofs", "application_form proofs"]),
        "recommender": draw.choice(BODIES), "recommended_by": draw.choice(BODIES),
        "status": draw.choice([s.value for s in Status if s is not Status.DRAFT]) if submitted else "draft",
        "stopped_at": draw.choice(STAGES), "sequence": number + 1 if submitted else None,
        "submitted_on": OPENS + timedelta(days=draw.randrange(5)) if submitted else None,
    }  # fmt: skip


def _fill(desk: IntakeDesk, cycle: str, count: int, seed: int = 1, first: int = 0) -> list[Line]:
    """Applications of every sort, with the departments' answers."""
    draw = random.Random(seed)
    rows = [_row(draw, cycle, number) for number in range(first, first + count)]
    asked = [
        {
            "application_id": row["id"], "department": department, "cycle_id": cycle, "revision": 1, "attempts": 1,
            "state": draw.choice(["answered", "answered", "pending", "silent"]),
        }
        for row in rows if row["sequence"] is not None for department in DEPARTMENTS
    ]  # fmt: skip
    for row in rows:
        states = [each["state"] for each in asked if each["application_id"] == row["id"]]
        row["unanswered"] = sum(state != "answered" for state in states)
    with desk.work() as work:
        work.session.execute(models.applications.insert(), [_without(row, "unanswered") for row in rows])
        if asked:
            work.session.execute(models.enquiries.insert(), asked)
    return rows


def _without(row: Line, *names: str) -> Line:
    return {name: value for name, value in row.items() if name not in names}


def _ask(desk: IntakeDesk, cycle: str, role: str = OFFICE, actor: str = "office", **filters: Any) -> Line:
    return desk.ask("applications", lists.listed, role, actor, cycle_id=cycle, **filters)


def _ids(found: Line) -> list[str]:
    return [line["application_id"] for line in found["applications"]]


def _missing(row: Line) -> list[str]:
    lacks = {
        "materials": bool(row["missing_materials"]),
        "recommendation": row["kind"] == "project" and row["recommended_by"] is None,
        "departments": row["unanswered"] > 0,
    }
    return [name for name, lacking in lacks.items() if lacking]


FILTERS: list[tuple[Line, Callable[[Line], bool]]] = [
    ({}, lambda r: True),
    ({"status": "in_progress"}, lambda r: r["status"] == "in_progress"),
    ({"kind": "project", "category": "culture"}, lambda r: (r["kind"], r["category"]) == ("project", "culture")),
    ({"recommender": "甲街道"}, lambda r: r["recommender"] == "甲街道"),
    ({"stopped_at": "committee"}, lambda r: r["stopped_at"] == "committee"),
    ({"missing": "materials"}, lambda r: "materials" in _missing(r)),
    ({"missing": "recommendation"}, lambda r: "recommendation" in _missing(r)),
    ({"missing": "departments"}, lambda r: "departments" in _missing(r)),
    ({"q": "ALPHA"}, lambda r: "alpha" in r["name"].lower()),
    ({"q": "al%p"}, lambda r: "al%p" in r["name"].lower()),
    ({"q": "l_p"}, lambda r: "l_p" in r["name"].lower()),
    ({"q": "ma1k3"}, lambda r: r["uscc"] == OTHER_CODE),
    ({"q": "17"}, lambda r: r["sequence"] == 17 or "17" in r["name"]),
    ({"q": "9" * 40}, lambda r: False),
    (
        {"kind": "project", "missing": "recommendation", "q": "示例"},
        lambda r: "recommendation" in _missing(r) and "示例" in r["name"],
    ),
]  # fmt: skip


def test_recipients_are_those_who_won_by_name_and_number(desk: IntakeDesk) -> None:
    """Nobody else's name is told to finance; an award that was revoked stays, as its money has to come back."""
    cycle = desk.open(BOOK, rehearsal=True)
    other = desk.open(BOOK, rehearsal=True)
    rows = _fill(desk, cycle, 60)
    _fill(desk, other, 20, seed=2, first=60)
    found = desk.ask("recipients", lists.recipients, FINANCE, "fang", cycle_id=cycle)["recipients"]
    won = [row for row in rows if row["status"] in ("awarded", "revoked")]
    assert won
    assert len(won) < len(rows)
    assert [line["application_id"] for line in found] == [
        row["id"] for row in sorted(won, key=lambda r: r["sequence"])
    ]
    assert {line["name"] for line in found} == {row["name"] for row in won}


def test_names_are_told_of_one_world_at_a_time(desk: IntakeDesk) -> None:
    """Over all real cycles, or over the rehearsals where one is played; what is no application is left out."""
    real, played = [desk.open(), desk.open()], desk.open(BOOK, rehearsal=True)
    rows = [*_fill(desk, real[0], 3), *_fill(desk, real[1], 3, seed=2, first=3)]
    rehearsed = _fill(desk, played, 2, seed=3, first=6)
    ids = [row["id"] for row in (*rows, *rehearsed)]
    found = desk.ask("names", lists.names, DISCIPLINE, "ji", application_ids=[*ids, "zhang"])["names"]
    assert {each["application_id"]: each["name"] for each in found} == {
        row["id"]: row["name"] for row in rows
    }
    with desk.work(DISCIPLINE, "ji", on=OPENS) as work:
        told = lists.names(work, asked("names", application_ids=ids))["names"]
    assert {each["application_id"] for each in told} == {row["id"] for row in rehearsed}


def test_every_filter_lets_through_what_the_model_does_and_counts_the_same(desk: IntakeDesk) -> None:
    """Rows, total and counts by status obey one filter; wildcards of the database are plain text in a search."""
    cycle, other = desk.open(BOOK, rehearsal=True), desk.open(BOOK, rehearsal=True)
    rows = _fill(desk, cycle, 150)
    _fill(desk, other, 30, seed=2)
    for filters, holds in FILTERS:
        expected = [row for row in rows if holds(row)]
        found = _ask(desk, cycle, size=200, **filters)
        assert sorted(_ids(found)) == sorted(row["id"] for row in expected), filters
        assert found["counts"] == dict(Counter(row["status"] for row in expected)), filters
        assert found["total"] == len(expected)


def test_a_line_says_at_once_what_is_missing(desk: IntakeDesk) -> None:
    """Materials by name, the recommendation where it is asked of this kind, departments by number."""
    cycle = desk.open(BOOK, rehearsal=True)
    rows = {row["id"]: row for row in _fill(desk, cycle, 100)}
    for line in _ask(desk, cycle, size=100)["applications"]:
        row = rows[line["application_id"]]
        assert line["missing"] == _missing(row)
        assert line["missing_materials"] == row["missing_materials"].split()
        assert line["departments_unanswered"] == row["unanswered"]


@pytest.mark.parametrize("sort", [sign + name for name in SORTED_BY for sign in ("", "-")])
def test_every_order_is_whole_and_the_same_across_pages(desk: IntakeDesk, sort: str) -> None:
    """Pages laid together are the whole list once; equal ones stand by their ids; what is absent comes last."""
    cycle = desk.open(BOOK, rehearsal=True)
    rows = {row["id"]: row for row in _fill(desk, cycle, 120)}
    pages = [_ask(desk, cycle, sort=sort, page=page, size=50) for page in (1, 2, 3, 4)]
    ids = [one for page in pages for one in _ids(page)]
    assert sorted(ids) == sorted(rows)
    assert [len(_ids(page)) for page in pages] == [50, 50, 20, 0]
    assert {page["total"] for page in pages} == {120}
    name = {"number": "sequence"}.get(sort.lstrip("-"), sort.lstrip("-"))
    values = [rows[one][name] for one in ids]
    present = [value for value in values if value is not None]
    assert values == present + [None] * (len(values) - len(present))
    runs = [value for value, _ in groupby(values)]
    assert len(runs) == len(set(values))  # equal ones stand together
    for value in runs:
        same = [one for one in ids if rows[one][name] == value]
        assert same == sorted(same)
    if not isinstance(present[0], str) or name == "uscc":  # how words follow each other is the database's own
        assert present == sorted(present, reverse=sort.startswith("-"))


def test_without_a_wish_the_order_is_that_of_submission_with_drafts_last(desk: IntakeDesk) -> None:
    """As the list always was."""
    cycle = desk.open(BOOK, rehearsal=True)
    rows = _fill(desk, cycle, 40)
    expected = sorted(rows, key=lambda r: (r["sequence"] is None, r["sequence"] or 0, r["id"]))
    assert _ids(_ask(desk, cycle)) == [row["id"] for row in expected]


def test_a_walk_meets_each_application_once_while_others_come_and_change(desk: IntakeDesk) -> None:
    """By id, which never changes: pages by number could miss one or show one twice."""
    cycle = desk.open(BOOK, rehearsal=True)
    rows = _fill(desk, cycle, 180)
    met: list[str] = []
    after = "start"
    for turn in range(5):
        page = _ask(desk, cycle, after=after, size=50)
        met += _ids(page)
        if page["next"] is None:
            break
        after = page["next"]
        _fill(desk, cycle, 3, seed=50 + turn, first=1000 + 3 * turn)
        with desk.work() as work:
            dossiers.change(work, rows[turn]["id"], name="改名", status="withdrawn", sequence=None)
    assert len(met) == len(set(met))
    assert {row["id"] for row in rows} <= set(met)


def test_of_two_applicants_each_sees_its_own_in_lines_totals_and_counts(desk: IntakeDesk) -> None:
    """Two twin worlds: with and without the other's applications the answers are the same, whatever is asked."""
    cycle, twin = desk.open(BOOK, rehearsal=True), desk.open(BOOK, rehearsal=True)
    rows = _fill(desk, cycle, 60)
    mine = [row | {"cycle_id": twin, "id": f"t{row['id']}"} for row in rows if row["owner"] == "anna"]
    with desk.work() as work:
        work.session.execute(models.applications.insert(), [_without(row, "unanswered") for row in mine])
    asked: list[Line] = [
        {}, {"status": "draft"}, {"q": "示例"}, {"missing": "materials"}, {"sort": "-name"}, {"after": "start"},
        {"missing": "recommendation", "kind": "project"}, {"page": 2},
    ]  # fmt: skip
    for filters in asked:
        real = _ask(desk, cycle, APPLICANT, "anna", **filters)
        alone = _ask(desk, twin, APPLICANT, "anna", **filters)
        for line in alone["applications"]:
            line |= {"cycle_id": cycle, "application_id": line["application_id"][1:]}
        assert real == alone, filters
        assert all(line["departments_unanswered"] is None for line in real["applications"])
    assert _ask(desk, cycle, APPLICANT, "nobody")["total"] == 0


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"status": "lost"}, "status"),
        ({"stopped_at": "nowhere"}, "stopped_at"),
        ({"kind": "ship"}, "kind"),
        ({"sort": "facts"}, "sort"),
        ({"sort": "-owner"}, "sort"),
        ({"size": "7"}, "size"),
        ({"size": "1_00"}, "size"),
        ({"page": "0"}, "page"),
        ({"page": "1e3"}, "page"),
        ({"page": "９"}, "page"),
        ({"q": ""}, "q"),
        ({"after": "start", "sort": "name"}, "sort"),
        ({"after": "start", "page": "2"}, "page"),
        ({"missing": "money"}, "missing"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_the_list_does_not_know_is_refused_by_name(desk: IntakeDesk, filters: Line, field: str) -> None:
    """A filter that is misread would show a list that looks complete."""
    cycle = desk.open(BOOK, rehearsal=True)
    with pytest.raises(Invalid) as refused:
        _ask(desk, cycle, **filters)
    assert [error.field for error in refused.value.errors] == [field]


def test_an_applicant_does_not_learn_of_the_departments_by_asking_who_lacks_them(desk: IntakeDesk) -> None:
    """Whether they have answered is told with the findings."""
    cycle = desk.open(BOOK, rehearsal=True)
    with pytest.raises(Invalid) as refused:
        _ask(desk, cycle, APPLICANT, "anna", missing="departments")
    assert [error.field for error in refused.value.errors] == ["missing"]


def test_a_page_of_any_size_takes_three_statements(desk: IntakeDesk) -> None:
    """The cycle, the counts, the rows: however many lines there are, and whoever asks."""
    cycle = desk.open(BOOK, rehearsal=True)
    _fill(desk, cycle, 300)
    said: list[str] = []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    for role, filters in (
        (OFFICE, {"size": 50}),
        (OFFICE, {"size": 500, "missing": "departments", "sort": "-name"}),
        (OFFICE, {"size": 200, "after": "start", "q": "示例"}),
        (APPLICANT, {"size": 500}),
    ):
        said.clear()
        with desk.store.read(Context(message_id="m", actor="anna", role=role)) as work:
            lists.listed(work, listing(cycle, **filters))
        assert len([each for each in said if each.lstrip().upper().startswith("SELECT")]) == 3, said


def test_what_departments_owe_is_found_by_indexes_alone(sqlite_url: str) -> None:
    """Neither counting nor picking a page reads applications or enquiries, of which each row is long."""
    desk = IntakeDesk(sqlite_url)
    cycle = desk.open(BOOK, rehearsal=True)
    _fill(desk, cycle, 100)
    said: list[tuple[str, Any]] = []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *given: said.append(given[2:4]))
    with desk.store.read(Context(message_id="m", actor="office", role=OFFICE)) as work:
        lists.listed(work, listing(cycle, missing="departments"))
        plans = [
            {
                step.detail
                for step in work.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", given)
            }
            for each, given in said[-2:]
        ]
    desk.close()
    for steps in plans:
        assert "SEARCH applications USING COVERING INDEX ix_applications_listed (cycle_id=?)" in steps
        assert {step.partition(" (")[0] for step in steps if step.startswith("SEARCH enquiries")} == {
            "SEARCH enquiries USING COVERING INDEX ix_enquiries_unanswered"
        }


def test_what_is_missing_follows_what_is_handed_in_and_answered(desk: IntakeDesk) -> None:
    """From the draft to the last department's answer, in a rehearsal as everywhere."""
    cycle = desk.open(rehearsal=True)
    draft = desk.draft(cycle, on=OPENS, materials=["proofs"])

    def line() -> Line:
        (found,) = _ask(desk, cycle)["applications"]
        return {name: found[name] for name in ("missing", "missing_materials", "departments_unanswered")}

    assert line() == {
        "missing": ["materials", "recommendation"], "missing_materials": ["application_form", "self_assessment"],
        "departments_unanswered": 0,
    }  # fmt: skip
    desk.submit(draft, on=OPENS)
    raised = desk.told("enquiry.raised")
    assert line()["missing"] == ["materials", "recommendation", "departments"]
    for number, data in enumerate(raised, start=1):
        _answer(desk, data)
        assert line()["departments_unanswered"] == len(raised) - number
    assert line()["missing"] == ["materials", "recommendation"]


def _answer(desk: IntakeDesk, data: Line) -> None:
    received = type("Received", (), {"data": data, "context": None})()
    keep = enquiries.ask(desk.store, received, MemoryDepartments())
    with desk.work(on=date(2025, 5, 13)) as work:
        keep(work)
