"""The files around the program agree: versions, workflows, environments, and what contributors are told."""

from __future__ import annotations

import errno
import re
import sys
from pathlib import Path
from typing import Any, Dict, List, Set, Tuple

import pytest
import venvs
import yaml
from lacking import LackingError, file_name, lacking, modes_bind
from projects import tomllib
from readme import ROOT, script


def toml(name: str) -> Dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def workflow(name: str) -> Dict[str, Any]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))


CONFIG = toml("pyproject.toml")
PROJECT, ENVS = CONFIG["project"], toml("hatch.toml")["envs"]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CI_RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
NAMES = [path.name for path in WORKFLOWS]
JOBS = [pytest.param(job, id=f"{name}-{key}") for name in NAMES for key, job in workflow(name)["jobs"].items()]
MARKERS = [line.partition(":")[0] for line in CONFIG["tool"]["pytest"]["ini_options"]["markers"]]


def pins(requirements: List[str]) -> Dict[str, str]:
    return dict(re.match(r"([\w-]+)(?:\[\w+\])?[=>]=([\d.]+)", each).groups() for each in requirements)


# --- Workflows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("job", JOBS)
def test_job_has_few_permissions_and_a_timeout(job: Dict[str, Any]) -> None:
    """Its actions are pinned to commits; zizmor checks the workflows, but none of this."""
    assert set(job["permissions"].items()) <= {("contents", "read"), ("id-token", "write"), ("attestations", "write")}
    assert job["timeout-minutes"] <= 180
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_each_action_has_one_version() -> None:
    """The version is in a comment after the commit."""
    texts = (path.read_text(encoding="utf-8") for path in WORKFLOWS)
    used = {line.partition("uses: ")[2] for text in texts for line in text.splitlines() if "uses: " in line}
    versions = [re.fullmatch(r"([\w./-]+)@[0-9a-f]{40} # v\d+(?:\.\d+)+", each) for each in used]
    assert len({found.group(1) for found in versions}) == len(used) > 4


def test_only_one_job_can_publish() -> None:
    """It runs no code of the project: another job, which cannot publish, has built what it publishes."""
    jobs = workflow("release.yml")["jobs"]
    assert [name for name, job in jobs.items() if "environment" in job] == ["publish"]
    assert [step for step in jobs["publish"]["steps"] if "run" in step] == []
    others = [job for name in NAMES if name != "release.yml" for job in workflow(name)["jobs"].values()]
    assert not any("environment" in job or "write" in job["permissions"].values() for job in others)


