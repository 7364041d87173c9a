"""Reads and writes the tables of the stage protocol."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FromClause, Row, and_, select, tuple_, update

from shared.contracts.base import dump
from shared.contracts.dossier import Dossier
from shared.procedure.state import Closing, Entrant, StageRow
from shared.procedure.tables import ProcedureTables

if TYPE_CHECKING:
    from shared.store import Work


Key = tuple[str, str]  # a cycle's id and a stage


def of_stages(table: FromClause, stages: Collection[Key]) -> ColumnElement[bool]:
    """The rows of some stages of some cycles (with cycle_id and stage)."""
    if len(stages) == 1:
        ((cycle_id, stage),) = stages
        return and_(table.c.cycle_id == cycle_id, table.c.stage == stage)
    return tuple_(table.c.cycle_id, table.c.stage).in_(sorted(stages))


class Records:
    """The five tables of one service. Nothing here decides anything."""

    def __init__(self, tables: ProcedureTables) -> None:
        self.tables = tables

    def add_cycle(self, work: Work, data: dict[str, Any]) -> None:
        names = ("rulebook", "rulebook_sha256", "year", "opens_on", "closes_on", "budget_fen", "rehearsal")
        values = {name: data[name] for name in names}
        work.session.execute(self.tables.cycles.insert().values(id=data["cycle_id"], **values))

    def cycle(self, work: Work, cycle_id: str, *, lock: bool = False) -> Row[Any] | None:
        """The cycle's row; `lock` makes two closings of one phase wait for each other (PostgreSQL)."""
        query = select(self.tables.cycles).where(self.tables.cycles.c.id == cycle_id)
        return work.session.execute(query.with_for_update() if lock else query).one_or_none()

    def cycles(self, work: Work, cycle_ids: Iterable[str]) -> list[Row[Any]]:
        """The rows of those cycles that are known here."""
        table = self.tables.cycles
        return list(work.session.execute(select(table).where(table.c.id.in_(cycle_ids))))

    def add_dossier(self, work: Work, data: dict[str, Any]) -> None:
        values = {
            "application_id": data["application_id"],
            "cycle_id": data["cycle_id"],
            "sequence": data["sequence"],
            "dossier": dump(Dossier(), data["dossier"]),
            "dossier_digest": data["dossier_digest"],
        }
        work.session.execute(self.tables.dossiers.insert().values(**values))

    def withdraw(self, work: Work, application_id: str, on: date) -> bool:
        """False where the dossier is not known."""
        dossiers = self.tables.dossiers
        done = work.session.execute(
            update(dossiers).where(dossiers.c.application_id == application_id).values(withdrawn_on=on)
        )
        return bool(getattr(done, "rowcount", 0))

    def dossier(self, work: Work, application_id: str) -> tuple[str, Entrant] | None:
        dossiers = self.tables.dossiers
        row = work.session.execute(
            select(dossiers).where(dossiers.c.application_id == application_id)
        ).one_or_none()
        if row is None:
            return None
        return row.cycle_id, Entrant(row.application_id, row.sequence, row.dossier)

    def known_applications(self, work: Work, cycle_id: str) -> set[str]:
        dossiers = self.tables.dossiers
        query = select(dossiers.c.application_id).where(dossiers.c.cycle_id == cycle_id)
        return set(work.session.execute(query).scalars())

    def categories(self, work: Work, cycle_id: str) -> dict[str, str | None]:
        """Every application that counts, by id, with its category; withdrawn ones are left out."""
        dossiers = self.tables.dossiers
        category = dossiers.c.dossier["category"].as_string()
        query = select(dossiers.c.application_id, category).where(
            and_(dossiers.c.cycle_id == cycle_id, dossiers.c.withdrawn_on.is_(None))
        )
        return {row[0]: row[1] for row in work.session.execute(query)}

    def add_closing(self, work: Work, cycle_id: str, closing: Closing) -> None:
        work.session.execute(
            self.tables.closings.insert().values(
                cycle_id=cycle_id,
                stage=closing.stage,
                closed_on=closing.closed_on,
                outcomes=list(closing.outcomes),
            )
        )

    def closings(self, work: Work, cycle_id: str) -> dict[str, Closing]:
        """By stage, in the order in which they closed."""
        closings = self.tables.closings
        query = select(closings).where(closings.c.cycle_id == cycle_id).order_by(closings.c.closed_on)
        return {
            row.stage: Closing(row.stage, row.closed_on, row.outcomes) for row in work.session.execute(query)
        }

    def closings_of(self, work: Work, stages: Collection[Key]) -> dict[Key, Closing]:
        """Of those that are closed among some stages of some cycles."""
        closings = self.tables.closings
        rows = work.session.execute(select(closings).where(of_stages(closings, stages)))
        return {(row.cycle_id, row.stage): Closing(row.stage, row.closed_on, row.outcomes) for row in rows}

    def closed_on(self, work: Work, cycle_id: str) -> dict[str, date]:
        """When each stage was closed, without its outcomes."""
        closings = self.tables.closings
        query = select(closings.c.stage, closings.c.closed_on).where(closings.c.cycle_id == cycle_id)
        return {row.stage: row.closed_on for row in work.session.execute(query)}

    def stage(self, work: Work, cycle_id: str, stage: str) -> StageRow:
        row = work.session.execute(select(self.tables.stages).where(self._is(cycle_id, stage))).one_or_none()
        if row is None:
            return StageRow("waiting")
        return StageRow(
            row.state, row.begins_on, row.begun_on, row.ends_on, row.closed_on, row.blocked_zh, row.blocked_en
        )

    def plan(self, work: Work, cycle_id: str, stage: str, begins_on: date, entering: list[str]) -> None:
        self._set(
            work, cycle_id, stage, state="planned", begins_on=begins_on, blocked_zh=None, blocked_en=None
        )
        self.add_entrants(work, cycle_id, stage, entering)

    def add_entrants(self, work: Work, cycle_id: str, stage: str, entering: list[str]) -> None:
        rows = [
            {"cycle_id": cycle_id, "stage": stage, "application_id": a, "removed": False} for a in entering
        ]
        if rows:
            work.session.execute(self.tables.entrants.insert(), rows)

    def begin(self, work: Work, cycle_id: str, stage: str, begun_on: date, ends_on: date | None) -> None:
        self._set(
            work, cycle_id, stage,
            state="begun", begun_on=begun_on, ends_on=ends_on, blocked_zh=None, blocked_en=None,
        )  # fmt: skip

    def extend(self, work: Work, cycle_id: str, stage: str, ends_on: date) -> bool:
        """False where the stage does not run, has no last day, or a later one already."""
        stages = self.tables.stages
        done = work.session.execute(
            update(stages)
            .where(and_(self._is(cycle_id, stage), stages.c.state == "begun", stages.c.ends_on < ends_on))
            .values(ends_on=ends_on)
        )
        return bool(getattr(done, "rowcount", 0))

    def close(self, work: Work, cycle_id: str, stage: str, on: date) -> None:
        self._set(work, cycle_id, stage, state="closed", closed_on=on)

    def block(self, work: Work, cycle_id: str, stage: str, reason_zh: str, reason_en: str) -> None:
        """Keeps the state, so that a later begin may try again."""
        state = self.stage(work, cycle_id, stage).state
        self._set(work, cycle_id, stage, state=state, blocked_zh=reason_zh, blocked_en=reason_en)

    def entrants(self, work: Work, cycle_id: str, stage: str) -> list[Entrant]:
        entrants, dossiers = self.tables.entrants, self.tables.dossiers
        query = (
            select(dossiers)
            .join(entrants, entrants.c.application_id == dossiers.c.application_id)
            .where(
                and_(
                    entrants.c.cycle_id == cycle_id,
                    entrants.c.stage == stage,
                    entrants.c.removed.is_(False),
                    dossiers.c.withdrawn_on.is_(None),
                )
            )
            .order_by(dossiers.c.sequence)
        )
        return [Entrant(row.application_id, row.sequence, row.dossier) for row in work.session.execute(query)]

    def entrant_ids(self, work: Work, cycle_id: str, stage: str) -> set[str]:
        """Who is in a stage, without reading what each handed in."""
        entrants, dossiers = self.tables.entrants, self.tables.dossiers
        query = (
            select(dossiers.c.application_id)
            .join(entrants, entrants.c.application_id == dossiers.c.application_id)
            .where(
                entrants.c.cycle_id == cycle_id,
                entrants.c.stage == stage,
                entrants.c.removed.is_(False),
                dossiers.c.withdrawn_on.is_(None),
            )
        )
        return set(work.session.execute(query).scalars())

    def sorts_of(self, work: Work, stages: Collection[Key]) -> dict[Key, list[Entrant]]:
        """Who is in some stages of some cycles, in order of submission, without reading more of what each handed in than of which
        kind and category it is.
        """
        entrants, dossiers = self.tables.entrants, self.tables.dossiers
        names = ("kind", "category")
        query = (
            select(
                entrants.c.cycle_id, entrants.c.stage, dossiers.c.application_id, dossiers.c.sequence,
                *(dossiers.c.dossier[name].as_string().label(name) for name in names),
            )
            .join(dossiers, entrants.c.application_id == dossiers.c.application_id)
            .where(
                of_stages(entrants, stages),
                entrants.c.removed.is_(False),
                dossiers.c.withdrawn_on.is_(None),
            )
            .order_by(dossiers.c.sequence)
        )  # fmt: skip
        found: dict[Key, list[Entrant]] = {key: [] for key in stages}
        for row in work.session.execute(query):
            sort = {name: getattr(row, name) for name in names}
            found[row.cycle_id, row.stage].append(Entrant(row.application_id, row.sequence, sort))
        return found

    def remove(self, work: Work, cycle_id: str, stage: str, application_id: str) -> None:
        entrants = self.tables.entrants
        work.session.execute(
            update(entrants)
            .where(
                and_(
                    entrants.c.cycle_id == cycle_id,
                    entrants.c.stage == stage,
                    entrants.c.application_id == application_id,
                )
            )
            .values(removed=True)
        )

    def _is(self, cycle_id: str, stage: str) -> Any:
        stages = self.tables.stages
        return and_(stages.c.cycle_id == cycle_id, stages.c.stage == stage)

    def _set(self, work: Work, cycle_id: str, stage: str, **values: Any) -> None:
        stages = self.tables.stages
        done = work.session.execute(update(stages).where(self._is(cycle_id, stage)).values(**values))
        if not getattr(done, "rowcount", 0):
            work.session.execute(stages.insert().values(cycle_id=cycle_id, stage=stage, **values))
