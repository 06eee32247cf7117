"""What the text of a link says of where it leads."""

from __future__ import annotations

import contextlib
import ntpath
import os
import posixpath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hatch_nocache.archive.linkrules import flaw_in_text
from hatch_nocache.links import LoopError, follow, goes_up_again, is_absolute, is_normal, lands, names_itself


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/x", True),
        ("\\x", True),
        ("C:/x", True),
        ("c:x", True),
        ("x", False),
        ("../x", False),
        ("", False),
        ("xC:/", False),
        ("C:", True),
        ("C:\\x", True),
        ("C:..\\x", True),
        ("\\\\server\\share\\x", True),
        ("//server/share/x", True),
        ("\\\\?\\C:\\x", True),
        ("\\\\?\\UNC\\server\\share\\x", True),
        ("\\\\?\\Volume{4c1b02c1-d990-11dc-99ae-806e6f6e6963}\\", True),
        ("//?/C:/x", True),
        ("\\\\.\\pipe\\x", True),
        ("..\\x", False),
        ("x\\C:\\y", False),
        ("?/C:/x", False),
    ],
)
def test_is_absolute(text, expected):
    """Absolute on any system counts as absolute on all."""
    assert is_absolute(text) is expected


@given(st.text(alphabet="Cz:/\\.?x", max_size=8).filter(lambda text: text[1:2] != ":" or text[0].isalpha()))
@example("\\x")
@example("C:x")
def test_is_absolute_wherever_a_system_says_so(text):
    """Where Windows reads a drive or a share, or begins at the root of the current drive; and nowhere else."""
    assert is_absolute(text) is (text.startswith(("/", "\\")) or ntpath.splitdrive(text)[0] != "")
    assert is_absolute(text) or not (ntpath.isabs(text) or posixpath.isabs(text))


@pytest.mark.parametrize(
    ("at", "text", "expected"),
    [
        ("l", "x", "x"),
        ("a/l", "x", "a/x"),
        ("a/l", "../x", "x"),
        ("a/l", "..", ""),
        ("a/l", "../..", None),
        ("l", "..", None),
        ("l", "../top/x", None),
        ("a/l", ".//./x/", "a/x"),
        ("a/l", ".", "a"),
    ],
)
def test_lands(at, text, expected):
    """A path below the root, or None as soon as the root is left."""
    assert lands(at, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("..", False),
        ("../../x", False),
        ("./../x", False),
        ("..//x", False),
        ("a..b/c", False),
        ("x/..y", False),
        ("../...", False),
        ("x/..", True),
        ("../x/../y", True),
        (".x/..", True),
        ("..x/..", True),
        (".../..", True),
        ("x/./../y", True),
        ("x//../y", True),
        ("a\nb/../c", True),
    ],
)
def test_goes_up_again(text, expected):
    """Only at the beginning may a target go up."""
    assert goes_up_again(text) is expected


@given(st.lists(st.sampled_from(["", ".", "..", "...", "a", ".b"]), max_size=6))
def test_goes_up_again_agrees_with_counting(parts):
    """The pattern says what a loop over the parts says."""
    text = "/".join(parts)
    named = False
    expected = False
    for part in parts:
        expected = expected or (named and part == "..")
        named = named or part not in ("", ".", "..")
    assert goes_up_again(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("a", True), ("../a", True), ("./a", False), ("a/", False), ("a//b", False), (".", False)]
)
def test_is_normal(text, expected):
    """Nothing that could be left out."""
    assert is_normal(text) is expected


@pytest.mark.parametrize(
    ("at", "text", "expected"),
    [("d/l", ".", True), ("d/l", "./", True), ("l", ".", True), ("d/l", "../d", False), ("d/l", "..", False)],
)
def test_names_itself(at, text, expected):
    """By a dot, not by name."""
    assert names_itself(at, text) is expected


