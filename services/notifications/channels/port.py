"""A way out as notifications sees it: one message handed over, and a receipt. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Outgoing:
    """One message to one address. `id` is the delivery's and never used for another: who gets it twice can tell.

    `short` is what goes to a telephone, `text` what goes into a mail; `at` when it is sent.
    """

    id: str
    to: str = field(repr=False)
    language: str
    subject: str
    text: str
    short: str
    at: datetime


class ChannelSilent(Exception):
    """It was not taken now; it may be later. `reason` is without anybody's data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChannelRefused(Exception):
    """It will never be taken as it is."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Channel(Protocol):
    """Takes its time, so never inside a transaction. The same message again is the same message."""

    def send(self, message: Outgoing) -> str:
        """Hand a message over; gives the receipt of whoever took it. Raises ChannelSilent, ChannelRefused."""
        ...
