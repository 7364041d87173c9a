"""The HTTP application on a real store: problems, headers, what goes to the services and what must not get out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy.exc import OperationalError

from services.gateway.routes import PREFIX, ROUTES, SERVICES, Route
from shared.bus import wire
from shared.contracts import Context
from shared.problems import NotFound, Unavailable
from tests.support.gateway import (
    REAL,
    REHEARSAL,
    Bench,
    InProcess,
    address,
    answered,
    any_rulebook,
    body_of,
    make_bench,
)

JSON = {"Content-Type": "application/json"}
OFFICE, APPLICANT = "award_office", "applicant"


def route(operation: str) -> Route:
    return next(r for r in ROUTES if r.operation == operation)


@pytest.fixture
def services() -> InProcess:
    return InProcess()


@pytest.fixture
def bench(tmp_path: Path, services: InProcess) -> Iterator[Bench]:
    bench = make_bench(tmp_path, services)
    yield bench
    bench.store.close()


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer, after looking at what every problem has."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.get_json()
    assert found["code"] == code, found
    assert found["status"] == status
    assert found["type"] == f"urn:zhiheng:problem:{code}"
    assert found["request_id"] == answer.headers["X-Request-Id"]
    assert found["title_zh"]
    assert found["title_en"]
    assert answer.headers["Cache-Control"] == "no-store"
    return found


# Bodies


@pytest.mark.parametrize(
    ("raw", "headers", "status", "code"),
    [
        (b"", JSON, 400, "no_body"),
        (b"{", JSON, 400, "not_json"),
        (b"[]", JSON, 400, "not_an_object"),
        (b'{"members": ["a"], "members": ["b"]}', JSON, 400, "duplicate_key"),
        (b'{"members": [NaN]}', JSON, 400, "not_a_number"),
        (b'{"members": ' + b"[" * 90_000, JSON, 400, "too_deep"),
        (b'{"members": ["\\u0000"]}', JSON, 400, "control_character"),
        (b'{"members": ["a"]}', {"Content-Type": "text/plain"}, 415, "unsupported_content_type"),
        (b'{"members": ["a"]}', {}, 415, "unsupported_content_type"),
        (b'{"members": ["' + b"a" * (1 << 20) + b'"]}', JSON, 413, "too_large"),
        (b'{"members": "a"}', JSON, 422, "invalid"),
        (b'{"members": [1]}', JSON, 422, "invalid"),
        (b'{"members": []}', JSON, 422, "invalid"),
        (b"{}", JSON, 422, "invalid"),
        (b'{"members": ["a"], "extra": 1}', JSON, 422, "invalid"),
        (b'{"members": ["a"], "cycle_id": "other"}', JSON, 422, "invalid"),
    ],
)
def test_a_wrong_body_is_a_problem_and_reaches_no_service(
    bench: Bench, services: InProcess, raw: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = bench.client.put(
        address(route("committee.convene")), data=raw, headers={**headers, **bench.headers(OFFICE)}
    )
    problem(answer, status, code)
    assert services.calls == []


def test_a_refused_field_is_named_with_its_path_and_reason_in_both_languages(bench: Bench) -> None:
    body = {"experts": [{"expert_id": "E1"}, {"expert_id": "E 2", "industry_expert": "yes"}]}
    answer = bench.client.post(
        address(route("review.register_experts")), json=body, headers=bench.headers(OFFICE)
    )
    errors = {e["field"]: e for e in problem(answer, 422, "invalid")["errors"]}
    assert set(errors) == {"experts.1.expert_id", "experts.1.industry_expert"}
    assert all(e["reason_zh"] and e["reason_en"] for e in errors.values())


def test_unknown_and_repeated_parameters_are_refused(bench: Bench) -> None:
    path = address(route("intake.enquiries"))
    headers = bench.headers(OFFICE)
    assert bench.client.get(path + "?application_id=a1", headers=headers).status_code == 200
    for query in ("?aplication_id=a1", "?application_id=a1&application_id=a2", "?cycle_id=other"):
        problem(bench.client.get(path + query, headers=headers), 422, "bad_parameter")


def test_a_question_takes_no_body(bench: Bench) -> None:
    answer = bench.client.get(PREFIX + "/cycles", data=b"{}", headers=JSON)
    problem(answer, 400, "unwanted_body")


def test_a_command_without_fields_takes_an_empty_body_or_an_empty_object(bench: Bench) -> None:
    path, headers = address(route("intake.submit_application")), bench.headers(APPLICANT)
    assert bench.client.post(path, headers=headers).status_code == 200
    assert bench.client.post(path, json={}, headers=headers).status_code == 200
    problem(bench.client.post(path, json={"x": 1}, headers=headers), 422, "invalid")


# HTTP


def test_what_http_refuses_is_a_problem_too(bench: Bench) -> None:
    client = bench.client
    problem(client.get("/nowhere"), 404, "no_such_address")
    problem(client.get(PREFIX + "/cycles/"), 404, "no_such_address")
    wrong = client.delete(PREFIX + "/cycles")
    problem(wrong, 405, "method_not_allowed")
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}
    problem(client.options(PREFIX + "/cycles"), 405, "method_not_allowed")
    problem(client.get(PREFIX + "/cycles", headers={"Accept": "text/html"}), 406, "not_acceptable")
    assert client.get(PREFIX + "/cycles", headers={"Accept": "text/html, */*;q=0.1"}).status_code == 200


def test_the_language_follows_the_caller_and_both_are_there(bench: Bench) -> None:
    for accept, language in (("en-GB,en;q=0.9", "en"), ("zh-CN", "zh"), ("de", "zh"), ("", "zh")):
        answer = bench.client.get("/nowhere", headers={"Accept-Language": accept})
        found = problem(answer, 404, "no_such_address")
        assert found["title"] == found[f"title_{language}"]
        assert found["detail"] == found[f"detail_{language}"]
        assert answer.headers["Content-Language"] == language


def test_every_answer_has_the_security_headers(bench: Bench) -> None:
    for path in (PREFIX + "/cycles", "/nowhere", "/docs", "/openapi.json", "/livez", PREFIX + "/me"):
        headers = bench.client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Server" not in headers
        assert "Set-Cookie" not in headers


def test_a_fault_of_ours_says_nothing_but_its_id(tmp_path: Path) -> None:
    """No class, no text, no service, no stack."""

    def broken(*_: object) -> dict[str, Any]:
        raise RuntimeError("secret of the house")

    bench = make_bench(tmp_path, InProcess(broken))
    answer = bench.client.get(PREFIX + "/cycles")
    problem(answer, 500, "fault")
    text = answer.get_data(as_text=True)
    for leak in ("secret", "RuntimeError", "Traceback", "intake", "services/"):
        assert leak not in text


def test_accounts_that_cannot_be_reached_are_unavailable_not_a_fault(tmp_path: Path) -> None:
    """While its database is away the gateway says to try again, which is what a caller then does."""

    def away(*_: object) -> dict[str, Any]:
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("unable to open database file"))

    bench = make_bench(tmp_path, InProcess(away))
    answer = bench.client.get(PREFIX + "/cycles")
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"]


# What goes to the services


def test_the_circumstances_travel_with_the_call(bench: Bench, services: InProcess) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = bench.request(
        route("committee.convene"),
        OFFICE,
        X_Request_Id="request-0001",
        traceparent=trace,
        Idempotency_Key="k1",
    )
    assert answer.status_code == 200
    context = services.calls[-1].context
    account = next(a for a in bench.identity.accounts() if a["roles"] == [OFFICE])
    assert context.actor == account["subject"]
    assert context.role == OFFICE
    assert context.correlation_id == answer.headers["X-Request-Id"] == "request-0001"
    assert context.traceparent[:35] == trace[:35] == answer.headers["traceparent"][:35]
    assert answer.headers["Idempotency-Key"] == "k1"


def test_a_key_is_one_message_for_one_caller_and_another_for_another(
    bench: Bench, services: InProcess
) -> None:
    objecting = route("eligibility.object")
    for role in (None, None, APPLICANT):
        assert bench.request(objecting, role, Idempotency_Key="k1").status_code == 201
    first, again, other = (call.context.message_id for call in services.calls[-3:])
    assert first == again != other


def test_a_command_without_a_key_gets_one_and_a_question_none(bench: Bench) -> None:
    made = {
        bench.request(route("committee.close_round"), OFFICE).headers["Idempotency-Key"] for _ in range(2)
    }
    assert len(made) == 2
    assert "Idempotency-Key" not in bench.request(route("intake.cycles"), None).headers


def test_path_and_body_reach_the_service_as_one_request(bench: Bench, services: InProcess) -> None:
    bench.request(route("review.submit_sheet"), "reviewer")
    data = services.calls[-1].data
    assert data["cycle_id"] == REHEARSAL
    assert data["stage"] == any_rulebook().stages[-1].key
    assert data["percent"] == "88.5"


@pytest.mark.parametrize("stage", any_rulebook().stages, ids=lambda stage: stage.key)
def test_a_stage_is_answered_by_its_owner(bench: Bench, services: InProcess, stage: Any) -> None:
    """Also where the key holds a colon; intake is asked for the cycle only once."""
    for operation in ("*.stage", "*.begin_stage", "*.close_stage"):
        reached = route(operation)
        path = address(reached, stage=stage.key)
        answer = bench.client.open(path, method=reached.verb, headers=bench.headers(OFFICE))
        assert answer.status_code == 200
        assert services.calls[-1].operation == operation.replace("*", stage.owner)
    assert [call.operation for call in services.calls].count("intake.cycle") == 1


def test_a_stage_that_the_rulebook_does_not_have_is_not_found(bench: Bench) -> None:
    answer = bench.client.get(address(route("*.stage"), stage="no_such_stage"), headers=bench.headers(OFFICE))
    problem(answer, 404, "not_found")


def test_the_audit_asks_every_service_and_sums_up(tmp_path: Path) -> None:
    broken: set[str] = set()

    def answer(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if method == "audit":
            return {
                "service": service,
                "entries": 10,
                "unsealed": 1,
                "intact": service not in broken,
                "problems": [],
            }
        return answered(service, method, data, context)

    bench = make_bench(tmp_path, InProcess(answer))
    path = address(route("gateway.audit"))
    found = bench.client.get(path, headers=bench.headers("auditor")).get_json()
    assert [state["service"] for state in found["services"]] == list(SERVICES)
    assert (found["entries"], found["unsealed"], found["intact"]) == (50, 5, True)
    broken.add("review")
    assert bench.client.get(path, headers=bench.headers("auditor")).get_json()["intact"] is False


def test_a_silent_service_is_named_in_words_never_an_empty_list(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, InProcess(missing=frozenset({"review"})))
    for operation in ("review.scores", "gateway.audit"):
        answer = bench.request(route(operation), "auditor")
        found = problem(answer, 503, "not_running")
        assert "专家评审" in found["detail_zh"]
        assert answer.headers["Retry-After"]


def test_an_operation_that_a_service_does_not_know_yet_is_unavailable_not_missing(tmp_path: Path) -> None:
    def older(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        raise NotFound("没有操作", "no operation", code="unknown_operation")

    bench = make_bench(tmp_path, InProcess(older))
    problem(bench.client.get(PREFIX + "/cycles"), 503, "not_running")


# Leaks


def test_what_does_not_exist_and_what_is_not_yours_look_the_same(tmp_path: Path) -> None:
    """Byte for byte, whatever the service said about the reason."""

    def answer(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if data.get("application_id") == "yours-not":
            raise NotFound("不是您的申报：华鼎", "not yours: recused", code="recused")
        raise NotFound("没有", "none")

    bench = make_bench(tmp_path, InProcess(answer))
    bodies = {
        bench.client.get(
            address(route("intake.application"), application_id=application),
            headers=bench.headers(APPLICANT, X_Request_Id="request-0001"),
        ).data
        for application in ("yours-not", "nowhere--")
    }
    assert len(bodies) == 1
    assert b"recused" not in bodies.pop()


def test_the_role_is_looked_at_before_the_object(bench: Bench, services: InProcess) -> None:
    """Whoever may not ask at all learns nothing of what exists, and no service is troubled."""
    answer = bench.request(route("review.scores"), APPLICANT)
    problem(answer, 403, "forbidden")
    assert services.calls == []


def test_a_wrong_body_of_somebody_who_may_not_is_still_forbidden(bench: Bench) -> None:
    answer = bench.client.put(
        address(route("committee.convene")), data=b"{", headers={**JSON, **bench.headers(APPLICANT)}
    )
    problem(answer, 403, "forbidden")


def test_health_on_the_public_port_tells_no_reasons(bench: Bench) -> None:
    bench.gateway.readiness = lambda: {"database": "OperationalError"}
    answer = bench.client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"ready": False})
    assert bench.client.get("/livez").status_code == 200
    assert bench.client.get("/metrics").status_code == 404


def test_the_log_of_a_request_names_nobody(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither who signed in, nor from where, nor what was asked for."""
    bench.client.post(PREFIX + "/tokens", json={"username": "li.office", "password": "p" * 20})
    bench.request(route("eligibility.object"), None)
    bench.client.get(
        address(route("intake.enquiries")) + "?application_id=a-1", headers=bench.headers(OFFICE)
    )
    written = capsys.readouterr().out
    assert "route=" in written
    for personal in (
        "li.office",
        "pppp",
        "王芳",
        "11010519491231002X",
        "127.0.0.1",
        "application_id=a-1",
        "user.",
    ):
        assert personal not in written


