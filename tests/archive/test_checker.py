"""The checker of members: what a finding has, places, and the order of members."""

from __future__ import annotations

import tarfile

import pytest

from hatch_nocache.archive.check import MemberChecker
from hatch_nocache.archive.reader import Member
from hatch_nocache.members import incompatibilities as table
from hatch_nocache.rules import Finding

FILE, LINK, HARD, FOLDER = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE


def checked(*rows, **how):
    """Check rows of (path below the root, kind, link target) and return the findings."""
    checker = MemberChecker(**how)
    prefix = "" if how.get("rooted") is False else "p/"
    for row in rows:
        checker.add(Member(prefix + row[0], *row[1:]))
    return checker.finish()


def codes(*rows, **how):
    return [(finding.code, finding.path) for finding in checked(*rows, **how)]


def test_a_finding_has_what_a_report_needs():
    (finding,) = checked(("l", LINK, "/usr/bin/python3"))
    assert (finding.code, finding.path, finding.target) == ("NC101", "l", "/usr/bin/python3")
    assert (finding.what, finding.reason) == ("absolute symlink", "")
    assert finding.note == "refused by pip 24.1+, uv 0.8.1+ and build"
    assert finding.installers == ("pip 24.1+", "uv 0.8.1+", "build")
    assert finding.is_rejected


def test_every_row_of_the_table_has_a_consequence():
    rows = [row for row in vars(table).values() if isinstance(row, Finding)]
    assert len(rows) > 30
    assert [row for row in rows if not row.note] == [table.DANGLING]
    assert not any(text in row.note for row in rows for text in ("; by", "and by", ", ;"))
    assert table.OUTSIDE_WHEEL.note == "refused by pip; left out by uv"
    assert table.FILE_OVER_LINK.note == "written to another file by pip and build"


@pytest.mark.parametrize(
    ("row", "what", "expected"),
    [
        (("a", FILE, "", 0, b"", (table.TIME, "modified before 1970")), "invalid time", table.TIME),
        (("f", tarfile.FIFOTYPE), "FIFO", table.SPECIAL),
        (("f", tarfile.CHRTYPE), "character device", table.SPECIAL),
        (("f", tarfile.BLKTYPE), "block device", table.SPECIAL),
        (("f", b"Z"), "file of an unknown type", table.SPECIAL),
        (("h", HARD, "p/l"), "hard link to a symlink", table.HARD_LINK_TO_SYMLINK),
        (("h", HARD, "p/h"), "hard link", table.HARD_LINK),
    ],
)
def test_row_of_a_finding(row, what, expected):
    (finding,) = checked(("t",), ("l", LINK, "t"), row)
    assert (finding.code, finding.what, finding.installers) == (expected.code, what, expected.installers)


def test_the_first_member_that_can_have_a_root_decides():
    checker = MemberChecker()
    for name in ("../x", "/x", "./p/x", "p/a", "q/b:"):
        checker.add(Member(name))
    assert checker.root == "p"
    found = [(each.code, each.path) for each in checker.finish()]
    assert found == [*(("NC202", name) for name in ("../x", "/x", "./p/x", "q/b:")), ("NC203", "q/b:")]


COLLISIONS = {FILE: (HARD, FOLDER), LINK: (FILE, HARD, FOLDER), FOLDER: (FILE, LINK, HARD), HARD: (FILE, HARD, FOLDER)}
TARGETS = {LINK: "t", HARD: "p/t"}


@pytest.mark.parametrize("earlier", COLLISIONS)
@pytest.mark.parametrize("later", COLLISIONS)
def test_two_members_of_one_name(earlier, later):
    """A name can come twice if the later one replaces the earlier. Nothing can be below a file or symlink.

    The table of bad archives has more pairs and sequences.
    """
    above, same = ("x", earlier, TARGETS.get(earlier, "")), ("x", later, TARGETS.get(later, ""))
    assert codes(("t",), above, same) == [("NC205", "x")] * (later in COLLISIONS[earlier])
    if earlier != FOLDER:
        assert codes(("t",), above, ("x/y/z", *same[1:])) == [("NC205", "x/y/z")]


def test_a_zip_has_files_and_directories_only():
    rows = [("a",), ("a/b",), ("../x",), ("a\nb",), ("a", FOLDER)]
    findings = checked(*rows, rooted=False, zipped=True)
    assert [each.code for each in findings] == ["NC205", "NC202", "NC203", "NC205"]
    assert [each.installers for each in findings[:3]] == [("pip", "uv", "build"), ("pip",), ("uv 0.9.6+",)]
    # It has no metadata of an sdist either.
    assert codes(("PKG-INFO", LINK, "x"), ("x",), rooted=False) == []
