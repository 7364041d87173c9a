"""Addresses of accounts: their holder's alone, encrypted, and told to notifications until it has taken them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from services.gateway.contacts import Contacts
from shared.contracts import Context
from shared.problems import Conflict
from shared.store.migrate import schema_differences, upgrade
from tests.support.gateway import Bench, Call, InProcess, answered, make_bench

pytestmark = pytest.mark.integration

PATH = "/api/v1/me/addresses"
GIVEN = {
    "email": "anna@example.org", "phone": "13800000000", "language": "en", "quiet_from": "22:00", "quiet_until": "07:00",
}  # fmt: skip
NONE = {"email": None, "phone": None, "language": "zh", "quiet_from": None, "quiet_until": None}


def _told(caller: InProcess) -> list[Call]:
    return [call for call in caller.calls if call.operation == "notifications.keep_contact"]


def _applicants(caller: InProcess) -> list[Call]:
    return [call for call in _told(caller) if call.data["roles"] == ["applicant"]]


def _put(bench: Bench, role: str, **given: object) -> int:
    answer = bench.client.put(PATH, json={**GIVEN, **given}, headers=bench.headers(role))
    return answer.status_code


def test_one_writes_and_reads_one_s_own(tmp_path: Path) -> None:
    """What is written is told with the next look, with the account's roles; the audit log keeps that it was, not what."""
    caller = InProcess()
    bench = make_bench(tmp_path, caller)
    assert bench.client.get(PATH, headers=bench.headers("applicant")).get_json() == NONE
    assert _put(bench, "applicant") == 200
    assert bench.client.get(PATH, headers=bench.headers("applicant")).get_json() == GIVEN
    assert bench.client.get(PATH, headers=bench.headers("finance")).get_json() == NONE
    assert _told(caller) == []  # nobody who writes waits for another service
    assert bench.gateway.contacts.written.is_set()
    bench.gateway.contacts.tell()
    assert not bench.gateway.contacts.written.is_set()
    (call,) = _applicants(caller)
    assert {name: call.data[name] for name in GIVEN} == GIVEN
    assert (call.data["roles"], call.data["version"]) == (["applicant"], 2)  # the account was made, then this
    with bench.store.reading() as connection:
        raw = connection.exec_driver_sql("SELECT email, phone FROM addresses").all()
        assert all(value.startswith("v1.") for row in raw for value in row)
    assert _put(bench, "applicant", email=None) == 200
    bench.gateway.contacts.tell()
    assert (_told(caller)[-1].data["email"], _told(caller)[-1].data["version"]) == (None, 3)


def test_who_is_given_an_account_or_a_role_is_told_soon(tmp_path: Path) -> None:
    """What goes to all who hold a role reaches those who hold it for a moment, too, not only after the next look of many."""
    bench = make_bench(tmp_path, caller := InProcess())
    written = bench.gateway.contacts.written
    bench.gateway.contacts.tell()
    assert not written.is_set()
    headers = bench.headers("administrator")
    account = {
        "username": "new.clerk", "password": "a password of the clerk 1", "display_name": "王", "roles": ["department_clerk"],
        "subject": "wang", "unit": "safety",
    }  # fmt: skip
    made = bench.client.post("/api/v1/accounts", json=account, headers=headers)
    assert made.status_code == 201, made.get_json()
    assert written.is_set()
    bench.gateway.contacts.tell()
    assert (_told(caller)[-1].data["subject"], _told(caller)[-1].data["unit"]) == ("wang", "safety")
    path = f"/api/v1/accounts/{made.get_json()['account_id']}/roles"
    assert not written.is_set()
    changed = bench.client.put(path, json={"roles": ["auditor"]}, headers=headers)
    assert changed.status_code == 200, changed.get_json()
    assert written.is_set()


def test_it_is_told_since_when_an_address_holds(tmp_path: Path) -> None:
    """Since it was written, not since something else beside it was."""
    caller = InProcess()
    bench = make_bench(tmp_path, caller)
    _put(bench, "applicant", phone=None)
    bench.gateway.contacts.tell()
    first = _applicants(caller)[-1].data
    assert first.get("phone_since") is None
    _put(bench, "applicant", language="zh")
    bench.gateway.contacts.tell()
    second = _applicants(caller)[-1].data
    assert second["email_since"] == first["email_since"]
    assert second["phone_since"] > first["email_since"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "anna"}, {"email": "anna@example.org\r\nBcc: x@example.org"}, {"email": "安娜@example.org"},
        {"phone": "021-5555"}, {"phone": "１３８００００００００"}, {"language": "fr"}, {"quiet_from": None},
        {"quiet_until": "24:00"}, {"quiet_from": "7:00"}, {"surprise": 1},
    ],
)  # fmt: skip
def test_a_wrong_address_is_refused_and_nothing_is_kept(tmp_path: Path, wrong: dict[str, object]) -> None:
    caller = InProcess()
    bench = make_bench(tmp_path, caller)
    assert _put(bench, "applicant", **wrong) == 422
    assert bench.client.get(PATH, headers=bench.headers("applicant")).get_json() == NONE
    assert _told(caller) == []


