"""Real front ends build the wheel from the sdist: it holds what the wheel from the tree holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import NO_HOOKS, read
from projects import Case, load, made, switch_off

CASES = [pytest.param(case, id=case.id) for case in load() if case.through and case.through.front_ends]


@pytest.mark.parametrize("name", ["build", "uv build"])
@pytest.mark.parametrize("case", CASES)
def test_by_front_ends(case: Case, name: str, front_end, tmp_path: Path) -> None:
    assert case.through
    required = set(case.through.kept)
    with made(case, tmp_path) as root:
        built = front_end(name, root, out="both")
        from_tree = front_end(name, root, "--wheel", out="from the tree")
        assert (built.returncode, from_tree.returncode) == (0, 0)
        (wheel,) = (tmp_path / "both").glob("*.whl")
        (other,) = (tmp_path / "from the tree").glob("*.whl")
        assert read(wheel).files == read(other).files
        assert required <= set(read(wheel).files)
        # Without the hook, which harms the wheel or only the sdist.
        env = NO_HOOKS
        if (root / "hatch_build.py").exists():
            switch_off(root / "pyproject.toml")
            env = {}
        control = front_end(name, root, out="control", **env)
    wheels = list((tmp_path / "control").glob("*.whl"))
    assert (control.returncode != 0) is (case.through.without == "fails") is (wheels == [])
    if wheels:
        assert (required <= set(read(wheels[0]).files)) is (case.through.without == "kept")
