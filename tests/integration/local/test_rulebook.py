"""./zhiheng rulebook: what each sub-command prints, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import cli
from deploy.local.commands.rulebook import SUBCOMMANDS
from deploy.local.services import ROOT
from tests.unit.rulebooks.mutations import city

Run = Callable[..., tuple[int, str, str]]
PUBLISHED = ROOT / "shared" / "rulebooks" / "data" / "changning-2023.yaml"
GRANT = 'start_organization: {for: award, level: 启帆奖, track: 组织, amount: "8 万元", rule: "11.2"}'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder with the made-up city, named to the command as an operator would."""
    city(tmp_path)
    monkeypatch.setenv("ZHIHENG_RULEBOOKS", str(tmp_path))
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command's code, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["rulebook", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


# --- list -----------------------------------------------------------------------------------------


def test_list_tells_how_each_stands_on_a_day(folder: Path, run: Run) -> None:
    """This release's and the folder's; today unless a day is named."""
    code, out, _ = run("list", "--on", "2026-01-31")
    assert code == 0
    line = next(line for line in out.splitlines() if line.startswith("yunting-2026"))
    assert "尚未施行 not yet in force" in line
    assert "2026-02-01 — 2031-01-31" in line
    assert any(line.startswith("changning-2023 ") and "施行中 in force" in line for line in out.splitlines())
    assert "已失效 ended" in run("list", "--on", "2031-02-01")[1]
    assert run("list")[0] == 0


def test_list_for_programs(folder: Path, run: Run) -> None:
    """One object each."""
    found = json.loads(run("list", "--on", "2026-02-01", "--json")[1])
    (ours,) = [each for each in found if each["id"] == "yunting-2026"]
    assert (ours["standing"], ours["conditions"], ours["assumed"]) == ("in_force", 11, 3)


def test_another_folder_takes_the_place_of_the_environments(folder: Path, tmp_path: Path, run: Run) -> None:
    """So that two sets can be looked at from one terminal."""
    other = tmp_path / "other"
    other.mkdir()
    assert "yunting-2026" not in run("list", "--folder", other)[1]
    assert "yunting-2026" in run("list", "--folder", folder)[1]


def test_assumed_values_of_all_and_of_one(folder: Path, run: Run) -> None:
    """With line, path, value and ground in both languages."""
    everything, one = run("list", "--assumed")[1], run("list", "--assumed", "yunting-2026")[1]
    assert "changning-2023：19 个假定的值" in everything
    assert "yunting-2026：3 个假定的值" in everything
    assert "changning" not in one
    assert "scores = places=1, rounding=half_up" in one
    assert "办法未规定计分方法" in one
    assert "the text gives no method" in one
    found = json.loads(run("list", "--assumed", "yunting-2026", "--json")[1])
    assert {value["path"] for value in found} == {
        "procedure[4].stages[0].panel",
        "scores",
        "objections.upheld_place",
    }


# --- show -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "there", "absent"),
    [
        ("zh", "## 申报条件", "conditions"),
        ("en", "## conditions", "申报条件"),
        ("both", "## 申报条件 · conditions", ""),
    ],
)
def test_show_in_a_language(folder: Path, run: Run, language: str, there: str, absent: str) -> None:
    """Markdown where nobody's terminal is written to."""
    code, out, _ = run("show", "yunting-2026", "--lang", language)
    assert code == 0
    assert f"\n{there}\n" in out
    assert f"\n## {absent}\n" not in out


def test_show_laid_out_for_a_terminal(folder: Path, run: Run) -> None:
    """Without the marks of Markdown."""
    out = run("show", "yunting-2026", "--lang", "zh", "--format", "text")[1]
    assert "申报条件" in out
    assert "##" not in out
    assert "**" not in out
    assert "## 申报条件" in run("show", "yunting-2026", "--lang", "zh", "--format", "markdown")[1]


def test_show_a_file_that_is_not_installed(tmp_path: Path, run: Run) -> None:
    """By its path; this release's own files too."""
    city(tmp_path)
    assert "云帆奖" in run("show", tmp_path / "yunting-2026.yaml")[1]
    assert run("show", PUBLISHED)[1] == run("show", "changning-2023")[1]


@pytest.mark.parametrize(
    "command", [("show", "nowhere-1"), ("diff", "nowhere-1", "changning-2023"), ("show", "no/file.yaml")]
)
def test_what_is_not_there_is_said_so(run: Run, command: tuple[str, ...]) -> None:
    """Code 2, in both languages."""
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert "没有" in err or "无法读取" in err
    assert "no rulebook" in err or "cannot be read" in err


