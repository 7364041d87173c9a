"""证明材料 on both databases: whose a paper is, who reads it, and that it goes with one request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.intake import papers
from services.intake.files import FileTerms
from services.intake.papers import PaperTerms
from shared.config import Settings
from shared.problems import Conflict, Invalid, NotFound
from tests.support.intake import APPLICANT, OFFICE, IntakeDesk

pytestmark = pytest.mark.integration

TERMS = PaperTerms.of(Settings())
SMALL = PaperTerms(FileTerms(("pdf",), 100, 1, 1), public_largest_bytes=50, most=2, public_most=2)
PUBLIC, AUDITOR, DISCIPLINE = "public", "auditor", "discipline"


class Counter(IntakeDesk):
    """Papers come in and are asked for."""

    def add(
        self, purpose: str = "approval", role: str = OFFICE, who: str = "li", terms: PaperTerms = TERMS, on: date | None = None,
        **given: Any,
    ) -> dict[str, Any]:  # fmt: skip
        data = {
            "purpose": purpose, "file_name": "批复.pdf", "size": 10, "digest": "sha256:" + "0" * 64, **given,
        }  # fmt: skip
        with self.work(role, who, on) as work:
            return papers.add(work, data, terms)

    def claim(
        self, *named: dict[str, Any], role: str = OFFICE, who: str = "li", purpose: str | None = "approval", claim: str = "m1",
        on: date | None = None, operation: str = "committee.approve",
    ) -> None:  # fmt: skip
        listed = [{"paper_id": each["paper_id"], "token": each["token"]} for each in named]
        data = {"papers": listed, "operation": operation, "claim": claim, "purpose": purpose}
        with self.work(role, who, on) as work:
            papers.claim(work, data)

    def see(
        self, paper: dict[str, Any], role: str, who: str = "li", on: date | None = None
    ) -> dict[str, Any]:
        with self.work(role, who, on) as work:
            return papers.one(work, {"paper_id": paper["paper_id"]})

    def found(self, paper: dict[str, Any], state: str) -> None:
        with self.work() as work:
            papers.settle(
                work, paper["paper_id"], {"state": state, "kind": "pdf", "reasons": [], "previews": []}
            )


@pytest.fixture
def counter(database_url: str) -> Iterator[Counter]:
    made = Counter(database_url)
    yield made
    made.close()


def _refused(counter: Counter, *named: dict[str, Any], **how: Any) -> str:
    with pytest.raises(Invalid) as refusal:
        counter.claim(*named, **how)
    (fault,) = refusal.value.errors
    return f"{fault.field}: {fault.reason_en}"


def test_a_paper_goes_with_one_request(counter: Counter) -> None:
    """Claimed again by the same request it is the same claim; by another one it is refused until the first is released."""
    paper = counter.add()
    assert [event["paper_id"] for event in counter.told("paper.received")] == [paper["paper_id"]]
    assert paper["token"] is None
    counter.claim(paper)
    counter.claim(paper)
    assert counter.see(paper, OFFICE)["claimed_by"] == "committee.approve"
    assert _refused(counter, paper, claim="m2") == "papers.0: it went with another request already"
    with counter.work(OFFICE, "li") as work:
        papers.release(work, {"claim": "m1"})
    counter.claim(paper, claim="m2")
    assert counter.actions().count("papers:claimed") == 2


def test_only_who_uploaded_a_paper_hands_it_in(counter: Counter) -> None:
    """Somebody else's is told as none, and nothing is claimed where one of several is refused."""
    mine, theirs = counter.add(), counter.add(who="wang")
    assert _refused(counter, mine, theirs).startswith("papers.1: no such paper")
    assert counter.see(mine, OFFICE)["claimed_by"] is None
    nobody = {"paper_id": "none", "token": None}
    assert _refused(counter, nobody).startswith("papers.0: no such paper")


def test_the_public_hands_in_by_token(counter: Counter) -> None:
    """Without it, with another one, and as an account it is nobody's."""
    paper = counter.add("objection", PUBLIC, "anonymous")
    other = counter.add("objection", PUBLIC, "anonymous")
    how: dict[str, Any] = {"role": PUBLIC, "who": "anonymous", "purpose": "objection"}
    assert "no such paper" in _refused(counter, {**paper, "token": None}, **how)
    assert "no such paper" in _refused(counter, {**paper, "token": other["token"]}, **how)
    counter.claim(paper, **how)


