"""Files are read strictly, and every fault names file, line, path and reason in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.local.services import ROOT
from deploy.rehearsal import check
from deploy.rehearsal.faults import WrongFile
from deploy.rehearsal.loading import parse, read
from deploy.rehearsal.scenario import build
from tests.unit.rehearsal.files import BASE, changed, paths

SAMPLES = sorted((ROOT / "deploy" / "samples").glob("*.yaml"))
TEXT = json.dumps(BASE, ensure_ascii=False)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_samples_can_be_played(path: Path) -> None:
    """Nothing is wrong with the files that the demo plays."""
    assert check([path]) == []


YAML = """\
scenario: small
version: 1
rulebook: changning-2023
cycle: {year: 2025, opens_on: 2025-05-12, closes_on: 2025-06-13}
applicants:
  on:
    name: 示例公司
    kind: organization
    uscc: 91310105MAXY50013E
    facts: {region: 上海市长宁区, profit_yuan: {2022: 1, 2023: -2}, policy_loss_years: [2023]}
judgements: {on: {16.3: reject, 16.10: confirm}}
scores: {document_review: {on: [80, 79.5, 81]}}
"""


def test_yaml_is_read_by_the_core_rules_of_1_2() -> None:
    """`on` is a word, dates are text, keys of mappings are text: years, and rules whose last zero counts."""
    value = parse(YAML.encode(), "x.yaml").value
    assert value["cycle"]["opens_on"] == "2025-05-12"
    assert list(value["applicants"]) == ["on"]
    assert value["applicants"]["on"]["facts"]["profit_yuan"] == {"2022": 1, "2023": -2}
    assert list(value["judgements"]["on"]) == ["16.3", "16.10"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (YAML.replace("version: 1", "version: 1\nversion: 1"), 3, "given twice"),
        (YAML.replace("on:\n", "&a on:\n"), 6, "anchors"),
        (YAML.replace("name: 示例公司", "name: !!str 示例公司"), 7, "tags"),
        (YAML.replace("kind: organization", "<<: {kind: organization}"), 8, "merge keys"),
        (YAML + "---\n{}\n", 13, ""),
        ("", 1, "empty"),
        ("a: [", 1, ""),
        (YAML.replace("2023: -2", "2023: .nan"), 10, "not a number"),
    ],
)
def test_what_strict_yaml_refuses(text: str, line: int, reason: str) -> None:
    """Cleverness that a reader could misread is refused with its line."""
    with pytest.raises(WrongFile) as wrong:
        parse(text.encode(), "x.yaml")
    fault = wrong.value.faults[0]
    assert (fault.file, fault.line) == ("x.yaml", line)
    assert reason in fault.en
    assert fault.zh


def test_only_true_and_false_are_booleans() -> None:
    """`yes` is a word, and a word is no boolean."""
    with pytest.raises(WrongFile, match="for_profit"):
        parse(YAML.replace("region: 上海市长宁区", "for_profit: yes").encode(), "x.yaml")
    with pytest.raises(WrongFile, match="for_profit"):
        parse(YAML.replace("region: 上海市长宁区", "for_profit: True").encode(), "x.yaml")


@pytest.mark.parametrize("data", [b"\xff\xfe", "scenario: 示例".encode("gbk")])
def test_utf_8_only(data: bytes) -> None:
    """Other encodings are refused, not guessed."""
    with pytest.raises(WrongFile, match="UTF-8"):
        parse(data, "x.yaml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is the file that is wrong."""
    with pytest.raises(WrongFile, match="无法读取"):
        read(tmp_path / "nothing.yaml")
    assert [fault.file for fault in check([tmp_path / "nothing.yaml"])] == [str(tmp_path / "nothing.yaml")]


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        ("version", 2, "version"),
        ("scenario", "Small", "scenario"),
        ("scenario", ..., ""),
        ("surprise", 1, "surprise"),
        ("cycle/year", "2025", "cycle.year"),
        ("cycle/year", 1989, "cycle.year"),
        ("cycle/opens_on", "12 May", "cycle.opens_on"),
        ("cycle/opens_on", "2025-02-30", "cycle.opens_on"),
        ("cycle/budget_yuan", -1, "cycle.budget_yuan"),
        ("cycle/budget_yuan", 1.5, "cycle.budget_yuan"),
        ("applicants", {}, "applicants"),
        ("applicants/others", BASE["applicants"]["anna"], "applicants.others"),
        ("applicants/Anna", BASE["applicants"]["anna"], "applicants.Anna"),
        ("applicants/anna/kind", "company", "applicants.anna.kind"),
        ("applicants/anna/uscc", 913101050000000000, "applicants.anna.uscc"),
        ("applicants/anna/uscc", "91310105MAXY5001IE", "applicants.anna.uscc"),
        ("applicants/anna/category", "sport", "applicants.anna.category"),
        ("applicants/anna/withdraws_before", "notice:award", "applicants.anna.withdraws_before"),
        ("applicants/anna/facts", ..., "applicants.anna"),
        ("applicants/anna/facts/colour", "red", "applicants.anna.facts.colour"),
        ("applicants/anna/facts/for_profit", "true", "applicants.anna.facts.for_profit"),
        ("applicants/anna/facts/profit_yuan", {"22": 1}, "applicants.anna.facts.profit_yuan.22"),
        ("applicants/anna/facts/profit_yuan", {"2022": 1.5}, "applicants.anna.facts.profit_yuan.2022"),
        ("applicants/anna/facts/city_rank", {"output": 0}, "applicants.anna.facts.city_rank.output"),
        ("applicants/anna/facts/registered_on", "2025-13-01", "applicants.anna.facts.registered_on"),
        ("applicants/anna/facts/leading_indicators", 1, "applicants.anna.facts.leading_indicators"),
        ("applicants/anna/facts/prior_awards", [{"award": "x"}], "applicants.anna.facts.prior_awards[0]"),
        ("applicants/anna/records", {"fire": []}, "applicants.anna.records.fire"),
        (
            "applicants/anna/records",
            {"safety": [{"kind": "accident", "on": "2024-01-05"}]},
            "applicants.anna.records.safety[0]",
        ),
        (
            "applicants/anna/records",
            {"safety": [{"kind": "accident", "on": "2024-02-30", "severity": "重大"}]},
            "applicants.anna.records.safety[0].on",
        ),
        ("departments", {"credit": {}}, "departments.credit"),
        ("departments", {"credit": {"fail_first": 0}}, "departments.credit.fail_first"),
        ("experts", [], "experts"),
        ("experts", {"count": 0}, "experts.count"),
        ("experts", {"industry_experts": 1}, "experts"),
        ("experts", [{"id": "E 1"}], "experts[0].id"),
        ("advance", {"grants": ["anna"]}, "advance.grants"),
        ("advance", {"site_review": ["anna", "anna"]}, "advance.site_review"),
        ("judgements", {"anna": {"16.3": "maybe"}}, "judgements.anna.16.3"),
        ("judgements", {"anna": {"article 16": "confirm"}}, "judgements.anna.article 16"),
        ("scores", {"committee": {"anna": 1}}, "scores.committee"),
        ("scores", {"document_review": {"anna": 100.5}}, "scores.document_review.anna"),
        ("scores", {"document_review": {"anna": -1}}, "scores.document_review.anna"),
        ("scores", {"document_review": {"anna": []}}, "scores.document_review.anna"),
        ("scores", {"document_review": {"anna": ["80"]}}, "scores.document_review.anna[0]"),
        ("committee", {"absent": 1}, "committee"),
        ("committee", {"members": 0}, "committee.members"),
        ("votes", {"anna": {"against": 1}}, "votes.anna"),
        ("votes", {"anna": {"金奖": {"for": -1}}}, "votes.anna.金奖.for"),
        ("objections", [{"against": "anna"}], "objections[0]"),
        (
            "objections",
            [{"against": "anna", "notice": "final", "by": "office", "evidence": True}],
            "objections[0].notice",
        ),
        (
            "objections",
            [{"against": "anna", "notice": "award", "by": "neighbour", "evidence": True}],
            "objections[0].by",
        ),
        (
            "objections",
            [{"against": "anna", "notice": "award", "by": {"name": "王芳"}, "evidence": True}],
            "objections[0].by",
        ),
        ("pool", {"anna": {"project_cost_yuan": 1}}, "pool.anna"),
        ("bans", {"anna": {"until": "2027-06-30", "rule": "第34条"}}, "bans.anna.rule"),
        (
            "paid_before",
            {"anna": [{"for": "gift", "yuan": 1, "on": "2024-01-05"}]},
            "paid_before.anna[0].for",
        ),
        (
            "after_award",
            [{"on": "2026-05-01", "applicant": "anna", "event": "party"}],
            "after_award[0].event",
        ),
        ("expect", {"applications": {"anna": {"status": "happy"}}}, "expect.applications.anna.status"),
        ("expect", {"surprise": 1}, "expect.surprise"),
        ("expect", {"blocked": {"stage": "lunch"}}, "expect.blocked.stage"),
    ],
)
def test_the_schema_names_every_place(path: str, value: Any, at: str) -> None:
    """One change, one fault, at the path where it is."""
    assert paths(changed(path, value)) == [at]


