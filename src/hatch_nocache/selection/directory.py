"""The directories of the selected files: their entries, and findings about them."""

from __future__ import annotations

import contextlib
import os
import posixpath
import stat
from typing import TYPE_CHECKING, Callable, Mapping, NamedTuple

from hatch_nocache.caches.declared import Surroundings
from hatch_nocache.caches.match import is_candidate
from hatch_nocache.caches.model import TAG, Evidence
from hatch_nocache.config import Options
from hatch_nocache.paths import entry_is_link, native, relative, within

if TYPE_CHECKING:
    from hatch_nocache.selection.explicit import ExplicitPath, ExplicitPaths

# The values of `caches` and `symlinks` that leave files out of the archive.
DROPPING = ("drop", "reject")
_Explicit = Callable[[], "ExplicitPaths"]


class DiskDirectory:
    """The entries of one directory, as `caches.model.Directory`.

    Unreadable entries are missing. `walked` is the path of the walk (symlinks unresolved), `location` the real path,
    `path` the one in messages.
    """

    def __init__(self, location: str, path: str, walked: str = "") -> None:
        self.location = location
        self.path = path
        self.walked = walked or location
        self.readable = False
        self.subdirectories: list[str] = []
        files: list[str] = []
        links: list[str] = []
        others: list[str] = []
        with contextlib.suppress(OSError), os.scandir(location) as listing:
            for entry in listing:
                # The listing knows regular files and directories without another system call.
                if entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
                elif entry_is_link(entry):
                    links.append(entry.name)
                    (self.subdirectories if os.path.isdir(entry.path) else others).append(entry.name)
                elif entry.is_dir(follow_symlinks=False):
                    self.subdirectories.append(entry.name)
                else:
                    others.append(entry.name)
            self.readable = True
        # As `os.walk` sorts them: a symlink to a directory is a directory, everything else is a file.
        self.nondirectories = files + others
        self.files = frozenset(files)
        self.links = frozenset(links)
        self.directories = frozenset(self.subdirectories) - self.links

    def identity(self) -> tuple[int, int] | None:
        """Return its device and inode, None if it cannot be entered."""
        with contextlib.suppress(OSError):
            status = os.stat(self.location)
            return (status.st_dev, status.st_ino) if self.readable else None
        return None

    def head(self, name: str, size: int) -> bytes:
        path = os.path.join(self.location, name)
        with contextlib.suppress(OSError):
            # Checked before `open`, which would hang on a FIFO.
            if stat.S_ISREG(os.lstat(path).st_mode):
                with open(path, "rb") as file:
                    return file.read(size)
        return b""

    def child(self, name: str) -> DiskDirectory:
        # A symlink is not followed: it is an empty directory.
        location = os.path.join(os.devnull if name in self.links else self.location, name)
        return DiskDirectory(location, posixpath.join(self.path, name), os.path.join(self.walked, name))


class DirectoryFinding:
    """A finding about a directory. It is reported only if a file in it is selected.

    `drops`: its files are left out, except the `explicit` paths.
    """

    def __init__(
        self, directory: DiskDirectory, evidence: Evidence, explicit: tuple[ExplicitPath, ...], *, drops: bool
    ) -> None:
        self.walked = directory.walked
        self.path = directory.path or "."
        self.evidence = evidence
        self.explicit = explicit
        self.drops = drops
        self.reported = False

    def can_prune(self, directory: str) -> bool:
        """Return whether the walk can skip the subdirectory `directory`."""
        return self.reported and self.drops and not any(each.leads_to(directory) for each in self.explicit)


class DirectoryState(NamedTuple):
    """One directory of the selection, and properties of the files in it.

    `home` is the real directory that symlinks in it must not leave. `cache` is the cache or environment that it is in,
    `outside` the symlink out of the project that it is behind. `link` is the first directory symlink on the way to it.
    `alias` is the highest directory on the way that Hatchling enters under another name: a pair of this and that.
    """

    directory: DiskDirectory
    home: str
    allowed: bool = False
    cache: DirectoryFinding | None = None
    outside: DirectoryFinding | None = None
    link: str | None = None
    alias: tuple[DirectoryState, DirectoryState] | None = None


