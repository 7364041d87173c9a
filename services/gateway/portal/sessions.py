"""Sessions of browsers: a cookie that only the browser has, ended when nobody used it for half an hour.

The cookie is a token of `identity`, so that what ends tokens (a new password, an account that is shut, signing out) ends
sessions too. What is kept beside it: when it was used last, and what the next page shall show once. That is sealed with a key
made from the cookie: whoever reads the database alone cannot read it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select, update

from services.gateway.identity import Identity, Issued, Session, digest_of, invalid_token
from services.gateway.models import BrowserSession
from shared.store import Store

COOKIE = "__Host-zhiheng"
IDLE = timedelta(minutes=30)
WARNED = timedelta(minutes=2)  # before the end of it
_TOUCHED_EVERY = timedelta(minutes=1)  # not with every page: reading must not write
_LONGEST_CARRIED = 200 << 10  # bytes: what somebody typed when the session was over
_REMEMBERED = 20_000
_NONCE = 12


class Sessions:
    """The sessions of one gateway. Safe to share between threads."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._touched: OrderedDict[str, datetime] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def _store(self) -> Store:
        return self._identity.store

    def open(self, issued: Issued) -> None:
        """Let a token that was just made be a browser's."""
        new = {"digest": issued.session.digest, "seen_at": self._store.clock.now(), "carried": None}
        with self._store.writing() as connection:
            connection.execute(insert(BrowserSession).values(new))

    def find(self, token: str) -> Session:
        """Whose session a cookie is; it counts as used. Raises Unauthenticated."""
        session = self._identity.session(token)
        now = self._store.clock.now()
        with self._lock:
            touched = self._touched.get(session.digest)
        if touched is not None and now - touched < _TOUCHED_EVERY:
            return session
        self._touch(session, now)
        return session

    def _touch(self, session: Session, now: datetime) -> None:
        """In one statement: of two replicas one may have seen it just now."""
        this = (BrowserSession.digest == session.digest) & (BrowserSession.seen_at > now - IDLE)
        with self._store.writing() as connection:
            found = connection.execute(update(BrowserSession).where(this).values(seen_at=now)).rowcount
        if not found:
            self._identity.revoke(session)
            raise invalid_token()
        with self._lock:
            self._touched[session.digest] = now
            self._touched.move_to_end(session.digest)
            while len(self._touched) > _REMEMBERED:
                self._touched.popitem(last=False)

    def carry(self, token: str, what: Mapping[str, Any]) -> None:
        """Keep something for the next page of this session; too much of it is not kept."""
        plain = json.dumps(what, ensure_ascii=False).encode()
        if len(plain) > _LONGEST_CARRIED:
            return
        nonce = secrets.token_bytes(_NONCE)
        sealed = (nonce + AESGCM(_key(token)).encrypt(nonce, plain, None)).hex()
        with self._store.writing() as connection:
            this = BrowserSession.digest == digest_of(token)
            connection.execute(update(BrowserSession).where(this).values(carried=sealed))

    def carried(self, token: str) -> dict[str, Any]:
        """What was kept for this page; it is given once."""
        digest = digest_of(token)
        with self._store.read() as work:
            sealed = work.session.scalar(
                select(BrowserSession.carried).where(BrowserSession.digest == digest)
            )
        if sealed is None:
            return {}
        with self._store.writing() as connection:
            this = (BrowserSession.digest == digest) & (BrowserSession.carried == sealed)
            taken = connection.execute(update(BrowserSession).where(this).values(carried=None)).rowcount
        if not taken:
            return {}  # another tab was faster
        raw = bytes.fromhex(sealed)
        try:
            found: dict[str, Any] = json.loads(AESGCM(_key(token)).decrypt(raw[:_NONCE], raw[_NONCE:], None))
        except InvalidTag:
            return {}
        return found

    def purge(self) -> int:
        """Delete sessions that nobody used for a day; gives how many."""
        with self._store.writing() as connection:
            old = BrowserSession.seen_at < self._store.clock.now() - timedelta(days=1)
            return connection.execute(delete(BrowserSession).where(old)).rowcount


def csrf_of(token: str, giver: str = "") -> str:
    """What a form of this session carries, acting for a giver's account, so that no other form is taken for one."""
    return hmac.new(token.encode(), f"form{giver}".encode(), hashlib.sha256).hexdigest()


def _key(token: str) -> bytes:
    return hmac.new(token.encode(), b"carried", hashlib.sha256).digest()
