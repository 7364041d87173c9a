"""What a gateway makes before it says that it is ready."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.gateway.portal import frame
from services.gateway.warming import Warming
from shared.rulebooks import library


def test_all_of_it_is_made_and_then_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every template compiles, ours and those of theirs that ours import."""
    warming = Warming(library())
    assert not warming.done
    warming.run()
    assert warming.done
    ours = list(Path(frame.__file__).with_name("templates").rglob("*.html"))
    assert frame.compile_all() > len(ours)
    known = frame._environment().cache
    assert known is not None
    assert len(known) >= frame.compile_all()


def test_what_cannot_be_read_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found out again by whoever needs it, in words that say what."""

    def wrong() -> Any:
        raise ValueError("of no concern here")

    warming = Warming(SimpleNamespace(ids=wrong))  # type: ignore[arg-type]
    warming.run()
    assert warming.done


def test_templates_are_compiled_once_and_never_at_the_price_of_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that cannot be written costs time and nothing else."""
    from jinja2 import DictLoader, Environment

    def made(folder: Path) -> Environment:
        cache = frame._Compiled(str(folder), "t-%s.cache")
        return Environment(
            loader=DictLoader({"a.html": "{{ 1 + 1 }}"}), bytecode_cache=cache, autoescape=True
        )

    monkeypatch.setattr("sys.dont_write_bytecode", False)
    assert made(tmp_path).get_template("a.html").render() == "2"
    assert len(list(tmp_path.iterdir())) == 1
    assert made(tmp_path).get_template("a.html").render() == "2"
    assert made(tmp_path / "nowhere").get_template("a.html").render() == "2"
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    (other := tmp_path / "other").mkdir()
    assert made(other).get_template("a.html").render() == "2"
    assert not list(other.iterdir())
