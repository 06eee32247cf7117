"""Keep caches, virtual environments and unsafe links out of what Hatchling builds."""
