"""代办 on both databases: who lends what to whom, what it lets a helper do, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyotp
import pytest
from sqlalchemy import text

from services.gateway.delegation.delegations import Delegations
from services.gateway.identity import Identity, Issued, Session
from services.gateway.models import metadata
from services.gateway.routes import PREFIX
from services.gateway.second_factor.enrolment import SecondFactors
from shared.clock import SHANGHAI, FixedClock
from shared.config import Settings
from shared.identifiers import new_id
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.store import KeyRing, Store
from tests.support.gateway import FAST, PASSWORD, REHEARSAL, InProcess, make_bench

pytestmark = pytest.mark.integration

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


class Office:
    """People of an office and of others, at a gateway whose clock is set by hand."""

    def __init__(self, url: str) -> None:
        self.clock = FixedClock(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI))
        self.store = Store.open(url, service="gateway", clock=self.clock, field_keys=KeyRing.generate())
        self.store.create_schema(metadata)
        self.identity = Identity(self.store, hasher=FAST, remember=0.0)
        self.delegations = Delegations(self.identity, Settings(environment="test"))
        self.accounts: dict[str, str] = {}
        for name, role, unit in (
            ("li", "award_office", None), ("wang", "award_office", None), ("fang", "finance", None),
            ("gao", "finance", None), ("pan", "reviewer", None), ("street", "recommending_body", "示例街道"),
            ("lane", "recommending_body", "示例街道"), ("town", "recommending_body", "示例镇"),
            ("admin", "administrator", None), ("watch", "discipline", None),
        ):  # fmt: skip
            made = self.identity.create(
                None, username=name, password=PASSWORD, display_name=name, roles=[role], unit=unit, subject=f"{name}.s",
            )  # fmt: skip
            self.accounts[name] = made["account_id"]

    def issued(self, name: str) -> Issued:
        return self.identity.sign_in(name, PASSWORD, "192.0.2.1")

    def session(self, name: str) -> Session:
        return self.issued(name).session

    def lend(
        self, giver: str = "li", helper: str = "wang", key: str | None = None, **changes: Any
    ) -> dict[str, Any]:
        said = {
            "role": "award_office", "helper": helper, "starts_on": TODAY, "ends_on": TODAY + 4 * DAY, "reason": "出差",
            **changes,
        }  # fmt: skip
        return self.delegations.lend(self.session(giver), said, key or new_id())


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    made = Office(database_url)
    yield made
    made.store.close()


def acts(office: Office, helper: str = "wang", giver: str = "li") -> Session:
    return office.identity.session(office.issued(helper).token, f"{giver}.s")


def test_a_helper_acts_in_the_lent_role_for_the_giver_s_body(office: Office) -> None:
    """It stays itself: who acts is the helper, and it has none of its own roles meanwhile."""
    made = office.lend("street", "lane", role="recommending_body")
    assert (made["state"], made["giver"]["subject"], made["helper"]["subject"]) == (
        "running",
        "street.s",
        "lane.s",
    )
    acting = acts(office, "lane", "street")
    assert (acting.subject, acting.unit, acting.roles) == ("lane.s", "示例街道", {"recommending_body"})
    assert acting.acting_for is not None
    assert (acting.acting_for.subject, acting.acting_for.display_name) == ("street.s", "street")
    assert office.session("lane").acting_for is None


def test_it_begins_and_ends_by_itself(office: Office) -> None:
    office.lend(starts_on=TODAY + DAY, ends_on=TODAY + 2 * DAY)
    for running in (False, True, True, False):
        if running:
            assert acts(office).acting_for
        else:
            with pytest.raises(Forbidden) as refused:
                acts(office)
            assert refused.value.code == "nothing_lent"
        office.clock.move(DAY)
    (told,) = office.delegations.listed(office.session("li"))
    assert told["state"] == "over"


def test_nothing_that_stands_against_it_is_let_through(office: Office) -> None:
    for changes, field in (
        ({"helper": "pan"}, "helper"),
        ({"helper": "fang"}, "helper"),
        ({"helper": "li"}, "helper"),
        ({"helper": "nobody"}, "helper"),
        ({"role": "finance"}, "role"),
        ({"starts_on": TODAY - DAY}, "starts_on"),
        ({"ends_on": TODAY + 400 * DAY}, "ends_on"),
    ):
        with pytest.raises(Invalid) as refused:
            office.lend(**changes)
        assert field in {error.field for error in refused.value.errors}
    with pytest.raises(Invalid):
        office.lend("street", "town", role="recommending_body")
    with pytest.raises(Invalid):
        office.lend("pan", "wang", role="reviewer")
    assert office.delegations.listed(office.session("admin")) == []


def test_two_givers_do_not_lend_one_helper_what_excludes_each_other(office: Office) -> None:
    """Neither on the same days nor where only one day is shared; before and after it may be."""
    office.identity.create(
        None, username="new", password=PASSWORD, display_name="new", roles=["rehearser"], subject="new.s"
    )
    office.lend("li", "new")
    with pytest.raises(Invalid):
        office.lend("fang", "new", role="finance", starts_on=TODAY + 4 * DAY, ends_on=TODAY + 9 * DAY)
    office.lend("fang", "new", role="finance", starts_on=TODAY + 5 * DAY, ends_on=TODAY + 9 * DAY)


@pytest.mark.parametrize("how", ["shut", "roles", "helper"])
def test_it_holds_only_as_long_as_the_giver_could_do_it_and_the_helper_may(office: Office, how: str) -> None:
    """The giver's account is shut, the giver loses the role, the helper comes to one that excludes it."""
    office.lend()
    acts(office)
    admin = office.session("admin")
    if how == "shut":
        office.identity.set_disabled(admin, office.accounts["li"], disabled=True)
    elif how == "roles":
        office.identity.set_roles(admin, office.accounts["li"], ["finance"])
    else:
        office.identity.set_roles(admin, office.accounts["wang"], ["reviewer"])
    with pytest.raises(Forbidden):
        acts(office)


