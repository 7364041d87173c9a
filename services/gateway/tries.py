"""试错: failed tries in a row for one name, one address, one second factor; what is kept of each is a digest.

A try is counted before anything is looked at, so that tries side by side do not slip through, and taken back when it was right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from services.gateway.errors import TooMany
from services.gateway.models import FailedLogin
from shared.contracts import Context
from shared.identifiers import new_id
from shared.store import Store, Work, worth_retrying

Result = TypeVar("Result")

FREE_TRIES, FREE_TRIES_ADDRESS = 5, 200  # an address may be the proxy of a whole district
LONGEST_WAIT = 300  # seconds
FORGET_AFTER = timedelta(minutes=15)


class Tries:
    """The tries of one gateway. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self, free: Mapping[str, int]) -> None:
        """Count a try that has not failed yet, against each key with its free tries. Raises TooMany, which is not counted."""
        patiently(lambda: self._count(free))

    def _count(self, free: Mapping[str, int]) -> None:
        now = self._store.clock.now()
        with self._store.transaction() as tx:
            session = tx.work(Context(message_id=new_id())).session
            rows = (
                select(FailedLogin)
                .where(FailedLogin.key.in_(free))
                .order_by(FailedLogin.key)
                .with_for_update()
            )
            known = {row.key: row for row in session.scalars(rows)}
            counts = {key for key, row in known.items() if row.last_at + FORGET_AFTER >= now}
            for key in counts:
                until = known[key].last_at + timedelta(seconds=_wait(known[key].failures - free[key]))
                if until > now:
                    raise TooMany(max(1, round((until - now).total_seconds())))
            for key in sorted(free):
                if (
                    key not in known
                ):  # never merged: a row that came meanwhile must refuse this one, not be set back
                    session.add(FailedLogin(key=key, failures=1, last_at=now))
                else:
                    known[key].failures = known[key].failures + 1 if key in counts else 1
                    known[key].last_at = now
            session.flush()

    def take_back(self, keys: Iterable[str]) -> None:
        """The try was right as far as it went: it is not held against any of the keys."""
        with self._store.writing() as connection:
            for key in sorted(keys):
                this = (FailedLogin.key == key) & (FailedLogin.failures > 0)
                connection.execute(update(FailedLogin).where(this).values(failures=FailedLogin.failures - 1))

    @staticmethod
    def clear(work: Work, keys: Iterable[str], *, whole: Iterable[str]) -> None:
        """Somebody is in: of the keys this one try is taken back, of those in `whole` all.

        In one order everywhere, so that two sign-ins never wait for each other.
        """
        for key in sorted(keys):
            if key in whole:
                work.session.execute(delete(FailedLogin).where(FailedLogin.key == key))
            else:
                forgiven = FailedLogin.failures - 1
                work.session.execute(
                    update(FailedLogin).where(FailedLogin.key == key).values(failures=forgiven)
                )

    def purge(self) -> int:
        """Delete tries that no longer count; gives how many rows went."""
        with self._store.writing() as connection:
            old = FailedLogin.last_at < self._store.clock.now() - FORGET_AFTER
            return connection.execute(delete(FailedLogin).where(old)).rowcount


def key_of(kind: str, value: str) -> str:
    """The key of a name, an address, an account's second factor."""
    return hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest()


def patiently(attempt: Callable[[], Result]) -> Result:
    """Two first tries for one name may meet; whoever came second simply tries again."""
    for left in (2, 1, 0):
        try:
            return attempt()
        except (IntegrityError, OperationalError) as error:
            if not left or not (isinstance(error, IntegrityError) or worth_retrying(error)):
                raise
    raise AssertionError("the last turn returns or raises")


def _wait(beyond: int) -> int:
    """Seconds to wait after so many failures beyond the free ones."""
    return 0 if beyond < 0 else min(LONGEST_WAIT, 2 ** min(beyond, 10))
