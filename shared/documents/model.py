"""What a document is, whatever it is written as: parts in a language, and in them blocks of plain text.

No text here is markup. A writer shows it as it is, line breaks kept; what its format cannot hold, `text.clean` replaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from math import isfinite
from typing import Literal

Language = Literal["zh", "en"]
_NO_DAY = date(2000, 1, 1)  # of a file that knows none


def written_at(made_on: date | None) -> datetime:
    """The moment that a file says it was written at: its only day, at midnight, never the clock's."""
    return datetime.combine(made_on or _NO_DAY, time())


@dataclass(frozen=True)
class Heading:
    """The heading of a section (level 1) or of something in it (level 2)."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; `strong` where it says what matters, `small` where it is a remark."""

    text: str
    align: Literal["left", "centre", "right"] = "left"
    strong: bool = False
    small: bool = False


@dataclass(frozen=True)
class Callout:
    """What nobody may overlook, in a frame."""

    text: str


@dataclass(frozen=True)
class Entries:
    """要素: labels, each with what stands beside it."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Items:
    """A numbered list."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table whose headings come again on every page.

    `shares` are the columns' widths relative to each other; the columns in `figures` are set to the right. Raises
    ValueError where a row has more or fewer cells than there are headings.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...] = ()
    figures: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        columns = len(self.headings)
        if not self.shares:
            object.__setattr__(self, "shares", (1,) * columns)
        if any(len(line) != columns for line in (self.shares, *self.rows)):
            raise ValueError(f"every row has the {columns} cells of the headings, and every column a share")


@dataclass(frozen=True)
class Radar:
    """雷达图: what share of full marks was reached on each of at least three axes, in percent, 0 to 100, as text.

    Raises ValueError for fewer axes, and for what is no percent. A table of the same figures belongs beside it.
    """

    title: str
    axes: tuple[str, ...]
    shown: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.axes) < 3 or len(self.axes) != len(self.shown):
            raise ValueError("a radar has three axes or more, and a figure for each")
        if not all(0 <= percent <= 100 for percent in self.percents):
            raise ValueError("a figure is no percent from 0 to 100")

    @property
    def percents(self) -> tuple[float, ...]:
        """As they are drawn."""
        return tuple(float(each) for each in self.shown)


@dataclass(frozen=True)
class Line:
    """One line of a chart: its name, and a figure for each column as text, "" where there is none."""

    name: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Lines:
    """折线图: up to six lines over the same columns (years), with a `level` drawn across where one is named.

    Raises ValueError for no column, more lines, a line of another length, and what is no number. A table of the same
    figures belongs beside it: `lines.table`.
    """

    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    level: str = ""

    def __post_init__(self) -> None:
        if not self.columns or len(self.lines) > 6:
            raise ValueError("a chart has a column or more, and six lines at most")
        if any(len(line.shown) != len(self.columns) for line in self.lines):
            raise ValueError("every line has a figure, or none, for each column")
        if not all(isfinite(each) for each in (*self.figures, float(self.level or 0))):
            raise ValueError("a figure is no number")

    @property
    def figures(self) -> tuple[float, ...]:
        """All that are drawn."""
        return tuple(float(each) for line in self.lines for each in line.shown if each)


@dataclass(frozen=True)
class Step:
    """One step of a funnel: how many came to it and how many went on from it; None where nobody can tell (yet)."""

    name: str
    entered: int | None
    left: int | None


@dataclass(frozen=True)
class Funnel:
    """漏斗图: how many came to each step, and how many went on. Raises ValueError for no step, and for a negative number.

    A table of the same numbers belongs beside it: `funnel.table`.
    """

    title: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a funnel has a step or more")
        if any((each or 0) < 0 for step in self.steps for each in (step.entered, step.left)):
            raise ValueError("nobody counts fewer than none")


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart: a name and, for each series, a figure as text ("" where there is none). `said` is how the
    figures are told to people, an amount with its unit say; without it they are told as they are.
    """

    name: str
    shown: tuple[str, ...]
    said: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """What stands beside each bar."""
        return self.said or self.shown


@dataclass(frozen=True)
class Bars:
    """条形图: horizontal bars, one to four series side by side, each bar with its figure in words.

    Raises ValueError for no series or more than four, a row of another length, and what is no number. A table of the same
    figures belongs beside it: `bars.table`.
    """

    title: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]

    def __post_init__(self) -> None:
        many = len(self.series)
        if not 1 <= many <= 4:
            raise ValueError("a chart has one to four series")
        if any(len(bar.shown) != many or len(bar.told) != many for bar in self.bars):
            raise ValueError("every bar has a figure, or none, for each series")
        if not all(isfinite(each) for each in self.figures):
            raise ValueError("a figure is no number")

    @property
    def figures(self) -> tuple[float, ...]:
        """All that are drawn."""
        return tuple(float(each) for bar in self.bars for each in bar.shown if each)


Picture = Radar | Lines | Funnel | Bars
Block = Heading | Paragraph | Callout | Entries | Items | Table | Picture


@dataclass(frozen=True)
class Part:
    """A title with what follows it, in one language, from the top of a page."""

    language: Language
    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""


@dataclass(frozen=True)
class Document:
    """A whole document. `running` stands at the head of every page; `made_on` is the only day that its file knows, so
    that the same document is the same bytes whenever it is written.
    """

    name: str
    parts: tuple[Part, ...]
    running: str = ""
    made_on: date | None = None
