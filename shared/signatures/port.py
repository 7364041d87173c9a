"""The port: a key that signs and a key that verifies, whatever the algorithm. Signatures have 64 bytes with both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

ALGORITHMS = ("ed25519", "sm2")
LENGTH = 64  # bytes of a signature


class VerifyingKey(Protocol):
    """A public key; `key_id` is the thumbprint of its JWK (RFC 7638)."""

    algorithm: str
    key_id: str

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's over exactly these bytes; never an exception, whatever they are."""
        ...

    def jwk(self) -> Mapping[str, str]:
        """The public key as a JWK (RFC 7517), as it is published."""
        ...


class SigningKey(Protocol):
    """A private key; it is shown to nobody."""

    @property
    def public(self) -> VerifyingKey:
        """Its public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message."""
        ...
