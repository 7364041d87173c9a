"""Keys as text: an Ed25519 key is PEM (PKCS 8), an SM2 key a JWK; a set of public keys is a JWK set or PEM, one after the other.

Rotation: the new private key signs, the public half of the one before goes to the former keys and stays published, since
what it signed is still to be believed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from shared.signatures import ed25519, sm2
from shared.signatures.port import SigningKey, VerifyingKey
from shared.signatures.text import from_text, to_text

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


class WrongKey(ValueError):
    """The text holds no key that could be used; the message says why, without the key."""


def make_private(algorithm: str) -> str:
    """A new private key as text. Raises WrongKey for an algorithm that nobody has."""
    if algorithm == ed25519.NAME:
        return ed25519.generate()
    if algorithm == sm2.NAME:
        secret = sm2.generate()
        return json.dumps({**sm2.Sm2Signing(secret).public.jwk(), "d": to_text(secret)})
    raise WrongKey(f"no algorithm {algorithm}")


def read_private(text: str) -> SigningKey:
    """The key in a text. Raises WrongKey."""
    try:
        if text.lstrip().startswith("{"):
            return sm2.Sm2Signing(from_text(_member(json.loads(text), "d")))
        key = load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError) as error:
        raise WrongKey(f"no private key: {type(error).__name__}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise WrongKey("neither Ed25519 nor SM2")
    return ed25519.Ed25519Signing(key)


def read_public(text: str) -> tuple[VerifyingKey, ...]:
    """All public keys in a text: PEM, a JWK or a JWK set. Raises WrongKey where it holds anything else, or none."""
    try:
        if text.lstrip().startswith("{"):
            given = json.loads(text)
            return tuple(_of_jwk(each) for each in given.get("keys", [given]))
        return tuple(_of_pem(each) for each in _PEM.findall(text)) or _none()
    except (ValueError, TypeError, AttributeError) as error:
        raise WrongKey(f"no public key: {error}") from None


def _none() -> tuple[VerifyingKey, ...]:
    raise WrongKey("no key in it")


def _of_pem(text: str) -> VerifyingKey:
    key = load_pem_public_key(text.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise WrongKey("PEM holds Ed25519 keys only")
    return ed25519.Ed25519Verifying(key)


def _of_jwk(given: Mapping[str, Any]) -> VerifyingKey:
    makers: dict[str, Callable[[], VerifyingKey]] = {
        "Ed25519": lambda: ed25519.Ed25519Verifying(
            Ed25519PublicKey.from_public_bytes(from_text(_member(given, "x")))
        ),
        "SM2": lambda: sm2.Sm2Verifying(from_text(_member(given, "x")), from_text(_member(given, "y"))),
    }
    make = makers.get(_member(given, "crv"))
    if make is None:
        raise WrongKey("a curve that nobody here knows")
    return make()


def _member(given: Any, name: str) -> str:
    found = given.get(name) if isinstance(given, Mapping) else None
    if not isinstance(found, str):
        raise WrongKey(f"no {name}")
    return found


class KeyRing:
    """The key that signs now, and every public key whose signatures are believed."""

    def __init__(self, private: str, former: str = "") -> None:
        """Raises WrongKey for keys that are none."""
        self.current = read_private(private)
        published = (self.current.public, *(read_public(former) if former.strip() else ()))
        self.published = tuple({key.key_id: key for key in published}.values())

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK set (RFC 7517), the present one first."""
        return {"keys": [dict(key.jwk()) for key in self.published]}
