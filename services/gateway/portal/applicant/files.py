"""材料: what is handed in, by kind. One file a form; with script in parts that can be gone on with, without it whole."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from services.gateway.errors import as_details, not_found
from services.gateway.files import content_of, too_large
from services.gateway.portal.applicant import sections, words
from services.gateway.portal.applicant.case import Case, open_case
from services.gateway.portal.deadlines import deadline
from services.gateway.portal.papers import length_of, pieces
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.uploads import VERSION
from shared.contracts.operations import APPLICANT
from shared.identifiers import new_id
from shared.problems import Forbidden, Problem, Unauthenticated, invalid_field

ROOM = Room("materials", (APPLICANT,))
TITLE = Text("材料", "Materials")
CSRF_HEADER = "Zhiheng-Csrf"
UPLOADS = "/my/uploads/"
Said = Mapping[str, Any]


def whole_form(settings: Any) -> int:
    """Bytes of a form with one file: somewhat more than a file may have, so that the refusal of a larger one is ours."""
    return int(settings.file_largest_bytes) + (16 << 20)


@ROOM.page("/my/a/<application_id>/files", methods=("GET", "POST"), largest=whole_form)
def files(visit: Visit, application_id: str) -> Response:
    """What is there and what is missing; and, where script does not send it in parts, one more file."""
    problem = _taken(visit, application_id) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        name = request.files["file"].filename or ""
        notice = Text(f"已上传“{name}”，正在检查", f"“{name}” was uploaded and is being checked")
        return visit.go(f"/my/a/{application_id}/files", notice)
    case = open_case(visit, application_id)
    listed = visit.ask("intake.files", application_id=application_id)
    return visit.page(
        "applicant/files.html", TITLE, status=problem.status if problem else 200, case=case, terms=listed["terms"],
        materials=_by_material(case, listed), problem=problem, refused_for=request.form.get("material", ""), words=words,
        refused_name=_name(), total=listed["total_bytes"], size=size, closes=deadline(case.last_day, visit.today()),
        now=visit.now(), tus=VERSION, csrf_header=CSRF_HEADER, uploads=UPLOADS,
    )  # fmt: skip


def _name() -> str:
    return (request.files["file"].filename or "") if "file" in request.files else ""


def _by_material(case: Case, listed: Said) -> list[dict[str, Any]]:
    """Every kind of material with its files, whether it is there, and whether more may be added."""
    found = []
    for material in case.form["materials"]:
        its = [file for file in listed["files"] if file["material"] == material["name"]]
        found.append(
            {
                "name": material["name"],
                "title": sections.title_of(material),
                "cited": sections.cited_by(material, case.form["articles"]),
                "files": its,
                "there": any(file["state"] == "accepted" for file in its),
                "open": material["name"] in listed["terms"]["may_add"],
            }
        )
    return found


def _taken(visit: Visit, application_id: str) -> Problem | None:
    """Keep the posted file and tell intake; a refusal that somebody can mend is given."""
    try:
        take(visit, application_id, "material", material=request.form.get("material", "") or None)
    except (Forbidden, Unauthenticated):
        raise
    except Problem as problem:
        if problem.status == not_found().status:
            raise
        return problem
    return None


def take(visit: Visit, application_id: str, use: str, **more: Any) -> dict[str, Any]:
    """Keep the file of the posted form in the content store, as the API does with a body, and have intake take note of it.

    Raises Invalid where there is none, and what intake refuses, before the bytes are kept.
    """
    operation = "gateway.upload_file" if use == "material" else "gateway.upload_evidence"
    asked = visit.asked(operation, request.form.get("_key") or new_id())
    given = request.files.get("file")
    if given is None or not given.filename:
        raise invalid_field("file", "请选择文件", "choose a file")
    gateway = visit.gateway
    largest, length = gateway.settings.file_largest_bytes, length_of(given)
    if length > largest:
        raise too_large(largest)
    data = {"application_id": application_id, "use": use, "file_name": given.filename}
    data |= {name: value for name, value in more.items() if value is not None}
    gateway.dispatcher.ask("intake", "may_add_file", {**data, "size": length}, asked.anew())
    stored = content_of(gateway).write(pieces(given), limit=largest)
    kept = {"digest": stored.digest, "size": stored.size}
    return gateway.dispatcher.ask("intake", "add_file", {**data, **kept}, asked)


def size(count: int) -> str:
    """Bytes as people read them."""
    kilo = count / 1024
    return f"{kilo:,.0f} KB" if kilo < 1024 else f"{kilo / 1024:,.1f} MB"


# --- one file ------------------------------------------------------------------------------------------------------------------


@ROOM.page("/my/a/<application_id>/files/<file_id>")
def file(visit: Visit, application_id: str, file_id: str) -> Response:
    """How one file was found, with pictures of its pages or its text."""
    told = visit.ask("intake.file", application_id=application_id, file_id=file_id)
    api = f"/api/v1/applications/{application_id}/files/{file_id}"
    pages = [each["page"] for each in told["previews"] if not each["media_type"].startswith("text/")]
    has_text = any(each["media_type"].startswith("text/") for each in told["previews"])
    return visit.page(
        "applicant/file.html", Text("文件", "File"), file=told, api=api, pages=pages, has_text=has_text, words=words,
        back=f"/my/a/{application_id}/files", size=size,
    )  # fmt: skip


@ROOM.page("/my/a/<application_id>/files/<file_id>/remove", methods=("GET", "POST"))
def remove(visit: Visit, application_id: str, file_id: str) -> Response:
    """Ask once more, then take a file out."""
    back = f"/my/a/{application_id}/files"
    problem = None
    if request.method == "POST":
        try:
            key = request.form.get("_key") or new_id()
            visit.do("intake.remove_file", key, application_id=application_id, file_id=file_id)
            return visit.go(back, Text("文件已移除", "The file was removed"))
        except Problem as refused:
            if refused.status in {401, 403, 404}:
                raise
            problem = refused
    told = visit.ask("intake.file", application_id=application_id, file_id=file_id)
    return visit.page(
        "applicant/remove_file.html", Text("移除文件", "Remove a file"), status=problem.status if problem else 200, file=told,
        back=back, problem=problem,
    )  # fmt: skip


# --- in parts, by script (tus 1.0.0) -------------------------------------------------------------------------------------------


@ROOM.page("/my/a/<application_id>/uploads", methods=("POST",))
def begin(visit: Visit, application_id: str) -> Response:
    """Begin an upload in parts; the form holds what every form of ours does, the headers what tus asks for."""

    def act() -> Response:
        response = visit.file("gateway.begin_upload", application_id=application_id)
        response.headers["Location"] = UPLOADS + response.headers["Location"].rpartition("/")[2]
        return response

    return _in_parts(visit, act)


@ROOM.page(UPLOADS + "<upload_id>", methods=("HEAD", "PATCH", "DELETE"))
def upload(visit: Visit, upload_id: str) -> Response:
    """How far it has come, the next part, or giving it up."""
    named = {"HEAD": "upload_state", "PATCH": "continue_upload", "DELETE": "end_upload"}[request.method]

    def act() -> Response:
        given = request.headers.get(CSRF_HEADER, "").encode()
        if request.method != "HEAD" and not hmac.compare_digest(given, visit.csrf.encode()):
            raise Forbidden(
                "请重新打开页面再上传", "open the page again and upload it from there", code="foreign_form"
            )
        return visit.file(f"gateway.{named}", upload_id=upload_id)

    return _in_parts(visit, act)


def _in_parts(visit: Visit, act: Callable[[], Response]) -> Response:
    """A refusal goes to a script: as a problem, in the visitor's language."""
    try:
        return act()
    except Problem as problem:
        details = as_details(problem, visit.language, "")
        body = json.dumps(details, ensure_ascii=False) + "\n"
        return Response(body, problem.status, mimetype="application/problem+json")
