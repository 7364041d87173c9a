"""证书的签名文本: what the QR code of a certificate holds, alone or at the end of an address. Pure, and without a network.

`ZHC1.<what it says>.<signature>`; what it says is JSON: v, no, issue (1, and one more for each time that it was issued anew),
name, title, level, track, year, on (the day of the award), kid, and `rehearsal: true` where nobody has won anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.signatures.port import SigningKey, VerifyingKey
from shared.signatures.tokens import NotGenuine, opened, sealed

MARK = "ZHC1"
PARAMETER = "c"  # of the address
_VERSION = 1
_FIELDS = {
    "v": int,
    "no": str,
    "issue": int,
    "name": str,
    "title": str,
    "level": str,
    "track": str,
    "year": int,
    "on": str,
    "kid": str,
}


@dataclass(frozen=True)
class Certificate:
    """What a certificate says."""

    number: str
    name: str
    title: str
    level: str
    track: str
    year: int
    awarded_on: date
    issue: int = 1
    rehearsal: bool = False


def signed(certificate: Certificate, key: SigningKey) -> str:
    """The signed text."""
    said: dict[str, Any] = {
        "v": _VERSION,
        "no": certificate.number,
        "issue": certificate.issue,
        "name": certificate.name,
        "title": certificate.title,
        "level": certificate.level,
        "track": certificate.track,
        "year": certificate.year,
        "on": certificate.awarded_on.isoformat(),
    }
    return sealed(MARK, said | ({"rehearsal": True} if certificate.rehearsal else {}), key)


def address(base: str, token: str) -> str:
    """What the QR code holds: the text at the end of the page's address; the text alone where there is no address."""
    return f"{base.rstrip('/')}/verify?{PARAMETER}={token}" if base else token


def token_in(text: str) -> str:
    """The signed text in what a scanner read. Whatever it is, only the signature says whether it is genuine."""
    return text.strip().rpartition(f"?{PARAMETER}=")[2]


def verified(text: str, keys: Iterable[VerifyingKey]) -> tuple[Certificate, str]:
    """What a genuine certificate says, and the id of the key that signed it. Raises NotGenuine."""
    said = opened(MARK, token_in(text), keys)
    wrong = [name for name, kind in _FIELDS.items() if type(said.get(name)) is not kind]
    if wrong or said["v"] != _VERSION or set(said) - set(_FIELDS) - {"rehearsal"}:
        raise NotGenuine("malformed")
    try:
        awarded_on = date.fromisoformat(said["on"])
    except ValueError:
        raise NotGenuine("malformed") from None
    certificate = Certificate(
        said["no"], said["name"], said["title"], said["level"], said["track"], said["year"], awarded_on,
        issue=said["issue"], rehearsal=said.get("rehearsal") is True,
    )  # fmt: skip
    return certificate, said["kid"]
