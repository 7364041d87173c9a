"""Roles: no account can prepare, decide and pay; and the documents say what the code does."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from services.gateway.roles import (
    TITLES,
    SeparationError,
    check_roles,
    exclusions,
    matrix,
    read_exclusions,
    separation,
)
from shared.contracts.operations import OPERATIONS, PUBLIC, ROLES
from shared.problems import Invalid

API = Path(__file__).resolve().parents[3] / "docs" / "api.md"
DOING = {
    "applicant",
    "recommending_body",
    "award_office",
    "reviewer",
    "committee_member",
    "department_clerk",
    "finance",
}


def _may(roles: set[str], service: str, method: str) -> bool:
    return bool(roles & set(OPERATIONS[f"{service}.{method}"].roles))


def _allowed(roles: tuple[str, ...]) -> bool:
    try:
        check_roles(roles)
    except Invalid:
        return False
    return True


def test_no_account_holds_two_of_preparing_scoring_deciding_and_paying() -> None:
    """Over every combination of roles that the table lets one account hold."""
    for size in range(1, 5):
        for roles in combinations(ROLES, size):
            if not _allowed(roles):
                continue
            held = set(roles)
            powers = [
                _may(held, "committee", "propose"),
                _may(held, "review", "submit_sheet"),
                _may(held, "committee", "cast_ballot"),
                _may(held, "incentives", "record_paid"),
                _may(held, "intake", "create_application"),
            ]
            assert sum(powers) <= 1, roles


@pytest.mark.parametrize("watcher", ["auditor", "discipline"])
def test_whoever_watches_does_nothing(watcher: str) -> None:
    for other in (*DOING, "operator", "administrator"):
        with pytest.raises(Invalid):
            check_roles({watcher, other})


def test_whoever_gives_roles_and_whoever_runs_the_machines_has_no_part_in_the_award() -> None:
    for keeper in ("administrator", "operator"):
        for other in DOING:
            assert not _allowed((keeper, other))
    assert check_roles({"administrator", "operator"}) == {"administrator", "operator"}


def test_a_clash_is_refused_with_both_names_and_the_reason() -> None:
    with pytest.raises(Invalid) as caught:
        check_roles(["finance", "award_office", "reviewer"])
    assert caught.value.code == "excluding_roles"
    assert len(caught.value.errors) == 3
    assert all(error.reason_zh and error.reason_en for error in caught.value.errors)
    assert "评审办公室" in caught.value.errors[0].reason_zh


def test_every_pair_has_its_reason_in_both_languages() -> None:
    for pair in exclusions():
        assert pair.reason_zh
        assert pair.reason_en


@pytest.mark.parametrize(
    "pairs",
    [
        "{role: finance, with: [nobody], reason_zh: 甲, reason_en: a}",
        "{role: finance, with: [finance], reason_zh: 甲, reason_en: a}",
        "{role: finance, with: [reviewer, reviewer], reason_zh: 甲, reason_en: a}",
    ],
)
def test_a_file_with_an_unknown_role_or_a_pair_twice_is_refused(tmp_path: Path, pairs: str) -> None:
    path = tmp_path / "separation.yaml"
    path.write_text(f"pairs:\n  - {pairs}\n", encoding="utf-8")
    with pytest.raises(SeparationError, match="unknown, alone, or twice"):
        read_exclusions(path)


def test_every_role_has_a_name_in_both_languages() -> None:
    assert set(TITLES) == {*ROLES, PUBLIC}


@pytest.mark.parametrize(("name", "made"), [("matrix", matrix), ("separation", separation)])
def test_the_document_has_the_tables_as_they_are(name: str, made: object) -> None:
    """docs/api.md is what `python -m services.gateway.roles` prints."""
    assert callable(made)
    text = API.read_text(encoding="utf-8")
    part = text.partition(f"<!-- {name} -->\n")[2].partition("<!-- end -->")[0]
    assert part == made()
