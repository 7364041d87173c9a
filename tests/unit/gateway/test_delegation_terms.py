"""代办的条件: what may be lent to whom, for which days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.gateway.delegation.terms import (
    LENDABLE,
    MOVES,
    State,
    before,
    excluded,
    faults,
    require,
    state_on,
)
from shared.contracts.operations import ROLES
from shared.problems import Invalid

TODAY = date(2026, 3, 2)


def fields_of(**changes: Any) -> set[str]:
    given: dict[str, Any] = {
        "role": "award_office", "giver_roles": ["award_office"], "giver_unit": None, "helper_roles": ["award_office"],
        "helper_unit": None, "same": False, "starts_on": TODAY, "ends_on": TODAY, "today": TODAY, "most_days": 92,
    }  # fmt: skip
    return {fault.field for fault in faults(**{**given, **changes})}


def test_a_role_of_an_office_is_lent_for_a_day_or_for_the_longest_time() -> None:
    assert fields_of() == set()
    assert fields_of(ends_on=TODAY + timedelta(days=91)) == set()
    assert fields_of(ends_on=TODAY + timedelta(days=92)) == {"ends_on"}


@pytest.mark.parametrize("role", [role for role in ROLES if role not in LENDABLE])
def test_what_is_personal_is_never_lent(role: str) -> None:
    assert "role" in fields_of(role=role, giver_roles=[role], helper_roles=[])


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"giver_roles": ["finance"]}, {"role"}),
        ({"same": True}, {"helper"}),
        ({"starts_on": TODAY - timedelta(days=1)}, {"starts_on"}),
        ({"ends_on": TODAY - timedelta(days=1)}, {"ends_on"}),
        ({"helper_roles": ["reviewer"]}, {"helper"}),
        ({"helper_roles": ["finance"]}, {"helper"}),
        ({"helper_roles": ["committee_member", "applicant"]}, {"helper"}),
        ({"giver_unit": "示例街道", "helper_unit": "示例镇"}, {"helper"}),
        ({"giver_unit": "示例街道", "helper_unit": None}, {"helper"}),
        ({"giver_unit": "示例街道", "helper_unit": "示例街道"}, set()),
        ({"giver_unit": None, "helper_unit": "示例街道"}, set()),
    ],
)
def test_what_stands_against_it_is_said_at_its_field(changes: dict[str, Any], fields: set[str]) -> None:
    assert fields_of(**changes) == fields


def test_a_pair_that_excludes_each_other_is_told_with_its_reason() -> None:
    (pair,) = excluded(["reviewer"], "award_office")
    assert pair.roles == {"award_office", "reviewer"}
    assert not excluded(["award_office", "rehearser"], "award_office")
    with pytest.raises(Invalid) as refused:
        require(faults(
            role="award_office", giver_roles=["award_office"], giver_unit=None, helper_roles=["reviewer"], helper_unit=None,
            same=False, starts_on=TODAY, ends_on=TODAY, today=TODAY, most_days=92,
        ))  # fmt: skip
    assert pair.reason_zh in str(refused.value.detail_zh)
    assert refused.value.code == "not_to_be_lent"


@pytest.mark.parametrize(
    ("offset", "ended", "state"),
    [
        (-1, False, State.COMING), (0, False, State.RUNNING), (3, False, State.RUNNING), (4, False, State.OVER),
        (-1, True, State.ENDED), (0, True, State.ENDED), (4, True, State.ENDED),
    ],
)  # fmt: skip
def test_how_it_stands_on_a_day(offset: int, ended: bool, state: State) -> None:
    last = TODAY + timedelta(days=3)
    assert state_on(TODAY + timedelta(days=offset), TODAY, last, ended=ended) is state


def test_the_moves_are_these_and_no_others() -> None:
    assert {(one.value, other.value) for one, onward in MOVES.items() for other in onward} == {
        ("coming", "running"), ("coming", "ended"), ("running", "ended"), ("running", "over"),
    }  # fmt: skip
    assert set(before(State.ENDED)) == {"coming", "running"}
