"""Programs of agencies over HTTP: secrets and tokens, scopes and purposes, limits, signatures, and what must not leak."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageVerifier,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)
from joserfc.jwk import OKPKey
from sqlalchemy import select

from services.gateway.agencies import Agencies
from services.gateway.errors import RateLimited
from services.gateway.identity import Identity
from services.gateway.models import metadata
from services.gateway.routes import PREFIX
from services.gateway.scopes import SCOPES
from services.gateway.signing import COVERED, Signer, _Answer, _Question
from shared.clock import SHANGHAI, FixedClock
from shared.config import ConfigurationError, Settings
from shared.contracts import Context
from shared.identifiers import new_id
from shared.problems import Conflict, Unauthenticated
from shared.store import Store
from tests.support.gateway import FAST, SIGNING_KEY, Bench, InProcess, answered, make_bench

START = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
ONE, UNKNOWN = "91310105MAXY50013E", "91310105MA1K300034"
STANDING, RECORDS, TOKEN = (
    f"{PREFIX}{p}" for p in ("/agencies/standing/", "/agencies/records", "/oauth/token")
)
ASKED = f"{STANDING}{ONE}?purpose=subsidy-review"
GRANT = {"grant_type": "client_credentials"}
CLIENT = {
    "client_id": "credit-office", "agency": "示例信用办", "department": "credit", "scopes": list(SCOPES),
    "purposes": ["subsidy-review", "bidding"],
}  # fmt: skip
RECORD = {
    "reference": "AJ-1", "uscc": ONE, "kind": "accident", "on": "2025-05-28", "severity": "较大", "liable": True,
    "evidence": "(2025) 12",
}  # fmt: skip


def _nothing_public(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Eligibility as it answers of a code with nothing public, known or not."""
    if method == "standing":
        return {"uscc": data["uscc"], "named": [], "honours": [], "bans": []}
    return answered(service, method, data, context)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def services() -> InProcess:
    return InProcess(_nothing_public)


@pytest.fixture
def bench(tmp_path: Path, services: InProcess, clock: FixedClock) -> Iterator[Bench]:
    made = make_bench(tmp_path, services, clock=clock, remember=0.0)
    yield made
    made.store.close()


def register(bench: Bench, **changes: Any) -> dict[str, Any]:
    answer = bench.client.post(
        f"{PREFIX}/agencies/clients", json={**CLIENT, **changes}, headers=bench.headers("administrator")
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def ask_token(bench: Bench, secret: str, client_id: str = "credit-office", **form: str) -> Any:
    return bench.client.post(TOKEN, data={**GRANT, **form}, auth=(client_id, secret))


def bearer(bench: Bench, secret: str, **form: str) -> dict[str, str]:
    answer = ask_token(bench, secret, **form)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}


# Secrets and tokens


def test_a_secret_gives_a_short_lived_token(bench: Bench, clock: FixedClock) -> None:
    """In HTTP Basic or in the form; it stands for the agency, its department and its scopes, for ten minutes."""
    secret = register(bench)["secret"]
    form = {**GRANT, "client_id": "credit-office", "client_secret": secret}
    for answer in (ask_token(bench, secret), bench.client.post(TOKEN, data=form)):
        body = answer.get_json()
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
        assert body["scope"] == "records:report standing:read"
        assert answer.headers["Cache-Control"] == "no-store"
    headers = bearer(bench, secret)
    me = bench.client.get(f"{PREFIX}/me", headers=headers).get_json()
    assert (me["subject"], me["unit"], me["roles"]) == ("credit-office", "credit", ["agency"])
    assert bench.client.get(ASKED, headers=headers).status_code == 200
    clock.move(timedelta(seconds=600))
    late = bench.client.get(ASKED, headers=headers)
    assert (late.status_code, late.get_json()["code"]) == (401, "invalid_token")


def test_neither_secret_nor_token_is_kept(bench: Bench) -> None:
    """What the database holds lets no program in; the list of programs shows no secret."""
    secret = register(bench)["secret"]
    token = bearer(bench, secret)["Authorization"].split()[1]
    with bench.store.engine.connect() as connection:
        rows = "".join(
            str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )
    listed = bench.client.get(f"{PREFIX}/agencies/clients", headers=bench.headers("administrator"))
    for text in (rows, listed.get_data(as_text=True)):
        assert secret not in text
        assert token not in text


