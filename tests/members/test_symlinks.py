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


@pytest.mark.parametrize(
    ("at", "links", "expected"),
    [
        ("l", {"l": "d/x", "d": "e"}, "e/x"),
        ("a/l", {"a/l": "../d/x", "d": "a/e"}, "a/e/x"),
        ("a/l", {"a/l": ".."}, ""),
        ("a/l", {"a/l": ".//./x"}, "a/x"),
        ("l", {"l": "d/../x", "d": "a/b"}, "a/x"),
        ("l", {"l": "../x"}, None),
        ("l", {"l": "d/x", "d": "../e"}, None),
        # A chain that never arrives, or has more than 40 steps.
        ("l", {"l": "l"}, "l"),
        ("l", {"l": "l/x"}, "l"),
        ("l", {"l": "m/x", "m": "l/x"}, "l"),
        ("0", {str(number): str(number + 1) for number in range(40)}, "40"),
        ("0", {str(number): str(number + 1) for number in range(41)}, "0"),
    ],
)
def test_follow(at, links, expected):
    """Through symlinks to symlinks and to directories, as a file system does. A loop ends where it began."""
    assert follow(at, links) == expected


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
        ("\\\\server\\share\\x", table.ABSOLUTE_ON_WINDOWS),
        ("x ", table.LINK_TARGET),
        ("..\\x", table.LINK_TARGET),
        ("n" * 300, table.TOO_LONG_TARGET),
        # Only pip strips the top-level directory.
        ("../../x", table.OUT),
        ("../../../x", table.FAR_OUT),
        ("x/../y", table.UP_AGAIN),
        ("..//./x/./..", table.UP_AGAIN),
        ("", table.LINK_TARGET),
        # By a dot, not by name.
        (".", table.OWN_DIRECTORY),
        ("./", table.OWN_DIRECTORY),
        ("../d", None),
        ("..", None),
        # Some installers rewrite them, and they lead to the same place.
        ("./x", None),
        ("b/.", None),
        ("../x/y", None),
        (".//../x", None),
        ("..x", None),
        # The root is left even if the link target comes back.
        ("../../top/x", table.OUT),
        (".//./../../x/", table.OUT),
    ],
)
def test_text_problems(text, row):
    found = text_problem("d/l", text)
    assert (found and found[0]) == row
    assert text_problem("a/b/l", "../../x") is None


# -- On disk -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path):
    """Return a project with a symlink of each kind; each is named like what it is."""
    home = tmp_path.resolve() / "home"
    home.mkdir()
    (home / "file").write_text("x")
    (tmp_path / "outside").write_text("x")
    os.mkfifo(home / "fifo")
    targets = {
        "inside": "file",
        "absolute": str(home / "file"),
        "out": "../outside",
        "out-absolute": str(tmp_path.resolve() / "outside"),
        "through-root": "../home/file",
        "up-again": "d/../file",
        "space": "file ",
        "missing": "nothing",
        "through-file": "file/x",
        "loop": "loop",
        "pipe": "fifo",
        "self": ".",
    }
    for name, text in targets.items():
        os.symlink(text, home / name)
    os.mkdir(home / "d")
    return home


@pytest.mark.parametrize(
    ("name", "in_sdist", "in_wheel"),
    [
        ("inside", "", ""),
        ("absolute", "NC101", ""),
        ("out", "NC102", "NC102"),
        ("out-absolute", "NC101", "NC101"),
        ("through-root", "NC102", ""),
        ("up-again", "NC102", ""),
        ("space", "NC203", "NC104"),
        ("missing", "", "NC104"),
        ("through-file", "NC104", "NC104"),
        ("loop", "NC105", "NC105"),
        ("pipe", "", "NC201"),
        ("self", "NC105", "NC201"),
    ],
)
def test_problems(name, in_sdist, in_wheel, home):
    """An sdist stores the symlink, a wheel the content of its link target."""
    path = str(home / name)
    symlink = Symlink.read(path, str(home), name)
    stored, packed = problem_in_text(symlink), problem_on_disk(symlink, allowed=False)
    assert [found.code if found else "" for found in (stored, packed)] == [in_sdist, in_wheel]
    assert (problem_on_disk(symlink, allowed=True) is None) is (in_wheel in ("", "NC101", "NC102"))
    for found in filter(None, (stored, packed)):
        assert found.what
        assert found.action is Action.REJECTED
    readable = ("inside", "absolute", "out", "out-absolute", "through-root", "up-again")
    assert (symlink.is_file) is (name in readable)
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
