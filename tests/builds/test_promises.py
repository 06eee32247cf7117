"""What holds in every project: the root is never a cache, what is the project's own is packed, and what is named."""

from __future__ import annotations

import contextlib
import os
import tempfile
import traceback
from pathlib import Path
from typing import Dict, List, Tuple

import pytest
from building import NO_HOOKS, read
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilderConfig
from hatchling.plugin import manager
from hatchling.plugin.manager import PluginManager
from projects import KINDS, Project, names

TARGETS = ("sdist", "wheel", "editable")

# --- The root and its parents -----------------------------------------------------------------------------------------

ANCESTORS: Dict[str, str] = {
    "a tagged directory": "store/a/b/demo-1.0",
    "an environment": "venv/a/b/demo-1.0",
    "a conda environment": "conda env/a/b/demo-1.0",
    "a directory of a known name": "__pycache__/.cache/uv/.mypy_cache/demo-1.0",
    "where uv builds a wheel from an sdist": "uv cache/sdists-v9/.tmp1/demo-1.0",
    "where uv stores the source of an sdist": "uv cache/sdists-v9/path/0a/1b/src",
}
MADE = {"store": "cache", "venv": "venv", "conda env": "conda env", "uv cache": "uv cache"}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("about", list(ANCESTORS))
def test_parents_of_the_root(tmp_path: Path, about: str, target: str) -> None:
    """They are never a cache, whatever says so."""
    where = ANCESTORS[about]
    above = where.split("/")[0]
    if above in MADE:
        KINDS[MADE[above]](str(tmp_path / above))
    project = Project(tmp_path / where)
    project.configure('extra-caches = ["a", "b", "demo-1.0", "src/.."]')
    variables = ("UV_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME", "VIRTUAL_ENV")
    assert project.same(target, **dict.fromkeys(variables, str(tmp_path / above))).codes == []


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kind", ["tag", "declared"])
def test_root(project: Project, kind: str, target: str) -> None:
    """Whatever is in it, it is the project, also where a symlink leads to it."""
    # The wheel needs what it selects under the second name: an sdist has it twice.
    project.link(*(("docs/self", "..") if target == "sdist" else ("src/demo/self", "../..")))
    env = {}
    if kind == "tag":
        project.make("tag", "CACHEDIR.TAG")
    else:
        env = dict.fromkeys(("UV_CACHE_DIR", "VIRTUAL_ENV"), str(project.root))
    assert project.same(target, **env).codes == []


def test_root_behind_a_symlink(tmp_path: Path) -> None:
    KINDS["cache"](str(tmp_path / "store"))
    Project(tmp_path / "store" / "inner" / "project")
    (tmp_path / "alias").symlink_to(os.path.join("store", "inner"))
    assert Project(tmp_path / "alias" / "project").same().said == ""


@pytest.mark.skipif(not hasattr(os, "chroot") or os.getuid() != 0, reason="only root may change the root directory")
@pytest.mark.parametrize("cache", [True, False])
def test_root_of_the_system(project: Project, *, cache: bool) -> None:
    """In a container, a project can be at `/`: a child process takes the project for the root of the system."""
    root = project.root
    project.configure(after='[tool.hatch.build]\nexclude = ["/tmp", "/out"]')
    for name in ("tmp", "out"):
        (root / name).mkdir()
    if cache:
        project.make("cache", "store")
        project.make("venv", "env")
    # Modules and entry points cannot be found any more down there.
    plugins = PluginManager()
    assert plugins.build_hook.get("nocache") is not None
    project.build()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.chroot(str(root))
            os.chdir("/")
            tempfile.tempdir = "/tmp"
            manager.PluginManager = lambda: plugins
            with contextlib.ExitStack() as stack:
                said = stack.enter_context(open("/out/said", "w", encoding="utf-8"))
                stack.enter_context(contextlib.redirect_stderr(said))
                stack.enter_context(contextlib.redirect_stdout(said))
                list(SdistBuilder("/").build(directory="/out/with"))
            os.environ.update(NO_HOOKS)
            list(SdistBuilder("/").build(directory="/out/without"))
            code = 0
        except BaseException:  # noqa: BLE001
            Path("/out/error").write_text(traceback.format_exc(), encoding="utf-8")
        finally:
            os._exit(code)
    error = root / "out" / "error"
    assert os.waitpid(child, 0)[1] == 0, error.read_text(encoding="utf-8")
    with_hook, without = (next((root / "out" / name).iterdir()) for name in ("with", "without"))
    if cache:
        assert read(with_hook).names == ["PKG-INFO", "pyproject.toml", "src/demo/__init__.py"]
        said = (root / "out" / "said").read_text(encoding="utf-8")
        assert " NC001 store/ " in said
        assert " NC004 env/ " in said
    else:
        assert with_hook.read_bytes() == without.read_bytes()


# --- What is the project's own ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("options", [[], ["verify = false", 'caches = "reject"', 'symlinks = "reject"']])
def test_same_bytes(project: Project, target: str, options: List[str]) -> None:
    """Much that looks like a cache without being one."""
    project.configure(*options)
    for name in ("cache", "env", "venv", "build", "dist", "target", "tmp", ".config", "caches", "node_modules", "bin"):
        for where in ("", "src/demo/"):
            project.put(f"{where}{name}/module.py", f"name = {name!r}\n")
    for name in ("src/demo/pyvenv.cfg", "src/demo/conda-meta.py", "src/demo/data \u00e9.txt", "LICENSE", "CHANGELOG"):
        project.put(name)
    project.put("src/demo/run.sh").chmod(0o755)
    project.put("src/demo/data/0.bin", "x" * 5000)
    os.link(str(project.root / "src/demo/data/0.bin"), str(project.root / "src/demo/data/linked.bin"))
    project.link("NEWS.txt", "CHANGELOG")
    project.link("src/demo/LICENSE", "../../LICENSE")
    project.put(".gitignore", "*.log\n/dist/\n")
    project.put("ignored.log")
    built = project.same(target)
    assert built.said == ""
    assert len(names(built)) > (20 if target != "editable" else 3)


