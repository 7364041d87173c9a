"""证明材料: papers that belong to no dossier. What each is for, how it was found, and for which request it was claimed.

Whoever has an account is known by it; whoever has none, or objects and shall not be known, by a token that is shown once.
A paper goes with one request: the gateway claims it before the request goes on, and releases it where that is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, update

from services.intake import models
from services.intake.archive import contents
from services.intake.files import CHECKING, REFUSED, FileTerms, too_large
from shared.config import Settings
from shared.contracts.events import PaperReceived
from shared.contracts.operations import FINANCE, OFFICE, PUBLIC, WATCHERS
from shared.contracts.papers import OBJECTION
from shared.problems import Conflict, FieldError, NotFound, invalid_field, invalid_fields
from shared.store import Work

_PAPERS = models.papers
_NOBODY = ("", PUBLIC)  # roles behind which no account stands
_MONEY = "incentives."  # operations whose papers finance reads


@dataclass(frozen=True)
class PaperTerms:
    """What may be handed in: sizes in bytes, and how many papers that went with no request may lie here."""

    files: FileTerms
    public_largest_bytes: int
    most: int  # of one account
    public_most: int  # of the public altogether, those of the last day

    @classmethod
    def of(cls, settings: Settings) -> PaperTerms:
        """The terms that the settings say."""
        return cls(
            FileTerms.of(settings),
            settings.papers_public_largest_bytes,
            settings.papers_most,
            settings.papers_public_most,
        )


# --- coming -------------------------------------------------------------------------------------------------------


def may_add(work: Work, data: Mapping[str, Any], terms: PaperTerms) -> dict[str, Any]:
    """Refuse a paper before its first byte. Raises Invalid, Conflict."""
    name, size = data["file_name"], data["size"]
    largest = terms.files.largest_bytes if _owner(work, data["purpose"]) else terms.public_largest_bytes
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in terms.files.kinds:
        kinds = terms.files.kinds
        raise invalid_field("file_name", f"只接收 {'、'.join(kinds)}", f"only {', '.join(kinds)} are taken")
    if size > largest:
        raise too_large(largest)
    if not size:
        raise invalid_field("size", "文件是空的", "the file is empty", code="empty")
    _require_room(work, _owner(work, data["purpose"]), terms)
    return {"done": True}


def _require_room(work: Work, owner: str | None, terms: PaperTerms) -> None:
    """What was refused has been kept and looked into as well: it counts for a day."""
    recent = _PAPERS.c.added_at > work.now() - timedelta(days=1)
    waiting = and_(_PAPERS.c.claim.is_(None), _PAPERS.c.rehearsal.is_(_rehearsal(work)))
    if owner is None:
        whose, most = and_(_PAPERS.c.uploaded_by.is_(None), recent), terms.public_most
    else:
        whose = and_(_PAPERS.c.uploaded_by == owner, or_(_PAPERS.c.state != REFUSED, recent))
        most = terms.most
    held = work.session.execute(select(func.count()).where(waiting, whose)).scalar_one()
    if held >= most:
        raise Conflict(
            f"未随请求提交的材料已达 {most} 份，请先提交或稍后再来",
            f"{most} papers lie here that went with no request; hand them in first, or come later",
            code="no_room",
        )


def add(work: Work, data: Mapping[str, Any], terms: PaperTerms) -> dict[str, Any]:
    """Take note of a paper that the gateway has kept, and have it looked into. Raises as `may_add` does."""
    may_add(work, data, terms)
    contents.require_staying(work, data["digest"])
    owner = _owner(work, data["purpose"])
    token = None if owner else secrets.token_urlsafe(32)
    paper_id = work.new_id()
    names = ("purpose", "file_name", "size", "digest")
    values = {
        "id": paper_id, "state": CHECKING, "reasons": [], "uploaded_by": owner, "rehearsal": _rehearsal(work),
        "token_digest": None if token is None else _digest(token), "added_at": work.now(),
        **{name: data[name] for name in names},
    }  # fmt: skip
    work.session.execute(_PAPERS.insert().values(**values))
    work.publish(PaperReceived, {"paper_id": paper_id}, subject=paper_id)
    work.audit("paper:added", paper_id, after={"digest": data["digest"], "purpose": data["purpose"]})
    told = {name: values[name] for name in (*names, "state")}
    return {"paper_id": paper_id, **told, "kind": None, "token": token}


def _owner(work: Work, purpose: str) -> str | None:
    """By whom a paper is known to be; what comes with an objection is known by its token alone."""
    if work.context.role in _NOBODY or purpose == OBJECTION:
        return None
    return work.context.actor


def _rehearsal(work: Work) -> bool:
    """Papers of rehearsals are a world of their own: whom a persona plays may be somebody real."""
    return work.context.rehearsal_date is not None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


# --- what is there ------------------------------------------------------------------------------------------------


def one(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """A paper, for the watchers and whoever uploaded it; one of an objection for the office alone. Finance reads what proves
    costs, payments and their use: the second person of two has to see what the first one showed.

    Raises NotFound for what is not for whoever asks.
    """
    role = work.context.role
    wanted = [_PAPERS.c.id == data["paper_id"], _PAPERS.c.rehearsal.is_(_rehearsal(work))]
    if role != OFFICE:
        wanted.append(_PAPERS.c.purpose != OBJECTION)
    if role not in WATCHERS:
        own = _PAPERS.c.uploaded_by == work.context.actor
        wanted.append(or_(own, _PAPERS.c.claimed_by.startswith(_MONEY)) if role == FINANCE else own)
    row = None if role in _NOBODY else work.session.execute(select(_PAPERS).where(*wanted)).one_or_none()
    if row is None:
        raise NotFound("没有这份材料", "no such paper")
    return _state(row)


def _state(row: Row[Any]) -> dict[str, Any]:
    names = ("purpose", "file_name", "size", "digest", "state", "kind", "reasons", "scan", "claimed_by")
    checked = None if row.checked_at is None else row.checked_at.isoformat()
    return {
        "paper_id": row.id,
        **{name: getattr(row, name) for name in names},
        "added_at": row.added_at.isoformat(),
        "checked_at": checked,
    }


# --- going with a request -----------------------------------------------------------------------------------------


def claim(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """Bind papers to a request. Raises Invalid that names each paper that may not go with it, and why."""
    ids = [named["paper_id"] for named in data["papers"]]
    query = select(_PAPERS).where(_PAPERS.c.id.in_(ids), _PAPERS.c.rehearsal.is_(_rehearsal(work)))
    found = {row.id: row for row in work.session.execute(query.order_by(_PAPERS.c.id).with_for_update())}
    faults = []
    for place, named in enumerate(data["papers"]):
        why = _fault(work, found.get(named["paper_id"]), named["token"], data)
        if why is not None:
            faults.append(FieldError(f"papers.{place}", *why))
    if faults:
        raise invalid_fields(faults, code="papers")
    values = {"claim": data["claim"], "claimed_by": data["operation"], "claimed_at": work.now()}
    free = update(_PAPERS).where(_PAPERS.c.id.in_(ids), _PAPERS.c.claim.is_(None))
    if getattr(work.session.execute(free.values(**values)), "rowcount", 0):
        work.audit("papers:claimed", data["claim"], after={"papers": ids, "operation": data["operation"]})
    return {"done": True}


def _fault(
    work: Work, row: Row[Any] | None, token: str | None, data: Mapping[str, Any]
) -> tuple[str, str] | None:
    """Why a paper may not go with a request; None where it may. Somebody else's is told as one that does not exist."""
    if row is None or not _mine(work, row, token):
        return "没有这份材料，或不是您上传的", "no such paper, or not yours"
    if row.state == REFUSED:
        return "文件未通过检查", "the file was refused"
    if data["purpose"] is None and row.purpose == OBJECTION:
        return "异议材料只能随异议提交", "a paper of an objection goes with an objection only"
    if data["purpose"] is not None and row.purpose != data["purpose"]:
        return (
            f"材料用途为 {row.purpose}，不是 {data['purpose']}",
            f"handed in as {row.purpose}, not as {data['purpose']}",
        )
    if row.claim is not None and row.claim != data["claim"]:
        return "材料已随另一请求提交", "it went with another request already"
    return None


