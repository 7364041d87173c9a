"""周期一览: the stage line, what blocks, and the next lawful step, for every stage of every rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from services.gateway.desk import places, stages
from services.gateway.desk.places import PLACES
from services.gateway.own.desk import Desk
from shared.calendar import WorkCalendar
from shared.contracts import load
from shared.contracts.operations import OFFICE, OPERATIONS
from shared.procedure.awaited import WHAT
from shared.rulebooks import Rulebook, library

CYCLE = "c1"
TODAY = date(2026, 9, 18)
BOOKS = sorted(library().ids())
STAGES = [(book, stage.key) for book in BOOKS for stage in library().get(book).stages]
_DATES = ("begins_on", "begun_on", "ends_on", "closed_on")


def cycle(book: Rulebook, at: str, state: str, **values: Any) -> dict[str, Any]:
    """A cycle whose stage `at` is in a state, what is before it closed, what is after it waiting."""
    here = [stage.key for stage in book.stages].index(at)
    lines = []
    for number, stage in enumerate(book.stages):
        own = "closed" if number < here else state if number == here else "waiting"
        line: dict[str, Any] = {"stage": stage.key, "state": own, "blocked": None, **dict.fromkeys(_DATES)}
        if number == here:
            line |= values
        lines.append(line)
    names = {"cycle_id": CYCLE, "rulebook": book.id, "year": 2026, "rehearsal": False, "state": "running"}
    return {**names, "stages": lines}


def numbers(book: Rulebook, **entered: int) -> dict[str, Any]:
    """What intake counts: every stage by its key."""
    lines = [{"stage": s.key, "entered": entered.get(s.key), "left": None} for s in book.stages]
    return {"stages": lines, "statuses": {"in_progress": 3}}


def answer(state: str, *whats: str) -> dict[str, Any]:
    """What a stage's owner says that it waits for."""
    told = [{"what": w, "count": 2, "reason_zh": f"缺{w}", "reason_en": f"no {w}"} for w in whats]
    return {"state": state, "awaits": told}


def made(
    book: Rulebook,
    of: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    counted: bool = True,
    today: date = TODAY,
) -> dict[str, Any]:
    """A desk, which fits its contract."""
    known = stages.Known(of, numbers(book) if counted else None, answers, book, WorkCalendar(), today)
    plain = stages.desk(known)
    load(Desk(), plain)
    return plain


@pytest.mark.parametrize(("name", "key"), STAGES)
def test_a_planned_stage_is_begun_and_a_finished_one_closed(name: str, key: str) -> None:
    """Whatever stage it is: its own owner does it, on its day and not before, with the article of the stage."""
    book = library().get(name)
    stage = book.stage(key)
    planned = made(book, cycle(book, key, "planned", begins_on="2026-09-18"), {key: answer("planned")})
    assert planned["next"]["operation"] == f"{stage.owner}.begin_stage"
    assert planned["next"]["possible"]
    assert planned["next"]["article"] == book.label(stage.rule)
    assert planned["next"]["path"] == f"/cycles/{CYCLE}/stages/{key}/begin"
    assert planned["blocks"] == []
    early = made(book, cycle(book, key, "planned", begins_on="2026-09-21"), {key: answer("planned")})
    assert (early["next"]["possible"], early["next"]["not_before"]) == (False, "2026-09-21")
    assert "最早 2026年9月21日" in early["sentence_zh"]
    assert "not before 21 September 2026" in early["sentence_en"]
    running = cycle(book, key, "begun", begun_on="2026-09-11", begins_on="2026-09-11", ends_on="2026-09-18")
    closing = made(book, running, {key: answer("begun")})
    assert closing["next"]["operation"] == f"{stage.owner}.close_stage"
    line = next(each for each in closing["stages"] if each["stage"] == key)
    assert (line["state"], line["due"]["level"], line["due"]["days_left"]) == ("now", "red", 0)
    states = [each["state"] for each in closing["stages"]]
    here = states.index("now")
    assert states == ["done"] * here + ["now"] + ["waiting"] * (len(states) - here - 1)


@pytest.mark.parametrize("what", WHAT)
def test_everything_awaited_has_its_place(what: str) -> None:
    """What a stage waits for leads to a page, and to an operation of the contract that the office may ask, or to nobody."""
    book = library().get(BOOKS[0])
    key = book.stages[1].key
    found = made(book, cycle(book, key, "begun", begun_on="2026-09-11"), {key: answer("begun", what)})
    (block,) = found["blocks"]
    assert (block["what"], block["reason_zh"], block["count"]) == (what, f"缺{what}", 2)
    assert block["path"].startswith(f"/cycles/{CYCLE}")
    assert block["article"]
    assert found["next"]["possible"] == bool(block["operation"])
    assert found["next"]["zh"] == PLACES[what].zh
    assert found["sentence_zh"] == f"尚待：缺{what}；下一步：{PLACES[what].zh}。"
    assert found["sentence_en"].startswith(f"waiting for no {what}; next: ")


def test_operations_are_those_of_the_office() -> None:
    """Each is in the contract, is a command, and lets the office in."""
    assert set(PLACES) == set(WHAT)
    for what, place in PLACES.items():
        if place.operation:
            operation = OPERATIONS[place.operation]
            assert operation.kind == "command", what
            assert OFFICE in operation.roles, what


