"""README.md, taken apart."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import List

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> List[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> List[str]:
    """The lines of all `sh` blocks, without what is explained beside them."""
    return [line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]


def script(name: str):
    """A module of scripts/."""
    spec = importlib.util.spec_from_file_location(name, str(ROOT / "scripts" / f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module
