"""Rules for archive members before the archive exists."""
