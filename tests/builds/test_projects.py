"""Every case of every test project, each target: without the hook the harm, with it what the contract says.

The wheel from the sdist is the wheel from the tree; without the hook, files are missing or it cannot be built.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest
from building import Built, build, build_apart, read, unpack
from hatchling.builders.wheel import WheelBuilderConfig
from projects import PROJECTS, Case, Expect, Project, fill, load, made, without_hook

CASES = load()


def row(case: Case, *target: str) -> Any:
    mark = pytest.mark.skipif(not case.is_supported, reason="Hatchling is too old to have it")
    return pytest.param(case, *target, id="-".join((case.id, *target)), marks=mark)


def build_case(case: Case, root: Path, target: str, to: Path, env: Dict[str, str]) -> Built:
    env = {**case.variables(root), **env}
    if case.unprivileged:
        return build_apart(root, target, to, env, unprivileged=True)
    if case.expect[target].without == "hangs":
        return build_apart(root, target, to, env, timeout=3 if to.name == "control" else 60)
    return build(root, target, to, env)


def snapshot(root: Path) -> Dict[str, Tuple[int, int]]:
    """All files of the project, with size and time of change, without byte code that Python makes by itself."""
    return {
        path: (os.lstat(path).st_size, os.lstat(path).st_mtime_ns)
        for where, dirs, files in os.walk(str(root))
        for path in (os.path.join(where, name) for name in [*dirs, *files])
        if "__pycache__" not in path and not os.path.isdir(path)
    }


@pytest.mark.parametrize(("case", "target"), [row(case, target) for case in CASES for target in case.expect])
def test_with_the_hook_and_without(case: Case, target: str, tmp_path: Path) -> None:
    wanted = case.expect[target]
    with made(case, tmp_path) as root:
        before = snapshot(root)
        built = build_case(case, root, target, tmp_path / "dist", {})
        assert snapshot(root) == before
        if wanted.result == "rejected":
            assert (built.crashed, built.code, built.archive, built.litter) == (False, 1, None, []), built.said
        else:
            check_built(built, wanted, target, tmp_path)
        check_said(built, wanted, root)
        check_harm(build_case(case, root, target, tmp_path / "control", without_hook(root)), wanted, built)


def check_built(built: Built, wanted: Expect, target: str, tmp_path: Path) -> None:
    assert built.code == 0, built.said
    assert built.archive is not None
    archive = read(built.archive)
    for path in wanted.gone:
        assert archive.below(path) == []
        assert not path.endswith("/") or path in built.said
    for path in wanted.kept:
        assert archive.below(path), archive.names
    assert {path: archive.links.get(path) for path in wanted.links} == wanted.links
    for path, words in wanted.copied.items():
        assert words.encode() in archive.files.get(path, b"(no such file)"), archive.names
    if wanted.unpacks:
        assert archive.refused == []
    if target == "sdist" and wanted.unpacks:
        unpacked = unpack(built.archive, tmp_path / "unpacked")
        if wanted.rebuilds:
            again = build(unpacked, "wheel", tmp_path / "again", {})
            assert (again.code, again.said) == (0, "")


def check_said(built: Built, wanted: Expect, root: Path) -> None:
    if wanted.codes != ["*"]:
        assert built.codes == list(wanted.codes), built.said
        assert wanted.codes or wanted.says or built.said == ""
    for words in wanted.says:
        assert fill(words, root) in built.words
    for words in wanted.unsaid:
        assert fill(words, root) not in built.words
    assert "\x1b" not in built.said
    assert len(built.said.splitlines()) <= 15, built.said
    assert built.printed == ""


def check_harm(control: Built, wanted: Expect, with_hook: Built) -> None:
    if wanted.without in ("hangs", "crashes"):
        code = None if wanted.without == "hangs" else 1
        assert (control.code, control.crashed) == (code, wanted.without == "crashes"), control.said
        return
    assert control.code == 0, control.said
    assert control.archive is not None
    archive = read(control.archive)
    if wanted.without == "leaks":
        assert wanted.leaks or wanted.gone, "a case that leaks has to say what"
        for path in wanted.leaks or wanted.gone:
            assert archive.below(path), (path, archive.names)
    elif wanted.without == "unsafe":
        assert archive.refused
    elif wanted.without == "loses":
        assert not all(archive.below(path) for path in wanted.kept), archive.names
    elif wanted.without == "same":
        assert with_hook.archive is not None, with_hook.said
        assert with_hook.archive.read_bytes() == control.archive.read_bytes()


def test_every_project_has_a_case_that_says_something() -> None:
    directories = {path.name for path in PROJECTS.iterdir() if path.is_dir()}
    assert directories == {case.project for case in CASES}
    assert [case.id for case in CASES if not (case.expect and case.about)] == []
    assert len(CASES) == len({case.id for case in CASES})


def through(root: Path, to: Path, env: Dict[str, str]) -> Tuple[Built, Built]:
    """Build the sdist, unpack it, and build the wheel from that, as front ends do."""
    sdist = build(root, "sdist", to / "sdist", env)
    assert sdist.archive is not None, sdist.said
    if read(sdist.archive).refused:
        return sdist, Built(1, "installers refuse the sdist", "", None, [])
    return sdist, build(unpack(sdist.archive, to / "unpacked"), "wheel", to / "wheel", env)


@pytest.mark.parametrize("case", [row(case) for case in CASES if case.through])
def test_wheel_from_the_sdist(case: Case, tmp_path: Path) -> None:
    assert case.through
    required = set(case.through.kept)
    with made(case, tmp_path) as root:
        env = case.variables(root)
        _, wheel = through(root, tmp_path / "out", env)
        from_tree = build(root, "wheel", tmp_path / "from the tree", env)
        assert wheel.archive, wheel.said
        assert from_tree.archive, from_tree.said
        assert read(wheel.archive).files == read(from_tree.archive).files
        assert required <= set(read(wheel.archive).files)
        _, control = through(root, tmp_path / "control", {**env, **without_hook(root)})
    outcome = "fails"
    if control.archive:
        outcome = "kept" if required <= set(read(control.archive).files) else "loses"
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
    sdist, from_sdist = through(project.root, tmp_path / "out", {})
    from_tree = project.build("wheel")
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
