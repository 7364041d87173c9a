"""What the pages of one dossier begin with: the draft, its cycle and the form that its rulebook asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.gateway.portal.applicant.sections import sections_of
from services.gateway.portal.visit import Visit

Said = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A dossier of one's own."""

    draft: Said
    cycle: Said
    form: Said

    @property
    def id(self) -> str:
        """The application's id."""
        return str(self.draft["application_id"])

    @property
    def path(self) -> str:
        """Where its pages are."""
        return path_of(self.id)

    @property
    def name(self) -> str:
        """Who applies, as far as that is known."""
        return str(self.draft["parts"].get("name") or "") or "（未填名称）"

    @property
    def returned(self) -> set[str]:
        """What a correction that is open asks to be mended."""
        correction = self.draft["correction"]
        if self.draft["status"] != "returned" or correction is None:
            return set()
        return {item["field"] for item in correction["items"]}

    @property
    def last_day(self) -> str:
        """Until when something may be done to it."""
        correction = self.draft["correction"]
        return str(correction["due_on"] if self.returned and correction else self.cycle["closes_on"])

    def open_on(self, today: date) -> bool:
        """Whether anything may be written into it on a day."""
        if self.draft["status"] not in ("draft", "returned"):
            return False
        return today <= date.fromisoformat(self.last_day[:10])

    def may_write(self, part: str, today: date) -> bool:
        """Whether a part or a material may be changed: all of a draft, of a returned one what was named."""
        return self.open_on(today) and (self.draft["status"] == "draft" or part in self.returned)

    @property
    def asks_recommendation(self) -> bool:
        """Whether the regulation asks somebody else for a recommendation."""
        return any(part["name"] == "recommended_by" for part in self.form["by_others"])

    @property
    def asks_nomination(self) -> bool:
        """Whether the regulation asks for a nomination."""
        return any(part["name"] == "nominated_by" for part in self.form["by_others"])

    @property
    def sections(self) -> list[Any]:
        """The pages of the form with their parts."""
        return sections_of(self.form)


def path_of(application_id: str) -> str:
    """Where the pages of an application are."""
    return f"/my/a/{application_id}"


def open_case(visit: Visit, application_id: str) -> Case:
    """A dossier of one's own. Raises NotFound for any other."""
    draft = visit.ask("intake.draft", application_id=application_id)
    cycle = visit.ask("intake.cycle", cycle_id=draft["cycle_id"])
    book = visit.ask("gateway.rulebook", rulebook=cycle["rulebook"])
    category = draft["parts"].get("category")
    known = category if category in book["categories"] else None
    kind = draft["kind"] if draft["kind"] in book["kinds"] else book["kinds"][0]
    form = visit.ask("gateway.form", rulebook=cycle["rulebook"], kind=kind, category=known)
    titled = {
        **cycle,
        "title_zh": book["title_zh"],
        "title_en": book["title_en"],
        "procedure": book["procedure"],
    }
    return Case(draft, titled, form)
