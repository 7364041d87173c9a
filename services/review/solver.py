"""HiGHS behind a small face, for panels, timetables and routes: the same answer for the same program every time.

One thread and one random seed. The clock decides no answer: whoever runs out of time (`time_limit.within`) has none, unless it
asked for the best that was found so far. The library is imported when a program is first made, so that a service which forms no
panel does not load it, and its banner is kept from standard output.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.review.time_limit import NotSolvedError, OutOfTimeError, time_left

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Indices = np.ndarray[Any, np.dtype[np.int32]]
AnyIndices = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]

_OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.5,  # objectives are whole numbers: what is less than one away is reached
    "mip_feasibility_tolerance": 1e-7,
}


_DUAL, _PRIMAL = 1, 4  # of the solver's simplex strategies


_BANNER = (b"Running HiGHS", b"Includes third-party")
_STDOUT = 1

_first = threading.Lock()
_greeted = False  # the banner is printed by the first of a process alone


@dataclass(frozen=True)
class Solution:
    """`bound` is what no solution can be below; `duals` and `reduced` (costs) where the program was linear.

    `proved`: the optimum, as near to its bound as was asked.
    """

    values: Numbers
    objective: float
    bound: float
    duals: Numbers
    reduced: Numbers
    proved: bool = True

    def whole(self) -> bool:
        """Whether every value is a whole number."""
        return bool(np.all(np.abs(self.values - np.rint(self.values)) < 1e-6))


def version() -> str:
    """The solver's name and version, for the record of a draw."""
    return f"HiGHS {_made()[1].version()}"


def _made() -> tuple[Any, Any]:
    """The library and a new solver."""
    global _greeted  # noqa: PLW0603 - the library itself greets once for each process
    import highspy

    with _first:
        if _greeted:
            return highspy, highspy.Highs()  # type: ignore[no-untyped-call]
        with _without_banner():
            made = highspy.Highs()  # type: ignore[no-untyped-call]
        _greeted = True
    return highspy, made


@contextmanager
def _without_banner() -> Iterator[None]:
    """What C code writes to standard output meanwhile goes there all the same, but for the banner, which no option silences."""
    with suppress(AttributeError, OSError, ValueError):
        sys.stdout.flush()
    try:
        real = os.dup(_STDOUT)
    except OSError:  # there is no standard output
        yield
        return
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), _STDOUT)
        try:
            yield
        finally:
            ctypes.CDLL(None).fflush(None)  # or the banner would come out of the library's buffer later
            os.dup2(real, _STDOUT)
            caught.seek(0)
            others = [line for line in caught.readlines() if not line.startswith(_BANNER)]
            os.write(real, b"".join(others))
            os.close(real)


class Program:
    """A program that is minimized. Columns and rows may be added between two solutions."""

    def __init__(self) -> None:
        self._api, self._highs = _made()
        for name, value in _OPTIONS.items():
            self._highs.setOptionValue(name, value)
        self.columns = 0
        self.rows = 0
        self._whole = False

    def add_columns(
        self, costs: Sequence[float] | Numbers, upper: Sequence[float] | Numbers, *, whole: bool = True
    ) -> int:
        """Columns from 0 to `upper`, in no row yet. Gives the number of the first."""
        count, first = len(costs), self.columns
        empty = np.zeros(0, dtype=np.int32)
        self._highs.addCols(
            count, np.asarray(costs, float), np.zeros(count), np.asarray(upper, float), 0,
            np.zeros(count, dtype=np.int32), empty, np.zeros(0),
        )  # fmt: skip
        self.columns += count
        if whole:
            self.require_whole(np.arange(first, self.columns, dtype=np.int32))
        return first

    def add_sparse_columns(
        self, costs: Numbers, upper: Numbers, starts: Indices, rows: Indices, values: Numbers
    ) -> int:
        """Continuous columns with their entries in rows that are there already. Gives the number of the first."""
        first = self.columns
        self._highs.addCols(len(costs), costs, np.zeros(len(costs)), upper, len(rows), starts, rows, values)
        self.columns += len(costs)
        return first

    def require_whole(self, columns: Indices) -> None:
        """These columns take whole numbers alone."""
        kinds = np.full(len(columns), int(self._api.HighsVarType.kInteger), dtype=np.uint8)
        self._highs.changeColsIntegrality(len(columns), columns, kinds)
        self._whole = True

    def add_row(
        self,
        columns: Sequence[int] | AnyIndices,
        values: Sequence[float] | Numbers,
        least: float = -np.inf,
        most: float = np.inf,
    ) -> int:
        """One row. Gives its number."""
        self._highs.addRows(
            1, np.array([least]), np.array([most]), len(columns), np.zeros(1, dtype=np.int32),
            np.asarray(columns, dtype=np.int32), np.asarray(values, float),
        )  # fmt: skip
        self.rows += 1
        return self.rows - 1

    def add_rows(
        self, least: Numbers, most: Numbers, starts: Indices, columns: Indices, values: Numbers
    ) -> int:
        """Many rows, one after the other. Gives the number of the first."""
        first = self.rows
        self._highs.addRows(len(least), least, most, len(columns), starts, columns, values)
        self.rows += len(least)
        return first

    def set_costs(self, costs: Numbers) -> None:
        """Another objective: one cost for every column."""
        self._highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), costs)

    def costs(self) -> Numbers:
        """The objective."""
        return np.array(self._highs.getLp().col_cost_)

    def bound_columns(self, columns: AnyIndices, least: Numbers, most: Numbers) -> None:
        """Other limits of many columns."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), least, most)

    def allow_gap(self, share: float) -> None:
        """The search for whole numbers may end this near to its bound."""
        self._highs.setOptionValue("mip_rel_gap", share)

    def bound_column(self, column: int, least: float, most: float) -> None:
        """Other limits of one column."""
        self._highs.changeColBounds(column, least, most)

    def bound_row(self, row: int, least: float, most: float) -> None:
        """Other limits of one row."""
        self._highs.changeRowBounds(row, least, most)

    def limit_nodes(self, most: int) -> None:
        """The search for whole numbers ends after so many nodes."""
        self._highs.setOptionValue("mip_max_nodes", most)

    def solve(self, *, grown: bool = False, unproved: bool = False) -> Solution | None:
        """The optimum; None where it is proved that there is no solution. Raises NotSolvedError, OutOfTimeError.

        `grown`: columns were added since the last one, whose end is then a beginning for the primal simplex alone.
        `unproved`: of a search for whole numbers that ended by nodes or time, the best that was found.
        """
        self._highs.setOptionValue("time_limit", time_left())
        self._highs.setOptionValue("simplex_strategy", _PRIMAL if grown else _DUAL)
        self._highs.run()
        status, known = self._highs.getModelStatus(), self._api.HighsModelStatus
        if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
            return None
        if status == known.kModelEmpty:
            return Solution(np.zeros(self.columns), 0.0, 0.0, np.zeros(self.rows), np.zeros(self.columns))
        proved = status == known.kOptimal
        found = self._highs.getSolution()
        if not proved and not (unproved and self._whole and found.value_valid):
            raise (OutOfTimeError if status == known.kTimeLimit else NotSolvedError)(str(status))
        info = self._highs.getInfo()
        return Solution(
            values=np.asarray(found.col_value),
            objective=info.objective_function_value,
            bound=info.mip_dual_bound if self._whole else info.objective_function_value,
            duals=np.asarray(found.row_dual) if not self._whole else np.zeros(0),
            reduced=np.asarray(found.col_dual) if not self._whole else np.zeros(0),
            proved=proved,
        )
