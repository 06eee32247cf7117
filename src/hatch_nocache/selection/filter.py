"""Filter the files of one build.

All files that Hatchling selects are checked before an archive exists, then handed over to the builder.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import stat
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping, NamedTuple

from hatch_nocache import _hatchling
from hatch_nocache._hatchling import Route, as_member
from hatch_nocache.caches import declared
from hatch_nocache.config import ConfigError, Options
from hatch_nocache.paths import in_work_tree, native, parents, relative, within
from hatch_nocache.rules import Finding, Note
from hatch_nocache.selection.checker import Checker, UnreadableError
from hatch_nocache.selection.directory import DirectoryState, DirectoryStates, DiskDirectory
from hatch_nocache.selection.walk import filtered_walk

if TYPE_CHECKING:
    from hatch_nocache.selection.explicit import ExplicitPaths

_KINDS = {stat.S_IFLNK: "symlink", stat.S_IFDIR: "directory", stat.S_IFREG: "regular file"}


class RejectedError(Exception):
    """The selection is rejected. The arguments are the findings that say why."""


class ChangedError(Exception):
    """A file has changed after its check. The message says how."""


class Selected(NamedTuple):
    """A file that Hatchling selects. `path` is its path in the walk.

    `member` is its name in the archive; "" if the file is not packed, but shows an import path.
    """

    file: Any
    path: str
    member: str
    state: DirectoryState
    is_forced: bool


class SelectionFilter:
    """Filters one version of one target.

    `config` is Hatchling's. `prefix` is `sys.prefix`, "" if no build runs.
    """

    def __init__(self, config: Any, version: str, options: Options, build_data: Mapping[str, Any], prefix: str) -> None:
        self.config = config
        self.target: str = config.builder.PLUGIN_NAME
        self.options = options
        self.required = _hatchling.required_files(config.builder, self.target)
        # Whether the builder has asked for any file.
        self.is_used = False
        # The files that Hatchling selects, and the ids of the file objects that are not packed.
        self.files: list[Selected] = []
        self.left_out: set[int] = set()
        # Files that the wheel from the tree has, but not the wheel from this sdist.
        self.lost: list[str] = []
        self._version = version
        self._build_data = build_data
        self._surroundings = declared.read(config.root, os.environ, prefix, _hatchling.own_packages(config.builder))
        # What each call of a generator will yield. During the plan: the prefix of the members, and their checker.
        self._planned: dict[tuple[str, str], list[Selected]] = {}
        self._planning: tuple[str, Checker] | None = None
        self.checker = self._new_checker()

    def _new_checker(self) -> Checker:
        config, explicit = self.config, lambda: self.explicit
        states = DirectoryStates(config.root, self.options, self._surroundings, explicit, config.force_include)
        tables, times = _hatchling.tables_in_force(config), _hatchling.time_range(config, self.target)
        return Checker(self.target, self.options, states, self.required, tables, times)

    @functools.cached_property
    def explicit(self) -> ExplicitPaths:
        """The paths that the user and other hooks spell out."""
        # Needed only once something is found.
        from hatch_nocache.selection.explicit import ExplicitPaths

        build = self.config.builder.build_config
        explicit = ExplicitPaths(self.config.root, build, build.get("targets", {}), self.options.allow)
        explicit.add_hooks(self._build_data, self.required)
        return explicit

    # --- Results ------------------------------------------------------------------------------------------------------

    @property
    def findings(self) -> list[Finding]:
        """All findings so far."""
        return list(self.checker.findings)

    @property
    def packed(self) -> list[Selected]:
        """The files that are packed."""
        return [each for each in self.files if id(each.file) not in self.left_out]

    def notes(self) -> list[Note]:
        """Return the notes to print with the findings."""
        if not (self.lost or self.options.allow.lines or self.checker.states.invalid_tags):
            return []
        from hatch_nocache.selection.whole import notes

        return notes(self)

    def members(self) -> set[str]:
        """Return the expected members: packed, or written by the builder itself."""
        # Meanwhile, the builder has prefixed some names.
        members = {as_member(each.file.distribution_path) for each in self.packed}
        return members.union(_hatchling.written_members(self.config.builder, self.target))

    # --- The build ----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Check all files that the target will select, if they are known, and filter those that the builder selects.

        Raises:
            RejectedError: the selection is rejected.
            IncompatibleError: the builder does not accept a method of its own.
            OSError, TypeError, ValueError: Hatchling cannot select the files.
        """
        with _hatchling.replaced_generators(self.config.builder, self._generator):
            if self.target in ("sdist", "wheel"):
                self._plan_parts()
            elif "reject" in (self.options.caches, self.options.symlinks):
                # Another builder may create files first, or select none.
                self._planning = "", self.checker
                with contextlib.suppress(OSError, TypeError, ValueError):
                    list(self.config.builder.recurse_included_files())
                self._planned.clear()
            self._planning = None
            if self.checker.rejected:
                raise RejectedError(*self.checker.rejected)
            yield

    def _plan_parts(self) -> None:
        for prefix, select in _hatchling.parts(self.config.builder, self.target, self._version, self._build_data):
            checker = self._new_checker() if prefix is None else self.checker
            self._planning = prefix or "", checker
            list(select())
            if checker is not self.checker:
                self.checker.dropped += checker.dropped
        self._finish_sdist()
        if self.target == "wheel":
            # `WheelBuilder.add_licenses` opens these files itself: they can be checked, but not filtered.
            route = Route(self.config, "recurse_forced_files", {})
            for path in self.required:
                state, member = self.checker.states.at(os.path.dirname(path)), relative(path, self.config.root)
                self.checker.check(SimpleNamespace(path=path), os.path.basename(path), member, state, route)
        self._check_members()

    def _generator(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def generator(mapping: Mapping[str, str] | None = None) -> Iterator[Any]:
            key = name, repr(mapping)
            if self._planning is not None:
                self._planned[key] = self._select(name, original, mapping, *self._planning)
                return
            self.is_used = True
            selected = self._planned.pop(key, None)
            if selected is None:
                # Not planned. All files are checked before the builder gets the first one.
                selected = self._select(name, original, mapping, "", self.checker)
                self._finish_sdist()
            if self.checker.rejected:
                raise RejectedError(*self.checker.rejected)
            packed = (each for each in selected if id(each.file) not in self.left_out)
            # Listing a directory once is cheaper than asking about each file.
            groups = itertools.groupby(packed, lambda each: "" if each.is_forced else os.path.dirname(each.file.path))
            for directory, files in groups:
                regular = DiskDirectory(directory, "").files if directory else ()
                for each in files:
                    if each.member and os.path.basename(each.file.path) not in regular:
                        self._check_unchanged(each)
                    yield each.file

        return generator

    def _check_unchanged(self, each: Selected) -> None:
        kind = stat.S_IFMT(os.lstat(each.file.path).st_mode)
        if kind != self.checker.not_regular.get(id(each.file), stat.S_IFREG):
            shown = relative(each.path, self.config.root)
            raise ChangedError(f"{shown} became a {_KINDS.get(kind, 'special file')}")

    def _select(
        self, name: str, original: Callable[..., Any], mapping: Mapping[str, str] | None, prefix: str, checker: Checker
    ) -> list[Selected]:
        """Return what Hatchling's generator selects, checked. `prefix` is what the builder puts before the names."""
        states, route = checker.states, Route(self.config, name, mapping)
        needed = self._needed if self.target == "sdist" else None
        # The directory that the generator is in.
        current: dict[str, DirectoryState] = {}

        def walk(top: str) -> Iterator[tuple[str, list[str], list[str]]]:
            here = Route(self.config, name, mapping, top)
            for state, directories, files in filtered_walk(top, states, here, checker.report, needed):
                current.clear()
                current[state.directory.walked] = state
                yield state.directory.walked, directories, files

        sources = None if mapping is None else self._present(mapping, route, checker)
        homes = _outside_homes(sources or {}, self.config.root)
        # If another builder or hook has replaced the generator, its output is filtered.
        generator = _hatchling.with_walk(name, original, walk)
        chosen = self.files if checker is self.checker else []
        before = len(chosen)
        for file in generator() if sources is None else generator(sources):
            if not isinstance(file.path, str) or os.sep != "/":
                file.path = native(os.fspath(file.path))
            path = file.path
            directory, _, base = path.rpartition(os.sep)
            state = current.get(directory) or states.at(directory, homes.get(path))
            if checker is not self.checker:
                # The import paths of an editable wheel.
                if not checker.is_left_out(path, state, route):
                    chosen.append(Selected(file, path, "", state, is_forced=False))
                continue
            member = as_member(file.distribution_path)
            if route.is_forced and self._copies_dropped(path, member):
                continue
            chosen.append(Selected(file, path, prefix + member, state, route.is_forced))
            if not checker.check(file, base, member, state, route):
                self.left_out.add(id(file))
        return chosen[before:]

    def _present(self, mapping: Mapping[str, str], route: Route, checker: Checker) -> dict[str, str]:
        """Return the sources without those on which Hatchling would end in a traceback."""
        sources = dict(mapping)
        for source, target in mapping.items() if route.is_forced else ():
            is_odd = os.path.lexists(source) and not (os.path.isfile(source) or os.path.isdir(source))
            is_refused = is_odd and not self.options.allow.match(relative(source, self.config.root))
            if is_refused and checker.refuse(source, as_member(target), route):
                del sources[source]
        return sources

    def _copies_dropped(self, path: str, member: str) -> bool:
        """Return whether another hook adds a copy of a dropped file under its name."""
        dropped = (os.path.relpath(each, self.config.root) for each in self.checker.dropped if not within(path, each))
        names = (as_member(self.config.get_distribution_path(each)) for each in dropped)
        is_copy = any(within(member, name) for name in names)
        return is_copy and not any(within(path, source) for source in self.config.force_include)

    # --- Checks of the whole selection --------------------------------------------------------------------------------

    def _finish_sdist(self) -> None:
        if self.target != "sdist":
            return
        if not self.config.ignore_vcs and in_work_tree(self.config.root):
            # Imported here, as everything that only some builds need.
            from hatch_nocache.selection.untracked import check_untracked

            check_untracked(self)
        if self.checker.findings or self.checker.stored:
            from hatch_nocache.selection.whole import finish_sdist

            finish_sdist(self)

    def _check_members(self) -> None:
        members = [each.member for each in self.packed]
        members += _hatchling.written_members(self.config.builder, self.target)
        unique = set(members)
        may_collide = len(unique) < len(members) or not unique.isdisjoint(parents(unique))
        if may_collide or any(each.state.alias for each in self.files):
            from hatch_nocache.selection.whole import check_members

            check_members(self)

    @functools.cached_property
    def wheel(self) -> SelectionFilter | None:
        """The filter of a wheel from the tree, planned; None if it cannot be built."""
        builder = _hatchling.wheel_builder(self.config.builder)
        try:
            config = builder.config
            table = config.hook_config.get(_hatchling.HOOK, {"caches": "keep", "symlinks": "keep"})
            options = Options(table, "wheel")
            build_data = builder.get_default_build_data()
            builder.set_build_data_defaults(build_data)
            with config.set_build_data(build_data):
                wheel = SelectionFilter(config, "standard", options, build_data, "")
                with contextlib.suppress(RejectedError), wheel.installed():
                    pass
        except (ConfigError, UnreadableError):
            return None
        except (OSError, TypeError, ValueError) as error:
            # No wheel can be built from the tree.
            if not _hatchling.is_hatchlings(error):
                raise
            return None
        return wheel

    @functools.cached_property
    def wheel_selects(self) -> set[str]:
        """The paths of the files that the wheel selects, packed or not."""
        return {each.path for each in self.wheel.files} if self.wheel else set()

    def _needed(self) -> set[str]:
        return {each.state.directory.path for each in self.wheel.packed} if self.wheel else set()


def _outside_homes(mapping: Mapping[str, str], root: str) -> dict[str, str]:
    """Return the directory that each single file from outside must not leave.

    It is the deepest directory of all the files from the same place, as if it were forced in as a whole.
    """
    places: dict[tuple[str, ...], list[str]] = {}
    for source in mapping:
        if not within(source, root) and os.path.isfile(source):
            # A `ValueError`: on another drive.
            with contextlib.suppress(ValueError):
                parts = os.path.relpath(source, root).split(os.sep)
                places.setdefault(tuple(parts[: parts.count(os.pardir) + 1]), []).append(source)
    homes = {}
    for sources in places.values():
        homes.update(dict.fromkeys(sources, os.path.commonpath([os.path.dirname(source) for source in sources])))
    return homes
