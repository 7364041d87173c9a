"""统一身份 on both databases, against the stub provider over HTTP: who comes in, as whom, and every fault that is refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import text
from structlog.testing import capture_logs

from deploy.stubs.oidc import WRONG, OidcServer, Provider
from services.gateway.identity import Identity
from services.gateway.models import metadata
from services.gateway.oidc.conversations import Conversation, Distrusted
from services.gateway.oidc.links import Links
from services.gateway.oidc.parties import ACTION, LIFE, Parties
from services.gateway.oidc.providers import Provider as Provided
from services.gateway.oidc.providers import read
from services.gateway.second_factor.enrolment import SecondFactors
from shared.clock import SHANGHAI, FixedClock
from shared.config import ConfigurationError, Settings
from shared.problems import NotFound, Unauthenticated, Unavailable
from shared.store import KeyRing, Store
from tests.support.gateway import FAST, PASSWORD

pytestmark = pytest.mark.integration

BROWSER = "a-random-value-of-one-browser"
SECRET = "a secret: with %, + and more"
REASONS = {
    "signature": "ID token: BadSignatureError", "algorithm": "ID token: UnsupportedAlgorithmError",
    "none": "ID token: UnsupportedAlgorithmError", "nonce": "nonce", "no_nonce": "nonce",
    "audience": "ID token: InvalidClaimError aud", "issuer": "ID token: InvalidClaimError iss",
    "expired": "ID token: ExpiredTokenError exp", "subject": "ID token: InvalidClaimError sub", "code": "token: OAuthError",
    "malformed": "token: ValueError",
}  # fmt: skip
HOST = "http://portal.example.test"


class City:
    """A provider that listens, and a gateway that relies on it."""

    def __init__(self, url: str, folder: Path, **provider: Any) -> None:
        self.clock = FixedClock(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI))
        self.server = OidcServer(("127.0.0.1", 0), Provider({"zhiheng": SECRET}, clock=self.clock))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        (folder / "secret").write_text(SECRET + "\n", encoding="utf-8")
        self.store = Store.open(url, service="gateway", clock=self.clock, field_keys=KeyRing.generate())
        self.store.create_schema(metadata)
        self.identity = Identity(self.store, hasher=FAST, remember=0.0)
        self.folder = folder
        self.parties = self.relying(**provider)
        self.factors = SecondFactors(self.identity)
        self.links = Links(self.identity, self.factors, self.parties.providers)

    def relying(self, **provider: Any) -> Parties:
        return Parties(self.identity, Settings(
            environment="test", oidc=file(self.folder, self.server.url, **provider), oidc_timeout=10.0, public_url=HOST,
        ))  # fmt: skip

    def wrong(self, **faults: Any) -> None:
        answer = requests.put(f"{self.server.url}/faults", json=faults, timeout=5)
        assert answer.status_code == 200, answer.text

    def choose(self, address: str, person: str = "company-1") -> dict[str, str]:
        """A browser follows the address and chooses a person: what it comes back with."""
        shown = requests.get(address, timeout=5)
        assert shown.status_code == 200, shown.text
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        back = requests.post(
            f"{self.server.url}/authorize", data={**asked, "person": person}, timeout=5, allow_redirects=False
        ).headers["Location"]
        assert back.startswith(f"{HOST}/login/return?")
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}

    def come(self, person: str = "company-1", browser: str = BROWSER) -> str:
        """All of it; gives the account."""
        return self.parties.finish(self.choose(self.parties.begin("city", browser), person), browser)

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.store.close()

    def accounts(self) -> list[dict[str, Any]]:
        return self.identity.accounts()


def file(folder: Path, issuer: str, **changes: Any) -> str:
    entry = {
        "key": "city", "issuer": issuer, "client_id": "zhiheng", "client_secret_file": folder / "secret",
        "name_zh": "统一身份认证", "name_en": "City identity", "for": "organization", "accounts": "make", "uscc": "uscc",
        **changes,
    }  # fmt: skip
    lines = [f"{name}: {value}" for name, value in entry.items() if value is not None]
    return "providers:\n  - " + "\n    ".join(lines) + "\n"


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    made = City(database_url, tmp_path)
    yield made
    made.end()


def refused(city: City, query: dict[str, str], browser: str = BROWSER) -> tuple[str, str, str]:
    with pytest.raises(Unauthenticated) as caught:
        city.parties.finish(query, browser)
    return caught.value.code, caught.value.detail_zh, caught.value.detail_en


def test_whoever_comes_first_is_an_applicant_and_the_same_ever_after(city: City) -> None:
    first, again, other = city.come(), city.come(), city.come("person-1")
    assert first == again != other
    issued = city.identity.open_for(first, ACTION)
    session = city.identity.session(issued.token)
    assert (session.roles, session.display_name) == ({"applicant"}, "示例制造有限公司")
    assert city.parties.uscc_of(first) == "91310105MAXY50013E"
    assert city.parties.uscc_of(other) is None
    assert [each["provider"] for each in city.links.of(session.account_id)] == ["city"]
    assert len(city.accounts()) == 2
    with pytest.raises(Unauthenticated):
        city.identity.sign_in(city.accounts()[0]["username"], "", "192.0.2.1")
    assert city.identity.written.is_set()  # notifications hears of it soon


def test_two_first_sign_ins_at_once_make_one_account(city: City) -> None:
    queries = [city.choose(city.parties.begin("city", BROWSER)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda query: city.parties.finish(query, BROWSER), queries))
    assert len(found) == 1
    assert len(city.accounts()) == 1


def test_the_request_holds_what_it_has_to_and_no_secret(city: City) -> None:
    address = city.parties.begin("city", BROWSER)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{HOST}/login/return"
    assert asked["scope"].split()[0] == "openid"
    assert len(asked["state"]) >= 43 <= len(asked["nonce"])
    assert SECRET not in address
    with city.store.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM provider_sign_ins")).all()
    kept = str(tuple(row))
    assert not [value for value in (asked["state"], asked["nonce"], BROWSER) if value in kept]


def test_every_fault_is_one_that_is_tried() -> None:
    """Those of the moment of a sign-in are refused where voters come in, and where an identity is linked."""
    assert {*REASONS, "other_metadata", "stale", "no_auth_time"} == set(WRONG)


@pytest.mark.parametrize("fault", REASONS)
def test_every_fault_of_the_provider_is_refused_with_one_answer(city: City, fault: str) -> None:
    """Each for its own reason, which only the log has. Nobody has an account of it; afterwards the provider is believed again."""
    expected = refused(city, {})
    query = city.choose(city.parties.begin("city", BROWSER))
    city.wrong(wrong=fault)
    with capture_logs() as logs:
        assert refused(city, query) == expected
    assert [line["reason"] for line in logs] == [REASONS[fault]]
    assert city.accounts() == []
    city.wrong()
    assert city.come()


def test_a_provider_that_is_slow_or_down_is_refused_the_same(city: City) -> None:
    expected = refused(city, {})
    for fault in ({"slow": 2.0}, {"down": True}):
        city.wrong()
        query = city.choose(city.parties.begin("city", BROWSER))
        city.wrong(**fault)
        city.parties._conversations[
            "city"
        ]._timeout = 0.5  # only now: a provider that is good has time on any machine
        assert refused(city, query) == expected
        city.parties = city.relying()


@pytest.mark.parametrize("fault", [{"wrong": "other_metadata"}, {"down": True}])
def test_nobody_is_sent_to_a_provider_that_is_away_or_another_one(city: City, fault: dict[str, Any]) -> None:
    city.wrong(**fault)
    with pytest.raises(Unavailable) as caught:
        city.parties.begin("city", BROWSER)
    assert caught.value.code == "provider_away"
    city.wrong()
    assert city.parties.begin("city", BROWSER)
    with pytest.raises(NotFound):
        city.parties.begin("country", BROWSER)


def test_a_state_is_good_once_for_one_browser_and_ten_minutes(city: City) -> None:
    """Whoever has seen the address of the way back cannot use it, and by trying uses it up."""
    expected = refused(city, {})
    query = city.choose(city.parties.begin("city", BROWSER))
    assert refused(city, query, "another browser") == expected
    assert refused(city, query) == expected
    query = city.choose(city.parties.begin("city", BROWSER))
    city.parties.finish(query, BROWSER)
    assert refused(city, query) == expected
    query = city.choose(city.parties.begin("city", BROWSER))
    city.clock.move(LIFE)
    assert refused(city, query) == expected
    city.parties.begin("city", BROWSER)
    city.clock.move(LIFE + timedelta(seconds=1))
    assert city.parties.purge() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"state": "x" * 43}, {"state": ""}, {"code": "x" * 32}, {"code": ""}, {"iss": "https://somebody.else.test"},
        {"code": "中" * 20}, {"state": "s" * 5000}, {"error": "access_denied"},
    ],
)  # fmt: skip
def test_what_a_browser_may_bring_back_wrong_is_refused(city: City, change: dict[str, str]) -> None:
    expected = refused(city, {})
    query = city.choose(city.parties.begin("city", BROWSER))
    assert refused(city, {**query, **change}) == expected
    assert city.accounts() == []


def test_a_code_of_another_sign_in_does_not_fit(city: City) -> None:
    """Its verifier and its nonce are others: a code that was stolen from somebody is worth nothing."""
    mine = city.choose(city.parties.begin("city", BROWSER))
    theirs = city.choose(city.parties.begin("city", "their browser"), "person-1")
    assert refused(city, {**mine, "code": theirs["code"]}) == refused(city, {})


def test_whoever_cancels_there_is_nobody_here(city: City) -> None:
    query = city.choose(city.parties.begin("city", BROWSER), "")
    assert query["error"] == "access_denied"
    assert refused(city, query) == refused(city, {})


def test_where_accounts_must_exist_they_are_linked_by_their_holders(
    database_url: str, tmp_path: Path
) -> None:
    city = City(database_url, tmp_path, accounts="linked")
    city.identity.create(None, username="li", password=PASSWORD, display_name="li", roles=["award_office"])
    session = city.identity.sign_in("li", PASSWORD, "192.0.2.1").session
    expected = refused(city, {})
    assert refused(city, city.choose(city.parties.begin("city", BROWSER))) == expected
    query = city.choose(city.parties.begin("city", BROWSER, link=session))
    assert city.parties.finish(query, BROWSER) == session.account_id
    assert city.come() == session.account_id
    city.identity.create(
        None, username="wang", password=PASSWORD, display_name="wang", roles=["award_office"]
    )
    other = city.identity.sign_in("wang", PASSWORD, "192.0.2.1").session
    assert refused(city, city.choose(city.parties.begin("city", BROWSER, link=other))) == expected
    city.end()


@pytest.mark.parametrize(("wrong", "reason"), [("stale", "auth_time"), ("no_auth_time", "no auth_time")])
def test_whoever_links_an_identity_has_signed_in_there_just_now(city: City, wrong: str, reason: str) -> None:
    """A colleague who is signed in at the provider still would otherwise be let in to this account ever after."""
    city.identity.create(None, username="li", password=PASSWORD, display_name="li", roles=["award_office"])
    session = city.identity.sign_in("li", PASSWORD, "192.0.2.1").session
    linking = city.parties.begin("city", BROWSER, link=session)
    asked = parse_qs(urlsplit(linking).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert "prompt" not in parse_qs(urlsplit(city.parties.begin("city", BROWSER)).query)  # who only signs in
    city.wrong(wrong=wrong)
    with capture_logs() as logs:
        assert refused(city, city.choose(linking)) == refused(city, {})
    assert reason in [each["reason"] for each in logs]
    assert city.links.of(session.account_id) == []
    city.parties = city.relying(linking="kept")
    linking = city.parties.begin("city", BROWSER, link=session)
    assert "prompt" not in parse_qs(urlsplit(linking).query)
    assert city.parties.finish(city.choose(linking), BROWSER) == session.account_id


def test_a_claim_of_the_wrong_form_is_not_believed(city: City) -> None:
    people = dict(city.server.provider.people)
    for claims in (
        {"name": "示例", "uscc": "91310105MAXY50013F"},
        {"name": "示" * 300},
        {"name": "a\u202eb"},
        {"name": "示例", "uscc": 5},
    ):
        city.server.provider.people = {**people, "company-1": claims}  # type: ignore[dict-item]
        query = city.choose(city.parties.begin("city", BROWSER))
        assert refused(city, query) == refused(city, {})
    assert city.accounts() == []


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (0, ""), (-30, ""), (600.5, ""), (630, ""), (-31, "auth_time"), (631, "auth_time"), (1e6, "auth_time"),
        (float("nan"), "auth_time"), (None, "no auth_time"), (True, "no auth_time"), ("now", "no auth_time"),
    ],
)  # fmt: skip
def test_whoever_is_asked_anew_has_signed_in_since(told: Any, reason: str) -> None:
    """Ten minutes after being sent there; the clocks may differ by half a minute."""
    now = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    provider = Provided("city", "https://id.example.test", "c", "s", "", "", "individual", "linked")
    conversation = Conversation(provider, back=HOST, timeout=1, clock=FixedClock(now))
    since = int(now.timestamp()) - 600
    if type(told) in (int, float):
        told += since
    if not reason:
        conversation._check_moment(told, since)
        return
    with pytest.raises(Distrusted) as refused:
        conversation._check_moment(told, since)
    assert str(refused.value) == reason


def test_signing_out_there_too_is_offered(city: City) -> None:
    address = city.parties.sign_out_url("city")
    assert address is not None
    answer = requests.get(address, timeout=5, allow_redirects=False)
    assert answer.headers["Location"] == f"{HOST}/"
    assert city.parties.sign_out_url("country") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://id.example.test"},
        {"issuer": "ftp://127.0.0.1"},
        {"issuer": "https://id.example.test?x=1"},
        {"client_secret_file": "/nowhere/secret"},
        {"for": "anybody"},
        {"accounts": "sometimes"},
        {"algorithms": "[HS256]"},
        {"algorithms": "[none]"},
        {"scope": "profile"},
        {"colour": "red"},
        {"name_zh": None},
    ],
)
def test_a_file_that_will_not_do_stops_the_start(tmp_path: Path, changes: dict[str, Any]) -> None:
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    assert read(file(tmp_path, "https://id.example.test"))["city"].algorithms == ("RS256", "ES256")
    with pytest.raises(ConfigurationError):
        read(file(tmp_path, **{"issuer": "https://id.example.test", **changes}))


def test_without_a_file_there_are_no_providers_and_without_a_public_address_none_can_be(
    tmp_path: Path,
) -> None:
    assert read("") == {}
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    two = file(tmp_path, "https://id.example.test")
    with pytest.raises(ConfigurationError, match="one provider each"):
        read(two + two.removeprefix("providers:\n"))
    with pytest.raises(ConfigurationError, match="PUBLIC_URL"):
        Parties(None, Settings(oidc=two))  # type: ignore[arg-type]
