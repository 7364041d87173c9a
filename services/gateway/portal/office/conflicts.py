"""Who is kept from what: conflicts of interest, recusals, the panels' history; and the experts that a cycle takes in."""

from __future__ import annotations

from flask import Response, request

from services.gateway.portal import listing
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.office import words
from services.gateway.portal.office.around import decision, names_of, show
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import OFFICE, WATCHERS

ROOM = Room("office_conflicts", WATCHERS)


@ROOM.page("/cycles/<cycle_id>/conflicts")
def conflicts(visit: Visit, cycle_id: str) -> Response:
    """Every known conflict of interest, with where it is known from."""
    asked = listing.read(
        f"/cycles/{cycle_id}/conflicts", request.args.items(multi=True),
        filters={"ground": tuple(words.WORDS["ground"]), "source": tuple(words.WORDS["source"]), "ended": ("yes",)},
        columns=(), sort="",
    )  # fmt: skip
    found = visit.ask(
        "review.conflicts", cycle_id=cycle_id, ground=asked.filters.get("ground"), source=asked.filters.get("source"),
        ended=True if "ended" in asked.filters else None, page=asked.page, size=asked.size,
    )  # fmt: skip
    names = names_of(visit, cycle_id, [each["application_id"] for each in found["conflicts"]])
    choices = {
        table: [(code, visit.say(pair.zh, pair.en)) for code, pair in words.WORDS[table].items()]
        for table in ("ground", "source")
    }
    return show(
        visit, "office/conflicts.html", Text("利害关系", "Conflicts of interest"), at=cycle_id, listing=asked, found=found,
        names=names, choices=choices, back=f"/cycles/{cycle_id}/panels",
    )  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/recusals")
def recusals(visit: Visit, cycle_id: str) -> Response:
    """Recusals that came up while a panel served, and what became of each."""
    only = "open" in request.args
    found = visit.ask("review.recusals", cycle_id=cycle_id, open=True if only else None)["recusals"]
    names = names_of(visit, cycle_id, [each["application_id"] for each in found])
    return show(
        visit, "office/recusals.html", Text("回避记录", "Recusals"), at=cycle_id, found=found, names=names, only=only,
        back=f"/cycles/{cycle_id}/panels",
    )  # fmt: skip


_LINES = 100


@ROOM.page("/cycles/<cycle_id>/panel-history")
def history(visit: Visit, cycle_id: str) -> Response:
    """What was done to the panels, the oldest first."""
    after = request.args.get("after", "")
    plain = after if after.isalnum() and len(after) <= 64 else None
    found = visit.ask("review.panel_history", cycle_id=cycle_id, after=plain, limit=_LINES)["entries"]
    return show(
        visit, "office/panel_history.html", Text("评审组的经过", "The panels' history"), at=cycle_id, entries=found,
        more=found[-1]["entry_id"] if len(found) == _LINES else None, back=f"/cycles/{cycle_id}/panels",
    )  # fmt: skip


# --- experts of a cycle -----------------------------------------------------------------------------------------------


def _yes_no(name: str, label: Text) -> Field:
    choices = (Choice("yes", Text("是", "Yes")), Choice("no", Text("否", "No")))
    return Field(f"picked.{name}", label, Kind.SELECT, choices=choices, needed=False)


_ENTER = Form(
    (
        Field(
            "expert_ids", Text("专家编号", "Ids of experts"), Kind.LINES, needed=False, rows=6,
            hint=Text(
                "每行一个，编号见“专家库”；或不填，按下面的条件选入",
                "One a line, as in the register; or leave it empty and pick by what follows",
            ),
        ),
        Field("picked.expertise", Text("专业领域", "Field"), needed=False, width=20),
        Field("picked.industry", Text("行业", "Industry"), needed=False, width=20),
        Field("picked.qualification", Text("资质", "Qualification"), needed=False, width=20),
        Field("picked.language", Text("语言代码", "Language code"), needed=False, width=3, hint=Text("例如 en",
            "For example en")),
        _yes_no("industry_expert", Text("行业专家", "Industry expert")),
        _yes_no("may_lead", Text("可任组长", "May lead")),
    ),
    submit=Text("选入本周期", "Take them into the cycle"),
)  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/experts", roles=(OFFICE,), methods=("GET", "POST"))
def enter(visit: Visit, cycle_id: str) -> Response:
    """Take experts of the register into the cycle's pool; each line says what became of it."""
    book = visit.rulebook(cycle_id)
    title = Text("选入评审专家", "Take experts into the cycle")
    back = f"/cycles/{cycle_id}/panels"
    filled = (
        visit.submit(_ENTER, "review.enter_pool", cycle_id=cycle_id) if request.method == "POST" else None
    )
    if filled is not None and filled.ok:
        return show(
            visit, "office/entered.html", title, at=cycle_id, book=book, found=filled.reply, back=f"/cycles/{cycle_id}/experts"
        )  # fmt: skip
    says = [
        Text("没有有效利害关系申报的专家不会选入，并逐一说明。",
            "Who has no declaration in force is not taken in, and told so one by one."),
        Text("已在本周期的专家按专家库更新。", "Those that are there already are renewed from the register."),
    ]  # fmt: skip
    shown = filled if filled is not None else visit.form(_ENTER)
    return decision(visit, shown, title=title, back=back, at=cycle_id, says=says)