# --- What the user names ----------------------------------------------------------------------------------------------

OWN = {"pyproject.toml", "PKG-INFO", "src/demo/__init__.py", "demo/__init__.py"}
# What the configuration says below `tool.hatch`, the target, the cache, and the members that are named by that.
NAMED: Dict[str, Tuple[str, str, List[str]]] = {
    'build.targets.sdist]\nonly-include = ["src", "store"]': (
        "sdist",
        "store",
        ["store/index.txt", "store/0a/entry.bin"],
    ),
    'build.targets.sdist]\nonly-include = ["src", "store/0a"]': ("sdist", "store", ["store/0a/entry.bin"]),
    'build.targets.sdist.force-include]\nstore = "kept"': ("sdist", "store", ["kept/index.txt", "kept/0a/entry.bin"]),
    'build.targets.sdist.force-include]\n"store/index.txt" = "kept.txt"': ("sdist", "store", ["kept.txt"]),
    'build.targets.sdist]\ninclude = ["/src", "/store"]': ("sdist", "store", ["store/index.txt", "store/0a/entry.bin"]),
    'build.targets.sdist]\ninclude = ["/src", "/store/*.txt"]': ("sdist", "store", ["store/index.txt"]),
    'build.targets.sdist]\ninclude = ["/src", "store"]': ("sdist", "store", ["store/index.txt"]),
    'build.targets.sdist]\nexclude = ["/store"]\nartifacts = ["/store/"]': ("sdist", "store", ["store/index.txt"]),
    'build]\nexclude = ["/store"]\nartifacts = ["/store/index.txt"]': ("sdist", "store", ["store/index.txt"]),
    'build.force-include]\n"store/index.txt" = "demo/i.txt"': ("wheel", "store", ["demo/i.txt"]),
    'build.targets.wheel]\npackages = ["src/demo", "store"]': ("wheel", "store", ["store/index.txt"]),
    'build.targets.wheel]\nonly-include = ["src/demo", "store"]': ("wheel", "store", ["store/index.txt"]),
    'build.targets.wheel.force-include]\nstore = "demo/kept"': ("wheel", "store", ["demo/kept/0a/entry.bin"]),
    'build.targets.wheel.shared-data]\nstore = "share"': ("wheel", "store", ["demo-1.0.data/data/share/index.txt"]),
    'build.targets.wheel.shared-data]\n"store/index.txt" = "i"': ("wheel", "store", ["demo-1.0.data/data/i"]),
    'build.targets.wheel.shared-scripts]\n"store/index.txt" = "i"': ("wheel", "store", ["demo-1.0.data/scripts/i"]),
    'build.targets.wheel.extra-metadata]\nstore = "e"': (
        "wheel",
        "store",
        ["demo-1.0.dist-info/extra_metadata/e/index.txt"],
    ),
    'build.targets.wheel]\nartifacts = ["/src/demo/store/index.txt"]': (
        "wheel",
        "src/demo/store",
        ["demo/store/index.txt"],
    ),
    'build.targets.wheel]\ninclude = ["/src/demo/store/0a"]': (
        "wheel",
        "src/demo/store",
        ["src/demo/store/0a/entry.bin"],
    ),
}


@pytest.mark.parametrize("caches", ["drop", "reject"])
@pytest.mark.parametrize("table", list(NAMED))
def test_named(project: Project, table: str, caches: str) -> None:
    """A cache, or a file of one, that the configuration spells out is packed as without the hook."""
    target, cache, named = NAMED[table]
    if "shared-scripts" in table and not hasattr(WheelBuilderConfig, "shared_scripts"):
        pytest.skip("this Hatchling has no shared-scripts")
    project.configure(f'caches = "{caches}"', after=f"[tool.hatch.{table}")
    project.make("cache", cache)
    control = project.build(target, **NO_HOOKS)
    assert set(named) <= set(names(control))
    built = project.build(target)
    assert built.codes == ["NC001"]
    if built.code == 1:
        # The rest of the cache is not named, and the option is to reject it.
        assert caches == "reject"
        assert set(names(control)) - set(named) - OWN
        assert f" {cache}/ " in built.said
        return
    assert set(named) <= set(names(built))
    assert built.archive is not None
    assert control.archive is not None
    packed, expected = read(built.archive).files, read(control.archive).files
    assert {name: packed[name] for name in named} == {name: expected[name] for name in named}


@pytest.mark.parametrize("table", ["build", "build.targets.sdist"])
@pytest.mark.parametrize(
    "line",
    ['include = ["/src", "*.txt"]', 'include = ["/src", "index*", "**/0a"]', 'artifacts = ["*.txt", "*.bin"]'],
)
def test_pattern_that_matches_names_nothing(project: Project, line: str, table: str) -> None:
    project.configure(after=f"[tool.hatch.{table}]\n{line}")
    project.make("cache", "store")
    assert [name for name in names(project.build(**NO_HOOKS)) if "store" in name]
    built = project.build()
    assert [name for name in names(built) if "store" in name] == []
    assert built.codes == ["NC001"]
