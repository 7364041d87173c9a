"""组成: a rehearsal's panels, drawn and released at once when the stage begins; its people accept what they are given."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from services.review import conflicts, experts, models
from services.review.conflicts.recusals import kept_from
from services.review.panels import NoPanelError, Panel, draw, seed_of
from services.review.seating.rows import NO_CATEGORY
from services.review.seating.states import Assigned, Panelled
from shared.procedure import Blocked, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_PANELS, _ASSIGNMENTS = models.panels, models.assignments


def form(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
    """Draw one panel for each category of the stage. Raises Blocked with what is needed and what there is."""
    conflicts.of_cycle(work, cycle)
    by_category: dict[str, list[Entrant]] = defaultdict(list)
    for entrant in entrants:
        by_category[entrant.category or NO_CATEGORY].append(entrant)
    order = ["", *cycle.rulebook.categories]
    for number, category in enumerate(sorted(by_category, key=order.index)):
        _form_one(work, cycle, stage, category, number, by_category[category])


def _form_one(
    work: Work, cycle: Cycle, stage: Stage, category: str, number: int, entrants: list[Entrant]
) -> None:
    assert stage.panel is not None
    pool = experts.reviewers(work, cycle)
    applicants = experts.applicants(entrants)
    kept = kept_from(conflicts.recusals(work, cycle, entrants))
    seed = seed_of(pool, applicants, stage.key, category or None)
    try:
        panel = draw(stage.panel, pool, applicants, kept, seed)
    except NoPanelError as none:
        raise Blocked(
            f"{stage.title.zh}无法组成评审组：{none.reason_zh}",
            f"no panel can be formed for {stage.title.en}: {none.reason_en}",
        ) from None
    place = {entrant.application_id: entrant.sequence for entrant in entrants}
    recused = {expert: sorted(ids, key=place.__getitem__) for expert, ids in sorted(kept.items())}
    row = {
        "cycle_id": cycle.cycle_id,
        "stage": stage.key,
        "category": category,
        "position": number,
        "members": list(panel.members),
        "industry_share": str(panel.industry_share),
        "recused": recused,
        "seed": panel.seed,
        "formed_on": work.today(),
        "state": Panelled.RELEASED.value,
    }
    work.session.execute(_PANELS.insert().values(**row, released_at=work.now()))
    work.session.execute(_ASSIGNMENTS.insert(), _assignment_rows(cycle, stage, category, panel))
    work.audit("panel:formed", f"{cycle.cycle_id}/{stage.key}/{category}", after=row, cycle_id=cycle.cycle_id)


def _assignment_rows(cycle: Cycle, stage: Stage, category: str, panel: Panel) -> list[dict[str, Any]]:
    return [
        {
            "cycle_id": cycle.cycle_id,
            "stage": stage.key,
            "application_id": a.application_id,
            "expert_id": a.expert_id,
            "category": category,
            "position": a.position,
            "state": Assigned.ACCEPTED.value,
        }
        for a in panel.assignments
    ]
