"""After the award: what happens to the winners, and the result read back from the API."""

from __future__ import annotations

from functools import partial
from typing import Any

from deploy.rehearsal.faults import Refused
from deploy.rehearsal.play import IN_PROGRESS, Play
from deploy.rehearsal.result import Answers

_TOLERATED = frozenset({404, 409, 422})


def wait_for_the_last(play: Play) -> None:
    """A cycle that is over has come to an end for everybody; word of it may still be on its way."""
    play.patience.until(
        "every application's end", lambda: None if IN_PROGRESS in play.statuses().values() else True
    )


def play_after_award(play: Play) -> None:
    """Events in order of their days, each on its day; what befalls somebody without an award is noted."""
    for event in sorted(play.scenario.after_award, key=lambda event: event.on):
        play.today = max(play.today, event.on)
        application = play.ids[event.applicant]
        play.say(f"获奖后事项 · {event.event}")
        try:
            body = {"event": event.event, "on": event.on.isoformat()}
            honour = play.do("POST", f"/applications/{application}/events", body)
        except Refused as refused:
            if refused.status not in _TOLERATED:
                raise
            play.notes.append(f"{event.applicant} {event.event} {event.on}：{refused.zh} / {refused.en}")
            continue
        if honour.get("revoked_on"):
            play.patience.until(f"{event.applicant}: revoked", partial(_revoked, play, application))


def _revoked(play: Play, application: str) -> bool | None:
    """Whether the revocation has come to the application and, where there was money, to the grants."""
    if play.statuses()[play.handles[application]] != "revoked":
        return None
    grants = play.ask(f"{play.path}/grants")
    owed = any(
        g["application_id"] == application and g["grant_for"] == "award" and g["amount_fen"]
        for g in grants["grants"]
    )
    back = any(c["application_id"] == application for c in grants["clawbacks"])
    orders = {
        order["order"]
        for honour in play.ask(f"{play.path}/honours")["honours"]
        if honour["application_id"] == application
        for order in honour["orders"]
    }
    return True if back or not owed or "clawback" not in orders else None


def read_back(play: Play) -> Answers:
    """Everything that the result is made of."""
    play.say("汇总结果 · reading the result")
    blocked = [play.stage(stage)["blocked"] for stage in play.rulebook.stages] if _is_blocked(play) else []
    return Answers(
        cycle=play.cycle(),
        blocked=next((found for found in blocked if found), None),
        applications=list(play.applications()),
        findings=_list(play, "findings", "applications"),
        scores=_list(play, "scores"),
        honours=_list(play, "honours"),
        notices=_list(play, "notices"),
        panels=_list(play, "panels"),
        grants=play.ask(f"{play.path}/grants"),
        audit=play.ask(f"{play.path}/audit"),
    )


def _is_blocked(play: Play) -> bool:
    return bool(play.cycle()["state"] == "blocked")


def _list(play: Play, what: str, key: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = play.ask(f"{play.path}/{what}")[key or what]
    return found
