"""A whole stack of one's own: broker, databases, every service a process, the gateway, the stub departments.

    with Stack(folder, rehearsals=True) as stack:
        requests.get(stack.gateway_url + "/readyz")
        stack.processes["intake"].kill()        # comes back by itself, as under any supervisor
        stack.broker.kill(); stack.broker.start_again()

What takes long runs at the same time: while the broker boots, one process of preparation imports the services and
migrates their databases; it declares the topology when the broker is there, and then all services start at once.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

from deploy.broker.definitions import SERVICES, USERS
from deploy.local.broker import PrivateBroker
from deploy.local.managed import ManagedProcess
from deploy.local.postgres import PrivatePostgres
from deploy.local.processes import NotStarted, Port, is_free, tail
from deploy.local.services import (
    BALLOT_BOX,
    GATEWAY,
    PROCESSES,
    STORES,
    STUBS,
    Secrets,
    Wiring,
    base_environment,
    command_of,
    passed_on,
    service_class,
)
from shared.clock import Clock, SystemClock, TravelledClock
from shared.config import PREFIX, Settings

PREPARE_SECONDS = 240.0
_HERE = {"127.0.0.1", "localhost"}  # a service that verifies nobody is for browsers of this machine
CLOCK = "clock"  # the file by which a stack's clock is moved
DEMO_MARK = "demo"  # the file by which a stack's folder says that a demo was made in it


@dataclass(frozen=True)
class StackOptions:
    """How a stack is to be. `database`: sqlite, postgresql (a private server), or an address with `{service}` in it."""

    rehearsals: bool = False
    demo: bool = (
        False  # made for looking around: its people's passwords are printed, so it is never production
    )
    travels: date | None = (
        None  # the day on which its clock begins, which `Stack.travel` moves on; None: the machine's
    )
    database: str = "sqlite"
    http_host: str = "127.0.0.1"
    http_port: int = 0  # 0: any free one
    ballot_port: int = 0  # where ballots are taken; 0: any free one
    amqp_uri: str = ""  # a broker that exists already; its user must be allowed everything
    durable: bool = True
    extra: Mapping[str, str] | None = None  # further ZHIHENG_ settings for every process
    without: frozenset[str] = frozenset()  # processes that are not started


class Stack:
    """The supervisor of one stack. Raises NotStarted, after ending what had been started."""

    def __init__(
        self,
        folder: Path,
        options: StackOptions | None = None,
        *,
        say: Callable[[str], None] = lambda text: None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.folder = folder.absolute()
        self.options = options or StackOptions()
        self.processes: dict[str, ManagedProcess] = {}
        self.broker: PrivateBroker | None = None
        self.postgres: PrivatePostgres | None = None
        self.timings: dict[str, float] = {}  # seconds of each step of the start
        self._say = say
        self._changed = changed
        self._ports: list[Port] = []
        self._wiring: Wiring | None = None
        self._watching = threading.Event()
        self._watcher: threading.Thread | None = None

    def __enter__(self) -> Stack:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # Looks

    @property
    def wiring(self) -> Wiring:
        if self._wiring is None:
            raise NotStarted("the stack was not started")
        return self._wiring

    @property
    def gateway_url(self) -> str:
        return self.wiring.gateway_url

    @property
    def ballot_url(self) -> str:
        return self.wiring.ballot_url

    @property
    def stubs_url(self) -> str:
        return self.wiring.stubs_url

    @property
    def secrets(self) -> Secrets:
        return Secrets(self.folder / "secrets")

    @property
    def admin_password(self) -> str:
        return self.secrets.admin_password.read_text(encoding="utf-8").strip()

    def database_url(self, service: str) -> str:
        """SQLAlchemy's address of a service's database."""
        return self.wiring.databases[service]

    def queues(self) -> dict[str, int]:
        """Messages per queue, unacknowledged ones included; {} for a broker that is not ours."""
        return self.broker.queues() if self.broker is not None and self.broker.running else {}

    @property
    def clock(self) -> Clock:
        """What time it is in the stack."""
        return SystemClock() if self.options.travels is None else TravelledClock(self._clock_file)

    def travel(self, to: date) -> None:
        """Begin a later day in all processes, while they run; bearer tokens end with the hours that go by.

        Raises ValueError for a day that is not later, and where the stack's clock is the machine's. What is in flight
        meanwhile is signed on one day and looked at on another: let the stack come to rest before.
        """
        if self.options.travels is None:
            raise ValueError("this stack's clock is the machine's")
        TravelledClock(self._clock_file).travel(to)

    @property
    def _clock_file(self) -> Path:
        return self.folder / CLOCK

    # Life

    def start(self) -> Stack:
        """Start everything and wait until every process is ready."""
        began = time.monotonic()
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise
        self.timings["total"] = time.monotonic() - began
        return self

    def stop(self) -> None:
        """End everything that was started, services first; the data stay in the folder."""
        self._end([server.stop for server in (self.broker, self.postgres) if server is not None])

    def _end(self, servers: Sequence[Callable[[], None]]) -> None:
        self._watching.set()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join(timeout=60)
        self._watcher = None
        # Gateway and boxes first: nobody calls a service that is about to go.
        at_the_edge = [process for name, process in self.processes.items() if name in {GATEWAY, BALLOT_BOX}]
        for processes in (at_the_edge, list(self.processes.values())):
            if processes:
                with ThreadPoolExecutor(len(processes)) as pool:
                    list(pool.map(lambda process: process.stop(), processes))
        if servers:
            with ThreadPoolExecutor(len(servers)) as pool:
                list(pool.map(lambda end: end(), servers))
        for port in self._ports:
            port.release()
        self._ports.clear()

    def remove(self) -> None:
        """Stop, and delete what a server of another account keeps outside the folder."""
        servers = [self.broker.stop] if self.broker is not None else []
        self._end([*servers, self.postgres.remove] if self.postgres is not None else servers)

    def wait_ready(self, *, patient: bool = True) -> None:
        """Wait until every process is ready, after a fault, say. Raises NotStarted where one does not get there."""
        with ThreadPoolExecutor(len(self.processes)) as pool:
            list(pool.map(lambda process: process.wait_ready(patient=patient), self.processes.values()))

    # Inside

    def _start_all(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._keep_apart()
        self.secrets.prepare()
        if self.options.travels is not None and not self._clock_file.exists():
            self.travel(self.options.travels)
        with self._timed("servers_launched"):
            self._launch_servers()
        preparation = _Preparation(self.folder / "logs" / "prepare.log", self._databases())
        try:
            with self._timed("broker"):
                self._say("等待消息中间件 · waiting for the broker")
                if self.broker is not None:
                    self.broker.wait_ready()
            self._wire()
            with self._timed("prepared"):
                self._say("准备数据库与队列 · databases and queues")
                preparation.declare(self._topology_uri(), Settings.from_env(self.wiring.extra).retry_tiers)
                preparation.finish()
                if self.broker is not None:
                    self.broker.sync()
        finally:
            preparation.end()
        with self._timed("services"):
            self._say("启动各服务 · starting the services")
            self._start_processes()
        self._watch()

    def _keep_apart(self) -> None:
        """A folder is a demo's from its first start on or never: the accounts in it are known to whoever saw the demo."""
        mark = self.folder / DEMO_MARK
        if mark.exists() and not self.options.demo:
            raise NotStarted(
                f"{self.folder} 是演示数据，账号已公开，不得用于正式评审 · holds a demo, never for production"
            )
        if self.options.demo and not mark.exists():
            if self.secrets.folder.exists():
                raise NotStarted(
                    f"{self.folder} 存有他用数据，演示不得占用 · holds other data: no demo is made there"
                )
            mark.touch()

    def _launch_servers(self) -> None:
        if not self.options.amqp_uri:
            self.broker = PrivateBroker(self.folder / "broker")
            self.broker.launch()
        if self.options.database == "postgresql":
            self.postgres = PrivatePostgres(
                self.folder / "postgres", durable=self.options.durable, services=STORES
            )
            self.postgres.start()

    def _databases(self) -> dict[str, str]:
        if self.options.database == "sqlite":
            folder = self.folder / "databases"
            folder.mkdir(mode=0o700, exist_ok=True)
            return {name: f"sqlite:///{folder / name}.sqlite" for name in STORES}
        if self.postgres is not None:
            return {name: self.postgres.url_for(name) for name in STORES}
        if "{service}" not in self.options.database:
            raise NotStarted(
                "--database: an address needs {service} in it: every service has a database of its own"
            )
        return {name: self.options.database.replace("{service}", name) for name in STORES}

    def _topology_uri(self) -> str:
        return self.broker.topology_uri if self.broker is not None else self.options.amqp_uri

    def _port(self) -> int:
        port = Port()
        self._ports.append(port)
        return port.number

    def _wire(self) -> None:
        options = self.options
        if options.http_port and not is_free(options.http_port, options.http_host):
            raise NotStarted(
                f"port {options.http_port} on {options.http_host} is taken; choose another with --port"
            )
        if options.ballot_port and not is_free(options.ballot_port, options.http_host):
            raise NotStarted(
                f"port {options.ballot_port} on {options.http_host} is taken; choose another with --ballot-port"
            )
        users = [name for name in USERS if name in PROCESSES]
        self._wiring = Wiring(
            secrets=self.secrets,
            amqp={name: self.broker.uri_for(name) if self.broker else options.amqp_uri for name in users},
            databases=self._databases(),
            health_ports={name: self._port() for name in (*STORES, BALLOT_BOX)},
            gateway_port=options.http_port or self._port(),
            gateway_host=options.http_host,
            stubs_port=self._port(),
            ballot_port=options.ballot_port or self._port(),
            voters_port=self._voters_port(),
            rehearsals=options.rehearsals,
            environment=self._environment(),
            clock_file="" if options.travels is None else str(self._clock_file),
            extra=passed_on() | dict(options.extra or {}),
        )

    def _voters_port(self) -> int:
        """Where a demo's voters say who they are: 0 where it is no demo, is open to other machines, or has a service named."""
        given = passed_on() | dict(self.options.extra or {})
        named = any(key.startswith(f"{PREFIX}IDENTITY_") for key in given)
        if not self.options.demo or named or self.options.http_host not in _HERE:
            return 0
        self.secrets.prepare_voters()
        return self._port()

    def _environment(self) -> str:
        if self.options.rehearsals:
            return "rehearsal"
        if self.options.demo:
            return "demo"
        return "production" if self.options.travels is None else "test"

    def _start_processes(self) -> None:
        for name in PROCESSES:
            if name in self.options.without:
                continue
            self.processes[name] = ManagedProcess(
                name,
                command_of(name),
                self.wiring.environment_of(name),
                self.folder / "logs" / f"{name}.log",
                self.wiring.health_url(name),
            )
            self.processes[name].start()
        self._changed()
        self.wait_ready(patient=False)

    def _watch(self) -> None:
        self._watching.clear()
        self._watcher = threading.Thread(target=self._watch_loop, name="supervisor", daemon=True)
        self._watcher.start()

    def _watch_loop(self) -> None:
        while not self._watching.wait(0.1):
            for server in (self.broker, self.postgres):
                if server is not None and server.fallen:
                    self._say(f"{type(server).__name__} fell, starting it again")
                    try:
                        server.start_again()
                    except NotStarted as problem:
                        self._say(str(problem))
                    self._changed()
            for process in self.processes.values():
                if process.watch():
                    self._say(f"{process.name} fell, started again (log: {process.log})")
                    self._changed()

    def _timed(self, step: str) -> _Timed:
        return _Timed(self.timings, step)


