"""docs/configuration.schema.json refuses what a build refuses, and nothing else."""

from __future__ import annotations

import json

from hatchling.builders.sdist import SdistBuilder
from hypothesis import event, example, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from readme import ROOT

from hatch_nocache.config import HATCHLING_KEYS, OPTIONS, ConfigError, Options

SCHEMA = json.loads((ROOT / "docs" / "configuration.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
TABLE = SCHEMA["definitions"]["nocache"]["properties"]


def fits(table, target=None) -> bool:
    """Whether the schema accepts the hook's table, for all targets or for one."""
    build = {"hooks": {"nocache": table}}
    return VALIDATOR.is_valid({"build": build if target is None else {"targets": {target: build}}})


def hook_accepts(table) -> bool:
    try:
        Options(table, "sdist", "p")
    except ConfigError as error:
        # Only pathspec can tell whether a pattern is valid.
        return all(": invalid pattern " in line for line in error.args)
    return True


def hatchling_accepts(table) -> bool:
    config = {
        "project": {"name": "demo", "version": "1", "optional-dependencies": {"web": []}},
        "tool": {"hatch": {"build": {"hooks": {"nocache": table}}}},
    }
    try:
        assert SdistBuilder(str(ROOT), config=config).config.dependencies is not None
    except (TypeError, ValueError):
        return False
    return True


def test_keys_values_and_defaults() -> None:
    """A default that depends on the target is in the description."""
    Draft7Validator.check_schema(SCHEMA)
    assert set(TABLE) == {*OPTIONS, *HATCHLING_KEYS}
    for key, values in OPTIONS.items():
        assert TABLE[key].get("enum", []) == list(values)
        sdist, wheel = (getattr(Options({}, each, "p"), key.replace("-", "_")) for each in ("sdist", "wheel"))
        if not values:
            assert TABLE[key]["default"] == []
        elif sdist == wheel:
            assert TABLE[key]["default"] == sdist
        else:
            assert "default" not in TABLE[key]
            assert TABLE[key]["description"].endswith(f'default: sdist: `"{sdist}"`; other targets: `"{wheel}"`')


_STRAY = st.one_of(
    st.sampled_from([1, 0, 1.5, None, {}, [], "", " ", "drop", "copy", "kept", True, [1], [True], [[]], ["a", "\t"]]),
    st.text(max_size=4),
    st.lists(st.text(max_size=4), max_size=3),
)
_PATTERNS = st.lists(st.sampled_from(["a/", "/b", "!c", "*.d"]), max_size=3)


def _value(key):
    right = st.sampled_from(OPTIONS[key]) if OPTIONS[key] else _PATTERNS
    return st.one_of(right, right, right, _STRAY)


_TABLES = st.builds(
    lambda own, more: {**more, **own},
    st.lists(st.sampled_from(sorted(OPTIONS)), unique=True).flatmap(
        lambda keys: st.fixed_dictionaries({key: _value(key) for key in keys})
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
def test_refuses_values_that_the_hook_refuses(table, target) -> None:
    accepted = hook_accepts(table)
    event("accepted" if accepted else "refused")
    assert fits(table, target) is accepted


def test_blank_patterns() -> None:
    """The schema calls the same characters blank as Python does."""
    accepts = Draft7Validator(TABLE["allow"]).is_valid
    assert [chr(point) for point in range(0x3100) if accepts([chr(point)]) != bool(chr(point).strip())] == []


_OTHER = st.sampled_from(
    [True, False, 1, 1.5, None, {}, {"web": 1}, [], "", "web", ["web"], ["web", ""], ["web", 1], [True], [[]], [""]]
)


# Hatchling reads nothing else of a disabled hook.
@given(st.dictionaries(st.sampled_from(HATCHLING_KEYS), _OTHER).filter(lambda it: it.get("enable-by-default", True)))
def test_refuses_values_that_hatchling_refuses(table) -> None:
    accepted = hatchling_accepts(table)
    event("accepted" if accepted else "refused")
    assert fits(table) is accepted
    Options(table, "sdist", "p")


def test_the_table_is_a_table_and_others_are_accepted() -> None:
    for table in ("drop", ["drop"], True, 1):
        assert not fits(table)
        assert not hatchling_accepts(table)
    others = [{"build": 1}, {"build": {"hooks": {"custom": 1}, "targets": {"sdist": 1}}}, {"version": {"x": 1}}]
    assert all(map(VALIDATOR.is_valid, [{}, [], 1, *others]))
