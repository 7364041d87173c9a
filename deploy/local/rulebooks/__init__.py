"""The sub-commands of `rulebook`, one module each: `HELP`, `add(parser)` and `run(options) -> exit code`."""
