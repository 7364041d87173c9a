"""纪检监督: one view over all services of a cycle, what was made of its alerts, and the inspection report as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import acting, attempts, files, people, supervision_pages
from services.gateway.circumstances import Asked
from services.gateway.errors import not_found
from services.gateway.exports import XLSX
from services.gateway.feedback import DOCX, PDF, written
from shared.contracts.operations.pages import SIZES
from shared.identifiers import canonical_json
from shared.procedure import alerts as told

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Data = Mapping[str, Any]
Told = Mapping[str, dict[str, Any]]  # by service, what it answered
_TYPES = {"docx": DOCX, "pdf": PDF, "xlsx": XLSX}
_ALERT = ("source", "kind", "severity", "subject", "reason_zh", "reason_en")
_NOTE = ("state", "reason", "noted_by", "noted_at")
_HERE = "gateway"  # where alerts come from that no service alone could tell


def supervision(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `Overview`: stages, figures, alerts with what was made of them, and notes whose alert is no more."""
    cycle_id = data["cycle_id"]
    cycle = gateway.dispatcher.ask("intake", "cycle", {"cycle_id": cycle_id}, asked.anew())
    figures, alerts, cut = _alerts(gateway, cycle_id, asked)
    notes = _notes(gateway, cycle_id, asked)
    for alert in alerts:
        alert["note"] = noted(notes.get(alert["alert_id"]))
    present = {alert["alert_id"] for alert in alerts}
    gone = [note for alert_id, note in notes.items() if alert_id not in present]
    severities = Counter(alert["severity"] for alert in alerts)
    handled = Counter(alert["note"]["state"] if alert["note"] else "new" for alert in alerts)
    return {
        **{name: cycle[name] for name in ("cycle_id", "rulebook", "year", "rehearsal", "state", "stages")},
        "made_on": _today(gateway, asked).isoformat(),
        "figures": figures,
        "severities": {
            severity: severities.get(severity, 0) for severity in ("serious", "warning", "notice")
        },
        "handled": {state: handled.get(state, 0) for state in ("new", "seen", "closed")},
        "alerts": alerts,
        "gone": gone,
        "names": people.applications(gateway, [*alerts, *gone], asked),
        "cut": cut,
    }


def note_alert(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """Note an alert that there is, or one that was noted before. Raises NotFound for any other."""
    cycle_id, alert_id = data["cycle_id"], data["alert_id"]
    _, alerts, _ = _alerts(gateway, cycle_id, asked)
    found = next((alert for alert in alerts if alert["alert_id"] == alert_id), None)
    if found is None:
        found = _notes(gateway, cycle_id, asked).get(alert_id)
    if found is None:
        raise not_found()
    saying = {name: data[name] for name in ("cycle_id", "alert_id", "state", "reason")}
    return gateway.dispatcher.ask(
        "eligibility", "note_alert", {**saying, **{name: found[name] for name in _ALERT}}, asked
    )


def supervision_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """The inspection report as DOCX."""
    return _report(gateway, data, asked, "docx")


def supervision_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """The inspection report as PDF."""
    return _report(gateway, data, asked, "pdf")


def supervision_xlsx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """The inspection report as XLSX."""
    return _report(gateway, data, asked, "xlsx")


def _alerts(
    gateway: Gateway, cycle_id: str, asked: Asked
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Figures by service, all alerts in order with their source, and the services that could not tell all acts."""
    dispatcher = gateway.dispatcher
    own = dispatcher.everywhere("alerts", {"cycle_id": cycle_id}, asked)
    tried = attempts.kept(gateway, cycle_id)
    wanted = {
        "cycle_id": cycle_id,
        "actions": acting.actions(acting.pairs()),
        "subjects": attempts.unplaced(tried),
    }
    acts = dispatcher.everywhere("acts", wanted, asked)
    figures = [{"service": service, "figures": answer["figures"]} for service, answer in own.items()]
    cut = [service for service, answer in acts.items() if answer["cut"]]
    return figures, together(cycle_id, own, acts, tried), cut


def together(cycle_id: str, own: Told, acts: Told, tried: Sequence[attempts.Attempt]) -> list[dict[str, Any]]:
    """All alerts of a cycle with their source, the gravest first: what each service told, and what no service alone could."""
    known = {subject for answer in acts.values() for subject in answer["known"]}
    found = [{**line, "source": service} for service, answer in own.items() for line in answer["alerts"]]
    found += [
        {**told.line(_HERE, cycle_id, alert), "source": _HERE}
        for alert in [*acting.clashes(list(acts.values())), *attempts.alerts(tried, known)]
    ]
    return sorted(found, key=told.gravest_first)


def _notes(gateway: Gateway, cycle_id: str, asked: Asked) -> dict[str, dict[str, Any]]:
    kept = gateway.dispatcher.ask("eligibility", "alert_notes", {"cycle_id": cycle_id}, asked.anew())
    return {note["alert_id"]: note for note in kept["notes"]}


def noted(note: Data | None) -> dict[str, Any] | None:
    """What was made of an alert, where something was."""
    return None if note is None else {name: note[name] for name in _NOTE}


def _forms(gateway: Gateway, cycle_id: str, asked: Asked) -> list[dict[str, Any]]:
    """Every form of a cycle, page by page."""
    found: list[dict[str, Any]] = []
    number, total = 1, 1
    while len(found) < total:
        wanted = {"cycle_id": cycle_id, "page": number, "size": SIZES[-1]}
        page = gateway.dispatcher.ask("eligibility", "forms", wanted, asked.anew())
        if not page["forms"]:
            break
        found += page["forms"]
        number, total = number + 1, page["total"]
    return found


def _today(gateway: Gateway, asked: Asked) -> date:
    return asked.context.rehearsal_date or gateway.identity.store.clock.today()


def _for_people(gateway: Gateway, seen: Data, asked: Asked) -> dict[str, Any]:
    """The view with names and titles where services write ids, for the report."""
    name = people.named(gateway.identity, seen["names"])
    book = gateway.dispatcher.rulebook(str(seen["cycle_id"]), asked.context)
    titles = {stage.key: f"{stage.title.zh} {stage.title.en}" for stage in book.stages}

    def put(alert: Data) -> dict[str, Any]:
        zh, en = people.said_of(name, alert)
        return {**alert, "reason_zh": zh, "reason_en": en, "subject": people.called(name, alert["subject"])}

    return {
        **seen,
        "rulebook": f"{book.title.zh}\n{book.title.en}",
        "stages": [{**line, "stage": titles.get(line["stage"], line["stage"])} for line in seen["stages"]],
        "alerts": [put(alert) for alert in seen["alerts"]],
        "gone": [put(note) for note in seen["gone"]],
    }


def _report(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    """Who took a report is in the audit log."""
    seen = supervision(gateway, data, asked)
    forms = _forms(gateway, data["cycle_id"], asked)
    reason = canonical_json({"form": form, "alerts": len(seen["alerts"]), "forms": len(forms)}).decode(
        "utf-8"
    )
    gateway.identity.record(asked.signed_in, "supervision:exported", reason=reason, cycle_id=data["cycle_id"])
    seen = _for_people(gateway, seen, asked)
    if form == "xlsx":
        from shared.documents import workbook  # its library takes a while to load, and few ask for it

        sheets = supervision_pages.sheets(seen, forms)
        content = workbook.write(supervision_pages.TITLE, sheets, date.fromisoformat(seen["made_on"]))
    else:
        content = written(supervision_pages.report(seen, forms), form)
    return files.made(content, f"{supervision_pages.TITLE}.{form}", _TYPES[form], f"supervision.{form}")
