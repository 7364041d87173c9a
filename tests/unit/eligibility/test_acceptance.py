"""Whether an objection is accepted."""

from __future__ import annotations

from typing import Any

import pytest

from services.eligibility.acceptance import acceptance
from shared.problems import Invalid
from shared.rulebooks import library

pytestmark = pytest.mark.unit

RULE = library().get("changning-2023").objections
PERSON = {"name": "王芳", "id_number": "11010519491231002X", "uscc": None}
UNIT = {"name": "示例公司", "id_number": None, "uscc": "91310105MAXY50013E"}


@pytest.mark.parametrize(
    ("source", "by", "evidence", "accepted"),
    [
        ("public", PERSON, True, True),
        ("public", UNIT, True, True),
        ("public", None, True, False),  # anonymous
        ("public", PERSON, False, False),
        ("office", None, True, True),
        ("office", None, False, True),
    ],
)
def test_real_name_and_evidence(
    source: str, by: dict[str, Any] | None, evidence: bool, accepted: bool
) -> None:
    """Article 31: real name and evidence; what the office finds itself is taken up. The reason is always given."""
    decided = acceptance(RULE, source=source, by=by, evidence=evidence)
    assert decided.accepted is accepted
    assert decided.reason_zh
    assert decided.reason_en


@pytest.mark.parametrize(
    "by",
    [
        {**PERSON, "id_number": "110105194912310021"},  # wrong check character
        {**PERSON, "id_number": None},
        {**PERSON, "uscc": UNIT["uscc"]},  # a person or a unit, not both
    ],
)
def test_an_identity_that_cannot_be_is_refused_by_name(by: dict[str, Any]) -> None:
    """A wrong number is an error of the form, told at its field, not a lack of acceptance."""
    with pytest.raises(Invalid) as refused:
        acceptance(RULE, source="public", by=by, evidence=True)
    assert refused.value.errors[0].field.startswith("by")
