"""Checks of a whole selection, for builds with findings, and the notes to print with them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from hatch_nocache import _hatchling
from hatch_nocache._hatchling import Route, as_member
from hatch_nocache.config import table
from hatch_nocache.members.collisions import collisions
from hatch_nocache.members.symlinks import problems_in_sdist
from hatch_nocache.paths import native, parents, relative, within
from hatch_nocache.patterns import literal_lead
from hatch_nocache.rules import Action, Category, Note
from hatch_nocache.selection.checker import Selected

if TYPE_CHECKING:
    from hatch_nocache.selection.directory import DirectoryState
    from hatch_nocache.selection.filter import SelectionFilter


def finish_sdist(selection: SelectionFilter) -> None:
    """Check the required files, the stored symlinks, and the files that its wheel will have."""
    config, checker = selection.config, selection.checker
    # The required files in dropped directories, which no walk has reached.
    route = Route(config, "recurse_forced_files", {})
    for path in checker.required.keys() - {each.path for each in selection.packed}:
        is_dropped = any(within(path, directory) for directory in checker.dropped) and os.path.isfile(path)
        if is_dropped and _hatchling.selects(config, relative(path, config.root)):
            state = checker.states.at(os.path.dirname(path))
            checker.is_left_out(Selected(path, "", state, route))
    stored = [symlink for symlink in checker.stored if symlink.selected.is_packed]
    checker.stored.clear()
    for problem, symlink in problems_in_sdist(stored, selection.members(), lambda: selection.wheel_selects):
        symlink.selected.is_packed = checker.settle(problem, symlink)
    dropped = [finding for finding in checker.findings if finding.action is Action.DROPPED]
    # With the same options, a wheel drops the same directories.
    if any(each.category is Category.SYMLINK for each in dropped) or (dropped and _wheel_may_differ(config.builder)):
        selection.lost = _lost_files(selection)


def _wheel_may_differ(builder: Any) -> bool:
    """Return whether the wheel has other options of the hook, or forces files in."""
    build = builder.build_config
    wheel = table(build, "targets", "wheel")
    sdist, own = (
        {**table(build, "hooks"), **table(each, "hooks")}.get(_hatchling.HOOK)
        for each in (table(build, "targets", "sdist"), wheel)
    )
    return sdist != own or bool(build.get("force-include") or wheel.get("force-include"))


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
        names = {each.shown, as_member(config.get_distribution_path(native(each.shown)))}
        if names.isdisjoint(members) and within(each.path, root) and _hatchling.selects(config, each.shown):
            lost.append(each.shown)
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


def check_members(selection: SelectionFilter) -> None:
    """Report colliding members, and directories that are packed under another name than Hatchling's."""
    builder, checker, packed = selection.config.builder, selection.checker, selection.packed
    members = [(each.member, each.file.path) for each in packed]
    members += ((member, "") for member in _hatchling.written_members(builder, selection.target))
    unique = not _hatchling.packs_duplicates(builder)
    for collision in collisions(members, sdist=selection.target == "sdist", unique=unique):
        checker.add(checker.messages.member(*collision))
    aliases = {each.state.alias for each in packed if each.state.alias is not None}
    groups: dict[str, list[tuple[DirectoryState, DirectoryState]]] = {}
    for state, first in sorted(aliases, key=lambda alias: [each.directory.walked for each in alias]):
        groups.setdefault(first.directory.walked, []).append((state, first))
    for known_as, group in groups.items():
        state, first = group[0]
        names = {each.directory.path for each, _ in group}
        if any(within(each.path, known_as) for each in packed):
            names.add(first.directory.path)
        # A directory can also be mounted twice.
        link = state.link or first.link
        text, shown = os.readlink(link) if link else "", relative(link or state.directory.walked, selection.config.root)
        known = first.directory.path or "."
        checker.add(checker.messages.alias(shown, text, known, [name or "." for name in sorted(names)]))


def notes(selection: SelectionFilter) -> list[Note]:
    """Return the notes to print with the findings."""
    root, target = selection.config.root, selection.target
    messages = selection.checker.messages
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
    found = [messages.invalid_tags(tags, target)] if tags else []
    found += [messages.lost(selection.lost)] if selection.lost else []
    return found + ([messages.unused_allow(unused)] if unused else [])
