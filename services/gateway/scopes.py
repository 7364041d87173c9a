"""What a program of an agency may be allowed, and which operation needs what."""

from __future__ import annotations

SCOPES = {
    "standing:read": ("查询组织的公开情况", "read an organization's public standing"),
    "records:report": ("报送不良记录", "report adverse records"),
}
SCOPE_OF = {"eligibility.standing": "standing:read", "intake.report_record": "records:report"}
