"""The process of a ballot box:  python -m services.gateway.ballot_box

Configuration comes from the environment (`shared.config`); a box has no database. SIGTERM and SIGINT drain: no new
connections, what was begun is answered, exit 0; 3 where a ballot was not confirmed within ZHIHENG_DRAIN_SECONDS.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

if __name__ == "__main__":
    gc.disable()  # until all is imported, of which nothing is rubbish: looking for it is a tenth of the start
    sys.modules["rich"] = None  # type: ignore[assignment]  # structlog would load it for a terminal that is not there

import structlog
import uvicorn

from services.gateway import logs
from services.gateway.ballot_box.app import Box, create_app
from services.gateway.ballot_box.catalogue import Catalogue
from services.gateway.ballot_box.identities import Identities, SignedAssertions
from services.gateway.ballot_box.limits import Origins, Window
from services.gateway.ballot_box.link import Publisher
from services.gateway.ballot_box.metrics import Metrics
from services.gateway.ballot_box.pages import token_of
from services.gateway.ballot_box.urn import SOURCE, Urn
from services.gateway.ballot_box.voters import Voters
from services.gateway.health import Health
from services.gateway.rpc import RpcClient
from shared.bus import wire
from shared.clock import Clock, open_clock
from shared.config import ConfigurationError, Settings
from shared.contracts import Context
from shared.contracts.operations import PUBLIC
from shared.identifiers import new_id
from shared.problems import Problem

log = structlog.get_logger(__name__)

EXIT_CONFIGURATION, EXIT_NOT_DRAINED = 2, 3
_ASKING = 8  # threads that wait for review's answers
_KEEP_ALIVE = 65  # seconds; longer than the usual proxy keeps its side


class Process:
    """One ballot box in one process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clock = open_clock(settings)
        self.metrics = Metrics()
        self.voters = Voters(settings.ballot_key)
        self.identities = _identities(settings, self._clock)
        self.origins = Origins(settings.ballot_proxies, "ZHIHENG_BALLOT_PROXIES")
        self.page = token_of(settings.ballot_page_secret) if settings.ballot_page_secret else None
        self.instance = f"box_{new_id()[-12:]}"
        self.rpc = RpcClient(settings.amqp_uri, instance=self.instance, timeout=settings.rpc_timeout)
        self._threads = ThreadPoolExecutor(_ASKING, thread_name_prefix="asking")
        self._publisher: Publisher | None = None
        self._urn: Urn | None = None
        self._server: uvicorn.Server | None = None

    def readiness(self) -> dict[str, str]:
        """Why no ballots should come here; empty when ready."""
        reasons: dict[str, str] = {}
        if self._server is not None and self._server.should_exit:
            reasons["process"] = "stopping"
        if self._publisher is None or not self._publisher.ready or not self.rpc.ready:
            reasons["broker"] = "not connected, or it takes nothing"
        self.metrics.connected.set(0 if "broker" in reasons else 1)
        if self._urn is not None:
            self.metrics.full.set(self._urn.waiting / self._settings.ballot_waiting_most)
        return reasons

    async def run(self) -> int:
        """Serve until a signal; gives the exit code."""
        settings = self._settings
        self._publisher = Publisher(
            settings.amqp_uri, wire.events_exchange(SOURCE), f"ballots {self.instance}"
        )
        self._urn = Urn(settings, self._publisher, self.voters, self._known, self._clock)
        app = create_app(self._box(self._urn))
        config = uvicorn.Config(
            app, host=settings.http_host, port=settings.http_port, loop="none", http="httptools", lifespan="off",
            log_config=None, access_log=False, server_header=False, date_header=False, proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE, timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self.rpc.start()
        self._publisher.start()
        health = Health(
            settings.health_host, settings.health_port, self.readiness, self.metrics, service=SOURCE
        ).start()
        log.info("process.started", port=settings.http_port, pid=os.getpid())
        await self._server.serve()
        drained = await self._urn.drain(settings.drain_seconds)
        await self._publisher.stop()
        self.rpc.stop()
        health.stop()
        self._threads.shutdown(wait=False)
        log.info("process.drained" if drained else "process.not_drained")
        return 0 if drained else EXIT_NOT_DRAINED

    def _box(self, urn: Urn) -> Box:
        settings = self._settings
        return Box(
            settings=settings,
            identities=self.identities,
            voters=self.voters,
            catalogue=Catalogue(self._ask, settings.ballot_catalogue_seconds),
            urn=urn,
            origins=self.origins,
            addresses=Window(settings.ballot_address_requests, settings.ballot_window),
            people=Window(settings.ballot_identity_requests, settings.ballot_window),
            clock=self._clock,
            metrics=self.metrics,
            page=self.page,
        )

    async def _ask(self, method: str, data: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Ask review. Raises its Problem, or Unavailable."""
        context = Context(message_id=new_id(), actor=SOURCE, role=PUBLIC)
        answer = self.rpc.ask("review", method, data, context, seconds)
        return await asyncio.get_running_loop().run_in_executor(self._threads, answer.result)

    async def _known(self, voters: Sequence[str]) -> frozenset[str]:
        try:
            reply = await self._ask(
                "counted", {"receipts": ",".join(voters)}, self._settings.ballot_check_seconds
            )
        except Problem:
            return frozenset()  # whatever keeps review from answering: the log takes one ballot of a voter
        return frozenset(reply["counted"])


def _identities(settings: Settings, clock: Clock) -> Identities | None:
    if not settings.identity_keys:
        return None
    return SignedAssertions.of(
        settings.identity_keys,
        issuer=settings.identity_issuer,
        audience=settings.identity_audience,
        leeway=settings.identity_leeway,
        clock=clock,
    )


def main() -> int:
    """Start a box and give the exit code."""
    try:
        settings = Settings.from_env()
        logs.configure(settings.log_level)
        settings.require("amqp_uri", "ballot_key")
        process = Process(settings)
    except (ConfigurationError, ValueError) as error:
        print(f"ballot_box: {error}", file=sys.stderr)
        return EXIT_CONFIGURATION
    import uvloop

    gc.freeze()  # what is imported by now stays
    gc.enable()
    return uvloop.run(process.run())


if __name__ == "__main__":
    sys.exit(main())
