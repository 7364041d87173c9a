"""Where a request goes: to one service, to the owner of a stage, or to all services; and what a rehearsal may touch."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.gateway import papers
from services.gateway.circumstances import REHEARSAL_DATE, Asked
from services.gateway.errors import BadRequest, not_found
from services.gateway.routes import OWNER, SERVICES, Route
from services.gateway.rpc import Answer, Caller, not_running
from shared.contracts import Context
from shared.contracts.operations import OFFICE, PUBLIC, REHEARSER
from shared.identifiers import new_id
from shared.problems import Forbidden, NotFound, Problem, Unavailable
from shared.rulebooks import Library, Rulebook, RulebookError

_REMEMBERED = 10_000
# Who objects is told to the service in the encrypted fields of the request, and nowhere else.
_UNNAMED = frozenset(
    {
        "eligibility.object",
        "eligibility.objection_state",
        "eligibility.appeal_objection",
        "eligibility.objector_letter",
    }
)


@dataclass(frozen=True)
class KnownCycle:
    """What never changes about a cycle."""

    rulebook: str
    rehearsal: bool
    year: int | None = None


class Cycles:
    """Asks intake once for each cycle and keeps what never changes."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._known: OrderedDict[str, KnownCycle] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, cycle_id: str, context: Context) -> KnownCycle:
        """Raises NotFound for a cycle that does not exist, Unavailable."""
        with self._lock:
            known = self._known.get(cycle_id)
        if known is not None:
            return known
        asking = replace(context, message_id=new_id(), role=PUBLIC, rehearsal_date=None)
        state = self._caller.call("intake", "cycle", {"cycle_id": cycle_id}, asking)
        known = KnownCycle(state["rulebook"], bool(state["rehearsal"]), state.get("year"))
        with self._lock:
            self._known[cycle_id] = known
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return known


