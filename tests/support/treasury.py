"""Incentives with winners of a real cycle, and the people of finance who pay them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from services.incentives import awards, clawbacks, models, payees, records, stops
from services.incentives.payments import batches, reconciling, sending
from services.incentives.payments.sending import Outside
from services.incentives.payments.terms import Terms
from services.incentives.people import people
from services.incentives.stages import conductor
from shared.clock import SHANGHAI
from shared.contracts import Context, load
from shared.contracts.events import BanRecorded, RecordsConfirmed, SanctionImposed
from shared.identifiers import new_id
from tests.support.bank import MemoryBank, ledger
from tests.support.rooms import CHANGNING, CYCLE, Room
from tests.support.works import once

GOLD, MODEL = CHANGNING.levels[1].name, CHANGNING.tracks[0].name
GOLD_FEN = 10_000_000
NUMBER = "6222000011112222"
START = datetime(2025, 9, 1, 9, tzinfo=SHANGHAI)
TERMS = Terms("http", timedelta(seconds=60), timedelta(seconds=60), timedelta(hours=24), timedelta(days=10))
BY_FILE = Terms("file", TERMS.settle, TERMS.again, TERMS.patience, TERMS.file_patience)


class MovingClock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def today(self) -> date:
        return self._now.date()

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)


class Treasury(Room):
    """A real cycle; `bank` is in memory."""

    def __init__(self, url: str, *, terms: Terms = TERMS, **options: Any) -> None:
        self.clock = MovingClock()
        super().__init__("incentives", url, conductor, **{"rehearsal": False, "clock": self.clock, **options})
        self.terms = terms
        self.bank = MemoryBank(ledger())

    @property
    def outside(self) -> Outside:
        return Outside(self.conductor, self.bank, self.terms)

    def winners(self, count: int, *, cycle_id: str = CYCLE, ready: bool = True, first: int = 1) -> list[str]:
        """So many winners of gold, each with one account on its dossier; `ready`: confirmed, and with a checked account."""
        names = [f"a{number}" for number in range(first, first + count)]
        for number, name in enumerate(names, start=1):
            data = self.accepted(name, number, cycle_id=cycle_id)
            told = {"people": [{"subject": f"lead-{name}", "part": "lead"}], "people_version": new_id()}
            with self.desk.work() as work:
                self.conductor.application_accepted(work, data)
                people.accepted(work, {**data, **told})
        won = {"level": GOLD, "track": MODEL}
        with self.desk.work() as work:
            cycle = self.conductor.cycle(work, cycle_id)
            entrants = []
            for name in names:
                _, entrant = self.conductor.application(work, name)
                entrants.append(type(entrant)(entrant.application_id, entrant.sequence, entrant.dossier, won))
            awards.compute(work, cycle, entrants)
        if ready:
            for name in names:
                self.confirm(name, cycle_id=cycle_id)
                self.account(name)
        return names

    def confirm(self, application: str, *, cycle_id: str = CYCLE, valid_until: date | None = None) -> None:
        data = {
            **RecordsConfirmed.EXAMPLE, "cycle_id": cycle_id, "application_id": application, "purpose": "payment",
            "revision": 1, "valid_until": None if valid_until is None else str(valid_until),
        }  # fmt: skip
        with self.desk.work() as work:
            records.confirmed(work, self.conductor, load(once(RecordsConfirmed), data))

    def account(self, application: str, number: str = NUMBER, *, check: bool = True) -> dict[str, Any]:
        entered = self.call(
            "enter_payee", payees.enter, {
                "application_id": application, "account_name": "示例精密仪器有限公司", "bank": "示例银行",
                "account_number": number,
            }, "applicant", f"lead-{application}",
        )  # fmt: skip
        if check:
            told = {"payee_id": entered["payee_id"], "accept": True, "reason": "与开户证明一致"}
            return self.call("check_payee", payees.check, told, "finance", "fang")
        return entered

    def call(
        self,
        method: str,
        handler: Any,
        data: Mapping[str, Any],
        role: str = "finance",
        actor: str = "fang",
        *extra: Any,
    ) -> dict[str, Any]:
        """One call held to its contract, of a handler with a conductor."""
        from shared.contracts import dump, operation

        contract = operation("incentives", method)
        assert role in contract.roles
        request = load(once(contract.request), data)
        with self.desk.work(role, actor) as work:
            return dump(once(contract.reply), handler(work, self.conductor, request, *extra))

    def assemble(self, *applications: str, cycle_id: str = CYCLE, actor: str = "fang") -> dict[str, Any]:
        data = {"cycle_id": cycle_id, "application_ids": list(applications)}
        return self.call("assemble_batch", batches.assemble, data, "finance", actor, self.terms)

    def decide(self, batch_id: str, *, accept: bool = True, actor: str = "gao") -> dict[str, Any]:
        data = {"batch_id": batch_id, "accept": accept, "reason": "已复核"}
        return self.call("decide_batch", batches.decide, data, "finance", actor, self.terms)

    def approved(self, *applications: str) -> dict[str, Any]:
        """A batch that is on its way."""
        return self.decide(self.assemble(*applications)["batch"]["batch_id"])

    def send(self, line_id: str) -> None:
        """What the bus does with one message."""
        context = Context(message_id=new_id(), actor="system:incentives")
        keep = sending.send(self.desk.store, line_id, context, self.outside)
        with self.desk.work() as work:
            keep(work)

    def send_all(self) -> None:
        """Every line that is on its way, once."""
        for row in self.rows():
            if row.state in {"intent", "sent"}:
                self.send(row.id)

    def chase(self) -> None:
        with self.desk.work() as work:
            sending.chase(work, self.terms)

    def rows(self) -> list[Any]:
        with self.desk.store.read() as work:
            return list(work.session.execute(select(models.lines).order_by(models.lines.c.id)))

    def states(self) -> dict[str, str]:
        """By application, the state of its newest line."""
        return {row.application_id: row.state for row in self.rows()}

    def read_file(self, batch_id: str, content: bytes, *, last: bool = False) -> dict[str, Any]:
        data = {"batch_id": batch_id, "content": base64.b64encode(content).decode(), "last": last}
        return self.call("read_bank_file", reconciling.read_bank_file, data)

    def find_out(self, line_id: str, outcome: str, *, proposer: str = "fang", decider: str = "gao") -> None:
        paid = {"reference": "B-1", "on": "2025-09-02"} if outcome == "confirmed" else {}
        data = {"line_id": line_id, "outcome": outcome, "papers": ["p1"], "reason": "对账单", **paid}
        proposed = self.call("propose_outcome", reconciling.propose, data, "finance", proposer)
        told = {**proposed, "accept": True, "reason": "属实"}
        self.call("decide_outcome", reconciling.decide, told, "finance", decider)

    def ban(self, application: str, until: date) -> None:
        data = {
            "cycle_id": CYCLE, "ban_id": new_id(), "applicant_key": f"organization:{application}", "rule": "34",
            "until": str(until),
        }  # fmt: skip
        with self.desk.work() as work:
            stops.ban_recorded(work, self.conductor, load(BanRecorded(), data))

    def revoke(self, application: str) -> None:
        data = {
            "cycle_id": CYCLE, "application_id": application, "event": "fraud", "on": str(self.clock.today()), "rule": "34",
            "orders": [], "revokes": True, "claws_back": True, "banned_until": None,
        }  # fmt: skip
        # The award's stage is another matter: here it has long been closed.
        with self.desk.work() as work:
            stages = models.procedure.stages
            known = work.session.execute(select(stages).where(stages.c.cycle_id == CYCLE)).first()
            if known is None:
                closed = {
                    "cycle_id": CYCLE,
                    "stage": "grants",
                    "state": "closed",
                    "closed_on": self.clock.today(),
                }
                work.session.execute(stages.insert().values(**closed))
            clawbacks.sanction_imposed(work, self.conductor, load(SanctionImposed(), data))


def everything_kept(treasury: Treasury) -> str:
    """All that the database holds, as text: what leaks would be in it."""
    found = []
    with treasury.desk.store.reading() as connection:
        for table in models.metadata.sorted_tables:
            found += [str(tuple(row)) for row in connection.exec_driver_sql(f"SELECT * FROM {table.name}")]
    return json.dumps(found, ensure_ascii=False)
