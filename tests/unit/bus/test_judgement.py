"""What an exception means for its delivery, and the crash points' guards."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from shared.bus import batch, crash
from shared.bus.batch import Fate
from shared.problems import Conflict, NotFound, Transient, Unavailable


@pytest.mark.parametrize(
    ("error", "fate", "reason"),
    [
        (Conflict("坏", "bad", code="c"), Fate.PARK, "c"),
        (NotFound("坏", "bad"), Fate.PARK, "not_found"),
        (Transient("坏", "bad"), Fate.RETRY, "transient"),
        (Unavailable("坏", "bad"), Fate.RETRY, "unavailable"),
        (RuntimeError("secret"), Fate.RETRY, "RuntimeError"),
    ],
)
def test_fates(error: Exception, fate: Fate, reason: str) -> None:
    """Problems are permanent, what may pass and what nobody expected is tried again."""
    verdict = batch.judge(error)
    assert (verdict.fate, verdict.reason) == (fate, reason)


def test_no_text_of_an_exception_is_kept() -> None:
    """Class and place only: the text may quote a person's data."""

    def fail() -> None:
        raise RuntimeError("110101199003070000")

    with pytest.raises(RuntimeError) as caught:
        fail()
    detail = batch.judge(caught.value).detail
    assert "110101" not in detail
    assert "test_judgement.py" in detail
    assert "fail" in detail


def test_a_database_that_is_away_is_no_attempt() -> None:
    """It is told apart from what a handler did wrong."""
    away = OperationalError("SELECT", {}, Exception("unable to open database file"))
    with pytest.raises(batch.DatabaseAwayError):
        batch.raise_if_away(away)
    batch.raise_if_away(RuntimeError())


def test_production_has_no_crash_points() -> None:
    """Nor has anybody an unknown one."""
    with pytest.raises(crash.CrashRefusedError):
        crash.arm("before_commit", environment="production")
    with pytest.raises(crash.CrashRefusedError):
        crash.arm("nowhere", environment="test")
