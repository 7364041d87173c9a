"""The beginnings that paths share; names in braces are fields of the request."""

from __future__ import annotations

CYCLE = "/cycles/{cycle_id}"
UPLOAD = "/uploads/{upload_id}"
FILE = "/applications/{application_id}/files/{file_id}"
STAGE = CYCLE + "/stages/{stage}"
SCORED = STAGE + "/applications/{application_id}"
APPLICATION = "/applications/{application_id}"
MEMBER = "/pool/members/{membership_id}"
FEEDBACK = CYCLE + "/feedback/{application_id}"
MY_FEEDBACK = CYCLE + "/my-feedback/{application_id}"
EXPERT = "/experts/{expert_id}"
REVIEWED = CYCLE + "/reviews/{application_id}"
RECUSAL = STAGE + "/recusals/{application_id}/{expert_id}"
