"""The projects that are built, and the caches that are put into them: the same files in every run."""

from __future__ import annotations

import contextlib
import random
import subprocess
from pathlib import Path
from typing import Iterator

__all__ = ["SIGNATURE", "Trees"]

SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
_PER_DIRECTORY = 100
_WORDS = ("value", "name", "path", "return", "self", "member", "None", "for", "if", "import", "(", ")", " = ", "\n    ")


class Trees:
    """Projects and caches in the directory `where`. A cache is moved into a project for the time of a build."""

    def __init__(self, where: Path) -> None:
        self._where = where

    def project(self, files: int, each: int, *, git: bool = False) -> Path:
        """Return the project with that many files, `each` to a directory. It is created once."""
        root = self._where / f"project-{files}-{each}{'-git' * git}"
        if not root.exists():
            package = root / "src" / "demo"
            package.mkdir(parents=True)
            for name in ("README.md", "LICENSE", ".gitignore", "src/demo/__init__.py"):
                (root / name).write_text(f"# {name}\n", encoding="utf-8")
            # About half a kilobyte each, as compressible as code is.
            chance = random.Random(files)  # noqa: S311 - nothing secret
            for number in range(files - 5):
                directory = package / f"part{number // each:03}"
                if number % each == 0:
                    directory.mkdir()
                words = " ".join(chance.choice(_WORDS) for _ in range(90))
                (directory / f"module_{number}.py").write_text(words, encoding="utf-8")
            if git:
                (root / "pyproject.toml").touch()
                for command in ("init", "add ."):
                    subprocess.run(["git", *command.split()], cwd=root, check=True, capture_output=True)  # noqa: S607
        return root

    @contextlib.contextmanager
    def with_cache(self, root: Path, files: int) -> Iterator[None]:
        """Put a uv cache of that many files into the project for the time of the block."""
        if not files:
            yield
            return
        inside, beside = root / ".uv-cache", self._where / f"cache-{files}"
        if not beside.exists():
            _make_cache(beside, files)
        beside.rename(inside)
        try:
            yield
        finally:
            inside.rename(beside)


def _make_cache(where: Path, files: int) -> None:
    where.mkdir()
    (where / "CACHEDIR.TAG").write_bytes(SIGNATURE)
    (where / ".gitignore").write_text("*", encoding="utf-8")
    for number in range(files):
        directory = where / "archive-v0" / f"{number // (_PER_DIRECTORY * 100):03}" / f"{number // _PER_DIRECTORY:05}"
        if number % _PER_DIRECTORY == 0:
            directory.mkdir(parents=True)
        (directory / f"{number % _PER_DIRECTORY:02}.py").write_bytes(b"x = %d\n" % number)
