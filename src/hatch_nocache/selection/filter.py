"""Filter the files of one build.

All files that Hatchling selects are checked before an archive exists, then handed over to the builder.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import stat
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping

from hatch_nocache import _hatchling
from hatch_nocache._hatchling import Route, as_member
from hatch_nocache.caches import declared
from hatch_nocache.config import ConfigError, Options
from hatch_nocache.paths import in_work_tree, native, parents, relative, within
from hatch_nocache.rules import Finding, Note
from hatch_nocache.selection.checker import Checker, Selected, UnreadableError
from hatch_nocache.selection.directory import DirectoryState, DirectoryStates, DiskDirectory
from hatch_nocache.selection.walk import filtered_walk

if TYPE_CHECKING:
    from hatch_nocache.selection.explicit import ExplicitPaths

_KINDS = {stat.S_IFLNK: "symlink", stat.S_IFDIR: "directory", stat.S_IFREG: "regular file"}


class RejectedError(Exception):
    """The selection is rejected. The arguments are the findings that say why."""


class ChangedError(Exception):
    """A file has changed after its check. The message says how."""


class SelectionFilter:
    """Filters one version of one target.

    `config` is Hatchling's. `prefix` is `sys.prefix`, "" if no build runs.
    """

    def __init__(self, config: Any, version: str, options: Options, build_data: Mapping[str, Any], prefix: str) -> None:
        self.config = config
        self.target: str = config.builder.PLUGIN_NAME
        self.options = options
        # Whether the builder has asked for any file.
        self.is_used = False
        self.files: list[Selected] = []
        # Files that the wheel from the tree has, but not the wheel from this sdist.
        self.lost: list[str] = []
        self._version = version
        self._build_data = build_data
        self._surroundings = declared.read(config.root, os.environ, prefix, _hatchling.own_packages(config.builder))
        # What each call of a generator will yield. During the plan: the prefix of the members, and their checker.
        self._planned: dict[tuple[str, str], list[Selected]] = {}
        self._planning: tuple[str, Checker] | None = None
        # The directories in which an editable wheel does not look for imports.
        self._dropped_imports: list[str] = []
        self.checker = self._new_checker()

    def _new_checker(self) -> Checker:
        config, explicit = self.config, lambda: self.explicit
        states = DirectoryStates(config.root, self.options, self._surroundings, explicit, config.force_include)
        required = _hatchling.required_files(config.builder, self.target)
        tables, times = _hatchling.tables_in_force(config), _hatchling.time_range(config, self.target)
        return Checker(self.target, states, required, tables, times)

    @functools.cached_property
    def explicit(self) -> ExplicitPaths:
        """The paths that the user and other hooks spell out."""
        # Needed only once something is found.
        from hatch_nocache.selection.explicit import ExplicitPaths

        build = self.config.builder.build_config
        explicit = ExplicitPaths(self.config.root, build, build.get("targets", {}), self.options.allow)
        explicit.add_hooks(self._build_data, self.checker.required)
        return explicit

    @property
    def findings(self) -> list[Finding]:
        return list(self.checker.findings)

    @property
    def packed(self) -> list[Selected]:
        return [each for each in self.files if each.is_packed]

    def notes(self) -> list[Note]:
        if not (self.lost or self.options.allow.lines or self.checker.states.invalid_tags):
            return []
        from hatch_nocache.selection.whole import notes

        return notes(self)

    def members(self) -> set[str]:
        """Return the expected members: packed, or written by the builder itself."""
        # Meanwhile, the builder has prefixed some names.
        members = {as_member(each.file.distribution_path) for each in self.packed}
        return members.union(_hatchling.written_members(self.config.builder, self.target))

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
                self._dropped_imports = checker.dropped
        self._finish_sdist()
        if self.target == "wheel":
            # `WheelBuilder.add_licenses` opens these files itself: they can be checked, but not filtered.
            route = Route(self.config, "recurse_forced_files", {})
            for path in self.checker.required:
                state = self.checker.states.at(os.path.dirname(path))
                self.checker.check(Selected(path, relative(path, self.config.root), state, route))
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
            packed = (each for each in selected if each.is_packed)
            # Listing a directory once is cheaper than asking about each file.
            groups = itertools.groupby(packed, lambda each: None if each.route.is_forced else each.state.directory)
            for directory, files in groups:
                regular = DiskDirectory(directory.walked, "").files if directory else ()
                for each in files:
                    if each.member and each.path.rpartition(os.sep)[2] not in regular:
                        self._check_unchanged(each)
                    yield each.file

        return generator

    def _check_unchanged(self, each: Selected) -> None:
        kind = stat.S_IFMT(os.lstat(each.file.path).st_mode)
        if kind != each.kind:
            raise ChangedError(f"{each.shown} became a {_KINDS.get(kind, 'special file')}")

    def _select(
        self, name: str, original: Callable[..., Any], mapping: Mapping[str, str] | None, prefix: str, checker: Checker
    ) -> list[Selected]:
        """Return what Hatchling's generator selects, checked. `prefix` is what the builder puts before the names."""
        states, route = checker.states, Route(self.config, name, mapping)
        needed = self._needed if self.target == "sdist" else None
        # The directories that the generator has entered.
        entered: dict[str, DirectoryState] = {}

        def walk(top: str) -> Iterator[tuple[str, list[str], list[str]]]:
            here = Route(self.config, name, mapping, top)
            for state, directories, files in filtered_walk(top, states, here, checker.report, needed):
                entered[state.directory.walked] = state
                yield state.directory.walked, directories, files

        sources = mapping and {at: to for at, to in mapping.items() if not self._is_refused(at, to, route, checker)}
        homes = _outside_homes(sources or {}, self.config.root)
        # If another builder or hook has replaced the generator, its output is filtered.
        generator = _hatchling.with_walk(name, original, walk)
        chosen = self.files if checker is self.checker else []
        before = len(chosen)
        for file in generator() if sources is None else generator(sources):
            if not isinstance(file.path, str) or os.sep != "/":
                file.path = native(os.fspath(file.path))
            directory = file.path.rpartition(os.sep)[0]
            state = entered.get(directory) or states.at(directory, homes.get(file.path))
            each = Selected(file.path, as_member(file.distribution_path), state, route, file)
            if checker is not self.checker:
                # The import paths of an editable wheel.
                each.member, each.is_packed = "", not checker.is_left_out(each)
                chosen.append(each)
            elif not (route.is_forced and self._copies_dropped(each)):
                chosen.append(each)
                each.is_packed = checker.check(each)
                each.member = prefix + each.member
        return chosen[before:]

    def _is_refused(self, source: str, target: str, route: Route, checker: Checker) -> bool:
        """Return whether Hatchling would end in a traceback on a forced source, and report it."""
        is_odd = route.is_forced and os.path.lexists(source) and not (os.path.isfile(source) or os.path.isdir(source))
        if not is_odd or self.options.allow.match(relative(source, self.config.root)):
            return False
        return checker.refuse(Selected(source, as_member(target), checker.states.at(os.path.dirname(source)), route))

    def _copies_dropped(self, each: Selected) -> bool:
        """Return whether another hook adds a copy of a dropped file under its name."""
        config, dropped = self.config, (*self.checker.dropped, *self._dropped_imports)
        others = (os.path.relpath(path, config.root) for path in dropped if not within(each.path, path))
        names = (as_member(config.get_distribution_path(path)) for path in others)
        is_copy = any(within(each.member, name) for name in names)
        return is_copy and not any(within(each.path, source) for source in config.force_include)

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
        except (OSError, TypeError, ValueError, UnreadableError) as error:
            # No wheel can be built from the tree.
            if not (isinstance(error, (ConfigError, UnreadableError)) or _hatchling.is_hatchlings(error)):
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
