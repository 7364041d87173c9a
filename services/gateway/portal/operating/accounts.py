"""账号: who may sign in, in which roles, for which body; and the programs of agencies. The administrator's pages."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.own.accounts import ACCOUNTS_BY, PERSONAL_ROLES, SHORTEST_PASSWORD
from services.gateway.portal.account.lending import ended
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.listing import read
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import NULL, Visit
from services.gateway.portal.words import LENT, body_of, word
from services.gateway.roles import TITLES, exclusions
from services.gateway.scopes import SCOPES
from shared.contracts.operations import ADMIN, ROLES
from shared.rulebooks.facts import DEPARTMENTS

ROOM = Room("accounts", (ADMIN,))
TITLE = Text("账号", "Accounts")
_LONGEST_PART = 100  # characters that are looked for
_FILTERS = {"q": None, "role": ROLES, "state": ("open", "shut")}
_ROLES = Field(
    "roles", Text("角色", "Roles"), Kind.CHECKS, choices=tuple(Choice(role, Text(*TITLES[role])) for role in PERSONAL_ROLES)
)  # fmt: skip
_UNIT = Field(
    "unit", Text("所在单位", "Body"), needed=False,
    hint=Text(
        "部门经办人填下列之一：" + "、".join(words.zh for words in DEPARTMENTS.values()) + "。推荐单位填单位全称。其他人留空",
        "For a clerk one of: " + ", ".join(words.en for words in DEPARTMENTS.values())
        + ". For a recommending body its name. For others nothing",
    ),
)  # fmt: skip
_KEYS = {said: key for key, words in DEPARTMENTS.items() for said in (words.zh, words.en)}
CREATE = Form(
    (
        Field(
            "username", Text("用户名", "User name"), width=20,
            hint=Text("小写字母、数字和 . _ @ -", "Small letters, digits and . _ @ -"),
        ),
        Field("display_name", Text("姓名", "Name"), width=20),
        Field(
            "password", Text("初始密码", "First password"), Kind.PASSWORD, width=20, secret=True, autocomplete="new-password",
            hint=Text(f"至少 {SHORTEST_PASSWORD} 个字符", f"At least {SHORTEST_PASSWORD} characters"),
        ),
        _ROLES,
        _UNIT,
        Field(
            "subject", Text("业务标识", "Subject"), needed=False, width=20,
            hint=Text("各服务用它认人，例如专家编号；留空由系统生成", "By what services know the person, or empty"),
        ),
    ),
    submit=Text("新建账号", "Make the account"),
)  # fmt: skip
ROLES_FORM = Form((_ROLES,), submit=Text("授予这些角色", "Give these roles"))
UNIT_FORM = Form((_UNIT,), submit=Text("设定单位", "Set the body"))
RESET_FORM = Form(
    (
        Field(
            "reason", Text("重置的理由", "Reason for resetting it"),
            hint=Text(
                "例如：手机遗失，已当面核实本人。写入审计记录",
                "For example: telephone lost, seen in person. It stays in the audit log",
            ),
        ),
    ),
    submit=Text("重置第二因素", "Reset the second factor"),
)  # fmt: skip
UNLINK = Form(
    (
        Field(
            "reason", Text("解除的理由", "Reason for unlinking it"),
            hint=Text("例如：人员调离。写入审计记录", "For example: left the agency. It stays in the audit log"),
        ),
    ),
    submit=Text("解除关联", "Unlink it"),
)  # fmt: skip
_UNLINKS = Text(
    "解除后不能再通过该身份登录这个账号，该账号的登录立即失效。账号唯一的登录方式不能解除。",
    "Nobody signs in to the account through it any more, and the account’s sessions end at once. The only way to sign in stays.",
)
AGENCY = Form(
    (
        Field("client_id", Text("程序名", "Client id"), width=20),
        Field("agency", Text("部门名称", "Agency")),
        Field(
            "department", Text("部门", "Department"), Kind.SELECT,
            choices=tuple(Choice(name, word(DEPARTMENTS, name)) for name in DEPARTMENTS),
        ),
        Field(
            "scopes", Text("权限范围", "Scopes"), Kind.CHECKS,
            choices=tuple(Choice(name, Text(name, name)) for name in SCOPES),
        ),
        Field("purposes", Text("约定用途（每行一个）", "Purposes agreed on, one a line"), Kind.LINES),
    ),
    submit=Text("登记", "Register"),
)  # fmt: skip


def _shown_as(visit: Visit, unit: str | None) -> str | None:
    return visit.say(*body_of(unit)) if unit else None


def _known_by(name: str | None) -> str | None:
    """The key by which services know a department that was named; any other body goes by its name."""
    return _KEYS.get(name.strip(), name) if name else None


@ROOM.page("/accounts")
def accounts(visit: Visit) -> Response:
    """A page of them; a part of a name, a role and whether they are shut narrow the list."""
    listing = read(
        "/accounts", request.args.items(multi=True), filters=_FILTERS, columns=ACCOUNTS_BY, sort="username"
    )
    if len(listing.filters.get("q", "")) > _LONGEST_PART:
        listing = replace(listing, filters={**listing.filters, "q": listing.filters["q"][:_LONGEST_PART]})
    found = visit.ask("gateway.accounts", **listing.asked)
    roles = [(role, Text(*TITLES[role])) for role in ROLES]
    return visit.page(
        "operating/accounts.html", TITLE, accounts=found["accounts"], total=found["total"], listing=listing, roles=roles,
        body_of=body_of,
    )  # fmt: skip


@ROOM.page("/accounts/new", methods=("GET", "POST"))
def new_account(visit: Visit) -> Response:
    """An account for somebody."""
    filled = CREATE.posted(request.form) if request.method == "POST" else visit.form(CREATE)
    if filled.was_posted and filled.ok:
        given = {**filled.data, "unit": _known_by(filled.data.get("unit"))}
        filled.attempt(lambda: visit.do("gateway.create_account", filled.key, **given))
    if filled.was_posted and filled.ok:
        return visit.go(f"/accounts/{filled.reply['account_id']}", Text("账号已建立", "The account was made"))
    title = Text("新建账号", "Make an account")
    return visit.page("operating/new_account.html", title, form=filled, exclusions=exclusions())


@ROOM.page("/accounts/<account_id>")
def account(visit: Visit, account_id: str) -> Response:
    """One account, with what can be changed of it."""
    return _shown(visit, account_id)


def _shown(visit: Visit, account_id: str, refused: Filled | None = None) -> Response:
    each = visit.ask("gateway.account", account_id=account_id)
    forms = {
        "roles": ROLES_FORM.filled(each),
        "unit": UNIT_FORM.filled({**each, "unit": _shown_as(visit, each["unit"])}),
        "reset": RESET_FORM.filled({}),
    }
    name = (
        {ROLES_FORM: "roles", RESET_FORM: "reset", UNIT_FORM: "unit"}.get(refused.form) if refused else None
    )
    if refused is not None and name is not None:
        forms[name] = refused
    identities = visit.ask("gateway.account_identities", account_id=account_id)["identities"]
    lent = [
        {**one, "word": word(LENT, one["state"])}
        for one in visit.ask("gateway.delegations")["delegations"]
        if each["subject"] in (one["giver"]["subject"], one["helper"]["subject"])
    ]
    return visit.page(
        "operating/account.html", Text("账号", "Account"), account=each, exclusions=exclusions(), roles_form=forms["roles"],
        unit_form=forms["unit"], reset_form=forms["reset"], lent=lent, identities=identities,
        shutting=refused if name is None else None,
        oneself=visit.session is not None and visit.session.account_id == account_id,
    )  # fmt: skip


@ROOM.page("/accounts/<account_id>/roles", methods=("POST",))
def roles(visit: Visit, account_id: str) -> Response:
    """Other roles, all of them at once."""
    filled = visit.submit(ROLES_FORM, "gateway.set_roles", account_id=account_id)
    if not filled.ok:
        return _shown(visit, account_id, filled)
    return visit.go(f"/accounts/{account_id}", Text("角色已更新", "The roles were changed"))


@ROOM.page("/accounts/<account_id>/unit", methods=("POST",))
def unit(visit: Visit, account_id: str) -> Response:
    """Another body, or none."""
    filled = UNIT_FORM.posted(request.form)
    if filled.ok:
        body = _known_by(filled.data.get("unit")) or NULL
        filled.attempt(lambda: visit.do("gateway.set_unit", filled.key, account_id=account_id, unit=body))
    if not filled.ok:
        return _shown(visit, account_id, filled)
    return visit.go(f"/accounts/{account_id}", Text("单位已更新", "The body was changed"))


@ROOM.page("/accounts/<account_id>/disabled", methods=("POST",))
def disabled(visit: Visit, account_id: str) -> Response:
    """Shut or open; sessions of an account that is shut end at once."""
    shut = request.form.get("shut") == "yes"
    filled = Form(()).posted(request.form)
    filled.attempt(lambda: visit.do("gateway.set_disabled", filled.key, account_id=account_id, disabled=shut))
    if not filled.ok:
        return _shown(visit, account_id, filled)
    notice = (
        Text("账号已停用", "The account was shut") if shut else Text("账号已启用", "The account was opened")
    )
    return visit.go(f"/accounts/{account_id}", notice)


@ROOM.page("/accounts/<account_id>/second-factor", methods=("POST",))
def second_factor(visit: Visit, account_id: str) -> Response:
    """Take it away from somebody who lost the device; the reason stays in the audit log, the account's sessions end."""
    filled = visit.submit(RESET_FORM, "gateway.reset_second_factor", account_id=account_id)
    if not filled.ok:
        return _shown(visit, account_id, filled)
    notice = Text("第二因素已重置，该账号的登录已失效", "It was reset, and the account's sessions ended")
    return visit.go(f"/accounts/{account_id}", notice)


