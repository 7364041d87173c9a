"""资格 eligibility: conditions and findings, public notices, objections, honours, bans, revocation."""
