"""What a committee's page offers first: nobody is sent to a ballot that cannot be opened yet."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from services.gateway.portal.deciding.blocks import Ways
from services.gateway.portal.deciding.committee import _acts
from services.gateway.portal.visit import Visit
from shared.rulebooks import Rulebook

_BOOK = cast(Rulebook, SimpleNamespace(stages=[SimpleNamespace(owner="committee", key="committee")]))


def _offered(**now: Any) -> tuple[list[str], list[str]]:
    """The ends of the addresses that are buttons, and of those that are links."""
    visit = cast(Visit, SimpleNamespace(may=lambda operation: True))
    standing = {"state": "none", "members": 5, "present": [], "quorum": 4, **now}
    main, rest = (
        block for block in _acts(visit, _BOOK, "c1", standing) if block is None or isinstance(block, Ways)
    )
    ends = [
        [way[0].removeprefix("/cycles/c1/") for way in block.ways] if block else [] for block in (main, rest)
    ]
    return ends[0], ends[1]


def test_members_are_called_then_counted_then_the_ballot_is_opened() -> None:
    """One button at a time: calling, recording who is there until there is a quorum, beginning."""
    assert _offered(members=0) == (["committee/members"], [])
    main, rest = _offered(present=["a", "b", "c"])
    assert main == ["committee/attendance"]
    assert "stages/committee/begin" in rest
    main, rest = _offered(present=["a", "b", "c", "d"])
    assert main == ["stages/committee/begin"]
    assert "committee/attendance" in rest
