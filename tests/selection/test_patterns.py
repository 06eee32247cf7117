"""Gitignore patterns, and what their literal beginning names."""

from __future__ import annotations

from typing import List, Optional, Tuple

import pytest

from hatch_nocache.patterns import Patterns, literal_lead


def test_the_last_pattern_that_matches_decides() -> None:
    """As in a `.gitignore`."""
    patterns = Patterns(["/data/*", "!/data/keep"])
    assert patterns.match("data/x")
    assert not patterns.match("data/keep")


def test_no_patterns_match_nothing() -> None:
    """The default."""
    assert not Patterns(()).match("x")
    assert not Patterns(())
    assert Patterns(["x"])


def test_what_was_of_no_use() -> None:
    """Each positive entry is counted for itself; comments and negated ones are not."""
    patterns = Patterns(["/a/", "/b/", "# c", "!/d"])
    patterns.match("a/x")
    patterns.match("a/x")
    assert patterns.unused() == ["/b/"]
    patterns.forget()
    assert patterns.unused() == ["/a/", "/b/"]


@pytest.mark.parametrize(
    ("line", "lead"),
    [
        ("target/release/*.so", ("target/release", True)),
        ("/.uv-cache/", (".uv-cache", True)),
        (".uv-cache/", (".uv-cache", False)),
        ("venv", ("venv", False)),
        ("./venv/lib", ("venv/lib", True)),
        (r"/a\ b", ("a b", True)),
        ("data/**", ("data", True)),
        ("*.so", None),
        ("fixtures*", None),
        ("**/cache", None),
        ("[ab]/c", None),
        ("/", None),
        ("!/venv", None),
        ("# venv", None),
        ("", None),
        ("   ", None),
    ],
)
def test_literal_lead(line: str, lead: Optional[Tuple[str, bool]]) -> None:
    """Only what is spelled out is named."""
    assert literal_lead(line) == lead


@pytest.mark.parametrize(
    ("line", "names", "others"),
    [
        ("LICENSE", ["LICENSE"], ["LICENSE.txt", "a"]),
        ("*.so", ["a.so", ".so"], ["a.so.1"]),
        ("test_*", ["test_a", "test_"], ["a_test_"]),
        ("?", ["a", "ab"], []),
        ("data/a.txt", ["a.txt"], ["b.txt"]),
        ("/data/*.txt", ["a.txt", "b.so"], []),
        ("/other/a.txt", [], ["a.txt"]),
        ("/data/", [], ["data", "a"]),
        ("!/data/x", ["a", "b"], []),
        (r"\#a", ["a", "b"], []),
        (" a", ["a", "b"], []),
    ],
)
def test_what_may_match_in_a_directory(line: str, names: List[str], others: List[str]) -> None:
    """A look at the name of a file in `data` says whether it is worth while to ask the patterns."""
    probe = Patterns([line]).probe("data")
    assert [name for name in (*names, *others) if probe is not None and probe.may_match(name)] == names


def test_nothing_may_match_where_there_are_no_patterns() -> None:
    """The default."""
    assert Patterns(()).probe("data") is None
