"""The README's blocks and sentences, tried in builds. What front ends print is tested in tests/e2e."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import List

import pytest
import venvs
import yaml
from building import NO_HOOKS, hatchling, read, unmeasured
from projects import PROJECTS, Project, names, tomllib
from readme import README, blocks, script
from venvs import ROOT

from hatch_nocache.cli.main import main

METADATA = '\n[project]\nname = "demo"\nversion = "1.0"\n'
JOB = {"UV_CACHE_DIR": ".uv-cache"}


@pytest.fixture
def cached(project: Project) -> Project:
    """A project as the README tells the reader to configure it, with uv's cache inside."""
    project.put("pyproject.toml", blocks("toml")[0] + METADATA)
    project.make("uv cache", ".uv-cache")
    return project


def test_every_block_is_tested() -> None:
    assert [len(blocks(language)) for language in ("toml", "sh", "console")] == [2, 2, 2]
    assert README.count("```") == 2 * 6


def test_the_lines_to_install_it(cached: Project) -> None:
    """Without the hook, the sdist is refused. With it, the build prints the README's message."""
    control = cached.build(**JOB, **NO_HOOKS)
    assert control.archive is not None
    assert read(control.archive).refused
    built = cached.build(**JOB)
    assert names(built) == ["PKG-INFO", "pyproject.toml", "src/demo/__init__.py"]
    assert f"```console\n{built.said}```" in README


@pytest.mark.parametrize("name", ["pyproject.toml", "hatch.toml"])
def test_the_tables_of_options(name: str, project: Project) -> None:
    """The sdist's table replaces the general one, so `extra-caches` applies to the wheel only."""
    assert "In `hatch.toml`, omit `tool.hatch.` from both table names." in README
    table, prefix = blocks("toml")[1], "tool.hatch."
    if name == "hatch.toml":
        table, prefix = table.replace(f"[{prefix}", "["), ""
    project.put("pyproject.toml", METADATA)
    project.add(f'{table}[{prefix}build.targets.wheel]\ninclude = ["*"]\n', name)
    project.make("directory", "generated", "src/demo/x.tmpcache", "src/demo/generated")
    project.put("../outside.txt", "outside\n")
    project.link("src/demo/l", "../../../outside.txt")

    wheel = project.build("wheel")
    assert wheel.codes == ["NC005", "NC102"]
    assert [path for path in names(wheel) if "tmpcache" in path or path.startswith("generated/")] == []
    assert "src/demo/generated/file.txt" in names(wheel)
    sdist = project.build()
    assert sdist.archive is not None
    assert "NC005" not in sdist.said
    assert {"generated/file.txt", "src/demo/x.tmpcache/file.txt"} <= set(names(sdist))
    assert read(sdist.archive).files["src/demo/l"] == b"outside\n"


def test_check(cached: Project, monkeypatch, capsys) -> None:
    """Each command that is shown, on a project and its archives: exit codes 0, 1 and 2."""
    monkeypatch.chdir(cached.root)
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    commands = [line.split("  #")[0].split()[1:] for line in blocks("sh")[1].splitlines()]
    assert [command[0] for command in commands] == ["check"] * 3

    def run() -> List[int]:
        return [main(command) for command in commands]

    def to_dist(**env: str) -> None:
        archive = cached.build(**env).archive
        assert archive is not None
        archive.replace(cached.root / "dist" / archive.name)

    (cached.root / "dist").mkdir()
    to_dist()
    assert run() == [0, 0, 0]
    out = capsys.readouterr().out
    assert "dropped   NC001 .uv-cache/" in out
    assert "::warning " in out
    to_dist(**NO_HOOKS)
    assert run() == [0, 1, 0]
    cached.add("\n[tool.hatch.build.hooks.nocache.colour]\n")
    assert run() == [2, 1, 2]


