"""What rehearsals cost: every sample, and one made-up file of 500 applicants, each on one stack of its own.

    python -m deploy.benchmarks.rehearsals [--applicants N] [--only-many]

Seconds are those of the player's process from its start to the written result; messages are events that were confirmed by
the broker and deliveries that were handled, calls are the gateway's to the services, all as the processes count them;
memory is the highest resident set that each process ever had.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests

from deploy.benchmarks.events import machine
from deploy.local.commands.rehearse import Access
from deploy.local.services import PROCESSES, ROOT, STUBS, base_environment
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from shared.identifiers.uscc import check_character

SAMPLES = sorted((ROOT / "deploy" / "samples").glob("*.yaml"))
COUNTED = {
    "published": re.compile(r"^messaging_client_published_messages_total(?:{[^}]*})? ([0-9.e+]+)$", re.M),
    "handled": re.compile(r"^messaging_client_consumed_messages_total{[^}]*} ([0-9.e+]+)$", re.M),
    "calls": re.compile(r"^rpc_client_duration_seconds_count{[^}]*} ([0-9.e+]+)$", re.M),
}
MEMORY = re.compile(r"^VmHWM:\s+(\d+) kB$", re.M)


@dataclass(frozen=True)
class Cost:
    """What one file cost."""

    name: str
    applicants: int
    seconds: float
    counts: Counter[str]


def many(applicants: int) -> dict[str, Any]:
    """A cycle of this many organizations of one district: most meet every condition, some fail one; seeded."""
    draw = random.Random(2025)
    found = {}
    for number in range(applicants):
        body = f"91310105MAXY{number:05d}"
        facts: dict[str, Any] = {
            "region": "上海市长宁区", "operating_since": "2011-03-28", "for_profit": True,
            "profit_yuan": {str(year): draw.randint(-1, 50) * 1_000_000 for year in (2022, 2023, 2024)},
            "leading_indicators": "made up", "chief_quality_officer": draw.random() > 0.05,
            "licences_valid": True, "policy_compliant": True,
        }  # fmt: skip
        found[f"a{number}"] = {
            "name": f"示例第{number}有限公司", "kind": "organization", "uscc": body + check_character(body),
            "submitted_on": (date(2025, 5, 12) + timedelta(draw.randrange(30))).isoformat(),
            "recommended_by": "某街道", "facts": facts,
        }  # fmt: skip
    return {
        "scenario": f"many-{applicants}", "version": 1, "rulebook": "changning-2023",
        "cycle": {"year": 2025, "opens_on": "2025-05-12", "closes_on": "2025-06-13"},
        "applicants": found,
        "scores": {"document_review": {handle: draw.randint(40, 95) for handle in found}},
    }  # fmt: skip


def count(stack: Stack) -> Counter[str]:
    """What all processes have counted so far."""
    found: Counter[str] = Counter()
    for process in stack.processes:
        if process == STUBS:
            continue
        text = requests.get(f"{stack.wiring.health_url(process)}/metrics", timeout=10).text
        for name, pattern in COUNTED.items():
            found[name] += round(sum(float(number) for number in pattern.findall(text)))
    return found


def memory(stack: Stack) -> dict[str, float]:
    """The highest resident set of each process, in MiB."""
    pids = {name: process.id.pid for name, process in stack.processes.items() if process.id is not None}
    if stack.broker is not None and stack.broker.server is not None:
        pids["broker"] = stack.broker.server.pid
    found = {}
    for name, pid in pids.items():
        match = MEMORY.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
        found[name] = int(match.group(1)) / 1024 if match else float("nan")
    return found


def play(stack: Stack, file: Path, applicants: int, out: Path) -> Cost:
    """One file, by a player of its own."""
    access = Access(stack.gateway_url, stack.stubs_url, stack.secrets)
    command = [
        sys.executable, "-m", "deploy.rehearsal", str(file), "--gateway", stack.gateway_url,
        "--stubs", stack.stubs_url, "--out", str(out), "--quiet",
    ]  # fmt: skip
    before, began = count(stack), time.monotonic()
    subprocess.run(command, env=base_environment() | access.environment(), cwd=ROOT, check=True)
    seconds = time.monotonic() - began
    return Cost(file.stem, applicants, seconds, count(stack) - before)


def show(costs: list[Cost], peaks: dict[str, float]) -> None:
    """Both tables, as they stand in the page."""
    print(machine())
    print(
        "| file | applicants | s | events published | deliveries handled | calls |\n|---|--:|--:|--:|--:|--:|"
    )
    for cost in costs:
        numbers = " | ".join(f"{cost.counts[name]:,}" for name in COUNTED)
        print(f"| {cost.name} | {cost.applicants} | {cost.seconds:.1f} | {numbers} |")
    print("\n| process | peak MiB |\n|---|--:|")
    for name, peak in peaks.items():
        print(f"| {name} | {peak:.0f} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=500)
    parser.add_argument("--only-many", action="store_true", help="the made-up file alone")
    options = parser.parse_args()
    costs = []
    with temporary_folder("benchmark") as folder, Stack(folder, StackOptions(rehearsals=True)) as stack:
        out = folder / "results"
        for sample in [] if options.only_many else SAMPLES:
            listed = re.search(r"^applicants:\n((?:(?: .*| *)\n)+)", sample.read_text(encoding="utf-8"), re.M)
            applicants = len(re.findall(r"^  [a-z]\w*:$", listed.group(1), re.M)) if listed else 0
            costs.append(play(stack, sample, applicants, out))
        file = folder / "many.yaml"
        file.write_text(json.dumps(many(options.applicants), ensure_ascii=False), encoding="utf-8")
        costs.append(play(stack, file, options.applicants, out))
        peaks = memory(stack)
    assert set(PROCESSES) <= set(peaks) | {STUBS}
    show(costs, peaks)
    return 0


if __name__ == "__main__":
    sys.exit(main())
