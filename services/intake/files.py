"""材料与证据: the files of an application. Their bytes lie in the content store; here stands what each is and how it was found.

A file counts once it has been looked into and accepted; until then it is being checked, and one that was refused says why.
Rows are never deleted: what was removed is marked, so that a correction that is not handed in can be put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from services.intake import corrections, enquiries, glance, models
from services.intake.archive import contents
from services.intake.dossiers import EDITOR, LEAD, change, own, part_of, require, require_changeable
from services.intake.stages import conductor
from services.intake.statuses import Status
from shared.calendar import in_words
from shared.config import Settings
from shared.contracts.events import FileReceived
from shared.contracts.operations import APPLICANT, CLERK, WATCHERS
from shared.problems import Conflict, FieldError, Forbidden, NotFound, invalid_field
from shared.procedure import Cycle
from shared.store import Work

_FILES = models.files
MATERIAL, EVIDENCE = "material", "evidence"
CHECKING, ACCEPTED, REFUSED = "checking", "accepted", "refused"
# The material whose length a rulebook may bound, and the fact that says it.
_COUNTED, _COUNT = "self_assessment", "self_assessment_chars"


@dataclass(frozen=True)
class FileTerms:
    """What may be handed in; sizes in bytes, kinds by their endings."""

    kinds: tuple[str, ...]
    largest_bytes: int
    most_files: int
    most_bytes: int

    @classmethod
    def of(cls, settings: Settings) -> FileTerms:
        """The terms that the settings say."""
        return cls(
            settings.file_endings, settings.file_largest_bytes, settings.files_most, settings.files_most_bytes
        )


# --- what is there ------------------------------------------------------------------------------------------------


def listed(work: Work, data: Mapping[str, Any], terms: FileTerms) -> dict[str, Any]:
    """The files of an application, as far as whoever asks may see them, and what may be added now."""
    row = own(work, data["application_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    rows = _present(work, row.id, *_shown_to(work))
    return {
        "application_id": row.id,
        "cycle_id": row.cycle_id,
        "files": [state(each) for each in rows],
        "total_bytes": sum(each.size for each in rows),
        "terms": {
            "kinds": list(terms.kinds),
            "largest_bytes": terms.largest_bytes,
            "most_files": terms.most_files,
            "most_bytes": terms.most_bytes,
            "may_add": _may_add(work, cycle, row),
        },
    }


def one(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """One file, also one that was removed. Raises NotFound for what is not for whoever asks."""
    found = _find(work, data["application_id"], data["file_id"], *_shown_to(work))
    if work.context.role == APPLICANT:
        own(work, data["application_id"])
    conductor.cycle(work, found.cycle_id)
    return state(found)


def previews(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """The previews of a material that was accepted. Whether somebody may read that dossier is for review to say: the gateway
    asks there first, and no address leads here past it. Raises NotFound.
    """
    found = _find(
        work, data["application_id"], data["file_id"], _FILES.c.use == MATERIAL, _FILES.c.state == ACCEPTED
    )
    return {"previews": found.previews}


def _shown_to(work: Work) -> list[ColumnElement[bool]]:
    """Materials are the dossier's and the watchers'; evidence is shown to the watchers and to whoever brought it."""
    role, brought = work.context.role, _FILES.c.added_by == work.context.actor
    if role in WATCHERS:
        return []
    if role == APPLICANT:
        return [or_(_FILES.c.use == MATERIAL, brought)]
    return [and_(_FILES.c.use == EVIDENCE, brought)]


def _present(work: Work, application_id: str, *wanted: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """The files that have not been removed, in the order in which they came."""
    query = select(_FILES).where(
        _FILES.c.application_id == application_id, _FILES.c.removed_at.is_(None), *wanted
    )
    return work.session.execute(query.order_by(_FILES.c.added_at, _FILES.c.id)).all()


def _find(work: Work, application_id: str, file_id: str, *wanted: ColumnElement[bool]) -> Row[Any]:
    query = select(_FILES).where(_FILES.c.id == file_id, _FILES.c.application_id == application_id, *wanted)
    row = work.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("没有这个文件", "no such file")
    return row


def _may_add(work: Work, cycle: Cycle, row: Row[Any]) -> list[str]:
    """The materials to which whoever asks may add a file now."""
    if work.context.role != APPLICANT or cycle.rehearsal:
        return []
    if part_of(work, row.id, work.context.actor) not in (LEAD, EDITOR):
        return []
    names = cycle.rulebook.materials(row.kind)
    if row.status == Status.RETURNED.value:
        return [name for name in names if corrections.is_open(work, row.id, f"materials.{name}")]
    if row.status != Status.DRAFT.value or work.today() > cycle.closes_on:
        return []
    return list(names)


def state(row: Row[Any]) -> dict[str, Any]:
    """The reply `FileState`."""
    names = (
        "application_id", "cycle_id", "use", "material", "file_name", "size", "digest", "state", "kind", "reasons", "notes",
        "scan", "scanned_by", "signature", "pages", "characters", "previews", "replaces", "added_by",
    )  # fmt: skip
    moments = ("added_at", "checked_at", "removed_at")
    return {
        "file_id": row.id,
        **{name: getattr(row, name) for name in names},
        **{name: None if getattr(row, name) is None else getattr(row, name).isoformat() for name in moments},
    }


# --- coming and going ---------------------------------------------------------------------------------------------


def add(work: Work, data: Mapping[str, Any], terms: FileTerms) -> dict[str, Any]:
    """Take note of a file that the gateway has kept, and have it looked into. Raises Invalid, Conflict, NotFound."""
    row = _place_for(work, data, terms, lock=True)
    _require_new(work, row, data)
    file_id = work.new_id()
    names = ("use", "material", "file_name", "digest", "size", "replaces")
    work.session.execute(
        _FILES.insert().values(
            id=file_id, application_id=row.id, cycle_id=row.cycle_id, state=CHECKING, reasons=[], notes=[], previews=[],
            added_at=work.now(), added_by=work.context.actor, **{name: data[name] for name in names},
        )
    )  # fmt: skip
    told = {"cycle_id": row.cycle_id, "application_id": row.id, "file_id": file_id}
    work.publish(FileReceived, told, subject=row.id)
    noted = {"file": file_id, "digest": data["digest"], "as": data["material"] or EVIDENCE}
    work.audit("file:added", row.id, after=noted, cycle_id=row.cycle_id)
    return state(_find(work, row.id, file_id))


def may_add(work: Work, data: Mapping[str, Any], terms: FileTerms) -> dict[str, Any]:
    """Refuse a file before its first byte. Raises what `add` would raise, but for what only the content tells."""
    _place_for(work, data, terms, lock=False)
    return {"done": True}


def _place_for(work: Work, data: Mapping[str, Any], terms: FileTerms, *, lock: bool) -> Row[Any]:
    find = _evidence_for if data["use"] == EVIDENCE else _material_for
    row = find(work, data, lock=lock)
    _require_room(work, row, data, terms)
    return row


def _material_for(work: Work, data: Mapping[str, Any], *, lock: bool) -> Row[Any]:
    """The draft that a material is for, as long as it may be changed there."""
    row = own(work, data["application_id"], may=(LEAD, EDITOR), lock=lock)
    cycle = conductor.cycle(work, row.cycle_id)
    material = data["material"]
    if work.context.role != APPLICANT:
        raise Forbidden("材料由申报人提交", "materials are the applicant's to hand in")
    if cycle.rehearsal:
        raise Conflict(
            "演练的材料在申报中写明，不上传文件",
            "a rehearsal states its materials; files are not handed in",
            code="rehearsal",
        )
    if material not in cycle.rulebook.materials(row.kind):
        raise invalid_field("material", "本办法没有这种材料", "the rulebook knows no such material")
    require_changeable(work, row, f"materials.{material}")
    if row.status == Status.DRAFT.value and work.today() > cycle.closes_on:
        raise Conflict(
            f"申报已于 {in_words(cycle.closes_on).zh} 截止，不再接收文件",
            f"applications closed on {in_words(cycle.closes_on).en}; no files are taken any more",
            code="closed",
        )
    if data["replaces"] is not None:
        _require_replaceable(work, row.id, data["replaces"], material)
    return row


def _require_replaceable(work: Work, application_id: str, file_id: str, material: str) -> None:
    present = {each.id for each in _present(work, application_id, _FILES.c.material == material)}
    if file_id not in present:
        raise invalid_field("replaces", "该材料中没有这个文件", "the material has no such file")


def _evidence_for(work: Work, data: Mapping[str, Any], *, lock: bool) -> Row[Any]:
    """What a department or the office brings, or an applicant's own credit report: to what the person may see anyway."""
    wrong = [name for name in ("material", "replaces") if data[name] is not None]
    if wrong:
        raise invalid_field(wrong[0], "证据没有此项", "evidence has no such thing")
    application_id = data["application_id"]
    if work.context.role == CLERK:
        enquiries.require(work, application_id, work.context.on_behalf_of)
        row = require(work, application_id, lock=lock)
    else:
        row = own(work, application_id, may=(LEAD, EDITOR), lock=lock)
    conductor.cycle(work, row.cycle_id)
    return row


