"""What the headers of a request say: who asks, in which role, under which ids, on which day of a rehearsal."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote

from werkzeug.datastructures import Headers

from services.gateway.errors import BadRequest
from services.gateway.identity import Identity, Session, invalid_token
from shared.contracts import Context, Operation
from shared.contracts.operations import PUBLIC, ROLES
from shared.identifiers import new_id
from shared.problems import Forbidden, Unauthenticated

REQUEST_ID = "X-Request-Id"
IDEMPOTENCY_KEY = "Idempotency-Key"
REHEARSAL_DATE = "Zhiheng-Rehearsal-Date"
ON_BEHALF_OF = "Zhiheng-On-Behalf-Of"
TRACEPARENT, TRACESTATE = "traceparent", "tracestate"
ANYBODY = "anonymous"

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TRACE = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_STATE = re.compile(r"[\x20-\x7e]{1,512}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")
_LONGEST_GIVER = 600  # characters, escaped
# What a session may do that owes a second factor.
_ENROLMENT = frozenset({"me", "sign_out", "begin_second_factor", "confirm_second_factor"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Asked:
    """The circumstances of one request; `session` is None for the public."""

    session: Session | None
    role: str
    context: Context
    key: str
    address: str

    def anew(self) -> Asked:
        """The same circumstances for one more message: none is taken for a repetition of another."""
        return replace(self, context=replace(self.context, message_id=new_id()))

    def unnamed(self) -> Asked:
        """The same circumstances of nobody in particular: what is said so stands in no service's audit log by a name."""
        return replace(
            self, context=replace(self.context, actor=ANYBODY, role=PUBLIC, on_behalf_of="", delegated_by="")
        )

    @property
    def signed_in(self) -> Session:
        """The session of whoever asks. Raises Unauthenticated for the public."""
        if self.session is None:
            raise Unauthenticated("请先登录", "sign in first")
        return self.session

    @property
    def persona(self) -> bool:
        """Whether somebody is played: then only rehearsals may be touched."""
        return self.session is not None and self.session.rehearsal


def request_id(given: str | None) -> str:
    """The caller's id of the request where it is well formed, else a new one."""
    return given if given and _ID.fullmatch(given) else new_id()


def trace(given: str | None, state: str | None) -> tuple[str, str]:
    """traceparent and tracestate to hand on: the caller's trace with a span of ours, or a trace of our own."""
    found = _TRACE.fullmatch(given or "")
    span = secrets.token_hex(8)
    if found is None or set(found[1]) == {"0"} or set(found[2]) == {"0"}:
        return f"00-{secrets.token_hex(16)}-{span}-01", ""
    return f"00-{found[1]}-{span}-{found[3]}", state if state and _STATE.fullmatch(state) else ""


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header; None where there is none. Raises Unauthenticated for anything else."""
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        raise invalid_token()
    return token.strip()


def acting_role(operation: Operation, session: Session | None) -> str:
    """The role in which an operation is asked. Raises Unauthenticated where one has to sign in, Forbidden otherwise."""
    if session is not None:
        held = [role for role in ROLES if role in session.roles]
        allowed = held if PUBLIC in operation.roles else [role for role in held if role in operation.roles]
        if allowed:
            return allowed[0]
    if PUBLIC in operation.roles:
        return PUBLIC
    if session is None:
        raise Unauthenticated("请先登录", "sign in first")
    raise Forbidden("您的角色不能办理此事", "your role may not do this")


def rehearsal_day(given: str | None, *, allowed: bool) -> date | None:
    """The day that the caller plays. Raises Forbidden where rehearsals are refused, BadRequest for no date."""
    if given is None:
        return None
    if not allowed:
        raise Forbidden(
            "本系统不接受演练日期", "this system takes no rehearsal dates", code="rehearsals_refused"
        )
    try:
        if not _DAY.fullmatch(given):
            raise ValueError
        return date.fromisoformat(given)
    except ValueError:
        raise BadRequest(
            f"{REHEARSAL_DATE} 应为日期，格式 YYYY-MM-DD", f"{REHEARSAL_DATE} has to be a date, YYYY-MM-DD",
            code="bad_rehearsal_date",
        ) from None  # fmt: skip


def idempotency_key(given: str | None) -> str:
    """The caller's key, or a new one. Raises BadRequest for one that could not be kept."""
    if given is None:
        return new_id()
    if not _KEY.fullmatch(given):
        raise BadRequest(
            f"{IDEMPOTENCY_KEY} 只能有 1 至 128 个字母、数字或 . _ : -",
            f"{IDEMPOTENCY_KEY} has to be 1 to 128 letters, digits or . _ : -",
            code="bad_idempotency_key",
        )
    return given


def giver_of(given: str | None) -> str:
    """The subject of whoever lent the caller its role, percent-encoded UTF-8; empty without the header. Raises BadRequest."""
    if given is None:
        return ""
    giver = unquote(given, errors="replace").strip()
    if not giver or len(given) > _LONGEST_GIVER or not giver.isprintable():
        raise BadRequest(
            f"{ON_BEHALF_OF} 应为委托人的标识", f"{ON_BEHALF_OF} has to be whoever lent the role",
            code="bad_on_behalf_of",
        )  # fmt: skip
    return giver


def require_factor(operation: Operation, session: Session | None) -> None:
    """Raises Forbidden for a session that owes a second factor, but for what sets one up."""
    if session is None or not session.owes_factor:
        return
    if operation.service != "gateway" or operation.method not in _ENROLMENT:
        raise Forbidden(
            "您的角色必须先设定第二因素", "your role has to set up a second factor first",
            code="second_factor_owed",
        )  # fmt: skip


def message_id(actor: str, key: str) -> str:
    """The id of a command's message: one key of one actor is one id, and nobody can use up another's key."""
    return hashlib.sha256(f"{actor}\0{key}".encode()).hexdigest()[:32]


def circumstances(
    operation: Operation,
    headers: Headers,
    identity: Identity,
    *,
    request: str,
    traced: tuple[str, str],
    address: str,
    rehearsals: bool,
    by_cookie: bool = False,
) -> Asked:
    """Read the headers of a request for an operation: who it is comes first, then whether the role may, then the rest.

    A browser's token counts only where it came `by_cookie`, whose reader has seen that it was not idle too long.
    """
    token = bearer(headers.get("Authorization"))
    giver = giver_of(headers.get(ON_BEHALF_OF))
    if giver and token is None:
        raise Unauthenticated("请先登录", "sign in first")
    session = identity.session(token, giver) if token is not None else None
    if session is not None and session.browser and not by_cookie:
        raise invalid_token()
    require_factor(operation, session)
    role = acting_role(operation, session)
    day = rehearsal_day(headers.get(REHEARSAL_DATE), allowed=rehearsals)
    key = idempotency_key(headers.get(IDEMPOTENCY_KEY))
    actor = session.subject if session else ANYBODY
    lender = session.acting_for.subject if session and session.acting_for else ""
    owner = session.account_id + actor + (f"\0{lender}" if lender else "") if session else ANYBODY
    context = Context(
        message_id=message_id(owner, key) if operation.kind == "command" else new_id(),
        correlation_id=request,
        actor=actor,
        role=role,
        on_behalf_of=(session.unit or "") if session else "",
        delegated_by=lender,
        traceparent=traced[0],
        tracestate=traced[1],
        rehearsal_date=day,
    )
    return Asked(session, role, context, key, address)
