"""The room in which the committee meets, with the calls that its people make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from services.committee import (
    agenda,
    approvals,
    attendance,
    minutes,
    models,
    records,
    recounts,
    results,
    rounds,
)
from services.committee.stages import CommitteeHooks, conductor
from shared.contracts import load
from shared.contracts.events import RecordsConfirmed, RecordsDiffer
from shared.identifiers import new_id
from shared.procedure import Conductor
from shared.rulebooks import Library, Rulebook
from shared.store import Work
from tests.support.rooms import CHANGNING, CLOSES, CYCLE, Room

TOP, GOLD = (level.name for level in CHANGNING.levels)
MODEL, RESULT = (track.name for track in CHANGNING.tracks)
MEETS = date(2025, 6, 27)
NAMES = ("a1", "a2", "a3")
SCORES = {"a1": "70.00", "a2": "90.00", "a3": "80.00"}
MEMBERS = [f"M{n}" for n in range(1, 7)]
_BEFORE = (
    ("submission", CLOSES), ("qualification", date(2025, 6, 16)), ("notice:qualification", date(2025, 6, 23)),
    ("document_review", date(2025, 6, 24)), ("site_review", date(2025, 6, 25)), ("comprehensive", date(2025, 6, 26)),
)  # fmt: skip


Handler = Callable[[Work, Conductor, dict[str, Any]], dict[str, Any]]
_HANDLERS: Mapping[str, Handler] = {
    "convene": rounds.convene, "propose": rounds.propose, "proposal": rounds.proposal, "round": rounds.current,
    "cast_ballot": rounds.cast, "close_round": rounds.close_round, "open_round": rounds.open_round,
    "void_round": rounds.void_round, "votes": results.votes, "record_attendance": attendance.record,
    "appoint_chair": attendance.appoint_chair, "declare_recusal": attendance.declare_recusal,
    "attendance": attendance.listed, "agenda": agenda.agenda, "slips": recounts.slips, "recount": recounts.recount,
    "draft_minutes": minutes.draft, "confirm_minutes": minutes.confirm, "return_minutes": minutes.send_back,
    "minutes": minutes.one, "minutes_versions": minutes.versions, "record_approval": approvals.record,
    "approval": approvals.approval,
}  # fmt: skip
OFFICE, MEMBER = "award_office", "committee_member"
_WORDS = {"f": "for", "a": "against", "-": "abstain", "r": "recused"}


def conductor_of(book: Rulebook) -> Conductor:
    """One that knows a made-up rulebook."""
    return Conductor("committee", models.procedure, CommitteeHooks(), rulebooks=Library({book.id: book}))


class Hall(Room):
    """A rehearsal's meeting: those whom the office does not call absent are present."""

    def __init__(self, url: str, conductor: Conductor = conductor, **options: Any) -> None:
        super().__init__("committee", url, conductor, **options)

    @property
    def day(self) -> date | None:
        return MEETS

    def call(self, method: str, role: str = OFFICE, actor: str = "somebody", **data: Any) -> dict[str, Any]:
        """One call by somebody, on the day of the meeting."""
        return self.call_in(CYCLE, method, role, actor, **data)

    def call_in(self, cycle_id: str, method: str, role: str, actor: str, **data: Any) -> dict[str, Any]:
        """The same in another cycle."""
        handler = _HANDLERS[method]
        return self.ask(
            method, lambda w, d: handler(w, self.conductor, d), data, role, actor, self.day, cycle_id=cycle_id
        )

    def hand_over_all(self, carried: Mapping[str, Mapping[str, Any]]) -> None:
        """Everybody comes to the committee with what is carried."""
        self.hand_over_in(CYCLE, carried)

    def hand_over_in(self, cycle_id: str, carried: Mapping[str, Mapping[str, Any]]) -> None:
        """The same in another cycle."""
        for stage, on in _BEFORE:
            what = carried if stage == "comprehensive" else None
            self.hand_over(stage, on, list(carried), what, cycle_id=cycle_id)

    def enter(self, scores: Mapping[str, str]) -> None:
        """So many applications come in, in this order, and to the committee with these scores."""
        for number, name in enumerate(scores, start=1):
            self.accept(name, number)
        self.hand_over_all({name: {"score": score} for name, score in scores.items()})

    def convene(self, members: list[str] | None = None, absent: tuple[str, ...] = ()) -> dict[str, Any]:
        names = MEMBERS if members is None else members
        return self.call("convene", members=names, absent=list(absent), chair=names[0])

    def propose(self, *lines: tuple[str, str], **reasons: str) -> dict[str, Any]:
        return self.call(
            "propose",
            proposals=[{"application_id": a, "level": level} for a, level in lines],
            deviations=[{"application_id": a, "reason": reason} for a, reason in reasons.items()],
        )

    def proposal(self, role: str = OFFICE, actor: str = "somebody") -> dict[str, Any]:
        return self.call("proposal", role, actor)

    def round(self, role: str = OFFICE, actor: str = "somebody") -> dict[str, Any]:
        return self.call("round", role, actor)

    def cast(self, member: str, number: int, *, nonce: str | None = None, **choices: str) -> dict[str, Any]:
        lines = [{"application_id": a, "choice": choice} for a, choice in choices.items()]
        return self.call("cast_ballot", MEMBER, member, number=number, choices=lines, nonce=nonce)

    def nonce(self) -> str | None:
        """What a member draws for its ballot."""
        return None

    def vote(self, **choices: str) -> None:
        """All who may cast; a choice's letters are the members' in order: f, a, - (abstain), r. Default: all for."""
        now = self.round()
        for index, member in enumerate(now["voters"]):
            ballot = {
                c["application_id"]: _WORDS[choices.get(c["application_id"], "f" * 99)[index]]
                for c in now["candidates"]
            }
            self.cast(member, now["number"], nonce=self.nonce(), **ballot)

    def close_round(self) -> dict[str, Any]:
        return self.call("close_round")

    def votes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("votes")["results"]
        return found

    def outcomes(self) -> dict[str, dict[str, Any]]:
        self.close("committee", self.day)
        (closing,) = self.closings("committee")
        return closing


