"""Detection of caches and virtual environments, on disk and in archives."""
