"""The formats: text for a person, JSON for a program, annotations for GitHub, a Code Quality report for GitLab."""

from __future__ import annotations

import hashlib
import json
import os
import textwrap
from collections import Counter
from typing import Any, Callable, Dict, Iterator, List, Mapping, Sequence, Tuple

from hatch_nocache.cli.result import ARCHIVES, CLEAN, ORDER, REJECTED, UNUSABLE, Part, Problem, Result, exit_code
from hatch_nocache.report import describe, escape, hint_lines
from hatch_nocache.rules import CODES, Action, Finding, Hint, Note

__all__ = ["FORMATS", "JSON_VERSION", "as_github", "as_gitlab", "as_json", "as_text", "place", "style_of", "summary"]

FORMATS = ("text", "json", "github", "gitlab")
JSON_VERSION = 2

# Columns of a line about a finding, and how it is wrapped: a path may exceed it.
_WIDTH = 110
_WRAPPING: Any = {"break_long_words": False, "break_on_hyphens": False, "subsequent_indent": "  "}
# Findings of one part that are shown without -v.
_SHOWN = 10
# GitHub shows at most 50 annotations of a job.
_ANNOTATIONS = 50
_KILO = 1000
_COLORS = {"rejected": "31", "dropped": "33", "copied": "33", "notice": "36", "bold": "1", "dim": "2"}
# GitHub's levels and GitLab's severities.
_LEVELS = {
    Action.REJECTED: ("error", "major"),
    Action.DROPPED: ("warning", "minor"),
    Action.COPIED: ("warning", "info"),
    Action.NOTICE: ("notice", "info"),
}

Style = Callable[[str, str], str]


def style_of(environ: Mapping[str, str], *, is_terminal: bool) -> Style:
    """Return a function that marks up text in a named color: on a terminal, unless a variable says otherwise.

    Source of the rule: https://no-color.org; NO_COLOR and FORCE_COLOR count when they are not empty.
    """
    # The older console of Windows shows the sequences as they are.
    able = "WT_SESSION" in environ if os.name == "nt" else environ.get("TERM") not in (None, "dumb")
    if environ.get("NO_COLOR") or not (environ.get("FORCE_COLOR") or (is_terminal and able)):
        return lambda text, _: text
    return lambda text, name: f"\x1b[{_COLORS[name]}m{text}\x1b[0m" if text else text


def place(result: Result, problem: Problem) -> str:
    """Return the path, or the file and line, that a problem is about."""
    path = _normal(os.path.join(result.path, problem.file)) if problem.file else result.path
    return f"{path}:{problem.line}" if problem.line else path


def _normal(path: str) -> str:
    return os.path.normpath(path).replace(os.sep, "/")


def _where(result: Result, finding: Finding) -> str:
    """Return the file that a finding is about, for a program that opens it."""
    return _normal(result.path if result.kind in ARCHIVES else os.path.join(result.path, finding.path))


def _merged(result: Result) -> List[Tuple[Finding, Tuple[str, ...]]]:
    """Return each finding once, with the names of the parts that have it, and the hints for all of them."""
    parts: Dict[Finding, List[str]] = {}
    hints: Dict[Finding, List[Hint]] = {}
    for part in result.parts:
        for finding in part.findings:
            # The hints name the tables of one target.
            key = finding._replace(hints=())
            parts.setdefault(key, []).append(part.name)
            known = hints.setdefault(key, [])
            known += (hint for hint in finding.hints if hint not in known)
    return [(finding._replace(hints=tuple(hints[finding])), tuple(names)) for finding, names in parts.items()]


# --- Text -------------------------------------------------------------------------------------------------------------


