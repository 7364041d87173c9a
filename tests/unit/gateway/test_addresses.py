"""A rule that compiles its builders late matches and builds what Werkzeug's own does."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.routing import BuildError, Map, MapAdapter, Rule

from services.gateway.addresses import LateRule

RULES = (
    ("/cycles/<cycle_id>/stages/<self>", "stage"),
    ("/cycles/<int:number>", "cycle"),
    ("/公示", "notices"),
)


def adapter(kind: type[Rule]) -> MapAdapter:
    return Map([kind(rule, endpoint=name) for rule, name in RULES]).bind("localhost")


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("stage", {"cycle_id": "甲/1", "self": "a b"}),
        ("stage", {"cycle_id": "c", "self": "s", "more": "x&y"}),
        ("cycle", {"number": 7}),
        ("notices", {}),
    ],
)
@pytest.mark.parametrize("unknown", [True, False])
def test_it_builds_what_the_other_builds(endpoint: str, values: dict[str, object], unknown: bool) -> None:
    """Escaped parts, a part named like the method's own argument, values that are no part."""
    late, other = (adapter(kind).build(endpoint, values, append_unknown=unknown) for kind in (LateRule, Rule))
    assert late == other


def test_it_refuses_and_matches_what_the_other_does() -> None:
    """A part that is missing, an address that no rule has, one that a rule has."""
    for kind in (LateRule, Rule):
        found = adapter(kind)
        with pytest.raises(BuildError):
            found.build("stage", {"cycle_id": "c"})
        with pytest.raises(NotFound):
            found.match("/cycles/x")
        assert found.match("/cycles/c/stages/s") == ("stage", {"cycle_id": "c", "self": "s"})
