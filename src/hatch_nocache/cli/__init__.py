"""The command `hatch-nocache`. The hook does not import it."""
