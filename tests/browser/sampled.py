"""A gateway whose services answer with samples, in a thread of the test: pages in a browser without a stack."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from services.gateway.server import Server
from tests.browser.kit import Browsing
from tests.support.crawling import OPENED, said
from tests.support.gateway import PASSWORD, Answering, Bench, InProcess, make_bench


@dataclass(frozen=True)
class Sampled:
    """The gateway and where it is."""

    bench: Bench
    home: str

    @property
    def roles(self) -> set[str]:
        """Those that have pages."""
        return {role for page in OPENED for role in page.roles}


@dataclass(frozen=True)
class Somebody:
    """An account of the bench."""

    username: str
    password: str = PASSWORD


@contextmanager
def gateway(folder: Path, assets: Path, answer: Answering = said) -> Iterator[Sampled]:
    """One on a port of its own."""
    bench = make_bench(folder, InProcess(answer), gateway_assets=str(assets))
    with served(bench) as home:
        yield Sampled(bench, home)


@contextmanager
def served(bench: Bench, port: int = 0) -> Iterator[str]:
    """The real application as its process serves it; gives its address."""
    server = Server(bench.app, "127.0.0.1", port, 4)
    thread = threading.Thread(target=server.run, args=(1.0,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()
        thread.join(10)
        server._server.trigger.close()  # its process would simply end


def sign_in(browsing: Browsing, sampled: Sampled, role: str, page: Page | None = None) -> Page:
    """A page on which somebody of that role has signed in."""
    sampled.bench.token(role)  # there is an account
    return browsing.sign_in(Somebody(f"user.{role}"), page)
