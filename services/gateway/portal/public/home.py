"""The first page, help, and what is said about accessibility."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from services.gateway.desk.levels import left
from services.gateway.portal.calls import numbered, which
from services.gateway.portal.deadlines import deadline
from services.gateway.portal.navigation import MENUS, home_of
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit, or_none
from shared.calendar import work_calendar
from shared.contracts.operations import APPLICANT, PUBLIC

ROOM = Room("home", (PUBLIC,))
_LATEST = 3  # notices on the first page


@ROOM.page("/", kept=True)
def home(visit: Visit) -> Response:
    """Open calls, open votes and running notices. Whoever works here finds the way to their desk at the top."""
    asked = ("intake.cycles", "review.open_votes", "eligibility.posted_notices")
    cycles, votes, posted = map(or_none, visit.ask_all((operation, {}) for operation in asked))
    rules = {rule["rulebook"]: rule for rule in visit.ask("gateway.rulebooks")["rulebooks"]}
    running = None if posted is None else [each for each in posted["notices"] if each["runs"]][:_LATEST]
    calls, today = _calls(cycles), visit.today()
    return visit.page(
        "public/home.html", Text("政府质量奖", "Government quality award"), calls=calls, running=running, rules=rules,
        votes=_votes(votes, cycles), desk=home_of(visit.roles) if visit.session else "", applies=APPLICANT in visit.roles,
        which=which,
        closes={each["cycle_id"]: deadline(each["closes_on"], today) for each in calls or ()},
        reached={_named(each): _reached(each, today) for each in running or ()},
    )  # fmt: skip


def _calls(cycles: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """Cycles that take applications now; no rehearsal is a call."""
    if cycles is None:
        return None
    return [each for each in numbered(cycles["cycles"]) if each["state"] == "open" and not each["rehearsal"]]


def _votes(votes: dict[str, Any] | None, cycles: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """The votes that take ballots now, each with its cycle where that is known."""
    if votes is None:
        return None
    known = {each["cycle_id"]: each for each in (cycles or {"cycles": []})["cycles"]}
    return [{**each, "cycle": known.get(each["cycle_id"])} for each in votes["votes"]]


def _named(notice: dict[str, Any]) -> tuple[str, str]:
    return notice["cycle_id"], notice["notice"]


def _reached(notice: dict[str, Any], today: date) -> Text:
    """Which of its working days it is; nothing where that cannot be counted."""
    rest = left(work_calendar(), today, date.fromisoformat(notice["last_day"]))
    if rest.days is None or not 0 <= rest.days < notice["working_days"]:
        return Text("", "")
    day, of = notice["working_days"] - rest.days, notice["working_days"]
    return Text(f"第 {day} 个工作日，共 {of} 个", f"working day {day} of {of}")


@ROOM.page("/help", kept=True)
def help_page(visit: Visit) -> Response:
    """What each role does here, and whom to ask."""
    return visit.page("public/help.html", Text("帮助", "Help"), menus=MENUS)


@ROOM.page("/accessibility", kept=True)
def accessibility(visit: Visit) -> Response:
    """What was done so that everybody can use these pages, and what to do where something is in the way."""
    return visit.page("public/accessibility.html", Text("无障碍说明", "Accessibility"))
