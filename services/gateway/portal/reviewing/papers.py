"""申报材料: the document beside the sheet, page by page as pictures; where there are none, its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from services.gateway.files import pages_of
from services.gateway.portal.visit import Visit
from shared.problems import Unavailable

_PAGED = "pdf"  # kinds that are read page by page come first
_LONGEST = 4  # digits of a page's number


@dataclass(frozen=True)
class Paper:
    """The file that is open, and where in it. `pages` are those that can be shown here: 0 where only the words can, or nothing.
    `away`: whether something can be shown is not known just now.
    """

    file: Mapping[str, Any]
    page: int
    pages: int
    words: str
    away: bool
    address: str  # below which its bytes and its pages are

    @property
    def content(self) -> str:
        """The address of the file itself."""
        return f"{self.address}/content"

    @property
    def picture(self) -> str:
        """The address of the page's picture."""
        return f"{self.address}/pages/{self.page}"

    @property
    def place(self) -> str:
        """Where it is open, for an address: what one turned to stays open from item to item."""
        return urlencode({"file": self.file["file_id"], "page": self.page})


def opened(visit: Visit, here: Mapping[str, str], files: Sequence[Mapping[str, Any]]) -> Paper | None:
    """The file that the address names, else the first that has pages, else the first. None where nothing was handed in. `files`
    are those of the dossier as review gave it to this visitor now.
    """
    if not files:
        return None
    named = {each["file_id"]: each for each in files}
    first = next((each for each in files if each["kind"] == _PAGED), files[0])
    file = named.get(request.args.get("file", ""), first)
    at = {"cycle_id": here["cycle_id"], "application_id": here["application_id"]}
    shown = _pages(visit, {**file, **at})
    pages = shown["pages"] if shown else 0
    return Paper(
        file=file,
        page=min(_asked_for(), max(pages, 1)),
        pages=pages,
        words=shown["words"] if shown else "",
        away=shown is None,
        address=f"/api/v1/cycles/{at['cycle_id']}/reviews/{at['application_id']}/files/{file['file_id']}",
    )


def _pages(visit: Visit, file: Mapping[str, Any]) -> dict[str, Any] | None:
    """What can be shown of a file. Review has just given the dossier that it is in to this visitor: it is not asked again."""
    try:
        return pages_of(visit.gateway, file, file["cycle_id"], visit.asked("gateway.reviewed_pages"))
    except Unavailable:
        return None


def _asked_for() -> int:
    page = request.args.get("page", "")
    return int(page) if page.isdecimal() and len(page) <= _LONGEST and int(page) else 1
