"""How a bank is reached and how patiently, from the settings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.incentives.payments.files import FileBank
from services.incentives.payments.http import BankSettings, HttpBank
from services.incentives.payments.port import BankPort
from shared.clock import Clock
from shared.config import Settings


@dataclass(frozen=True)
class Terms:
    """`settle`: how long a request may be under way before “not known” is believed; `again`: pause between questions;
    `patience`, `file_patience`: after which a line without an answer is unknown.
    """

    channel: str
    settle: timedelta
    again: timedelta
    patience: timedelta
    file_patience: timedelta

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        return cls(
            channel="http" if settings.payments_url else "file",
            settle=timedelta(seconds=settings.payments_settle_seconds),
            again=timedelta(seconds=settings.payments_again_seconds),
            patience=timedelta(hours=settings.payments_patience_hours),
            file_patience=timedelta(days=settings.payments_file_days),
        )

    def patience_of(self, channel: str) -> timedelta:
        """For how long a line of this channel may be without an answer."""
        return self.file_patience if channel == "file" else self.patience


_BANKS: dict[Settings, BankPort] = {}


def bank_of(settings: Settings, clock: Clock) -> BankPort:
    """The bank of this installation; one for the process, since its connections are kept."""
    if settings not in _BANKS:
        if settings.payments_url:
            over_http = BankSettings(
                settings.payments_url, settings.payments_secret, settings.payments_timeout
            )
            _BANKS[settings] = HttpBank(over_http, clock)
        else:
            _BANKS[settings] = FileBank()
    return _BANKS[settings]
