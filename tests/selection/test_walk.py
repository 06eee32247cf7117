"""The walk that Hatchling is given, in whole builds: directories that cannot be entered, or that have two names."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from projects import Project, names


@pytest.mark.parametrize("how", ["vanishes", "scandir", "stat"])
def test_directory_that_cannot_be_entered(project: Project, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Hatchling ends with an error if one vanishes (pypa/hatch#1998)."""
    project.put("a/x")
    function = "scandir" if how == "vanishes" else how
    plain = getattr(os, function)

    def fails(path: Any = ".", **options: Any) -> Any:
        if not isinstance(path, int) and Path(path).name == "a":
            if how != "vanishes":
                raise PermissionError
            shutil.rmtree(path, ignore_errors=True)
        return plain(path, **options)

    monkeypatch.setattr(os, function, fails)
    built = project.build()
    assert (names(built), built.said) == (["PKG-INFO", "pyproject.toml", "src/demo/__init__.py"], "")


def test_directory_that_is_mounted_twice(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both names are real, so both are packed."""
    project.put("a/x")
    project.put("b/x")
    plain = os.stat

    def stat(path: Any, **options: Any) -> Any:
        return plain("a" if path == str(project.root / "b") else path, **options)

    monkeypatch.setattr(os, "stat", stat)
    built = project.build()
    assert "NC106 b directory with several names: Hatchling would pack only a/;" in built.words
    assert {"a/x", "b/x"} <= set(names(built))
