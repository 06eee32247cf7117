"""NC006: files that git does not track, in real repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Callable, List

import pytest
from building import Built
from projects import HOOK_FILE, Project, names

from hatch_nocache.selection.untracked import entry_of

if shutil.which("git") is None:
    pytest.skip("git is not installed", allow_module_level=True)

HOOK = "[tool.hatch.build.hooks.nocache]"
Git = Callable[..., None]

pytestmark = pytest.mark.usefixtures("git")


@pytest.fixture
def git(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Make the project a repository in which every file is tracked, and return what runs git in a directory."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"),
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "xdg"),
    }.items():
        monkeypatch.setenv(name, value)
    identity = '[user]\nname = a\nemail = a@b\n[protocol "file"]\nallow = always\n[init]\ndefaultBranch = main\n'
    (tmp_path / "gitconfig").write_text(identity, encoding="utf-8")

    def run(*arguments: str, where: Path = project.root) -> None:
        subprocess.run(["git", *arguments], cwd=str(where), check=True, capture_output=True)

    run("init", "-q")
    run("add", "-A")
    return run


def untracked(built: Built) -> List[str]:
    """Return the paths of the findings."""
    return [line.split()[1] for line in built.said.splitlines() if line.startswith("  NC006 ")]


def test_tracked(project: Project, git: Git) -> None:
    """Also what git's rules ignore, and what only the index has."""
    project.put(".gitignore", "/docs/\n")
    project.put("docs/a.txt")
    git("add", "-Af", ".")
    assert project.build().said == ""
    (project.root / ".git" / "index.lock").touch()
    assert project.same().said == ""


@pytest.mark.parametrize("ignore_file", ["notes/.gitignore", ".git/info/exclude", "../xdg/git/ignore", "unrelated"])
@pytest.mark.parametrize("option", ["keep", "drop", "reject"])
def test_untracked_files(project: Project, git: Git, ignore_file: str, option: str) -> None:
    """However they are ignored: Hatchling reads the ignore file of the root only."""
    project.configure(f'untracked = "{option}"')
    inside = {".env", "docs/draft.md", "notes/.gitignore", "notes/sub/b.txt", "unrelated"}
    for name in (*inside, "docs/index.md"):
        project.put(name)
    project.put(ignore_file, "*\n")
    git("add", "-f", "docs/index.md", "pyproject.toml")
    built = project.build()
    lines = [line.strip() for line in built.said.replace("\n        ", " ").splitlines()]
    assert lines[1:5] == [
        "NC006 .env   not tracked by git",
        "NC006 docs/draft.md   not tracked by git",
        "NC006 notes/   2 files, not tracked by git",
        "NC006 unrelated   not tracked by git",
    ]
    entries = '"/.env" or "/docs/draft.md" or "/notes/" or "/unrelated"'
    how = "anyway" if option != "keep" else "without this notice"
    allow = f"hint: to pack one {how}, add it to `allow` in {HOOK}, as {entries}"
    leave = f'hint: to leave out untracked files, set untracked = "drop" in {HOOK}'
    assert lines[5:] == ([allow] if option == "drop" else [leave, allow])
    header = {
        "keep": "packed 4 paths that git does not track into the sdist",
        "drop": "left 4 untracked paths out of the sdist",
        "reject": "the sdist was not built: 4 problems",
    }
    assert lines[0] == f"hatch-nocache: {header[option]}"
    if option == "reject":
        assert (built.code, built.archive) == (1, None)
    else:
        assert inside & set(names(built)) == (inside if option == "keep" else set())
        assert "docs/index.md" in names(built)


def test_ignored_by_a_parent(project: Project, git: Git) -> None:
    """The project is a part of the repository. Hatchling reads the nearest ignore file only."""
    project.put(".gitignore", "*.tmp\n")
    shutil.rmtree(str(project.root / ".git"))
    above = project.root.parent
    git("init", "-q", where=above)
    (above / ".gitignore").write_text("*.log\n", encoding="utf-8")
    git("add", "project", where=above)
    project.put("a.log")
    assert untracked(project.build()) == ["a.log"]


# --- Not a finding ----------------------------------------------------------------------------------------------------

FORCED = '[tool.hatch.build.targets.{}.force-include]\n"notes" = "src/demo/notes"'
FILE = "notes/sub/a.txt"
# A line of the hook's table, a table after it, and what another hook does.
SILENT = {
    "allow": ('allow = ["/notes/"]', "", ""),
    "include": ("", '[tool.hatch.build.targets.sdist]\ninclude = ["/notes", "/src"]', ""),
    "artifacts": ("", '[tool.hatch.build]\nartifacts = ["*.txt"]', ""),
    "only-include": ("", '[tool.hatch.build.targets.sdist]\nonly-include = ["notes/sub", "src"]', ""),
    "forced into the sdist": ("", FORCED.format("sdist"), ""),
    "forced into the wheel": ("", FORCED.format("wheel"), ""),
    "selected by the wheel": ("", '[tool.hatch.build.targets.wheel]\npackages = ["src/demo", "notes"]', ""),
    "selected by the wheel, and a pattern": ("", '[tool.hatch.build.targets.wheel]\ninclude = ["*.txt", "src"]', ""),
    "an artifact of a hook": ("", "", f"data['artifacts'].append('/{FILE}')"),
    "forced by a hook": ("", "", f"data['force_include'].update({{self.root + '/{FILE}': '{FILE}'}})"),
    "readme": ("", "", ""),
}


