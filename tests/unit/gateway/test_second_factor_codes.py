"""Codes of an authenticator and recovery codes: what counts, what does not, and how they may be typed."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.second_factor import codes

# RFC 6238, appendix B, SHA-1, cut to six digits.
SEED = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
    (20000000000, "353130"),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    step = codes.step_of(seconds)
    assert codes.matched(SEED, code, step, 0) == step


def at(step: int) -> str:
    return pyotp.TOTP(SEED).generate_otp(step)


@pytest.mark.parametrize(("offset", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(offset: int, counts: bool) -> None:
    now = 55_000_000
    assert codes.matched(SEED, at(now + offset), now, 0) == (now + offset if counts else None)


def test_a_code_counts_once_and_none_before_it() -> None:
    """After the code of the next step was taken, that of this one is old."""
    now = 55_000_000
    assert codes.matched(SEED, at(now), now, now) is None
    assert codes.matched(SEED, at(now), now, now + 1) is None
    assert codes.matched(SEED, at(now + 1), now, now) == now + 1


@given(st.text(max_size=30))
def test_nothing_else_is_right(given: str) -> None:
    now = 55_000_000
    right = {at(now + offset) for offset in (-1, 0, 1)}
    code = codes.read(given)
    if code.isascii():
        assert (codes.matched(SEED, code, now, 0) is not None) == (code in right)
    assert codes.is_of_authenticator(code) <= code.isascii()


@pytest.mark.parametrize("typed", ["287082", " 287 082 ", "２８７０８２", "287-082", "287\u3000082"])
def test_however_it_is_typed(typed: str) -> None:
    assert codes.read(typed) == "287082"
    assert codes.is_of_authenticator(codes.read(typed))


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "28708a", "²87082x", "٢٨٧٠٨٢"])
def test_what_is_no_code(typed: str) -> None:
    assert not codes.is_of_authenticator(codes.read(typed))


def test_recovery_codes_are_ten_of_128_bits_and_of_one_account() -> None:
    made = codes.new_recovery_codes()
    assert len(set(made)) == 10
    for each in made:
        read = codes.read(each.upper().replace("-", " "))
        assert codes.is_recovery(read)
        assert len(base64.b32decode(read.upper() + "======")) == 16
        assert codes.recovery_digest("a", read) != codes.recovery_digest("b", read)


def test_the_address_for_an_authenticator_holds_what_it_needs() -> None:
    secret = codes.new_secret()
    parts = urlsplit(codes.uri_of(secret, "li.office"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path).endswith("li.office")
    assert parse_qs(parts.query)["secret"] == [secret]
    assert len(base64.b32decode(secret)) == 20
