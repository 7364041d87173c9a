"""What every owner of stages answers and hears, so that a service's page tells only what is its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from shared.bus import Received, Service, command, every, on_event, query
from shared.contracts.events import (
    ApplicationAccepted,
    ApplicationWithdrawn,
    CycleOpened,
    RecordsDestroyed,
)
from shared.procedure import alerts, tasks, watching
from shared.procedure.acts import acts
from shared.procedure.alerts import Cycles, Watched
from shared.procedure.conductor import Conductor
from shared.records import answering
from shared.records.destroying import destroy
from shared.records.keeping import Keeping
from shared.store import Work, audit_state

Data = dict[str, Any]


class StageOwner(Service):
    """Answers for its stages, its audit log, and its records."""

    conductor: ClassVar[Conductor]
    keeping: ClassVar[Keeping]

    @query("stage")
    def stage(self, work: Work, data: Data) -> Data:
        return self.conductor.stage(work, data)

    @query("stage_awaits")
    def stage_awaits(self, work: Work, data: Data) -> Data:
        return self.conductor.awaits(work, data, self.store.tables.audit)

    @command("begin_stage")
    def begin_stage(self, work: Work, data: Data) -> Data:
        return self.conductor.begin_stage(work, data)

    @command("close_stage")
    def close_stage(self, work: Work, data: Data) -> Data:
        return self.conductor.close_stage(work, data)

    @query("audit")
    def audit(self, work: Work, data: Data) -> Data:
        return audit_state(self.store, data["cycle_id"])

    @query("archive")
    def archive(self, work: Work, data: Data) -> Data:
        return answering.rows(work, self.conductor, self.keeping, data)

    @query("archive_audit")
    def archive_audit(self, work: Work, data: Data) -> Data:
        self.store.sealer.seal_all()
        return answering.entries(work, self.store, self.conductor, data)

    @query("alerts")
    def alerts(self, work: Work, data: Data) -> Data:
        cycle = self.conductor.cycle(work, data["cycle_id"])
        watched = self.watched(work, {cycle.cycle_id: cycle})
        return alerts.reply(self.name, cycle.cycle_id, watched[cycle.cycle_id])

    @query("acts")
    def acts(self, work: Work, data: Data) -> Data:
        cycle_id = data["cycle_id"]
        return acts(work, self.store.tables.audit, [cycle_id], data["actions"], data["subjects"])[cycle_id]

    @query("watch")
    def watch(self, work: Work, data: Data) -> Data:
        return watching.watch(self, work, data)

    @every(seconds=3600)
    def tell_of_alerts(self, work: Work) -> None:
        tasks.tell_of_alerts(work, self.conductor, self.watched)

    def watched(self, work: Work, cycles: Cycles) -> Mapping[str, Watched]:
        """What discipline inspection should look at in some cycles, by cycle; a service overrides it. It is read of all of them
        at once: as many statements of any number as of one.
        """
        return dict.fromkeys(cycles, Watched())

    def fresh(self, work: Work, cycles: Cycles, since: datetime | None) -> Mapping[str, Mapping[str, int]]:
        """How much is new to discipline inspection, by the words of `Fresh` and then by cycle; a service overrides it."""
        return {}


class Follower(StageOwner):
    """Hears of cycles and applications from whoever takes them in.

    The closings of the other owners are heard by each service itself: which others there are differs.
    """

    @on_event(CycleOpened)
    def cycle_opened(self, work: Work, event: Received) -> None:
        self.conductor.cycle_opened(work, dict(event.data))

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        self.conductor.application_accepted(work, dict(event.data))

    @on_event(ApplicationWithdrawn)
    def application_withdrawn(self, work: Work, event: Received) -> None:
        self.conductor.application_withdrawn(work, dict(event.data))

    @on_event(RecordsDestroyed)
    def records_destroyed(self, work: Work, event: Received) -> None:
        gone = event.data
        destroy(
            work,
            self.keeping,
            gone["cycle_id"],
            gone["list_id"],
            gone["application_ids"],
            gone["destroyed_on"],
        )
