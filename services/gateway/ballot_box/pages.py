"""The portal's page of the ballot as a client of a box: it casts as everybody does, and says for whose address.

That word is taken from whoever knows the secret of boxes and gateways, and from nobody else. Pure.
"""

from __future__ import annotations

import hashlib
import hmac

from shared.config import ConfigurationError
from shared.problems import Unavailable

PAGE, VOTER_ADDRESS = "Zhiheng-Page", "Zhiheng-Voter-Address"  # headers
SETTING = "ZHIHENG_BALLOT_PAGE_SECRET"
_SHORTEST = 32  # characters of the secret


def key_of(secret: str, use: str) -> bytes:
    """A key for one use of the secret. Raises ConfigurationError for a secret that is too short."""
    if len(secret) < _SHORTEST:
        raise ConfigurationError(f"{SETTING}: at least {_SHORTEST} characters")
    return hmac.new(secret.encode(), use.encode(), hashlib.sha256).digest()


def token_of(secret: str) -> str:
    """What the page shows a box: not the secret itself."""
    return key_of(secret, "page of the ballot").hex()


def told_address(token: str | None, page: str, address: str) -> str:
    """The voter's address as the page `page` tells it; `token` is what the box expects. Raises Unavailable."""
    if token is None or not hmac.compare_digest(page.encode(), token.encode()):
        raise Unavailable(
            "投票箱与投票页面的配置不一致",
            "this ballot box and the page of the ballot are not set up alike",
            code="other_page_secret",
        )
    return address
