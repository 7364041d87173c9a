"""A kept answer of `GET …/proof` checked by itself: nothing but the file is needed.

    python -m services.eligibility.notices.verify FILE…

Exit code 0 where each is whole, 1 where something differs (the lines say what), 2 where a file is no such answer. The audit
log cannot be seen from here: what it holds is checked where it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.eligibility.notices import proof
from services.eligibility.notices.proof import Fault, Kept
from shared.contracts import load
from shared.contracts.operations.eligibility.notices import NoticeProof
from shared.identifiers.digests import UnknownDigestError, matches
from shared.problems import Invalid

# What the answer says beside the content, and the content says itself.
_SAID_TWICE = (
    "notice",
    "award_zh",
    "award_en",
    "year",
    "title_zh",
    "title_en",
    "rule",
    "first_day",
    "working_days",
)


def faults(answer: Mapping[str, Any]) -> list[Fault]:
    """Everything about an answer that does not hold. Raises Invalid for what is no answer of this kind."""
    load(NoticeProof(), dict(answer))
    found = [
        Fault(f"{zh}与其摘要不符", f"the {name} does not have its digest")
        for name, zh, named in (
            ("content", "内容", answer["content_digest"]),
            ("record", "结束记录", answer["record_digest"]),
        )
        if answer[name] is not None and not _has(named, answer[name])
    ]
    content, record = _read(answer["content"]), _read(answer["record"])
    if content is None or not _is_content(content) or (record is None and answer["record"] is not None):
        return [*found, Fault("内容不是公示", "the content is not that of a notice")]
    found += _said_otherwise(answer, content)
    lines = {line["application_id"]: line["digest"] for line in answer["lines"]}
    kept = Kept(
        content, answer["content_digest"], lines, answer["windows"], record, answer["record_digest"], answer["last_day"]
    )  # fmt: skip
    return found + proof.faults(kept)


def _has(named: str | None, text: str) -> bool:
    try:
        return named is not None and matches(named, text.encode())
    except UnknownDigestError:
        return False


def _read(text: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads(text or "null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_content(found: Mapping[str, Any]) -> bool:
    listed = found.get("listed")
    return isinstance(listed, list) and all(
        isinstance(line, dict) and {"application_id", "name"} <= line.keys() for line in listed
    )


def _said_otherwise(answer: Mapping[str, Any], content: Mapping[str, Any]) -> list[Fault]:
    """An older content does not hold every word; those that it holds are what the answer says."""
    names = [name for name in _SAID_TWICE if name in content and content[name] != answer[name]]
    listed = [(line["application_id"], line["name"]) for line in content.get("listed", ())]
    if listed != [(line["application_id"], line["name"]) for line in answer["lines"]]:
        names.append("lines")
    return [Fault(f"{name} 与内容不同", f"{name} is not what the content says") for name in names]


def main(files: Sequence[str]) -> int:
    """Check each file and say what was found."""
    worst = 0
    for file in files:
        try:
            found = faults(json.loads(Path(file).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, Invalid) as error:
            print(f"{file}: 不是公示存证 · no proof of a notice ({type(error).__name__})", file=sys.stderr)
            worst = 2
            continue
        for fault in found:
            print(f"{file}: {fault.zh} · {fault.en}")
        if not found:
            print(f"{file}: 完整 · whole")
        worst = max(worst, 1 if found else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
