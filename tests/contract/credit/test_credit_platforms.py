"""One contract for every way to a credit platform: over HTTP against the stub's own server, by files, and the fake of tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.stubs.server import Departments, Server
from deploy.stubs.worlds import Worlds
from services.eligibility.credit import (
    CreditPlatform,
    CreditReport,
    FilePlatform,
    HttpPlatform,
    NotSetUp,
    PlatformRefused,
    PlatformSettings,
    PlatformSilent,
    credit_platform,
)
from services.eligibility.credit.files import INCOMING, OUTGOING
from shared.clock import SystemClock
from shared.config import ConfigurationError, Settings
from shared.documents import delimited, incoming
from shared.documents.workbook import Sheet
from shared.documents.workbook import write as workbook
from tests.support.credit import MemoryPlatform

pytestmark = pytest.mark.contract

SECRET = "a secret of the tests"
REPORT = CreditReport(
    reference="0199a1b2", platform="公共信用信息平台", name="示例精密制造有限公司", kind="organization",
    uscc="91310105MAXY50013E", award="示例奖", number="X-2025-1-001", year=2025, rulebook="示例办法", rule="第三十四条",
    event="fraud", decided_on="2026-03-20", banned_until="2031-03-20",
)  # fmt: skip


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The stub, on a port of its own."""
    with Server(("127.0.0.1", 0), Departments(Worlds(), SystemClock(), SECRET)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}/credit"
        server.shutdown()
        thread.join(10)


@dataclass
class Way:
    """A port, and what brings a receipt to it."""

    port: CreditPlatform
    acknowledge: Callable[[str], None]


