"""The credit platforms as eligibility sees them: a report handed over, and later its receipt. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class CreditReport:
    """信用信息报送: what a platform is told of one revoked award. `reference` is ours and never used for another report.

    Days are ISO text. An individual has no code: it is told by name and the number of its certificate.
    """

    reference: str
    platform: str
    name: str
    kind: str
    uscc: str | None
    award: str
    number: str | None
    year: int
    rulebook: str
    rule: str
    event: str
    decided_on: str
    banned_until: str | None

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> CreditReport:
        """From JSON again."""
        return cls(**plain)


class PlatformSilent(Exception):
    """No proper answer came; it may come later. `reason` is without anybody's data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PlatformRefused(Exception):
    """The platform will not take this report as it is; somebody has to see to it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSetUp(PlatformRefused):
    """There is no way to a platform from here."""


class CreditPlatform(Protocol):
    """Takes its time, so never inside a transaction; delivering the same report twice is one report."""

    def deliver(self, report: CreditReport) -> str | None:
        """Hand a report over: its receipt, or None where that comes later. Raises PlatformSilent, PlatformRefused."""
        ...

    def receipt(self, reference: str) -> str | None:
        """The receipt of a report that was handed over, None where there is none yet. Raises as `deliver` does."""
        ...
