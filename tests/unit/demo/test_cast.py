"""The demo's data: read strictly, whole in itself, and plain about being invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from deploy.demo import cast
from deploy.demo.stages import STORIES
from services.gateway.roles import TITLES
from shared.calendar import work_calendar
from shared.config import ConfigurationError, Settings
from shared.contracts.operations import AGENCY, PUBLIC, REHEARSER, ROLES
from shared.identifiers import check_id_number, check_uscc, organization_code_warning
from shared.rulebooks import Library
from shared.strict_yaml import StrictYamlError

pytestmark = pytest.mark.unit

PEOPLE, SCRIPT = cast.people(), cast.script()
APPLICANTS = [one for story in SCRIPT.stories.values() for one in story.applicants]


def test_every_role_that_a_person_holds_has_an_account() -> None:
    """And a second officer, a second person of finance, three reviewers and five members, called as the gateway calls them."""
    roles = [account.role for account in PEOPLE.accounts.values()]
    assert set(roles) == set(ROLES) - {AGENCY, REHEARSER, PUBLIC}
    least = {"award_office": 2, "finance": 2, "reviewer": 3, "committee_member": 5}
    assert {role: roles.count(role) >= count for role, count in least.items()} == dict.fromkeys(least, True)
    assert {role: TITLES[role] for role in PEOPLE.titles} == dict(PEOPLE.titles)


def test_every_code_and_number_is_in_order() -> None:
    """Check characters of credit codes, of the organization codes within, and of identity numbers."""
    codes = [one.uscc for one in APPLICANTS] + [one.employer_uscc for one in PEOPLE.experts.values()]
    codes += [asked["uscc"] for asked in SCRIPT.stories["call"].more["pool_requests"]]
    assert [code for code in codes if check_uscc(code) or organization_code_warning(code)] == []
    objectors = [objection["id_number"] for objection in SCRIPT.stories["notice"].more["objections"]]
    assert [number for number in objectors if check_id_number(number)] == []
    assert len({one.uscc for one in APPLICANTS}) == len(APPLICANTS)


def test_all_names_say_that_they_are_invented() -> None:
    """Of people, organizations, bodies and employers."""
    names = [account.name for account in PEOPLE.accounts.values()] + [name for name, _ in PEOPLE.bodies]
    names += [name for expert in PEOPLE.experts.values() for name in (expert.name, expert.employer)]
    names += [one.name for one in APPLICANTS]
    assert [name for name in names if "示例" not in name] == []


def test_the_cycles_keep_to_their_rulebooks_and_to_one_clock() -> None:
    """Each installed published regulation has a cycle, opened while it was in force; the last day is a working day."""
    library = Library.load()
    assert set(SCRIPT.stories) == set(STORIES)
    published = {name for name in library.ids() if library.get(name).status == "published"}
    assert {story.rulebook for story in SCRIPT.stories.values()} == published
    for story in SCRIPT.stories.values():
        assert story.opens_on < story.closes_on
        library.get(story.rulebook).in_force_on(story.opens_on)
    assert work_calendar().is_working_day(SCRIPT.today)
    assert SCRIPT.stories["call"].closes_on > SCRIPT.today
    assert max(day for story in SCRIPT.stories.values() for day in story.not_before.values()) <= SCRIPT.today


def test_whoever_is_named_is_there() -> None:
    """Accounts, bodies and applicants that one part of the data names stand in another."""
    bodies = {name for name, _ in PEOPLE.bodies}
    assert {one.account for one in APPLICANTS if one.account} <= set(PEOPLE.accounts)
    assert {one.body for one in APPLICANTS if one.body} <= bodies
    assert {expert.account for expert in PEOPLE.experts.values() if expert.account} == {
        name for name, account in PEOPLE.accounts.items() if account.role == "reviewer"
    }
    assert SCRIPT.inspector in PEOPLE.accounts
    for story in SCRIPT.stories.values():
        keys = {one.key for one in story.applicants}
        assert set(story.more.get("levels", {})) <= keys
        assert {objection["against"] for objection in story.more.get("objections", ())} <= keys
        assert set(story.more.get("voted", ())) <= set(PEOPLE.accounts)
        assert story.experts <= len(PEOPLE.experts)


def test_the_largest_call_has_applications_in_every_state() -> None:
    """From twelve to twenty, and some of each kind."""
    story = max(SCRIPT.stories.values(), key=lambda found: len(found.applicants))
    assert story.key == "call"
    assert 12 <= len(story.applicants) <= 20
    assert {one.until for one in story.applicants} == {"draft", "asked", "submitted", "returned", "accepted"}
    assert any(one.silent for one in story.applicants)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("people", "version: 1"),
        ("people", "unknown: 1"),
        ("cycles", "today: soon"),
        ("cycles", "version: 2"),
    ],
)
def test_a_wrong_file_is_refused(
    name: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is missing, unknown or of another form; nothing is guessed."""
    for file in cast.HERE.glob("*.schema.json"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / f"{name}.yaml").write_text(f"{wrong}\n", encoding="utf-8")
    monkeypatch.setattr(cast, "HERE", tmp_path)
    with pytest.raises(StrictYamlError):
        {"people": cast.people, "cycles": cast.script}[name]()


def test_the_clock_of_a_demo_is_refused_in_production() -> None:
    """Its environment is one of its own, in which a clock may travel; production takes none."""
    assert Settings(environment="demo", clock_file="/tmp/clock").clock_file
    with pytest.raises(ConfigurationError, match="production"):
        Settings(environment="production", clock_file="/tmp/clock")


def test_the_days_of_the_script_are_days() -> None:
    """Also those that only one cycle has."""
    days = [objection["day"] for objection in SCRIPT.stories["notice"].more["objections"]]
    days += [SCRIPT.stories["call"].more["handed_in_on"], SCRIPT.stories["after"].more["payment"]["day"]]
    assert all(date.fromisoformat(day) <= SCRIPT.today for day in days)
