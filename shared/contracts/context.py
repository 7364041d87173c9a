"""Who acts, why, and on which trace: what travels in the headers of every message and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

# The whitelist. AMQP headers that are not named here are dropped at each hop, x-death and the like included.
_HEADERS = {
    "correlation_id": "correlationid",
    "causation_id": "causationid",
    "actor": "actor",
    "role": "actorrole",
    "on_behalf_of": "onbehalfof",
    "delegated_by": "delegatedby",
    "reason": "reason",
    "traceparent": "traceparent",
    "tracestate": "tracestate",
    "rehearsal_date": "rehearsaldate",
}


@dataclass(frozen=True)
class Context:
    """The circumstances of one message; `message_id` is also the idempotency key of a command.

    `rehearsal_date` is set only inside a rehearsal cycle: it is the day that the rehearsal plays, and everything
    that a handler publishes inherits it, so that cause and effect agree on the date. `on_behalf_of` is the body that
    `actor` acts for; `delegated_by` the person who lent the actor the role for a time (代办), empty for one's own.
    """

    message_id: str
    correlation_id: str = ""
    causation_id: str = ""
    actor: str = ""
    role: str = ""
    on_behalf_of: str = ""
    delegated_by: str = ""
    reason: str = ""
    traceparent: str = ""
    tracestate: str = ""
    rehearsal_date: date | None = None
    attempt: int = 0

    def to_headers(self) -> dict[str, str]:
        """The headers to send, text only; empty values are left out."""
        found: dict[str, str] = {}
        for name, header in _HEADERS.items():
            value = getattr(self, name)
            if value:
                found[header] = value.isoformat() if isinstance(value, date) else str(value)
        return found

    @classmethod
    def from_headers(cls, message_id: str, headers: Mapping[str, object], *, attempt: int = 0) -> Context:
        """Read the whitelisted headers; others are ignored. A malformed rehearsal date raises ValueError."""
        values: dict[str, str] = {}
        for name, header in _HEADERS.items():
            value = headers.get(header)
            if isinstance(value, str) and value:
                values[name] = value
        day = values.pop("rehearsal_date", None)
        return cls(
            message_id=message_id,
            rehearsal_date=date.fromisoformat(day) if day else None,
            attempt=attempt,
            **values,
        )

    def child(self, message_id: str) -> Context:
        """The context of a message that this one causes."""
        return replace(
            self,
            message_id=message_id,
            causation_id=self.message_id,
            correlation_id=self.correlation_id or self.message_id,
            attempt=0,
        )


assert set(_HEADERS) < {f.name for f in fields(Context)}
