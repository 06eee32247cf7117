"""Which of the files that Hatchling selects go into the archive."""