def as_text(result: Result, style: Style, *, verbose: bool) -> str:
    """Return what a person reads about one path, escaped; "" when it could not be checked at all."""
    if not result.about:
        return ""
    head = f"{style(escape(result.path), 'bold')}: {escape(result.about)}"
    if result.kind in ARCHIVES:
        head += f", {_number(result.members, 'member')}, {_bytes(result.size)}"
    # Findings that targets share are printed once. A target without findings has a line of its own.
    groups: Dict[Tuple[str, ...], List[Finding]] = {}
    for finding, names in _merged(result):
        groups.setdefault(names, []).append(finding)
    groups.update(((part.name,), []) for part in result.parts if not part.findings)
    order = [part.name for part in result.parts]
    is_project = result.kind == "project"
    lines = [head if is_project else f"{head}; {_counts(result.findings)}"]
    indent = "    " if is_project else "  "
    for names, findings in sorted(groups.items(), key=lambda group: order.index(group[0][0])):
        if is_project:
            lines.append(f"  {style(escape(', '.join(names)), 'bold')}: {_counts(findings)}")
        lines.extend(_lines(findings, style, indent, verbose=verbose))
    for part in result.parts:
        for note in part.notes:
            lines.extend(f"{indent}{line}" for line in _note_lines(note, verbose=verbose))
    lines.extend(f"  {style(escape(note), 'dim')}" for note in result.notes)
    return "\n".join(lines)


def _lines(findings: Sequence[Finding], style: Style, indent: str, *, verbose: bool) -> Iterator[str]:
    shown = findings if verbose else findings[:_SHOWN]
    for finding in shown:
        action = finding.action.value
        first, *rest = textwrap.wrap(describe(finding), _WIDTH - len(indent), **_WRAPPING)
        yield f"{indent}{style(f'{action:8}', action)}  {first}"
        yield from (f"{indent}          {style(line, 'dim')}" for line in [*rest, *_size(finding)])
    hidden = Counter(finding.code for finding in findings[len(shown) :])
    if hidden:
        codes = ", ".join(f"{number:,} {code}" for code, number in sorted(hidden.items()))
        yield f"{indent}and {sum(hidden.values()):,} more: {codes}; -v lists all"
    # `hint_lines` indents for a build.
    hints = [hint for finding in shown for hint in finding.hints]
    yield from (indent[2:] + style(line, "dim") for line in hint_lines(hints))


def _note_lines(note: Note, *, verbose: bool) -> Iterator[str]:
    yield f"note      {escape(note.header)}"
    shown = note.lines if verbose else note.lines[:_SHOWN]
    yield from (f"          {escape(line)}" for line in shown)
    if len(shown) < len(note.lines):
        yield f"          and {len(note.lines) - len(shown):,} more; -v lists all"
    yield from (f"        {line}" for line in hint_lines(note.hints))


def _size(finding: Finding) -> List[str]:
    """Return the line on the size of a directory in an archive."""
    return [f"{_number(finding.members, 'member')}, {_bytes(finding.size)}"] if finding.members else []


def _hints(hints: Sequence[Hint]) -> List[str]:
    """Return the hints as lines that are not wrapped."""
    lines = (" ".join(map(str.strip, hint_lines([hint]))) for hint in hints)
    return [line[len("hint: ") :] for line in lines]


def _note(note: Note) -> str:
    """Return the note as one line."""
    header = f"{note.header}: {'; '.join(note.lines)}" if note.lines else note.header
    return "; ".join([header, *_hints(note.hints)])


def _counts(findings: Sequence[Finding]) -> str:
    """Return `1 rejected, 2 dropped, 3 notices`."""
    by_action = Counter(finding.action for finding in findings)
    words = [f"{by_action[action]:,} {action.value}" for action in ORDER if by_action[action]]
    if by_action[Action.NOTICE] > 1:
        words[-1] += "s"
    return ", ".join(words) or "nothing found"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _bytes(size: int) -> str:
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < _KILO:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= _KILO
    return f"{value:,.1f} GB"


def summary(results: Sequence[Result], *, strict: bool = False) -> str:
    """Return the last line about several paths; "" about one."""
    if len(results) == 1:
        return ""
    codes = Counter(result.exit_code(strict=strict) for result in results)
    words = {CLEAN: "accepted", REJECTED: "rejected", UNUSABLE: "with errors"}
    counts = ", ".join(f"{codes[code]} {word}" for code, word in words.items() if codes[code])
    return f"{len(results)} paths: {counts or 'nothing to check'}"


# --- JSON (docs/json.md) ----------------------------------------------------------------------------------------------


