"""The key ring of the encrypted columns: the current key writes, older ones still read.

Written as `id:base64` entries separated by commas or lines, the current key first, `#` begins a comment. One
entry is named `index`: its key makes the blind indexes and stays when the others rotate. Every key has 32
bytes. `python -m shared.store.keys` prints a new ring.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import sys
import unicodedata
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.store.errors import DecryptionError, MissingKeyError

INDEX = "index"
_PREFIX = "v1"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_ID = re.compile(r"^[A-Za-z0-9_-]{1,32}$")


class KeyRing:
    """Named keys. Nothing about the keys but their ids is ever shown."""

    def __init__(self, keys: Mapping[str, bytes], current: str, index: bytes) -> None:
        for name, key in (*keys.items(), (INDEX, index)):
            if not _ID.match(name) or len(key) != _KEY_BYTES:
                raise ValueError(f"key {name!r}: a short name and {_KEY_BYTES} bytes are needed")
        if current not in keys:
            raise ValueError(f"the current key {current!r} is not in the ring")
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._index = index
        self.current = current

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._ciphers)})"

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys that can read."""
        return tuple(self._ciphers)

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read a ring; the first key but `index` is the current one. Raises ValueError, without the keys."""
        found: dict[str, bytes] = {}
        for line in text.splitlines():
            for entry in line.split("#")[0].split(","):
                if not entry.strip():
                    continue
                name, colon, encoded = (part.strip() for part in entry.partition(":"))
                if not colon or name in found:
                    raise ValueError("a key ring is `id:base64` entries, each id once")
                try:
                    found[name] = base64.b64decode(encoded, validate=True)
                except binascii.Error:
                    raise ValueError(f"key {name!r} is not base64") from None
        index = found.pop(INDEX, None)
        if index is None or not found:
            raise ValueError(f"a key ring needs one key at least, and one named {INDEX!r}")
        return cls(found, next(iter(found)), index)

    @staticmethod
    def generate(key_id: str = "k1") -> str:
        """A new ring with one key, as text to be kept outside the database."""
        fresh = (base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode() for _ in range(2))
        return f"{key_id}:{next(fresh)},{INDEX}:{next(fresh)}"

    def encrypt(self, text: str, place: str) -> str:
        """Encrypt under the current key, tied to `place`."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self.current].encrypt(nonce, text.encode(), place.encode())
        return f"{_PREFIX}.{self.current}.{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, value: str, place: str) -> str:
        """Raises MissingKeyError for a key outside the ring, DecryptionError for a changed or moved value."""
        prefix, _, rest = value.partition(".")
        key_id, dot, encoded = rest.partition(".")
        if prefix != _PREFIX or not dot:
            raise DecryptionError(f"{place}: not an encrypted value")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise MissingKeyError(f"{place}: key {key_id!r} is not in the ring")
        try:
            raw = base64.b64decode(encoded, validate=True)
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError):
            raise DecryptionError(f"{place}: the value under key {key_id!r} was changed or moved") from None

    def needs_rotation(self, value: str) -> bool:
        """Whether an encrypted value is under an older key than the current one."""
        return value.split(".", 2)[1:2] != [self.current]

    def blind_index(self, value: str, purpose: str) -> str:
        """64 hex digits to find an encrypted value by: equal for equal values of one purpose (`table.column`).

        Width and case of letters and spaces around do not matter.
        """
        plain = unicodedata.normalize("NFKC", value).strip().upper()
        return hmac.new(self._index, f"{purpose}\0{plain}".encode(), hashlib.sha256).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(KeyRing.generate() + "\n")
