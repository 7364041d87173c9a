"""The secret ballot: nothing chosen before, all needed, looked over, cast once; the choices are in no place but the request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.committee.slips import code_of
from services.gateway.models import metadata
from services.gateway.portal.deciding import codes
from services.gateway.portal.sessions import IDLE
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import Context
from shared.problems import Conflict, Problem
from tests.support.browsing import Shown, Visitor
from tests.support.gateway import REAL, Bench, InProcess, answered, make_bench

PAGE = f"/committee/{REAL}/ballot"
CHOSEN = {"choice.a1": "for", "choice.a2": "against"}
TAKEN = "2026-04-13T10:31:00+08:00"


def _candidate(name: str) -> dict[str, Any]:
    return {
        "application_id": name, "name": f"示例单位{name}", "level": "一等", "track": "组织", "score": "88.50",
        "social_votes": None,
    }  # fmt: skip


OPEN = {
    "number": 2, "state": "open", "members": 7, "chair": "M1", "quorum": 5, "present": ["M1", "M2"],
    "voters": ["M1", "M2"], "candidates": [_candidate(a) for a in ("a1", "a2", "a3")], "cast": None, "voted": False,
    "aside": ["a3"],
}  # fmt: skip


class Hall:
    """A committee whose ballot is in some state."""

    def __init__(self) -> None:
        self.now = dict(OPEN)
        self.refusal: Problem | None = None

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        reply = answered(service, method, data, context)
        if method == "round":
            return {**self.now, "cycle_id": data["cycle_id"]}
        if method == "cast_ballot":
            if self.refusal is not None:
                raise self.refusal
            return {"number": data["number"], "taken_at": TAKEN}
        return reply


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 4, 13, 9, 0, tzinfo=SHANGHAI))


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture
def services(hall: Hall) -> InProcess:
    return InProcess(hall)


@pytest.fixture
def bench(tmp_path: Path, services: InProcess, clock: FixedClock) -> Bench:
    return make_bench(tmp_path, services, clock=clock)


@pytest.fixture
def member(bench: Bench) -> Visitor:
    return Visitor(bench, "committee_member")


def _cast(services: InProcess) -> list[Mapping[str, Any]]:
    return [call.data for call in services.calls if call.operation == "committee.cast_ballot"]


def _step(member: Visitor, shown: Shown, step: str) -> Shown:
    return member.post(PAGE, [*shown.form("_nonce")["fields"], ("_step", step)])


def _everything_kept(bench: Bench) -> str:
    with bench.store.read() as work:
        return repr([work.session.execute(select(table)).all() for table in metadata.sorted_tables])


def test_only_what_one_may_vote_on_and_nothing_chosen(member: Visitor) -> None:
    shown = member.open(PAGE)
    assert set(re.findall(r'name="(choice\.\w+)"', shown.text)) == {"choice.a1", "choice.a2"}
    assert not re.search(r"<input[^>]*\bchecked", shown.text)
    assert "示例单位a3" in shown.words  # said to be left out, by its own recusal
    assert re.findall(r'value="(\w+)"', "".join(re.findall(r'<input[^>]*name="choice\.a1"[^>]*>', shown.text))) == [
        "for", "against", "abstain",
    ]  # fmt: skip


def test_every_candidate_needs_a_choice(member: Visitor, services: InProcess) -> None:
    shown = member.fill(member.open(PAGE), **{"choice.a1": "against"})
    assert (shown.status, _cast(services)) == (422, [])
    assert 'href="#f-choice-a2"' in shown.text
    assert dict(shown.form()["fields"])["choice.a1"] == "against"  # what was chosen is kept on the page


@pytest.mark.parametrize("wrong", ["recused", "yes", "for; drop", "\u202efor"])
def test_no_other_choice_is_taken(member: Visitor, services: InProcess, wrong: str) -> None:
    shown = member.fill(member.open(PAGE), **{**CHOSEN, "choice.a2": wrong})
    assert (shown.status, _cast(services)) == (422, [])
    assert 'href="#f-choice-a2"' in shown.text


def test_a_ballot_is_looked_over_before_it_is_cast(member: Visitor, services: InProcess) -> None:
    checked = member.fill(member.open(PAGE), **CHOSEN)
    assert (checked.status, _cast(services)) == (200, [])
    assert "反对" in checked.words
    again = _step(member, checked, "change")
    assert dict(again.form()["fields"])["choice.a2"] == "against"
    assert _cast(services) == []


def test_what_is_cast_is_what_was_chosen_and_the_receipt_says_when(
    member: Visitor, services: InProcess
) -> None:
    done = _step(member, member.fill(member.open(PAGE), **CHOSEN), "cast")
    (sent,) = _cast(services)
    assert sent["number"] == 2
    assert sent["choices"] == [
        {"application_id": "a1", "choice": "for"},
        {"application_id": "a2", "choice": "against"},
    ]
    assert codes.is_nonce(sent["nonce"])
    assert done.status == 200  # the answer to the POST itself: no other page has it
    assert "2026年4月13日 10:31" in done.words
    for application in ("a1", "a2"):
        assert code_of(REAL, 2, application, sent["nonce"]) in done.text
    assert sent["nonce"] not in done.text
    assert not {"赞成", "反对", "弃权"} & set(done.words.split())


def test_nothing_of_a_ballot_is_kept_or_logged(
    member: Visitor, bench: Bench, services: InProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    checked = member.fill(member.open(PAGE), **CHOSEN)
    before = _everything_kept(bench)
    done = _step(member, checked, "cast")
    nonce = _cast(services)[0]["nonce"]
    code = code_of(REAL, 2, "a2", nonce)
    after, logged = _everything_kept(bench), capsys.readouterr()
    for secret in (nonce, code, "against"):
        assert secret not in before + after + logged.out + logged.err, secret
    assert "Set-Cookie" not in done.response.headers
    assert done.response.headers["Cache-Control"] == "no-store"
    assert "Location" not in done.response.headers


def test_a_session_that_ends_meanwhile_takes_the_choices_with_it(
    member: Visitor, bench: Bench, clock: FixedClock, services: InProcess
) -> None:
    page = member.open(PAGE)
    clock.move(IDLE + timedelta(minutes=1))
    shown = member.fill(page, **CHOSEN)
    assert (shown.status, _cast(services)) == (401, [])
    assert "against" not in shown.text + _everything_kept(bench)


def test_sent_twice_it_is_one_request(member: Visitor, services: InProcess) -> None:
    checked = member.fill(member.open(PAGE), **CHOSEN)
    one, two = _step(member, checked, "cast"), _step(member, checked, "cast")
    first, second = (call for call in services.calls if call.operation == "committee.cast_ballot")
    assert first.context.message_id == second.context.message_id
    assert first.data == second.data
    assert re.findall("<code[^>]*>[^<]*", one.text) == re.findall("<code[^>]*>[^<]*", two.text)


def test_a_refusal_is_told_and_nothing_is_lost(member: Visitor, hall: Hall) -> None:
    checked = member.fill(member.open(PAGE), **CHOSEN)
    hall.refusal = Conflict("您已投票，不能更改", "your ballot is in and cannot be changed")
    shown = _step(member, checked, "cast")
    assert shown.status == 409
    assert "您已投票，不能更改" in shown.words


@pytest.mark.parametrize(
    ("change", "says"),
    [({"voted": True}, "您已投票"), ({"state": "closed", "voted": None, "aside": []}, "没有正在进行的表决")],
)
def test_there_is_no_ballot_where_there_is_none_to_cast(
    member: Visitor, hall: Hall, change: dict[str, Any], says: str
) -> None:
    hall.now |= change
    assert says in member.follow(member.open(PAGE)).words


def test_a_made_up_number_is_not_passed_on(member: Visitor, services: InProcess) -> None:
    checked = member.fill(member.open(PAGE), **CHOSEN)
    fields = [
        (name, "0" * 31 if name == "_nonce" else value) for name, value in checked.form("_nonce")["fields"]
    ]
    assert member.post(PAGE, [*fields, ("_step", "cast")]).status == 404
    assert _cast(services) == []


def test_the_meeting_offers_a_ballot_to_whoever_may_cast_it(
    member: Visitor, hall: Hall, bench: Bench
) -> None:
    own = bench.identity.session(bench.token("committee_member")).subject
    hall.now |= {"voters": ["M1", own]}
    assert PAGE in member.open(f"/committee/{REAL}").links
    hall.now |= {"voters": ["M1"]}
    shown = member.open(f"/committee/{REAL}")
    assert PAGE not in shown.links
    assert "不能投这一轮" in shown.words
    hall.now |= {"voters": ["M1", own], "voted": True}
    assert PAGE not in member.open(f"/committee/{REAL}").links


def test_no_page_tells_a_turnout_while_a_ballot_is_open(bench: Bench, hall: Hall) -> None:
    """Not even where a committee would tell one: what stands there then is who may cast."""
    office = Visitor(bench, "award_office")
    hall.now |= {"cast": 1234}
    for address in (f"/cycles/{REAL}/committee", f"/cycles/{REAL}/committee/ballot/close"):
        assert "1234" not in office.open(address).words
    hall.now |= {"state": "closed"}
    assert "1234" in office.open(f"/cycles/{REAL}/committee").words


def test_the_code_is_the_committees() -> None:
    """What is shown here is what the committee keeps."""
    nonce = codes.new_nonce()
    assert codes.code_of("c", 1, "a", nonce) == code_of("c", 1, "a", nonce)
    assert not codes.is_nonce(nonce.upper() + "0")
