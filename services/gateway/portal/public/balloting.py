"""投票: a ballot of the public, cast on a page: sign in at the identity service, choose, look it over, cast it, the receipt.

Who votes and what a visit has come to is in the voter's browser, sealed, in one cookie; the choices are in the pages' own forms
and nowhere else. No log, figure or service tells how often these pages are used: the vote itself is asked of the ballot box.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, g, request

from services.gateway.ballot_box.urn import AlreadyVoted
from services.gateway.errors import extra_headers
from services.gateway.polling import station as stations
from services.gateway.polling.station import Station
from services.gateway.polling.visits import Done, Going, Voter
from services.gateway.polling.visits import Visit as Carried
from services.gateway.portal import frame
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import PLACE, Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import PUBLIC
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Problem, Unauthenticated

ROOM = Room("balloting", (PUBLIC,))
COOKIE = "__Host-zhiheng-voter"
_VOTE = "/vote/<cycle_id>/<stage>"
_HELD: dict[str, Any] = {"secure": True, "httponly": True, "samesite": "Lax", "path": "/"}
_LARGEST = 16 << 10  # bytes of a posted ballot
_STEP = "_step"
_TITLE = Text("投票", "Your ballot")
_CHOICE = Text("您的选择", "Your choice")
_TO_CHECK = Text("下一步：核对", "Next: look it over")


@ROOM.page(_VOTE + "/sign-in", quiet=True)
def sign_in(visit: Visit, cycle_id: str, stage: str) -> Response:
    """To the identity service, by a link: a form may lead nowhere else than to us. Always again: others may share a computer, and
    who is signed in there already is asked anew who it is.
    """
    station = visit.gateway.polling
    if station is None or _open_vote(station, cycle_id, stage) is None:
        return visit.go(_at(cycle_id, stage))
    address, going = station.begin(cycle_id, stage, g.address)
    return _carry(frame.as_flask(frame.redirected(address)), station, going)


@ROOM.page(stations.RETURN, quiet=True)
def come_back(visit: Visit) -> Response:
    """Back from the identity service."""
    station = visit.gateway.polling
    if station is None:
        return visit.go("/")
    going = station.opened(request.cookies.get(COOKIE, ""))
    try:
        voter = station.finish(request.args, going, g.address)
    except Unauthenticated as problem:
        where = None if going is None else (going.cycle_id, going.stage)
        if isinstance(going, Going):
            return _refused(visit, problem, where)
        return _told(visit, problem, where)  # nobody was sent: a link of somebody else's ends no visit
    return _carry(visit.go(_at(voter.cycle_id, voter.stage, "ballot")), station, voter)


@ROOM.page(_VOTE + "/ballot", methods=("GET", "POST"), largest=_LARGEST, quiet=True)
def ballot(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Choose, look over, cast."""
    station = visit.gateway.polling
    carried = _carried(station, cycle_id, stage)
    if station is None or isinstance(carried, Done):
        return visit.go(_at(cycle_id, stage, "" if station is None else "receipt"))
    if not isinstance(
        carried, Voter
    ):  # the visit may be to another vote, or on its way to the identity service
        return _told(visit, _nobody(), (cycle_id, stage))
    told = _open_vote(station, cycle_id, stage)
    if told is None:
        return _refused(visit, _closed(), (cycle_id, stage))
    if request.method != "POST":
        return _choose(visit, told, carried, form_of(told, carried).filled({"visit": carried.form}))
    filled = _read(told, carried)
    step = request.form.get(_STEP)
    if not filled.ok or step == "change":
        return _choose(visit, told, carried, filled)
    if step == "cast":
        return _cast(visit, station, told, carried, filled)
    return _check(visit, told, carried, filled)


@ROOM.page(_VOTE + "/receipt", quiet=True)
def receipt(visit: Visit, cycle_id: str, stage: str) -> Response:
    """That there is a ballot, never what it says."""
    station = visit.gateway.polling
    done = _carried(station, cycle_id, stage)
    if station is None or not isinstance(done, Done):
        return visit.go(_at(cycle_id, stage))
    title = (
        Text("已投出", "Your ballot is in")
        if done.first
        else Text("您的选票已在册", "You have voted already")
    )
    return visit.page(
        "public/ballot_receipt.html", title, done=done, vote=_at(cycle_id, stage), leave=_at(cycle_id, stage, "leave"),
        sign_out=station.sign_out_url(_at(cycle_id, stage)),
    )  # fmt: skip


