"""Filter the files of one build.

All files that Hatchling selects are checked before an archive exists, then handed over to the builder.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import os
import stat
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Iterable, Iterator, Mapping, NamedTuple

from hatch_nocache import _hatchling
from hatch_nocache._hatchling import Route, as_member
from hatch_nocache.caches import declared
from hatch_nocache.config import ConfigError, Options, parse
from hatch_nocache.members.collisions import collisions
from hatch_nocache.paths import in_work_tree, native, relative, within
from hatch_nocache.patterns import literal_lead
from hatch_nocache.rules import Action, Finding, Note
from hatch_nocache.selection.checker import Checker, UnreadableError
from hatch_nocache.selection.directory import DirectoryState, DirectoryStates, DiskDirectory
from hatch_nocache.selection.walk import Alias, Aliases, Needed, filtered_walk

if TYPE_CHECKING:
    from hatch_nocache.selection.explicit import ExplicitPaths


class RejectedError(Exception):
    """The selection is rejected; the findings say why."""


class ChangedError(Exception):
    """A file has changed after its check. The message says how."""


class Selected(NamedTuple):
    """A file that is packed as `member`. `path` is its path in the walk."""

    file: Any
    path: str
    member: str
    route: Route


class _Pass(NamedTuple):
    """The state of one pass over the selection. Without `packs`, no file is packed."""

    checker: Checker
    states: DirectoryStates
    aliases: Aliases
    packs: bool


class SelectionFilter:
    """Filters one version of one target.

    `config` is Hatchling's. `prefix` is `sys.prefix`, "" if no build runs.
    """

    def __init__(
        self, config: Any, target: str, version: str, options: Options, build_data: Mapping[str, Any], prefix: str
    ) -> None:
        self.options = options
        # Whether the builder has asked for any file.
        self.is_used = False
        # The files that Hatchling selects: those that are packed, and the others.
        self.packed: list[Selected] = []
        self._refused: list[Selected] = []
        self._config = config
        self._builder = config.builder
        self._target = target
        self._version = version
        self._build_data = build_data
        self._required = _hatchling.required_files(self._builder, target)
        packages = _hatchling.own_packages(self._builder)
        self._surroundings = declared.read(config.root, os.environ, prefix, packages)
        needed = (lambda: self._wheel_needs) if target == "sdist" else None
        self._main = self._new_pass(Aliases(needed), packs=True)
        # In an editable wheel, one pass only finds import paths.
        self._pass = self._main
        self._is_planning = False
        self._planned: dict[Any, tuple[list[Selected], bool]] = {}
        self._handed_over: list[Any] = []
        # The directory that files are handed over from, and its regular files.
        self._listed: tuple[str, frozenset[str]] = ("", frozenset())
        self._lost: list[str] = []
        # The directories in which an editable wheel does not look for imports.
        self._dropped_imports: list[str] = []

    def _new_pass(self, aliases: Aliases, *, packs: bool) -> _Pass:
        root, forced = self._config.root, self._config.force_include
        states = DirectoryStates(root, self.options, self._surroundings, lambda: self._explicit, forced)
        tables = _hatchling.tables_in_force(self._config)
        times = _hatchling.time_range(self._config, self._target)
        checker = Checker(self._target, self.options, states, self._required, tables, times)
        return _Pass(checker, states, aliases, packs)

    @functools.cached_property
    def _explicit(self) -> ExplicitPaths:
        # Needed only once something is found.
        from hatch_nocache.selection.explicit import ExplicitPaths

        build = self._builder.build_config
        explicit = ExplicitPaths(self._config.root, build, build.get("targets", {}), self.options.allow)
        explicit.add_hooks(self._build_data, self._required)
        return explicit

    # --- Results ------------------------------------------------------------------------------------------------------

    @property
    def findings(self) -> list[Finding]:
        """All findings so far."""
        return list(self._main.checker.findings)

    @property
    def is_rejected(self) -> bool:
        """Whether any finding fails the build."""
        return any(finding.is_rejected for finding in self.findings)

    @property
    def forced(self) -> list[str]:
        """The sources of `force-include` inside the project."""
        return [source for source in self._config.force_include if within(source, self._config.root)]

    @property
    def selected(self) -> set[str]:
        """The paths of all files that Hatchling selects, packed or not."""
        return {each.path for each in (*self.packed, *self._refused)}

    @property
    def accepted(self) -> set[str]:
        """The members that are packed although they break a rule."""
        return self._main.checker.accepted

    def notes(self) -> list[Note]:
        """Return the notes to print with the findings."""
        root = self._config.root
        tags = {
            path: problem
            for path, problem in self._main.states.invalid_tags.items()
            if any(within(each.path, os.path.join(root, native(path), "CACHEDIR.TAG")) for each in self.packed)
        }
        unused = self._unused_allow()
        if not (tags or unused or self._lost):
            return []
        messages = self._main.checker.messages
        notes = [messages.invalid_tags(tags, self._target)] if tags else []
        notes += [messages.lost(self._lost)] if self._lost else []
        return notes + ([messages.unused_allow(unused)] if unused else [])

    def _unused_allow(self) -> list[str]:
        unused = self.options.allow.unused()
        if self._target == "sdist" or not unused:
            return unused
        # An entry may be needed only in the sdist.
        leads = {pattern: literal_lead(pattern) for pattern in unused}
        root = self._config.root
        return [pattern for pattern, lead in leads.items() if lead and not os.path.lexists(os.path.join(root, lead[0]))]

    def members(self) -> set[str]:
        """Return the expected members: handed over, or written by the builder itself."""
        members = {as_member(file.distribution_path) for file in self._handed_over}
        return members.union(_hatchling.written_members(self._builder, self._target))

    def has_handed_over(self, path: Any) -> bool:
        """Return whether the file at `path` was handed over to the builder."""
        return any(file.path == path for file in self._handed_over)

    # --- The build ----------------------------------------------------------------------------------------------------

    def installed(self) -> ContextManager[None]:
        """Filter all files that the builder selects inside the `with` block.

        Raises:
            IncompatibleError: the builder does not accept a method of its own.
        """
        return _hatchling.replaced_generators(self._builder, self._generator)

    def plan(self) -> None:
        """Check all files that the target will select, if they are known.

        Raises:
            RejectedError: the selection is rejected.
            OSError, TypeError, ValueError: Hatchling cannot select the files.
        """
        self._is_planning = True
        try:
            if self._target in ("sdist", "wheel"):
                self._plan_routes()
            elif "reject" in (self.options.caches, self.options.symlinks):
                # Another builder may create files first, or select none.
                with contextlib.suppress(OSError, TypeError, ValueError):
                    collections.deque(self._builder.recurse_included_files(), maxlen=0)
                self._planned.clear()
                self.packed.clear()
        finally:
            self._is_planning = False
        if self.is_rejected:
            raise RejectedError

    def _plan_routes(self) -> None:
        written = list(_hatchling.written_members(self._builder, self._target))
        members: list[tuple[str, Selected]] = []
        for part in _hatchling.parts(self._builder, self._target, self._version, self._build_data):
            if part.kind == "licenses":
                self._check_licenses(part.iterate())
                continue
            self._pass = self._new_pass(Aliases(None), packs=False) if part.kind == "imports" else self._main
            before = len(self.packed)
            collections.deque(part.iterate(), maxlen=0)
            if part.kind == "imports":
                self._dropped_imports = self._pass.checker.dropped
            members += ((part.prefix + each.member, each) for each in self.packed[before:])
        self._pass = self._main
        if self._target == "sdist":
            self._finish_sdist()
        packed = set(map(id, (each.file for each in self.packed)))
        members = [(member, each) for member, each in members if id(each.file) in packed]
        self._check_collisions(members, written)
        self._report_aliases()

    def _generator(self, name: str, original: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
        def generator(*args: Any) -> Iterator[Any]:
            mapping: Mapping[str, str] | None = args[0] if args else None
            key = (name, None if mapping is None else tuple(mapping.items()))
            if self._is_planning:
                self._planned[key] = list(self._filtered(name, original, mapping)), self._pass.packs
                return
            self.is_used = True
            self._stop_if_rejected()
            known = self._planned.pop(key, None)
            if known is not None:
                selected, packs = known
            else:
                # Not planned. All files are checked before the builder gets the first one.
                before = len(self.packed)
                selected, packs = list(self._filtered(name, original, mapping)), True
                if self._target == "sdist":
                    self._finish_sdist()
                    selected = self.packed[before:]
                self._stop_if_rejected()
            for each in selected:
                if packs:
                    self._handed_over.append(each.file)
                    self._check_unchanged(each)
                yield each.file

        return generator

    def _stop_if_rejected(self) -> None:
        if self.is_rejected:
            raise RejectedError

    def _check_unchanged(self, each: Selected) -> None:
        directory, _, name = each.file.path.rpartition(os.sep)
        # Listing a directory once is cheaper than asking about each file.
        if directory != self._listed[0] and not each.route.is_forced:
            self._listed = directory, DiskDirectory(directory, "").files
        if directory == self._listed[0] and name in self._listed[1]:
            return
        mode = os.lstat(each.file.path).st_mode
        expected = self._main.checker.not_regular.get(id(each.file), stat.S_IFREG)
        if stat.S_IFMT(mode) != expected:
            kinds = {stat.S_IFLNK: "symlink", stat.S_IFDIR: "directory", stat.S_IFREG: "regular file"}
            kind = kinds.get(stat.S_IFMT(mode), "special file")
            raise ChangedError(f"{relative(each.path, self._config.root)} became a {kind}")

    # --- One call of a generator --------------------------------------------------------------------------------------

    def _filtered(
        self, name: str, original: Callable[..., Any], mapping: Mapping[str, str] | None
    ) -> Iterator[Selected]:
        checker, states, aliases, packs = self._pass
        route = Route(self._config, name, mapping)
        # The directory that Hatchling's generator is in.
        current: dict[str, DirectoryState] = {}

        def walk(top: str) -> Iterator[tuple[str, list[str], list[str]]]:
            for state, directories, files in filtered_walk(top, states, route, aliases, checker.report):
                current.clear()
                current[state.directory.walked] = state
                yield state.directory.walked, directories, files

        args = () if mapping is None else (self._present(route, mapping, checker),)
        # If another builder or hook has replaced the generator, its output is filtered.
        files = _hatchling.with_walk(name, original, walk) or original
        homes: dict[str, str] | None = None
        for file in files(*args):
            if not isinstance(file.path, str) or os.sep != "/":
                file.path = native(os.fspath(file.path))
            path = file.path
            directory, _, base = path.rpartition(os.sep)
            state = current.get(directory)
            if state is None:
                # No walk has entered it.
                homes = _outside_homes(mapping or {}, self._config.root) if homes is None else homes
                state = states.at(directory, homes.get(path))
            if not packs:
                if not checker.is_left_out(path, state, route):
                    yield Selected(file, path, "", route)
                continue
            member = as_member(file.distribution_path)
            if route.is_forced and self._copies_dropped(path, member, checker):
                continue
            selected = Selected(file, path, member, route)
            if checker.check(file, base, member, state, route):
                self.packed.append(selected)
                yield selected
            else:
                self._refused.append(selected)

    def _present(self, route: Route, mapping: Mapping[str, str], checker: Checker) -> dict[str, str]:
        """Return the sources without those on which Hatchling would end in a traceback."""
        present = {}
        for source, target in mapping.items():
            is_odd = route.is_forced and os.path.lexists(source) and not os.path.isfile(source)
            if is_odd and not os.path.isdir(source):
                allowed = self.options.allow.match(relative(source, self._config.root))
                if not allowed and checker.refuse(source, as_member(target), route):
                    continue
            present[source] = target
        return present

    def _copies_dropped(self, path: str, member: str, checker: Checker) -> bool:
        """Return whether another hook adds a copy of a dropped file under its name."""
        root, config = self._config.root, self._config
        dropped = {*checker.dropped, *self._dropped_imports}
        if not dropped or any(within(path, source) for source in config.force_include):
            return False
        return any(
            within(member, as_member(config.get_distribution_path(os.path.relpath(each, root))))
            for each in dropped
            if not within(path, each)
        )

    def _check_licenses(self, paths: Iterable[str]) -> None:
        # `WheelBuilder.add_licenses` opens these files itself: they can be checked, but not filtered.
        route = Route(self._config, "recurse_forced_files", {})
        for path in paths:
            state = self._main.states.at(os.path.dirname(path))
            member = as_member(os.path.relpath(path, self._config.root))
            self._main.checker.check(SimpleNamespace(path=path), os.path.basename(path), member, state, route)

    # --- Checks of the whole selection --------------------------------------------------------------------------------

    def _finish_sdist(self) -> None:
        checker = self._main.checker
        if checker.dropped:
            self._check_required()
        left_out = self._check_untracked()
        if checker.stored:
            members = {each.member for each in self.packed if id(each.file) not in left_out}
            members.update(_hatchling.written_members(self._builder, "sdist"))
            checker.finish(members, lambda: self._wheel_selects, left_out)
        if left_out:
            self.packed = [each for each in self.packed if id(each.file) not in left_out]
            for key, (selected, packs) in self._planned.items():
                self._planned[key] = [each for each in selected if id(each.file) not in left_out], packs
        if any(finding.action is Action.DROPPED for finding in self.findings):
            self._find_lost()

    def _check_required(self) -> None:
        """Report the required files in dropped directories, which no walk has reached."""
        checker, states = self._main.checker, self._main.states
        packed = {each.path for each in self.packed}
        for path in self._required.keys() - packed:
            is_dropped = self._is_in_dropped(path) and os.path.isfile(path)
            if is_dropped and _hatchling.selects(self._config, relative(path, self._config.root)):
                route = Route(self._config, "recurse_forced_files", {})
                checker.is_left_out(path, states.at(os.path.dirname(path)), route)

    def _check_untracked(self) -> set[int]:
        root, config, checker, allow = self._config.root, self._config, self._main.checker, self.options.allow
        if config.ignore_vcs or not in_work_tree(root):
            return set()
        from hatch_nocache.selection.untracked import Untracked

        untracked = Untracked.read(root)
        if untracked is None:
            return set()
        # A file that is rejected may be untracked, too; one in a dropped directory is left out already.
        refused = (each for each in self._refused if not self._is_in_dropped(each.path))
        files = {
            relative(each.path, root): each
            for each in (*self.packed, *refused)
            if not each.route.is_forced and within(each.path, root) and each.path not in self._required
        }
        paths = {
            path
            for path in untracked.among(files)
            if not (config.path_is_artifact(path) or config.path_is_build_artifact(path) or allow.match(path))
        }
        if paths:
            paths = {path for path in paths if not untracked.is_explicit(files[path].path, self._explicit)}
        if paths:
            paths = {path for path in paths if files[path].path not in self._wheel_selects}
        if not paths:
            return set()
        others = (path for path in files if path not in paths)
        left_out: set[int] = set()
        for highest, inside in untracked.grouped(paths, others).items():
            finding = checker.messages.untracked(highest, len(inside))
            if finding.drops:
                left_out.update(id(files[path].file) for path in inside)
                checker.forget(set(inside))
            checker.add(finding)
        return left_out

    def _is_in_dropped(self, path: str) -> bool:
        checker, states = self._main.checker, self._main.states
        return path in states.parts or any(within(path, directory) for directory in checker.dropped)

    def _find_lost(self) -> None:
        """Find files that the wheel from the tree has, but not the wheel from this sdist."""
        wheel, root = self._wheel, self._config.root
        members = {each.member for each in self.packed}
        if wheel is None:
            return
        for each in wheel.packed:
            path = relative(each.path, root)
            names = {path, as_member(self._config.get_distribution_path(native(path)))}
            if names.isdisjoint(members) and within(each.path, root) and _hatchling.selects(self._config, path):
                self._lost.append(path)
        for source in wheel.forced:
            path = relative(source, root)
            found = any(member == path or member.startswith(f"{path}/") for member in members)
            # The wheel's walk may reach a dropped directory through a symlink that the sdist's walk does not follow.
            dropped = {finding.path: finding for finding in (*wheel.findings, *self.findings)}
            for finding in () if found or not _hatchling.selects(self._config, path) else dropped.values():
                place = finding.path.rstrip("/")
                if within(path, place) or within(place, path):
                    # Hatchling would end with "Forced include not found".
                    note = "the wheel's `force-include` requires it"
                    self._main.checker.add(finding._replace(action=Action.REJECTED, note=note, hints=()))

    def _check_collisions(self, members: list[tuple[str, Selected]], written: list[str]) -> None:
        selection = [*((member, each.file.path) for member, each in members), *((member, "") for member in written)]
        unique = not _hatchling.packs_duplicates(self._builder)
        for collision in collisions(selection, sdist=self._target == "sdist", unique=unique):
            messages = self._main.checker.messages
            self._main.checker.add(messages.member(collision.code, collision.member, collision.reason))

    def _report_aliases(self) -> None:
        by_directory = self._main.aliases.by_directory
        if not by_directory:
            return
        messages = self._main.checker.messages
        root = self._config.root
        packed = {os.path.dirname(each.path) for each in self.packed}
        used = dict.fromkeys(by_directory[path] for path in packed if path in by_directory)
        groups: dict[str, list[Alias]] = {}
        for alias in sorted(used):
            groups.setdefault(alias.known_as, []).append(alias)
        for known_as, aliases in groups.items():
            first = [known_as] if any(within(path, known_as) for path in packed) else []
            names = [relative(name, root) or "." for name in sorted({*first, *(alias.walked for alias in aliases)})]
            link = aliases[0].link
            finding = messages.alias(relative(link, root), os.readlink(link), relative(known_as, root) or ".", names)
            self._main.checker.add(finding)

    # --- The project's wheel ------------------------------------------------------------------------------------------

    @functools.cached_property
    def _wheel(self) -> SelectionFilter | None:
        """The planned filter of a wheel from the tree; None if it cannot be built."""
        return _plan_wheel(self._builder)

    @functools.cached_property
    def _wheel_selects(self) -> set[str]:
        return self._wheel.selected if self._wheel is not None else set()

    @functools.cached_property
    def _wheel_needs(self) -> Needed:
        packed = self._wheel.packed if self._wheel is not None else ()
        directories = {os.path.dirname(each.path) for each in packed}
        parents: set[str] = set()
        for directory in directories:
            parent = os.path.dirname(directory)
            while parent not in parents and within(parent, self._config.root):
                parents.add(parent)
                parent = os.path.dirname(parent)
        return Needed(directories, parents)


def _plan_wheel(builder: Any) -> SelectionFilter | None:
    wheel = _hatchling.wheel_builder(builder)
    try:
        config = wheel.config
        table = config.hook_config.get(_hatchling.HOOK, {"caches": "keep", "symlinks": "keep"})
        options = parse(table, prefix="", target="wheel")
        build_data = wheel.get_default_build_data()
        wheel.set_build_data_defaults(build_data)
        with config.set_build_data(build_data):
            selection = SelectionFilter(config, "wheel", "standard", options, build_data, "")
            with selection.installed(), contextlib.suppress(RejectedError):
                selection.plan()
    except (ConfigError, UnreadableError):
        return None
    except (OSError, TypeError, ValueError) as error:
        # No wheel can be built from the tree.
        if not _hatchling.is_hatchlings(error):
            raise
        return None
    return selection


def _outside_homes(mapping: Mapping[str, str], root: str) -> dict[str, str]:
    """Return the directory that each single file from outside must not leave.

    It is the deepest directory of all the files from the same place, as if it were forced in as a whole.
    """
    places: dict[str, list[str]] = {}
    for source in mapping:
        if not within(source, root) and os.path.isfile(source):
            with contextlib.suppress(ValueError):
                common = os.path.commonpath([source, root])
                first = os.path.relpath(source, common).partition(os.sep)[0]
                places.setdefault(os.path.join(common, first), []).append(source)
    homes = {}
    for sources in places.values():
        home = os.path.commonpath([os.path.dirname(source) for source in sources])
        homes.update(dict.fromkeys(sources, home))
    return homes
