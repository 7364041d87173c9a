"""证明材料 over HTTP: bytes into the store and out, claims before a request, and who objects stays unnamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from services.gateway.app import create_app
from services.gateway.server import Server
from shared.contracts import Context
from shared.problems import Conflict, NotFound, Problem, Unavailable, invalid_field
from tests.support.gateway import REHEARSAL, Bench, InProcess, answered, make_bench

pytestmark = pytest.mark.integration

APPLICATION, TOKEN = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c", "t" * 43
OBJECTING = f"/api/v1/cycles/{REHEARSAL}/notices/award/objections"


@dataclass
class Services:
    """What was asked of the services, and what they refuse."""

    refuses: dict[str, Problem] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any], Context]] = field(default_factory=list)
    state: str = "accepted"
    digest: str = ""
    purpose: str = "approval"

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        found = answered(service, method, data, context)
        self.asked.append((method, data, context))
        if method in self.refuses:
            raise self.refuses[method]
        if method == "add_paper":
            self.digest = data["digest"]
            return {**found, **data, "paper_id": "p1", "state": "checking"}
        if method == "paper":
            return {
                **found,
                "state": self.state,
                "digest": self.digest,
                "size": 5,
                "file_name": "批复.pdf",
                "purpose": self.purpose,
            }
        return found

    def of(self, method: str) -> list[Mapping[str, Any]]:
        return [data for name, data, _ in self.asked if name == method]

    def names(self) -> list[str]:
        return [name for name, _, _ in self.asked if name != "cycle"]


@dataclass
class Counter:
    bench: Bench
    services: Services

    def upload(
        self, role: str | None, purpose: str = "approval", content: bytes = b"bytes", forwarded: str = ""
    ) -> Any:
        return self.bench.client.post(
            "/api/v1/papers", query_string={"purpose": purpose, "file_name": "批复.pdf"}, data=content,
            headers=self.bench.headers(role, **({"X_Forwarded_For": forwarded} if forwarded else {})),
        )  # fmt: skip

    def object(self, *papers: str, role: str | None = None, **more: Any) -> Any:
        body = {"application_id": APPLICATION, "source": "public", "evidence": True, "papers": list(papers)}
        return self.bench.client.post(OBJECTING, json=body | more, headers=self.bench.headers(role))


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    services = Services()
    bench = make_bench(tmp_path, InProcess(services), papers_public_largest_bytes=100, papers_address_most=3)
    yield Counter(bench, services)
    bench.store.close()


def test_a_paper_goes_in_and_comes_out_and_every_reading_is_noted(counter: Counter) -> None:
    assert counter.upload("award_office").status_code == 201
    got = counter.bench.client.get("/api/v1/papers/p1/content", headers=counter.bench.headers("auditor"))
    assert (got.status_code, got.data) == (200, b"bytes")
    assert got.headers["Content-Disposition"].startswith("attachment; ")
    audit = counter.bench.store.tables.audit
    with counter.bench.store.read() as work:
        actions = list(work.session.execute(audit.select()).mappings())
    assert [row["action"] for row in actions].count("paper:read") == 1


@pytest.mark.parametrize("state", ["checking", "refused"])
def test_only_what_was_accepted_is_given(counter: Counter, state: str) -> None:
    counter.services.state = state
    got = counter.bench.client.get("/api/v1/papers/p1/content", headers=counter.bench.headers("award_office"))
    assert (got.status_code, got.json["code"]) == (409, f"file_{state}")


def test_a_paper_of_an_objection_is_given_to_officers_of_the_case(counter: Counter) -> None:
    """Whoever has no part in it is told that there is none; no other paper is asked about."""
    counter.upload("award_office")
    reading = ("/api/v1/papers/p1/content", counter.bench.headers("award_office"))
    counter.bench.client.get(reading[0], headers=reading[1])
    assert counter.services.of("may_read_objection_paper") == []
    counter.services.purpose = "objection"
    assert counter.bench.client.get(reading[0], headers=reading[1]).status_code == 200
    assert counter.services.of("may_read_objection_paper") == [{"paper_id": "p1"}]
    counter.services.refuses["may_read_objection_paper"] = NotFound("没有这份材料", "no such paper")
    assert counter.bench.client.get(reading[0], headers=reading[1]).status_code == 404


def test_the_public_uploads_less_and_less_often(counter: Counter) -> None:
    """Bounded in size, and by address; somebody with an account is not stopped by that."""
    assert counter.upload(None, content=b"x" * 101).status_code == 413
    assert counter.upload(None).status_code == 201
    assert counter.upload(None).status_code == 201
    assert counter.upload(None).status_code == 429
    assert counter.upload("award_office", content=b"x" * 101).status_code == 201


def test_behind_a_proxy_everybody_of_the_public_has_an_address(tmp_path: Path) -> None:
    """Only where the proxy is named: otherwise whoever asks could say any address."""
    for proxies, fourth in (("127.0.0.0/8", 201), ("", 429)):
        folder = tmp_path / str(fourth)
        folder.mkdir()
        bench = make_bench(folder, InProcess(Services()), papers_address_most=3, gateway_proxies=proxies)
        counter = Counter(bench, Services())
        for number in range(3):
            assert counter.upload(None, forwarded=f"203.0.113.{number}").status_code == 201
        assert counter.upload(None, forwarded="203.0.113.9").status_code == fourth
        bench.store.close()


def test_what_a_proxy_says_comes_through_the_server(tmp_path: Path) -> None:
    """The server takes nothing away of it."""
    settings = {"papers_address_most": 1, "gateway_proxies": "127.0.0.0/8"}
    bench = make_bench(tmp_path, InProcess(Services()), **settings)
    server = Server(create_app(bench.gateway), "127.0.0.1", 0, 1)
    running = Thread(target=server.run, args=(1.0,))
    running.start()
    try:
        found = []
        for address in ("203.0.113.1", "203.0.113.2", "203.0.113.2"):
            http = HTTPConnection("127.0.0.1", server.port, timeout=30)
            headers = {"X-Forwarded-For": address, "Content-Type": "application/octet-stream"}
            http.request("POST", "/api/v1/papers?purpose=approval&file_name=a.pdf", b"bytes", headers)
            found.append(http.getresponse().status)
            http.close()
    finally:
        server.stop()
        running.join()
        server._server.trigger.close()
        bench.store.close()
    assert found == [201, 201, 429]


def test_an_account_that_uploads_for_an_objection_is_bounded_by_itself(counter: Counter) -> None:
    """No service knows who it is, so the gateway counts: by the account, not by the address that others share."""
    for _ in range(3):
        assert counter.upload("applicant", "objection").status_code == 201
    assert counter.upload("applicant", "objection").status_code == 429
    assert counter.upload("auditor", "objection").status_code == 201
    assert counter.upload(None, "objection").status_code == 201
    assert counter.upload("applicant").status_code == 201


def test_what_is_refused_beforehand_is_not_kept(counter: Counter) -> None:
    counter.services.refuses["may_add_paper"] = Conflict("满了", "full")
    assert counter.upload("award_office").status_code == 409
    root = Path(counter.bench.gateway.settings.content_url.removeprefix("file://"))
    assert [path for path in (root / "content").rglob("*") if path.is_file()] == []


def test_papers_are_claimed_before_a_request_and_the_service_gets_bare_ids(counter: Counter) -> None:
    assert counter.object("p1", f"p2:{TOKEN}").status_code == 201
    assert counter.services.names() == ["claim_papers", "object"]
    (claimed,) = counter.services.of("claim_papers")
    assert claimed["papers"] == [{"paper_id": "p1", "token": None}, {"paper_id": "p2", "token": TOKEN}]
    assert (claimed["operation"], claimed["purpose"]) == ("eligibility.object", "objection")
    assert counter.services.of("object")[0]["papers"] == ["p1", "p2"]


def test_the_papers_of_an_approval_are_those_uploaded_for_it(counter: Counter) -> None:
    body = {"document_number": "府函〔2025〕12号", "approved_on": "2025-07-01", "papers": ["p1"]}
    path = OBJECTING.partition("/notices/")[0] + "/approval"
    counter.bench.client.put(path, json=body, headers=counter.bench.headers("award_office"))
    assert counter.services.names() == ["claim_papers", "record_approval"]
    (claimed,) = counter.services.of("claim_papers")
    assert (claimed["operation"], claimed["purpose"]) == ("committee.record_approval", "approval")


def test_a_refusal_of_the_claim_names_the_field_and_nothing_is_asked(counter: Counter) -> None:
    counter.services.refuses["claim_papers"] = invalid_field("papers.0", "不是您的", "not yours")
    answer = counter.object("p1")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "papers.0")
    assert counter.services.names() == ["claim_papers"]


def test_what_the_service_refuses_frees_its_papers(counter: Counter) -> None:
    """By the same claim. Where nobody knows what became of the request they stay with it."""
    counter.services.refuses["object"] = Conflict("公示已结束", "over")
    assert counter.object("p1").status_code == 409
    (claimed,), (released,) = counter.services.of("claim_papers"), counter.services.of("release_papers")
    assert claimed["claim"] == released["claim"]
    counter.services.refuses["object"] = Unavailable("不在", "away")
    assert counter.object("p1").status_code == 503
    assert len(counter.services.of("release_papers")) == 1


def test_a_repeated_request_is_one_claim_and_another_one_is_not(counter: Counter) -> None:
    headers = {"Idempotency-Key": "k1"}
    body = {"application_id": APPLICATION, "source": "public", "evidence": True, "papers": ["p1"]}
    for sent in (body, body, {**body, "evidence": False}):
        counter.bench.client.post(OBJECTING, json=sent, headers=headers)
    claims = [claimed["claim"] for claimed in counter.services.of("claim_papers")]
    assert claims[0] == claims[1] != claims[2]


@pytest.mark.parametrize(
    "papers", [["p"] * 2, [f"p{n}" for n in range(21)], ["p 1"], ["p1:short"], ["p1", f"p1:{TOKEN}"]]
)
def test_a_list_of_papers_that_cannot_be_is_refused(counter: Counter, papers: list[str]) -> None:
    answer = counter.object(*papers)
    assert (answer.status_code, answer.json["errors"][0]["field"][:6]) == (422, "papers")
    assert counter.services.names() == []


@pytest.mark.parametrize("role", ["applicant", "auditor", "award_office"])
def test_who_objects_is_named_to_no_service(counter: Counter, role: str) -> None:
    """Neither by the objection nor by its papers; what the office finds by itself has its officer's name."""
    counter.upload(role, "objection")
    counter.object("p1", role=role)
    for name, _, context in counter.services.asked:
        if name in ("add_paper", "claim_papers", "object"):
            assert (context.actor, context.role, context.on_behalf_of) == ("anonymous", "public", ""), name
    counter.services.asked.clear()
    counter.object(role="award_office", source="office")
    (found,) = [context for name, _, context in counter.services.asked if name == "object"]
    assert found.role == "award_office"
