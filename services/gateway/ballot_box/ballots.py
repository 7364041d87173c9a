"""A vote as a box knows it, and a ballot as it comes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.body import read_json
from shared.problems import Conflict, FieldError, NotFound, invalid_field, invalid_fields


@dataclass(frozen=True)
class Vote:
    """What of a vote a box has to know. `numbers`: application → number, of those that may be chosen now."""

    id: str
    opens_at: datetime
    closes_at: datetime
    choices_at_most: int
    key_id: str | None
    numbers: Mapping[str, int]
    reply: Mapping[str, Any]

    @classmethod
    def of(cls, reply: Mapping[str, Any]) -> Vote | None:
        """From review's reply `Voting`; None where no vote is held here, or it has not been opened yet."""
        if reply["held"] != "here" or not reply.get("vote_id") or not reply.get("closes_at"):
            return None
        return cls(
            id=reply["vote_id"],
            opens_at=datetime.fromisoformat(reply["opens_at"]),
            closes_at=datetime.fromisoformat(reply["closes_at"]),
            choices_at_most=int(reply["choices_at_most"]),
            key_id=reply.get("key_id"),
            numbers={entry["application_id"]: int(entry["number"]) for entry in reply["entries"]},
            reply=reply,
        )

    def require_open(self, now: datetime) -> None:
        """Raises Conflict outside the window."""
        if now < self.opens_at:
            raise Conflict("投票尚未开始", "the vote has not begun", code="vote_not_open")
        if now >= self.closes_at:
            raise Conflict("投票已经截止", "the vote is over", code="vote_closed")

    def choices(self, raw: bytes) -> str:
        """What a ballot's body chooses, as it stands in the log: numbers, ascending. Raises BadRequest, Invalid."""
        chosen = _applications(raw)
        if not 1 <= len(chosen) <= self.choices_at_most:
            raise invalid_field(
                "choices",
                f"请选择 1 至 {self.choices_at_most} 个",
                f"choose 1 to {self.choices_at_most}",
                code="number_of_choices",
            )
        errors = [
            FieldError(f"choices.{place}", "不在可选之列", "not among those that may be chosen")
            for place, each in enumerate(chosen)
            if each not in self.numbers
        ]
        errors += [
            FieldError(f"choices.{place}", "选了两次", "chosen twice")
            for place, each in enumerate(chosen)
            if each in chosen[:place]
        ]
        if errors:
            raise invalid_fields(errors)
        return ",".join(str(number) for number in sorted(self.numbers[each] for each in chosen))


def _applications(raw: bytes) -> list[str]:
    body = read_json(raw)
    errors = [
        FieldError(name[:40], "没有这个字段", "no such field") for name in sorted(body) if name != "choices"
    ]
    chosen = body.get("choices")
    if not isinstance(chosen, list) or not all(isinstance(each, str) for each in chosen):
        errors.append(FieldError("choices", "应为申报编号的列表", "has to be a list of applications"))
    if errors:
        raise invalid_fields(errors)
    found: list[str] = body["choices"]
    return found


def no_such_vote() -> NotFound:
    """No vote of that name is held here, or it has not been opened."""
    return NotFound("没有这次投票", "no such vote")
