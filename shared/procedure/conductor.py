"""Plans, begins and closes the stages that a service owns, as the rulebook's procedure says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Row, Table, select

from shared.calendar import CalendarNotPublished, in_words, work_calendar
from shared.contracts.events import CycleBlocked, StageBegun, StageClosed, StagePlanned
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Transient
from shared.procedure import awaited
from shared.procedure.records import Records
from shared.procedure.remembered import Remembered
from shared.procedure.state import (
    Blocked,
    Closing,
    Cycle,
    Entrant,
    Outcome,
    StageRow,
    merged,
    over_on,
    phase_complete,
    survivors,
)
from shared.procedure.tables import ProcedureTables
from shared.rulebooks import Library, Rulebook, Stage, library

if TYPE_CHECKING:
    from shared.store import Work


_NOW = {
    "waiting": "还没有轮到",
    "planned": "待开始",
    "begun": "已在进行中",
    "closed": "已结束",
}  # states of a stage in Chinese


class Hooks:
    """What a service does in its stages; a service overrides what it needs.

    Entrants come in order of submission, those withdrawn or removed left out.
    """

    def accepted(self, work: Work, cycle: Cycle, entrant: Entrant) -> None:
        """An application's dossier came in."""

    def withdrawn(self, work: Work, cycle: Cycle, application_id: str) -> None:
        """An application was taken back."""

    def planned(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
        """The stage before is over: prepare."""

    def enter(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
        """The stage is about to begin: whoever does not get in is stopped here, whether or not it then can."""

    def begin(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> date | None:
        """The office begins the stage. Returns its last day where it has one. Raises Blocked."""
        return None

    def better_wait_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        """What is still on its way to a planned stage, in words; the office may begin it all the same."""
        return []

    def waiting_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        """What must still happen before the stage may close, in words."""
        return []

    def close(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
        """The office closes the stage: one outcome for each entrant."""
        raise Conflict(f"阶段 {stage.key} 不由本服务办理", f"stage {stage.key} is not handled here")

    def closed_on(self, cycle: Cycle, stage: Stage, today: date) -> date:
        """The day on which a stage counts as closed when the office closes it today."""
        return today


class Announcer(Protocol):
    """Who is told of a stage's moves: the other services by events, or intake's own timeline."""

    def planned(
        self, work: Work, cycle_id: str, stage: str, begins_on: date, entrants: list[str]
    ) -> None: ...

    def begun(
        self, work: Work, cycle_id: str, stage: str, begun_on: date, ends_on: date | None, entrants: list[str]
    ) -> None: ...

    def blocked(self, work: Work, cycle_id: str, stage: str, reason_zh: str, reason_en: str) -> None: ...

    def closed(
        self, work: Work, cycle_id: str, stage: str, closed_on: date, outcomes: list[Outcome]
    ) -> None: ...


class Events:
    """Tells by events; what every owner but intake does."""

    def planned(self, work: Work, cycle_id: str, stage: str, begins_on: date, entrants: list[str]) -> None:
        data = {"cycle_id": cycle_id, "stage": stage, "begins_on": begins_on, "entrants": entrants}
        work.publish(StagePlanned, data, subject=cycle_id)

    def begun(
        self, work: Work, cycle_id: str, stage: str, begun_on: date, ends_on: date | None, entrants: list[str]
    ) -> None:
        data = {
            "cycle_id": cycle_id, "stage": stage, "begun_on": begun_on, "ends_on": ends_on, "entrants": entrants,
        }  # fmt: skip
        work.publish(StageBegun, data, subject=cycle_id)

    def blocked(self, work: Work, cycle_id: str, stage: str, reason_zh: str, reason_en: str) -> None:
        data = {"cycle_id": cycle_id, "stage": stage, "reason_zh": reason_zh, "reason_en": reason_en}
        work.publish(CycleBlocked, data, subject=cycle_id)

    def closed(self, work: Work, cycle_id: str, stage: str, closed_on: date, outcomes: list[Outcome]) -> None:
        data = {"cycle_id": cycle_id, "stage": stage, "closed_on": closed_on, "outcomes": outcomes}
        work.publish(StageClosed, data, subject=cycle_id)


def first_day(stage: Stage, ended_on: date) -> date:
    """The day on which a stage begins where the one before ended on `ended_on`: the first working day after.

    Raises CalendarNotPublished where that day, or a day that the stage itself lasts, lies in a year not known.
    """
    begins_on = work_calendar().next_working_day(ended_on)
    if stage.kind in ("notice", "social_evaluation"):
        work_calendar().window(begins_on, stage.working_days or 1)
    return begins_on


def _playable(work: Work, cycle: Cycle) -> Cycle:
    if work.context.rehearsal_date is not None and not cycle.rehearsal:
        raise Forbidden("真实的评奖周期不接受演练日期", "a real cycle does not take a rehearsal's date")
    return cycle


class Conductor:
    """One per service. `rulebooks` defaults to the installed ones."""

    def __init__(
        self,
        service: str,
        tables: ProcedureTables,
        hooks: Hooks,
        *,
        announcer: Announcer | None = None,
        rulebooks: Library | None = None,
    ) -> None:
        self.service = service
        self.records = Records(tables)
        self.hooks = hooks
        self._announce = announcer or Events()
        self._rulebooks = rulebooks
        self._remembered = Remembered()

    # --- what is heard ---------------------------------------------------------------------------------------

    def cycle_opened(self, work: Work, data: dict[str, Any]) -> None:
        """Keep the cycle. Raises UnknownRulebook or HashMismatch, which park the message: no guessing."""
        self._pinned(data["rulebook"], data["rulebook_sha256"])
        self.records.add_cycle(work, data)
        work.audit("cycle:heard", data["cycle_id"], after=data, cycle_id=data["cycle_id"])

    def application_accepted(self, work: Work, data: dict[str, Any]) -> None:
        """Keep the frozen dossier."""
        cycle = self._require_cycle(work, data["cycle_id"])
        self.records.add_dossier(work, data)
        entrant = Entrant(data["application_id"], data["sequence"], data["dossier"])
        self.hooks.accepted(work, cycle, entrant)
        work.audit(
            "dossier:received",
            data["application_id"],
            after={"dossier_digest": data["dossier_digest"]},
            cycle_id=data["cycle_id"],
        )

    def application_withdrawn(self, work: Work, data: dict[str, Any]) -> None:
        """From now on the application is in no stage; the others may have waited for nobody but it."""
        if not self.records.withdraw(work, data["application_id"], data["withdrawn_on"]):
            raise Transient("申报材料尚未到达", "the dossier has not arrived yet")
        cycle = self._require_cycle(work, data["cycle_id"], lock=True)
        self._advance(work, cycle)
        self.hooks.withdrawn(work, cycle, data["application_id"])
        work.audit("application:withdrawn", data["application_id"], after=data, cycle_id=data["cycle_id"])

    def stage_closed(self, work: Work, data: dict[str, Any]) -> None:
        """Another service closed a stage: plan what follows, where it is ours."""
        cycle = self._require_cycle(work, data["cycle_id"], lock=True)
        closing = Closing(data["stage"], data["closed_on"], data["outcomes"])
        self.records.add_closing(work, cycle.cycle_id, closing)
        self._advance(work, cycle)
        work.audit(
            "stage:closing_heard", f"{cycle.cycle_id}/{closing.stage}", after=data, cycle_id=cycle.cycle_id
        )

    # --- what people ask --------------------------------------------------------------------------------------

    def begin_stage(self, work: Work, data: dict[str, Any]) -> dict[str, Any]:
        """The office begins a stage on or after its day. A stage that is blocked stays so, and the reply says why."""
        cycle, stage = self._ours(work, data, lock=True)
        today = self._today(work, cycle)
        row = self.records.stage(work, cycle.cycle_id, stage.key)
        if row.state == "waiting" and row.blocked_zh:
            self._advance(work, cycle)
            row = self.records.stage(work, cycle.cycle_id, stage.key)
            if row.state == "waiting":
                return self.state(work, cycle, stage)
        if row.state != "planned" or row.begins_on is None:
            raise Conflict(
                f"“{stage.title.zh}”{_NOW.get(row.state, row.state)}，不能开始",
                f"“{stage.title.en}” is {row.state} and cannot begin",
            )
        if today < row.begins_on:
            raise Conflict(
                f"“{stage.title.zh}”最早于 {in_words(row.begins_on).zh} 开始",
                f"“{stage.title.en}” begins on {in_words(row.begins_on).en}, not before",
            )
        self.hooks.enter(work, cycle, stage, self.entrants(work, cycle.cycle_id, stage.key))
        entrants = self.entrants(work, cycle.cycle_id, stage.key)
        if not entrants:
            self._finish(work, cycle, stage, today, [])
        else:
            self._begin(work, cycle, stage, today, entrants)
        return self.state(work, cycle, stage)

    def close_stage(self, work: Work, data: dict[str, Any]) -> dict[str, Any]:
        """The office closes a stage; refused while it waits for something, which the refusal names."""
        cycle, stage = self._ours(work, data, lock=True)
        today = self._today(work, cycle)
        row = self.records.stage(work, cycle.cycle_id, stage.key)
        if row.state != "begun":
            raise Conflict(
                f"“{stage.title.zh}”{_NOW.get(row.state, row.state)}，不能结束",
                f"“{stage.title.en}” is {row.state} and cannot be closed",
            )
        if row.ends_on is not None and today < row.ends_on:
            raise Conflict(
                f"“{stage.title.zh}”持续到 {in_words(row.ends_on).zh}",
                f"“{stage.title.en}” runs until {in_words(row.ends_on).en}",
            )
        entrants = self.entrants(work, cycle.cycle_id, stage.key)
        waiting = self.hooks.waiting_for(work, cycle, stage, entrants)
        if waiting:
            raise Conflict("尚待：" + "；".join(waiting), "still waiting for: " + "; ".join(waiting))
        closed_on = self.hooks.closed_on(cycle, stage, today)
        self._finish(work, cycle, stage, closed_on, self.hooks.close(work, cycle, stage, entrants))
        return self.state(work, cycle, stage)

    def stage(self, work: Work, data: dict[str, Any]) -> dict[str, Any]:
        """A stage as it stands here."""
        cycle, stage = self._ours(work, data)
        return self.state(work, cycle, stage)

    def awaits(self, work: Work, data: dict[str, Any], audit: Table) -> dict[str, Any]:
        """The reply `StageAwaits`. Whatever changes here leaves an audit entry, so the latest one is the version of all that an
        answer can rest on; to work it out means to read all entrants.
        """
        cycle, stage = self._ours(work, data)
        row = self.records.stage(work, cycle.cycle_id, stage.key)
        asked = {"planned": self.hooks.better_wait_for, "begun": self.hooks.waiting_for}.get(row.state)
        told: list[dict[str, Any]] = []
        if asked is not None:
            latest = select(audit.c.id).order_by(audit.c.id.desc()).limit(1)
            told = self._remembered.get(
                (self.service, cycle.cycle_id, stage.key, work.today()),
                work.session.execute(latest).scalar_one_or_none(),
                work.now(),
                lambda: awaited.told(
                    asked(work, cycle, stage, self.entrants(work, cycle.cycle_id, stage.key))
                ),
            )
        return {"cycle_id": cycle.cycle_id, "stage": stage.key, "state": row.state, "awaits": told}

    # --- what services ask ------------------------------------------------------------------------------------

    def cycle(self, work: Work, cycle_id: str) -> Cycle:
        """A cycle by id. Raises NotFound; Forbidden where a rehearsal's date is sent to a real cycle."""
        cycle = self._find_cycle(work, cycle_id)
        if cycle is None:
            raise NotFound("没有这个评奖周期", "no such cycle")
        return _playable(work, cycle)

    def cycles(self, work: Work, cycle_ids: Iterable[str]) -> dict[str, Cycle]:
        """Several by id, in the order in which they are named, without those that are not known here. Raises Forbidden as `cycle`
        does.
        """
        ids = list(dict.fromkeys(cycle_ids))
        known = {row.id: self.of_row(row) for row in self.records.cycles(work, ids)}
        return {each: _playable(work, known[each]) for each in ids if each in known}

    def own_stage(self, cycle: Cycle, key: str) -> Stage:
        """The stage of that key, which this service owns. Raises NotFound."""
        for stage in cycle.rulebook.stages:
            if stage.key == key and stage.owner == self.service:
                return stage
        raise NotFound(f"没有阶段 {key}", f"no stage {key} here")

    def application(self, work: Work, application_id: str) -> tuple[Cycle, Entrant]:
        """An accepted application, with what the closed stages handed on, and its cycle. Raises NotFound."""
        found = self.records.dossier(work, application_id)
        if found is None:
            raise NotFound("没有这份申报", "no such application")
        cycle_id, entrant = found
        cycle = self.cycle(work, cycle_id)
        carried = merged(self.records.closings(work, cycle_id).values())
        return cycle, replace(entrant, carried=carried.get(application_id, {}))

    def entrants(self, work: Work, cycle_id: str, stage: str) -> list[Entrant]:
        """Who is in a stage of ours, in order of submission; withdrawn and removed ones left out."""
        carried = merged(self.records.closings(work, cycle_id).values())
        return [
            Entrant(e.application_id, e.sequence, e.dossier, carried.get(e.application_id, {}))
            for e in self.records.entrants(work, cycle_id, stage)
        ]

    def remove(self, work: Work, cycle_id: str, stage: str, application_id: str) -> None:
        """Take one out of a stage that is planned or runs."""
        self.records.remove(work, cycle_id, stage, application_id)

    def extend(self, work: Work, cycle: Cycle, stage: Stage, ends_on: date) -> None:
        """Let a stage that runs last until a later day. Raises Conflict where it does not run, or lasts as long already."""
        if not self.records.extend(work, cycle.cycle_id, stage.key, ends_on):
            raise Conflict(
                f"阶段 {stage.key} 不能延长到 {in_words(ends_on).zh}",
                f"stage {stage.key} cannot be extended to {in_words(ends_on).en}",
            )

    def row(self, work: Work, cycle_id: str, stage: str) -> StageRow:
        """The stage's dates and state."""
        return self.records.stage(work, cycle_id, stage)

    def begun_on(self, work: Work, cycle_id: str, stage: str) -> date | None:
        """The day on which the stage began, None where it has not."""
        return self.records.stage(work, cycle_id, stage).begun_on

    def earlier_closed(self, work: Work, cycle: Cycle, stage: str) -> bool:
        """Whether the phase before a stage's is over, as far as is known here."""
        index = cycle.rulebook.phase_index(stage)
        if index == 0:
            return True
        closings = self.records.closings(work, cycle.cycle_id)
        known = self.records.categories(work, cycle.cycle_id)
        entering = survivors(cycle.rulebook, closings, known, index - 2)
        return phase_complete(cycle.rulebook.procedure[index - 1], closings, known, entering)

    def over_on(self, work: Work, cycle: Cycle) -> date | None:
        """The day on which the cycle came to its end, as far as is known here; None while it goes on.

        Who came how far is looked at only where some stage never closed: nobody may have come to it.
        """
        days = self.records.closed_on(work, cycle.cycle_id)
        first, *later = cycle.rulebook.procedure
        if any(stage.key not in days for stage in first.stages):
            return None
        if all(stage.key in days for phase in later for stage in phase.stages):
            return max(days.values())
        closings = self.records.closings(work, cycle.cycle_id)
        return over_on(cycle.rulebook, closings, self.records.categories(work, cycle.cycle_id))

    def begin_at_opening(self, work: Work, cycle: Cycle, stage: Stage) -> None:
        """The submission begins with the cycle itself, and anyone may enter it until it ends."""
        self.records.plan(work, cycle.cycle_id, stage.key, cycle.opens_on, [])
        self.records.begin(work, cycle.cycle_id, stage.key, cycle.opens_on, cycle.closes_on)

    def enter(self, work: Work, data: dict[str, Any], stage: str) -> None:
        """An application enters a stage that runs already: the submission."""
        self.records.add_dossier(work, data)
        self.records.add_entrants(work, data["cycle_id"], stage, [data["application_id"]])

    def state(self, work: Work, cycle: Cycle, stage: Stage) -> dict[str, Any]:
        """The reply `StageState`."""
        row = self.records.stage(work, cycle.cycle_id, stage.key)
        entrants = self.entrants(work, cycle.cycle_id, stage.key)
        asked = {"planned": self.hooks.better_wait_for, "begun": self.hooks.waiting_for}.get(row.state)
        waiting = asked(work, cycle, stage, entrants) if asked else []
        blocked = None
        if row.blocked_zh is not None:
            blocked = {"stage": stage.key, "reason_zh": row.blocked_zh, "reason_en": row.blocked_en}
        return {
            "cycle_id": cycle.cycle_id,
            "stage": stage.key,
            "state": row.state,
            "begins_on": row.begins_on,
            "begun_on": row.begun_on,
            "ends_on": row.ends_on,
            "closed_on": row.closed_on,
            "entrants": [e.application_id for e in entrants],
            "waiting_for": waiting,
            "awaits": awaited.told(waiting),
            "blocked": blocked,
        }

    # --- how --------------------------------------------------------------------------------------------------

    def _begin(self, work: Work, cycle: Cycle, stage: Stage, today: date, entrants: list[Entrant]) -> None:
        try:
            with work.session.begin_nested():
                ends_on = self.hooks.begin(work, cycle, stage, entrants)
        except Blocked as blocked:
            self._block(work, cycle, stage, blocked.reason_zh, blocked.reason_en)
            return
        self.records.begin(work, cycle.cycle_id, stage.key, today, ends_on)
        names = [e.application_id for e in entrants]
        self._announce.begun(work, cycle.cycle_id, stage.key, today, ends_on, names)
        work.audit(
            "stage:begun",
            f"{cycle.cycle_id}/{stage.key}",
            after={"begun_on": today, "ends_on": ends_on, "entrants": names},
            cycle_id=cycle.cycle_id,
        )

    def _finish(self, work: Work, cycle: Cycle, stage: Stage, on: date, outcomes: list[Outcome]) -> None:
        self.records.close(work, cycle.cycle_id, stage.key, on)
        self.records.add_closing(work, cycle.cycle_id, Closing(stage.key, on, outcomes))
        self._announce.closed(work, cycle.cycle_id, stage.key, on, outcomes)
        work.audit(
            "stage:closed",
            f"{cycle.cycle_id}/{stage.key}",
            after={"closed_on": on, "outcomes": outcomes},
            cycle_id=cycle.cycle_id,
        )
        self._advance(work, cycle)

    def _block(self, work: Work, cycle: Cycle, stage: Stage, reason_zh: str, reason_en: str) -> None:
        self.records.block(work, cycle.cycle_id, stage.key, reason_zh, reason_en)
        self._announce.blocked(work, cycle.cycle_id, stage.key, reason_zh, reason_en)
        work.audit(
            "stage:blocked",
            f"{cycle.cycle_id}/{stage.key}",
            after={"reason": reason_en},
            cycle_id=cycle.cycle_id,
        )

    def _advance(self, work: Work, cycle: Cycle) -> None:
        """Plan our stages of the first phase that is not over, once the one before it is."""
        closings = self.records.closings(work, cycle.cycle_id)
        known = self.records.categories(work, cycle.cycle_id)
        self._require_dossiers(closings, self.records.known_applications(work, cycle.cycle_id))
        for index, phase in enumerate(cycle.rulebook.procedure[1:], start=1):
            before = cycle.rulebook.procedure[index - 1]
            earlier = survivors(cycle.rulebook, closings, known, index - 2)
            if not phase_complete(before, closings, known, earlier):
                return
            entering = survivors(cycle.rulebook, closings, known, index - 1)
            if not entering:
                return
            ended_on = max(closing.closed_on for closing in closings.values())
            for stage in phase.stages:
                mine = sorted(a for a in entering if stage.takes(known[a]))
                if stage.owner == self.service and mine and stage.key not in closings:
                    self._plan(work, cycle, stage, ended_on, mine)
            if not all(s.key in closings for s in phase.stages if any(s.takes(known[a]) for a in entering)):
                return

    def _plan(self, work: Work, cycle: Cycle, stage: Stage, ended_on: date, entering: list[str]) -> None:
        if self.records.stage(work, cycle.cycle_id, stage.key).state != "waiting":
            return
        automatic = stage.kind == "grants"
        try:
            begins_on = ended_on if automatic else first_day(stage, ended_on)
        except CalendarNotPublished as unknown:
            self._block(work, cycle, stage, unknown.detail_zh, unknown.detail_en)
            return
        self.records.plan(work, cycle.cycle_id, stage.key, begins_on, entering)
        self._announce.planned(work, cycle.cycle_id, stage.key, begins_on, entering)
        entrants = self.entrants(work, cycle.cycle_id, stage.key)
        self.hooks.planned(work, cycle, stage, entrants)
        if automatic:
            self._begin(work, cycle, stage, begins_on, entrants)
            self._finish(work, cycle, stage, begins_on, self.hooks.close(work, cycle, stage, entrants))

    def _require_dossiers(self, closings: dict[str, Closing], known: set[str]) -> None:
        heard = {a for closing in closings.values() for a in closing.passed()}
        if not heard <= known:
            raise Transient("申报材料尚未全部到达", "not all dossiers have arrived yet")

    def _pinned(self, rulebook: str, sha256: str) -> Rulebook:
        return (self._rulebooks or library()).pinned(rulebook, sha256)

    def _find_cycle(self, work: Work, cycle_id: str, *, lock: bool = False) -> Cycle | None:
        row = self.records.cycle(work, cycle_id, lock=lock)
        return None if row is None else self.of_row(row)

    def of_row(self, row: Row[Any]) -> Cycle:
        """A cycle by its row, for whoever reads the rows of several at once and has seen which of them may be told."""
        return Cycle(
            cycle_id=row.id,
            rulebook=self._pinned(row.rulebook, row.rulebook_sha256),
            year=row.year,
            opens_on=row.opens_on,
            closes_on=row.closes_on,
            budget_fen=row.budget_fen,
            rehearsal=row.rehearsal,
        )

    def _require_cycle(self, work: Work, cycle_id: str, *, lock: bool = False) -> Cycle:
        """For events, which may overtake each other: what is not here yet comes soon."""
        cycle = self._find_cycle(work, cycle_id, lock=lock)
        if cycle is None:
            raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
        return cycle

    def _ours(self, work: Work, data: dict[str, Any], *, lock: bool = False) -> tuple[Cycle, Stage]:
        if lock:
            self._find_cycle(work, data["cycle_id"], lock=True)
        cycle = self.cycle(work, data["cycle_id"])
        return cycle, self.own_stage(cycle, data["stage"])

    def _today(self, work: Work, cycle: Cycle) -> date:
        if cycle.rehearsal and work.context.rehearsal_date is None:
            raise Invalid("演练需要日期", "a rehearsal needs its date")
        return work.today()
