"""The wheel from the sdist is the wheel from the tree, and `check` agrees with the build before and after it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Dict, List, Tuple

import pytest
from building import NO_HOOKS, Built, build, hatchling, is_complete, read, through
from projects import Case, Project, fill, load, made, plant, switch_off

CASES = [
    pytest.param(
        case,
        id=case.id,
        marks=pytest.mark.skipif(hatchling() < case.needs, reason="Hatchling is too old to have it"),
    )
    for case in load()
    if case.through
]


def environment(case: Case, root: Path) -> Dict[str, str]:
    return {name: fill(value, root) for name, value in case.env.items()}


@pytest.mark.parametrize("case", CASES)
def test_wheel_from_the_sdist(case: Case, tmp_path: Path) -> None:
    assert case.through
    with made(case, tmp_path) as root:
        sdist, wheel = through(root, tmp_path / "out", environment(case, root))
        assert (sdist.code, wheel.code) == (0, 0), sdist.said + wheel.said
        from_tree = build(root, "wheel", tmp_path / "from the tree", environment(case, root))
        assert wheel.archive
        assert from_tree.archive, from_tree.said
        assert read(wheel.archive).files == read(from_tree.archive).files
        assert set(case.through.kept) <= set(read(wheel.archive).files)


@pytest.mark.parametrize("case", CASES)
def test_wheel_from_the_sdist_without_the_hook(case: Case, tmp_path: Path) -> None:
    """The harm. Where there is none, the sdist holds the caches, which the test projects show."""
    assert case.through
    with made(case, tmp_path) as root:
        env = NO_HOOKS
        if (root / "hatch_build.py").exists():
            switch_off(root / "pyproject.toml")
            env = {}
        sdist, wheel = through(root, tmp_path / "out", {**environment(case, root), **env})
    assert sdist.code == 0, sdist.said
    outcome = "fails"
    if wheel.archive:
        outcome = "kept" if set(case.through.kept) <= set(read(wheel.archive).files) else "loses"
    assert outcome == case.through.without


# --- Directories with several names -----------------------------------------------------------------------------------


def project(tmp_path: Path, planted: Dict[str, str], tables: str = "") -> Path:
    """A project with files (text), caches ("cache") and symlinks ("-> target")."""
    made_project = Project(tmp_path / "project")
    made_project.configure(after=tables)
    for name, what in planted.items():
        plant(made_project.root, name, what if what == "cache" or what.startswith("-> ") else f"file: {what}", [])
    return made_project.root


def both(root: Path, tmp_path: Path) -> Tuple[Built, List[str]]:
    """Return the sdist, and the members of the wheel from it, which is the wheel from the tree."""
    sdist, wheel = through(root, tmp_path / "out")
    assert sdist.code == 0, sdist.said
    from_tree = build(root, "wheel", tmp_path / "from the tree")
    assert is_complete(from_tree, wheel), f"{sdist.said}\n{from_tree.said}\n{wheel.said}"
    assert from_tree.archive
    return sdist, read(from_tree.archive).names


@pytest.mark.parametrize("up", [True, False], ids=["up", "down"])
@pytest.mark.parametrize("where", ["ladder", "src/demo/ladder"], ids=["outside of the package", "in the package"])
def test_ladder(where: str, up: bool, tmp_path: Path) -> None:
    """Forty directories with two symlinks each to the next have 2^40 names: each symlink is followed once."""
    planted = {f"{where}/{n:02}/f.txt": f"{n}" for n in range(40)}
    pairs = zip(range(39), range(1, 40)) if up else zip(range(1, 40), range(39))
    for here, there in pairs:
        planted.update({f"{where}/{here:02}/{name}": f"-> ../{there:02}" for name in ("a", "z")})
    if where == "ladder":
        planted["src/demo/start"] = f"-> ../../ladder/{'00' if up else '39'}"
    root = project(tmp_path, planted)
    sdist, wheel = both(root, tmp_path)
    assert sdist.archive
    assert len(read(sdist.archive).names) < 40 * 8
    top = "00" if up else "39"
    start = "demo/start" if where == "ladder" else f"demo/ladder/{top}"
    assert {f"{start}/f.txt", f"{start}/a/f.txt", f"{start}/z/f.txt"} <= set(wheel)
    assert len(wheel) < 40 * 8


@pytest.mark.parametrize("names", [("aaa", "zzz"), ("zzz", "aaa"), ("Assets", "assets2", "b"), (".x", "y")])
@pytest.mark.parametrize("real", ["assets", "src/demo/mmm", "tests/data", "zz"])
@pytest.mark.parametrize(
    "tables",
    [
        "",
        '[tool.hatch.build.targets.sdist]\ninclude = ["/src"]',
        '[tool.hatch.build.targets.sdist]\nonly-include = ["src", "tests"]',
        '[tool.hatch.build.targets.wheel]\ninclude = ["src/demo/*.py", "f.*"]',
        '[tool.hatch.build.targets.wheel]\nonly-include = ["src/demo"]\nsources = ["src"]',
        '[tool.hatch.build]\nexclude = ["/src/demo/zzz"]',
        '[tool.hatch.build]\nartifacts = ["*.txt"]\nskip-excluded-dirs = true',
    ],
    ids=str.split,
)
def test_order_and_number_of_names(real: str, names: Tuple[str, ...], tables: str, tmp_path: Path) -> None:
    """Whatever the order and the number of the symlinks, and the tables: the wheel has each of its names."""
    planted = {f"{real}/f.txt": "F", f"{real}/deep/g.txt": "G"}
    planted.update({f"src/demo/{name}": f"-> {os.path.relpath(real, 'src/demo')}" for name in names})
    _, wheel = both(project(tmp_path, planted, tables), tmp_path)
    if "exclude" in tables or "tests" in tables or real == "src/demo/mmm":
        return
    for name in names:
        assert any(member.endswith(f"{name}/f.txt") for member in wheel), wheel


def test_loop_of_directories(tmp_path: Path) -> None:
    """A symlink to a directory above it is followed no further than that directory."""
    planted = {"assets/f.txt": "F", "assets/up": "-> ..", "src/demo/a": "-> ../../assets", "src/demo/self": "-> ."}
    sdist, wheel = both(project(tmp_path, planted), tmp_path)
    assert "demo/a/f.txt" in wheel
    assert max(name.count("/") for name in wheel) < 8
    assert sdist.archive
    assert max(name.count("/") for name in read(sdist.archive).names) < 8


def test_what_is_said_of_several_names_is_what_is_packed(tmp_path: Path) -> None:
    """The notice names the directory under each name that the sdist holds, and no other."""
    planted = {"assets/f.txt": "F", "src/demo/a": "-> ../../assets", "tests/b": "-> ../assets"}
    sdist, _ = both(project(tmp_path, planted), tmp_path)
    assert sdist.archive
    packed = {name for name in ("assets", "src/demo/a", "tests/b") if read(sdist.archive).below(name)}
    assert packed == {"assets", "src/demo/a"}
    assert "NC106" in sdist.codes
    assert "src/demo/a" in sdist.said
    assert "tests/b" not in sdist.said


# --- The general guarantee --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planted", "tables", "lost"),
    [
        (
            {"src/demo/store": "cache"},
            '[tool.hatch.build.targets.wheel.hooks.nocache]\nallow = ["/src/demo/store/index.txt"]',
            "src/demo/store",
        ),
        (
            {"src/demo/l.txt": "-> ../../../outside.txt", "../outside.txt": "OUTSIDE"},
            '[tool.hatch.build.targets.sdist.hooks.nocache]\nsymlinks = "drop"',
            "src/demo/l.txt",
        ),
        (
            {"data/f.txt": "F", "src/demo/d": "-> ../../../outside", "../outside/f.txt": "F"},
            '[tool.hatch.build.targets.sdist.hooks.nocache]\nsymlinks = "drop"',
            "src/demo/d",
        ),
    ],
    ids=["allowed for the wheel only", "dropped symlink", "dropped directory symlink"],
)
def test_what_the_wheel_loses_is_said(planted: Dict[str, str], tables: str, lost: str, tmp_path: Path) -> None:
    """Where the hook or a symlink costs the wheel a file, the sdist says so or is not built."""
    root = project(tmp_path, planted, tables)
    sdist, wheel = through(root, tmp_path / "out")
    from_tree = build(root, "wheel", tmp_path / "from the tree")
    assert not is_complete(from_tree, wheel) or from_tree.code
    assert lost in sdist.said
    assert "wheel" in sdist.said
    if sdist.code == 0 and from_tree.code == 0:
        assert wheel.code == 0, "an sdist from which no wheel can be built has to be rejected"


@pytest.mark.parametrize(
    ("planted", "tables"),
    [
        ({"store": "cache", "src/demo/t.py": ""}, '[tool.hatch.build.targets.sdist]\nexclude = ["/src/demo/t.py"]'),
        ({"store": "cache", "a/t.py": "", "src/demo/x": "-> ../../a"}, '[tool.hatch.build]\nexclude = ["/src/demo/x"]'),
        ({"store": "cache"}, '[tool.hatch.build.targets.wheel]\ninclude = ["/src", "/nothing"]'),
        ({"store": "cache", "README.txt": "", "l": "-> README.txt"}, ""),
    ],
    ids=["an excluded file", "an excluded symlink", "a name that is not there", "nothing"],
)
def test_what_the_tables_leave_out_is_no_news(planted: Dict[str, str], tables: str, tmp_path: Path) -> None:
    sdist, _ = through(project(tmp_path, planted, tables), tmp_path / "out")
    assert sdist.codes == ["NC001"]
    assert "wheel" not in sdist.said


def test_a_build_with_nothing_to_say_asks_nothing_of_the_wheel(tmp_path: Path, monkeypatch) -> None:
    """Without drops and directory symlinks, what a wheel would select is not asked for."""
    from hatchling.builders.wheel import WheelBuilderConfig

    monkeypatch.setattr(WheelBuilderConfig, "default_only_include", unexpected)
    built = build(project(tmp_path, {"data/f.txt": "F", "l.txt": "-> data/f.txt"}), "sdist", tmp_path / "out")
    assert (built.code, built.said) == (0, "")


def unexpected(*_: object) -> List[str]:
    raise AssertionError


def test_an_sdist_of_the_sdist(tmp_path: Path) -> None:
    """Symlinks that the sdist holds as directories are plain ones in the next, which has the same members."""
    root = project(tmp_path, {"assets/f.txt": "F", "src/demo/a": "-> ../../assets", "store": "cache"})
    sdist, _ = through(root, tmp_path / "out")
    again = build(next((tmp_path / "out" / "unpacked").iterdir()), "sdist", tmp_path / "again")
    assert again.said == ""
    assert sdist.archive
    assert again.archive
    assert read(again.archive) == read(sdist.archive)
    shutil.rmtree(str(root))
