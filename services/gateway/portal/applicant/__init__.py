"""Pages of an applicant: its cases, the dossier it fills in, and the years after."""

from __future__ import annotations

from services.gateway.portal.applicant import dossier, files, home, people, recommending, sending
from services.gateway.portal.room import Room

ROOMS: tuple[Room, ...] = (home.ROOM, dossier.ROOM, files.ROOM, sending.ROOM, people.ROOM, recommending.ROOM)
