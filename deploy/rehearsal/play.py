"""One cycle that is being played: where it stands, who is who, and the calls that every step uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deploy.rehearsal.checked import Playable
from deploy.rehearsal.faults import Refused
from deploy.rehearsal.gateway import OFFICE, Gateway, Persona
from deploy.rehearsal.scenario import Scenario
from deploy.rehearsal.stubs import Stubs
from deploy.rehearsal.waiting import Patience
from shared.calendar import WorkCalendar
from shared.rulebooks import Rulebook, Stage

IN_PROGRESS = "in_progress"
OVER = frozenset({"blocked", "ended", "completed"})
_NOT_YET = frozenset({404, 409})


@dataclass
class Play:
    """The state of one rehearsal. `today` is the day being played; it only ever goes where the cycle goes."""

    playable: Playable
    gateway: Gateway
    stubs: Stubs
    calendar: WorkCalendar
    patience: Patience
    say: Callable[[str], None]
    today: date = field(init=False)
    cycle_id: str = ""
    ids: dict[str, str] = field(default_factory=dict)  # handle → application
    closed: set[str] = field(default_factory=set)  # stages that this player closed
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.today = self.scenario.opens_on
        self.notes += self.scenario.notes

    @property
    def scenario(self) -> Scenario:
        return self.playable.scenario

    @property
    def rulebook(self) -> Rulebook:
        return self.playable.rulebook

    @property
    def handles(self) -> dict[str, str]:
        """Application → handle."""
        return {application: handle for handle, application in self.ids.items()}

    @property
    def path(self) -> str:
        """Where the cycle is found."""
        return f"/cycles/{self.cycle_id}"

    def ask(self, path: str, who: Persona | None = OFFICE, **query: str) -> dict[str, Any]:
        """A question, by the office where nobody else is named."""
        return self.gateway.ask(path, who, self.today, **query)

    def do(
        self, verb: str, path: str, body: Mapping[str, Any] | None = None, who: Persona | None = OFFICE
    ) -> dict[str, Any]:
        """A command, by the office where nobody else is named."""
        return self.gateway.do(verb, path, who, self.today, body)

    def do_when_known(
        self, verb: str, path: str, body: Mapping[str, Any], who: Persona | None = OFFICE
    ) -> dict[str, Any]:
        """A command on something that the service has perhaps not heard of yet: tried until it has."""

        def once() -> dict[str, Any] | None:
            try:
                return self.do(verb, path, body, who)
            except Refused as refused:
                if refused.status in _NOT_YET:
                    return None
                raise

        return self.patience.until(f"{verb} {path}", once)

    # The cycle

    def cycle(self) -> dict[str, Any]:
        """The cycle's state."""
        return self.ask(self.path)

    def statuses(self) -> dict[str, str]:
        """Handle → status, of all that were drafted."""
        handles = self.handles
        return {handles[line["application_id"]]: line["status"] for line in self.applications()}

    def applications(self) -> Iterator[dict[str, Any]]:
        """All applications of the cycle, page by page."""
        after: str | None = "start"
        while after is not None:
            page = self.ask(f"{self.path}/applications", after=after, size="500")
            yield from page["applications"]
            after = page["next"]

    def in_play(self, handles: Iterable[str]) -> list[str]:
        """Those of them that have not come to their end."""
        wanted = list(handles)
        statuses = self.statuses() if wanted else {}
        return [handle for handle in wanted if statuses.get(handle) == IN_PROGRESS]

    # Stages

    def stage(self, stage: Stage) -> dict[str, Any]:
        """A stage as its owner knows it."""
        return self.ask(f"{self.path}/stages/{stage.key}")

    def begin(self, stage: Stage) -> bool:
        """Begin a stage; False where it is blocked or nobody was left for it.

        A blocked stage is begun once: the next step is looked for when the timeline has heard of it.
        """
        state = self.do("POST", f"{self.path}/stages/{stage.key}/begin")
        if state["state"] == "closed":
            self.closed.add(stage.key)
        elif state["state"] != "begun":
            self.patience.until(f"{stage.key}: blocked", lambda: self._known_to_be_blocked(stage))
        return bool(state["state"] == "begun")

    def _known_to_be_blocked(self, stage: Stage) -> bool | None:
        cycle = self.cycle()
        blocked = any(line["stage"] == stage.key and line["blocked"] for line in cycle["stages"])
        return True if blocked or cycle["state"] in OVER - {"blocked"} else None

    def close(self, stage: Stage) -> None:
        """Close a stage, as soon as nothing is waited for any more."""
        self.patience.until(f"{stage.key}: nothing more to wait for", lambda: self._closed(stage))
        self.closed.add(stage.key)

    def _closed(self, stage: Stage) -> bool | None:
        try:
            self.do("POST", f"{self.path}/stages/{stage.key}/close")
        except Refused as refused:
            if refused.status == 409:
                return True if self.stage(stage)["state"] == "closed" else None
            raise
        return True
