"""The command: `hatch-nocache check` and `hatch-nocache explain`. The hook imports nothing of it."""
