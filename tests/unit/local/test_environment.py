"""The environment's name and place; making it is in tests/integration/local."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.environment import Environment, command_environment, home_folder


def _root(folder: Path, runtime: str = "a==1\n", tools: str = "b==1\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "requirements.lock").write_text(runtime)
    (folder / "requirements-dev.lock").write_text(tools)
    return folder


def _complete(environment: Environment) -> None:
    (environment.folder / "bin").mkdir(parents=True)
    environment.python.touch(mode=0o755)
    (environment.folder / "complete.json").touch()


def test_the_folder_is_named_after_what_is_pinned(tmp_path: Path) -> None:
    """Other pins make another environment; the same pins find the one that is there."""
    first = Environment(_root(tmp_path / "one"), tmp_path)
    same = Environment(_root(tmp_path / "two"), tmp_path)
    other = Environment(_root(tmp_path / "three", runtime="a==2\n"), tmp_path)
    assert first.folder == same.folder
    assert first.folder != other.folder


def test_without_the_marker_nothing_is_complete(tmp_path: Path) -> None:
    """The marker is written last, so an interrupted first run is never taken for a finished one."""
    environment = Environment(_root(tmp_path / "checkout"), tmp_path)
    _complete(environment)
    assert environment.complete(tools=False)
    (environment.folder / "complete.json").unlink()
    assert not environment.complete(tools=False)


def test_a_python_that_went_away_makes_it_incomplete(tmp_path: Path) -> None:
    """An upgrade of the system's Python leaves a dangling link behind; the environment is then made again."""
    environment = Environment(_root(tmp_path / "checkout"), tmp_path)
    _complete(environment)
    environment.python.unlink()
    environment.python.symlink_to(tmp_path / "gone")
    assert not environment.complete(tools=False)


def test_tools_are_a_second_step_with_a_marker_of_their_own(tmp_path: Path) -> None:
    """`demo` needs no test tools; a change of their pins alone does not make the environment anew."""
    environment = Environment(_root(tmp_path / "checkout"), tmp_path)
    _complete(environment)
    assert not environment.complete(tools=True)
    before = environment.folder
    _root(tmp_path / "checkout", tools="b==2\n")
    assert environment.folder == before


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"ZHIHENG_HOME": "/somewhere/else"}, "/somewhere/else"),
        ({"HOME": "/home/me"}, "{root}/.zhiheng"),
    ],
)
def test_home_is_where_one_says_else_the_checkout(
    tmp_path: Path, environ: dict[str, str], expected: str
) -> None:
    """ZHIHENG_HOME goes first, then the checkout where it can be written."""
    assert Path(expected.format(root=tmp_path)) == home_folder(tmp_path, environ)


def test_a_checkout_that_cannot_be_written_uses_the_cache_of_the_user(tmp_path: Path) -> None:
    """Two read-only checkouts do not share a folder, so that they do not share a stack's data."""
    environ = {"HOME": str(tmp_path)}
    # A folder that does not exist cannot be written by anybody, not even by root.
    one, two = (home_folder(tmp_path / name, environ) for name in ("one", "two"))
    assert one.parent == two.parent == tmp_path / ".cache" / "zhiheng"
    assert one != two


def test_the_command_sees_the_checkout_and_no_python_settings_of_the_caller(tmp_path: Path) -> None:
    """A PYTHONPATH of the caller must not put another `shared` before ours."""
    found = command_environment(
        tmp_path, tmp_path / "home", {"PYTHONPATH": "/evil", "PYTHONHOME": "/x", "A": "b"}
    )
    assert str(tmp_path) == found["PYTHONPATH"]
    assert "PYTHONHOME" not in found
    assert found["A"] == "b"
