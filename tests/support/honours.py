"""A house of winners: real cycles of eligibility with awards conferred, and everybody who works on what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from services.eligibility import honours, standing
from services.eligibility.honours import (
    adverse_records,
    breaches,
    case_letters,
    cases,
    certificates,
    credit_delivery,
    credit_reports,
    register,
)
from services.eligibility.people import people
from services.eligibility.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import dump, load, operation
from shared.contracts.events import RecordReported
from shared.identifiers import new_id
from shared.procedure import Entrant, outcome
from shared.signatures import KeyRing, make_private
from tests.support.rooms import CYCLE, ORGANIZATION, Room
from tests.support.works import once

OFFICER, OTHER = "officer", "another officer"
AWARDED, LATER = date(2025, 7, 4), date(2026, 3, 2)
HEARING_DAYS, CORRECTION_DAYS = 10, 5
Handler = Callable[[Any, dict[str, Any]], dict[str, Any]]


class House(Room):
    """One cycle, real unless said otherwise; its today is set by the test."""

    def __init__(self, url: str, *, private: str = "", **options: Any) -> None:
        super().__init__("eligibility", url, conductor, **{"rehearsal": False, **options})
        self.ring: KeyRing | None = KeyRing(private or make_private("ed25519"))
        self.day = AWARDED
        self.at(AWARDED)

    def at(self, day: date) -> None:
        """Today."""
        self.day = day
        self.desk.store.clock = FixedClock(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI))

    def enter(self, application: str, sequence: int, *, cycle_id: str = CYCLE, **dossier: Any) -> None:
        """An application comes in; its lead is `<application>.lead`, and it has a reader."""
        data = self.accepted(application, sequence, cycle_id=cycle_id, **dossier)
        data["people"] = [
            {"subject": f"{application}.lead", "part": "lead"},
            {"subject": f"{application}.reader", "part": "reader"},
        ]
        data["people_version"] = new_id()
        with self.desk.work() as work:
            self.conductor.application_accepted(work, data)
            standing.keep_applicant(work, self.conductor, data)
            people.accepted(work, data)

    def confer(self, *won: tuple[str, str, str], cycle_id: str = CYCLE, on: date | None = None) -> None:
        """Awards: application, level, track."""
        lines = [outcome(application, passed=True, status="awarded") for application, _, _ in won]
        with self.desk.work(on=on) as work:
            cycle = self.conductor.cycle(work, cycle_id)
            entrants = []
            for application, level, track in won:
                _, entrant = self.conductor.application(work, application)
                carried = {"level": level, "track": track}
                entrants.append(Entrant(application, entrant.sequence, entrant.dossier, carried))
            honours.confer(work, cycle, entrants, lines)

    def win(self, application: str = "a1", sequence: int = 1, **dossier: Any) -> str:
        """One winner of the highest level."""
        self.enter(application, sequence, **dossier)
        kind = dossier.get("kind", "organization")
        self.confer((application, self.rulebook.levels[0].name, self.rulebook.track_of(kind)))
        return application

    def call(
        self, method: str, role: str = "award_office", actor: str = OFFICER, **data: Any
    ) -> dict[str, Any]:
        """One call by somebody whose role may make it; request and reply fit the contract. The reply as plain JSON."""
        contract = operation("eligibility", method)
        assert role in contract.roles, f"{role} may not ask {method}"
        with self.desk.work(role, actor) as work:
            reply = self._handler(method)(work, load(once(contract.request), data))
            return dump(once(contract.reply), reply)

    def _handler(self, method: str) -> Handler:
        with_conductor: Mapping[str, Callable[..., dict[str, Any]]] = {
            "report_after_award": honours.report, "open_case": cases.open_by_hand, "answer_case": cases.answer,
            "record_hearing": cases.record_hearing, "propose_outcome": cases.propose, "decide_case": cases.decide,
            "settle_order": cases.settle_order, "revocation_cases": cases.listed, "certificates": certificates.listed,
            "certificate": certificates.one, "record_title_breach": breaches.record,
            "report_correction": breaches.report_correction, "title_breaches": breaches.listed,
            "case_letter": case_letters.letter, "credit_reports": credit_reports.listed,
            "send_credit_report_again": credit_delivery.send_again,
            "settle_credit_report": credit_delivery.settle_by_hand, "honours": honours.listed,
        }  # fmt: skip
        found: dict[str, Handler] = {
            "notify_case": lambda w, d: cases.notify(w, conductor, d, days=HEARING_DAYS),
            "order_correction": lambda w, d: breaches.order(w, conductor, d, days=CORRECTION_DAYS),
            "settle_title_breach": lambda w, d: breaches.settle(w, conductor, d, days=CORRECTION_DAYS),
            "my_revocation_cases": cases.own,
            "my_title_breaches": breaches.own,
            "award_register": register.public,
            "issue_certificates": lambda w, d: certificates.issue(w, conductor, d, self.ring),
            "reissue_certificate": lambda w, d: certificates.reissue(w, conductor, d, self.ring),
            "verify_certificate": lambda w, d: certificates.verify(w, d, self.ring),
            "certificate_keys": lambda w, d: certificates.keys(self.ring),
        }
        if method in found:
            return found[method]
        return lambda w, d: with_conductor[method](w, conductor, d)

    # --- a case, step by step -------------------------------------------------------------------------------------

    def open_case(self, application: str = "a1", event: str = "fraud", **data: Any) -> str:
        """Its id."""
        given = {"application_id": application, "event": event, "on": str(self.day), "grounds": "举报属实"}
        found: str = self.call("open_case", **given | data)["case_id"]
        return found

    def answer(self, case_id: str, answer: str = "情况说明") -> dict[str, Any]:
        """The winner answers to its case; the case as the office sees it."""
        (case,) = [each for each in self.call("revocation_cases")["cases"] if each["case_id"] == case_id]
        self.call(
            "answer_case", "applicant", f"{case['application_id']}.lead", case_id=case_id, answer=answer
        )
        (case,) = [each for each in self.call("revocation_cases")["cases"] if each["case_id"] == case_id]
        return dict(case)

    def bring_to(self, case_id: str, state: str) -> dict[str, Any]:
        """A case that was just opened, brought to a state the usual way."""
        found: dict[str, Any] = {}
        for reached, step in (
            ("notified", lambda: self.call("notify_case", case_id=case_id)),
            ("heard", lambda: self.answer(case_id)),
            (
                "proposed",
                lambda: self.call("propose_outcome", case_id=case_id, proposal="revoke", reason="事实清楚"),
            ),
            (
                "decided",
                lambda: self.call(
                    "decide_case", actor=OTHER, case_id=case_id, decision="confirm", reason="同意"
                ),
            ),
        ):
            found = step()
            if reached == state:
                return found
        return found

    def revoke(self, application: str = "a1", event: str = "fraud", **data: Any) -> dict[str, Any]:
        """A whole case, decided."""
        return self.bring_to(self.open_case(application, event, **data), "decided")

    def report_record(
        self, record: dict[str, Any], *, record_id: str = "r1", department: str = "safety"
    ) -> None:
        """An agency reports a record of the usual organization."""
        data = load(
            RecordReported(),
            {
                "record_id": record_id, "department": department, "reference": f"AJ-{record_id}", "uscc": ORGANIZATION,
                "record": record, "evidence": "(2026) 12", "reported_on": str(self.day), "digest": "sha256:0",
            },
        )  # fmt: skip
        with self.desk.work() as work:
            standing.record_reported(work, data)
            adverse_records.reported(work, conductor, data)
