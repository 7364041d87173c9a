"""评分条款: what a score sheet asks, item by item, with points and maturity bands. Frozen data; no I/O.

Points are the standard's own (1,000 in all, say). A percent is of an item's full marks, kept in thousandths of a percent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shared.rulebooks.saying import Words

Kind = Literal["process", "result"]
THOUSANDTHS = 1000


@dataclass(frozen=True)
class Band:
    """成熟度等级: a range of percents, both ends in it, and what each dimension looks like there."""

    key: str
    first: int
    last: int
    looks: Mapping[str, Words]


@dataclass(frozen=True)
class Scale:
    """How items of one kind are weighed: the dimensions looked at, and the bands from the lowest to the highest."""

    kind: Kind
    dimensions: Mapping[str, Words]
    bands: tuple[Band, ...]

    def band_of(self, thousandths: int) -> Band | None:
        """The band that holds a percent; None for one between two bands or outside all."""
        inside = (b for b in self.bands if b.first * THOUSANDTHS <= thousandths <= b.last * THOUSANDTHS)
        return next(inside, None)


@dataclass(frozen=True)
class Provenance:
    """Where an item or its points are taken from; `assumed`: no text at hand gives it."""

    key: str
    says: Words
    assumed: bool


@dataclass(frozen=True)
class Criterion:
    """条款: a category, or an item of one. Only items without children are scored, and only these have a kind for sure:
    of what holds both processes and results it is None. `clause` is where the source has it.
    """

    key: str
    title: Words
    points: int
    kind: Kind | None
    children: tuple[Criterion, ...]
    asks: Words | None
    clause: str | None
    source: str
    points_source: str

    def leaves(self) -> Iterator[Criterion]:
        """The items that are scored, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(frozen=True, eq=False)  # one object a file: compared by what it is
class CriteriaTree:
    """One standard in one edition. A sheet's percents are multiples of `step` percent."""

    id: str
    standard: str
    edition: str
    title: Words
    step: int
    scales: Mapping[Kind, Scale]
    sources: Mapping[str, Provenance]
    children: tuple[Criterion, ...]
    sha256: str
    _leaves: dict[str, Criterion] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        leaves = {leaf.key: leaf for child in self.children for leaf in child.leaves()}
        object.__setattr__(self, "_leaves", leaves)

    @property
    def points(self) -> int:
        """Full marks."""
        return sum(child.points for child in self.children)

    @property
    def leaves(self) -> tuple[Criterion, ...]:
        """The items that are scored, in order."""
        return tuple(self._leaves.values())

    def leaf(self, key: str) -> Criterion | None:
        """The item of that key that is scored."""
        return self._leaves.get(key)

    def scale_of(self, leaf: Criterion) -> Scale:
        """How an item is weighed."""
        assert leaf.kind is not None  # of a leaf the loader asks for one
        return self.scales[leaf.kind]

    def in_step(self, thousandths: int) -> bool:
        """Whether a percent is a multiple of the step."""
        return thousandths % (self.step * THOUSANDTHS) == 0


@dataclass(frozen=True)
class CriteriaRule:
    """Which standard a rulebook names for whom. The file is read when a sheet first asks for it; its hash stands in the
    rulebook, so that a cycle that pins the rulebook pins it too. `categories` None: all, or the rulebook has none.
    """

    file: str
    sha256: str
    kinds: tuple[str, ...]
    categories: tuple[str, ...] | None
    read: Callable[[], CriteriaTree] = field(compare=False, repr=False)

    def addresses(self, kind: str, category: str | None) -> bool:
        """Whether applicants of this kind and category are scored by it."""
        return kind in self.kinds and (self.categories is None or category in self.categories)
