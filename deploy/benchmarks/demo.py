"""How long a newcomer waits: the start of a stack, step by step, and the sample's cycle on it.

    python -m deploy.benchmarks.demo [--rounds N]

Each round starts a stack of its own in a fresh folder, plays deploy/samples/changning-2023.yaml, and ends everything.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping

from deploy.benchmarks.events import machine
from deploy.local.commands.rehearse import Access
from deploy.local.services import ROOT, base_environment
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder

SAMPLE = ROOT / "deploy" / "samples" / "changning-2023.yaml"
STEPS = ("broker", "prepared", "services", "total", "cycle", "cycle again")


def one_round() -> dict[str, float]:
    """Seconds of each step: `total` from nothing to ready, `cycle` from the first call to the result written."""
    with temporary_folder("benchmark") as folder, Stack(folder, StackOptions(rehearsals=True)) as stack:
        found = {name: stack.timings[name] for name in STEPS if name in stack.timings}
        environment = (
            base_environment() | Access(stack.gateway_url, stack.stubs_url, stack.secrets).environment()
        )
        command = [
            sys.executable, "-m", "deploy.rehearsal", str(SAMPLE), "--gateway", stack.gateway_url,
            "--stubs", stack.stubs_url, "--out", str(folder / "results"),
        ]  # fmt: skip
        for name in ("cycle", "cycle again"):
            began = time.monotonic()
            subprocess.run(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, check=True)
            found[name] = time.monotonic() - began
    return found


def show(rounds: list[Mapping[str, float]]) -> None:
    """Medians, least and most, in seconds."""
    print(machine())
    print("| step | s | least | most |\n|---|--:|--:|--:|")
    for name in STEPS:
        seconds = [found[name] for found in rounds]
        print(f"| {name} | {statistics.median(seconds):.1f} | {min(seconds):.1f} | {max(seconds):.1f} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    show([one_round() for _ in range(parser.parse_args().rounds)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
