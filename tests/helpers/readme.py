"""The text of README.md and its code blocks."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any, List

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> List[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def errors() -> List[List[str]]:
    """Return the rows of the first table: an error, and the program that prints it."""
    table = README.split("|---|---|\n", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip().strip("`").strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines()]


def script(name: str) -> Any:
    """Import a module of scripts/."""
    spec = importlib.util.spec_from_file_location(name, str(ROOT / "scripts" / f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module
