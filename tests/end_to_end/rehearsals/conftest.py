"""A whole stack for the rehearsals of this folder, and what plays files through it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from deploy.broker.definitions import SERVICES
from deploy.demo.city import until
from deploy.local.commands.rehearse import Access
from deploy.local.services import ROOT, base_environment
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from deploy.rehearsal import __main__ as player


_INTAKE = "intake"


@dataclass(frozen=True)
class Played:
    """What became of a sample: the player's process, ended, and the result that it wrote."""

    done: subprocess.CompletedProcess[str]
    result: dict[str, Any]


@dataclass
class Rehearsal:
    """Plays scenarios as a person would, by the player's command line, against the running stack."""

    stack: Stack
    folder: Path
    _samples: dict[Path, Played] = field(default_factory=dict)

    @cached_property
    def _environment(self) -> dict[str, str]:
        """The player's secrets, signed in once."""
        return Access(self.stack.gateway_url, self.stack.stubs_url, self.stack.secrets).environment()

    @property
    def _wanted(self) -> list[str]:
        return ["--gateway", self.stack.gateway_url, "--stubs", self.stack.stubs_url, "--out", str(self.folder)]

    def run(self, *files: Path, arguments: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """The player's process, ended."""
        return subprocess.run(
            [sys.executable, "-m", "deploy.rehearsal", *map(str, files), *self._wanted, *arguments],
            env=base_environment() | self._environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
        )

    def sample(self, file: Path) -> Played:
        """A sample's play, which several tests look at."""
        if file not in self._samples:
            done = self.run(file)
            assert done.returncode == 0, done.stdout + done.stderr
            self._samples[file] = Played(done, self.result(file.stem))
        return self._samples[file]

    def play(self, scenario: Mapping[str, Any], *arguments: str) -> dict[str, Any]:
        """The result of a scenario that can be played; JSON is YAML, too. In this process: another one takes as long to start
        as many a scenario to play.
        """
        file = self.folder / f"{scenario['scenario']}.yaml"
        file.write_text(json.dumps(scenario, ensure_ascii=False), encoding="utf-8")
        said = StringIO()
        with patch.dict(os.environ, self._environment), redirect_stdout(said), redirect_stderr(said):
            code = player.main([str(file), *self._wanted, *arguments])
        assert code == player.HOLDS, said.getvalue()
        return self.result(scenario["scenario"])

    def entries(self) -> int:
        """How many entries the audit logs of all services hold of the newest cycle, when nothing is on its way to anybody: a service
        with no part in what comes next may hear of a stage's end after the player has read its result.
        """
        engines = [create_engine(self.stack.database_url(name), poolclass=NullPool) for name in SERVICES]

        def ask(engine: Engine, question: str, **values: str) -> Any:
            with engine.connect() as connection:
                return connection.execute(text(question), values).scalar_one()

        def waiting() -> bool:
            unsent = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
            return any(ask(each, unsent) for each in engines) or any(self.stack.queues().values())

        until("everything is heard", lambda: not waiting())
        newest = "SELECT cycle_id FROM audit WHERE cycle_id IS NOT NULL ORDER BY id DESC LIMIT 1"
        cycle = str(ask(engines[SERVICES.index(_INTAKE)], newest))
        return sum(ask(each, "SELECT count(*) FROM audit WHERE cycle_id = :c", c=cycle) for each in engines)

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
