"""Databases that tests get without a migration are those that the migration makes, and hold nothing of other tests."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from sqlalchemy import make_url

from deploy.local.services import STORES
from shared.store.migrate import current, head, models_of, schema_differences
from tests.support.databases import Databases
from tests.support.migrated import migrate

Give = Callable[[], tuple[str, int]]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("service", STORES)
def test_the_replayed_database_is_the_migrated_one(
    service: str, kind: str, new_database: Callable[[str], str]
) -> None:
    """Revision, tables and the audit log's guards are those of the models; the second database is a replayed one."""
    migrate(service, new_database(kind))
    replayed = new_database(kind)
    migrate(service, replayed)
    assert current(service, replayed) == head(service)
    assert schema_differences(service, replayed) == []


def run(url: str, statement: str) -> list[tuple[Any, ...]]:
    """What a statement gives."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(plain)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def give(databases: Databases) -> Iterator[Give]:
    """Gives a database with the committee's tables: its address, and its number at the server."""
    names: list[str] = []

    def one() -> tuple[str, int]:
        names.append(f"given_{secrets.token_hex(4)}")
        url = databases.new(names[-1])
        migrate("committee", url)
        (row,) = run(url, "SELECT oid FROM pg_database WHERE datname = current_database()")
        return url, row[0]

    yield one
    for name in names:
        databases.give_back(name)


def once_more(databases: Databases, give: Give, url: str, number: int) -> str | None:
    """Give a database back and ask for others until it comes again: its new address, or None where it was dropped."""
    databases.give_back(str(make_url(url).database))
    while True:
        again, found = give()
        if found == number:
            return again
        if not run(again, f"SELECT 1 FROM pg_database WHERE oid = {number}"):
            return None


def test_a_database_that_is_given_again_holds_nothing(databases: Databases, give: Give) -> None:
    """Many rows and few are gone, guarded ones too; the guards are there, and what was connected is cut off."""
    url, number = give()
    audited = "INSERT INTO audit (id, at, actor, action, subject) VALUES (1, now(), 'a', 'b', 'c')"
    run(url, audited)
    run(url, "INSERT INTO audit_pending VALUES ('1')")
    run(url, "INSERT INTO inbox SELECT 'c', n, now() FROM generate_series(1, 5000) n")
    left = psycopg2.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    again = once_more(databases, give, url, number)
    assert again is not None
    with pytest.raises(psycopg2.OperationalError), left.cursor() as cursor:
        cursor.execute("SELECT 1")
    left.close()
    for table in models_of("committee").sorted_tables:
        assert run(again, f'SELECT * FROM "{table.name}"') == [], table.name
    assert schema_differences("committee", again) == []
    run(again, audited)
    with pytest.raises(psycopg2.Error):
        run(again, "DELETE FROM audit")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (id int)",
        "ALTER TABLE inbox ADD more int",
        "ALTER TABLE inbox ALTER claimed_at DROP NOT NULL",
        "CREATE INDEX more ON inbox (claimed_at)",
        "ALTER TABLE audit DISABLE TRIGGER USER",
        "GRANT SELECT ON audit TO PUBLIC",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER ROLE tester IN DATABASE {name} SET statement_timeout = 1000",
        "UPDATE alembic_version_committee SET version_num = '0001'",
    ],
)
def test_a_database_whose_form_was_changed_is_given_to_nobody(
    databases: Databases, give: Give, statement: str
) -> None:
    """It is dropped: no test sees what another one did to tables, guards, rights or settings."""
    url, number = give()
    run(url, statement.format(name=make_url(url).database))
    assert once_more(databases, give, url, number) is None
