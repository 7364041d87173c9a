"""未送达的消息: what could not be sent, or of which nobody knows whether it was taken, to whom by subject, and why.

An operator has it tried again, or says that it was taken after all. No address, no text.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from services.gateway.portal.forms import Field, Filled, Form
from services.gateway.portal.listing import Listing, read
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import DELIVERY_STATES, MESSAGES, SENT_BY, word
from shared.contracts.operations import OPERATOR
from shared.contracts.operations.notifications.deliveries import CHANNELS, STATES

ROOM = Room("failed", (OPERATOR,))
PATH = "/ops/messages"
TITLE = Text("未送达的消息", "Messages that were not delivered")
_ID = Text("邮件的 Message-ID 以此开头", "The mail's Message-ID begins with")
ARRIVED = Form(
    (
        Field(
            "reason", Text("如何查明", "How it was found out"),
            hint=Text(
                "例如：邮件服务器日志中有该 Message-ID。写入审计记录",
                "For example: the mail server's log has the Message-ID. It stays in the audit log",
            ),
        ),
    ),
    submit=Text("确认已送达，不再发送", "It was taken, do not send it again"),
)  # fmt: skip


def _asked() -> Listing:
    filters = {"channel": CHANNELS, "state": STATES}
    return read(PATH, request.args.items(multi=True), filters=filters, columns=(), sort="")


@ROOM.page(PATH)
def failed(visit: Visit) -> Response:
    """A page of them, the newest first, of one channel or of all."""
    return _shown(visit, Form(()).filled({}))


def _shown(visit: Visit, form: Filled) -> Response:
    listing = _asked()
    found = visit.ask("notifications.failed", page=listing.page, size=listing.size, **listing.filters)
    rows = [
        {
            **each, "what": word(MESSAGES, each["template"]), "way": word(SENT_BY, each["channel"]),
            "word": word(DELIVERY_STATES, each["state"]),
        }
        for each in found["deliveries"]
    ]  # fmt: skip
    chips = [_chips(listing, "state", STATES, DELIVERY_STATES), _chips(listing, "channel", CHANNELS, SENT_BY)]
    return visit.page(
        "messages/failed.html",
        TITLE,
        rows=rows,
        total=found["total"],
        listing=listing,
        chips=chips,
        form=form,
    )


def _chips(
    listing: Listing, name: str, offered: tuple[str, ...], words: Mapping[str, Text]
) -> list[tuple[str, Text, bool]]:
    """Address, words, whether it is what is shown: all, and each by itself."""
    chosen = listing.filters.get(name)
    every = (listing.without(name), Text("全部", "all"), chosen is None)
    return [
        every,
        *((listing.address(**{name: each}), word(words, each), chosen == each) for each in offered),
    ]


@ROOM.page(PATH + "/<delivery_id>/again", methods=("POST",))
def again(visit: Visit, delivery_id: str) -> Response:
    """Begin anew with its tries."""
    asked = Form(()).posted(request.form)
    asked.attempt(lambda: visit.do("notifications.again", asked.key, delivery_id=delivery_id))
    if not asked.ok:
        return _shown(visit, asked)
    return visit.go(PATH, Text("将重新发送", "It will be sent again"))


@ROOM.page(PATH + "/<delivery_id>/arrival", methods=("GET", "POST"))
def arrival(visit: Visit, delivery_id: str) -> Response:
    """Of one of which nobody knew: it was taken; how that was found out stays in the audit log."""
    if request.method == "POST":
        filled = visit.submit(ARRIVED, "notifications.arrived", delivery_id=delivery_id)
        if filled.ok:
            return visit.go(PATH, Text("已记为送达，不再发送", "It counts as sent and is not sent again"))
    else:
        filled = visit.form(ARRIVED)
    title = Text("确认已送达", "It was taken after all")
    return visit.page("form.html", title, form=filled, back=PATH, facts=[(_ID, delivery_id)])
