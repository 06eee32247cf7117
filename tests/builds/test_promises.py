"""What a user may rely on whatever else happens: see “With the defaults” in README.md."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import traceback
from pathlib import Path
from typing import Callable, Dict, List, Tuple

import pytest
from building import NO_HOOKS, Built, build, read
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilderConfig
from hatchling.plugin import manager
from hatchling.plugin.manager import PluginManager
from projects import KINDS

TARGETS = ("sdist", "wheel", "editable")


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Make a project with the hook on: tables to add, and the place where it lies."""

    def project(tables: str = "", where: str = "project") -> Path:
        root = tmp_path / where
        package = root / "src" / "demo"
        package.mkdir(parents=True)
        (package / "__init__.py").write_bytes(b"")
        head = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo"\n'
        hook = 'version = "1.0"\n[tool.hatch.build.hooks.nocache]\n'
        (root / "pyproject.toml").write_text(head + hook + tables, encoding="utf-8")
        return root

    return project


def content(built: Built) -> bytes:
    assert built.code == 0, built.said
    assert built.archive is not None
    return built.archive.read_bytes()


def members(built: Built) -> List[str]:
    assert built.code == 0, built.said
    assert built.archive is not None
    return read(built.archive).names


# --- Never an ancestor of the root ------------------------------------------------------------------------------------

