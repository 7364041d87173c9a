"""What takes two people is not offered to whoever did the first part: the page says who has to do it, to others it is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shared.clock import SHANGHAI, FixedClock
from shared.contracts import Context
from shared.problems import Conflict, NotFound
from tests.support.browsing import Shown, Visitor
from tests.support.gateway import PASSWORD, REAL, InProcess, answered, any_rulebook, make_bench

C, MINE, OTHER = f"/cycles/{REAL}", "li.maker", "wang.other"
ID = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
REVIEW = next(stage.key for stage in any_rulebook().stages if stage.kind == "review")
Said = Mapping[str, Any]


class Desk:
    """Somebody of a role whom services know as `MINE`, before services that answer with what `maker` made."""

    def __init__(
        self, folder: Path, role: str, change: Callable[[str, dict[str, Any], str], None], maker: str
    ) -> None:
        self.refused: dict[str, Exception] = {}

        def answer(service: str, method: str, data: Said, context: Context) -> dict[str, Any]:
            name = f"{service}.{method}"
            if name in self.refused:
                raise self.refused[name]
            reply = answered(service, method, data, context)
            change(name, reply, maker)
            return reply

        clock = FixedClock(datetime(2026, 4, 13, 9, 0, tzinfo=SHANGHAI))
        self.services = InProcess(answer)
        bench = make_bench(folder, self.services, clock=clock)
        for name, subject, shown in ((f"user.{role}", MINE, "李一"), ("wang", OTHER, "王二")):
            bench.identity.create(
                None, username=name, password=PASSWORD, display_name=shown, roles=[role], subject=subject
            )
        bench.accounts.add(role)
        self.visitor = Visitor(bench, role)

    def open(self, address: str) -> Shown:
        shown = self.visitor.open(address)
        assert shown.status == 200, (address, shown.words)
        return shown


def _offered(shown: Shown) -> bool:
    """Whether the page has a form in which something is decided."""
    return any(
        "_key" in dict(form["fields"]) for form in shown.forms if form["method"] == "post" and form["asked"]
    )


def _draft(name: str, reply: dict[str, Any], maker: str) -> None:
    if name in {"eligibility.notice_draft", "eligibility.notice_correction"}:
        reply |= {"revision": 2, "stale": False, "state": "draft", "prepared_by": maker}


def _case(name: str, reply: dict[str, Any], maker: str) -> None:
    if name == "eligibility.revocation_cases":
        reply["cases"][0] |= {"case_id": ID, "state": "proposed", "proposal": "revoke", "proposed_by": maker}


def _hold(name: str, reply: dict[str, Any], maker: str) -> None:
    if name == "intake.holds":
        reply["holds"][0] |= {"hold_id": ID, "placed_by": maker, "lifted_on": None, "lifted_by": None}


def _list(name: str, reply: dict[str, Any], maker: str) -> None:
    if name == "intake.destruction_list":
        reply |= {"state": "signed_once", "prepared_by": "zhou", "first_by": maker, "digest": "d"}


def _order(name: str, reply: dict[str, Any], maker: str) -> None:
    if name == "incentives.tracking_file":
        reply["orders"] = [reply["orders"][0] | {"order_id": ID, "state": "answered", "issued_by": maker}]


def _payee(name: str, reply: dict[str, Any], maker: str) -> None:
    if name == "incentives.payees":
        reply["payees"][0] |= {"payee_id": ID, "state": "proposed", "entered_by": maker}


def _cost(name: str, reply: dict[str, Any], maker: str) -> None:
    if name == "incentives.costs":
        reply["costs"][0] |= {"proposal_id": ID, "state": "proposed", "proposed_by": maker}


def _conflict(name: str, reply: dict[str, Any], maker: str) -> None:
    if name == "review.conflicts":
        reply["conflicts"][0] |= {"application_id": ID, "found_by": maker, "ended_at": None}


def _recusal(name: str, reply: dict[str, Any], maker: str) -> None:
    if name == "review.recusals":
        reply["recusals"][0] |= {
            "stage": REVIEW, "application_id": ID, "expert_id": "E1", "state": "open", "opened_by": maker,
        }  # fmt: skip


def _announced(name: str, reply: dict[str, Any], maker: str) -> None:
    if name == "notifications.announcements":
        reply["announcements"][0] |= {"announcement_id": ID, "state": "proposed", "proposed_by": maker}


PAIRS = [
    ("award_office", f"{C}/notices/award/approval", _draft, "须由另一名经办人批准这份公示稿"),
    ("award_office", f"{C}/notices/award/correction/approval", _draft, "须由另一名经办人批准这份更正稿"),
    ("award_office", f"{C}/cases/{ID}/decision", _case, "须由另一名经办人决定"),
    ("award_office", f"{C}/records/holds/{ID}", _hold, "须由另一名经办人解除"),
    ("award_office", f"{C}/records/destruction/{ID}/signature", _list, "须由另一名经办人签署"),
    ("award_office", f"{C}/tracking/{ID}/orders/{ID}", _order, "须由另一名经办人认定"),
    ("finance", f"/finance/{REAL}/payees/{ID}", _payee, "须由另一名财务人员核对"),
    ("finance", f"/finance/{REAL}/costs/{ID}", _cost, "须由另一名财务人员决定"),
    ("discipline", f"/discipline/{REAL}/conflicts/E1/{ID}/employer/office", _conflict, "须由另一名纪检监督人员解除"),
    ("discipline", f"/discipline/{REAL}/recusals/{REVIEW}/{ID}/E1", _recusal, "须由另一名纪检监督人员办理"),
    ("award_office", f"{C}/announcements/{ID}", _announced, "须由另一名工作人员签发"),
]  # fmt: skip


@pytest.mark.parametrize(("role", "address", "change", "said"), PAIRS, ids=[pair[1] for pair in PAIRS])
def test_whoever_made_it_is_told_who_decides(
    tmp_path: Path, role: str, address: str, change: Callable[..., None], said: str
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    own = Desk(tmp_path / "one", role, change, MINE).open(address)
    assert (said in own.words, _offered(own)) == (True, False), own.words
    another = Desk(tmp_path / "two", role, change, OTHER).open(address)
    assert (said in another.words, _offered(another)) == (False, True), another.words


def test_the_notice_s_own_page_offers_its_maker_to_edit_it_alone(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    here = f"{C}/notices/award"
    for folder, maker, offered in (("one", MINE, False), ("two", OTHER, True)):
        desk = Desk(tmp_path / folder, "award_office", _draft, maker)
        desk.refused["eligibility.notice"] = NotFound("没有公示", "no such notice")
        page = desk.open(here)
        assert (f"{here}/approval" in page.links, f"{here}/edit" in page.links) == (offered, True)
        assert ("王二" in page.words) == (maker == OTHER)  # by name, not by the subject that services know


def test_a_refusal_of_the_service_still_stands_at_the_address(tmp_path: Path) -> None:
    """Whoever helped for the maker is refused by the service alone, and reads why."""
    desk = Desk(tmp_path, "award_office", _draft, OTHER)
    desk.refused["eligibility.approve_notice"] = Conflict("经办人不能批准自己的公示稿", "not by its maker")
    page = desk.open(f"{C}/notices/award/approval")
    assert "经办人不能批准自己的公示稿" in desk.visitor.fill(page).words


def _draw(name: str, reply: dict[str, Any], witness: str) -> None:
    if name == "review.draws":
        prepared = OTHER if witness == MINE else MINE
        reply["draws"][0] |= {
            "stage": REVIEW, "category": None, "number": 1, "state": "prepared", "witness": witness, "prepared_by": prepared,
        }  # fmt: skip


def test_a_draw_is_offered_to_its_witness_alone(tmp_path: Path) -> None:
    address = f"{C}/panels/{REVIEW}/draws/1/witness"
    for folder, witness, offered in (("one", OTHER, False), ("two", MINE, True)):
        (tmp_path / folder).mkdir()
        desk = Desk(tmp_path / folder, "award_office", _draw, witness)
        for page in (f"{C}/panels", f"{C}/panels/{REVIEW}"):
            shown = desk.open(page)
            assert (address in shown.links) is offered
            assert MINE not in shown.words  # nobody is called by the subject that services know
            assert OTHER not in shown.words
        shown = desk.open(address)
        assert (_offered(shown), "须由指定的见证人 王二" in shown.words) == (offered, not offered)


def _objection(name: str, reply: dict[str, Any], officer: str) -> None:
    if name == "eligibility.objection":
        reply |= {"objection_id": "o1", "awaits": "ruling", "state": "heard"}
        reply["officers"] = [{"part": "ruling", "officer": officer, "assigned_by": "zhou"}]


def test_a_ruling_is_offered_to_its_officer_alone(tmp_path: Path) -> None:
    here = f"{C}/objections/o1"
    for folder, officer, offered in (("one", OTHER, False), ("two", MINE, True)):
        (tmp_path / folder).mkdir()
        shown = Desk(tmp_path / folder, "award_office", _objection, officer).open(here)
        assert (f"{here}/ruling" in shown.links, "的承办人 王二 办理" in shown.words) == (
            offered,
            not offered,
        )
