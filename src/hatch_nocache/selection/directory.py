"""The directories of the selected files: their entries, and findings about them."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Callable, Mapping

from hatch_nocache.caches.declared import Surroundings
from hatch_nocache.caches.index import is_candidate
from hatch_nocache.caches.model import TAG, Evidence
from hatch_nocache.config import Options
from hatch_nocache.paths import entry_is_link, native, relative, within

if TYPE_CHECKING:
    from hatch_nocache.selection.explicit import ExplicitPath, ExplicitPaths

# The values of `caches` and `symlinks` that leave files out of the archive.
DROPPING = ("drop", "reject")

_NO_NAMES: frozenset[str] = frozenset()


class DiskDirectory:
    """The entries of one directory, as `caches.model.Directory`.

    Unreadable entries are missing. `walked` is the path of the walk (symlinks unresolved), `location` the real path,
    `path` the one in messages.
    """

    def __init__(self, location: str, path: str, walked: str | None = None) -> None:
        self.location = location
        self.path = path
        self.walked = location if walked is None else walked
        self.readable = True
        # As `os.walk` sorts them: a symlink to a directory is a directory, everything else is a file.
        self.subdirectories: list[str] = []
        self.nondirectories: list[str] = []
        links: set[str] = set()
        special: set[str] = set()
        try:
            with os.scandir(location) as listing:
                for entry in listing:
                    # The listing knows regular files and directories without another system call.
                    if entry.is_file(follow_symlinks=False):
                        self.nondirectories.append(entry.name)
                    else:
                        self._add(entry, links, special)
        except OSError:
            self.readable = False
        self.links: frozenset[str] = frozenset(links) if links else _NO_NAMES
        self.special: frozenset[str] = frozenset(special) if special else _NO_NAMES

    def _add(self, entry: os.DirEntry[str], links: set[str], special: set[str]) -> None:
        is_link = entry_is_link(entry)
        if is_link:
            links.add(entry.name)
        try:
            is_directory = entry.is_dir()
        except OSError:
            is_directory = False
        if is_directory:
            self.subdirectories.append(entry.name)
            return
        self.nondirectories.append(entry.name)
        if not is_link:
            special.add(entry.name)

    @property
    def directories(self) -> frozenset[str]:
        """The names of the real subdirectories."""
        return frozenset(self.subdirectories) - self.links

    @property
    def files(self) -> frozenset[str]:
        """The names of the regular files."""
        return frozenset(self.nondirectories) - self.links - self.special

    def kind(self, name: str) -> str:
        """Return the kind of the non-directory `name`: "link", "special" or "file"."""
        return "link" if name in self.links else "special" if name in self.special else "file"

    def head(self, name: str, size: int) -> bytes:
        """Return the first `size` bytes of a regular file; empty for anything else."""
        path = os.path.join(self.walked, name)
        try:
            # Checked before `open`, which would hang on a FIFO.
            if not stat.S_ISREG(os.lstat(path).st_mode):
                return b""
            with open(path, "rb") as file:
                return file.read(size)
        except OSError:
            return b""

    def child(self, name: str) -> DiskDirectory:
        """Return a subdirectory. A symlink is not followed: it is an empty directory."""
        path = f"{self.path}/{name}" if self.path else name
        if name in self.links:
            return DiskDirectory(os.path.join(os.devnull, name), path)
        return DiskDirectory(os.path.join(self.location, name), path, os.path.join(self.walked, name))


class DirectoryFinding:
    """A finding about a directory. It is reported only if a file in it is selected.

    `walked` is its path in the walk, `path` the one in messages. `evidence` says what it is; `link_target` is set for a
    symlink out of the project. `drops`: its files are left out, except the `explicit` paths.
    """

    def __init__(
        self,
        directory: DiskDirectory,
        evidence: Evidence,
        explicit: tuple[ExplicitPath, ...] = (),
        *,
        drops: bool,
        link_target: str = "",
    ) -> None:
        self.walked = directory.walked
        self.path = directory.path or "."
        self.evidence = evidence
        self.explicit = explicit
        self.drops = drops
        self.link_target = link_target
        self.reported = False

    def can_prune(self, directory: str) -> bool:
        """Return whether the walk can skip the subdirectory `directory`."""
        return self.reported and self.drops and not any(each.leads_to(directory) for each in self.explicit)


class DirectoryState:
    """One directory of the selection, and properties of the files in it.

    `home` is the real directory that symlinks in it must not leave. `cache` is the cache or environment that it is in,
    `outside` the symlink out of the project that it is behind. `link` is the first directory symlink on the way to it.
    `alias` is the highest directory on the way that Hatchling enters under another name: a pair of this and that.
    `is_scanned`: its entries are known. `is_outside`: the walk began outside the project. `has_parts`: its files may be
    part of an environment in place.
    """

    def __init__(self, directory: DiskDirectory, home: str, *, is_scanned: bool = True) -> None:
        self.directory = directory
        self.home = home
        self.is_scanned = is_scanned
        self.allowed = False
        # The directory itself is explicit: caches in it are part of it.
        self.is_explicit = False
        self.is_outside = False
        self.has_parts = False
        self.cache: DirectoryFinding | None = None
        self.outside: DirectoryFinding | None = None
        self.link: str | None = None
        self.alias: tuple[DirectoryState, DirectoryState] | None = None

    def below(self, directory: DiskDirectory) -> DirectoryState:
        """Return the state of a subdirectory that is not classified yet."""
        state = DirectoryState(directory, self.home)
        state.allowed, state.is_explicit, state.is_outside = self.allowed, self.is_explicit, self.is_outside
        state.cache, state.outside, state.link = self.cache, self.outside, self.link
        state.has_parts, state.alias = self.has_parts, self.alias
        return state


class DirectoryStates:
    """The directories of one build. Each is classified when the walk reaches it."""

    def __init__(
        self,
        root: str,
        options: Options,
        surroundings: Surroundings,
        explicit: Callable[[], ExplicitPaths],
        forced: Mapping[str, str],
    ) -> None:
        """Take the project root and what is known of the project.

        `explicit` is called once something is found. `forced` are the sources that the user forces in, with the members
        that they become.
        """
        self.root = root
        self.real_root = os.path.realpath(root)
        self.options = options
        # Directories with an invalid tag: path to the problem.
        self.invalid_tags: dict[str, str] = {}
        self._surroundings = surroundings
        self._explicit = explicit
        self._forced = forced
        self._states: dict[str, DirectoryState] = {}
        # Parts of environments that share a directory with a project, by path.
        self.parts: dict[str, DirectoryFinding] = {}
        # The real paths of symlinks that are being resolved.
        self._resolving: set[str] = set()

    def top(self, source: str) -> DirectoryState:
        """Return the state of the directory in which a walk begins.

        Outside the project, it is explicit.
        """
        if within(source, self.root):
            # Read again: a builder may create files between two walks.
            self._states.pop(source, None)
            return self.at(source)
        real = os.path.realpath(source)
        state = DirectoryState(DiskDirectory(real, relative(source, self.root), source), real)
        state.is_outside = True
        evidence = None if within(self.real_root, real) else self._detect(state.directory)
        if evidence is not None:
            state.is_explicit = True
            explicit = self._explicit().of_source(source)
            state.cache = DirectoryFinding(state.directory, evidence, explicit, drops=False)
        return state

    def at(self, walked: str, home: str | None = None) -> DirectoryState:
        """Return the state of a directory that no walk has entered.

        It is computed from the directories between `home` (default: the root) and this one. `home` is for a file from
        outside the project: nothing above it is classified.
        """
        base = self.root if home is None else home
        if not within(walked, base):
            return self._unknown(walked)
        ahead: list[str] = []
        here = walked
        # No recursion: there may be a thousand directories.
        while here not in self._states and here != base:
            ahead.append(here)
            here = os.path.dirname(here)
        if here not in self._states:
            real = os.path.realpath(base)
            self._states[here] = DirectoryState(DiskDirectory(real, relative(base, self.root), base), real)
            self._states[here].is_outside = home is not None
            self._find_tag(self._states[here].directory)
            self._find_parts(self._states[here])
        while ahead:
            here, parent = ahead.pop(), here
            self._states[here] = self.step(self._states[parent], os.path.basename(here))
        return self._states[walked]

    def _unknown(self, walked: str) -> DirectoryState:
        directory = DiskDirectory(os.devnull, relative(walked, self.root), walked)
        state = DirectoryState(directory, self.real_root, is_scanned=False)
        state.is_outside = True
        return state

    def step(self, parent: DirectoryState, name: str) -> DirectoryState:
        """Return the state of a subdirectory: classified, but not reported yet."""
        walked = os.path.join(parent.directory.walked, name)
        is_link = name in parent.directory.links
        if is_link:
            path = f"{parent.directory.path}/{name}" if parent.directory.path else name
            directory = DiskDirectory(os.path.realpath(walked), path, walked)
        else:
            directory = parent.directory.child(name)
        state = parent.below(directory)
        if is_link and state.link is None:
            state.link = walked
        if state.allowed or self.options.allow.match(directory.path + "/"):
            # A negated pattern may exclude something below it again.
            state.allowed = not self.options.allow.negated
            if state.allowed:
                return state
        real = directory.location
        if is_link and not within(real, state.home):
            if not self._is_forced(real, directory.path):
                evidence = Evidence("NC103", "symlink to a directory outside the project", "")
                drops = self.options.symlinks in DROPPING
                text = os.readlink(walked)
                state.outside = DirectoryFinding(directory, evidence, drops=drops, link_target=text)
            state.home = real
        if state.cache is None and not state.is_explicit:
            self._classify(state, real, is_link=is_link)
        return state

    def _is_forced(self, real: str, path: str) -> bool:
        """Return whether `force-include` puts the same content in the same place."""
        return any(
            within(real, os.path.realpath(source))
            and "/".join(filter(None, (member, relative(real, os.path.realpath(source))))) == path
            for source, member in self._forced.items()
        )

    def _classify(self, state: DirectoryState, real: str, *, is_link: bool) -> None:
        # Neither the root nor its parents: uv builds wheels inside its own cache.
        if within(self.real_root, real):
            return
        directory = state.directory
        if self.options.extra_caches.match(directory.path + "/"):
            evidence: Evidence | None = Evidence("NC005", "cache directory", "matches `extra-caches`")
        else:
            evidence = self._detect(directory)
        if evidence is not None:
            self._found(evidence, state)
            return
        self._find_tag(directory)
        self._find_parts(state)
        state.cache = self.parts.get(directory.walked)
        if is_link and within(real, self.real_root):
            cache = self._cache_at(real)
            if cache is not None:
                evidence = cache.evidence._replace(reason=f"symlink into {cache.path}/", hint="")
                explicit = self._explicit().concerning(directory.walked)
                state.cache = DirectoryFinding(directory, evidence, explicit, drops=cache.drops)

    def _detect(self, directory: DiskDirectory) -> Evidence | None:
        if not is_candidate(directory, self._surroundings):
            return None
        # Most builds have no candidate, and import no more of detection.
        from hatch_nocache.caches.detect import detect

        return detect(directory, self._surroundings)

    def _found(self, evidence: Evidence, state: DirectoryState) -> None:
        walked = state.directory.walked
        explicit = self._explicit().concerning(walked, output=evidence.output)
        if evidence.by_hand:
            from hatch_nocache.selection.explicit import ExplicitPath

            explicit += (ExplicitPath(os.path.join(walked, evidence.by_hand), ""),)
        whole = tuple(each for each in explicit if each.pattern is None and each.key and each.path == walked)
        state.is_explicit = bool(whole)
        drops = not whole and self.options.caches in DROPPING
        state.cache = DirectoryFinding(state.directory, evidence, whole or explicit, drops=drops)

    def _cache_at(self, real: str) -> DirectoryFinding | None:
        """Return the cache that the link target of a directory symlink is in."""
        where = os.path.join(self.root, native(relative(real, self.real_root)))
        if where in self._resolving:
            # Below /proc there are symlinks that `realpath` cannot resolve: they are their own real path.
            return None
        self._resolving.add(where)
        cache = self.at(where).cache
        self._resolving.remove(where)
        return cache

    def _find_tag(self, directory: DiskDirectory) -> None:
        if TAG in directory.nondirectories or TAG in directory.subdirectories:
            from hatch_nocache.caches.detect import tag_problem

            problem = tag_problem(directory)
            if problem:
                self.invalid_tags[directory.path] = problem

    def _find_parts(self, state: DirectoryState) -> None:
        directory = state.directory
        if "pyvenv.cfg" in directory.nondirectories:
            from hatch_nocache.caches.virtualenvs import in_place

            parts = in_place(directory)
            if parts:
                state.has_parts = True
                evidence = Evidence("NC004", "virtual environment in place", "contains pyvenv.cfg", environment=True)
                paths = [os.path.join(directory.walked, native(part.rstrip("/"))) for part in parts]
                explicit = tuple(each for path in paths for each in self._explicit().concerning(path))
                finding = DirectoryFinding(directory, evidence, explicit, drops=self.options.caches in DROPPING)
                self.parts.update(dict.fromkeys(paths, finding))
