"""The rule of an address: matched at every request, built from its parts by nobody who does not ask for that."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import Rule

Built = tuple[str, str]  # the host's part and the path


class LateRule(Rule):
    """Werkzeug's rule, whose two builders are compiled when an address is first built: compiling those of all routes was
    most of the application's start, and the gateway builds none.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Built]:
        compiled = super()._compile_builder

        @cache
        def builder() -> Callable[..., Built]:
            return compiled(append_unknown)

        def build(rule: Rule, /, **values: Any) -> Built:
            return builder()(rule, **values)

        return build
