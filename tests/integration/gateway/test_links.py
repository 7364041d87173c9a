"""Unlinking an identity, on both databases: by its holder with a code, by an administrator with a reason, not the last one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from services.gateway.identity import Session
from services.gateway.oidc.parties import ACTION
from services.gateway.second_factor import codes
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tests.integration.gateway.test_oidc import BROWSER, City
from tests.support.gateway import PASSWORD

pytestmark = pytest.mark.integration

HERE = "192.0.2.1"


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    made = City(database_url, tmp_path)
    for name, role in (("admin", "administrator"), ("li", "award_office")):
        made.identity.create(None, username=name, password=PASSWORD, display_name=name, roles=[role])
    yield made
    made.end()


class Phone:
    """An authenticator of somebody who has just set it up."""

    def __init__(self, city: City, by: Session) -> None:
        self._city = city
        self._totp = pyotp.TOTP(city.factors.begin(by)["secret"])
        city.factors.confirm(by, self.code())

    def code(self) -> str:
        self._city.clock.move(timedelta(seconds=60))
        return self._totp.generate_otp(codes.step_of(self._city.clock.now().timestamp()))


def session(city: City, name: str, code: str | None = None) -> Session:
    return city.identity.sign_in(name, PASSWORD, HERE, code).session


def link(city: City, by: Session, person: str) -> str:
    """The identity of a person at the provider is this account's too; gives its id."""
    before = {each["identity_id"] for each in city.links.of(by.account_id)}
    address = city.parties.begin("city", BROWSER, link=by)
    city.parties.finish(city.choose(address, person), BROWSER)
    (new,) = {each["identity_id"] for each in city.links.of(by.account_id)} - before
    return str(new)


def entries(city: City) -> list[Any]:
    audit = city.store.tables.audit
    with city.store.read() as work:
        query = select(audit.c.actor, audit.c.subject, audit.c.reason)
        return list(work.session.execute(query.where(audit.c.action == "account:unlinked")).all())


def test_its_holder_takes_it_back_with_a_code(city: City) -> None:
    """Without a second factor, with a wrong code or another's identity nothing happens; other sessions end, one's own stays."""
    li = session(city, "li")
    which = link(city, li, "company-1")
    with pytest.raises(Conflict) as without:
        city.links.unlink(li, which, "123456")
    assert without.value.code == "no_second_factor"
    phone = Phone(city, li)
    li = session(city, "li", phone.code())
    other = city.identity.sign_in("li", PASSWORD, HERE, phone.code()).token
    with pytest.raises(Invalid):
        city.links.unlink(li, which, "000000")
    with pytest.raises(NotFound):
        city.links.unlink(li, "0" * 20, phone.code())
    assert len(city.links.of(li.account_id)) == 1
    city.links.unlink(li, which, phone.code())
    assert city.links.of(li.account_id) == []
    assert [(row.actor, row.subject, row.reason) for row in entries(city)] == [
        (li.subject, li.account_id, None)
    ]
    with pytest.raises(Unauthenticated):
        city.identity.session(other)
    fresh = city.come("company-1")  # the identity is nobody's now: whoever comes with it is a new applicant
    assert fresh != li.account_id


def test_the_last_way_in_stays(city: City) -> None:
    """An account that the provider made has no password that anybody knows; with a second identity the first may go."""
    made = city.come("company-1")
    own = city.identity.open_for(made, ACTION).session
    (only,) = city.links.of(made)
    phone = Phone(city, own)
    admin = session(city, "admin")
    for refused in (
        lambda: city.links.unlink(own, only["identity_id"], phone.code()),
        lambda: city.links.remove(admin, made, only["identity_id"], "调离"),
    ):
        with pytest.raises(Conflict) as caught:
            refused()
        assert caught.value.code == "last_way_in"
    second = link(city, own, "company-2")
    city.links.remove(admin, made, only["identity_id"], "原单位账号已注销")
    with pytest.raises(Conflict):
        city.links.remove(admin, made, second, "也去掉")
    assert [each["identity_id"] for each in city.links.of(made)] == [second]
    assert [row.reason for row in entries(city)] == ["原单位账号已注销"]


def test_an_identity_of_a_provider_that_is_gone_is_no_way_in(city: City) -> None:
    made = city.come("company-1")
    city.links._providers = {}
    (only,) = city.links.of(made)
    assert (only["provider"], only["name_zh"]) == (None, city.server.url)
    own = city.identity.open_for(made, ACTION).session
    city.links._providers = {each.issuer: each for each in city.parties.providers.values()}
    link(city, own, "company-2")
    city.links._providers = {}
    with pytest.raises(Conflict):
        city.links.remove(session(city, "admin"), made, only["identity_id"], "停用")


def test_an_administrator_ends_the_account_s_sessions_and_not_its_own_identity(city: City) -> None:
    admin, li = session(city, "admin"), city.identity.sign_in("li", PASSWORD, HERE)
    which = link(city, li.session, "person-1")
    mine = link(city, admin, "company-1")
    with pytest.raises(Forbidden):
        city.links.remove(admin, admin.account_id, mine, "自己")
    for wrong in ((admin.account_id + "x", which), (li.session.account_id, mine)):
        with pytest.raises(NotFound):
            city.links.remove(admin, *wrong, "查无")
    city.links.remove(admin, li.session.account_id, which, "调离")
    with pytest.raises(Unauthenticated):
        city.identity.session(li.token)
    assert [(row.actor, row.reason) for row in entries(city)] == [(admin.subject, "调离")]
