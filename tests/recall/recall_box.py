"""What a recipe works with: a project, a cache directory in it, and tools in environments of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Dict, List, Optional, Set

from hatch_nocache.caches.catalogue import CATALOGUE

if TYPE_CHECKING:
    from pathlib import Path

_VARIABLES = {variable.split("/")[0] for tool in CATALOGUE for variable in tool.variables}
_TIMEOUT = 300


class CannotRunError(Exception):
    """The tool is not on this machine, or did not do its work: never taken for success."""


class NotFoundError(CannotRunError):
    """The program is not on this machine and cannot come from the package index."""


def clean_environment() -> Dict[str, str]:
    """Return the environment without what would move a cache; the choice of the package index stays."""
    mine = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    # Hypothesis writes no database where CI is set.
    return {name: value for name, value in os.environ.items() if name not in _VARIABLES | mine | {"CI"}}


def npm_program() -> str:
    """Return the path of npm."""
    program = shutil.which("npm")
    if program is None:
        raise NotFoundError("npm is not on this machine")
    return program


class Workshop:
    """The environments of the tools, each made once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._made: Dict[str, Path] = {}

    def tool(self, *requirements: str) -> Path:
        """Return the directory of the programs of an environment with the requirements in it."""
        key = re.sub(r"[^a-z0-9.]+", "-", "_".join(requirements).lower())
        if key not in self._made:
            where = self.root / key
            uv = shutil.which("uv", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]))
            if uv:
                self.run([uv, "venv", "-q", "--seed", "-p", sys.executable, str(where)])
                self.run([uv, "pip", "install", "-q", "-p", str(where), *requirements])
            else:
                self.run([sys.executable, "-m", "venv", str(where)])
                self.run([str(where / SCRIPTS / "python"), "-m", "pip", "install", "-q", *requirements])
            self._made[key] = where / SCRIPTS
        return self._made[key]

    def run(self, command: List[str], env: Optional[Dict[str, str]] = None, cwd: Optional[Path] = None) -> str:
        """Run a program and return what it printed."""
        full = {**clean_environment(), **(env or {})}
        try:
            done = subprocess.run(
                command, env=full, cwd=cwd or self.root, capture_output=True, text=True, timeout=_TIMEOUT, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotRunError(f"{os.path.basename(command[0])}: {error}") from error
        if done.returncode != 0:
            words = " ".join([os.path.basename(command[0]), *command[1:]])
            raise CannotRunError(f"{words}: exit {done.returncode}\n{(done.stdout + done.stderr)[-1500:]}")
        return done.stdout


SCRIPTS = "Scripts" if os.name == "nt" else "bin"

PYPROJECT = """\
[build-system]
requires = ["hatchling", "hatch-nocache"]
build-backend = "hatchling.build"

[project]
name = "zeta"
version = "1.0"
requires-python = ">=3.8"

[tool.hatch.build.hooks.nocache]
"""


class Box:
    """One project, and the recipe's part in it: it fills `cache`, or something in it."""

    def __init__(self, workshop: Workshop, where: Path) -> None:
        self.workshop = workshop
        self.project = where / "project"
        self.scratch = where / "scratch"
        self.cache = self.project / "zeta-3"
        self.environ: Dict[str, str] = {}
        self.version = ""
        self.aside: Set[str] = set()
        self.scratch.mkdir()
        self.write("pyproject.toml", PYPROJECT)
        self.write("README.md", "# Zeta\n")
        self.write("src/zeta/__init__.py", "VALUE = 1\n")
        self.write("src/zeta/cache/__init__.py", "")
        self.write("tests/test_zeta.py", "def test_zeta():\n    assert True\n")

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def tool(self, *requirements: str) -> Path:
        """Get the programs of a tool, and its version for the table."""
        programs = self.workshop.tool(*requirements)
        name = re.split(r"[=<>\[]", requirements[0])[0]
        code = f"import importlib.metadata as m; print(m.version({name!r}))"
        self.version = self.run(programs / "python", "-c", code).strip()
        return programs

    def npm(self, *packages: str) -> Path:
        """Install packages of npm into `scratch`, and return the directory of their programs."""
        self.run(npm_program(), "install", "--silent", "--no-audit", "--no-fund", *packages, cwd=self.scratch)
        name = re.sub(r"(?<=.)@.*", "", packages[0])
        package = self.scratch / "node_modules" / name / "package.json"
        self.version = str(json.loads(package.read_text(encoding="utf-8"))["version"])
        return self.scratch / "node_modules" / ".bin"

    def take(self, name: str) -> None:
        """Move what a tool has left in `scratch` into the project."""
        shutil.move(str(self.scratch / name), str(self.project / name))

    def run(self, program: object, *arguments: object, cwd: Optional[Path] = None, **env: object) -> str:
        """Run a program in the project, with the variables that are given as keywords."""
        variables = {name: str(value) for name, value in env.items()}
        return self.workshop.run([str(program), *map(str, arguments)], variables, cwd or self.project)

    def files(self) -> Set[str]:
        """List all files and links of the project, by their paths in it."""
        found = set()
        for parent, directories, names in os.walk(self.project):
            links = [name for name in directories if os.path.islink(os.path.join(parent, name))]
            for name in [*names, *links]:
                found.add(os.path.relpath(os.path.join(parent, name), self.project).replace(os.sep, "/"))
        return found
