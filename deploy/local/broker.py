"""A RabbitMQ of one's own: private node, ports, cookie, data and users, on the loopback only.

The packaged wrapper (`/usr/sbin/rabbitmq-server`) changes the user and shares one node with the whole machine, so the
scripts behind it are called directly. Nothing of a private broker is shared with another: two run side by side, and
stopping one ends its Erlang machine and its port mapper (epmd) and nothing else.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from deploy.broker import definitions
from deploy.local import erlang, guard, node
from deploy.local.files import write_secret
from deploy.local.processes import Child, NotStarted, Port, poll, tail

ADMIN = "admin"
START_SECONDS = 180.0
STOP_SECONDS = 20.0
_CALL_SECONDS = 30.0
_CONNECTS = 2  # further tries of a call that did not get through
_PLACES = ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")


@dataclass(frozen=True)
class Binaries:
    """Where RabbitMQ and Erlang are. `erl_call` is a small C client (2 ms a call); without it rabbitmqctl is used."""

    server: Path
    ctl: Path
    epmd: Path
    erl_call: Path | None

    @property
    def version(self) -> str:
        """The server's version as its folder's name tells it, "" where it does not."""
        found = re.search(r"rabbitmq_server-([0-9.]+)", str(self.server.resolve()))
        if found:
            return found.group(1)
        for folder in sorted(self.server.parent.parent.glob("lib/rabbitmq_server-*")):
            return folder.name.removeprefix("rabbitmq_server-")
        return ""


def find_binaries() -> Binaries | None:
    """RabbitMQ's own scripts and Erlang's epmd on this machine, None where something is missing."""
    epmd = _tool("epmd")
    for folder in (*_PLACES, *os.environ.get("PATH", "").split(os.pathsep)):
        server, ctl = Path(folder) / "rabbitmq-server", Path(folder) / "rabbitmqctl"
        # The real scripts read rabbitmq-env beside them; the Debian wrapper has no such neighbour.
        if server.is_file() and ctl.is_file() and (server.resolve().parent / "rabbitmq-env").is_file():
            return None if epmd is None else Binaries(server, ctl, epmd, _tool("erl_call"))
    return None


def _tool(name: str) -> Path | None:
    found = shutil.which(name)
    if found:
        return Path(found)
    for path in sorted(Path("/usr/lib/erlang").glob(f"erts-*/bin/{name}")):
        return path
    return None


@dataclass(frozen=True)
class VirtualHost:
    """One virtual host of a private broker: as isolated as a broker of its own, made in milliseconds."""

    broker: PrivateBroker
    name: str

    @property
    def admin_uri(self) -> str:
        return self.broker.uri_for(ADMIN, self.name)

    @property
    def topology_uri(self) -> str:
        return self.broker.uri_for("topology", self.name)

    def uri_for(self, user: str) -> str:
        """The AMQP address of one of definitions.USERS in this virtual host."""
        return self.broker.uri_for(user, self.name)

    def queues(self) -> dict[str, int]:
        """Messages per queue, unacknowledged ones included."""
        return self.broker.queues(self.name)

    def held(self) -> dict[str, list[dict[str, Any]]]:
        """Its exchanges, queues and bindings, as `PrivateBroker.vhost` gives them to another."""
        known = json.loads(self.broker.evaluate("rabbit_json:encode(rabbit_definitions:all_definitions())."))
        return {
            kind: [entry for entry in known[kind] if entry["vhost"] == self.name]
            for kind in ("exchanges", "queues", "bindings")
        }

    def drop(self) -> None:
        """Delete it with everything in it."""
        self.broker.drop_vhost(self.name)


@dataclass
class _Ports:
    amqp: Port = field(default_factory=Port)
    distribution: Port = field(default_factory=Port)
    epmd: Port = field(default_factory=Port)

    def release(self) -> None:
        for port in (self.amqp, self.distribution, self.epmd):
            port.release()


class PrivateBroker:
    """A RabbitMQ node in a folder. `with PrivateBroker(folder) as broker: …`, or start() and stop().

    Raises NotStarted where RabbitMQ is not installed or does not come up (with the end of its log). The data stay in
    the folder: the same folder starts again with the same users, passwords and messages.
    """

    def __init__(self, folder: Path, *, plugins: Iterable[str] = ()) -> None:
        self.folder = folder.absolute()
        self.plugins = tuple(plugins)
        self._ports: _Ports | None = None
        self._server: Child | None = None
        self._held = False  # down on purpose: a supervisor leaves it alone
        self._epmd: Child | None = None
        self._link: Path | None = None
        self._passwords: dict[str, str] = {}
        self._node = ""

    def __repr__(self) -> str:
        return f"PrivateBroker({str(self.folder)!r}, port={self._ports.amqp.number if self._ports else None})"

    def __enter__(self) -> PrivateBroker:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # Addresses

    @property
    def port(self) -> int:
        """The AMQP port on 127.0.0.1; the same over restarts of this object."""
        if self._ports is None:
            raise NotStarted("the broker was not started")
        return self._ports.amqp.number

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.running

    def children(self) -> list[Child]:
        """The processes that were started."""
        return [child for child in (self._server, self._epmd) if child is not None]

    @property
    def fallen(self) -> bool:
        """Whether it ended without being asked to; then a supervisor calls start_again()."""
        return self._server is not None and not self._held and not self._server.running

    @property
    def server(self) -> Child | None:
        """The Erlang machine's process."""
        return self._server

    @property
    def admin_uri(self) -> str:
        return self.uri_for(ADMIN)

    @property
    def topology_uri(self) -> str:
        return self.uri_for("topology")

    def uri_for(self, user: str, vhost: str = definitions.VHOST) -> str:
        """The AMQP address of a user (ADMIN or one of definitions.USERS). Raises KeyError for another."""
        password = self._passwords[user]
        return f"amqp://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    @property
    def log(self) -> Path:
        return self.folder / "log" / "broker.log"

    def ports(self) -> dict[str, int]:
        """The numbers that attach() needs."""
        assert self._ports is not None
        return {name: getattr(self._ports, name).number for name in ("amqp", "distribution", "epmd")}

    @classmethod
    def attach(cls, folder: Path, ports: Mapping[str, int]) -> PrivateBroker:
        """Look into a broker that another process of ours runs: uri_for, queues and evaluate work, the rest does not."""
        found = cls(folder)
        binaries = find_binaries()
        if binaries is None:
            raise NotStarted("RabbitMQ is not installed: no rabbitmq-server with epmd was found")
        found._binaries = binaries
        found._ports = _Ports(*(Port.known(ports[name]) for name in ("amqp", "distribution", "epmd")))
        found._node = (folder / "node").read_text(encoding="ascii").strip()
        if (folder / "link").exists():
            found._link = Path((folder / "link").read_text(encoding="utf-8"))
        found._passwords = json.loads((folder / "passwords.json").read_text(encoding="utf-8"))
        return found

    # Life

    def start(self) -> PrivateBroker:
        """Start and wait until it answers; what was started is ended where it does not."""
        try:
            self.launch()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def launch(self) -> None:
        """Start without waiting; call wait_ready() afterwards."""
        binaries = find_binaries()
        if binaries is None:
            raise NotStarted("RabbitMQ is not installed: no rabbitmq-server with epmd was found")
        self._binaries = binaries
        self._ports = self._ports or _Ports()
        self._prepare()
        self._launch_epmd()
        self._launch_server()

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until the node has booted and answers AMQP. Raises NotStarted with the log's end."""
        assert self._server is not None
        for _ in poll(seconds):
            if not self._server.running:
                code = self._server.exit_code
                raise NotStarted(f"RabbitMQ ended with code {code} while starting\n{self._log_tail()}")
            # The listener opens before the boot is over, so ask the node too.
            if _answers_amqp(self.port) and self._booted() and self._mended():
                return
        raise NotStarted(f"RabbitMQ did not answer within {seconds:.0f} s\n{self._log_tail()}")

    def stop(self) -> None:
        """End the node and its port mapper; the data stay."""
        if self._server is not None:
            self._server.terminate(STOP_SECONDS, self._leave)
            self._server = None
        self._end_epmd()
        if self._link is not None:
            self._link.unlink(missing_ok=True)
            self._link = None
        if self._ports is not None:
            self._ports.release()
            self._ports = None

    def kill(self) -> None:
        """SIGKILL to the node, as when its machine goes away; it stays down until start_again()."""
        if self._server is None:
            raise NotStarted("the broker was not started")
        self._held = True
        self._server.kill()

    def start_again(self) -> None:
        """Start after kill() or a fall, on the same ports with the same data, and wait until it answers."""
        self._launch_epmd()
        self._launch_server()
        self.wait_ready()
        self._held = False

    def restart(self) -> None:
        """Stop in order and start again on the same ports with the same data."""
        self._held = True
        if self._server is not None:
            self._server.terminate(STOP_SECONDS, self._leave)
        self.start_again()

    # Virtual hosts and a look inside

    def vhost(
        self, name: str | None = None, holding: Mapping[str, list[dict[str, Any]]] | None = None
    ) -> VirtualHost:
        """A further virtual host with every user and its permissions; a random name where none is given.

        `holding`: what another one `held`, without its messages.
        """
        name = name or f"t-{secrets.token_hex(6)}"
        granted = definitions.permissions(name, (ADMIN,))
        copied = {
            kind: [entry | {"vhost": name} for entry in entries] for kind, entries in (holding or {}).items()
        }
        document = {"vhosts": [{"name": name}], **granted, **copied}
        encoded = base64.b64encode(json.dumps(document).encode()).decode("ascii")
        answer = self.evaluate(f'rabbit_definitions:import_raw(base64:decode("{encoded}")).')
        if answer != "ok":
            raise NotStarted(f"the broker did not make the virtual host {name}: {answer}")
        return VirtualHost(self, name)

    def drop_vhost(self, name: str) -> None:
        """Delete a virtual host with its queues; the broker does it in the background (it takes seconds)."""
        self.evaluate(f'spawn(fun() -> rabbit_vhost:delete(<<"{name}">>, <<"launcher">>) end), ok.')

    def sync(self) -> None:
        """Put what the broker was told to keep on disk now. Call it after declaring, before a kill().

        RabbitMQ 3.10 writes the list of its quorum queues (the names of its Raft members) within a few seconds, not
        at declaration: a queue younger than that exists after a crash of the node but never gets a leader again. Its
        log of queues and bindings is written behind, too: a queue may outlive a crash without its newest binding.
        """
        self.evaluate("mnesia:sync_log(), [dets:sync(Table) || Table <- dets:all()], ok.")

    def queues(self, vhost: str = definitions.VHOST) -> dict[str, int]:
        """Messages per queue, unacknowledged ones included."""
        text = self.evaluate(node.QUEUES % vhost)
        found: dict[str, int] = {}
        for line in text.splitlines():
            name, _, count = line.rpartition(" ")
            if name:
                found[name] = int(count)
        return found

    def evaluate(self, expression: str) -> str:
        """Evaluate an Erlang expression (with its full stop) inside the node: the text of its value.

        A binary comes back as the text it holds. Raises NotStarted where the node does not answer.
        """
        if self._binaries.erl_call is not None:
            command = [str(self._binaries.erl_call), "-h", erlang.caller(), "-sname", self._node, "-e"]
            answer = self._run(command, erlang.asked(expression))
            for _ in range(_CONNECTS):
                if "failed to connect" not in answer:
                    break  # else nothing was evaluated: a node under load now and then turns a caller away
                answer = self._run(command, erlang.asked(expression))
            told = erlang.told(answer)
            if told is None:
                raise NotStarted(f"the broker did not answer: {answer.strip()}")
            return told
        return self._run([str(self._binaries.ctl), "--silent", "eval", expression], "").strip().strip('"')

    # Inside

    def _run(self, command: list[str], text: str) -> str:
        try:
            done = subprocess.run(
                command,
                input=text,
                env=self._environment(),
                capture_output=True,
                text=True,
                check=False,
                timeout=_CALL_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise NotStarted(f"the broker did not answer within {_CALL_SECONDS:.0f} s") from None
        return done.stdout + (done.stderr if done.returncode else "")

    def _leave(self) -> bool:
        """Ask a node that has booted to stop in order and end; False where it does not say that it will."""
        try:
            return self.evaluate(node.LEAVE) == "leaving"
        except NotStarted:
            return False

    def _booted(self) -> bool:
        try:
            return self.evaluate("rabbit:is_running().") == "true"
        except NotStarted:
            return False

    def _mended(self) -> bool:
        """Whether every quorum queue has its leader; helps those that were given up during the boot."""
        try:
            return self.evaluate(node.MEND) == "0"
        except NotStarted:
            return False

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        home = self.folder / "home"
        home.mkdir(mode=0o700, exist_ok=True)
        cookie = home / ".erlang.cookie"
        if not cookie.exists():
            write_secret(cookie, secrets.token_hex(20), mode=0o400)
        (self.folder / "log").mkdir(exist_ok=True)
        self._passwords = self._load_passwords()
        # One name per folder: the data belong to the node's name.
        self._node = "zh" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:10] + "@localhost"
        node_file = self.folder / "node"
        if node_file.exists():
            self._node = node_file.read_text(encoding="ascii").strip()
        else:
            node_file.write_text(self._node, encoding="ascii")
        document = definitions.definitions(self._passwords, administrators=(ADMIN,))
        write_secret(self.folder / "definitions.json", json.dumps(document))
        plain = self._plain_folder()
        (self.folder / "rabbitmq.conf").write_text(self._configuration(plain), encoding="utf-8")
        (self.folder / "enabled_plugins").write_text(f"[{','.join(self.plugins)}].", encoding="ascii")
        (self.folder / "environment.conf").write_text("", encoding="ascii")

    def _load_passwords(self) -> dict[str, str]:
        path = self.folder / "passwords.json"
        if path.exists():
            found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        else:
            found = {}
        for name in (ADMIN, *definitions.USERS):
            found.setdefault(name, secrets.token_urlsafe(24))
        write_secret(path, json.dumps(found))
        return found

    def _configuration(self, plain: Path) -> str:
        lines = {
            "listeners.tcp.1": f"127.0.0.1:{self.port}",
            "num_acceptors.tcp": "2",
            "heartbeat": "30",
            "load_definitions": str(plain / "definitions.json"),
            "loopback_users": "none",
            "disk_free_limit.absolute": "64MB",
            "vm_memory_high_watermark.relative": "0.4",
            "channel_max": "256",
            "log.file": "broker.log",
            "log.file.level": "info",
            "log.console": "false",
            # A handler that is slow for a minute must not lose its channel; one that hangs for half an hour does.
            "consumer_timeout": "1800000",
        }
        return "".join(f"{key} = {value}\n" for key, value in lines.items())

    def _plain_folder(self) -> Path:
        """The folder under a name without spaces or the like, which Erlang's scripts do not survive.

        The name is the same at every start: quorum queues remember the paths of their data.
        """
        if _PLAIN_PATH.fullmatch(str(self.folder)):
            return self.folder
        if self._link is None:
            remembered = self.folder / "link"
            if remembered.exists():
                link = Path(remembered.read_text(encoding="utf-8"))
            else:
                link = _plain_root(self.folder) / f"zh-{secrets.token_hex(8)}"
                remembered.write_text(str(link), encoding="utf-8")
            _link(link, self.folder)
            guard.watch_link(link)
            self._link = link
        return self._link

    def _environment(self) -> dict[str, str]:
        plain = self._plain_folder()
        assert self._ports is not None
        return {
            "PATH": os.pathsep.join(("/usr/local/bin", "/usr/bin", "/bin", os.environ.get("PATH", ""))),
            "HOME": str(plain / "home"),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._ports.epmd.number),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_SECONDS": "0",
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_CONF_ENV_FILE": str(plain / "environment.conf"),
            "RABBITMQ_CONFIG_FILE": str(plain / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(plain / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plain / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(plain / "data"),
            "RABBITMQ_LOG_BASE": str(plain / "log"),
            "RABBITMQ_PID_FILE": str(plain / "pid"),
            "RABBITMQ_DIST_PORT": str(self._ports.distribution.number),
            # With this the script *becomes* the Erlang machine, so that the process id that we know is the right one.
            "RABBITMQ_ALLOW_INPUT": "1",
            # Several nodes on one small machine: do not bind their schedulers to the same processor.
            "RABBITMQ_SCHEDULER_BIND_TYPE": "u",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-noinput -start_epmd false +S 2:2 +SDcpu 1:1 +SDio 4 +A 4 "
                "-kernel inet_dist_use_interface {127,0,0,1}"
            ),
            "RABBITMQ_CTL_ERL_ARGS": "+S 1:1 +SDio 1",
        }

    def _launch_epmd(self) -> None:
        if self._epmd is not None and self._epmd.running:
            return
        assert self._ports is not None
        self._epmd = Child(
            [str(self._binaries.epmd), "-port", str(self._ports.epmd.number), "-address", "127.0.0.1"],
            env=self._environment(),
            cwd=self.folder,
            log=self.folder / "log" / "epmd.log",
        )
        for _ in poll(START_SECONDS, 0.01):
            if _connects(self._ports.epmd.number):
                return
            if not self._epmd.running:
                break
        raise NotStarted(f"epmd did not start\n{tail(self._epmd.log)}")

    def _launch_server(self) -> None:
        self._server = Child(
            [str(self._binaries.server)],
            env=self._environment(),
            cwd=self.folder,
            log=self.folder / "log" / "start.log",
        )

    def _end_epmd(self) -> None:
        if self._epmd is not None:
            self._epmd.terminate(3.0)
            self._epmd = None

    def _log_tail(self) -> str:
        return f"{tail(self.folder / 'log' / 'start.log')}\n{tail(self.log)}"


def _plain_root(folder: Path) -> Path:
    for root in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - what is made there has a random name
        if _PLAIN_PATH.fullmatch(root) and os.access(root, os.W_OK):
            return Path(root)
    raise NotStarted(f"no temporary folder with a plain name for {folder}")


def _link(link: Path, folder: Path) -> None:
    """See that the link is there, ours, and leads to the folder. Raises NotStarted where somebody else has the name."""
    if link.is_symlink() and link.lstat().st_uid == os.geteuid():
        if link.readlink() == folder:
            return
        link.unlink()
    try:
        link.symlink_to(folder, target_is_directory=True)
    except OSError as problem:
        raise NotStarted(f"{link} cannot be made: {problem.strerror}") from None


def _connects(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0):
            return True
    except OSError:
        return False


def _answers_amqp(port: int) -> bool:
    """Whether connection.start comes back for the protocol header of AMQP 0-9-1."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2.0) as connection:
        connection.settimeout(5.0)
        connection.sendall(b"AMQP\x00\x00\x09\x01")
        return connection.recv(7)[:1] == b"\x01"
    return False
