"""What a person is told to paste."""

from __future__ import annotations

import os
import sys

import pytest
from pathspec import GitIgnoreSpec

from hatch_nocache.remedies import Advice, gitignore, ignore_line

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PLAIN = ["a", "a/b", "a b", "[x]", "a*b?", "größe", "#x", "!x"]
if os.sep == "/":  # elsewhere pathspec takes it for a separator
    PLAIN.append(r"a\b")
ODD = ["end ", "a\nb", "\x7f", "\x1b[31m", "::error::x", "##[error]x", 'a"b', "\u202ex"]


@pytest.mark.parametrize("path", PLAIN)
def test_the_line_matches_that_directory_alone(path):
    """As pathspec, and so hatchling, reads it."""
    spec = GitIgnoreSpec.from_lines([ignore_line(path)])
    assert spec.match_file(f"{path}/x")
    assert not spec.match_file(f"{path}")
    assert not spec.match_file(f"sub/{path}/x")
    assert not spec.match_file("ab/x")
    assert ignore_line(path) in gitignore(path)


@pytest.mark.parametrize("path", PLAIN + ODD)
def test_the_entry_can_be_pasted_and_works(path):
    """It is TOML, it matches that file alone, and nothing in it is a command to a terminal or a CI log."""
    told = Advice().leave_out(path)
    assert told.startswith("leave it out: exclude = [")
    entry = told[len("leave it out: ") :].rpartition(" in [")[0]
    (pattern,) = tomllib.loads(entry)["exclude"]
    spec = GitIgnoreSpec.from_lines([pattern])
    assert spec.match_file(path)
    assert not spec.match_file(f"sub/{path}")
    assert entry.isprintable()
    assert "::" not in entry
    assert "##" not in entry


@pytest.mark.parametrize("path", ["a\nb", "\x1b[31m", "::error::", "##[error]", "../shared"])
def test_a_line_that_would_do_something_else_is_not_offered(path):
    """A .gitignore has no escapes for these, and leads out of no project."""
    assert gitignore(path) == "nothing to do"


@pytest.mark.parametrize("path", ["../shared/x", "caf\udce9"])
def test_what_cannot_be_written_is_described(path):
    """No pattern leads out of the project, and TOML is UTF-8."""
    advice = Advice()
    assert advice.leave_out(path) == "leave it out: an entry of `exclude` in [tool.hatch.build]"
    assert advice.allow(path) == "allow it: an entry of `allow` in [tool.hatch.build.hooks.nocache]"


def test_the_tables_and_options_in_force():
    """A remedy for another table, or where `exclude` has no effect, would be no remedy."""
    advice = Advice("[build.hooks.nocache] of hatch.toml", "[build] of hatch.toml")
    assert advice.option("symlinks", "copy") == 'set symlinks = "copy" in [build.hooks.nocache] of hatch.toml'
    assert advice.allow("x") == 'allow it: allow = ["/x"] in [build.hooks.nocache] of hatch.toml'
    assert advice.leave_out("x") == 'leave it out: exclude = ["/x"] in [build] of hatch.toml'
    advice.source_of = lambda path: "force-include" if path == "x" else ""
    assert advice.leave_out("x") == "take it out of force-include"
    assert advice.leave_out("y").startswith("leave it out")
