"""Lots of pairs: what decides between assignments that are equally good."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from services.review.panels.grid import Grid

LOTS = 1 << 20  # a pair's lot is below this

Lots = np.ndarray[Any, np.dtype[np.int64]]


def lots_of(seed: str, grid: Grid) -> Lots:
    """A lot for every pair (experts × applications): SHA-256 of seed, id and number of submission, modulo 2^20."""
    lots = np.empty(grid.free.shape, dtype=np.int64)
    for row, expert in enumerate(grid.experts):
        of_expert = hashlib.sha256(f"{seed}\n{expert.expert_id}\n".encode())
        for column, application in enumerate(grid.applications):
            of_pair = of_expert.copy()
            of_pair.update(str(application.sequence).encode())
            lots[row, column] = int.from_bytes(of_pair.digest()[:4], "big") % LOTS
    return lots