# --- check ----------------------------------------------------------------------------------------


def test_check_everything_that_is_installed(folder: Path, run: Run) -> None:
    """Without a path: this release's and the folder's, each with its hash and what was tried."""
    code, out, err = run("check")
    assert (code, err) == (0, "")
    assert "yunting-2026  " in out
    assert "27 项条件" in out
    assert "个虚构案例：0 处有误" in out


def test_check_a_file_a_folder_and_one_of_the_release(folder: Path, run: Run) -> None:
    """Each alone."""
    assert [line.split()[0] for line in run("check", folder)[1].splitlines() if line[0] != " "] == [
        "yunting-2026"
    ]
    assert run("check", folder / "yunting-2026.yaml")[0] == 0
    assert run("check", PUBLISHED)[1].startswith("changning-2023 ")
    assert run("check", PUBLISHED.parent)[0] == 0


def test_check_tells_every_fault_of_every_file_with_its_line(folder: Path, run: Run) -> None:
    """Code 2, on standard error, in both languages; nothing on standard output."""
    text = (folder / "yunting-2026.yaml").read_text(encoding="utf-8")
    line = text[: text.index(GRANT)].count("\n") + 1
    (folder / "yunting-2026.yaml").write_text(text.replace('"8 万元"', '"8"'), encoding="utf-8")
    (folder / "other-1.yaml").write_text("id: other-1\nid: other-1\n", encoding="utf-8")
    code, out, err = run("check", folder)
    assert (code, out) == (2, "")
    assert f"yunting-2026.yaml:{line}: grants.start_organization.amount: 金额“8”没有写明单位" in err
    assert "other-1.yaml:2: id: 重复的键，首次出现在第 1 行 / given twice, first in line 1" in err


def test_check_fails_where_the_sweep_finds_something(folder: Path, run: Run) -> None:
    """A file of the right form that nobody could meet."""
    file = folder / "yunting-2026.yaml"
    elsewhere = """\
    elsewhere:
      operator: fact_is
      with: {fact: region, begins_with: 别处}
      kinds: all
      says: {zh: 在别处登记, en: registered elsewhere}
    operating_years:
"""
    text = file.read_text(encoding="utf-8").replace("    operating_years:\n", elsewhere, 1)
    file.write_text(text, encoding="utf-8")
    code, out, err = run("check", file)
    assert code == 2
    assert "2 处有误" in out
    assert "找不到能满足全部条件的 organization" in err


def test_check_remarks_on_two_texts_in_force_at_once(folder: Path, run: Run) -> None:
    """No fault: a city may have two awards."""
    text = (
        (folder / "yunting-2026.yaml")
        .read_text(encoding="utf-8")
        .replace("id: yunting-2026", "id: yunting-2027")
    )
    (folder / "yunting-2027.yaml").write_text(text, encoding="utf-8")
    code, out, _ = run("check", folder)
    assert code == 0
    assert "2026-02-01 起与 yunting-2026 同时施行" in out


def test_a_folder_that_is_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named on the command line or by the environment."""
    for arguments in (("check", "/no/such/folder/"), ("list", "--folder", "/no/such/folder")):
        code, _, err = run(*arguments)
        assert code == 2
        assert "/no/such/folder" in err or "folder" in err
    monkeypatch.setenv("ZHIHENG_RULEBOOKS", "/no/such/folder")
    assert run("list")[0] == 2


def test_a_setting_that_nobody_knows_is_said_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere: a misspelt key is no silent default."""
    monkeypatch.setenv("ZHIHENG_RULEBOKS", "/somewhere")
    code, _, err = run("list")
    assert code == 2
    assert "ZHIHENG_RULEBOKS" in err


# --- diff -----------------------------------------------------------------------------------------


def test_diff_tells_what_changes_in_a_language(folder: Path, run: Run) -> None:
    """Part by part, with before and after."""
    file = folder / "yunting-2028.yaml"
    text = (folder / "yunting-2026.yaml").read_text(encoding="utf-8")
    text = text.replace("id: yunting-2026", "id: yunting-2028").replace('"8 万元"', '"9 万元"')
    file.write_text(
        text.replace("title: {zh: 现场评审, en: site review}", "title: {zh: 走访, en: a visit}"),
        encoding="utf-8",
    )
    code, out, _ = run("diff", "yunting-2026", "yunting-2028", "--lang", "zh")
    assert code == 0
    assert out.splitlines() == [
        "yunting-2026 → yunting-2028",
        "",
        "奖励与资助",
        "  ~ 改变  award/启帆奖/组织  启帆奖（组织）",
        "      金额：8 万元  →  9 万元",
    ]
    assert "走访" in run("diff", "yunting-2026", file, "--wording")[1]
    assert "amount: 80,000 yuan  →  90,000 yuan" in run("diff", "yunting-2026", file, "--lang", "en")[1]


