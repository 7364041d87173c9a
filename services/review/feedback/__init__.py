"""评审反馈: one report for each applicant without anybody's identity, and what many of them have in common for the public."""
