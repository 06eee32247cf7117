"""Gitignore patterns, and what their literal beginning names."""

from __future__ import annotations

from typing import Optional, Tuple

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
