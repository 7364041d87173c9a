"""compare --results and rulebook explain, as a person calls them; what needs a stack or a font is tried elsewhere."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import Any

import docx
import pytest

from deploy.local import cli, install
from deploy.local.commands import rulebook
from tests.unit.decisions.results import application, data, finding


def _write(folder: Path, name: str, content: dict[str, Any]) -> str:
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return str(path)


@pytest.fixture
def results(tmp_path: Path) -> tuple[str, str]:
    bar = finding("18", "not_won_recently", "fail")
    out = application(
        "ineligible", stopped_at="qualification", scores={}, findings=[bar], failing_rules=["18"]
    )
    return (
        _write(tmp_path, "a.json", data({"anna": application(), "ben": application()})),
        _write(tmp_path, "b.json", data({"anna": out, "ben": application()}, rulebook="changning-2029")),
    )


def _explain(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    rulebook.add(parser)
    options = parser.parse_args(["explain", *arguments])
    code: int = rulebook.run(options)
    return code


# --- compare ----------------------------------------------------------------------------------------------------------


def test_two_results_are_compared(
    results: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The summary is printed, three files are written where they were asked for, and the code is 0."""
    assert cli.main(["compare", "--results", *results, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "2 份申报中 1 份结果不同 · 1 of 2 change" in said
    names = [f"small.changning-2023-vs-changning-2029.{ending}" for ending in ("json", "md", "xlsx")]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert all(name in said for name in names)


def test_results_of_others_are_refused(
    results: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Code 2, with the reason; nothing is written."""
    other = _write(tmp_path, "c.json", data({"carl": application()}))
    assert cli.main(["compare", "--results", results[0], other, "--out", str(tmp_path / "out")]) == 2
    assert "anna, ben, carl" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_wrong_result_is_refused(
    results: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Code 2, with file and path."""
    wrong = _write(tmp_path, "wrong.json", data({"anna": application("famous")}))
    assert cli.main(["compare", "--results", results[0], wrong]) == 2
    assert "wrong.json:1 applications.anna.status" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["a"], ["a", "b"], ["a", "a", "x.yaml"], ["x.yaml", "--results", "r", "r"]]
)
def test_what_is_not_enough(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Two different rulebooks and a file, or two results, and not both."""
    assert cli.main(["compare", *arguments]) == 2
    assert "zhiheng:" in capsys.readouterr().err


def test_files_are_checked_under_both_rulebooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before any stack is started; what both refuse is said once."""
    file = _write(tmp_path, "x.yaml", {"scenario": "Wrong", "version": 1})
    assert cli.main(["compare", "changning-2023", "nowhere-1", file]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(set(lines)) > 0
    assert all("x.yaml" in line for line in lines)


# --- rulebook explain -------------------------------------------------------------------------------------------------


def test_a_letter_is_written(
    results: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """DOCX needs no font here: named after scenario and application, in the language asked for."""
    out = tmp_path / "letters"
    assert _explain(results[0], "anna", "--out", str(out), "--format", "docx", "--lang", "en") == 0
    path = out / "small.anna.letter.docx"
    assert f"→ {path}" in capsys.readouterr().out
    assert [each.name for each in out.iterdir()] == [path.name]
    assert docx.Document(io.BytesIO(path.read_bytes())).paragraphs[0].text == "Letter on an application"


@pytest.mark.parametrize(
    ("changes", "handle", "said"),
    [
        ({}, "carl", "no application carl"),
        ({"rulebook": "nowhere-1"}, "anna", "nowhere-1"),
        ({"rulebook_sha256": "0" * 64}, "anna", "changning-2023"),
        ({"totals": {}}, "anna", "totals"),
    ],
)
def test_what_cannot_be_explained(
    changes: dict[str, Any], handle: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody of that handle, a rulebook that is not installed or is another one, a wrong file: code 2, and no letter."""
    file = _write(tmp_path, "r.json", data({"anna": application()}, **changes))
    assert _explain(file, handle, "--out", str(tmp_path / "out"), "--format", "docx") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_a_font_it_says_what_to_install(
    results: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Somebody who is not root is told; code 3, and not half of what was asked for is written."""
    missing = install.Server("fonts", "fonts-noto-cjk", lambda: False, install.CHINESE_FONTS.advice)
    monkeypatch.setattr(install, "CHINESE_FONTS", missing)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert _explain(results[0], "anna", "--out", str(tmp_path / "out")) == 3
    said = capsys.readouterr().err
    assert "apt-get install --no-install-recommends fonts-noto-cjk" in said
    assert "--format docx" in said
    assert not (tmp_path / "out").exists()
