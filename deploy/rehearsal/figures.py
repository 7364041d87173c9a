"""评分: which figure each assigned reviewer gives. Pure, exact decimals, percent of full marks.

An applicant's own figure of a stage goes before the stage's `others`; a stage or applicant left out takes the
applicant's figure of the stage before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from deploy.rehearsal.scenario import OTHERS, Figure

DECIMALS = 3  # that a sheet may have
_PLACES = Decimal("0.01")


def own_figure(scores: Mapping[str, Mapping[str, Figure]], stage: str, handle: str) -> Figure | None:
    """What the file says of an applicant in a stage, or of the others; None where it says nothing."""
    given = scores.get(stage, {})
    return given.get(handle, given.get(OTHERS))


def figure_for(
    scores: Mapping[str, Mapping[str, Figure]], stages: Sequence[str], stage: str, handle: str
) -> Figure | None:
    """The figure of an applicant in a stage; `stages` are the scored ones that it comes to, in order.

    None where no stage up to this one has any.
    """
    for name in reversed(stages[: stages.index(stage) + 1]):
        found = own_figure(scores, name, handle)
        if found is not None:
            return found
    return None


def sheet(figure: Figure, position: int, reviewers: int) -> Decimal:
    """What the reviewer at a position (from 1) gives.

    A list made for another number of reviewers, carried on from the stage before, counts by the score that it came
    to there: its mean, half up to two places.
    """
    if isinstance(figure, Decimal):
        return figure
    if len(figure) == reviewers:
        return figure[position - 1]
    return (sum(figure, Decimal(0)) / len(figure)).quantize(_PLACES, ROUND_HALF_UP)


def decimals(figure: Decimal) -> int:
    """How many decimals a number needs: 80.50 needs one."""
    exponent = figure.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def as_text(figure: Decimal) -> str:
    """88.5 as a sheet carries it: no exponent, no zeros at the end."""
    text = format(figure, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
