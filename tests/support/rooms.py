"""A cycle as one service sees it: told by events, asked through its handlers, every message held to its contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from shared.clock import Clock
from shared.contracts import dump, load, operation
from shared.contracts.events import ApplicationAccepted, CycleOpened
from shared.procedure import Conductor, outcome
from shared.rulebooks import Rulebook, library
from shared.store import Work
from tests.support.works import Desk, once

CHANGNING = library().get("changning-2023")
CYCLE = "c1"
OPENS, CLOSES = date(2025, 5, 12), date(2025, 6, 13)
ORGANIZATION = "91310105MAXY50013E"
Handler = Callable[[Work, dict[str, Any]], dict[str, Any]]
Carried = Mapping[str, Mapping[str, Any]]


class Room:
    """One service with one cycle; handlers take python values and give replies, as the bus has them."""

    def __init__(
        self,
        service: str,
        url: str,
        conductor: Conductor,
        *,
        rulebook: Rulebook = CHANGNING,
        budget_fen: int | None = None,
        rehearsal: bool = True,
        year: int = 2025,
        clock: Clock | None = None,
    ) -> None:
        self.desk = Desk(service, url, clock)
        self.service = service
        self.conductor = conductor
        self.rulebook = rulebook
        self.open_cycle(CYCLE, budget_fen=budget_fen, rehearsal=rehearsal, year=year)

    def open_cycle(self, cycle_id: str, *, budget_fen: int | None, rehearsal: bool, year: int) -> None:
        """A cycle of the same rulebook; the submission ends a month after it begins."""
        opened = {
            "cycle_id": cycle_id, "rulebook": self.rulebook.id, "rulebook_sha256": self.rulebook.sha256, "year": year,
            "opens_on": "2025-05-12", "closes_on": "2025-06-13", "budget_fen": budget_fen, "rehearsal": rehearsal,
        }  # fmt: skip
        with self.desk.work() as work:
            self.conductor.cycle_opened(work, load(once(CycleOpened), opened))

    def accepted(
        self, application: str, sequence: int, *, cycle_id: str = CYCLE, **dossier: Any
    ) -> dict[str, Any]:
        """The event of an application; what is not given is that of an organization."""
        kind = dossier.get("kind", "organization")
        uscc = dossier.get("uscc", ORGANIZATION)
        data = {
            "cycle_id": cycle_id, "application_id": application, "sequence": sequence, "dossier_digest": "sha256:0",
            "dossier": {
                "name": f"示例{sequence}", "kind": kind, "uscc": uscc, "applicant_key": f"{kind}:{application}",
                "category": None, "submitted_on": "2025-05-19", "recommended_by": "某街道", "nominated_by": None,
                "facts": {}, "materials": [], **dossier,
            },
        }  # fmt: skip
        return load(once(ApplicationAccepted), data)

    def accept(self, application: str, sequence: int, **dossier: Any) -> None:
        """An application comes in."""
        with self.desk.work() as work:
            self.conductor.application_accepted(work, self.accepted(application, sequence, **dossier))

    def withdraw(self, application: str) -> None:
        """And is taken back."""
        with self.desk.work() as work:
            data = {"cycle_id": CYCLE, "application_id": application, "withdrawn_on": CLOSES}
            self.conductor.application_withdrawn(work, data)

    def hand_over(
        self,
        stage: str,
        on: date,
        passed: Sequence[str],
        carried: Carried | None = None,
        *,
        cycle_id: str = CYCLE,
    ) -> None:
        """Another service closes a stage."""
        lines = [outcome(a, passed=True, carried=(carried or {}).get(a)) for a in passed]
        with self.desk.work(on=None) as work:
            data = {"cycle_id": cycle_id, "stage": stage, "closed_on": on, "outcomes": lines}
            self.conductor.stage_closed(work, data)

    def begin(self, stage: str, on: date | None) -> dict[str, Any]:
        """The office begins a stage of ours."""
        return self.ask("begin_stage", self.conductor.begin_stage, {"stage": stage}, "award_office", on=on)

    def close(self, stage: str, on: date | None) -> dict[str, Any]:
        """The office closes it."""
        return self.ask("close_stage", self.conductor.close_stage, {"stage": stage}, "award_office", on=on)

    def ask(
        self,
        method: str,
        handler: Handler,
        data: Mapping[str, Any],
        role: str = "award_office",
        actor: str = "somebody",
        on: date | None = None,
        *,
        cycle_id: str = CYCLE,
    ) -> dict[str, Any]:
        """One call by somebody whose role may make it; request and reply fit the contract. The reply as plain JSON."""
        contract = operation(self.service, method)
        assert role in contract.roles
        request = load(once(contract.request), {"cycle_id": cycle_id, **data})
        with self.desk.work(role, actor, on) as work:
            return dump(once(contract.reply), handler(work, request))

    def closings(self, stage: str) -> list[dict[str, dict[str, Any]]]:
        """The outcomes by application of every closing of a stage that was told."""
        return [
            {line["application_id"]: line for line in told["outcomes"]}
            for told in self.desk.told("stage.closed")
            if told["stage"] == stage
        ]
