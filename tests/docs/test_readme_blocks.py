"""Every code block of the README is used, and does what the text around it says; so do the sections without one."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import List, Optional

import pytest
import yaml
from building import NO_HOOKS, Built, build, read, unmeasured
from projects import KINDS, PROJECTS, plant, tomllib
from readme import README, ROOT, blocks, commands, script

from hatch_nocache.command import cli

METADATA = '\n[project]\nname = "demo"\nversion = "1.0"\n'
JOB = {"UV_CACHE_DIR": ".uv-cache"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as in a GitLab job that follows the README, with uv's cache in it."""
    root = tmp_path / "repository" / "project"
    (root / "src" / "demo").mkdir(parents=True)
    (root / "src" / "demo" / "__init__.py").touch()
    (root / "pyproject.toml").write_text(blocks("toml")[0] + METADATA, encoding="utf-8")
    KINDS["uv cache"](str(root / ".uv-cache"))
    return root


@pytest.fixture
def built(project: Path, tmp_path: Path):
    """Build it once more, into a directory of its own."""

    def once(target: str = "sdist", **env: str) -> Built:
        return build(project, target, tmp_path / f"dist-{len(list(tmp_path.iterdir()))}", env)

    return once


# --- TOML -------------------------------------------------------------------------------------------------------------


def test_every_block_is_used() -> None:
    assert [len(blocks(language)) for language in ("toml", "sh", "yaml", "text", "console")] == [3, 3, 1, 1, 3]
    assert README.count("```") == 2 * 11


def test_the_lines_that_switch_it_on(built) -> None:
    """The reported job: packed and refused without the hook; with it, the README's own words."""
    control = built(**JOB, **NO_HOOKS)
    assert read(control.archive).below(".uv-cache")
    assert read(control.archive).refused
    cured = built(**JOB)
    assert read(cured.archive).names == ["PKG-INFO", "pyproject.toml", "src/demo/__init__.py"]
    assert f"```console\n{cured.said}```" in README


def test_its_build_system_is_that_of_the_test_project() -> None:
    used = tomllib.loads((PROJECTS / "gitlab-uv-cache" / "pyproject.toml").read_text(encoding="utf-8"))
    for key, value in tomllib.loads(blocks("toml")[0]).items():
        assert used[key] == value


def test_both_spellings_say_the_same() -> None:
    pyproject, hatch = map(tomllib.loads, blocks("toml")[1:])
    assert pyproject["tool"]["hatch"] == hatch


@pytest.mark.parametrize(("number", "name", "lead"), [(1, "pyproject.toml", "tool.hatch."), (2, "hatch.toml", "")])
def test_options(number: int, name: str, lead: str, project: Path, built) -> None:
    """The general table holds for the wheel; the sdist's own table takes its place, so that it knows no more caches."""
    (project.parent / "outside.txt").write_text("from outside\n", encoding="utf-8")
    for path, what in {
        "generated": "directory",
        "src/demo/x.tmpcache": "directory",
        "src/demo/generated": "directory",
        "src/demo/l": "-> ../../../outside.txt",
    }.items():
        plant(str(project), path, what, [])
    (project / "pyproject.toml").write_text(METADATA, encoding="utf-8")
    with (project / name).open("a", encoding="utf-8") as file:
        file.write(f'{blocks("toml")[number]}[{lead}build.targets.wheel]\ninclude = ["*"]\n')

    wheel = built("wheel")
    names = read(wheel.archive).names
    assert wheel.words.count("NC005") == 2
    assert [path for path in names if "tmpcache" in path or path.startswith("generated/")] == []
    assert "src/demo/generated/file.txt" in names
    assert "NC102" in wheel.words  # `keep`, the wheel's default, with its notice
    sdist = built("sdist")
    assert "NC005" not in sdist.words
    assert {"generated/file.txt", "src/demo/x.tmpcache/file.txt"} <= set(read(sdist.archive).names)
    assert read(sdist.archive).files["src/demo/l"] == b"from outside\n"


# --- Commands ---------------------------------------------------------------------------------------------------------


