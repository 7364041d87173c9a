"""One contract for every way to ask a department: over HTTP against the real stub process, by files, by a clerk, and the
fake of tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from deploy.stubs.signatures import signed
from services.intake.departments import DepartmentPort, DepartmentSilent, Enquiry
from services.intake.departments.http import LONGEST_ANSWER, HttpDepartments, HttpSettings
from shared.clock import FixedClock, SystemClock
from tests.support.departments import (
    ClerkDepartments,
    FileDepartments,
    MemoryDepartments,
    WorkbookDepartments,
)

pytestmark = pytest.mark.contract

ROOT = Path(__file__).resolve().parents[3]
CODE, OTHER = "91310105MAXY50013E", "91310105MAXY500219"
ACCIDENT = {"kind": "accident", "on": "2023-10-12", "severity": "一般", "liable": True}
SECRET = "a secret of the tests"
Make = Callable[[dict[str, Any], dict[str, Any]], DepartmentPort]


@dataclass
class Stub:
    """The stub departments as a process of their own."""

    folder: Path
    url: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ZHIHENG_")} | {
            "ZHIHENG_DEPARTMENTS_SECRET": SECRET,
            "ZHIHENG_STACK": str(self.folder),
            "PYTHONPATH": str(ROOT),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy.stubs"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]

    def end(self, *, kill: bool = False) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        (self.process.kill if kill else self.process.terminate)()
        code = self.process.wait(30)
        self.process.stdout.close()
        return code

    def put(self, world: str, content: dict[str, Any], secret: str = SECRET) -> int:
        path, body = f"/worlds/{world}", json.dumps(content).encode()
        headers = signed(secret, SystemClock().now().timestamp(), "PUT", path, body)
        return requests.put(self.url + path, data=body, headers=headers, timeout=10).status_code


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stub]:
    found = Stub(tmp_path_factory.mktemp("stack"))
    found.start()
    yield found
    assert found.end() == 0, "SIGTERM ends it in order"


@pytest.fixture
def world() -> str:
    """A world of the test's own."""
    return uuid4().hex


IN_MEMORY = {
    "fake": MemoryDepartments, "csv": FileDepartments, "xlsx": WorkbookDepartments, "clerk": ClerkDepartments,
}  # fmt: skip


@pytest.fixture(params=["http", *IN_MEMORY])
def make(request: pytest.FixtureRequest, stub: Stub, world: str) -> Make:
    """Makes a port to departments that hold these records and have these faults."""

    def over_http(records: dict[str, Any], faults: dict[str, Any]) -> DepartmentPort:
        assert stub.put(world, {"records": records, "faults": faults}) == 200
        return _http(stub.url)

    def in_memory(records: dict[str, Any], faults: dict[str, Any]) -> DepartmentPort:
        silent = frozenset(name for name, fault in faults.items() if fault.get("down"))
        failing = {name: fault.get("fail_first", 0) for name, fault in faults.items()}
        return IN_MEMORY[request.param](records, silent, failing)

    return over_http if request.param == "http" else in_memory


@pytest.fixture
def ask(world: str) -> Callable[..., Enquiry]:
    """Makes an enquiry in the test's own world."""

    def enquiry(department: str = "safety", reference: str = "a1", uscc: str = CODE) -> Enquiry:
        return Enquiry(department, reference, world, uscc, "示例公司")

    return enquiry


def _http(url: str, secret: str = SECRET, *, timeout: float = 2.0, clock: Any = None) -> HttpDepartments:
    settings = HttpSettings(url=url, secret=secret, timeout=timeout, attempts=3, backoff=0.001)
    return HttpDepartments(settings, clock or SystemClock())


def test_the_records_of_the_code_asked_about(make: Make, ask: Callable[..., Enquiry]) -> None:
    """One department's records of one code, as python values; another department or code holds none."""
    port = make({CODE: {"safety": [ACCIDENT]}}, {})
    answer = port.ask(ask())
    assert (answer.records, answer.attempts) == (({**ACCIDENT, "on": date(2023, 10, 12)},), 1)
    assert port.ask(ask("credit")).records == ()
    assert port.ask(ask(uscc=OTHER)).records == ()


def test_a_department_that_fails_at_first_is_pressed(make: Make, ask: Callable[..., Enquiry]) -> None:
    """Two failures, then the answer, with the count of attempts."""
    port = make({CODE: {"safety": [ACCIDENT]}}, {"safety": {"fail_first": 2}})
    answer = port.ask(ask())
    assert (len(answer.records), answer.attempts) == (1, 3)


def test_silence_is_no_clean_record(make: Make, ask: Callable[..., Enquiry]) -> None:
    """A department that never answers is silent, after as many attempts as were made."""
    port = make({}, {"safety": {"down": True}})
    with pytest.raises(DepartmentSilent) as silent:
        port.ask(ask())
    assert silent.value.attempts == 3
    assert port.ask(ask("credit")).records == ()


