"""The tiny service: a command that publishes, a query that counts, and handlers that fail as they are told to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select

from shared.bus import Received, Service, command, every, on_event, query
from shared.problems import Conflict, Transient
from shared.store import platform_tables
from tests.support.bus.contracts import ThingAsked, ThingHappened, ThingUnheard

metadata = MetaData()
platform_tables(metadata)
# No unique key on the message: a double effect must show, not be refused.
effects = Table(
    "effects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("number", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
)
unique_numbers = Table("unique_numbers", metadata, Column("number", Integer, primary_key=True))

_EVENTS = {cls.NAME: cls for cls in (ThingHappened, ThingAsked, ThingUnheard)}


def note(work: Any, kind: str, number: int) -> None:
    """Leave a trace of one effect."""
    work.connection.execute(insert(effects).values(kind=kind, number=number, attempt=work.context.attempt))


def behave(work: Any, mood: str, number: int) -> None:
    """Do as the mood says, after the effect was written, so that it must be undone."""
    word, _, value = mood.partition(":")
    if word == "poison":
        raise Conflict("毒", "poison", code="poisoned")
    if word == "flaky" and work.context.attempt < int(value):
        raise Transient("再试", "again")
    if word == "broken":
        raise RuntimeError("the number of a person: 110101199003070000")
    if word == "slow":
        time.sleep(float(value))
    if word == "held":
        hold(Path(value))
    if word == "unique":
        work.connection.execute(insert(unique_numbers).values(number=int(value)))


def hold(gate: Path) -> None:
    """Wait until a test has made this file. Raises RuntimeError where it never does."""
    deadline = time.monotonic() + 30
    while not gate.exists():
        if time.monotonic() > deadline:
            raise RuntimeError("nobody let go")
        time.sleep(0.01)


_inside: list[int] = []


def meet(number: int) -> None:
    """Wait until so many are inside at once. Raises RuntimeError where they never are."""
    _inside.append(1)
    deadline = time.monotonic() + 30
    while len(_inside) < number:
        if time.monotonic() > deadline:
            raise RuntimeError("they were not asked together")
        time.sleep(0.01)


class Sample(Service):
    """Published as `intake`, one of the users that a broker knows."""

    name = "intake"
    migrations = Path(__file__).parent / "migrations"

    @command("wish")
    def wish(self, work: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        note(work, "wish", data["number"])
        behave(work, data["mood"], data["number"])
        for copy in range(data["copies"]):
            fields = {"number": data["number"] + copy}
            if data["event"] == "thing.happened":
                fields["mood"] = data["mood"] if data["mood"].startswith("event-") else "good"
                fields["mood"] = fields["mood"].removeprefix("event-")
            work.publish(_EVENTS[data["event"]], fields, subject=f"thing/{fields['number']}")
        runs = work.connection.execute(
            select(func.count()).where(effects.c.kind == "wish", effects.c.number == data["number"])
        ).scalar_one()
        return {"number": data["number"], "run": runs}

    @query("count")
    def count(self, work: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        if data["mood"].startswith("slow"):
            time.sleep(float(data["mood"].partition(":")[2]))
        if data["mood"] == "writes":
            note(work, "forbidden", 0)
        return {"effects": work.connection.execute(select(func.count()).select_from(effects)).scalar_one()}

    @query("echo")
    def echo(self, work: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        return {"effects": data["number"]}

    @on_event(ThingHappened, publisher="intake")
    def happened(self, work: Any, event: Received) -> None:
        note(work, "event", event.data["number"])
        behave(work, event.data["mood"], event.data["number"])

    @on_event(ThingAsked, publisher="intake", outside=True)
    def asked(self, store: Any, event: Received) -> Callable[[Any], None]:
        number, mood = event.data["number"], event.data["mood"]
        word, _, value = mood.partition(":")
        if word == "together":
            meet(int(value))
        if word == "refused":
            raise Conflict("拒", "refused", code="refused_outside")

        def keep(work: Any) -> None:
            note(work, "outside", number)
            behave(work, mood, number)

        return keep

    @every(seconds=0.2)
    def tick(self, work: Any) -> None:
        note(work, "tick", 0)
