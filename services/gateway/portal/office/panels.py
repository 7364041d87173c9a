"""评审组: conflicts, draws by lot with a witness, what the draft lacks, its release, and who takes over."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.portal.forms import Field, Form, Kind, Rows
from services.gateway.portal.office.around import (
    Fact,
    decide,
    decision,
    names_of,
    numbered,
    renewed,
    show,
    stage_of,
    there,
    word,
)
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import OFFICE, WATCHERS
from shared.problems import NotFound
from shared.rulebooks import Rulebook, Stage

ROOM = Room("office_panels", WATCHERS)
TITLE = Text("评审组", "Panels")
_PANEL = "/cycles/<cycle_id>/panels/<stage>"
_REASON = Field(
    "reason", Text("理由", "Reason"), Kind.AREA, rows=3, hint=Text("记入档案", "It is kept on record")
)
_RULES = (
    Text("人数、单双数、行业专家比例、每人工作量和回避由系统按法规核对。",
        "Size, odd number, share of industry experts, load and recusal are checked by the rulebook."),
)  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/panels")
def panels(visit: Visit, cycle_id: str) -> Response:
    """Every panel of the cycle: how far it is, who is silent."""
    book = visit.rulebook(cycle_id)
    progress = visit.ask("review.panel_progress", cycle_id=cycle_id)
    draws = there(visit, "review.draws", cycle_id=cycle_id)
    stages = [stage for stage in book.stages if stage.kind == "review" and stage.panel]
    return show(
        visit, "office/panels.html", TITLE, at=cycle_id, book=book, progress=progress, stages=stages,
        draws=[{**each, "mine": _witnesses(visit, each)} for each in (draws["draws"] if isinstance(draws, dict) else [])],
        may={
            name: visit.may(f"review.{name}") for name in ("enter_pool", "draw_panel", "conflicts", "recusals", "witness_draw")
        },
    )  # fmt: skip


@ROOM.page(_PANEL)
def panel(visit: Visit, cycle_id: str, stage: str) -> Response:
    """One panel: its draft with what it lacks, its draws, and what may be done."""
    book, rule, category = _named(visit, cycle_id, stage)
    found = there(visit, "review.inspect_panel", cycle_id=cycle_id, stage=stage, category=category)
    draws = there(visit, "review.draws", cycle_id=cycle_id)
    own_draws = [
        each for each in (draws["draws"] if isinstance(draws, dict) else [])
        if each["stage"] == stage and each["category"] == category
    ]  # fmt: skip
    names = names_of(
        visit,
        cycle_id,
        [each["application_id"] for each in found["deputies"]] if isinstance(found, dict) else [],
    )
    return show(
        visit, "office/panel.html", _title(rule, category), at=cycle_id, book=book, rule=rule, category=category,
        found=found if isinstance(found, dict) else None, away=found is not None and not isinstance(found, dict),
        draws=[{**each, "mine": _witnesses(visit, each)} for each in own_draws], names=names,
        back=f"/cycles/{cycle_id}/panels", query=f"?category={category}" if category else "",
        may={name: visit.may(f"review.{name}") for name in (
            "draw_panel", "witness_draw", "change_panel", "release_panel", "replace_reviewer", "fill_panel", "name_leader"
        )},
    )  # fmt: skip


def _named(visit: Visit, cycle_id: str, stage: str) -> tuple[Rulebook, Stage, str | None]:
    """The rulebook, the stage, and the category that the address names. Raises NotFound."""
    book = visit.rulebook(cycle_id)
    rule = stage_of(book, stage)
    category = request.values.get("category") or None
    if category is not None and category not in book.categories:
        raise NotFound("没有这个类别", "there is no such category")
    return book, rule, category


def _title(rule: Stage, category: str | None) -> Text:
    return Text(f"{rule.title.zh}：评审组", f"Panel of {rule.title.en}")


def _about(visit: Visit, rule: Stage, category: str | None) -> list[Fact]:
    found: list[Fact] = [(Text("阶段", "Stage"), Text(rule.title.zh, rule.title.en))]
    if category:
        found.append((Text("类别", "Category"), word(visit, "category", category)))
    return found


def _back(cycle_id: str, stage: str, category: str | None) -> str:
    return f"/cycles/{cycle_id}/panels/{stage}" + (f"?category={category}" if category else "")


# --- drawing --------------------------------------------------------------------------------------------------------

_DRAW = Form(
    (
        Field(
            "share", Text("您的随机文字", "Your share of the seed"),
            hint=Text("任意文字，例如若干数字。封存后，见证人再加入自己的一份，双方都不能单独左右结果",
                      "Any text, such as digits. It goes under seal; the witness adds another, and neither settles it alone"),
        ),
        Field(
            "witness", Text("见证人账号", "Witness"), width=20,
            hint=Text("另一位工作人员的用户名；抽取人和专家不得作见证人",
                "The user name of another officer; neither you nor an expert"),
        ),
        Field(
            "reason", Text("重新抽取的理由", "Why it is drawn again"), Kind.AREA, rows=3, needed=False,
            hint=Text("仅重新抽取时填写", "Only where it was drawn before"),
        ),
    ),
    submit=Text("准备抽取", "Prepare the draw"),
)  # fmt: skip


@ROOM.page(_PANEL + "/draw", roles=(OFFICE,), methods=("GET", "POST"))
def draw(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Prepare a draw: the inputs are frozen, the office's share goes under seal."""
    _, rule, category = _named(visit, cycle_id, stage)
    says = [
        Text("准备后，参加抽取的专家和申报即被固定。", "Experts and applications that take part are frozen then."),
        Text("见证人见证后才开始抽取，记录任何人都可复核。",
            "It is drawn once the witness has come; anybody can repeat it from the record."),
        *_RULES,
    ]  # fmt: skip
    return decide(
        visit, _DRAW, "review.draw_panel", title=Text("准备抽取评审组", "Prepare a draw"), at=cycle_id, says=says,
        facts=_about(visit, rule, category), back=_back(cycle_id, stage, category),
        done=Text("抽取已准备，请见证人见证", "The draw is prepared; it waits for its witness"), person="witness",
        cycle_id=cycle_id, stage=stage, category=category,
    )  # fmt: skip


