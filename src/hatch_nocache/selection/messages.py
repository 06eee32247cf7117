"""Findings and notes of a build, with their messages and hints."""

from __future__ import annotations

import json
import os
import stat
from typing import Mapping, NamedTuple, Sequence

from hatch_nocache.caches.detect import link_owner
from hatch_nocache.config import Options
from hatch_nocache.members.symlinks import SymlinkProblem
from hatch_nocache.patterns import toml_pattern
from hatch_nocache.rules import OPTIONAL, Action, Finding, Hint, Note
from hatch_nocache.selection.directory import DirectoryFinding

_CACHE_ACTIONS = {"drop": Action.DROPPED, "reject": Action.REJECTED, "keep": Action.NOTICE}
_SYMLINK_ACTIONS = {**_CACHE_ACTIONS, "copy": Action.COPIED}
_SPECIAL = (
    (stat.S_ISFIFO, "FIFO"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "character device"),
    (stat.S_ISBLK, "block device"),
)


class Advice(NamedTuple):
    """The tables in hints: that of the hook, and that whose `exclude` is in force."""

    hook: str
    exclude: str

    def allow(self, path: str, purpose: str = "pack it anyway") -> Hint:
        """Return the hint to pack a path unchecked."""
        return Hint(purpose, f"add {{}} to `allow` in {self.hook}", toml_pattern(path))

    def option(self, purpose: str, key: str, value: str) -> Hint:
        """Return the hint to set an option of the hook."""
        return Hint(purpose, f'set {key} = "{value}" in {self.hook}')

    def leave_out(self, path: str, option: str = "") -> Hint:
        """Return the hint to leave a path out.

        `option` selects the path despite `exclude`.
        """
        if option:
            return Hint("leave it out", f"remove it from {option}")
        purpose = "leave it out of every target" if self.is_general else "leave it out"
        return Hint(purpose, f"add {{}} to `exclude` in {self.exclude}", toml_pattern(path))

    @property
    def is_general(self) -> bool:
        """Whether the `exclude` in force is that of all targets."""
        return ".targets." not in self.exclude


# --- Directories ------------------------------------------------------------------------------------------------------


def directory(found: DirectoryFinding, key: str, options: Options, option: str, advice: Advice) -> Finding | None:
    """Return the finding about a directory: a cache, an environment, or NC103.

    `key` is the option that lists it as a whole, "" for none. None if an option packs it.
    """
    evidence, path = found.evidence, f"{found.path}/"
    if evidence.code == "NC103":
        return _outside_directory(found, options, option, advice)
    if not key and options.caches == "keep":
        return None
    action = Action.NOTICE if key else _CACHE_ACTIONS[options.caches]
    keys = dict.fromkeys(f"`{each.key}`" for each in found.explicit if each.key and each.key != "allow")
    note = f"listed in {', '.join(keys)}" if key else f"except paths listed in {' and '.join(keys)}" if keys else ""
    hints = [advice.option("leave it out", "caches", "drop")] if action is Action.REJECTED else []
    if action is not Action.NOTICE:
        in_place = found.path == "."
        hints.append(advice.option("pack it anyway", "caches", "keep") if in_place else advice.allow(path))
    if evidence.hint and action is not Action.NOTICE:
        hints.append(Hint("", evidence.hint))
    finding = Finding(evidence.code, path, evidence.name, evidence.reason, action, note, hints=tuple(hints))
    return finding._replace(is_environment=evidence.environment)


def _outside_directory(found: DirectoryFinding, options: Options, option: str, advice: Advice) -> Finding | None:
    if "symlinks" in options.given and options.symlinks in ("keep", "copy"):
        return None
    action = _SYMLINK_ACTIONS[options.symlinks]
    path, text = found.path, found.link_target
    hints: tuple[Hint, ...] = ()
    owner, owned = link_owner(path, text)
    if action is Action.REJECTED and not owner:
        hints = (advice.option("pack its files", "symlinks", "copy"), advice.leave_out(path, option))
    if owner:
        if action is Action.REJECTED:
            hints = (_leave_owner_out(f"/{owned}", advice),)
        return Finding("NC103", owned, owner, "", action, "symlinks out of the project", hints=hints)
    if action is Action.DROPPED:
        hints = (advice.option("pack its files", "symlinks", "copy"),)
    what = "symlink to a directory outside the project"
    return Finding("NC103", path, what, "", action, target=text, hints=hints)


