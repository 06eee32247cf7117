"""What a person is told to paste."""

from __future__ import annotations

import pytest
from pathspec import GitIgnoreSpec

from hatch_nocache.remedies import allow, exclude, gitignore, ignore_line


@pytest.mark.parametrize("path", ["a", "a/b", "a b", "[x]", "a*b?", r"a\b", "größe", "#x", "!x"])
def test_the_line_matches_that_directory_alone(path):
    """As pathspec, and so hatchling, reads it."""
    spec = GitIgnoreSpec.from_lines([ignore_line(path)])
    assert spec.match_file(f"{path}/x")
    assert not spec.match_file(f"{path}")
    assert not spec.match_file(f"sub/{path}/x")
    assert not spec.match_file("ab/x")
    assert ignore_line(path) in gitignore(path)


@pytest.mark.parametrize("path", ["a\nb", "\x1b[31m", "caf\udce9", "::error::", "##[error]", "../shared"])
def test_what_cannot_be_pasted_is_not_offered(path):
    """Neither raw nor escaped would it do what it says."""
    for remedy in (gitignore(path), exclude(path), allow(path)):
        assert path not in remedy
        assert "= [" not in remedy
        assert remedy


def test_toml():
    """The strings are quoted as TOML wants them."""
    assert exclude('a"b') == 'leave it out: exclude = ["/a\\"b"] in [tool.hatch.build]'
    assert allow("docs/[x]") == 'allow it in [tool.hatch.build.hooks.nocache]: allow = ["/docs/\\\\[x\\\\]"]'
