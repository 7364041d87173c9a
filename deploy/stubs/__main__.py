"""python -m deploy.stubs: the stub departments as a process, and in a demo the identity service of its voters.

Configuration as everywhere: ZHIHENG_STUB_HOST, ZHIHENG_STUB_PORT (0: any), ZHIHENG_DEPARTMENTS_SECRET(_FILE). Where
ZHIHENG_STACK names the stack's folder, the worlds and the rehearsals that were played are kept there and outlive the process.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local.services import Secrets
from deploy.stubs.handler import JsonHandler
from deploy.stubs.server import Answering, Departments, Reply, Server, Serving
from deploy.stubs.worlds import Worlds
from shared.clock import Clock, open_clock
from shared.config import ConfigurationError, Settings

if TYPE_CHECKING:
    from deploy.rehearsal.serving import Playhouse

EXIT_CONFIGURATION = 2


def main() -> int:
    """Serve until SIGTERM or SIGINT: 0; 2 where the configuration does not do."""
    try:
        settings = Settings.from_env()
        settings.require("departments_secret")
        if settings.stub_voters_port:
            settings.require("stub_voters_key", "identity_issuer", "identity_client_secret")
        clock = open_clock(settings)
    except ConfigurationError as error:
        print(f"configuration: {error}", file=sys.stderr)
        return EXIT_CONFIGURATION
    stack = os.environ.get("ZHIHENG_STACK")
    worlds = Worlds(Path(stack) / "stubs" if stack else None, blank=settings.rehearsals == "allowed")
    departments = Departments(worlds, clock, settings.departments_secret)
    beside = (_player(settings, clock, stack), _identity(settings, clock, stack))
    with (
        _voters(settings, clock),
        Server((settings.stub_host, settings.stub_port), departments, *beside) as server,
    ):

        def stop(number: int, frame: object) -> None:
            # shutdown() waits for the loop that this very thread runs.
            threading.Thread(target=server.shutdown).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        print(f"departments answer on http://{settings.stub_host}:{server.port}", flush=True)
        server.serve_forever(poll_interval=0.1)
    return 0


def _identity(settings: Settings, clock: Clock, stack: str | None) -> Serving | None:
    """A demo's identity provider, which vouches for whoever the demo says; there is none in any other stack."""
    if settings.environment != "demo" or stack is None:
        return None
    from deploy.demo import identity
    from deploy.stubs.oidc import Provider, send

    secret = Secrets(Path(stack) / "secrets").identity_client.read_text(encoding="utf-8").strip()
    issuer = f"http://{settings.stub_host}:{settings.stub_port}/identity"
    provider = Provider({identity.CLIENT: secret}, identity.people(), clock, issuer)

    def serve(handler: JsonHandler, body: bytes) -> None:
        headers = {name.title(): value for name, value in handler.headers.items()}
        target = handler.path.removeprefix("/identity")
        send(handler, provider.answer(handler.command, target, headers, body))

    return serve


@contextmanager
def _voters(settings: Settings, clock: Clock) -> Iterator[None]:
    """The identity service of a demo's voters, where there is to be one: made-up citizens, none of whom it verifies."""
    if not settings.stub_voters_port:
        yield
        return
    from deploy.stubs.oidc import VOTERS, OidcServer, Provider

    provider = Provider(
        {settings.identity_audience: settings.identity_client_secret}, people=VOTERS, clock=clock,
        issuer=settings.identity_issuer, private_key=settings.stub_voters_key, tells=False,
    )  # fmt: skip
    with OidcServer((settings.stub_host, settings.stub_voters_port), provider) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        yield
        server.shutdown()


def _player(settings: Settings, clock: Clock, stack: str | None) -> Answering | None:
    """The player for the gateway's pages; its modules are loaded when somebody first asks it."""
    if settings.rehearsals != "allowed" or not (settings.player_gateway and settings.player_secret):
        return None
    lock = threading.Lock()
    made: list[Playhouse] = []

    def answer(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        with lock:
            if not made:
                from deploy.rehearsal.serving import Playhouse

                made.append(Playhouse.on(settings, clock, Path(stack) / "plays" if stack else None))
        return made[0].answer(method, path, headers, body)

    return answer


if __name__ == "__main__":
    sys.exit(main())
