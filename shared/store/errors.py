"""What can go wrong between a service and its database, sorted by what the caller should do about it."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# SQLSTATEs: serialization failure, deadlock, lock timeout, statement timeout.
_RETRY_STATES = frozenset({"40001", "40P01", "55P03", "57014"})
# Classes 08 (connection), 53 (resources), 57P0x (shutdown, crash, starting up), 25P03 (idle in transaction
# ended),
# 25006 (a standby that is not promoted yet), 58 (system error).
_GONE_PREFIXES = ("08", "53", "57P0", "25P03", "25006", "58")
_SQLITE_BUSY = ("database is locked", "database table is locked")
_SQLITE_GONE = ("disk i/o error", "unable to open database", "database or disk is full", "readonly database")


class StoreError(Exception):
    """Base of the store's own errors; none of them is a user's fault."""


class StoreBusyError(StoreError):
    """The single writer of an embedded database was not free in time; trying again helps."""


class SchemaMismatchError(StoreError):
    """The database does not have the schema that this version of the service expects."""


class DriverBlocksError(StoreError):
    """A waiting query stops every other one in the process: the driver does not yield to the runtime."""


class MissingKeyError(StoreError):
    """A value was encrypted with a key that the ring does not hold, or there is no ring."""


class DecryptionError(StoreError):
    """A value was changed, cut, or moved to another column, or the key of that name is another one."""


def unreachable(error: BaseException) -> bool:
    """Whether the database is down or the connection to it was lost: pause, and count no attempt."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = _state(error)
    if state:
        return state.startswith(_GONE_PREFIXES)
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    text = str(error.orig).lower()
    if any(busy in text for busy in _SQLITE_BUSY):
        return False
    # psycopg2 gives no SQLSTATE where the connection itself failed.
    return any(gone in text for gone in _SQLITE_GONE) or type(error.orig).__module__.startswith("psycopg2")


def worth_retrying(error: BaseException) -> bool:
    """Whether the same work may succeed in a moment: deadlock, lock or statement timeout, busy writer."""
    if isinstance(error, StoreBusyError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = _state(error)
    if state:
        return state in _RETRY_STATES
    return any(busy in str(error.orig).lower() for busy in _SQLITE_BUSY)


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "pgcode", None) or "")
