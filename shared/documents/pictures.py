"""图: every kind of picture as SVG, and the table that belongs beside it, so that pages and papers show the same. Pure."""

from __future__ import annotations

from shared.documents import bars, funnel, lines, radar
from shared.documents.drawing import Reading, said
from shared.documents.model import Bars, Funnel, Lines, Picture, Radar, Table


def svg(block: Picture, font: str = "sans-serif") -> str:
    """The picture, with its name first; a page sets it as it is, and so does typst."""
    match block:
        case Radar():
            return radar.svg(block, font)
        case Lines():
            return lines.svg(block, font)
        case Funnel():
            return funnel.svg(block, font)
        case Bars():
            return bars.svg(block, font)


def table(block: Picture, heading: str = "", reading: Reading = "both") -> Table:
    """The figures of a picture as a table. `heading` stands over the names, `reading` says in which language the rest is."""
    match block:
        case Radar():
            headings = (heading or said("类别", "Category", reading), said("得分率（%）", "Percent", reading))
            return Table(headings, tuple(zip(block.axes, block.shown, strict=True)), (3, 1), frozenset({1}))
        case Lines():
            return lines.table(block, heading or said("指标", "Index", reading))
        case Funnel():
            return funnel.table(block, reading)
        case Bars():
            return bars.table(block, heading, reading)
