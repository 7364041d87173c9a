"""条形图: horizontal bars with their figures, as SVG made of bars and text alone. Pure; the same bytes for the same figures.

Several series stand under each other in a fixed order, each bar with its series' name: nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from shared.documents.drawing import AXIS, COLOURS, NOTHING, SIZE, WIDTH, Reading, fitted, head, rows_at, said
from shared.documents.model import Bar, Bars, Table

LEFT = 150.0  # where the field begins in which bars are drawn; names stand before it
BESIDE, BESIDE_NAMED = (
    130.0,
    200.0,
)  # units to the right of the field, for figures, and for figures with a series' name
HIGH, APART, TOP = 16.0, 12.0, 10.0


def svg(block: Bars, font: str = "sans-serif") -> str:
    """The picture. Bars of negative figures run to the left from the same line."""
    each = max(HIGH * len(block.series), 2.4 * SIZE) + APART
    height = 2 * TOP + each * max(1, len(block.bars))
    described = "; ".join(_described(block, bar) for bar in block.bars)
    parts = head(block.title, described, height, font)
    low, high = ends(block)
    right = right_of(block)
    zero = _across(0.0, low, high, right)
    for place, bar in enumerate(block.bars):
        parts += _bar(block, bar, TOP + each * (place + 0.5), (low, high), right)
    parts.append(
        f'<line x1="{zero:.1f}" y1="{TOP / 2:.1f}" x2="{zero:.1f}" y2="{height - TOP / 2:.1f}" stroke="{AXIS}"'
        ' stroke-width="1.2"/>'
    )
    return "\n".join([*parts, "</svg>"])


def table(block: Bars, heading: str = "", reading: Reading = "both") -> Table:
    """The same figures: a row for each bar; `heading` stands over their names."""
    rows = tuple((bar.name, *(each or NOTHING for each in bar.told)) for bar in block.bars)
    headings = (heading or said("名称", "Name", reading), *block.series)
    columns = frozenset(range(1, len(headings)))
    return Table(headings, rows, (3, *(2 for _ in block.series)), columns)


def ends(block: Bars) -> tuple[float, float]:
    """The figures at the ends of the field; nought is always in it."""
    low, high = min((0.0, *block.figures)), max((0.0, *block.figures))
    return (low, high) if low < high else (0.0, 1.0)


def right_of(block: Bars) -> float:
    """Where the field ends."""
    return WIDTH - (BESIDE if len(block.series) == 1 else BESIDE_NAMED)


def _described(block: Bars, bar: Bar) -> str:
    figures = zip(block.series, bar.told, strict=True)
    return f"{bar.name}: " + ", ".join(f"{name} {told or NOTHING}" for name, told in figures)


def _bar(block: Bars, bar: Bar, middle: float, scale: tuple[float, float], right: float) -> Iterator[str]:
    yield from rows_at(fitted(bar.name, LEFT - 20), LEFT - 12, middle)
    zero = _across(0.0, *scale, right)
    top = middle - HIGH * len(block.series) / 2
    for number, (shown, told) in enumerate(zip(bar.shown, bar.told, strict=True)):
        y = top + HIGH * number
        end = _across(float(shown), *scale, right) if shown else zero
        if end != zero:
            yield (
                f'<rect x="{min(zero, end):.1f}" y="{y + 1:.1f}" width="{abs(end - zero):.1f}" height="{HIGH - 2:.1f}"'
                f' fill="{COLOURS[number]}"/>'
            )
        named = told or NOTHING
        if len(block.series) > 1:
            named = f"{block.series[number]} {named}"
        x = max(zero, end) + 6
        text = fitted(named, WIDTH - x - 4, rows=1, size=SIZE - 1)[0]
        yield f'<text x="{x:.1f}" y="{y + HIGH * 0.78:.1f}" font-size="{SIZE - 1}">{escape(text)}</text>'


def _across(figure: float, low: float, high: float, right: float) -> float:
    return LEFT + (right - LEFT) * (figure - low) / (high - low)
