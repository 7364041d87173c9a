"""Which rooms the portal has. One module a topic; add yours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from services.gateway.portal import applicant, recommending, signing_in
from services.gateway.portal.deciding import ROOMS as DECIDING_ROOMS
from services.gateway.portal.departments import enquiries
from services.gateway.portal.office import ROOMS as OFFICE_ROOMS
from services.gateway.portal.operating import accounts, audit, services
from services.gateway.portal.public import home, honours, notices
from services.gateway.portal.reviewing import declaring, leading, sheets, work
from services.gateway.portal.room import Room, mount

if TYPE_CHECKING:
    from services.gateway.app import Gateway

ROOMS: tuple[Room, ...] = (
    signing_in.ROOM,
    home.ROOM,
    notices.ROOM,
    honours.ROOM,
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
)


def add_pages(app: Flask, gateway: Gateway) -> None:
    """All pages of the portal."""
    mount(app, gateway, ROOMS)
