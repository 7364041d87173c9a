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

_ACCOUNTS = Words("属于会计资料", "accounts")

keeping = Keeping(
    metadata,
    keys=PROTOCOL_KEYS,
    left_out={
        "bank_answers": Words("银行回单按批次保存", "the bank's answers, kept by batch"),
        "bans": Words("按申报人而不按申报", "by applicant and not by application"),
        "payments": Words(
            "历年拨付，按申报人而不按申报",
            "what was paid in earlier years, by applicant and not by application",
        ),
        "pool": Words("培育库的登记，不属于某一次评奖", "of the cultivation pool, which outlives cycles"),
    },
    destroyed=frozenset(
        {
            "confirmations", "dossier_people", "not_accepted", "payees", "tracking_drafts", "tracking_handed_in",
            "tracking_orders", "tracking_reports", "tracking_visits", "tracking_warnings", "use_reports",
        }
    ),
    blanked=PROTOCOL_BLANKED,
    kept={
        **PROTOCOL_KEPT,
        **dict.fromkeys(("payment_lines", "receipts", "receivables", "reminders", "revocations"), _ACCOUNTS),
        # Rows name what they are about, an application or a payment line, in a column of both: they go with the cycle.
        "proposals": Words(
            "提请与复核是会计凭证，随周期保存",
            "what was proposed and decided of money is a voucher of the accounts and stays with the cycle",
        ),
        "tracking_files": Words("跟踪起止，只有编号和日期", "from when to when a winner was followed: numbers and days"),
        "clawbacks": Words("追回属于会计资料", "clawbacks are accounts"),
        "grants": Words(
            "资金属于会计资料；“只奖一次”须凭此判断",
            "grants are accounts, and what is paid once ever is seen by them",
        ),
    },
)  # fmt: skip
