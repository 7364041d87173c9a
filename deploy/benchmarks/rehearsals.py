"""What a rehearsal costs: seconds, messages and the peak of memory of each process, file by file.

    python -m deploy.benchmarks.rehearsals [--applicants 500] [--seed 1] [FILE …]

Each of deploy/samples (or each file named), and then one made-up file with many applicants, is played by the player on a
stack of its own that nobody else uses. Messages are counted by the processes themselves (/metrics); memory is the kernel's
mark of the most that a process ever held in RAM (VmHWM), the player's what it is when it has ended.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from deploy.local.commands.rehearse import Access
from deploy.local.processes import descendants
from deploy.local.services import ROOT, STORES, base_environment
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from shared.identifiers.uscc import check_character

SAMPLES = ROOT / "deploy" / "samples"
COUNTED = {
    "requests": "http_server_request_duration_seconds_count",
    "calls": "rpc_server_duration_seconds_count",
    "events": "messaging_client_published_messages_total",
    "deliveries": "messaging_client_consumed_messages_total",
}
OPENS, CLOSES = date(2025, 5, 12), date(2025, 6, 13)
_MEBI = 1024  # the kernel counts in KiB


@dataclass(frozen=True)
class Played:
    """One file: how many applicants, seconds, messages by kind, and each process's peak in MiB."""

    name: str
    applicants: int
    seconds: float
    messages: dict[str, int]
    peaks: dict[str, float]
    restarts: int


def play(file: Path) -> Played:
    """On a stack of its own, from the player's first call to its result."""
    with temporary_folder("benchmark") as folder, Stack(folder, StackOptions(rehearsals=True)) as stack:
        access = Access(stack.gateway_url, stack.stubs_url, stack.secrets)
        environment = base_environment() | access.environment()
        command = [
            sys.executable, "-m", "deploy.rehearsal", str(file), "--gateway", stack.gateway_url,
            "--stubs", stack.stubs_url, "--out", str(folder / "results"),
        ]  # fmt: skip
        before = counted(stack)
        began = time.monotonic()
        player = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(player.pid, 0)
        seconds = time.monotonic() - began
        player.returncode = os.waitstatus_to_exitcode(status)
        if player.returncode:
            raise RuntimeError(f"{file.name}: the player ended with {player.returncode}")
        after = counted(stack)
        (result,) = (folder / "results").glob("*.result.json")
        content = json.loads(result.read_text(encoding="utf-8"))
        return Played(
            name=content["scenario"],
            applicants=len(content["applications"]),
            seconds=seconds,
            messages={kind: after[kind] - before[kind] for kind in COUNTED},
            peaks=dict(peaks(stack)) | {"player": used.ru_maxrss / _MEBI},
            restarts=sum(process.restarts for process in stack.processes.values()),
        )


def counted(stack: Stack) -> dict[str, int]:
    """What all processes have counted so far."""
    found = dict.fromkeys(COUNTED, 0)
    for name in STORES:
        with urlopen(f"{stack.wiring.health_url(name)}/metrics", timeout=10) as reply:  # noqa: S310 - our own
            page = reply.read().decode("utf-8")
        for kind, metric in COUNTED.items():
            values = re.findall(rf"^{metric}(?:{{[^}}]*}})? (\S+)$", page, re.MULTILINE)
            found[kind] += sum(int(float(value)) for value in values)
    return found


def peaks(stack: Stack) -> Iterator[tuple[str, float]]:
    """Each process with the most that it ever held, in MiB; the broker's helpers are added up with it."""
    for name, process in stack.processes.items():
        if process.pid is not None:
            yield name, _peak(process.pid)
    if stack.broker is not None:
        servers = [child.pid for child in stack.broker.children()]
        helpers = [found.pid for pid in servers for found in descendants(pid)]
        yield "broker", sum(map(_peak, {*servers, *helpers}))


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0  # it has just ended
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) / _MEBI if found else 0.0


def made_up(count: int, seed: int) -> dict[str, Any]:
    """A cycle with many applicants, most of whom come through to the committee; the same seed gives the same file."""
    draw = random.Random(seed)
    handles = [f"a{number:04d}" for number in range(count)]
    return {
        "scenario": f"made-up-{count}",
        "version": 1,
        "rulebook": "changning-2023",
        "cycle": {"year": 2025, "opens_on": OPENS.isoformat(), "closes_on": CLOSES.isoformat()},
        "applicants": {handle: _applicant(draw, number) for number, handle in enumerate(handles)},
        "experts": {"count": 60, "industry_experts": 30},
        "scores": {"document_review": {handle: draw.randint(400, 980) / 10 for handle in handles}},
        "committee": {"members": 13},
    }


def _applicant(draw: random.Random, number: int) -> dict[str, Any]:
    first_seventeen = f"91310105MA{number:06d}0"
    found: dict[str, Any] = {
        "name": f"示例组织{number:04d}",
        "kind": "organization",
        "uscc": first_seventeen + check_character(first_seventeen),
        "submitted_on": (OPENS + timedelta(days=draw.randrange(30))).isoformat(),
        "recommended_by": "示例街道",
        "facts": {
            "region": "上海市长宁区",
            "operating_since": (date(2022, 6, 13) - timedelta(days=draw.randrange(5000))).isoformat(),
            "for_profit": True,
            "profit_yuan": {str(year): draw.randrange(90_000_000) for year in (2022, 2023, 2024)},
            "leading_indicators": "营业收入居全区前列",
            "chief_quality_officer": True,
            "licences_valid": draw.random() < 0.95,
            "policy_compliant": True,
        },
    }
    if draw.random() < 0.1:
        day = date(2022, 6, 13) + timedelta(days=draw.randint(-200, 200))
        accident = {"kind": "accident", "on": day.isoformat(), "severity": "重大", "liable": True}
        found["records"] = {"safety": [accident]}
    return found


def show(played: Sequence[Played]) -> None:
    """One line a file, one column a process."""
    processes = sorted({name for each in played for name in each.peaks})
    print("| file | applicants | s | requests | calls | events | deliveries |\n|---|--:|--:|--:|--:|--:|--:|")
    for each in played:
        counts = " | ".join(f"{each.messages[kind]:,}" for kind in COUNTED)
        print(f"| {each.name} | {each.applicants} | {each.seconds:.1f} | {counts} |")
        if each.restarts:
            print(f"{each.name}: {each.restarts} restarts, so messages are missing here", file=sys.stderr)
    print(f"\nPeak MiB\n| file | {' | '.join(processes)} | together |\n|---|{'--:|' * (len(processes) + 1)}")
    for each in played:
        columns = " | ".join(f"{each.peaks.get(name, 0):.0f}" for name in processes)
        print(f"| {each.name} | {columns} | {sum(each.peaks.values()):.0f} |")


def main() -> int:
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--applicants", type=int, default=500, help="in the made-up file; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(machine())
    played = [play(file.absolute()) for file in options.files or sorted(SAMPLES.glob("*.yaml"))]
    if options.applicants:
        with temporary_folder("made-up") as folder:
            file = folder / "made-up.yaml"
            content = made_up(options.applicants, options.seed)
            file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            played.append(play(file))
    show(played)
    return 0


if __name__ == "__main__":
    sys.exit(main())
