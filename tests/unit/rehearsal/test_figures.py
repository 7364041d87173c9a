"""Which figure a reviewer gives, and how it goes onto the sheet."""

from __future__ import annotations

from decimal import Decimal

import pytest

from deploy.rehearsal.figures import as_text, decimals, figure_for, sheet
from deploy.rehearsal.scenario import Figure

D = Decimal

STAGES = ["document_review", "defence", "site_review"]
SCORES: dict[str, dict[str, Figure]] = {
    "document_review": {"anna": D(82), "others": D(60)},
    "defence": {"ben": (D(80), D(84), D(79))},
    "site_review": {"carl": D(70)},
}


@pytest.mark.parametrize(
    ("stage", "handle", "figure"),
    [
        ("document_review", "anna", D(82)),
        ("document_review", "ben", D(60)),
        ("defence", "anna", D(82)),
        ("defence", "ben", (D(80), D(84), D(79))),
        ("site_review", "ben", (D(80), D(84), D(79))),
        ("site_review", "carl", D(70)),
        ("defence", "carl", D(60)),
    ],
)
def test_own_then_others_then_the_stage_before(stage: str, handle: str, figure: Figure) -> None:
    """A stage or applicant left out takes the applicant's figure of the stage before."""
    assert figure_for(SCORES, STAGES, stage, handle) == figure


def test_a_stage_that_the_applicant_does_not_come_to_is_passed_over() -> None:
    """The stage before is the one before on the applicant's own way."""
    assert figure_for(SCORES, ["document_review", "site_review"], "site_review", "ben") == D(60)


def test_no_figure_anywhere() -> None:
    """None, never a guess; and a later stage says nothing of an earlier one."""
    assert figure_for({"site_review": {"anna": D(1)}}, STAGES, "defence", "anna") is None


def test_a_list_is_in_order_of_assignment() -> None:
    """Position 1 is the first assigned; one number is everybody's."""
    assert [sheet((D(1), D(2), D(3)), position, 3) for position in (1, 2, 3)] == [D(1), D(2), D(3)]
    assert sheet(D("79.5"), 2, 3) == D("79.5")


def test_a_list_for_another_number_of_reviewers_counts_by_its_score() -> None:
    """Three read the documents, thirteen hear the defence: the score before is carried on, half up to two places."""
    assert sheet((D(80), D(84), D(79)), 13, 13) == D("81.00")
    assert sheet((D(80), D("80.005"), D("80.010")), 1, 13) == D("80.01")
    assert sheet((D(1), D(2), D(2)), 1, 5) == D("1.67")


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [("80", 0, "80"), ("80.50", 1, "80.5"), ("80.125", 3, "80.125"), ("1E+2", 0, "100"), ("0", 0, "0"),
     ("0.001", 3, "0.001"), ("80.1230", 3, "80.123"), ("80.0001", 4, "80.0001"), ("100.000", 0, "100")],
)  # fmt: skip
def test_decimals_and_text(number: str, places: int, text: str) -> None:
    """Zeros at the end do not count and are not written; no exponent ever is."""
    assert (decimals(D(number)), as_text(D(number))) == (places, text)
