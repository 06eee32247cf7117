"""The reported case (astral-sh/uv issue 15086) and its variants, with real uv: without the hook they fail or leak."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Dict

import pytest
import yaml
from building import NO_HOOKS, read
from readme import README, blocks

JOB = {"UV_SYSTEM_PYTHON": "1", "UV_LINK_MODE": "copy", "UV_PYTHON": sys.executable}
# How uv's cache gets into the project: the directory, then a variable or arguments or a file, and what is said of it.
DOCS = yaml.safe_load(blocks("yaml", "docs/ci.md")[0])["build"]
WARNING = "The cache directory `.uv-cache` is inside the build source directory"
VARIANTS = {
    "docs/ci.md": (".uv-cache", DOCS["variables"], "UV_CACHE_DIR=.uv-cache"),
    "absolute": (".uv-cache", {"UV_CACHE_DIR": "{root}/.uv-cache"}, "UV_CACHE_DIR={root}/.uv-cache"),
    "option": (".uv-cache", "--cache-dir=.uv-cache", "UV_CACHE_DIR is unset"),
    "pyproject.toml": (".uv-cache", '\n[tool.uv]\ncache-dir = "./.uv-cache"\n', "cache-dir"),
    "uv.toml": (".uv-cache", 'cache-dir = "./.uv-cache"\n', "uv.toml"),
    "xdg": (".cache", {"XDG_CACHE_HOME": "{root}/.cache"}, "XDG_CACHE_HOME"),
    "plain name": ("packages-store", {"UV_CACHE_DIR": "packages-store"}, "UV_CACHE_DIR=packages-store"),
    "from the parent": (".uv-cache", {"UV_CACHE_DIR": "project/.uv-cache"}, "UV_CACHE_DIR"),
}


ROWS = [(variant, version) for variant in VARIANTS for version in ("0.8.4", "")]


@pytest.mark.parametrize(("variant", "version"), [("docs/ci.md", "0.11.26"), *ROWS], ids=lambda it: it or "newest")
def test_seed(variant: str, version: str, uv, run, report: Path) -> None:
    cache, way, words = VARIANTS[variant]
    env: Dict[str, str] = {**JOB}
    command = [uv(version), "build"]
    if isinstance(way, dict):
        env.update({name: value.format(root=report) for name, value in way.items()})
    elif variant == "option":
        command.append(way)
    else:
        with (report / variant).open("a", encoding="utf-8") as file:
            file.write(way)
    from_parent = variant == "from the parent"
    where = report.parent if from_parent else report
    command += [report.name] if from_parent else []

    # Without the hook, the sdist with the cache in it is in dist/, and the wheel cannot be built from it.
    control = run(*command, cwd=where, **env, **NO_HOOKS)
    assert control.returncode == 2
    assert "is outside of the target directory" in control.words or "is absolute" in control.words
    assert read(report / "dist" / "demo-1.0.tar.gz").below(cache)
    shutil.rmtree(str(report / "dist"))
    shutil.rmtree(str(report / cache))

    # With it: twice, since the second build finds the cache of the first.
    for _ in range(2):
        built = run(*command, cwd=where, **env)
        assert built.returncode == 0
        assert f"{cache}/" in built.stdout
        assert words.format(root=report) in built.words
        if variant == "docs/ci.md":
            check_job(built.words, version)
            assert run(uv(version), *DOCS["script"][-1].split()[1:], cwd=report, **env).returncode == 0
        sdist = read(report / "dist" / "demo-1.0.tar.gz")
        expected = {"PKG-INFO", "README.md", "pyproject.toml", "src/demo/__init__.py"}
        assert set(sdist.names) == (expected | {"uv.toml"} if variant == "uv.toml" else expected)
        assert sdist.refused == []
        wheel = read(next((report / "dist").glob("*.whl")))
        assert "demo/__init__.py" in wheel.names
        assert wheel.below(cache) == []
        shutil.rmtree(str(report / "dist"))


def check_job(words: str, version: str) -> None:
    """The README's message is in the output. uv warns from 0.11.26 on."""
    for line in blocks("console")[0].splitlines():
        assert " ".join(line.split()) in words
    assert (WARNING in words) is (version != "0.8.4")
    assert [line.split()[1] for line in DOCS["script"] if line.startswith("uv ")] == ["build", "cache"]


def test_uv_that_refuses_up_front(uv, run, report) -> None:
    """The version 0.11.25 stops before it starts the build backend, so that no hook can help."""
    built = run(uv("0.11.25"), "build", cwd=report, UV_CACHE_DIR=".uv-cache", **JOB)
    assert built.returncode == 2
    assert WARNING in built.words
    assert WARNING in README
    assert not (report / "dist").exists()
