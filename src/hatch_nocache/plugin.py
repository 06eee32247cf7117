"""The build hook as hatchling sees it, and nothing else.

Hatchling imports and constructs it also where only dependencies are asked for, so the rest comes when a build begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from hatch_nocache.session import Session

__all__ = ["NoCacheBuildHook"]


class NoCacheBuildHook(BuildHookInterface[Any]):
    """Keeps caches, environments and unsafe links out of what Hatchling builds."""

    PLUGIN_NAME = "nocache"

    _session: Optional[Session] = None

    def initialize(self, version: str, build_data: Dict[str, Any]) -> None:
        """Read the configuration, and stand ready for the moment in which hatchling begins to build."""
        from hatch_nocache.session import Session

        if self._session is not None:
            self._session.disarm()
        self._session = Session(self, version)
        self._session.arm()

    def finalize(self, version: str, build_data: Dict[str, Any], artifact_path: str) -> None:
        """Look at what was built; take it away again if it breaks a rule."""
        from hatch_nocache.session import Session

        (self._session or Session(self, version)).finish(build_data, artifact_path)