def _leave_owner_out(pattern: str, advice: Advice) -> Hint:
    return Hint("leave it out", f"add {{}} to `exclude` in {advice.exclude}", json.dumps(pattern))


def explicit(found: DirectoryFinding, key: str) -> Finding:
    """Return the notice about explicit files in a cache. No other file is selected."""
    evidence = found.evidence
    finding = Finding(
        evidence.code, f"{found.path}/", evidence.name, evidence.reason, Action.NOTICE, f"listed in `{key}`"
    )
    return finding._replace(is_environment=evidence.environment)


def required(path: str, by: str, found: DirectoryFinding, advice: Advice) -> Finding:
    """Return the finding about a required file in a directory that is left out."""
    kind = "virtual environment" if found.evidence.environment else "cache directory"
    where = f"inside {found.path}/, which is a {kind}"
    if found.evidence.code == "NC103":
        where = "behind a symlink out of the project"
    what = f"required by {by if by == 'the build' else f'`{by}`'}, but {where}"
    return Finding(found.evidence.code, path, what, "", Action.REJECTED, hints=(advice.allow(path),))


def untracked(path: str, count: int, option: str, advice: Advice) -> Finding:
    """Return the finding about an untracked file, or `count` files in a directory."""
    action = _CACHE_ACTIONS[option]
    what = (
        f"{count} {'file' if count == 1 else 'files'}, not tracked by git"
        if path.endswith("/")
        else "not tracked by git"
    )
    hints = [advice.allow(path, "pack it without this notice" if action is Action.NOTICE else "pack it anyway")]
    if action is not Action.DROPPED:
        hints.insert(0, advice.option("leave out untracked files", "untracked", "drop"))
    return Finding("NC006", path, what, "", action, hints=tuple(hints))


# --- Symlinks ---------------------------------------------------------------------------------------------------------


def symlink(  # noqa: PLR0913 - the parts of a finding
    problem: SymlinkProblem, path: str, member: str, options: Options, option: str, advice: Advice, *, is_required: bool
) -> Finding:
    """Return the finding about one symlink.

    `option` selects it despite `exclude`; `is_required`: it cannot be left out.
    """
    action = _symlink_action(problem, options, is_required=is_required)
    reason = "" if path.endswith(member) else f"in the archive: {member}"
    owner, owned = link_owner(path, problem.text)
    if owner and problem.code in OPTIONAL:
        hints: tuple[Hint, ...] = (_leave_owner_out(f"/{owned}", advice),) if action is Action.REJECTED else ()
        return Finding(problem.code, owned, owner, "", action, "symlinks out of the project", hints=hints)
    hints = ()
    if action is Action.REJECTED:
        copy = [advice.option("pack the target file", "symlinks", "copy")] if problem.can_copy else []
        leave = [] if is_required else [advice.leave_out(path, option)]
        hints = (*(copy if problem.code in OPTIONAL and options.symlinks != "copy" else []), *leave)
        hints = hints or (Hint("", "replace it with a regular file"),)
    elif action is Action.DROPPED:
        hints = (advice.option("pack the target file", "symlinks", "copy"),) if problem.can_copy else ()
    return Finding(problem.code, path, problem.what, reason, action, problem.note, problem.text, hints)


def allowed_symlink(problem: SymlinkProblem, path: str) -> Finding:
    """Return the notice about an allowed symlink that installers refuse."""
    return Finding(problem.code, path, problem.what, "", Action.NOTICE, problem.note, problem.text)


def _symlink_action(problem: SymlinkProblem, options: Options, *, is_required: bool) -> Action:
    if problem.needs_content:
        return Action.COPIED
    if problem.code not in OPTIONAL:
        return Action.REJECTED if problem.rejected else Action.NOTICE
    action = _SYMLINK_ACTIONS[options.symlinks]
    if (action is Action.DROPPED and is_required) or (action is Action.COPIED and not problem.can_copy):
        return Action.REJECTED
    return action


