"""The administrator's pages: accounts and programs of agencies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.problems import Conflict
from tests.support.browsing import Visitor
from tests.support.gateway import PASSWORD, Bench, InProcess, make_bench

GIVEN: dict[str, Any] = {
    "username": "wang.office", "display_name": "王办", "password": "a long first password", "roles": ["award_office"],
    "unit": "", "subject": "",
}  # fmt: skip


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return make_bench(tmp_path, InProcess())


@pytest.fixture
def admin(bench: Bench) -> Visitor:
    return Visitor(bench, "administrator")


def _made(bench: Bench) -> dict[str, Any]:
    return next(each for each in bench.identity.accounts() if each["username"] == "wang.office")


def test_an_account_is_made_changed_and_shut(bench: Bench, admin: Visitor) -> None:
    made = admin.fill(admin.open("/accounts/new"), **GIVEN)
    page = admin.follow(made)
    assert "账号已建立" in page.words
    admin.fill(page, having="roles", roles=["reviewer", "discipline"])
    assert _made(bench)["roles"] == ["award_office"]  # these two exclude each other
    admin.fill(page, having="roles", roles=["finance"])
    assert _made(bench)["roles"] == ["finance"]
    admin.fill(page, having="unit", unit="示例街道")
    assert _made(bench)["unit"] == "示例街道"
    admin.fill(page, having="unit", unit="")
    assert _made(bench)["unit"] is None
    assert (
        Visitor(bench).post("/login", {"username": "wang.office", "password": GIVEN["password"]}).status
        == 303
    )
    admin.fill(page, having="shut")
    assert _made(bench)["disabled"]
    assert (
        Visitor(bench).post("/login", {"username": "wang.office", "password": GIVEN["password"]}).status
        == 401
    )


def test_a_department_goes_by_its_name(bench: Bench, admin: Visitor) -> None:
    """Written and shown as people call it, known by its key to the services."""
    page = admin.follow(
        admin.fill(
            admin.open("/accounts/new"), **{**GIVEN, "roles": ["department_clerk"], "unit": "公共卫生"}
        )
    )
    assert _made(bench)["unit"] == "public_health"
    assert 'value="公共卫生"' in page.text
    assert "public_health" not in page.text + admin.open("/accounts").text
    assert "公共卫生" in admin.open("/accounts").words
    clerk = Visitor(bench)
    clerk.post("/login", {"username": "wang.office", "password": GIVEN["password"]})
    assert "公共卫生" in clerk.open("/me").words
    admin.fill(page, having="unit", unit="食品药品")
    assert _made(bench)["unit"] == "food_drug"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""), ("username", "Name With Spaces"), ("username", "a" * 65), ("display_name", ""),
        ("display_name", "名" * 201), ("password", "short"), ("roles", []), ("roles", ["agency"]),
        ("roles", ["award_office", "finance"]), ("subject", "x" * 65), ("unit", "单" * 201), ("username", "<b>"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_the_rest_is_kept(
    bench: Bench, admin: Visitor, field: str, value: Any
) -> None:
    shown = admin.fill(admin.open("/accounts/new"), **{**GIVEN, field: value})
    assert shown.status == 422
    assert f'href="#f-{field}' in shown.text
    assert "<b>" not in shown.text
    if field != "display_name":
        assert 'value="王办"' in shown.text
    assert [each for each in bench.identity.accounts() if each["username"] == "wang.office"] == []


def test_one_form_sent_twice_makes_one_account(bench: Bench, admin: Visitor) -> None:
    page = admin.open("/accounts/new")
    first, again = admin.fill(page, **GIVEN), admin.fill(page, **GIVEN)
    assert first.response.headers["Location"] == again.response.headers["Location"]


def test_a_secret_is_shown_once(bench: Bench, admin: Visitor) -> None:
    given = {
        "client_id": "credit-office", "agency": "示例信用办", "department": "credit", "scopes": ["standing:read"],
        "purposes": "subsidy-review",
    }  # fmt: skip
    page = admin.open("/agencies/new")
    shown = admin.fill(page, **given)
    assert shown.status == 200
    assert "只在这里显示一次" in shown.words
    assert "不再显示" in admin.fill(page, **given).words
    assert "credit-office" in admin.open("/agencies").words


def test_nobody_else_makes_accounts(bench: Bench) -> None:
    other = Visitor(bench, "operator")
    page = other.open("/me")
    form = dict(page.form("_csrf")["fields"]) | {**GIVEN, "_key": "abcdefgh"}
    assert other.post("/accounts/new", form).status == 404
    assert PASSWORD  # the operator was signed in with it
    assert [each for each in bench.identity.accounts() if each["username"] == "wang.office"] == []


def test_an_account_that_stays_open_is_said_and_its_body_is_not_wiped(bench: Bench, admin: Visitor) -> None:
    """The last administrator cannot be shut; the form of the body holds what it held."""
    boss = next(each for each in bench.identity.accounts() if each["username"] == "user.administrator")
    page = admin.open(f"/accounts/{boss['account_id']}")
    admin.fill(page, having="unit", unit="示例街道")
    shown = admin.fill(page, having="shut")
    assert shown.status == 409
    assert "至少要保留一名系统管理员" in shown.words
    assert dict(shown.form("unit")["fields"])["unit"] == "示例街道"


def test_what_is_refused_of_a_program_is_said(
    bench: Bench, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: Any, **__: Any) -> None:
        raise Conflict("现在不行", "not now", code="not_now")

    bench.agency_token()
    page = admin.open("/agencies")
    for method, having in (("rotate", "_key"), ("set_disabled", "shut")):
        monkeypatch.setattr(bench.gateway.agencies, method, no)
        shown = admin.fill(page, having=having)
        assert (shown.status, "现在不行" in shown.words, "program.agency" in shown.words) == (409, True, True)


def _names(bench: Bench, admin: Visitor, query: str) -> list[str]:
    """The user names on a page of the list, in its order."""
    known = {each["account_id"]: each["username"] for each in bench.identity.accounts()}
    links = [link.removeprefix("/accounts/") for link in admin.open(f"/accounts?{query}").links]
    return [known[link] for link in links if link in known]


def test_the_list_is_narrowed_ordered_and_paged(bench: Bench, admin: Visitor) -> None:
    """By a part of a name in any case, by a role, by being shut; what nobody offers is left out, and said."""
    for name, shown, role in (
        ("li.one", "李_一", "finance"), ("li.two", "李二", "auditor"), ("wu", "吴", "finance"), ("zz", "Zoe", "operator"),
    ):  # fmt: skip
        bench.identity.create(None, username=name, password=PASSWORD, display_name=shown, roles=[role])
    by = {each["username"]: each["account_id"] for each in bench.identity.accounts()}
    bench.identity.set_disabled(bench.administrator(), by["wu"], disabled=True)
    for query, expected in (
        ("q=LI.", ["li.one", "li.two"]), ("q=李", ["li.one", "li.two"]), ("q=zoe", ["zz"]), ("q=_", ["li.one"]), ("q=%25", []),
        ("role=finance", ["li.one", "wu"]), ("role=finance&state=open", ["li.one"]), ("state=shut", ["wu"]),
        ("q=li.&sort=-username", ["li.two", "li.one"]), ("q=" + "x" * 300, []), ("page=9", []),
    ):  # fmt: skip
        assert _names(bench, admin, query) == expected, query
    page = admin.open("/accounts?role=agency&state=gone&sort=password_hash")
    assert "state=gone" in page.words
    assert "sort=password_hash" in page.words
    answer = bench.client.get(
        "/api/v1/accounts?role=finance&size=50", headers=bench.headers("administrator")
    ).get_json()
    assert [(each["username"], each["disabled"]) for each in answer["accounts"]] == [
        ("li.one", False), ("wu", True),
    ]  # fmt: skip
    assert (answer["total"], answer["page"], answer["size"]) == (2, 1, 50)
    assert (
        bench.client.get("/api/v1/accounts?sort=id", headers=bench.headers("administrator")).status_code
        == 422
    )
    one = bench.client.get(f"/api/v1/accounts/{by['wu']}", headers=bench.headers("administrator")).get_json()
    assert one["username"] == "wu"
    assert (
        bench.client.get("/api/v1/accounts/nobody", headers=bench.headers("administrator")).status_code == 404
    )
    assert admin.open("/accounts/nobody").status == 404
