"""What intake 受理 answers about files: materials of a dossier, evidence beside it, and what was found in each.

The bytes never come over the bus: the gateway puts them into the content store and tells intake what it has kept.
"""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.dossier import DIGEST
from shared.contracts.operations.operation import APPLICATION, ApplicationId, Done, Operation
from shared.contracts.operations.roles import APPLICANT, CLERK, OFFICE, REVIEWER, WATCHERS

STATES = ("checking", "accepted", "refused")
SCANS = ("clean", "infected", "not_scanned")
USES = ("material", "evidence")
FILE = "0199a1b2c3d87e5f8a9b0c1d2e3f4a5e"


def file_name() -> fields.String:
    """A name is data and never a path: nothing that any system reads as a folder, and nothing that hides its ending."""
    return fields.String(
        required=True,
        validate=validate.And(
            validate.Length(min=1, max=200),
            validate.Regexp(
                r"^(?! )[^\x00-\x1f\x7f/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+(?<![ .])\Z"
            ),
        ),
    )


def material_name(*, required: bool = True) -> fields.String:
    """What a file is handed in as, by the rulebook's word for it."""
    word = validate.Regexp(r"^[a-z][a-z_]{0,59}\Z")
    if required:
        return fields.String(required=True, validate=word)
    return fields.String(load_default=None, allow_none=True, validate=word)


class MayAddFile(Strict):
    """A file that somebody is about to upload. Refused as the file itself would be, but for its content."""

    application_id = identifier()
    use = one_of(*USES)
    material = material_name(required=False)
    file_name = file_name()
    size = count()
    replaces = identifier(required=False)


class AddFile(MayAddFile):
    """What the gateway kept of an upload. `replaces` names a file that goes when this one has been accepted."""

    digest = fields.String(required=True, validate=validate.Regexp(DIGEST))


class FileId(Strict):
    """Names a file of an application."""

    application_id = identifier()
    file_id = identifier()


class FileWord(Strict):
    """Something that was found in a file: why it was refused, or what one should know of it."""

    code = text()
    zh = text(longest=2000)
    en = text(longest=2000)


class FilePreview(Strict):
    """A picture of a page, counted from 1, or the beginning of the text."""

    page = count()
    media_type = text()
    digest = text()
    size = count()


class FilePreviews(Strict):
    """The pictures of a file's first pages and the beginning of its text, as far as there are any."""

    previews = fields.List(fields.Nested(FilePreview), required=True)


class FileState(Strict):
    """A file as it stands. `kind` is what the content is, `size` in bytes, `scan` what the malware scanner said of it."""

    file_id = identifier()
    application_id = identifier()
    cycle_id = identifier()
    use = one_of(*USES)
    material = optional_text()
    file_name = text()
    size = count()
    digest = text()
    state = one_of(*STATES)
    kind = optional_text()
    reasons = fields.List(fields.Nested(FileWord), required=True)
    notes = fields.List(fields.Nested(FileWord), required=True)
    scan = one_of(*SCANS, required=False)
    scanned_by = optional_text()
    signature = optional_text()
    pages = count(required=False)
    characters = count(required=False)
    previews = fields.List(fields.Nested(FilePreview), required=True)
    replaces = optional_text()
    added_at = text()
    added_by = text()
    checked_at = optional_text()
    removed_at = optional_text()


class FileTerms(Strict):
    """What may be handed in: kinds by their endings, sizes in bytes, and which materials whoever asks may add now."""

    kinds = fields.List(fields.String(), required=True)
    largest_bytes = count(least=1)
    most_files = count(least=1)
    most_bytes = count(least=1)
    may_add = fields.List(fields.String(), required=True)


class FileList(Strict):
    """The files of an application that have not been removed, with their sizes summed up."""

    application_id = identifier()
    cycle_id = identifier()
    files = fields.List(fields.Nested(FileState), required=True)
    total_bytes = count()
    terms = fields.Nested(FileTerms, required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "files", "query", ApplicationId, FileList, (APPLICANT, *WATCHERS),
              "申报的文件", "The files of an application", {"application_id": APPLICATION}),
    Operation("intake", "file", "query", FileId, FileState, (APPLICANT, CLERK, *WATCHERS),
              "查看文件状态", "How a file stands", {"application_id": APPLICATION, "file_id": FILE}),
    Operation("intake", "file_previews", "query", FileId, FilePreviews, (REVIEWER,),
              "所评材料的预览", "The previews of a file under review", {"application_id": APPLICATION, "file_id": FILE}),
    Operation("intake", "add_file", "command", AddFile, FileState, (APPLICANT, CLERK, OFFICE),
              "登记已上传的文件", "Take note of an uploaded file",
              {"application_id": APPLICATION, "use": "material", "material": "proofs", "file_name": "获奖证书.pdf",
               "digest": "sha256:" + "0" * 64, "size": 20480}),
    Operation("intake", "may_add_file", "query", MayAddFile, Done, (APPLICANT, CLERK, OFFICE),
              "可否添加文件", "Whether a file may be added",
              {"application_id": APPLICATION, "use": "material", "material": "proofs", "file_name": "获奖证书.pdf",
               "size": 20480}),
    Operation("intake", "remove_file", "command", FileId, FileState, (APPLICANT,),
              "移除文件", "Take a file out of a draft", {"application_id": APPLICATION, "file_id": FILE}),
)  # fmt: skip
