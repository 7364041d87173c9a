"""What is too long, over the real server: the page words it, and what the server itself refuses is worded too."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.gateway.portal.papers import whole_form
from services.gateway.portal.room import largest_body
from services.gateway.portal.rooms import ROOMS, largest_form
from services.gateway.server import Server
from shared.config import Settings
from tests.support.gateway import Bench, InProcess, make_bench

pytestmark = pytest.mark.integration

MIB = 1 << 20
PAGE = "/objections/track"  # anybody may send papers there


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return make_bench(tmp_path, InProcess(), file_largest_bytes=MIB, papers_public_largest_bytes=MIB)


@pytest.fixture
def port(bench: Bench) -> Iterator[int]:
    server = Server(bench.app, "127.0.0.1", 0, 2, largest=largest_form(bench.gateway.settings))
    thread = threading.Thread(target=server.run, args=(1.0,), daemon=True)
    thread.start()
    yield server.port
    server.stop()
    thread.join(10)
    server._server.trigger.close()  # its process would simply end


def _said(port: int, length: int, body: bytes = b"", path: str = PAGE) -> tuple[int, str]:
    """What is answered to a form of that length; without a body to its announcement alone."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(length))
    connection.endheaders(body or None)
    answer = connection.getresponse()
    told = answer.read().decode("utf-8")
    connection.close()
    return answer.status, told


def test_a_form_beyond_its_page_is_refused_by_the_page(bench: Bench, port: int) -> None:
    """As a page, with the limit of one file; the server took it all."""
    length = largest_form(bench.gateway.settings) + 1
    status, told = _said(port, length, b"x" * length)
    assert (status, "<html" in told, "超过 1 MB" in told) == (413, True, True)


def test_a_form_beyond_the_server_is_refused_in_both_languages(bench: Bench, port: int) -> None:
    """At its announcement, and with what may be sent."""
    most = largest_form(bench.gateway.settings)
    status, told = _said(port, most + 16 * MIB + 1)
    assert status == 413
    for expected in ("请求内容过大", f"不能超过 {most // MIB} MB", f"{most // MIB} MB at most"):
        assert expected in told


def test_three_papers_of_the_largest_size_reach_their_page(bench: Bench, port: int) -> None:
    """One form with all of them: the page is asked, here for whoever is not signed in."""
    papers = "".join(
        f'--x\r\nContent-Disposition: form-data; name="paper_{n}"; filename="{n}.pdf"\r\n\r\n'
        + "x" * MIB
        + "\r\n"
        for n in (1, 2, 3)
    )
    body = f"{papers}--x--\r\n".encode()
    status, _ = _said(port, len(body), body, "/cycles/c1/objections/new")
    assert status == 401  # the sign-in page, on the answer to what was sent


def test_the_server_takes_what_any_page_takes() -> None:
    """With the limits of an installation that sets none of them."""
    settings = Settings()
    pages = [page for room in ROOMS for page in room.pages if page.largest is not None]
    assert pages
    assert all(largest_body(settings, page) <= largest_form(settings) for page in pages)
    assert whole_form(settings) <= largest_form(settings)
