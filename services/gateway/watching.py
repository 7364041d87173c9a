"""监督 over all running cycles at once: what is new to discipline inspection, alerts one by one, the newest first.

Each service is asked once, whichever number of cycles there are (fifty in one question). One that does not answer is named:
what is missing must not look clean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.gateway import acting, attempts, people
from services.gateway.circumstances import Asked
from services.gateway.own.supervision import NewsAsked
from services.gateway.routes import SERVICES
from services.gateway.supervision import noted, together
from shared.clock import SHANGHAI
from shared.contracts import load
from shared.contracts.operations.alerts import MOST_CYCLES
from shared.problems import Problem, Unavailable
from shared.procedure.alerts import gravest_first

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Data = Mapping[str, Any]
Answers = Mapping[str, Mapping[str, dict[str, Any]]]  # by service, by cycle
_RUNNING = frozenset({"open", "running", "blocked"})
_NAMED = ("cycle_id", "rulebook", "year")


def alerts(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `NewsOfCycles`. Raises Unavailable where it is not even known which cycles there are."""
    known = gateway.dispatcher.ask("intake", "cycles", {}, asked.anew())["cycles"]
    return of_cycles(gateway, known, data, asked)


def of_cycles(gateway: Gateway, known: Sequence[Data], data: Data, asked: Asked) -> dict[str, Any]:
    """The same for a page that has asked already which cycles there are; `known`: all of them, as intake tells."""
    wanted = load(NewsAsked(), dict(data))
    since, page, size = wanted["since"], wanted["page"], wanted["size"]
    playing = asked.context.rehearsal_date is not None
    cycles = [each for each in known if each["state"] in _RUNNING and each["rehearsal"] == playing]
    ids = [each["cycle_id"] for each in cycles]
    tried = attempts.kept(gateway, *ids)
    answers, silent = _asked(gateway, ids, tried, since, asked)
    found = [line for each in ids for line in _alerts(each, answers, tried) if _is_new(line["since"], since)]
    found.sort(key=gravest_first)
    found.sort(key=lambda line: _moment(line["since"]), reverse=True)
    shown = found[(page - 1) * size : page * size]
    notes, names, without = _around(gateway, shown, asked)
    return {
        "cycles": [{name: each[name] for name in _NAMED} for each in cycles],
        "alerts": [{**line, "note": noted(notes.get(line["alert_id"]))} for line in shown],
        "names": names,
        "page": page,
        "size": size,
        "total": len(found),
        "fresh": [
            {"cycle_id": cycle_id, **new}
            for cycle_id in ids
            for service in SERVICES
            for new in answers.get(service, {}).get(cycle_id, {}).get("fresh", ())
        ],
        "silent": sorted({*silent, *without}, key=SERVICES.index),
        "cut": [
            service for service, told in answers.items() if any(each["acts"]["cut"] for each in told.values())
        ],
    }


def _asked(
    gateway: Gateway,
    cycle_ids: Sequence[str],
    tried: Sequence[attempts.Attempt],
    since: datetime | None,
    asked: Asked,
) -> tuple[Answers, list[str]]:
    """What every service answers of these cycles, and those that do not answer."""
    wanted = {
        "actions": acting.actions(acting.pairs()), "subjects": attempts.unplaced(tried),
        "since": None if since is None else since.isoformat(),
    }  # fmt: skip
    questions = [
        (service, {**wanted, "cycle_ids": list(some)}) for some in _parts(cycle_ids) for service in SERVICES
    ]
    replies = gateway.dispatcher.gather(
        [(service, "watch", each, asked.role) for service, each in questions], asked
    )
    found: dict[str, dict[str, dict[str, Any]]] = {service: {} for service in SERVICES}
    silent = []
    for (service, _), reply in zip(questions, replies, strict=True):
        if _away(reply):
            silent.append(service)
            found.pop(service, None)
        elif isinstance(reply, Problem):
            raise reply
        elif service in found:
            found[service] |= {each["cycle_id"]: each for each in reply["cycles"]}
    return found, silent


def _parts(cycle_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(cycle_ids), MOST_CYCLES):
        yield cycle_ids[start : start + MOST_CYCLES]


def _away(reply: object) -> bool:
    """No answer, or that of another version, which does not know the question."""
    return isinstance(reply, Unavailable) or (
        isinstance(reply, Problem) and reply.code == "unknown_operation"
    )


def _alerts(cycle_id: str, answers: Answers, tried: Sequence[attempts.Attempt]) -> list[dict[str, Any]]:
    own, acts = {}, {}
    for service, told in answers.items():
        if cycle_id in told:
            own[service], acts[service] = {"alerts": told[cycle_id]["alerts"]}, told[cycle_id]["acts"]
    here = [each for each in tried if each["cycle_id"] in {cycle_id, None}]
    return [{**line, "cycle_id": cycle_id} for line in together(cycle_id, own, acts, here)]


def _around(
    gateway: Gateway, shown: Sequence[Data], asked: Asked
) -> tuple[dict[str, dict[str, Any]], dict[str, str], list[str]]:
    """What was made of the alerts of one page, by their ids; what applications are called; and who did not tell of the former."""
    if not shown:
        return {}, {}, []
    ids = list(dict.fromkeys(line["alert_id"] for line in shown))
    on = ("eligibility", "notes_on", {"alert_ids": ids}, asked.role)
    reply, *called = gateway.dispatcher.gather([on, *people.asking(shown, asked.role)], asked)
    names = people.told(called)
    if _away(reply):
        return {}, names, ["eligibility"]
    if isinstance(reply, Problem):
        raise reply
    return {note["alert_id"]: note for note in reply["notes"]}, names, []


def _moment(told: str) -> datetime:
    """An instant, or the beginning of a day; what is neither comes last."""
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return datetime.min.replace(tzinfo=SHANGHAI)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)


def _is_new(at: str, since: datetime | None) -> bool:
    """Whether an instant or a day is not before: of a day without an hour the whole day counts, and so does what is neither."""
    if since is None:
        return True
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return True  # shown rather than hidden
    if "T" in at and moment.tzinfo is not None:
        return moment >= since
    return moment.date() >= since.astimezone(SHANGHAI).date()
