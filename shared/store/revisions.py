"""Which revision a database is at, and which one this version of the code needs.

Every process of a service asks when it starts. Alembic is not asked: to load it with all migrations takes longer than the rest
of the question, and what it would tell is plain: a service's migrations are numbered, each follows the one before it, and the
database notes the number. That Alembic says the same is tested.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import column, select, table, text
from sqlalchemy.engine import Connection

from shared.store.errors import SchemaMismatchError
from shared.store.tables import GUARDED, guard_names

SERVICES = Path(__file__).resolve().parents[2] / "services"


def folder_of(service: str) -> Path:
    """Where a service keeps its migrations."""
    return SERVICES / service / "migrations"


def head(service: str, *, folder: Path | None = None) -> str | None:
    """The newest revision that this version of the code knows; None where there is no migration."""
    files = ((folder or folder_of(service)) / "versions").glob("[0-9]*_*.py")
    return max((file.name.partition("_")[0] for file in files), default=None)


def version_table(service: str) -> str:
    """Where a database notes its revision: the name shows a database that belongs to another service."""
    return f"alembic_version_{service}"


def revision_of(service: str, connection: Connection) -> str | None:
    """The revision that a database is at; None for an empty one."""
    name = version_table(service)
    if not connection.dialect.has_table(connection, name):
        return None
    noted: str | None = connection.execute(select(column("version_num")).select_from(table(name))).scalar()
    return noted


def require_current(service: str, connection: Connection, *, folder: Path | None = None) -> None:
    """Raise SchemaMismatchError unless the revision is the newest and the audit log's guards are in place."""
    wanted, found = head(service, folder=folder), revision_of(service, connection)
    if found != wanted:
        raise SchemaMismatchError(
            f"{service}: the database is at revision {found}, this version needs {wanted}"
        )
    missing = missing_guards(connection)
    if missing:
        raise SchemaMismatchError(f"{service}: the audit log is not guarded: {', '.join(missing)}")


def missing_guards(connection: Connection) -> list[str]:
    """The audit log's guards that a database does not have, or not in force."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
    present = set(connection.execute(text(query)).scalars())
    wanted = {name for guarded in GUARDED for name in guard_names(connection.dialect.name, guarded)}
    return sorted(wanted - present)
