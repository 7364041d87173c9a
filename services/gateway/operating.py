"""How all services stand, for an operator: each is asked for itself, none is waited for longer than a moment.

What is parked belongs to the service that parked it: it lists its own, and puts back or throws away what an operator names. The
gateway has no right to any queue but those of its replies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from services.gateway.circumstances import Asked
from services.gateway.errors import not_found
from services.gateway.routes.route import ASKED
from shared.clock import SystemClock
from shared.problems import Problem

if TYPE_CHECKING:
    from services.gateway.app import Gateway

_ORDER = ("silent", "not_ready", "ready")
_SILENT = frozenset({"no_reply", "not_running", "cut_off"})  # nothing came back at all
_MOST_REPLICAS = 16  # of one service that are looked for
_PATIENCE = 4.0  # seconds; what does not answer by then is told as silent


def services(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The reply `ServicesSeen`."""
    answers = gateway.dispatcher.gather(
        [(service, "health", {}, asked.role) for service in ASKED], asked, timeout=_PATIENCE
    )
    told = {
        service: answer for service, answer in zip(ASKED, answers, strict=True) if isinstance(answer, dict)
    }
    found = _replicas(gateway, told, asked)
    seen = [
        _seen(gateway, service, answer) | found.get(service, {})
        for service, answer in zip(ASKED, answers, strict=True)
    ]
    now = gateway.identity.store.clock.now()
    return {
        "now": now.isoformat(timespec="seconds"),
        "zone": str(now.tzinfo),
        "clock_moved": bool(gateway.settings.clock_file),
        "machine_now": SystemClock().now().isoformat(timespec="seconds"),
        "up_seconds": gateway.heard.up_for(),
        "gateway": [{"part": part, "reason": reason[:500]} for part, reason in gateway.readiness().items()],
        "services": sorted(seen, key=lambda each: _ORDER.index(each["state"])),
    }


def _replicas(gateway: Gateway, told: Mapping[str, Any], asked: Asked) -> dict[str, dict[str, Any]]:
    """Of each service the replicas that answer, and how many there should be.

    The broker hands a service's calls to its replicas in turns: as many short questions as there are replicas, and as many
    again because others ask as well, reach each of them that is alive.
    """
    expected = {service: _taking(answer) for service, answer in told.items()}
    several = [
        service
        for service, number in expected.items()
        if number > 1
        for _ in range(2 * min(number, _MOST_REPLICAS))
    ]
    answers = gateway.dispatcher.gather(
        [(service, "replica", {}, asked.role) for service in several], asked, timeout=_PATIENCE
    )
    known = {service: {_alone(answer)["instance"]: _alone(answer)} for service, answer in told.items()}
    for service, answer in zip(several, answers, strict=True):
        if isinstance(answer, dict):
            known[service].setdefault(answer["instance"], answer)
    return {
        service: {"replicas": [some[name] for name in sorted(some)], "expected": expected[service]}
        for service, some in known.items()
    }


_ALONE = ("service", "instance", "ready", "seconds", "up_seconds", "not_ready")


def _alone(health: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "instance": "?",
        **{name: health[name] for name in _ALONE if name in health},
    }  # an older one has no name


def _taking(health: Mapping[str, Any]) -> int:
    """How many processes take a service's calls: whoever answered is one of them."""
    taking = [int(each["consumers"]) for each in health["queues"] if each["kind"] == "calls"]
    return max([1, *taking])


def _seen(gateway: Gateway, service: str, answer: dict[str, Any] | Problem) -> dict[str, Any]:
    heard = gateway.heard
    found: dict[str, Any] = {
        "service": service, "health": None, "reason_zh": None, "reason_en": None, "replicas": [], "expected": None,
    }  # fmt: skip
    if not isinstance(answer, Problem):
        heard.answered(service)
        heard.answered(_refusing(service))
        found |= {"state": "ready" if answer["ready"] else "not_ready", "health": answer}
    else:
        silent = answer.code in _SILENT
        what = service if silent else _refusing(service)
        heard.missed(what)
        found |= {
            "state": "silent" if silent else "not_ready",
            "reason_zh": answer.detail_zh[:500],
            "reason_en": answer.detail_en[:500],
            "silent_seconds": heard.silent_for(what),
        }
    return {"silent_seconds": None, **found, "answered_seconds": heard.answered_ago(service)}


def _refusing(service: str) -> str:
    """What is kept of a service that answers, and says only that it cannot: its database is away."""
    return f"{service} cannot"


def replay_parked(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """Put back; the service whose queue it is does it and keeps who and why."""
    return gateway.dispatcher.ask(_owner(data["queue"]), "replay_parked", data, asked)


def discard_parked(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """Throw away; as `replay_parked`."""
    return gateway.dispatcher.ask(_owner(data["queue"]), "discard_parked", data, asked)


def _owner(queue: str) -> str:
    """A queue's name begins with whose it is."""
    service = queue.partition(".")[0]
    if service not in ASKED:
        raise not_found()
    return service
