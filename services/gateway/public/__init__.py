"""The pages that anybody may read: made here from what the services answer, without a script, in one frame."""

from __future__ import annotations

from services.gateway.public.frame import page, shown, visitor
from services.gateway.public.pages import add_public_pages

__all__ = ["add_public_pages", "page", "shown", "visitor"]
