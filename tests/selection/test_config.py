"""The hook's table: every key, and every error at once."""

from __future__ import annotations

from typing import List

import pytest
from projects import Project

from hatch_nocache.config import ConfigError, Options

PREFIX = "tool.hatch.build.hooks.nocache"


def errors(**table: object) -> List[str]:
    """Return the errors of a table whose keys are written with underscores, without the prefix."""
    with pytest.raises(ConfigError) as caught:
        Options({key.replace("_", "-"): value for key, value in table.items()}, "sdist", PREFIX)
    assert all(error.startswith(PREFIX) for error in caught.value.args)
    return [error[len(PREFIX) + 1 :] for error in caught.value.args]


def test_every_error_at_once() -> None:
    table = {
        "caches": "dorp",
        "symlnks": "copy",
        "verify": "yes",
        "untracked": 1,
        "allow": "x",
        "extra_caches": ["", 1],
    }
    assert errors(**table, colour=1, Extra_Cache=[], enable_default=True) == [
        'caches: expected "drop", "reject" or "keep", got "dorp"',
        "symlnks: unknown key; did you mean `symlinks`?",
        'verify: expected "auto", true or false, got "yes"',
        'untracked: expected "drop", "reject" or "keep", got 1',
        'allow: expected an array of gitignore patterns, got "x"',
        'extra-caches, item 1: expected a gitignore pattern, got ""',
        "extra-caches, item 2: expected a gitignore pattern, got 1",
        "colour: unknown key",
        "Extra-Cache: unknown key; did you mean `extra-caches`?",
        "enable-default: unknown key; did you mean `enable-by-default`?",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1, "1"), (0.0, "0.0"), (True, "true"), ({}, "a table"), ([], "an array"), (None, "a NoneType"), ("ü", '"ü"')],
)
def test_values_as_in_toml(value: object, shown: str) -> None:
    assert errors(symlinks=value) == [f'symlinks: expected "reject", "drop", "copy" or "keep", got {shown}']
    assert value is True or errors(verify=value) == [f'verify: expected "auto", true or false, got {shown}']


@pytest.mark.parametrize("pattern", ["!", "a\\", "[z-a]"])
def test_invalid_pattern(pattern: str) -> None:
    (error,) = errors(allow=["a", pattern])
    assert error.startswith("allow, item 2: invalid pattern ")
    assert "position" not in error


@pytest.mark.parametrize("pattern", ["**", "!**", "/**", "a/**/b"])
def test_pattern_that_an_old_pathspec_cannot_match(project: Project, pattern: str) -> None:
    project.configure(f'allow = ["{pattern}", "**/x"]')
    built = project.build()
    assert not built.crashed
    assert built.code == 0 or "invalid pattern" in built.said
