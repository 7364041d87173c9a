"""Pages of one's own account: who one is here, the second factor, identities, addresses, roles that are lent."""
