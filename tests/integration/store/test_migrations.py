"""Migrations: a fresh database becomes what the models say, once, however many try."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.exc import DBAPIError

from deploy.local.postgres import PrivatePostgres
from shared.clock import FixedClock
from shared.store import SchemaMismatchError, Store, migrate
from tests.integration.store.conftest import OpenStore, take_note
from tests.support.tiny.models import MIGRATIONS, metadata


@pytest.fixture
def fresh(database_url: str, open_store: OpenStore) -> Store:
    """A store on an empty database."""
    return open_store(database_url)


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    """Tables, columns, indexes and guards of a migrated database are those of the models."""
    assert migrate.schema_differences("tiny", database_url, metadata=metadata, folder=MIGRATIONS) == []


def test_a_model_without_a_migration_is_found(database_url: str) -> None:
    """A column that no migration makes is a difference, and so is a missing guard."""
    changed = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(changed)
    Table("notes", changed, Column("pages", Integer), extend_existing=True)
    (difference,) = migrate.schema_differences("tiny", database_url, metadata=changed, folder=MIGRATIONS)
    assert "pages" in difference


def test_an_upgrade_is_done_once(database_url: str, pool: ThreadPoolExecutor) -> None:
    """Replicas that start together all find the newest revision; nobody fails on a table that exists."""
    assert migrate.current("tiny", database_url) is None
    tries = [pool.submit(migrate.upgrade, "tiny", database_url, folder=MIGRATIONS) for _ in range(4)]
    assert {each.result(timeout=60) for each in tries} == {"0001"}
    assert migrate.current("tiny", database_url) == migrate.head("tiny", folder=MIGRATIONS) == "0001"


def test_a_migrated_store_works(fresh: Store, database_url: str) -> None:
    """Events and audit entries fit the migrated tables."""
    migrate.upgrade("tiny", database_url, folder=MIGRATIONS)
    take_note(fresh, "a")
    assert fresh.sealer.seal() == 1
    assert fresh.verify().intact


def test_a_store_refuses_another_schema(fresh: Store, database_url: str) -> None:
    """The self-test names the revision that is there and the one that is needed."""
    with pytest.raises(SchemaMismatchError, match="at revision None, this version needs 0001"):
        fresh.self_test(folder=MIGRATIONS)
    migrate.upgrade("tiny", database_url, folder=MIGRATIONS)
    fresh.self_test(folder=MIGRATIONS)


def test_a_store_refuses_a_log_without_guards(fresh: Store, database_url: str) -> None:
    """An audit log whose triggers were taken away is no audit log."""
    migrate.upgrade("tiny", database_url, folder=MIGRATIONS)
    where = " ON audit" if database_url.startswith("postgresql") else ""
    name = "audit_keep_rows" if where else "audit_keep_update"
    with fresh.writing() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {name}{where}")
    with pytest.raises(SchemaMismatchError, match=name):
        fresh.self_test(folder=MIGRATIONS)


def test_another_services_database_is_not_taken(
    fresh: Store, database_url: str, open_store: OpenStore
) -> None:
    """A database that belongs to one service is none of another's, however alike their revisions are named."""
    migrate.upgrade("tiny", database_url, folder=MIGRATIONS)
    with pytest.raises(SchemaMismatchError):
        open_store(database_url, service="other").self_test(folder=MIGRATIONS)


@pytest.fixture
def two_roles(postgres: PrivatePostgres, postgresql_url: str) -> Iterator[tuple[str, str]]:
    """The owner's address and that of a role for the application, in one database."""
    name = postgresql_url.rpartition("/")[2]
    postgres.create_database(f"{name}_app", "application")
    with postgres._admin() as cursor:
        cursor.execute(f"GRANT CONNECT ON DATABASE {name} TO application")
    yield postgresql_url, postgres.url_for("application", name)
    postgres.drop_database(f"{name}_app")


def test_the_application_may_only_add_to_the_audit_log(
    two_roles: tuple[str, str], open_store: OpenStore
) -> None:
    """PostgreSQL with an owner of its own: the service works, and has no right to change what is audited."""
    owner, application = two_roles
    migrate.upgrade("tiny", owner, folder=MIGRATIONS, application_role="application")
    store = open_store(application)
    store.self_test(folder=MIGRATIONS)
    take_note(store, "a")
    store.sealer.seal()
    assert store.verify().intact
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit_seals"):
        with pytest.raises(DBAPIError, match="permission denied"), store.writing() as connection:
            connection.exec_driver_sql(statement)
    with pytest.raises(DBAPIError, match="must be owner"), store.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_keep_rows ON audit")


def test_the_commands_tell_and_check(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` ends with 1 before and 0 after `upgrade`; no password is printed; an address may come from a file."""
    monkeypatch.setattr(migrate, "folder_of", lambda service: MIGRATIONS)
    address = tmp_path / "address"
    address.write_text(f"{database_url}\n", encoding="utf-8")
    services = ["--service", f"tiny=@{address}"]
    assert migrate.main(["check", *services]) == 1
    assert migrate.main(["upgrade", *services]) == 0
    assert migrate.main(["check", *services]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[0] == "tiny\t-\t≠ 0001"
    assert told.splitlines()[2] == "tiny\t0001\t="
    if "@" in database_url:
        assert database_url.split(":")[2].split("@", maxsplit=1)[0] not in told


def test_a_draft_starts_from_the_platform(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    """A drafted first migration makes the models' schema, with the platform's tables by their own function."""
    monkeypatch.setattr(migrate, "models_of", lambda service: metadata)
    (tmp_path / "versions").mkdir()
    path = migrate.draft("tiny", "First tables", sqlite_url, folder=tmp_path)
    assert path.name == "0001_first_tables.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("create_table") == 1
    assert "platform.create(op)" in text
    assert migrate.schema_differences("tiny", sqlite_url, metadata=metadata, folder=tmp_path) == []
