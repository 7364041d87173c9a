"""Papers: files that belong to no dossier."""

from __future__ import annotations

from services.gateway.own.content import Content
from shared.contracts.base import Strict, one_of
from shared.contracts.operations import PUBLIC, ROLES, Operation
from shared.contracts.operations.intake.files import FILE, file_name
from shared.contracts.operations.intake.papers import PaperAdded, PaperId
from shared.contracts.papers import PAPER_PURPOSES


class UploadPaper(Strict):
    """A whole paper in one request: its bytes are the body, what it is stands in the address. An answer with a token is for
    who has no account or objects: the paper is handed in as `id:token`, and the token is shown this once.
    """

    purpose = one_of(*PAPER_PURPOSES)
    file_name = file_name()


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "upload_paper", "command", UploadPaper, PaperAdded, (PUBLIC,), "上传证明材料", "Upload a paper whole",
              {"purpose": "objection", "file_name": "举证材料.pdf"}),
    Operation("gateway", "paper_content", "query", PaperId, Content, ROLES, "下载证明材料", "The bytes of a paper",
              {"paper_id": FILE}),
)  # fmt: skip