@ROOM.page("/accounts/<account_id>/identities/<identity_id>", methods=("GET", "POST"))
def identity(visit: Visit, account_id: str, identity_id: str) -> Response:
    """Take a linked identity away from an account; the reason stays in the audit log, the account's sessions end."""
    several = visit.ask("gateway.account_identities", account_id=account_id)["identities"]
    this = next((each for each in several if each["identity_id"] == identity_id), None)
    if this is None:
        raise not_found()
    back = f"/accounts/{account_id}"
    if request.method == "POST":
        filled = visit.submit(
            UNLINK, "gateway.remove_identity", account_id=account_id, identity_id=identity_id
        )
        if filled.ok:
            return visit.go(back, Text("已解除关联", "The identity was unlinked"))
    else:
        filled = visit.form(UNLINK)
    facts = [(Text("统一身份认证", "Provider"), visit.say(this["name_zh"], this["name_en"]))]
    title = Text("解除关联的身份", "Unlink an identity")
    return visit.page("form.html", title, form=filled, back=back, intro=_UNLINKS, facts=facts)


@ROOM.page("/accounts/<account_id>/delegations/<delegation_id>/end", methods=("GET", "POST"))
def end_delegation(visit: Visit, account_id: str, delegation_id: str) -> Response:
    """End what somebody lent."""
    return ended(visit, delegation_id, f"/accounts/{account_id}")


