"""The output formats: text, JSON, GitHub annotations, GitLab Code Quality."""

from __future__ import annotations

import hashlib
import json
import os
import textwrap
from collections import Counter
from typing import Any, Iterator, Sequence

from hatch_nocache.cli.result import CLEAN, ORDER, REJECTED, UNUSABLE, Part, Result
from hatch_nocache.report import describe, escape, hint_lines
from hatch_nocache.rules import CODES, Action, Finding, Hint, Note, count

# Findings of one path, and lines of one note, that are shown without -v.
_SHOWN = 10
# GitHub's levels and GitLab's severities; None: an error.
_LEVELS = {
    None: ("error", "blocker"),
    Action.REJECTED: ("error", "major"),
    Action.DROPPED: ("warning", "minor"),
    Action.COPIED: ("warning", "info"),
    Action.NOTICE: ("notice", "info"),
}


def _file(result: Result, path: str) -> str:
    """Return a path in the result, relative to the working directory."""
    return os.path.normpath(os.path.join(result.path, path)).replace(os.sep, "/")


def _size(row: Result | Finding) -> list[str]:
    """Return the size of an archive or of a directory in it; empty for other rows."""
    return [f"{count(row.members, 'member')}, {row.size / 1e3:,.0f} kB"] if row.members else []


def _merged(result: Result) -> list[tuple[Finding, str]]:
    """Return each finding once, the worst first.

    A finding comes with the names of the parts that share it, and all their hints.
    """
    names: dict[Finding, list[str]] = {}
    hints: dict[Finding, dict[Hint, None]] = {}
    for part in result.parts:
        for finding in part.findings:
            # The hints name the tables of one target.
            key = finding._replace(hints=())
            names.setdefault(key, []).append(part.name)
            hints.setdefault(key, {}).update(dict.fromkeys(finding.hints))
    findings = sorted(names, key=lambda finding: ORDER.index(finding.action))
    return [(each._replace(hints=tuple(hints[each])), escape(", ".join(names[each]))) for each in findings]


def error_lines(result: Result) -> Iterator[str]:
    """Yield the errors of one path, escaped."""
    for text, file, line in result.errors:
        place = f"{_file(result, file)}:{line}" if line else _file(result, file)
        yield f"{escape(place)}: {escape(text)}"


def as_text(result: Result, *, verbose: bool) -> str:
    """Return the text about one path, escaped; "" if it could not be checked."""
    if not result.about:
        return ""
    findings = _merged(result)
    shown = findings if verbose else findings[:_SHOWN]
    lines = [", ".join([f"{escape(result.path)}: {escape(result.about)}", *_size(result)])]
    lines += (f"  {escape(part.name)}: {_counts(part)}" for part in result.parts)
    for finding, names in shown:
        where = [f"({names})"] if len(result.parts) > 1 else []
        lines += _wrapped(finding.action.value, " ".join(["; ".join([describe(finding), *_size(finding)]), *where]))
    if len(shown) < len(findings):
        lines.append(f"  and {len(findings) - len(shown):,} more; -v lists all")
    lines += hint_lines([hint for finding, _ in shown for hint in finding.hints])
    for note in (note for part in result.parts for note in part.notes):
        lines += _wrapped("note", escape(_note(note, len(note.lines) if verbose else _SHOWN)))
    return "\n".join([*lines, *(f"  {escape(note)}" for note in result.notes)])


def _wrapped(word: str, text: str) -> list[str]:
    """Break a line at spaces. A path may exceed the width."""
    first, others = f"  {word:8}  ", " " * 14
    return textwrap.TextWrapper(120, first, others, break_long_words=False, break_on_hyphens=False).wrap(text)


def _counts(part: Part) -> str:
    """Return `1 rejected, 2 dropped, 3 notices`."""
    by_action = Counter(finding.action for finding in part.findings)
    words = [f"{by_action[each]:,} {each.value}" for each in ORDER if by_action[each]]
    plural = "s" if by_action[Action.NOTICE] > 1 else ""
    return ", ".join(words) + plural if words else "nothing found"


