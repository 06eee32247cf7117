"""Where a project is, how often it is built in one process, how much there is to leave out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest
from building import NO_HOOKS, Built, build, builder, read, surroundings, unmeasured, unpack
from projects import KINDS, PROJECTS, set_options


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project of the report, without its cache."""
    root = tmp_path / "project"
    shutil.copytree(str(PROJECTS / "gitlab-uv-cache"), str(root))
    (root / "case.toml").unlink()
    return root


def members(built: Built) -> List[str]:
    assert built.code == 0, built.said
    assert built.archive is not None
    return read(built.archive).names


def test_root_is_a_link(project: Path, tmp_path: Path) -> None:
    KINDS["cache"](str(project / "store"))
    (tmp_path / "alias").symlink_to("project")
    built = build(tmp_path / "alias", "sdist", tmp_path / "dist")
    assert built.codes == ["NC001"]
    assert "store/" in built.said
    assert members(built) == ["PKG-INFO", "README.md", "pyproject.toml", "src/demo/__init__.py"]


def test_root_is_a_link_and_a_variable_goes_the_other_way(project: Path, tmp_path: Path) -> None:
    KINDS["uv cache"](str(project / ".uv-cache"))
    (tmp_path / "alias").symlink_to("project")
    built = build(tmp_path / "alias", "sdist", tmp_path / "dist", {"UV_CACHE_DIR": str(project / ".uv-cache")})
    assert f"UV_CACHE_DIR={project}/.uv-cache" in built.words
    assert "README.md" in members(built)


@pytest.mark.parametrize("target", ["sdist", "wheel", "editable"])
def test_an_ancestor_is_a_cache(project: Path, tmp_path: Path, target: str) -> None:
    """A wheel that uv builds from an sdist is built inside its cache: a tag and an environment lie above the root."""
    KINDS["uv cache"](str(tmp_path / "cache"))
    KINDS["venv"](str(tmp_path / "cache"))
    root = tmp_path / "cache" / "sdists-v9" / ".tmp1" / "demo-1.0"
    shutil.move(str(project), str(root))
    built = build(root, target, tmp_path / "dist", {"UV_CACHE_DIR": str(tmp_path / "cache")})
    assert built.said == ""
    control = build(root, target, tmp_path / "control", NO_HOOKS)
    assert members(built) == members(control)


def test_the_root_itself_has_a_tag(project: Path, tmp_path: Path) -> None:
    KINDS["tag"](str(project / "CACHEDIR.TAG"))
    assert "src/demo/__init__.py" in members(build(project, "sdist", tmp_path / "dist"))


def test_a_wheel_from_the_tree_is_the_wheel_from_the_sdist(project: Path, tmp_path: Path) -> None:
    KINDS["cache"](str(project / "src" / "demo" / "store"))
    sdist = build(project, "sdist", tmp_path / "dist").archive
    root = unpack(sdist, tmp_path / "unpacked")
    from_sdist = build(root, "wheel", tmp_path / "from-sdist")
    from_tree = build(project, "wheel", tmp_path / "from-tree")
    assert from_sdist.archive.read_bytes() == from_tree.archive.read_bytes()


def test_all_versions_in_one_process(project: Path, tmp_path: Path, capsys) -> None:
    """One builder and one hook build every version of a target; each says what it kept out."""
    KINDS["cache"](str(project / "extra" / "store"))
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('\n[tool.hatch.build.targets.wheel.force-include]\nextra = "demo/extra"\n')
    with surroundings(project, {}):
        versions = ["standard", "editable", "standard"]
        for artifact in builder(str(project), "wheel").build(directory=str(tmp_path / "dist"), versions=versions):
            said = "".join(capsys.readouterr())
            assert said.count("extra/store/") >= 1
            assert read(Path(artifact)).below("demo/extra/store") == []


def test_all_targets_in_one_process(project: Path, tmp_path: Path) -> None:
    KINDS["cache"](str(project / "src" / "demo" / "store"))
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path / "dist"), "-t", "sdist", "-t", "wheel"],
        cwd=str(project),
        env=unmeasured(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.count("NC001 src/demo/store/") == 2
    for archive in (tmp_path / "dist").iterdir():
        assert [name for name in read(archive).names if "store" in name] == []


def test_twice_over_an_old_archive(project: Path, tmp_path: Path) -> None:
    KINDS["cache"](str(project / "store"))
    first = build(project, "sdist", tmp_path / "dist").archive.read_bytes()
    assert build(project, "sdist", tmp_path / "dist").archive.read_bytes() == first


def test_a_rejected_build_leaves_an_older_archive_alone(project: Path, tmp_path: Path) -> None:
    first = build(project, "sdist", tmp_path / "dist").archive.read_bytes()
    (project / "src" / "demo" / "l").symlink_to("/nowhere")
    second = build(project, "sdist", tmp_path / "dist")
    assert second.code == 1
    assert second.archive.read_bytes() == first


@pytest.mark.parametrize("verbose", [False, True])
def test_many_findings(project: Path, tmp_path: Path, verbose: bool) -> None:
    for number in range(50):
        KINDS["cache"](str(project / f"store-{number}"))
    built = build(project, "sdist", tmp_path / "dist", {"HATCH_VERBOSE": "1"} if verbose else {})
    lines = [line for line in built.said.splitlines() if not line.startswith("Building")]
    assert "50" in lines[0]
    if verbose:
        assert all(f"store-{number}/" in built.said for number in range(50))
    else:
        assert len(lines) <= 13
        assert "HATCH_VERBOSE" in built.said or "-v" in built.said
    assert [name for name in members(built) if "store" in name] == []


def test_quiet(project: Path, tmp_path: Path) -> None:
    KINDS["cache"](str(project / "store"))
    built = build(project, "sdist", tmp_path / "dist", {"HATCH_QUIET": "2"})
    assert built.said == ""
    assert "README.md" in members(built)


def test_a_cache_of_100_000_files(project: Path, tmp_path: Path, monkeypatch) -> None:
    """Not one of its directories is listed, but for itself."""
    store = project / "store"
    KINDS["cache"](str(store))
    for number in range(100):
        where = store / f"{number:02}"
        where.mkdir()
        (where / "0").write_bytes(b"")
        for name in range(1, 1000):
            os.link(str(where / "0"), str(where / str(name)))
    scanned: List[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path=".": (scanned.append(str(path)), scandir(path))[1])
    built = build(project, "sdist", tmp_path / "dist")
    assert members(built) == ["PKG-INFO", "README.md", "pyproject.toml", "src/demo/__init__.py"]
    assert str(project / "src") in scanned
    assert [path for path in scanned if path.startswith(f"{store}{os.sep}")] == []


def test_options_of_both_files(project: Path, tmp_path: Path) -> None:
    """hatch.toml wins over pyproject.toml, as Hatchling has it."""
    KINDS["cache"](str(project / "store"))
    (project / "hatch.toml").write_text("[build.hooks.nocache]\n", encoding="utf-8")
    set_options(project / "hatch.toml", {"caches": "reject"})
    assert build(project, "sdist", tmp_path / "dist").code == 1
