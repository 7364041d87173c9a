"""第二因素 on both databases: setting one up, signing in with it, what is told the same, what counts once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import text

from services.gateway.errors import TooMany
from services.gateway.identity import Identity, SecondFactorNeeded, Session
from services.gateway.models import metadata
from services.gateway.routes import PREFIX
from services.gateway.second_factor import codes
from services.gateway.second_factor.enrolment import SecondFactors
from services.gateway.second_factor.factors import compulsory
from services.gateway.second_factor.tickets import LIFE
from services.gateway.tries import FREE_TRIES
from shared.clock import SHANGHAI, FixedClock
from shared.config import ConfigurationError, Settings
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from shared.store import KeyRing, Store
from tests.support.gateway import FAST, PASSWORD, InProcess, make_bench

pytestmark = pytest.mark.integration

START = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
STEP = timedelta(seconds=codes.STEP)
HERE = "192.0.2.1"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def store(database_url: str, clock: FixedClock) -> Iterator[Store]:
    store = Store.open(database_url, service="gateway", clock=clock, field_keys=KeyRing.generate())
    store.create_schema(metadata)
    yield store
    store.close()


@pytest.fixture
def identity(store: Store) -> Identity:
    made = Identity(store, hasher=FAST, remember=0.0)
    for name, role in (("li", "award_office"), ("admin", "administrator"), ("boss", "administrator")):
        made.create(None, username=name, password=PASSWORD, display_name=name, roles=[role])
    return made


@pytest.fixture
def factors(identity: Identity) -> SecondFactors:
    return SecondFactors(identity)


def session(identity: Identity, name: str = "li", code: str | None = None) -> Session:
    return identity.sign_in(name, PASSWORD, HERE, code).session


class Phone:
    """An authenticator whose clock is the store's."""

    def __init__(self, factors: SecondFactors, clock: FixedClock, by: Session) -> None:
        self._totp = pyotp.TOTP(factors.begin(by)["secret"])
        self._clock = clock
        self.recovery: list[str] = []

    def code(self, steps: int = 0) -> str:
        return self._totp.generate_otp(codes.step_of(self._clock.now().timestamp()) + steps)

    def wrong(self) -> str:
        right = {self.code(steps) for steps in (-1, 0, 1)}
        return next(each for each in ("000000", "000001", "000002", "000003") if each not in right)


@pytest.fixture
def phone(identity: Identity, factors: SecondFactors, clock: FixedClock) -> Phone:
    """Of li, confirmed; the next code is a new one."""
    by = session(identity)
    made = Phone(factors, clock, by)
    made.recovery = factors.confirm(by, made.code())
    clock.move(STEP)
    return made


def needed(identity: Identity) -> str:
    with pytest.raises(SecondFactorNeeded) as caught:
        identity.sign_in("li", PASSWORD, HERE)
    assert caught.value.code == "second_factor_needed"
    return caught.value.ticket


def test_one_that_is_not_confirmed_changes_nothing(
    identity: Identity, factors: SecondFactors, clock: FixedClock
) -> None:
    by = session(identity)
    first = Phone(factors, clock, by)
    second = Phone(factors, clock, by)  # begun anew: the first secret is gone
    assert factors.state(session(identity)) == "none"
    if first.code() != second.code():
        with pytest.raises(Invalid):
            factors.confirm(by, first.code())
    assert len(factors.confirm(by, second.code())) == 10
    with pytest.raises(Conflict) as refused:
        factors.begin(by)
    assert refused.value.code == "second_factor_exists"
    with pytest.raises(Conflict) as refused:
        factors.confirm(by, second.code(1))
    assert refused.value.code == "nothing_to_confirm"


def test_confirming_ends_the_tokens_that_were_given_without(
    identity: Identity, factors: SecondFactors, clock: FixedClock
) -> None:
    other = identity.sign_in("li", PASSWORD, HERE).token
    mine = identity.sign_in("li", PASSWORD, HERE)
    phone = Phone(factors, clock, mine.session)
    factors.confirm(mine.session, phone.code())
    with pytest.raises(Unauthenticated):
        identity.session(other)
    assert factors.state(identity.session(mine.token)) == "confirmed"


def test_a_right_password_is_not_enough_any_more(identity: Identity, phone: Phone) -> None:
    needed(identity)
    assert session(identity, code=phone.code()).subject


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_time_is_refused(identity: Identity, phone: Phone, steps: int) -> None:
    with pytest.raises(Unauthenticated):
        session(identity, code=phone.code(steps))


def test_a_code_counts_once_and_also_where_two_come_at_once(identity: Identity, phone: Phone) -> None:
    """Of several sign-ins with one code one is let in; the code that confirmed the factor is used up, too."""
    code = phone.code()

    def attempt(_: int) -> bool:
        try:
            return bool(session(identity, code=code))
        except (Unauthenticated, TooMany):
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
    with pytest.raises(Unauthenticated):
        session(identity, code=phone.code(-1))


