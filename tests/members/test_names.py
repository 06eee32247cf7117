"""Which names are refused, for which kind of archive."""

from __future__ import annotations

import pytest
from badarchives import BAD_NAMES, FINE_NAMES

from hatch_nocache.names import is_too_long, name_problem, outside_root, target_problem


@pytest.mark.parametrize(
    "name", ["a", "src/pkg/__init__.py", "a b", " a", "dir /", "n" * 255, "x/" * 1900, "\udcc3\udca9", *FINE_NAMES]
)
def test_names_that_pass_in_an_sdist(name):
    """What uv 0.13 unpacks is nothing to speak of."""
    assert name_problem(name, wheel=False) is None


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a\nb", "U+000A"),
        ("\x00", "U+0000"),
        ("a\x1f", "U+001F"),
        ("a\x7f", "U+007F"),
        ("a:b", "colon"),
        ("a\\b", "backslash"),
        ("d/a ", "space"),
        ("\udcff", "UTF-8"),
        ("\u00e9 ", "space"),
        ("n" * 256, "256 bytes"),
        ("d/" + "\u00e9" * 128, "256 bytes"),
        ("d/" * 1920 + "a", "3841 bytes"),
    ],
)
def test_names_that_are_refused_in_an_sdist(name, word):
    """Each rule by itself, with a reason that names it."""
    problem = name_problem(name, wheel=False)
    assert problem is not None
    assert word in problem


@pytest.mark.parametrize("name", BAD_NAMES)
def test_the_table_of_bad_names(name):
    """What the table of archives calls bad is bad here."""
    assert name_problem(f"data/{name}", wheel=False)


@pytest.mark.parametrize("name", ["a:b", "a\\b", "a ", "a\u2028b", "a\u00a0b", "\u00e9", "\U0001f600", "a\u0378"])
def test_names_that_pass_in_a_wheel(name):
    """Every installer installs these from a wheel; the last is not assigned, which depends on who is asked."""
    assert name_problem(name, wheel=True) is None


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a\nb", "U+000A"),
        ("\udcff", "UTF-8"),
        ("\udcc3\udca9", "locale"),
        ("a\x85b", "U+0085"),
        ("a\u202eb", "U+202E"),
        ("a\u200db", "U+200D"),
        ("a\ue000b", "U+E000"),
        ("a\ufdd0b", "U+FDD0"),
        ("a\uffffb", "U+FFFF"),
        ("a\U0001fffeb", "U+1FFFE"),
        ("a\udcffb", "UTF-8"),
        ("n" * 256, "256 bytes"),
    ],
)
def test_names_that_are_refused_in_a_wheel(name, word):
    """Uv 0.11 refuses more characters in a wheel than in an sdist."""
    problem = name_problem(name, wheel=True)
    assert problem is not None
    assert word in problem


def test_a_wheel_may_hold_what_an_sdist_may_not_and_the_other_way_round():
    """Neither rule holds the other."""
    assert name_problem("a:b", wheel=False)
    assert not name_problem("a:b", wheel=True)
    assert not name_problem("a\u202eb", wheel=False)
    assert name_problem("a\u202eb", wheel=True)


@pytest.mark.parametrize(("text", "bad"), [("../a", False), ("", True), ("a ", True), ("a/", False), ("..", False)])
def test_targets_of_links(text, bad):
    """The text of a link is held to the rules for names, and must not be empty."""
    assert (target_problem(text) is not None) is bad


@pytest.mark.parametrize(
    ("name", "root", "word"),
    [
        ("p/a", "p", None),
        ("p", "p", None),
        ("p/", "p", None),
        ("p/./a", "p", None),
        ("p/a//b", "p", None),
        ("p/..a/b../...", "p", None),
        ("p//a", "p", "//"),
        ("p/../a", "p", "`..`"),
        ("p/a/..", "p", "`..`"),
        ("../a", "p", "`..`"),
        ("/p/a", "p", "absolute"),
        ("./p/a", "p", "begin"),
        ("q/a", "p", "begin"),
        ("pp/a", "p", "begin"),
        ("a", "", None),
        ("./a//b", "", None),
        ("/a", "", "absolute"),
        ("a/../b", "", "`..`"),
    ],
)
def test_outside_root(name, root, word):
    """Below the top directory, or why not; a wheel has no top directory."""
    problem = outside_root(name, root)
    assert (problem is None) is (word is None)
    assert word is None or word in problem


def test_too_long_is_a_matter_of_bytes():
    """Sixty-four characters of four bytes are one too many."""
    assert not is_too_long("n" * 255)
    assert is_too_long("\U0001f600" * 64)
    assert not is_too_long("\U0001f600" * 63)