class DirectoryStates:
    """The directories of one build. Each is classified when the walk reaches it.

    `explicit` is called once something is found. `forced` maps the sources that the user forces in to members.
    """

    def __init__(
        self, root: str, options: Options, surroundings: Surroundings, explicit: _Explicit, forced: Mapping[str, str]
    ) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.options = options
        # Directories with an invalid tag: path to the problem.
        self.invalid_tags: dict[str, str] = {}
        # Parts of environments that share a directory with a project, by path.
        self.parts: dict[str, DirectoryFinding] = {}
        self._surroundings = surroundings
        self._explicit = explicit
        self._forced = forced
        self._states: dict[str, DirectoryState] = {}

    def top(self, source: str) -> DirectoryState:
        """Return the state of the directory in which a walk begins: if outside, an explicit one."""
        if within(source, self.root):
            # Read again: a builder may create files between two walks.
            self._states.pop(source, None)
            return self.at(source)
        state = self._first(source)
        evidence = None if within(self.real_root, state.home) else self._detect(state.directory)
        if evidence is None:
            return state
        explicit = self._explicit().of_source(source)
        return state._replace(cache=DirectoryFinding(state.directory, evidence, explicit, drops=False))

    def at(self, walked: str, home: str | None = None) -> DirectoryState:
        """Return the state of a directory that no walk has entered.

        Nothing above `home` is classified: the root, or the given one of a file from outside the project.
        """
        base = home or self.root
        walked = os.path.normpath(walked)
        # A builder may select any file.
        base = base if within(walked, base) else walked
        if base not in self._states:
            self._states[base] = self._first(base)
            self._inspect(self._states[base].directory)
        here = base
        # No recursion: there may be a thousand directories.
        for name in filter(None, walked[len(base) :].split(os.sep)):
            parent, here = here, os.path.join(here, name)
            if here not in self._states:
                self._states[here] = self.step(self._states[parent], name)
        return self._states[here]

    def _first(self, walked: str) -> DirectoryState:
        real = os.path.realpath(walked)
        return DirectoryState(DiskDirectory(real, relative(walked, self.root), walked), real)

    def step(self, parent: DirectoryState, name: str) -> DirectoryState:
        """Return the state of a subdirectory: classified, but not reported yet."""
        directory, link = parent.directory.child(name), parent.link
        is_link = name in parent.directory.links
        if is_link:
            directory = DiskDirectory(os.path.realpath(directory.walked), directory.path, directory.walked)
            link = link or directory.walked
        state, allow = parent._replace(directory=directory, link=link), self.options.allow
        # A negated pattern may exclude something below it again.
        if state.allowed or (allow.match(directory.path + "/") and not allow.negated):
            return state._replace(allowed=True)
        if is_link and not within(directory.location, state.home):
            state = state._replace(home=directory.location)
            if not self._is_forced(directory):
                evidence = Evidence("NC103", "symlink to a directory outside the project", "")
                outside = DirectoryFinding(directory, evidence, (), drops=self.options.symlinks in DROPPING)
                state = state._replace(outside=outside)
        return state if state.cache else state._replace(cache=self._classify(directory, is_link=is_link))

    def _is_forced(self, directory: DiskDirectory) -> bool:
        """Return whether `force-include` puts the same content in the same place."""
        location = directory.location
        return any(
            within(location, real) and "/".join(filter(None, (member, relative(location, real)))) == directory.path
            for real, member in ((os.path.realpath(source), member) for source, member in self._forced.items())
        )

    def _classify(self, directory: DiskDirectory, *, is_link: bool) -> DirectoryFinding | None:
        real = directory.location
        # Neither the root nor its parents: uv builds wheels inside its own cache.
        if within(self.real_root, real):
            return None
        if self.options.extra_caches.match(directory.path + "/"):
            return self._found(directory, Evidence("NC005", "cache directory", "matches `extra-caches`"))
        evidence = self._detect(directory)
        if evidence is not None:
            return self._found(directory, evidence)
        self._inspect(directory)
        if is_link and within(real, self.real_root):
            where = os.path.join(self.root, native(relative(real, self.real_root)))
            # Below /proc there are symlinks that `realpath` cannot resolve: they are their own real path.
            cache = self.at(where).cache if where != directory.walked else None
            if cache is not None:
                reason = f"symlink into {cache.path}/"
                evidence = cache.evidence._replace(reason=reason, hint="", output=False, by_hand="")
                return self._found(directory, evidence, drops=cache.drops)
        return self.parts.get(directory.walked)

    def _detect(self, directory: DiskDirectory) -> Evidence | None:
        if not is_candidate(directory, self._surroundings):
            return None
        # Most builds have no candidate, and import no more of detection.
        from hatch_nocache.caches.detect import detect

        return detect(directory, self._surroundings)

    def _found(self, directory: DiskDirectory, evidence: Evidence, *, drops: bool = True) -> DirectoryFinding:
        walked = directory.walked
        explicit = self._explicit().concerning(walked, output=evidence.output, by_hand=evidence.by_hand)
        # The directory itself is explicit: caches in it are part of it.
        whole = tuple(each for each in explicit if each.pattern is None and each.key and each.path == walked)
        drops = drops and not whole and self.options.caches in DROPPING
        return DirectoryFinding(directory, evidence, whole or explicit, drops=drops)

    def _inspect(self, directory: DiskDirectory) -> None:
        """Record an invalid tag, and the parts of an environment in place."""
        if TAG in directory.nondirectories or TAG in directory.subdirectories:
            from hatch_nocache.caches.detect import tag_problem

            problem = tag_problem(directory)
            if problem:
                self.invalid_tags[directory.path] = problem
        if "pyvenv.cfg" in directory.nondirectories:
            from hatch_nocache.caches.detect import in_place

            paths = [os.path.join(directory.walked, native(part.rstrip("/"))) for part in in_place(directory)]
            explicit = tuple(each for path in paths for each in self._explicit().concerning(path))
            evidence = Evidence("NC004", "virtual environment in place", "contains pyvenv.cfg", environment=True)
            finding = DirectoryFinding(directory, evidence, explicit, drops=self.options.caches in DROPPING)
            self.parts.update(dict.fromkeys(paths, finding))
