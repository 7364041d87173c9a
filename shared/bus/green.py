"""The green threads that everything here runs on, imported once and quietly.

Upstream warns at its first import that eventlet is being retired. That is known (docs/decisions.md), and no operator's log
needs to repeat it.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import eventlet
    import eventlet.tpool
    from eventlet.event import Event
    from eventlet.semaphore import Semaphore

__all__ = ["Event", "Semaphore", "eventlet"]
