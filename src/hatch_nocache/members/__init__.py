"""Rules for archive members that need no archive: names and symlinks."""
