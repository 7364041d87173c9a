"""What every adapter to a city's identity service promises, the stand-in of the tests included."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from deploy.stubs.identities import AUDIENCE, ISSUER, Algorithm, IdentityService
from services.gateway.ballot_box.identities import Identities, Identity, SignedAssertions
from shared.clock import SHANGHAI, FixedClock
from shared.config import ConfigurationError
from shared.problems import Unauthenticated
from tests.support.identities import KnownPeople

pytestmark = pytest.mark.contract

NOW = datetime(2025, 6, 18, 9, 0, tzinfo=SHANGHAI)


@dataclass
class City:
    """A service that issues, and what checks."""

    issue: Callable[..., str]
    people: Identities
    clock: FixedClock


def signed(service: IdentityService, clock: FixedClock) -> SignedAssertions:
    return SignedAssertions.of(service.keys(), issuer=ISSUER, audience=AUDIENCE, leeway=0, clock=clock)


def _city(kind: str) -> City:
    clock = FixedClock(NOW)
    if kind == "known":
        known = KnownPeople(clock)
        return City(known.assertion, known, clock)
    algorithm: Algorithm = "RS256" if kind == "rs256" else "ES256"
    service = IdentityService(algorithm, clock)
    return City(service.assertion, signed(service, clock), clock)


@pytest.fixture(params=["known", "rs256", "es256"])
def city(request: pytest.FixtureRequest) -> City:
    return _city(request.param)


def test_one_person_is_one_identity_in_every_assertion(city: City) -> None:
    """And nobody else's."""
    first, second = (city.people.verify(city.issue("anna")) for _ in range(2))
    assert first == second == Identity(ISSUER, "anna")
    assert city.people.verify(city.issue("ben")) != first


@pytest.mark.parametrize(
    "wrong",
    [
        {"life": timedelta(seconds=-1)},
        {"issuer": "https://somebody.else.test"},
        {"audience": "another-system"},
        {"subject": ""},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_expired_or_made_for_others_is_refused(city: City, wrong: dict[str, object]) -> None:
    """With one code: whoever forges is not told how far it got."""
    given = {"subject": "anna", **wrong}
    with pytest.raises(Unauthenticated) as refused:
        city.people.verify(city.issue(given.pop("subject"), **given))
    assert refused.value.code == "invalid_identity"


def test_an_assertion_ends_with_its_time(city: City) -> None:
    """Good a moment before, refused after."""
    assertion = city.issue("anna", life=timedelta(minutes=5))
    city.clock.move(timedelta(minutes=4, seconds=59))
    city.people.verify(assertion)
    city.clock.move(timedelta(seconds=2))
    with pytest.raises(Unauthenticated):
        city.people.verify(assertion)


@pytest.mark.parametrize("nonsense", ["", "x", "a.b.c", "é", "x" * 10_000, "...."])
def test_what_is_no_assertion_is_refused(city: City, nonsense: str) -> None:
    """Nothing but a refusal, whatever comes."""
    with pytest.raises(Unauthenticated):
        city.people.verify(nonsense)


def test_a_changed_assertion_is_refused(city: City) -> None:
    """Wherever a character is another one."""
    assertion = city.issue("anna")
    for place in (5, len(assertion) // 2):
        other = "A" if assertion[place] != "A" else "B"
        with pytest.raises(Unauthenticated):
            city.people.verify(assertion[:place] + other + assertion[place + 1 :])


def test_one_service_is_not_taken_for_another() -> None:
    """The same claims, signed with another key."""
    clock = FixedClock(NOW)
    mine, others = IdentityService("ES256", clock), IdentityService("ES256", clock)
    with pytest.raises(Unauthenticated):
        signed(mine, clock).verify(others.assertion("anna"))


def test_a_secret_made_of_the_public_key_signs_nothing() -> None:
    """An assertion that says HS256, or that it needs no signature, is refused whatever it is signed with."""
    clock = FixedClock(NOW)
    service = IdentityService("RS256", clock)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "anna", "exp": int(NOW.timestamp()) + 60}
    secret = OctKey.import_key(service.keys().encode())
    forged = jwt.encode({"alg": "HS256", "kid": "stub-1"}, claims, secret)
    head, body = (urlsafe_b64encode(json.dumps(part).encode()) for part in ({"alg": "none"}, claims))
    unsigned = f"{head.decode().rstrip('=')}.{body.decode().rstrip('=')}."
    for each in (forged, unsigned):
        with pytest.raises(Unauthenticated):
            signed(service, clock).verify(each)


def test_keys_that_could_sign_are_not_taken() -> None:
    """Private keys, secrets, none at all, and what is no JWKS stop the start."""
    service = IdentityService("ES256")
    secret = json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"}]})
    for keys in (service.private_keys(), secret, '{"keys": []}', "[]", "nothing"):
        with pytest.raises(ConfigurationError, match="IDENTITY_KEYS"):
            SignedAssertions.of(keys, issuer=ISSUER, audience=AUDIENCE, leeway=0, clock=FixedClock(NOW))