_WITNESS = Form(
    (Field("share", Text("您的随机文字", "Your share of the seed"), hint=Text("任意文字，由您自定",
        "Any text of your own choice")),),
    submit=Text("见证并抽取", "Witness the draw"),
)  # fmt: skip


@ROOM.page(_PANEL + "/draws/<number>/witness", methods=("GET", "POST"), sample={"number": "1"})
def witness(visit: Visit, cycle_id: str, stage: str, number: str) -> Response:
    """The witness that was named adds its share; that settles the draw."""
    _, rule, category = _named(visit, cycle_id, stage)
    draws = there(visit, "review.draws", cycle_id=cycle_id)
    listed = draws["draws"] if isinstance(draws, dict) else []
    named = next((each for each in listed if _is(each, stage, category, _whole(number))), None)
    hindered = None if named is None or _witnesses(visit, named) else _by_witness(visit, named)
    says = [
        Text("只有被指定的见证人可以见证。见证后结果即定，不能撤回。",
            "Only the witness that was named may; it settles the outcome and cannot be taken back.")
    ]  # fmt: skip
    return decide(
        visit, _WITNESS, "review.witness_draw", title=Text("见证抽取", "Witness a draw"), at=cycle_id, says=says,
        facts=[*_about(visit, rule, category), (Text("第几次抽取", "Draw"), number)], hindered=hindered,
        back=_back(cycle_id, stage, category), done=Text("已见证，正在抽取", "Witnessed; it is being drawn"),
        cycle_id=cycle_id, stage=stage, category=category, number=_whole(number),
    )  # fmt: skip


def _is(draw: dict[str, Any], stage: str, category: str | None, number: int) -> bool:
    return (draw["stage"], draw["category"], draw["number"]) == (stage, category, number)


