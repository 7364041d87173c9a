"""未送达的消息: what could not be sent, to whom by subject, and why; an operator has it tried again. No address, no text."""

from __future__ import annotations

from flask import Response, request

from services.gateway.portal.forms import Filled, Form
from services.gateway.portal.listing import Listing, read
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import MESSAGES, SENT_BY, word
from shared.contracts.operations import OPERATOR
from shared.contracts.operations.notifications.deliveries import CHANNELS

ROOM = Room("failed", (OPERATOR,))
PATH = "/ops/messages"
TITLE = Text("未送达的消息", "Messages that were not delivered")


def _asked() -> Listing:
    return read(PATH, request.args.items(multi=True), filters={"channel": CHANNELS}, columns=(), sort="")


@ROOM.page(PATH)
def failed(visit: Visit) -> Response:
    """A page of them, the newest first, of one channel or of all."""
    return _shown(visit, Form(()).filled({}))


def _shown(visit: Visit, form: Filled) -> Response:
    listing = _asked()
    found = visit.ask(
        "notifications.failed", channel=listing.filters.get("channel"), page=listing.page, size=listing.size
    )
    rows = [
        {**each, "what": word(MESSAGES, each["template"]), "way": word(SENT_BY, each["channel"])}
        for each in found["deliveries"]
    ]
    ways = [(listing.without("channel"), Text("全部", "all"), "channel" not in listing.filters)] + [
        (listing.address(channel=each), word(SENT_BY, each), listing.filters.get("channel") == each)
        for each in CHANNELS
    ]
    return visit.page(
        "messages/failed.html", TITLE, rows=rows, total=found["total"], listing=listing, ways=ways, form=form
    )


@ROOM.page(PATH + "/<delivery_id>/again", methods=("POST",))
def again(visit: Visit, delivery_id: str) -> Response:
    """Begin anew with its tries."""
    asked = Form(()).posted(request.form)
    asked.attempt(lambda: visit.do("notifications.again", asked.key, delivery_id=delivery_id))
    if not asked.ok:
        return _shown(visit, asked)
    return visit.go(PATH, Text("将重新发送", "It will be sent again"))
