"""运维: which services answer, how full their queues are, what is parked, how the departments stand; nothing of a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.forms import Field, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, written_time
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import (
    BREAKERS,
    CHANNELS,
    PARKED,
    QUEUES,
    SERVICES,
    STANDINGS,
    word,
)
from shared.contracts.operations import OPERATOR
from shared.contracts.operations.operating import EXAMPLE_QUEUE, OF_PARKED
from shared.rulebooks.facts import DEPARTMENTS

ROOM = Room("services", (OPERATOR,))
_REASON = Field(
    "reason", Text("理由", "Reason"), Kind.AREA, rows=3,
    hint=Text("写入审计记录，不写个人信息", "It stays in the audit log; name no person"),
)  # fmt: skip
_STEPS = {
    "replay": (
        Form((_REASON,), submit=Text("重放", "Put it back")),
        Text("重放停放的消息", "Put a parked message back"),
        Text("消息回到原队列，按第一次处理；已生效的不会重复生效。原因未消除的，会再次停放。",
             "It goes back to its queue as if it had never been tried; what took effect does not take effect twice. Where the"
             " cause is still there it is parked again."),
        Text("消息已重放", "The message was put back"),
    ),
    "discard": (
        Form((_REASON,), submit=Text("丢弃，不能恢复", "Throw it away for good")),
        Text("丢弃停放的消息", "Throw a parked message away"),
        Text("丢弃后不能恢复，对方服务不会得知其中的内容。只丢弃确认不再需要的消息。",
             "It cannot be had back, and the service never learns what it said. Throw away only what is certainly not needed."),
        Text("消息已丢弃", "The message was thrown away"),
    ),
}  # fmt: skip


@ROOM.page("/ops")
def ops(visit: Visit) -> Response:
    """What is down, since when; then queues, what is parked, the departments."""
    seen = visit.ask("gateway.services")
    services = seen["services"]
    down = [each for each in services if each["state"] != "ready"]
    intake_answers = any(each["service"] == "intake" and each["health"] for each in services)
    found = visit.ask_or_none("intake.departments") if intake_answers else None
    parked = [one for each in services if each["health"] for one in each["health"]["parked"]]
    return visit.page(
        "operating/services.html", Text("运维", "Operations"), seen=seen, services=services, down=down,
        names=SERVICES, standings=STANDINGS, kinds=QUEUES, queues=list(_waiting(services)), parked=parked, why=PARKED,
        replicated=[each for each in services if (each["expected"] or 1) > 1],
        unknown=[each["service"] for each in services if not each["health"]],
        since=lambda seconds: visit.now() - timedelta(seconds=seconds),
        cut=any(each["health"] and each["health"]["cut"] for each in services),
        departments=None if found is None else [_named(each) for each in found["departments"]],
    )  # fmt: skip


def _waiting(services: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Queues in which something waits; what is parked has its own list. A work queue that nobody consumes comes first."""
    found = [
        {**queue, "stuck": queue["kind"] in {"work", "calls"} and not queue["consumers"]}
        for each in services
        if each["health"]
        for queue in each["health"]["queues"]
        if queue["kind"] != "parking"
    ]
    some = [queue for queue in found if queue["messages"] or queue["stuck"]]
    return sorted(some, key=lambda queue: (not queue["stuck"], -queue["messages"], queue["queue"]))


def _named(each: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **each,
        "name": word(DEPARTMENTS, each["department"]),
        "way": word(CHANNELS, each["channel"]),
        "state": word(BREAKERS, each["breaker"]) if each.get("breaker") else None,
    }


@ROOM.page(
    "/ops/parked/<queue>/<message_id>/<step>", methods=("GET", "POST"),
    sample={"queue": EXAMPLE_QUEUE, "message_id": str(OF_PARKED["message_id"]), "step": "replay"},
)  # fmt: skip
def parked(visit: Visit, queue: str, message_id: str, step: str) -> Response:
    """Put one message back or throw it away, with a reason."""
    if step not in _STEPS:
        raise not_found()
    form, title, intro, done = _STEPS[step]
    filled = visit.form(form)
    if request.method == "POST":
        filled = visit.submit(form, f"gateway.{step}_parked", queue=queue, message_id=message_id)
        if filled.ok:
            return visit.go("/ops", done)
    one = _find(visit, queue, message_id)
    if one is None and request.method != "POST":
        raise not_found()
    return visit.page(
        "form.html", title, form=filled, back="/ops", intro=intro, facts=None if one is None else _facts(visit, one)
    )  # fmt: skip


def _find(visit: Visit, queue: str, message_id: str) -> Mapping[str, Any] | None:
    for each in visit.ask("gateway.services")["services"]:
        for one in each["health"]["parked"] if each["health"] else ():
            if (one["queue"], one["message_id"]) == (queue, message_id):
                found: Mapping[str, Any] = one
                return found
    return None


def _facts(visit: Visit, one: Mapping[str, Any]) -> list[tuple[Text, Any]]:
    """What there is to say of a message without its content."""
    service = word(SERVICES, one["queue"].partition(".")[0])
    rows = [
        (Text("服务", "Service"), service.at(visit.language)),
        (Text("事件", "Event"), one["kind"] or "—"),
        (Text("队列", "Queue"), one["queue"]),
        (Text("消息编号", "Message"), one["message_id"]),
        (Text("停放原因", "Why it is parked"), word(PARKED, one["reason"]).at(visit.language)),
        (Text("出错处", "Where it failed"), one["detail"] or "—"),
        (Text("尝试次数", "Attempts"), one["attempts"]),
        (Text("停放时间", "Parked at"), written_time(one["parked_at"], visit.language)),
        (Text("发出时间", "Published at"), written_time(one["published_at"], visit.language)),
        (Text("大小（字节）", "Size in bytes"), one["size"]),
    ]
    return [(label, value) for label, value in rows]