@pytest.mark.parametrize(
    ("at", "links", "expected"),
    [
        ("x", {}, "x"),
        ("l", {"l": "x"}, "x"),
        ("l", {"l": "d/x", "d": "e"}, "e/x"),
        ("a/l", {"a/l": "../d/x", "d": "a/e"}, "a/e/x"),
        ("a/l", {"a/l": ".."}, ""),
        ("a/l", {"a/l": ".//./x"}, "a/x"),
        ("l", {"l": "d/../x", "d": "a/b"}, "a/x"),
        ("l", {"l": "../x"}, None),
        ("l", {"l": "/x"}, None),
        ("l", {"l": "d/x", "d": "../e"}, None),
    ],
)
def test_follow(at, links, expected):
    """Through links to links and links to directories, as a file system does."""
    assert follow(at, links) == expected


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({"l": "l"}, True),
        ({"l": "l/x"}, True),
        ({"l": "m", "m": "l"}, True),
        ({"l": "m/x", "m": "l/x"}, True),
        ({"l": "x"}, False),
        ({"l": "../x"}, False),
        ({"l": "0", **{str(n): str(n + 1) for n in range(39)}}, False),
        ({"l": "0", **{str(n): str(n + 1) for n in range(40)}}, True),
    ],
)
def test_is_loop(links, expected):
    """A chain that never arrives, or takes more steps than a system makes."""
    with pytest.raises(LoopError) if expected else contextlib.nullcontext():
        follow("l", links)


def test_follow_says_that_it_is_a_loop():
    """The exception names the path that was asked for."""
    with pytest.raises(LoopError, match=r"^l$"):
        follow("l", {"l": "l"})


_NAMES = st.sampled_from(["a", "b", "c"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_TEXTS = st.lists(st.sampled_from(["a", "b", "c", "..", ".", ""]), min_size=1, max_size=4).map("/".join)


@pytest.mark.skipif(os.name == "nt", reason="Windows follows links by rules of its own")
@given(links=st.dictionaries(_PATHS, _TEXTS.filter(lambda text: flaw_in_text("d/l", text, "p") is None), max_size=5))
def test_follow_agrees_with_the_file_system(links, tmp_path_factory):
    """Every link that can be made on disk resolves to where `follow` says."""
    root = os.path.realpath(tmp_path_factory.mktemp("links"))
    made = {}
    for path, text in links.items():
        if any(path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in made):
            continue
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        os.symlink(text, os.path.join(root, path))
        made[path] = text
    for path in made:
        try:
            end = follow(path, made)
        except LoopError:
            with pytest.raises(OSError, match="Too many"):
                os.stat(os.path.join(root, path))
            continue
        if end is not None:
            assert os.path.realpath(os.path.join(root, path)) == os.path.join(root, end).rstrip("/")


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("/x", "NC101", "wherever"),
        ("C:\\x", "NC101", "wherever it points"),
        ("x ", "NC203", "space"),
        ("n" * 300, "NC203", "bytes"),
        ("..\\x", "NC203", "backslash"),
        ("..\\..\\..\\x", "NC203", "backslash"),
        ("\\\\server\\share\\x", "NC101", "wherever it points"),
        ("//?/C:/x", "NC101", "wherever it points"),
        ("x/C:/y", "NC203", "colon"),
        ("../../x", "NC102", "outside"),
        ("../../../x", "NC102", "outside"),
        ("x/../y", "NC102", "up again"),
        (".", "NC105", "directory"),
        ("./x", "NC102", "shorter"),
    ],
)
def test_flaw_in_text(text, code, word):
    """One flaw for each link, the worst."""
    found = flaw_in_text("d/l", text, "root")
    assert found is not None
    assert found[0].code == code
    assert word in found[1]


def test_who_objects_depends_on_how_far_a_link_leads_out():
    """Only pip minds one level, because it strips the top directory."""
    near = flaw_in_text("d/l", "../../x", "root")
    far = flaw_in_text("d/l", "../../../x", "root")
    assert near[0].installers == ("pip from 24.1",)
    assert "uv from 0.8.1" in far[0].installers


def test_an_ordinary_link_has_no_flaw():
    """Up first, down then, shortly spelled."""
    assert flaw_in_text("d/l", "../x/y", "root") is None
