"""What the services have of an application, or of a cycle: their rows and their audit entries, all pages of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.gateway.circumstances import Asked
from services.gateway.routes.route import SERVICES

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Data = Mapping[str, Any]


@dataclass
class Gathered:
    """One service's share."""

    service: str
    tables: dict[str, list[Data]] = field(default_factory=dict)
    left_out: list[Data] = field(default_factory=list)
    destroyed_on: str | None = None
    entries: list[Data] = field(default_factory=list)
    seals: dict[int, Data] = field(default_factory=dict)

    def rows(self, table: str) -> list[Data]:
        """The rows of a table, none where it has none."""
        return self.tables.get(table, [])


def gather(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Gathered]:
    """Every service's share, by service. Raises as the services do: NotFound, Conflict while the cycle goes on."""
    return {service: _of(gateway, service, data, asked) for service in SERVICES}


def _of(gateway: Gateway, service: str, data: Data, asked: Asked) -> Gathered:
    found = Gathered(service)
    for page in _pages(gateway, service, "archive", data, asked):
        for each in page["tables"]:
            found.tables.setdefault(each["table"], []).extend(each["rows"])
        found.left_out, found.destroyed_on = page["left_out"], page["destroyed_on"]
    for page in _pages(gateway, service, "archive_audit", data, asked):
        found.entries += page["entries"]
        found.seals |= {seal["sequence"]: seal for seal in page["seals"]}
    return found


def _pages(gateway: Gateway, service: str, method: str, data: Data, asked: Asked) -> Iterator[Data]:
    after: str | None = ""
    while after is not None:
        page = gateway.dispatcher.ask(service, method, {**data, "after": after}, asked.anew())
        yield page
        after = page["next"]
