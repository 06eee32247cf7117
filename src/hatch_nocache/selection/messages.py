"""Findings and notes of a build, with their messages and hints."""

from __future__ import annotations

import json
import os
import stat
from typing import Mapping, Sequence

from hatch_nocache.caches.detect import link_owner
from hatch_nocache.config import Options
from hatch_nocache.members.symlinks import Symlink
from hatch_nocache.report import toml_pattern
from hatch_nocache.rules import OPTIONAL, Action, Finding, Hint, Note, count
from hatch_nocache.selection.directory import DirectoryFinding

_ACTIONS = {"drop": Action.DROPPED, "reject": Action.REJECTED, "keep": Action.NOTICE, "copy": Action.COPIED}
_SPECIAL = {"p": "FIFO", "s": "socket", "c": "character device", "b": "block device"}
_INSIDE = "change the target path so that it is inside the archive"
# Rejected members: code, what it is, and a hint.
_MEMBERS = {
    "outside": ("NC202", "archive member outside the archive root", _INSIDE),
    "name": ("NC203", "file name that installers refuse", "rename the file"),
    "time": ("NC203", "time that installers refuse", "touch the file"),
    "NC204": ("NC204", "hard link that installers refuse", "exclude one of the two"),
    "NC205": ("NC205", "colliding archive member", "exclude one of the two"),
}


