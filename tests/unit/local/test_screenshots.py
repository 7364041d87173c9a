"""Which pages the pictures show."""

from __future__ import annotations

from deploy.demo import cast
from deploy.local.commands import screenshots
from deploy.local.commands.screenshots import BEGIN, MAIN, SHOTS, WIDTHS, first, whose
from deploy.local.environment import COMMANDS_WITH_TOOLS
from shared.contracts.operations import AGENCY, PUBLIC, REHEARSER, ROLES


def test_every_role_of_the_demo_has_its_main_page() -> None:
    assert {shot.role for shot in MAIN} == {PUBLIC, *ROLES} - {AGENCY, REHEARSER}
    assert {shot.address for shot in MAIN if shot.role != PUBLIC} == {BEGIN}


def test_somebody_of_the_demo_opens_each_of_them() -> None:
    """The administrator is the stack's own."""
    who = whose({name: account.role for name, account in cast.people().accounts.items()})
    assert {shot.role for shot in SHOTS} - {PUBLIC} <= set(who)
    assert who["award_office"] == "office"


def test_no_picture_takes_another_s_place() -> None:
    files = [shot.file(width) for shot in SHOTS for width in WIDTHS]
    assert len(set(files)) == len(files)


def test_the_link_that_is_followed_is_the_first_that_fits_entirely() -> None:
    links = ["/my", "/my/a/1/files", "/my/a/2", "/my/a/3"]
    assert first("/my/a/[^/?]+", links) == "/my/a/2"
    assert first("/elsewhere", links) is None


def test_it_needs_the_tools() -> None:
    assert "screenshots" in COMMANDS_WITH_TOOLS
    assert "kept demo" in screenshots.HELP
