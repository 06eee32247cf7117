"""Symlinks: where their link targets lead, their facts on disk, and what is wrong with them."""

from __future__ import annotations

import errno
import ntpath
import os
import stat
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hatch_nocache.members import incompatibilities as table
from hatch_nocache.members import symlinks
from hatch_nocache.members.symlinks import (
    Symlink,
    follow,
    is_absolute,
    problem_in_text,
    problem_on_disk,
    problems_in_sdist,
    text_problem,
)
from hatch_nocache.rules import Action

# -- Link targets as text ----------------------------------------------------------------------------------------------


@given(st.text(alphabet="Cz:/\\.?x", max_size=8).filter(lambda text: text[1:2] != ":" or text[0].isalpha()))
@example("..\\x")
@example("x\\C:\\y")
@example("?/C:/x")
@example("c:x")
@example("\\\\server\\share\\x")
@example("//server/share/x")
def test_absolute(text):
    """Where Windows reads a drive or a share, or begins at the root of the current drive; and nowhere else."""
    assert is_absolute(text) is (text.startswith(("/", "\\")) or ntpath.splitdrive(text)[0] != "")


@pytest.mark.parametrize("links", [{"l": "../x"}, {"l": "d/x", "d": "../e"}])
def test_follow_out_of_the_root(links):
    assert follow("l", links) is None


_PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
_TEXTS = st.lists(st.sampled_from(["a", "b", "c", "..", ".", ""]), min_size=1, max_size=4).map("/".join)


@pytest.mark.skipif(os.name == "nt", reason="Windows follows symlinks by rules of its own")
@given(links=st.dictionaries(_PATHS, _TEXTS.filter(lambda text: text_problem("d/l", text) is None), max_size=5))
def test_follow_agrees_with_the_file_system(links, tmp_path_factory):
    """Every symlink that can be made on disk resolves to what `follow` says."""
    root = os.path.realpath(tmp_path_factory.mktemp("links"))
    made = {}
    for path, text in links.items():
        if any(path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in made):
            continue
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        os.symlink(text, os.path.join(root, path))
        made[path] = text
    for path in made:
        end = follow(path, made)
        if end == path:
            with pytest.raises(OSError, match="Too many"):
                os.stat(os.path.join(root, path))
        elif end is not None:
            assert os.path.realpath(os.path.join(root, path)) == os.path.join(root, end).rstrip("/")


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("/x", table.ABSOLUTE),
        ("C:\\x", table.ABSOLUTE_ON_WINDOWS),
        ("x ", table.LINK_TARGET),
        ("n" * 300, table.TOO_LONG_TARGET),
        # Only pip strips the top-level directory.
        ("../../x", table.OUT),
        ("../../../x", table.FAR_OUT),
        # The root is left even if the link target comes back.
        (".//./../../x/", table.OUT),
        ("..//./x/./..", table.UP_AGAIN),
        (".//../x", None),
        ("..x", None),
    ],
)
def test_text_problems(text, row):
    """The table of bad archives has more."""
    found = text_problem("d/l", text)
    assert (found and found[0]) == row
    assert text_problem("a/b/l", "../../x") is None


# -- On disk -----------------------------------------------------------------------------------------------------------

# Name and text of a symlink, and its codes: an sdist stores it, a wheel the content of its link target.
ON_DISK = [
    ("inside", "file", "", ""),
    ("absolute", "{home}/file", "NC101", ""),
    ("out", "../outside", "NC102", "NC102"),
    ("out-absolute", "{home}/../outside", "NC101", "NC101"),
    ("through-root", "../home/file", "NC102", ""),
    ("up-again", "d/../file", "NC102", ""),
    ("space", "file ", "NC203", "NC104"),
    ("missing", "nothing", "", "NC104"),
    ("through-file", "file/x", "NC104", "NC104"),
    ("loop", "loop", "NC105", "NC105"),
    ("pipe", "fifo", "", "NC201"),
    ("self", ".", "NC105", "NC201"),
]


@pytest.fixture
def home(tmp_path):
    home = tmp_path.resolve() / "home"
    (home / "d").mkdir(parents=True)
    for path in (home / "file", tmp_path / "outside"):
        path.write_text("x")
    os.mkfifo(home / "fifo")
    for name, text, *_ in ON_DISK:
        os.symlink(text.format(home=home), home / name)
    return home


@pytest.mark.parametrize(("name", "text", "in_sdist", "in_wheel"), ON_DISK)
def test_problems(name, text, in_sdist, in_wheel, home):
    path = str(home / name)
    symlink = Symlink.read(path, str(home), name)
    stored, packed = problem_in_text(symlink), problem_on_disk(symlink, allowed=False)
    assert [found.code if found else "" for found in (stored, packed)] == [in_sdist, in_wheel]
    assert (problem_on_disk(symlink, allowed=True) is None) is (in_wheel in ("", "NC101", "NC102"))
    assert all(found.what and found.action is Action.REJECTED for found in (stored, packed) if found)
    assert symlink.is_file is text.endswith(("file", "outside"))
    assert name != "out" or stored.note == "refused by pip 24.1+"


