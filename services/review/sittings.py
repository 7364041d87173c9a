"""评审场次: a stage of a cycle with those who are in it, so that several may be read at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.procedure.state import Cycle, Entrant
from shared.rulebooks import Stage


@dataclass(frozen=True)
class Sitting:
    """`entrants`: in order of submission; all of the stage, or those that are looked at."""

    cycle: Cycle
    stage: str
    entrants: Sequence[Entrant]

    @property
    def key(self) -> tuple[str, str]:
        """By which it is told from the others: the cycle's id and the stage."""
        return self.cycle.cycle_id, self.stage

    @property
    def of(self) -> Stage:
        """The stage as the rulebook describes it."""
        return self.cycle.rulebook.stage(self.stage)
