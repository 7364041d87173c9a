"""Asks services for the desk and for tasks, and tells the calendar; what is made of answers is pure and stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from services.gateway.circumstances import Asked
from services.gateway.desk import days, stages, tasks
from services.gateway.desk.levels import Left
from services.gateway.errors import not_found
from shared.calendar import CalendarNotPublished, work_calendar
from shared.contracts.events import STAGE_OWNERS
from shared.contracts.operations import OFFICE, ROLES
from shared.problems import NotFound, Problem, Transient, Unavailable, invalid_field

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Data = Mapping[str, Any]
Reply = Mapping[str, Any]
MOST_CYCLES = 12  # that are looked at for tasks, the newest
_TASKS = {
    f"{question.service}.{question.method}" for several in tasks.QUESTIONS.values() for question in several
}
BEHIND_DESK = ("intake.cycle", "intake.stage_numbers", *(f"{each}.stage_awaits" for each in STAGE_OWNERS))
BEHIND_TASKS = (
    "intake.cycles", "intake.stage_numbers", *(f"{each}.stage_awaits" for each in STAGE_OWNERS), *sorted(_TASKS),
)  # fmt: skip


def desk(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `Desk`: three questions deep at the most, those of one depth asked at once. Raises what intake's word of the
    cycle raises; any other service that is silent is told as unavailable.
    """
    cycle_id = data["cycle_id"]
    of_cycle = {"cycle_id": cycle_id}
    cycle, numbers = gateway.dispatcher.gather(
        [("intake", "cycle", of_cycle, asked.role), ("intake", "stage_numbers", of_cycle, asked.role)], asked
    )
    if isinstance(cycle, Problem):
        raise cycle
    (made,) = _desks(gateway, [(cycle, numbers)], asked.role, asked)
    return made


def _desks(
    gateway: Gateway, cycles: list[tuple[Reply, Reply | Problem]], role: str, asked: Asked
) -> list[dict[str, Any]]:
    """The desks of several cycles, the owners of all their stages at hand asked at once."""
    books = [gateway.dispatcher.rulebook(cycle["cycle_id"], asked.context) for cycle, _ in cycles]
    wanted = [(number, key) for number, (cycle, _) in enumerate(cycles) for key in stages.at_hand(cycle)]
    answers = gateway.dispatcher.gather(
        [
            (
                books[number].stage(key).owner,
                "stage_awaits",
                {"cycle_id": cycles[number][0]["cycle_id"], "stage": key},
                role,
            )
            for number, key in wanted
        ],
        asked,
    )
    found: list[dict[str, Reply | None]] = [{} for _ in cycles]
    for (number, key), answer in zip(wanted, answers, strict=True):
        found[number][key] = _known(answer)
    return [
        stages.desk(
            stages.Known(cycle, _known(numbers), answers_of, book, work_calendar(), today(gateway, asked))
        )
        for (cycle, numbers), answers_of, book in zip(cycles, found, books, strict=True)
    ]


def _known(answer: Reply | Problem) -> Reply | None:
    """None where a service is silent, or has not heard of the cycle yet. Raises what else it refused with."""
    if isinstance(answer, Unavailable | NotFound | Transient):
        return None
    if isinstance(answer, Problem):
        raise answer
    return answer


def today(gateway: Gateway, asked: Asked) -> date:
    """The day that is played, else the gateway's."""
    return asked.context.rehearsal_date or gateway.identity.store.clock.today()


# --- tasks ------------------------------------------------------------------------------------------------------------


