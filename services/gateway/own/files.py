"""Files: uploads whole and in parts, their bytes, their previews."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.own.content import Content
from shared.contracts.base import Strict, count, identifier
from shared.contracts.operations import (
    APPLICANT,
    CLERK,
    OFFICE,
    PUBLIC,
    REVIEWER,
    WATCHERS,
    Operation,
)
from shared.contracts.operations.intake.files import FILE, FileId, FileState, file_name, material_name
from shared.contracts.operations.operation import APPLICATION, CYCLE, ApplicationId


class UploadFile(Strict):
    """A whole file in one request: its bytes are the body, what it is stands in the address. `replaces` names a file of the
    same material, which goes when this one has been looked into and accepted.
    """

    application_id = identifier()
    material = material_name()
    file_name = file_name()
    replaces = identifier(required=False)


class UploadEvidence(Strict):
    """A whole file as evidence beside a dossier: a department's stamped reply, a credit report."""

    application_id = identifier()
    file_name = file_name()


class FilePage(FileId):
    """Names a page of a file, the first being 1."""

    page = fields.String(required=True, validate=validate.Regexp(r"^[1-9][0-9]{0,3}\Z"))


class UploadId(Strict):
    """Names a resumable upload (tus 1.0.0). A request holds one part; a body beyond the largest part is refused."""

    upload_id = identifier()


class BeginUpload(ApplicationId):
    """A resumable upload (tus 1.0.0, creation). `Upload-Metadata` holds filename, and material and replaces for a material;
    without a material it is evidence. `Location` of the answer is where the parts go.
    """


class ReviewedFile(FileId):
    """A file of a dossier under review."""

    cycle_id = identifier()


class ReviewedPage(FilePage):
    """Names a page of a file of a dossier under review."""

    cycle_id = identifier()


class ReviewedPages(Strict):
    """How many pages there are pictures of, the first being 1, and where there are none the words: the beginning of the text,
    empty where there is none of that either.
    """

    pages = count()
    words = fields.String(required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "upload_file", "command", UploadFile, FileState, (APPLICANT,), "上传材料", "Upload a material whole",
              {"application_id": APPLICATION, "material": "proofs", "file_name": "获奖证书.pdf"}),
    Operation("gateway", "upload_evidence", "command", UploadEvidence, FileState, (APPLICANT, CLERK, OFFICE), "上传证据",
              "Upload evidence whole", {"application_id": APPLICATION, "file_name": "复函.pdf"}),
    Operation("gateway", "file_content", "query", FileId, Content, (APPLICANT, CLERK, *WATCHERS), "下载文件",
              "The bytes of a file", {"application_id": APPLICATION, "file_id": FILE}),
    Operation("gateway", "reviewed_file", "query", ReviewedFile, Content, (REVIEWER,), "下载所评申报的文件",
              "The bytes of a file under review", {"cycle_id": CYCLE, "application_id": APPLICATION, "file_id": FILE}),
    Operation("gateway", "reviewed_pages", "query", ReviewedFile, ReviewedPages, (REVIEWER,), "所评材料可以在线看多少",
              "What of a file under review can be read in place",
              {"cycle_id": CYCLE, "application_id": APPLICATION, "file_id": FILE}),
    Operation("gateway", "reviewed_page", "query", ReviewedPage, Content, (REVIEWER,), "所评材料的一页",
              "A picture of a page of a file under review",
              {"cycle_id": CYCLE, "application_id": APPLICATION, "file_id": FILE, "page": "1"}),
    Operation("gateway", "file_page", "query", FilePage, Content, (APPLICANT, CLERK, *WATCHERS), "预览文件的一页",
              "A picture of a page of a file", {"application_id": APPLICATION, "file_id": FILE, "page": "1"}),
    Operation("gateway", "file_text", "query", FileId, Content, (APPLICANT, CLERK, *WATCHERS), "预览文件的文字",
              "The text of a file", {"application_id": APPLICATION, "file_id": FILE}),
    Operation("gateway", "dossier_zip", "query", ApplicationId, Content, (APPLICANT, *WATCHERS), "下载整个卷宗（ZIP）",
              "A whole dossier as one ZIP", {"application_id": APPLICATION}),
    Operation("gateway", "upload_terms", "query", Strict, Content, (PUBLIC,), "续传的条件", "What resumable uploads may be", {}),
    Operation("gateway", "begin_upload", "command", BeginUpload, Content, (APPLICANT, CLERK, OFFICE), "开始续传",
              "Begin a resumable upload", {"application_id": APPLICATION}),
    Operation("gateway", "upload_state", "query", UploadId, Content, (APPLICANT, CLERK, OFFICE), "续传到了哪里",
              "How far an upload has come", {"upload_id": FILE}),
    Operation("gateway", "continue_upload", "command", UploadId, Content, (APPLICANT, CLERK, OFFICE), "续传一段",
              "Send the next part", {"upload_id": FILE}),
    Operation("gateway", "end_upload", "command", UploadId, Content, (APPLICANT, CLERK, OFFICE), "放弃续传",
              "Give an upload up", {"upload_id": FILE}),
)  # fmt: skip