class Messages:
    """Makes the findings and notes of one target.

    In hints, `hook` is the table of the hook, and `exclude` the one whose `exclude` is in force. The `option` of a
    method selects a path despite `exclude`; "" is none.
    """

    def __init__(self, options: Options, hook: str, exclude: str) -> None:
        self._options = options
        self._hook = hook
        self._exclude = exclude

    def _allow(self, path: str, purpose: str = "pack it anyway") -> Hint:
        return Hint(purpose, f"add {{}} to `allow` in {self._hook}", toml_pattern(path))

    def _set(self, purpose: str, key: str, value: str) -> Hint:
        return Hint(purpose, f'set {key} = "{value}" in {self._hook}')

    def leave_out(self, path: str, option: str) -> Hint:
        if option:
            return Hint("leave it out", f"remove it from {option}")
        purpose = "leave it out" if ".targets." in self._exclude else "leave it out of every target"
        return Hint(purpose, f"add {{}} to `exclude` in {self._exclude}", toml_pattern(path))

    def directory(self, found: DirectoryFinding, option: str) -> Finding | None:
        """Return the finding about a cache, an environment or NC103, unless an option packs it."""
        if found.evidence.code == "NC103":
            if "symlinks" in self._options.given and not found.drops:
                return None
            action, text = _ACTIONS[self._options.symlinks], os.readlink(found.walked)
            finding = Finding("NC103", found.path, found.evidence.name, "", action, target=text)
            return self._with_hints(finding, "its files", self.leave_out(found.path, option))
        keys = list(dict.fromkeys(f"`{each.key}`" for each in found.explicit if each.key))
        if not found.drops:
            return self.explicit(found, ", ".join(keys)) if keys else None
        action = _ACTIONS[self._options.caches]
        note = f"except paths listed in {' and '.join(keys)}" if keys else ""
        hints = [self._set("leave it out", "caches", "drop")] if action is Action.REJECTED else []
        in_place = found.path == "."
        hints.append(self._set("pack it anyway", "caches", "keep") if in_place else self._allow(f"{found.path}/"))
        if found.evidence.hint:
            hints.append(Hint("", found.evidence.hint))
        return self.explicit(found, "")._replace(action=action, note=note, hints=tuple(hints))

    def explicit(self, found: DirectoryFinding, keys: str) -> Finding:
        """Return the notice about explicit files in a cache. No other file is selected."""
        evidence, note = found.evidence, f"listed in {keys}"
        finding = Finding(evidence.code, f"{found.path}/", evidence.name, evidence.reason, Action.NOTICE, note)
        return finding._replace(is_environment=evidence.environment)

    def required(self, path: str, by: str, found: DirectoryFinding) -> Finding:
        kind = "virtual environment" if found.evidence.environment else "cache directory"
        where = f"inside {found.path}/, which is a {kind}"
        if found.evidence.code == "NC103":
            where = "behind a symlink out of the project"
        what = f"required by {by if by == 'the build' else f'`{by}`'}, but {where}"
        return Finding(found.evidence.code, path, what, "", Action.REJECTED, hints=(self._allow(path),))

    def untracked(self, path: str, number: int) -> Finding:
        """Return the finding about an untracked file, or `number` files in a directory."""
        action = _ACTIONS[self._options.untracked]
        what = f"{count(number, 'file')}, not tracked by git" if path.endswith("/") else "not tracked by git"
        hints = [self._allow(path, "pack it without this notice" if action is Action.NOTICE else "pack it anyway")]
        if action is not Action.DROPPED:
            hints.insert(0, self._set("leave out untracked files", "untracked", "drop"))
        return Finding("NC006", path, what, "", action, hints=tuple(hints))

    def symlink(self, problem: Finding, symlink: Symlink, option: str, *, is_required: bool) -> Finding:
        """Return the finding about the problem of a symlink. `is_required`: it cannot be left out."""
        action, content = problem.action, "the target file" if symlink.is_file else ""
        if problem.code in OPTIONAL:
            action = _ACTIONS[self._options.symlinks]
            if (action is Action.DROPPED and is_required) or (action is Action.COPIED and not content):
                action = Action.REJECTED
        reason = "" if problem.path.endswith(symlink.member) else f"in the archive: {symlink.member}"
        leave_out = () if is_required else (self.leave_out(problem.path, option),)
        return self._with_hints(problem._replace(reason=reason, action=action), content, *leave_out)

    def _with_hints(self, finding: Finding, content: str, *leave_out: Hint) -> Finding:
        """Add the hints to a finding about a symlink, or name the tool that it belongs to.

        `content` could be packed instead; "" is none.
        """
        is_optional = finding.code in OPTIONAL
        owner, path = link_owner(finding.path, finding.target) if is_optional else ("", "")
        if owner:
            hint = Hint("leave it out", f"add {{}} to `exclude` in {self._exclude}", json.dumps(f"/{path}"))
            finding = finding._replace(path=path, what=owner, reason="", note="symlinks out of the project", target="")
            return finding._replace(hints=(hint,)) if finding.is_rejected else finding
        can_copy = finding.drops and content and is_optional and self._options.symlinks != "copy"
        hints = [self._set(f"pack {content}", "symlinks", "copy")] if can_copy else []
        if finding.is_rejected:
            hints = [*hints, *leave_out] or [Hint("", "replace it with a regular file")]
        return finding._replace(hints=tuple(hints))

    def alias(self, link: str, target: str, known_as: str, names: Sequence[str]) -> Finding:
        packed = " and ".join(filter(None, (", ".join(f"{name}/" for name in names[:-1]), f"{names[-1]}/")))
        others = f"only {known_as}/" if known_as in names else "none of its files"
        reason, note = f"Hatchling would pack {others}", f"packed as {packed}"
        return Finding("NC106", link, "directory with several names", reason, Action.NOTICE, note, target)

    def special(self, mode: int, path: str, option: str) -> Finding:
        kind = _SPECIAL.get(stat.filemode(mode)[0], "special file")
        note = "installers accept only regular files, directories and symlinks"
        return Finding("NC201", path, kind, "", Action.REJECTED, note, hints=(self.leave_out(path, option),))

    def member(self, row: str, path: str, reason: str, *hints: Hint) -> Finding:
        """Return the finding about a rejected member. `row` is one of `_MEMBERS`."""
        code, what, action = _MEMBERS[row]
        return Finding(code, path, what, reason, Action.REJECTED, hints=(Hint("", action), *hints))

    def invalid_tags(self, problems: Mapping[str, str], target: str) -> Note:
        """Return the note about invalid tags: directory ("" for the root) to problem."""
        directories = count(len(problems), "directory")
        tags = ((f"{path}/CACHEDIR.TAG".lstrip("/"), problem) for path, problem in problems.items())
        lines = tuple(f"{tag}   invalid: {problem}" for tag, problem in tags)
        add = f"add {{}} to `extra-caches` in {self._hook}"
        hints = tuple(Hint("leave it out", add, toml_pattern(f"{path}/")) for path in problems if path)
        return Note(f"packed {directories} with an invalid CACHEDIR.TAG into the {target}", lines, hints)

    def lost(self, paths: Sequence[str]) -> Note:
        hint = Hint("", "give the sdist the same options as the wheel, or exclude the files from the wheel too")
        header = f"the wheel built from this sdist will lack {count(len(paths), 'file')}"
        return Note(header, tuple(paths), (hint,))

    def unused_allow(self, patterns: Sequence[str]) -> Note:
        quoted = tuple(f"{json.dumps(pattern, ensure_ascii=False)} matched nothing" for pattern in patterns)
        entries = count(len(patterns), "entry")
        return Note(f"{entries} of `allow` in {self._hook} can be removed", quoted)
