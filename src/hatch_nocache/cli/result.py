"""The result of `hatch-nocache check` for one path, and the output formats."""

from __future__ import annotations

import hashlib
import json
import os
import textwrap
from collections import Counter
from typing import Any, Iterator, NamedTuple, Sequence

from hatch_nocache.report import describe, escape, hint_lines
from hatch_nocache.rules import CODES, Action, Finding, Hint, Note, count

# The exit codes.
CLEAN, REJECTED, UNUSABLE = 0, 1, 2
# Findings of one part in any format: an archive can have a million of them.
_MAX_FINDINGS = 1000
# Findings of one path, and lines of one note, that are shown without -v.
_SHOWN = 10
# GitHub's levels and GitLab's severities, the worst first; None: an error.
_LEVELS = {
    None: ("error", "blocker"),
    Action.REJECTED: ("error", "major"),
    Action.DROPPED: ("warning", "minor"),
    Action.COPIED: ("warning", "info"),
    Action.NOTICE: ("notice", "info"),
}
_ORDER = [*_LEVELS]
# Breaks a line at spaces. A path may exceed the width.
_WRAPPER = textwrap.TextWrapper(120, "", " " * 14, break_long_words=False, break_on_hyphens=False)
# The JSON keys that are not the names of fields.
_KEYS = {"target": "link_target", "size": "bytes", "installers": "refused_by"}


class Problem(NamedTuple):
    """One line that says why a path cannot be checked or built. docs/json.md describes the fields of all records."""

    text: str
    file: str = ""
    line: int = 0


class Part(NamedTuple):
    """One checked unit: a target, an archive, or the tree of another backend."""

    name: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    enabled: bool = False


class Result(NamedTuple):
    """The result for one path. `about` is "" if nothing could be checked."""

    path: str
    kind: str = "unknown"
    about: str = ""
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    errors: tuple[Problem, ...] = ()
    members: int = 0
    size: int = 0
    exit_code: int = UNUSABLE

    def with_exit_code(self, *, strict: bool) -> Result:
        """Return the result with its exit code. `strict`: dropped findings count as well."""
        findings = (finding for each in self.parts for finding in each.findings)
        code = REJECTED if any(each.drops if strict else each.is_rejected for each in findings) else CLEAN
        return self._replace(exit_code=UNUSABLE if self.errors else code)


def part(name: str, findings: Sequence[Finding], notes: Sequence[Note] = (), *, more: int = 0) -> Part:
    """Return a part with `findings` in order. `more` is the number of those that are not in the list."""
    ordered = sorted(findings, key=lambda each: (_ORDER.index(each.action), each.path, each.code, each.target))
    more += max(len(ordered) - _MAX_FINDINGS, 0)
    notes = [*notes, Note(f"{more:,} more findings are not listed")] if more else notes
    return Part(name, tuple(ordered[:_MAX_FINDINGS]), tuple(notes))


def _file(result: Result, path: str) -> str:
    """Return a path in the result, relative to the working directory."""
    return os.path.normpath(os.path.join(result.path, path)).replace(os.sep, "/")


def _merged(result: Result) -> list[tuple[Finding, str]]:
    """Return each finding once, the worst first, with all its hints and the names of the parts that share it."""
    merged: dict[Finding, tuple[list[str], dict[Hint, None]]] = {}
    for each in result.parts:
        for finding in each.findings:
            # The hints name the tables of one target.
            names, hints = merged.setdefault(finding._replace(hints=()), ([], {}))
            names.append(each.name)
            hints.update(dict.fromkeys(finding.hints))
    rows = [(each._replace(hints=tuple(hints)), escape(", ".join(names))) for each, (names, hints) in merged.items()]
    return sorted(rows, key=lambda row: _ORDER.index(row[0].action))


def _size(row: Result | Finding) -> list[str]:
    """Return the size of an archive or of a directory in it; empty for other rows."""
    return [f"{count(row.members, 'member')}, {row.size / 1e3:,.0f} kB"] if row.members else []


def _note(note: Note, most: int | None = None) -> str:
    """Return the note as one line, with at most `most` of its lines."""
    rest = len(note.lines[most:]) if most else 0
    lines = [*note.lines[:most], *([f"and {rest:,} more"] if rest else [])]
    header = f"{note.header}: {'; '.join(lines)}" if lines else note.header
    return "; ".join([header, *map(_hint, note.hints)])


def _hint(hint: Hint) -> str:
    return " ".join(map(str.strip, hint_lines([hint])))[len("hint: ") :]


def error_lines(result: Result) -> Iterator[str]:
    """Yield the errors of one path, escaped."""
    for text, file, line in result.errors:
        place = f"{_file(result, file)}:{line}" if line else _file(result, file)
        yield f"{escape(place)}: {escape(text)}"


