"""The rule of an address: read once, matched at every request, built from its parts by nobody who does not ask for that."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from operator import attrgetter
from typing import Any, NamedTuple

from werkzeug.routing import BaseConverter, Map, Rule, RuleFactory
from werkzeug.routing.rules import RulePart

Built = tuple[str, str]  # the host's part and the path


class _Read(NamedTuple):
    """What the text of a rule says."""

    parts: tuple[RulePart, ...]
    trace: tuple[tuple[bool, str], ...]
    converters: dict[str, BaseConverter]


_read: dict[str, _Read] = {}


class LateRule(Rule):
    """Werkzeug's rule, of which two things were most of the application's start. Its two builders are compiled when an address
    is first built, and the gateway builds none; and a text is read once, however many verbs and applications it serves. All
    maps of this process know the same converters, which keep nothing.
    """

    provide_automatic_options = False  # Flask's own word on a rule

    def _parse_rule(self, rule: str) -> Iterable[RulePart]:
        if rule not in _read:
            before = len(self._trace)
            parts = tuple(super()._parse_rule(rule))
            _read[rule] = _Read(parts, tuple(self._trace[before:]), dict(self._converters))
            return parts
        known = _read[rule]
        self._trace.extend(known.trace)
        self._converters.update(known.converters)
        self.arguments.update(known.converters)
        return known.parts

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Built]:
        compile_now = super()._compile_builder
        compiled: list[Callable[..., Built]] = []

        def build(rule: Rule, /, **values: Any) -> Built:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build


_maps: dict[Hashable, Map] = {}
_plain = attrgetter(
    "rule", "endpoint", "subdomain", "host", "strict_slashes", "merge_slashes", "build_only", "redirect_to", "alias",
    "websocket", "provide_automatic_options",
)  # fmt: skip


class Gathering(Map):
    """Takes rules and leaves them unread until all are there. Then `complete` gives their map, which is made once for all
    applications of this process that have the same addresses: nobody changes a map that is complete.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gathered: list[Rule] = []

    def add(self, rulefactory: RuleFactory) -> None:
        """Take a rule."""
        self._gathered += rulefactory.get_rules(self)

    def complete(self) -> Map:
        """The map of all rules that were taken."""
        key = tuple(map(_told, self._gathered))
        if key not in _maps:
            _maps[key] = Map(self._gathered)
        return _maps[key]


def _told(rule: Rule) -> Hashable:
    """Everything that a rule was made of."""
    return _plain(rule), frozenset(rule.methods or ()), str(rule.defaults)
