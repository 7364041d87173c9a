"""A comparison on the terminal: the summary, one table, and what is beside it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.decisions.phrases import View, causes_of, mark, move_of, outcome_of, scores_of, summary

_COLUMNS = (  # title, whether it may be broken into lines; the sides come between
    ("申报\napplication", False),
    ("名称\nname", True),
    ("依据\nby", True),
    ("得分\nscores", True),
    ("资助（元）\nmoney (yuan)", True),
    ("变化\nchange", False),
)


def print_comparison(out: Console, view: View, files: Sequence[str]) -> None:
    """What changes from A to B, and where it is written."""
    for line in summary(view):
        out.print(Text(line, style="" if line.startswith(" ") else "bold"))
    out.print(_table(view))
    for (side, names), notes in zip(
        view.sides(), (view.comparison.notes.a, view.comparison.notes.b), strict=True
    ):
        out.print(Text(f"{side}：{names.title.zh} {names.title.en}（{names.id}）"))
        for note in notes:
            out.print(Text(f"  注 note：{note}"))
    for file in files:
        out.print(Text(f"→ {file}"))
    out.print()


def _table(view: View) -> Table:
    comparison = view.comparison
    table = Table(title=f"{comparison.scenario}：A ⇄ B", title_justify="left")
    columns = [*_COLUMNS[:2], *((view.column(side).replace(" ", "\n"), True) for side in "AB"), *_COLUMNS[2:]]
    for title, breaks in columns:
        table.add_column(title, no_wrap=not breaks, overflow="fold" if breaks else "ellipsis")
    for moves in comparison.applications:
        table.add_row(
            *map(
                Text,
                (
                    moves.handle,
                    moves.name,
                    outcome_of(moves.applications.a, view.names.a),
                    outcome_of(moves.applications.b, view.names.b),
                    causes_of(moves, view),
                    scores_of(moves, view, only_moved=True),
                    move_of(moves.money),
                    mark(moves),
                ),
            ),
            style="bold" if moves.changes else "",
        )
    return table
