"""雷达图: shares of full marks around a wheel, as SVG made of lines and text alone. Pure; the same bytes for the same figures."""

from __future__ import annotations

from math import cos, pi, sin
from xml.sax.saxutils import escape, quoteattr

from shared.documents.model import Radar
from shared.documents.text import clean

WIDTH, HEIGHT = 640, 440  # of the picture's own units
_CENTRE = (WIDTH / 2, HEIGHT / 2)
_RADIUS = 150.0
_BEYOND = 16.0  # from the rim to a label
_RINGS = (25, 50, 75, 100)  # percents that have a line
_LINE, _RING, _AREA = "#174a8c", "#9a9a9a", "#e3ecf7"


def svg(block: Radar, font: str = "sans-serif") -> str:
    """The picture, its figures in its text too: nothing is told by colour alone."""
    number = len(block.axes)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' role="img" font-family={quoteattr(font)} font-size="13">',
        f"<title>{escape(clean(block.title))}</title>",
    ]
    for ring in _RINGS:
        parts.append(
            f'<polygon points="{_points((ring,) * number)}" fill="none" stroke="{_RING}" stroke-width="0.6"/>'
        )
    for place in range(number):
        x, y = _at(place, number, _RADIUS)
        parts.append(
            f'<line x1="{_CENTRE[0]:.1f}" y1="{_CENTRE[1]:.1f}" x2="{x:.1f}" y2="{y:.1f}" stroke="{_RING}" stroke-width="0.6"/>'
        )
    parts.append(
        f'<polygon points="{_points(block.percents)}" fill="{_AREA}" fill-opacity="0.6" stroke="{_LINE}" stroke-width="2"/>'
    )
    for ring in _RINGS:
        x, y = _at(0, number, ring / 100 * _RADIUS)
        parts.append(f'<text x="{x + 3:.1f}" y="{y + 10:.1f}" font-size="9" fill="#404040">{ring}</text>')
    for place, (axis, percent) in enumerate(zip(block.axes, block.shown, strict=True)):
        x, y = _at(place, number, _RADIUS + _BEYOND)
        anchor = "middle" if abs(x - _CENTRE[0]) < 1 else "start" if x > _CENTRE[0] else "end"
        drop = 0 if y < _CENTRE[1] - 1 else 9
        parts.append(
            f'<text x="{x:.1f}" y="{y + drop:.1f}" text-anchor="{anchor}">{escape(clean(axis))} {escape(percent)}</text>'
        )
    return "\n".join([*parts, "</svg>"])


def _points(percents: tuple[float, ...]) -> str:
    corners = (_at(place, len(percents), each / 100 * _RADIUS) for place, each in enumerate(percents))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _at(place: int, number: int, distance: float) -> tuple[float, float]:
    """A point on a spoke, the first one straight up, clockwise."""
    angle = 2 * pi * place / number
    return _CENTRE[0] + distance * sin(angle), _CENTRE[1] - distance * cos(angle)
