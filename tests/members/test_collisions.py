"""Colliding members, found before the archive exists. The findings agree with the archive that Hatchling writes."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile

import pytest
from hatchling.builders.sdist import SdistArchive
from hypothesis import event, example, given
from hypothesis import strategies as st

from hatch_nocache.archive import inspect
from hatch_nocache.members.collisions import collisions

ROOT = "p-1"
# The source of each kind of file, by name; "" is a file that the builder writes itself.
SOURCES = ("one", "other", "hard", "hard-too", "symlink", "same", "")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Return a directory with the files of `SOURCES`."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("one", "other", "hard"):
        (tree / name).write_text(name)
    (tree / "same").write_text("one")
    os.link(tree / "hard", tree / "hard-too")
    os.symlink("one", tree / "symlink")
    return tree


def found(tree, *rows, sdist=True):
    """Return the codes and members for rows of (member, name of the source)."""
    selection = [(member, str(tree / source) if source else "") for member, source in rows]
    return [(code, member) for code, member, _ in collisions(selection, sdist=sdist)]


@pytest.mark.parametrize(
    ("rows", "in_sdist", "in_wheel"),
    [
        ([("a", "one"), ("d/b", "other"), ("d/c", "symlink")], [], []),
        # The last file wins, but uv 0.8.6+ refuses two contents in a wheel.
        ([("a", "one"), ("a", "other")], [], ["NC205 a"]),
        ([("a", "one"), ("b", "other"), ("a", "same")], [], []),
        ([("PKG-INFO", "one"), ("b", "one"), ("PKG-INFO", "")], [], ["NC205 PKG-INFO"]),
        ([("a", "one"), ("a/b/c", "one")], ["NC205 a/b/c"], ["NC205 a/b/c"]),
        ([("a/b/c", "one"), ("x", "one"), ("a", "one")], ["NC205 a"], ["NC205 a"]),
        ([("a", "one"), ("a", "symlink")], [], []),
        ([("a", "symlink"), ("a", "one")], ["NC205 a"], []),
        ([("a", "symlink"), ("a/b", "one")], ["NC205 a/b"], ["NC205 a/b"]),
        # The second name of a file becomes a hard link.
        ([("a", "hard"), ("b", "hard-too")], [], []),
        ([("a", "hard"), ("a", "hard-too")], [], []),
        ([("a", "hard"), ("b", "one"), ("b", "hard-too")], ["NC205 b"], ["NC205 b"]),
        ([("a", "hard"), ("b", "hard-too"), ("a", "one")], ["NC205 a"], ["NC205 a"]),
        ([("a", "hard"), ("a", "one"), ("b", "hard-too")], ["NC204 b"], ["NC205 a"]),
        ([("a", "hard"), ("a", "symlink"), ("b", "hard-too")], ["NC204 b"], ["NC205 a"]),
    ],
)
def test_collisions(rows, in_sdist, in_wheel, tree):
    assert [" ".join(each) for each in found(tree, *rows)] == in_sdist
    assert [" ".join(each) for each in found(tree, *rows, sdist=False)] == in_wheel


def packed(tree, rows, path):
    """Do what Hatchling's sdist builder does with a selection."""
    with SdistArchive(ROOT, reproducible=True) as archive:
        for member, source in rows:
            if not source:
                archive.create_file("", *member.split("/"))
                continue
            info = archive.gettarinfo(str(tree / source), arcname=f"{ROOT}/{member}")
            if info.isfile():
                with open(tree / source, "rb") as file:
                    archive.addfile(info, file)
            else:
                archive.addfile(info)
    shutil.move(archive.path, path)


def is_faithful(tree, rows, path, out):
    """Return whether each member has the content of its last source after unpacking."""
    with tarfile.open(path) as archive:
        archive.extractall(out, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    for member, source in dict(rows).items():
        unpacked = os.path.join(out, ROOT, member)
        if os.path.islink(unpacked) is not (source == "symlink"):
            return False
        if not os.path.islink(unpacked):
            with open(unpacked, encoding="utf-8") as file:
                if file.read() != ((tree / source).read_text() if source else ""):
                    return False
    return True


_MEMBERS = st.sampled_from(["a", "b", "c", "a/b", "d/e", "d", "one"])


@given(st.lists(st.tuples(_MEMBERS, st.sampled_from(SOURCES)), min_size=2, max_size=6))
@example([("a", "hard"), ("a", "one"), ("b", "hard-too")])
def test_findings_agree_with_the_archive(tree, rows):
    """No collision: the archive unpacks faithfully. A collision: it is refused or unpacks to something else."""
    collisions = found(tree, *rows)
    event(" ".join(sorted({code for code, _ in collisions})) or "none")
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "p-1.tar.gz")
        packed(tree, rows, path)
        codes = {finding.code for finding in inspect(path, frozenset()).findings} & {"NC204", "NC205"}
        spoiled = bool(codes) or not is_faithful(tree, rows, path, directory)
    assert bool(collisions) is spoiled
