"""docs/adding-a-jurisdiction.md is true: its blocks, copied one after the other, take a made-up city from nothing to a
rehearsed cycle on a real stack, and no code knows of it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.local.services import ROOT
from deploy.local.temporary import temporary_folder

pytestmark = pytest.mark.e2e

DOCUMENT = ROOT / "docs" / "adding-a-jurisdiction.md"


@dataclass(frozen=True)
class Walk:
    """The folder in which the document was followed, and what was said on the way."""

    folder: Path
    done: subprocess.CompletedProcess[str]

    @property
    def result(self) -> dict[str, Any]:
        text = (self.folder / "results" / "yunting-rehearsal.result.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found


def script() -> str:
    """The document as a shell script: `sh` blocks as they are, `yaml FILE` blocks written to their file."""
    steps = []
    for info, body in re.findall(r"^```(.*?)\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.M | re.S):
        kind, _, file = info.partition(" ")
        if kind == "sh":
            steps.append(body)
        elif kind == "yaml":
            steps.append(f"cat > {file} <<'END OF FILE'\n{body}END OF FILE\n")
    return "\n".join(steps)


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    """A folder with nothing in it but the launcher; a stack of a name that nobody has started."""
    with temporary_folder("test") as folder:
        (folder / "zhiheng").symlink_to(ROOT / "zhiheng")
        done = subprocess.run(
            ["bash", "-eu"],
            input=script(),
            cwd=folder,
            env={**os.environ, "ZHIHENG_STACK": "never-started"},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        yield Walk(folder, done)


def test_every_step_works_as_it_is_written(walk: Walk) -> None:
    """No command fails, `rehearse` neither: what the document expects of the cycle holds."""
    assert walk.done.returncode == 0, walk.done.stdout + walk.done.stderr
    assert "预期成立" in walk.done.stdout


def test_the_city_runs_by_its_own_order_days_and_panel(walk: Walk) -> None:
    """Its first notice lies before the qualification and takes three working days; the visit is by a panel of five."""
    notices = {notice["notice"]: notice for notice in walk.result["notices"]}
    assert list(notices) == ["nomination", "award"]
    assert {notice["working_days"] for notice in notices.values()} == {3}
    assert notices["nomination"]["last_day"] == "2026-04-01"
    assert "dujiang" in notices["nomination"]["listed"]  # nobody has looked at its record yet
    (visit,) = [panel for panel in walk.result["panels"] if panel["stage"] == "site_review"]
    assert visit["size"] == 5
    assert visit["industry_share"] >= 0.4


def test_its_marks_and_its_ceiling_hold(walk: Walk) -> None:
    """Below the first level's mark only the second is open; the grant is the smaller of ceiling and cost."""
    assert walk.result["awards"] == {
        "云帆奖/组织": ["qinglan"],
        "启帆奖/组织": ["baisha"],
        "启帆奖/项目": ["tingyu"],
    }
    (grant,) = walk.result["applications"]["qinglan"]["grants"]
    assert grant == {"for": "award", "yuan": 285000, "rule": "11.1"}


def test_what_the_document_shows_is_what_the_commands_say(walk: Walk) -> None:
    """The list names the city, the draft's three changes are told, and the lawyer's copy has every article."""
    assert re.search(r"^yunting-2026 +施行中 in force +2026-02-01 — 2031-01-31", walk.done.stdout, re.M)
    told = walk.done.stdout.partition("yunting-2026 → yunting-2028-draft")[2]
    assert re.findall(r"^  ([-+~=]) \S+ · \S+  (\S+)", told, re.M) == [
        ("~", "in_force"),
        ("~", "启帆奖"),
        ("~", "4.1/operating_years"),
    ]
    copy = (walk.folder / "yunting-2026.md").read_text(encoding="utf-8")
    assert all(f"〔{number}〕" in copy for number in range(1, 15))


def test_the_fault_that_it_shows_is_the_one_that_is_found(walk: Walk) -> None:
    """The line of the example is the line of the file, and the words are the command's."""
    (shown,) = re.findall(r"^```text\n(.*?)\n```$", DOCUMENT.read_text(encoding="utf-8"), re.M | re.S)
    file = walk.folder / "rulebooks" / "yunting-2026.yaml"
    wrong = walk.folder / "wrong" / file.name
    wrong.parent.mkdir()
    text = file.read_text(encoding="utf-8")
    assert text.count('"8 万元"') == 1
    wrong.write_text(text.replace('"8 万元"', '"8"'), encoding="utf-8")
    done = subprocess.run(
        [walk.folder / "zhiheng", "rulebook", "check", wrong], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (2, shown)