def test_all_faults_are_listed() -> None:
    """Not the first only, and each with a line of its own."""
    text = (
        YAML.replace("version: 1", "version: 2").replace("2025-06-13", "2025-06-31").replace("[80,", "[800,")
    )
    with pytest.raises(WrongFile) as wrong:
        parse(text.encode(), "x.yaml")
    assert [(fault.line, fault.path) for fault in wrong.value.faults] == [
        (2, "version"),
        (4, "cycle.closes_on"),
        (12, "scores.document_review.on[0]"),
    ]
    assert all(fault.zh and fault.en for fault in wrong.value.faults)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    """13.0 is a whole number, as JSON Schema has it."""
    source = parse(TEXT.replace('"year": 2025', '"year": 2025.0').encode(), "x.yaml")
    assert build(source.value).year == 2025


def test_defaults() -> None:
    """Everybody submits on the first day, 30 experts of whom 12 are of the industry, a committee that is all there."""
    scenario = build(parse(TEXT.encode(), "x.yaml").value)
    assert {a.submitted_on.isoformat() for a in scenario.applicants.values()} == {"2025-05-12"}
    assert [e.industry_expert for e in scenario.experts] == [True] * 12 + [False] * 18
    assert [e.id for e in scenario.experts][:2] == ["E1", "E2"]
    assert (scenario.absent, scenario.present == scenario.members) == (0, True)
    assert (scenario.proposal, scenario.expect, scenario.budget_yuan) == (None, None, None)


def test_who_comes_first() -> None:
    """By day of submission, on one day in the order of the file."""
    content = changed("applicants/anna/submitted_on", "2025-05-20")
    content["applicants"]["carl"] = content["applicants"]["ben"]
    scenario = build(content)
    assert [a.handle for a in scenario.in_order()] == ["ben", "carl", "anna"]
