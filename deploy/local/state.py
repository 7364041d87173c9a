"""Where the stack of `up` keeps its things, and what it tells the other commands about itself.

`state.json` holds process ids with start times, ports and addresses, no secrets. The supervisor alone writes it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.broker import PrivateBroker
from deploy.local.files import read_json, write_json
from deploy.local.processes import ProcessId
from deploy.local.stack import Stack

DEFAULT_STACK = "default"


def home() -> Path:
    """The launcher's folder; deploy/local/environment.py always sets it."""
    return Path(os.environ.get("ZHIHENG_HOME") or Path(__file__).resolve().parents[2] / ".zhiheng")


def stack_folder(name: str = "") -> Path:
    """The folder of a named stack (ZHIHENG_STACK, else "default")."""
    return home() / "data" / (name or os.environ.get("ZHIHENG_STACK") or DEFAULT_STACK)


def demo_folder() -> Path:
    """The folder of the stack that `demo --keep` leaves: never that of `up`."""
    return stack_folder("demo")


def present_folder() -> Path:
    """The folder of the stack that is meant where none is named: that of `up`, and where that does not run, a demo that does."""
    folder, demo = stack_folder(), demo_folder()
    if not os.environ.get("ZHIHENG_STACK") and running(folder) is None and running(demo) is not None:
        return demo
    return folder


@dataclass(frozen=True)
class StackState:
    """What a running (or dead) supervisor last wrote."""

    folder: Path
    supervisor: ProcessId
    ready: bool
    step: str
    rehearsals: bool
    gateway_url: str
    ballot_url: str
    stubs_url: str
    database: str
    broker_ports: dict[str, int] | None
    external_broker: bool
    servers: dict[str, ProcessId] = field(default_factory=dict)
    processes: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether its supervisor lives."""
        return self.supervisor.alive

    def broker(self) -> PrivateBroker | None:
        """A look into its broker, None where that is not ours or not there yet."""
        if self.broker_ports is None:
            return None
        return PrivateBroker.attach(self.folder / "broker", self.broker_ports)

    def everything(self) -> list[ProcessId]:
        """Every process of the stack but the supervisor, services first."""
        found = [
            ProcessId(entry["pid"], entry["started"]) for entry in self.processes.values() if entry.get("pid")
        ]
        return found + list(self.servers.values())


def read(folder: Path) -> StackState | None:
    """The state in a stack's folder, None where there is none."""
    raw = read_json(folder / "state.json")
    if not isinstance(raw, dict):
        return None
    try:
        return StackState(
            folder=folder,
            supervisor=ProcessId(*raw["supervisor"]),
            ready=raw["ready"],
            step=raw["step"],
            rehearsals=raw["rehearsals"],
            gateway_url=raw["gateway_url"],
            ballot_url=raw["ballot_url"],
            stubs_url=raw["stubs_url"],
            database=raw["database"],
            broker_ports=raw["broker_ports"],
            external_broker=raw["external_broker"],
            servers={name: ProcessId(*entry) for name, entry in raw["servers"].items()},
            processes=raw["processes"],
        )
    except (KeyError, TypeError):
        return None


def running(folder: Path | None = None) -> StackState | None:
    """The state of the stack of `up` where it runs, else None."""
    found = read(folder or stack_folder())
    return found if found is not None and found.running else None


def write(stack: Stack, *, step: str, ready: bool) -> None:
    """Put down how the stack is now."""
    started = bool(stack.processes)
    servers: dict[str, tuple[int, str]] = {}
    for name, server in (("broker", stack.broker), ("postgres", stack.postgres)):
        for child in server.children() if server is not None else ():
            servers[f"{name}-{child.pid}"] = (child.id.pid, child.id.started)
    own = ProcessId.of(os.getpid())
    write_json(
        stack.folder / "state.json",
        {
            "supervisor": (own.pid, own.started),
            "ready": ready,
            "step": step,
            "rehearsals": stack.options.rehearsals,
            "gateway_url": stack.gateway_url if started else "",
            "ballot_url": stack.ballot_url if started else "",
            "stubs_url": stack.stubs_url if started else "",
            "database": "url" if "://" in stack.options.database else stack.options.database,
            "broker_ports": stack.broker.ports()
            if stack.broker is not None and stack.broker.running
            else None,
            "external_broker": bool(stack.options.amqp_uri),
            "servers": servers,
            "processes": {
                name: {
                    "pid": process.id.pid if process.id else None,
                    "started": process.id.started if process.id else "",
                    "url": process.url,
                    "log": str(process.log),
                    "restarts": process.restarts,
                }
                for name, process in stack.processes.items()
            },
        },
    )
