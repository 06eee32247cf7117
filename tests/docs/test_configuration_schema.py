"""docs/configuration.schema.json refuses what a build refuses, and nothing else."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hypothesis import event, example, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from hatch_nocache.config import ConfigError, parse
from hatch_nocache.options import FOREIGN_KEYS, OPTIONS

ROOT = Path(__file__).parents[2]
NAME = "docs/configuration.schema.json"
SCHEMA = json.loads((ROOT / NAME).read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
TABLE = SCHEMA["definitions"]["nocache"]["properties"]
OWN = sorted(OPTIONS)


def fits(table, target=None) -> bool:
    """Whether the schema takes the hook's table, for all targets or for one."""
    build = {"hooks": {"nocache": table}}
    return VALIDATOR.is_valid({"build": build if target is None else {"targets": {target: build}}})


def hook_takes(table) -> bool:
    try:
        parse(table, prefix="p", target="sdist")
    except ConfigError as error:
        # Which patterns can be read is for pathspec to say.
        return all(", is not valid: " in line for line in error.errors)
    return True


def hatchling_takes(table) -> bool:
    config = {
        "project": {"name": "demo", "version": "1", "optional-dependencies": {"web": []}},
        "tool": {"hatch": {"build": {"hooks": {"nocache": table}}}},
    }
    try:
        assert SdistBuilder(str(ROOT), config=config).config.dependencies is not None
    except (TypeError, ValueError):
        return False
    return True


def test_it_is_a_schema():
    Draft7Validator.check_schema(SCHEMA)


def test_it_is_up_to_date():
    spec = importlib.util.spec_from_file_location("tables", str(ROOT / "scripts" / "tables.py"))
    tables = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(tables)
    sys.path[:] = path
    assert (ROOT / NAME).read_text(encoding="utf-8") == tables.written(NAME), "run `hatch run long:tables`"


def test_keys_values_and_meanings():
    """One for one those of the hook and of hatchling."""
    assert set(TABLE) == {*OPTIONS, *FOREIGN_KEYS}
    for key, option in OPTIONS.items():
        assert TABLE[key].get("enum", []) == list(option.values)
        assert TABLE[key]["description"].startswith(option.meaning)


@pytest.mark.parametrize("key", OWN)
def test_defaults_are_those_in_force(key):
    """A default that depends on the target can only be told in words."""
    in_force = {}
    for target in ("sdist", "wheel"):
        value = getattr(parse({}, prefix="p", target=target), key.replace("-", "_"))
        in_force[target] = list(getattr(value, "lines", ())) if OPTIONS[key].kind == "patterns" else value
    if in_force["sdist"] == in_force["wheel"]:
        assert TABLE[key]["default"] == in_force["sdist"]
    else:
        assert "default" not in TABLE[key]
        sdist, wheel = in_force.values()
        assert TABLE[key]["description"].endswith(f'default: sdist `"{sdist}"`, every other target `"{wheel}"`')


_STRAY = st.one_of(
    st.sampled_from([1, 0, 1.5, None, {}, [], "", " ", "drop", "copy", "kept", True, [1], [True], [[]], ["a", "\t"]]),
    st.text(max_size=4),
    st.lists(st.text(max_size=4), max_size=3),
)
_RIGHT = {
    "patterns": st.lists(st.sampled_from(["a/", "/b", "!c", "*.d"]), max_size=3),
    "boolean": st.booleans(),
}


def _value(key):
    option = OPTIONS[key]
    right = _RIGHT[option.kind] if option.kind in _RIGHT else st.sampled_from(option.values)
    return st.one_of(right, right, right, _STRAY)


_TABLES = st.builds(
    lambda own, more: {**more, **own},
    st.lists(st.sampled_from(OWN), unique=True).flatmap(
        lambda keys: st.fixed_dictionaries({k: _value(k) for k in keys})
    ),
    st.one_of(
        st.just({}),
        st.just({"enable-by-default": False, "dependencies": ["x"]}),
        st.dictionaries(st.one_of(st.sampled_from(["cache", "Allow", "extra_caches"]), st.text(max_size=3)), _STRAY),
    ),
)


@given(_TABLES, st.sampled_from([None, "sdist", "wheel", "my-target"]))
@example({"allow": ["\x1c"]}, None)
@example({"verify": 1}, None)
@example({"allow": ["[z-a]"]}, None)
def test_it_refuses_what_the_hook_refuses(table, target):
    """Both ways, at both places."""
    taken = hook_takes(table)
    event("taken" if taken else "refused")
    assert fits(table, target) is taken


def test_a_pattern_is_blank_for_both_or_for_neither():
    """Every character that Python calls a space, and no other."""
    points = [chr(point) for point in range(0x3100) if fits({"allow": [chr(point)]}) != bool(chr(point).strip())]
    assert points == []


_FOREIGN = st.sampled_from(
    [True, False, 1, 1.5, None, {}, {"web": 1}, [], "", "web", ["web"], ["web", ""], ["web", 1], [True], [[]], [""]]
)
_FOREIGN_TABLES = st.dictionaries(st.sampled_from(FOREIGN_KEYS), _FOREIGN)


# Of a hook that is switched off, hatchling reads nothing more.
@given(_FOREIGN_TABLES.filter(lambda table: table.get("enable-by-default", True)))
def test_it_refuses_what_hatchling_refuses(table):
    """The keys that hatchling reads have the types that it asks of them."""
    taken = hatchling_takes(table)
    event("taken" if taken else "refused")
    assert fits(table) is taken
    parse(table, prefix="p", target="sdist")


@pytest.mark.parametrize("table", ["drop", ["drop"], True, 1])
def test_the_table_is_a_table(table):
    """Hatchling asks for one."""
    assert not fits(table)
    assert not hatchling_takes(table)


@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(max_size=3)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=2),
            st.dictionaries(
                st.sampled_from(["build", "hooks", "targets", "custom", "sdist", "version"]), inner, max_size=3
            ),
        ),
        max_leaves=12,
    )
)
def test_it_says_nothing_about_other_tables(hatch):
    """Whatever they hold, right or wrong."""
    assert VALIDATOR.is_valid(hatch)
