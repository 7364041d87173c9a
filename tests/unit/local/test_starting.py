"""What a process loads until it is ready: no library that only some of its work needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from deploy.broker.definitions import SERVICES
from deploy.local.services import ROOT, base_environment, service_class

# To load one of them takes up to a quarter of a second, and a stack starts ten processes. Work that needs it loads it.
OF_PAPERS = {"openpyxl", "docx", "lxml", "typst", "PIL", "pypdfium2", "icalendar", "cn2an"}
OF_PLANS = {"numpy", "highspy"}
OF_UPLOADS = {"msoffcrypto", "olefile", "rarfile", "obstore"}
OF_OPERATORS = {"alembic", "mako", "jsonschema", "ruamel.yaml"}
OF_THE_GATEWAY = {"flask", "requests", "authlib", "joserfc", "apispec", "segno", "pyotp"}
BY_ALL = OF_PAPERS | OF_PLANS | OF_UPLOADS | OF_OPERATORS


def loaded(*modules: str) -> set[str]:
    """Everything that is loaded with some modules."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=base_environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        (
            ["shared.bus.run", *(service_class(name).partition(":")[0] for name in SERVICES)],
            BY_ALL | OF_THE_GATEWAY,
        ),
        (
            ["services.gateway.__main__", "services.gateway.ballot_box.__main__"],
            BY_ALL | {"nameko", "eventlet"},
        ),
        (["shared.contracts"], {f"shared.contracts.operations.{name}" for name in SERVICES}),
    ],
    ids=["services", "gateway and ballot box", "contracts"],
)
def test_nothing_is_loaded_that_can_wait(modules: list[str], unwanted: set[str]) -> None:
    """Neither libraries of papers, plans, uploads and operators' commands, nor the contracts of other services."""
    assert loaded(*modules) & unwanted == set()
