"""SM2 with SM3 (GB/T 32918, GM/T 0003), by gmalg. The signer's identity is the usual one of GM/T 0009.

No JOSE specification names the curve: `"crv": "SM2"` in the JWK is the name that others use as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from gmalg import SM2
from gmalg.errors import GMError

from shared.signatures.port import LENGTH
from shared.signatures.text import to_text
from shared.signatures.thumbprints import thumbprint

NAME = "sm2"
HALF = LENGTH // 2  # bytes of a coordinate, of the private number, of r and of s
_IDENTITY = b"1234567812345678"
_PRIME = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_A = _PRIME - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93


class Sm2Verifying:
    """A public key: a point of the curve. Raises ValueError for coordinates that are none of its points."""

    algorithm = NAME

    def __init__(self, x: bytes, y: bytes) -> None:
        if len(x) != HALF or len(y) != HALF or not _on_the_curve(int.from_bytes(x), int.from_bytes(y)):
            raise ValueError("no point of the curve SM2")
        self._key = SM2(pk=b"\x04" + x + y, uid=_IDENTITY)
        self._members = {"kty": "EC", "crv": "SM2", "x": to_text(x), "y": to_text(y)}
        self.key_id = thumbprint(self._members)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether it is this key's signature."""
        if len(signature) != LENGTH:
            return False
        try:
            return bool(self._key.verify(message, signature[:HALF], signature[HALF:]))
        except (GMError, ValueError, ArithmeticError):  # a number out of its range, a point at infinity
            return False

    def jwk(self) -> Mapping[str, str]:
        """As it is published."""
        return {**self._members, "kid": self.key_id, "use": "sig", "alg": "SM2"}


class Sm2Signing:
    """A private number of 32 bytes. Raises ValueError for one out of its range."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != HALF or not 0 < int.from_bytes(secret) < _ORDER - 1:
            raise ValueError("no private number of SM2")
        point = SM2().generate_pk(secret)
        self._public = Sm2Verifying(point[1 : 1 + HALF], point[1 + HALF :])
        self._key = SM2(sk=secret, pk=point, uid=_IDENTITY)

    @property
    def public(self) -> Sm2Verifying:
        """Its public half."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """r and s, 32 bytes each; another signature every time."""
        signed: tuple[bytes, bytes] = self._key.sign(message)
        r, s = signed
        return r.rjust(HALF, b"\0") + s.rjust(HALF, b"\0")


def _on_the_curve(x: int, y: int) -> bool:
    return x < _PRIME and y < _PRIME and (y * y - (x * x * x + _A * x + _B)) % _PRIME == 0


def generate() -> bytes:
    """A new private number, 32 bytes."""
    secret: bytes = (
        SM2().generate_keypair()[0].rjust(HALF, b"\0")
    )  # which leaves noughts at its beginning out
    return secret
