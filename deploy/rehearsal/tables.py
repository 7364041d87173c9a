"""One table per file for a person, and the progress bar while it plays."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from deploy.rehearsal.expect import Difference

_PLAIN_WIDTH = 160  # where there is no terminal that says how wide it is
STATUSES = {
    "awarded": "获奖",
    "not_awarded": "未获奖",
    "ineligible": "不符合条件",
    "late": "逾期",
    "withdrawn": "已撤回",
    "objection_upheld": "异议成立",
    "awaiting_records": "待部门答复",
    "revoked": "已撤销",
    "in_progress": "进行中",
}
_GOOD, _BAD = frozenset({"awarded"}), frozenset({"revoked", "objection_upheld", "ineligible", "late"})
_COLUMNS = (  # title, whether it may be broken into lines
    ("申报\napplication", False),
    ("名称\nname", True),
    ("结果\nstatus", False),
    ("止于\nstopped at", False),
    ("未满足条款\nfailing rules", True),
    ("得分\nscores", True),
    ("奖项\naward", True),
    ("资助（元）\ngrants (yuan)", True),
)


class Say(Protocol):
    """Takes what is being done now."""

    def __call__(self, step: str) -> None: ...


def console(stream: IO[str] | None = None) -> Console:
    """Wide enough for a table where nobody's terminal is being written to."""
    stream = stream or sys.stdout
    wide = None if stream.isatty() else _PLAIN_WIDTH
    return Console(file=stream, width=wide, highlight=False)


def print_result(
    out: Console,
    result: Mapping[str, Any],
    names: Mapping[str, str],
    file: str,
    differences: Sequence[Difference] | None,
) -> None:
    """The table, what is beside it, and whether what was expected holds (None: nothing was expected)."""
    out.print(_table(result, names))
    for line in _beside(result):
        out.print(Text(line))
    if differences is None:
        out.print(Text("未设预期 · nothing was expected"))
    elif not differences:
        out.print(Text("预期成立 · the expectation holds", style="green"))
    else:
        out.print(Text(f"预期不成立 · the expectation does not hold ({len(differences)})", style="red"))
        for difference in differences:
            out.print(Text(f"  {difference}"))
    out.print(Text(f"→ {file}"))
    out.print()


def _table(result: Mapping[str, Any], names: Mapping[str, str]) -> Table:
    table = Table(
        title=f"{result['scenario']}（{result['rulebook']}）", title_justify="left", show_lines=False
    )
    for title, breaks in _COLUMNS:
        table.add_column(title, no_wrap=not breaks, overflow="fold" if breaks else "ellipsis")
    for handle, line in result["applications"].items():
        table.add_row(
            handle,
            names.get(handle, ""),
            _status(line["status"]),
            line["stopped_at"] or "",
            "、".join(line["failing_rules"]),
            " → ".join(f"{score:.2f}" for score in line["scores"].values()),
            f"{line['award']}（{line['track']}）" if line["award"] else "",
            _money(line),
        )
    return table


def _status(status: str) -> Text:
    style = "green" if status in _GOOD else "red" if status in _BAD else ""
    return Text(f"{STATUSES.get(status, status)} {status}", style=style)


def _money(line: Mapping[str, Any]) -> str:
    parts = [f"{grant['yuan']:,}" for grant in line["grants"]]
    if line["clawback_yuan"]:
        parts.append(f"-{line['clawback_yuan']:,}")
    return " + ".join(parts).replace("+ -", "- ")


def _beside(result: Mapping[str, Any]) -> Iterator[str]:
    for notice in result["notices"]:
        yield (
            f"公示 notice {notice['notice']}：{notice['first_day']} — {notice['last_day']}，"
            f"{notice['working_days']} 个工作日 working days：{', '.join(notice['listed'])}"
        )
    for key, winners in result["awards"].items():
        yield f"奖项 award {key}：{', '.join(winners)}"
    totals = result["totals"]
    yield (
        f"资助合计 granted {totals['granted_yuan']:,} 元 · 追缴 clawed back {totals['clawed_back_yuan']:,} 元 · "
        f"超出预算 over budget {totals['over_budget_yuan']:,} 元"
    )
    if result["blocked"]:
        yield f"受阻 blocked at {result['blocked']['stage']}：{result['blocked']['reason']}"
    audit = result["audit"]
    whole = "完整 intact" if audit["intact"] else "不完整 NOT INTACT"
    yield f"审计记录 audit：{audit['entries']} 条 entries，{whole}"
    for note in result["notes"]:
        yield f"注 note：{note}"


@contextmanager
def progress(name: str, steps: int, stream: IO[str] | None = None) -> Iterator[Say]:
    """A bar on the terminal; nothing at all where there is none."""
    stream = stream or sys.stderr
    if not stream.isatty():
        yield lambda step: None
        return
    columns = (
        TextColumn("{task.fields[name]}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task: TaskID = bar.add_task("", total=steps, name=name)

        def say(step: str) -> None:
            bar.update(task, description=step, advance=1)

        yield say