def test_more_failures_than_attempts_are_silence_until_asked_again(
    make: Make, ask: Callable[..., Enquiry]
) -> None:
    """The failures are used up by asking; then it answers."""
    port = make({}, {"safety": {"fail_first": 4}})
    with pytest.raises(DepartmentSilent):
        port.ask(ask())
    assert port.ask(ask()).attempts == 2


def test_an_unknown_department_is_silent(make: Make, ask: Callable[..., Enquiry]) -> None:
    """Nobody answers for a department that does not exist."""
    port = make({}, {})
    with pytest.raises(DepartmentSilent):
        port.ask(ask("astrology"))


def test_a_fault_may_concern_one_application_only(stub: Stub, ask: Callable[..., Enquiry]) -> None:
    """Others are answered at once, also those of the same code."""
    stub.put(ask().cycle_id, {"records": {}, "faults": {"safety": {"down": True, "only": ["a1"]}}})
    port = _http(stub.url)
    with pytest.raises(DepartmentSilent):
        port.ask(ask())
    assert port.ask(ask(reference="a2")).records == ()


def test_for_an_unknown_cycle_nobody_answers(stub: Stub, ask: Callable[..., Enquiry]) -> None:
    """A stub without the cycle's world keeps silent: that is no clean record."""
    with pytest.raises(DepartmentSilent, match="HTTP 503"):
        _http(stub.url).ask(ask())


def test_worlds_outlive_the_process(tmp_path: Path, ask: Callable[..., Enquiry]) -> None:
    """A stub that was killed knows its records, and how often it has failed, when it is back."""
    stub = Stub(tmp_path)
    world = {"records": {CODE: {"safety": [ACCIDENT]}}, "faults": {"safety": {"fail_first": 4}}}
    stub.start()
    try:
        stub.put(ask().cycle_id, world)
        with pytest.raises(DepartmentSilent):
            _http(stub.url).ask(ask())
    finally:
        stub.end(kill=True)
    stub.start()
    try:
        answer = _http(stub.url).ask(ask())
    finally:
        stub.end()
    assert (len(answer.records), answer.attempts) == (1, 2)


def test_an_unsigned_or_forged_request_is_refused(stub: Stub, ask: Callable[..., Enquiry]) -> None:
    """The stub checks the signature as a department would, on enquiries and on its control; no second try helps."""
    assert stub.put(ask().cycle_id, {}) == 200
    with pytest.raises(DepartmentSilent, match="HTTP 401") as silent:
        _http(stub.url, secret="somebody else's").ask(ask())
    assert silent.value.attempts == 1
    assert stub.put(ask().cycle_id, {}, secret="somebody else's") == 401
    assert requests.post(f"{stub.url}/departments/safety/enquiries", json={}, timeout=10).status_code == 401


def test_an_old_signature_is_refused(stub: Stub, ask: Callable[..., Enquiry]) -> None:
    """A request that was taken down cannot be sent again an hour later."""
    stub.put(ask().cycle_id, {})
    an_hour_ago = FixedClock(SystemClock().now().replace(year=2020))
    with pytest.raises(DepartmentSilent, match="HTTP 401"):
        _http(stub.url, clock=an_hour_ago).ask(ask())