def _require_room(work: Work, row: Row[Any], data: Mapping[str, Any], terms: FileTerms) -> None:
    name, size = data["file_name"], data["size"]
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in terms.kinds:
        raise invalid_field(
            "file_name", f"只接收 {'、'.join(terms.kinds)}", f"only {', '.join(terms.kinds)} are taken"
        )
    if size > terms.largest_bytes:
        raise too_large(terms.largest_bytes)
    if not size:
        raise invalid_field("size", "文件是空的", "the file is empty", code="empty")
    if work.context.role != APPLICANT:
        return
    present = _present(work, row.id)
    total = sum(each.size for each in present) + size
    if len(present) >= terms.most_files or total > terms.most_bytes:
        raise Conflict(
            f"一份申报至多 {terms.most_files} 个文件、共 {terms.most_bytes >> 20} MiB",
            f"a dossier holds at most {terms.most_files} files of {terms.most_bytes >> 20} MiB in all",
            code="no_room",
        )


def _require_new(work: Work, row: Row[Any], data: Mapping[str, Any]) -> None:
    """One content stands in a dossier once; whoever sends it again is told where."""
    contents.require_staying(work, data["digest"])
    same = and_(_FILES.c.digest == data["digest"], _FILES.c.use == data["use"], _FILES.c.state != REFUSED)
    for each in _present(work, row.id, same, *_shown_to(work)):
        raise Conflict(
            f"同一内容已在本申报中：{each.file_name}", f"the dossier holds the same content already: {each.file_name}",
            code="duplicate_file", errors=[FieldError("file_name", f"内容与已上传的“{each.file_name}”完全相同，请另选文件",
                f"the content is that of “{each.file_name}”, which is here already: choose another file")],
        )  # fmt: skip


