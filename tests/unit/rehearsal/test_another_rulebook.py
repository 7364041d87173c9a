"""Categories, branches and other levels: a scenario under a made-up city's rulebook, as its own and as a what-if."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from deploy.rehearsal.against import check, scored_stages, without_unknown
from deploy.rehearsal.checked import Installed, Playable, check_one
from deploy.rehearsal.faults import WrongFile
from deploy.rehearsal.loading import parse
from deploy.rehearsal.scenario import build
from deploy.rehearsal.steps import AUTOMATIC, PLAYERS
from shared.calendar import WorkCalendar
from shared.rulebooks import Library, Rulebook
from shared.rulebooks.model import StageKind
from tests.unit.rehearsal.files import BASE, CODES, changed
from tests.unit.rulebooks.test_operators import CITY

PERSON = {"name": "王芳", "id_number": "11010519491231002X"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder: Path = tmp_path_factory.mktemp("rulebooks")
    (folder / "qinghe-2030.yaml").write_text(CITY, encoding="utf-8")
    return Installed(Library.load(folder), WorkCalendar())


@pytest.fixture(scope="module")
def city(installed: Installed) -> Rulebook:
    return installed.rulebooks.get("qinghe-2030")


def _city_file(**changes: Any) -> dict[str, Any]:
    content = deepcopy(BASE) | {"rulebook": "qinghe-2030", "scores": {"defence": {"others": 70}}}
    for applicant in content["applicants"].values():
        applicant["category"] = "economic"
    return content | changes


def _play(content: dict[str, Any], installed: Installed, rulebook: str | None = None) -> Playable:
    return check_one(parse(json.dumps(content, ensure_ascii=False).encode(), "x.yaml"), rulebook, installed)


def _paths(content: dict[str, Any], book: Rulebook) -> list[str]:
    return [".".join(map(str, wrong.path)) for wrong in check(build(content), book)]


def test_a_category_is_needed_where_the_rulebook_has_them(city: Rulebook) -> None:
    """Absent, or one of another rulebook: wrong. Where there are none it is of no account."""
    content = _city_file()
    assert _paths(content, city) == []
    del content["applicants"]["anna"]["category"]
    content["applicants"]["ben"]["category"] = "sport"
    assert _paths(content, city) == ["applicants.anna.category", "applicants.ben.category"]


def test_who_has_no_award_to_win(city: Rulebook) -> None:
    """An individual finds none here, and no rule refuses it; a project in the economic category is refused by rule 1."""
    content = _city_file()
    content["applicants"]["anna"] |= {"kind": "individual", "category": "culture"}
    content["applicants"]["ben"] |= {"kind": "project"}
    kinds = {
        condition.operator for condition in city.conditions if condition.addresses("project", "economic")
    }
    assert "kind_is" in kinds
    assert "applicants.ben.kind" not in _paths(content, city)


def test_each_category_has_its_own_way(city: Rulebook) -> None:
    """The stage before is the one before on the applicant's own way."""
    assert scored_stages(city, "economic") == ["defence", "site_review"]
    assert scored_stages(city, "culture") == ["defence"]


def test_thirteen_hear_a_defence(city: Rulebook) -> None:
    """A list has as many figures as reviewers are assigned."""
    assert _paths(_city_file(scores={"defence": {"anna": [70] * 13, "others": 1}}), city) == []
    assert _paths(_city_file(scores={"defence": {"anna": [70] * 3, "others": 1}}), city) == [
        "scores.defence.anna"
    ]


def test_withdrawals_from_a_stage_of_another_category(city: Rulebook) -> None:
    """Culture never comes to a site review."""
    content = _city_file()
    content["applicants"]["anna"] |= {"category": "culture", "withdraws_before": "site_review"}
    content["applicants"]["ben"] |= {"withdraws_before": "site_review"}
    assert _paths(content, city) == ["applicants.anna.withdraws_before"]


def test_levels_belong_to_tracks(city: Rulebook) -> None:
    """Silver is economic only."""
    content = _city_file(proposal={"anna": "银奖", "ben": "银奖"})
    content["applicants"]["anna"]["category"] = "culture"
    assert _paths(content, city) == ["proposal.anna"]


