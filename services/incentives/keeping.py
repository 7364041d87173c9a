"""What becomes of the incentives' tables when records are packed and when they are destroyed."""

from __future__ import annotations

from services.incentives.models import metadata
from shared.records.keeping import (
    PROTOCOL_BLANKED,
    PROTOCOL_KEPT,
    PROTOCOL_KEYS,
    Keeping,
)
from shared.rulebooks import Words

keeping = Keeping(
    metadata,
    keys=PROTOCOL_KEYS,
    left_out={
        "payments": Words(
            "历年拨付，按申报人而不按申报",
            "what was paid in earlier years, by applicant and not by application",
        ),
        "pool": Words("培育库的登记，不属于某一次评奖", "of the cultivation pool, which outlives cycles"),
    },
    destroyed=frozenset({"confirmations", "not_accepted"}),
    blanked=PROTOCOL_BLANKED,
    kept={
        **PROTOCOL_KEPT,
        "clawbacks": Words("追回属于会计资料", "clawbacks are accounts"),
        "grants": Words(
            "资金属于会计资料；“只奖一次”须凭此判断",
            "grants are accounts, and what is paid once ever is seen by them",
        ),
    },
)
