"""Findings → the text that a person reads at the end of a build."""

from __future__ import annotations

import unicodedata
from typing import Dict, Iterable, List, Sequence

from hatch_nocache.findings import Action, Finding

__all__ = ["built", "describe", "escape", "refused"]

_NAME = "hatch-nocache"
# The block stays short unless asked for; what no longer fits is named in one line per code.
_ROOM = 5
_NOTES = 2
_MORE = "HATCH_VERBOSE=1 shows all of it"
# Characters of paths in the line that names the rest: about a screen of them.
_NAMED = 2000


def built(findings: Sequence[Finding], notes: Sequence[str], target: str, *, verbose: bool) -> str:
    """What to say of a build that goes on; "" when there is nothing to say."""
    if not findings and not notes:
        return ""
    head = f"{_NAME}: {_summary(findings, notes, target)}"
    return "\n".join([head, *_lines(findings, verbose=verbose), *_notes(notes, verbose=verbose)])


def refused(findings: Sequence[Finding], target: str, *, removed: bool, verbose: bool) -> str:
    """What to say of a build that is stopped. What was only dropped or noticed comes after what was rejected."""
    rejected = [finding for finding in findings if finding.rejected]
    others = [finding for finding in findings if not finding.rejected]
    outcome = "was removed again" if removed else "was not built"
    head = f"{_NAME}: the {target} {outcome}: {_count(len(rejected), 'problem', 'problems')}"
    return "\n".join([head, *_lines(rejected + others, verbose=verbose)])


def _summary(findings: Sequence[Finding], notes: Sequence[str], target: str) -> str:
    dropped = [finding for finding in findings if finding.action is Action.DROPPED]
    copied = sum(finding.action is Action.COPIED for finding in findings)
    parts = []
    if dropped:
        links = sum(finding.code > "NC1" for finding in dropped)
        environments = sum("environment" in finding.what for finding in dropped)
        kinds = [
            _count(len(dropped) - links - environments, "cache directory", "cache directories"),
            _count(environments, "environment", "environments"),
            _count(links, "link", "links"),
        ]
        parts.append(f"kept {_and([kind for kind in kinds if kind])} out of the {target}")
    if copied:
        parts.append(f"packed the content of {_count(copied, 'link', 'links')} into the {target}")
    return "; ".join(parts) or f"{_count(len(findings) + len(notes), 'note', 'notes')} on the {target}"


def _lines(findings: Sequence[Finding], *, verbose: bool) -> Iterable[str]:
    shown = findings if verbose or len(findings) <= _ROOM else findings[: _ROOM - 1]
    for finding in shown:
        yield f"  {describe(finding)}"
        if finding.remedy:
            yield f"        {escape(finding.remedy)}"
    rest: Dict[str, List[str]] = {}
    for finding in findings[len(shown) :]:
        rest.setdefault(finding.code, []).append(_where(finding))
    parts = [f"{code} {_some(places, _NAMED // len(rest))}" for code, places in rest.items()]
    if rest:
        yield f"  also {'; '.join(parts)}"
        yield f"  {_MORE}"


def _some(places: Sequence[str], room: int) -> str:
    named: List[str] = []
    for place in places:
        room -= len(place) + 2
        if room < 0:
            break
        named.append(place)
    more = len(places) - len(named)
    if not named:
        return f"in {_count(more, 'place', 'places')}"
    return ", ".join(named) + (f" and {more} more" if more else "")


def _notes(notes: Sequence[str], *, verbose: bool) -> Iterable[str]:
    shown = notes if verbose or len(notes) <= _NOTES else notes[: _NOTES - 1]
    for note in shown:
        yield f"  {escape(note)}"
    if len(shown) < len(notes):
        yield f"  and {len(notes) - len(shown)} more notes; {_MORE}"


def describe(finding: Finding) -> str:
    """The first line about a finding: the code, where it is, what it is, and how that is known."""
    return f"{finding.code} {_where(finding)}   {escape(finding.what)}, {escape(finding.how)}"


def _where(finding: Finding) -> str:
    path = escape(finding.path)
    return f"{path} -> {escape(finding.target)}" if finding.target else path


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def escape(text: str) -> str:
    """`text` without anything that a terminal or a CI log would take for a command.

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
