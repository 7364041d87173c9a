"""A real cycle whose document review is over, as review keeps it, and people who prepare, read and answer reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from services.review import models
from services.review.applicants import applicants
from services.review.feedback import digests, drafts, own, releasing
from services.review.stages import conductor
from shared.contracts import dump
from shared.contracts.operations.review.feedback import DigestList
from shared.procedure import outcome
from shared.procedure.state import Closing
from shared.store import Work
from tests.support.rooms import CHANGNING, CLOSES, CYCLE, Room

STAGE = "document_review"
TREE = CHANGNING.criteria_for("organization", None)
assert TREE is not None
ITEMS = [leaf.key for leaf in TREE.leaves]
# Names that a report could give away; the ids are as accounts have them.
EXPERTS = {
    "expert-71": ("欧阳明远", "91310105MAXY500010"),
    "expert-72": ("司徒静姝", "91310105MAXY500029"),
    "expert-73": ("诸葛望舒", "91310105MAXY500037"),
}
LEAST = 5
_EARLY = datetime(2025, 6, 24, 2, tzinfo=UTC)

HANDLERS: dict[str, Callable[..., dict[str, Any]]] = {
    "prepare_feedback": drafts.prepare,
    "feedback_reports": drafts.listed,
    "feedback_report": drafts.one,
    "edit_feedback": drafts.edit,
    "release_feedback": releasing.release,
    "correct_feedback": releasing.correct,
    "my_feedback": own.read,
    "my_feedback_reports": own.listed,
    "answer_feedback": own.answer,
    "preview_digest": lambda w, c, d: digests.preview(w, c, d, least=LEAST),
    "publish_digest": lambda w, c, d: digests.publish(w, c, d, least=LEAST),
    "digest": digests.published,
}


class Reviewed(Room):
    """Applications a1, a2 … of which everybody on the panel has handed in a sheet; anna's, bruno's … by their place."""

    def __init__(self, url: str, *, number: int = 3, closed: bool = True) -> None:
        super().__init__("review", url, conductor, rehearsal=False)
        self.names = [f"a{n}" for n in range(1, number + 1)]
        for place, name in enumerate(self.names, start=1):
            self._enter(name, place, f"person-{name}")
        for stage, on in (
            ("submission", CLOSES),
            ("qualification", date(2025, 6, 16)),
            ("notice:qualification", date(2025, 6, 23)),
        ):
            self.hand_over(stage, on, self.names)
        with self.desk.work() as work:
            work.session.execute(
                models.experts.insert(),
                [
                    {
                        "cycle_id": CYCLE, "expert_id": expert, "name": name, "industry_expert": False,
                        "employer": code, "advises": [], "kin_of": [],
                    }
                    for expert, (name, code) in EXPERTS.items()
                ],
            )  # fmt: skip
            conductor.records.begin(work, CYCLE, STAGE, date(2025, 6, 24), None)
        if closed:
            self.close_review()

    def _enter(self, application: str, sequence: int, person: str) -> None:
        data = self.accepted(application, sequence, name=f"申报单位{sequence:02}")
        told = {**data, "people": [{"subject": person, "part": "lead"}], "people_version": "v1"}
        with self.desk.work() as work:
            conductor.application_accepted(work, data)
            applicants.accepted(work, told)

    def close_review(self) -> None:
        """The review is over: nobody goes on, so that no other is waited for."""
        lines = [outcome(name, passed=False) for name in self.names]
        with self.desk.work() as work:
            conductor.records.close(work, CYCLE, STAGE, date(2025, 7, 1))
            conductor.records.add_closing(work, CYCLE, Closing(STAGE, date(2025, 7, 1), lines))

    def sheet(
        self,
        application: str,
        expert: str,
        percent: int,
        words: Mapping[str, tuple[str, str]] | None = None,
        *,
        later: int = 0,
    ) -> None:
        """A sheet that is in: the same percent for every item; of some items what is said, as strengths and improvements."""
        key = {"cycle_id": CYCLE, "stage": STAGE, "application_id": application, "expert_id": expert}
        at = _EARLY.replace(minute=later)
        band = TREE.scales["process"].band_of(percent * 1000) if TREE else None
        assert band is not None
        rows = [
            {
                **key, "item": item, "band": band.key, "thousandths": percent * 1000,
                "strengths": (words or {}).get(item, ("无", "无"))[0],
                "improvements": (words or {}).get(item, ("无", "无"))[1],
                "rationale": f"{EXPERTS.get(expert, (expert,))[0]}的理由",
            }
            for item in ITEMS
        ]  # fmt: skip
        with self.desk.work() as work:
            work.session.execute(
                models.assignments.insert().values(**key, category="", position=later, state="accepted")
            )
            work.session.execute(
                models.sheets.insert().values(**key, thousandths=percent * 1000, submitted_at=at)
            )
            work.session.execute(models.sheet_items.insert(), rows)

    def report_of_the_stage(self, application: str, by: str, summary: str, improvement: str) -> None:
        """A stage's report, locked with the stage."""
        row = {
            "cycle_id": CYCLE, "stage": STAGE, "application_id": application, "summary": summary, "strengths": [],
            "improvements": [improvement], "by": by, "locked_at": _EARLY,
        }  # fmt: skip
        with self.desk.work() as work:
            work.session.execute(models.stage_reports.insert().values(**row))

    def everybody(self, words: str = "缺少对比") -> None:
        """Two sheets for each application, with something to say."""
        for name in self.names:
            for place, expert in enumerate(list(EXPERTS)[:2]):
                self.sheet(name, expert, 50, {ITEMS[0]: ("有方法", f"{words}{place}")}, later=place)

    def do(self, method: str, who: str = "award_office/office", **data: Any) -> dict[str, Any]:
        """One call, by `role/subject`."""
        role, _, subject = who.partition("/")
        handler = HANDLERS[method]

        def call(work: Work, given: dict[str, Any]) -> dict[str, Any]:
            return handler(work, conductor, given)

        return self.ask(method, call, data, role, subject)

    def digests(self) -> list[dict[str, Any]]:
        """The digests of all cycles, as the public has them."""
        with self.desk.work("public", "") as work:
            listed: list[dict[str, Any]] = dump(DigestList(), digests.listed(work, conductor))["digests"]
        return listed

    def released(self) -> None:
        self.do("prepare_feedback")
        self.do("release_feedback")

    def mine(self, name: str, person: str | None = None) -> dict[str, Any]:
        """An applicant reads a report."""
        return self.do("my_feedback", f"applicant/{person or f'person-{name}'}", application_id=name)


def said(report: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a report, as somebody who edits them sends them back."""
    return {"summary": report["summary"], "points": report["points"]}


def every_text(value: Any) -> Iterable[str]:
    """Every text in a reply, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from every_text(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from every_text(inner)