def as_json(results: Sequence[Result], *, strict: bool = False) -> str:
    """Return one document about all paths, in ASCII."""
    return _dump(
        {
            "version": JSON_VERSION,
            "exit_code": exit_code(results, strict=strict),
            "results": [_result(result, strict=strict) for result in results],
        }
    )


def _dump(document: object) -> str:
    # Both can only be in strings. A CI log takes lines with them for commands.
    return json.dumps(document, indent=2).replace("::", ":\\u003a").replace("##[", "#\\u0023[")


def _result(result: Result, *, strict: bool) -> Dict[str, Any]:
    fields = result._asdict()
    size = fields.pop("size")
    return {
        **fields,
        "bytes": size,
        "exit_code": result.exit_code(strict=strict),
        "parts": [_part(part) for part in result.parts],
        "errors": [problem._asdict() for problem in result.errors],
    }


def _part(part: Part) -> Dict[str, Any]:
    return {
        **part._asdict(),
        "findings": [_finding(finding) for finding in part.findings],
        "notes": [_note(note) for note in part.notes],
    }


def _finding(finding: Finding) -> Dict[str, Any]:
    fields = finding._asdict()
    renamed = {"link_target": fields.pop("target"), "bytes": fields.pop("size"), "refused_by": fields.pop("installers")}
    title, action = CODES[finding.code].finding, finding.action.value
    return {**fields, **renamed, "title": title, "action": action, "hints": _hints(finding.hints)}


# --- GitHub (workflow commands) ---------------------------------------------------------------------------------------


def as_github(result: Result) -> str:
    """Return one annotation for each finding and each error, then one line for the log."""
    lines = []
    for problem in result.errors:
        # Not `place`: the line is a property of its own.
        file = place(result, problem._replace(line=0))
        lines.append(_annotation("error", file, "hatch-nocache", escape(problem.text), problem.line))
    merged = _merged(result)
    for finding, names in merged[:_ANNOTATIONS]:
        text = "\n".join([describe(finding), *_size(finding), *map("hint: {}".format, _hints(finding.hints))])
        title = f"hatch-nocache {finding.code} ({', '.join(names)})"
        lines.append(_annotation(_LEVELS[finding.action][0], _where(result, finding), title, text))
    said = "; ".join(f"{escape(part.name)}: {_counts(part.findings)}" for part in result.parts) or "not checked"
    more = f"; {len(merged) - _ANNOTATIONS:,} findings without an annotation" if len(merged) > _ANNOTATIONS else ""
    lines.append(f"hatch-nocache: {escape(result.path)}: {said}{more}")
    return "\n".join(lines)


def _annotation(level: str, path: str, title: str, text: str, line: int = 0) -> str:
    # https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    at = f",line={line}" if line else ""
    return f"::{level} file={_property(escape(path))}{at},title={_property(escape(title))}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# --- GitLab (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format) -----------------------------


def as_gitlab(results: Sequence[Result]) -> str:
    """Return a Code Quality report: an array with one issue for each finding and each error."""
    issues: Dict[str, Dict[str, Any]] = {}
    for result in results:
        for problem in result.errors:
            file = place(result, problem._replace(line=0))
            _add(issues, file, "hatch-nocache", problem.text, problem.text, "blocker", problem.line)
        # Of a path in two targets, the most severe finding counts.
        for finding, _ in sorted(_merged(result), key=lambda each: ORDER.index(each[0].action)):
            identity = f"{finding.path}\0{finding.target}"
            severity = _LEVELS[finding.action][1]
            _add(issues, _where(result, finding), finding.code, identity, describe(finding), severity)
    return _dump(list(issues.values()))


def _add(  # noqa: PLR0913, PLR0917 - the columns of a table
    issues: Dict[str, Dict[str, Any]], path: str, check: str, identity: str, text: str, severity: str, line: int = 0
) -> None:
    # Neither the line nor the wording: GitLab compares the fingerprints of two commits.
    fingerprint = hashlib.sha256(f"{check}\0{path}\0{identity}".encode("utf-8", "surrogatepass")).hexdigest()
    issue = {
        "description": escape(text),
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": escape(path), "lines": {"begin": line or 1}},
    }
    issues.setdefault(fingerprint, issue)
