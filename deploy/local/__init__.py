"""The launcher's inside: environment, private servers, the stack of processes and the commands."""
