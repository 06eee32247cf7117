"""Names that installers refuse, by kind of archive."""

from __future__ import annotations

import pytest
from badarchives import BAD_NAMES, FINE_NAMES

from hatch_nocache.members.names import name_problem, outside_root, parents, too_long

FINE = ["a", "src/pkg/__init__.py", "a b", " a", "dir /", "n" * 255, "x/" * 1900, "\udcc3\udca9", *FINE_NAMES]


@pytest.mark.parametrize("name", FINE)
def test_valid_names_in_an_sdist(name):
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
        *((f"data/{name}", "") for name in BAD_NAMES),
    ],
)
def test_refused_names_in_an_sdist(name, word):
    assert word in name_problem(name, wheel=False)


@pytest.mark.parametrize("name", ["a:b", "a\\b", "a ", "a\u2028b", "a\u00a0b", "\u00e9", "\U0001f600", "a\u0378"])
def test_valid_names_in_a_wheel(name):
    """Every installer accepts these. The last is unassigned, which depends on the version of Unicode."""
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
def test_refused_names_in_a_wheel(name, word):
    assert word in name_problem(name, wheel=True)


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
    """A wheel has no top-level directory."""
    problem = outside_root(name, root)
    assert (problem is None) is (word is None)
    assert word is None or word in problem


def test_too_long_is_a_matter_of_bytes():
    """Sixty-four characters of four bytes are one too many."""
    names = ("n" * 255, "\U0001f600" * 64, "\U0001f600" * 63)
    assert [too_long(name) is not None for name in names] == [False, True, False]


def test_parents():
    assert parents(["a/b/c", "a/d"]) == {"", "a", "a/b"}
