"""The table of routes: complete, without twins, and about fields that exist."""

from __future__ import annotations

from itertools import chain

import pytest

from services.gateway.local import LOCAL
from services.gateway.own import OWN
from services.gateway.routes import ROUTES, SERVICES, TAGS, Route, operations_behind, spec_of
from shared.contracts import load
from shared.contracts.operations import OPERATIONS
from shared.problems import Invalid
from shared.rulebooks import library


def test_every_operation_has_a_route() -> None:
    assert set(chain.from_iterable(operations_behind(route) for route in ROUTES)) == set(OPERATIONS)


def test_every_operation_of_the_gateway_has_a_route_and_an_answer() -> None:
    routed = {r.operation.partition(".")[2] for r in ROUTES if r.operation.startswith("gateway.")}
    assert routed == set(OWN) == set(LOCAL)


def test_no_two_routes_are_one() -> None:
    assert len({(route.verb, route.rule) for route in ROUTES}) == len(ROUTES)
    assert len({route.name for route in ROUTES}) == len(ROUTES)


def test_the_operations_of_all_owners_of_stages_are_alike() -> None:
    """One route stands for all of them, with the schemas and roles of one."""
    for method in ("stage", "begin_stage", "close_stage", "audit"):
        alike = {
            (o.kind, o.request, o.reply, o.roles)
            for o in (OPERATIONS[f"{service}.{method}"] for service in SERVICES)
        }
        assert len(alike) == 1, method


def test_every_stage_of_every_rulebook_has_an_owner_that_is_asked() -> None:
    for name in library().ids():
        for stage in library().get(name).stages:
            assert f"{stage.owner}.begin_stage" in OPERATIONS


def test_the_names_in_a_path_are_fields_of_the_request() -> None:
    """Here and below all routes of which it is not so are told at once."""
    wrong = [route for route in ROUTES if not set(route.in_path) <= set(spec_of(route).request().fields)]
    assert wrong == []
    assert {route.tag for route in ROUTES} <= set(TAGS)


def test_a_question_is_a_get_and_a_command_is_not() -> None:
    asking = {"GET", "HEAD", "OPTIONS"}
    assert [route for route in ROUTES if (spec_of(route).kind == "query") != (route.verb in asking)] == []


def test_the_example_of_a_route_is_accepted_by_its_contract() -> None:
    refused = {}
    for route in ROUTES:
        operation = spec_of(route)
        try:
            load(operation.request(), dict(operation.example))
        except Invalid as problem:
            refused[f"{route.verb} {route.path}"] = problem.as_dict()
    assert refused == {}


def test_only_the_gateway_itself_takes_or_gives_other_than_json() -> None:
    """A service is asked over the bus, which carries no files."""
    with pytest.raises(ValueError, match="other than JSON"):
        Route("GET", "/x", "intake.cycles", "cycles", gives="application/zip")