def test_the_same_registration_again_shows_no_secret(bench: Bench) -> None:
    """One key is one program; another program of that name is refused."""
    headers = bench.headers("administrator", Idempotency_Key="k1")
    first, again = (
        bench.client.post(f"{PREFIX}/agencies/clients", json=CLIENT, headers=headers) for _ in range(2)
    )
    assert again.get_json() == {**first.get_json(), "secret": None}
    other = bench.client.post(
        f"{PREFIX}/agencies/clients", json=CLIENT, headers=bench.headers("administrator")
    )
    assert other.get_json()["code"] == "account_exists"


def test_while_a_secret_is_replaced_both_are_taken_and_never_three(bench: Bench, clock: FixedClock) -> None:
    """The old one ends after its days, the one before it at once."""
    first = register(bench)["secret"]
    path = f"{PREFIX}/agencies/clients/credit-office/secrets"

    def rotate() -> str:
        clock.move(timedelta(seconds=1))
        given = bench.client.post(path, headers=bench.headers("administrator")).get_json()
        assert len(given["secrets"]) == 2
        return str(given["secret"])

    second = rotate()
    assert [ask_token(bench, s).status_code for s in (first, second)] == [200, 200]
    third = rotate()
    assert [ask_token(bench, s).status_code for s in (first, second, third)] == [401, 200, 200]
    clock.move(timedelta(days=14))
    bench.tokens.clear()
    assert [ask_token(bench, s).status_code for s in (second, third)] == [401, 200]


def test_every_wrong_credential_has_one_answer(bench: Bench) -> None:
    """No such program, a wrong secret, a program that is shut, a person's password: nothing tells them apart."""
    secret = register(bench)["secret"]
    register(bench, client_id="shut-office")
    bench.client.put(
        f"{PREFIX}/agencies/clients/shut-office/disabled", json={"disabled": True},
        headers=bench.headers("administrator"),
    )  # fmt: skip
    tries = [
        ("credit-office", "wrong"),
        ("nobody-here", secret),
        ("shut-office", secret),
        ("user.administrator", secret),
    ]
    answers = [ask_token(bench, given, client_id) for client_id, given in tries]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.get_data() for answer in answers}) == 1
    query = bench.client.post(f"{TOKEN}?client_id=credit-office&client_secret={secret}", data=GRANT)
    assert query.status_code == 401


def test_a_scope_that_was_not_given_is_refused_and_a_smaller_one_is_kept_to(bench: Bench) -> None:
    """At the token, and again at the question."""
    secret = register(bench, scopes=["standing:read"])["secret"]
    refused = ask_token(bench, secret, scope="records:report")
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_scope")
    headers = bearer(bench, secret)
    answer = bench.client.post(RECORDS, json=RECORD, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "insufficient_scope")
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert bench.client.get(ASKED, headers=headers).status_code == 200


def test_what_is_taken_from_a_program_counts_at_once(bench: Bench) -> None:
    """Changed scopes and a shut program end its tokens."""
    secret = register(bench)["secret"]
    headers = bearer(bench, secret)
    change = {"scopes": ["records:report"], "purposes": []}
    path = f"{PREFIX}/agencies/clients/credit-office"
    assert bench.client.put(path, json=change, headers=bench.headers("administrator")).status_code == 200
    assert bench.client.get(ASKED, headers=headers).status_code == 401
    assert bench.client.get(ASKED, headers=bearer(bench, secret)).status_code == 403
    headers = bearer(bench, secret)
    bench.client.put(f"{path}/disabled", json={"disabled": True}, headers=bench.headers("administrator"))
    assert bench.client.post(RECORDS, json=RECORD, headers=headers).status_code == 401


def test_a_program_is_no_person(bench: Bench) -> None:
    """It signs in with no password, and its account takes no other roles."""
    secret = register(bench)["secret"]
    with pytest.raises(Unauthenticated):
        bench.identity.sign_in("credit-office", secret, "test")
    account = next(a for a in bench.identity.accounts() if a["username"] == "credit-office")
    with pytest.raises(Conflict):
        bench.identity.set_roles(bench.administrator(), account["account_id"], ["award_office"])
    roles = {"username": "li.office", "password": "x" * 12, "display_name": "li", "roles": ["agency"]}
    made = bench.client.post(f"{PREFIX}/accounts", json=roles, headers=bench.headers("administrator"))
    assert made.status_code == 422


# Questions and reports


