"""Ed25519 (RFC 8032), by cryptography."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shared.signatures.text import to_text
from shared.signatures.thumbprints import thumbprint

NAME = "ed25519"


class Ed25519Verifying:
    """A public key of 32 bytes."""

    algorithm = NAME

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        x = to_text(key.public_bytes(Encoding.Raw, PublicFormat.Raw))
        self._members = {"kty": "OKP", "crv": "Ed25519", "x": x}
        self.key_id = thumbprint(self._members)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether it is this key's signature."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def jwk(self) -> Mapping[str, str]:
        """As it is published."""
        return {**self._members, "kid": self.key_id, "use": "sig", "alg": "Ed25519"}


class Ed25519Signing:
    """A private key; the same message has the same signature every time."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._public = Ed25519Verifying(key.public_key())

    @property
    def public(self) -> Ed25519Verifying:
        """Its public half."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message."""
        return self._key.sign(message)


def generate() -> str:
    """A new private key, PEM."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
