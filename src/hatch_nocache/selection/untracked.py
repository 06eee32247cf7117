"""Files that git does not track. Git runs once per sdist, and only in a work tree."""

from __future__ import annotations

import os
import subprocess
import unicodedata
from typing import TYPE_CHECKING

from hatch_nocache.paths import parents, relative, within

if TYPE_CHECKING:
    from hatch_nocache.selection.filter import SelectionFilter

# Git sets them for its hooks. They may be those of another repository.
_OTHER_REPOSITORY = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX")


def check_untracked(selection: SelectionFilter) -> None:
    """Report the untracked files of an sdist, and leave them out as the option says.

    Files behind a directory symlink are not checked, nor those that are forced, required or explicit, or that the
    project's wheel selects.
    """
    config, checker = selection.config, selection.checker
    root, entries = config.root, read_untracked(config.root)
    # A file that is rejected may be untracked, too; one in a dropped directory is left out already.
    files = {
        each.shown: each
        for each in (selection.files if entries else ())
        if not each.route.is_forced
        and within(each.path, root)
        and each.path not in checker.required
        and (each.is_packed or not any(within(each.path, found) for found in checker.dropped))
    }
    includes = (config.path_is_artifact, config.path_is_build_artifact, selection.options.allow.match)
    paths = sorted(
        path
        for path, each in files.items()
        if entry_of(path, entries)
        and each.state.link is None
        and not any(is_included(path) for is_included in includes)
        and not any(entry_of(relative(above, root), entries) for above in selection.explicit.above(each.path))
        and each.path not in selection.wheel_selects
    )
    shared = parents(files.keys() - paths) if paths else set()
    groups: dict[str, set[str]] = {}
    for path in paths:
        # The highest directory without other files, or the file.
        above = (f"{each}/" for each in sorted(parents([path]) - shared))
        highest = next((each for each in above if each.startswith(entry_of(path, entries))), path)
        groups.setdefault(highest, set()).add(path)
    for highest, inside in groups.items():
        finding = checker.messages.untracked(highest, len(inside))
        if finding.drops:
            for path in inside:
                files[path].is_packed = False
            # What else was found about these files counts no more.
            checker.findings = {each: None for each in checker.findings if each.path not in inside}
        checker.add(finding)


def read_untracked(root: str) -> set[str]:
    """Return git's list of the untracked paths, relative to `root`: a directory without tracked files ends with `/`.

    Nothing without git, if git refuses, or if `pyproject.toml` is not tracked: the project may have been unpacked into
    a directory that another repository ignores.
    """
    # `core.fsmonitor` could start any program.
    command = ["git", "-c", "core.fsmonitor=false", "ls-files", "-z", "--others", "--directory"]
    environ = {name: value for name, value in os.environ.items() if name not in _OTHER_REPOSITORY}
    try:
        done = subprocess.run(  # noqa: S603 - a constant command
            command, cwd=root, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError:
        return set()
    entries = set(filter(None, os.fsdecode(done.stdout).split("\0")))
    return set() if done.returncode or not entries.isdisjoint(("pyproject.toml", "./")) else entries


def entry_of(path: str, entries: set[str]) -> str:
    """Return the entry for a path: a directory of it, or the path; "" if git tracks it."""
    # Git and the file system may use different Unicode forms.
    for spelled in {path, unicodedata.normalize("NFC", path)}:
        for each in (spelled, f"{spelled}/", *(f"{parent}/" for parent in parents([spelled]))):
            if each in entries:
                return each
    return ""
