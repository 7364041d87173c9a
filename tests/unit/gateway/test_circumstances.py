"""What headers say, and what they cannot say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from services.gateway.circumstances import (
    acting_role,
    bearer,
    giver_of,
    idempotency_key,
    message_id,
    rehearsal_day,
    request_id,
    require_factor,
    trace,
)
from services.gateway.errors import BadRequest
from services.gateway.identity import Session
from services.gateway.own import OWN
from shared.clock import SHANGHAI
from shared.contracts.operations import OPERATIONS
from shared.problems import Forbidden, Unauthenticated

TRACE = "0af7651916cd43dd8448eb211c80319c"
SESSION = Session(
    "a", "a", "A", frozenset({"award_office"}), False, datetime(2026, 1, 1, tzinfo=SHANGHAI), "d"
)


def test_a_well_formed_request_id_is_kept_and_another_replaced() -> None:
    assert request_id("abc-12345") == "abc-12345"
    for bad in (None, "", "short", "x" * 65, "with space", "line\nbreak", "引号引号引号引号"):
        made = request_id(bad)
        assert made != bad
        assert request_id(made) == made


def test_a_trace_is_continued_with_a_span_of_our_own() -> None:
    parent, state = trace(f"00-{TRACE}-b7ad6b7169203331-01", "vendor=1")
    assert parent.startswith(f"00-{TRACE}-")
    assert "b7ad6b7169203331" not in parent
    assert state == "vendor=1"


@pytest.mark.parametrize(
    "bad",
    [None, "", "nonsense", f"00-{TRACE}-b7ad6b7169203331", f"ff-{TRACE}-b7ad6b7169203331-01",
     f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-b7ad6b7169203331-01"],
)  # fmt: skip
def test_a_malformed_trace_begins_a_new_one_without_its_state(bad: str | None) -> None:
    parent, state = trace(bad, "vendor=1")
    assert TRACE not in parent
    assert len(parent) == 55
    assert state == ""


def test_an_authorization_that_is_no_bearer_token_is_refused_not_ignored() -> None:
    """Whoever means to be somebody is never taken for the public."""
    assert bearer(None) is None
    assert bearer("bearer " + "x" * 43) == "x" * 43
    for bad in (
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer short",
        "Bearer " + "ü" * 43,
        "Bearer a b",
    ):
        with pytest.raises(Unauthenticated):
            bearer(bad)


def test_the_role_that_acts_is_one_that_the_operation_names() -> None:
    begin = OPERATIONS["review.begin_stage"]
    assert acting_role(begin, SESSION) == "award_office"
    with pytest.raises(Forbidden):
        acting_role(begin, replace(SESSION, roles=frozenset({"reviewer"})))
    with pytest.raises(Unauthenticated):
        acting_role(begin, None)


def test_in_public_one_acts_in_ones_own_role_if_one_has_one() -> None:
    notices = OPERATIONS["eligibility.notices"]
    assert acting_role(notices, None) == "public"
    assert acting_role(notices, SESSION) == "award_office"


def test_a_rehearsal_date_is_a_date_and_only_where_rehearsals_are_allowed() -> None:
    assert rehearsal_day(None, allowed=False) is None
    assert rehearsal_day("2025-04-01", allowed=True) == date(2025, 4, 1)
    with pytest.raises(Forbidden) as caught:
        rehearsal_day("2025-04-01", allowed=False)
    assert caught.value.code == "rehearsals_refused"
    for bad in ("", "2025-02-30", "20250401", "2025-4-1", "2025-04-01T00:00", "today", "２０２５-04-01"):
        with pytest.raises(BadRequest):
            rehearsal_day(bad, allowed=True)


def test_an_idempotency_key_is_kept_or_made() -> None:
    assert idempotency_key("k:1.a_b-c") == "k:1.a_b-c"
    assert idempotency_key(None) != idempotency_key(None)
    for bad in ("", "a b", "x" * 129, "钥匙", "a\nb"):
        with pytest.raises(BadRequest):
            idempotency_key(bad)


def test_one_key_of_one_caller_is_one_message_and_nobody_elses() -> None:
    assert message_id("a", "k") == message_id("a", "k")
    assert len({message_id("a", "k"), message_id("b", "k"), message_id("a", "l")}) == 3


def test_whoever_lent_the_role_is_named_in_any_script() -> None:
    assert giver_of(None) == ""
    assert giver_of("li.office") == "li.office"
    assert giver_of("%E6%9D%8E%E5%8A%9E") == "李办"
    for bad in ("", "  ", "%0A", "a%00", "x" * 601, "a%E2%80%AEb"):
        with pytest.raises(BadRequest):
            giver_of(bad)


def test_whoever_owes_a_second_factor_does_nothing_but_set_it_up() -> None:
    """And whoever does not is asked nothing; the public is nobody that could owe one."""
    owing = replace(SESSION, owes_factor=True)
    free = {"me", "sign_out", "begin_second_factor", "confirm_second_factor"}
    for operation in (*OPERATIONS.values(), *OWN.values()):
        require_factor(operation, SESSION)
        require_factor(operation, None)
        if operation.service == "gateway" and operation.method in free:
            require_factor(operation, owing)
            continue
        with pytest.raises(Forbidden) as caught:
            require_factor(operation, owing)
        assert caught.value.code == "second_factor_owed"
