"""Whether a waiting query lets the rest of the process run: found out without a stopwatch."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from shared.store.errors import DriverBlocksError

_LOCK = 0x5A48_5052_4F42


class Job(Protocol):
    """Something to run."""

    def __call__(self) -> None: ...


class InParallel(Protocol):
    """Runs jobs at the same time in the runtime's way, waits for all, and raises what one of them raises."""

    def __call__(self, *jobs: Job) -> None: ...


def probe_concurrency(engine: Engine, in_parallel: InParallel) -> None:
    """One job waits in the database for a lock that the other job gives up. Raises DriverBlocksError.

    A driver that blocks the runtime never lets the second job run; the first then fails at its lock timeout.
    """
    with engine.connect() as holder, engine.connect() as waiter:
        # Each process probes with a lock of its own, so that replicas that start together do not meet.
        key = holder.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        holder.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK % 2**31}, {key})")
        waiter.exec_driver_sql("SET LOCAL lock_timeout = '2s'")

        def wait() -> None:
            waiter.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK % 2**31}, {key})")

        def give_up() -> None:
            holder.rollback()

        try:
            in_parallel(wait, give_up)
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) != "55P03":
                raise
            raise DriverBlocksError("a waiting query stops every other one of this process") from error
