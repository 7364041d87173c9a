"""down: end what `up` started, that and nothing else."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

from deploy.local import state
from deploy.local.processes import end, wait_gone
from deploy.local.terminal import Progress

HELP = "停止后台运行的系统 · stop the stack"
DRAIN_SECONDS = 90.0


def add(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    del options
    return stop(state.present_folder())


def stop(folder: Path) -> int:
    """End the stack of a folder, whatever state it is in; the data stay."""
    found = state.read(folder)
    if found is None:
        print("没有在运行 · nothing is running")
        return 0
    say = Progress()
    if found.supervisor.signal(signal.SIGTERM):
        say("正在停止，处理中的事务先完成 · stopping, what is in flight is finished first")
        if wait_gone([found.supervisor], DRAIN_SECONDS):
            found.supervisor.signal(signal.SIGKILL)
    # Where the supervisor was killed, or had to be, its guard ends the rest; see that nothing is left.
    end(found.everything(), 15.0)
    (folder / "state.json").unlink(missing_ok=True)
    print(f"已停止，数据保留在 {folder} · stopped, the data stay there")
    return 0