@ROOM.page("/agencies")
def agencies(visit: Visit) -> Response:
    """Programs of other departments."""
    return _programs(visit)


def _programs(visit: Visit, refused: Filled | None = None) -> Response:
    title = Text("部门接口", "Programs of agencies")
    clients = visit.ask("gateway.agency_clients")["clients"]
    return visit.page("operating/agencies.html", title, clients=clients, filled=refused)


@ROOM.page("/agencies/new", methods=("GET", "POST"))
def new_agency(visit: Visit) -> Response:
    """A program; its secret is shown on the answer, this once."""
    filled = (
        visit.submit(AGENCY, "gateway.register_agency") if request.method == "POST" else visit.form(AGENCY)
    )
    if filled.was_posted and filled.ok:
        return _secret(visit, filled)
    return visit.page("form.html", Text("登记部门程序", "Register a program"), form=filled, back="/agencies")


@ROOM.page("/agencies/<client_id>/secret", methods=("POST",))
def rotate(visit: Visit, client_id: str) -> Response:
    """Another secret; the old one holds on for a while."""
    filled = Form(()).posted(request.form)
    filled.attempt(lambda: visit.do("gateway.rotate_agency_secret", filled.key, client_id=client_id))
    return _secret(visit, filled) if filled.ok else _programs(visit, filled)


@ROOM.page("/agencies/<client_id>/disabled", methods=("POST",))
def agency_disabled(visit: Visit, client_id: str) -> Response:
    """Shut or open a program."""
    shut = request.form.get("shut") == "yes"
    filled = Form(()).posted(request.form)
    filled.attempt(
        lambda: visit.do("gateway.set_agency_disabled", filled.key, client_id=client_id, disabled=shut)
    )
    return visit.go("/agencies", Text("已更新", "Changed")) if filled.ok else _programs(visit, filled)


def _secret(visit: Visit, filled: Filled) -> Response:
    """Shown on the answer itself: it is kept nowhere, so no other page could show it."""
    title = Text("程序的密钥", "The program's secret")
    return visit.page("operating/secret.html", title, client=filled.reply)
