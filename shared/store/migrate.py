"""Migrations of every service, run by Alembic without ini files and env.py.

    python -m shared.store.migrate upgrade [--service NAME=URL …] [--application-role ROLE]
    python -m shared.store.migrate current|check [--service NAME=URL …]
    python -m shared.store.migrate draft "what changes" --service NAME

A service's migrations are `services/<name>/migrations/versions/NNNN_*.py`. NAME=@FILE reads the address from
a file, so that no password stands in a process list; without --service the environment names the one service
(ZHIHENG_SERVICE, ZHIHENG_DATABASE_URL). `check` ends with 1 where a schema is not the newest.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.operations import ops
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, text
from sqlalchemy.engine import Connection, make_url

from shared.config import Settings
from shared.store import platform
from shared.store.engine import WRITES, Limits, open_engine
from shared.store.errors import StoreError
from shared.store.revisions import folder_of, head, missing_guards, revision_of, version_table
from shared.store.tables import GUARDED

_LOCK = 0x5A48_4D49_4752
_PATIENT = Limits(pool_size=1, statement=600.0, lock=60.0, idle_in_transaction=600.0)


def current(service: str, url: str) -> str | None:
    """The revision that a database is at; None for an empty one."""
    with _connect(url, writes=False) as connection:
        return revision_of(service, connection)


def upgrade(
    service: str, url: str, *, folder: Path | None = None, application_role: str | None = None
) -> str | None:
    """Bring a database to the newest revision; gives it. Where several try at once, one does it, others wait.

    `application_role` is for a deployment whose migrating role owns the tables and whose services use
    another: that role may then read and write everything, but only add to the audit log.
    """
    scripts = _scripts(folder or folder_of(service))
    with _connect(url, writes=True) as connection:
        postgresql = connection.dialect.name == "postgresql"
        if postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        _run(scripts, connection, service)
        if postgresql and application_role:
            _grant(connection, application_role)
        if not postgresql:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise StoreError(f"{service}: the migration leaves {len(broken)} broken foreign keys")
        return _context(connection, service).get_current_revision()


def schema_differences(
    service: str, url: str, *, metadata: MetaData | None = None, folder: Path | None = None
) -> list[str]:
    """What differs between a service's models and a database, once migrated to the newest revision."""
    wanted = metadata if metadata is not None else models_of(service)
    upgrade(service, url, folder=folder)
    with _connect(url, writes=False) as connection:
        found = compare_metadata(_context(connection, service), wanted)
        return [str(each) for each in found] + [
            f"missing guard {name}" for name in missing_guards(connection)
        ]


def draft(service: str, subject: str, url: str, *, folder: Path | None = None) -> Path:
    """Write a migration from the migrated database to the service's models, for its author to read and correct."""
    place = folder or folder_of(service)
    upgrade(service, url, folder=place)
    with _connect(url, writes=False) as connection:
        context = _context(connection, service)
        changes = produce_migrations(context, models_of(service)).upgrade_ops
        assert changes is not None
        first = context.get_current_revision() is None
        if first:
            changes.ops[:] = [
                each for each in changes.ops if getattr(each, "table_name", "") not in platform.TABLES
            ]
        return _write(place, subject, context.get_current_revision(), changes, first=first)


