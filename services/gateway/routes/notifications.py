"""Ways to messages: one's own, what could not be sent, addresses, announcements."""

from __future__ import annotations

from services.gateway.routes.paths import CYCLE
from services.gateway.routes.route import Route

_TAG = "notifications"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/me/addresses", "gateway.my_addresses", _TAG),
    Route("PUT", "/me/addresses", "gateway.set_addresses", _TAG, behind=("notifications.keep_contact",)),
    Route("GET", "/me/notifications", "notifications.mine", _TAG),
    Route("PUT", "/me/notifications/read", "notifications.read", _TAG),
    Route("GET", "/notifications/failed", "notifications.failed", _TAG),
    Route("POST", "/notifications/{delivery_id}/again", "notifications.again", _TAG),
    Route("POST", "/notifications/{delivery_id}/arrival", "notifications.arrived", _TAG),
    Route("POST", CYCLE + "/announcements", "notifications.announce", _TAG, 201),
    Route("GET", CYCLE + "/announcements", "notifications.announcements", _TAG),
    Route("POST", "/announcements/{announcement_id}/decision", "notifications.decide_announcement", _TAG),
)
