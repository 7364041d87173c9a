"""doctor: what is there, what is missing, what to do."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

from deploy.local import assets, broker, install, postgres, state
from deploy.local.processes import NotStarted, Port, is_free
from deploy.local.terminal import table
from shared.documents import fonts

HELP = "体检：缺什么、怎么办 · what is there, what is missing, what to do"
OK, NOTE, MISSING = "正常 ok", "注意 note", "缺少 missing"
_DISK_NEEDED = 1_000_000_000  # bytes; the broker stops taking messages long before a disk is full


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: `level` is OK, NOTE (works without) or MISSING (does not)."""

    subject: str
    level: str
    detail: str


def add(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    del options
    findings = examine()
    print(
        table(
            ("项目 subject", "状态 state", "说明 detail"),
            [(f.subject, f.level, f.detail.split("\n")[0]) for f in findings],
        )
    )
    for finding in findings:
        if "\n" in finding.detail:
            print(f"\n{finding.subject}: {finding.detail}")
    return int(any(finding.level == MISSING for finding in findings))


def examine() -> list[Finding]:
    """Everything that a stack on this machine needs, in the order of need."""
    checks: tuple[Callable[[], Finding | Iterator[Finding]], ...] = (
        _python, _packages, _rabbitmq, _postgresql, _ports, _disk, _memory, _calendar, _fonts, _assets, _stack,
    )  # fmt: skip
    found: list[Finding] = []
    for check in checks:
        result = check()
        found.extend([result] if isinstance(result, Finding) else result)
    return found


def _python() -> Finding:
    return Finding("Python", OK, f"{platform.python_version()} ({sys.executable})")


def _packages() -> Finding:
    wanted = ("nameko", "kombu", "eventlet", "pika", "marshmallow", "SQLAlchemy", "flask", "cryptography")
    return Finding("依赖 packages", OK, ", ".join(f"{name} {metadata.version(name)}" for name in wanted))


def _rabbitmq() -> Finding:
    if os.environ.get("ZHIHENG_AMQP_URI"):
        return Finding("RabbitMQ", OK, "外部 · external: ZHIHENG_AMQP_URI")
    found = broker.find_binaries()
    if found is None:
        return Finding("RabbitMQ", MISSING, install.RABBITMQ.advice)
    note = "" if found.erl_call else ", no erl_call: status is slower"
    return Finding("RabbitMQ", OK, f"{found.version} ({found.server}){note}")


def _postgresql() -> Finding:
    found = postgres.find_binaries()
    if found is None:
        # SQLite is the default; only `test` and `up --database postgresql` need a server.
        return Finding(
            "PostgreSQL",
            NOTE,
            "仅测试与生产需要 · only for tests and production\n" + install.POSTGRESQL.advice,
        )
    return Finding("PostgreSQL", OK, f"{found.version} ({found.postgres})")


def _ports() -> Iterator[Finding]:
    try:
        Port().release()
    except NotStarted as problem:
        yield Finding("端口 ports", MISSING, str(problem))
    if state.running() is None:
        free = is_free(8080)
        detail = "空闲 · free" if free else "被占用，请用 up --port · taken: use up --port"
        yield Finding("端口 port 8080", OK if free else NOTE, detail)


def _disk() -> Finding:
    folder = state.home()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    level = OK if free > _DISK_NEEDED else MISSING
    return Finding("磁盘 disk", level, f"{free / 1e9:.1f} GB 可用 · free at {state.home()} (1 GB needed)")


def _memory() -> Finding:
    try:
        pages, size = os.sysconf("SC_AVPHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return Finding("内存 memory", NOTE, "未知 · unknown")
    free = pages * size
    return Finding(
        "内存 memory", OK if free > 800_000_000 else NOTE, f"{free / 1e9:.1f} GB 可用 · free (0.8 GB needed)"
    )


def _calendar() -> Finding:
    from shared.calendar import work_calendar
    from shared.clock import SystemClock

    year = SystemClock().today().year
    try:
        calendar = work_calendar()
    except Exception as problem:  # noqa: BLE001 - whatever is wrong with the calendar is the finding
        return Finding("日历 calendar", MISSING, f"{type(problem).__name__}: {problem}")
    if not calendar.knows(year):
        return Finding("日历 calendar", MISSING, f"缺 {year} 年放假安排 · no official holidays for {year}")
    if not calendar.knows(year + 1):
        detail = f"{year} 年已收录，{year + 1} 年尚未 · {year} known, {year + 1} not yet: see docs/calendar.md once it is out"
        return Finding("日历 calendar", NOTE, detail)
    doubtful = [str(known.year) for known in calendar.years() if not known.official and known.doubts()]
    if doubtful:
        detail = f"存疑 · doubtful: {', '.join(doubtful)} (./zhiheng calendar show YEAR)"
        return Finding("日历 calendar", NOTE, detail)
    return Finding("日历 calendar", OK, f"{year}, {year + 1}")


def _fonts() -> Finding:
    found = fonts.find()
    if found is None:
        detail = "没有，只有生成 PDF 时需要 · none; only PDFs need them\n" + install.CHINESE_FONTS.advice
        return Finding("中文字体 fonts", NOTE, detail)
    return Finding("中文字体 fonts", OK, f"{found.serif}, {found.sans}")


def _assets() -> Finding:
    built = assets.Assets(assets.SOURCE, state.home())
    if not built.complete:
        return Finding(
            "页面样式 pages",
            NOTE,
            "尚未生成，up 时生成 · not built yet: up builds them, without them pages are plain",
        )
    return Finding("页面样式 pages", OK, str(built.folder))


def _stack() -> Finding:
    found = state.running()
    if found is None:
        return Finding("系统 stack", OK, "未运行 · not running (./zhiheng up)")
    return Finding("系统 stack", OK if found.ready else NOTE, f"{found.gateway_url or found.step}")
