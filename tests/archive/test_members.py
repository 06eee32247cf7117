"""The judge of members: order, collisions and what only the whole archive shows."""

from __future__ import annotations

import posixpath

import pytest

from hatch_nocache.archive import members
from hatch_nocache.archive.contents import ArchiveDirectory, Contents, OccupiedError
from hatch_nocache.archive.members import Judge, Kind, Member

FILE, LINK, HARD, FOLDER = Kind.FILE, Kind.LINK, Kind.HARD_LINK, Kind.DIRECTORY


def judged(*rows, **how):
    """Judge rows of (path below the root, kind, text) and return the judge and its findings."""
    judge = Judge(**how)
    prefix = "" if how.get("rooted") is False else "p/"
    for row in rows:
        judge.add(Member(prefix + row[0], *row[1:]))
    return judge, judge.finish()


def codes(*rows, **how):
    """Return the codes and paths of what is found."""
    return [(finding.code, finding.path) for finding in judged(*rows, **how)[1]]


def test_a_finding_says_all_that_a_report_needs():
    """Code, path, what, how, remedy, target and who objects."""
    finding = judged(("l", LINK, "/usr/bin/python3"))[1][0]
    assert (finding.code, finding.path, finding.target) == ("NC101", "l", "/usr/bin/python3")
    assert finding.what == "absolute link"
    assert finding.rejected
    assert finding.remedy
    assert "uv from 0.8.1" in finding.installers


def test_who_refuses_an_absolute_link():
    """A drive is a relative path to most, but on Windows."""
    assert "build" in judged(("l", LINK, "/x"))[1][0].installers
    assert judged(("l", LINK, "C:/x"))[1][0].installers == ("uv from 0.13", "tarfile's data filter on Windows")


def test_the_root_is_that_of_the_first_member_that_can_have_one():
    """What comes before it is outside."""
    judge = Judge()
    for name in ("../x", "/x", "./p/x", "p/a", "q/a"):
        judge.add(Member(name))
    assert judge.root == "p"
    assert [(each.code, each.path) for each in judge.finish()] == [("NC202", n) for n in ("../x", "/x", "./p/x", "q/a")]


def test_add_returns_the_place():
    """The path without what means nothing, or None when the member does not lie there."""
    judge = Judge()
    assert judge.add(Member("p/", FOLDER)) is None
    assert judge.add(Member("p/./a//b")) == "a/b"
    assert judge.add(Member("p/c/", FOLDER)) == "c"
    assert judge.add(Member("p/c/.", FOLDER)) == "c"
    assert judge.add(Member("p/f", Kind.FIFO)) is None
    assert judge.add(Member("p/" + "n" * 300)) is None
    assert judge.add(Member("p/a/b/c")) is None
    assert judge.contents.find("a/b/c") is None


def test_names_that_mean_nothing_below_the_root_mean_the_root():
    """`p/.` is the top directory, which a file cannot be."""
    assert codes((".", FOLDER)) == []
    assert codes((".", FILE)) == [("NC203", "p/."), ("NC202", "p/.")]


@pytest.mark.parametrize("kind", [Kind.FIFO, Kind.CHARACTER_DEVICE, Kind.BLOCK_DEVICE, Kind.OTHER])
def test_special_files(kind):
    """The message says which kind it is."""
    findings = judged(("f", kind))[1]
    assert [each.code for each in findings] == ["NC201"]
    assert kind.value in findings[0].how


def test_a_flawed_name_is_placed_all_the_same():
    """So that what collides with it is found too."""
    assert codes(("a:b",), ("a:b/c",)) == [("NC203", "a:b"), ("NC203", "a:b/c"), ("NC205", "a:b/c")]


def test_a_directory_may_end_with_a_space():
    """Only the last part of a path counts, and a directory has something behind it."""
    assert codes(("d ", FOLDER)) == []
    assert codes(("d ", FILE)) == [("NC203", "d ")]
    assert codes(("d/", FILE)) == [("NC203", "d")]
    assert codes(("d/.", FILE)) == [("NC203", "d")]


COLLISIONS = [
    # earlier, later, found
    (FILE, FILE, False),
    (FILE, LINK, False),
    (LINK, LINK, False),
    (FOLDER, FOLDER, False),
    (FILE, HARD, True),
    (FILE, FOLDER, True),
    (LINK, FILE, True),
    (LINK, HARD, True),
    (LINK, FOLDER, True),
    (FOLDER, FILE, True),
    (FOLDER, LINK, True),
    (FOLDER, HARD, True),
    (HARD, FILE, True),
    (HARD, HARD, True),
    (HARD, LINK, False),
    (HARD, FOLDER, True),
]
TEXTS = {LINK: "t", HARD: "p/t"}


