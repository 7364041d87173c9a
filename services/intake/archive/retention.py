"""保管期限: from when and until when records are kept. Pure.

The file is closed with its cycle's last stage. The years are counted from the first of January after that day, as archives
count, so that all files of a year fall due together. Nothing is due while winners are still tracked.
"""

from __future__ import annotations

from datetime import date


def keep_until(over_on: date, keep_years: int, tracking_years: int) -> date:
    """The last day on which the records have to be there, a 31 December."""
    return date(over_on.year + max(keep_years, tracking_years), 12, 31)


def is_due(until: date, today: date) -> bool:
    """Whether the records may be put on a destruction list."""
    return today > until
