"""Which sheets are in, and who may read whose; the leader returns one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, exists, or_, select, update

from services.review import conflicts, models
from services.review.scoring import access, drafts, sheets
from services.review.scoring.access import Place, is_
from services.review.scoring.totals import percent_text
from services.review.visits import issues
from shared.contracts.operations.roles import REVIEWER
from shared.problems import Conflict, Forbidden, NotFound
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks.criteria import CriteriaTree
from shared.store import Work

_ASSIGNMENTS, _SHEETS, _ITEMS = models.assignments, models.sheets, models.sheet_items
_DRAFTS, _RETURNED, _CONSENSUS = models.sheet_drafts, models.returned_sheets, models.consensus


def seen(work: Work, conductor: Conductor, cycle: Cycle, stage: str) -> list[Entrant]:
    """The stage's applications that whoever asks may look at: the office and its watchers all, a leader its panels'."""
    entrants = conductor.entrants(work, cycle.cycle_id, conductor.own_stage(cycle, stage).key)
    if work.context.role != REVIEWER:
        return entrants
    return access.led_by(work, cycle, stage, entrants)


def states(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Where each sheet is, without a figure. A leader is not told who else is kept from an application."""
    cycle, stage = conductor.cycle(work, data["cycle_id"]), data["stage"]
    entrants = seen(work, conductor, cycle, stage)
    here = (_DRAFTS.c.cycle_id == cycle.cycle_id, _DRAFTS.c.stage == stage, _DRAFTS.c.version > 1)
    query = select(_DRAFTS.c.application_id, _DRAFTS.c.expert_id).where(*here)
    returned = {(row.application_id, row.expert_id) for row in work.session.execute(query)}
    return {
        "sheets": [
            {
                "application_id": line.application_id,
                "expert_id": line.expert_id,
                "state": _state(line, returned),
                "submitted_at": line.submitted_at.isoformat() if line.submitted_at else None,
            }
            for line in sheets.lines(work, cycle, stage, entrants)
            if not (line.recused and work.context.role == REVIEWER)
        ]
    }


def _state(line: sheets.Line, returned: set[tuple[str, str]]) -> str:
    if line.recused:
        return "recused"
    if line.thousandths is not None:
        return "submitted"
    return "returned" if (line.application_id, line.expert_id) in returned else "out"


