"""Lines to paste: what a person can write into a file to settle a finding."""

from __future__ import annotations

import json
import re

__all__ = ["TABLE", "allow", "exclude", "gitignore", "ignore_line"]

TABLE = "[tool.hatch.build.hooks.nocache]"


def ignore_line(path: str) -> str:
    """Return the line of a `.gitignore` at the root that matches this directory and no other."""
    return _pattern(path) + "/"


def gitignore(path: str) -> str:
    """What to do about a directory that was kept out."""
    if not _can_be_written(path):
        return "nothing to do"
    return f"nothing to do; to keep other tools from packing it too, add {ignore_line(path)} to .gitignore"


def exclude(path: str) -> str:
    """How to leave a file out by hatchling's own means."""
    if not _can_be_written(path):
        return "leave it out with `exclude` in [tool.hatch.build]"
    return f"leave it out: exclude = [{json.dumps(_pattern(path))}] in [tool.hatch.build]"


def allow(path: str) -> str:
    """How to have a path not judged."""
    if not _can_be_written(path):
        return f"allow it in {TABLE}"
    return f"allow it in {TABLE}: allow = [{json.dumps(_pattern(path))}]"


def _pattern(path: str) -> str:
    return "/" + re.sub(r"([\\*?\[\]])", r"\\\1", path)


def _can_be_written(path: str) -> bool:
    # What the report has to escape cannot be pasted, and no pattern leads out of the project.
    return path.isprintable() and "::" not in path and "##" not in path and not path.startswith("../")
