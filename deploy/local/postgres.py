"""A PostgreSQL of one's own: private cluster, port, roles and databases, on the loopback only.

One database and one role per service, each with a random password (SCRAM). PostgreSQL refuses to run as root; there it
runs as the account `postgres` (else `nobody`), and where that account cannot reach the folder, the cluster's data are
kept beside, in /var/tmp.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from deploy.broker.definitions import SERVICES
from deploy.local.files import write_secret
from deploy.local.processes import Account, Child, NotStarted, Port, poll, tail

ADMIN = "zhiheng_admin"
START_SECONDS = 180.0
STOP_SECONDS = 20.0
_KNOWS_STRATEGIES = 150000  # the server's version, as it tells it
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/opt/homebrew/bin",
)


@dataclass(frozen=True)
class Binaries:
    """Where PostgreSQL's programs are."""

    initdb: Path
    postgres: Path

    @property
    def version(self) -> str:
        """Its version, e.g. "15.14"; "" where it does not tell."""
        done = subprocess.run([str(self.postgres), "--version"], capture_output=True, text=True, check=False)
        found = re.search(r"\d+(\.\d+)?", done.stdout)
        return found.group(0) if found else ""


def find_binaries() -> Binaries | None:
    """PostgreSQL's server programs on this machine, the newest first; None where there are none."""
    folders = [path for pattern in _PLACES for path in Path("/").glob(pattern.lstrip("/"))]
    folders.sort(key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))], reverse=True)
    folders += [Path(part) for part in os.environ.get("PATH", "").split(os.pathsep) if part]
    for folder in folders:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return Binaries(folder / "initdb", folder / "postgres")
    return None


def server_account() -> Account:
    """Our own account, or the one that PostgreSQL may run as where we are root."""
    if os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise NotStarted("PostgreSQL does not run as root, and there is no account postgres or nobody")


