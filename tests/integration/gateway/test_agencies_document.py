"""The client in docs/agencies.md, run as it stands there against the real application over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from services.gateway.scopes import SCOPES
from shared.identifiers import new_id
from tests.support.gateway import Bench, InProcess, make_bench

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "agencies.md"


def script() -> str:
    """The one Python block of the page."""
    (found,) = re.findall(r"```python\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = make_bench(tmp_path, InProcess())
    yield made
    made.store.close()


@pytest.fixture
def address(bench: Bench) -> Iterator[str]:
    """The application behind a server."""
    server = make_server("127.0.0.1", 0, bench.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


def _run(bench: Bench, address: str, **changes: str) -> subprocess.CompletedProcess[str]:
    data = {
        "client_id": "credit-office", "agency": "示例信用办", "department": "credit", "scopes": list(SCOPES),
        "purposes": ["subsidy-review"],
    }  # fmt: skip
    given = bench.gateway.agencies.register(bench.administrator(), data, new_id())
    environment = {
        "PATH": os.environ["PATH"], "PYTHONUTF8": "1", "GATEWAY": address, "CLIENT_ID": "credit-office",
        "CLIENT_SECRET": given["secret"],
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", script()], env=environment | changes, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_the_client_of_the_page_asks_reports_and_believes_the_answers(bench: Bench, address: str) -> None:
    done = _run(bench, address)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("honours: 1 bans: 1\nkept: ")


def test_the_client_of_the_page_does_not_believe_another_signature(
    bench: Bench, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that publishes one key and signs with another is found out."""
    assert bench.gateway.signer is not None
    stranger = {**bench.gateway.signer.keys()["keys"][0], "x": "A" * 43}
    monkeypatch.setattr(bench.gateway.signer, "_published", [stranger])
    done = _run(bench, address)
    assert done.returncode == 1
    assert "InvalidSignature" in done.stderr
