"""Real front ends build the wheel from the sdist: it holds what the wheel from the tree holds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from building import NO_HOOKS, read
from projects import Case, load, made, switch_off

COMMANDS = {
    "build": [sys.executable, "-m", "build", "--outdir", "{out}", "{what}"],
    "uv": ["{uv}", "build", "--python", sys.executable, "--out-dir", "{out}", "{what}"],
}
CASES = [pytest.param(case, id=case.id) for case in load() if case.through and case.through.front_ends]


@pytest.fixture(params=COMMANDS)
def front_end(request, run, uv, tmp_path: Path):
    def build(root: Path, out: str, *what: str, **env: str):
        words = {"out": tmp_path / out, "uv": uv("") if request.param == "uv" else "", "what": root}
        return run(*(part.format(**words) for part in COMMANDS[request.param]), *what, cwd=root, **env)

    return build


@pytest.mark.parametrize("case", CASES)
def test_by_front_ends(case: Case, front_end, tmp_path: Path) -> None:
    assert case.through
    with made(case, tmp_path) as root:
        # Without the hook, which harms the wheel or only the sdist.
        before = (root / "pyproject.toml").read_text(encoding="utf-8")
        apart = (root / "hatch_build.py").exists()
        if apart:
            switch_off(root / "pyproject.toml")
        control = front_end(root, "control", **({} if apart else NO_HOOKS))
        wheels = list((tmp_path / "control").glob("*.whl"))
        assert (control.returncode != 0) is (case.through.without == "fails") is (wheels == [])
        if wheels:
            kept = set(case.through.kept) <= set(read(wheels[0]).files)
            assert kept is (case.through.without == "kept")
        (root / "pyproject.toml").write_text(before, encoding="utf-8")

        built = front_end(root, "both")
        from_tree = front_end(root, "from the tree", "--wheel")
        assert (built.returncode, from_tree.returncode) == (0, 0)
        (wheel,) = (tmp_path / "both").glob("*.whl")
        (other,) = (tmp_path / "from the tree").glob("*.whl")
        assert read(wheel).files == read(other).files
        assert set(case.through.kept) <= set(read(wheel).files)
