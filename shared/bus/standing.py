"""How a process stands, as it tells an operator, and what becomes of what its service has parked.

A service reads and empties its own parking queues with its own user, which may do that anyway: nobody else needs a right to
them for the pages, and no body leaves the service.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from shared.bus import wire
from shared.bus.green import Semaphore
from shared.bus.parking import NotParkedError, Parked, ParkedError, act, parking, record
from shared.bus.runtime import Runtime
from shared.contracts import Context
from shared.problems import Conflict, Problem, Unavailable

MOST_LISTED = 100  # parked messages in one answer
_looking = Semaphore(1)  # two looks at once would hide from each other what each holds


def health(runtime: Runtime) -> dict[str, Any]:
    """The reply `HealthState`. Raises Unavailable where the broker takes no second connection."""
    reasons = runtime.readiness()
    try:
        with _looking:
            queues, found = _looked(runtime)
    except ParkedError as error:
        raise _away(error) from error
    outbox = runtime.store.outbox
    unsent = outbox.waiting()
    return {
        **_process(runtime, reasons),
        "queues": queues,
        "parked": found[:MOST_LISTED],
        "cut": len(found) > MOST_LISTED,
        "unsent": unsent,
        "unsent_seconds": round(outbox.oldest_age()) if unsent else 0,
        "now": runtime.clock.now().isoformat(timespec="seconds"),
    }


def replica(runtime: Runtime) -> dict[str, Any]:
    """The reply `ReplicaState`: this process alone, without a look into what all replicas share."""
    return _process(runtime, runtime.readiness())


def _process(runtime: Runtime, reasons: Mapping[str, str]) -> dict[str, Any]:
    return {
        "service": runtime.name,
        "instance": runtime.instance,
        "ready": not reasons,
        "seconds": round(runtime.turned_for()),
        "up_seconds": round(time.monotonic() - runtime.begun),
        "not_ready": [
            {"part": part[:200], "reason": reason[:500] or "?", "seconds": round(runtime.wrong_for(part))}
            for part, reason in sorted(reasons.items())
        ],
    }


def settle(runtime: Runtime, context: Context, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """`replay` or `discard` one message of one queue; its audit row comes first. Raises Conflict where it is not parked there
    any more, Unavailable where the broker did not confirm.
    """
    queue = data["queue"]
    if queue not in runtime.declaration.queues:
        raise _gone()
    try:
        with _looking, _parking(runtime, queue) as place:
            copies = place.find(data["message_id"])
            record(runtime.store, context, f"parked:{action}", copies[0], data["reason"])
            act(place, action, copies)
    except NotParkedError as error:
        raise _gone() from error
    except ParkedError as error:
        raise _away(error) from error
    return {"done": True}


def _parking(runtime: Runtime, *only: str) -> Any:
    settings = runtime.settings
    queues = [(runtime.name, queue) for queue in only or runtime.declaration.queues]
    return parking(settings.amqp_uri, queues, settings.retry_tier_seconds, f"{runtime.name} parking")


def _looked(runtime: Runtime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The queues, and what is parked, one more than is listed.

    Depths come over a connection that is up anyway, for to make one takes longer than all of the answers; only what is parked
    needs one of its own. What a look held is waited for only so long (`Parking.give_back`): after one that found something the
    depths alone do not say that nothing is there.
    """
    names = [queue for queue, _ in _kinds(runtime)]
    told = None if runtime.depths is None or runtime.parked_seen else runtime.depths.look(names)
    queues = None if told is None else _queues(runtime, told)
    if queues is not None and not _parked_in(queues):
        return queues, []
    with _parking(runtime) as place:
        queues = _queues(runtime, place.depths(names))
        some = _parked_in(queues)
        found = [_line(one) for one in islice(place.messages(), MOST_LISTED + 1)] if some else []
    runtime.parked_seen = some
    return queues, found


def _parked_in(queues: Iterable[Mapping[str, Any]]) -> bool:
    return any(each["messages"] for each in queues if each["kind"] == "parking")


def _kinds(runtime: Runtime) -> list[tuple[str, str]]:
    kinds = [(queue, "work") for queue in runtime.declaration.queues]
    kinds += [(wire.retry_name(runtime.name, tier), "retry") for tier in runtime.settings.retry_tier_seconds]
    kinds += [(wire.parking_queue(queue), "parking") for queue in runtime.declaration.queues]
    return [*kinds, (wire.rpc_queue(runtime.name), "calls")]


def _queues(runtime: Runtime, told: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    return [
        {"queue": queue, "kind": kind, "messages": messages, "consumers": consumers}
        for (queue, kind), (messages, consumers) in zip(_kinds(runtime), told, strict=True)
    ]


def _line(one: Parked) -> dict[str, Any]:
    told = one.describe()
    return {
        "queue": one.queue,
        "message_id": one.id,
        "kind": one.kind[:200],
        "reason": str(told["reason"])[:200],
        "detail": str(told["detail"])[:500],
        "parked_at": str(told["parked_at"]) or None,
        "published_at": str(one.headers.get(wire.CE_TIME) or "")[:200] or None,
        "attempts": max(0, int(told["attempts"])),
        "size": told["size"],
    }


def _gone() -> Problem:
    return Conflict(
        "这条消息已不在停放处：可能已被重放或丢弃",
        "this message is not parked any more: it was put back or thrown away",
        code="not_parked",
    )


def _away(error: ParkedError) -> Unavailable:
    return Unavailable(
        f"消息中间件没有答复：{error}", f"the broker did not answer: {error}", code="broker_away"
    )