def test_the_giver_or_an_administrator_ends_it_at_once(office: Office) -> None:
    for who in ("li", "admin"):
        made = office.lend()
        token = office.issued("wang").token
        assert office.identity.session(token, "li.s").acting_for
        for other in ("wang", "fang"):
            with pytest.raises(NotFound):
                office.delegations.end(office.session(other), made["delegation_id"], "不需要")
        ended = office.delegations.end(office.session(who), made["delegation_id"], "提前返回")
        assert (ended["state"], ended["ended_by"], ended["ended_reason"]) == ("ended", f"{who}.s", "提前返回")
        with pytest.raises(Forbidden):
            office.identity.session(token, "li.s")
        with pytest.raises(Conflict):
            office.delegations.end(office.session(who), made["delegation_id"], "再次")


def test_what_is_lent_is_not_lent_on_and_ends_nothing(office: Office) -> None:
    made = office.lend()
    acting = acts(office)
    said = {"role": "award_office", "helper": "li", "starts_on": TODAY, "ends_on": TODAY, "reason": "转委托"}
    with pytest.raises(Forbidden):
        office.delegations.lend(acting, said, new_id())
    with pytest.raises(NotFound):
        office.delegations.end(acting, made["delegation_id"], "代为结束")


def test_a_key_that_comes_again_lends_once(office: Office) -> None:
    key = new_id()
    assert office.lend(key=key) == office.lend(key=key)
    with pytest.raises(Conflict):
        office.lend(key=key, reason="别的事")
    assert len(office.delegations.listed(office.session("li"))) == 1