def alias(link: str, target: str, known_as: str, names: Sequence[str]) -> Finding:
    """Return the notice about a directory with several names.

    `names` are the packed ones.
    """
    packed = " and ".join(filter(None, (", ".join(f"{name}/" for name in names[:-1]), f"{names[-1]}/")))
    reason = f"Hatchling would pack only {known_as}/" if known_as in names else "Hatchling would pack none of its files"
    return Finding("NC106", link, "directory with several names", reason, Action.NOTICE, f"packed as {packed}", target)


# --- Members ----------------------------------------------------------------------------------------------------------


def special(location: str, path: str, option: str, advice: Advice) -> Finding:
    """Return the finding about a FIFO, socket or device at `location`."""
    mode = os.lstat(location).st_mode
    kind = next((name for test, name in _SPECIAL if test(mode)), "special file")
    note = "installers accept only regular files, directories and symlinks"
    return Finding("NC201", path, kind, "", Action.REJECTED, note, hints=(advice.leave_out(path, option),))


def outside_archive(path: str, member: str, problem: str) -> Finding:
    """Return the finding about a member outside the archive root."""
    reason = problem if path == member else f"{problem} (from {path})"
    hint = Hint("", "change the target path so that it is inside the archive")
    return Finding("NC202", member, "archive member outside the archive root", reason, Action.REJECTED, hints=(hint,))


def bad_name(path: str, problem: str, option: str, advice: Advice) -> Finding:
    """Return the finding about a name that installers refuse."""
    hints = (Hint("", "rename the file"), advice.leave_out(path, option))
    return Finding("NC203", path, "file name that installers refuse", problem, Action.REJECTED, hints=hints)


def bad_time(path: str, time: float, option: str, advice: Advice) -> Finding:
    """Return the finding about a modification time, in seconds since 1970."""
    reason = "modified before 1970" if time < 0 else "modified before 1980 or after 2107"
    hints = (Hint("", "touch the file"), advice.leave_out(path, option))
    return Finding("NC203", path, "time that installers refuse", reason, Action.REJECTED, hints=hints)


def collision(code: str, member: str, problem: str) -> Finding:
    """Return the finding about a collision or a hard link that cannot be unpacked."""
    what = "colliding archive member" if code == "NC205" else "hard link that installers refuse"
    return Finding(code, member, what, problem, Action.REJECTED, hints=(Hint("", "exclude one of the two"),))


# --- Notes ------------------------------------------------------------------------------------------------------------


def invalid_tags(problems: Mapping[str, str], target: str, advice: Advice) -> Note:
    """Return the note about invalid tags: directory ("" for the root) to problem."""
    count = "1 directory" if len(problems) == 1 else f"{len(problems)} directories"
    lines = tuple(f"{path}/CACHEDIR.TAG".lstrip("/") + f"   invalid: {problem}" for path, problem in problems.items())
    add = f"add {{}} to `extra-caches` in {advice.hook}"
    hints = tuple(Hint("leave it out", add, toml_pattern(f"{path}/")) for path in problems if path)
    return Note(f"packed {count} with an invalid CACHEDIR.TAG into the {target}", lines, hints)


def lost(paths: Sequence[str], target: str) -> Note:
    """Return the note about files that only a wheel from the tree would contain."""
    count = "1 file" if len(paths) == 1 else f"{len(paths)} files"
    hint = Hint("", "give the sdist the same options as the wheel, or exclude the files from the wheel too")
    return Note(f"the wheel built from this {target} will lack {count}", tuple(paths), (hint,))


def unused_allow(patterns: Sequence[str], advice: Advice) -> Note:
    """Return the note about entries of `allow` that matched nothing."""
    count = "1 entry" if len(patterns) == 1 else f"{len(patterns)} entries"
    quoted = tuple(f"{json.dumps(pattern, ensure_ascii=False)} matched nothing" for pattern in patterns)
    return Note(f"{count} of `allow` in {advice.hook} can be removed", quoted)
