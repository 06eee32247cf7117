"""The text of all messages, from findings."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections import Counter
from itertools import accumulate
from typing import Sequence

from hatch_nocache.rules import Action, Category, Finding, Hint, Note, count

_WIDTH = 120
# How many findings of a section are shown in full, and how many characters of paths list the others.
_MOST_SHOWN = 5
_MOST_NAMED = 2000
# A blank in a path, at which no line is broken. Escaped text has no such character.
_BLANK = "\0"

_KINDS = ("cache directory", "virtual environment", "symlink", "untracked path")


def built(findings: Sequence[Finding], notes: Sequence[Note], target: str, *, verbose: bool) -> str:
    """Return the message of a build that continues; "" without findings and notes."""
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_section(finding, target), []).append(finding)
    sections = [
        block(Note(_filled(header, about, target)), about, verbose=verbose)
        for (_, header), about in sorted(groups.items())
    ]
    for note in notes:
        lines = note.lines[: _shown(len(note.lines), verbose=verbose)]
        if len(lines) < len(note.lines):
            lines += (f"and {len(note.lines) - len(lines)} more (HATCH_VERBOSE=1 lists all)",)
        sections.append(block(note._replace(lines=lines)))
    return "\n".join(sections)


def block(note: Note, findings: Sequence[Finding] = (), *, verbose: bool = True) -> str:
    """Return a note, with findings below its lines. Without hints of its own, it has those of the findings."""
    hints = note.hints or [hint for finding in findings for hint in finding.hints]
    lines = [f"hatch-nocache: {escape(note.header)}", *(f"  {escape(line)}" for line in note.lines)]
    return "\n".join([*lines, *_lines(findings, verbose=verbose), *hint_lines(hints)])


def _section(finding: Finding, target: str) -> tuple[int, str]:
    """Return the place and the header of the section that a finding belongs to."""
    category = finding.category
    sections = (
        (finding.drops, "left {kinds} out of the {target}"),
        (category is Category.DIRECTORY, "packed {kinds} into the {target} because the configuration names {them}"),
        (category is Category.REPOSITORY, "packed {paths} that git does not track into the {target}"),
        (finding.action is Action.COPIED, "packed the content of {kinds} into the {target}"),
        (finding.code == "NC104", "packed {dangling} into the {target}"),
        (finding.code == "NC106", "packed {directories} into the {target} under more names than Hatchling would"),
        (target == "sdist", "packed {kinds} that installers refuse into the sdist"),
        (True, "packed into the {target}: the content of {kinds} to paths outside the project"),
    )
    return next((place, header) for place, (belongs, header) in enumerate(sections) if belongs)


def _filled(header: str, findings: Sequence[Finding], target: str) -> str:
    number = Counter(map(_kind, findings))
    *most, last = (count(number[kind], kind) for kind in _KINDS if number[kind])
    return header.format(
        target=target,
        kinds=f"{', '.join(most)} and {last}" if most else last,
        them="it" if len(findings) == 1 else "them",
        paths=count(len(findings), "path"),
        dangling=count(len(findings), "dangling symlink"),
        directories=count(len(findings), "directory"),
    )


def _kind(finding: Finding) -> str:
    if finding.is_environment:
        return "virtual environment"
    kinds = {Category.DIRECTORY: "cache directory", Category.REPOSITORY: "untracked path"}
    return kinds.get(finding.category, "symlink")


def _shown(number: int, *, verbose: bool) -> int:
    return number if verbose or number <= _MOST_SHOWN else _MOST_SHOWN - 1


def _lines(findings: Sequence[Finding], *, verbose: bool) -> list[str]:
    most = _shown(len(findings), verbose=verbose)
    lines = [line for finding in findings[:most] for line in _wrapped(_describe(finding))]
    rest: dict[str, list[str]] = {}
    for finding in findings[most:]:
        rest.setdefault(finding.code, []).append(_where(finding))
    if rest:
        parts = "; ".join(f"{code} {_some(places, _MOST_NAMED // len(rest))}" for code, places in rest.items())
        more = f"and {len(findings) - most} more (HATCH_VERBOSE=1 lists all): {parts}"
        lines += _wrapped(more, "    ")
    return lines


def _some(places: Sequence[str], room: int) -> str:
    lengths = accumulate(len(place) + 2 for place in places)
    listed = [place for place, length in zip(places, lengths) if length <= room] or places[:1]
    return ", ".join([*listed, "…"] if len(listed) < len(places) else listed)


def _wrapped(text: str, following: str = "        ") -> list[str]:
    """Break a line at blanks, but not at those of a path, which may exceed the width."""
    wrapper = textwrap.TextWrapper(_WIDTH, "  ", following, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_BLANK, " ") for line in wrapper.wrap(text)]


def describe(finding: Finding) -> str:
    """Return the line about a finding: code, path, what it is, reason, consequence."""
    return _describe(finding).replace(_BLANK, " ")


def _describe(finding: Finding) -> str:
    what = finding.what + (f": {finding.reason}" if finding.reason else "")
    what += f"; {finding.note}" if finding.note else ""
    return f"{finding.code}{_BLANK}{_where(finding)}   {escape(what)}"


def _where(finding: Finding) -> str:
    target = f" -> {escape(finding.target)}" if finding.target else ""
    return f"{escape(finding.path)}{target}".replace(" ", _BLANK)


def hint_lines(hints: Sequence[Hint]) -> list[str]:
    """Return a line for each hint. Hints that differ only in their entry are merged."""
    merged: dict[Hint, dict[str, None]] = {}
    for hint in hints:
        entries = merged.setdefault(hint._replace(entry=""), {})
        entries[escape(hint.entry).replace(" ", _BLANK)] = None
    return [line for hint, entries in merged.items() for line in _wrapped(f"hint: {_hint(hint, list(entries))}")]


def _hint(hint: Hint, entries: Sequence[str]) -> str:
    to, action = f"to {escape(hint.purpose)}, " if hint.purpose else "", escape(hint.action)
    if "{}" not in action:
        return to + action
    if len(entries) == 1:
        return to + action.replace("{}", entries[0] or "an entry for it")
    entry = f"as {' or '.join(entries)}" if all(entries) and len("".join(entries)) < _WIDTH else "with a leading `/`"
    return f"{to.replace(' it', ' one', 1)}{action.replace('{}', 'it')}, {entry}"


# --- Escapes ----------------------------------------------------------------------------------------------------------


def escape(text: str) -> str:
    """Escape everything that a terminal or a CI log would take for a command.

    Control and format characters (escape sequences, line ends, bidirectional marks), bytes that are not UTF-8, and the
    marks of workflow commands (`::`, `##[`, `##vso[`) are written as backslash escapes.
    """
    unsafe = ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn")
    parts = (ascii(each)[1:-1] if unicodedata.category(each) in unsafe else each for each in text)
    return "".join(parts).replace("::", ":\\x3a").replace("##", "#\\x23")


def toml_pattern(path: str) -> str:
    """Return a gitignore pattern for this path only, as a TOML string; "" for none."""
    if path.startswith("../") or re.search("[\ud800-\udfff]", path):
        return ""
    pattern = "/" + re.sub(r"([\\*?\[\]])", r"\\\1", path)
    # https://git-scm.com/docs/gitignore: trailing spaces are ignored unless quoted. Old versions of pathspec
    # do not support the quotes.
    pattern = pattern[:-1] + "[ ]" if pattern.endswith(" ") else pattern
    # With the escapes of TOML, the report need not escape the pattern.
    text = json.dumps(pattern, ensure_ascii=not path.isprintable())
    for mark, written in (("\x7f", "\\u007f"), ("::", ":\\u003a"), ("##", "#\\u0023")):
        text = text.replace(mark, written)
    return text