def as_text(results: Sequence[Result], *, verbose: bool) -> Iterator[str]:
    """Yield the lines about all paths that could be checked, escaped."""
    most = None if verbose else _SHOWN
    for result in (each for each in results if each.about):
        yield ", ".join([f"{escape(result.path)}: {escape(result.about)}", *_size(result)])
        for each in result.parts:
            numbers = Counter(finding.action for finding in each.findings)
            counts = ", ".join(f"{number:,} {action.value}" for action, number in numbers.items())
            yield f"  {escape(each.name)}: {counts or 'nothing found'}{'s' if numbers[Action.NOTICE] > 1 else ''}"
        findings = _merged(result)
        shown = findings[:most]
        for finding, names in shown:
            text = "; ".join([describe(finding), *_size(finding)])
            text += f" ({names})" if len(result.parts) > 1 else ""
            yield from _WRAPPER.wrap(f"  {finding.action.value:8}  {text}")
        if len(shown) < len(findings):
            yield f"  and {len(findings) - len(shown):,} more; -v lists all"
        yield from hint_lines([hint for finding, _ in shown for hint in finding.hints])
        for note in (note for each in result.parts for note in each.notes):
            yield from _WRAPPER.wrap(f"  note      {escape(_note(note, most))}")
        yield from (f"  {escape(note)}" for note in result.notes)
    if len(results) > 1:
        yield _summary(results)


def _summary(results: Sequence[Result]) -> str:
    codes = Counter(result.exit_code for result in results)
    words = {CLEAN: "accepted", REJECTED: "rejected", UNUSABLE: "with errors"}
    counts = ", ".join(f"{codes[code]} {word}" for code, word in words.items() if codes[code])
    return f"{count(len(results), 'path')}: {counts}"


def as_json(results: Sequence[Result]) -> Iterator[str]:
    """Yield one document about all paths, in ASCII. docs/json.md describes it."""
    code = max(result.exit_code for result in results)
    yield _dump({"version": 2, "exit_code": code, "results": [*map(_plain, results)]})


def _dump(document: object) -> str:
    # Both occur only in strings. A CI log would take lines with them for commands.
    return json.dumps(document, indent=2).replace("::", ":\\u003a").replace("##[", "#\\u0023[")


def _plain(value: Any) -> Any:
    """Return a record, or a field of one, in the types of JSON."""
    if isinstance(value, Note):
        return _note(value)
    if isinstance(value, Hint):
        return _hint(value)
    if isinstance(value, (Result, Problem, Part, Finding)):
        row = {_KEYS.get(key, key): _plain(each) for key, each in value._asdict().items()}
        return {**row, "title": CODES[value.code][1]} if isinstance(value, Finding) else row
    if isinstance(value, Action):
        return value.value
    return [*map(_plain, value)] if isinstance(value, tuple) else value


def _issues(results: Sequence[Result]) -> Iterator[tuple[Action | None, str, int, str, str, list[str]]]:
    """Yield each error (without an action) and finding: action, file, line, title, identity, escaped lines of text."""
    for result in results:
        for text, file, line in result.errors:
            yield None, _file(result, file), line, "hatch-nocache", text, [escape(text)]
        for finding, names in _merged(result):
            file = _file(result, "" if result.kind in ("sdist", "wheel") else finding.path)
            lines = [describe(finding), f"found in: {names}", *_size(finding), *hint_lines(finding.hints)]
            yield finding.action, file, 0, f"hatch-nocache {finding.code}", f"{finding.path}\0{finding.target}", lines


def as_github(results: Sequence[Result]) -> Iterator[str]:
    """Yield an annotation for each issue, and the summary."""
    # https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    for action, file, line, title, _, lines in _issues(results):
        at = escape(file).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
        at += f",line={line}" if line else ""
        text = "%0A".join(each.replace("%", "%25") for each in lines)
        yield f"::{_LEVELS[action][0]} file={at},title={title}::{text}"
    yield _summary(results)


def as_gitlab(results: Sequence[Result]) -> Iterator[str]:
    """Yield a Code Quality report."""
    # https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    issues: dict[str, dict[str, Any]] = {}
    for action, file, line, title, identity, lines in _issues(results):
        # Without the line and the wording: GitLab compares the fingerprints of two commits.
        fingerprint = hashlib.sha256(f"{title}\0{file}\0{identity}".encode("utf-8", "surrogatepass")).hexdigest()
        row = {
            "description": lines[0],
            "check_name": title,
            "fingerprint": fingerprint,
            "severity": _LEVELS[action][1],
            "location": {"path": escape(file), "lines": {"begin": line or 1}},
        }
        # If two targets share a path, the most severe finding counts.
        issues.setdefault(fingerprint, row)
    yield _dump(list(issues.values()))


FORMATS = {"json": as_json, "github": as_github, "gitlab": as_gitlab}
