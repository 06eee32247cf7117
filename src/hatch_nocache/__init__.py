"""Keep caches, virtual environments and unsafe symlinks out of sdists and wheels."""
