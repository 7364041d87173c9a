"""The published language: versioned schemas of every event and every command, with an example of each."""
