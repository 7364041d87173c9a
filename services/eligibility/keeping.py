"""What becomes of eligibility's tables when records are packed and when they are destroyed."""

from __future__ import annotations

from services.eligibility.models import metadata
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
        "pool": Words("培育库的登记，不属于某一次评奖", "of the cultivation pool, which outlives cycles"),
        "reported_records": Words(
            "部门主动报送的记录，按单位而不按申报",
            "what agencies reported, by organization and not by application",
        ),
    },
    destroyed=frozenset({"applicants", "department_answers", "evaluations", "judgements", "objections"}),
    blanked=PROTOCOL_BLANKED,
    kept={
        **PROTOCOL_KEPT,
        "bans": Words(
            "禁止申报的期限，按申报人标识", "bans, by the applicant's key: they outlive what they came from"
        ),
        "honours": Words("荣誉登记长期保存", "the register of honours is kept for good"),
    },
)
