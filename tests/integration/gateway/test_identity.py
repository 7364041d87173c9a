"""Accounts, passwords and tokens, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from services.gateway.errors import TooMany
from services.gateway.identity import PERSONA_LIFE, TOKEN_LIFE, Identity, Session
from services.gateway.models import metadata
from services.gateway.routes import PREFIX
from services.gateway.tries import FREE_TRIES, LONGEST_WAIT
from shared.clock import SHANGHAI, FixedClock
from shared.problems import Conflict, Invalid, NotFound, Unauthenticated
from shared.store import Store
from shared.store.migrate import schema_differences
from tests.support.gateway import FAST, InProcess, make_bench

START = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
PASSWORD = "not in any example"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def store(database_url: str, clock: FixedClock) -> Iterator[Store]:
    store = Store.open(database_url, service="gateway", clock=clock)
    store.create_schema(metadata)
    yield store
    store.close()


@pytest.fixture
def identity(store: Store) -> Identity:
    """Remembers nothing, so that every change is seen at once."""
    return Identity(store, hasher=FAST, remember=0.0)


def account(identity: Identity, name: str, *roles: str, subject: str | None = None) -> str:
    made = identity.create(
        None,
        username=name,
        password=PASSWORD,
        display_name=name,
        roles=roles or ["reviewer"],
        subject=subject,
    )
    return str(made["account_id"])


def sign_in(identity: Identity, name: str, password: str = PASSWORD) -> Session:
    return identity.session(identity.sign_in(name, password, "192.0.2.1").token)


def test_the_migration_makes_what_the_models_say(database_url: str) -> None:
    assert schema_differences("gateway", database_url) == []


def test_a_token_stands_for_its_account(identity: Identity) -> None:
    account(identity, "li", "reviewer", subject="E1")
    session = sign_in(identity, " LI ")  # names are compared without case and spaces around
    assert (session.subject, session.roles, session.rehearsal) == ("E1", {"reviewer"}, False)


def test_neither_password_nor_token_is_kept(identity: Identity, store: Store) -> None:
    """What the database holds lets nobody in."""
    account(identity, "li")
    token = identity.sign_in("li", PASSWORD, "192.0.2.1").token
    assert len(token) >= 43
    with store.engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in ("accounts", "tokens", "audit", "failed_logins")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert rows
    assert not [row for row in rows if token in row or PASSWORD in row or "192.0.2.1" in row]
    assert any("$argon2id$" in row for row in rows)


@pytest.mark.parametrize("forged", ["", "x" * 43, "q2Yw0a1c-example-of-a-token-6XkJ9b3Zz4Aa5Bb6Cc"])
def test_a_forged_token_is_refused(identity: Identity, forged: str) -> None:
    account(identity, "li")
    with pytest.raises(Unauthenticated) as caught:
        identity.session(forged)
    assert caught.value.code == "invalid_token"


def test_a_token_ends_when_its_time_is_up(identity: Identity, clock: FixedClock) -> None:
    account(identity, "li")
    token = identity.sign_in("li", PASSWORD, "a").token
    clock.move(TOKEN_LIFE - timedelta(seconds=1))
    identity.session(token)
    clock.move(timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        identity.session(token)


def test_a_remembered_token_ends_on_time_too(store: Store, clock: FixedClock) -> None:
    identity = Identity(store, hasher=FAST, remember=3600.0)
    account(identity, "li")
    token = identity.sign_in("li", PASSWORD, "a").token
    identity.session(token)
    clock.move(TOKEN_LIFE)
    with pytest.raises(Unauthenticated):
        identity.session(token)


def test_a_revoked_token_is_refused_at_once_and_others_stay(store: Store) -> None:
    identity = Identity(store, hasher=FAST, remember=3600.0)
    account(identity, "li")
    first, second = (identity.sign_in("li", PASSWORD, "a").token for _ in range(2))
    identity.revoke(identity.session(first))
    with pytest.raises(Unauthenticated):
        identity.session(first)
    identity.session(second)


def test_a_shut_account_is_out_at_once(identity: Identity) -> None:
    boss = sign_in_as_administrator(identity)
    account_id = account(identity, "li")
    token = identity.sign_in("li", PASSWORD, "a").token
    identity.set_disabled(boss, account_id, disabled=True)
    with pytest.raises(Unauthenticated):
        identity.session(token)
    with pytest.raises(Unauthenticated) as caught:
        identity.sign_in("li", PASSWORD, "a")
    assert caught.value.code == "sign_in_failed"
    identity.set_disabled(boss, account_id, disabled=False)
    with pytest.raises(Unauthenticated):
        identity.session(token)  # the old token stays dead
    sign_in(identity, "li")


def sign_in_as_administrator(identity: Identity) -> Session:
    identity.begin("admin", PASSWORD, "administrator", "管理员")
    return sign_in(identity, "admin")


def test_a_change_of_roles_counts_for_tokens_that_are_out(identity: Identity) -> None:
    boss = sign_in_as_administrator(identity)
    account_id = account(identity, "li", "reviewer")
    token = identity.sign_in("li", PASSWORD, "a").token
    identity.set_roles(boss, account_id, ["finance"])
    assert identity.session(token).roles == {"finance"}


def test_excluding_roles_are_refused_however_they_come(identity: Identity) -> None:
    boss = sign_in_as_administrator(identity)
    with pytest.raises(Invalid):
        account(identity, "both", "finance", "award_office")
    account_id = account(identity, "li", "finance")
    with pytest.raises(Invalid):
        identity.set_roles(boss, account_id, ["finance", "award_office"])
    with pytest.raises(Invalid):
        identity.set_roles(boss, boss.account_id, ["administrator", "auditor"])


def test_one_administrator_remains(identity: Identity) -> None:
    boss = sign_in_as_administrator(identity)
    with pytest.raises(Conflict):
        identity.set_disabled(boss, boss.account_id, disabled=True)
    with pytest.raises(Conflict):
        identity.set_roles(boss, boss.account_id, ["operator"])
    sign_in(identity, "admin")


def test_names_and_subjects_are_taken_once(identity: Identity) -> None:
    """Two accounts of one committee member would have two ballots."""
    account(identity, "li", subject="M1")
    for name, subject in (("li", "M2"), ("wang", "M1")):
        with pytest.raises(Conflict) as caught:
            account(identity, name, subject=subject)
        assert caught.value.code == "account_exists"


def test_a_subject_is_found_by_the_user_name_while_its_account_is_open(identity: Identity) -> None:
    """By the name as people write it; a subject is no name."""
    boss = sign_in_as_administrator(identity)
    made = account(identity, "li", "reviewer", subject="E1")
    assert [identity.subject_of(name) for name in ("li", " LI ", "E1", "nobody", "", "l\0i")] == [
        "E1", "E1", None, None, None, None,
    ]  # fmt: skip
    identity.set_disabled(boss, made, disabled=True)
    assert identity.subject_of("li") is None


def test_an_account_asked_for_twice_with_one_key_is_made_once(identity: Identity) -> None:
    """The key gives the same account again; for another request it is refused."""
    boss = sign_in_as_administrator(identity)

    def create(name: str) -> str:
        made = identity.create(
            boss, username=name, password=PASSWORD, display_name=name, roles=["reviewer"], key="k1"
        )
        return str(made["account_id"])

    assert create("wang") == create("wang")
    with pytest.raises(Conflict) as caught:
        create("zhao")
    assert caught.value.code == "key_reused"
    assert [a["username"] for a in identity.accounts()] == ["admin", "wang"]


def test_the_first_account_is_made_once(identity: Identity) -> None:
    """Also when several replicas start at the same time, and never again with another password."""
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda n: identity.begin("admin", f"{PASSWORD} {n}", "administrator", "管理员"), range(4)
            )
        )
    identity.begin("admin", "another password", "administrator", "管理员")
    assert [a["username"] for a in identity.accounts()] == ["admin"]
    with pytest.raises(Unauthenticated):
        identity.sign_in("admin", "another password", "a")


def test_a_new_password_ends_the_other_tokens(identity: Identity) -> None:
    account(identity, "li")
    old = identity.sign_in("li", PASSWORD, "a").token
    mine = sign_in(identity, "li")
    with pytest.raises(Invalid):
        identity.change_password(mine, "wrong password", "battery horse correct")
    identity.change_password(mine, PASSWORD, "battery horse correct")
    with pytest.raises(Unauthenticated):
        identity.session(old)
    with pytest.raises(Unauthenticated):
        sign_in(identity, "li")
    sign_in(identity, "li", "battery horse correct")


def test_guesses_of_the_old_password_are_counted(identity: Identity, clock: FixedClock) -> None:
    """With those at the sign-in: whoever found a session open does not try one password after the other."""
    account(identity, "li")
    mine = sign_in(identity, "li")
    for _ in range(FREE_TRIES):
        with pytest.raises(Invalid):
            identity.change_password(mine, "wrong password", "battery horse correct")
    with pytest.raises(TooMany):
        identity.change_password(mine, PASSWORD, "battery horse correct")
    with pytest.raises(TooMany):
        sign_in(identity, "li")
    clock.move(timedelta(seconds=LONGEST_WAIT))
    identity.change_password(mine, PASSWORD, "battery horse correct")


def test_a_right_old_password_is_no_guess(identity: Identity) -> None:
    account(identity, "li")
    mine = sign_in(identity, "li")
    for _ in range(FREE_TRIES + 2):
        with pytest.raises(Invalid):
            identity.change_password(mine, PASSWORD, "li is in it, all the same")
    identity.change_password(mine, PASSWORD, "battery horse correct")


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(store: Store) -> None:
    account(Identity(store, hasher=FAST), "li")
    stronger = Identity(store, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    sign_in(stronger, "li")
    with store.engine.connect() as connection:
        assert "m=16,t=2" in connection.execute(text("SELECT password_hash FROM accounts")).scalar_one()
    sign_in(stronger, "li")


# Guessing


def refusal(identity: Identity, name: str, password: str) -> tuple[str, str, str]:
    with pytest.raises(Unauthenticated) as caught:
        identity.sign_in(name, password, "192.0.2.1")
    return caught.value.code, caught.value.detail_zh, caught.value.detail_en


def test_every_failed_sign_in_is_answered_alike(identity: Identity) -> None:
    boss = sign_in_as_administrator(identity)
    account(identity, "li")
    identity.set_disabled(boss, account(identity, "gone"), disabled=True)
    answers = {
        refusal(identity, "li", "wrong password"),
        refusal(identity, "nobody", PASSWORD),
        refusal(identity, "gone", PASSWORD),
        refusal(identity, "gone", "wrong password"),
    }
    assert len(answers) == 1


def test_an_unknown_name_costs_as_much_work_as_a_known_one(store: Store) -> None:
    """Each try verifies one hash of the same parameters, whoever is named."""
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - the library's name
            verified.append(str(hash).rsplit("$", 2)[0])
            return super().verify(hash, password)

    identity = Identity(store, hasher=Counting(time_cost=1, memory_cost=8, parallelism=1))
    account(identity, "li")
    refusal(identity, "li", "wrong password")
    refusal(identity, "nobody", "wrong password")
    assert len(verified) == 2
    assert len(set(verified)) == 1


@pytest.mark.parametrize("name", ["li", "nobody"])
def test_after_some_failures_one_has_to_wait_ever_longer(
    identity: Identity, clock: FixedClock, name: str
) -> None:
    """Whether the name exists or not; the right password does not help before the time is up."""
    account(identity, "li")
    waits = []
    for _ in range(FREE_TRIES):
        refusal(identity, name, "wrong password")
    for _ in range(12):
        with pytest.raises(TooMany) as caught:
            identity.sign_in(name, PASSWORD, "192.0.2.1")
        waits.append(caught.value.wait)
        clock.move(timedelta(seconds=caught.value.wait))
        refusal(identity, name, "wrong password")
    assert waits == sorted(waits)
    assert waits[0] <= 2
    assert waits[-1] == LONGEST_WAIT


def test_a_sign_in_forgives_the_failures_before_it(identity: Identity) -> None:
    account(identity, "li")
    for _ in range(3):
        for _ in range(FREE_TRIES - 1):
            refusal(identity, "li", "wrong password")
        sign_in(identity, "li")


def test_failures_of_one_name_do_not_hinder_another(identity: Identity) -> None:
    account(identity, "li")
    account(identity, "wang")
    for _ in range(FREE_TRIES):
        refusal(identity, "li", "wrong password")
    with pytest.raises(TooMany):
        sign_in(identity, "li")
    sign_in(identity, "wang")


def test_guesses_side_by_side_do_not_slip_through(identity: Identity) -> None:
    """A try is counted before the password is looked at."""
    account(identity, "li")

    def guess(number: int) -> str:
        try:
            identity.sign_in("li", f"guess number {number}", "192.0.2.1")
        except (Unauthenticated, TooMany) as problem:
            return problem.code
        raise AssertionError("a guess went through")

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(guess, range(40)))
    assert codes.count("sign_in_failed") == FREE_TRIES


# Personas


def test_a_persona_is_short_lived_and_ends_with_its_issuer(identity: Identity, clock: FixedClock) -> None:
    boss = sign_in_as_administrator(identity)
    account_id = account(identity, "player", "rehearser")
    tokens = [identity.persona(sign_in(identity, "player"), "reviewer", "E1").token for _ in range(3)]
    played = identity.session(tokens[0])
    assert (played.subject, played.roles, played.rehearsal) == ("E1", {"reviewer"}, True)
    identity.set_roles(boss, account_id, ["operator"])
    with pytest.raises(Unauthenticated):
        identity.session(tokens[1])
    identity.set_roles(boss, account_id, ["rehearser"])
    identity.session(tokens[1])
    clock.move(PERSONA_LIFE)
    with pytest.raises(Unauthenticated):
        identity.session(tokens[1])


def test_a_persona_cannot_change_its_players_password(identity: Identity) -> None:
    account(identity, "player", "rehearser")
    played = identity.session(identity.persona(sign_in(identity, "player"), "reviewer", "E1").token)
    with pytest.raises(Invalid):
        identity.change_password(played, PASSWORD, "battery horse correct")


# Keeping


def test_every_change_of_accounts_and_tokens_is_audited(identity: Identity, store: Store) -> None:
    boss = sign_in_as_administrator(identity)
    account_id = account(identity, "li")
    identity.set_roles(boss, account_id, ["finance"])
    identity.set_disabled(boss, account_id, disabled=True)
    identity.revoke(boss)
    with store.engine.connect() as connection:
        rows = connection.execute(text("SELECT action, actor FROM audit ORDER BY id")).all()
    assert [row.action for row in rows] == [
        "account:create", "account:sign_in", "account:create", "account:roles", "account:disable", "token:revoke",
    ]  # fmt: skip
    assert [row.actor for row in rows[-3:]] == [boss.account_id] * 3
    store.sealer.seal_all()
    assert store.verify().intact


def test_what_no_longer_counts_is_forgotten(identity: Identity, clock: FixedClock) -> None:
    account(identity, "li")
    identity.sign_in("li", PASSWORD, "a")
    refusal(identity, "li", "wrong password")
    assert identity.purge() == 0
    clock.move(TOKEN_LIFE + timedelta(days=2))
    assert identity.purge() >= 2


def test_an_unknown_account_is_not_found(identity: Identity) -> None:
    boss = sign_in_as_administrator(identity)
    with pytest.raises(NotFound):
        identity.set_roles(boss, "0" * 32, ["reviewer"])


def test_over_http_a_token_is_given_used_and_ended(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, InProcess())
    bench.identity.begin("admin", PASSWORD, "administrator", "管理员")
    client = bench.client
    given = client.post(PREFIX + "/tokens", json={"username": "admin", "password": PASSWORD})
    assert given.status_code == 201
    headers = {"Authorization": f"Bearer {given.get_json()['token']}"}
    assert client.get(PREFIX + "/me", headers=headers).get_json()["roles"] == ["administrator"]
    made = client.post(
        PREFIX + "/accounts",
        json={"username": "li.office", "password": PASSWORD, "display_name": "李", "roles": ["award_office"]},
        headers=headers,
    )
    assert made.status_code == 201
    assert "password" not in made.get_data(as_text=True)
    assert client.delete(PREFIX + "/tokens/current", headers=headers).status_code == 200
    for dead in (headers, {"Authorization": "Bearer " + "x" * 43}, {"Authorization": "Basic eDp5"}):
        refused = client.get(PREFIX + "/me", headers=dead)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == 'Bearer realm="zhiheng", error="invalid_token"'
    assert client.get(PREFIX + "/me").headers["WWW-Authenticate"] == 'Bearer realm="zhiheng"'
    public = client.get(PREFIX + "/cycles", headers=headers)
    assert public.status_code == 401  # whoever shows a dead token is not taken for the public


def test_over_http_waiting_is_said_in_seconds(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, InProcess(), clock=FixedClock(START))
    for _ in range(FREE_TRIES):
        bench.client.post(PREFIX + "/tokens", json={"username": "li", "password": "wrong password"})
    answer = bench.client.post(PREFIX + "/tokens", json={"username": "li", "password": "wrong password"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.get_json()["code"] == "too_many_attempts"


def test_an_account_acts_for_its_unit(identity: Identity) -> None:
    """What the administrator wrote into the account is what a session says, after a change too."""
    made = identity.create(
        None,
        username="clerk",
        password=PASSWORD,
        display_name="王",
        roles=["department_clerk"],
        unit="credit",
    )
    clerk = sign_in(identity, "clerk")
    assert (made["unit"], clerk.unit) == ("credit", "credit")
    identity.set_unit(clerk, made["account_id"], None)
    assert sign_in(identity, "clerk").unit is None


def test_a_persona_acts_for_no_unit(identity: Identity) -> None:
    """Whoever plays a role in a rehearsal does not speak for the body that it works for."""
    made = account(identity, "player", "rehearser")
    player = sign_in(identity, "player")
    identity.set_unit(player, made, "credit")
    played = identity.persona(sign_in(identity, "player"), "department_clerk", "somebody")
    assert identity.session(played.token).unit is None
