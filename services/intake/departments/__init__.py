"""部门征询: the port to the departments' systems and its adapters."""

from __future__ import annotations

from functools import lru_cache

from services.intake.departments.http import HttpDepartments, HttpSettings
from services.intake.departments.port import Answer, DepartmentPort, DepartmentSilent, Enquiry
from shared.clock import SystemClock
from shared.config import Settings

__all__ = ["Answer", "DepartmentPort", "DepartmentSilent", "Enquiry", "department_port"]


@lru_cache(maxsize=4)
def department_port(settings: Settings) -> DepartmentPort:
    """The port that the settings describe, one for the life of the process. Raises ConfigurationError."""
    settings.require("departments_url", "departments_secret")
    return HttpDepartments(
        HttpSettings(
            url=settings.departments_url,
            secret=settings.departments_secret,
            timeout=settings.departments_timeout,
            attempts=settings.departments_attempts,
            backoff=settings.departments_backoff,
        ),
        SystemClock(),
    )
