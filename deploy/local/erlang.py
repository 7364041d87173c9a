"""How an expression is evaluated inside an Erlang node by `erl_call`: by whom, as what, and what its answer says."""

from __future__ import annotations

import base64
import itertools
import re
import threading

_NAMES = 50  # of the callers of one thread
_calls = itertools.count()


def caller() -> str:
    """A name for one call: a node turns away whoever has the name of another caller, or of one that has just left. They go round,
    for it forgets none.
    """
    return f"zh{threading.get_native_id()}x{next(_calls) % _NAMES}"


def asked(expression: str) -> str:
    """An expression (with its full stop) so that its value comes back whole, whatever is in it."""
    return f"Zh = begin {expression.rstrip().rstrip('.')} end,\n" + (
        "case is_binary(Zh) of true -> {zh, binary_to_list(base64:encode(Zh))}; "
        'false -> {zh, binary_to_list(base64:encode(iolist_to_binary(io_lib:format("~0p", [Zh]))))} end.\n'
    )


def told(answer: str) -> str | None:
    """The value's text; None where the answer holds none."""
    found = re.search(r'\{zh,\s*(?:"([A-Za-z0-9+/=\s]*)"|\[([0-9,\s]*)\])\}', answer)
    if found is None:
        return None
    if found.group(2):  # a text of more than 65,535 characters comes as the list of its characters
        return _unbase64(bytes(map(int, found.group(2).split(","))).decode("ascii"))
    return _unbase64(found.group(1) or "")


def _unbase64(text: str) -> str:
    return base64.b64decode("".join(text.split())).decode("utf-8", errors="replace")
