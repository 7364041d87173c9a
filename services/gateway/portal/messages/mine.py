"""我的消息: what one was told; what was not read comes first, what was read stays to be looked up."""

from __future__ import annotations

from flask import Response, request

from services.gateway.portal.forms import Form
from services.gateway.portal.listing import SIZES, Listing
from services.gateway.portal.navigation import home_of
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations.notifications.messages import PEOPLE

ROOM = Room("messages", PEOPLE)
PATH = "/messages"
_READ = "read"


@ROOM.page(PATH)
def messages(visit: Visit) -> Response:
    """Those that were not read, or with `?show=read` those that were."""
    read = request.args.get("show") == _READ
    given = request.args.get("page", "")
    page = max(1, int(given)) if given.isdecimal() and len(given) < 7 else 1
    listing = Listing(PATH, {"show": _READ} if read else {}, "", page, SIZES[0])
    found = visit.ask("notifications.mine", unread="no" if read else "yes", page=page, size=SIZES[0])
    title = Text("我的消息", "My messages")
    return visit.page(
        "messages/mine.html", title, found=found, read=read, listing=listing, desk=home_of(visit.roles)
    )


@ROOM.page(PATH + "/read", methods=("POST",))
def mark(visit: Visit) -> Response:
    """One or more were read."""
    asked = Form(()).posted(request.form)
    ids = request.form.getlist("id")[: SIZES[0]]
    if ids:
        asked.attempt(lambda: visit.do("notifications.read", asked.key, message_ids=ids))
    if not asked.ok:
        return visit.go(PATH)
    done = Text("已标为已读", "Marked as read")
    return visit.go(PATH, done if ids else None)