def read(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The sheets that a reviewer may read here: its own; once that is in, a leader all that are in, others all of them
    when the consensus meeting is open. Before, not even how many there are.
    """
    where = access.place(work, conductor, data, assigned=True, leading=True)
    query = (
        select(_SHEETS)
        .join(_ASSIGNMENTS, _same(_ASSIGNMENTS))
        .where(is_(_SHEETS, where.application), _readable(work, where))
        .where(conflicts.free(_SHEETS))
        .order_by(_ASSIGNMENTS.c.position)
    )
    rows = work.session.execute(query).all()
    items = frozen(work, where, [row.expert_id for row in rows])
    return {
        "sheets": [
            {
                "expert_id": row.expert_id,
                "total": percent_text(row.thousandths),
                "items": shown(where.tree, items.get(row.expert_id, {})),
            }
            for row in rows
        ]
    }


def _same(table: Any) -> ColumnElement[bool]:
    first, *others = (table.c[name] == _SHEETS.c[name] for name in access.SHEET)
    found: ColumnElement[bool] = first
    for other in others:
        found &= other
    return found


def _readable(work: Work, where: Place) -> ColumnElement[bool]:
    """Held in the query: the row is one's own, or one's own is in (or none is due) and one leads or the meeting is open."""
    me = work.context.actor
    mine = where.sheet(me)
    own = _SHEETS.alias("own_sheet")
    is_in = exists().where(*(own.c[name] == value for name, value in mine.items()))
    due = exists().where(is_(_ASSIGNMENTS, mine))
    meeting = exists().where(is_(_CONSENSUS, where.application))
    if access.leads(work, where):
        return or_(_SHEETS.c.expert_id == me, is_in, ~due)
    return or_(_SHEETS.c.expert_id == me, is_in & meeting)


def frozen(work: Work, where: Place, expert_ids: list[str]) -> dict[str, dict[str, Row[Any]]]:
    """The items of sheets that are in, by reviewer and item."""
    found: dict[str, dict[str, Row[Any]]] = defaultdict(dict)
    query = select(_ITEMS).where(is_(_ITEMS, where.application), _ITEMS.c.expert_id.in_(expert_ids))
    for row in work.session.execute(query):
        found[row.expert_id][row.item] = row
    return dict(found)


def shown(tree: CriteriaTree | None, rows: dict[str, Row[Any]]) -> list[dict[str, Any]]:
    """The items of a sheet in their order; none of a bare percent."""
    if tree is None or not rows:
        return []
    return [drafts.shown(leaf, rows.get(leaf.key)) for leaf in tree.leaves]


def give_back(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The leader returns a sheet: what it was is kept as a version of its own, and its reviewer goes on with the draft.

    Raises Forbidden for one's own sheet, Conflict where the leader's own is not in yet or the meeting was opened.
    """
    where = access.place(work, conductor, data, leading=True, lock=True)
    expert_id = data["expert_id"]
    if expert_id == work.context.actor:
        raise Forbidden("不能退回自己的评分表", "nobody returns a sheet of their own", code="own_sheet")
    _require_returnable(work, conductor, where)
    key = where.sheet(expert_id)
    query = select(_SHEETS).where(is_(_SHEETS, key), conflicts.free(_SHEETS))
    sheet = work.session.execute(query).one_or_none()
    if sheet is None:
        raise NotFound("没有这份已提交的评分表", "no such sheet is in")
    head = work.session.execute(select(_DRAFTS).where(is_(_DRAFTS, key)).with_for_update()).one_or_none()
    if head is None:
        raise Conflict("单一百分比的评分不能退回", "a bare percent cannot be returned", code="no_items")
    _keep(work, key, sheet, head.version, data["reason"])
    for table in (_ITEMS, _SHEETS):
        work.session.execute(delete(table).where(is_(table, key)))
    changed = {"version": head.version + 1, "revision": head.revision + 1}
    work.session.execute(update(_DRAFTS).where(is_(_DRAFTS, key)).values(**changed))
    work.audit(
        "sheet:returned",
        f"{where.stage}/{where.entrant.application_id}/{expert_id}",
        before={"version": head.version, "thousandths": sheet.thousandths},
        after={"version": head.version + 1},
        reason=data["reason"],
        cycle_id=where.cycle.cycle_id,
    )
    return {"done": True}


def _require_returnable(work: Work, conductor: Conductor, where: Place) -> None:
    access.require_begun(work, conductor, where)
    if access.own_sheet_first(work, where):
        zh, en = "请先提交自己的评分表", "hand in your own sheet first"
        raise Conflict(zh, en, code="own_sheet_first")
    issues.require_unlocked(work, where.application)
    meeting = select(exists().where(is_(_CONSENSUS, where.application)))
    if work.session.execute(meeting).scalar_one():
        zh, en = "合议已经开始，个人评分表不再退回", "the consensus meeting was opened: sheets are locked"
        raise Conflict(zh, en, code="consensus_opened")


def _keep(work: Work, key: dict[str, str], sheet: Row[Any], version: int, reason: str) -> None:
    names = ("item", "band", "thousandths", *drafts.WRITTEN)
    rows = work.session.execute(select(_ITEMS).where(is_(_ITEMS, key)).order_by(_ITEMS.c.item))
    work.session.execute(
        _RETURNED.insert().values(
            **key,
            version=version,
            thousandths=sheet.thousandths,
            items=[{name: getattr(row, name) for name in names} for row in rows],
            submitted_at=sheet.submitted_at,
            returned_at=work.now(),
            returned_by=work.context.actor,
            reason=reason,
        )
    )