def test_a_wrong_password_and_a_wrong_code_are_told_the_same_way(identity: Identity, phone: Phone) -> None:
    told = set()
    for name, password, code in (
        ("li", "wrong password", None),
        ("li", "wrong password", phone.code()),
        ("li", PASSWORD, phone.wrong()),
        ("nobody", PASSWORD, phone.code()),
        ("admin", "wrong password", "123456"),
    ):
        with pytest.raises(Unauthenticated) as caught:
            identity.sign_in(name, password, HERE, code)
        told.add((caught.value.code, caught.value.detail_zh, caught.value.detail_en))
    assert len(told) == 1


def test_guessing_codes_is_slowed_and_asking_for_one_forgives_nothing(
    identity: Identity, phone: Phone, clock: FixedClock
) -> None:
    """A right password between wrong codes does not set the count back."""
    for _ in range(FREE_TRIES):
        with pytest.raises(Unauthenticated):
            session(identity, code=phone.wrong())
        with pytest.raises((SecondFactorNeeded, TooMany)):
            session(identity)
    clock.move(timedelta(milliseconds=1))
    with pytest.raises(TooMany):
        session(identity, code=phone.code())
    clock.move(timedelta(minutes=6))
    session(identity, code=phone.code())


def test_each_recovery_code_is_good_once(identity: Identity, factors: SecondFactors, phone: Phone) -> None:
    first, second, *_ = phone.recovery
    by = session(identity, code=first.upper().replace("-", ""))
    assert factors.left(by) == 9
    with pytest.raises(Unauthenticated):
        session(identity, code=first)
    session(identity, code=second)
    with pytest.raises(Unauthenticated):
        identity.sign_in("admin", PASSWORD, HERE, None) and session(identity, code="aaaa" * 6 + "aa")


def test_a_ticket_is_good_for_one_account_some_minutes_and_one_sign_in(
    identity: Identity, phone: Phone, clock: FixedClock
) -> None:
    ticket = needed(identity)
    for wrong in (phone.wrong(), "", "nonsense"):
        with pytest.raises(Unauthenticated):
            identity.with_code(ticket, wrong, HERE)
    with pytest.raises(Unauthenticated):
        identity.with_code("no ticket", phone.code(), HERE)
    assert identity.with_code(ticket, phone.code(), HERE).session.roles == {"award_office"}
    clock.move(STEP)
    with pytest.raises(Unauthenticated):
        identity.with_code(ticket, phone.code(), HERE)
    late = needed(identity)
    clock.move(LIFE)
    with pytest.raises(Unauthenticated):
        identity.with_code(late, phone.code(), HERE)


def test_whoever_comes_from_elsewhere_needs_the_second_factor_too(identity: Identity, phone: Phone) -> None:
    """And a shut account is opened to nobody."""
    accounts = {each["username"]: each["account_id"] for each in identity.accounts()}
    assert identity.open_for(accounts["admin"]).session.roles == {"administrator"}
    with pytest.raises(SecondFactorNeeded) as caught:
        identity.open_for(accounts["li"])
    assert identity.with_code(caught.value.ticket, phone.code(), HERE).session.subject == accounts["li"]
    identity.set_disabled(session(identity, "admin"), accounts["li"], disabled=True)
    with pytest.raises(Unauthenticated):
        identity.open_for(accounts["li"])
    with pytest.raises(Unauthenticated):
        identity.open_for("nobody")


def test_giving_it_up_takes_a_code(
    identity: Identity, factors: SecondFactors, phone: Phone, clock: FixedClock
) -> None:
    by = session(identity, code=phone.code())
    for wrong in (phone.wrong(), "", phone.code()):  # the last one is used up
        with pytest.raises(Invalid):
            factors.remove(by, wrong)
    clock.move(STEP)
    factors.remove(by, phone.code())
    assert factors.state(by) == "none"
    session(identity)


def test_an_administrator_resets_another_s_with_a_reason(
    identity: Identity, factors: SecondFactors, phone: Phone, store: Store
) -> None:
    token = identity.sign_in("li", PASSWORD, HERE, phone.code()).token
    ticket = needed(identity)
    admin = session(identity, "admin")
    accounts = {each["username"]: each["account_id"] for each in identity.accounts()}
    with pytest.raises(Forbidden):
        factors.reset(admin, admin.account_id, "自己")
    with pytest.raises(NotFound):
        factors.reset(admin, "nobody", "无此人")
    factors.reset(admin, accounts["li"], "手机遗失")
    with pytest.raises(Conflict):
        factors.reset(admin, accounts["li"], "手机遗失")
    with pytest.raises(Unauthenticated):
        identity.session(token)
    with pytest.raises(Unauthenticated):
        identity.with_code(ticket, phone.recovery[0], HERE)
    session(identity)
    with store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT actor, subject, reason FROM audit WHERE action = 'second_factor:reset'")
        ).all()
    assert [tuple(row) for row in rows] == [(admin.account_id, accounts["li"], "手机遗失")]


