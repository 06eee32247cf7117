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


# -- Findings ----------------------------------------------------------------------------------------------------------


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
    ("row", "expected"),
    [
        (("a", FILE, "", 0, b"", (table.TIME, "modified before 1970")), table.TIME),
        (("f", tarfile.FIFOTYPE), table.SPECIAL._replace(what="FIFO")),
        (("f", tarfile.CHRTYPE), table.SPECIAL._replace(what="character device")),
        (("f", tarfile.BLKTYPE), table.SPECIAL._replace(what="block device")),
        (("f", b"Z"), table.SPECIAL._replace(what="file of an unknown type")),
        (("h", HARD, "p/l"), table.HARD_LINK_TO_SYMLINK),
        (("h", HARD, "p/no"), table.HARD_LINK),
        (("h", HARD, "p/h"), table.HARD_LINK),
    ],
)
def test_row_of_a_finding(row, expected):
    (finding,) = checked(("t",), ("l", LINK, "t"), row)
    assert (finding.code, finding.what, finding.installers) == (expected.code, expected.what, expected.installers)


# -- Places ------------------------------------------------------------------------------------------------------------


def test_the_first_member_that_can_have_a_root_decides():
    checker = MemberChecker()
    for name in ("../x", "/x", "./p/x", "p/a", "q/b:"):
        checker.add(Member(name))
    assert checker.root == "p"
    found = [(each.code, each.path) for each in checker.finish()]
    assert found == [*(("NC202", name) for name in ("../x", "/x", "./p/x", "q/b:")), ("NC203", "q/b:")]


# -- Pairs and sequences: the table of bad archives has most -----------------------------------------------------------

COLLISIONS = {FILE: (HARD, FOLDER), LINK: (FILE, HARD, FOLDER), FOLDER: (FILE, LINK, HARD), HARD: (FILE, HARD, FOLDER)}
TARGETS = {LINK: "t", HARD: "p/t"}


@pytest.mark.parametrize("earlier", COLLISIONS)
@pytest.mark.parametrize("later", COLLISIONS)
def test_two_members_of_one_name(earlier, later):
    """A name can come twice if the later one replaces the earlier. Nothing can be below a file or symlink."""
    above, same = ("x", earlier, TARGETS.get(earlier, "")), ("x", later, TARGETS.get(later, ""))
    assert codes(("t",), above, same) == [("NC205", "x")] * (later in COLLISIONS[earlier])
    if earlier != FOLDER:
        assert codes(("t",), above, ("x/y/z", *same[1:])) == [("NC205", "x/y/z")]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # Paths have no empty and no `.` parts.
        ([("./a//b",), ("h", HARD, "p/a/b")], []),
        ([("c/", FOLDER), ("c/.", FOLDER), ("c",)], [("NC205", "c")]),
        # No place: a name that is too long, a special file, what is below a file.
        ([("n" * 300,), ("h", HARD, f"p/{'n' * 300}")], [("NC203", "n" * 300), ("NC204", "h")]),
        ([("f", tarfile.FIFOTYPE), ("h", HARD, "p/f")], [("NC201", "f"), ("NC204", "h")]),
        ([("a",), ("a/b",), ("h", HARD, "p/a/b")], [("NC205", "a/b"), ("NC204", "h")]),
        # `p/.` is the top-level directory.
        ([(".", FOLDER)], []),
        ([(".", FILE)], [("NC203", "p/."), ("NC202", "p/.")]),
        # A member with an invalid name is placed, so that collisions with it are found.
        ([("a:b",), ("a:b/c",)], [("NC203", "a:b"), ("NC203", "a:b/c"), ("NC205", "a:b/c")]),
        # A symlink that collides may leave the root as well, and is not followed.
        ([("d/a",), ("d", LINK, "/etc")], [("NC205", "d"), ("NC101", "d")]),
        ([("d/a",), ("d", LINK, "no"), ("l", LINK, "d")], [("NC205", "d")]),
        # The top-level directory is no link target of a hard link.
        ([("h", HARD, "p")], [("NC204", "h")]),
        ([("h", HARD, "p/")], [("NC204", "h")]),
        # uv from 0.13 refuses a hard link to a symlink, even if that was a file before.
        ([("u",), ("t",), ("t", LINK, "u"), ("h", HARD, "p/t")], [("NC204", "h")]),
        ([("t",), ("h", HARD, "p/t"), ("i", HARD, "p/./t")], []),
        # A link target may come later.
        ([("l", LINK, "d/x"), ("m", LINK, "n/x"), ("n", LINK, "d"), ("d/x",)], []),
        # A refused symlink is not followed: one finding is enough.
        ([("l", LINK, "/etc/x"), ("m", LINK, "l")], [("NC101", "l")]),
        ([("l", LINK, "../x"), ("m", LINK, "l/y")], [("NC102", "l"), ("NC104", "m")]),
        # The last symlink of a name counts, but a refused one stays refused.
        ([("t",), ("l", LINK, "no"), ("l", LINK, "t")], []),
        ([("l", LINK, "no"), ("l", LINK, "/x")], [("NC101", "l")]),
        ([("t",), ("t", LINK, "no"), ("x", HARD, "p/t")], [("NC204", "x"), ("NC104", "t")]),
        # `build` looks for a regular PKG-INFO at the top only.
        ([("META",), ("d/PKG-INFO", LINK, "../META"), ("d/e/PKG-INFO", HARD, "p/META")], []),
    ],
)
def test_sequences(rows, found):
    assert codes(*rows) == found


def test_a_zip_has_files_and_directories_only():
    rows = [("a",), ("a/b",), ("../x",), ("a\nb",), ("a", FOLDER)]
    findings = checked(*rows, rooted=False, zipped=True)
    assert [each.code for each in findings] == ["NC205", "NC202", "NC203", "NC205"]
    assert [each.installers for each in findings[:3]] == [("pip", "uv", "build"), ("pip",), ("uv 0.9.6+",)]
    # It has no metadata of an sdist either.
    assert codes(("PKG-INFO", LINK, "x"), ("x",), rooted=False) == []
