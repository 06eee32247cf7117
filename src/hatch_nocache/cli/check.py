"""Check one path of the command line: a project, a workspace, an archive or a directory of archives."""

from __future__ import annotations

import contextlib
import os
from types import SimpleNamespace
from typing import NamedTuple, Sequence

from hatch_nocache._hatchling import Route
from hatch_nocache.archive import UnreadableArchive, inspect, read_member
from hatch_nocache.caches import declared
from hatch_nocache.cli.dry_run import check_project
from hatch_nocache.cli.result import Problem, Result, part
from hatch_nocache.cli.tables import Tables, read_file, workspace_members
from hatch_nocache.config import ConfigError, Options, table
from hatch_nocache.paths import native, parents
from hatch_nocache.patterns import Patterns
from hatch_nocache.report import toml_pattern
from hatch_nocache.rules import OPTIONAL, Action, Category, Finding, Hint, Note
from hatch_nocache.selection.checker import Checker, Selected, UnreadableError
from hatch_nocache.selection.directory import DirectoryStates
from hatch_nocache.selection.explicit import ExplicitPaths
from hatch_nocache.selection.walk import filtered_walk

_ARCHIVES = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lzma", ".tar.z", ".zip")
_PROJECT = {"pyproject.toml", "setup.py", "setup.cfg"}
_ROOT = os.path.abspath(os.sep)
_EXCLUDE = "exclude {} in the configuration of the build backend"
_UNKNOWN = "the files that the backend packs are unknown; check its archives with `hatch-nocache check dist`"
# Version control directories: no backend packs them.
_SKIPPED = {".bzr", ".git", ".hg", ".jj", ".sl", ".svn"}


class Request(NamedTuple):
    """The options of `check` that affect findings: `allow` is for archives, the others are for projects."""

    targets: Sequence[str] = ()
    allow: Patterns = Patterns(())
    run_hooks: bool = False


def check(path: str, request: Request) -> list[Result]:
    """Check `path`. Errors are in the results."""
    if os.path.isfile(path):
        return [_archive(path, request.allow)]
    try:
        names = sorted(os.listdir(path))
        # Fails for a relative path if the working directory was deleted.
        os.path.realpath(path)
    except OSError as error:
        # Such as a FIFO, on which reading would hang.
        other = "it is neither a directory nor a regular file" if os.path.lexists(path) else "no such file or directory"
        return [Result(path, errors=(Problem(str(error.strerror) if os.path.isdir(path) else other),))]
    if not names:
        # An empty `dist` must not pass.
        return [Result(path, errors=(Problem("the directory is empty"),))]
    archives = [name for name in names if name.lower().endswith(_ARCHIVES)]
    if archives and _PROJECT.isdisjoint(names):
        return [check(os.path.normpath(os.path.join(path, name)), request)[0] for name in archives]
    tables = Tables(path, read_file)
    members = workspace_members(path, tables)
    # The root of a uv workspace need not be built.
    projects = members if members and not tables.backend else [path, *members]
    return [_project(each, request) for each in projects]


def _project(path: str, request: Request) -> Result:
    tables = Tables(path, read_file)
    if tables.problem is not None:
        return Result(path, "project", errors=(tables.problem,))
    if tables.is_hatchling:
        return check_project(path, tables, request.targets, run_hooks=request.run_hooks)
    return _tree(path, tables.backend)


