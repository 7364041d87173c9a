"""What the protocol speaks of: a cycle, an entrant, a stage as it stands. Pure data and pure reckoning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.rulebooks import Phase, Rulebook, Stage

Outcome = dict[str, Any]


class Blocked(Exception):
    """The stage cannot lawfully begin; the reason is in words that an officer understands."""

    def __init__(self, reason_zh: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.reason_zh = reason_zh
        self.reason_en = reason_en


REAL_WORLD = "real"  # of every cycle that is no rehearsal


@dataclass(frozen=True)
class Cycle:
    """One run of an award, pinned to its rulebook. `budget_fen` is None where no budget was given."""

    cycle_id: str
    rulebook: Rulebook
    year: int
    opens_on: date
    closes_on: date
    budget_fen: int | None
    rehearsal: bool

    @property
    def world(self) -> str:
        """Registers (bans, honours, grants) are kept apart by world: a rehearsal is a world of its own."""
        return self.cycle_id if self.rehearsal else REAL_WORLD


@dataclass(frozen=True)
class Entrant:
    """An application in a stage, with what earlier stages handed on in `carried`."""

    application_id: str
    sequence: int
    dossier: Mapping[str, Any]
    carried: Mapping[str, Any] = field(default_factory=dict)

    @property
    def category(self) -> str | None:
        """The award's category, where the rulebook has categories."""
        found: str | None = self.dossier.get("category")
        return found


@dataclass(frozen=True)
class StageRow:
    """A stage as its owner knows it: waiting, planned, begun or closed."""

    state: str
    begins_on: date | None = None
    begun_on: date | None = None
    ends_on: date | None = None
    closed_on: date | None = None
    blocked_zh: str | None = None
    blocked_en: str | None = None


@dataclass(frozen=True)
class Closing:
    """What a stage handed over when it closed."""

    stage: str
    closed_on: date
    outcomes: Sequence[Outcome]

    def passed(self) -> set[str]:
        """The applications that go on."""
        return {o["application_id"] for o in self.outcomes if o["passed"]}


def outcome(
    application_id: str,
    *,
    passed: bool,
    status: str | None = None,
    stopped_at: str | None = None,
    reason_zh: str = "",
    reason_en: str = "",
    carried: Mapping[str, Any] | None = None,
) -> Outcome:
    """One line of `stage.closed`: what became of one entrant and what it takes along."""
    return {
        "application_id": application_id,
        "passed": passed,
        "status": status,
        "stopped_at": stopped_at,
        "reason_zh": reason_zh,
        "reason_en": reason_en,
        "carried": dict(carried or {}),
    }


def stage_for(phase: Phase, category: str | None) -> Stage | None:
    """The one stage of the phase that an application of this category takes, or None."""
    return next((stage for stage in phase.stages if stage.takes(category)), None)


def survivors(
    rulebook: Rulebook,
    closings: Mapping[str, Closing],
    categories: Mapping[str, str | None],
    phase_index: int,
) -> set[str]:
    """The applications that have passed every phase up to and including `phase_index`.

    `categories` holds every application that counts (withdrawn ones left out). A phase that holds no stage for a
    category lets its applications through.
    """
    alive = set(categories)
    for phase in rulebook.procedure[: phase_index + 1]:
        # Once a stage and not once an application: thousands of them are asked after.
        passed = {stage.key: closings[stage.key].passed() for stage in phase.stages if stage.key in closings}
        kept = set()
        for application in alive:
            stage = stage_for(phase, categories[application])
            if stage is None or application in passed.get(stage.key, ()):
                kept.add(application)
        alive = kept
    return alive


def phase_complete(
    phase: Phase,
    closings: Mapping[str, Closing],
    categories: Mapping[str, str | None],
    entering: Iterable[str],
) -> bool:
    """Whether every stage of the phase that anybody enters is closed."""
    entering = list(entering)
    return all(
        stage.key in closings or not any(stage.takes(categories.get(a)) for a in entering)
        for stage in phase.stages
    )


def over_on(
    rulebook: Rulebook, closings: Mapping[str, Closing], categories: Mapping[str, str | None]
) -> date | None:
    """The day on which the last stage that anybody came to was closed; None while one is still open or to come."""
    if any(stage.key not in closings for stage in rulebook.procedure[0].stages):
        return None
    for index, phase in enumerate(rulebook.procedure):
        entering = survivors(rulebook, closings, categories, index - 1)
        if not phase_complete(phase, closings, categories, entering):
            return None
    return max(closing.closed_on for closing in closings.values())


def merged(closings: Iterable[Closing]) -> dict[str, dict[str, Any]]:
    """What each application carries after the closings, later ones overriding earlier ones."""
    carried: dict[str, dict[str, Any]] = {}
    for closing in closings:
        for line in closing.outcomes:
            carried.setdefault(line["application_id"], {}).update(line.get("carried") or {})
    return carried
