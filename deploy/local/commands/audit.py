"""audit: verify seals, rows and the links between services."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from deploy.broker.definitions import SERVICES
from deploy.local import state
from deploy.local.services import STORES, base_environment, service_class
from deploy.local.temporary import temporary_folder
from deploy.local.terminal import fail

HELP = "审计链校验 · verify the audit log of every service"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs="*", metavar="verify [--cycle ID] [--json]")


def run(options: argparse.Namespace) -> int:
    secrets = state.stack_folder() / "secrets"
    present = [name for name in STORES if (secrets / f"database-{name}").exists()]
    if not present:
        return fail("这台机器上还没有数据 · there are no data yet: ./zhiheng up first")
    rest = options.rest[1:] if options.rest[:1] == ["verify"] else options.rest
    command = [sys.executable, "-m", "shared.store.verify", *rest]
    for name in present:
        # Addresses hold passwords and everybody may read a command line: the file is named instead.
        command += ["--service", f"{name}=@{secrets / f'database-{name}'}"]
    environment = base_environment() | {"ZHIHENG_FIELD_KEYS_FILE": str(secrets / "field-keys")}
    with temporary_folder("audit") as folder:
        hears = folder / "hears.json"
        hears.write_text(json.dumps(who_hears_what()), encoding="utf-8")
        return subprocess.run([*command, "--hears", str(hears)], env=environment, check=False).returncode


def who_hears_what() -> dict[str, list[str]]:
    """`publisher/event` → services that take it, as the topology has it."""
    done = subprocess.run(
        [sys.executable, "-m", "shared.bus.topology", "print", *map(service_class, SERVICES)],
        env=base_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, list[str]] = {}
    for plan in json.loads(done.stdout):
        for binding in plan["bindings"]:
            publisher, _, kind = binding["exchange"].partition(".")
            if kind == "events":
                found.setdefault(f"{publisher}/{binding['key']}", []).append(plan["service"])
    return {event: sorted(set(services)) for event, services in found.items()}
