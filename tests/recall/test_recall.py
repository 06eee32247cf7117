"""Every real cache is left out whole, and nothing of the project is missing."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Dict, List, Set, Tuple

import pytest
import venvs
from building import read
from projects import Project
from recipes import RECIPES, Recipe

from hatch_nocache.caches.declared import read as read_declared
from hatch_nocache.caches.detect import detect
from hatch_nocache.caches.model import Evidence
from hatch_nocache.selection.directory import DiskDirectory

# Hatchling leaves these out itself, wherever they are.
EXCLUDED = re.compile(r"(.*/)?__pycache__/.*|.*\.py[cdo]")


class Box:
    """A recipe with its directories, environment and interpreter."""

    def __init__(self, recipe: Recipe, root: Path, scratch: Path) -> None:
        if recipe.python and recipe.python not in venvs.pythons():
            pytest.xfail(f"Python {recipe.python} is not on this machine")
        self.recipe, self.root, self.scratch = recipe, root, scratch
        python = venvs.pythons().get(recipe.python, sys.executable)
        self.programs = venvs.programs(*recipe.requirements.split(), python=python)
        self.places = {
            "{cache}": root / "zeta-3",
            "{project}": root,
            "{scratch}": scratch,
            "{programs}": self.programs,
            "{python}": python,
            "{base}": getattr(sys, "_base_executable", sys.executable),
        }
        self.variables = self.filled({**recipe.env, **({recipe.cache: "{cache}"} if recipe.cache else {})})

    def fill(self, text: str) -> str:
        for name, place in self.places.items():
            text = text.replace(name, str(place))
        return text

    def filled(self, table: Dict[str, str]) -> Dict[str, str]:
        return {name: self.fill(value) for name, value in table.items()}

    def run(self, line: str) -> str:
        program, *arguments = self.fill(line).split()
        path = os.pathsep.join([str(self.programs), str(self.scratch / "node_modules" / ".bin"), os.environ["PATH"]])
        found = shutil.which(program, path=path)
        if not found:
            pytest.xfail(f"{program} is not on this machine")
        return venvs.run(found, *arguments, cwd=self.scratch, **self.variables)

    def fill_cache(self) -> None:
        self.scratch.mkdir()
        for name, text in self.filled({**self.recipe.files, "work.py": self.recipe.work}).items():
            (self.scratch / name).parent.mkdir(parents=True, exist_ok=True)
            (self.scratch / name).write_text(text, encoding="utf-8")
        if self.recipe.npm:
            self.run(f"npm install --silent --no-audit --no-fund {self.recipe.npm}")
        for line in self.recipe.lines.split("\n"):
            self.run(line)
        if self.recipe.take:
            shutil.move(str(self.scratch / self.recipe.take), str(self.root / self.recipe.take))

    def version(self) -> str:
        if self.recipe.npm:
            name = re.sub("(?<=.)@.*", "", self.recipe.npm.split()[0])
            text = (self.scratch / "node_modules" / name / "package.json").read_text(encoding="utf-8")
            return json.loads(text)["version"]
        if self.recipe.requirements:
            name = re.split(r"[=<>\[ ]", self.recipe.requirements)[0]
            return venvs.installed(self.programs / "python")[name.replace("_", "-")]
        return re.search(r"\d+(\.\d+)+", self.run(self.recipe.version)).group()


def files_of(root: Path) -> Set[str]:
    """Return all files and symlinks of the project."""
    paths = (Path(where, name) for where, directories, names in os.walk(root) for name in directories + names)
    return {path.relative_to(root).as_posix() for path in paths if path.is_symlink() or not path.is_dir()}


def detected(root: Path, env: Dict[str, str]) -> List[Tuple[str, Evidence]]:
    declared = read_declared(str(root), env, "/usr", ["src/demo"])
    found: List[Tuple[str, Evidence]] = []
    waiting = [DiskDirectory(str(root), "")]
    while waiting:
        directory = waiting.pop()
        evidence = detect(directory, declared)
        if evidence is None:
            waiting.extend(directory.child(name) for name in directory.directories)
        else:
            found.append((directory.path, evidence))
    return sorted(found, key=lambda pair: pair[0])


@pytest.mark.usefixtures("_undeclared")
@pytest.mark.parametrize("name", [pytest.param(name, id=re.sub(r"\(.*[/\\]", "(", name)) for name in sorted(RECIPES)])
def test_recall(name: str, project: Project, tmp_path: Path, rows, monkeypatch: pytest.MonkeyPatch) -> None:
    """Detection covers all that the tool has left, and the sdist has what the project had before."""
    recipe, root = RECIPES[name], project.root
    monkeypatch.delenv("CI", raising=False)  # where it is set, Hypothesis writes no database
    project.put("src/demo/cache/__init__.py", "")
    project.put("tests/test_demo.py", "def test_demo():\n    assert True\n")
    before = files_of(root)
    box = Box(recipe, root, tmp_path.resolve() / "scratch")
    box.fill_cache()
    version, env, after = box.version(), box.filled(recipe.build), files_of(root)
    left = {path for path in after - before if not EXCLUDED.fullmatch(path)}
    assert left, "the tool has left nothing"
    found = detected(root, env)
    taken = {path for path in after if any(path.startswith(f"{cache}/") for cache, _ in found)}
    aside = after & set(recipe.aside)
    assert left - taken == aside
    assert before & taken == set()
    label = re.sub(r" \(.*\)$", "", name)
    for number, (_, evidence) in enumerate(found, 1):
        reason = evidence.reason.replace(str(root), "$PROJECT")
        rows[label, version, number] = (evidence.code, evidence.name, reason)

    built = project.build(**env)
    assert built.code == 0, built.said
    assert built.archive is not None
    assert set(read(built.archive).names) - {"PKG-INFO"} == before | aside
