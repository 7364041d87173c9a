"""The tables of the stage protocol; each service has its own copy of them in its own database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, MetaData, String, Table, Text


@dataclass(frozen=True)
class ProcedureTables:
    """Cycles and dossiers as heard, the stages owned here with their entrants, and every closing."""

    cycles: Table
    dossiers: Table
    stages: Table
    entrants: Table
    closings: Table


def procedure_tables(metadata: MetaData) -> ProcedureTables:
    """Declare the tables in a service's metadata."""
    cycles = Table(
        "cycles",
        metadata,
        Column("id", String(64), primary_key=True),
        Column("rulebook", String(100), nullable=False),
        Column("rulebook_sha256", String(64), nullable=False),
        Column("year", Integer, nullable=False),
        Column("opens_on", Date, nullable=False),
        Column("closes_on", Date, nullable=False),
        Column("budget_fen", BigInteger),
        Column("rehearsal", Boolean, nullable=False),
    )
    dossiers = Table(
        "dossiers",
        metadata,
        Column("application_id", String(64), primary_key=True),
        Column("cycle_id", String(64), nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("dossier", JSON, nullable=False),
        Column("dossier_digest", String(100), nullable=False),
        Column("withdrawn_on", Date),
        Index("ix_dossiers_cycle_id", "cycle_id"),
    )
    stages = Table(
        "stages",
        metadata,
        Column("cycle_id", String(64), primary_key=True),
        Column("stage", String(64), primary_key=True),
        Column("state", String(10), nullable=False),
        Column("begins_on", Date),
        Column("begun_on", Date),
        Column("ends_on", Date),
        Column("closed_on", Date),
        Column("blocked_zh", Text),
        Column("blocked_en", Text),
    )
    entrants = Table(
        "entrants",
        metadata,
        Column("cycle_id", String(64), primary_key=True),
        Column("stage", String(64), primary_key=True),
        Column("application_id", String(64), primary_key=True),
        Column("removed", Boolean, nullable=False),
    )
    closings = Table(
        "closings",
        metadata,
        Column("cycle_id", String(64), primary_key=True),
        Column("stage", String(64), primary_key=True),
        Column("closed_on", Date, nullable=False),
        Column("outcomes", JSON, nullable=False),
    )
    return ProcedureTables(cycles, dossiers, stages, entrants, closings)
