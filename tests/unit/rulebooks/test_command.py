"""`python -m shared.rulebooks`: what an agency runs before it installs its own file."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.rulebooks.__main__ import main


def test_check_lists_what_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    """Id, hash and counts; exit 0."""
    assert main(["check"]) == 0
    assert "changning-2023" in capsys.readouterr().out


def test_check_prints_every_fault_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line and reason; exit 1."""
    (tmp_path / "x-1.yaml").write_text("id: x-1\nformat: 1\n", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 1
    assert "missing: jurisdiction" in capsys.readouterr().err


def test_assumed_values_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """With line, value and ground; an unknown id is an error."""
    assert main(["assumed", "changning-2023"]) == 0
    assert "votes = quorum=2/3" in capsys.readouterr().out
    assert main(["assumed", "nowhere-1"]) == 1


@pytest.mark.parametrize("arguments", [[], ["chekc"], ["assumed"], ["check", "a", "b"]])
def test_another_command_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the usage; exit 2."""
    assert main(arguments) == 2
    assert "check" in capsys.readouterr().err