def test_diff_of_the_same_and_of_others(folder: Path, run: Run) -> None:
    """Nothing; or much, each added, removed or changed."""
    assert "没有不同 / no difference" in run("diff", "yunting-2026", "yunting-2026")[1]
    out = run("diff", "changning-2023", "yunting-2026")[1]
    assert "+ 新增 · added  云帆奖" in out
    assert "- 删去 · removed  notice:qualification" in out
    assert "无 / none" in out


def test_diff_for_programs(folder: Path, run: Run) -> None:
    """Both ids and every difference."""
    found = json.loads(run("diff", "changning-2023", "yunting-2026", "--json")[1])
    assert (found["first"], found["second"]) == ("changning-2023", "yunting-2026")
    assert {"levels", "places", "procedure", "votes", "grants", "conditions"} <= {
        d["part"] for d in found["differences"]
    }


# --- new ------------------------------------------------------------------------------------------


def test_new_writes_a_file_that_passes_and_never_overwrites(folder: Path, run: Run) -> None:
    """Into the rulebooks' folder, where nothing else is said."""
    arguments = ("new", "qinghe-2030", "--jurisdiction", "qinghe", "--place", "清河市", "--level", "district")
    code, out, _ = run(*arguments)
    file = folder / "qinghe-2030.yaml"
    assert code == 0
    assert str(file) in out
    assert run("check", file)[0] == 0
    before = file.read_bytes()
    code, _, err = run(*arguments)
    assert code == 2
    assert "installed" in err
    assert file.read_bytes() == before


def test_new_names_its_file_after_the_id(folder: Path, tmp_path: Path, run: Run) -> None:
    """In a folder of one's choice; under another name it could not be read, so it is refused."""
    arguments = ("new", "qinghe-2030", "--jurisdiction", "qinghe", "--out")
    there = tmp_path / "there"
    assert run(*arguments, tmp_path / "other.yaml")[0] == 2
    assert run(*arguments, there / "qinghe-2030.yaml")[0] == 0
    code, _, err = run(*arguments, there)
    assert code == 2
    assert "不覆盖" in err
    assert [path.name for path in there.iterdir()] == ["qinghe-2030.yaml"]


def test_new_without_a_folder_writes_here(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that one stands in."""
    monkeypatch.chdir(tmp_path)
    assert run("new", "qinghe-2030", "--jurisdiction", "qinghe")[0] == 0
    assert (tmp_path / "qinghe-2030.yaml").is_file()


def test_new_draft_over_an_installed_text(folder: Path, run: Run) -> None:
    """It differs from it in being a draft and nothing else."""
    assert run("new", "yunting-2028", "--extends", "yunting-2026")[0] == 0
    assert run("check", folder)[0] == 0
    found = json.loads(run("diff", "yunting-2026", "yunting-2028", "--json")[1])
    assert {d["part"] for d in found["differences"]} == {"text"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("Qinghe", "--jurisdiction", "qinghe"),
        ("qinghe-2030", "--jurisdiction", "qing-he"),
        ("qinghe-2030",),
        ("qinghe-2030", "--extends", "nowhere-1"),
        ("qinghe-2030", "--jurisdiction", "qinghe", "--place", "{清河}"),
        ("changning-2023", "--jurisdiction", "qinghe"),
    ],
)
def test_new_refuses_what_could_not_be_read(folder: Path, run: Run, arguments: tuple[str, ...]) -> None:
    """Code 2, the reason, and no file."""
    before = set(folder.iterdir())
    code, _, err = run("new", *arguments)
    assert code == 2
    assert err
    assert set(folder.iterdir()) == before


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path, run: Run) -> None:
    """Where a file stands in the way, too."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _, err = run(
        "new", "qinghe-2030", "--jurisdiction", "qinghe", "--out", tmp_path / "file" / "qinghe-2030.yaml"
    )
    assert code == 2
    assert "cannot be written" in err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["show"], ["diff", "a"], ["new"]])
def test_another_sub_command_is_refused_with_the_list(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Code 2, as every command line has it."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["rulebook", *arguments])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage:")


def test_every_sub_command_is_a_module_like_the_commands() -> None:
    """HELP in both languages, add, run: whoever adds one adds a line."""
    from importlib import import_module

    for name in SUBCOMMANDS.values():
        module = import_module(name)
        assert " · " in module.HELP
        assert callable(module.add)
        assert callable(module.run)
