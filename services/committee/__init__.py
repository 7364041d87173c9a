"""审定 committee: the meeting, the office's proposal, secret ballots, quotas."""
