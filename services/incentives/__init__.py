"""激励 incentives: grants against the budget, earlier payments, clawbacks."""
