"""The text of the documents: tables and code blocks. Modules of scripts/."""

from __future__ import annotations

import importlib
import re
import sys
from typing import Any, List
from unittest import mock

from venvs import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str, document: str = "README.md") -> List[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL)


def table(head: str) -> List[List[str]]:
    """Return the rows of the README's table with that head."""
    rows = README.split(f"{head}\n", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def script(name: str) -> Any:
    """Import a module of scripts/."""
    with mock.patch.object(sys, "path", [str(ROOT / "scripts"), *sys.path]):
        return importlib.import_module(name)
