"""验证码与恢复码: what an authenticator shows (RFC 6238, six digits of half a minute), and what stands in for it once. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import unicodedata
from hmac import compare_digest

import pyotp

ISSUER = "质衡 Zhiheng"
STEP = 30  # seconds
_AROUND = (0, -1, 1)  # steps by which the two clocks may differ
RECOVERY_CODES = 10
_RECOVERY_BYTES = 16
_GROUP = 4
_DIGITS = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[a-z2-7]{26}")


def new_secret() -> str:
    """A secret of 160 random bits, in base 32."""
    return pyotp.random_base32()


def uri_of(secret: str, name: str) -> str:
    """The address that an authenticator reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(seconds: float) -> int:
    """The half minute that an instant (seconds since 1970) is in."""
    return int(seconds // STEP)


def matched(secret: str, given: str, now: int, after: int) -> int | None:
    """The step whose code was given: this one or a neighbour, and later than `after`; None for a wrong code.

    Every code that could be right is compared, so that the time taken tells nothing.
    """
    totp = pyotp.TOTP(secret)
    found = None
    for offset in _AROUND:
        step = now + offset
        if compare_digest(totp.generate_otp(step), given) and step > after and found is None:
            found = step
    return found


def read(given: str) -> str:
    """A code as it is compared: full-width digits, spaces and hyphens are a matter of keyboards."""
    plain = unicodedata.normalize("NFKC", given).casefold()
    return "".join(character for character in plain if character not in "-" and not character.isspace())


def is_of_authenticator(code: str) -> bool:
    """Whether a code, as read, has the form of what an authenticator shows."""
    return bool(_DIGITS.fullmatch(code))


def is_recovery(code: str) -> bool:
    """Whether a code, as read, has the form of a recovery code."""
    return bool(_RECOVERY.fullmatch(code))


def new_recovery_codes() -> list[str]:
    """Ten codes of 128 random bits, in groups of four characters."""
    return [_grouped(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]


def recovery_digest(account_id: str, code: str) -> str:
    """What is kept of a recovery code, as read. It has as many bits as a key, so no slow hash is needed."""
    return hashlib.sha256(f"{account_id}\0{code}".encode()).hexdigest()


def _grouped(raw: bytes) -> str:
    text = base64.b32encode(raw).decode("ascii").rstrip("=").lower()
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
