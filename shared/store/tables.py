"""The tables that every service has beside its own.

`outbox` holds what is to be published, `inbox` what was handled, `answers` what was replied to which key,
`audit` who did what, `audit_pending` which audit rows no seal covers yet, `audit_seals` the chain over the
rest. Audit rows and seals are only ever inserted: triggers refuse anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
)

from shared.store.columns import Instant

ID = 32  # digits of an id
GUARDED = ("audit", "audit_seals")
_DESTROYED = "destroyed_records"  # applications whose records were destroyed, see shared/records


@dataclass(frozen=True)
class PlatformTables:
    """The platform's tables in one MetaData."""

    outbox: Table
    inbox: Table
    answers: Table
    audit: Table
    audit_pending: Table
    audit_seals: Table


def platform_tables(metadata: MetaData) -> PlatformTables:
    """Put the platform's tables into a service's MetaData; asking twice gives the same tables."""
    if "outbox" in metadata.tables:
        return PlatformTables(**{name: metadata.tables[name] for name in PlatformTables.__dataclass_fields__})
    tables = PlatformTables(
        outbox=_outbox(metadata),
        inbox=_inbox(metadata),
        answers=_answers(metadata),
        audit=_audit(metadata),
        audit_pending=Table("audit_pending", metadata, Column("id", String(ID), primary_key=True)),
        audit_seals=_audit_seals(metadata),
    )
    for table in (tables.audit, tables.audit_seals):
        only_added_to(table)
    return tables


def only_added_to(table: Table, *, until_destroyed: bool = False) -> None:
    """Guard a table that is made from its model: rows are inserted and nothing else (a migration: `platform.guard`).

    `until_destroyed`: rows of an application may be deleted once its records are known to be destroyed.
    """
    for dialect in ("sqlite", "postgresql"):
        for statement in guard_statements(dialect, table.name, until_destroyed=until_destroyed):
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


@cache
def own_tables() -> PlatformTables:
    """The platform's tables in a MetaData of their own, for the store's statements."""
    return platform_tables(MetaData())


def _outbox(metadata: MetaData) -> Table:
    table = Table(
        "outbox",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("name", String(80), nullable=False),
        Column("version", Integer, nullable=False),
        Column("subject", String(200), nullable=False),
        Column("occurred_at", Instant, nullable=False),
        Column("data", Text, nullable=False),
        Column("headers", Text, nullable=False),
        Column("published_at", Instant),
    )
    waiting = table.c.published_at.is_(None)
    Index("outbox_waiting", table.c.id, postgresql_where=waiting, sqlite_where=waiting)
    return table


def _inbox(metadata: MetaData) -> Table:
    table = Table(
        "inbox",
        metadata,
        Column("consumer", String(160), primary_key=True),
        Column("message_id", String(200), primary_key=True),
        Column("claimed_at", Instant, nullable=False),
    )
    # Only the purge asks for it, and rows arrive in this order: BRIN costs the inserts next to nothing.
    Index("inbox_claimed_at", table.c.claimed_at, postgresql_using="brin")
    return table


def _answers(metadata: MetaData) -> Table:
    return Table(
        "answers",
        metadata,
        Column("key", String(200), primary_key=True),
        Column("operation", String(120), nullable=False),
        Column("request_digest", String(80), nullable=False),
        Column("reply", Text, nullable=False),
        Column("answered_at", Instant, nullable=False, index=True),
    )


def _audit(metadata: MetaData) -> Table:
    table = Table(
        "audit",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("at", Instant, nullable=False),
        Column("rehearsal_date", Date),
        Column("actor", String(200), nullable=False),
        Column("role", String(60)),
        Column("on_behalf_of", String(200)),
        Column("action", String(120), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("cycle_id", String(64), index=True),
        Column("before_digest", String(80)),
        Column("after_digest", String(80)),
        Column("reason", Text),
        Column("message_id", String(200)),
        Column("correlation_id", String(200)),
        Column("received", Text),  # JSON [source, name, digest]: the event that caused this work
        Column("published", Text),  # JSON [[id, name, digest, cycle], …]: the events that this work caused
        Column("delegated_by", String(200)),  # who lent the actor the role (代办)
    )
    lent = table.c.delegated_by.is_not(None)
    Index("audit_delegated", table.c.delegated_by, postgresql_where=lent, sqlite_where=lent)
    return table


def _audit_seals(metadata: MetaData) -> Table:
    return Table(
        "audit_seals",
        metadata,
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        Column("sealed_at", Instant, nullable=False),
        Column("algorithm", String(16), nullable=False),
        Column("entries", Integer, nullable=False),
        Column("leaves", LargeBinary, nullable=False),  # per row: 16 bytes of id, 32 bytes of digest
        Column("root", String(80), nullable=False),
        Column("previous", String(80), nullable=False),
        Column("digest", String(80), nullable=False),
    )


def guard_names(dialect: str, table: str) -> list[str]:
    """The names of the triggers that keep a table's rows as they are."""
    return [
        f"{table}_keep_{what}"
        for what in (("update", "delete") if dialect == "sqlite" else ("rows", "table"))
    ]


def guard_statements(dialect: str, table: str, *, until_destroyed: bool = False) -> list[str]:
    """DDL that lets rows of `table` be inserted and nothing else; `until_destroyed` as `only_added_to` has it."""
    names = guard_names(dialect, table)
    gone = f"EXISTS (SELECT 1 FROM {_DESTROYED} WHERE application_id = OLD.application_id)"  # noqa: S608 - names of ours
    if dialect == "sqlite":
        unless = {"UPDATE": "", "DELETE": f"WHEN NOT {gone} " if until_destroyed else ""}
        return [
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {unless[verb]}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            for name, verb in zip(names, unless, strict=True)
        ]
    # TRUNCATE has no OLD, and would fail on the question: the operation is looked at first.
    ask = f"IF TG_OP = 'DELETE' THEN IF {gone} THEN RETURN OLD; END IF; END IF; "
    let = ask if until_destroyed else ""
    return [
        f"CREATE OR REPLACE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {let}RAISE EXCEPTION '{table} is only ever added to'; END $$",
        f"CREATE TRIGGER {names[0]} BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_keep()",
        f"CREATE TRIGGER {names[1]} BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_keep()",
    ]
