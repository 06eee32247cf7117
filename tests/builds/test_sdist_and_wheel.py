"""The wheel from the sdist is the wheel from the tree; without the hook, files are missing or it cannot be built."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest
from building import NO_HOOKS, build, hatchling, read, through
from hatchling.builders.wheel import WheelBuilderConfig
from projects import Case, Project, fill, load, made, switch_off

CASES = [
    pytest.param(
        case,
        id=case.id,
        marks=pytest.mark.skipif(hatchling() < case.needs, reason="Hatchling is too old to have it"),
    )
    for case in load()
    if case.through
]


@pytest.mark.parametrize("case", CASES)
def test_wheel_from_the_sdist(case: Case, tmp_path: Path) -> None:
    assert case.through
    required = set(case.through.kept)
    with made(case, tmp_path) as root:
        env = {name: fill(value, root) for name, value in case.env.items()}
        sdist, wheel = through(root, tmp_path / "out", env)
        assert (sdist.code, wheel.code) == (0, 0), sdist.said + wheel.said
        from_tree = build(root, "wheel", tmp_path / "from the tree", env)
        assert wheel.archive
        assert from_tree.archive, from_tree.said
        assert read(wheel.archive).files == read(from_tree.archive).files
        assert required <= set(read(wheel.archive).files)

        if (root / "hatch_build.py").exists():
            switch_off(root / "pyproject.toml")
        else:
            env.update(NO_HOOKS)
        control, wheel = through(root, tmp_path / "control", env)
    assert control.code == 0, control.said
    outcome = "fails"
    if wheel.archive:
        outcome = "kept" if required <= set(read(wheel.archive).files) else "loses"
    assert outcome == case.through.without


@pytest.mark.parametrize("up", [True, False], ids=["up", "down"])
@pytest.mark.parametrize("where", ["ladder", "src/demo/ladder"], ids=["outside of the package", "in the package"])
def test_ladder(project: Project, tmp_path: Path, where: str, *, up: bool) -> None:
    """Forty directories with two symlinks each to the next have 2^40 names: each symlink is followed once."""
    order = list(range(40)) if up else list(range(39, -1, -1))
    for number in order:
        project.put(f"{where}/{number:02}/f.txt", f"{number}")
    for here, there in zip(order, order[1:]):
        for name in ("a", "z"):
            project.link(f"{where}/{here:02}/{name}", f"../{there:02}")
    top = f"{order[0]:02}"
    if where == "ladder":
        project.link("src/demo/start", f"../../ladder/{top}")
    sdist, from_sdist = through(project.root, tmp_path / "out")
    from_tree = project.build("wheel")
    assert sdist.archive
    assert from_sdist.archive
    assert from_tree.archive
    assert len(read(sdist.archive).names) < 40 * 8
    wheel = read(from_tree.archive).files
    assert read(from_sdist.archive).files == wheel
    start = "demo/start" if where == "ladder" else f"demo/ladder/{top}"
    assert {f"{start}/f.txt", f"{start}/a/f.txt", f"{start}/z/f.txt"} <= set(wheel)
    assert len(wheel) < 40 * 8


def test_wheel_is_not_asked_without_a_reason(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without drops and directory symlinks, an sdist does not ask what a wheel would select."""

    def unexpected(*_: object) -> List[str]:
        raise AssertionError

    monkeypatch.setattr(WheelBuilderConfig, "default_only_include", unexpected)
    project.put("data/f.txt")
    project.link("l.txt", "data/f.txt")
    assert project.build().said == ""