def _note(note: Note, most: int) -> str:
    """Return the note as one line, with at most `most` of its lines."""
    lines = "; ".join(note.lines[:most])
    more = f"; and {len(note.lines) - most:,} more" if most < len(note.lines) else ""
    return "; ".join([f"{note.header}: {lines}{more}" if lines else note.header, *_hints(note.hints)])


def _hints(hints: Sequence[Hint]) -> list[str]:
    """Return the hints as lines that are not wrapped."""
    lines = (" ".join(map(str.strip, hint_lines([hint]))) for hint in hints)
    return [line[len("hint: ") :] for line in lines]


def summary(codes: Sequence[int]) -> str:
    """Return the summary line for these exit codes."""
    words = {CLEAN: "accepted", REJECTED: "rejected", UNUSABLE: "with errors"}
    counts = ", ".join(f"{codes.count(code)} {word}" for code, word in words.items() if code in codes)
    return f"{count(len(codes), 'path')}: {counts}"


def as_json(results: Sequence[Result], codes: Sequence[int]) -> str:
    """Return one document about all paths, in ASCII. docs/json.md describes it."""
    return _dump({"version": 2, "exit_code": max(codes), "results": [*map(_result, results, codes)]})


def _dump(document: object) -> str:
    # Both occur only in strings. A CI log would take lines with them for commands.
    return json.dumps(document, indent=2).replace("::", ":\\u003a").replace("##[", "#\\u0023[")


def _result(result: Result, code: int) -> dict[str, Any]:
    parts = [
        {
            **part._asdict(),
            "findings": [_finding(finding) for finding in part.findings],
            "notes": [_note(note, len(note.lines)) for note in part.notes],
        }
        for part in result.parts
    ]
    errors = [problem._asdict() for problem in result.errors]
    return {**_renamed(result, size="bytes"), "exit_code": code, "parts": parts, "errors": errors}


def _finding(finding: Finding) -> dict[str, Any]:
    fields = _renamed(finding, target="link_target", size="bytes", installers="refused_by")
    title, action = CODES[finding.code].finding, finding.action.value
    return {**fields, "title": title, "action": action, "hints": _hints(finding.hints)}


def _renamed(row: Result | Finding, **names: str) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in row._asdict().items()}


def _issues(results: Sequence[Result]) -> Iterator[tuple[Action | None, str, int, str, str, list[str]]]:
    """Yield the issues: action, file, line, title, identity, and the lines of the text.

    They are those of each error (which has no action) and each finding. The text is escaped.
    """
    for result in results:
        for text, file, line in result.errors:
            yield None, _file(result, file), line, "hatch-nocache", text, [escape(text)]
        for finding, names in _merged(result):
            file = _file(result, "" if result.kind in ("sdist", "wheel") else finding.path)
            lines = [describe(finding), f"found in: {names}", *_size(finding), *hint_lines(finding.hints)]
            identity = f"{finding.path}\0{finding.target}"
            yield finding.action, file, 0, f"hatch-nocache {finding.code}", identity, lines


def as_github(results: Sequence[Result]) -> list[str]:
    """Return an annotation for each issue.

    Source of the format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    annotations = []
    for action, file, line, title, _, lines in _issues(results):
        at = escape(file).replace("%", "%25").replace(":", "%3A").replace(",", "%2C") + (
            f",line={line}" if line else ""
        )
        text = "%0A".join(each.replace("%", "%25") for each in lines)
        annotations.append(f"::{_LEVELS[action][0]} file={at},title={title}::{text}")
    return annotations


def as_gitlab(results: Sequence[Result]) -> str:
    """Return a Code Quality report: one issue for each finding and each error.

    Source of the format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    """
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
    return _dump(list(issues.values()))
