"""The project's own hook, for the project's own builds.

Hatchling finds a hook by the entry point of an installed distribution. In a clone, none is installed, and a requirement
of hatch-nocache on itself would be a cycle. A build script needs neither.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "src"))

from hatch_nocache.hooks import NoCacheBuildHook  # noqa: F401 - Hatchling finds the hook by its class
