"""Lines to paste: what a person can write into a file to settle a finding."""

from __future__ import annotations

import dataclasses
import re
from typing import Callable

__all__ = ["Advice", "gitignore", "ignore_line"]


_SURROGATE = re.compile("[\ud800-\udfff]")


def ignore_line(path: str) -> str:
    """Return the line of a `.gitignore` at the root that matches this directory and no other."""
    return _pattern(path) + "/"


def gitignore(path: str) -> str:
    """What to do about a directory that was kept out."""
    # What the report has to escape cannot be pasted, and no pattern leads out of the project.
    if not path.isprintable() or "::" in path or "##" in path or path.startswith("../"):
        return "nothing to do"
    return f"nothing to do; to keep other tools from packing it too, add {ignore_line(path)} to .gitignore"


@dataclasses.dataclass
class Advice:
    """What helps in this project: `hook` and `build` are the tables that are in force for the target.

    `source_of` tells of a path which option put it in, where `exclude` has no effect on that; "" elsewhere.
    """

    hook: str = "[tool.hatch.build.hooks.nocache]"
    build: str = "[tool.hatch.build]"
    source_of: Callable[[str], str] = lambda _: ""

    def option(self, key: str, value: str) -> str:
        """How to set an option of the hook."""
        return f'set {key} = "{value}" in {self.hook}'

    def leave_out(self, path: str) -> str:
        """How to leave a file out by hatchling's own means."""
        source = self.source_of(path)
        if source:
            return f"take it out of {source}"
        return f"leave it out: {self._entry('exclude', path)} in {self.build}"

    def allow(self, path: str) -> str:
        """How to have a path not judged."""
        return f"allow it: {self._entry('allow', path)} in {self.hook}"

    @staticmethod
    def _entry(key: str, path: str) -> str:
        if path.startswith("../") or _SURROGATE.search(path):
            return f"an entry of `{key}`"
        import json

        # TOML has escapes for what the report would have to escape.
        text = json.dumps(_pattern(path), ensure_ascii=not path.isprintable())
        for mark, written in (("\x7f", "\\u007f"), ("::", ":\\u003a"), ("##", "#\\u0023")):
            text = text.replace(mark, written)
        return f"{key} = [{text}]"


def _pattern(path: str) -> str:
    pattern = "/" + re.sub(r"([\\*?\[\]])", r"\\\1", path)
    # https://git-scm.com/docs/gitignore: trailing spaces are ignored unless quoted; old pathspecs know no quoted ones.
    return pattern[:-1] + "[ ]" if pattern.endswith(" ") else pattern
