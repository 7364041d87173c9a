"""A whole stack for the rehearsals of this folder, and what plays files through it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.local.commands.rehearse import Access
from deploy.local.services import ROOT, base_environment
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder


@dataclass
class Rehearsal:
    """Plays scenarios as a person would, by the player's command line, against the running stack."""

    stack: Stack
    folder: Path

    def run(self, *files: Path, arguments: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """The player's process, ended."""
        access = Access(self.stack.gateway_url, self.stack.stubs_url, self.stack.secrets)
        wanted = ["--gateway", access.gateway_url, "--stubs", access.stubs_url, "--out", str(self.folder)]
        return subprocess.run(
            [sys.executable, "-m", "deploy.rehearsal", *map(str, files), *wanted, *arguments],
            env=base_environment() | access.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=250,
        )

    def play(self, scenario: Mapping[str, Any], *arguments: str) -> dict[str, Any]:
        """The result of a scenario that can be played; JSON is YAML, too."""
        file = self.folder / f"{scenario['scenario']}.yaml"
        file.write_text(json.dumps(scenario, ensure_ascii=False), encoding="utf-8")
        done = self.run(file, arguments=arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return self.result(scenario["scenario"])

    def result(self, name: str) -> dict[str, Any]:
        """A result as it was written."""
        text = (self.folder / f"{name}.result.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found


@pytest.fixture(scope="package")
def rehearsal() -> Iterator[Rehearsal]:
    """One stack for all rehearsals of this folder: each is a world of its own."""
    with temporary_folder("test") as folder:
        out = folder / "out"
        out.mkdir()
        with Stack(folder / "stack", StackOptions(rehearsals=True)) as stack:
            yield Rehearsal(stack, out)
