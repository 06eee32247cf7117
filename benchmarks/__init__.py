"""What the hook costs, measured: `hatch run bench`. See README.md beside this file."""