@pytest.mark.parametrize("how", list(SILENT))
def test_packed_without_a_notice(project: Project, git: Git, how: str) -> None:
    """Explicit paths, what a wheel needs, what a hook adds, and a file without which the sdist could not be built."""
    line, table, body = SILENT[how]
    if body:
        project.put("hatch_build.py", f"{HOOK_FILE}    def initialize(self, version, data):\n        {body}\n")
        git("add", "hatch_build.py")
        table = "[tool.hatch.build.hooks.custom]"
    project.configure(line, 'untracked = "reject"', after=table)
    project.put(FILE)
    if how == "readme":
        project.replace('version = "1.0"', f'version = "1.0"\nreadme = "{FILE}"')
    built = project.build()
    assert built.said == ""
    assert any(name.endswith("sub/a.txt") for name in names(built))


def test_left_out_already(project: Project) -> None:
    """A file of a dropped environment is not reported again, though the wheel needs one of it."""
    project.configure(after='[tool.hatch.build.targets.wheel.force-include]\n"env/pyvenv.cfg" = "demo/pyvenv.cfg"')
    project.put("env/pyvenv.cfg", "home = /usr/bin\n")
    project.put("env/lib/a.py")
    built = project.build()
    assert (untracked(built), "NC004 env/" in built.said) == ([], True)
    assert [name for name in names(built) if "env/" in name] == ["env/pyvenv.cfg"]


def test_behind_a_symlink(project: Project, git: Git) -> None:
    """Git is not asked about it, also where the symlink is in an untracked directory."""
    project.put("docs/a.txt")
    project.link("more/docs", "../docs")
    git("add", "-A")
    assert untracked(project.build()) == []
    project.put("a-notes/x")
    project.link("a-notes/docs", "../docs")
    built = project.build()
    # The default packs them.
    assert {"a-notes/docs/a.txt", "a-notes/x"} <= set(names(built))
    assert untracked(built) == ["a-notes/x"]


def test_submodule_and_clone(project: Project, git: Git, tmp_path: Path) -> None:
    """The files of a submodule are tracked; those of a foreign clone are not."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").touch()
    git("init", "-q", where=other)
    git("add", "-A", where=other)
    git("commit", "-qm", "x", where=other)
    git("submodule", "add", "-q", str(other), "vendor/module")
    git("clone", "-q", str(other), "clone")
    built = project.build()
    assert untracked(built) == ["clone/"]
    assert "vendor/module/a.txt" in names(built)


# --- Where git is not asked, or its answer does not count -------------------------------------------------------------


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> List[List[str]]:
    """Collect the processes that are started."""
    commands: List[List[str]] = []
    plain = subprocess.Popen.__init__

    def counted(self, args, *more, **options):
        commands.append(args)
        plain(self, args, *more, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", counted)
    return commands


def test_processes(project: Project, started) -> None:
    """One per sdist in a work tree, even without findings; none for other targets or elsewhere."""
    for change in (project.build, lambda: project.put("a/b.txt"), lambda: project.link("src/demo/l", "../../a")):
        change()
        started.clear()
        assert project.build("wheel").code == project.build("editable").code == 0
        assert started == []
        project.build()
        assert [command[0] for command in started] == ["git"]
    shutil.rmtree(str(project.root / ".git"))
    started.clear()
    assert "NC006" not in project.build().said
    assert started == []


def test_file_system_monitor_is_not_started(project: Project, git: Git) -> None:
    """A repository may configure any program as one."""
    project.put("../monitor", '#!/bin/sh\ntouch "$(dirname "$0")/started"\n').chmod(0o755)
    git("config", "core.fsmonitor", str(project.root.parent / "monitor"))
    project.build()
    assert not (project.root.parent / "started").exists()


@pytest.mark.parametrize("why", ["pyproject.toml is not tracked", "git refuses", "git is missing", "a broken index"])
def test_git_does_not_say(project: Project, git: Git, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    project.configure('untracked = "reject"')
    project.put("notes/a.txt")
    assert "NC006 notes/   1 file, not tracked by git\n" in project.build().said
    if why.startswith("pyproject"):
        git("rm", "-qf", "--cached", "pyproject.toml")
    elif why == "git refuses":
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    elif why == "git is missing":
        monkeypatch.setenv("PATH", str(project.root))
    else:
        (project.root / ".git" / "index").write_bytes(b"x")
    assert project.build().said == ""


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"])
def test_variable_of_another_repository(project: Project, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git hook, such as pre-commit's, has them set for its own."""
    project.put("notes/a.txt")
    monkeypatch.setenv(name, str(project.root.parent / "elsewhere"))
    assert untracked(project.build()) == ["notes/"]


def test_spelling_of_a_name() -> None:
    """On macOS, the file system may return another normalization than git."""
    composed = unicodedata.normalize("NFC", "ü/ü.txt")
    assert entry_of(unicodedata.normalize("NFD", composed), {composed}) == composed
    assert entry_of("ü/x", {composed}) == ""
