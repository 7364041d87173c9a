"""A way out as notifications sees it: one message handed over, and a receipt. Pure."""

from __future__ import annotations

from contextlib import AbstractContextManager
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


class ChannelUnsure(Exception):
    """It was handed over as a whole, and no answer came: it may have been taken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Channel(Protocol):
    """Takes its time, so never inside a transaction.

    `knows_again`: whoever takes messages there has promised to take one id once, so that what may have been taken is simply
    sent again under the same id. Where nobody has, it is not.
    """

    knows_again: bool

    def place(self) -> AbstractContextManager[object]:
        """A place to send from, held while a message is sent; waited for before one is claimed, so that no claim grows old in
        a queue.
        """
        ...

    def send(self, message: Outgoing) -> str:
        """Hand a message over, in a place; gives the receipt of whoever took it.

        Raises ChannelSilent, ChannelRefused, ChannelUnsure.
        """
        ...