@pytest.mark.parametrize("what", sorted(places.ADVICE))
def test_advice_does_not_block_a_beginning(what: str) -> None:
    """What a planned stage had better wait for is told; the next step is to begin it. A running one waits for it."""
    book = library().get(BOOKS[0])
    key = book.stages[1].key
    planned = made(book, cycle(book, key, "planned", begins_on="2026-09-18"), {key: answer("planned", what)})
    assert planned["blocks"][0]["advice"]
    assert planned["next"]["operation"].endswith(".begin_stage")
    running = made(book, cycle(book, key, "begun", begun_on="2026-09-11"), {key: answer("begun", what)})
    assert not running["blocks"][0]["advice"]
    assert not running["next"]["operation"].endswith("_stage")


def test_what_the_office_can_do_comes_before_what_others_do() -> None:
    """Sheets are for the reviewers; a replacement is for the office."""
    book = library().get(BOOKS[0])
    key = next(stage.key for stage in book.stages if stage.kind == "review")
    found = made(
        book, cycle(book, key, "begun", begun_on="2026-09-11"), {key: answer("begun", "sheets", "recusals")}
    )
    assert [block["what"] for block in found["blocks"]] == ["sheets", "recusals"]
    assert found["next"]["operation"] == "review.replace_reviewer"


def test_a_silent_owner_is_unavailable_and_never_nothing() -> None:
    """Its block says so, no step is made up, and no closing is offered; without intake's numbers there are none."""
    book = library().get(BOOKS[0])
    key = book.stages[1].key
    silent = made(book, cycle(book, key, "begun", begun_on="2026-09-11"), {key: None}, counted=False)
    assert [block["what"] for block in silent["blocks"]] == ["unavailable", "unavailable"]
    assert {block["stage"] for block in silent["blocks"]} == {None, key}
    assert "暂时取不到" in silent["sentence_zh"]
    assert silent["next"] is None
    assert silent["statuses"] is None
    assert all(line["entered"] is None for line in silent["stages"])


def test_a_missing_year_leads_to_the_calendar() -> None:
    """A stage that is kept from its beginning by a year without a calendar; any other reason leads to the stage's page."""
    book = library().get(BOOKS[0])
    key = next(stage.key for stage in book.stages if stage.kind == "notice")
    kept = {"stage": key, "reason_zh": "因故", "reason_en": "a reason"}
    of = cycle(book, key, "waiting", blocked=kept)
    missing = made(book, of, {key: answer("waiting")}, today=date(2026, 12, 30))
    assert (missing["blocks"][0]["what"], missing["blocks"][0]["path"]) == ("calendar", "/office/calendar")
    assert missing["next"]["path"] == "/office/calendar"
    assert next(each for each in missing["stages"] if each["stage"] == key)["state"] == "next"
    other = made(book, of, {key: answer("waiting")})
    assert other["blocks"][0]["what"] == "blocked"
    assert other["blocks"][0]["path"] == f"/cycles/{CYCLE}/stages/{key}"


@pytest.mark.parametrize(
    ("today", "day"),
    [("2026-09-18", 1), ("2026-09-19", 1), ("2026-09-20", 2), ("2026-09-23", 5), ("2026-09-25", 5)],
)
def test_a_notice_knows_its_day(today: str, day: int) -> None:
    """Day 1 to day N by working days; a planned one tells what it would be from today on."""
    book = library().get(BOOKS[0])
    stage = next(stage for stage in book.stages if stage.kind == "notice" and stage.working_days == 5)
    dates = {"begins_on": "2026-09-18", "begun_on": "2026-09-18", "ends_on": "2026-09-23"}
    of = cycle(book, stage.key, "begun", **dates)
    found = made(book, of, {stage.key: answer("begun")}, today=date.fromisoformat(today))
    line = next(each for each in found["stages"] if each["stage"] == stage.key)
    assert line["window"] == {
        "first": "2026-09-18",
        "last": "2026-09-23",
        "days": 5,
        "day": day,
        "unknown_year": None,
    }
    planned = cycle(book, stage.key, "planned", begins_on="2026-09-11")
    found = made(book, planned, {stage.key: answer("planned")})
    line = next(each for each in found["stages"] if each["stage"] == stage.key)
    assert (line["window"]["first"], line["window"]["last"], line["window"]["day"]) == (
        "2026-09-18",
        "2026-09-23",
        None,
    )
    unknown = made(book, planned, {stage.key: answer("planned")}, today=date(2026, 12, 30))
    line = next(each for each in unknown["stages"] if each["stage"] == stage.key)
    assert line["window"]["unknown_year"] == 2027


def test_a_stage_that_nobody_came_to_is_over() -> None:
    """Intake counts none who came, since others are further on: it is no stage to come."""
    book = library().get(BOOKS[0])
    last, before = book.stages[-1], book.stages[-2]
    of = cycle(book, last.key, "begun", begun_on="2026-09-11")
    next(line for line in of["stages"] if line["stage"] == before.key)["state"] = "waiting"
    known = stages.Known(of, numbers(book, **{before.key: 0, last.key: 2}), {last.key: answer("begun")}, book,
                         WorkCalendar(), TODAY)  # fmt: skip
    line = next(each for each in stages.desk(known)["stages"] if each["stage"] == before.key)
    assert (line["state"], line["entered"]) == ("done", 0)


def test_a_cycle_that_is_over_has_no_next_step() -> None:
    """And between two stages nobody has anything to do either."""
    book = library().get(BOOKS[0])
    of = cycle(book, book.stages[-1].key, "closed", closed_on="2026-09-11")
    over = made(book, {**of, "state": "completed"}, {})
    assert (over["next"], over["sentence_zh"]) == (None, "本周期已办结。")
    assert made(book, of, {})["sentence_zh"] == "各服务正在交接下一阶段。"
