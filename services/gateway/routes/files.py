"""Ways to files."""

from __future__ import annotations

from services.gateway.files import BYTES, PICTURE, TEXT, ZIP
from services.gateway.routes.paths import APPLICATION, FILE, REVIEWED, UPLOAD
from services.gateway.routes.route import NOTHING, Route
from services.gateway.uploads import PART

_TUS = ("Tus-Resumable", "协议版本", "version of the protocol", "1.0.0")
_OFFSET = ("Upload-Offset", "已收到的字节数", "bytes that were received", "0")
_CREATING = (
    _TUS,
    ("Upload-Length", "文件的字节数", "bytes of the file", "20480"),
    (
        "Upload-Metadata",
        "文件名和材料，Base64",
        "names, in Base64",
        "filename 6K+B5LmmLnBkZg==,material cHJvb2Zz",
    ),
)
_CHECKSUM = (
    "Upload-Checksum", "这一段的 SHA-1 或 SHA-256", "SHA-1 or SHA-256 of this part",
    "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
)  # fmt: skip

ROUTES: tuple[Route, ...] = (
    Route("GET", APPLICATION + "/files", "intake.files", "files"),
    Route(
        "POST",
        APPLICATION + "/files",
        "gateway.upload_file",
        "files",
        201,
        takes=BYTES,
        behind=("intake.may_add_file", "intake.add_file"),
    ),
    Route(
        "POST",
        APPLICATION + "/evidence",
        "gateway.upload_evidence",
        "files",
        201,
        takes=BYTES,
        behind=("intake.may_add_file", "intake.add_file"),
    ),
    Route("GET", FILE, "intake.file", "files"),
    Route("DELETE", FILE, "intake.remove_file", "files"),
    Route("GET", FILE + "/content", "gateway.file_content", "files", gives=BYTES, behind=("intake.file",)),
    Route(
        "GET", FILE + "/pages/{page}", "gateway.file_page", "files", gives=PICTURE, behind=("intake.file",)
    ),
    Route("GET", FILE + "/text", "gateway.file_text", "files", gives=TEXT, behind=("intake.file",)),
    Route(
        "GET",
        APPLICATION + "/dossier.zip",
        "gateway.dossier_zip",
        "files",
        gives=ZIP,
        behind=("intake.receipt", "intake.files", "intake.application_enquiries"),
    ),
    Route("OPTIONS", "/uploads", "gateway.upload_terms", "files", 204, gives=NOTHING),
    Route(
        "POST",
        APPLICATION + "/uploads",
        "gateway.begin_upload",
        "files",
        201,
        gives=NOTHING,
        headers=_CREATING,
        behind=("intake.may_add_file",),
    ),
    Route("HEAD", UPLOAD, "gateway.upload_state", "files", gives=NOTHING, headers=(_TUS,)),
    Route(
        "PATCH",
        UPLOAD,
        "gateway.continue_upload",
        "files",
        204,
        takes=PART,
        gives=NOTHING,
        headers=(_TUS, _OFFSET, _CHECKSUM),
        behind=("intake.add_file",),
    ),
    Route("DELETE", UPLOAD, "gateway.end_upload", "files", 204, gives=NOTHING, headers=(_TUS,)),
    Route(
        "GET",
        REVIEWED + "/files/{file_id}/content",
        "gateway.reviewed_file",
        "files",
        gives=BYTES,
        behind=("review.dossier",),
    ),
    Route(
        "GET",
        REVIEWED + "/files/{file_id}/pages",
        "gateway.reviewed_pages",
        "files",
        behind=("review.dossier", "intake.file_previews"),
    ),
    Route(
        "GET",
        REVIEWED + "/files/{file_id}/pages/{page}",
        "gateway.reviewed_page",
        "files",
        gives=PICTURE,
        behind=("review.dossier", "intake.file_previews"),
    ),
)
