"""The checker of members: order, collisions and what only the whole archive shows."""

from __future__ import annotations

import tarfile

import pytest

from hatch_nocache.archive.check import MemberChecker
from hatch_nocache.archive.tree import ArchiveDirectory, Member
from hatch_nocache.members import incompatibilities as table

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


def test_consequences():
    """Who refuses it, and who accepts it with another result."""
    assert table.OUTSIDE_WHEEL.consequence == "refused by pip; left out by uv"
    assert table.FILE_OVER_LINK.consequence == "written to another file by pip and build"
    assert table.ABSOLUTE.consequence == "refused by pip 24.1+, uv 0.8.1+ and build"
    assert table.DANGLING.consequence == ""


def test_every_row_of_the_table_has_a_consequence():
    rows = [row for row in vars(table).values() if isinstance(row, table.Incompatibility)]
    assert len(rows) > 30
    assert [row for row in rows if row.installers == row.altered_by == ()] == [table.DANGLING]
    assert all(bool(row.effect) is bool(row.altered_by) for row in rows)


def test_a_problem_that_the_reader_found():
    (finding,) = checked(("a", FILE, "", 0, b"", (table.TIME, "modified before 1970")))
    assert (finding.code, finding.path, finding.reason) == ("NC203", "a", "modified before 1970")


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (tarfile.FIFOTYPE, "FIFO"),
        (tarfile.CHRTYPE, "character device"),
        (tarfile.BLKTYPE, "block device"),
        (b"Z", "file of an unknown type"),
    ],
)
def test_special_files(kind, what):
    (finding,) = checked(("f", kind))
    assert (finding.code, finding.what) == ("NC201", what)


# -- Places ------------------------------------------------------------------------------------------------------------


def test_the_first_member_that_can_have_a_root_decides():
    checker = MemberChecker()
    for name in ("../x", "/x", "./p/x", "p/a", "q/a"):
        checker.add(Member(name))
    assert checker.root == "p"
    assert [(each.code, each.path) for each in checker.finish()] == [
        ("NC202", name) for name in ("../x", "/x", "./p/x", "q/a")
    ]


def test_a_member_outside_the_root_has_its_whole_name():
    checker = MemberChecker()
    for name in ("p/a", "other/b:"):
        checker.add(Member(name))
    assert [(each.code, each.path) for each in checker.finish()] == [("NC202", "other/b:"), ("NC203", "other/b:")]


def test_add_returns_the_place():
    """The path without empty and `.` parts, or None when nothing is there."""
    checker = MemberChecker()
    assert checker.add(Member("p/", FOLDER)) is None
    assert checker.add(Member("p/./a//b")) == "a/b"
    assert checker.add(Member("p/c/", FOLDER)) == checker.add(Member("p/c/.", FOLDER)) == "c"
    assert checker.add(Member("p/f", tarfile.FIFOTYPE)) is None
    assert checker.add(Member("p/" + "n" * 300)) is None
    assert checker.add(Member("p/a/b/c")) is None
    assert checker.tree.find("a/b/c") is None


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # `p/.` is the top-level directory.
        ([(".", FOLDER)], []),
        ([(".", FILE)], [("NC203", "p/."), ("NC202", "p/.")]),
        # A member with an invalid name is placed, so that collisions with it are found.
        ([("a:b",), ("a:b/c",)], [("NC203", "a:b"), ("NC203", "a:b/c"), ("NC205", "a:b/c")]),
        # Only the last part of a path counts, and a directory has something behind it.
        ([("d ", FOLDER)], []),
        ([("d ", FILE)], [("NC203", "d ")]),
        ([("d/", FILE)], [("NC203", "d")]),
        ([("d/.", FILE)], [("NC203", "d")]),
    ],
)
def test_odd_names(rows, found):
    assert codes(*rows) == found


# -- Collisions --------------------------------------------------------------------------------------------------------

COLLISIONS = {
    (FILE, HARD),
    (FILE, FOLDER),
    (LINK, FILE),
    (LINK, HARD),
    (LINK, FOLDER),
    (FOLDER, FILE),
    (FOLDER, LINK),
    (FOLDER, HARD),
    (HARD, FILE),
    (HARD, HARD),
    (HARD, FOLDER),
}
TARGETS = {LINK: "t", HARD: "p/t"}
KINDS = (FILE, LINK, HARD, FOLDER)


@pytest.mark.parametrize("earlier", KINDS)
@pytest.mark.parametrize("later", KINDS)
def test_two_members_of_one_name(earlier, later):
    rows = [("t",), ("x", earlier, TARGETS.get(earlier, "")), ("x", later, TARGETS.get(later, ""))]
    assert codes(*rows) == ([("NC205", "x")] if (earlier, later) in COLLISIONS else [])


@pytest.mark.parametrize("above", [FILE, LINK, HARD])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_can_be_below_a_file_or_symlink(above, kind):
    rows = [("t",), ("x", above, TARGETS.get(above, "")), ("x/y/z", kind, TARGETS.get(kind, ""))]
    assert codes(*rows) == [("NC205", "x/y/z")]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # A directory needs no member of its own.
        ([("d/a",), ("d", LINK, "e"), ("l", LINK, "d")], [("NC205", "d")]),
        # A symlink that collides may leave the root as well, and is not followed.
        ([("d/a",), ("d", LINK, "/etc")], [("NC205", "d"), ("NC101", "d")]),
        ([("d/a",), ("d", LINK, "no")], [("NC205", "d")]),
        # Both names of a file with two names are found.
        ([("t",), ("h", HARD, "p/t"), ("t",)], [("NC205", "t")]),
        ([("t",), ("h", HARD, "p/t"), ("h",)], [("NC205", "h")]),
    ],
)
def test_collisions_of_several_members(rows, found):
    assert codes(*rows) == found


