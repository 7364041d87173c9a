"""The other end of messages: a mail server that keeps what it is given, or behaves as a test wants; a channel in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

from deploy.local.processes import Port
from services.notifications.channels import ChannelRefused, ChannelSilent, ChannelUnsure, Outgoing

REFUSED, AWAY, MUTE = "refused@", "away@", "mute@"
_READY_SECONDS = 60.0


@dataclass(frozen=True)
class Captured:
    """A mail as it came in."""

    sender: str
    recipients: list[str]
    content: bytes


@dataclass
class _Keeper:
    """aiosmtpd's handler. `conduct`: good, slow, drop, busy, refuse or rude."""

    conduct: str = "good"
    mails: list[Captured] = field(default_factory=list)
    refusals: int = 0
    heard: threading.Event = field(default_factory=threading.Event)

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        return "421 not now" if self.conduct == "rude" else "221 bye"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith(REFUSED):
            return "550 no such mailbox: " + address
        if address.startswith(AWAY):
            return "451 try again later: " + address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.heard.set()
        if self.conduct == "slow":
            await asyncio.sleep(5.0)
        if self.conduct == "drop":
            server.transport.abort()
            return "421 gone"
        if self.conduct in ("busy", "refuse"):
            self.refusals += 1
            return "452 no room" if self.conduct == "busy" else "554 not wanted"
        self.mails.append(Captured(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 taken"


class CaptureServer:
    """A mail server of this process, on a free port of the loopback."""

    def __init__(self) -> None:
        self._keeper = _Keeper()
        self._lease = Port()
        self.port = self._lease.number
        self._controller = Controller(
            self._keeper, hostname="127.0.0.1", port=self.port, ready_timeout=_READY_SECONDS
        )

    def __enter__(self) -> CaptureServer:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
        self._lease.release()

    @property
    def mails(self) -> list[Captured]:
        """What came in, in order."""
        return list(self._keeper.mails)

    @property
    def refusals(self) -> int:
        """How many mails it did not take, being busy or unwilling."""
        return self._keeper.refusals

    def has_heard(self, patience: float) -> bool:
        """Wait so many seconds until a whole mail came over the line, whether or not it is taken."""
        return self._keeper.heard.wait(patience)

    def clear(self) -> None:
        """Forget what came in."""
        self._keeper.mails.clear()
        self._keeper.heard.clear()

    @contextmanager
    def behaving(self, conduct: str) -> Iterator[None]:
        """For a while: says nothing (`slow`), hangs up (`drop`), cannot just now (`busy`), will not (`refuse`), is rude in the
        end (`rude`).
        """
        self._keeper.conduct = conduct
        try:
            yield
        finally:
            self._keeper.conduct = "good"


class MemoryChannel:
    """The port in memory: addresses that begin with `refused@`, `away@` and `mute@` behave so."""

    def __init__(self, *, knows_again: bool = False) -> None:
        self.sent: list[Outgoing] = []
        self.down = False
        self.knows_again = knows_again

    def place(self) -> AbstractContextManager[object]:
        return nullcontext()

    def send(self, message: Outgoing) -> str:
        if self.down or message.to.startswith(AWAY):
            raise ChannelSilent("out of order")
        if message.to.startswith(REFUSED):
            raise ChannelRefused("no such address")
        self.sent.append(message)
        if message.to.startswith(MUTE):
            raise ChannelUnsure("no answer")
        return f"M-{message.id}"
