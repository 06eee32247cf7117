"""The one seam with hatchling: filters and prunes what it chooses, for the duration of one build, then is gone.

Hatchling offers a hook no way to leave a file out (hatch issue 1787). What is relied on here is undocumented; it has
not changed from hatchling 1.22.0 to 1.33.0, and its absence is noticed and fails the build:

* `BuilderConfig.set_build_data` is entered after every hook's `initialize` and before any archive exists. The plugin
  wraps it on the instance: on entry everything is judged, so that a rejection leaves nothing behind; on exit the seam
  is gone.
* `BuilderInterface.recurse_project_files`, `.recurse_explicit_files` and `.recurse_forced_files` are the only places
  that create an `IncludedFile`. They are wrapped on the instance.
* Those three walk with the global `safe_walk` of their module. Each call gets a private copy of these globals with a
  walk that asks the selection before it enters a directory. No module is changed.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import itertools
import os
import types
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from hatchling.builders.config import BuilderConfig
from hatchling.builders.plugin.interface import BuilderInterface
from hatchling.builders.utils import normalize_inclusion_map

from hatch_nocache.walk import Chooser, guarded_walk

if TYPE_CHECKING:
    from hatch_nocache.findings import Finding
    from hatch_nocache.selection import Selection

__all__ = ["KNOWN_HATCHLING", "Guard", "SeamError", "missing_names"]

KNOWN_HATCHLING = "1.22.0 to 1.33.0"

_LEAVES = ("recurse_project_files", "recurse_explicit_files", "recurse_forced_files")
_CONFIG_NAMES = ("set_build_data", "include_path", "path_is_excluded", "path_is_reserved", "get_distribution_path")
# Targets whose builds walk in a way that is known, so that what was judged can be handed to them without a second walk.
_PLANNED_TARGETS = ("sdist", "wheel")

# What `SdistBuilder` writes itself, and `WheelBuilder` below its `.dist-info`.
_SDIST_FILES = ("PKG-INFO", "setup.py")
_WHEEL_FILES = ("METADATA", "WHEEL", "RECORD", "entry_points.txt")

_Key = Tuple[str, Optional[Tuple[Tuple[str, str], ...]]]


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


class Guard:
    """Stands between hatchling's selection and the archive while one version of one target is built."""

    def __init__(
        self, config: Any, target: str, version: str, selection: Selection, stop: Callable[[List[Finding]], None]
    ) -> None:
        """`stop` is called with the findings where the selection has been rejected; it does not return then."""
        self.stop = stop
        self.config = config
        self.builder = config.builder
        self.target = target
        self.version = version
        self.selection = selection
        self.calls = 0
        # The files that were let through; hatchling completes their `distribution_path` while it packs them.
        self.passed: List[Any] = []
        self._planning = False
        self._planned: Dict[_Key, List[Any]] = {}
        # What is chosen for another purpose than to be packed.
        self._unpacked: Set[_Key] = set()
        # Whether the files of one directory lie in one directory of the archive: hatchling maps by directories.
        maps = getattr(config, "get_distribution_path", None)
        self._steady = getattr(maps, "__func__", None) is BuilderConfig.get_distribution_path

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Filter everything that the builder chooses until the block is left.

        Raises:
            SeamError: the builder does not take a method of its own.
        """
        before = {name: vars(self.builder).get(name) for name in _LEAVES}
        try:
            for name in _LEAVES:
                wrapper = self._leaf(name, getattr(self.builder, name))
                with contextlib.suppress(AttributeError):
                    setattr(self.builder, name, wrapper)
                if getattr(self.builder, name) is not wrapper:
                    msg = f"{name} cannot be replaced"
                    raise SeamError(msg)
            yield
        finally:
            for name, original in before.items():
                if original is None:
                    vars(self.builder).pop(name, None)
                else:
                    setattr(self.builder, name, original)

    def _leaf(self, name: str, original: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
        def leaf(*args: Any) -> Iterator[Any]:
            mapping: Optional[Mapping[str, str]] = args[0] if args else None
            key = (name, None if mapping is None else tuple(mapping.items()))
            if self._planning:
                chosen = self._planned[key] = list(self._filtered(name, original, mapping))
                if not self.selection.packing:
                    self._unpacked.add(key)
                yield from chosen
                return
            self.calls += 1
            self._stop_if_rejected()
            if key in self._planned:
                chosen = self._planned.pop(key)
                self.passed += () if key in self._unpacked else chosen
                yield from chosen
                return
            for file in self._filtered(name, original, mapping):
                self._stop_if_rejected()
                self.passed.append(file)
                yield file
            self._stop_if_rejected()

        return leaf

    def _filtered(self, name: str, original: Callable[..., Any], mapping: Optional[Mapping[str, str]]) -> Iterator[Any]:
        chooser = Chooser(self.config, mapping, forced=name == "recurse_forced_files")
        self.selection.source_of = chooser.source_of
        args = () if mapping is None else (self._present(mapping) if chooser.forced else mapping,)
        if getattr(original, "__func__", None) is getattr(BuilderInterface, name):
            function = original.__func__  # type: ignore[attr-defined]
            namespace = dict(function.__globals__, safe_walk=lambda top: guarded_walk(top, self.selection, chooser))
            private = types.FunctionType(
                function.__code__, namespace, name, function.__defaults__, function.__closure__
            )
            files = private(self.builder, *args)
        else:
            # Another builder's own walk, or another hook's wrapper: what comes out of it is filtered all the same.
            files = original(*args)
        judge, check_readable, packing = self.selection.judge, self.selection.check_readable, self.selection.packing
        for file in files:
            place = chooser.place
            if place is not None and place.settled:
                if packing:
                    check_readable(file.path)
                yield file
                continue
            directory = os.path.dirname(file.path)
            if place is None or directory != place.directory.walked:
                # No walk of ours came to it.
                place = self.selection.place(directory)
            member = _member(file)
            path = judge(file.path, member, place)
            if place.settled is None and place is chooser.place:
                place.settled = self._steady and self.selection.settles(place, member)
            if path is not None:
                file.path = path
                yield file

    def _present(self, mapping: Mapping[str, str]) -> Dict[str, str]:
        """The forced sources without those that hatchling would end on with a traceback although they are there."""
        present = {}
        for source, target in mapping.items():
            odd = os.path.lexists(source) and not os.path.isfile(source) and not os.path.isdir(source)
            if not (odd and self.selection.refuse(source, target.replace(os.sep, "/"))):
                present[source] = target
        return present

    # -- the plan: everything is judged before any archive exists --------------------------------------------------

    def plan(self, build_data: Mapping[str, Any]) -> None:
        """Judge all that the target is going to choose. What cannot be foreseen is judged when it is chosen.

        Raises:
            OSError, TypeError, ValueError: hatchling's own, on what it cannot choose from; the build would end on it.
        """
        self._planning = True
        try:
            if self.target in _PLANNED_TARGETS:
                for route in self._routes(build_data):
                    collections.deque(route(), maxlen=0)
            elif _walks(self.builder):
                # Such a builder may yet create what it is going to choose: this walk only finds what is wrong by now.
                with contextlib.suppress(OSError, TypeError, ValueError):
                    collections.deque(self.builder.recurse_included_files(), maxlen=0)
                self._planned.clear()
        finally:
            self._planning = False
        if self.target == "sdist":
            planned = itertools.chain.from_iterable(self._planned.values())
            self.selection.finish(lambda: {*map(_member, planned), *_SDIST_FILES})
        self._stop_if_rejected()

    def members(self) -> Set[str]:
        """What the archive may hold: what was let through, licence files, and what hatchling writes itself."""
        members = set(map(_member, self.passed))
        if self.target == "sdist":
            members.update(_SDIST_FILES)
        elif self.target == "wheel":
            information = f"{self.builder.artifact_project_id}.dist-info"
            licenses = (f"licenses/{name.replace(os.sep, '/')}" for name in self.builder.metadata.core.license_files)
            members.update(f"{information}/{name}" for name in (*_WHEEL_FILES, *licenses))
        return members

    def _stop_if_rejected(self) -> None:
        if self.selection.rejected:
            self.stop(self.selection.findings)

    def _routes(self, build_data: Mapping[str, Any]) -> Iterator[Callable[[], Any]]:
        builder = self.builder
        if self.target == "sdist":
            yield builder.recurse_included_files
            return
        if self.version == "editable":
            if not self.config.dev_mode_dirs:
                self.selection.packing = False
                yield builder.recurse_selected_project_files
                self.selection.packing = True
            forced = builder.get_forced_inclusion_map(build_data)
            yield functools.partial(builder.recurse_forced_files, forced)
        else:
            yield builder.recurse_included_files
        yield from self._wheel_data_routes(build_data)

    def _wheel_data_routes(self, build_data: Mapping[str, Any]) -> Iterator[Callable[[], Any]]:
        root = self.builder.root
        for key in ("shared_data", "shared_scripts", "extra_metadata"):
            mapping = dict(getattr(self.config, key, {}))
            mapping.update(normalize_inclusion_map(build_data.get(key, {}), root))
            if mapping:
                yield functools.partial(self.builder.recurse_explicit_files, mapping)
        boms = [*getattr(self.config, "sbom_files", ()), *build_data.get("sbom_files", ())]
        if boms:
            mapping = {os.path.join(root, bom): os.path.basename(bom) for bom in boms}
            yield functools.partial(self.builder.recurse_explicit_files, mapping)
        yield self._judge_licenses

    def _judge_licenses(self) -> Iterator[None]:
        # `WheelBuilder.add_licenses` opens these files itself, so they cannot be filtered, only judged.
        self.selection.source_of = lambda _: "license-files"
        for name in self.builder.metadata.core.license_files:
            path = os.path.normpath(os.path.join(self.builder.root, name))
            self.selection.judge(path, name.replace(os.sep, "/"), self.selection.place(os.path.dirname(path)))
            yield


def _member(file: Any) -> str:
    path: str = file.distribution_path
    return path.replace(os.sep, "/")


def _walks(builder: Any) -> bool:
    """Whether the builder's own code asks for the selection; for one that never does, nothing is judged beforehand."""
    kinds = itertools.takewhile(lambda kind: kind is not BuilderInterface, type(builder).__mro__)
    codes = (getattr(function, "__code__", None) for kind in kinds for function in vars(kind).values())
    return any(name.startswith("recurse_") for code in codes if code is not None for name in code.co_names)
