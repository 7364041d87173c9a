"""A whole Changning cycle on real pages, each role at its own: from an account to the certificate.

The acts are in `acts.py`. Recusals, sheets, ballots, objections and notices are done by mouse, by keys alone, and without script.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from deploy.demo import reviewing as by_api
from tests.browser import acts
from tests.browser.acts import NAME, OTHER
from tests.browser.changning import OTHER_USCC, Changning
from tests.browser.hands import HANDS, LATE, Keys, Mouse, NoScript, missing
from tests.browser.kit import Browsing
from tests.end_to_end.intake.conftest import City, until
from tests.end_to_end.intake.reviewing import enter_experts

EXPERTS = ["e1", "e2", "e3"]
REVIEWS = ("site_review", "comprehensive")


@pytest.fixture(scope="module")
def story(city: City, chromium: Browser, built: Path) -> Iterator[Changning]:
    """The cycle, with a browser of its own for all acts."""
    browsing = Browsing(chromium, city.stack.gateway_url, built)
    yield Changning.open(city, browsing)
    browsing.close()


@pytest.fixture(autouse=True)
def _nothing_wrong(story: Changning) -> Iterator[None]:
    """No act makes a foreign request, a message of the console, a script's error or a 5xx."""
    yield
    assert story.browsing.wrong == []


# Each goes on where the one before it ended.


def test_applying(story: Changning) -> None:
    """Administrator, applicant, recommending body, office."""
    who = acts.an_account(story)
    acts.a_draft(story, who)
    acts.its_files(story, who)
    acts.handed_in(story, who)
    acts.signed_for(story)
    story.apply(OTHER, OTHER_USCC)
    story.goes_on("applied")


def test_qualifying(story: Changning) -> None:
    """A clerk of a department, the office, the public."""
    story.went_on("applied")
    acts.asked_about(story)
    pending = f"{story.path}/enquiries?state=pending"
    until("all answers are in", lambda: not story.office.ok("GET", pending)["enquiries"])
    story.travel(story.ends("submission") + timedelta(days=1))
    acts.closed(story, "submission", "申报推荐")
    acts.qualified(story)
    acts.announced(story, NoScript, "qualification", "资格公示")
    standing = acts.corrected(story, Mouse, "qualification")
    for hand in HANDS:
        acts.objected(story, hand, standing)
    story.refuse_objections()
    story.end("notice:qualification")
    acts.closed(story, "notice:qualification", "资格公示")
    story.goes_on("qualified")


def test_reviewing(story: Changning) -> None:
    """Office, witness, reviewers."""
    story.went_on("qualified")
    enter_experts(story.city, story.cycle, EXPERTS)
    story.arrive("document_review")
    members = acts.drawn(story, "document_review")
    reviewers = [(hand, story.city.people[name]) for hand, name in zip(HANDS, members, strict=True)]
    for hand, expert in reviewers:
        acts.accepted(story, hand, "document_review", expert)
    acts.begun(story, "document_review", "资料评审")
    for hand, expert in reviewers:
        if hand is Keys:
            acts.kept_by_keys(story, expert)
        acts.scored(story, hand, "document_review", expert)
    percents = {story.ids[NAME]: "70", story.ids[OTHER]: "60"}
    story.review("document_review", members, percents)
    acts.reported(story, "document_review")
    acts.closed(story, "document_review", "资料评审")
    acts.admitted(story, "site_review")
    for stage in REVIEWS:  # what is carried on needs no sheets
        story.arrive(stage)
        seated = by_api.draw(story.city, story.cycle, stage, story.inspector.name)
        story.review(stage, seated if stage == "site_review" else [], percents)
        story.report(stage, story.ids.values())
        story.close(stage)
    story.goes_on("reviewed")


def test_the_committee(story: Changning) -> None:
    """The office proposes, members vote, the chair confirms the minutes."""
    story.went_on("reviewed")
    story.planned("committee")
    story.asked_again("committee")
    story.answer_as_clerk()
    story.settled("committee", dict.fromkeys(story.ids.values(), "confirmed"))
    story.arrive("committee")
    for member in story.members:
        story.city.person(member, "committee_member")
    acts.called(story)
    acts.proposed(story)
    acts.opened(story)
    for hand, member in zip(HANDS, story.members, strict=True):
        acts.voted(story, hand, member)
    acts.counted(story)
    story.goes_on("decided")


def test_the_award(story: Changning) -> None:
    """The notice of the winners, certificates, payment."""
    story.went_on("decided")
    acts.announced(story, Keys, "award", "拟获奖名单公示")
    story.end("notice:award")
    acts.closed(story, "notice:award", "拟获奖名单公示")
    assert story.applicant is not None
    acts.certified(story, story.applicant)
    acts.paid(story, story.applicant)
    story.goes_on("paid")


def test_each_was_done_by_each_hand(story: Changning) -> None:
    """What only a cycle that is far on has was done by mouse, by keys and without script."""
    story.went_on("paid")
    assert missing(LATE) == []
