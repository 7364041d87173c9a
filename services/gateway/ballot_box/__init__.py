"""投票箱: the way in for the public's ballots, a process of its own beside the gateway, scaled by itself."""