# Rehearsals


def persona(bench: Bench, role: str, subject: str = "E1") -> dict[str, str]:
    given = bench.client.post(
        PREFIX + "/rehearsals/tokens",
        json={"role": role, "subject": subject},
        headers=bench.headers("rehearser"),
    )
    assert given.status_code == 201, given.get_json()
    return {"Authorization": f"Bearer {given.get_json()['token']}", "Zhiheng-Rehearsal-Date": "2025-04-01"}


def test_a_persona_acts_under_its_own_name_on_its_day(bench: Bench, services: InProcess) -> None:
    answer = bench.client.post(
        address(route("review.submit_sheet")),
        json=body_of(route("review.submit_sheet")),
        headers=persona(bench, "reviewer", "E7"),
    )
    assert answer.status_code == 200
    context = services.calls[-1].context
    assert (context.actor, context.role) == ("E7", "reviewer")
    assert context.rehearsal_date is not None
    assert context.rehearsal_date.isoformat() == "2025-04-01"


def test_a_persona_touches_rehearsals_only(bench: Bench, services: InProcess) -> None:
    headers = persona(bench, OFFICE)
    for operation in ("review.panels", "*.begin_stage", "gateway.audit", "intake.cycle"):
        reached = route(operation)
        body = body_of(reached)
        real = bench.client.open(
            address(reached, cycle_id=REAL), method=reached.verb, json=body, headers=headers
        )
        problem(real, 403, "not_a_rehearsal")
        played = bench.client.open(address(reached), method=reached.verb, json=body, headers=headers)
        assert played.status_code == 200, operation
    assert REAL not in [
        call.data.get("cycle_id") for call in services.calls if call.operation != "intake.cycle"
    ]


