"""Whether a directory is a cache or a virtual environment, and how that is known: on disk and in archives."""