def _mine(work: Work, row: Row[Any], token: str | None) -> bool:
    if row.uploaded_by is not None:
        return bool(row.uploaded_by == work.context.actor and work.context.role not in _NOBODY)
    return token is not None and hmac.compare_digest(str(row.token_digest), _digest(token))


def release(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """Free the papers of a request that its service refused; nothing where none are bound to it."""
    bound = update(_PAPERS).where(_PAPERS.c.claim == data["claim"])
    freed = work.session.execute(bound.values(claim=None, claimed_by=None, claimed_at=None))
    if getattr(freed, "rowcount", 0):
        work.audit("papers:released", data["claim"])
    return {"done": True}


# --- what was found -----------------------------------------------------------------------------------------------


def settle(work: Work, paper_id: str, found: Mapping[str, Any]) -> None:
    """Write what was found in a paper, once."""
    names = ("state", "kind", "reasons", "scan", "scanned_by", "signature")
    kept = {name: found[name] for name in names if name in found}
    waiting = update(_PAPERS).where(_PAPERS.c.id == paper_id, _PAPERS.c.state == CHECKING)
    done = work.session.execute(waiting.values(checked_at=work.now(), **kept))
    if getattr(done, "rowcount", 0):
        work.audit("paper:checked", paper_id, after={"state": found["state"]})