def test_the_purpose_is_asked_for_held_to_and_recorded(bench: Bench, services: InProcess) -> None:
    """Who, for which department, about whom and why, before anything is answered; a purpose not agreed upon asks nothing."""
    headers = bearer(bench, register(bench)["secret"])
    for query in ("", "?purpose=curiosity"):
        answer = bench.client.get(f"{STANDING}{ONE}{query}", headers=headers)
        assert [e["field"] for e in answer.get_json()["errors"]] == ["purpose"]
    assert [call.operation for call in services.calls] == []
    assert bench.client.get(ASKED, headers=headers).status_code == 200
    audit = bench.store.tables.audit
    with bench.store.read() as work:
        rows = work.session.execute(select(audit).where(audit.c.action == "organization:asked")).all()
    (row,) = rows
    assert (row.actor, row.role, row.on_behalf_of, row.subject, row.reason) == (
        "credit-office", "agency", "credit", ONE, "subsidy-review",
    )  # fmt: skip


def test_a_code_with_nothing_public_and_an_unknown_one_are_one_answer(bench: Bench) -> None:
    """Byte for byte, the code apart; headers that differ are only those that differ with every request."""
    headers = bearer(bench, register(bench)["secret"])
    answers = [
        bench.client.get(f"{STANDING}{uscc}?purpose=bidding", headers=headers) for uscc in (ONE, UNKNOWN)
    ]
    bodies = {a.get_data().replace(u.encode(), b"X") for a, u in zip(answers, (ONE, UNKNOWN), strict=True)}
    assert len(bodies) == 1
    assert {a.status_code for a in answers} == {200}
    assert set(answers[0].headers.keys()) == set(answers[1].headers.keys())
    assert answers[0].headers["Content-Length"] == answers[1].headers["Content-Length"]


def test_a_report_reaches_intake_for_its_department(bench: Bench, services: InProcess) -> None:
    headers = bearer(bench, register(bench)["secret"])
    answer = bench.client.post(RECORDS, json=RECORD, headers={**headers, "Idempotency-Key": "r1"})
    assert answer.status_code == 201
    (call,) = services.calls
    assert (call.operation, dict(call.data)) == ("intake.report_record", RECORD)
    assert (call.context.actor, call.context.role, call.context.on_behalf_of) == (
        "credit-office", "agency", "credit",
    )  # fmt: skip
    assert answer.headers["Idempotency-Key"] == "r1"


def test_agencies_take_no_part_in_rehearsals(bench: Bench, services: InProcess) -> None:
    headers = {**bearer(bench, register(bench)["secret"]), "Zhiheng-Rehearsal-Date": "2025-06-01"}
    for answer in (
        bench.client.get(ASKED, headers=headers),
        bench.client.post(RECORDS, json=RECORD, headers=headers),
    ):
        assert answer.get_json()["code"] == "rehearsals_refused"
    assert services.calls == []


def test_without_a_key_to_sign_with_nothing_is_answered(tmp_path: Path, services: InProcess) -> None:
    bench = make_bench(tmp_path, services, agency_signing_key="")
    answer = bench.client.get(ASKED, headers={"Authorization": f"Bearer {bench.agency_token()}"})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "not_set_up")
    assert bench.client.get("/.well-known/jwks.json").get_json() == {"keys": []}
    assert services.calls == []


# Limits


def test_whoever_asks_more_than_its_share_waits_for_the_next_window(
    tmp_path: Path, services: InProcess, clock: FixedClock
) -> None:
    """429 with Retry-After and the fields of the draft; another program has its own share; refusals count too."""
    bench = make_bench(tmp_path, services, clock=clock, agency_requests=3, agency_window=60)
    mine = {"Authorization": f"Bearer {bench.agency_token(client_id='first-office')}"}
    other = {"Authorization": f"Bearer {bench.agency_token(client_id='second-office')}"}
    clock.move(timedelta(seconds=20))  # the token was the first request of the share
    left = []
    for path in (ASKED, f"{STANDING}{ONE}"):
        answer = bench.client.get(path, headers=mine)
        assert answer.headers["RateLimit-Policy"] == '"agency";q=3;w=60'
        left.append(answer.headers["RateLimit"])
    assert left == ['"agency";r=1;t=40', '"agency";r=0;t=40']
    refused = bench.client.get(ASKED, headers=mine)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "rate_limited")
    assert (refused.headers["Retry-After"], refused.headers["RateLimit"]) == ("40", '"agency";r=0;t=40')
    assert bench.client.get(ASKED, headers=other).status_code == 200
    clock.move(timedelta(seconds=40))
    assert bench.client.get(ASKED, headers=mine).status_code == 200