def _witnesses(visit: Visit, draw: dict[str, Any]) -> bool:
    """Whether this visitor was named as the witness of a draw, and did not prepare it: to others it is not offered."""
    subject = visit.session.subject if visit.session is not None else ""
    may = visit.may("review.witness_draw") and draw["state"] == "prepared"
    return may and draw["witness"] == subject and not visit.did(draw["prepared_by"])


def _by_witness(visit: Visit, draw: dict[str, Any]) -> Text:
    if draw["state"] != "prepared":
        return Text("这次抽取不在等待见证。", "This draw does not wait for its witness.")
    name = visit.person(draw["witness"])
    return Text(
        f"须由指定的见证人 {name} 以本人账号见证。",
        f"{name}, the witness that was named, has to do this, signed in as such.",
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise NotFound("没有这次抽取", "there is no such draw")
    return int(text)


@ROOM.page(_PANEL + "/draws/<number>", sample={"number": "1"})
def record(visit: Visit, cycle_id: str, stage: str, number: str) -> Response:
    """The record of a draw, from which anybody repeats it."""
    _, rule, category = _named(visit, cycle_id, stage)
    found = visit.ask(
        "review.draw_record", cycle_id=cycle_id, stage=stage, category=category, number=_whole(number)
    )
    return show(
        visit, "office/draw_record.html", Text("抽取记录", "Record of a draw"), at=cycle_id, rule=rule, category=category,
        number=number, record=found["record"], back=_back(cycle_id, stage, category),
    )  # fmt: skip


# --- the draft, its release and what comes after ----------------------------------------------------------------------

_RELEASE = Form(
    (
        Field("revision", Text("版本", "Revision"), Kind.HIDDEN),
        Field("reason", Text("说明", "Note"), Kind.AREA, rows=3, needed=False),
    ),
    submit=Text("下达评审组", "Release the panel"),
)


@ROOM.page(_PANEL + "/release", roles=(OFFICE,), methods=("GET", "POST"))
def release(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Release a draft: the reviewers are asked."""
    says = [
        Text("下达后评审员会收到任务和答复期限，草案不能再改，只能更换评审员。",
            "The reviewers get their tasks and a day by which to answer; then reviewers can only be replaced.")
    ]  # fmt: skip
    return _with_draft(
        visit, cycle_id, stage, _RELEASE, "review.release_panel", Text("下达评审组", "Release a panel"),
        Text("评审组已下达", "The panel is released"), says,
    )  # fmt: skip


_CHANGE = Form(
    (
        Field("revision", Text("版本", "Revision"), Kind.HIDDEN),
        Rows(
            "changes", Text("调换", "Exchange"),
            (
                Field("leaving", Text("换出的专家编号", "Expert who leaves"), width=20),
                Field("coming", Text("换入的专家编号", "Expert who comes"), width=20),
                Field("application_id", Text("只在这一份申报（内部编号）", "Only on this application (id)"), needed=False),
            ),
        ),
        Field("leader", Text("组长的专家编号", "Leader"), needed=False, width=20),
        _REASON,
    ),
    submit=Text("调整草案", "Change the draft"),
)  # fmt: skip


@ROOM.page(_PANEL + "/change", roles=(OFFICE,), methods=("GET", "POST"))
def change(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Change a draft by hand, with a reason; what would break a rule is refused and said which."""
    return _with_draft(
        visit, cycle_id, stage, _CHANGE, "review.change_panel", Text("调整评审组草案", "Change a draft by hand"),
        Text("草案已调整", "The draft is changed"), _RULES,
    )  # fmt: skip


def _with_draft(
    visit: Visit, cycle_id: str, stage: str, form: Form, operation: str, title: Text, done: Text, says: Any
) -> Response:
    """A decision about the draft as it was read; its revision travels with the form."""
    _, rule, category = _named(visit, cycle_id, stage)
    found = visit.ask("review.inspect_panel", cycle_id=cycle_id, stage=stage, category=category)
    figures = found["figures"]
    facts = [
        *_about(visit, rule, category),
        (Text("状态", "State"), word(visit, "panel", found["state"])),
        (Text("版本", "Revision"), found["revision"]),
        (Text("评审员", "Reviewers"), f"{figures['size']} / {figures['size_needed']}"),
        (Text("行业专家", "Industry experts"), f"{figures['industry']} / {figures['industry_needed']}"),
        *(
            (Text("不符合", "Broken rule"), Text(each["reason_zh"], each["reason_en"]))
            for each in found["faults"]
        ),
    ]
    back = _back(cycle_id, stage, category)
    filled = _submitted(visit, form, operation, cycle_id=cycle_id, stage=stage, category=category)
    if filled is not None and filled.ok:
        return visit.go(back, done)
    shown = filled if filled is not None else visit.form(form, {"revision": found["revision"]})
    renewed(shown, "revision", found["revision"])
    return decision(visit, shown, title=title, back=back, at=cycle_id, says=says, facts=facts)


def _submitted(visit: Visit, form: Form, operation: str, **data: Any) -> Any:
    """The posted form after the command, None where nothing was posted; the revision is a number."""
    if request.method != "POST":
        return None
    filled = form.posted(request.form)
    if filled.ok:
        sent = numbered(filled.data, "revision")
        filled.attempt(lambda: visit.do(operation, filled.key, **sent, **data))
    return filled


_REPLACE = Form(
    (
        Field("expert_id", Text("被更换的专家编号", "Expert to be replaced"), width=20),
        Field("application_id", Text("只在这一份申报（内部编号）", "Only on this application (id)"), needed=False),
        Field(
            "coming", Text("接替的专家编号", "Who takes over"), needed=False, width=20,
            hint=Text("不填则由系统在合格者中选择", "Left empty, one is chosen among those that may"),
        ),
        _REASON,
    ),
    submit=Text("更换评审员", "Replace"),
)  # fmt: skip


@ROOM.page(_PANEL + "/replace", roles=(OFFICE,), methods=("GET", "POST"))
def replace(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Replace a reviewer of a released panel."""
    return _on_panel(
        visit, cycle_id, stage, _REPLACE, "review.replace_reviewer", Text("更换评审员", "Replace a reviewer"),
        Text("已更换；找不到接替者的申报仍列为空缺", "Replaced; where nobody could take over the seat is still vacant"),
    )  # fmt: skip


_FILL = Form(
    (
        Field(
            "silent",
            Text("也更换逾期未答复的评审员", "Replace those who stayed silent too"),
            Kind.TICK,
            needed=False,
        ),
        _REASON,
    ),
    submit=Text("补足空缺", "Fill what is vacant"),
)


@ROOM.page(_PANEL + "/fill", roles=(OFFICE,), methods=("GET", "POST"))
def fill(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Fill what is vacant in a released panel."""
    return _on_panel(
        visit, cycle_id, stage, _FILL, "review.fill_panel", Text("补足评审组", "Fill what is vacant"),
        Text("已补足；仍有空缺的列在本页", "Filled; what is still vacant stands on this page"),
    )  # fmt: skip


_LEADER = Form(
    (
        Field("expert_id", Text("组长的专家编号", "Leader"), width=20),
        Field(
            "application_id",
            Text("只代理这一份申报（内部编号）", "Deputy for this application only (id)"),
            needed=False,
        ),
        _REASON,
    ),
    submit=Text("指定组长", "Name the leader"),
)


@ROOM.page(_PANEL + "/leader", roles=(OFFICE,), methods=("GET", "POST"))
def leader(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Name a panel's leader, or a deputy where the leader is recused."""
    return _on_panel(
        visit, cycle_id, stage, _LEADER, "review.name_leader", Text("指定组长", "Name a panel's leader"),
        Text("组长已指定", "The leader is named"),
    )  # fmt: skip


def _on_panel(
    visit: Visit, cycle_id: str, stage: str, form: Form, operation: str, title: Text, done: Text
) -> Response:
    _, rule, category = _named(visit, cycle_id, stage)
    return decide(
        visit, form, operation, title=title, back=_back(cycle_id, stage, category), done=done, at=cycle_id, says=_RULES,
        facts=_about(visit, rule, category), cycle_id=cycle_id, stage=stage, category=category,
    )  # fmt: skip
