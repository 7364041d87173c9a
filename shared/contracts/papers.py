"""证明材料 papers: files that belong to no dossier, named by what they prove. One field for every operation that takes some."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate

from shared.contracts.base import Told

# As what a paper is handed in. An objection's may tell who objects: it is claimed as nothing else, and few may read it.
OBJECTION = "objection"
PAPER_PURPOSES = (
    OBJECTION, "answer", "approval", "cost", "payment", "rectification", "record", "other",
)  # fmt: skip
MOST_PAPERS = 20
# The id, and behind a colon the token that somebody without an account was given for the paper.
_PAPER = validate.Regexp(r"^[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{20,64})?\Z")


def _once(names: list[str]) -> None:
    if len({name.partition(":")[0] for name in names}) != len(names):
        raise ValidationError([Told("同一文件不得重复", "the same paper twice")])


class PaperList(fields.List[str]):
    """Ids of papers. The gateway claims them for the request before it goes on to a service, which gets bare ids."""

    def __init__(self, purpose: str | None) -> None:
        if purpose is not None and purpose not in PAPER_PURPOSES:
            raise ValueError(f"no such purpose of papers: {purpose}")
        super().__init__(
            fields.String(validate=_PAPER),
            load_default=list,
            validate=[validate.Length(max=MOST_PAPERS), _once],
        )
        self.purpose = purpose


def paper_list(purpose: str | None = None) -> PaperList:
    """At most 20 papers, of one purpose where it is named, else of any but an objection's. To be declared as `papers`."""
    return PaperList(purpose)
