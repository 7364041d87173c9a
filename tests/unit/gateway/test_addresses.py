"""Rules that are read once match and build as werkzeug's own."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from services.gateway.addresses import Gathering, LateRule
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


def _complete(rules: list[tuple[str, str]]) -> Map:
    gathering = Gathering()
    for rule, verb in rules:
        gathering.add(LateRule(rule, methods=[verb], endpoint=f"{verb} {rule}"))
    return gathering.complete()


def test_the_same_addresses_have_one_map_and_others_another() -> None:
    """A rule more, less, of another verb or in another place makes another map; each leads where its rules say."""
    first = _complete(RULES)
    assert _complete(list(RULES)) is first
    changed = [(RULES[0][0], "PATCH"), *RULES[1:]]
    others = [_complete(rules) for rules in (RULES[1:], RULES[::-1], [*RULES, ("/another", "GET")], changed)]
    assert len({id(each) for each in (first, *others)}) == 1 + len(others)
    assert others[2].bind("localhost").match("/another") == ("GET /another", {})
    with pytest.raises(NotFound):
        first.bind("localhost").match("/another")
    assert len(list(first.iter_rules())) == len(RULES)
