"""一份申报: its list of tasks, and the pages of its form, kept as they are typed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.applicant import sections, words
from services.gateway.portal.applicant.case import Case, open_case
from services.gateway.portal.applicant.sections import Section
from services.gateway.portal.deadlines import deadline
from services.gateway.portal.forms import Filled
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.stated import readable
from shared.contracts.operations import APPLICANT
from shared.identifiers import new_id
from shared.problems import Conflict, Problem

ROOM = Room("dossier", (APPLICANT,))
AUTOSAVE = "Zhiheng-Autosave"
_TYPES = {
    "organization": Text("组织申报", "Application of an organization"),
    "individual": Text("个人申报", "Application of an individual"),
    "project": Text("项目申报", "Application of a project"),
}
Said = Mapping[str, Any]


@ROOM.page("/my/a/<application_id>")
def tasks(visit: Visit, application_id: str) -> Response:
    """What is to be filled in, with how far each page is."""
    case = open_case(visit, application_id)
    today = visit.today()
    files = visit.ask_or_none("intake.files", application_id=application_id)
    recommended = _recommendation(visit, case)
    listed: list[tuple[Text, str, str | None]] = [
        (section.title, f"{case.path}/s/{section.key}", sections.state_of(parts, case.draft))
        for section, parts in case.sections
    ]
    files_state = None if files is None else _files_state(case, files["files"])
    listed.append((Text("材料", "Materials"), f"{case.path}/files", files_state))
    if recommended is not None:
        listed.append((*recommended[:1], f"{case.path}/recommender", recommended[1]))
    done = sum(state in ("done", "optional") for _, _, state in listed)
    return visit.page(
        "applicant/tasks.html", _TYPES.get(case.draft["kind"], Text("申报", "Application")), case=case, tasks=listed, done=done,
        is_open=case.open_on(today), closes=deadline(case.last_day, today), words=words, correction=_correction(case),
    )  # fmt: skip


def _recommendation(visit: Visit, case: Case) -> tuple[Text, str | None] | None:
    """The task of whoever has to be asked first, with how far that is; None where nobody is."""
    if not (case.asks_recommendation or case.asks_nomination):
        return None
    if case.asks_nomination and not case.asks_recommendation:
        return Text("提名", "Nomination"), "optional"
    told = visit.ask_or_none("intake.recommendation", application_id=case.id)
    if told is None:
        return Text("推荐部门", "Recommending body"), None
    signed = any(opinion["counts"] for opinion in told["opinions"])
    return Text("推荐部门", "Recommending body"), "done" if signed else "waiting" if told[
        "recommender"
    ] else "empty"


def _files_state(case: Case, files: Sequence[Said]) -> str:
    there = {file["material"] for file in files if file["state"] == "accepted"}
    states = {file["state"] for file in files if file["use"] == "material"}
    if "refused" in states:
        return "wrong"
    if "checking" in states:
        return "checking"
    wanted = {material["name"] for material in case.form["materials"]}
    return "done" if wanted <= there else "begun" if there else "empty"


def _correction(case: Case) -> list[tuple[Text, str, str]]:
    """What was returned: its name, why, and where it is mended."""
    correction = case.draft["correction"]
    if correction is None:
        return []
    materials = {f"materials.{m['name']}": sections.title_of(m) for m in case.form["materials"]}
    found = []
    for item in correction["items"]:
        page = sections.page_of(case.form, item["field"])
        if page is not None:
            section, part = page
            found.append((sections.title_of(part), item["reason"], f"{case.path}/s/{section.key}"))
        else:
            title = materials.get(item["field"], Text(item["field"], item["field"]))
            found.append((title, item["reason"], f"{case.path}/files"))
    return found


@ROOM.page("/my/a/<application_id>/s/<section>", methods=("GET", "POST"), sample={"section": "identity"})
def section(visit: Visit, application_id: str, section: str) -> Response:
    """One page of the form: saved as it is typed, right or not."""
    case = open_case(visit, application_id)
    found, parts = _the_page(case, section)
    form = sections.form_of(parts, case.form["articles"])
    beside: list[tuple[Text, str, str]] = []
    if request.method == "POST":
        filled = form.posted(request.form)
        filled.errors.clear()  # what was typed is kept, whatever it is
        if not filled.rows_changed:
            try:
                saved = _save(visit, case, sections.typed(parts, form, filled), filled)
            except Conflict as conflict:
                if AUTOSAVE in request.headers or conflict.code != "changed_meanwhile":
                    return _refused(visit, filled, conflict, case, found, parts)
                case = open_case(visit, application_id)
                beside = _beside(visit, case, parts, form, filled, conflict)
            else:
                return _saved(visit, case, found, saved)
    else:
        filled = _restored(visit, case, parts)
    return _page(visit, case, found, parts, filled, beside)


def _restored(visit: Visit, case: Case, parts: list[Said]) -> Filled:
    """The page as the draft has it, or as it was typed when a session ended."""
    form = sections.form_of(parts, case.form["articles"])
    return visit.form(form) if form.shows(visit.typed) else sections.shown(parts, form, case.draft)


def _the_page(case: Case, key: str) -> tuple[Section, list[Said]]:
    """The page, with the parts that may be written now; all of them where none may. Raises NotFound."""
    found = next(((page, parts) for page, parts in case.sections if page.key == key), None)
    if found is None:
        raise not_found()
    return found


def _save(visit: Visit, case: Case, parts: Mapping[str, Any], filled: Filled) -> dict[str, Any]:
    text = filled.text(sections.REVISION)
    revision = int(text) if text.isdecimal() and len(text) < 10 else case.draft["revision"]
    today = visit.today()
    kept = {name: value for name, value in parts.items() if case.may_write(name, today)} or dict(parts)
    key = new_id() if AUTOSAVE in request.headers else filled.key
    data = {"application_id": case.id, "revision": revision, "parts": kept}
    return visit.do("intake.save_draft", key, **data)


def _saved(visit: Visit, case: Case, page: Section, saved: Said) -> Response:
    at = f"{visit.now():%H:%M}"
    if AUTOSAVE in request.headers:
        said = visit.say(f"已保存 {at}", f"Saved {at}")
        return _as_json({"said": said, "revision": saved["revision"]})
    notice = Text(f"已保存 {at}：{page.title.zh}", f"Saved {at}: {page.title.en}")
    after = case.path if "_next" not in request.form else _following(case, page)
    return visit.go(after, notice)


def _following(case: Case, page: Section) -> str:
    keys = [each.key for each, _ in case.sections]
    place = keys.index(page.key) + 1
    return f"{case.path}/s/{keys[place]}" if place < len(keys) else f"{case.path}/files"


def _refused(
    visit: Visit, filled: Filled, problem: Problem, case: Case, page: Section, parts: list[Said]
) -> Response:
    if AUTOSAVE in request.headers:
        return _as_json({"said": visit.say(problem.detail_zh, problem.detail_en)}, problem.status)
    filled.refuse(problem)
    return _page(visit, case, page, parts, filled, [])


def _as_json(told: Mapping[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(told, ensure_ascii=False) + "\n", status, mimetype="application/json")


def _beside(
    visit: Visit, case: Case, parts: list[Said], form: Any, filled: Filled, conflict: Conflict
) -> list[tuple[Text, str, str]]:
    """What stands there now beside what was typed; sent once more, what was typed goes over it."""
    stale = {error.field for error in conflict.errors}
    typed = sections.typed(parts, form, filled)
    filled.texts[sections.REVISION] = [str(case.draft["revision"])]
    told = Text(
        "以下内容已被他人修改，尚未保存", "Somebody else changed what stands below; yours is not saved yet"
    )
    filled.refuse(Conflict(told.zh, told.en, code=conflict.code))
    return [
        (
            sections.title_of(part),
            readable(case.draft["parts"].get(part["name"]), part, visit.language),
            readable(typed[part["name"]], part, visit.language),
        )
        for part in parts if part["name"] in stale
    ]  # fmt: skip


def _page(
    visit: Visit,
    case: Case,
    page: Section,
    parts: list[Said],
    filled: Filled,
    beside: list[tuple[Text, str, str]],
) -> Response:
    today = visit.today()
    writable = [part for part in parts if case.may_write(part["name"], today)]
    if len(writable) != len(parts) and not filled.was_posted:
        filled = _restored(visit, case, writable)
    stays = [part for part in parts if part not in writable]
    keys = [each.key for each, _ in case.sections]
    return visit.page(
        "applicant/section.html", page.title, case=case, form=filled, beside=beside, page=page, writable=bool(writable),
        facts=[
            (sections.title_of(part), readable(case.draft["parts"].get(part["name"]), part, visit.language))
            for part in stays
        ],
        faults=_faults(case, parts) if request.method != "POST" and "check" in request.args else [],
        place=keys.index(page.key) + 1, pages=len(keys), closes=deadline(case.last_day, today), autosave=AUTOSAVE,
    )  # fmt: skip


def _faults(case: Case, parts: list[Said]) -> list[tuple[Text, str, Text]]:
    """What is not right on this page, with its field."""
    found = []
    for fault in case.draft["faults"]:
        for part in parts:
            if fault["field"] == part["name"] or fault["field"].startswith(f"{part['name']}."):
                anchor = "f-" + part["name"].replace(".", "-")
                found.append((sections.title_of(part), anchor, Text(fault["reason_zh"], fault["reason_en"])))
    return found
