"""评审 review: experts, recusal, panels, score sheets, scores, and who goes on by rank."""
