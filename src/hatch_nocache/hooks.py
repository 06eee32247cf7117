"""Register the plugin with Hatch."""

from __future__ import annotations

from typing import Type

from hatchling.plugin import hookimpl

from hatch_nocache.plugin import NoCacheBuildHook


@hookimpl
def hatch_register_build_hook() -> Type[NoCacheBuildHook]:
    """Return the build hook, for the entry-point group `hatch`."""
    return NoCacheBuildHook
