"""待办提醒: what waits for people who work on a cycle, told once, reminded of before its day, dropped once it is settled."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update

from services.notifications import heard, letters, models, writing
from shared.bus import Received
from shared.store import Work

_TASKS = models.heard_tasks


def waiting(work: Work, event: Received, days: Iterable[int], hour: int) -> None:
    """Tell of a task, unless that was done, or it is settled already: the two come by two queues."""
    if heard.cycle_of(work, event) is None:
        return
    heard.lock_cycle(work, event.data["cycle_id"])
    topic = letters.task_topic(event.data)
    if _known(work, topic):
        return
    _note(work, topic, settled=False)
    writing.write(work, letters.task(event.data, days, work.now(), hour))
    work.audit("task:told", topic, after={"kind": event.data["kind"]}, cycle_id=event.data["cycle_id"])


def settled(work: Work, event: Received) -> None:
    """Nobody is told or reminded of it any more."""
    if heard.cycle_of(work, event) is None:
        return
    heard.lock_cycle(work, event.data["cycle_id"])
    topic = letters.task_topic(event.data)
    if _known(work, topic):
        work.session.execute(update(_TASKS).where(_TASKS.c.topic == topic).values(settled=True))
    else:
        _note(work, topic, settled=True)
    writing.drop(work, topic)
    work.audit("task:settled", topic, cycle_id=event.data["cycle_id"])


def _known(work: Work, topic: str) -> bool:
    return work.session.execute(select(_TASKS.c.topic).where(_TASKS.c.topic == topic)).first() is not None


def _note(work: Work, topic: str, *, settled: bool) -> None:
    row = {"topic": topic, "settled": settled, "heard_at": work.now()}
    work.session.execute(_TASKS.insert().values(**row))
