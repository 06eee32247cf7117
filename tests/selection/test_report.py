"""What a person reads: sections, hints, width, and what is escaped. The test projects have whole messages."""

from __future__ import annotations

from typing import List

import pytest

from hatch_nocache.report import block, built, escape, hint_lines
from hatch_nocache.rules import CODES, Action, Finding, Hint, Note


def finding(path: str, action: Action = Action.DROPPED, code: str = "NC001", what: str = "uv cache", **more) -> Finding:
    return Finding(code, path, what, "so", action, **more)


def headers(*findings: Finding) -> List[str]:
    lines = built(findings, [], "wheel", verbose=False).splitlines()
    return [line[len("hatch-nocache: ") :] for line in lines if line.startswith("hatch-nocache: ")]


def test_sections() -> None:
    notice = Action.NOTICE
    dropped = [finding("a/"), finding("l", code="NC101"), finding("m", code="NC102"), finding("u", code="NC006")]
    dropped.append(finding("venv/", code="NC002", is_environment=True))
    assert headers() == []
    assert headers(*dropped) == [
        "left 1 cache directory, 1 virtual environment, 2 symlinks and 1 untracked path out of the wheel"
    ]
    assert headers(*(finding("x", notice, code) for code in ("NC001", "NC006", "NC102", "NC104", "NC106"))) == [
        "packed 1 cache directory into the wheel because the configuration names it",
        "packed 1 path that git does not track into the wheel",
        "packed 1 dangling symlink into the wheel",
        "packed 1 directory into the wheel under more names than Hatchling would",
        "packed into the wheel: the content of 1 symlink to paths outside the project",
    ]
    assert headers(finding("a", notice), finding("b", notice)) == [
        "packed 2 cache directories into the wheel because the configuration names them"
    ]


@pytest.mark.parametrize("verbose", [True, False])
def test_notes(*, verbose: bool) -> None:
    note = Note("a header", tuple("123456"), (Hint("do it", "add {} to `x`", '"/a"'),))
    lines = built([], [note], "sdist", verbose=verbose).splitlines()
    shown = list("123456") if verbose else [*"1234", "and 2 more (HATCH_VERBOSE=1 lists all)"]
    assert lines == ["hatch-nocache: a header", *(f"  {line}" for line in shown), '  hint: to do it, add "/a" to `x`']


@pytest.mark.parametrize("length", [1, 2500])
def test_many_findings(length: int) -> None:
    """However many there are, and however long each path is: each code is named."""
    many = [finding("n" * length, code=code) for code in sorted(CODES) for _ in range(50)]
    lines = block(Note("a header"), many, verbose=False).splitlines()
    assert lines[0] == "hatch-nocache: a header"
    rest = " ".join(" ".join(lines[5:]).split())
    assert [code for code in CODES if f"{code} n" not in rest] == []
    assert len(rest) < 4000 + 2 * length * len(CODES)
    assert rest.count("…") == len(CODES)
    if length == 1:
        assert max(map(len, lines)) <= 120
    assert len(block(Note("a header"), many, verbose=True).splitlines()) > len(many)


def test_wrapping() -> None:
    """At blanks, within 120 columns; a path is not changed and may exceed them."""
    path = "a directory/" + "x" * 130
    _, head, *rest = block(Note(""), [finding(path, note="word " * 40)], verbose=False).splitlines()
    assert all(line.startswith("        ") and len(line) <= 120 for line in rest[1:])
    assert path in "\n".join([head, *rest]).replace("\n        ", " ")


def test_hints() -> None:
    """Those that differ only in their entry are one line."""
    add = "add {} to `allow`"
    assert hint_lines([Hint("pack it", add, '"/a"')] * 2) == ['  hint: to pack it, add "/a" to `allow`']
    assert hint_lines([Hint("pack it", add, "")]) == ["  hint: to pack it, add an entry for it to `allow`"]
    assert hint_lines([Hint("pack it", add, '"/a"'), Hint("", "x\n"), Hint("pack it", add, '"/b"')]) == [
        '  hint: to pack one, add it to `allow`, as "/a" or "/b"',
        r"  hint: x\n",
    ]
    for entry in ("", '"/' + "x" * 120 + '"'):
        (line,) = hint_lines([Hint("pack it", add, '"/a"'), Hint("pack it", add, entry)])
        assert line == "  hint: to pack one, add it to `allow`, with a leading `/`"


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("größe 漢 it's é'", "größe 漢 it's é'"),
        ("a\nb", r"a\nb"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\x7fb\x85", r"a\x7fb\x85"),
        ("\u202egnp.exe\u2028", r"\u202egnp.exe\u2028"),
        ("caf\udce9", r"caf\udce9"),
        ("\U000e0001", r"\U000e0001"),
        ("::error::x", r":\x3aerror:\x3ax"),
        ("é##[error]x", r"é#\x23[error]x"),
    ],
)
def test_escape(raw: str, safe: str) -> None:
    assert escape(raw) == safe