def test_what_nobody_took_is_told_later_under_a_version_of_its_own(tmp_path: Path) -> None:
    """Writing does not wait for notifications; nothing is told twice that was taken."""
    caller = InProcess(missing=frozenset({"notifications"}))
    bench = make_bench(tmp_path, caller)
    assert _put(bench, "applicant") == 200
    contacts = bench.gateway.contacts
    assert contacts.tell() == 0
    assert _told(caller) == []
    caller.missing = frozenset()
    assert contacts.tell() == 1
    assert contacts.tell() == 0
    (call,) = _applicants(caller)
    assert call.data["version"] == 2
    assert call.data["email"] == GIVEN["email"]


def test_a_refusal_of_one_keeps_nobody_else_from_being_told(tmp_path: Path) -> None:
    """Only where the service is away does the look end."""

    def answer(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if method == "keep_contact" and data["roles"] == ["applicant"]:
            raise Conflict("不行", "no")
        return answered(service, method, data, context)

    caller = InProcess(answer)
    bench = make_bench(tmp_path, caller)
    roles = ("applicant", "finance", "auditor", "discipline")
    for role in roles:
        _put(bench, role)
    told = bench.gateway.contacts.tell()
    assert {tuple(call.data["roles"]) for call in _told(caller)} == {(role,) for role in roles}
    assert told == len(roles) - 1


def test_a_change_of_roles_is_told_and_who_is_shut_has_none(tmp_path: Path) -> None:
    """Wherever it is made; an account that is shut is told without roles and addresses. Programs are nobody's contacts."""
    caller = InProcess()
    bench = make_bench(tmp_path, caller)
    _put(bench, "applicant")
    bench.agency_token()
    bench.token("rehearser")
    contacts: Contacts = bench.gateway.contacts
    contacts.tell()
    before = len(_told(caller))
    assert {tuple(call.data["roles"]) for call in _told(caller)} == {("applicant",), ("administrator",)}
    (account,) = [each for each in bench.identity.accounts() if each["roles"] == ["applicant"]]
    bench.identity.set_roles(bench.administrator(), account["account_id"], ["finance"])
    assert contacts.tell() == 1
    bench.identity.set_disabled(bench.administrator(), account["account_id"], disabled=True)
    assert contacts.tell() == 1
    changed, shut = _told(caller)[before:]
    assert (changed.data["roles"], changed.data["email"]) == (["finance"], "anna@example.org")
    assert (shut.data["roles"], shut.data["email"], shut.data["phone"]) == ([], None, None)
    assert [call.data["version"] for call in (changed, shut)] == [3, 4]


def test_a_look_reads_those_who_changed_and_nobody_else(tmp_path: Path) -> None:
    """One statement where nobody did, however many accounts there are; and one answered by the index of those untold."""
    bench = make_bench(tmp_path, InProcess())
    for role in ("applicant", "finance", "auditor", "discipline"):
        bench.token(role)
    contacts = bench.gateway.contacts
    assert contacts.tell() == 4
    statements: list[str] = []
    event.listen(bench.store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert contacts.tell() == 0
    (asked,) = [each for each in statements if each.startswith("SELECT")]
    with bench.store.reading() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("", 200, 0)).all())
    assert "ix_told_contacts_untold" in plan
    assert "SCAN told_contacts" not in plan.replace("SCAN told_contacts USING", "")


def test_two_gateways_tell_the_same_of_a_change_and_a_later_change_again(tmp_path: Path) -> None:
    """Under one version, so that the second telling is no news; what changed in between stays untold."""
    caller = InProcess()
    bench = make_bench(tmp_path, caller)
    bench.token("applicant")
    other = Contacts(bench.identity, caller)
    found, again = bench.gateway.contacts._untold(), other._untold()
    assert found == again
    assert {each.version for each in found} == {1}
    (account,) = [each for each in bench.identity.accounts() if each["roles"] == ["applicant"]]
    by = bench.administrator()
    bench.identity.set_unit(by, account["account_id"], "示例街道")
    for telling in found:
        other._note(telling)
    (left,) = [each for each in other._untold() if each.account_id == account["account_id"]]
    assert (left.version, left.data["unit"]) == (2, "示例街道")


def test_a_persona_has_no_addresses(tmp_path: Path) -> None:
    """It is played under a name of the player's choice."""
    bench = make_bench(tmp_path, InProcess())
    issued = bench.identity.persona(bench.identity.session(bench.token("rehearser")), "applicant", "anna")
    headers = {"Authorization": f"Bearer {issued.token}", "Zhiheng-Rehearsal-Date": "2025-06-16"}
    assert bench.client.put(PATH, json=GIVEN, headers=headers).status_code == 403
    assert bench.client.get(PATH, headers=headers).status_code == 403


def test_the_models_are_what_the_migrations_make(database_url: str) -> None:
    upgrade("gateway", database_url)
    assert schema_differences("gateway", database_url) == []