def test_a_paper_of_an_objection_names_nobody_and_few_read_it(counter: Counter) -> None:
    """Also where somebody with an account uploads it; it may not be handed in as anything else."""
    paper = counter.add("objection", APPLICANT, "anna")
    assert paper["token"]
    assert "an objection only" in _refused(counter, paper, role=APPLICANT, who="anna", purpose=None)
    assert "handed in as objection" in _refused(counter, paper, role=APPLICANT, who="anna")
    assert counter.see(paper, OFFICE)["purpose"] == "objection"
    for role in (AUDITOR, DISCIPLINE, APPLICANT, PUBLIC):
        with pytest.raises(NotFound):
            counter.see(paper, role, "anna")
    with counter.store.read() as work:
        (row,) = work.connection.exec_driver_sql("SELECT uploaded_by FROM papers").all()
    assert row == (None,)


def test_others_see_only_their_own(counter: Counter) -> None:
    paper = counter.add("cost", APPLICANT, "anna")
    assert counter.see(paper, APPLICANT, "anna")["file_name"] == "批复.pdf"
    assert counter.see(paper, AUDITOR)["state"] == "checking"
    with pytest.raises(NotFound):
        counter.see(paper, APPLICANT, "bruno")
    with pytest.raises(NotFound):
        counter.see(paper, PUBLIC, "anna")


def test_finance_reads_what_proves_money_and_nothing_else(counter: Counter) -> None:
    """Whoever decides on money has to see what whoever proposed it showed; a paper that goes with nothing is nobody else's."""
    cost, approval, loose = counter.add("cost"), counter.add(), counter.add("cost")
    counter.claim(cost, purpose="cost", operation="incentives.prepare_cost")
    counter.claim(approval, claim="m2")
    assert counter.see(cost, "finance", "fang")["purpose"] == "cost"
    for other in (approval, loose):
        with pytest.raises(NotFound):
            counter.see(other, "finance", "fang")


def test_what_the_inspection_refused_is_not_handed_in(counter: Counter) -> None:
    """What is still looked into may be; the first finding stands."""
    paper, pending = counter.add(), counter.add()
    counter.found(paper, "refused")
    counter.found(paper, "accepted")
    assert _refused(counter, paper) == "papers.0: the file was refused"
    counter.claim(pending)


def test_rehearsals_are_a_world_of_their_own(counter: Counter) -> None:
    """A persona may be called as somebody real is."""
    day = date(2025, 6, 2)
    played, real = counter.add(on=day), counter.add()
    assert "no such paper" in _refused(counter, played)
    assert "no such paper" in _refused(counter, real, on=day)
    with pytest.raises(NotFound):
        counter.see(real, OFFICE, on=day)
    counter.claim(played, on=day)


@pytest.mark.parametrize(("role", "who"), [(APPLICANT, "anna"), (PUBLIC, "anonymous")])
def test_refused_papers_count_and_those_of_another_world_do_not(
    counter: Counter, role: str, who: str
) -> None:
    for _ in range(2):
        counter.add("cost", role, who, SMALL, on=date(2025, 6, 2))
        counter.found(counter.add("cost", role, who, SMALL), "refused")
    with pytest.raises(Conflict, match="no request"):
        counter.add("cost", role, who, SMALL)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"file_name": "a.exe"}, "file_name"), ({"size": 101}, "size"), ({"size": 0}, "size")],
)
def test_what_is_no_file_of_ours_is_refused(counter: Counter, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        counter.add(terms=SMALL, **given)
    assert [error.field for error in refusal.value.errors] == [field]


@pytest.mark.parametrize(("role", "who"), [(APPLICANT, "anna"), (PUBLIC, "anonymous")])
def test_only_so_many_lie_here_unused(counter: Counter, role: str, who: str) -> None:
    """What went with a request counts no more; the public has less room for one."""
    made = [counter.add("cost", role, who, SMALL) for _ in range(2)]
    with pytest.raises(Conflict, match="no request"):
        counter.add("cost", role, who, SMALL)
    counter.claim(made[0], role=role, who=who, purpose="cost")
    if role == PUBLIC:
        with pytest.raises(Invalid):
            counter.add("cost", role, who, SMALL, size=51)
    counter.add("cost", role, who, SMALL, size=50)
