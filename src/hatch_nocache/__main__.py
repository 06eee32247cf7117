"""`python -m hatch_nocache`."""

from __future__ import annotations

import sys

from hatch_nocache.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
