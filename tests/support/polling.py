"""The public's vote on a page: a gateway, an identity service that verifies nobody, a ballot box, and people who vote."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from deploy.stubs.oidc import VOTERS, OidcServer, Provider
from services.gateway.ballot_box.catalogue import Ask
from services.gateway.ballot_box.urn import Known
from shared.clock import FixedClock
from shared.contracts import Context
from tests.support.boxes import AUDIENCE, PAGE_SECRET, BoxServer
from tests.support.browsing import Shown, Visitor
from tests.support.gateway import Answering, Bench, InProcess, answered, make_bench

_SECRET = "a secret of the page's client"
_HERE = "https://localhost"


class City:
    """A city whose public votes: `told` is what review says of the vote, unless `answer` says all that services do. The gateway
    is reached at `home`; `gateway` are more of its settings, `box` those of the box.
    """

    def __init__(
        self,
        folder: Path,
        broker: Any,
        ask: Ask,
        known: Known,
        now: datetime,
        *,
        home: str = _HERE,
        answer: Answering | None = None,
        gateway: Mapping[str, Any] | None = None,
        **box: Any,
    ) -> None:
        self.clock, self.box_clock = FixedClock(now), FixedClock(now)
        self._home = home
        self.provider = Provider({AUDIENCE: _SECRET}, people=VOTERS, clock=self.clock, tells=False)
        self._identity = OidcServer(("127.0.0.1", 0), self.provider)
        threading.Thread(target=self._identity.serve_forever, args=(0.01,), daemon=True).start()
        self.broker = broker
        self.box = BoxServer(
            broker,
            ask,
            known,
            keys=self.provider.keys(),
            issuer=self._identity.url,
            clock=self.box_clock,
            **box,
        )
        self.told: dict[str, Any] = {}
        self.bench: Bench = make_bench(
            folder, InProcess(answer or self._answer), clock=self.clock, remember=0.0, public_url=home, oidc_timeout=10.0,
            identity_issuer=self._identity.url, identity_client_secret=_SECRET, ballot_url=self.box.url,
            ballot_page_secret=PAGE_SECRET, ballot_patience=8.0, gateway_proxies="127.0.0.1", **(gateway or {}),
        )  # fmt: skip

    def _answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        more = self.told if method == "voting" else {}
        return answered(service, method, data, context) | more

    def move(self, **by: Any) -> None:
        """Time goes by for everybody."""
        for clock in (self.clock, self.box_clock):
            clock.move(timedelta(**by))

    def choose(self, address: str, person: str, device: requests.Session | None = None) -> str:
        """What somebody does at the identity service, on a `device`; gives where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        sent = (device or requests).post(
            f"{self._identity.url}/authorize",
            data={**asked, "person": person},
            timeout=5,
            allow_redirects=False,
        )
        return sent.headers["Location"].removeprefix(self._home)

    def come(self, visitor: Visitor, vote: str, person: str = "citizen-01") -> Shown:
        """Signed in: the answer to coming back."""
        begun = visitor.open(f"{vote}/sign-in")
        assert begun.status == 303, begun.words
        back = self.choose(begun.response.headers["Location"], person)
        return visitor.open(back, **{"Sec-Fetch-Site": "cross-site"})

    def ballot(self, vote: str, person: str = "citizen-01") -> tuple[Visitor, Shown]:
        """Somebody with a ballot in front of them."""
        visitor = Visitor(self.bench)
        return visitor, visitor.follow(self.come(visitor, vote, person))

    def cast(self, vote: str, person: str, *choices: str) -> tuple[Visitor, Shown]:
        """The whole way, to the answer to casting."""
        visitor, page = self.ballot(vote, person)
        check = visitor.fill(page, having="visit", choices=list(choices))
        assert check.status == 200, check.words
        return visitor, visitor.fill(check, having="visit", _step="cast")

    def end(self) -> None:
        self._identity.shutdown()
        self._identity.server_close()
        self.box.stop()
        self.bench.store.close()