def test_one_sees_one_s_own_and_supervision_all(office: Office) -> None:
    office.lend()
    office.lend("fang", "gao", role="finance")
    seen = {
        name: {each["giver"]["subject"] for each in office.delegations.listed(office.session(name))}
        for name in ("li", "wang", "fang", "town", "admin", "watch")
    }
    assert seen == {
        "li": {"li.s"}, "wang": {"li.s"}, "fang": {"fang.s"}, "town": set(), "admin": {"li.s", "fang.s"},
        "watch": {"li.s", "fang.s"},
    }  # fmt: skip
    assert [lent.giver.subject for lent in office.delegations.offers(office.session("gao"))] == ["fang.s"]
    assert office.delegations.offers(office.session("li")) == []


def test_a_session_may_act_for_somebody_until_it_lays_that_down(office: Office) -> None:
    """When the delegation ends that is said once, and from then on it is its own again."""
    office.lend()
    issued = office.issued("wang")
    with pytest.raises(Forbidden):
        office.identity.act_for(issued.session, office.accounts["fang"])
    assert office.identity.act_for(issued.session, office.accounts["li"]).acting_for
    acting = office.identity.session(issued.token)
    assert acting.acting_for is not None
    assert office.identity.act_for(acting, None).acting_for is None
    office.identity.act_for(office.identity.session(issued.token), office.accounts["li"])
    office.clock.move(timedelta(hours=9))
    assert office.identity.session(issued.token).acting_for is not None
    (made,) = office.delegations.listed(office.session("li"))
    office.delegations.end(office.session("li"), made["delegation_id"], "已返回")
    with pytest.raises(Conflict) as refused:
        office.identity.session(issued.token)
    assert refused.value.code == "delegation_ended"
    assert office.identity.session(issued.token).acting_for is None
    with office.store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT action, actor, delegated_by FROM audit WHERE action LIKE 'delegation:%' ORDER BY id")
        ).all()
    wang, li = office.accounts["wang"], office.accounts["li"]
    assert [tuple(row) for row in rows] == [
        ("delegation:made", li, None), ("delegation:taken", wang, None), ("delegation:laid_down", wang, li),
        ("delegation:taken", wang, None), ("delegation:ended", li, None),
    ]  # fmt: skip


def test_the_services_are_told_who_acts_and_for_whom(tmp_path: Path) -> None:
    """Over HTTP: the header names the giver; without a delegation, or by the wrong caller, nothing is done."""
    services = InProcess()
    bench = make_bench(
        tmp_path, services, remember=0.0, clock=FixedClock(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI))
    )
    client = bench.client
    for name in ("李办", "wang"):
        bench.identity.create(
            None, username="li" if name == "李办" else name, password=PASSWORD, display_name=name, roles=["award_office"],
            subject=name,
        )  # fmt: skip
    token = {
        name: {"Authorization": f"Bearer {bench.identity.sign_in(name, PASSWORD, 'test').token}"}
        for name in ("li", "wang")
    }
    acting = {**token["wang"], "Zhiheng-On-Behalf-Of": quote("李办")}
    path = f"{PREFIX}/cycles/{REHEARSAL}/applications"
    early = client.get(path, headers=acting)
    assert (early.status_code, early.get_json()["code"]) == (403, "nothing_lent")
    said = {
        "role": "award_office", "helper": "wang", "starts_on": "2026-03-02", "ends_on": "2026-03-06", "reason": "出差",
    }  # fmt: skip
    made = client.post(PREFIX + "/delegations", headers=token["li"], json=said)
    assert made.status_code == 201, made.get_json()
    services.calls.clear()
    assert client.get(path, headers=acting).status_code == 200
    context = next(call.context for call in services.calls if call.operation == "intake.applications")
    assert (context.actor, context.role, context.delegated_by) == ("wang", "award_office", "李办")
    me = client.get(PREFIX + "/me", headers=acting).get_json()
    assert me["acting_for"] == {"subject": "李办", "display_name": "李办"}
    assert client.get(PREFIX + "/me", headers=token["wang"]).get_json()["acting_for"] is None
    nobody = client.get(path, headers={"Zhiheng-On-Behalf-Of": quote("李办")})
    assert nobody.status_code == 401
    for bad in ("", " ", "%00", "x" * 601):
        told = client.get(path, headers={**token["wang"], "Zhiheng-On-Behalf-Of": bad})
        assert told.get_json()["code"] == "bad_on_behalf_of", bad
    ended = client.post(
        f"{PREFIX}/delegations/{made.get_json()['delegation_id']}/end",
        headers=token["li"],
        json={"reason": "已返回"},
    )
    assert ended.get_json()["state"] == "ended"
    assert client.get(path, headers=acting).status_code == 403
    bench.store.close()


