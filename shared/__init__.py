"""What every service shares: rulebooks, bus, store, contracts and small rooms of the field."""
