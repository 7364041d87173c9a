"""One file under two rulebooks, played through the real system and laid side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.local.commands import compare
from deploy.local.commands.rehearse import Access
from tests.end_to_end.rehearsals.conftest import Rehearsal
from tests.end_to_end.rehearsals.scenarios import GOLD, MODEL, TOP, scenario

pytestmark = pytest.mark.e2e

FINAL, DRAFT = "changning-2023", "changning-2023-draft"


@pytest.fixture
def running(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Rehearsal:
    """The session's stack is the one that the command finds."""

    class Found:
        def __enter__(self) -> Access:
            stack = rehearsal.stack
            return Access(stack.gateway_url, stack.stubs_url, stack.secrets)

        def __exit__(self, *problem: object) -> None:
            return None

    monkeypatch.setattr(compare, "stack_for_rehearsals", Found)
    return rehearsal


def test_a_city_winner_under_the_draft(
    running: Rehearsal, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Article 18: the draft refuses who ever won a city or national award, the final text does not; nobody else is
    touched, and the one behind moves up.
    """
    content = scenario("compared", "anna", "ben", "carl")
    winner = {"award": "市级奖", "track": MODEL, "level": "city", "year": 2009, "jurisdiction": "elsewhere"}
    content["applicants"]["anna"]["facts"]["prior_awards"] = [winner]
    file = tmp_path / "compared.yaml"
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    out = tmp_path / "out"

    assert compare.play([file], (FINAL, DRAFT), out) == 0
    said = capfd.readouterr().out
    found = json.loads((out / f"compared.{FINAL}-vs-{DRAFT}.json").read_text(encoding="utf-8"))
    assert found["changed"] == ["anna", "carl"]
    anna, ben, carl = (found["applications"][handle] for handle in ("anna", "ben", "carl"))
    assert anna["status"] == {"a": "awarded", "b": "ineligible"}
    assert anna["stopped_at"] == {"a": None, "b": "qualification"}
    assert [cause["rule"] for cause in anna["causes"]["b"]] == ["18"]
    assert [pair["a"] for pair in anna["findings"] if pair["decides"]] == [None]
    assert (ben["changes"], ben["award"]) == (False, {"a": TOP, "b": TOP})
    assert carl["award"] == {"a": GOLD, "b": TOP}
    assert [found["totals"][side]["granted_yuan"] for side in "ab"] == [1_100_000, 1_000_000]
    assert found["notices"][0]["only_in"] == {"a": ["anna"], "b": []}
    assert any("草案" in note for note in found["notes"]["b"])
    assert "3 份申报中 2 份结果不同 · 2 of 3 change" in said
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [f"compared.{FINAL}-vs-{DRAFT}.{ending}" for ending in ("json", "md", "xlsx")]
        + [f"compared.{rulebook}.result.json" for rulebook in (FINAL, DRAFT)]
    )