ANCESTORS: Dict[str, str] = {
    "a tagged directory": "store/a/b/demo-1.0",
    "an environment": "venv/a/b/demo-1.0",
    "a conda environment": "conda env/a/b/demo-1.0",
    "the root lies in a directory of a known name": "__pycache__/.cache/uv/.mypy_cache/demo-1.0",
    "where uv builds a wheel from an sdist": "uv cache/sdists-v9/.tmp1/demo-1.0",
    "where uv keeps the source of an sdist": "uv cache/sdists-v9/path/0a/1b/src",
}
MADE = {"store": "cache", "venv": "venv", "conda env": "conda env", "uv cache": "uv cache"}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("about", list(ANCESTORS))
def test_no_ancestor_is_judged(make, tmp_path: Path, about: str, target: str) -> None:
    """What lies above the root is none of the hook's business, whatever says that it is a cache."""
    where = ANCESTORS[about]
    above = where.split("/")[0]
    if above in MADE:
        KINDS[MADE[above]](str(tmp_path / above))
    root = make('extra-caches = ["a", "b", "demo-1.0", "src/.."]\n', where)
    env = {name: str(tmp_path / above) for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME", "VIRTUAL_ENV")}
    built = build(root, target, tmp_path / "dist", env)
    assert built.codes == []
    assert content(built) == content(build(root, target, tmp_path / "control", NO_HOOKS))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kind", ["tag", "pyvenv.cfg", "declared"])
def test_the_root_is_not_judged(make, tmp_path: Path, kind: str, target: str) -> None:
    """The root may look as it likes: it is the project."""
    root = make()
    env = {}
    if kind == "tag":
        KINDS["tag"](str(root / "CACHEDIR.TAG"))
    elif kind == "pyvenv.cfg":
        KINDS["venv"](str(root))
        shutil.rmtree(str(root / "bin"))
        (root / "bin").mkdir()
        (root / "bin" / "python").write_bytes(b"#!")
    else:
        env = {"UV_CACHE_DIR": str(root), "VIRTUAL_ENV": str(root)}
    built = build(root, target, tmp_path / "dist", env)
    assert built.codes == []
    assert content(built) == content(build(root, target, tmp_path / "control", NO_HOOKS))


def test_an_ancestor_through_a_link(make, tmp_path: Path) -> None:
    """A root that is called by a link is not judged by the place that the link leads to, either."""
    KINDS["cache"](str(tmp_path / "store"))
    make(where="store/inner/project")
    (tmp_path / "alias").symlink_to(os.path.join("store", "inner"))
    root = tmp_path / "alias" / "project"
    built = build(root, "sdist", tmp_path / "dist")
    assert built.said == ""
    assert content(built) == content(build(root, "sdist", tmp_path / "control", NO_HOOKS))


@pytest.mark.skipif(not hasattr(os, "chroot") or os.getuid() != 0, reason="only root may change the root directory")
@pytest.mark.parametrize("cache", [True, False])
def test_the_root_is_the_root_of_the_system(make, tmp_path: Path, *, cache: bool) -> None:
    """In a container a project can lie at `/`: a child process takes the project for the root of the system."""
    root = make('[tool.hatch.build]\nexclude = ["/tmp", "/out"]\n')
    for name in ("tmp", "out"):
        (root / name).mkdir()
    if cache:
        KINDS["cache"](str(root / "store"))
        KINDS["venv"](str(root / "env"))
    # Modules and entry points cannot be found any more down there.
    plugins = PluginManager()
    assert plugins.build_hook.get("nocache") is not None
    build(root, "sdist", tmp_path / "warm-up")
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


# --- What is the project's own stays ----------------------------------------------------------------------------------


def own_content(root: Path) -> None:
    """All that an ordinary project can hold, and much that looks like a cache without being one."""
    package = root / "src" / "demo"
    for name in ("cache", "env", "venv", "build", "dist", "target", "tmp", ".config", "caches", "node_modules", "bin"):
        for where in (root, package):
            (where / name).mkdir(exist_ok=True)
            (where / name / "module.py").write_text(f"name = {name!r}\n", encoding="utf-8")
    (package / "cache" / "CACHEDIR.TAG").write_bytes(b"Signature: of another kind\n")
    for name in ("pyvenv.cfg", "conda-meta.py", "run.sh", "data \u00e9.txt", "index.html"):
        (package / name).write_text(name, encoding="utf-8")
    (package / "run.sh").chmod(0o755)
    (package / "data").mkdir()
    for number in range(3):
        (package / "data" / f"{number}.bin").write_bytes(bytes([number]) * 5000)
    os.link(str(package / "data" / "0.bin"), str(package / "data" / "linked.bin"))
    for name in ("LICENSE", "README.md", "CHANGELOG"):
        (root / name).write_text(f"{name}\n", encoding="utf-8")
    (root / "NEWS.txt").symlink_to("CHANGELOG")
    (package / "LICENSE").symlink_to(os.path.join("..", "..", "LICENSE"))
    (root / ".gitignore").write_text("*.log\n/dist/\n", encoding="utf-8")
    (root / "ignored.log").write_bytes(b"")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("options", ["", 'verify = false\ncaches = "reject"\nsymlinks = "reject"\n'])
def test_the_same_bytes(make, tmp_path: Path, target: str, options: str) -> None:
    """A project with nothing to keep out builds what it builds without the hook, and not a word is said."""
    root = make(options)
    own_content(root)
    built = build(root, target, tmp_path / "dist")
    assert [line for line in built.said.splitlines() if "CACHEDIR.TAG" not in line and "1 note" not in line] == []
    assert content(built) == content(build(root, target, tmp_path / "control", NO_HOOKS))
    assert len(members(built)) > (20 if target != "editable" else 3)


# --- What was named is not dropped ------------------------------------------------------------------------------------

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
def test_named_is_never_dropped(make, tmp_path: Path, table: str, caches: str) -> None:
    """A cache, or a file of one, that the configuration spells out is packed as it would be without the hook."""
    target, cache, named = NAMED[table]
    if "shared-scripts" in table and not hasattr(WheelBuilderConfig, "shared_scripts"):
        pytest.skip("this hatchling has no shared-scripts")
    root = make(f'caches = "{caches}"\n[tool.hatch.{table}\n')
    KINDS["cache"](str(root / cache))
    control = build(root, target, tmp_path / "control", NO_HOOKS)
    assert set(named) <= set(members(control))
    built = build(root, target, tmp_path / "dist")
    assert built.codes == ["NC001"]
    if caches == "reject" and built.code == 1:
        # The rest of the cache is not named, and was asked to be refused.
        assert set(members(control)) - set(named) - OWN
        assert f" {cache}/ " in built.said
        return
    assert built.archive is not None, built.said
    assert control.archive is not None
    kept = read(built.archive).files
    assert {name: kept.get(name) for name in named} == {name: read(control.archive).files[name] for name in named}


MATCHED: Dict[str, str] = {
    "include": 'include = ["/src", "*.txt"]',
    "include in two parts": 'include = ["/src", "index*", "**/0a"]',
    "artifacts": 'artifacts = ["*.txt", "*.bin"]',
}


@pytest.mark.parametrize("table", ["build", "build.targets.sdist"])
@pytest.mark.parametrize("route", list(MATCHED))
def test_a_pattern_that_matches_names_nothing(make, tmp_path: Path, route: str, table: str) -> None:
    """What merely matches a pattern is of the cache, and stays out."""
    root = make(f"[tool.hatch.{table}]\n{MATCHED[route]}\n")
    KINDS["cache"](str(root / "store"))
    assert [name for name in members(build(root, "sdist", tmp_path / "control", NO_HOOKS)) if "store" in name]
    built = build(root, "sdist", tmp_path / "dist")
    assert [name for name in members(built) if "store" in name] == []
    assert built.codes == ["NC001"]
