"""漏斗图: how many came to each step and how many went on, as SVG made of bars and text alone. Pure; the same bytes for the
same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from shared.documents.drawing import COLOURS, NOTHING, PALE, SIZE, Reading, fitted, head, rows_at, said
from shared.documents.model import Funnel, Step, Table

LEFT, RIGHT = (
    150.0,
    510.0,
)  # of the field in which bars are drawn: a margin of 130 units for names, and for numbers
ROW, HIGH, TOP = 40.0, 26.0, 10.0


def svg(block: Funnel, font: str = "sans-serif") -> str:
    """The picture. A pale bar for all who came, a full one in it for those who went on; both numbers beside."""
    height = 2 * TOP + ROW * len(block.steps)
    described = "; ".join(f"{step.name} {_numbers(step)}" for step in block.steps)
    parts = head(block.title, described, height, font)
    most = max((each or 0 for step in block.steps for each in (step.entered, step.left)), default=0)
    for place, step in enumerate(block.steps):
        parts += _step(step, TOP + ROW * (place + 0.5), most)
    return "\n".join([*parts, "</svg>"])


def table(block: Funnel, reading: Reading = "both") -> Table:
    """The same numbers: a row a step, with those who stopped there."""
    headings = (
        said("阶段", "Stage", reading),
        said("进入", "In", reading),
        said("通过", "Out", reading),
        said("止步", "Stopped", reading),
    )
    rows = tuple(
        (step.name, _told(step.entered), _told(step.left), _told(_stopped(step))) for step in block.steps
    )
    return Table(headings, rows, (4, 1, 1, 1), frozenset({1, 2, 3}))


def _step(step: Step, middle: float, most: int) -> Iterator[str]:
    yield from rows_at(fitted(step.name, LEFT - 20), LEFT - 12, middle)
    for number, colour in ((step.entered, PALE), (step.left, COLOURS[0])):
        if number and most:
            wide = (RIGHT - LEFT) * number / most
            yield (
                f'<rect x="{(LEFT + RIGHT - wide) / 2:.1f}" y="{middle - HIGH / 2:.1f}" width="{wide:.1f}"'
                f' height="{HIGH:.1f}" fill="{colour}" stroke="{COLOURS[0]}" stroke-width="1"/>'
            )
    yield f'<text x="{RIGHT + 12:.1f}" y="{middle + SIZE * 0.36:.1f}">{escape(_numbers(step))}</text>'


def _numbers(step: Step) -> str:
    return f"{_told(step.entered)} → {_told(step.left)}"


def _stopped(step: Step) -> int | None:
    return None if step.entered is None or step.left is None else max(0, step.entered - step.left)


def _told(number: int | None) -> str:
    return NOTHING if number is None else str(number)
