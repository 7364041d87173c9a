"""A credit platform of tests: takes what it is given, in memory, and fails as often as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.eligibility.credit import CreditReport, PlatformRefused, PlatformSilent


@dataclass
class MemoryPlatform:
    """`silent`: so many calls find nobody; `refuses`: every report; `at_once`: the receipt comes with the delivery."""

    silent: int = 0
    refuses: bool = False
    at_once: bool = False
    taken: dict[str, CreditReport] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    calls: int = 0

    def deliver(self, report: CreditReport) -> str | None:
        self._called()
        if self.refuses:
            raise PlatformRefused("HTTP 422")
        known = self.taken.setdefault(report.reference, report)
        if known != report:
            raise PlatformRefused("HTTP 409")
        if self.at_once:
            self.receipts[report.reference] = f"XY-{report.reference}"
        return self.receipts.get(report.reference)

    def receipt(self, reference: str) -> str | None:
        self._called()
        return self.receipts.get(reference)

    def _called(self) -> None:
        self.calls += 1
        if self.silent:
            self.silent -= 1
            raise PlatformSilent("nobody there")
