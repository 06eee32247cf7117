"""The benchmark: `hatch run bench`. README.md describes it."""
