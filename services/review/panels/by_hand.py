"""Readers found one after the other: a quick proof that members can read everything. That it finds none proves nothing.

Applications that few can read come first; each takes who has most room left, as long as the places that remain suffice for its
quotas. Where nobody with room is left, somebody without gives up another application to one who has some.
"""

from __future__ import annotations

import numpy as np

from services.review.panels.grid import Counts, Flags, Grid


def read_by_hand(grid: Grid) -> bool:
    """Whether all experts of the grid together were found to be able to read everything lawfully."""
    if not len(grid.experts):
        return False
    work = _Work(grid)
    return all(work.serve(int(application)) for application in work.order())


class _Work:
    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.room = np.minimum(grid.room, grid.free.sum(axis=1))
        self.read = np.zeros(grid.free.shape, dtype=bool)
        self.able = [quota.able for quota in grid.quotas]
        self.needed = np.array([quota.needed for quota in grid.quotas], dtype=np.int64)

    def order(self) -> Counts:
        """The applications, those with the least choice first."""
        choice = self.grid.free.sum(axis=0)
        for able, needed in zip(self.able, self.needed, strict=True):
            choice = np.minimum(choice, (self.grid.free & able).sum(axis=0) // max(1, int(needed)))
        return np.argsort(choice, kind="stable")

    def serve(self, application: int) -> bool:
        """Find readers for one application; whether they were found. First by room, then by what the quotas still lack."""
        for by_need in (False, True):
            if self._served(application, by_need=by_need):
                return True
            readers = self.read[:, application]
            self.room += readers
            readers[:] = False
        return False

    def _served(self, application: int, *, by_need: bool) -> bool:
        for _ in range(self.grid.readers):
            possible = self._possible(application)
            worth = self.room + (len(self.grid.applications) * self._meets(application) if by_need else 0)
            with_room = possible & (self.room > 0)
            if with_room.any():
                reader = int(np.argmax(np.where(with_room, worth, -1)))
            else:
                reader = self._relieved(possible)
                if reader < 0:
                    return False
            self.read[reader, application] = True
            self.room[reader] -= 1
        return True

    def _meets(self, application: int) -> Counts:
        """By expert, how many quotas that are not met yet it would count for."""
        mine, found = self.read[:, application], np.zeros(len(self.room), dtype=np.int64)
        for able, needed in zip(self.able, self.needed, strict=True):
            if int((mine & able[:, application]).sum()) < needed:
                found += able[:, application]
        return found

    def _possible(self, application: int) -> Flags:
        """Who may be the next reader, such that the places after it suffice for what the quotas still lack."""
        mine = self.read[:, application]
        after = self.grid.readers - int(mine.sum()) - 1
        possible = self.grid.free[:, application] & ~mine
        for able, needed in zip(self.able, self.needed, strict=True):
            if needed - int((mine & able[:, application]).sum()) > after:
                possible = possible & able[:, application]
        return possible

    def _relieved(self, possible: Flags) -> int:
        """One of these who could give another application to somebody with room, and has done so; -1 where none can."""
        takers = self.room > 0
        if not takers.any():
            return -1
        for reader in np.flatnonzero(possible):
            for other in np.flatnonzero(self.read[reader]):
                taker = self._taker(int(reader), int(other), takers)
                if taker >= 0 and taker != reader:
                    self.read[reader, other], self.read[taker, other] = False, True
                    self.room[taker] -= 1
                    self.room[reader] += 1
                    return int(reader)
        return -1

    def _taker(self, reader: int, other: int, takers: Flags) -> int:
        """One with room who can take an application from its reader without breaking a quota; -1 where there is none."""
        mine = self.read[:, other]
        can = takers & self.grid.free[:, other] & ~mine
        for able, needed in zip(self.able, self.needed, strict=True):
            if able[reader, other] and int((mine & able[:, other]).sum()) <= needed:
                can = can & able[:, other]
        found = np.flatnonzero(can)
        return int(found[0]) if len(found) else -1
