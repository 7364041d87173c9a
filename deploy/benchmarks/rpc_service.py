"""The services that `deploy.benchmarks.rpc` asks: each answers one trivial question as fast as its library lets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.bus import Service, query


class Echo(Service):
    """Ours: a question of the real contracts, answered with nothing, through validation and a read transaction."""

    name = "intake"

    @query("cycles")
    def cycles(self, work: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        return {"cycles": []}
