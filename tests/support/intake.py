"""Intake as its handlers see it: requests through the contract, cycles and drafts of real and of rehearsed cycles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from services.intake import applications, bodies, cycles
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import dump, load, operation
from shared.store import Work
from tests.support.works import Desk, once

OPENS, CLOSES = date(2025, 5, 12), date(2025, 6, 13)
CODE, OTHER_CODE = "91310105MAXY50013E", "91310105MA1K300034"
OFFICE, APPLICANT, RECOMMENDER = "award_office", "applicant", "recommending_body"
FACTS = {"region": "某市某区", "chief_quality_officer": True}
Handler = Callable[[Work, dict[str, Any]], dict[str, Any]]


def asked(method: str, **data: Any) -> dict[str, Any]:
    """A request of an operation, given as plain JSON."""
    return load(once(operation("intake", method).request), data)


def listing(cycle_id: str, **filters: Any) -> dict[str, Any]:
    """A request for a cycle's list of applications."""
    return asked("applications", cycle_id=cycle_id, **filters)


class IntakeDesk(Desk):
    """Intake's store on the first day for applications, and the calls that many tests make."""

    def __init__(self, url: str) -> None:
        self.clock = FixedClock(datetime(2025, 5, 12, 9, 30, tzinfo=SHANGHAI))
        super().__init__("intake", url, self.clock)

    def ask(
        self,
        method: str,
        handler: Handler,
        role: str,
        actor: str = "somebody",
        *,
        unit: str = "",
        **data: Any,
    ) -> dict[str, Any]:
        """A call about real cycles by somebody whose role may make it; request and reply fit the contract."""
        contract = operation("intake", method)
        assert role in contract.roles
        with self.work(role, actor, unit=unit) as work:
            return dump(once(contract.reply), handler(work, asked(method, **data)))

    def open(self, rulebook: str = "changning-2023", *, rehearsal: bool = False) -> str:
        """A cycle from today on."""
        data = asked(
            "open_cycle",
            rulebook=rulebook,
            year=2025,
            opens_on=str(OPENS),
            closes_on=str(CLOSES),
            rehearsal=rehearsal,
        )
        with self.work(OFFICE, on=OPENS if rehearsal else None) as work:
            return str(cycles.open_cycle(work, data, rehearsals=True)["cycle_id"])

    def draft(self, cycle_id: str, owner: str = "anna", *, on: date | None = None, **changes: Any) -> str:
        """A draft of an organization that lacks nothing but its recommendation; really, its materials are files."""
        handed_in = ["application_form", "self_assessment", "proofs"]
        data = {
            "cycle_id": cycle_id, "name": "示例公司", "kind": "organization", "uscc": CODE, "facts": FACTS,
            "materials": [] if on is None else handed_in, **changes,
        }  # fmt: skip
        with self.work(APPLICANT, owner, on=on) as work:
            return str(applications.create(work, asked("create_application", **data))["application_id"])

    def submit(self, application_id: str, owner: str = "anna", *, on: date | None = None) -> dict[str, Any]:
        """Handed in by its owner, and signed for by the office where that is needed."""
        with self.work(APPLICANT, owner, on=on) as work:
            line = applications.submit(work, {"application_id": application_id})
        if line["status"] != "submitted":
            return line
        with self.work(OFFICE, "li") as work:
            return applications.accept(work, {"application_id": application_id, "digest": line["receipt"]})

    def body(self, name: str = "示例街道", kind: str = "street") -> str:
        """A body that enters the register; its id."""
        with self.work(OFFICE) as work:
            return str(bodies.register(work, {"name": name, "kind": kind})["body_id"])