def too_large(largest: int) -> Exception:
    """The refusal of a file beyond the limit, in bytes."""
    return invalid_field(
        "size",
        f"单个文件不超过 {largest >> 20} MB",
        f"a file has at most {largest >> 20} MB",
        code="too_large",
    )


def remove(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """Take a material out of a draft; removed twice it is removed once. Raises NotFound, Conflict, Forbidden."""
    row = own(work, data["application_id"], may=(LEAD, EDITOR), lock=True)
    cycle = conductor.cycle(work, row.cycle_id)
    found = _find(work, row.id, data["file_id"], _FILES.c.use == MATERIAL)
    if found.removed_at is None:
        require_changeable(work, row, f"materials.{found.material}")
        _mark_removed(work, [found.id])
        restate(work, cycle, row)
        noted = {"file": found.id, "digest": found.digest}
        work.audit("file:removed", row.id, before=noted, cycle_id=row.cycle_id)
    return state(_find(work, row.id, found.id))


def _mark_removed(work: Work, ids: Iterable[str]) -> None:
    query = update(_FILES).where(_FILES.c.id.in_(list(ids)), _FILES.c.removed_at.is_(None))
    work.session.execute(query.values(removed_at=work.now(), removed_by=work.context.actor))


def put_back(work: Work, application_id: str, frozen: Iterable[Mapping[str, Any]]) -> None:
    """Leave the materials as a frozen dossier has them: a correction that was begun and not handed in is undone."""
    kept = [file["file_id"] for file in frozen]
    of_it = and_(_FILES.c.application_id == application_id, _FILES.c.use == MATERIAL)
    others = work.session.execute(
        select(_FILES.c.id).where(of_it, _FILES.c.id.not_in(kept), _FILES.c.removed_at.is_(None))
    ).scalars()
    _mark_removed(work, list(others))
    back = update(_FILES).where(of_it, _FILES.c.id.in_(kept))
    work.session.execute(back.values(removed_at=None, removed_by=None))


# --- what was found -----------------------------------------------------------------------------------------------


def settle(work: Work, file_id: str, found: Mapping[str, Any]) -> None:
    """Write what was found in a file, once; an accepted one counts from now on, and the one that it replaces goes."""
    row = work.session.execute(select(_FILES).where(_FILES.c.id == file_id)).one()
    application = require(work, row.application_id, lock=True)
    written = work.session.execute(
        update(_FILES)
        .where(_FILES.c.id == file_id, _FILES.c.state == CHECKING)
        .values(checked_at=work.now(), **found)
    )
    if not getattr(written, "rowcount", 0):
        return  # looked into twice: the first one stands
    work.audit(
        "file:checked",
        row.application_id,
        after={
            "file": file_id,
            "state": found["state"],
            "reasons": [each["code"] for each in found["reasons"]],
        },
        cycle_id=row.cycle_id,
    )
    if row.use != MATERIAL or row.removed_at is not None or found["state"] != ACCEPTED:
        return
    if row.replaces is not None:
        _mark_removed(work, [row.replaces])
    restate(work, conductor.cycle(work, row.cycle_id), application)


def restate(work: Work, cycle: Cycle, row: Row[Any]) -> None:
    """Write which materials an application has: those with a file that was accepted, in the rulebook's order."""
    there = {each.material for each in accepted(work, row.id)}
    materials = [name for name in cycle.rulebook.materials(row.kind) if name in there]
    lacking = glance.lacking(cycle.rulebook, row.kind, row.category, materials)
    change(work, row.id, materials=materials, missing_materials=lacking)


def accepted(work: Work, application_id: str) -> Sequence[Row[Any]]:
    """The materials that count."""
    return _present(work, application_id, _FILES.c.use == MATERIAL, _FILES.c.state == ACCEPTED)


def handed_in(work: Work, application_id: str) -> list[dict[str, Any]]:
    """The files of a dossier, as its receipt covers them."""
    names = ("material", "file_name", "kind", "size", "digest")
    return [
        {"file_id": each.id, **{name: getattr(each, name) for name in names}}
        for each in accepted(work, application_id)
    ]


def facts_of(work: Work, row: Row[Any]) -> dict[str, Any]:
    """The facts with the self-assessment's length as the documents have it, where all of them could be counted."""
    counts = [each.characters for each in accepted(work, row.id) if each.material == _COUNTED]
    facts = dict(row.facts)
    if counts and None not in counts:
        facts[_COUNT] = sum(counts)
    return facts


def faults(work: Work, application_id: str) -> list[FieldError]:
    """Materials that keep a dossier from being handed in: still being checked, or refused and still there."""
    query = (
        select(_FILES.c.material, _FILES.c.state, func.min(_FILES.c.file_name))
        .where(
            _FILES.c.application_id == application_id,
            _FILES.c.use == MATERIAL,
            _FILES.c.removed_at.is_(None),
            _FILES.c.state != ACCEPTED,
        )
        .group_by(_FILES.c.material, _FILES.c.state)
        .order_by(_FILES.c.material, _FILES.c.state)
    )
    return [
        FieldError(f"materials.{material}", f"“{name}”正在检查", f"“{name}” is being checked")
        if state_ == CHECKING
        else FieldError(
            f"materials.{material}",
            f"“{name}”未通过检查，请移除或更换",
            f"“{name}” was refused; remove or replace it",
        )
        for material, state_, name in work.session.execute(query)
    ]


def evidence(work: Work, application_id: str, file_id: str) -> dict[str, Any]:
    """A file that whoever asks brought as evidence, as the history keeps it. Raises Invalid, Conflict."""
    wanted = and_(_FILES.c.use == EVIDENCE, _FILES.c.added_by == work.context.actor)
    try:
        row = _find(work, application_id, file_id, wanted)
    except NotFound as missing:
        raise invalid_field("file_id", missing.detail_zh, missing.detail_en) from missing
    if row.state != ACCEPTED:
        zh, en = ("正在检查", "being checked") if row.state == CHECKING else ("未通过检查", "refused")
        raise Conflict(f"文件{zh}", f"the file is {en}", code=f"file_{row.state}")
    return {
        "file_id": row.id,
        "name": row.file_name,
        "sha256": row.digest.partition(":")[2],
        "size": row.size,
    }
