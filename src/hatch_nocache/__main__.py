"""`python -m hatch_nocache`."""

import sys

from hatch_nocache.cli.main import main

sys.exit(main())
