"""Where somebody was going when they had to sign in, and what they had typed there: both come along through every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from services.gateway.portal.forms import SECRET

KEPT = "kept:"
_LONGEST = 2000  # characters of an address


@dataclass(frozen=True)
class Onward:
    """An address of ours (empty: one's first page), and the fields that were typed there."""

    address: str = ""
    typed: tuple[tuple[str, str], ...] = ()

    @classmethod
    def asked(cls, carried: Mapping[str, Any] | None = None) -> Onward:
        """What this request brings along: `next` of its address, and fields of its form or of what the session `carried`."""
        address = ours(request.values.get("next", ""))
        typed = [
            (name[len(KEPT) :], value)
            for name, value in request.form.items(multi=True)
            if name.startswith(KEPT)
        ]
        if not typed and carried and carried.get("at") == address.partition("?")[0]:
            typed = [(name, value) for name, values in carried.get("typed", {}).items() for value in values]
        return cls(address, tuple(typed))

    @classmethod
    def here(cls) -> Onward:
        """This page, with what was posted to it but for what its form calls secret.

        Where nothing is to be read at its address it is the page on which the form stood, as the browser names it.
        """
        here = request.full_path.rstrip("?")
        if request.method != "POST":
            return cls(here)
        secret = set(request.form.get(SECRET, "").split())
        typed = [
            (name, value)
            for name, value in request.form.items(multi=True)
            if "*" not in secret and not name.startswith("_") and name not in secret
        ]
        return cls(here if is_page(request.path) else _came_from(), tuple(typed))

    def by(self, step: str) -> str:
        """The address of a step on the way."""
        return step + ("?" + urlencode({"next": self.address}) if self.address else "")

    @property
    def carried(self) -> dict[str, Any]:
        """What a session keeps for the page that is gone on to."""
        if not self.typed:
            return {}
        found: dict[str, list[str]] = {}
        for name, value in self.typed:
            found.setdefault(name, []).append(value)
        return {"typed": found, "at": self.address.partition("?")[0]}


def again() -> str:
    """Where somebody who was refused goes on: what was asked for, once more; after a form the page on which it stands; empty
    where that is not known.
    """
    if request.method != "POST":
        address = ours(request.full_path.rstrip("?"))
    else:
        address = request.path if is_page(request.path) else _came_from()
    return quote(address, safe="/?&=%+:,;@~")


def is_page(path: str) -> bool:
    """Whether a page of the portal can be opened at a path."""
    try:
        name, _ = current_app.url_map.bind("localhost").match(path, method="GET")
    except HTTPException:
        return False
    return str(name).startswith("portal.")


def _came_from() -> str:
    """The page from which this was sent; empty where it is none of ours."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    address = ours(parts.path + (f"?{parts.query}" if parts.query else ""))
    return address if parts.netloc == request.host and is_page(unquote(parts.path)) else ""


def ours(address: str) -> str:
    """An address of this site, or none: nobody is led elsewhere after signing in."""
    if len(address) > _LONGEST or not address.isprintable() or "\\" in address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    inside = address.startswith("/") and not address.startswith("//") and not parts.netloc
    return address if inside and not parts.scheme else ""
