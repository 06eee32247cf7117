"""What a person reads."""

from __future__ import annotations

from typing import List

import pytest

from hatch_nocache.findings import CODES, Action, Finding
from hatch_nocache.report import built, escape, refused


def finding(path: str, action: Action = Action.DROPPED, code: str = "NC001", what: str = "uv cache") -> Finding:
    """A finding of which only some parts matter."""
    return Finding(code, path, what, "because it is so", action, "do this")


def test_nothing_to_say() -> None:
    """A clean build is a silent one."""
    assert built([], [], "sdist", verbose=False) == ""


def test_the_block_of_the_readme() -> None:
    """One cache, kept out."""
    cache = Finding(
        "NC001",
        ".uv-cache/",
        "uv cache",
        "because UV_CACHE_DIR=.uv-cache points into the project",
        Action.DROPPED,
        "nothing to do; to keep other tools from packing it too, add /.uv-cache/ to .gitignore",
    )
    assert built([cache], [], "sdist", verbose=False).splitlines() == [
        "hatch-nocache: kept 1 cache directory out of the sdist",
        "  NC001 .uv-cache/   uv cache, because UV_CACHE_DIR=.uv-cache points into the project",
        "        nothing to do; to keep other tools from packing it too, add /.uv-cache/ to .gitignore",
    ]


def test_the_first_line_counts_what_was_done() -> None:
    """Caches, environments, links; copies; and remarks only where there is nothing else."""
    everything = [
        finding("a/"),
        finding("b/"),
        finding("venv/", code="NC004", what="virtual environment"),
        finding("l", code="NC101", what="absolute link"),
        finding("m", Action.COPIED, code="NC102"),
        finding("n", Action.NOTICE, code="NC104"),
    ]
    head = built(everything, ["a remark"], "wheel", verbose=False).splitlines()[0]
    assert head == (
        "hatch-nocache: kept 2 cache directories, 1 environment and 1 link out of the wheel; "
        "packed the content of 1 link into the wheel"
    )
    notices = built(everything[-1:], ["a remark"], "wheel", verbose=False).splitlines()
    assert notices[0] == "hatch-nocache: 2 notes on the wheel"
    assert notices[-1] == "  a remark"


@pytest.mark.parametrize("verbose", [True, False])
def test_many_findings_stay_short_unless_asked_for(verbose: bool) -> None:
    """What is not named is counted."""
    many = [finding(f"cache{number}/") for number in range(150)] + [finding("l", code="NC101")]
    lines = built(many, ["one", "two", "three"], "sdist", verbose=verbose).splitlines()
    if verbose:
        assert len(lines) == 1 + 2 * 151 + 3
        return
    assert len(lines) == 13
    assert lines[9] == f"  also NC001 {', '.join(f'cache{number}/' for number in range(4, 104))} and 46 more; NC101 l"
    assert lines[10:] == [
        "  HATCH_VERBOSE=1 shows all of it",
        "  one",
        "  and 2 more notes; HATCH_VERBOSE=1 shows all of it",
    ]


@pytest.mark.parametrize(
    ("codes", "length"), [(["NC001"], 1), (["NC001"], 4000), (sorted(CODES), 3), (sorted(CODES), 300)]
)
def test_no_line_of_many_paths_is_long(codes: List[str], length: int) -> None:
    """However many there are, and however long each is."""
    first = [finding("first", code="NC001")] * 4
    many = [finding("n" * length, code=code) for code in codes for _ in range(300)]
    also, more = built(first + many, [], "sdist", verbose=False).splitlines()[-2:]
    assert len(also) < 2000 + 30 * len(codes)
    assert [code for code in codes if code not in also] == []
    assert also.count("300 places") == (len(codes) if length > 2000 / len(codes) else 0)
    assert more == "  HATCH_VERBOSE=1 shows all of it"


@pytest.mark.parametrize(("removed", "outcome"), [(False, "was not built"), (True, "was removed again")])
def test_a_refusal_begins_with_what_was_rejected(removed: bool, outcome: str) -> None:
    """What was merely dropped comes after it."""
    link = Finding("NC101", "l", "absolute link", "so", Action.REJECTED, target="/etc/hostname")
    lines = refused([finding("a/"), link], "sdist", removed=removed, verbose=False).splitlines()
    assert lines[0] == f"hatch-nocache: the sdist {outcome}: 1 problem"
    assert lines[1] == "  NC101 l -> /etc/hostname   absolute link, so"
    assert lines[2].startswith("  NC001 a/")


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("plain.txt", "plain.txt"),
        ("größe 漢", "größe 漢"),
        ("a\nb", r"a\nb"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\x7fb\x85", r"a\x7fb\x85"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\u2028b", r"a\u2028b"),
        ("caf\udce9", r"caf\udce9"),
        ("\U000e0001", r"\U000e0001"),
        ("::error::x", r":\x3aerror:\x3ax"),
        ("##[error]x", r"#\x23[error]x"),
        ("##vso[task]", r"#\x23vso[task]"),
        ("é::error::", r"é:\x3aerror:\x3a"),
        ("it's", "it's"),
        ("é'", "é'"),
    ],
)
def test_escape(raw: str, safe: str) -> None:
    """Nothing that a terminal or a CI log takes for a command gets through; all else does."""
    assert escape(raw) == safe
