"""Programs of other departments and their tokens."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.own.accounts import USERNAME
from services.gateway.scopes import SCOPES
from shared.contracts.base import Strict, count, optional_text, text
from shared.contracts.operations import (
    ADMIN,
    PUBLIC,
    Operation,
)

_AGENCY = {"client_id": "credit-office", "scopes": ["standing:read"], "purposes": ["subsidy-review"]}


def _client_id() -> fields.String:
    return fields.String(required=True, validate=USERNAME)


def _scopes() -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.OneOf(tuple(SCOPES))),
        required=True,
        validate=validate.Length(min=1, max=len(SCOPES)),
    )


def _purposes() -> fields.List[str]:
    """Words agreed with the agency; its every question names one of them."""
    word = fields.String(validate=validate.Regexp(r"^[a-z0-9][a-z0-9-]{1,99}\Z"))
    return fields.List(word, required=True, validate=validate.Length(max=50))


class RegisterAgency(Strict):
    """A program of another department: its name, the department's key, what it may ask and for which purposes."""

    client_id = _client_id()
    agency = text()
    department = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    scopes = _scopes()
    purposes = _purposes()


class AgencySecretState(Strict):
    """A valid secret, without itself; one that is being replaced has an end."""

    made_at = text()
    expires_at = optional_text()


class AgencyState(Strict):
    """A program of an agency, without anything secret."""

    client_id = text()
    agency = text()
    department = text()
    scopes = fields.List(fields.String(), required=True)
    purposes = fields.List(fields.String(), required=True)
    disabled = fields.Boolean(required=True)
    secrets = fields.List(fields.Nested(AgencySecretState), required=True)


class AgencyGiven(AgencyState):
    """A program with its new secret, which is shown this once: None where the same request came again."""

    secret = fields.String(required=True, allow_none=True)


class AgencyList(Strict):
    """All programs of agencies by name."""

    clients = fields.List(fields.Nested(AgencyState), required=True)


class AgencyId(Strict):
    """Names a program of an agency."""

    client_id = _client_id()


class ChangeAgency(Strict):
    """All scopes and purposes that a program is to have from now on."""

    client_id = _client_id()
    scopes = _scopes()
    purposes = _purposes()


class SetAgencyDisabled(Strict):
    """Whether a program is shut; its tokens end when it is."""

    client_id = _client_id()
    disabled = fields.Boolean(required=True, truthy={True}, falsy={False})


class AskForToken(Strict):
    """Client credentials (RFC 6749, 4.4), as a form; id and secret may stand in HTTP Basic instead."""

    grant_type = fields.String(required=True, validate=validate.Equal("client_credentials"))
    scope = optional_text()
    client_id = optional_text()
    client_secret = fields.String(load_default=None, allow_none=True, load_only=True)


class AgencyToken(Strict):
    """A bearer token of a program; `expires_in` is in seconds, `scope` what it reaches. Refusals are those of RFC 6749."""

    access_token = text()
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = count(least=1)
    scope = text()


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "agency_clients", "query", Strict, AgencyList, (ADMIN,), "部门接口用户一览", "Programs of agencies", {}),
    Operation("gateway", "register_agency", "command", RegisterAgency, AgencyGiven, (ADMIN,), "登记部门接口用户",
              "Register a program of an agency", {**_AGENCY, "agency": "示例信用办", "department": "credit"}),
    Operation("gateway", "change_agency", "command", ChangeAgency, AgencyState, (ADMIN,), "变更权限和用途",
              "Change what a program may ask", _AGENCY),
    Operation("gateway", "rotate_agency_secret", "command", AgencyId, AgencyGiven, (ADMIN,), "更换接口密钥",
              "Give a program a new secret", {"client_id": "credit-office"}),
    Operation("gateway", "set_agency_disabled", "command", SetAgencyDisabled, AgencyState, (ADMIN,), "停用或启用部门接口",
              "Shut or open a program", {"client_id": "credit-office", "disabled": True}),
    Operation("gateway", "agency_token", "command", AskForToken, AgencyToken, (PUBLIC,), "获取部门接口令牌",
              "A token for a program of an agency", {"grant_type": "client_credentials", "scope": "standing:read"}),
)  # fmt: skip
