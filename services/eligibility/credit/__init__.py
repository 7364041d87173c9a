"""信用平台: the port to the public credit platforms and its adapters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from services.eligibility.credit.files import FilePlatform
from services.eligibility.credit.http import HttpPlatform, PlatformSettings
from services.eligibility.credit.port import (
    CreditPlatform,
    CreditReport,
    NotSetUp,
    PlatformRefused,
    PlatformSilent,
)
from shared.clock import open_clock
from shared.config import ConfigurationError, Settings

__all__ = [
    "CreditPlatform",
    "CreditReport",
    "FilePlatform",
    "HttpPlatform",
    "NotSetUp",
    "PlatformRefused",
    "PlatformSettings",
    "PlatformSilent",
    "credit_platform",
]


class _Nobody:
    """Where no platform is set up, people bring the reports there."""

    def deliver(self, report: CreditReport) -> str | None:
        raise NotSetUp("no credit platform is set up")

    def receipt(self, reference: str) -> str | None:
        raise NotSetUp("no credit platform is set up")


@lru_cache(maxsize=4)
def credit_platform(settings: Settings) -> CreditPlatform:
    """The port that the settings describe, one for the life of the process. Raises ConfigurationError."""
    if settings.credit_url and settings.credit_folder:
        raise ConfigurationError("ZHIHENG_CREDIT_URL and ZHIHENG_CREDIT_FOLDER: one of them")
    if settings.credit_folder:
        return FilePlatform(Path(settings.credit_folder))
    if not settings.credit_url:
        return _Nobody()
    if not settings.credit_secret:
        raise ConfigurationError("missing: ZHIHENG_CREDIT_SECRET")
    given = PlatformSettings(settings.credit_url, settings.credit_secret, settings.credit_timeout)
    return HttpPlatform(given, open_clock(settings))
