"""Fixtures with real servers. A test that needs a broker or a database starts one; nothing is skipped for want of it.

`broker` and `postgres` start once per test session (per worker, where there are several) and only where some test asks
for them. Isolation comes from `vhost` (a fresh virtual host) and `database_url` (an empty database), both given in
milliseconds. Fault tests that kill a server start one of their own with `private_broker` or `private_postgres`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.broker import PrivateBroker, VirtualHost
from deploy.local.postgres import PrivatePostgres
from deploy.local.temporary import temporary_folder
from tests.support.databases import Databases


@pytest.fixture(scope="session")
def broker() -> Iterator[PrivateBroker]:
    """A RabbitMQ for the session; use `vhost` for a test's own corner of it. Not to be killed."""
    with temporary_folder("test") as folder, PrivateBroker(folder / "broker") as running:
        yield running


@pytest.fixture
def vhost(broker: PrivateBroker) -> VirtualHost:
    """A fresh virtual host with all users: `.uri_for("intake")`, `.topology_uri`, `.admin_uri`, `.queues()`."""
    return broker.vhost()


@pytest.fixture(scope="module")
def module_vhost(broker: PrivateBroker) -> VirtualHost:
    """A virtual host for all tests of a module."""
    return broker.vhost()


@pytest.fixture
def private_broker() -> Iterator[PrivateBroker]:
    """A RabbitMQ for this test alone, which it may kill and restart."""
    with temporary_folder("test") as folder, PrivateBroker(folder / "broker") as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """A PostgreSQL for the session (fsync off); use `database_url` for a database of one's own. Not to be killed."""
    with temporary_folder("test") as folder:
        server = PrivatePostgres(folder / "postgres", durable=False, services=())
        try:
            yield server.start()
        finally:
            server.remove()


@pytest.fixture(scope="session")
def databases(postgres: PrivatePostgres) -> Iterator[Databases]:
    """The session's databases, given to one test after the other; use `database_url`."""
    found = Databases(postgres)
    yield found
    found.close()


@pytest.fixture
def private_postgres() -> Iterator[PrivatePostgres]:
    """A PostgreSQL for this test alone (fsync on), with a database per service, which it may kill and restart."""
    with temporary_folder("test") as folder:
        server = PrivatePostgres(folder / "postgres")
        try:
            yield server.start()
        finally:
            server.remove()


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Makes an empty database of a kind ("sqlite" or "postgresql"): its address for SQLAlchemy."""

    def make(kind: str) -> str:
        name = f"t_{secrets.token_hex(6)}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / name}.sqlite"
        databases: Databases = request.getfixturevalue("databases")
        request.addfinalizer(lambda: databases.give_back(name))
        return databases.new(name)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> str:
    """A fresh, empty database; the test runs once on each kind."""
    return new_database(request.param)


@pytest.fixture
def sqlite_url(new_database: Callable[[str], str]) -> str:
    """A fresh, empty SQLite database."""
    return new_database("sqlite")


@pytest.fixture
def postgresql_url(new_database: Callable[[str], str]) -> str:
    """A fresh, empty PostgreSQL database."""
    return new_database("postgresql")
