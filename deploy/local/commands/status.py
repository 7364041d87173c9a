"""status: every process, its readiness and age, and how long the queues are."""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

from deploy.local import state
from deploy.local.managed import probe
from deploy.local.processes import NotStarted, ProcessId
from deploy.local.terminal import table

HELP = "查看各进程与队列 · show processes and queues"
EXIT_DOWN = 1


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def run(options: argparse.Namespace) -> int:
    found = state.running(state.present_folder())
    if found is None:
        print(json.dumps({"running": False}) if options.json else "没有在运行 · nothing is running")
        return EXIT_DOWN
    report = look(found)
    print(json.dumps(report, ensure_ascii=False, indent=1) if options.json else _text(report))
    return 0 if report["ready"] else EXIT_DOWN


def look(found: state.StackState) -> dict[str, Any]:
    """What there is to say about a running stack."""
    processes = [_process(name, entry) for name, entry in found.processes.items()]
    return {
        "running": True,
        "ready": found.ready and all(entry["ready"] for entry in processes),
        "step": found.step,
        "gateway": found.gateway_url,
        "ballots": found.ballot_url,
        "rehearsals": found.rehearsals,
        "database": found.database,
        "processes": processes,
        "servers": {name: process.alive for name, process in found.servers.items()},
        "queues": _queues(found),
    }


def _process(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    status, body = probe(f"{entry['url']}/readyz")
    alive = bool(entry["pid"]) and ProcessId(entry["pid"], entry["started"]).alive
    return {
        "name": name,
        "pid": entry["pid"] if alive else None,
        "ready": status == 200,
        "why": "" if status == 200 else body.strip()[:200],
        "url": entry["url"],
        "restarts": entry["restarts"],
        "uptime_seconds": round(uptime(entry["pid"])) if alive else 0,
    }


def uptime(pid: int) -> float:
    """Seconds since a process started, 0 where the system does not tell."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    except OSError:
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def _queues(found: state.StackState) -> dict[str, int] | None:
    try:
        broker = found.broker()
        return broker.queues() if broker is not None else None
    except NotStarted:
        return None


def _text(report: dict[str, Any]) -> str:
    rows = [
        (
            entry["name"],
            str(entry["pid"] or "-"),
            "就绪 ready" if entry["ready"] else f"未就绪 not ready {entry['why']}",
            _age(entry["uptime_seconds"]),
            str(entry["restarts"]),
            entry["url"],
        )
        for entry in report["processes"]
    ]
    lines = [f"{report['gateway'] or report['step']}   数据库 database: {report['database']}"]
    if report["ballots"]:
        lines.append(f"投票箱 ballots: {report['ballots']}")
    lines += [
        "",
        table(("进程 process", "pid", "状态 state", "运行 up", "重启 restarts", "地址 address"), rows),
    ]
    queues = report["queues"]
    if queues is None:
        lines += ["", "队列未知（外部消息中间件）· queues unknown"]
    else:
        waiting = sorted((name, str(count)) for name, count in queues.items() if count)
        lines += [
            "",
            table(("队列 queue", "消息 messages"), waiting)
            if waiting
            else "队列均为空 · all queues are empty",
        ]
    return "\n".join(lines)


def _age(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
