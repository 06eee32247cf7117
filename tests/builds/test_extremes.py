"""What is far from ordinary, and builds without the hook: it builds with it, or a rule says why not."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Iterator, List

import pytest
from building import NO_HOOKS, PYPROJECT, Built, build, build_apart, read
from projects import KINDS

TARGETS = ["sdist", "wheel", "editable"]
DEEP = "a/" * 1200
LINKS = 1200


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with the hook and nothing to find."""
    root = tmp_path.resolve() / "project"
    (root / "src" / "demo").mkdir(parents=True)
    (root / "src" / "demo" / "__init__.py").write_bytes(b"")
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return root


def configure(root: Path, *lines: str) -> None:
    """Lines at the end: the first of them belong to the hook's table."""
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))


def same(root: Path, target: str) -> Built:
    """Build it with the hook and without, which has to give the same archive."""
    built = build(root, target, root.parent / "dist")
    control = build(root, target, root.parent / "control", NO_HOOKS)
    assert (built.code, control.code) == (0, 0), built.said
    assert built.archive is not None
    assert control.archive is not None
    assert built.archive.read_bytes() == control.archive.read_bytes()
    return built


def chain(where: Path, end: str) -> str:
    """Make a chain of links, the first of which leads to `end`. Returns the name of the last."""
    where.mkdir(parents=True)
    names = [end, *(f"l{number}" for number in range(LINKS))]
    for target, name in zip(names, names[1:]):
        os.symlink(target, where / name)
    return names[-1]


@pytest.fixture
def deep(root: Path) -> Iterator[None]:
    """A file that is too deep for one path, and for what pytest cleans up with."""
    here = os.getcwd()
    os.chdir(root)
    try:
        for _ in range(DEEP.count("/")):
            os.mkdir("a")
            os.chdir("a")
        Path("f.txt").write_bytes(b"x")
    finally:
        os.chdir(here)
    yield
    subprocess.run(["rm", "-rf", str(root / "a")], check=True)


# --- `./` in the names of members -------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", [".", "./", "src/.."])
@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_the_whole_project_by_a_dot(root: Path, target: str, spelled: str) -> None:
    """`only-include = ["."]` puts a `./` before each member: what is allowed or ordinary stays so."""
    configure(root, 'allow = ["/env/"]', f'[tool.hatch.build]\nonly-include = ["{spelled}"]\nexclude = ["/dist"]')
    KINDS["copied venv"](str(root / "env"))
    (root / "t").mkdir()
    (root / "t" / "a").write_bytes(b"a")
    os.symlink("a", root / "t" / "b")
    assert same(root, target).said == ""


def test_a_cache_in_the_whole_project_by_a_dot(root: Path) -> None:
    """It is kept out."""
    configure(root, '[tool.hatch.build]\nonly-include = ["."]')
    KINDS["cache"](str(root / "store"))
    built = build(root, "sdist", root.parent / "dist")
    assert (built.code, built.codes) == (0, ["NC001"])
    assert built.archive is not None
    assert not [name for name in read(built.archive).names if "store" in name]


# --- Links ------------------------------------------------------------------------------------------------------------


def test_more_links_than_a_system_follows(root: Path) -> None:
    """Installers refuse them; there is no traceback."""
    chain(root / "ch", "end")
    (root / "ch" / "end").write_bytes(b"x")
    built = build(root, "sdist", root.parent / "dist")
    assert (built.code, built.codes, built.crashed) == (1, ["NC105"], False)
    assert "more links than a system follows" in built.words


