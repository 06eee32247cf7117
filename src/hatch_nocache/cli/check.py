"""One path of the command line → results: a project, a workspace, an archive or a directory of archives."""

from __future__ import annotations

import contextlib
import os
from typing import List, NamedTuple, Optional, Sequence, Tuple

from hatch_nocache.archive import UnreadableArchive, inspect, read_member, unsupported
from hatch_nocache.cli.dry_run import check_project
from hatch_nocache.cli.other_backend import check_tree
from hatch_nocache.cli.result import Problem, Result, part
from hatch_nocache.cli.tables import Tables, TablesError, read_file, table, workspace_members
from hatch_nocache.config import ConfigError, Options, parse
from hatch_nocache.paths import native
from hatch_nocache.patterns import Patterns, toml_pattern
from hatch_nocache.rules import OPTIONAL, Category, Finding, Hint, Note
from hatch_nocache.selection.explicit import ExplicitPaths

__all__ = ["Request", "check"]

_ARCHIVES = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")
_PROJECT = ("pyproject.toml", "setup.py", "setup.cfg")
_NOT_FOR_PROJECTS = "--allow is for archives; a project has the option `allow`"


class Request(NamedTuple):
    """The options of `check` that decide on findings."""

    targets: Sequence[str] = ()
    allow: Patterns = Patterns(())
    run_hooks: bool = False


def check(path: str, request: Request) -> List[Result]:
    """Check `path`. Errors are in the results."""
    if os.path.isdir(path):
        return _directory(path, request)
    if not os.path.lexists(path):
        return [_failed(path, "there is no such file or directory")]
    # Reading would hang on a FIFO.
    if not os.path.isfile(path):
        return [_failed(path, "it is neither a directory nor a regular file")]
    return [_archive(path, request.allow)]


def _failed(path: str, text: str) -> Result:
    return Result(path, "unknown", errors=(Problem(text),))


# --- Directories ------------------------------------------------------------------------------------------------------


def _directory(path: str, request: Request) -> List[Result]:
    try:
        names = sorted(os.listdir(path))
        # A relative path leads nowhere from a directory that was deleted.
        os.path.realpath(path)
    except OSError as error:
        return [_failed(path, error.strerror or str(error))]
    if not names:
        # Nobody should take an empty `dist` for good archives.
        return [_failed(path, "the directory is empty")]
    if not any(name in names for name in _PROJECT):
        paths = (os.path.normpath(os.path.join(path, name)) for name in names)
        archives = [_archive(each, request.allow) for each in paths if _is_archive(each)]
        if archives:
            return archives
    result, tables = _project(path, request)
    members = [] if tables is None else workspace_members(path, tables)
    results = [_project(os.path.normpath(os.path.join(path, member)), request)[0] for member in members]
    # The root of a uv workspace need not be built.
    is_virtual = bool(members) and tables is not None and not tables.backend
    return results if is_virtual else [result, *results]


def _is_archive(path: str) -> bool:
    with contextlib.suppress(OSError):
        return os.path.isfile(path) and (path.lower().endswith(_ARCHIVES) or unsupported(path) is not None)
    return False


def _project(path: str, request: Request) -> Tuple[Result, Optional[Tables]]:
    try:
        tables = Tables.read(lambda name: read_file(os.path.join(path, name)))
    except TablesError as error:
        return Result(path, "project", errors=error.args), None
    if tables.is_hatchling:
        result = check_project(path, tables, request.targets, run_hooks=request.run_hooks)
    elif request.targets:
        result = Result(path, "tree", errors=(Problem("Hatchling does not build it, so there are no targets"),))
    else:
        result = check_tree(path, tables)
    notes = (*result.notes, _NOT_FOR_PROJECTS) if request.allow else result.notes
    return result._replace(notes=notes), tables


# --- Archives ---------------------------------------------------------------------------------------------------------


def _archive(path: str, allow: Patterns) -> Result:
    notes: List[Note] = []
    try:
        report = inspect(path)
        try:
            tables = Tables.read(lambda name: read_member(path, name) if report.kind == "sdist" else None)
        except TablesError as error:
            tables = Tables({}, {}, {})
            notes.append(Note(f"{error.args[0].file} in it {error.args[0].text}"))
    except UnreadableArchive as error:
        return _failed(path, str(error))
    declared = _Declared(tables, allow)
    findings = [declared.with_hints(finding) for finding in report.findings if not declared.accepts(finding)]
    about = f"sdist, top-level directory {report.root}/" if report.root else report.kind
    archive = part("archive", findings, notes, more=report.more)
    return Result(path, report.kind, about, (archive,), members=report.members, size=report.size)


class _Declared:
    """What the user has declared about an archive: by --allow, and in the tables that an sdist contains."""

    def __init__(self, tables: Tables, allow: Patterns) -> None:
        self._tables = tables
        self._allow = allow
        self._table, self._prefix = tables.hook("sdist")
        try:
            self._options = parse(self._table or {}, prefix="", target="sdist")
        except ConfigError:
            # No build has run with these options.
            self._options = Options({}, "sdist")
        self._explicit = ExplicitPaths(os.path.abspath(os.sep), tables.build, table(tables.build, "targets"))
        forced = (table(tables.build, *keys, "force-include") for keys in ((), ("targets", "sdist")))
        self._forced = [str(member).strip("/") for each in forced for member in each.values()]

    def accepts(self, finding: Finding) -> bool:
        """Return whether the hook would have let the finding through."""
        if self._allow.match(finding.path) or self._options.allow.match(finding.path):
            return True
        if finding.code in OPTIONAL:
            return self._options.symlinks == "keep"
        if not finding.is_rejected:
            # The build has said so.
            return self._table is not None
        is_directory = finding.category is Category.DIRECTORY
        return is_directory and (self._options.caches == "keep" or self._is_explicit(finding.path.rstrip("/")))

    def _is_explicit(self, path: str) -> bool:
        if any(f"{path}/".startswith(f"{member}/") for member in self._forced):
            return True
        where = os.path.join(os.path.abspath(os.sep), native(path))
        explicit = self._explicit.concerning(where)
        # Without the hook, all other files in the directory are in the archive, too.
        return any(self._table is not None or (each.path == where and not each.pattern) for each in explicit)

    def with_hints(self, finding: Finding) -> Finding:
        """Return a finding with hints that fit how the archive was built."""
        if not finding.is_rejected or finding.category is Category.MEMBER:
            return finding
        entry = toml_pattern(finding.path)
        if self._table is not None:
            where = f"[{self._prefix}] of the project's {self._tables.build_file}"
            return finding._replace(hints=(Hint("accept it", f"add {{}} to `allow` in {where}", entry),))
        exclude = Hint("leave it out", "exclude {} in the configuration of the build backend", entry)
        build = Hint("leave it out", "build it with the hook hatch-nocache")
        accept = Hint("accept it", "pass --allow {}", entry)
        return finding._replace(hints=(build if self._tables.is_hatchling else exclude, accept))
