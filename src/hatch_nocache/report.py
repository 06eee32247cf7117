"""The text of all messages, from findings."""

from __future__ import annotations

import textwrap
import unicodedata
from collections import Counter
from typing import Callable, Iterable, Iterator, Sequence

from hatch_nocache.rules import Action, Category, Finding, Hint, Note

_NAME = "hatch-nocache"
_WIDTH = 120
# How many findings of a section are shown in full, and how many characters of paths list the others.
_MOST_SHOWN = 5
# A blank in a path, at which no line is broken. Escaped text has no such character.
_BLANK = "\0"
_MOST_NAMED = 2000


def built(findings: Sequence[Finding], notes: Sequence[Note], target: str, *, verbose: bool) -> str:
    """Return the message of a build that continues; "" without findings and notes."""
    sections: list[str] = []
    for header, about in _sections(findings, target):
        hints = [hint for finding in about for hint in finding.hints]
        sections.append(_section(header, _lines(about, verbose=verbose), hints))
    for note in notes:
        most = len(note.lines) if verbose or len(note.lines) <= _MOST_SHOWN else _MOST_SHOWN - 1
        lines = [f"  {escape(line)}" for line in note.lines[:most]]
        if most < len(note.lines):
            lines.append(f"  and {len(note.lines) - most} more (HATCH_VERBOSE=1 lists all)")
        sections.append(_section(note.header, lines, note.hints))
    return "\n".join(sections)


def refused(findings: Sequence[Finding], target: str, *, verbose: bool) -> str:
    """Return the message of a build that stops before an archive exists."""
    rejected = [finding for finding in findings if finding.is_rejected]
    header = f"the {target} was not built: {count(len(rejected), 'problem')}"
    return _section(header, _lines(rejected, verbose=verbose), [hint for each in rejected for hint in each.hints])


def deleted(findings: Sequence[Finding], target: str, archive: str, hooks: Sequence[str], *, verbose: bool) -> str:
    """Return the message about a deleted archive. `hooks` are the other build hooks."""
    header = f"deleted {archive}: {count(len(findings), 'problem')} in the finished {target}"
    others = f"; check the other build hooks: {', '.join(hooks)}" if hooks else ""
    return _section(
        header, _lines(findings, verbose=verbose), [Hint("", f"Hatchling did not select this file{others}")]
    )


def failed(what: str, lines: Iterable[str] = (), hints: Sequence[Hint] = ()) -> str:
    """Return the message of a build that cannot continue. Escapes the `lines`."""
    return _section(what, [f"  {escape(line)}" for line in lines], hints)


def _section(header: str, lines: Sequence[str], hints: Sequence[Hint]) -> str:
    return "\n".join([f"{_NAME}: {escape(header)}", *lines, *hint_lines(hints)])


# --- Headers ----------------------------------------------------------------------------------------------------------


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 symlink", "2 symlinks"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _kinds(findings: Sequence[Finding]) -> str:
    nouns = Counter(map(_noun, findings))
    parts = [count(nouns[noun], *noun) for noun in _NOUNS if nouns[noun]]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


_CACHE = ("cache directory", "cache directories")
_ENVIRONMENT = ("virtual environment", "virtual environments")
_SYMLINK = ("symlink", "symlinks")
_UNTRACKED = ("untracked path", "untracked paths")
_NOUNS = (_CACHE, _ENVIRONMENT, _SYMLINK, _UNTRACKED)


def _noun(finding: Finding) -> tuple[str, str]:
    if finding.is_environment:
        return _ENVIRONMENT
    return {Category.DIRECTORY: _CACHE, Category.REPOSITORY: _UNTRACKED}.get(finding.category, _SYMLINK)


def _dropped(findings: Sequence[Finding], target: str) -> str:
    return f"left {_kinds(findings)} out of the {target}"


def _named(findings: Sequence[Finding], target: str) -> str:
    them = "it" if len(findings) == 1 else "them"
    return f"packed {_kinds(findings)} into the {target} because the configuration names {them}"


def _untracked(findings: Sequence[Finding], target: str) -> str:
    return f"packed {count(len(findings), 'path')} that git does not track into the {target}"


def _copied(findings: Sequence[Finding], target: str) -> str:
    return f"packed the content of {count(len(findings), 'symlink')} into the {target}"


def _outside(findings: Sequence[Finding], target: str) -> str:
    if target == "sdist":
        return f"packed {count(len(findings), 'symlink')} that installers refuse into the sdist"
    return f"packed into the {target}: the content of {count(len(findings), 'symlink')} to paths outside the project"


def _dangling(findings: Sequence[Finding], target: str) -> str:
    return f"packed {count(len(findings), 'dangling symlink')} into the {target}"


def _aliases(findings: Sequence[Finding], target: str) -> str:
    several = count(len(findings), "directory", "directories")
    return f"packed {several} into the {target} under more names than Hatchling would"


