"""What the tests of the office's pages share: services that answer what a test says, and who asked them what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.contracts import Context
from shared.contracts.operations.operation import APPLICATION, CYCLE
from shared.problems import Problem
from tests.support.browsing import Visitor
from tests.support.gateway import PASSWORD, Bench, InProcess, answered, any_rulebook, make_bench

C, A = CYCLE, APPLICATION
REVIEW = next(stage.key for stage in any_rulebook().stages if stage.kind == "review")
WITNESS = "W7"  # whom services know wang.jian as


class Office:
    """The office in front of services that answer `said`: parts of a reply by operation, or a Problem."""

    def __init__(
        self, folder: Path, said: Mapping[str, Any] | None = None, role: str = "award_office"
    ) -> None:
        self.said = dict(said or {})
        self.services = InProcess(self._answer)
        self.bench: Bench = make_bench(folder, self.services)
        self.bench.identity.create(
            None, username="wang.jian", password=PASSWORD, display_name="王见", roles=["discipline"], subject=WITNESS
        )  # fmt: skip
        self.visitor = Visitor(self.bench, role)

    def _answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        given = self.said.get(f"{service}.{method}", {})
        if isinstance(given, Problem):
            raise given
        return answered(service, method, data, context) | given

    def got(self, operation: str) -> Mapping[str, Any]:
        """What the operation was last asked with."""
        return [call for call in self.services.calls if call.operation == operation][-1].data

    def asked(self, operation: str) -> int:
        """How often it was asked."""
        return sum(call.operation == operation for call in self.services.calls)
