"""评分: score sheets item by item, what becomes of them, and what they tell of the reviewers."""
