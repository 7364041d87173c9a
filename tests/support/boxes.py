"""A ballot box that listens: its real application over HTTP; broker and review are what a test makes them."""

from __future__ import annotations

import socket
import threading
from typing import Any

import uvicorn

from services.gateway.ballot_box.app import Box, create_app
from services.gateway.ballot_box.catalogue import Ask, Catalogue
from services.gateway.ballot_box.identities import SignedAssertions
from services.gateway.ballot_box.limits import Origins, Window
from services.gateway.ballot_box.metrics import Metrics
from services.gateway.ballot_box.pages import token_of
from services.gateway.ballot_box.urn import Known, Urn
from services.gateway.ballot_box.voters import Voters
from shared.clock import Clock
from shared.config import Settings

KEY = "k" * 32
PAGE_SECRET = "a secret that page and box have, and no other"
AUDIENCE = "zhiheng-vote"


class BoxServer:
    """One box on this machine, until `stop`."""

    def __init__(
        self, broker: Any, ask: Ask, known: Known, *, keys: str, issuer: str, clock: Clock, **settings: Any
    ) -> None:
        given = Settings(
            environment="test", ballot_key=KEY, ballot_group_seconds=0.001, ballot_page_secret=PAGE_SECRET, **settings
        )  # fmt: skip
        self.voters = Voters(KEY)
        self.box = Box(
            settings=given,
            identities=SignedAssertions.of(keys, issuer=issuer, audience=AUDIENCE, leeway=30, clock=clock),
            voters=self.voters,
            catalogue=Catalogue(ask, 0.0),
            urn=Urn(given, broker, self.voters, known, clock),
            origins=Origins("", "PROXIES"),
            addresses=Window(given.ballot_address_requests, 60),
            people=Window(given.ballot_identity_requests, 60),
            clock=clock,
            metrics=Metrics(),
            page=token_of(PAGE_SECRET),
        )
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                create_app(self.box), loop="asyncio", http="httptools", lifespan="off", log_config=None, access_log=False,
            )
        )  # fmt: skip
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No box listens there any more."""
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()