def test_replicas_count_together(database_url: str, clock: FixedClock) -> None:
    """Two gateways on one database, asked side by side: together they let in exactly the share."""
    stores = [Store.open(database_url, service="gateway", clock=clock) for _ in range(2)]
    stores[0].create_schema(metadata)
    settings = Settings(environment="test", agency_requests=20, agency_window=60)
    identity = Identity(stores[0], hasher=FAST)
    identity.begin("admin", "first of all passwords", "administrator", "admin")
    by = identity.session(identity.sign_in("admin", "first of all passwords", "test").token)
    replicas = [Agencies(Identity(store, hasher=FAST), settings) for store in stores]
    replicas[0].register(by, CLIENT, new_id())
    client = replicas[0].client("credit-office")
    ready = threading.Barrier(4)

    def ask(replica: Agencies) -> int:
        ready.wait()
        let_in = 0
        for _ in range(10):
            try:
                replica._count(client.account_id)
                let_in += 1
            except RateLimited:
                pass
        return let_in

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, replicas * 2)) == 20
    for store in stores:
        store.close()


def test_counts_and_ended_secrets_are_forgotten(bench: Bench, clock: FixedClock) -> None:
    """A day after, and when they end; a valid secret stays."""
    secret = register(bench)["secret"]
    bearer(bench, secret)
    path = f"{PREFIX}/agencies/clients/credit-office/secrets"
    newest = bench.client.post(path, headers=bench.headers("administrator")).get_json()["secret"]
    clock.move(timedelta(days=15))
    bench.gateway.agencies.purge()
    with bench.store.engine.connect() as connection:
        usage, secrets = (
            len(connection.execute(select(metadata.tables[name])).all())
            for name in ("agency_usage", "agency_secrets")
        )
    assert (usage, secrets) == (0, 1)
    assert ask_token(bench, newest).status_code == 200


# Signatures


def verify(bench: Bench, answer: Any, body: bytes | None = None, path: str = ASKED) -> None:
    """As an agency does it: the published keys, the whole answer, the question it belongs to."""
    keys = bench.client.get("/.well-known/jwks.json").get_json()["keys"]
    public: dict[str, Any] = {k["kid"]: OKPKey.import_key(k).public_key for k in keys}
    assert all(isinstance(key, Ed25519PublicKey) for key in public.values())
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys=public, private_keys={}),
    )
    question = _Question("GET", f"https://gateway{path}", {})
    message = _Answer(answer.status_code, dict(answer.headers.items()), question)
    verifier.verify(
        message, max_age=None, expect_tag="zhiheng-agency", require_components=COVERED,
        body=answer.get_data() if body is None else body,
    )  # fmt: skip


@pytest.fixture
def live(tmp_path: Path, services: InProcess) -> Iterator[Bench]:
    """With the machine's clock, which the verifier looks at."""
    made = make_bench(tmp_path, services)
    yield made
    made.store.close()


def test_every_answer_is_signed_a_refusal_too(live: Bench) -> None:
    secret = register(live)["secret"]
    answers = [
        live.client.get(ASKED, headers=bearer(live, secret)),
        live.client.get(ASKED),
        live.client.get(ASKED, headers=bearer(live, secret, scope="records:report")),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 403]
    for answer in answers:
        verify(live, answer)


@pytest.mark.parametrize("what", ["body", "status", "question", "id"])
def test_a_changed_answer_does_not_verify(live: Bench, what: str) -> None:
    """Neither another body or status, nor the same answer to another question."""
    answer = live.client.get(ASKED, headers=bearer(live, register(live)["secret"]))
    verify(live, answer)
    body, path = None, ASKED
    match what:
        case "body":
            body = answer.get_data().replace(b"[]", b"[1]", 1)
        case "status":
            answer.status_code = 404
        case "question":
            path = ASKED.replace(ONE, UNKNOWN)
        case "id":
            answer.headers["X-Request-Id"] = "another-request"
    with pytest.raises(InvalidSignature):
        verify(live, answer, body, path)


def test_a_former_key_stays_published() -> None:
    """Answers that it signed can still be checked; what is no key stops the start."""
    public = Signer(SIGNING_KEY)
    other = make_key()
    both = Signer(other, public_pem(SIGNING_KEY)).keys()["keys"]
    assert [key["kid"] for key in both][1:] == [public.keys()["keys"][0]["kid"]]
    assert all("d" not in key for key in both)
    with pytest.raises(ConfigurationError, match="AGENCY_SIGNING_KEY"):
        Signer("no key at all")


def make_key() -> str:
    key: str = OKPKey.generate_key("Ed25519").as_pem(private=True).decode("ascii")
    return key


def public_pem(private: str) -> str:
    pem: str = OKPKey.import_key(private).as_pem(private=False).decode("ascii")
    return pem
