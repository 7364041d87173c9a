"""销毁: rows of applications go or are made empty, as the service declared, and the fact is written down. Audit entries stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, and_, delete, select, update

from shared.records.keeping import Keeping
from shared.records.tables import DESTROYED

if TYPE_CHECKING:
    from shared.store import Work


def destroy(
    work: Work, keeping: Keeping, cycle_id: str, list_id: str, application_ids: Iterable[str], on: date
) -> None:
    """Destroy what is here of these applications; one that is destroyed already is left as it is.

    The fact comes first: the guards of tables that are only added to let go of rows of applications that it names.
    """
    for application_id in application_ids:
        if is_destroyed(work, keeping, application_id):
            continue
        counts = count_rows(work, keeping, application_id)
        fact = {"cycle_id": cycle_id, "list_id": list_id, "destroyed_on": on, "rows": counts}
        table = keeping.metadata.tables[DESTROYED]
        work.session.execute(table.insert().values(application_id=application_id, **fact))
        for name in sorted(keeping.destroyed):
            _delete(work, keeping, keeping.metadata.tables[name], application_id)
        for name in sorted(keeping.blanked):
            _blank(work, keeping, keeping.metadata.tables[name], application_id)
        work.audit(
            "records:destroyed",
            application_id,
            after=fact,
            reason=f"destruction list {list_id}",
            cycle_id=cycle_id,
        )


def is_destroyed(work: Work, keeping: Keeping, application_id: str) -> bool:
    """Whether the records of an application are gone here."""
    table = keeping.metadata.tables[DESTROYED]
    return (
        work.session.execute(
            select(table.c.application_id).where(table.c.application_id == application_id)
        ).first()
        is not None
    )


def count_rows(work: Work, keeping: Keeping, application_id: str) -> dict[str, int]:
    """How many rows of each table will go or be blanked; tables without any are left out."""
    counts = {}
    for name in sorted({*keeping.destroyed, *keeping.blanked}):
        table = keeping.metadata.tables[name]
        found = len(work.session.execute(select(*table.primary_key.columns).where(
            _mine(keeping, table, application_id))).all())  # fmt: skip
        if found:
            counts[name] = found
    return counts


def _mine(keeping: Keeping, table: Table, application_id: str) -> Any:
    column = keeping.application_column(table)
    assert column is not None
    return table.c[column] == application_id


def _delete(work: Work, keeping: Keeping, table: Table, application_id: str) -> None:
    work.session.execute(delete(table).where(_mine(keeping, table, application_id)))


def _blank(work: Work, keeping: Keeping, table: Table, application_id: str) -> None:
    """Row by row: what stays in a column may depend on what was there."""
    for row in work.session.execute(select(table).where(_mine(keeping, table, application_id))).all():
        had = dict(row._mapping)
        values = {name: blank(had) for name, blank in keeping.blanked[table.name].items()}
        key = and_(*(column == had[column.name] for column in table.primary_key.columns))
        work.session.execute(update(table).where(key).values(**values))