@pytest.mark.parametrize("ignore_vcs", [False, True])
def test_gitignore_and_exclude(ignore_vcs: bool, cached: Project) -> None:
    """A line in .gitignore is enough unless `ignore-vcs` is set; `exclude` always is."""
    table = "\n[tool.hatch.build]\nignore-vcs = true\n" if ignore_vcs else "\n[tool.hatch.build]\n"
    text = blocks("toml")[0] + METADATA + table
    cached.put("pyproject.toml", text)
    cached.put(".gitignore", "/.uv-cache/\n")
    assert bool([name for name in names(cached.build(**NO_HOOKS)) if ".uv-cache/" in name]) is ignore_vcs
    (cached.root / ".gitignore").unlink()
    cached.put("pyproject.toml", text + 'exclude = ["/.uv-cache/"]\n')
    assert [name for name in names(cached.build(**NO_HOOKS)) if ".uv-cache/" in name] == []


@pytest.mark.skipif(hatchling() < (1, 24, 2), reason="older versions do not skip .venv")
def test_names_that_hatchling_skips(project: Project) -> None:
    assert "Hatchling skips it by name" in README
    project.make("venv", ".venv", "venv")
    tops = {name.split("/")[0] for name in names(project.build(**NO_HOOKS))}
    assert "venv" in tops
    assert ".venv" not in tops


def test_files_that_git_ignores(project: Project) -> None:
    """A nested .gitignore keeps node_modules out of git, but not out of the sdist."""
    assert '`untracked = "drop"` leaves them out of the sdist' in README
    project.put("web/.gitignore", "node_modules/\n")
    project.put("web/node_modules/left-pad/index.js")
    venvs.commit(project.root)
    built = project.build()
    assert built.codes == ["NC006"]
    assert "web/node_modules/left-pad/index.js" in names(built)
    project.configure('untracked = "drop"')
    assert "web/node_modules/left-pad/index.js" not in names(project.build())


SPY = """
import json, sys
seen = []
sys.addaudithook(lambda event, args: seen.append((event, repr(args[1]) if event == "subprocess.Popen" else "")))
{more}
from hatchling.cli import hatchling
try:
    hatchling()
finally:
    print(json.dumps(seen))
"""
ACTS = ("subprocess.", "socket.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "urllib.", "http.")


@pytest.mark.parametrize("more", ["", "import socket; socket.socket().close()"])
def test_one_process_and_no_connection(more: str, cached: Project, tmp_path: Path) -> None:
    """The second case shows that the spy sees a connection."""
    assert "starts one process: `git ls-files`, for an sdist in a git work tree" in README
    venvs.commit(cached.root)
    spy = tmp_path / "spy.py"
    spy.write_text(SPY.format(more=more), encoding="utf-8")
    said = venvs.run(sys.executable, spy, "build", "-d", tmp_path / "dist", cwd=cached.root, env=unmeasured())
    assert "NC001" in said
    acts = [(event, what) for event, what in json.loads(said.splitlines()[-1]) if event.startswith(ACTS)]
    processes = [what for event, what in acts if event == "subprocess.Popen"]
    assert len(processes) == 1
    assert "ls-files" in processes[0]
    assert any(event.startswith("socket.") for event, _ in acts) is bool(more)


def test_the_gitlab_job() -> None:
    """docs/ci.md, the demo and the test project use the cache of the reported job."""
    job = yaml.safe_load(blocks("yaml", "docs/ci.md")[0])["build"]
    assert job["variables"].items() <= script("demo").JOB.items()
    assert job["cache"][0]["paths"] == ["$UV_CACHE_DIR"]
    assert job["script"][0] == "uv build"
    case = tomllib.loads((PROJECTS / "gitlab-uv-cache" / "case.toml").read_text(encoding="utf-8"))["case"][0]
    assert case["env"]["UV_CACHE_DIR"] == job["variables"]["UV_CACHE_DIR"] == ".uv-cache"


def test_the_pre_commit_hook() -> None:
    """The example in docs/ci.md is the hook of this repository, installed from the package index."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (text,) = (block for block in blocks("yaml", "docs/ci.md") if block.startswith("repos:"))
    ((shown,),) = (repository["hooks"] for repository in yaml.safe_load(text)["repos"])
    assert shown.pop("additional_dependencies")[0].startswith("hatch-nocache==")
    assert shown == {key: value for key, value in hook.items() if key != "description"}