def test_one_key_in_two_names_is_two_commands(tmp_path: Path) -> None:
    """What was done for somebody is not taken for a repetition of what one did for oneself."""
    services = InProcess()
    bench = make_bench(
        tmp_path, services, remember=0.0, clock=FixedClock(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI))
    )
    for name in ("li", "wang"):
        bench.identity.create(
            None, username=name, password=PASSWORD, display_name=name, roles=["award_office"], subject=name
        )
    li = bench.identity.sign_in("li", PASSWORD, "test").session
    said = {"role": "award_office", "helper": "wang", "starts_on": TODAY, "ends_on": TODAY, "reason": "出差"}
    bench.gateway.delegations.lend(li, said, new_id())
    own = {
        "Authorization": f"Bearer {bench.identity.sign_in('wang', PASSWORD, 'test').token}", "Idempotency-Key": "one-key",
    }  # fmt: skip
    cycle = {
        "rulebook": "changning-2023", "year": 2026, "opens_on": "2026-05-12", "closes_on": "2026-06-13", "rehearsal": True,
    }  # fmt: skip
    for headers in (own, {**own, "Zhiheng-On-Behalf-Of": "li"}):
        assert bench.client.post(PREFIX + "/cycles", headers=headers, json=cycle).status_code < 300
    first, second = (call.context for call in services.calls if call.operation == "intake.open_cycle")
    assert (first.delegated_by, second.delegated_by) == ("", "li")
    assert first.message_id != second.message_id
    bench.store.close()


def test_a_lent_role_that_needs_a_second_factor_needs_the_helper_s(office: Office) -> None:
    """Whose own role may need none; a session that was to act so stays its own."""
    office.identity.create(
        None,
        username="desk",
        password=PASSWORD,
        display_name="desk",
        roles=["department_clerk"],
        subject="desk.s",
    )
    office.lend("fang", "desk", role="finance")
    strict = Identity(office.store, hasher=FAST, remember=0.0, with_factor=frozenset({"finance"}))
    issued = strict.sign_in("desk", PASSWORD, "192.0.2.1")
    assert not issued.session.owes_factor
    with pytest.raises(Forbidden) as refused:
        strict.session(issued.token, "fang.s")
    assert refused.value.code == "second_factor_owed"
    with pytest.raises(Forbidden):
        strict.act_for(issued.session, office.accounts["fang"])
    assert strict.session(issued.token).acting_for is None
    factors = SecondFactors(strict)
    secret = factors.begin(issued.session)["secret"]
    factors.confirm(issued.session, pyotp.TOTP(secret).at(office.clock.now()))
    assert strict.session(issued.token, "fang.s").roles == {"finance"}
    assert strict.act_for(issued.session, office.accounts["fang"]).acting_for


def test_whoever_plays_somebody_acts_for_nobody(office: Office) -> None:
    office.identity.create(
        None, username="play", password=PASSWORD, display_name="play", roles=["rehearser"], subject="play.s"
    )
    office.lend("li", "play")
    persona = office.identity.persona(office.session("play"), "reviewer", "E1")
    with pytest.raises(Forbidden):
        office.identity.session(persona.token, "li.s")
    with pytest.raises(Forbidden):
        office.identity.act_for(persona.session, office.accounts["li"])
    assert office.delegations.offers(persona.session) == []