class PrivatePostgres:
    """A PostgreSQL server in a folder. `with PrivatePostgres(folder) as postgres: …`, or start() and stop().

    `durable=False` (tests only) turns fsync and autovacuum off: what was committed survives a crash of the process, not one
    of the machine.
    Raises NotStarted where PostgreSQL is not installed or does not come up (with the end of its log).
    """

    def __init__(
        self, folder: Path, *, durable: bool = True, services: Iterable[str] = (*SERVICES, "gateway")
    ) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self.services = tuple(services)
        self._port: Port | None = None
        self._server: Child | None = None
        self._held = False  # down on purpose: a supervisor leaves it alone
        self._passwords: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"PrivatePostgres({str(self.folder)!r}, port={self._port.number if self._port else None})"

    def __enter__(self) -> PrivatePostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # Addresses

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1; the same over restarts of this object."""
        if self._port is None:
            raise NotStarted("PostgreSQL was not started")
        return self._port.number

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.running

    def children(self) -> list[Child]:
        """The processes that were started."""
        return [self._server] if self._server is not None else []

    @property
    def fallen(self) -> bool:
        """Whether it ended without being asked to; then a supervisor calls start_again()."""
        return self._server is not None and not self._held and not self._server.running

    @property
    def server(self) -> Child | None:
        """The postmaster's process."""
        return self._server

    @property
    def log(self) -> Path:
        return self.folder / "log" / "postgres.log"

    @property
    def data(self) -> Path:
        """The cluster's own folder, which the server's account must reach."""
        inside = self.folder / "data"
        account = server_account()
        if account.uid is None or _reaches(account, self.folder):
            return inside
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path("/var/tmp") / f"zhiheng-postgres-{digest}"  # noqa: S108 - made by us with mode 0700, owner checked

    def url_for(self, role: str, database: str | None = None) -> str:
        """SQLAlchemy's address of a role (a service, or ADMIN) in a database (default: the role's own)."""
        return self._url("postgresql+psycopg2", role, database or role)

    def _url(self, scheme: str, role: str, database: str) -> str:
        password = self._passwords[role]
        return f"{scheme}://{role}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    # Life

    def start(self) -> PrivatePostgres:
        """Start, wait until it answers, make roles and databases where they are missing."""
        try:
            self.launch()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def launch(self) -> None:
        """Start without waiting (the first time makes the cluster, about a second); then wait_ready()."""
        binaries = find_binaries()
        if binaries is None:
            raise NotStarted("PostgreSQL is not installed: no initdb and postgres were found")
        self._binaries = binaries
        self._account = server_account()
        self._port = self._port or Port()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._passwords = self._load_passwords()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._launch_server()

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until it takes connections, then see to roles and databases."""
        assert self._server is not None
        for _ in poll(seconds):
            if not self._server.running:
                code = self._server.exit_code
                raise NotStarted(f"PostgreSQL ended with code {code} while starting\n{tail(self.log)}")
            try:
                psycopg2.connect(self._url("postgresql", ADMIN, "postgres"), connect_timeout=2).close()
            except psycopg2.OperationalError:
                continue
            self._make_databases()
            return
        raise NotStarted(f"PostgreSQL did not answer within {seconds:.0f} s\n{tail(self.log)}")

    def stop(self) -> None:
        """End the server, connections included ("fast"); the data stay."""
        self._stop(signal.SIGINT)

    def _stop(self, how: signal.Signals) -> None:
        if self._server is not None:
            self._stop_server(how)
            self._server = None
        if self._port is not None:
            self._port.release()
            self._port = None

    def kill(self) -> None:
        """SIGKILL to the server, as when its machine goes away; it stays down until start_again()."""
        if self._server is None:
            raise NotStarted("PostgreSQL was not started")
        self._held = True
        self._server.kill()

    def start_again(self) -> None:
        """Start after kill() or a fall, on the same port with the same data, and wait until it answers."""
        self._launch_server()
        self.wait_ready()
        self._held = False

    def restart(self) -> None:
        """Stop in order and start again on the same port with the same data."""
        self._held = True
        self._stop_server()
        self.start_again()

    def remove(self) -> None:
        """Delete the cluster; the server ends without writing down ("immediate") what nobody will read."""
        self._stop(signal.SIGQUIT)
        shutil.rmtree(self.data, ignore_errors=True)

    # Databases

    def create_database(self, name: str, role: str | None = None) -> str:
        """Make an empty database that the role owns (default: a role of the database's name): its address.

        Raises psycopg2.Error where the name is taken.
        """
        role = role or name
        with self._admin() as cursor:
            self._ensure_role(cursor, role)
            # Where nothing is written down for a crash of the machine, to copy files is a fifth of the work.
            plain = self.durable or cursor.connection.server_version < _KNOWS_STRATEGIES
            create = sql.SQL("CREATE DATABASE {} OWNER {}" + ("" if plain else " STRATEGY FILE_COPY"))
            cursor.execute(create.format(sql.Identifier(name), sql.Identifier(role)))
            cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        return self.url_for(role, name)

    def drop_database(self, name: str) -> None:
        """Delete a database, ending whatever is connected to it."""
        with self._admin() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    # Inside

    def _admin(self) -> _Admin:
        return _Admin(self._url("postgresql", ADMIN, "postgres"))

    def _make_databases(self) -> None:
        with self._admin() as cursor:
            cursor.execute("SELECT datname FROM pg_database")
            present = {row[0] for row in cursor.fetchall()}
        for service in self.services:
            if service not in present:
                self.create_database(service)

    def _ensure_role(self, cursor: psycopg2.extensions.cursor, role: str) -> None:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
        if cursor.fetchone() is None:
            if role not in self._passwords:
                self._passwords[role] = secrets.token_urlsafe(24)
                self._save_passwords()
            cursor.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD %s").format(sql.Identifier(role)),
                (self._passwords[role],),
            )

    def _load_passwords(self) -> dict[str, str]:
        path = self.folder / "passwords.json"
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        for role in (ADMIN, *self.services):
            found.setdefault(role, secrets.token_urlsafe(24))
        self._passwords = found
        self._save_passwords()
        return found

    def _save_passwords(self) -> None:
        write_secret(self.folder / "passwords.json", json.dumps(self._passwords))

    def _initialise(self) -> None:
        data, account = self.data, self._account
        if data.exists() and data.stat().st_uid not in {account.uid, os.geteuid()}:
            raise NotStarted(f"{data} belongs to somebody else")
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account.uid is not None and account.gid is not None:
            os.chown(data, account.uid, account.gid)
        # The password goes in by a file that the server's account can read; it is deleted at once.
        secret = data.parent / f".{data.name}-password"
        write_secret(secret, self._passwords[ADMIN])
        try:
            if account.uid is not None and account.gid is not None:
                os.chown(secret, account.uid, account.gid)
            self._run_initdb(data, secret)
        finally:
            secret.unlink(missing_ok=True)

    def _run_initdb(self, data: Path, secret: Path) -> None:
        command = [
            str(self._binaries.initdb),
            "--pgdata",
            str(data),
            "--username",
            ADMIN,
            "--pwfile",
            str(secret),
        ]
        command += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(
            command,
            env=self._environment(),
            cwd="/",
            user=self._account.uid,
            group=self._account.gid,
            extra_groups=None if self._account.uid is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            shutil.rmtree(data, ignore_errors=True)
            raise NotStarted(f"initdb failed with code {done.returncode}\n{done.stdout}{done.stderr}")

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "TZ": "UTC"}

    def _launch_server(self) -> None:
        durable = "on" if self.durable else "off"
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "64MB",
            "fsync": durable,
            "synchronous_commit": "on",
            "full_page_writes": durable,
            "autovacuum": durable,
            "timezone": "UTC",
            "password_encryption": "scram-sha-256",
            "logging_collector": "off",
        }
        command = [str(self._binaries.postgres), "-D", str(self.data)]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        self._server = Child(
            command, env=self._environment(), cwd=Path("/"), log=self.log, account=self._account
        )

    def _stop_server(self, how: signal.Signals = signal.SIGINT) -> None:
        if self._server is None:
            return
        # SIGINT is PostgreSQL's "fast" stop: it ends the connections; SIGTERM would wait for them.
        self._server.id.signal(how)
        self._server.wait(STOP_SECONDS)
        self._server.terminate(1.0)


class _Admin:
    """A connection of the administrator with autocommit: CREATE DATABASE does not run inside a transaction."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> psycopg2.extensions.cursor:
        self._connection = psycopg2.connect(self._url, connect_timeout=10)
        self._connection.autocommit = True
        return self._connection.cursor()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()


def _reaches(account: Account, folder: Path) -> bool:
    """Whether an account may enter a folder: its own, or one whose every parent lets others through."""
    resolved = folder.resolve()
    for part in (resolved, *resolved.parents):
        status = part.stat()
        if status.st_uid == account.uid and status.st_mode & 0o100:
            continue
        if not status.st_mode & 0o001:
            return False
    return True
