"""What becomes of review's tables when records are packed and when they are destroyed."""

from __future__ import annotations

from services.review.models import metadata
from shared.records.keeping import (
    PROTOCOL_BLANKED,
    PROTOCOL_KEPT,
    PROTOCOL_KEYS,
    Keeping,
)
from shared.rulebooks import Words

_OF_THE_REGISTER = Words("专家库，不属于某一次评奖", "of the register of experts, which outlives cycles")

keeping = Keeping(
    metadata,
    keys=PROTOCOL_KEYS,
    mixed=frozenset({"panel_deputies"}),
    left_out={
        "absences": _OF_THE_REGISTER,
        "advisers": _OF_THE_REGISTER,
        "declaration_reminders": _OF_THE_REGISTER,
        "declarations": _OF_THE_REGISTER,
        "declared_interests": _OF_THE_REGISTER,
        "expert_employments": _OF_THE_REGISTER,
        "expert_proposals": _OF_THE_REGISTER,
        "expert_register": _OF_THE_REGISTER,
        "expert_tags": _OF_THE_REGISTER,
        "ballot_batches": Words("公众选票的登记：不记名", "the log of the public's ballots, which is secret"),
        "ballots": Words("公众选票：不记名，只收结果", "the public's ballots are secret: packages hold the result"),
        "conduct_reports": Words(
            "专家履职的反映只由纪检监督查阅", "reports on an expert's conduct are read by discipline inspection alone"
        ),
        "sheet_drafts": Words("未提交的评分草稿只由本人查看", "sheets not handed in are seen by their writers alone"),
        "sheet_draft_items": Words(
            "未提交的评分草稿只由本人查看", "sheets not handed in are seen by their writers alone"
        ),
    },
    destroyed=frozenset(
        {
            "applicants", "assignments", "case_statements", "conduct_reports", "conflicts", "consensus",
            "consensus_items", "defence_attendance", "defence_slots", "defence_speakers", "feedback_answers",
            "feedback_drafts", "feedback_versions", "joint_scores", "panel_deputies", "panel_log", "parties",
            "rank_deviations", "recusals", "returned_sheets", "scores", "sheet_draft_items", "sheet_drafts",
            "sheet_items", "sheets", "social_votes", "stage_reports", "ties", "visit_closings", "visit_issues", "visits",
        }
    ),
    blanked=PROTOCOL_BLANKED,
    kept={
        **PROTOCOL_KEPT,
        "vote_entries": Words("选票上的编号，重新清点须凭此", "what the numbers on ballots stand for: to count them anew"),
    },
)  # fmt: skip
