"""获奖后跟踪: what is asked of winners in the years after the award, and what becomes of what was found."""
