"""销毁: rows of applications go or are made empty, as the service declared, and the fact is written down. Audit entries stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, and_, bindparam, delete, func, select, update

from shared.records.keeping import Keeping
from shared.records.tables import DESTROYED

if TYPE_CHECKING:
    from shared.store import Work

_CLOSINGS = "closings"  # of stages: one row holds the outcomes of all applications
_AT_ONCE = 500  # applications in one statement


def destroy(
    work: Work, keeping: Keeping, cycle_id: str, list_id: str, application_ids: Iterable[str], on: date
) -> None:
    """Destroy what is here of these applications; one that is destroyed already is left as it is.

    The fact comes first: the guards of tables that are only added to let go of rows of applications that it names.
    """
    facts = keeping.metadata.tables[DESTROYED]
    everybody = sorted(set(application_ids))
    for some in in_pieces(everybody):
        known = set(
            work.session.execute(
                select(facts.c.application_id).where(facts.c.application_id.in_(some))
            ).scalars()
        )
        gone = [each for each in some if each not in known]
        if not gone:
            continue
        counts = _counts(work, keeping, gone)
        told = {"cycle_id": cycle_id, "list_id": list_id, "destroyed_on": on}
        work.session.execute(
            facts.insert(), [{"application_id": each, "rows": counts[each], **told} for each in gone]
        )
        for name in sorted(keeping.destroyed):
            table = keeping.metadata.tables[name]
            work.session.execute(delete(table).where(_of(keeping, table).in_(gone)))
        for name in sorted(keeping.blanked):
            _blank(work, keeping, keeping.metadata.tables[name], gone)
        for each in gone:
            after = {"rows": counts[each], **told}
            reason = f"destruction list {list_id}"
            work.audit("records:destroyed", each, after=after, reason=reason, cycle_id=cycle_id)
    _empty_outcomes(work, keeping.metadata.tables[_CLOSINGS], cycle_id, set(everybody))


def in_pieces(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids in order, as many at a time as one statement takes."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _of(keeping: Keeping, table: Table) -> Any:
    column = keeping.application_column(table)
    assert column is not None
    return table.c[column]


def _counts(work: Work, keeping: Keeping, gone: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many rows of each table will go or be blanked, by application; tables without any are left out."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for name in sorted({*keeping.destroyed, *keeping.blanked}):
        table = keeping.metadata.tables[name]
        key = _of(keeping, table)
        for application_id, number in work.session.execute(
            select(key, func.count()).where(key.in_(gone)).group_by(key)
        ):
            counts[application_id][name] = number
    return counts


def _blank(work: Work, keeping: Keeping, table: Table, gone: Sequence[str]) -> None:
    """Row by row: what stays in a column may depend on what was there."""
    blanks = keeping.blanked[table.name]
    keys = list(table.primary_key.columns)
    rows = [
        {f"key_{column.name}": row._mapping[column.name] for column in keys}
        | {f"new_{name}": blank(dict(row._mapping)) for name, blank in blanks.items()}
        for row in work.session.execute(select(table).where(_of(keeping, table).in_(gone)))
    ]
    if not rows:
        return
    mine = and_(*(column == bindparam(f"key_{column.name}", type_=column.type) for column in keys))
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in blanks}
    work.session.connection().execute(update(table).where(mine).values(**values), rows)


def _empty_outcomes(work: Work, closings: Table, cycle_id: str, gone: set[str]) -> None:
    """Of each stage it stays whether an application passed; the reasons and what it carried on go.

    The rows are locked: another process may be emptying the lines of other applications in the same ones.
    """
    mine = select(closings).where(closings.c.cycle_id == cycle_id).order_by(closings.c.stage)
    for row in work.session.execute(mine.with_for_update()).all():
        if not any(line["application_id"] in gone for line in row.outcomes):
            continue
        outcomes = [
            {**line, "reason_zh": "", "reason_en": "", "carried": {}}
            if line["application_id"] in gone
            else line
            for line in row.outcomes
        ]
        this = and_(closings.c.cycle_id == cycle_id, closings.c.stage == row.stage)
        work.session.execute(update(closings).where(this).values(outcomes=outcomes))
