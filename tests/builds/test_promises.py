"""What holds in every project: the root is never a cache, nor is a directory above it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from building import build, read
from hatchling.builders.sdist import SdistBuilder
from hatchling.plugin import manager
from hatchling.plugin.manager import PluginManager
from projects import KINDS, Project, names

TARGETS = ("sdist", "wheel", "editable")

# What is made at the first part, and where the project is below it; the last two are uv's own places.
ANCESTORS = [
    ("cache", "store/a/b/demo-1.0"),
    ("venv", "venv/a/b/demo-1.0"),
    ("conda env", "conda/a/b/demo-1.0"),
    ("directory", "__pycache__/.cache/uv/.mypy_cache/demo-1.0"),
    ("uv cache", "uv/sdists-v9/.tmp1/demo-1.0"),
    ("uv cache", "uv/sdists-v9/path/0a/1b/src"),
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("kind", "where"), ANCESTORS)
def test_parents_of_the_root(tmp_path: Path, kind: str, where: str, target: str) -> None:
    """They are never a cache, whatever says so."""
    above = tmp_path / where.split("/", maxsplit=1)[0]
    KINDS[kind](str(above))
    project = Project(tmp_path / where)
    project.configure('extra-caches = ["a", "b", "demo-1.0", "src/.."]')
    variables = ("UV_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME", "VIRTUAL_ENV")
    assert project.same(target, **dict.fromkeys(variables, str(above))).codes == []


@pytest.mark.parametrize("target", TARGETS)
def test_root(project: Project, target: str) -> None:
    """Whatever is in it, it is the project, also where a symlink leads to it."""
    # The wheel needs what it selects under the second name: an sdist has it twice.
    project.link(*(("docs/self", "..") if target == "sdist" else ("src/demo/self", "../..")))
    env = dict.fromkeys(("UV_CACHE_DIR", "VIRTUAL_ENV"), str(project.root))
    assert project.same(target, **env).codes == []
    project.make("tag", "CACHEDIR.TAG")
    assert project.same(target).codes == []


def test_root_behind_a_symlink(tmp_path: Path) -> None:
    """A variable may name its cache by the real path."""
    KINDS["cache"](str(tmp_path / "store"))
    real = Project(tmp_path / "store" / "inner" / "project")
    (tmp_path / "alias").symlink_to(os.path.join("store", "inner"))
    project = Project(tmp_path / "alias" / "project")
    assert project.same().said == ""
    project.make("cache", "tagged")
    project.make("uv cache", ".uv-cache")
    built = project.build(UV_CACHE_DIR=str(real.root / ".uv-cache"))
    assert names(built) == ["PKG-INFO", "pyproject.toml", "src/demo/__init__.py"]
    assert "NC001 tagged/" in built.said
    assert f"UV_CACHE_DIR={real.root}/.uv-cache" in built.words


@pytest.mark.skipif(not hasattr(os, "chroot") or os.getuid() != 0, reason="only root may change the root directory")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")  # the child calls nothing but this function
def test_root_of_the_system(project: Project) -> None:
    """In a container, a project can be at `/`: a child process takes the project for the root of the system."""
    root = project.root
    project.configure(after='[tool.hatch.build]\nexclude = ["/tmp", "/out", "/said"]')
    (root / "tmp").mkdir()
    project.make("cache", "store")
    project.make("venv", "env")
    # Modules and entry points cannot be found any more down there.
    plugins = PluginManager()
    assert plugins.build_hook.get("nocache") is not None
    project.build()
    child = os.fork()
    if child == 0:
        try:
            os.chroot(str(root))
            os.chdir("/")
            tempfile.tempdir = "/tmp"
            manager.PluginManager = lambda: plugins
            Path("/said").write_text(build(Path("/"), SdistBuilder("/"), Path("/out")).said, encoding="utf-8")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    said = (root / "said").read_text(encoding="utf-8")
    (archive,) = (root / "out").iterdir()
    assert read(archive).names == ["PKG-INFO", "pyproject.toml", "src/demo/__init__.py"]
    assert " NC001 store/ " in said
    assert " NC004 env/ " in said
