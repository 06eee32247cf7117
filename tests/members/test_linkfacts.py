"""One link on disk, and the verdict on it."""

from __future__ import annotations

import dataclasses
import errno
import os
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Optional

import pytest

from hatch_nocache import linkfacts
from hatch_nocache.linkfacts import LinkFacts, judge_link

ORDINARY = LinkFacts(at="pkg/l", text="../x", real="/p/x", inside=True)
OUT = dataclasses.replace(ORDINARY, real="/x", inside=False)


@pytest.mark.parametrize(
    ("facts", "sdist", "wheel"),
    [
        (ORDINARY, None, None),
        (dataclasses.replace(ORDINARY, text="/p/x"), "NC101", None),
        (dataclasses.replace(OUT, text="/x"), "NC101", "NC101"),
        (dataclasses.replace(OUT, text="../../x"), "NC102", "NC102"),
        (dataclasses.replace(ORDINARY, text="../../p/x"), "NC102", None),
        (OUT, "NC102", "NC102"),
        (dataclasses.replace(ORDINARY, text="sub/../x"), "NC102", None),
        (dataclasses.replace(ORDINARY, missing=True, regular=False), "NC104", "NC104"),
        (dataclasses.replace(ORDINARY, loop=True, regular=False), "NC105", "NC105"),
        (dataclasses.replace(ORDINARY, regular=False), None, "NC201"),
        (dataclasses.replace(ORDINARY, regular=False, unreadable=True), None, None),
    ],
)
def test_verdicts(facts: LinkFacts, sdist: Optional[str], wheel: Optional[str]) -> None:
    """An sdist holds the link, a wheel holds what it leads to."""
    for is_sdist, code in ((True, sdist), (False, wheel)):
        verdict = judge_link(facts, sdist=is_sdist)
        assert (verdict and verdict[0]) == code
        assert verdict is None or verdict[1]


def test_facts_from_the_disk(tmp_path: Path) -> None:
    """What `stat` says of each kind of link."""
    home = tmp_path.resolve() / "home"
    home.mkdir()
    (home / "file").write_text("x")
    (tmp_path / "outside").write_text("x")
    os.mkfifo(home / "fifo")
    for name, text in {
        "in": "file",
        "out": "../outside",
        "missing": "nothing",
        "through": "file/x",
        "loop": "loop",
        "pipe": "fifo",
        "self": ".",
    }.items():
        os.symlink(text, home / name)

    def facts(name: str) -> LinkFacts:
        return LinkFacts.read(str(home / name), name, str(home))

    assert facts("in") == LinkFacts("in", "file", str(home / "file"), inside=True)
    assert not facts("out").inside
    assert facts("missing").missing
    assert facts("through").missing
    assert facts("loop").loop
    assert not facts("pipe").regular
    assert facts("self").inside
    assert not facts("self").regular


def test_a_link_that_vanished(tmp_path: Path) -> None:
    """The caller hears of it."""
    with pytest.raises(OSError, match="gone"):
        LinkFacts.read(str(tmp_path / "gone"), "gone", str(tmp_path))


def on_windows(monkeypatch, text: str, real: str, home: str = "C:\\p", error: Optional[OSError] = None) -> LinkFacts:
    r"""The facts of `C:\p\sub\l`, where Windows says `text` and `real` of it."""

    def status(_path):
        if error is not None:
            raise error
        return SimpleNamespace(st_mode=stat.S_IFREG)

    system = SimpleNamespace(
        path=SimpleNamespace(realpath=lambda _path: real), readlink=lambda _path: text, sep="\\", stat=status
    )
    monkeypatch.setattr(linkfacts, "os", system)
    return LinkFacts.read("C:\\p\\sub\\l", "sub/l", home)


@pytest.mark.parametrize(
    ("text", "real", "home", "sdist", "wheel"),
    [
        ("..\\x", "C:\\p\\x", "C:\\p", None, None),
        ("..\\..\\x", "C:\\x", "C:\\p", "NC102", "NC102"),
        ("..\\..\\p2\\x", "C:\\p2\\x", "C:\\p", "NC102", "NC102"),
        ("y\\..\\x", "C:\\p\\sub\\x", "C:\\p", "NC102", None),
        ("\\\\?\\C:\\p\\x", "C:\\p\\x", "C:\\p", "NC101", None),
        ("\\\\?\\D:\\x", "D:\\x", "C:\\p", "NC101", "NC101"),
        ("\\p\\x", "C:\\p\\x", "C:\\p", "NC101", None),
        ("..\\x", "C:\\x", "C:\\", None, None),
        ("..\\x", "\\\\server\\share\\p\\x", "\\\\server\\share\\p", None, None),
        ("\\\\?\\UNC\\server\\other\\x", "\\\\server\\other\\x", "\\\\server\\share\\p", "NC101", "NC101"),
    ],
)
def test_windows(monkeypatch, text: str, real: str, home: str, sdist: Optional[str], wheel: Optional[str]) -> None:
    """Backslashes, drives, shares and the prefix of long paths."""
    facts = on_windows(monkeypatch, text, real, home)
    for is_sdist, code in ((True, sdist), (False, wheel)):
        verdict = judge_link(facts, sdist=is_sdist)
        assert (verdict and verdict[0]) == code


@pytest.mark.parametrize(
    ("number", "winerror", "code"),
    [(errno.EINVAL, 1921, "NC105"), (errno.ENOENT, 3, "NC104"), (errno.EINVAL, 87, None)],
)
def test_windows_has_no_number_for_a_loop(monkeypatch, number: int, winerror: int, code: Optional[str]) -> None:
    """It says of its own that the name cannot be resolved."""
    error = OSError(number, "no")
    error.winerror = winerror
    verdict = judge_link(on_windows(monkeypatch, "l", "C:\\p\\sub\\l", error=error), sdist=False)
    assert (verdict and verdict[0]) == code