def _write(place: Path, subject: str, down: str | None, changes: ops.UpgradeOps, *, first: bool) -> Path:
    revision = f"{int(down or 0) + 1:04d}"
    used: set[str] = set()

    def render(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
        if kind != "type" or not type(item).__module__.startswith("shared.store"):
            return False
        name = type(item).__name__
        used.add(f"from shared.store import {name}")
        return f"{name}()"

    code = render_python_code(changes, render_item=render)
    lines = [line.rstrip() for line in code.splitlines() if line.strip() and "# ###" not in line]
    if first:
        used.add("from shared.store import platform")
        lines[:0] = ["    platform.create(op)", "    platform.to_version_2(op)"]
    names = ", ".join(sorted(line.rpartition(" ")[2] for line in used))
    sources = ["import sqlalchemy as sa", "from alembic import op"]
    sources += ["", f"from shared.store import {names}"] if names else []
    slug = re.sub(r"[^a-z0-9]+", "_", subject.lower()).strip("_")
    path = place / "versions" / f"{revision}_{slug}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'"""{subject}."""\n\nfrom __future__ import annotations\n\n'
        + "\n".join(sources)
        + f'\n\nrevision = "{revision}"\ndown_revision = {down!r}\n\n\ndef upgrade() -> None:\n'
        + "\n".join(lines or ["    pass"])
        + "\n",
        encoding="utf-8",
    )
    return path


def models_of(service: str) -> MetaData:
    """The metadata of a service's models, found by its name: shared code knows no service."""
    metadata = importlib.import_module(f"services.{service}.models").metadata
    assert isinstance(metadata, MetaData)
    return metadata


def _scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(folder))


def _run(scripts: ScriptDirectory, connection: Connection, service: str) -> None:
    def steps(revision: Any, context: MigrationContext) -> Any:
        return scripts._upgrade_revs("head", revision)  # what Alembic's own `upgrade` command does

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, **_options(service))
        environment.run_migrations()


def _context(connection: Connection, service: str) -> MigrationContext:
    return MigrationContext.configure(connection, opts=_options(service))


def _options(service: str) -> dict[str, Any]:
    def ours(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or name != version_table(service)

    return {
        "version_table": version_table(service),
        "transactional_ddl": True,
        "render_as_batch": True,
        "include_name": ours,
        "compare_type": True,
    }


@contextmanager
def _connect(url: str, *, writes: bool) -> Iterator[Connection]:
    # Foreign keys are off while a table is rebuilt (SQLite changes one by making another); `upgrade` checks
    # them.
    engine: Engine = open_engine(url, limits=_PATIENT, application="zhiheng-migrate", foreign_keys=False)
    try:
        with engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: writes})
            with connection.begin():
                yield connection
    finally:
        engine.dispose()


def _grant(connection: Connection, role: str) -> None:
    name = connection.dialect.identifier_preparer.quote(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(GUARDED)} FROM {name}",
    ):
        connection.exec_driver_sql(statement)


# The command


def _services(args: argparse.Namespace) -> dict[str, str]:
    if not args.service:
        settings = Settings.from_env()
        settings.require("service", "database_url")
        return {settings.service: settings.database_url}
    return dict(named_url(each) for each in args.service)


def named_url(value: str) -> tuple[str, str]:
    """NAME=URL or NAME=@FILE as a pair. Raises ValueError."""
    name, equals, url = value.partition("=")
    if not name or not equals:
        raise ValueError(f"{value!r} is not NAME=URL")
    return name, Path(url[1:]).read_text(encoding="utf-8").strip() if url.startswith("@") else url


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m shared.store.migrate")
    parser.add_argument("action", choices=["upgrade", "current", "check", "draft"])
    parser.add_argument("subject", nargs="?", default="")
    parser.add_argument("--service", action="append", metavar="NAME=URL")
    parser.add_argument("--application-role")
    args = parser.parse_args(argv)
    if args.action == "draft":
        return _draft(args)
    behind = False
    for service, url in _services(args).items():
        if args.action == "upgrade":
            revision = upgrade(service, url, application_role=args.application_role)
            print(f"{service}\t{revision}\t{_shown(url)}")
            continue
        found, wanted = current(service, url), head(service, folder=folder_of(service))
        behind = behind or found != wanted
        print(f"{service}\t{found or '-'}\t{'=' if found == wanted else f'≠ {wanted}'}")
    return 1 if behind and args.action == "check" else 0


def _draft(args: argparse.Namespace) -> int:
    import tempfile

    if not args.subject or not args.service:
        print("draft needs a subject and --service NAME", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        for service in args.service:
            print(draft(service, args.subject, f"sqlite:///{folder}/{service}.sqlite"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
