"""Versions of front ends that build a project with a cache in it, and installers of its sdist.

The newest uv, pip, build and hatch are in tests/e2e.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Dict, NamedTuple

import pytest
import venvs
from building import read
from pip._internal.models.index import PyPI  # the only place that it stands in
from projects import Project


class Tool(NamedTuple):
    """Commands for the directory of a user of the project, one a line, and where they install it."""

    commands: str
    python: str  # the interpreter that has the project in the end
    file: str = ""
    text: str = ""
    archives: int = 0


HEAD = '[project]\nname = "user"\nversion = "1.0"\nrequires-python = ">=3.10,<4.0"\n'
# What Poetry asks of its own index by default, a mirror need not have.
INDEX = os.environ.get("PIP_INDEX_URL") or PyPI.simple_url
POETRY = f'[[tool.poetry.source]]\nname = "simple"\nurl = "{INDEX}"\npriority = "primary"\n'
# tox makes an sdist, installs it, and runs a command.
TOX = "[testenv]\ncommands = python --version\n"
UV = Tool("uv build --out-dir out {project}\nuv venv -q e\nuv pip install -p e {sdist}", "e/bin/python", archives=2)
TOOLS: Dict[str, Tool] = {
    "uv==0.8.0": UV,
    "uv==0.11.24": UV,
    # The first pip with PEP 660, on the oldest Python that is found.
    "pip==21.3.1": Tool(
        "python -m pip wheel --no-deps -w out {project}\npython -m pip install {sdist}", "{programs}/python", archives=1
    ),
    "tox": Tool("tox run -c {project}/tox.ini --workdir {user} -e py", "py/bin/python", "{project}/tox.ini", TOX),
    "poetry": Tool(
        "poetry add --no-interaction {sdist}",
        ".venv/bin/python",
        "pyproject.toml",
        f"{HEAD}[tool.poetry]\npackage-mode = false\n{POETRY}",
    ),
    # PDM's newest dependencies need not fit it.
    "pdm[locked]": Tool(
        "pdm build -p {project} --dest {user}/out\npdm venv create {python}\npdm install --no-self",
        ".venv/bin/python",
        "pyproject.toml",
        f'{HEAD}dependencies = ["demo @ file://{{sdist}}"]\n',
        archives=2,
    ),
}


@pytest.mark.skipif(os.name == "nt", reason="the paths of interpreters")
@pytest.mark.parametrize("name", list(TOOLS))
def test_tool(name: str, project: Project, tmp_path: Path) -> None:
    """The job of the report: the archives hold no cache, and the package is installed from its sdist, alone."""
    tool = TOOLS[name]
    path = project.root / "pyproject.toml"
    wheel = Path(venvs.own_wheel()).as_uri()
    path.write_text(path.read_text(encoding="utf-8").replace('"hatch-nocache"', f'"hatch-nocache @ {wheel}"'))
    for kind, place in (("uv cache", ".uv-cache"), ("cache", "store"), ("venv", "venv")):
        project.make(kind, place, f"src/demo/{place}")
    venvs.run(venvs.uv(), "build", "--quiet", "--sdist", "--out-dir", tmp_path / "made", project.root)

    python = next(iter(venvs.pythons().values())) if name.startswith("pip=") else sys.executable
    programs, user = venvs.programs(name, python=python), tmp_path / "user"
    places = {"project": project.root, "sdist": tmp_path / "made" / "demo-1.0.tar.gz", "user": user}
    places.update({"python": python, "programs": programs})
    user.mkdir()
    if tool.file:
        (user / tool.file.format(**places)).write_text(tool.text.format(**places), encoding="utf-8")
    env = {"UV_CACHE_DIR": tmp_path / "uv", "POETRY_VIRTUALENVS_IN_PROJECT": "true", "PDM_CHECK_UPDATE": "0"}
    env.update({"POETRY_CACHE_DIR": tmp_path / "poetry", "HOME": tmp_path / "home"})
    for command in tool.commands.split("\n"):
        program, *arguments = command.format(**places).split()
        venvs.run(programs / program, *arguments, cwd=user, **env)

    archives = [read(archive) for archive in user.glob("**/demo-1.0*") if archive.is_file()]
    assert len(archives) == tool.archives or name == "tox"
    for archive in archives:
        assert [name for name in archive.names if "store" in name or "venv" in name or "uv-cache" in name] == []
        assert [name for name in archive.names if name.endswith("demo/__init__.py")]
        assert archive.refused == []
    code = "import demo, os; print(*sorted(os.listdir(os.path.dirname(demo.__file__))))"
    said = venvs.run(user / tool.python.format(**places), "-Bc", code, cwd=tmp_path)
    assert said.splitlines()[-1].replace(" __pycache__", "") == "__init__.py"
