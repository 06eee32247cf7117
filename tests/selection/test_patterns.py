"""Gitignore patterns, and what is spelled out by patterns and paths."""

from __future__ import annotations

import ntpath
import os
import sys
from types import SimpleNamespace
from typing import Optional, Tuple

import pytest
from pathspec import GitIgnoreSpec

from hatch_nocache import paths
from hatch_nocache.patterns import Patterns, literal_lead
from hatch_nocache.report import toml_pattern
from hatch_nocache.selection import explicit
from hatch_nocache.selection.explicit import ExplicitPaths

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def test_unused() -> None:
    """Each positive entry counts for itself, whether or not a later one excludes its match again."""
    patterns = Patterns(["/a/", "/b/", "# c", "!/d", "/d"])
    for path in ("a/x", "a/x", "c"):
        patterns.match(path)
    assert patterns.unused() == ["/b/", "/d"]
    negated = Patterns(["/a/*", "!/a/x"])
    assert not negated.match("a/x")
    assert negated.unused() == []


@pytest.mark.parametrize(
    ("line", "lead"),
    [
        ("target/release/*.so", ("target/release", True)),
        ("/.uv-cache/", (".uv-cache", True)),
        (".uv-cache/", (".uv-cache", False)),
        ("venv", ("venv", False)),
        ("./venv/lib", ("venv/lib", True)),
        (r"/a\ b", ("a b", True)),
        ("data/**", ("data", True)),
        ("*.so", None),
        ("fixtures*", None),
        ("**/cache", None),
        ("[ab]/c", None),
        ("/", None),
        ("!/venv", None),
        ("# venv", None),
        ("", None),
        ("   ", None),
    ],
)
def test_literal_lead(line: str, lead: Optional[Tuple[str, bool]]) -> None:
    assert literal_lead(line) == lead


PLAIN = ["a", "a/b", "a b", "[x]", "a*b?", "größe", "#x", "!x", *([r"a\b"] if os.sep == "/" else [])]
ODD = ["end ", "a\nb", "\x7f", "\x1b[31m", "::error::x", "##[error]x", 'a"b', "\u202ex"]


@pytest.mark.parametrize("path", PLAIN + ODD)
def test_toml_pattern(path: str) -> None:
    """It can be pasted, matches that path alone, and is no command to a terminal or a CI log."""
    entry = toml_pattern(path)
    (pattern,) = tomllib.loads(f"exclude = [{entry}]")["exclude"]
    spec = GitIgnoreSpec.from_lines([pattern])
    assert spec.match_file(path)
    assert not spec.match_file(f"sub/{path}")
    assert entry.isprintable()
    assert "::" not in entry
    assert "##" not in entry


@pytest.mark.parametrize("path", ["../shared/x", "caf\udce9"])
def test_path_without_a_pattern(path: str) -> None:
    """No pattern leads out of the project, and TOML is UTF-8."""
    assert toml_pattern(path) == ""


# --- Paths on Windows -------------------------------------------------------------------------------------------------


def test_allowed_paths_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk has other separators than the configuration."""
    windows = SimpleNamespace(path=ntpath, sep="\\", fspath=os.fspath)
    for module in (paths, explicit):
        monkeypatch.setattr(module, "os", windows)
    assert paths.native("C:\\p\\store/index.txt") == "C:\\p\\store\\index.txt"
    names = ExplicitPaths("C:\\p", {}, {}, Patterns(["/models/keep/", "!/x"])).concerning("C:\\p\\models")
    (name,) = names
    assert name.concerns("C:\\p\\models")
    assert name.leads_to("C:\\p\\models\\keep\\sub")
    assert not name.leads_to("C:\\p\\models\\junk")


@pytest.mark.parametrize(
    ("location", "root", "expected"),
    [
        ("C:\\p\\a\\b", "C:\\p", "a/b"),
        ("c:\\P\\a", "C:\\p", "a"),
        ("C:\\x", "C:\\p", "../x"),
        ("D:\\x\\y", "C:\\p", "D:/x/y"),
        ("\\\\server\\share\\p\\a", "\\\\server\\share\\p", "a"),
        ("\\\\server\\other\\a", "\\\\server\\share\\p", "//server/other/a"),
    ],
)
def test_relative_on_windows(monkeypatch: pytest.MonkeyPatch, location: str, root: str, expected: str) -> None:
    """There is no way from one drive to another."""
    monkeypatch.setattr(paths, "os", SimpleNamespace(path=ntpath, sep="\\", fspath=os.fspath))
    assert paths.relative(location, root) == expected
