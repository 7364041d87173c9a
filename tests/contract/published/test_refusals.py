"""What is refused is refused by field, with the reason in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from shared import contracts
from shared.problems import Invalid

pytestmark = pytest.mark.contract

DRAFT = dict(contracts.operation("intake", "create_application").example)


def _refused(changes: dict[str, Any]) -> Any:
    with pytest.raises(Invalid) as refused:
        contracts.load(contracts.operation("intake", "create_application").request(), {**DRAFT, **changes})
    (error,) = refused.value.errors
    return error


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uscc": "91310105MAXY50013F"}, "uscc"),  # wrong check character
        ({"uscc": 7}, "uscc"),
        ({"kind": "club"}, "kind"),
        ({"surprise": 1}, "surprise"),
        ({"facts": {"profit_yuan": {"24": 1}}}, "facts.profit_yuan.24.key"),
        ({"facts": {"for_profit": "yes"}}, "facts.for_profit"),
        ({"facts": {"registered_on": "2025-02-30"}}, "facts.registered_on"),
        ({"materials": ["proofs\n"]}, "materials.0"),  # a line's end is no part of a name
        ({"name": None}, "name"),
    ],
)
def test_a_wrong_field_is_named_with_its_reason(changes: dict[str, Any], field: str) -> None:
    """One wrong field, one error, at its path; Chinese for people, English beside it."""
    error = _refused(changes)
    assert error.field == field
    assert error.reason_en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error.reason_zh), error.reason_zh
