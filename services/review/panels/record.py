"""What a draw was made of, so that anyone can repeat it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from services.review.panels.model import Panel, Problem, rule_told

METHOD = "levels-then-lot/1"  # a change of what is optimal or of how the lot decides gets another name


@dataclass(frozen=True)
class Objective:
    """What was reached, level by level. `work`: the sum of squared loads; `gap` of the assignment, 0 is proved."""

    size: int
    seats_changed: int
    knowledge: int
    interests: int
    assignments_changed: int
    fit: int
    work: int
    gap: float


@dataclass(frozen=True)
class Record:
    """A draw: its inputs' digest, the rule, by what means, what came of it, and who was there."""

    method: str
    solver: str
    inputs: str
    rule: dict[str, Any]
    seed: str
    witness: str
    objective: Objective
    members: tuple[str, ...]
    leader: str | None
    assignments: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `assignments` are pairs of application and expert."""
        told = asdict(self)
        told["members"] = list(self.members)
        told["assignments"] = [list(pair) for pair in self.assignments]
        return told

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Record:
        """What `to_dict` gave. Raises KeyError or TypeError where it is something else."""
        given = dict(data)
        given["objective"] = Objective(**data["objective"])
        given["members"] = tuple(data["members"])
        given["assignments"] = tuple((application, expert) for application, expert in data["assignments"])
        return cls(**given)


def record_of(problem: Problem, panel: Panel, objective: Objective, witness: str) -> Record:
    """The record of a draw that was just made."""
    from services.review.solver import version

    return Record(
        method=METHOD,
        solver=version(),
        inputs=problem.digest(),
        rule=rule_told(problem.rule),
        seed=panel.seed,
        witness=witness,
        objective=objective,
        members=panel.members,
        leader=panel.leader,
        assignments=tuple((a.application_id, a.expert_id) for a in panel.assignments),
    )
