"""Rules that are read once match and build as werkzeug's own."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from services.gateway.addresses import LateRule
from services.gateway.routes import ROUTES

RULES = [(route.rule, route.verb) for route in ROUTES]


def test_a_rule_that_was_read_before_is_the_same_rule() -> None:
    """In a second map as in the first: its parts, what it takes, and the address that is built of it."""
    maps = [Map([kind(rule, methods=[verb]) for rule, verb in RULES]) for kind in (Rule, LateRule, LateRule)]
    usual, first, second = (list(each.iter_rules()) for each in maps)
    for one, other in [*zip(usual, first, strict=True), *zip(usual, second, strict=True)]:
        assert (one._parts, one._trace, one.arguments) == (other._parts, other._trace, other.arguments)
        values = dict.fromkeys(one.arguments, "x y")
        assert one.build(values) == other.build(values)


def test_an_address_leads_where_it_led() -> None:
    """Names in it are given; another verb and an unknown address are refused."""
    rules = [LateRule("/a/<name>", methods=[verb], endpoint=verb) for verb in ("GET", "PUT")]
    asked = Map(rules).bind("localhost")
    assert asked.match("/a/b", "PUT") == ("PUT", {"name": "b"})
    with pytest.raises(MethodNotAllowed):
        asked.match("/a/b", "DELETE")
    with pytest.raises(NotFound):
        asked.match("/a/b/c")
