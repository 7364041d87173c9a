"""Papers over HTTP: uploaded by everybody, claimed for a request before it goes to a service, given to few.

Whoever uploads for an objection, or objects, is not told of to the services: their audit logs name nobody then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Response, request

from services.gateway import files
from services.gateway.ballot_box.limits import share_of
from services.gateway.circumstances import Asked
from shared.contracts.operations import OPERATIONS
from shared.contracts.papers import OBJECTION, PaperList
from shared.identifiers import canonical_json, digest
from shared.problems import Conflict, Problem, Transient, Unavailable

if TYPE_CHECKING:
    from services.gateway.app import Gateway

FIELD = "papers"
Data = Mapping[str, Any]
Sending = Callable[[str, str, Data, Asked], dict[str, Any]]


# --- in -----------------------------------------------------------------------------------------------------------


def upload_paper(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The whole paper in one request. Raises as `keep` does."""
    largest = largest_of(gateway, data, asked)
    return keep(gateway, data, asked, request.content_length or 0, files.received(largest))


def largest_of(gateway: Gateway, data: Data, asked: Asked) -> int:
    """The most bytes that a paper of this purpose may have."""
    settings = gateway.settings
    return settings.papers_public_largest_bytes if _public(data, asked) else settings.file_largest_bytes


def keep(gateway: Gateway, data: Data, asked: Asked, length: int, body: Iterable[bytes]) -> dict[str, Any]:
    """Keep a paper of so many bytes. Raises RateLimited for whoever sends too many that are kept as the public's.

    Those are counted by account where there is one, else by address: what goes with an objection has no other bound to one
    person, for no service is told who uploads it.
    """
    if _public(data, asked):
        account = None if asked.session is None else f"account:{asked.session.account_id}"
        gateway.paper_window.take(account or share_of(asked.address))
    if data["purpose"] == OBJECTION:
        asked = asked.unnamed()
    store, largest = files.content_of(gateway), largest_of(gateway, data, asked)
    if length > largest:
        raise files.too_large(largest)
    gateway.dispatcher.ask("intake", "may_add_paper", {**data, "size": length}, asked.anew())
    stored = store.write(body, limit=largest)
    kept = {"digest": stored.digest, "size": stored.size}
    return gateway.dispatcher.ask("intake", "add_paper", {**data, **kept}, asked)


def _public(data: Data, asked: Asked) -> bool:
    return asked.session is None or data["purpose"] == OBJECTION


# --- with a request -----------------------------------------------------------------------------------------------


@cache
def field_of(operation: str) -> PaperList | None:
    """The field by which an operation of a service takes papers; None where it takes none."""
    known = OPERATIONS.get(operation)
    found = None if known is None or known.kind == "query" else known.request().fields.get(FIELD)
    return found if isinstance(found, PaperList) else None


def with_papers(send: Sending, service: str, method: str, data: Data, asked: Asked) -> dict[str, Any]:
    """Claim what a request names, send it on with bare ids, and free the papers where the service refuses it.

    Where nobody knows what became of the request they stay claimed: sent again with its key it finds them its own.
    """
    field = field_of(f"{service}.{method}")
    if field is None or not data.get(FIELD):
        return send(service, method, data, asked)
    named = [name.partition(":")[::2] for name in data[FIELD]]
    claim = digest([asked.context.message_id, dict(data)]).partition(":")[2][:32]
    wanted = {
        "papers": [{"paper_id": paper, "token": token or None} for paper, token in named],
        "operation": f"{service}.{method}",
        "claim": claim,
        "purpose": field.purpose,
    }
    send("intake", "claim_papers", wanted, asked.anew())
    try:
        return send(service, method, {**data, FIELD: [paper for paper, _ in named]}, asked)
    except (Unavailable, Transient):
        raise
    except Problem:
        send("intake", "release_papers", {"claim": claim}, asked.anew())
        raise


# --- out ----------------------------------------------------------------------------------------------------------


def paper_content(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """The bytes of an accepted paper, as an attachment; who read which is in the audit log.

    Raises NotFound for a paper of an objection in which the officer has no part.
    """
    paper = gateway.dispatcher.ask("intake", "paper", data, asked.anew())
    if paper["purpose"] == OBJECTION:  # whoever has no part in the case does not read what it stands on
        gateway.dispatcher.ask("eligibility", "may_read_objection_paper", data, asked.anew())
    if paper["state"] != "accepted":
        zh, en = (
            ("正在检查", "is being checked")
            if paper["state"] == "checking"
            else ("未通过检查", "was refused")
        )
        raise Conflict(
            f"文件{zh}，不能下载", f"the paper {en} and is not given", code=f"file_{paper['state']}"
        )
    told = canonical_json({name: paper[name] for name in ("paper_id", "digest")}).decode("utf-8")
    gateway.identity.record(asked.signed_in, "paper:read", reason=told, cycle_id=None)
    body = files.stream(files.content_of(gateway), paper["digest"])
    return files.download(body, paper["size"], paper["file_name"], files.BYTES, etag=paper["digest"])