@pytest.mark.parametrize(("earlier", "later", "found"), COLLISIONS)
def test_collisions(earlier, later, found):
    """Every pair of kinds that one name can have, in both orders."""
    rows = [("t",), ("x", earlier, TEXTS.get(earlier, "")), ("x", later, TEXTS.get(later, ""))]
    assert codes(*rows) == ([("NC205", "x")] if found else [])


@pytest.mark.parametrize("above", [FILE, LINK, HARD])
@pytest.mark.parametrize("kind", [FILE, LINK, HARD, FOLDER])
def test_nothing_lies_below_what_is_no_directory(above, kind):
    """Neither below a file nor below a link, at any depth."""
    rows = [("t",), ("x", above, TEXTS.get(above, "")), ("x/y/z", kind, TEXTS.get(kind, ""))]
    assert codes(*rows) == [("NC205", "x/y/z")]


def test_a_directory_is_there_as_soon_as_something_lies_in_it():
    """No member of its own is needed."""
    assert codes(("d/a",), ("d", LINK, "e"), ("l", LINK, "d")) == [("NC205", "d")]


def test_a_link_that_collides_is_judged_for_itself_too():
    """It may leave the root as well."""
    assert codes(("d/a",), ("d", LINK, "/etc")) == [("NC205", "d"), ("NC101", "d")]


def test_writing_to_one_of_two_names_is_found_for_both():
    """The target of a hard link is shared as much as the link."""
    assert codes(("t",), ("h", HARD, "p/t"), ("t",)) == [("NC205", "t")]
    assert codes(("t",), ("h", HARD, "p/t"), ("h",)) == [("NC205", "h")]


@pytest.mark.parametrize(
    "text", ["t", "../p/t", "/p/t", "p", "p/", "p/no", "p/later", "p/d", "p/h", "q/t", "p//t", "./p/t", "p/l/t"]
)
def test_hard_links_to_what_is_no_earlier_file(text):
    """Without the root, outside, absent, later, a directory, itself, or reached through a link."""
    rows = [("t",), ("d/a",), ("l", LINK, "d"), ("h", HARD, text), ("later",)]
    assert codes(*rows) == [("NC204", "h")]


def test_hard_links_that_pass():
    """To an earlier file, an earlier hard link, and by a name with a dot in it."""
    assert codes(("t",), ("h", HARD, "p/t"), ("i", HARD, "p/h"), ("j", HARD, "p/./t")) == []


def test_a_hard_link_to_a_link():
    """Uv from 0.13 refuses it; the target may have been a file before."""
    assert codes(("t",), ("l", LINK, "t"), ("h", HARD, "p/l")) == [("NC204", "h")]
    assert codes(("u",), ("t",), ("t", LINK, "u"), ("h", HARD, "p/t")) == [("NC204", "h")]


def test_targets_may_come_later():
    """A link is judged by the whole archive."""
    assert codes(("l", LINK, "d/x"), ("d/x",)) == []
    assert codes(("l", LINK, "d"), ("d/x",)) == []
    assert codes(("l", LINK, "m/x"), ("m", LINK, "d"), ("d/x",)) == []


def test_dangling_links_are_noticed():
    """They unpack, but no wheel can be built from them."""
    findings = judged(("l", LINK, "no"), ("m", LINK, "l"))[1]
    assert [(each.code, each.path, each.rejected) for each in findings] == [
        ("NC104", "l", False),
        ("NC104", "m", False),
    ]


def test_a_dangling_build_file_is_refused():
    """Without pyproject.toml every front end stops; deeper down it is a file like any other."""
    findings = judged(("pyproject.toml", LINK, "no"), ("d/pyproject.toml", LINK, "no"))[1]
    assert [(each.path, each.rejected) for each in findings] == [("pyproject.toml", True), ("d/pyproject.toml", False)]


def test_a_link_with_a_flaw_is_not_followed():
    """One finding for each link: what lies behind a refused one is nobody's business."""
    assert codes(("l", LINK, "/etc/x"), ("m", LINK, "l")) == [("NC101", "l")]
    assert codes(("l", LINK, "../x"), ("m", LINK, "l/y")) == [("NC102", "l"), ("NC104", "m")]