@ROOM.page(_VOTE + "/leave", methods=("POST",), quiet=True)
def leave(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Nothing of the visit stays in this browser."""
    return _forget(visit.go(_at(cycle_id, stage)))


# The form


def form_of(told: Mapping[str, Any], voter: Voter) -> Form:
    """Those who may be chosen, in an order of this visit's own, none chosen before. Nothing of it is kept anywhere."""
    known = {each["application_id"]: each for each in told["entries"]}
    choices = tuple(
        Choice(each, Text(known[each]["name"], known[each]["name"]), _number(known[each]))
        for each in voter.order(list(known))
    )
    most = _most(told)
    hint = Text("选 1 家", "choose one") if most == 1 else Text(f"选 1 至 {most} 家", f"choose 1 to {most}")
    kind = Kind.RADIOS if most == 1 else Kind.CHECKS
    return Form(
        (
            Field("visit", Text("本次到访", "This visit"), Kind.HIDDEN),
            Field("choices", _CHOICE, kind, choices=choices, hint=hint),
        ),
        submit=_TO_CHECK,
        secret=True,
    )


def _most(told: Mapping[str, Any]) -> int:
    """How many may be chosen: no more than there are."""
    return max(1, min(int(told["choices_at_most"]), len(told["entries"])))


def _number(entry: Mapping[str, Any]) -> Text:
    return Text(f"选票编号 {entry['number']}", f"number {entry['number']} on the ballot")


def _read(told: Mapping[str, Any], voter: Voter) -> Filled:
    """What was posted by a form of this visit, with so many choices as there may be. Raises Forbidden."""
    filled = form_of(told, voter).posted(request.form)
    if not hmac.compare_digest(filled.text("visit").encode(), voter.form.encode()):
        raise Forbidden(
            "这张选票不是在本次登录后打开的，没有投出；请重新打开选票",
            "this ballot was not opened after this sign-in and was not cast; open the ballot again",
            code="foreign_form",
        )
    most = _most(told)
    if "choices" not in filled.errors and len(_chosen(filled)) > most:
        filled.errors["choices"] = Text(f"最多选择 {most} 家", f"Choose {most} at most")
    return filled


def _chosen(filled: Filled) -> list[str]:
    chosen = filled.data.get("choices", [])
    return [chosen] if isinstance(chosen, str) else list(chosen)


# The pages


def _choose(visit: Visit, told: Mapping[str, Any], voter: Voter, filled: Filled) -> Response:
    station = visit.gateway.polling
    kept = station is not None and not station.anew
    return visit.page(
        "public/ballot.html", _TITLE, form=filled, told=told, until=_moment(voter), kept=kept,
        leave=_at(voter.cycle_id, voter.stage, "leave"),
    )  # fmt: skip


def _check(visit: Visit, told: Mapping[str, Any], voter: Voter, filled: Filled) -> Response:
    """The choices once more; they travel in this page's form alone."""
    known = {each["application_id"]: each for each in told["entries"]}
    chosen = set(_chosen(filled))
    lines = [known[each] for each in voter.order(list(known)) if each in chosen]
    response = visit.page(
        "public/ballot_check.html", Text("核对选票", "Look your ballot over"), checked=filled, lines=lines, told=told,
        until=_moment(voter),
    )  # fmt: skip
    if filled.problem is not None:
        response.headers.update(extra_headers(filled.problem))
    return response


def _cast(visit: Visit, station: Station, told: Mapping[str, Any], voter: Voter, filled: Filled) -> Response:
    """On to the receipt; or the ballot again with what was refused, or to be sent once more."""
    where = (voter.cycle_id, voter.stage)
    try:
        filled.attempt(lambda: {"receipt": station.cast(voter, _chosen(filled), g.address)})
    except (Unauthenticated, NotFound) as over:
        return _refused(visit, over, where)
    problem = filled.problem
    if problem is None or isinstance(problem, AlreadyVoted):
        kept = filled.reply["receipt"] if problem is None else problem.receipt
        done = Done(*where, station.until(station.visit_seconds), kept, first=problem is None)
        return _carry(visit.go(_at(*where, "receipt")), station, done)
    if isinstance(problem, Conflict):  # the window has closed, or is not open yet
        return _refused(visit, problem, where)
    if isinstance(problem, Invalid):
        return _choose(visit, told, voter, filled)
    return _check(visit, told, voter, filled)


def _refused(visit: Visit, problem: Problem, where: tuple[str, str] | None) -> Response:
    """The visit is over, in words, with the way to another one."""
    return _forget(_told(visit, problem, where))


def _told(visit: Visit, problem: Problem, where: tuple[str, str] | None) -> Response:
    """The same, and whatever this browser carries stays."""
    g.problem = problem.code
    return visit.page(
        "public/ballot_refused.html", Text("没有投出", "No ballot was cast"), status=problem.status, problem=problem,
        vote=_at(*where) if where else "/", again=_at(*where, "sign-in") if where and problem.status == 401 else "",
    )  # fmt: skip


def _nobody() -> Unauthenticated:
    return Unauthenticated(
        "您还没有登录，或者这次登录已经过期；刚才的提交没有投出选票。请登录后再投",
        "you are not signed in, or this sign-in is over; what you sent just now cast no ballot. Sign in, and vote then",
        code="visit_over",
    )


def _closed() -> Conflict:
    return Conflict(
        "这次投票现在不收选票（尚未开始、已经截止，或不在本系统举行），没有投出",
        "this vote takes no ballots now: it has not begun, is over, or is not held in this system. No ballot was cast",
        code="vote_closed",
    )


# What the browser carries


def _carried(station: Station | None, cycle_id: str, stage: str) -> Carried | None:
    """What this browser carries about this vote."""
    found = station.opened(request.cookies.get(COOKIE, "")) if station is not None else None
    return found if found is not None and found.is_for(cycle_id, stage) else None


def _carry(response: Response, station: Station, what: Carried) -> Response:
    response.set_cookie(COOKIE, station.seal.shut(what), max_age=station.left(what), **_HELD)
    return response


def _forget(response: Response) -> Response:
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, **_HELD)
    return response


def _open_vote(station: Station, cycle_id: str, stage: str) -> dict[str, Any] | None:
    """The vote as a box tells it; None where it takes no ballots: the page of the vote says why."""
    try:
        told = station.voting(cycle_id, stage, g.address)
    except NotFound:
        return None
    return told if told["state"] == "open" else None


def _moment(voter: Voter) -> str:
    """When the visit ends."""
    return f"{datetime.fromtimestamp(voter.until, PLACE):%H:%M}"


def _at(cycle_id: str, stage: str, page: str = "") -> str:
    return f"/vote/{cycle_id}/{stage}" + (f"/{page}" if page else "")
