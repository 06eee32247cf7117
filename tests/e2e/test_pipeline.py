"""The reported job (astral-sh/uv issue 15086), run by a pipeline runner: it fails without the hook and passes with it.

The runner is gitlab-ci-local from npm, with its shell executor. It needs Node.js, rsync and git.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import pytest
import venvs
import yaml
from building import read
from readme import blocks

RUNNER = "gitlab-ci-local@4.56.0"
MISSING = [program for program in ("node", "npm", "rsync", "git") if not shutil.which(program)]
# The job of docs/ci.md, without an image and what needs a package index.
JOB = yaml.safe_load(blocks("yaml", "docs/ci.md")[0])["build"]
JOB = {**{key: value for key, value in JOB.items() if key not in ("image", "before_script")}, "script": ["uv build"]}
HOOK = "\n[tool.hatch.build.hooks.nocache]\n"

pytestmark = [pytest.mark.pipeline, pytest.mark.skipif(bool(MISSING), reason=f"not here: {', '.join(MISSING)}")]


@pytest.fixture(scope="session")
def runner(tmp_path_factory) -> str:
    directory = tmp_path_factory.mktemp("gitlab-ci-local")
    venvs.run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", directory, RUNNER)
    return str(directory / "node_modules" / ".bin" / "gitlab-ci-local")


@pytest.fixture
def project(report: Path) -> Path:
    """The project of the report in a git repository, with its job."""
    (report / ".gitlab-ci.yml").write_text(yaml.safe_dump({"build": JOB}), encoding="utf-8")
    venvs.commit(report)
    return report


@pytest.mark.parametrize("version", ["0.8.4", ""], ids=lambda version: f"uv-{version or 'newest'}")
def test_reported_job(version: str, runner: str, run, uv, env: Dict[str, str], project: Path) -> None:
    path = os.pathsep.join([str(Path(uv(version)).parent), os.environ["PATH"]])
    variables = {name: value for name, value in env.items() if name.startswith("UV_")}
    variables.update({"UV_PYTHON": sys.executable, "PATH": path})
    given = [part for name, value in variables.items() for part in ("--variable", f"{name}={value}")]

    def job() -> subprocess.CompletedProcess[str]:
        shutil.rmtree(str(project / "dist"), ignore_errors=True)
        return run(runner, "--shell-isolation=false", *given, "build", cwd=project, PATH=path)

    # Without the hook: uv refuses the sdist that it has just made.
    configuration = (project / "pyproject.toml").read_text(encoding="utf-8")
    assert HOOK in configuration
    (project / "pyproject.toml").write_text(configuration.replace(HOOK, ""), encoding="utf-8")
    failed = job()
    assert failed.returncode != 0
    said = failed.words.replace("build > ", "")
    assert "is outside of the target directory" in said or "is absolute" in said
    assert members(project, "*.tar.gz", ".uv-cache")

    # With it, twice: the second job has the cache of the first.
    shutil.rmtree(str(project / ".uv-cache"))
    (project / "pyproject.toml").write_text(configuration, encoding="utf-8")
    for _ in range(2):
        passed = job()
        assert passed.returncode == 0
        assert "NC001 .uv-cache/" in passed.words
        assert (project / ".uv-cache" / "CACHEDIR.TAG").exists()
        expected = [".gitlab-ci.yml", "PKG-INFO", "README.md", "pyproject.toml", "src/demo/__init__.py"]
        assert members(project, "*.tar.gz") == expected
        assert "demo/__init__.py" in members(project, "*.whl")


def members(project: Path, pattern: str, below: str = "") -> List[str]:
    (archive,) = (project / "dist").glob(pattern)
    return read(archive).below(below) if below else read(archive).names
