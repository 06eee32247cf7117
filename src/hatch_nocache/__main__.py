"""`python -m hatch_nocache`."""

from __future__ import annotations

import sys

from hatch_nocache.cli.main import main

sys.exit(main())