@pytest.fixture(params=["http", "files-csv", "files-xlsx", "fake"])
def way(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> Way:
    """Every way there is."""
    if request.param == "http":
        port = _http(url)

        def asked_before(reference: str) -> None:
            assert port.receipt(reference) is None, "the stub's receipt is there the second time"

        return Way(port, asked_before)
    if request.param == "fake":
        fake = MemoryPlatform()
        return Way(fake, lambda reference: fake.receipts.update({reference: f"XY-{reference}"}))
    form = request.param.removeprefix("files-")
    return Way(FilePlatform(tmp_path), lambda reference: _come_back(tmp_path, reference, form))


def _http(url: str, secret: str = SECRET) -> HttpPlatform:
    return HttpPlatform(PlatformSettings(url, secret, 2.0), SystemClock())


def _come_back(folder: Path, reference: str, form: str) -> None:
    """Somebody lays down the table that the platform gave, with columns of its own."""
    headings, row = ("序号", "回执", "编号"), (1, f"XY-{reference}", reference)
    content = (
        delimited.write(headings, [row])
        if form == "csv"
        else workbook("receipts", (Sheet("回执", headings, (row,), (10, 20, 40)),))
    )
    (folder / INCOMING).mkdir(exist_ok=True)
    (folder / INCOMING / f"批次.{form}").write_bytes(content)


def test_a_report_is_handed_over_and_its_receipt_comes(way: Way, request: pytest.FixtureRequest) -> None:
    """Handed over twice it is one report; until its receipt is there, there is none."""
    report = replace(REPORT, reference=f"r-{request.node.callspec.id}")
    assert way.port.deliver(report) is None
    assert way.port.deliver(report) is None
    way.acknowledge(report.reference)
    assert way.port.receipt(report.reference) == f"XY-{report.reference}"


def test_of_a_report_that_nobody_knows_there_is_no_receipt(way: Way) -> None:
    """No error, and no receipt of another one."""
    assert way.port.receipt("unknown-reference") is None


def test_an_individual_has_no_code(way: Way, request: pytest.FixtureRequest) -> None:
    """Told by name and number."""
    report = replace(
        REPORT, reference=f"i-{request.node.callspec.id}", kind="individual", uscc=None, name="王芳"
    )
    assert way.port.deliver(report) is None


# --- what only HTTP has -------------------------------------------------------------------------------------------


def test_refusals_and_silence_are_told_apart(url: str) -> None:
    """A wrong secret or a refused report is for a person; a platform that is away is tried again."""
    with pytest.raises(PlatformRefused, match="401"):
        _http(url, "another secret").deliver(REPORT)
    with pytest.raises(PlatformRefused, match="422"):
        _http(url).deliver(replace(REPORT, reference="x1", name="拒收有限公司"))
    with pytest.raises(PlatformSilent, match="503"):
        _http(url).deliver(replace(REPORT, reference="x2", name="停机有限公司"))
    with pytest.raises(PlatformSilent):
        _http("http://127.0.0.1:9").deliver(REPORT)
    _http(url).deliver(replace(REPORT, reference="x3"))
    with pytest.raises(PlatformRefused, match="409"):
        _http(url).deliver(replace(REPORT, reference="x3", name="另一家"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, {"reference": "other", "receipt": "XY"}),
        (201, {"reference": REPORT.reference}),
        (201, {"reference": REPORT.reference, "receipt": ""}),
        (201, {"reference": REPORT.reference, "receipt": 7}),
        (202, []),
        (201, {"reference": REPORT.reference, "receipt": "x" * 201}),
        (200, None),
    ],
)
def test_what_is_no_proper_answer_is_silence(status: int, body: Any) -> None:
    """A receipt is believed of its own report only, and only where it could be one."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = b"{" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        with pytest.raises(PlatformSilent):
            _http(f"http://127.0.0.1:{server.server_address[1]}").deliver(REPORT)
        server.shutdown()


# --- what only files have -----------------------------------------------------------------------------------------


def test_the_files_say_what_the_report_says(tmp_path: Path) -> None:
    """Both forms, text as text; a name that looks like a formula is none."""
    port = FilePlatform(tmp_path)
    report = replace(REPORT, name="=1+1")
    port.deliver(report)
    first = {path.name: path.read_bytes() for path in (tmp_path / OUTGOING).iterdir()}
    port.deliver(report)
    assert first == {path.name: path.read_bytes() for path in (tmp_path / OUTGOING).iterdir()}
    assert sorted(first) == [f"{report.reference}.csv", f"{report.reference}.xlsx"]
    for content in first.values():
        headings, row = list(incoming.read(content))
        assert (
            dict(zip(map(incoming.text_of, headings), map(incoming.text_of, row), strict=True))["名称"]
            == "=1+1"
        )


def test_other_files_say_nothing(tmp_path: Path) -> None:
    """Broken tables and tables without the headings are passed over, and do not hide a good one."""
    (tmp_path / INCOMING).mkdir()
    (tmp_path / INCOMING / "a.csv").write_bytes(b"\xff\xff")
    (tmp_path / INCOMING / "b.xlsx").write_bytes(b"PK nothing")
    (tmp_path / INCOMING / "c.csv").write_bytes("编号,日期\r\nr1,x\r\n".encode())
    assert FilePlatform(tmp_path).receipt("r1") is None
    _come_back(tmp_path, "r1", "xlsx")
    assert FilePlatform(tmp_path).receipt("r1") == "XY-r1"


def test_the_settings_choose_the_way(tmp_path: Path) -> None:
    """One way or none; half a way stops the start."""
    assert isinstance(credit_platform(Settings(credit_folder=str(tmp_path))), FilePlatform)
    assert isinstance(credit_platform(Settings(credit_url="http://x", credit_secret="s")), HttpPlatform)
    with pytest.raises(NotSetUp):
        credit_platform(Settings()).deliver(REPORT)
    for wrong in (
        {"credit_url": "http://x"},
        {"credit_url": "http://x", "credit_secret": "s", "credit_folder": "y"},
    ):
        with pytest.raises(ConfigurationError):
            credit_platform(Settings(**wrong))