@pytest.mark.parametrize("target", TARGETS)
def test_a_variable_that_leads_through_them(root: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leads nowhere."""
    last = chain(root.parent / "elsewhere", str(root))
    monkeypatch.setenv("UV_CACHE_DIR", str(root.parent / "elsewhere" / last))
    assert same(root, target).said == ""


def test_a_directory_link_that_is_its_own_real_path(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some below /proc are, where the project is the root of a container's file system."""
    os.symlink("src", root / "fd")
    resolve = os.path.realpath

    def realpath(path: str, **options: bool) -> str:
        return path if path == str(root / "fd") else resolve(path, **options)

    monkeypatch.setattr(os.path, "realpath", realpath)
    built = build(root, "sdist", root.parent / "dist")
    assert (built.code, built.crashed) == (0, False)


# --- Depth ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows has no paths of that length")
@pytest.mark.usefixtures("deep")
@pytest.mark.parametrize("target", TARGETS)
def test_a_file_that_no_walk_comes_to_far_down(root: Path, target: str) -> None:
    """One level is one step, not one call."""
    configure(root, f'[tool.hatch.build]\nonly-include = ["src"]\nforce-include = {{"{DEEP}f.txt" = "demo/f.txt"}}')
    built = build(root, target, root.parent / "dist")
    control = build(root, target, root.parent / "control", NO_HOOKS)
    # Python 3.8 does not get it into an sdist.
    assert built.code == control.code
    assert "RecursionError" not in built.said or "RecursionError" in control.said


# --- Files of other tools ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("setup.cfg", "[mypy]\ncache_dir = x\noutput = 3\na" + " " * 1900 + "b\n" + ("a" + " " * 1900 + "b\n") * 100),
        ("setup.cfg", "[mypy]\ncache_dir = x\na" + " " * 60_000 + "b\n"),
        ("setup.cfg", "[mypy]\ncache_dir = x\n" + "k = v\n" * 1_000_000),
        ("ruff.toml", 'cache-dir = "x"\n' + ".".join("a" * 20_000) + " = 1\n"),
    ],
    ids=["blanks", "more blanks", "lines", "parts"],
)
def test_one_that_takes_long_to_parse(root: Path, name: str, content: str) -> None:
    """It declares nothing."""
    (root / name).write_text(content, encoding="utf-8")
    begun = time.process_time()
    built = build(root, "wheel", root.parent / "dist")
    assert (built.code, built.said) == (0, "")
    assert time.process_time() - begun < 3


@pytest.mark.skipif(os.name == "nt", reason="NTFS makes no holes by itself")
def test_one_that_does_not_fit_into_memory(root: Path) -> None:
    """No more than its beginning is read."""
    with (root / "setup.cfg").open("wb") as file:
        file.truncate(2**40)
    assert build(root, "wheel", root.parent / "dist").said == ""


# --- Targets and hooks that are not Hatchling's own -------------------------------------------------------------------

BUILDER = """
import os
from hatchling.builders.plugin.interface import BuilderInterface

class Builder(BuilderInterface):
    def get_version_api(self):
        return {"standard": self.build_standard}

    def build_standard(self, directory, **build_data):
        path = os.path.join(directory, "artifact")
        #
"""


@pytest.mark.parametrize("line", ["return 'registry.example/demo:1.0'", "return ''", "return 5", "return path"])
def test_a_target_whose_artifact_is_no_file(root: Path, line: str) -> None:
    """There is nothing to read."""
    configure(root, "[tool.hatch.build.targets.custom]")
    (root / "hatch_build.py").write_text(BUILDER.replace("#", line), encoding="utf-8")
    built = build(root, "custom", root.parent / "dist")
    assert (built.code, built.said) == (0, "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_target_whose_artifact_is_a_fifo(root: Path) -> None:
    """Nobody would ever write into it."""
    configure(root, "[tool.hatch.build.targets.custom]")
    (root / "hatch_build.py").write_text(BUILDER.replace("#", "os.mkfifo(path); return path"), encoding="utf-8")
    assert build_apart(root, "custom", root.parent / "dist").code == 0


@pytest.mark.parametrize(
    "line",
    [
        'build_data["build_hooks"] = None',
        'if "shared_data" not in self.build_config.builder.get_default_build_data(): build_data["shared_data"] = None',
        'if "sbom_files" not in self.build_config.builder.get_default_build_data(): build_data["sbom_files"] = ["x"]',
    ],
)
@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_build_data_that_another_hook_has_spoiled(root: Path, target: str, line: str) -> None:
    """Where Hatchling does not read them, neither does the hook."""
    (root / "hatch_build.py").write_text(
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "class Hook(BuildHookInterface):\n"
        f"    def initialize(self, version, build_data):\n        {line}\n",
        encoding="utf-8",
    )
    configure(root, "[tool.hatch.build.hooks.custom]")
    built = build(root, target, root.parent / "dist")
    assert (built.code, built.said) == (0, "")


# --- Locales ----------------------------------------------------------------------------------------------------------

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such locale")
@pytest.mark.parametrize(("name", "codes"), [(b"\xc3\xbc.txt", []), (b"\xfc.txt", ["NC203"])])
def test_names_in_an_ascii_locale(root: Path, name: bytes, codes: List[str]) -> None:
    """They are bytes there, and UTF-8 or not as anywhere."""
    Path(os.fsdecode(os.fsencode(root / "src" / "demo") + b"/" + name)).write_bytes(b"x")
    built = build_apart(root, "sdist", root.parent / "dist", ASCII)
    assert (built.code, built.codes) == (1 if codes else 0, codes), built.said
