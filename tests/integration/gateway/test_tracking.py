"""The years after the award over HTTP: the real gateway before the real rooms of incentives, each person with a token."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from services.incentives.stages import conductor
from shared.contracts import Context, dump, load, operation
from tests.integration.incentives.followed import FIGURES, HANDLERS, Followed
from tests.support.gateway import PASSWORD, Bench, InProcess, answered, make_bench
from tests.support.rooms import CYCLE

pytestmark = pytest.mark.integration

API = f"/api/v1/cycles/{CYCLE}"
YEAR = f"{API}/my-tracking/a1/reports/2025"
JANUARY = date(2026, 1, 10)


@dataclass
class Served:
    """A gateway, the winners behind it, and who asks."""

    bench: Bench
    followed: Followed
    tokens: dict[str, str]

    def ask(self, who: str, verb: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        return self.bench.client.open(path, method=verb, json=body, headers=headers)

    def done(self, who: str, verb: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self.ask(who, verb, path, body)
        assert answer.status_code in (200, 201), answer.get_data(as_text=True)
        return answer.get_json()


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    followed = Followed(database_url)
    followed.award("a1", "a2")
    followed.at(JANUARY)

    def answer(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if service != "incentives" or method not in HANDLERS:
            found = answered(service, method, data, context)
            return {**found, "rehearsal": False} if method == "cycle" else found
        contract = operation(service, method)
        request = load(contract.request(), dict(data))
        with followed.desk.store.transaction() as tx, tx.savepoint():
            return dump(contract.reply(), HANDLERS[method](tx.work(context), conductor, request))

    bench = make_bench(tmp_path, InProcess(answer))
    tokens = {}
    for who, role in (
        ("a1.lead", "applicant"), ("a2.lead", "applicant"), ("a3.lead", "applicant"), ("li.office", "award_office"),
        ("wang.office", "award_office"), ("discipline", "discipline"), ("auditor", "auditor"), ("finance", "finance"),
    ):  # fmt: skip
        bench.identity.create(
            None, username=who, password=PASSWORD, display_name=who, roles=[role], subject=who
        )
        tokens[who] = bench.identity.sign_in(who, PASSWORD, "test").token
    yield Served(bench, followed, tokens)
    followed.desk.close()


def _report(served: Served) -> None:
    served.done("a1.lead", "PUT", f"{YEAR}/texts/summary", {"text": "体系运行平稳。"})
    for index, value in FIGURES.items():
        said = {"value": value, "comparisons": [{"name": "行业平均", "value": "1"}]}
        served.done("a1.lead", "PUT", f"{YEAR}/figures/{index}", said)
    served.done("a1.lead", "POST", f"{YEAR}/papers", {"papers": ["p1", "p2"]})
    served.done("a1.lead", "DELETE", f"{YEAR}/papers/p2")
    served.done("a1.lead", "POST", f"{YEAR}/submission")


def test_a_report_goes_its_way_over_http(served: Served) -> None:
    """Written, handed in, returned, corrected, accepted, and read as PDF and DOCX."""
    _report(served)
    until = {"reason": "口径不一致", "correct_by": "2026-02-10"}
    served.done("li.office", "POST", f"{API}/tracking/a1/reports/2025/return", until)
    served.done("a1.lead", "PUT", f"{YEAR}/figures/market", {"value": "11"})
    served.done("a1.lead", "POST", f"{YEAR}/submission")
    served.done("li.office", "POST", f"{API}/tracking/a1/reports/2025/acceptance")
    file = served.done("a1.lead", "GET", f"{API}/my-tracking/a1")
    assert [each["state"] for each in file["reports"]][:2] == ["accepted", "due"]
    assert file["reports"][0]["content"]["papers"] == ["p1"]
    for who, path in (
        ("a1.lead", f"{API}/my-tracking/a1"), ("li.office", f"{API}/tracking/a1"), ("auditor", f"{API}/tracking/a1"),
    ):  # fmt: skip
        pdf = served.ask(who, "GET", f"{path}/report.pdf")
        assert pdf.mimetype == "application/pdf"
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.data)).pages)
        assert "体系运行平稳" in text.replace("\n", "")
        docx = served.ask(who, "GET", f"{path}/report.docx")
        with zipfile.ZipFile(io.BytesIO(docx.data)) as archive:
            assert any(name.startswith("word/media/") for name in archive.namelist())
    assert served.ask("a1.lead", "GET", f"{API}/tracking-overview.pdf").mimetype == "application/pdf"
    assert served.ask("discipline", "GET", f"{API}/tracking-overview.docx").status_code == 200


def test_an_order_goes_its_way_over_http(served: Served) -> None:
    """Whoever issued it decides nothing; another officer does."""
    visit = served.done(
        "li.office",
        "POST",
        f"{API}/tracking/a1/visits",
        {"visit_on": str(JANUARY), "visitors": ["李办"], "purpose": "回访"},
    )
    served.done(
        "li.office",
        "POST",
        f"{API}/tracking/a1/visits/{visit['visit_id']}/record",
        {"record": "查看", "findings": ["台账停更"]},
    )
    order = served.done(
        "li.office",
        "POST",
        f"{API}/tracking/a1/orders",
        {"what": "更新", "ground": "停更", "answer_by": "2026-02-10", "visit_id": visit["visit_id"]},
    )
    served.done(
        "a1.lead",
        "POST",
        f"{API}/my-tracking/a1/orders/{order['order_id']}/answer",
        {"answer": "已补齐", "papers": ["p1"]},
    )
    deciding = f"{API}/tracking/a1/orders/{order['order_id']}/decision"
    said = {"decision": "confirmed", "reason": "已核实"}
    assert served.ask("li.office", "POST", deciding, said).status_code == 403
    assert served.done("wang.office", "POST", deciding, said)["state"] == "confirmed"


def test_nobody_reads_what_is_not_theirs(served: Served) -> None:
    """Another winner, one who won nothing, finance: neither the file, nor its papers, nor what is owed."""
    served.done("a1.lead", "PUT", f"{YEAR}/texts/summary", {"text": "只有本单位知道的话"})
    for who in ("a2.lead", "a3.lead"):
        for path in ("", "/report.pdf", "/report.docx"):
            assert served.ask(who, "GET", f"{API}/my-tracking/a1{path}").status_code == 404
        assert served.ask(who, "PUT", f"{YEAR}/texts/summary", {"text": "改"}).status_code == 404
        for path in ("/tracking", "/tracking/a1", "/tracking/a1/report.pdf", "/tracking-due"):
            assert served.ask(who, "GET", API + path).status_code == 403
    assert served.ask("a3.lead", "GET", f"{API}/tracking-overview").status_code == 404
    for path in ("/tracking", "/tracking/a1", "/tracking-overview", "/my-tracking/a1"):
        assert served.ask("finance", "GET", API + path).status_code == 403
    for who in ("li.office", "discipline", "auditor"):
        assert "只有本单位知道的话" not in str(served.done(who, "GET", f"{API}/tracking/a1"))
        assert served.done(who, "GET", f"{API}/tracking-due")["owed"][0]["application_id"] == "a1"
    for who in ("discipline", "auditor"):
        answer = served.ask(who, "POST", f"{API}/tracking/a1/reports/2025/acceptance")
        assert answer.status_code == 403
    assert "只有本单位知道的话" in str(served.done("a1.lead", "GET", f"{API}/my-tracking/a1"))


def test_a_wrong_address_or_figure_is_refused(served: Served) -> None:
    """A year that is none, a figure that is no number, a text that the form lacks."""
    for path, body in (
        (f"{API}/my-tracking/a1/reports/x/texts/summary", {"text": "x"}),
        (f"{YEAR}/texts/secret", {"text": "x"}),
        (f"{YEAR}/figures/market", {"value": "1e5"}),
        (f"{YEAR}/figures/unknown", {"value": "1"}),
    ):
        assert served.ask("a1.lead", "PUT", path, body).status_code in (404, 422)
    assert served.ask("a1.lead", "POST", f"{YEAR}/submission").status_code == 409
