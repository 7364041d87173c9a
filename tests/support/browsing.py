"""A browser without a browser: pages of the portal through the real application, with cookies, forms and redirects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.gateway import PASSWORD, Bench

_SITE = "https://localhost"  # `__Host-` cookies want a secure origin


class _Reader(HTMLParser):
    """Links, and the forms with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        elif tag == "form":
            self.forms.append(
                {
                    "action": given.get("action") or "",
                    "method": given.get("method"),
                    "fields": [],
                    "asked": {},
                }
            )
        elif tag == "input" and name and self.forms:
            kind = given.get("type") or "text"
            self._asks(name, given.get("inputmode") or kind, value)
            if kind not in {"radio", "checkbox", "file", "submit"} or "checked" in given:
                self.forms[-1]["fields"].append((name, value))
        elif tag == "textarea" and name and self.forms:
            self._area = name
            self._asks(name, tag)
            self.forms[-1]["fields"].append((name, ""))
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and self.forms:
            self._asks(self._select, "select", value)
            if "selected" in given:
                self.forms[-1]["fields"].append((self._select, value))

    def _asks(self, name: str, kind: str, value: str = "") -> None:
        """What a form asks for, chosen or not: by name the kind of field and what it offers."""
        self.forms[-1]["asked"].setdefault(name, (kind, []))[1].append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, before = self.forms[-1]["fields"].pop()
            self.forms[-1]["fields"].append((name, before + data))


@dataclass
class Shown:
    """A page as it came."""

    address: str
    response: TestResponse

    @cached_property
    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.text)
        return reader

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return self._read.links

    @property
    def forms(self) -> list[dict[str, Any]]:
        """Its forms with what stands in them."""
        return self._read.forms

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """The page's source."""
        return self.response.get_data().decode(errors="replace")  # a page may give a picture or a paper

    @property
    def words(self) -> str:
        """What stands on it, without markup and with single spaces."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.text).split())

    def form(self, having: str = "_key") -> dict[str, Any]:
        """The form with a field of that name."""
        return next(form for form in self.forms if any(name == having for name, _ in form["fields"]))


_GOOD = {
    "date": "2026-05-12", "datetime-local": "2026-05-12T09:30", "numeric": "1", "decimal": "1",
    "password": "right horse of a battery 7", "textarea": "有内容", "text": "有内容",
}  # fmt: skip


def plausible(form: Mapping[str, Any], *, last: bool = False) -> dict[str, str]:
    """Something of the right kind in each field that people fill in: what stands there, else the first (or `last`) choice."""
    found = dict(form["fields"])
    for name, (kind, offered) in form["asked"].items():
        choices = [value for value in offered if value]
        if kind == "file" or name.startswith("_") or name.endswith("._rows"):
            continue
        if last and kind in {"radio", "select"} and choices:
            found[name] = choices[-1]
        found[name] = found.get(name) or next(iter(choices), "") or _GOOD.get(kind, "")
    return found


def masked(shown: Shown) -> str:
    """A page's source without what is new each time it is made: keys of forms, ids of requests."""
    keys = r'(name="_(?:key|csrf)" value=")[^"]*'
    return re.sub(r"<code>[0-9a-f]{32}</code>", "<code></code>", re.sub(keys, r"\1", shown.text))


class Visitor:
    """Somebody who browses; `role` signs in through the sign-in page."""

    def __init__(self, bench: Bench, role: str | None = None) -> None:
        self.bench = bench
        self.client: FlaskClient = bench.app.test_client()
        if role is not None:
            shown = self.post("/login", {"username": bench.account(role), "password": PASSWORD})
            assert shown.status == 303, shown.words

    def open(self, address: str, **headers: str) -> Shown:
        """A page, without following where it leads."""
        found = self.client.get(address, base_url=_SITE, headers=headers)
        return Shown(address, found)

    def follow(self, shown: Shown) -> Shown:
        """Where an answer leads."""
        assert shown.status == 303, (shown.status, shown.words)
        return self.open(shown.response.headers["Location"])

    def post(
        self, address: str, data: Mapping[str, Any] | Iterable[tuple[str, Any]], **headers: str
    ) -> Shown:
        """Post plain fields."""
        pairs = list(data.items()) if isinstance(data, Mapping) else list(data)
        found: dict[str, list[Any]] = {}
        for name, value in pairs:
            found.setdefault(name, []).append(value)
        return Shown(address, self.client.post(address, base_url=_SITE, data=found, headers=headers))

    def fill(self, shown: Shown, having: str = "_key", **values: Any) -> Shown:
        """Fill in the form of a page and send it; a list is several values, None takes a field away."""
        form = shown.form(having)
        kept = [(name, value) for name, value in form["fields"] if name not in values]
        for name, value in values.items():
            kept += [
                (name, each) for each in (value if isinstance(value, list) else [value]) if each is not None
            ]
        return self.post(form["action"] or shown.address, kept)


def signed_in_again(visitor: Visitor, sent: Shown, role: str) -> Shown:
    """Where somebody comes to who signs in on the answer to what they sent when their session had ended."""
    assert sent.status == 401, (sent.status, sent.words)
    done = visitor.fill(sent, having="username", username=f"user.{role}", password=PASSWORD)
    return visitor.follow(done)
