"""The portal: pages for every role, on the same operations as the API."""

from __future__ import annotations

from services.gateway.portal.rooms import ROOMS, add_pages

__all__ = ["ROOMS", "add_pages"]