def test_the_gate_waits_for_all_jobs() -> None:
    jobs = workflow("ci.yml")["jobs"]
    assert set(jobs["gate"]["needs"]) == set(jobs) - {"gate"}
    assert jobs["gate"]["if"] == "always()"


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_pythons_agree() -> None:
    """CI has every Python on Linux, and the oldest and the newest on the other systems."""
    wanted = list(venvs.VERSIONS)
    assert re.findall(r":: Python :: (3\.\d+)$", "\n".join(PROJECT["classifiers"]), re.MULTILINE) == wanted
    assert PROJECT["requires-python"] == f">={wanted[0]}"
    assert [ENVS[name]["matrix"] for name in ("hatch-test", "floor")] == [[{"python": wanted}]] * 2
    matrix = workflow("ci.yml")["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"] == wanted
    for system in ("macos-latest", "windows-latest"):
        ends = {(job["hatchling"], job["python"]) for job in matrix["include"] if job["os"] == system}
        assert ends == {("oldest", wanted[0]), ("newest", wanted[-1])}
    long = next(step for step in workflow("scheduled.yml")["jobs"]["long"]["steps"] if "setup-python" in step["uses"])
    assert set(long["with"]["python-version"].split()) == set(wanted)
    assert f"CPython {wanted[0]} to {wanted[-1]}" in (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    assert f"floor.py{wanted[0]}:test" in CI_RUN


def test_floors_agree() -> None:
    """The project requires the versions that the floor environment and the matrix test."""
    assert pins(PROJECT["dependencies"]) == pins(ENVS["floor"]["extra-dependencies"]) == venvs.OLDEST
    assert all("==" in each for each in ENVS["floor"]["extra-dependencies"])
    assert f"hatchling>={venvs.OLDEST['hatchling']}" in CONFIG["build-system"]["requires"]


def test_linters_agree() -> None:
    """The pre-commit hooks have the versions of `hatch run lint:check`."""
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    found = re.findall(r"repo: \S+/(\S+?)(?:-pre-commit)?\n +rev: (\S+)(?: # frozen: (\S+))?\n", text)
    assert len(found) == len(yaml.safe_load(text)["repos"])
    assert all(bool(frozen) == bool(re.fullmatch("[0-9a-f]{40}", rev)) for _, rev, frozen in found)
    hooks = {name: (frozen or rev).lstrip("v") for name, rev, frozen in found}
    assert hooks.items() <= pins(ENVS["lint"]["dependencies"]).items()


# --- Environments and commands ----------------------------------------------------------------------------------------


def scripts(env: str) -> Set[str]:
    """The scripts of an environment. `run` is Hatch's own in its environment for tests."""
    env, _, python = env.partition(".py")
    table = ENVS[env]
    assert not python or python in table["matrix"][0]["python"]
    inherited = scripts(table["template"]) if "template" in table else set()
    return {*table.get("scripts", ()), *inherited, *(["run"] if env == "hatch-test" else [])}


def commands(text: str) -> Set[Tuple[str, str]]:
    """The pairs of an environment and a script after `hatch run`."""
    found = re.findall(r'hatch run "?(?:([\w.-]+?)(?:\.py\$\w+)?:)?([a-z0-9]+)(?![\w:])', text)
    return {(env or "default", name) for env, name in found}


def test_every_command_exists_and_is_documented() -> None:
    used = commands(CI_RUN)
    for path in WORKFLOWS:
        used |= commands(path.read_text(encoding="utf-8"))
    jobs = workflow("scheduled.yml")["jobs"]
    used |= {("long", name) for name in jobs["long"]["strategy"]["matrix"]["script"]}
    used |= {tuple(row["command"].split(":")) for row in jobs["hatchling"]["strategy"]["matrix"]["include"]}
    told = commands(CONTRIBUTING)
    assert [(env, name) for env, name in used | told if name not in scripts(env)] == []
    ours = {(env, name) for env, table in ENVS.items() for name in table.get("scripts", ()) if env != "bench"}
    told = {(env.partition(".")[0], name) for env, name in told}
    assert ours <= told


def test_each_marker_has_a_script() -> None:
    """`hatch test` leaves out what has a script in the environment `long`; `.ci/run` or the scheduled job runs it."""
    *_, deselected = CONFIG["tool"]["pytest"]["ini_options"]["addopts"]
    left_out = set(re.findall(r"\w+", deselected.partition("(")[2])) - {"or"}
    assert left_out == set(ENVS["long"]["scripts"]) - {"nightly", "tables"} == set(MARKERS) - {"network", "quick"}
    scheduled = set(workflow("scheduled.yml")["jobs"]["long"]["strategy"]["matrix"]["script"])
    assert scheduled | {name for env, name in commands(CI_RUN) if env == "long"} == {*left_out, "nightly"}
    assert {("lint", "check"), ("types", "check")} <= commands(CI_RUN)
    assert "step hatch test --cover\n" in CI_RUN


def test_files_that_contributors_are_told_of() -> None:
    named = re.findall(r"`((?:src|tests|test-projects|docs|scripts|\.ci|\.github)/[\w./-]*)`", CONTRIBUTING)
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []
    inside = re.search(r"\| directory or module in `(.*?)` .*?\n\n", CONTRIBUTING, re.DOTALL)
    modules = re.findall(r"`([\w/]+(?:/|\.py))`", "".join(re.findall(r"^\| (`.+?) \|", inside.group(), re.MULTILINE)))
    here = ROOT / inside.group(1)
    assert {name for name in modules if not (here / name).exists()} == set()
    packages = {f"{path.name}/" for path in here.iterdir() if (path / "__init__.py").exists()}
    assert packages <= set(modules)
    model = (here / "caches" / "model.py").read_text(encoding="utf-8")
    fields = re.findall(r"^   \| (`.+?`) \| ", CONTRIBUTING, re.MULTILINE)
    assert fields
    for field in re.findall("`([a-z]+)`", " ".join(fields)):
        assert re.search(rf"^    {field}: ", model, re.MULTILINE), field


# --- Releases ---------------------------------------------------------------------------------------------------------


def test_release_lists_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for path, text in {
        "pyproject.toml": '[project]\nversion = "1.2"\n',
        "CHANGELOG.md": "## 1.2\n",
        "docs/ci.md": "hatch-nocache==1.1\n",
        "README.md": "[a](b.md)\n",
    }.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    said = "\n".join(script("release").problems(tmp_path, "v1.1"))
    assert said.count("\n") == 4
    for words in (
        "the tag is v1.1, but",
        "`## 1.2 - YYYY-MM-DD`",
        "not pin hatch-nocache==1.2",
        "no `Source`",
        "relative",
    ):
        assert words in said


def test_release_is_ready_but_for_the_address() -> None:
    problems = script("release").problems(ROOT, f"v{PROJECT['version']}")
    assert [each for each in problems if "`Source`" not in each and "relative links" not in each] == []


# --- What a system lacks ----------------------------------------------------------------------------------------------


def test_skips_only_what_the_system_lacks() -> None:
    refusal = OSError("A required privilege is not held by the client")
    refusal.winerror = 1314
    assert "refuses to make links" in lacking(refusal)
    assert "FIFOs" in lacking(AttributeError("module 'os' has no attribute 'mkfifo'"))
    assert lacking(LackingError("no such thing")) == "no such thing"
    for other in (OSError(13, "Permission denied"), AttributeError("object has no attribute 'x'"), AssertionError()):
        assert lacking(other) == ""


@pytest.mark.parametrize("system", ["darwin", "linux", "win32"])
def test_only_macos_lacks_names_that_are_not_utf_8(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    reason = lacking(OSError(errno.EILSEQ, "Illegal byte sequence"))
    assert ("not UTF-8" in reason) is (system == "darwin")


def test_names_and_modes_that_windows_lacks() -> None:
    for name in ("a/b:c", "a\\b", "trail./x", "trail ", "new\nline", "a*", "data/con", "NUL.txt"):
        assert file_name(name.encode(), windows=False) == name
        with pytest.raises(LackingError):
            file_name(name.encode(), windows=True)
    for name in (".uv-cache/a..b", "../x", "./ lead", "store/.x/CACHEDIR.TAG", "café", "icon.txt"):
        assert file_name(name.encode(), windows=True) == name
    with pytest.raises(LackingError):
        file_name(b"caf\xe9", windows=True)
    modes_bind(windows=False)
    with pytest.raises(LackingError):
        modes_bind(windows=True)
