"""Tables of states: from where one can be come to, and what somebody is told whose move is not in the table."""

from __future__ import annotations

from enum import StrEnum

import pytest

from shared.problems import Conflict
from shared.states import after, before

pytestmark = pytest.mark.unit


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OUT = "out"


BY_STATE = {Light.RED: {Light.GREEN, Light.OUT}, Light.GREEN: {Light.RED, Light.OUT}, Light.OUT: set()}
BY_ACT = {"switch": {Light.RED: Light.GREEN, Light.GREEN: Light.RED}, "break": {Light.RED: Light.OUT}}
STATES = {"red": ("为红灯", "red"), "green": ("为绿灯", "green"), "out": ("已损坏", "out")}
ACTS = {"switch": ("切换", "be switched"), "break": ("打碎", "break")}


def test_where_a_state_can_be_come_to_from() -> None:
    """As text, for the condition of a statement."""
    assert [before(BY_STATE, light) for light in Light] == [("green",), ("red",), ("red", "green")]


@pytest.mark.parametrize("act", BY_ACT)
@pytest.mark.parametrize("state", Light)
def test_an_act_leads_where_the_table_says_or_is_refused_by_name(act: str, state: Light) -> None:
    """The refusal names both, in both languages."""
    if (wanted := BY_ACT[act].get(state)) is not None:
        assert after(BY_ACT, act, state, what=("信号灯", "the light"), states=STATES, acts=ACTS) is wanted
        return
    with pytest.raises(Conflict) as refused:
        after(BY_ACT, act, state, what=("信号灯", "the light"), states=STATES, acts=ACTS)
    assert refused.value.code == f"cannot_{act}_{state.value}"
    for word in (*STATES[state.value], *ACTS[act]):
        assert word in str(refused.value)