def test_one_who_wins_again_takes_no_place(city: Rulebook) -> None:
    """Three gold where there are two places: lawful if one of them won gold here before, not if elsewhere."""
    content = _city_file()
    content["applicants"]["carl"] = deepcopy(content["applicants"]["ben"]) | {"uscc": CODES[2]}
    content["proposal"] = dict.fromkeys(content["applicants"], "金奖")
    assert _paths(content, city) == ["proposal"]
    award = {"award": "金奖", "level": "city", "year": 2020}
    content["applicants"]["carl"]["facts"]["prior_awards"] = [award | {"jurisdiction": "elsewhere"}]
    assert _paths(content, city) == ["proposal"]
    content["applicants"]["carl"]["facts"]["prior_awards"] = [award | {"jurisdiction": "qinghe"}]
    assert _paths(content, city) == []


def test_no_limit_is_no_quota(city: Rulebook) -> None:
    """Where the text limits nothing, nothing is exceeded."""
    content = _city_file()
    for number in range(9):
        content["applicants"][f"more{number}"] = deepcopy(content["applicants"]["ben"])
    for applicant in content["applicants"].values():
        applicant["category"] = "culture"
    content["proposal"] = dict.fromkeys(content["applicants"], "金奖")
    assert _paths(content, city) == []


def test_a_what_if_leaves_out_what_the_other_rulebook_does_not_know(installed: Installed) -> None:
    """The same applicants; levels, rules, notices and stages of their own text are left out, and the result says so."""
    content = _city_file(
        rulebook="changning-2023", scores={"document_review": {"others": 80}, "defence": {"others": 70}}
    )
    content |= {
        "proposal": {"anna": "区长质量奖"},
        "votes": {"anna": {"区长质量奖": {"for": 13}, "金奖": {"for": 3, "against": 10}}, "ben": {"for": 13}},
        "objections": [
            {"against": "ben", "notice": "award", "by": PERSON, "evidence": True, "ruling": "upheld"}
        ],
        "judgements": {"anna": {"16.3": "reject", "99": "reject"}},
        "advance": {"site_review": ["anna"]},
    }
    content["applicants"]["ben"]["withdraws_before"] = "comprehensive"
    played = _play(content, installed, "qinghe-2030").scenario
    assert played.rulebook == "qinghe-2030"
    assert set(played.scores) == {"defence"}
    assert (played.proposal, played.objections, dict(played.advance)) == (None, (), {})
    assert list(played.votes["anna"]) == ["金奖"]  # type: ignore[arg-type]
    assert played.applicants["ben"].withdraws_before is None
    assert dict(played.judgements["anna"]) == {"16.3": False}
    left_out = " ".join(played.notes)
    for path in ("scores.document_review", "proposal.anna", "votes.anna", "objections.0", "judgements.anna.99",
                 "advance.site_review", "applicants.ben.withdraws_before"):  # fmt: skip
        assert path in left_out
    with pytest.raises(WrongFile):
        _play(content, installed)  # under its own rulebook these are faults


def test_a_what_if_plays_applicants_who_were_not_written_for_it(installed: Installed) -> None:
    """Without the category that the other rulebook asks for they are refused by its rule; the file is not wrong.

    A category that it does not know is: it was meant for some rulebook with categories.
    """
    played = _play(BASE, installed, "qinghe-2030")
    assert all(applicant.category is None for applicant in played.scenario.applicants.values())
    with pytest.raises(WrongFile) as wrong:
        _play(changed("applicants/anna/category", "special"), installed, "qinghe-2030")
    assert {fault.path for fault in wrong.value.faults} == {"applicants.anna.category"}


def test_a_what_if_under_the_same_rulebook_is_none(installed: Installed) -> None:
    """Naming the file's own rulebook changes nothing, faults included."""
    content = changed("scores/defence", {"anna": 1})
    with pytest.raises(WrongFile, match=r"scores\.defence"):
        _play(content, installed, "changning-2023")
    assert _play(BASE, installed, "changning-2023").scenario == _play(BASE, installed).scenario


def test_nothing_is_left_out_of_a_file_that_fits(installed: Installed) -> None:
    """The scenario stays what it is."""
    scenario = build(BASE)
    assert without_unknown(scenario, installed.rulebooks.get("changning-2023")) == replace(scenario)


def test_every_kind_of_stage_that_a_rulebook_may_name_is_played(city: Rulebook) -> None:
    """Or needs nobody to begin it."""
    assert set(PLAYERS) | AUTOMATIC == set(get_args(StageKind))
    assert {stage.kind for stage in city.stages} <= set(get_args(StageKind))
