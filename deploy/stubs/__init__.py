"""Stub systems of the departments: other organizations' servers, as a local stack and the tests need them."""