def test_every_command_is_known() -> None:
    """What is not run here or in tests/e2e is at least offered by pyproject.toml."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rest = [line for line in commands() if not line.startswith(("hatch-nocache check", "printf ", "rm "))]
    assert rest == ["python -m pip install hatch-nocache", "python -m pip install hatch && hatch test"]
    assert pyproject["project"]["name"] == "hatch-nocache"
    assert pyproject["project"]["scripts"] == {"hatch-nocache": f"{cli.__name__}:main"}
    assert "`python -m pip install hatch && hatch run demo`" in README
    environments = pyproject["tool"]["hatch"]["envs"]
    assert environments["default"]["scripts"]["demo"].split()[:2] == ["python", "scripts/demo.py"]
    assert "hatch-test" in environments


def test_check(project: Path, built, monkeypatch, capsys) -> None:
    """Each form that is shown, on a project and its archives; with 1 for an archive of before."""
    monkeypatch.chdir(project)
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    (project / "dist").mkdir()
    for target in ("sdist", "wheel"):
        archive = built(target).archive
        archive.rename(project / "dist" / archive.name)
    forms = [line.split()[1:] for line in commands() if line.startswith("hatch-nocache")]
    assert len(forms) == 3

    def run(form: List[str]) -> int:
        archives = sorted(map(str, Path("dist").iterdir()))
        return cli.main([each for word in form for each in (archives if word == "dist/*" else [word])])

    for form in forms:
        assert run(form) == 0, form
    said = capsys.readouterr().out
    assert "dropped   NC001 .uv-cache/" in said
    assert "::warning " in said
    built(**NO_HOOKS).archive.rename(project / "dist" / "demo-1.0.tar.gz")
    assert [run(form) for form in forms] == [0, 1, 0]
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.hatch.build.hooks.nocache.colour]\n")
    assert [run(form) for form in forms] == [2, 1, 2]


def test_pre_commit() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert f"its id is `{hook['id']}`" in README
    assert hook["entry"] == "hatch-nocache check"


# --- First aid --------------------------------------------------------------------------------------------------------

needs_sh = pytest.mark.skipif(os.name == "nt", reason="the commands are those of a POSIX shell")


def first_aid(root: Path) -> None:
    (root / "dist").mkdir(exist_ok=True)
    (root / "dist" / "demo-1.0.tar.gz").touch()
    subprocess.run(["sh", "-euc", blocks("sh")[0]], cwd=str(root), check=True)
    assert list((root / "dist").iterdir()) == []


@needs_sh
@pytest.mark.parametrize("before", [None, "", "secret.txt", "secret.txt\n"])
def test_first_aid(project: Path, built, before: Optional[str]) -> None:
    """Whatever is in the file, and though its last line may have no end."""
    if before is not None:
        (project / ".gitignore").write_text(before, encoding="utf-8")
    (project / "secret.txt").touch()
    assert read(built(**NO_HOOKS).archive).below(".uv-cache")
    first_aid(project)
    cured = read(built(**NO_HOOKS).archive)
    assert cured.below(".uv-cache") == []
    assert cured.refused == []
    assert "src/demo/__init__.py" in cured.names
    assert ("secret.txt" in cured.names) is not bool(before)


@needs_sh
@pytest.mark.parametrize("why", ["ignore-vcs", "a .gitignore further up"])
def test_first_aid_by_exclude(why: str, project: Path, built) -> None:
    """There the line in .gitignore does nothing, or lifts the rules of the other file; `exclude` helps."""
    (project.parent / ".git").mkdir()
    (project.parent / ".gitignore").write_text("secret.txt\n", encoding="utf-8")
    (project / "secret.txt").touch()
    table = "\n[tool.hatch.build]\nignore-vcs = true\n" if why == "ignore-vcs" else "\n[tool.hatch.build]\n"
    pyproject = project / "pyproject.toml"
    before = pyproject.read_text(encoding="utf-8") + table
    pyproject.write_text(before, encoding="utf-8")
    (project / "secret.txt").touch()
    assert ("secret.txt" in read(built(**NO_HOOKS).archive).names) is (why == "ignore-vcs")

    first_aid(project)
    worse = read(built(**NO_HOOKS).archive)
    assert "secret.txt" in worse.names
    assert bool(worse.below(".uv-cache")) is (why == "ignore-vcs")

    (project / ".gitignore").unlink()
    pyproject.write_text(before + 'exclude = ["/.uv-cache/"]\n', encoding="utf-8")
    cured = read(built(**NO_HOOKS).archive)
    assert cured.below(".uv-cache") == []
    assert ("secret.txt" in cured.names) is (why == "ignore-vcs")


# --- Where it happens -------------------------------------------------------------------------------------------------


def test_gitlab_job() -> None:
    """The reported one, which the demo and tests/e2e run."""
    (job,) = yaml.safe_load(blocks("yaml")[0]).values()
    assert job["variables"] == {name: script("demo").JOB[name] for name in job["variables"]}
    assert JOB.items() <= job["variables"].items()
    (cache,) = job["cache"]
    assert cache["paths"] == ["$UV_CACHE_DIR"]
    assert job["script"] == ["uv build", "uv cache prune --ci"]


def test_pip_cache_and_cached_environment(project: Path, built) -> None:
    assert 'PIP_CACHE_DIR: "$CI_PROJECT_DIR/.cache/pip"' in README
    plant(str(project), ".cache/pip/selfcheck/x.json", "file", [])
    plant(str(project), ".cache/pip/http-v2/0/1/2/3/4/01234", "file", [])
    KINDS["venv"](str(project / "venv"))
    env = {"PIP_CACHE_DIR": f"{project}/.cache/pip"}
    assert len(read(built(**env, **NO_HOOKS).archive).below(".cache")) == 2
    done = built(**env)
    assert read(done.archive).below(".cache") == read(done.archive).below("venv") == []
    assert f"because PIP_CACHE_DIR={project}/.cache/pip" in done.words


def test_github_actions(project: Path, built) -> None:
    assert "`UV_CACHE_DIR: ${{ github.workspace }}/.cache/uv`" in README
    (project / ".cache").mkdir()
    (project / ".uv-cache").rename(project / ".cache" / "uv")
    done = built(UV_CACHE_DIR=f"{project}/.cache/uv")
    assert read(done.archive).below(".cache") == []
    assert "kept 1 cache directory out" in done.words


# --- What it cannot do, and what others do ----------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["HATCH_BUILD_NO_HOOKS=true", "--no-hooks", "enable-by-default = false"])
def test_switched_off(how: str, project: Path, tmp_path: Path) -> None:
    assert f"`{how}`" in README
    if how.startswith("enable"):
        with (project / "pyproject.toml").open("r+", encoding="utf-8") as file:
            text = file.read().replace("hooks.nocache]\n", f"hooks.nocache]\n{how}\n")
            file.seek(0)
            file.write(text)
    env = dict([how.split("=")]) if how.startswith("HATCH") else {}
    done = hatchling(project, tmp_path / "dist", *([how] if how.startswith("--") else []), **env)
    assert "hatch-nocache" not in done
    assert read(tmp_path / "dist" / "demo-1.0.tar.gz").below(".uv-cache")


def test_hooks_only(project: Path, tmp_path: Path) -> None:
    assert "With `--hooks-only` nothing is packed" in README
    assert "hatch-nocache" not in hatchling(project, tmp_path / "dist", "--hooks-only")
    assert list((tmp_path / "dist").glob("*")) == []
    assert "hatch-nocache" in hatchling(project, tmp_path / "dist")


def hatchling(root: Path, to: Path, *options: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(to), *options],
        cwd=str(root),
        env={**unmeasured(), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def test_hatchlings_own_list(project: Path, built) -> None:
    """By name, and by name only."""
    assert "leaves out `.venv` (since 1.24.2), `.tox`, `__pycache__`" in README
    version = tuple(int(part) for part in importlib.metadata.version("hatchling").split(".")[:3])
    for name in (".venv", ".tox", "__pycache__", "venv"):
        KINDS["venv"](str(project / name))
    packed = read(built(**NO_HOOKS).archive)
    assert packed.below(".tox") == packed.below("__pycache__") == []
    assert bool(packed.below(".venv")) is (version < (1, 24, 2))
    assert packed.below("venv")
    assert packed.below(".uv-cache")


SPY = """
import json, sys
seen = set()
sys.addaudithook(lambda event, _: seen.add(event))
{more}
from hatchling.cli import hatchling
try:
    hatchling()
finally:
    print(json.dumps(sorted(seen)))
"""
ACTS = ("subprocess.", "socket.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "urllib.", "http.")


@pytest.mark.parametrize("more", ["", "import socket, os; socket.socket().close(); os.system('')"])
def test_no_process_and_no_connection(more: str, project: Path, tmp_path: Path) -> None:
    assert "starts no process,\nopens no connection" in README
    spy = tmp_path / "spy.py"
    spy.write_text(SPY.format(more=more), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(spy), "build", "-d", str(tmp_path / "dist")],
        cwd=str(project),
        env=unmeasured(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "NC001" in done.stdout + done.stderr
    acts = [event for event in json.loads(done.stdout.splitlines()[-1]) if event.startswith(ACTS)]
    assert bool(acts) is bool(more), acts
