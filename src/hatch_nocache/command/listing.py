"""An outcome → the text that a person reads on a terminal. Everything in it is escaped."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Container, Dict, Iterator, List, Optional, Sequence

from hatch_nocache.command.outcome import ARCHIVES, CLEAN, REJECTED, UNUSABLE, Outcome, Part
from hatch_nocache.findings import Action, Finding
from hatch_nocache.report import describe, escape

if TYPE_CHECKING:
    from typing import Counter as Count

    from hatch_nocache.command.terminal import Style

__all__ = ["as_text", "counts", "details", "summary"]

# How many findings of a target, or of an archive, are shown unless asked for more.
_ROOM = 10
_KILO = 1000
# Codes below it are about directories: caches and environments.
_FIRST_OF_MEMBERS = "NC1"


def as_text(outcome: Outcome, style: Style, *, verbose: bool) -> str:
    """What a person reads about one path; "" when it could not be judged at all."""
    if not outcome.about:
        return ""
    single = outcome.kind != "project"
    head = f"{style(escape(outcome.path), 'bold')}: {escape(outcome.about)}"
    if outcome.kind in ARCHIVES:
        head += f", {_number(outcome.members, 'member')}, {_bytes(outcome.size)}"
    lines = [f"{head}; {counts(outcome.findings)}" if single else head]
    for part in outcome.parts:
        if not single:
            lines.append(f"  {style(escape(part.name), 'bold')}: {counts(part.findings)}")
        lines.extend(_part(part, style, "  " if single else "    ", verbose=verbose))
    if outcome.kind in ARCHIVES:
        lines.extend(f"  {line}" for line in _refusal([each for each in outcome.findings if each.rejected]))
    lines.extend(f"  {style(escape(remark), 'dim')}" for remark in outcome.remarks)
    return "\n".join(lines)


def summary(outcomes: Sequence[Outcome]) -> str:
    """The last line about several paths; "" about one."""
    if len(outcomes) == 1:
        return ""
    codes = Counter(outcome.exit_code for outcome in outcomes)
    words = {CLEAN: "accepted", REJECTED: "rejected", UNUSABLE: "not judged"}
    return f"{len(outcomes)} paths: {', '.join(f'{codes[code]} {word}' for code, word in words.items() if codes[code])}"


def _part(part: Part, style: Style, indent: str, *, verbose: bool) -> Iterator[str]:
    inside = {} if verbose else _inside(part.findings)
    findings = part.findings if verbose else [each for each in part.findings if _cache_above(each, inside) is None]
    shown = findings if verbose else findings[:_ROOM]
    below = indent + " " * 10
    for finding in shown:
        action = finding.action.value
        yield f"{indent}{style(f'{action:8}', action)}  {describe(finding)}"
        lines = details(finding, installers=verbose)
        if inside.get(finding.path):
            lines.append(f"also inside it: {_codes(inside[finding.path])}; -v shows them")
        yield from (f"{below}{style(line, 'dim')}" for line in lines)
    hidden = Counter(finding.code for finding in findings[len(shown) :])
    if hidden:
        yield f"{indent}and {sum(hidden.values()):,} more: {_codes(hidden)}; -v shows them"
    for note in part.notes:
        yield f"{indent}note      {escape(note)}"


def _inside(findings: Sequence[Finding]) -> Dict[str, Count[str]]:
    """Each cache, and how many findings of which code lie in it: in an archive, all the links of an environment."""
    caches: Dict[str, Count[str]] = {each.path: Counter() for each in findings if each.code < _FIRST_OF_MEMBERS}
    for finding in findings:
        above = _cache_above(finding, caches)
        if above is not None:
            caches[above][finding.code] += 1
    return caches


def _cache_above(finding: Finding, caches: Container[str]) -> Optional[str]:
    parts = finding.path.rstrip("/").split("/")[:-1]
    paths = ("/".join(parts[: length + 1]) + "/" for length in range(len(parts)))
    return next((path for path in paths if path in caches), None)


def _codes(counts: Count[str]) -> str:
    return ", ".join(f"{number:,} {code}" for code, number in sorted(counts.items()))


def details(finding: Finding, *, installers: bool) -> List[str]:
    """Return the lines below the first one about a finding; with who refuses it, if `installers`."""
    lines = []
    if finding.count:
        lines.append(f"{_number(finding.count, 'member')}, {_bytes(finding.size)}")
    if installers:
        lines.extend(_refusal([finding]))
    if finding.remedy:
        lines.append(escape(finding.remedy))
    return lines


def _refusal(findings: Sequence[Finding]) -> List[str]:
    """The line on who objects to an archive, if anyone does."""
    installers = list(dict.fromkeys(name for finding in findings for name in finding.installers))
    # Such as: uv 0.11 (rewrites it).
    verb = "refused or altered" if any("(" in name for name in installers) else "refused"
    return [f"{verb} by {escape(', '.join(installers))}"] if installers else []


def counts(findings: Sequence[Finding]) -> str:
    """`1 rejected, 2 dropped, 3 notices`."""
    by_action = Counter(finding.action for finding in findings)
    words = {Action.REJECTED: "rejected", Action.DROPPED: "dropped", Action.COPIED: "copied"}
    parts = [f"{by_action[action]:,} {word}" for action, word in words.items() if by_action[action]]
    if by_action[Action.NOTICE]:
        parts.append(_number(by_action[Action.NOTICE], "notice"))
    return ", ".join(parts) or "nothing found"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _bytes(size: int) -> str:
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < _KILO:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= _KILO
    return f"{value:,.1f} GB"
