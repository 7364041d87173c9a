"""Long lists: filter, order and page stand in the address, so that a list can be kept and sent. Pure.

What an address asks for and nobody offers is left out, and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlencode

SIZES = (50, 100, 200)


@dataclass(frozen=True)
class Listing:
    """What is asked of a list. `filters` by name, `sort` a column (with `-` before it from the last to the first)."""

    path: str
    filters: Mapping[str, str]
    sort: str
    page: int = 1
    size: int = SIZES[0]
    ignored: tuple[str, ...] = field(default=())

    def pages(self, total: int) -> int:
        """How many pages so many entries fill; one where there is none."""
        return max(1, -(-total // self.size))

    def address(self, **changed: object) -> str:
        """This list with something else asked; another filter or order begins at the first page."""
        terms: dict[str, object] = {**self.filters, "sort": self.sort, "size": self.size, "page": self.page}
        if changed.keys() - {"page"}:
            terms["page"] = 1
        terms |= changed
        kept = [
            (name, str(value))
            for name, value in terms.items()
            if value not in (None, "", 1) or name == "page"
        ]
        return f"{self.path}?{urlencode(kept)}"

    def without(self, name: str) -> str:
        """This list without one filter."""
        return self.address(**{name: None})

    def sorted_by(self, column: str) -> tuple[str, str]:
        """The address that orders by a column, the other way round where it does already; and its `aria-sort`."""
        if self.sort == column:
            return self.address(sort=f"-{column}"), "ascending"
        if self.sort == f"-{column}":
            return self.address(sort=column), "descending"
        return self.address(sort=column), "none"

    @property
    def asked(self) -> dict[str, object]:
        """As the operations take it."""
        return {**self.filters, "sort": self.sort, "page": self.page, "size": self.size}


def read(
    path: str,
    given: Iterable[tuple[str, str]],
    *,
    filters: Mapping[str, Sequence[str] | None] = MappingProxyType({}),
    columns: Sequence[str] = (),
    sort: str = "",
) -> Listing:
    """An address's words. `filters`: name to what it may be, None for any text; the order is `sort` unless a column is named."""
    found: dict[str, str] = {}
    ignored: list[str] = []
    page, size, order = 1, SIZES[0], sort
    for name, value in given:
        text = value.strip()
        if not text:
            continue
        if name in filters and name not in found:
            offered = filters[name]
            if offered is None or text in offered:
                found[name] = text
                continue
        elif name == "sort" and text.removeprefix("-") in columns:
            order = text
            continue
        elif name == "page" and text.isdecimal() and 0 < len(text) < 7 and int(text):
            page = int(text)
            continue
        elif name == "size" and text in {str(each) for each in SIZES}:
            size = int(text)
            continue
        ignored.append(f"{name}={text}"[:60])
    return Listing(path, found, order, page, size, tuple(ignored))
