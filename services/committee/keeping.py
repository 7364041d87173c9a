"""What becomes of the committee's tables when records are packed and when they are destroyed."""

from __future__ import annotations

from services.committee.models import metadata
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
    counted={"roll": Words("谁投过票：只计人数", "who has cast a ballot: only how many")},
    destroyed=frozenset({"confirmations", "deviations", "recusals"}),
    blanked=PROTOCOL_BLANKED,
    kept={
        **PROTOCOL_KEPT,
        "boxes": Words("票箱，只有编号和核对码", "the boxes: numbers and check codes alone"),
        "open_votes": Words(
            "记名表决：申报的编号和委员的姓名",
            "open ballots: numbers of applications, and who of the members voted how",
        ),
        "candidates": Words("候选的编号和等次", "numbers and levels of candidates"),
        "results": Words("表决结果，只有编号", "results of ballots: numbers alone"),
        "tallies": Words("计票，只有编号", "counters: numbers alone"),
    },
)
