"""Identity and accounts."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.operations import (
    ADMIN,
    AGENCY,
    PUBLIC,
    REHEARSER,
    ROLES,
    Done,
    Operation,
)
from shared.contracts.operations.pages import page, size

USERNAME = validate.Regexp(r"^[a-z0-9][a-z0-9._@-]{2,63}\Z")
_SUBJECT = validate.Regexp(r"^[^\x00-\x1f\x7f]{1,64}\Z")
SHORTEST_PASSWORD, LONGEST_PASSWORD, LONGEST_CODE = 12, 256, 100
PERSONA_ROLES = tuple(role for role in ROLES if role not in {ADMIN, AGENCY, REHEARSER, "operator"})
# Those that a person may hold: a program of an agency is registered in a way of its own.
PERSONAL_ROLES = tuple(role for role in ROLES if role != AGENCY)
ACCOUNTS_BY = (
    "username",
    "display_name",
    "unit",
    "created_at",
)  # columns that a list of accounts is put in order by
_ORDERS = tuple(f"{sign}{name}" for name in ACCOUNTS_BY for sign in ("", "-"))
_ACCOUNT = "0199a1b2c3d67e5f8a9b0c1d2e3f4a5d"


def _password(*, required: bool = True) -> fields.String:
    return fields.String(
        required=required,
        load_only=True,
        validate=validate.Length(min=SHORTEST_PASSWORD, max=LONGEST_PASSWORD),
    )


def _roles() -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.OneOf(PERSONAL_ROLES)),
        required=True,
        validate=validate.Length(min=1, max=len(PERSONAL_ROLES)),
    )


class SignIn(Strict):
    """Name and password, and the code of a second factor or a recovery code; what is wrong with them is not said."""

    username = fields.String(required=True, validate=validate.Length(min=1, max=200))
    password = fields.String(
        required=True, load_only=True, validate=validate.Length(min=1, max=LONGEST_PASSWORD)
    )
    code = fields.String(
        load_default=None, allow_none=True, load_only=True, validate=validate.Length(max=LONGEST_CODE)
    )


class NamedAccount(Strict):
    """Somebody by what the services know it by, and by name."""

    subject = text()
    display_name = text()


class TokenGiven(Strict):
    """A bearer token; it is shown this once. `expires_at` is RFC 3339."""

    token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_at = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class Me(Strict):
    """Who the token stands for; `rehearsal` means that it acts in rehearsals only.

    `second_factor` is none, confirmed, or owed: then nothing else can be done before it is set up. `acting_for` is whoever
    lent the roles, None for one's own.
    """

    subject = fields.String(required=True)
    display_name = fields.String(required=True)
    unit = optional_text()
    roles = fields.List(fields.String(), required=True)
    rehearsal = fields.Boolean(required=True)
    expires_at = fields.String(required=True)
    second_factor = one_of("none", "confirmed", "owed")
    acting_for = fields.Nested(NamedAccount, required=True, allow_none=True)


class ChangePassword(Strict):
    """The old password and a new one; other tokens of the account end."""

    old = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=LONGEST_PASSWORD))
    new = _password()


class CreateAccount(Strict):
    """An account. `subject` is by what the services know its holder (an expert's id, a member's name); else made up.

    `unit` is the body that it acts for: the department of a clerk, the name of a recommending body.
    """

    username = fields.String(required=True, validate=USERNAME)
    password = _password()
    display_name = text()
    roles = _roles()
    subject = fields.String(load_default=None, allow_none=True, validate=_SUBJECT)
    unit = optional_text()


class AccountState(Strict):
    """An account, without anything secret."""

    account_id = identifier()
    username = text()
    subject = text()
    display_name = text()
    unit = optional_text()
    roles = fields.List(fields.String(), required=True)
    disabled = fields.Boolean(required=True)


class ListAccounts(Strict):
    """A page of accounts: `q` a part of user name, name or body; by user name unless another column is named, `-` before it for
    the other way round.
    """

    q = optional_text(100)
    role = one_of(*ROLES, required=False)
    state = one_of("open", "shut", required=False)
    sort = fields.String(load_default="username", validate=validate.OneOf(_ORDERS))
    page = page()
    size = size()


class AccountList(Strict):
    """A page of them."""

    accounts = fields.List(fields.Nested(AccountState), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()


class OfAccount(Strict):
    """Names an account."""

    account_id = identifier()


class SetRoles(Strict):
    """All roles that an account is to hold from now on."""

    account_id = identifier()
    roles = _roles()


class SetUnit(Strict):
    """The body that an account acts for from now on, None for none."""

    account_id = identifier()
    unit = fields.String(required=True, allow_none=True, validate=validate.Length(min=1, max=200))


class SetDisabled(Strict):
    """Whether an account is shut; its tokens end when it is."""

    account_id = identifier()
    disabled = fields.Boolean(required=True, truthy={True}, falsy={False})


class Persona(Strict):
    """Whom to play in a rehearsal: a role, and by what the services shall know the person."""

    role = fields.String(required=True, validate=validate.OneOf(PERSONA_ROLES))
    subject = fields.String(required=True, validate=_SUBJECT)


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "sign_in", "command", SignIn, TokenGiven, (PUBLIC,), "登录", "Sign in",
              {"username": "li.office", "password": "correct horse battery"}),
    Operation("gateway", "sign_out", "command", Strict, Done, ROLES, "退出", "Sign out", {}),
    Operation("gateway", "me", "query", Strict, Me, ROLES, "我是谁", "Who am I", {}),
    Operation("gateway", "change_password", "command", ChangePassword, Done, ROLES, "修改密码", "Change the password",
              {"old": "correct horse battery", "new": "battery horse correct"}),
    Operation("gateway", "accounts", "query", ListAccounts, AccountList, (ADMIN,), "账号一览", "A page of accounts",
              {"role": "reviewer"}),
    Operation("gateway", "account", "query", OfAccount, AccountState, (ADMIN,), "一个账号", "One account",
              {"account_id": _ACCOUNT}),
    Operation("gateway", "create_account", "command", CreateAccount, AccountState, (ADMIN,), "新建账号", "Make an account",
              {"username": "li.office", "password": "correct horse battery", "display_name": "李办",
               "roles": ["award_office"]}),
    Operation("gateway", "set_roles", "command", SetRoles, AccountState, (ADMIN,), "授予角色", "Give roles",
              {"account_id": _ACCOUNT, "roles": ["reviewer"]}),
    Operation("gateway", "set_unit", "command", SetUnit, AccountState, (ADMIN,), "设定所在单位",
              "Say for which body an account acts", {"account_id": _ACCOUNT, "unit": "示例街道"}),
    Operation("gateway", "set_disabled", "command", SetDisabled, AccountState, (ADMIN,), "停用或启用账号",
              "Shut or open an account", {"account_id": _ACCOUNT, "disabled": True}),
    Operation("gateway", "persona", "command", Persona, TokenGiven, (REHEARSER,), "扮演角色（仅限演练）",
              "Play a role (rehearsals only)", {"role": "reviewer", "subject": "E1"}),
)  # fmt: skip
