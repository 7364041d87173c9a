"""The demo's officer signs in with the agency's account: the stubs' own provider, and the linking as the demo does it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server

from deploy.demo import identity
from deploy.demo.city import Person, Refused
from deploy.local.processes import Port
from deploy.local.services import Secrets
from deploy.stubs import __main__ as stubs
from deploy.stubs.server import Departments, Server
from deploy.stubs.worlds import Worlds
from shared.clock import SHANGHAI, FixedClock
from shared.config import Settings
from tests.support.gateway import PASSWORD, InProcess, make_bench

pytestmark = pytest.mark.integration


@dataclass
class Place:
    """As far as somebody of the demo needs a stack."""

    gateway_url: str
    clock: Any


@pytest.fixture
def officer(tmp_path: Path) -> Iterator[Person]:
    """Of a gateway that listens, beside a demo's stubs."""
    clock = FixedClock(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI))
    secrets = Secrets(tmp_path / "secrets")
    secrets.prepare()
    with ExitStack() as ending:
        there = Port()
        there.release()
        settings = Settings(environment="demo", stub_host="127.0.0.1", stub_port=there.number)
        serving = stubs._identity(settings, clock, str(tmp_path))
        departments = Departments(Worlds(), clock, "secret")
        provider = Server(("127.0.0.1", there.number), departments, None, serving)
        here = Port()
        here.release()
        oidc = (
            f"providers: [{{key: {identity.PROVIDER}, issuer: 'http://127.0.0.1:{there.number}/identity',"
            f" client_id: {identity.CLIENT}, client_secret_file: '{secrets.identity_client}', name_zh: 示例,"
            " name_en: sample, for: organization, accounts: linked}]\n"
        )
        url = f"http://127.0.0.1:{here.number}"
        bench = make_bench(tmp_path, InProcess(), clock=clock, remember=0.0, oidc=oidc, public_url=url)
        bench.identity.create(
            None, username="office", password=PASSWORD, display_name="李", roles=["award_office"]
        )
        gateway = make_server("127.0.0.1", here.number, bench.client.application, threaded=True)
        for server in (provider, gateway):
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            ending.callback(server.server_close)
            ending.callback(server.shutdown)
        city: Any = type("City", (), {"stack": Place(url, clock), "today": lambda self: clock.today()})()
        yield Person(city, "office", "office", PASSWORD, "award_office")


def test_the_officer_is_linked_as_a_person_would_and_nobody_else_is_there(officer: Person) -> None:
    """Once; a second time the identity is there already, and nothing changes. The stubs' other addresses are what they were."""
    url = officer.city.stack.gateway_url
    identity.link(url, officer)
    (linked,) = officer.ok("GET", "/me/identities")["identities"]
    assert linked["provider"] == identity.PROVIDER
    with pytest.raises(Refused):
        identity.link(url, officer)  # it is not offered any more
    assert set(identity.people()) == {identity.OFFICER}
    begun = requests.get(f"{url}/login/with/{identity.PROVIDER}", timeout=5, allow_redirects=False)
    issuer = begun.headers["Location"].partition("/identity/")[0]
    assert requests.get(f"{issuer}/livez", timeout=5).status_code == 200
    assert requests.get(f"{issuer}/identity/livez", timeout=5).status_code == 200


@pytest.mark.parametrize("environment", ["production", "rehearsal", "test"])
def test_no_other_stack_has_it(tmp_path: Path, environment: str) -> None:
    """Where a stub process runs beside real people, it vouches for nobody."""
    settings = Settings(environment=environment)
    assert stubs._identity(settings, FixedClock(datetime(2026, 3, 2, tzinfo=SHANGHAI)), str(tmp_path)) is None
