"""公示: drafted, approved, posted, extended where posting failed, ended with a proof. What other rooms use of it."""

from __future__ import annotations

from services.eligibility.notices.posting import close, find, listed, post, running

__all__ = ["close", "find", "listed", "post", "running"]
