"""Tables whose rows do not fit their headings are refused at once, not by a writer."""

from __future__ import annotations

import pytest

from shared.documents import Table
from shared.documents.workbook import Sheet


def test_a_row_has_a_cell_for_each_heading() -> None:
    """Too few, too many, or too few shares."""
    assert Table(("a", "b"), (("1", "2"),)).shares == (1, 1)
    for rows, shares in (((("1",),), ()), ((("1", "2", "3"),), ()), ((), (1,))):
        with pytest.raises(ValueError):
            Table(("a", "b"), rows, shares)


def test_a_sheet_too() -> None:
    """Cells and widths."""
    with pytest.raises(ValueError, match="x"):
        Sheet("x", ("a", "b"), (("1",),), (1, 1))
    with pytest.raises(ValueError):
        Sheet("x", ("a", "b"), (), (1,))
