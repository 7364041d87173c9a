"""The commands, one module each: `HELP`, `add(parser)` and `run(options) -> exit code`."""
