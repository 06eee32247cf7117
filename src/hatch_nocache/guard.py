"""Stands between hatchling's selection and the archive: everything is judged before an archive exists, and filtered.

What it relies on of hatchling, and how it gets there, stands in `seam`.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import itertools
import os
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from hatchling.builders.utils import normalize_inclusion_map

from hatch_nocache.seam import maps_by_directory, replaced_leaves, walks, with_walk
from hatch_nocache.tree import native
from hatch_nocache.walk import Chooser, guarded_walk

if TYPE_CHECKING:
    from hatch_nocache.findings import Finding
    from hatch_nocache.selection import Selection

    _Key = Tuple[str, Optional[Tuple[Tuple[str, str], ...]]]

__all__ = ["Guard"]

# Targets whose builds walk in a way that is known, so that what was judged can be handed to them without a second walk.
_PLANNED_TARGETS = ("sdist", "wheel")

# What `SdistBuilder` writes itself, and `WheelBuilder` below its `.dist-info`.
_SDIST_FILES = ("PKG-INFO", "setup.py")
_WHEEL_FILES = ("METADATA", "WHEEL", "RECORD", "entry_points.txt")


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
        self._steady = maps_by_directory(config)

    def installed(self) -> ContextManager[None]:
        """Filter everything that the builder chooses until the block is left.

        Raises:
            SeamError: the builder does not take a method of its own.
        """
        return replaced_leaves(self.builder, self._leaf)

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
        own = with_walk(name, original, lambda top: guarded_walk(top, self.selection, chooser))
        # Another builder's own walk, or another hook's wrapper: what comes out of it is filtered all the same.
        files = original(*args) if own is None else own(self.builder, *args)
        judge, check_readable, packing = self.selection.judge, self.selection.check_readable, self.selection.packing
        for file in files:
            place = chooser.place
            if place is not None and place.settled:
                if packing:
                    check_readable(file.path)
                yield file
                continue
            source = native(file.path)
            directory = os.path.dirname(source)
            if place is None or directory != place.directory.walked:
                # No walk of ours came to it.
                place = self.selection.place(directory)
            member = _member(file)
            path = judge(source, member, place)
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
            if not (odd and self.selection.refuse(source, _as_member(target))):
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
            elif walks(self.builder):
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
            licenses = (f"licenses/{_as_member(name)}" for name in self.builder.metadata.core.license_files)
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
        # An older hatchling does not read all of them from the build data, whatever another hook puts there.
        known = self.builder.get_default_build_data()
        for key in ("shared_data", "shared_scripts", "extra_metadata"):
            mapping = dict(getattr(self.config, key, {}))
            mapping.update(normalize_inclusion_map(build_data[key], root) if key in known else {})
            if mapping:
                yield functools.partial(self.builder.recurse_explicit_files, mapping)
        boms = [*getattr(self.config, "sbom_files", ()), *(build_data["sbom_files"] if "sbom_files" in known else ())]
        if boms:
            mapping = {os.path.join(root, bom): os.path.basename(bom) for bom in boms}
            yield functools.partial(self.builder.recurse_explicit_files, mapping)
        yield self._judge_licenses

    def _judge_licenses(self) -> Iterator[None]:
        # `WheelBuilder.add_licenses` opens these files itself, so they cannot be filtered, only judged.
        self.selection.source_of = lambda _: "license-files"
        for name in self.builder.metadata.core.license_files:
            path = os.path.normpath(os.path.join(self.builder.root, name))
            self.selection.judge(path, _as_member(name), self.selection.place(os.path.dirname(path)))
            yield


def _member(file: Any) -> str:
    return _as_member(file.distribution_path)


def _as_member(path: str) -> str:
    """The name of a member as `verify` reads it: with `only-include = ["."]`, hatchling puts a `./` in front."""
    name = path.replace(os.sep, "/")
    return name if "./" not in name else "/".join(part for part in name.split("/") if part != ".")
