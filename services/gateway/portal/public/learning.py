"""学习交流: what reviewers found in many applications, with nobody named, once the office has published it; and the winners."""

from __future__ import annotations

from flask import Response

from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import PUBLIC

ROOM = Room("learning", (PUBLIC,))
TITLE = Text("学习交流", "Learn")


@ROOM.page("/learn", kept=True)
def learn(visit: Visit) -> Response:
    """All published digests, the newest first."""
    told = visit.ask_or_none("review.digests")
    return visit.page("public/learn.html", TITLE, digests=None if told is None else told["digests"])


@ROOM.page("/learn/<cycle_id>", kept=True)
def digest(visit: Visit, cycle_id: str) -> Response:
    """共性问题汇总 of one cycle; before it is published there is no such page."""
    told = visit.ask("review.digest", cycle_id=cycle_id)
    title = Text("共性问题汇总", "Common problems")
    items = {line["item"]: line for group in told["groups"] for line in group["categories"]}
    return visit.page(
        "public/digest.html", title, told=told, items=items, papers=f"/api/v1/cycles/{cycle_id}/digest"
    )
