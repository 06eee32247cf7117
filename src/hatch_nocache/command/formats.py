"""Outcomes → JSON for a program, annotations for GitHub."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Sequence

from hatch_nocache.command.listing import counts, details
from hatch_nocache.command.outcome import ARCHIVES, Outcome, exit_code
from hatch_nocache.findings import CODES, Action, Finding
from hatch_nocache.report import describe, escape

__all__ = ["FORMATS", "JSON_VERSION", "as_github", "as_json"]

FORMATS = ("text", "json", "github")
JSON_VERSION = 1

_LEVELS = {Action.REJECTED: "error", Action.DROPPED: "warning", Action.COPIED: "warning", Action.NOTICE: "notice"}

# --- JSON (docs/json.md) ----------------------------------------------------------------------------------------------


def as_json(outcomes: Sequence[Outcome]) -> str:
    """One document about all paths, in ASCII."""
    document = {
        "version": JSON_VERSION,
        "exit_code": exit_code(outcomes),
        "results": [_result(outcome) for outcome in outcomes],
    }
    text = json.dumps(document, indent=2)
    # Both can only be in strings. A CI log takes lines with them for commands.
    return text.replace("::", ":\\u003a").replace("##[", "#\\u0023[")


def _result(outcome: Outcome) -> Dict[str, Any]:
    return {
        "path": outcome.path,
        "kind": outcome.kind,
        "about": outcome.about,
        "exit_code": outcome.exit_code,
        "members": outcome.members,
        "bytes": outcome.size,
        "parts": [
            {
                "name": part.name,
                "switched_on": part.switched_on,
                "findings": [_finding(finding) for finding in part.findings],
                "notes": list(part.notes),
            }
            for part in outcome.parts
        ],
        "remarks": list(outcome.remarks),
        "errors": list(outcome.errors),
    }


def _finding(finding: Finding) -> Dict[str, Any]:
    return {
        "code": finding.code,
        "title": CODES[finding.code].title,
        "action": finding.action.value,
        "path": finding.path,
        "link_target": finding.target,
        "what": finding.what,
        "how": finding.how,
        "remedy": finding.remedy,
        "members": finding.count,
        "bytes": finding.size,
        "refused_by": list(finding.installers),
    }


# --- GitHub (workflow commands) ---------------------------------------------------------------------------------------


def as_github(outcome: Outcome) -> str:
    """One annotation for each finding and each error, then one line for the log."""
    lines = [_annotation("error", outcome.path, "hatch-nocache", escape(error)) for error in outcome.errors]
    for part in outcome.parts:
        for finding in part.findings:
            where = (
                outcome.path if outcome.kind in ARCHIVES else os.path.normpath(os.path.join(outcome.path, finding.path))
            )
            # Each of these lines is escaped already.
            text = "\n".join([describe(finding), *details(finding, installers=True)])
            title = f"hatch-nocache {finding.code} ({part.name})"
            lines.append(_annotation(_LEVELS[finding.action], where, title, text))
    said = "; ".join(f"{part.name}: {counts(part.findings)}" for part in outcome.parts) or "not judged"
    lines.append(escape(f"hatch-nocache: {outcome.path}: {said}"))
    return "\n".join(lines)


def _annotation(level: str, path: str, title: str, text: str) -> str:
    # https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    file = _property(escape(path.replace(os.sep, "/")))
    return f"::{level} file={file},title={_property(escape(title))}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
