"""Every case of every test project, each target: without the hook the harm, with it what the contract says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, Tuple

import pytest
from building import NO_HOOKS, Built, build, build_apart, hatchling, read, unpack
from projects import PROJECTS, Case, Expect, fill, load, made, switch_off

CASES = load()
ROWS = [
    pytest.param(
        case,
        target,
        id=f"{case.id}-{target}",
        marks=pytest.mark.skipif(hatchling() < case.needs, reason="Hatchling is too old to have it"),
    )
    for case in CASES
    for target in case.expect
]


def build_case(case: Case, root: Path, target: str, to: Path, env: Dict[str, str]) -> Built:
    env = {**{name: fill(value, root) for name, value in case.env.items()}, **env}
    if case.unprivileged:
        return build_apart(root, target, to, env, unprivileged=True)
    if case.expect[target].without == "hangs":
        return build_apart(root, target, to, env, timeout=3 if to.name == "control" else 60)
    return build(root, target, to, env)


def snapshot(root: Path) -> Dict[str, Tuple[int, int]]:
    """All that lies below the project, with size and time of change; byte code that Python makes by itself left out."""
    return {
        path: (os.lstat(path).st_size, os.lstat(path).st_mtime_ns)
        for where, dirs, files in os.walk(str(root))
        for path in (os.path.join(where, name) for name in [*dirs, *files])
        if "__pycache__" not in path and not os.path.isdir(path)
    }


@pytest.mark.parametrize(("case", "target"), ROWS)
def test_with_the_hook_and_without(case: Case, target: str, tmp_path: Path) -> None:
    wanted = case.expect[target]
    with made(case, tmp_path) as root:
        before = snapshot(root)
        built = build_case(case, root, target, tmp_path / "dist", {})
        assert snapshot(root) == before
        if wanted.result == "rejected":
            check_rejected(built)
        else:
            check_built(built, wanted, target, tmp_path)
        check_said(built, wanted, root)
        env = NO_HOOKS
        if (root / "hatch_build.py").exists():
            env = {}
            for path in (root / "pyproject.toml", root / "hatch.toml"):
                if path.exists():
                    switch_off(path)
        check_harm(build_case(case, root, target, tmp_path / "control", env), wanted, built)


def check_rejected(built: Built) -> None:
    assert not built.crashed, built.said
    assert built.code == 1, built.said
    assert built.archive is None
    assert built.litter == []


def check_built(built: Built, wanted: Expect, target: str, tmp_path: Path) -> None:
    assert built.code == 0, built.said
    assert built.archive is not None
    archive = read(built.archive)
    for path in wanted.gone:
        assert archive.below(path) == []
        if path.endswith("/"):
            assert path in built.said
    for path in wanted.kept:
        assert archive.below(path), archive.names
    for path, text in wanted.links.items():
        assert archive.links.get(path) == text, archive.links
    for path, words in wanted.copied.items():
        assert words.encode() in archive.files.get(path, b"(no such file)"), archive.names
    if wanted.unpacks:
        assert archive.refused == []
    if target == "sdist" and wanted.unpacks:
        unpacked = unpack(built.archive, tmp_path / "unpacked")
        if wanted.rebuilds:
            again = build(unpacked, "wheel", tmp_path / "again", {})
            assert again.code == 0, again.said
            assert again.said == ""


def check_said(built: Built, wanted: Expect, root: Path) -> None:
    if wanted.codes != ["*"]:
        assert built.codes == wanted.codes, built.said
        if not (wanted.codes or wanted.says):
            assert built.said == ""
    for words in wanted.says:
        assert fill(words, root) in built.words
    for words in wanted.unsaid:
        assert fill(words, root) not in built.words
    assert "\x1b" not in built.said
    assert len(built.said.splitlines()) <= 15, built.said
    assert built.printed == ""


def check_harm(control: Built, wanted: Expect, with_hook: Built) -> None:
    if wanted.without == "hangs":
        assert control.code is None
        return
    if wanted.without == "crashes":
        assert control.code == 1
        assert control.crashed, control.said
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


def test_every_project_has_a_case() -> None:
    directories = {path.name for path in PROJECTS.iterdir() if path.is_dir()}
    assert directories == {case.project for case in CASES}


def test_every_case_says_something() -> None:
    assert [case.id for case in CASES if not (case.expect and case.about)] == []
    names = [case.id for case in CASES]
    assert len(names) == len(set(names))