class Dispatcher:
    """Carries requests to the services."""

    def __init__(self, caller: Caller, library: Library) -> None:
        self._caller = caller
        self._library = library
        self._cycles = Cycles(caller)

    def send(self, route: Route, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
        """Ask the service behind a route. Raises its Problem, Forbidden, NotFound, Unavailable."""
        self._check(route, data, asked)
        if route.operation in _UNNAMED and data.get("source") != "office":
            asked = asked.unnamed()
        service, _, method = route.operation.partition(".")
        if service == OWNER:
            service = self._owner(str(data["cycle_id"]), str(data["stage"]), asked.context)
        return self.ask(service, method, data, asked)

    def audit(self, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
        """Ask all services at once for the state of their audit logs of one cycle, and sum up."""
        self._check_rehearsal(str(data["cycle_id"]), asked)
        self._cycles.get(str(data["cycle_id"]), asked.context)
        answers = [
            self._caller.ask(service, "audit", data, replace(asked.context, message_id=new_id()))
            for service in SERVICES
        ]
        states = [answer.result() for answer in answers]
        return {
            "cycle_id": data["cycle_id"],
            "entries": sum(state["entries"] for state in states),
            "unsealed": sum(state["unsealed"] for state in states),
            "intact": all(state["intact"] for state in states),
            "services": states,
        }

    def everywhere(self, method: str, data: Mapping[str, Any], asked: Asked) -> dict[str, dict[str, Any]]:
        """Ask all services at once about a cycle: the answers by service, without those that have not heard of it yet.

        Raises NotFound where nobody knows the cycle, Unavailable where a service does not answer.
        """
        self._check_rehearsal(str(data["cycle_id"]), asked)
        self._cycles.get(str(data["cycle_id"]), asked.context)
        waiting = {
            service: self._caller.ask(service, method, data, replace(asked.context, message_id=new_id()))
            for service in SERVICES
        }
        found = {}
        for service, answer in waiting.items():
            try:
                found[service] = answer.result()
            except NotFound as problem:
                if problem.code == "unknown_operation":
                    raise not_running(service) from None
        return found

    def gather(
        self,
        questions: Iterable[tuple[str, str, Mapping[str, Any], str]],
        asked: Asked,
        timeout: float | None = None,
    ) -> list[dict[str, Any] | Problem]:
        """Ask several services at once: service, method, data, and the role in which it is asked. What a question failed with
        stands in its answer's place, so that one service that is silent hides nothing of the others. `timeout`: how many
        seconds an answer is waited for, where it is not as long as ever.
        """
        waiting: list[Answer | Problem] = []
        for service, method, data, role in questions:
            context = replace(asked.context, message_id=new_id(), role=role)
            try:
                self._check_rehearsal(data.get("cycle_id"), asked)
                waiting.append(self._caller.ask(service, method, data, context, timeout))
            except Problem as problem:
                waiting.append(problem)
        return [each if isinstance(each, Problem) else _result(each) for each in waiting]

    def ask(self, service: str, method: str, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
        """What the gateway itself asks a service for somebody. Raises as `send` does."""
        cycle_id = data.get("cycle_id")
        self._check_rehearsal(cycle_id if isinstance(cycle_id, str) else None, asked)
        answered = papers.with_papers(self._answered, service, method, data, asked)
        self._check_answer(data, answered, asked)
        return answered

    def rulebook(self, cycle_id: str, context: Context) -> Rulebook:
        """The rulebook of a cycle. Raises NotFound, Unavailable where it is not installed here."""
        return self.installed(self._cycles.get(cycle_id, context).rulebook)

    def year(self, cycle_id: str, context: Context) -> int | None:
        """The year of a cycle. Raises NotFound, Unavailable."""
        return self._cycles.get(cycle_id, context).year

    def installed(self, rulebook_id: str) -> Rulebook:
        """A rulebook by its id. Raises Unavailable where it is not installed here."""
        try:
            return self._library.get(rulebook_id)
        except RulebookError as error:
            raise Unavailable(
                "缺少本周期所用的法规文件", "the cycle's rulebook is not installed here"
            ) from error

    def _answered(self, service: str, method: str, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
        return self._call(service, method, data, asked.context)

    def _call(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        try:
            return self._caller.call(service, method, data, context)
        except NotFound as problem:
            if (
                problem.code == "unknown_operation"
            ):  # a service of another version: nothing is missing, it is not there yet
                raise not_running(service) from None
            raise

    def _owner(self, cycle_id: str, stage: str, context: Context) -> str:
        try:
            return self.rulebook(cycle_id, context).stage(stage).owner
        except KeyError:
            raise not_found() from None

    def _check(self, route: Route, data: Mapping[str, Any], asked: Asked) -> None:
        if (
            route.operation == "eligibility.object"
            and data.get("source") == "office"
            and asked.role != OFFICE
        ):
            raise Forbidden(
                "只有评审办公室可以自行提出",
                "only the award office raises what it found by itself",
                code="office_only",
            )
        playing = asked.role == REHEARSER or asked.persona or asked.context.rehearsal_date is not None
        if route.operation == "intake.open_cycle" and playing and data.get("rehearsal") is not True:
            raise Forbidden(
                "演练只能开启演练周期", "a rehearsal opens rehearsal cycles only", code="rehearsal_only"
            )
        cycle_id = data.get("cycle_id")
        self._check_rehearsal(cycle_id if isinstance(cycle_id, str) else None, asked)

    def _check_answer(self, data: Mapping[str, Any], answered: Mapping[str, Any], asked: Asked) -> None:
        """Where only the answer says which cycle it is about: of a real one a rehearsal hears that there is nothing.

        Commands are refused by the services before anything is done; this is for questions.
        """
        cycle_id = answered.get("cycle_id")
        if asked.context.rehearsal_date is None or "cycle_id" in data or not isinstance(cycle_id, str):
            return
        if not self._cycles.get(cycle_id, asked.context).rehearsal:
            raise not_found()

    def _check_rehearsal(self, cycle_id: str | None, asked: Asked) -> None:
        """A persona always says which day it plays; and whoever plays a day touches rehearsals only."""
        if asked.persona and asked.context.rehearsal_date is None:
            raise BadRequest(
                f"扮演的角色须以 {REHEARSAL_DATE} 给出演练日期", f"a persona has to give its day in {REHEARSAL_DATE}",
                code="rehearsal_date_missing",
            )  # fmt: skip
        if asked.context.rehearsal_date is None or cycle_id is None:
            return
        if not self._cycles.get(cycle_id, asked.context).rehearsal:
            raise Forbidden("这不是演练周期", "this cycle is no rehearsal", code="not_a_rehearsal")


def _result(answer: Answer) -> dict[str, Any] | Problem:
    try:
        return answer.result()
    except Problem as problem:
        return problem
