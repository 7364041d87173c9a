"""A service as small as can be, for the tests of the store: one table, one event, one migration."""
