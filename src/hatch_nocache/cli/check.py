"""Check one path of the command line.

It is a project, a workspace, an archive or a directory of archives.
"""

from __future__ import annotations

import os
from typing import NamedTuple, Sequence

from hatch_nocache.archive import UnreadableArchive, inspect, read_member
from hatch_nocache.cli.dry_run import check_project
from hatch_nocache.cli.other_backend import check_tree
from hatch_nocache.cli.result import Problem, Result, part
from hatch_nocache.cli.tables import Tables, table, workspace_members
from hatch_nocache.config import ConfigError, Options, parse
from hatch_nocache.paths import native
from hatch_nocache.patterns import Patterns
from hatch_nocache.report import toml_pattern
from hatch_nocache.rules import OPTIONAL, Category, Finding, Hint, Note
from hatch_nocache.selection.explicit import ExplicitPaths

_ARCHIVES = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lzma", ".tar.z", ".zip")
_PROJECT = ("pyproject.toml", "setup.py", "setup.cfg")


class Request(NamedTuple):
    """The options of `check` that affect findings.

    `allow` is for archives, the others are for projects.
    """

    targets: Sequence[str] = ()
    allow: Patterns = Patterns(())
    run_hooks: bool = False


def check(path: str, request: Request) -> list[Result]:
    """Check `path`. Errors are in the results."""
    if os.path.isdir(path):
        return _directory(path, request)
    if not os.path.lexists(path):
        return [_failed(path, "no such file or directory")]
    # Reading would hang on a FIFO.
    if not os.path.isfile(path):
        return [_failed(path, "it is neither a directory nor a regular file")]
    return [_archive(path, request.allow)]


def _failed(path: str, text: str) -> Result:
    return Result(path, "unknown", errors=(Problem(text),))


def _directory(path: str, request: Request) -> list[Result]:
    try:
        names = sorted(os.listdir(path))
        # Fails for a relative path if the working directory was deleted.
        os.path.realpath(path)
    except OSError as error:
        return [_failed(path, error.strerror or str(error))]
    if not names:
        # An empty `dist` must not pass.
        return [_failed(path, "the directory is empty")]
    if not any(name in names for name in _PROJECT):
        paths = (os.path.normpath(os.path.join(path, name)) for name in names)
        archives = [check(each, request)[0] for each in paths if each.lower().endswith(_ARCHIVES)]
        if archives:
            return archives
    tables = Tables.read_directory(path)
    members = workspace_members(path, tables)
    # The root of a uv workspace need not be built.
    projects = members if members and not tables.backend else [path, *members]
    return [_project(each, request) for each in projects]


def _project(path: str, request: Request) -> Result:
    tables = Tables.read_directory(path)
    if tables.problem is not None:
        return Result(path, "project", errors=(tables.problem,))
    if tables.is_hatchling:
        return check_project(path, tables, request.targets, run_hooks=request.run_hooks)
    return check_tree(path, tables)


def _archive(path: str, allow: Patterns) -> Result:
    try:
        report = inspect(path)
        tables = Tables.read(lambda name: read_member(path, name) if report.kind == "sdist" else None)
    except UnreadableArchive as error:
        return _failed(path, str(error))
    notes = [Note(f"{tables.problem.file} in it {tables.problem.text}")] if tables.problem else []
    declared = _Declared(tables, allow)
    findings = [declared.with_hints(finding) for finding in report.findings if not declared.accepts(finding)]
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
            self._options = parse(self._table or {}, prefix="", target="sdist")
        except ConfigError:
            # A build with these options would have failed.
            self._options = Options({}, "sdist")
        self._explicit = ExplicitPaths(os.path.abspath(os.sep), tables.build, table(tables.build, "targets"))
        forced = (table(tables.build, *keys, "force-include") for keys in ((), ("targets", "sdist")))
        # Member to source.
        self._forced = {str(member).strip("/"): str(source) for each in forced for source, member in each.items()}

    def accepts(self, finding: Finding) -> bool:
        """Return whether the hook would have packed it."""
        if any(self._allow.match(path) or self._options.allow.match(path) for path in self._paths(finding.path)):
            return True
        if finding.code in OPTIONAL:
            return self._options.symlinks == "keep"
        if not finding.is_rejected:
            # The build has already reported it.
            return self._table is not None
        is_directory = finding.category is Category.DIRECTORY
        return is_directory and (self._options.caches == "keep" or self._is_explicit(finding.path.rstrip("/")))

    def _paths(self, path: str) -> list[str]:
        """Return the path in the archive, and those in the project from which it may be forced in."""
        forced = [member for member in self._forced if f"{path}/".startswith(f"{member}/")]
        return [path, *(os.path.normpath(self._forced[member]) + path[len(member) :] for member in forced)]

    def _is_explicit(self, path: str) -> bool:
        if len(self._paths(path)) > 1:
            return True
        where = os.path.join(os.path.abspath(os.sep), native(path))
        explicit = self._explicit.concerning(where)
        # Without the hook, the archive also contains all other files of the directory.
        return any(self._table is not None or (each.path == where and not each.pattern) for each in explicit)

    def with_hints(self, finding: Finding) -> Finding:
        """Return a finding with hints that fit how the archive was built."""
        if not finding.is_rejected or finding.category is Category.MEMBER:
            return finding
        entry = toml_pattern(finding.path)
        if self._table is not None:
            where = f"[{self._prefix}] of the project's {self._tables.build_file}"
            return finding._replace(hints=(Hint("accept it", f"add {{}} to `allow` in {where}", entry),))
        exclude = "exclude {} in the configuration of the build backend"
        leave = "build it with the hook hatch-nocache" if self._tables.is_hatchling else exclude
        return finding._replace(
            hints=(Hint("leave it out", leave, entry), Hint("accept it", "pass {} to --allow", entry))
        )
