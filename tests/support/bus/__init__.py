"""A tiny service with contracts of its own, and what the bus's tests need to run it as a process and to talk to it."""
