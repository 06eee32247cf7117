"""The words for each thing that the hook finds in a selection: what, how known (links: `linkfacts`), what to do."""

from __future__ import annotations

import dataclasses
import os
import stat

from hatch_nocache.facts import Evidence
from hatch_nocache.findings import Action, Finding
from hatch_nocache.remedies import Advice, gitignore

__all__ = [
    "bad_name",
    "cache",
    "dangling",
    "directory_link",
    "extra_cache",
    "kept",
    "link",
    "link_action",
    "malformed_tag",
    "mandatory",
    "outside_archive",
    "restored",
    "special",
    "through_link",
    "unused_allow",
]

_LINKS = {
    "NC101": "absolute link",
    "NC102": "link that leaves the project",
    "NC104": "dangling link",
    "NC105": "link loop",
    "NC201": "link to a special file",
    "NC203": "link target that installers refuse",
}
_SPECIAL = (
    (stat.S_ISFIFO, "FIFO"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "character device"),
    (stat.S_ISBLK, "block device"),
)


def cache(evidence: Evidence, path: str, action: Action, named_by: str, advice: Advice) -> Finding:
    """A cache or an environment. `named_by` is the key that names it, "" when none does."""
    how, remedy = evidence.how, evidence.remedy
    if named_by:
        how, remedy = f"{how}; kept, because {named_by} names it", ""
    elif action is Action.NOTICE:
        how, remedy = f'{how}; kept, because caches = "keep"', ""
    elif action is Action.REJECTED:
        remedy = f"{advice.option('caches', 'drop')}, or {advice.leave_out(path)}"
    return Finding(evidence.code, path + "/", evidence.tool, how, action, remedy)


def kept(finding: Finding, by: str) -> Finding:
    """What stays of a cache because someone named it."""
    how = f"{finding.how}; what {by} names in it is kept"
    return dataclasses.replace(finding, how=how, action=Action.NOTICE, remedy="")


def mandatory(finding: Finding, path: str, by: str, advice: Advice) -> Finding:
    """A file that the archive cannot do without, in a place that files must not come from. `by` says what needs it."""
    return dataclasses.replace(
        finding,
        path=path,
        what=f"{by} needs it, but it lies in {finding.path} ({finding.what})",
        action=Action.REJECTED,
        remedy=f"let {by} name another file, or {advice.allow(path)}",
    )


def extra_cache(path: str) -> Evidence:
    """The evidence of `extra-caches`."""
    return Evidence("NC005", "cache", "because extra-caches names it", gitignore(path))


def malformed_tag(path: str, problem: str) -> str:
    """The line about a `CACHEDIR.TAG` that is none."""
    return f"{path} marks no cache: {problem}"


def through_link(finding: Finding, path: str) -> Finding:
    """A directory link that leads into a cache."""
    reason = finding.how[len("because ") :] if finding.how.startswith("because ") else finding.how
    how = f"because it links into {finding.path}, and {reason}"
    return dataclasses.replace(finding, path=f"{path}/", how=how, remedy="nothing to do" if finding.remedy else "")


def directory_link(path: str, text: str, action: Action, advice: Advice) -> Finding:
    """Files behind a directory link that leaves the project."""
    how = "what lies behind it is outside the project"
    remedy = f"{_copy(advice)}, or {advice.leave_out(path)}"
    if action is Action.COPIED:
        how, remedy = f"{how}; its files are packed as regular files", ""
    elif action is Action.NOTICE:
        how, remedy = f"{how}; its files are packed", ""
    return Finding("NC103", path, "directory link that leaves the project", how, action, remedy, target=text)


def link_action(code: str, chosen: Action, *, sdist: bool) -> Action:
    """What becomes of a link with that code; `chosen` is what the option `symlinks` says."""
    if code in ("NC101", "NC102"):
        return chosen
    return Action.NOTICE if code == "NC104" and sdist else Action.REJECTED


def link(  # noqa: PLR0913 - the parts of a finding
    code: str, path: str, text: str, why: str, action: Action, advice: Advice, *, can_copy: bool, needed: bool = False
) -> Finding:
    """One link that was chosen as a file. `needed` when the archive cannot do without it."""
    remedy = ""
    settled = code in ("NC101", "NC102")
    if action is Action.REJECTED:
        ways = [_copy(advice)] if settled and can_copy else []
        ways += [] if needed else [advice.leave_out(path)]
        remedy = ", or ".join(ways) or "put a regular file in its place"
    elif action is Action.COPIED:
        why = f"{why}; packed as a regular file"
    elif action is Action.NOTICE and settled:
        why = f"{why}; kept as it is"
    return Finding(code, path, _LINKS[code], why, action, remedy, target=text)


def restored(link_path: str, text: str, real_path: str, advice: Advice) -> Finding:
    """A real directory that a link would have taken the place of."""
    return Finding(
        "NC106",
        link_path,
        "directory link inside the project",
        f"because of it Hatchling would leave out the real {real_path}/; both are packed",
        Action.NOTICE,
        f"if only the real directory is wanted, {advice.leave_out(link_path)}",
        target=text,
    )


def special(path: str, location: str, advice: Advice) -> Finding:
    """A FIFO, socket or device."""
    mode = os.lstat(location).st_mode
    kind = next((name for test, name in _SPECIAL if test(mode)), "special file")
    how = "only regular files, directories and links can be packed"
    return Finding("NC201", path, kind, how, Action.REJECTED, f"remove it, or {advice.leave_out(path)}")


def outside_archive(path: str, member: str, problem: str) -> Finding:
    """A member that would lie outside the root of the archive."""
    how = problem if path == member else f"{problem} (from {path})"
    remedy = "correct the target path, so that it lies inside the archive"
    return Finding("NC202", member, "member outside the archive's root", how, Action.REJECTED, remedy)


def bad_name(path: str, problem: str, advice: Advice) -> Finding:
    """A name that installers refuse."""
    remedy = f"rename the file, or {advice.leave_out(path)}"
    return Finding("NC203", path, "name that installers refuse", problem, Action.REJECTED, remedy)


def dangling(member: str, text: str) -> Finding:
    """A link whose target exists, but is not in the archive."""
    how = "its target is not in the sdist, so no wheel can be built from it"
    remedy = "pack the target too, or leave the link out"
    return Finding("NC104", member, _LINKS["NC104"], how, Action.NOTICE, remedy, target=text)


def unused_allow(pattern: str) -> str:
    """The line about an entry of `allow` that matched nothing."""
    return f"allow: {pattern} matched nothing and can be removed"


def _copy(advice: Advice) -> str:
    return f"{advice.option('symlinks', 'copy')} to pack its content"