def test_neither_secret_nor_recovery_code_can_be_read_in_the_database(
    factors: SecondFactors, identity: Identity, store: Store, clock: FixedClock
) -> None:
    by = session(identity)
    secret = factors.begin(by)["secret"]
    code = pyotp.TOTP(secret).generate_otp(codes.step_of(clock.now().timestamp()))
    recovery = factors.confirm(by, code)
    with store.engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in ("second_factors", "recovery_codes", "audit", "tokens")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert len(rows) > 10
    hidden = [secret, *recovery, *(each.replace("-", "") for each in recovery)]
    assert not [row for row in rows if any(each in row for each in hidden)]


def test_a_role_that_needs_one_can_do_nothing_else_before(
    store: Store, identity: Identity, clock: FixedClock, phone: Phone
) -> None:
    strict = Identity(
        store, hasher=FAST, remember=0.0, with_factor=frozenset({"administrator", "award_office"})
    )
    factors = SecondFactors(strict)
    owing = session(strict, "admin")
    assert owing.owes_factor
    assert factors.state(owing) == "owed"
    own = Phone(factors, clock, owing)
    factors.confirm(owing, own.code())
    clock.move(STEP)
    admin = session(strict, "admin", own.code())
    assert not admin.owes_factor
    clock.move(STEP)
    with pytest.raises(Forbidden) as refused:
        factors.remove(admin, own.code())
    assert refused.value.code == "second_factor_compulsory"
    assert not session(strict, code=phone.code()).owes_factor


def test_the_roles_that_need_one() -> None:
    """Those of staff in production, nobody elsewhere, or whoever the installation says."""
    staff = {"award_office", "finance", "committee_member", "discipline", "auditor", "administrator"}
    assert compulsory(Settings()) == staff
    assert compulsory(Settings(environment="test")) == frozenset()
    assert compulsory(Settings(second_factor_roles="none")) == frozenset()
    assert compulsory(Settings(environment="test", second_factor_roles="auditor, finance")) == {
        "auditor",
        "finance",
    }
    with pytest.raises(ConfigurationError, match="offices"):
        compulsory(Settings(second_factor_roles="offices"))


def test_the_api_knows_it(tmp_path: Path) -> None:
    """Missing and wrong codes over HTTP, and a role that owes one is told so wherever it asks."""
    clock = FixedClock(START)
    bench = make_bench(tmp_path, InProcess(), clock=clock, remember=0.0, second_factor_roles="finance")
    client, tokens = bench.client, PREFIX + "/tokens"
    office = bench.headers("award_office")
    begun = client.post(PREFIX + "/me/second-factor", headers=office)
    assert begun.status_code == 201, begun.get_json()
    totp = pyotp.TOTP(begun.get_json()["secret"])

    def code() -> str:
        clock.move(STEP)
        return totp.generate_otp(codes.step_of(clock.now().timestamp()))

    confirmation = client.post(
        PREFIX + "/me/second-factor/confirmation", headers=office, json={"code": code()}
    )
    assert len(confirmation.get_json()["recovery_codes"]) == 10
    assert client.get(PREFIX + "/me", headers=office).get_json()["second_factor"] == "confirmed"
    given = {"username": "user.award_office", "password": PASSWORD}
    missing = client.post(tokens, json=given)
    assert (missing.status_code, missing.get_json()["code"]) == (401, "second_factor_needed")
    assert "ticket" not in missing.get_data(as_text=True)
    wrong = client.post(tokens, json={**given, "code": "nonsense"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (401, "sign_in_failed")
    assert client.post(tokens, json={**given, "code": code()}).status_code == 201
    gone = client.delete(PREFIX + "/me/second-factor", headers={**office, "Zhiheng-Second-Factor": code()})
    assert gone.status_code == 200, gone.get_json()
    assert client.post(tokens, json=given).status_code == 201

    owing = bench.headers("finance")
    assert client.get(PREFIX + "/me", headers=owing).get_json()["second_factor"] == "owed"
    for path in ("/rulebooks", "/delegations"):
        told = client.get(PREFIX + path, headers=owing)
        assert (told.status_code, told.get_json()["code"]) == (403, "second_factor_owed")
    begun = client.post(PREFIX + "/me/second-factor", headers=owing)
    totp = pyotp.TOTP(begun.get_json()["secret"])
    client.post(PREFIX + "/me/second-factor/confirmation", headers=owing, json={"code": code()})
    assert client.get(PREFIX + "/delegations", headers=owing).status_code == 200

    account = bench.identity.session(bench.token("finance")).account_id
    path = f"{PREFIX}/accounts/{account}/second-factor"
    assert client.delete(path, headers=bench.headers("administrator")).status_code == 422
    reset = client.delete(path + "?reason=lost", headers=bench.headers("administrator"))
    assert reset.status_code == 200, reset.get_json()
    assert client.get(PREFIX + "/me", headers=owing).status_code == 401
    bench.store.close()