def test_the_last_link_of_a_name_counts():
    """What was replaced leads nowhere any more, but a flaw of it stays one."""
    assert codes(("t",), ("l", LINK, "no"), ("l", LINK, "t")) == []
    assert codes(("t",), ("l", LINK, "t"), ("l", LINK, "/x"), ("l", LINK, "t")) == [("NC101", "l")]
    assert codes(("l", LINK, "no"), ("l", LINK, "/x")) == [("NC101", "l")]
    assert codes(("t",), ("t", LINK, "no"), ("x", HARD, "p/t")) == [("NC204", "x"), ("NC104", "t")]


def test_a_link_that_a_collision_kept_out_is_not_followed():
    """It is not where it would be."""
    assert codes(("d/a",), ("d", LINK, "no")) == [("NC205", "d")]


def test_loops():
    """Each link of a loop is named."""
    assert codes(("a", LINK, "b"), ("b", LINK, "a")) == [("NC105", "a"), ("NC105", "b")]


def test_metadata_must_be_a_regular_file():
    """`build` looks for a regular member; a link and a hard link are none."""
    assert codes(("META",), ("PKG-INFO", LINK, "META")) == [("NC205", "PKG-INFO")]
    assert codes(("META",), ("PKG-INFO", HARD, "p/META")) == [("NC204", "PKG-INFO")]
    assert codes(("META",), ("d/PKG-INFO", LINK, "../META"), ("d/e/PKG-INFO", HARD, "p/META")) == []


def test_a_zip_knows_files_and_directories_alone():
    """The kinds of a wheel's members; the codes are the same, who objects differs."""
    findings = judged(("a",), ("a/b",), ("../x",), ("a\nb",), ("a", FOLDER), rooted=False, zipped=True)[1]
    assert [each.code for each in findings] == ["NC205", "NC202", "NC203", "NC205"]
    assert findings[0].installers == ("pip", "uv")
    assert findings[1].installers == ("pip", "uv (leaves the file out)")
    assert findings[2].installers == ("uv from 0.9.6",)


def test_a_wheel_has_no_metadata_of_an_sdist():
    """A file of that name is a file like any other."""
    assert codes(("PKG-INFO", LINK, "x"), ("x",), rooted=False) == []


def test_findings_are_bounded(monkeypatch):
    """The rest is counted."""
    monkeypatch.setattr(members, "MOST_FINDINGS", 3)
    judge, findings = judged(*[(f"a{number}:",) for number in range(10)])
    assert len(findings) == 3
    assert judge.more == 7


# -- what lies where --------------------------------------------------------------------------------------------------


def tree():
    """Return a small archive: a file, a directory with one of each, a link."""
    contents = Contents()
    contents.top.update({"a": 1, "l": "a"})
    contents.folder("d/e")["b"] = 2
    contents.folder("d")["m"] = "e"
    return contents


def test_find():
    """A size, a text, a directory, or nothing; files have nothing below them."""
    contents = tree()
    assert contents.find("a") == 1
    assert contents.find("l") == "a"
    assert contents.find("d") == {"e": {"b": 2}, "m": "e"}
    assert contents.find("") is contents.top
    assert contents.find("no") is None
    assert contents.find("a/b") is None


def test_folder_says_what_is_in_the_way():
    """The path and the entry, wherever on the way."""
    contents = tree()
    with pytest.raises(OccupiedError) as caught:
        contents.folder("d/m/x")
    assert (caught.value.path, caught.value.entry) == ("d/m", "e")
    assert contents.folder("") is contents.top
    assert contents.folder("d") is contents.folder("d")


def test_copy_takes_one_entry():
    """A directory comes without what lies in it, and what is not there does not come."""
    other = tree()
    contents = Contents()
    for path in ("l", "d/e", "no"):
        contents.copy(path, other)
    contents.copy("d/m", other)
    assert contents.top == {"l": "a", "d": {"e": {}, "m": "e"}}


def test_the_facts_of_a_directory():
    """Names by kind, heads of files, children and weight."""
    directory = ArchiveDirectory("", tree().top, {"d/e/b": b"head", "l": b"no"})
    assert (directory.directories, directory.files, directory.links) == ({"d"}, {"a"}, {"l"})
    assert directory.location is None
    assert directory.weight() == (4, 3)
    child = directory.child("d").child("e")
    assert child.path == posixpath.join("d", "e")
    assert child.head("b", 2) == b"he"
    assert directory.head("l", 4) == b""
    assert directory.head("a", 4) == b""
    assert [each.path for each in directory.children()] == ["d"]


def test_a_child_that_is_not_there_is_empty():
    """As the protocol of directories wants it, also for a file of that name."""
    directory = ArchiveDirectory("", tree().top, {})
    assert directory.child("no").path == "no"
    assert directory.child("a").weight() == (0, 0)