@pytest.mark.parametrize(
    ("name", "text", "members", "how", "expected"),
    [
        ("inside", "file", {"file"}, "", []),
        # The link target is a member, wherever it is on disk.
        ("out", "outside", {"outside"}, "", []),
        ("self", "d", {"d/e/x"}, "", []),
        ("out", "outside", set(), "", ["NC102 rejected"]),
        ("inside", "file", set(), "", ["NC104 notice"]),
        ("inside", "file", set(), "selected", ["NC104 copied"]),
        ("inside", "file", set(), "aliased", ["NC104 copied"]),
        ("pipe", "fifo", set(), "selected", ["NC104 rejected"]),
        ("missing", "nothing", set(), "", ["NC104 notice"]),
        ("missing", "nothing", set(), "selected", ["NC104 notice"]),
        # Longer than on disk.
        ("inside", "inside", set(), "", ["NC104 notice"]),
        # It has a problem already, but its content is needed behind a symlink.
        ("through-root", "../home/file", {"file"}, "", ["NC102 rejected"]),
        ("through-root", "../home/file", {"file"}, "selected", ["NC102 rejected"]),
        ("through-root", "../home/file", {"file"}, "aliased", ["NC104 copied"]),
    ],
)
def test_symlinks_to_no_member(name, text, members, how, expected, home):
    symlink = Symlink.read(str(home / name), str(home), name)._replace(text=text, is_aliased=how == "aliased")
    selected = {symlink.path} if how == "selected" else set()
    found = [each for each, _ in problems_in_sdist([symlink], {name, *members}, lambda: selected)]
    assert [f"{each.code} {each.action.value}" for each in found] == expected


# -- Windows -----------------------------------------------------------------------------------------------------------


def on_windows(monkeypatch, text, real="C:\\p\\sub\\l", error=None):
    r"""Pretend to be a Windows that says `text` and `real` of a symlink."""

    def status(_path):
        if error is not None:
            raise error
        return SimpleNamespace(st_mode=stat.S_IFREG)

    path = SimpleNamespace(realpath=lambda _path: real)
    monkeypatch.setattr(symlinks, "os", SimpleNamespace(path=path, readlink=lambda _path: text, sep="\\", stat=status))


@pytest.mark.parametrize(
    ("text", "real", "home", "in_sdist", "in_wheel"),
    [
        ("..\\x", "C:\\p\\x", "C:\\p", "", ""),
        ("..\\..\\x", "C:\\x", "C:\\p", "NC102", "NC102"),
        ("..\\..\\p2\\x", "C:\\p2\\x", "C:\\p", "NC102", "NC102"),
        ("y\\..\\x", "C:\\p\\sub\\x", "C:\\p", "NC102", ""),
        ("\\\\?\\C:\\p\\x", "C:\\p\\x", "C:\\p", "NC101", ""),
        ("\\\\?\\D:\\x", "D:\\x", "C:\\p", "NC101", "NC101"),
        ("\\p\\x", "C:\\p\\x", "C:\\p", "NC101", ""),
        ("..\\x", "\\\\server\\share\\p\\x", "\\\\server\\share\\p", "", ""),
        ("\\\\?\\UNC\\server\\other\\x", "\\\\server\\other\\x", "\\\\server\\share\\p", "NC101", "NC101"),
    ],
)
def test_windows(monkeypatch, text, real, home, in_sdist, in_wheel):
    """Backslashes, drives, shares and the prefix of long paths."""
    on_windows(monkeypatch, text, real)
    monkeypatch.setattr(symlinks, "within", lambda path, directory: f"{path}\\".startswith(f"{directory}\\"))
    symlink = Symlink.read("C:\\p\\sub\\l", home, "sub/l")
    found = problem_in_text(symlink), problem_on_disk(symlink, allowed=False)
    assert [each.code if each else "" for each in found] == [in_sdist, in_wheel]


@pytest.mark.parametrize(
    ("number", "winerror", "code"), [(errno.EINVAL, 1921, "NC105"), (errno.ENOENT, 3, "NC104"), (errno.EINVAL, 87, "")]
)
def test_windows_has_no_number_for_a_loop(monkeypatch, number, winerror, code):
    """ERROR_CANT_RESOLVE_FILENAME. A link target that cannot be read is left to the builder."""
    error = OSError(number, "no")
    error.winerror = winerror
    on_windows(monkeypatch, "l", error=error)
    found = problem_on_disk(Symlink.read("C:\\p\\sub\\l", "C:\\p", "sub/l"), allowed=True)
    assert (found.code if found else "") == code
