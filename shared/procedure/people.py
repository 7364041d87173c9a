"""申报人员: who is on an application's dossier, as intake tells it, so that a query can hold an applicant to its own.

Whoever shows an applicant anything keeps one small table and asks `own` in the query, or `require_own` before a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Column, ColumnElement, Index, MetaData, String, Table, delete, exists, func, select

from shared.problems import Forbidden, NotFound, Transient
from shared.procedure.conductor import Conductor

if TYPE_CHECKING:
    from shared.store import Work

APPLICANT = "applicant"
READER = "reader"  # somebody on a dossier who may only look at it


def plays(work: Work) -> bool:
    """Whether whoever asks plays a rehearsal, under a name of its own choice: lists of real cycles are empty then."""
    return work.context.rehearsal_date is not None


def people_table(metadata: MetaData) -> Table:
    """Declare the table in a service's metadata."""
    return Table(
        "dossier_people",
        metadata,
        Column("application_id", String(64), primary_key=True),
        Column("subject", String(200), primary_key=True),
        Column("part", String(10), nullable=False),
        Column("version", String(64), nullable=False),
        Index("ix_dossier_people_subject", "subject"),
    )


def create(op: Any) -> None:
    """The table as a migration of the service that keeps it. `op` is Alembic's."""
    op.create_table(
        "dossier_people",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "subject"),
    )
    op.create_index("ix_dossier_people_subject", "dossier_people", ["subject"], unique=False)


class People:
    """The people of all applications that a service has heard of."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def accepted(self, work: Work, data: dict[str, Any]) -> None:
        """Keep those of an application that was just accepted."""
        if data["people_version"] is not None:
            self._keep(work, data)

    def changed(self, work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
        """All people of an application, anew; what is older than what is known is left out.

        Raises Transient where the dossier has not arrived yet.
        """
        if conductor.records.dossier(work, data["application_id"]) is None:
            raise Transient("申报材料尚未到达", "the dossier has not arrived yet")
        conductor.records.cycle(work, data["cycle_id"], lock=True)
        self._keep(work, data)
        work.audit("dossier:people_heard", data["application_id"], after=data, cycle_id=data["cycle_id"])

    def own(self, work: Work, application_id: Any, *, writing: bool = False) -> ColumnElement[bool]:
        """The condition that whoever asks is on the dossier of an application (a column, or its id); `writing`: as more than
        a reader.
        """
        table = self._table
        mine = [table.c.application_id == application_id, table.c.subject == work.context.actor]
        if writing:
            mine.append(table.c.part != READER)
        return exists().where(*mine)

    def applications(self, work: Work) -> list[str] | None:
        """The applications of whoever asks; None: all of them, for whoever is no applicant."""
        if work.context.role != APPLICANT:
            return None
        table = self._table
        query = select(table.c.application_id).where(table.c.subject == work.context.actor)
        return list(work.session.execute(query).scalars())

    def require_own(self, work: Work, application_id: str, *, writing: bool = False) -> None:
        """Hold an applicant to its own application; other roles are let through.

        Raises NotFound for one that is not its own, as for one that does not exist, and Forbidden for a mere reader.
        """
        if work.context.role != APPLICANT:
            return
        table = self._table
        here = (table.c.application_id == application_id, table.c.subject == work.context.actor)
        part = work.session.execute(select(table.c.part).where(*here)).scalar_one_or_none()
        if part is None:
            raise NotFound("没有这份申报", "no such application")
        if writing and part == READER:
            raise Forbidden("您只能查阅", "you may read only")

    def _keep(self, work: Work, data: dict[str, Any]) -> None:
        table = self._table
        here = table.c.application_id == data["application_id"]
        known = work.session.execute(select(func.max(table.c.version)).where(here)).scalar_one()
        if known is not None and known >= data["people_version"]:
            return
        work.session.execute(delete(table).where(here))
        key = {"application_id": data["application_id"], "version": data["people_version"]}
        if data["people"]:
            work.session.execute(table.insert(), [{**key, **person} for person in data["people"]])
