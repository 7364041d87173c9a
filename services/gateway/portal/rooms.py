"""Which rooms the portal has. One module a topic; add yours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from services.gateway.portal import applicant, recommending, signing_in
from services.gateway.portal.account import factor, identities, lending, mine
from services.gateway.portal.deciding import ROOMS as DECIDING_ROOMS
from services.gateway.portal.departments import enquiries
from services.gateway.portal.messages import announcing, failed
from services.gateway.portal.messages import mine as messages
from services.gateway.portal.money import approving, desk, following, paying
from services.gateway.portal.office import ROOMS as OFFICE_ROOMS
from services.gateway.portal.operating import accounts, audit, services
from services.gateway.portal.public import (
    balloting,
    checking,
    home,
    honours,
    learning,
    notices,
    objecting,
    regulations,
    tracking,
    voting,
)
from services.gateway.portal.reviewing import declaring, leading, sheets, work
from services.gateway.portal.room import Room, largest_body, mount
from services.gateway.portal.watching import discipline, rehearsals
from services.gateway.portal.watching import forms as supervision
from shared.config import Settings

if TYPE_CHECKING:
    from services.gateway.app import Gateway

ROOMS: tuple[Room, ...] = (
    signing_in.ROOM,
    mine.ROOM,
    factor.ROOM,
    identities.ROOM,
    lending.ROOM,
    messages.ROOM,
    failed.ROOM,
    announcing.ROOM,
    home.ROOM,
    notices.ROOM,
    honours.ROOM,
    regulations.ROOM,
    checking.ROOM,
    objecting.ROOM,
    tracking.ROOM,
    voting.ROOM,
    balloting.ROOM,
    learning.ROOM,
    *applicant.ROOMS,
    *recommending.ROOMS,
    *OFFICE_ROOMS,
    *DECIDING_ROOMS,
    enquiries.ROOM,
    accounts.ROOM,
    audit.ROOM,
    services.ROOM,
    work.ROOM,
    sheets.ROOM,
    declaring.ROOM,
    leading.ROOM,
    desk.ROOM,
    approving.ROOM,
    paying.ROOM,
    following.ROOM,
    discipline.ROOM,
    supervision.ROOM,
    rehearsals.ROOM,
)


def largest_form(settings: Settings) -> int:
    """Bytes of the longest form of all pages: the server takes as much, so that every refusal is worded by the page."""
    return max(largest_body(settings, page) for room in ROOMS for page in room.pages)


def add_pages(app: Flask, gateway: Gateway) -> None:
    """All pages of the portal."""
    mount(app, gateway, ROOMS)
