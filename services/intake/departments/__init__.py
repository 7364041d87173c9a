"""部门征询: the port to the departments' systems and its adapters."""

from __future__ import annotations

from functools import lru_cache

from services.intake.departments.channels import Channels, Posting, read_channels
from services.intake.departments.gate import Gate, Limits
from services.intake.departments.http import HttpSettings
from services.intake.departments.port import (
    Answer,
    DepartmentPort,
    DepartmentSilent,
    Enquiry,
    NotNow,
    Posted,
    Refused,
)
from shared.clock import open_clock
from shared.config import Settings

__all__ = [
    "Answer",
    "Channels",
    "DepartmentPort",
    "DepartmentSilent",
    "Enquiry",
    "Gate",
    "Limits",
    "NotNow",
    "Posted",
    "Posting",
    "Refused",
    "department_port",
]


@lru_cache(maxsize=4)
def department_port(settings: Settings) -> Channels:
    """The port that the settings describe, one for the life of the process. Raises ConfigurationError."""
    common = HttpSettings(
        url=settings.departments_url,
        secret=settings.departments_secret,
        timeout=settings.departments_timeout,
        attempts=settings.departments_attempts,
        backoff=settings.departments_backoff,
        connections=settings.outside_at_once,
    )
    return read_channels(settings.departments_file, common, open_clock(settings), limits_of(settings))


def limits_of(settings: Settings) -> Limits:
    """This process's share of what each department bears; no department may have more than half of the places wait."""
    share = max(1, settings.departments_at_once // max(1, settings.departments_replicas))
    return Limits(
        calls=share,
        waiting=max(share, settings.outside_at_once // 2),
        failures=settings.departments_breaker_failures,
        seconds=settings.departments_breaker_seconds,
    )
