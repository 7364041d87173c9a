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
        "objections": Words(
            "异议案卷只由承办人查阅", "cases of objections are read by the officers who have a part in them alone"
        ),
        "objection_officers": Words("承办人的分工，只有姓名", "who does which part of a case"),
        "supervision_forms": Words("纪检监督的往来须保密", "what is written to discipline inspection is confidential"),
        "supervision_entries": Words("纪检监督的往来须保密", "what is written to discipline inspection is confidential"),
        "supervision_notes": Words("纪检监督对提示的处理须保密", "what discipline inspection made of alerts is confidential"),
        "pool": Words("培育库的登记，不属于某一次评奖", "of the cultivation pool, which outlives cycles"),
        "reported_records": Words(
            "部门主动报送的记录，按单位而不按申报",
            "what agencies reported, by organization and not by application",
        ),
    },
    destroyed=frozenset(
        {
            "applicants", "case_orders", "credit_reports", "department_answers", "dossier_people", "evaluations",
            "judgements", "objections", "revocation_cases", "title_breaches",
        }
    ),
    blanked=PROTOCOL_BLANKED,
    kept={
        **PROTOCOL_KEPT,
        "certificates": Words("证书须可长期核验", "certificates can be verified for good"),
        "supervision_forms": Words("由纪检监督自行保管", "kept by discipline inspection itself"),
        "bans": Words(
            "禁止申报的期限，按申报人标识", "bans, by the applicant's key: they outlive what they came from"
        ),
        "honours": Words("荣誉登记长期保存", "the register of honours is kept for good"),
    },
)  # fmt: skip
