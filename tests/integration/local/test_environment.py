"""Making the environment: once, again after an interruption, by one of two at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.environment import CannotPrepare, Environment

_ENSURE = """
import sys
from pathlib import Path
from deploy.local.environment import Environment
Environment(Path(sys.argv[1]), Path(sys.argv[2])).ensure(tools=False)
print("ensured")
"""


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A checkout that pins nothing: the same steps, without the network."""
    root = tmp_path / "check out"
    root.mkdir()
    for name in ("requirements.lock", "requirements-dev.lock"):
        (root / name).write_text("# nothing\n")
    return Environment(root, tmp_path / "ho me")


def _made_at(environment: Environment) -> int:
    return (environment.folder / "pyvenv.cfg").stat().st_mtime_ns


def test_a_second_run_changes_nothing(environment: Environment) -> None:
    """The first run makes it, the next one finds it complete."""
    environment.ensure(tools=True)
    before = _made_at(environment)
    environment.ensure(tools=True)
    assert before == _made_at(environment)


def test_an_interrupted_run_is_made_anew(environment: Environment) -> None:
    """Half an environment (no marker) is thrown away, with whatever was in it."""
    environment.folder.mkdir(parents=True)
    (environment.folder / "half").touch()
    environment.ensure(tools=False)
    assert environment.complete(tools=False)
    assert not (environment.folder / "half").exists()


def test_two_at_once_make_one(environment: Environment) -> None:
    """The second waits for the first and then uses what it made."""
    command = [sys.executable, "-c", _ENSURE, str(environment.root), str(environment.home)]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    results = [process.communicate(timeout=120) for process in both]
    assert [out for out, _ in results] == ["ensured\n", "ensured\n"]
    assert sum("first run" in err for _, err in results) == 1


def test_a_package_that_cannot_be_had_is_named(environment: Environment) -> None:
    """The message holds pip's own last words and where the whole log is; no marker is left."""
    pinned = f"no-such-thing==1 --hash=sha256:{'0' * 64}\n--no-index\n"
    (environment.root / "requirements.lock").write_text(pinned)
    with pytest.raises(CannotPrepare, match="no-such-thing") as problem:
        environment.ensure(tools=False)
    assert "install.log" in str(problem.value)
    assert not environment.complete(tools=False)


def test_offline_says_what_is_missing_and_touches_nothing(environment: Environment) -> None:
    """Without the network an incomplete environment is an error at once."""
    with pytest.raises(CannotPrepare, match="ZHIHENG_OFFLINE"):
        environment.ensure(tools=False, offline=True)
    assert not environment.home.exists()