def test_a_rehearsal_hears_nothing_of_a_real_application(tmp_path: Path) -> None:
    """Where the path names no cycle the answer does; a real one looks as if it did not exist."""

    def answer(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        found = answered(service, method, data, context)
        if method == "application":
            found["cycle_id"] = REAL if data["application_id"] == "real" else REHEARSAL
        return found

    bench = make_bench(tmp_path, InProcess(answer))
    headers = persona(bench, OFFICE)
    real, played, missing = (
        bench.client.get(address(route("intake.application"), application_id=quote(name)), headers=headers)
        for name in ("real", "played", "no\nline")
    )
    problem(real, 404, "not_found")
    assert played.status_code == 200
    assert missing.status_code == 404


def test_a_persona_without_its_day_is_refused(bench: Bench) -> None:
    headers = persona(bench, OFFICE)
    del headers["Zhiheng-Rehearsal-Date"]
    problem(bench.client.get(address(route("review.panels")), headers=headers), 400, "rehearsal_date_missing")
    problem(bench.client.get(address(route("gateway.audit")), headers=headers), 400, "rehearsal_date_missing")


def test_whoever_plays_opens_rehearsals_only(bench: Bench) -> None:
    opening = route("intake.open_cycle")
    body = body_of(opening) or {}
    for headers in (persona(bench, OFFICE), bench.headers("rehearser")):
        real = bench.client.post(address(opening), json={**body, "rehearsal": False}, headers=headers)
        problem(real, 403, "rehearsal_only")
        assert (
            bench.client.post(address(opening), json={**body, "rehearsal": True}, headers=headers).status_code
            == 201
        )


def test_nobody_gives_a_date_to_a_real_cycle(bench: Bench) -> None:
    """Not even the office itself, and not the public."""
    for role in (OFFICE, None):
        answer = bench.client.get(
            address(route("eligibility.notices"), cycle_id=REAL),
            headers=bench.headers(role, Zhiheng_Rehearsal_Date="2025-04-01"),
        )
        problem(answer, 403, "not_a_rehearsal")


def test_where_rehearsals_are_refused_there_is_neither_date_nor_persona(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, InProcess(), rehearsals="refused")
    dated = bench.client.get(PREFIX + "/cycles", headers={"Zhiheng-Rehearsal-Date": "2025-04-01"})
    problem(dated, 403, "rehearsals_refused")
    asked = bench.client.post(
        PREFIX + "/rehearsals/tokens",
        json={"role": OFFICE, "subject": "x"},
        headers=bench.headers("rehearser"),
    )
    problem(asked, 403, "rehearsals_refused")


@pytest.mark.parametrize("role", ["administrator", "operator", "rehearser", "public", "nobody"])
def test_nobody_is_played_who_could_give_himself_more(bench: Bench, role: str) -> None:
    asked = bench.client.post(
        PREFIX + "/rehearsals/tokens", json={"role": role, "subject": "x"}, headers=bench.headers("rehearser")
    )
    problem(asked, 422, "invalid")


# Rulebooks


def test_rulebooks_are_public_and_as_the_contract_says(bench: Bench) -> None:
    from services.gateway.own import OWN
    from shared.contracts import load

    found = bench.client.get(PREFIX + "/rulebooks").get_json()
    load(OWN["rulebooks"].reply(), found)
    for line in found["rulebooks"]:
        one = bench.client.get(f"{PREFIX}/rulebooks/{line['rulebook']}").get_json()
        load(OWN["rulebook"].reply(), one)
        assert one["procedure"][0]["stages"][0]["stage"] == "submission"
        for kind in one["kinds"]:
            form = bench.client.get(f"{PREFIX}/rulebooks/{line['rulebook']}/form?kind={kind}").get_json()
            load(OWN["form"].reply(), form)
            assert [material["name"] for material in form["materials"]] == one["materials"][kind]
            cited = {rule for part in form["facts"] for rule in part["rules"]}
            assert cited <= set(form["articles"]) | {rule for rule in cited if rule.startswith("assumed:")}
    problem(bench.client.get(PREFIX + "/rulebooks/nowhere-1999"), 404, "not_found")
    problem(bench.client.get(PREFIX + "/rulebooks/nowhere-1999/form?kind=project"), 404, "not_found")
    problem(bench.client.get(PREFIX + "/rulebooks/hangzhou-2025/form?kind=individual"), 422, "invalid")


def test_the_stand_in_speaks_the_wire(bench: Bench) -> None:
    """What the stand-in is given is plain JSON, as on the way over the broker."""
    with pytest.raises(TypeError):
        wire.encode({"x": object()})
    with pytest.raises(Unavailable):
        InProcess(missing=frozenset({"intake"})).call("intake", "cycles", {}, Context(message_id="m"))
