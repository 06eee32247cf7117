"""The command: `hatch-nocache check`. The hook imports nothing of it."""
