"""The reported case (astral-sh/uv issue 15086) and its kin, with real uv: without the hook they fail or leak."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from pathlib import Path
from typing import Dict, Tuple

import pytest
from building import read
from projects import PROJECTS

README = (PROJECTS.parent / "README.md").read_text(encoding="utf-8")
UV = ["0.8.4", ""]
JOB = {"UV_SYSTEM_PYTHON": "1", "UV_LINK_MODE": "copy", "UV_PYTHON": sys.executable}


@dataclasses.dataclass(frozen=True)
class Variant:
    """One way to get uv's cache into the project."""

    cache: str
    env: Dict[str, str] = dataclasses.field(default_factory=dict)
    arguments: Tuple[str, ...] = ()
    files: Dict[str, str] = dataclasses.field(default_factory=dict)
    from_parent: bool = False
    says: Tuple[str, ...] = ("UV_CACHE_DIR",)


VARIANTS = {
    "relative": Variant(".uv-cache", {"UV_CACHE_DIR": ".uv-cache"}, says=("UV_CACHE_DIR=.uv-cache",)),
    "absolute": Variant(".uv-cache", {"UV_CACHE_DIR": "{root}/.uv-cache"}, says=("UV_CACHE_DIR={root}/.uv-cache",)),
    "option": Variant(".uv-cache", arguments=("--cache-dir", ".uv-cache")),
    "pyproject": Variant(
        ".uv-cache", files={"pyproject.toml": '\n[tool.uv]\ncache-dir = "./.uv-cache"\n'}, says=("cache-dir",)
    ),
    "uv.toml": Variant(".uv-cache", files={"uv.toml": 'cache-dir = "./.uv-cache"\n'}, says=("uv.toml",)),
    "xdg": Variant(".cache", {"XDG_CACHE_HOME": "{root}/.cache"}, says=("XDG_CACHE_HOME",)),
    "plain name": Variant("packages-store", {"UV_CACHE_DIR": "packages-store"}, says=("UV_CACHE_DIR=packages-store",)),
    "from the parent": Variant(".uv-cache", {"UV_CACHE_DIR": "project/.uv-cache"}, from_parent=True),
    "sdist only": Variant(".uv-cache", {"UV_CACHE_DIR": ".uv-cache"}, ("--sdist",)),
}


@pytest.fixture(params=UV, ids=lambda version: f"uv-{version or 'newest'}")
def uv_build(request, uv, run, tmp_path):
    """Run `uv build` on the project of the report, in the way of a variant."""
    program = uv(request.param)
    root = tmp_path / "project"
    shutil.copytree(str(PROJECTS / "gitlab-uv-cache"), str(root))
    (root / "case.toml").unlink()

    def build(variant: Variant, **more: str):
        env = {name: value.format(root=root) for name, value in variant.env.items()}
        where, what = (tmp_path, ["project"]) if variant.from_parent else (root, [])
        return run(program, "build", *variant.arguments, *what, cwd=where, **JOB, **env, **more)

    build.root = root
    return build


def prepare(root: Path, variant: Variant) -> None:
    for name, text in variant.files.items():
        with (root / name).open("a", encoding="utf-8") as file:
            file.write(text)


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=list(VARIANTS))
def test_seed(variant: Variant, uv_build) -> None:
    root = uv_build.root
    prepare(root, variant)

    # Without the hook: the build fails, and dist/ contains the sdist with the cache either way.
    control = uv_build(variant, HATCH_BUILD_NO_HOOKS="true")
    if "--sdist" in variant.arguments:
        assert control.returncode == 0
    else:
        assert control.returncode == 2
        assert "is outside of the target directory" in control.words or "is absolute" in control.words
    assert read(root / "dist" / "demo-1.0.tar.gz").below(variant.cache)
    shutil.rmtree(str(root / "dist"))
    shutil.rmtree(str(root / variant.cache))

    # With it: twice, since the second build finds the cache of the first.
    for _ in range(2):
        built = uv_build(variant)
        assert built.returncode == 0
        assert f"{variant.cache}/" in built.stdout
        assert "UV_CACHE_DIR" in built.stdout
        for words in variant.says:
            assert words.format(root=root) in built.words
        sdist = read(root / "dist" / "demo-1.0.tar.gz")
        assert sdist.below(variant.cache) == []
        expected = {"PKG-INFO", "README.md", "pyproject.toml", "src/demo/__init__.py", *variant.files}
        assert set(sdist.names) == expected
        assert sdist.refused == []
        if "--sdist" not in variant.arguments:
            wheel = read(next((root / "dist").glob("*.whl")))
            assert "demo/__init__.py" in wheel.names
            assert wheel.below(variant.cache) == []
        shutil.rmtree(str(root / "dist"))


@pytest.fixture
def report(tmp_path) -> Path:
    """The project of the report."""
    root = tmp_path / "project"
    shutil.copytree(str(PROJECTS / "gitlab-uv-cache"), str(root))
    (root / "case.toml").unlink()
    return root


def test_uv_that_refuses_up_front(uv, run, report) -> None:
    """README, What it cannot do: uv 0.11.25 stops before it starts the build backend, so that no hook can help."""
    built = run(uv("0.11.25"), "build", cwd=report, UV_CACHE_DIR=".uv-cache", **JOB)
    assert built.returncode == 2
    assert "The cache directory `.uv-cache` is inside the build source directory" in built.words
    assert "The cache directory `.uv-cache` is inside the build source directory" in README
    assert not (report / "dist").exists()
