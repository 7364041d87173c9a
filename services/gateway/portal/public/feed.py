"""The feed of notices (RFC 4287). Pure: the same notices give the same bytes."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from shared.documents.text import clean

ATOM = "http://www.w3.org/2005/Atom"
FEED = "/notices/feed.atom"
_TITLE = "公示 Public notices"
# Ids of entries are made from what never changes of a notice, under a name of our own.
_NAMES = UUID("6f1f9a52-54c0-4b9e-9a7e-1f6f4c1d7b3a")
_LONG_AGO = "1970-01-01T00:00:00+08:00"  # of a feed in which nothing was ever posted
_AUTHOR = "评审办公室 Award office"


def path_of(said: dict[str, Any]) -> str:
    """Where a notice is read."""
    return f"/notices/{said['cycle_id']}/{said['notice']}"


def atom(notices: list[dict[str, Any]], base: str) -> bytes:
    """The feed, the newest first; `base` is the scheme and host of the pages, or empty. The same notices give the same bytes."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(_atom("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": "zh-Hans"})
    _text(feed, "id", f"urn:uuid:{uuid5(_NAMES, base + FEED)}")
    _text(feed, "title", _TITLE)
    _text(feed, "updated", max((said["changed_at"] for said in notices), default=_LONG_AGO))
    _text(ET.SubElement(feed, _atom("author")), "name", _AUTHOR)
    _link(feed, "self", base + FEED, "application/atom+xml")
    _link(feed, "alternate", base + "/notices", "text/html")
    for said in notices:
        _entry(feed, said, base)
    ET.indent(feed, space="")
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _entry(feed: ET.Element, said: dict[str, Any], base: str) -> None:
    entry = ET.SubElement(feed, _atom("entry"))
    _text(entry, "id", f"urn:uuid:{uuid5(_NAMES, path_of(said))}")
    _text(entry, "title", f"{said['award_zh']} {said['year']} 年度：{said['title_zh']}{_marks(said)}")
    _text(entry, "published", said["posted_at"])
    _text(entry, "updated", said["changed_at"])
    _link(entry, "alternate", base + path_of(said), "text/html")
    over = "，已结束 (over)" if said["state"] == "ended" else ""
    _text(
        entry,
        "summary",
        f"公示期 {said['first_day']} 至 {said['last_day']}{over}。{_corrected(said)}"
        f"{said['title_en']}, {said['award_en']} {said['year']}.",
    )


def _marks(said: dict[str, Any]) -> str:
    return ("（更正公示）" if said["corrects"] else "") + ("（已更正）" if said["corrected_by"] else "")


def _corrected(said: dict[str, Any]) -> str:
    """Which notice it corrects, and which corrects it."""
    corrects, by = said["corrects"], said["corrected_by"]
    found = f"更正公示 {corrects} (a correction of {corrects})。" if corrects else ""
    return found + (f"已于 {said['corrected_on']} 由公示 {by} 更正 (corrected by {by})。" if by else "")


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _atom(name)).text = clean(text)


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, _atom("link"), {"rel": rel, "href": href, "type": kind})
