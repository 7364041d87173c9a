"""各阶段人数: how many came to each stage and how many went on, for the office and its watchers.

What a stage closed with never changes again and is long to read, so it is counted once in the life of a process.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from services.intake import cycles, models
from services.intake.stages import conductor
from services.intake.statuses import Status
from shared.rulebooks import Stage
from shared.store import Work

_REMEMBERED = 2000  # closings
_APPLICATIONS, _CLOSINGS = models.applications, models.procedure.closings
_IN_PROGRESS = frozenset({Status.IN_PROGRESS.value})
_STILL_IN = {"grants": frozenset({Status.AWARDED.value})}

Counts = Mapping[tuple[str, str | None], int]
Numbers = tuple[int | None, int | None]


class StageNumbers:
    """Answers `stage_numbers`; one a process."""

    def __init__(self) -> None:
        self._closed: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()

    def of(self, work: Work, cycle_id: str) -> dict[str, Any]:
        """The reply `StageNumbers`. A stage that nobody has come to yet has no numbers; one that nobody ever will has none
        but noughts.
        """
        cycle = conductor.cycle(work, cycle_id)
        states = {line["stage"]: line for line in cycles.state(work, cycle_id)["stages"]}
        counts = _counts(work, cycle_id)
        self._read(work, cycle_id, [key for key, line in states.items() if line["state"] == "closed"])
        rulebook = cycle.rulebook
        found = {
            key: self._stage(cycle_id, rulebook.stage(key), line, counts) for key, line in states.items()
        }
        phases = {key: rulebook.phase_index(key) for key in found}
        reached = max(phases[key] for key, (entered, _) in found.items() if entered is not None)
        for key, (entered, _) in found.items():
            if entered is None and phases[key] < reached:
                found[key] = (0, 0)
        statuses = Counter[str]()
        for (status, _), number in counts.items():
            statuses[status] += number
        lines = [{"stage": key, "entered": entered, "left": left} for key, (entered, left) in found.items()]
        return {"cycle_id": cycle_id, "stages": lines, "statuses": dict(sorted(statuses.items()))}

    def _stage(self, cycle_id: str, stage: Stage, line: dict[str, Any], counts: Counts) -> Numbers:
        if line["state"] == "closed":
            return self._closed[cycle_id, stage.key]
        if line["state"] == "waiting" and line["blocked"] is None:
            return None, None
        there = [
            number
            for (status, category), number in counts.items()
            if status in _STILL_IN.get(stage.kind, _IN_PROGRESS) and stage.takes(category)
        ]
        return sum(there), None

    def _read(self, work: Work, cycle_id: str, closed: list[str]) -> None:
        wanted = [key for key in closed if (cycle_id, key) not in self._closed]
        if not wanted:
            return
        query = select(_CLOSINGS.c.stage, _CLOSINGS.c.outcomes)
        query = query.where(_CLOSINGS.c.cycle_id == cycle_id, _CLOSINGS.c.stage.in_(wanted))
        found = dict.fromkeys(wanted, (0, 0))
        for stage, outcomes in work.session.execute(query):
            found[stage] = (len(outcomes), sum(bool(line["passed"]) for line in outcomes))
        for key, numbers in found.items():
            self._closed[cycle_id, key] = numbers
        while len(self._closed) > _REMEMBERED:
            self._closed.popitem(last=False)


def _counts(work: Work, cycle_id: str) -> Counts:
    status, category = _APPLICATIONS.c.status, _APPLICATIONS.c.category
    query = select(status, category, func.count()).where(_APPLICATIONS.c.cycle_id == cycle_id)
    return {(row[0], row[1]): row[2] for row in work.session.execute(query.group_by(status, category))}
