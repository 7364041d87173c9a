"""What several of these modules read and write: whose panel is meant, its row, its seats, its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, select

from services.review import models
from services.review.conditions import is_
from services.review.panels import Assignment
from services.review.seating.drawing import Seats
from services.review.seating.states import ON_DUTY, Panelled
from shared.identifiers import canonical_json
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_PANELS, _ASSIGNMENTS, _DRAWS, _LOG = models.panels, models.assignments, models.draws, models.panel_log
NO_CATEGORY = ""


@dataclass(frozen=True)
class Place:
    """Which panel is meant: of a stage and, where the rulebook has categories, of one of them."""

    cycle: Cycle
    stage: Stage
    category: str

    @property
    def key(self) -> dict[str, str]:
        """The columns that every table here begins its key with."""
        return {"cycle_id": self.cycle.cycle_id, "stage": self.stage.key, "category": self.category}

    @property
    def name(self) -> str:
        """For the audit log."""
        return f"{self.cycle.cycle_id}/{self.stage.key}/{self.category}"

    def of(self, table: Table) -> ColumnElement[bool]:
        """The condition on a table."""
        return is_(table, self.key)


def place(work: Work, conductor: Conductor, data: Mapping[str, Any], *, lock: bool = False) -> Place:
    """The panel that a request names. `lock`: whoever changes anything about it waits for whoever does so already.

    Raises NotFound; Conflict for a rehearsal, whose panels are drawn and released when the stage begins.
    """
    if lock:
        conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = conductor.own_stage(cycle, data["stage"])
    if stage.panel is None:
        raise NotFound(f"阶段 {stage.key} 没有评审组", f"stage {stage.key} has no panel")
    if lock and cycle.rehearsal:
        raise Conflict(
            "演练的评审组在阶段开始时自动组成", "a rehearsal's panels are formed when the stage begins"
        )
    category = data["category"] or NO_CATEGORY
    if category not in cycle.rulebook.categories and (category or cycle.rulebook.categories):
        raise invalid_field("category", "本办法没有这个类别", "the rulebook has no such category")
    return Place(cycle, stage, category)


def entrants(work: Work, conductor: Conductor, where: Place) -> list[Entrant]:
    """The stage's entrants of the panel's category, in order of submission."""
    found = conductor.entrants(work, where.cycle.cycle_id, where.stage.key)
    return [entrant for entrant in found if (entrant.category or NO_CATEGORY) == where.category]


def panel(work: Work, where: Place) -> Row[Any] | None:
    """A panel's row."""
    return work.session.execute(select(_PANELS).where(where.of(_PANELS))).one_or_none()


def require_panel(work: Work, where: Place) -> Row[Any]:
    """Raises NotFound where none was drawn."""
    found = panel(work, where)
    if found is None:
        raise NotFound("尚未抽取评审组", "no panel was drawn yet")
    return found


def require_released(work: Work, where: Place) -> Row[Any]:
    """A panel that serves. Raises NotFound, Conflict."""
    found = require_panel(work, where)
    if found.state != Panelled.RELEASED:
        raise Conflict(
            f"评审组当前为 {found.state}", f"the panel is {found.state}", code="panel_not_released"
        )
    return found


def require_revision(row: Row[Any], revision: int) -> None:
    """Whoever changes or releases a draft says which one it has seen. Raises Conflict."""
    if row.revision != revision:
        raise Conflict(
            f"评审组草案已被改为第 {row.revision} 版，请重新查看",
            f"the draft has been changed since: it is revision {row.revision} now",
            code="stale_draft",
        )


def seats(work: Work, where: Place, row: Row[Any], states: tuple[str, ...] = ON_DUTY) -> Seats:
    """Who sits on a panel and reviews what, by the assignments in these states."""
    query = (
        select(_ASSIGNMENTS.c.application_id, _ASSIGNMENTS.c.expert_id, _ASSIGNMENTS.c.position)
        .where(and_(where.of(_ASSIGNMENTS), _ASSIGNMENTS.c.state.in_(states)))
        .order_by(_ASSIGNMENTS.c.application_id, _ASSIGNMENTS.c.position)
    )
    lines = tuple(Assignment(*line) for line in work.session.execute(query))
    return Seats(tuple(row.members), lines, row.leader)


def last_draw(work: Work, where: Place) -> Row[Any] | None:
    """The latest draw of a panel."""
    query = select(_DRAWS).where(where.of(_DRAWS)).order_by(_DRAWS.c.number.desc()).limit(1)
    return work.session.execute(query).one_or_none()


def note(
    work: Work,
    where: Place,
    entry: str,
    detail: Mapping[str, Any],
    *,
    reason: str | None = None,
    expert_id: str | None = None,
    application_id: str | None = None,
) -> None:
    """Write down what was done to a panel: into the history that is only added to, and into the audit log."""
    line = {
        **where.key,
        "id": work.new_id(),
        "entry": entry,
        "at": work.now(),
        "actor": work.by,
        "role": work.context.role or None,
        "expert_id": expert_id,
        "application_id": application_id,
        "reason": reason,
        "detail": canonical_json(dict(detail)).decode(),
    }
    work.add_later(_LOG, [line])
    work.audit(
        f"panel:{entry}",
        where.name,
        after={**detail, "expert_id": expert_id, "application_id": application_id},
        reason=reason,
        cycle_id=where.cycle.cycle_id,
    )
