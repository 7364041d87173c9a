"""签名: what this system signs for others to hold against a public key, with Ed25519 or SM2 behind one port.

`keys` reads and makes keys, `tokens` puts signed data into one line of text, `requests` signs calls to other systems.
"""

from __future__ import annotations

from shared.signatures.keys import KeyRing, WrongKey, make_private, read_private, read_public
from shared.signatures.port import ALGORITHMS, SigningKey, VerifyingKey
from shared.signatures.tokens import NotGenuine, opened, sealed

__all__ = [
    "ALGORITHMS",
    "KeyRing",
    "NotGenuine",
    "SigningKey",
    "VerifyingKey",
    "WrongKey",
    "make_private",
    "opened",
    "read_private",
    "read_public",
    "sealed",
]
