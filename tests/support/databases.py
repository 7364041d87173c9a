"""PostgreSQL databases for tests: what a test leaves in a service's tables is deleted, and the next test gets the database.

To make one costs a third of a second of work, to empty one a hundredth. Whatever is more than rows (a table, a column, a
guard, a right that was changed) makes a database unfit for others; then it is dropped, as is one that no service's
migrations have made.
"""

from __future__ import annotations

import secrets
from collections import defaultdict, deque
from contextlib import closing, suppress

import psycopg2
from psycopg2 import sql
from sqlalchemy import make_url

from deploy.local.postgres import ADMIN, PrivatePostgres
from shared.store.revisions import version_table

ROLE = "tester"
# Large tables are truncated, for rows that are deleted stay in their files; small ones are emptied faster by DELETE.
_LARGE_BYTES = 64 * 1024
_EMPTY = f"""
DO $$
DECLARE each record;
BEGIN
    SET LOCAL session_replication_role = replica;  -- the audit log's guards would not let go of a line
    FOR each IN
        SELECT c.oid::regclass AS name, pg_relation_size(c.oid) > {_LARGE_BYTES}
            AND NOT EXISTS (SELECT FROM pg_constraint WHERE confrelid = c.oid) AS large
        FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND pg_relation_size(c.oid) > 0
            AND c.relname NOT LIKE 'alembic\\_version\\_%'
    LOOP
        EXECUTE CASE WHEN each.large THEN 'TRUNCATE ' ELSE 'DELETE FROM ' END || each.name;
    END LOOP;
END $$
"""
# Everything that is no row of a service's own: tables, columns, indexes, guards, functions, rights, settings.
_FORM = """
WITH ours AS (
    SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
), things AS (
    SELECT c.oid, c AS line FROM pg_class c WHERE relnamespace IN (SELECT oid FROM ours)
), facts (fact) AS (
    SELECT (to_jsonb(line) - '{relfilenode,relpages,reltuples,relallvisible,relfrozenxid,relminmxid}'::text[])::text
        FROM things
    UNION ALL SELECT concat_ws(' ', attrelid, attnum, xmin) FROM pg_attribute WHERE attrelid IN (SELECT oid FROM things)
    UNION ALL SELECT concat_ws(' ', 'index', indexrelid, xmin) FROM pg_index WHERE indrelid IN (SELECT oid FROM things)
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, xmin) FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM things)
    UNION ALL SELECT concat_ws(' ', 'rule', oid, xmin) FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM things)
    UNION ALL SELECT concat_ws(' ', 'constraint', oid, xmin) FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ours)
    UNION ALL SELECT concat_ws(' ', 'function', oid, xmin) FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours)
    UNION ALL SELECT concat_ws(' ', 'type', oid, xmin) FROM pg_type
        WHERE typnamespace IN (SELECT oid FROM ours) AND typrelid = 0 AND typelem = 0
    UNION ALL SELECT concat_ws(' ', 'schema', oid, xmin) FROM pg_namespace WHERE oid IN (SELECT oid FROM ours)
    UNION ALL SELECT concat_ws(' ', 'extension', oid, xmin) FROM pg_extension
    UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
)
SELECT md5(string_agg(fact, E'\\n' ORDER BY fact)) FROM facts
"""
# A counter would go on where the last test left it, and rows that the migrations wrote would be lost.
_FIT = """
SELECT NOT EXISTS (SELECT FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace)
    AND 1 = (SELECT count(*) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0)
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class Databases:
    """Those of one server, for one test after the other."""

    def __init__(self, server: PrivatePostgres) -> None:
        self._server = server
        self._untouched: list[str] = []
        self._ready: defaultdict[str, deque[str]] = defaultdict(deque)
        self._in_use: dict[str, str] = {}  # name → the service whose tables it has
        self._forms: dict[str, str] = {}
        self._admin = self._connect("postgres")
        _of_port[server.port] = self

    def close(self) -> None:
        """The server ends."""
        del _of_port[self._server.port]
        self._admin.close()

    def new(self, name: str) -> str:
        """An empty database: its address."""
        if self._untouched:
            self._rename(self._untouched.pop(), name)
        else:
            self._server.create_database(name, ROLE)
        return self._server.url_for(ROLE, name)

    def migrated(self, service: str, name: str) -> bool:
        """Put a database with a service's empty tables in the place of an untouched one, where there is one."""
        if not self._ready[service]:
            return False
        ready, untouched = self._ready[service].popleft(), _a_name()
        self._rename(name, untouched)
        self._rename(ready, name)
        self._forms[name] = self._forms.pop(ready)
        self._in_use[name] = service
        self._untouched.append(untouched)
        return True

    def was_migrated(self, service: str, name: str) -> None:
        """The database has a service's tables now, and nothing else."""
        with closing(self._connect(name)) as connection, connection.cursor() as cursor:
            cursor.execute(_FIT)
            if cursor.fetchone() == (True,):
                self._forms[name] = _form(cursor, service)
                self._in_use[name] = service

    def give_back(self, name: str) -> None:
        """The test is over: whatever is connected is cut off; the database is emptied for another test, or dropped."""
        service, form = self._in_use.pop(name, ""), self._forms.pop(name, "")
        if not service:
            self._server.drop_database(name)
            return
        with closing(self._connect(name)) as connection, connection.cursor() as cursor:
            cursor.execute(_END_OTHERS)
            with suppress(psycopg2.Error):  # what it cannot empty is not as it was
                cursor.execute(_EMPTY)
            fit = _form(cursor, service) == form
        if not fit:
            self._server.drop_database(name)
            return
        # It keeps its name until another test gets it: a connection that is being closed would hold up the renaming.
        self._forms[name] = form
        self._ready[service].append(name)

    def _connect(self, name: str) -> psycopg2.extensions.connection:
        address = make_url(self._server.url_for(ADMIN, name)).set(drivername="postgresql")
        connection = psycopg2.connect(address.render_as_string(hide_password=False), connect_timeout=10)
        connection.autocommit = True
        return connection

    def _rename(self, old: str, new: str) -> None:
        with self._admin.cursor() as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
            )


_of_port: dict[int, Databases] = {}


def databases_at(port: int | None) -> Databases | None:
    """The databases of the server at a port of this machine, where it is one of the tests' own."""
    return None if port is None else _of_port.get(port)


def _a_name() -> str:
    return f"k_{secrets.token_hex(6)}"


def _form(cursor: psycopg2.extensions.cursor, service: str) -> str:
    """All that is not a row of the service's own, as one text."""
    cursor.execute(_FORM)
    form = cursor.fetchall()
    cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(version_table(service))))
    return f"{form} {cursor.fetchall()}"