class RealHall(Hall):
    """The same in a cycle that is no rehearsal: nobody sends a date, and the day of the meeting is long past."""

    def __init__(self, url: str, conductor: Conductor = conductor, **options: Any) -> None:
        super().__init__(url, conductor, rehearsal=False, **options)

    @property
    def day(self) -> date | None:
        return None

    def nonce(self) -> str | None:
        return new_id()

    def convene(self, members: list[str] | None = None, absent: tuple[str, ...] = ()) -> dict[str, Any]:
        """And those who are not absent come."""
        super().convene(members, absent)
        for one in self.call("attendance")["members"]:
            if one["member"] not in absent and not one["present"]:
                self.comes(one["member"])
        return self.round()

    def comes(self, member: str, mode: str = "in_person") -> dict[str, Any]:
        return self.call("record_attendance", member=member, event="came", mode=mode)

    def goes(self, member: str) -> dict[str, Any]:
        return self.call("record_attendance", member=member, event="left")

    def stands_aside(self, member: str, application: str, ground: str = "declared") -> dict[str, Any]:
        return self.call(
            "declare_recusal", MEMBER, member, application_id=application, ground=ground, detail="曾任职"
        )

    def start(self) -> None:
        """Records confirmed, the first ballot opened."""
        for application in self.ask("stage", self.conductor.stage, {"stage": "committee"})["entrants"]:
            self.confirm(application)
        assert self.begin_committee()["state"] == "begun"

    def confirm(self, application: str, revision: int = 1, **changes: Any) -> None:
        """Intake tells that the departments said the same as before."""
        data = load(RecordsConfirmed(), {**RecordsConfirmed.EXAMPLE, "cycle_id": CYCLE, "application_id": application,
                                         "revision": revision, "valid_until": None, **changes})  # fmt: skip
        with self.desk.work() as work:
            records.confirmations.confirmed(work, data)

    def differ(self, application: str, revision: int = 1, **changes: Any) -> None:
        """Intake tells that a department said something else."""
        data = load(RecordsDiffer(), {**RecordsDiffer.EXAMPLE, "cycle_id": CYCLE, "application_id": application,
                                      "purpose": "committee", "revision": revision, **changes})  # fmt: skip
        with self.desk.work() as work:
            records.confirmations.differ(work, data)

    def begin_committee(self) -> dict[str, Any]:
        return self.ask("begin_stage", self.conductor.begin_stage, {"stage": "committee"})
