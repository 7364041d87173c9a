"""What becomes of intake's tables when records are packed and when they are destroyed."""

from __future__ import annotations

from services.intake.models import metadata
from shared.records.keeping import (
    GONE,
    PROTOCOL_BLANKED,
    PROTOCOL_KEPT,
    PROTOCOL_KEYS,
    Keeping,
    always,
    nothing,
    own_id,
)
from shared.rulebooks import Words

_OF_THE_POOL = Words("培育库的登记，不属于某一次评奖", "of the cultivation pool, which outlives cycles")

keeping = Keeping(
    metadata,
    keys={**PROTOCOL_KEYS, "applications": ("id", "cycle_id")},
    left_out={
        "pool_advisers": _OF_THE_POOL,
        "pool_projects": _OF_THE_POOL,
        "pool_reviews": _OF_THE_POOL,
        "recommending_bodies": Words("推荐单位名册", "the register of recommending bodies"),
        "reported_records": Words(
            "部门主动报送的记录，按单位而不按申报", "what agencies reported, by organization and not by application"
        ),
        "papers": Words(
            "不属于任何卷宗的文件，引用它的记录写明其编号",
            "files of no dossier; what rests on one names it",
        ),
        "destroyed_contents": Words("已销毁文件的摘要", "digests of contents that were destroyed"),
        "destruction_lists": Words("销毁清册另行查看", "destruction lists are read by themselves"),
        "destruction_lines": Words("销毁清册另行查看", "destruction lists are read by themselves"),
        "record_holds": Words("冻结登记另行查看", "legal holds are read by themselves"),
        "record_packages": Words("归档包的登记", "the register of packages"),
    },
    destroyed=frozenset(
        {
            "corrections", "dossier_people", "enquiries", "enquiry_log", "files", "invitations", "nominations",
            "opinions", "rechecks", "submissions",
        }
    ),
    blanked={
        **PROTOCOL_BLANKED,
        "applications": {
            "owner": always(""),
            "name": always(GONE),
            "uscc": always(""),
            "applicant_key": own_id("destroyed:", "id"),
            "id_number": nothing,
            "contact_name": nothing,
            "contact_phone": nothing,
            "contact_email": nothing,
            "contact_changes": nothing,
            "nominated_by": nothing,
            "recommended_by": nothing,
            "facts": lambda _row: {},
            "materials": lambda _row: [],
            "part_revisions": nothing,
            "typed": nothing,
            "recommender": nothing,
            "missing_materials": nothing,
            "nomination_id": nothing,
        },
    },
    kept={
        **PROTOCOL_KEPT,
        "destruction_lines": Words("销毁清册本身", "the destruction list itself"),
        "record_holds": Words("冻结登记本身", "the register of holds itself"),
        "record_packages": Words("归档包的登记，只有摘要", "the register of packages: digests alone"),
    },
)  # fmt: skip
