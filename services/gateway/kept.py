"""The last few files that were made, so that what many ask for is not made for each of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock


class Kept:
    """Holds at most `most` files by what they were made from; the one that nobody has asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The file of a key, made where it is not here. One at a time: everybody who waits for the same one gets it then."""
        with self._lock:
            content = self._files.pop(key, None)
            if content is None:
                content = make()
            self._files[key] = content
            if len(self._files) > self._most:
                self._files.popitem(last=False)
            return content