def my_tasks(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `TaskList` of whoever is signed in, in each of its roles. Real cycles alone, or of a rehearsal those alone."""
    (listed,) = gateway.dispatcher.gather([("intake", "cycles", {}, asked.role)], asked)
    return tasks_among(gateway, listed, asked)


def tasks_among(gateway: Gateway, listed: Reply | Problem, asked: Asked) -> dict[str, Any]:
    """The same from the answer of `intake.cycles`, of a page that asked for it already."""
    session, day = asked.signed_in, today(gateway, asked)
    roles = [role for role in ROLES if role in session.roles]
    asker = tasks.Asker(session.subject, day, work_calendar())
    playing = asked.context.rehearsal_date is not None
    if isinstance(listed, Problem):
        if not isinstance(listed, Unavailable):
            raise listed
        return _listed(day, [tasks.unavailable(role, None) for role in roles], cut=False)
    cycles = [cycle for cycle in listed["cycles"] if cycle["rehearsal"] == playing]
    cut, cycles = len(cycles) > MOST_CYCLES, cycles[:MOST_CYCLES]
    found = [*_of_roles(gateway, roles, cycles, asker, asked)]
    if OFFICE in roles:
        found += _of_office(gateway, cycles, asker, asked)
    return _listed(day, tasks.in_order(found), cut=cut)


def _of_roles(
    gateway: Gateway, roles: list[str], cycles: list[Reply], asker: tasks.Asker, asked: Asked
) -> Iterable[tasks.Task]:
    """Everything is asked at once; one word of each role and cycle says where a service was silent."""
    wanted = [
        (role, question, cycle)
        for role in roles
        for question in tasks.QUESTIONS.get(role, ())
        for cycle in cycles
        if question.asked_of(cycle)
    ]
    answers = gateway.dispatcher.gather(
        [
            (
                question.service,
                question.method,
                {"cycle_id": cycle["cycle_id"], **(question.data or {})},
                role,
            )
            for role, question, cycle in wanted
        ],
        asked,
    )
    silent: set[tuple[str, str]] = set()
    for (role, question, cycle), answer in zip(wanted, answers, strict=True):
        if isinstance(answer, Unavailable | Transient):
            silent.add((role, cycle["cycle_id"]))
        elif not isinstance(answer, Problem):  # refused: it is nothing to this person
            yield from question.read(cycle, answer, asker)
    for role, cycle_id in sorted(silent):
        yield tasks.unavailable(role, cycle_id)


def _of_office(gateway: Gateway, cycles: list[Reply], asker: tasks.Asker, asked: Asked) -> list[tasks.Task]:
    running = [cycle for cycle in cycles if cycle["state"] in ("open", "running", "blocked")]
    if not running:
        return []
    uncounted: Reply = {"stages": [], "statuses": {}}
    made = _desks(gateway, [(cycle, uncounted) for cycle in running], OFFICE, asked)
    return [task for each in made for task in tasks.of_desk(each, asker)]


def _listed(day: date, found: list[tasks.Task], *, cut: bool) -> dict[str, Any]:
    return {"today": day.isoformat(), "tasks": [_task(task) for task in found], "cut": cut}


def _task(task: tasks.Task) -> dict[str, Any]:
    names = ("role", "what", "zh", "en", "path", "cycle_id", "count", "level", "unavailable")
    due: Left | None = task.due
    return {**{name: getattr(task, name) for name in names}, "due": stages.told(due) if due else None}


# --- the calendar -----------------------------------------------------------------------------------------------------


def calendar_years(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `CalendarYears`."""
    known = work_calendar().years()
    return {
        "years": [
            {
                "year": year.year, "source": year.source, "papers": list(year.papers),
                "issued_on": year.issued_on.isoformat() if year.issued_on else None, "official": year.official,
                "doubts_zh": [doubt.zh for doubt in year.doubts()], "doubts_en": [doubt.en for doubt in year.doubts()],
            }
            for year in known
        ],
        "unknown_from": known[-1].year + 1,
    }  # fmt: skip


def calendar_days(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `CalendarDays`. Raises Invalid for more than a year, and where the days are reversed."""
    first, last = date.fromisoformat(data["from"]), date.fromisoformat(data["to"])
    try:
        found = days.stretch(work_calendar(), first, last)
    except ValueError:
        raise invalid_field(
            "to", f"不得早于 from，最多 {days.LONGEST} 天", f"not before `from`, {days.LONGEST} days at most"
        ) from None
    return {"days": [_day(each) for each in found]}


def notice_posting(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `Posting`: a preview of day 1 to day N as the rulebook asks. Raises NotFound for a notice it does not have."""
    book = gateway.dispatcher.rulebook(data["cycle_id"], asked.context)
    posted_on = date.fromisoformat(data["on"]) if data.get("on") else today(gateway, asked)
    stage = next((each for each in book.stages if each.notice == data["notice"]), None)
    if stage is None or stage.working_days is None:
        raise not_found()
    found = days.posting(work_calendar(), posted_on, stage.working_days)
    past = posted_on < today(gateway, asked)
    zh, en = None, None
    if found.unknown_year is not None:
        unknown = CalendarNotPublished(found.unknown_year)
        zh, en = unknown.detail_zh, unknown.detail_en
    elif past:
        zh, en = "发布日期不能早于今天", "a notice is not posted on a day that is over"
    return {
        "cycle_id": data["cycle_id"], "notice": data["notice"], "title_zh": stage.title.zh, "title_en": stage.title.en,
        "rule": stage.rule, "article": book.label(stage.rule), "working_days": stage.working_days,
        "posted_on": posted_on.isoformat(), "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None, "unknown_year": found.unknown_year,
        "possible": zh is None, "reason_zh": zh, "reason_en": en, "days": [_day(each) for each in found.days],
    }  # fmt: skip


def _day(day: days.Day) -> dict[str, Any]:
    zh, en = days.REASONS[day.kind]
    return {
        "on": day.on.isoformat(), "kind": day.kind, "reason_zh": zh, "reason_en": en, "number": day.number,
    }  # fmt: skip
