"""Run something after the `finalize` of every build hook, also of those that come after this one.

Hatchling has no such moment: it calls the hooks one by one, from a list that is a local variable of
`BuilderInterface.build`. An entry that is put at the end of that list has its turn when all others have had theirs.
"""

from __future__ import annotations

import sys
import types
from typing import Any, Callable, List, Optional

from hatchling.builders.plugin.interface import BuilderInterface

__all__ = ["after_all_hooks"]


class _LastHook:
    """What hatchling takes for a hook while it calls `finalize`; then it takes itself off the list again."""

    def __init__(self, hooks: List[Any], action: Callable[[str], None]) -> None:
        self._hooks = hooks
        self._action = action

    def finalize(self, version: str, build_data: Any, artifact_path: str) -> None:  # noqa: ARG002 - hatchling's
        self._hooks.remove(self)
        self._action(artifact_path)


def after_all_hooks(hook: Any, action: Callable[[str], None]) -> bool:
    """Have `action` called with the path of the artifact once all hooks are through.

    To be called from the `finalize` of `hook`. False when the list of hooks cannot be found, as in a hatchling to come.
    """
    hooks = _running_hooks(hook)
    if hooks is None:
        return False
    hooks.append(_LastHook(hooks, action))
    return True


def _running_hooks(hook: Any) -> Optional[List[Any]]:
    frame: Optional[types.FrameType] = sys._getframe()  # noqa: SLF001 - nothing else leads to the list
    while frame is not None:
        if frame.f_code is BuilderInterface.build.__code__:
            hooks = frame.f_locals.get("build_hooks")
            return hooks if isinstance(hooks, list) and any(each is hook for each in hooks) else None
        frame = frame.f_back
    return None
