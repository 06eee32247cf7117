"""Checks of a whole selection, for builds with findings, and the notes to print with them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hatch_nocache import _hatchling
from hatch_nocache._hatchling import Route, as_member
from hatch_nocache.members.names import parents
from hatch_nocache.paths import native, relative, within
from hatch_nocache.patterns import literal_lead
from hatch_nocache.rules import Action, Note

if TYPE_CHECKING:
    from hatch_nocache.selection.filter import SelectionFilter


def finish_sdist(selection: SelectionFilter) -> None:
    """Check the required files, the stored symlinks, and the files that its wheel will have."""
    config, checker = selection.config, selection.checker
    # The required files in dropped directories, which no walk has reached.
    for path in selection.required.keys() - {each.path for each in selection.packed}:
        is_dropped = any(within(path, directory) for directory in checker.dropped) and os.path.isfile(path)
        if is_dropped and _hatchling.selects(config, relative(path, config.root)):
            route = Route(config, "recurse_forced_files", {})
            checker.is_left_out(path, checker.states.at(os.path.dirname(path)), route)
    if checker.has_stored_symlinks:
        members = {each.member for each in selection.packed}
        members.update(_hatchling.written_members(config.builder, "sdist"))
        checker.finish(members, lambda: selection.wheel_selects, selection.left_out)
    if any(finding.action is Action.DROPPED for finding in checker.findings):
        selection.lost = _lost_files(selection)


def _lost_files(selection: SelectionFilter) -> list[str]:
    """Return the files that the wheel from the tree has, but not the wheel from this sdist.

    Reports those without which no wheel can be built.
    """
    wheel, config, root = selection.wheel, selection.config, selection.config.root
    if wheel is None:
        return []
    lost = []
    members = {each.member for each in selection.packed}
    for each in wheel.packed:
        path = relative(each.path, root)
        names = {path, as_member(config.get_distribution_path(native(path)))}
        if names.isdisjoint(members) and within(each.path, root) and _hatchling.selects(config, path):
            lost.append(path)
    # The wheel's walk may reach a dropped directory through a symlink that the sdist's walk does not follow.
    dropped = {finding.path: finding for finding in (*wheel.checker.findings, *selection.checker.findings)}
    members |= parents(members)
    for source in wheel.config.force_include:
        path = relative(source, root)
        if not within(source, root) or path in members or not _hatchling.selects(config, path):
            continue
        for finding in dropped.values():
            place = finding.path.rstrip("/")
            if within(path, place) or within(place, path):
                # Hatchling would end with "Forced include not found".
                note = "the wheel's `force-include` requires it"
                selection.checker.add(finding._replace(action=Action.REJECTED, note=note, hints=()))
    return lost


def notes(selection: SelectionFilter) -> list[Note]:
    """Return the notes to print with the findings."""
    root, target = selection.config.root, selection.target
    messages, advice = selection.checker.words()
    tags = {
        path: problem
        for path, problem in selection.checker.states.invalid_tags.items()
        if any(within(each.path, os.path.join(root, native(path), "CACHEDIR.TAG")) for each in selection.packed)
    }
    unused = selection.options.allow.unused()
    if target != "sdist":
        # An entry may be needed only in the sdist.
        leads = ((pattern, literal_lead(pattern)) for pattern in unused)
        unused = [pattern for pattern, lead in leads if lead and not os.path.lexists(os.path.join(root, lead[0]))]
    found = [messages.invalid_tags(tags, target, advice)] if tags else []
    found += [messages.lost(selection.lost, target)] if selection.lost else []
    return found + ([messages.unused_allow(unused, advice)] if unused else [])
