"""Ballots gathered into messages: accepted together, confirmed by the broker together, answered only then.

A ballot waits some milliseconds for others of its vote. While as many messages as allowed are on their way it waits for
one of them, so that under load messages grow instead of their number. Of each group review is asked who has voted already;
where it does not say so in time the ballots go on all the same, and the log takes the first one of a voter.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.ballot_box.ballots import Vote
from services.gateway.ballot_box.link import Message, Publisher
from services.gateway.ballot_box.voters import Voters
from shared.bus import wire
from shared.clock import Clock
from shared.config import Settings
from shared.contracts.events import BallotsCast
from shared.identifiers import new_id
from shared.problems import Conflict, Unavailable

SOURCE = "ballot_box"
Known = Callable[
    [Sequence[str]], Awaitable[frozenset[str]]
]  # those of the voters who are known to have voted


class AlreadyVoted(Conflict):
    """A ballot of this identity is there; the first one counts."""

    default_code = "already_voted"

    def __init__(self, receipt: str) -> None:
        super().__init__("您已经投过票，以第一张选票为准", "you have voted already; the first ballot counts")
        self.receipt = receipt


def busy() -> Unavailable:
    """Too many ballots wait, or the broker takes none."""
    return Unavailable("投票人数较多，请稍后再试", "many are voting just now; try again shortly", code="busy")


def unknown() -> Unavailable:
    """The broker did not confirm in time; the ballot may be counted all the same."""
    return Unavailable(
        "选票没有及时得到确认，请稍后再试；重复提交不会重复计票",
        "the ballot was not confirmed in time; try again shortly, it will not be counted twice",
        code="not_confirmed",
    )


@dataclass(eq=False, slots=True)
class _Cast:
    """A ballot that waits; `outcome`: whether it was the first of its voter."""

    voter: str
    choices: str
    block: str
    outcome: asyncio.Future[bool]


class _Remembered:
    """Voters whose ballots this box has: as many as it may remember, twice; the oldest half is forgotten at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._young: dict[str, asyncio.Future[bool]] = {}
        self._old: dict[str, asyncio.Future[bool]] = {}

    def get(self, voter: str) -> asyncio.Future[bool] | None:
        return self._young.get(voter) or self._old.get(voter)

    def add(self, voter: str, outcome: asyncio.Future[bool]) -> None:
        if len(self._young) >= self._most:
            self._old, self._young = self._young, {}
        self._young[voter] = outcome


class Urn:
    """Takes ballots; gives them to the broker."""

    def __init__(
        self, settings: Settings, publisher: Publisher, voters: Voters, known: Known, clock: Clock
    ) -> None:
        self._settings = settings
        self._publisher = publisher
        self._voters = voters
        self._known = known
        self._clock = clock
        self.box = new_id()
        self._remembered = _Remembered(settings.ballot_known)
        self._groups: dict[str, list[_Cast]] = {}
        self._votes: dict[
            str, tuple[Vote, datetime]
        ] = {}  # of the groups: the vote, when the first ballot came
        self._numbers: Counter[str] = Counter()
        self._on_their_way = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.waiting = 0

    async def put(self, vote: Vote, voter: str, choices: str, block: str) -> None:
        """Come back when the broker has the ballot. Raises AlreadyVoted, Unavailable; Conflict outside the window."""
        before = self._remembered.get(voter)
        if before is not None:
            await self._outcome(before)
            raise AlreadyVoted(voter)
        if not self._publisher.ready or self.waiting >= self._settings.ballot_waiting_most:
            raise busy()
        # By the very moment that the message will tell: review refuses one that lies outside the window whole.
        now = self._clock.now()
        vote.require_open(now)
        cast = _Cast(voter, choices, block, asyncio.get_running_loop().create_future())
        self._remembered.add(voter, cast.outcome)
        self.waiting += 1
        self._gather(vote, cast, now)
        if not await self._outcome(cast.outcome):
            raise AlreadyVoted(voter)

    async def drain(self, seconds: float) -> bool:
        """Wait until nothing is on its way; gives whether it came so far."""
        for vote_id in list(self._groups):
            self._send_group(vote_id)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        return self.waiting == 0

    async def _outcome(self, outcome: asyncio.Future[bool]) -> bool:
        try:
            return await asyncio.wait_for(asyncio.shield(outcome), self._settings.ballot_patience)
        except TimeoutError:
            raise unknown() from None

    def _gather(self, vote: Vote, cast: _Cast, now: datetime) -> None:
        group = self._groups.setdefault(vote.id, [])
        group.append(cast)
        if len(group) == 1:
            self._votes[vote.id] = (vote, now)
            asyncio.get_running_loop().call_later(self._settings.ballot_group_seconds, self._ripe, vote.id)
        elif len(group) == self._settings.ballot_group_most:
            self._send_group(vote.id)

    def _ripe(self, vote_id: str) -> None:
        """A group has waited long enough; where too many are on their way it waits for the next that ends."""
        if self._on_their_way < self._settings.ballot_groups_at_once and self._groups.get(vote_id):
            self._send_group(vote_id)

    def _send_group(self, vote_id: str) -> None:
        group = self._groups.pop(vote_id, [])
        if not group:
            return
        vote, accepted_at = self._votes.pop(vote_id)
        self._on_their_way += 1
        task = asyncio.create_task(self._send(vote, accepted_at, group))
        self._tasks.add(task)
        task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._on_their_way -= 1
        for vote_id in list(self._groups):
            self._ripe(vote_id)

    async def _send(self, vote: Vote, accepted_at: datetime, group: Sequence[_Cast]) -> None:
        known = await self._known([cast.voter for cast in group])
        fresh = [cast for cast in group if cast.voter not in known]
        if fresh:
            message = self._message(vote, accepted_at, fresh)
            self._publisher.publish(message)
            await message.confirmed
        for cast in group:
            cast.outcome.set_result(cast.voter not in known)
        self.waiting -= len(group)

    def _message(self, vote: Vote, accepted_at: datetime, casts: Sequence[_Cast]) -> Message:
        self._numbers[vote.id] += 1
        message_id = new_id()
        data: dict[str, Any] = {
            "vote_id": vote.id,
            "key_id": self._voters.key_id(vote.id),
            "box": self.box,
            "number": self._numbers[vote.id],
            "accepted_at": accepted_at.isoformat(),
            "ballots": [f"{cast.voter}:{cast.choices}" for cast in casts],
            "origins": dict(Counter(cast.block for cast in casts)),
        }
        attributes = wire.EventAttributes(
            message_id, BallotsCast.NAME, BallotsCast.VERSION, SOURCE, vote.id, accepted_at.isoformat()
        )
        headers = attributes.to_headers() | {"traceparent": wire.next_traceparent(""), "actor": SOURCE}
        confirmed = asyncio.get_running_loop().create_future()
        return Message(message_id, BallotsCast.NAME, wire.encode(data), headers, confirmed)
