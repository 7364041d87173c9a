"""Tracking reports as files: one winner's, and all winners' together, with charts. The same replies give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files, tracking_pages
from services.gateway.circumstances import Asked
from services.gateway.feedback import DOCX, PDF, written
from shared.identifiers import canonical_json

if TYPE_CHECKING:
    from services.gateway.app import Gateway

_TYPES = {"docx": DOCX, "pdf": PDF}
Data = Mapping[str, Any]


def tracking_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A winner's report as DOCX."""
    return _report(gateway, "tracking_file", data, asked, "docx")


def tracking_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A winner's report as PDF."""
    return _report(gateway, "tracking_file", data, asked, "pdf")


def my_tracking_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """One's own report as DOCX."""
    return _report(gateway, "my_tracking_file", data, asked, "docx")


def my_tracking_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """One's own report as PDF."""
    return _report(gateway, "my_tracking_file", data, asked, "pdf")


def tracking_overview_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """All winners together as DOCX."""
    return _overview(gateway, data, asked, "docx")


def tracking_overview_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """All winners together as PDF."""
    return _overview(gateway, data, asked, "pdf")


def _report(gateway: Gateway, method: str, data: Data, asked: Asked, form: str) -> Response:
    """Who took which report is in the audit log."""
    said = gateway.dispatcher.ask("incentives", method, data, asked)
    cycle = {"cycle_id": data["cycle_id"]}
    everybody = gateway.dispatcher.ask("incentives", "tracking_overview", cycle, asked.anew())
    told = {"application_id": said["application_id"], "form": form}
    reason = canonical_json(told).decode("utf-8")
    gateway.identity.record(
        asked.signed_in, "tracking:downloaded", reason=reason, cycle_id=str(said["cycle_id"])
    )
    content = written(tracking_pages.report(said, everybody), form)
    return files.made(content, f"{tracking_pages.REPORT}.{form}", _TYPES[form], f"tracking.{form}")


def _overview(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    said = gateway.dispatcher.ask("incentives", "tracking_overview", data, asked)
    content = written(tracking_pages.overview(said), form)
    gateway.identity.record(
        asked.signed_in, "tracking:overview_taken", reason=form, cycle_id=str(data["cycle_id"])
    )
    return files.made(content, f"{tracking_pages.OVERVIEW}.{form}", _TYPES[form], f"winners.{form}")
