"""The build hook, and its registration with Hatch.

Hatchling also imports this module only to read dependencies, so it imports the rest of the plugin later.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl


# Generic in one parameter, or in two in Hatchling 1.32.3.
class NoCacheBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Keeps caches, virtual environments and unsafe symlinks out of archives."""

    PLUGIN_NAME = "nocache"

    _session: Any = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Read the configuration, and prepare the checks that run after all hooks."""
        from hatch_nocache.session import Session

        self._session = Session(self, version)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Verify the archive as the option `verify` says; delete it if it breaks a rule."""
        if self._session is None:
            # Another Hatchling may call it on another instance.
            self.initialize(version, build_data)
        self._session.finish(artifact_path)


@hookimpl
def hatch_register_build_hook() -> type[NoCacheBuildHook]:
    """Return the build hook, for the entry-point group `hatch`."""
    return NoCacheBuildHook