class _Timed:
    """Seconds of one step of the start."""

    def __init__(self, timings: dict[str, float], step: str) -> None:
        self._timings, self._step = timings, step

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._timings[self._step] = time.monotonic() - self._began


class _Preparation:
    """The process that migrates all databases and declares all queues (deploy.local.prepare)."""

    def __init__(self, log: Path, databases: Mapping[str, str]) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        environment = base_environment() | {"EVENTLET_NO_GREENDNS": "yes"}  # it has no green threads
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.prepare", *map(service_class, SERVICES)],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        # Addresses hold passwords, so they go in by the pipe, not by the command line.
        for service, url in databases.items():
            self._tell(f"migrate {service} {url}")

    def declare(self, uri: str, tiers: str) -> None:
        """The broker is there: declare, with the waiting times of retries as the services will read them."""
        self._tell(f"declare {tiers.replace(' ', '')} {uri}")

    def finish(self) -> None:
        """Wait for its end. Raises NotStarted with its output's end."""
        if self._popen.stdin is not None and not self._popen.stdin.closed:
            self._popen.stdin.close()
        try:
            code = self._popen.wait(PREPARE_SECONDS)
        except subprocess.TimeoutExpired:
            raise NotStarted(f"databases and queues were not prepared in time\n{tail(self._log)}") from None
        if code != 0:
            raise NotStarted(
                f"databases and queues could not be prepared (code {code})\n{tail(self._log, 30)}"
            )

    def end(self) -> None:
        """See that it is gone."""
        if self._popen.poll() is None:
            self._popen.kill()
            self._popen.wait()
        if self._popen.stdin is not None and not self._popen.stdin.closed:
            self._popen.stdin.close()

    def _tell(self, line: str) -> None:
        assert self._popen.stdin is not None
        try:
            self._popen.stdin.write(line + "\n")
            self._popen.stdin.flush()
        except BrokenPipeError:
            self.finish()  # raises with the reason


__all__ = ["STUBS", "Stack", "StackOptions"]
