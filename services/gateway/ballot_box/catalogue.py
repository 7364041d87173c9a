"""The votes that a box knows, as review tells them, each for some seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.gateway.ballot_box.ballots import Vote, no_such_vote
from shared.problems import NotFound, Unavailable

Ask = Callable[[str, Mapping[str, Any], float], Awaitable[dict[str, Any]]]  # method, data, seconds
_MOST = 1000  # votes, and names of votes that do not exist
_PATIENCE = 5.0  # seconds for review's answer


class Catalogue:
    """Asks review, at most once at a time for each vote; goes by what it knew where review does not answer."""

    def __init__(self, ask: Ask, seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._known: dict[tuple[str, str], tuple[float, Vote | None]] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[Vote | None]] = {}

    async def vote(self, cycle_id: str, stage: str) -> Vote:
        """Raises NotFound, Unavailable."""
        key = (cycle_id, stage)
        read_at, found = self._known.get(key, (float("-inf"), None))
        if time.monotonic() - read_at >= self._seconds:
            found = await self._renewed(key, found)
        if found is None:
            raise no_such_vote()
        return found

    async def _renewed(self, key: tuple[str, str], before: Vote | None) -> Vote | None:
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._read(key))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        try:
            return await asyncio.shield(task)
        except Unavailable:
            if before is None:
                raise
            return before

    async def _read(self, key: tuple[str, str]) -> Vote | None:
        try:
            reply = await self._ask("voting", {"cycle_id": key[0], "stage": key[1]}, _PATIENCE)
            found = Vote.of(reply)
        except NotFound:
            found = None
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (time.monotonic(), found)
        return found
