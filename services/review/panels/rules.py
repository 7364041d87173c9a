"""What a rule asks of a panel of a size."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from shared.rulebooks import PanelRule


def least_size(rule: PanelRule) -> int:
    """The smallest size that the rule allows at all."""
    least = max(rule.reviewers_per_application, rule.size_min or 1)
    return least + 1 if rule.odd and least % 2 == 0 else least


def lawful_sizes(rule: PanelRule, experts: int) -> Iterator[int]:
    """The sizes that the rule allows and the pool can fill, the smallest first."""
    return iter(range(least_size(rule), experts + 1, 2 if rule.odd else 1))


def industry_needed(rule: PanelRule, size: int) -> int:
    """How many industry experts a panel of this size must have, or that many readers of one application."""
    return ceil(rule.industry_share_min * size) if rule.industry_share_min else 0
