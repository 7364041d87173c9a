"""What intake 受理 answers about papers: files of everybody that belong to no dossier, and for what each was claimed.

The bytes never come over the bus: the gateway puts them into the content store and tells intake what it has kept.
"""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.dossier import DIGEST
from shared.contracts.operations.intake.files import FILE, SCANS, STATES, FileWord, file_name
from shared.contracts.operations.operation import Done, Operation
from shared.contracts.operations.roles import PUBLIC
from shared.contracts.papers import MOST_PAPERS, PAPER_PURPOSES

_TOKEN = validate.Regexp(r"^[A-Za-z0-9_-]{20,64}\Z")


class MayAddPaper(Strict):
    """A paper that somebody is about to upload; `size` in bytes. Refused as the paper itself would be."""

    purpose = one_of(*PAPER_PURPOSES)
    file_name = file_name()
    size = count()


class AddPaper(MayAddPaper):
    """What the gateway kept of an upload."""

    digest = fields.String(required=True, validate=validate.Regexp(DIGEST))


class PaperAdded(Strict):
    """A paper that was kept. `token` is for who has no account or shall not be known, and is shown this once."""

    paper_id = identifier()
    purpose = one_of(*PAPER_PURPOSES)
    file_name = text()
    size = count()
    digest = text()
    state = one_of(*STATES)
    kind = optional_text()
    token = optional_text()


class PaperId(Strict):
    """Names a paper."""

    paper_id = identifier()


class PaperState(Strict):
    """A paper as it stands; `claimed_by` is the operation that it was handed in with. Who uploaded it is not told."""

    paper_id = identifier()
    purpose = one_of(*PAPER_PURPOSES)
    file_name = text()
    size = count()
    digest = text()
    state = one_of(*STATES)
    kind = optional_text()
    reasons = fields.List(fields.Nested(FileWord), required=True)
    scan = one_of(*SCANS, required=False)
    claimed_by = optional_text()
    added_at = text()
    checked_at = optional_text()


class PaperNamed(PaperId):
    """A paper, and the token of whoever has no account."""

    token = fields.String(load_default=None, allow_none=True, validate=_TOKEN)


class ClaimPapers(Strict):
    """Papers for one request: `claim` is its message, `operation` what it asks. Asked again it is the same claim."""

    papers = fields.List(
        fields.Nested(PaperNamed), required=True, validate=validate.Length(min=1, max=MOST_PAPERS)
    )
    operation = text()
    claim = identifier()
    purpose = one_of(*PAPER_PURPOSES, required=False)


class ReleasePapers(Strict):
    """A request that was refused: its papers may be handed in with another one."""

    claim = identifier()


_PAPER = {"purpose": "approval", "file_name": "批复.pdf", "size": 20480}
_CLAIM = "0199a1b2c3db7e5f8a9b0c1d2e3f4a61"

OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "may_add_paper", "query", MayAddPaper, Done, (PUBLIC,), "可否添加证明材料",
              "Whether a paper may be added", _PAPER),
    Operation("intake", "add_paper", "command", AddPaper, PaperAdded, (PUBLIC,), "登记已上传的证明材料",
              "Take note of an uploaded paper", {**_PAPER, "digest": "sha256:" + "0" * 64}),
    Operation("intake", "paper", "query", PaperId, PaperState, (PUBLIC,), "查看证明材料状态", "How a paper stands",
              {"paper_id": FILE}),
    Operation("intake", "claim_papers", "command", ClaimPapers, Done, (PUBLIC,), "随请求提交证明材料",
              "Claim papers for a request",
              {"papers": [{"paper_id": FILE}], "operation": "committee.record_approval", "claim": _CLAIM,
               "purpose": "approval"}),
    Operation("intake", "release_papers", "command", ReleasePapers, Done, (PUBLIC,), "退回被拒请求的证明材料",
              "Release the papers of a refused request", {"claim": _CLAIM}),
)  # fmt: skip
