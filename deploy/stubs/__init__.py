"""The departments' systems in small: they stand in for organizations outside, in rehearsals and in tests."""
