"""投票: the member's ballot. Chosen, looked over, cast for good; the choices are in the pages' own forms and nowhere else.

No redirect follows a cast and nothing is carried to another page: the answer to the POST is the receipt, and there is no other.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.figures import figure
from services.gateway.portal.deciding import codes, words
from services.gateway.portal.deciding.around import named, pen_of
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import MEMBER
from shared.problems import Problem

ROOM = Room("ballot", (MEMBER,))
_CHOICES = tuple(Choice(name, words.CHOICES[name]) for name in ("for", "against", "abstain"))
_STEP, _NONCE = "_step", "_nonce"
TITLE = Text("投票", "Your ballot")


@ROOM.page("/committee/<cycle_id>/ballot", methods=("GET", "POST"))
def ballot(visit: Visit, cycle_id: str) -> Response:
    """Choose, look over, cast."""
    now = visit.ask("committee.round", cycle_id=cycle_id)
    if now["state"] != "open":
        return visit.go(f"/committee/{cycle_id}", Text("目前没有正在进行的表决", "No ballot is open now"))
    if request.method != "POST":
        if now["voted"]:
            return visit.go(f"/committee/{cycle_id}", Text("您已投票", "Your ballot is in"))
        return _choose(visit, cycle_id, now, form_of(now).filled({"number": now["number"]}))
    filled = form_of(now).posted(request.form)
    step = request.form.get(_STEP)
    if not filled.ok or step == "change":
        return _choose(visit, cycle_id, now, filled)
    if step == "cast":
        return _cast(visit, cycle_id, now, filled)
    return _check(visit, cycle_id, now, filled)


def votable(now: dict[str, Any]) -> list[dict[str, Any]]:
    """The candidates of the open ballot from which the member does not stand aside."""
    return [each for each in now["candidates"] if each["application_id"] not in now["aside"]]


def form_of(now: dict[str, Any]) -> Form:
    """One question a candidate, none answered before. Nothing of it is kept when a session ends meanwhile."""
    fields = [Field("number", Text("轮次", "Ballot"), Kind.HIDDEN)]
    for each in votable(now):
        label = named(f"{each['name'] or each['application_id']}（{each['level']}，{each['track']}）")
        score = figure(each["score"])
        hint = Text(f"得分 {score}", f"score {score}") if score else None
        fields.append(
            Field(f"choice.{each['application_id']}", label, Kind.RADIOS, choices=_CHOICES, hint=hint)
        )
    return Form(tuple(fields), submit=Text("下一步：核对", "Next: look it over"), secret=True)


def _choose(visit: Visit, cycle_id: str, now: dict[str, Any], filled: Filled) -> Response:
    open_ballot = visit.rulebook(cycle_id).votes.ballots == "open"
    title = Text(f"第 {now['number']} 轮表决", f"Ballot {now['number']}")
    aside = [each for each in now["candidates"] if each["application_id"] in now["aside"]]
    return visit.page(
        "deciding/ballot.html", title, form=filled, cycle_id=cycle_id, now=now, aside=aside, open_ballot=open_ballot,
    )  # fmt: skip


def _check(visit: Visit, cycle_id: str, now: dict[str, Any], filled: Filled) -> Response:
    """The choices once more; they travel in this page's form alone."""
    return visit.page(
        "deciding/ballot_check.html", Text("核对选票", "Look your ballot over"), checked=filled, cycle_id=cycle_id, now=now,
        lines=_lines(now, filled), nonce=codes.new_nonce(), put=pen_of(visit).put,
    )  # fmt: skip


def _lines(now: dict[str, Any], filled: Filled) -> list[tuple[dict[str, Any], Text]]:
    chosen = filled.data.get("choice", {})
    return [(each, words.CHOICES[chosen[each["application_id"]]]) for each in votable(now)]


def _cast(visit: Visit, cycle_id: str, now: dict[str, Any], filled: Filled) -> Response:
    """Cast it; what is refused is shown with the ballot again."""
    nonce, number = request.form.get(_NONCE, ""), filled.data["number"]
    if not (codes.is_nonce(nonce) and number.isascii() and number.isdecimal() and len(number) < 6):
        raise not_found()
    chosen = filled.data.get("choice", {})
    choices = [{"application_id": name, "choice": choice} for name, choice in chosen.items()]
    filled.attempt(
        lambda: visit.do(
            "committee.cast_ballot", filled.key, cycle_id=cycle_id, number=int(number), choices=choices, nonce=nonce
        )
    )  # fmt: skip
    if not filled.ok:
        _place(filled, choices)
        return _choose(visit, cycle_id, now, filled)
    secret = visit.rulebook(cycle_id).votes.ballots == "secret"
    slips = [
        (each, codes.code_of(cycle_id, int(number), each["application_id"], nonce)) for each in votable(now)
    ]
    return visit.page(
        "deciding/receipt.html", Text("已投出", "Your ballot is in"), cycle_id=cycle_id, number=int(number),
        taken_at=filled.reply["taken_at"], slips=slips if secret else [],
    )  # fmt: skip


def _place(filled: Filled, choices: list[dict[str, str]]) -> None:
    """A refusal of one choice stands at its candidate."""
    problem: Problem | None = filled.problem
    for error in problem.errors if problem else ():
        parts = error.field.split(".")
        if len(parts) > 1 and parts[0] == "choices" and parts[1].isdecimal() and int(parts[1]) < len(choices):
            field = f"choice.{choices[int(parts[1])]['application_id']}"
            filled.errors.setdefault(field, Text(error.reason_zh, error.reason_en))