class _Odd(BaseHTTPRequestHandler):
    """A department whose answers are as the test wants them."""

    reply: Callable[[dict[str, Any]], bytes]
    asked: int

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked += 1
        body = type(self).reply(asked)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def odd() -> Iterator[Callable[[Callable[[dict[str, Any]], bytes]], tuple[str, type[_Odd]]]]:
    """Makes a department that answers with what a function makes of the enquiry."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def make(reply: Callable[[dict[str, Any]], bytes]) -> tuple[str, type[_Odd]]:
        handler = type("Odd", (_Odd,), {"reply": staticmethod(reply), "asked": 0})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_address[1]}", handler

    yield make
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"uscc": OTHER}, "another code"),
        ({"reference": "a9"}, "another reference"),
        ({"records": [{"kind": "gossip", "on": "2023-01-01"}]}, "malformed"),
        ({"records": [{"kind": "accident", "on": "yesterday", "severity": "一般"}]}, "malformed"),
        ({"records": None}, "malformed"),
        ({"records": "none"}, "malformed"),
        ({"surprise": 1}, "malformed"),
        ({"evidence": "No. 1\x00"}, "malformed at evidence"),
        ({"answered_at": "\ud800"}, "malformed at answered_at"),
        ({"records": [ACCIDENT, {**ACCIDENT, "on": "2999-10-12"}]}, r"malformed at records\.1\.on"),
    ],
)
def test_an_answer_that_is_none(
    odd: Any, ask: Callable[..., Enquiry], changes: dict[str, Any], reason: str
) -> None:
    """About somebody else, or not of the agreed form: silence with the reason, after three tries, never an answer."""
    url, handler = odd(
        lambda asked: json.dumps(
            {"reference": asked["reference"], "uscc": asked["uscc"], "records": [], **changes}
        ).encode()
    )
    with pytest.raises(DepartmentSilent, match=reason):
        _http(url).ask(ask())
    assert handler.asked == 3


TWO_LISTS = b'{"reference":"a1","uscc":"%s","records":[%s],"records":[]}' % (
    CODE.encode(), json.dumps(ACCIDENT, ensure_ascii=False).encode(),
)  # fmt: skip


@pytest.mark.parametrize("body", [b"", b"[]", b"clean", b"\xff\xfe", b"{}", TWO_LISTS])
def test_a_body_that_is_no_answer(odd: Any, ask: Callable[..., Enquiry], body: bytes) -> None:
    """Empty, another type, no JSON, not UTF-8, two lists of records of which nobody knows which is meant: silence."""
    url, _ = odd(lambda asked: body)
    with pytest.raises(DepartmentSilent, match="malformed"):
        _http(url).ask(ask())


def test_an_answer_without_end(odd: Any, ask: Callable[..., Enquiry]) -> None:
    """More than could be meant is not read to its end."""
    url, _ = odd(lambda asked: b" " * (LONGEST_ANSWER + 1))
    with pytest.raises(DepartmentSilent, match="too long"):
        _http(url).ask(ask())


def test_an_address_where_nobody_listens_is_silence(ask: Callable[..., Enquiry]) -> None:
    """No connection is no answer."""
    with pytest.raises(DepartmentSilent, match="Connection"):
        _http("http://127.0.0.1:9").ask(ask())


def test_pauses_grow_and_differ() -> None:
    """Each pause may be twice as long as the one before, half of it is chance, and none is longer than five seconds."""
    settings = HttpSettings("http://x", SECRET, backoff=0.2)
    least = HttpDepartments(settings, SystemClock(), jitter=lambda: 0.0)
    most = HttpDepartments(settings, SystemClock(), jitter=lambda: 1.0)
    assert [most.pause(n) for n in (1, 2, 3, 9)] == [0.2, 0.4, 0.8, 5.0]
    assert [least.pause(n) for n in (1, 2, 3, 9)] == [0.1, 0.2, 0.4, 2.5]


@pytest.mark.parametrize("wrong", ["malformed", "other_organization", "other_reference"])
def test_a_stub_that_answers_wrongly_is_silent_and_its_answers_are_told(
    stub: Stub, ask: Callable[..., Enquiry], wrong: str
) -> None:
    """What came three times and was never an answer is told by its digest, so that it can be kept."""
    stub.put(ask().cycle_id, {"faults": {"safety": {"wrong": wrong}}})
    with pytest.raises(DepartmentSilent) as silent:
        _http(stub.url).ask(ask())
    assert [refused.outcome for refused in silent.value.refused] == [wrong] * 3
    assert all(refused.digest.startswith("sha256:") for refused in silent.value.refused)


def test_a_wrong_answer_before_the_right_one_is_told_with_it(odd: Any, ask: Callable[..., Enquiry]) -> None:
    """The second try is answered properly; the first one's answer about somebody else is not forgotten."""
    codes = iter([OTHER, CODE])
    url, _ = odd(
        lambda asked: json.dumps(
            {"reference": asked["reference"], "uscc": next(codes), "records": []}
        ).encode()
    )
    answer = _http(url).ask(ask())
    assert (answer.attempts, [refused.outcome for refused in answer.refused]) == (2, ["other_organization"])


def test_a_stub_may_be_slow(stub: Stub, ask: Callable[..., Enquiry]) -> None:
    """Slower than the time-out is no answer; as slow as it may be, it is one."""
    stub.put(ask().cycle_id, {"faults": {"safety": {"slow": 0.3}}})
    assert _http(stub.url, timeout=5.0).ask(ask()).attempts == 1
    with pytest.raises(DepartmentSilent, match="Timeout"):
        _http(stub.url, timeout=0.05).ask(ask())


def test_a_stub_may_contradict_itself(stub: Stub, ask: Callable[..., Enquiry]) -> None:
    """Each answer is another one: proper, so that only a comparison finds it."""
    stub.put(ask().cycle_id, {"faults": {"safety": {"contradictory": True}}})
    port = _http(stub.url)
    assert len({str(port.ask(ask()).records) for _ in range(3)}) == 3


def test_every_so_manieth_enquiry_may_fail(stub: Stub, ask: Callable[..., Enquiry]) -> None:
    """One in three finds the department out of order; the next try is answered."""
    stub.put(ask().cycle_id, {"faults": {"safety": {"fail_every": 3}}})
    port = _http(stub.url)
    assert [port.ask(ask()).attempts for _ in range(4)] == [1, 1, 2, 1]
