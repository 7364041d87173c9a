"""One contract for every way to ask a department: the HTTP adapter against a real stub server, and the fake of tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from deploy.stubs.app import make_app
from deploy.stubs.worlds import Worlds
from services.intake.departments import DepartmentPort, DepartmentSilent, Enquiry
from services.intake.departments.http import HttpDepartments, HttpSettings
from shared.clock import SystemClock
from tests.support.departments import MemoryDepartments

pytestmark = pytest.mark.contract

CODE, OTHER = "91310105MAXY50013E", "91310105MAXY500219"
ACCIDENT = {"kind": "accident", "on": "2023-10-12", "severity": "一般", "liable": True}
SECRET = "a secret of the tests"
Make = Callable[[dict[str, Any], dict[str, Any]], DepartmentPort]


def _serve(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _http(url: str, secret: str = SECRET) -> HttpDepartments:
    settings = HttpSettings(url=url, secret=secret, timeout=2.0, attempts=3, backoff=0.001)
    return HttpDepartments(settings, SystemClock())


@pytest.fixture
def stub() -> Iterator[tuple[str, Worlds]]:
    worlds = Worlds()
    for url in _serve(make_app(worlds, SECRET)):
        yield url, worlds


@pytest.fixture(params=["http", "fake"])
def make(request: pytest.FixtureRequest, stub: tuple[str, Worlds]) -> Make:
    """Makes a port to departments that hold these records and have these faults."""

    def over_http(records: dict[str, Any], faults: dict[str, Any]) -> DepartmentPort:
        url, worlds = stub
        worlds.put("c1", records, faults)
        return _http(url)

    def in_memory(records: dict[str, Any], faults: dict[str, Any]) -> DepartmentPort:
        silent = frozenset(name for name, fault in faults.items() if fault.get("down"))
        failing = {name: fault.get("fail_first", 0) for name, fault in faults.items()}
        return MemoryDepartments(records, silent, failing)

    return over_http if request.param == "http" else in_memory


def _enquiry(department: str = "safety", reference: str = "a1", uscc: str = CODE) -> Enquiry:
    return Enquiry(department, reference, "c1", uscc, "示例公司")


def test_the_records_of_the_code_asked_about(make: Make) -> None:
    """One department's records of one code, as python values; another department or code holds none."""
    port = make({CODE: {"safety": [ACCIDENT]}}, {})
    answer = port.ask(_enquiry())
    assert (answer.records, answer.attempts) == (({**ACCIDENT, "on": date(2023, 10, 12)},), 1)
    assert port.ask(_enquiry("credit")).records == ()
    assert port.ask(_enquiry(uscc=OTHER)).records == ()


def test_a_department_that_fails_at_first_is_pressed(make: Make) -> None:
    """Two failures, then the answer, with the count of attempts."""
    port = make({CODE: {"safety": [ACCIDENT]}}, {"safety": {"fail_first": 2}})
    answer = port.ask(_enquiry())
    assert (len(answer.records), answer.attempts) == (1, 3)


def test_silence_is_no_clean_record(make: Make) -> None:
    """A department that never answers is silent, after as many attempts as were made."""
    port = make({}, {"safety": {"down": True}})
    with pytest.raises(DepartmentSilent) as silent:
        port.ask(_enquiry())
    assert silent.value.attempts == 3
    assert port.ask(_enquiry("credit")).records == ()


def test_more_failures_than_attempts_are_silence_until_asked_again(make: Make) -> None:
    """The failures are used up by asking; then it answers."""
    port = make({}, {"safety": {"fail_first": 4}})
    with pytest.raises(DepartmentSilent):
        port.ask(_enquiry())
    assert port.ask(_enquiry()).attempts == 2


def test_a_fault_may_concern_one_applicant_only(stub: tuple[str, Worlds]) -> None:
    """Others are answered at once."""
    url, worlds = stub
    worlds.put("c1", {}, {"safety": {"down": True, "only": ["a1"]}})
    port = _http(url)
    with pytest.raises(DepartmentSilent):
        port.ask(_enquiry())
    assert port.ask(_enquiry(reference="a2")).records == ()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({"uscc": OTHER}, "another code"),
        ({"reference": "a9"}, "another reference"),
        ({"records": [{"kind": "gossip", "on": "2023-01-01"}]}, "malformed"),
        ({"records": None}, "malformed"),
        ({"surprise": 1}, "malformed"),
    ],
)
def test_an_answer_that_is_none(reply: dict[str, Any], reason: str) -> None:
    """About somebody else, or not of the agreed form: silence, with the reason, never an answer."""
    app = Flask(__name__)

    @app.post("/departments/<department>/enquiries")
    def enquire(department: str) -> Any:
        asked = request.get_json()
        return jsonify({"reference": asked["reference"], "uscc": asked["uscc"], "records": [], **reply})

    for url in _serve(app):
        with pytest.raises(DepartmentSilent, match=reason):
            _http(url).ask(_enquiry())


def test_an_address_where_nobody_listens_is_silence() -> None:
    """No connection is no answer."""
    with pytest.raises(DepartmentSilent, match="Connection"):
        _http("http://127.0.0.1:9").ask(_enquiry())


def test_an_unsigned_or_forged_enquiry_is_refused(stub: tuple[str, Worlds]) -> None:
    """The stub checks the signature as a department would."""
    url, _ = stub
    with pytest.raises(DepartmentSilent, match="HTTP 401"):
        _http(url, secret="somebody else's").ask(_enquiry())
