"""The public's notices: the list, each of them, and the feed. A rehearsal's are on none of them."""

from __future__ import annotations

from typing import Any

from flask import Response

from services.gateway.errors import not_found
from services.gateway.portal.public.feed import FEED, atom
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import NOTICE_CHANGES, word
from shared.contracts.operations import PUBLIC

ROOM = Room("notices", (PUBLIC,))
TITLE = Text("公示", "Public notices")


@ROOM.page("/notices", kept=True)
def notices(visit: Visit) -> Response:
    """All that were posted, the newest first."""
    return visit.page("public/notices.html", TITLE, notices=_posted(visit), feed=FEED)


@ROOM.page("/notices/<cycle_id>/<notice>", kept=True)
def notice(visit: Visit, cycle_id: str, notice: str) -> Response:
    """One notice with its list, and how to object."""
    told = visit.ask("eligibility.notice", cycle_id=cycle_id, notice=notice)
    if told["rehearsal"]:
        raise not_found()
    title = Text(told["title_zh"], told["title_en"])
    papers = f"/api/v1/cycles/{cycle_id}/notices/{notice}"
    return visit.page(
        "public/notice.html",
        title,
        notice=told,
        papers=papers,
        feed=FEED,
        word=word,
        NOTICE_CHANGES=NOTICE_CHANGES,
    )


@ROOM.page(FEED, kept=True)
def feed(visit: Visit) -> Response:
    """The same list for programs that watch it."""
    text = atom(_posted(visit), visit.gateway.settings.public_url.rstrip("/"))
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def _posted(visit: Visit) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visit.ask("eligibility.posted_notices")["notices"]
    return found
