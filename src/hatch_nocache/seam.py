"""The one seam with hatchling: where the plugin gets between its selection and the archive, for the time of one build.

Hatchling offers a hook no way to leave a file out (hatch issue 1787). What is relied on here is undocumented; it has
not changed from hatchling 1.22.0 to 1.33.0, and its absence is noticed and fails the build. (`lastword` relies on one
more thing, for hooks that come after this one.)

* `BuilderConfig.set_build_data` is entered after every hook's `initialize` and before any archive exists. The plugin
  wraps it on the instance: on entry everything is judged, so that a rejection leaves nothing behind; on exit the seam
  is gone.
* `BuilderInterface.recurse_project_files`, `.recurse_explicit_files` and `.recurse_forced_files` are the only places
  that create an `IncludedFile`. They are wrapped on the instance.
* Those three walk with the global `safe_walk` of their module. Each call gets a private copy of these globals with a
  walk that asks the selection before it enters a directory. No module is changed.
"""

from __future__ import annotations

import contextlib
import itertools
import types
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, Iterable, Iterator, List, Optional, Tuple

from hatchling.builders.config import BuilderConfig
from hatchling.builders.plugin.interface import BuilderInterface

__all__ = [
    "KNOWN_HATCHLING",
    "SeamError",
    "around_build",
    "maps_by_directory",
    "missing_names",
    "replaced_leaves",
    "walks",
    "with_walk",
]

KNOWN_HATCHLING = "1.22.0 to 1.33.0"

_LEAVES = ("recurse_project_files", "recurse_explicit_files", "recurse_forced_files")
_CONFIG_NAMES = ("set_build_data", "include_path", "path_is_excluded", "path_is_reserved", "get_distribution_path")

if TYPE_CHECKING:
    _Walk = Callable[[str], Iterable[Tuple[str, List[str], List[str]]]]


def missing_names(config: Any) -> List[str]:
    """What this hatchling (or another builder) lacks of the names that the guard filters through."""
    builder = getattr(config, "builder", None)
    missing = [name for name in _CONFIG_NAMES if not callable(getattr(config, name, None))]
    for name in _LEAVES:
        function = getattr(BuilderInterface, name, None)
        if not callable(getattr(builder, name, None)) or function is None:
            missing.append(name)
        elif "safe_walk" not in function.__code__.co_names:
            missing.append(f"safe_walk in {name}")
    return missing


class SeamError(Exception):
    """Hatchling, or another builder, does not offer what the guard filters through."""


def around_build(config: Any, inside: Callable[[Dict[str, Any]], ContextManager[None]]) -> Callable[[], None]:
    """Have `inside` entered whenever hatchling has entered `set_build_data`, until the returned function is called.

    Raises:
        SeamError: the configuration does not take a method of its own.
    """
    original = config.set_build_data
    is_over = False

    @contextlib.contextmanager
    def set_build_data(build_data: Dict[str, Any]) -> Iterator[None]:
        try:
            with original(build_data), contextlib.nullcontext() if is_over else inside(build_data):
                yield
        except BaseException:
            undo()
            raise

    def undo() -> None:
        # Another hook may have wrapped it, and keep it for good.
        nonlocal is_over
        is_over = True
        # On the instance, so that taking it away brings the class's own method back.
        if vars(config).get("set_build_data") is set_build_data:
            del vars(config)["set_build_data"]

    try:
        config.set_build_data = set_build_data
    except AttributeError:
        msg = "set_build_data cannot be replaced"
        raise SeamError(msg) from None
    return undo


@contextlib.contextmanager
def replaced_leaves(builder: Any, wrap: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> Iterator[None]:
    """Have `wrap` stand in for the three generators of the builder until the block is left.

    Raises:
        SeamError: the builder does not take a method of its own.
    """
    before = {name: vars(builder).get(name) for name in _LEAVES}
    try:
        for name in _LEAVES:
            wrapper = wrap(name, getattr(builder, name))
            with contextlib.suppress(AttributeError):
                setattr(builder, name, wrapper)
            if getattr(builder, name) is not wrapper:
                msg = f"{name} cannot be replaced"
                raise SeamError(msg)
        yield
    finally:
        for name, original in before.items():
            if original is None:
                vars(builder).pop(name, None)
            else:
                setattr(builder, name, original)


def with_walk(name: str, original: Callable[..., Any], walk: _Walk) -> Optional[Callable[..., Any]]:
    """Hatchling's own generator `name`, as a function of the builder that walks with `walk` in place of `safe_walk`.

    None for another builder's generator, or another hook's wrapper.
    """
    function = getattr(original, "__func__", None)
    if function is None or function is not getattr(BuilderInterface, name):
        return None
    namespace = dict(function.__globals__, safe_walk=walk)
    return types.FunctionType(function.__code__, namespace, name, function.__defaults__, function.__closure__)


def maps_by_directory(config: Any) -> bool:
    """Whether all files of one directory go to one directory of the archive, as hatchling's own `sources` have it."""
    method = getattr(config, "get_distribution_path", None)
    return getattr(method, "__func__", None) is BuilderConfig.get_distribution_path


def walks(builder: Any) -> bool:
    """Whether the builder's own code asks for the selection; for one that never does, nothing is judged beforehand."""
    kinds = itertools.takewhile(lambda kind: kind is not BuilderInterface, type(builder).__mro__)
    codes = (getattr(function, "__code__", None) for kind in kinds for function in vars(kind).values())
    return any(name.startswith("recurse_") for code in codes if code is not None for name in code.co_names)
