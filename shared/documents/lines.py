"""折线图: figures over the years as lines, as SVG made of lines and text alone. Pure; the same bytes for the same figures.

Each line has a stroke, a mark and a name at its end of its own: nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, cos, floor, log10, pi, sin
from xml.sax.saxutils import escape, quoteattr

from shared.documents.model import Line, Lines, Table
from shared.documents.text import clean

WIDTH, HEIGHT = 640, 244  # of the picture's own units
LEFT, RIGHT, TOP, BOTTOM = 58.0, 452.0, 16.0, 208.0  # of the field in which lines are drawn
_TICKS = 5  # about so many
_APART = 15.0  # between two names
_BEYOND = 10.0  # from the last point to its name
_MARK = 3.2  # half a mark's size
_AXIS, _GRID, _TEXT = "#404040", "#c4c4c4", "#404040"
_COLOURS = ("#174a8c", "#b35900", "#1c6b43", "#7a3d8f", "#8a6d00", "#333333")
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2")


def svg(block: Lines, font: str = "sans-serif") -> str:
    """The picture, its figures in its text too."""
    low, high, ticks = scale([*block.figures, *([float(block.level)] if block.level else [])])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' role="img" font-family={quoteattr(font)} font-size="12">',
        f"<title>{escape(clean(block.title))}</title>",
        *_grid(block, low, high, ticks),
    ]
    if block.level:
        y = _down(float(block.level), low, high)
        parts.append(
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" stroke="{_AXIS}" stroke-width="1.2"/>'
        )
    for number, line in enumerate(block.lines):
        parts += _line(block, line, number, low, high)
    parts += _names(block, low, high)
    return "\n".join([*parts, "</svg>"])


def table(block: Lines, heading: str) -> Table:
    """The same figures as a table: a row for each line; `heading` stands over their names."""
    columns = frozenset(range(1, len(block.columns) + 1))
    rows = tuple((line.name, *(each or "—" for each in line.shown)) for line in block.lines)
    return Table((heading, *block.columns), rows, (3, *(1 for _ in block.columns)), columns)


def scale(figures: Sequence[float]) -> tuple[float, float, list[float]]:
    """The ends of the upright axis and its round ticks, such that all figures lie between the ends."""
    low, high = (min(figures), max(figures)) if figures else (0.0, 1.0)
    if low == high:
        low, high = low - max(abs(low) * 0.1, 1.0), high + max(abs(high) * 0.1, 1.0)
    rough = (high - low) / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = floor(low / step), ceil(high / step)
    return first * step, last * step, [number * step for number in range(first, last + 1)]


def _grid(block: Lines, low: float, high: float, ticks: Sequence[float]) -> Iterator[str]:
    for tick in ticks:
        y = _down(tick, low, high)
        yield (
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" stroke="{_GRID}" stroke-width="0.6"/>'
        )
        yield (
            f'<text x="{LEFT - 6:.1f}" y="{y + 4:.1f}" text-anchor="end" font-size="10" fill="{_TEXT}">{tick:.10g}</text>'
        )
    for place, column in enumerate(block.columns):
        yield (
            f'<text x="{_across(place, block):.1f}" y="{BOTTOM + 18:.1f}" text-anchor="middle" fill="{_TEXT}">'
            f"{escape(clean(column))}</text>"
        )


def _line(block: Lines, line: Line, number: int, low: float, high: float) -> Iterator[str]:
    """Between two neighbours that both have a figure; a year without one is a gap."""
    colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    points = [
        (_across(place, block), _down(float(each), low, high)) if each else None
        for place, each in enumerate(line.shown)
    ]
    for one, next_ in pairwise(points):
        if one and next_:
            yield (
                f'<line x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{next_[0]:.1f}" y2="{next_[1]:.1f}" stroke="{colour}"'
                f' stroke-width="2"{dashed}/>'
            )
    for point in points:
        if point:
            yield _mark(*point, number, colour)


def _mark(x: float, y: float, number: int, colour: str) -> str:
    """A polygon with more corners for each line: a triangle, a square, a pentagon, and so on."""
    corners = 3 + number
    turned = (2 * pi * corner / corners for corner in range(corners))
    size = _MARK + 1.0
    drawn = " ".join(f"{x + size * sin(each):.1f},{y - size * cos(each):.1f}" for each in turned)
    return f'<polygon points="{drawn}" fill="#ffffff" stroke="{colour}" stroke-width="1.6"/>'


def _names(block: Lines, low: float, high: float) -> Iterator[str]:
    """Each at the height of its last figure, moved down where it would stand over another."""
    ends = []
    for number, line in enumerate(block.lines):
        last = next((each for each in reversed(line.shown) if each), None)
        if last is not None:
            ends.append((_down(float(last), low, high), number, f"{clean(line.name)} {last}"))
    ends.sort()
    heights = _apart([height for height, _, _ in ends])
    for (_, number, name), height in zip(ends, heights, strict=True):
        colour = _COLOURS[number % len(_COLOURS)]
        yield _mark(RIGHT + _BEYOND, height - 4, number, colour)
        yield f'<text x="{RIGHT + 2 * _BEYOND:.1f}" y="{height:.1f}">{escape(name)}</text>'


def _apart(heights: Sequence[float]) -> list[float]:
    """The heights in their order, none nearer than `_APART` to the next; moved up together where the last would fall out."""
    found: list[float] = []
    for height in heights:
        found.append(height + 4 if not found else max(height + 4, found[-1] + _APART))
    beyond = max(0.0, found[-1] - BOTTOM) if found else 0.0
    limits = [BOTTOM - _APART * (len(found) - 1 - place) for place in range(len(found))]
    return [min(height, limit) if beyond else height for height, limit in zip(found, limits, strict=True)]


def _across(place: int, block: Lines) -> float:
    if len(block.columns) == 1:
        return (LEFT + RIGHT) / 2
    return LEFT + 16 + (RIGHT - LEFT - 32) * place / (len(block.columns) - 1)


def _down(figure: float, low: float, high: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * (figure - low) / (high - low)
