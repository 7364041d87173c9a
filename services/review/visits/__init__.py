"""现场评审: teams on their routes, what is to be looked into, what was found, and the team's joint score."""
