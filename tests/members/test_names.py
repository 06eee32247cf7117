"""Names that installers refuse, by kind of archive."""

from __future__ import annotations

import pytest

from hatch_nocache.members.names import name_problem, outside_root
from hatch_nocache.paths import parents


@pytest.mark.parametrize(
    ("name", "in_sdist", "in_wheel"),
    [
        *((name, "", None) for name in ("dir /", "n" * 255, "x/" * 1900)),
        *((name, None, "") for name in ("\u2028", "\u00a0", "\u00e9", "\U0001f600")),
        # Unassigned, which depends on the version of Unicode.
        ("a\u0378", None, ""),
        ("a\nb", "U+000A", "U+000A"),
        ("\x00", "U+0000", "U+0000"),
        ("a\x1f", "U+001F", "U+001F"),
        ("a\x7f", "U+007F", "U+007F"),
        ("a:b", "colon", ""),
        ("a\\b", "backslash", ""),
        ("d/a ", "space", ""),
        ("\u00e9 ", "space", ""),
        ("a\udcffb", "UTF-8", "UTF-8"),
        ("\udcc3\udca9", "", "locale"),
        ("n" * 256, "256 bytes", "256 bytes"),
        ("d/" + "\u00e9" * 128, "256 bytes", "256 bytes"),
        ("d/" + "\U0001f600" * 63, "", ""),
        ("d/" * 1920 + "a", "3841 bytes", "3841 bytes"),
        *(
            (f"a{chr(point)}b", "", f"U+{point:04X}")
            for point in (0x85, 0x202E, 0x200D, 0xE000, 0xFDD0, 0xFFFF, 0x1FFFE)
        ),
    ],
)
def test_names(name, in_sdist, in_wheel):
    """Each kind of archive refuses other names. None: not checked here."""
    for expected, wheel in ((in_sdist, False), (in_wheel, True)):
        if expected is not None:
            problem = name_problem(name, wheel=wheel)
            assert expected in problem if expected else problem is None


@pytest.mark.parametrize(
    ("name", "word"),
    [("p/a/..", "`..`"), ("/p/a", "absolute"), ("p//a", "//"), ("q/a", "begin"), ("pp/a", "begin"), ("p/..a/b..", "")],
)
def test_outside_root(name, word):
    problem = outside_root(name, "p")
    assert word in problem if word else problem is None


def test_parents():
    assert parents(["a/b/c", "a/d"]) == {"", "a", "a/b"}
