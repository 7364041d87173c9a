"""The process of the gateway:  python -m services.gateway

Configuration comes from the environment (`shared.config`). SIGTERM and SIGINT drain: not ready, no new connections, answer
what was begun, exit 0; 3 where something was not answered within ZHIHENG_DRAIN_SECONDS.
"""

from __future__ import annotations

import gc
import os
import secrets
import signal
import sys
import threading
from datetime import timedelta

if __name__ == "__main__":
    gc.disable()  # until all is imported, of which nothing is rubbish: looking for it is a tenth of the start
    sys.modules["rich"] = None  # type: ignore[assignment]  # structlog would load it for a terminal that is not there

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.gateway import logs, uploads
from services.gateway.agencies import Agencies
from services.gateway.app import Gateway, create_app
from services.gateway.health import Health
from services.gateway.identity import Identity
from services.gateway.logs import place_of
from services.gateway.metrics import Metrics
from services.gateway.portal.rooms import largest_form
from services.gateway.rpc import RpcClient
from services.gateway.second_factor.factors import compulsory
from services.gateway.server import Server
from services.gateway.warming import Warming
from shared.clock import open_clock
from shared.config import ConfigurationError, Settings
from shared.contracts.operations import ADMIN, REHEARSER
from shared.rulebooks import library
from shared.store import Store, StoreError
from shared.store.revisions import require_current

log = structlog.get_logger(__name__)

EXIT_CONFIGURATION, EXIT_NOT_DRAINED = 2, 3
_PURGE_SECONDS = 600.0
_TELL_SECONDS, _TELL_WRITTEN_SECONDS = 20.0, 1.0
_KEYS_LIVE = timedelta(days=30)  # how long an idempotency key is known


class Process:
    """One gateway in one process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self.metrics = Metrics()
        self.store = Store.open(
            settings.database_url,
            service="gateway",
            clock=open_clock(settings),
            field_keys=settings.field_keys or None,
            digest=settings.digest,
        )
        self.identity = Identity(self.store, with_factor=compulsory(settings))
        self.agencies = Agencies(self.identity, settings)
        self.rpc = RpcClient(
            settings.amqp_uri,
            instance=secrets.token_hex(6),
            timeout=settings.rpc_timeout,
            metrics=self.metrics,
        )
        self._warming = Warming(library())
        self._schema_seen = False
        self._accounts_made = False

    def readiness(self) -> dict[str, str]:
        """Why no requests should come here: what is wrong, in words; empty when ready."""
        reasons: dict[str, str] = {}
        if self._stopping.is_set():
            reasons["process"] = "stopping"
        if not self.rpc.ready:
            reasons["broker"] = "not connected, or it takes nothing"
        if not self._warming.done:
            reasons["warming"] = "rulebooks and pages are not read yet"
        if not self._accounts_made:
            reasons["accounts"] = "the first accounts are not made yet"
        try:
            with self.store.reading() as connection:
                if self._schema_seen:
                    connection.exec_driver_sql("SELECT 1")
                else:
                    require_current("gateway", connection)
                    self._schema_seen = True
        except (SQLAlchemyError, StoreError) as error:
            reasons["database"] = type(error).__name__
        return reasons

    def first_accounts(self) -> None:
        """On the very first start: an administrator, and where rehearsals are allowed a rehearser."""
        settings = self._settings
        if settings.admin_password:
            self.identity.begin("admin", settings.admin_password, ADMIN, "系统管理员")
        if settings.rehearsals == "allowed" and settings.rehearser_password:
            self.identity.begin("rehearser", settings.rehearser_password, REHEARSER, "演练员")

    def run(self) -> int:
        """Serve until a signal; gives the exit code."""
        settings = self._settings
        self._warming.start()
        gateway = Gateway(
            settings, self.identity, self.rpc, library(), self.metrics, self.readiness, heard=self.rpc.heard
        )
        server = Server(
            create_app(gateway), settings.http_host, settings.http_port, settings.http_threads,
            largest=max(settings.file_largest_bytes, largest_form(settings)),
        )  # fmt: skip
        self.rpc.start()
        health = None
        if settings.health_port:
            health = Health(settings.health_host, settings.health_port, self.readiness, self.metrics).start()

        def stop(number: int, frame: object) -> None:
            self._stopping.set()
            server.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        keeper = threading.Thread(target=self._keep_house, args=(gateway,), name="housekeeping", daemon=True)
        keeper.start()
        teller = threading.Thread(target=self._tell_contacts, args=(gateway,), name="contacts", daemon=True)
        teller.start()
        log.info("process.started", port=server.port, pid=os.getpid())
        drained = server.run(settings.drain_seconds)
        self.rpc.stop()
        keeper.join(5.0)
        teller.join(5.0)
        if health is not None:
            health.stop()
        self.store.close()
        log.info("process.drained" if drained else "process.not_drained")
        return 0 if drained else EXIT_NOT_DRAINED

    def _tell_contacts(self, gateway: Gateway) -> None:
        """Tell notifications of accounts that changed, now and then, and soon where somebody wrote here.

        What it sends goes by roles and addresses.
        """
        waited = 0.0
        while not self._stopping.wait(_TELL_WRITTEN_SECONDS):
            waited += _TELL_WRITTEN_SECONDS
            due = waited >= _TELL_SECONDS or gateway.contacts.written.is_set()
            if not due or not self.rpc.ready or not self._accounts_made:
                continue
            waited = 0.0
            try:
                gateway.contacts.tell()
            except (SQLAlchemyError, StoreError) as error:
                log.warning("contacts.failed", detail=place_of(error))

    def _keep_house(self, gateway: Gateway) -> None:
        """Make the first accounts, seal the audit log about once a second, forget old tokens now and then."""
        beats = 0.0
        while not self._stopping.is_set():
            try:
                if not self._accounts_made:  # a database that is away at the start is waited for
                    self.first_accounts()
                    self._accounts_made = True
                self.store.sealer.seal()
                if beats >= _PURGE_SECONDS:
                    beats = 0.0
                    self.identity.purge()
                    self.agencies.purge()
                    gateway.parties.purge()
                    uploads.purge(gateway)
                    self.store.purge(_KEYS_LIVE)
            except (SQLAlchemyError, StoreError) as error:
                log.warning("housekeeping.failed", detail=place_of(error))
            self._stopping.wait(self._settings.seal_interval)
            beats += self._settings.seal_interval


def main() -> int:
    """Start the gateway and give the exit code."""
    try:
        settings = Settings.from_env()
        logs.configure(settings.log_level)
        settings.require("amqp_uri", "database_url")
        process = Process(settings)
    except (ConfigurationError, StoreError, ValueError) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return EXIT_CONFIGURATION
    gc.freeze()  # what is imported by now stays: to look through it takes longer than most requests
    gc.enable()
    return process.run()


if __name__ == "__main__":
    sys.exit(main())
