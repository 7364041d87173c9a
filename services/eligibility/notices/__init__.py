"""公示: drafted, approved, posted, extended where posting failed, corrected by a new one, ended with a proof. What other rooms
use of it.
"""

from __future__ import annotations

from services.eligibility.notices.posting import close, find, listed, post, running, standing

__all__ = ["close", "find", "listed", "post", "running", "standing"]
