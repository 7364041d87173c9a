"""The private PostgreSQL: a database and a role per service, killed and started again."""

from __future__ import annotations

import psycopg2
import pytest

from deploy.local.postgres import ADMIN, PrivatePostgres


def _connect(url: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(url.replace("+psycopg2", ""))


def test_a_service_reaches_its_own_database_only(private_postgres: PrivatePostgres) -> None:
    """intake's role is refused by review's database."""
    _connect(private_postgres.url_for("intake")).close()
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        _connect(private_postgres.url_for("intake", "review"))


def test_without_its_password_a_role_is_refused(private_postgres: PrivatePostgres) -> None:
    """Not even the administrator gets in by being on the same machine."""
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(
            host="127.0.0.1", port=private_postgres.port, user=ADMIN, password="guess", dbname="intake"
        )


def test_a_killed_server_comes_back_with_what_was_committed(private_postgres: PrivatePostgres) -> None:
    """SIGKILL to the postmaster: the committed row is there again, on the same port, with the same password."""
    connection = _connect(private_postgres.url_for("intake"))
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (number int)")
        cursor.execute("INSERT INTO kept VALUES (7)")
    private_postgres.kill()
    private_postgres.start_again()
    with _connect(private_postgres.url_for("intake")) as again, again.cursor() as cursor:
        cursor.execute("SELECT number FROM kept")
        assert cursor.fetchall() == [(7,)]
