"""Who may take which way in: every route with every role, and without any."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.gateway.routes import ROUTES, Route, roles_of, spec_of
from shared.contracts.operations import PUBLIC
from tests.support.gateway import EVERYBODY, Bench, InProcess, address, make_bench

_IDS = [f"{route.verb} {route.path}" for route in ROUTES]

# What an operation of the gateway itself says to the example of its contract: wrong password, no such account, name taken.
_OWN_REFUSALS = {
    "sign_in_failed",
    "invalid",
    "not_found",
    "account_exists",
    "too_many_attempts",
    "invalid_client",
    "player_away",  # no player beside this gateway
    "file_checking",
    "content_away",
    "wrong_version",
    "own_name_only",
    "no_second_factor",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    # Every route signs the program of an agency in anew: how much that may ask is no matter of this matrix.
    bench = make_bench(tmp_path_factory.mktemp("gateway"), InProcess(), agency_requests=100_000)
    yield bench
    bench.store.close()


def _let_in(route: Route, role: str | None) -> bool:
    allowed = roles_of(route)
    return PUBLIC in allowed or (role is not None and role in allowed)


@pytest.mark.parametrize("route", ROUTES, ids=_IDS)
def test_a_route_lets_in_exactly_the_roles_of_its_operation(bench: Bench, route: Route) -> None:
    """Others are told 403, the public 401; whoever is let in gets the answer, or the operation's own refusal."""
    for role in EVERYBODY:
        bench.tokens.pop(role or "", None)  # the route before may have ended it
        answer = bench.request(route, role)
        if _let_in(route, role):
            if route.verb == "HEAD":
                assert answer.status_code not in {401, 403}, role  # a refusal without words
            elif answer.status_code != route.status:
                refusal = answer.json.get("code") or answer.json.get("error")
                assert refusal in _OWN_REFUSALS, (role, answer.json)
        else:
            assert (401 if role is None else 403) == answer.status_code, role
            if route.verb != "HEAD":
                assert ("unauthenticated" if role is None else "forbidden") == answer.json["code"], role


def test_the_roles_of_every_operation_exist() -> None:
    """A role that nobody can hold would lock a route for ever."""
    for route in ROUTES:
        assert set(roles_of(route)) <= {PUBLIC, *(role for role in EVERYBODY if role)}, spec_of(route).name


def test_the_office_alone_objects_as_the_office(bench: Bench) -> None:
    """The route is public, but what was found by the office itself is said by the office only."""
    route = next(r for r in ROUTES if r.operation == "eligibility.object")
    body = {"application_id": "a1", "source": "office", "evidence": True}
    for role in EVERYBODY:
        answer = bench.client.post(address(route), json=body, headers=bench.headers(role))
        assert answer.status_code == (201 if role == "award_office" else 403), role
