"""The TOML table: every key, every error at once."""

from __future__ import annotations

from typing import List

import pytest

from hatch_nocache.config import ConfigError, parse
from hatch_nocache.options import FOREIGN_KEYS, OPTIONS

PREFIX = "tool.hatch.build.hooks.nocache"


def errors(**table: object) -> List[str]:
    """The errors of a table whose keys are written with underscores."""
    with pytest.raises(ConfigError) as caught:
        parse({key.replace("_", "-"): value for key, value in table.items()}, prefix=PREFIX, target="sdist")
    assert str(caught.value) == "\n".join(caught.value.errors)
    return list(caught.value.errors)


def test_the_defaults_of_an_sdist() -> None:
    """The empty table is enough."""
    config = parse({}, prefix=PREFIX, target="sdist")
    assert (config.caches, config.symlinks, config.verify) == ("drop", "reject", True)
    assert (config.extra_caches.lines, config.allow.lines) == ((), ())


@pytest.mark.parametrize("target", ["wheel", "custom", "zipped-directory"])
def test_links_are_kept_elsewhere(target: str) -> None:
    """Only an sdist holds links."""
    assert parse({}, prefix=PREFIX, target=target).symlinks == "keep"


@pytest.mark.parametrize("key", ["caches", "symlinks"])
def test_every_choice_is_taken(key: str) -> None:
    """Each value of the table of options is read back."""
    for value in OPTIONS[key].values:
        assert getattr(parse({key: value}, prefix=PREFIX, target="sdist"), key) == value


def test_patterns_and_booleans() -> None:
    """The other types."""
    table = {"extra-caches": ["/store/"], "allow": ["tests/data/"], "verify": False}
    config = parse(table, prefix=PREFIX, target="wheel")
    assert config.extra_caches.match("store/")
    assert config.allow.match("tests/data/x")
    assert config.verify is False


def test_the_keys_of_hatchling_pass() -> None:
    """What hatchling itself reads from the table is not ours to judge."""
    parse({key: object() for key in FOREIGN_KEYS}, prefix=PREFIX, target="sdist")


def test_every_error_at_once() -> None:
    """Nobody likes to mend a file error by error."""
    found = errors(caches="dorp", symlnks="copy", verify="yes", allow="x", extra_caches=["", 1])
    assert found == [
        f'`{PREFIX}.caches` is "dorp". Did you mean `drop`? It must be "drop", "reject" or "keep".',
        f"`{PREFIX}.symlnks` is unknown. Did you mean `symlinks`?",
        f"`{PREFIX}.verify` must be true or false, not a string.",
        f"`{PREFIX}.allow` must be an array of gitignore patterns, not a string.",
        f"`{PREFIX}.extra-caches`, pattern #1, must not be empty.",
        f"`{PREFIX}.extra-caches`, pattern #2, must be a string, not an integer.",
    ]


def test_no_suggestion_where_nothing_is_near() -> None:
    """A wild guess helps no one."""
    assert errors(colour=1) == [f"`{PREFIX}.colour` is unknown."]


@pytest.mark.parametrize(
    ("value", "called"),
    [(1, "an integer"), (1.5, "a float"), (True, "a boolean"), ({}, "a table"), (None, "a NoneType")],
)
def test_wrong_types_are_called_by_their_toml_names(value: object, called: str) -> None:
    """Whoever writes TOML need not know Python."""
    expected = f'`{PREFIX}.symlinks` must be a string ("reject", "drop", "copy" or "keep"), not {called}.'
    assert errors(symlinks=value) == [expected]


@pytest.mark.parametrize("pattern", ["!", "a\\", "[z-a]"])
def test_a_pattern_that_cannot_be_read(pattern: str) -> None:
    """Pathspec raises on some patterns; the error names the key and the number."""
    (error,) = errors(allow=["a", pattern])
    assert error.startswith(f"`{PREFIX}.allow`, pattern #2, is not valid: ")
