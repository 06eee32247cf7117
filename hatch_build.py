"""The project's own hook guards the project's own builds.

Hatchling finds a hook through the entry point of an installed distribution, and nothing is installed when a clone is
built; requiring hatch-nocache to build hatch-nocache would be a cycle. A build script needs neither. `hatch-nocache
check` knows the hook only by the name `nocache`, and says that it is not switched on here.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "src"))

from hatch_nocache.plugin import NoCacheBuildHook  # noqa: F401 - Hatchling takes the hook that it finds here