# Sections in this order: which findings belong to it, and its header.
_SECTIONS: tuple[tuple[Callable[[Finding], bool], Callable[[Sequence[Finding], str], str]], ...] = (
    (lambda finding: finding.drops, _dropped),
    (lambda finding: finding.category is Category.DIRECTORY, _named),
    (lambda finding: finding.category is Category.REPOSITORY, _untracked),
    (lambda finding: finding.action is Action.COPIED, _copied),
    (lambda finding: finding.code == "NC104", _dangling),
    (lambda finding: finding.code == "NC106", _aliases),
    (lambda finding: bool(finding.code), _outside),
)


def _sections(findings: Sequence[Finding], target: str) -> Iterator[tuple[str, list[Finding]]]:
    rest = list(findings)
    for belongs, header in _SECTIONS:
        about = [finding for finding in rest if belongs(finding)]
        rest = [finding for finding in rest if not belongs(finding)]
        if about:
            yield header(about, target), about


# --- Lines ------------------------------------------------------------------------------------------------------------


def _lines(findings: Sequence[Finding], *, verbose: bool) -> list[str]:
    shown = findings if verbose or len(findings) <= _MOST_SHOWN else findings[: _MOST_SHOWN - 1]
    lines = [line for finding in shown for line in _wrapped(_describe(finding, _BLANK), "  ", "        ")]
    rest: dict[str, list[str]] = {}
    for finding in findings[len(shown) :]:
        rest.setdefault(finding.code, []).append(_where(finding).replace(" ", _BLANK))
    if rest:
        parts = [f"{code} {_some(places, _MOST_NAMED // len(rest))}" for code, places in rest.items()]
        text = f"and {len(findings) - len(shown)} more (HATCH_VERBOSE=1 lists all): {'; '.join(parts)}"
        lines.extend(_wrapped(text, "  ", "    "))
    return lines


def _some(places: Sequence[str], room: int) -> str:
    listed: list[str] = []
    for place in places:
        room -= len(place) + 2
        if room < 0 and listed:
            return ", ".join(listed) + ", …"
        listed.append(place)
    return ", ".join(listed)


def _wrapped(text: str, first: str, following: str) -> list[str]:
    """Break a line at blanks, but not at those of a path, which may exceed the width."""
    if len(first) + len(text) <= _WIDTH:
        return [first + text.replace(_BLANK, " ")]
    lines = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )
    return [line.replace(_BLANK, " ") for line in lines]


def describe(finding: Finding) -> str:
    """Return the line about a finding: code, path, what it is, reason, consequence."""
    return _describe(finding, " ")


def _describe(finding: Finding, blank: str) -> str:
    what = finding.what + (f": {finding.reason}" if finding.reason else "")
    what += f"; {finding.note}" if finding.note else ""
    head = f"{finding.code} {_where(finding)}".replace(" ", blank)
    return f"{head}   {escape(what)}"


def _where(finding: Finding) -> str:
    path = escape(finding.path)
    return f"{path} -> {escape(finding.target)}" if finding.target else path


def hint_lines(hints: Sequence[Hint]) -> list[str]:
    """Return a line for each hint. Hints that differ only in their entry are merged."""
    merged: dict[tuple[str, str], list[str]] = {}
    for hint in hints:
        entries = merged.setdefault((escape(hint.purpose), escape(hint.action)), [])
        entry = escape(hint.entry).replace(" ", _BLANK)
        if entry not in entries:
            entries.append(entry)
    return [
        line
        for (purpose, action), entries in merged.items()
        for line in _wrapped(f"hint: {_hint(purpose, action, entries)}", "  ", "        ")
    ]


def _hint(purpose: str, action: str, entries: Sequence[str]) -> str:
    to = f"to {purpose}, " if purpose else ""
    if "{}" not in action:
        return to + action
    if len(entries) == 1:
        return to + action.replace("{}", entries[0] or "an entry for it")
    entry = f"as {' or '.join(entries)}" if all(entries) and len("".join(entries)) < _WIDTH else "with a leading `/`"
    return f"{to.replace(' it', ' one', 1)}{action.replace('{}', 'it')}, {entry}"


def escape(text: str) -> str:
    """Escape everything that a terminal or a CI log would take for a command.

    Control and format characters (escape sequences, line ends, bidirectional marks), bytes that are not UTF-8, and the
    marks of workflow commands (`::`, `##[`, `##vso[`) are written as backslash escapes.
    """
    if text.isascii() and text.isprintable() and "::" not in text and "##" not in text:
        return text
    parts = []
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"):
            parts.append(ascii(character)[1:-1] if character != "'" else character)
        else:
            parts.append(character)
    return "".join(parts).replace("::", ":\\x3a").replace("##", "#\\x23")
