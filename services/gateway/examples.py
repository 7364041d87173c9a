"""An example of any contract: a plain JSON value that the schema accepts, for the document and for test responders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields, validate

from shared.contracts.dossier import UsccField

_ID = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
_USCC = "91310105MAXY50013E"
_TEXTS = (
    _ID,
    "document_review",
    "2025",
    "application_form",
    "E1",
    "88.5",
    "11010519491231002X",
    "example",
    "li.office",
    "facts.region",
    "an-example-code-of-43-characters-0123456789",
    "ab" * 32,
    "sha256:" + "ab" * 32,
    "13800000000",
)
# By the field's name, where a word says more than a pattern.
_NAMED = {
    "name": "示例单位", "reason_zh": "理由", "reason_en": "a reason", "title_zh": "标题", "title_en": "a title",
    "rule": "16.3", "notice": "award", "display_name": "李办", "username": "li.office", "subject": "E1",
    "status": "in_progress", "level": "示例等次", "track": "示例类别", "score": "88.50", "percent": "88.5",
    "industry_share": "0.40", "token": "q2Yw0a1c-example-of-a-token-6XkJ9b3", "expires_at": "2026-11-20T18:00:00+08:00",
    "rulebook": "sample-2024", "token_type": "Bearer", "explanation_zh": "按规定计算", "explanation_en": "by the rule",
    "password": "correct horse battery", "old": "correct horse battery", "new": "battery horse correct",
    "phone": "021-5555 0100", "email": "li@example.cn", "language": "zh", "begins": "09:00", "ends": "12:00",
    "quiet_from": "22:00", "quiet_until": "07:00",
    "begins_at": "2025-06-18", "ends_at": "2025-06-19", "stamped_at": "2025-06-11T17:00:00+08:00",
    "difference": "-1.50", "share": "-1.20",
    "posted_at": "2025-06-17T09:00:00+08:00", "changed_at": "2025-06-19T10:00:00+08:00",
    "prepared_at": "2025-06-16T15:00:00+08:00", "approved_at": "2025-06-16T16:00:00+08:00",
    "submitted_at": "2025-05-20T10:42:00+08:00", "resubmitted_at": "2025-05-28T09:10:00+08:00",
    "returned_at": "2025-05-22T14:00:00+08:00", "accepted_at": "2025-05-29T09:30:00+08:00",
    "added_at": "2025-05-20T10:30:00+08:00", "checked_at": "2025-05-20T10:31:00+08:00",
    "removed_at": "2025-05-20T11:00:00+08:00", "signed_at": "2025-05-19T16:20:00+08:00",
    "parked_at": "2026-11-20T09:00:30+08:00", "published_at": "2026-11-20T09:00:00+08:00", "now": "2026-11-20T09:05:00+08:00",
    "machine_now": "2026-11-20T09:05:00+08:00", "zone": "Asia/Shanghai", "queue": "intake.review.application.stopped",
    "zh": "文字", "en": "words", "entrant": _ID, "listed": _ID, "identity_id": "3f6c0d9b7a5e4c21d8f0",
}  # fmt: skip


def sample(schema: Schema) -> dict[str, Any]:
    """One value that the schema accepts, with all its fields."""
    return {name: _value(name, field) for name, field in schema.fields.items()}


def _value(name: str, field: fields.Field[Any]) -> Any:
    match field:
        case fields.Nested():
            inner = sample(field.schema)
            return [inner] if field.many else inner
        case fields.List():
            return [_value(name.removesuffix("s"), field.inner)]
        case fields.Dict():
            key = _value("key", field.key_field) if field.key_field else "key"
            return {key: _value("value", field.value_field) if field.value_field else "…"}
        case fields.Boolean():
            return True
        case fields.Integer():
            return next(number for number in (1, 1000000, 2025) if _accepts(field, number))
        case fields.AwareDateTime():
            return "2025-06-18T09:00:00+08:00"
        case fields.Date():
            return "2025-05-12"
        case UsccField():
            return _USCC
        case fields.Raw() if type(field) is fields.Raw:
            return "…"
        case fields.String():
            return next(text for text in _texts(name, field) if _accepts(field, text))
    raise TypeError(f"no example of {type(field).__name__}")


def _texts(name: str, field: fields.Field[Any]) -> Iterator[str]:
    if name in _NAMED:
        yield _NAMED[name]
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            yield str(next(iter(check.choices)))
        if isinstance(check, validate.Regexp):
            yield from (text for text in _TEXTS if re.match(str(check.regex.pattern), text))
    if name.endswith(("_id", "_ids")):
        yield _ID
    if name.endswith(("_on", "_from", "_to", "until")):
        yield "2025-05-12"
    if name == "at" or (name.endswith("_at") and name != "stopped_at"):
        yield "2025-06-18T09:00:00+08:00"
    yield "文字"
    yield from _TEXTS


def _accepts(field: fields.Field[Any], value: object) -> bool:
    try:
        field.deserialize(value)
    except Exception:  # noqa: BLE001 - whatever the field says no with
        return False
    return True
