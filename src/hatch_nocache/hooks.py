"""Registers the plugin with Hatch, nothing else."""

from __future__ import annotations

from typing import Type

from hatchling.plugin import hookimpl

from hatch_nocache.plugin import NoCacheBuildHook


@hookimpl
def hatch_register_build_hook() -> Type[NoCacheBuildHook]:
    """The entry point of the group `hatch`."""
    return NoCacheBuildHook
