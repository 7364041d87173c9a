"""Which public pages there are: each module of them adds its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response

from services.gateway.public import honours, notices
from services.gateway.public.frame import STYLE, kept, style_sheet

if TYPE_CHECKING:
    from services.gateway.app import Gateway


def add_public_pages(app: Flask, gateway: Gateway) -> None:
    """The style sheet, and the pages of every module."""

    def css() -> Response:
        return kept(Response(style_sheet(), mimetype="text/css"))

    app.add_url_rule(
        STYLE, endpoint="public_style", view_func=css, methods=["GET"], provide_automatic_options=False
    )
    for room in (notices, honours):
        room.add_pages(app, gateway)