# -- Hard links and symlinks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["t", "../p/t", "/p/t", "p", "p/", "p/no", "p/later", "p/d", "p/h", "q/t", "p//t", "./p/t", "p/l/t"]
)
def test_hard_links_to_no_earlier_file(target):
    """Without the root, outside, missing, later, a directory, itself, or reached through a symlink."""
    rows = [("t",), ("d/a",), ("l", LINK, "d"), ("h", HARD, target), ("later",)]
    assert codes(*rows) == [("NC204", "h")]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("t",), ("h", HARD, "p/t"), ("i", HARD, "p/h"), ("j", HARD, "p/./t")], []),
        # uv from 0.13 refuses a hard link to a symlink, even if that was a file before.
        ([("t",), ("l", LINK, "t"), ("h", HARD, "p/l")], [("NC204", "h")]),
        ([("u",), ("t",), ("t", LINK, "u"), ("h", HARD, "p/t")], [("NC204", "h")]),
        # A link target may come later.
        ([("l", LINK, "d/x"), ("m", LINK, "n/x"), ("n", LINK, "d"), ("d/x",)], []),
        # A refused symlink is not followed: one finding is enough.
        ([("l", LINK, "/etc/x"), ("m", LINK, "l")], [("NC101", "l")]),
        ([("l", LINK, "../x"), ("m", LINK, "l/y")], [("NC102", "l"), ("NC104", "m")]),
        # The last symlink of a name counts, but a refused one stays refused.
        ([("t",), ("l", LINK, "no"), ("l", LINK, "t")], []),
        ([("t",), ("l", LINK, "t"), ("l", LINK, "/x"), ("l", LINK, "t")], [("NC101", "l")]),
        ([("l", LINK, "no"), ("l", LINK, "/x")], [("NC101", "l")]),
        ([("t",), ("t", LINK, "no"), ("x", HARD, "p/t")], [("NC204", "x"), ("NC104", "t")]),
        ([("a", LINK, "b"), ("b", LINK, "a")], [("NC105", "a"), ("NC105", "b")]),
        # `build` looks for a regular PKG-INFO at the top.
        ([("META",), ("PKG-INFO", LINK, "META")], [("NC205", "PKG-INFO")]),
        ([("META",), ("PKG-INFO", HARD, "p/META")], [("NC204", "PKG-INFO")]),
        ([("META",), ("d/PKG-INFO", LINK, "../META"), ("d/e/PKG-INFO", HARD, "p/META")], []),
    ],
)
def test_links(rows, found):
    assert codes(*rows) == found


@pytest.mark.parametrize(
    ("at", "text", "rejected"),
    [
        ("l", "no", False),
        ("l", "d/no", False),
        ("l", "f/x", True),
        ("l", "d/f/x/y", True),
        ("pyproject.toml", "no", True),
    ],
)
def test_dangling_symlinks(at, text, rejected):
    """Accepted by all; but not through a file, and nothing can be built without `pyproject.toml`."""
    findings = checked(("f",), ("d/f",), (at, LINK, text))
    assert [(each.code, each.is_rejected) for each in findings] == [("NC104", rejected)]


def test_a_zip_has_files_and_directories_only():
    rows = [("a",), ("a/b",), ("../x",), ("a\nb",), ("a", FOLDER)]
    findings = checked(*rows, rooted=False, zipped=True)
    assert [each.code for each in findings] == ["NC205", "NC202", "NC203", "NC205"]
    assert [each.installers for each in findings[:3]] == [("pip", "uv", "build"), ("pip",), ("uv 0.9.6+",)]
    # It has no metadata of an sdist either.
    assert codes(("PKG-INFO", LINK, "x"), ("x",), rooted=False) == []


# -- The tree ----------------------------------------------------------------------------------------------------------


def tree():
    """Return a small archive: a file, a directory with one of each, a symlink."""
    top = ArchiveDirectory()
    top.entries.update({"a": (1, b"head"), "l": "a"})
    top.make("d/e").entries["b"] = 2, b""
    top.make("d").entries["m"] = "e"
    return top


def test_find_and_make():
    top = tree()
    assert [top.find(path) for path in ("a", "l", "no", "a/b", "d/m")] == [(1, b"head"), "a", None, None, "e"]
    assert top.find("") is top.make("") is top
    assert top.find("d/e") is top.make("d/e")
    assert top.made == 2
    assert top.make("d/m/x") == "e"
    assert top.make("a") == (1, b"head")


def test_the_facts_of_a_directory():
    top = tree()
    assert (top.directories, top.files, top.links) == ({"d"}, {"a"}, {"l"})
    assert (top.path, top.location, top.total()) == ("", None, (4, 3))
    child = top.child("d").child("e")
    assert (child.path, child.head("b", 2), top.head("a", 2), top.head("l", 4)) == ("d/e", b"", b"he", b"")
    assert [each.path for each in top.children()] == ["d"]
    assert top.child("no").path == "no"
    assert top.child("a").total() == (0, 0)
