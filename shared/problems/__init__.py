"""Errors that people read: what went wrong, at which field, and why, in Chinese and English.

A `Problem` crosses process borders as plain data and becomes RFC 9457 problem details at the gateway.
Whatever is no `Problem` is a fault of ours: it is logged, retried, and never shown to a user.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """One field that was refused: its path (dotted), and the reason in both languages."""

    field: str
    reason_zh: str
    reason_en: str

    def as_dict(self) -> dict[str, str]:
        return {"field": self.field, "reason_zh": self.reason_zh, "reason_en": self.reason_en}


class Problem(Exception):
    """Base of all errors that a user or an operator can mend.

    `code` is stable and machine readable; `status` is the HTTP status at the edge.
    """

    status: ClassVar[int] = 400
    title_zh: ClassVar[str] = "请求有误"
    title_en: ClassVar[str] = "Bad request"
    default_code: ClassVar[str] = "bad_request"

    def __init__(
        self,
        detail_zh: str,
        detail_en: str,
        *,
        code: str | None = None,
        errors: Iterable[FieldError] = (),
    ) -> None:
        super().__init__(f"{detail_en} / {detail_zh}")
        self.code = code or self.default_code
        self.detail_zh = detail_zh
        self.detail_en = detail_en
        self.errors = tuple(errors)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the wire; a kind of one room arrives as the nearest one named here, its code kept."""
        return {
            "kind": next(cls.__name__ for cls in type(self).__mro__ if cls.__name__ in _KINDS),
            "code": self.code,
            "detail_zh": self.detail_zh,
            "detail_en": self.detail_en,
            "errors": [error.as_dict() for error in self.errors],
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Problem:
        """Rebuild a problem that another process raised; an unknown kind becomes a plain `Problem`."""
        kind = _KINDS.get(str(data.get("kind")), Problem)
        errors = [
            FieldError(str(e.get("field", "")), str(e.get("reason_zh", "")), str(e.get("reason_en", "")))
            for e in data.get("errors", ())
        ]
        return kind(
            str(data.get("detail_zh", "")),
            str(data.get("detail_en", "")),
            code=str(data["code"]) if data.get("code") else None,
            errors=errors,
        )


class Invalid(Problem):
    """The input has the wrong form or breaks a rule; `errors` names each field."""

    status = 422
    title_zh = "输入不符合要求"
    title_en = "Invalid input"
    default_code = "invalid"


class Unauthenticated(Problem):
    """Nobody is signed in, or the token is forged, expired or revoked."""

    status = 401
    title_zh = "需要登录"
    title_en = "Sign-in required"
    default_code = "unauthenticated"


class Forbidden(Problem):
    """Signed in, but the role may not do this."""

    status = 403
    title_zh = "无权操作"
    title_en = "Not allowed"
    default_code = "forbidden"


class NotFound(Problem):
    """It does not exist, or it is not the caller's: the two are not told apart."""

    status = 404
    title_zh = "没有找到"
    title_en = "Not found"
    default_code = "not_found"


class Conflict(Problem):
    """The state does not allow it now, or somebody else changed it first."""

    status = 409
    title_zh = "当前状态不允许"
    title_en = "Not possible in the present state"
    default_code = "conflict"


class Unavailable(Problem):
    """Something that is needed does not answer; asking again later may help."""

    status = 503
    title_zh = "暂时无法办理"
    title_en = "Temporarily unavailable"
    default_code = "unavailable"


class Transient(Unavailable):
    """For the bus: worth another try after a while (goes to a retry tier instead of parking)."""

    default_code = "transient"


_KINDS: dict[str, type[Problem]] = {
    cls.__name__: cls
    for cls in (Problem, Invalid, Unauthenticated, Forbidden, NotFound, Conflict, Unavailable, Transient)
}


def invalid_field(field: str, reason_zh: str, reason_en: str, *, code: str | None = None) -> Invalid:
    """The common case of one refused field."""
    return invalid_fields([FieldError(field, reason_zh, reason_en)], code=code)


def invalid_fields(errors: Sequence[FieldError], *, code: str | None = None) -> Invalid:
    """Several refused fields, all said at once."""
    return Invalid(
        "；".join(f"{e.field}：{e.reason_zh}" for e in errors),
        "; ".join(f"{e.field}: {e.reason_en}" for e in errors),
        code=code,
        errors=errors,
    )