def _tree(path: str, backend: str) -> Result:
    """Report caches, environments and symlinks that the root's `.gitignore` does not match. Nothing is rejected."""
    root = os.path.realpath(path)
    notes, ignored = [_UNKNOWN], Patterns(())
    try:
        ignored = Patterns(os.fsdecode(read_file(root, ".gitignore") or b"").splitlines())
    except (OSError, ValueError) as error:
        notes.append(f".gitignore cannot be read ({error}), so no file was skipped")
    options = Options({"caches": "drop", "symlinks": "drop"}, "")
    surroundings = declared.read(root, os.environ, "", ())
    states = DirectoryStates(root, options, surroundings, lambda: ExplicitPaths(root, {}, {}), {})
    checker = Checker("", states, {}, ("", ""))
    # Every file is selected, as if the whole tree were forced in.
    route = Route(SimpleNamespace(root=root), "recurse_forced_files", {})
    for state, directories, files in filtered_walk(root, states, route, checker.report):
        prefix = f"{state.directory.path}/".lstrip("/")
        walked = {name for name in directories if not ignored.match(f"{prefix}{name}/")}
        directories[:] = sorted(walked - _SKIPPED)
        for name in files:
            # A file may be unreadable, or vanish.
            with contextlib.suppress(OSError, UnreadableError):
                if not ignored.match(prefix + name):
                    where = os.path.join(state.directory.walked, name)
                    checker.check(Selected(where, prefix + name, state, route))
    notices = (each._replace(action=Action.NOTICE) for each in checker.findings)
    findings = [each._replace(hints=(Hint("leave it out", _EXCLUDE, toml_pattern(each.path)),)) for each in notices]
    about = f"built by {backend or 'no known backend'}, not by Hatchling"
    return Result(path, "tree", about, (part("tree", findings),), tuple(notes))


def _archive(path: str, allow: Patterns) -> Result:
    try:
        report = inspect(path)
        tables = Tables(path, read_member if report.kind == "sdist" else lambda *_: None)
    except UnreadableArchive as error:
        return Result(path, errors=(Problem(str(error)),))
    options = _Declared(tables, allow)
    findings = [each._replace(hints=options.hints(each)) for each in report.findings if not options.accept(each)]
    notes = [Note(f"{tables.problem.file} in it {tables.problem.text}")] if tables.problem else []
    about = f"sdist, top-level directory {report.root}/" if report.root else report.kind
    archive = part("archive", findings, notes, more=report.more)
    return Result(path, report.kind, about, (archive,), members=report.members, size=report.size)


class _Declared:
    """The options for an archive: --allow, and the tables in an sdist."""

    def __init__(self, tables: Tables, allow: Patterns) -> None:
        self._tables = tables
        self._allow = allow
        self._table, self._prefix = tables.hook("sdist")
        try:
            self._options = Options(self._table or {}, "sdist")
        except ConfigError:
            # A build with these options would have failed.
            self._options = Options({}, "sdist")
        self._explicit = ExplicitPaths(_ROOT, tables.build, table(tables.build, "targets"))
        forced = (table(tables.build, *keys, "force-include") for keys in ((), ("targets", "sdist")))
        # Member to source.
        self._forced = {str(member).strip("/"): str(source) for each in forced for source, member in each.items()}

    def accept(self, finding: Finding) -> bool:
        """Return whether the hook would have packed it."""
        # The sources from which the path may be forced in.
        above = (each for each in self._forced.items() if f"{finding.path}/".startswith(f"{each[0]}/"))
        forced = [os.path.normpath(source) + finding.path[len(member) :] for member, source in above]
        if any(self._allow.match(path) or self._options.allow.match(path) for path in (finding.path, *forced)):
            return True
        if finding.code in OPTIONAL:
            return self._options.symlinks == "keep"
        if finding.category is not Category.DIRECTORY:
            # The build has already reported a notice.
            return self._table is not None and not finding.is_rejected
        if forced or self._options.caches == "keep":
            return True
        path, extra = finding.path.rstrip("/"), self._options.extra_caches
        # In the build, it may have been part of a directory of `extra-caches`.
        path = next((each for each in sorted(parents([path])) if each and extra.match(f"{each}/")), path)
        where = os.path.join(_ROOT, native(path))
        explicit = self._explicit.concerning(where)
        # Without the hook, the archive also contains all other files of the directory.
        return any(self._table is not None or (each.path == where and not each.pattern) for each in explicit)

    def hints(self, finding: Finding) -> tuple[Hint, ...]:
        """Return hints that fit how the archive was built."""
        if not finding.is_rejected or finding.category is Category.MEMBER:
            return ()
        entry = toml_pattern(finding.path)
        if self._table is not None:
            where = f"[{self._prefix}] of the project's {self._tables.build_file}"
            return (Hint("accept it", f"add {{}} to `allow` in {where}", entry),)
        leave = "build it with the hook hatch-nocache" if self._tables.is_hatchling else _EXCLUDE
        return Hint("leave it out", leave, entry), Hint("accept it", "pass {} to --allow", entry)
