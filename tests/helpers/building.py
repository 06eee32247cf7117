"""Build a project as a front end does, and look at what came of it."""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import functools
import io
import os
import posixpath
import re
import subprocess
import sys
import tarfile
import tempfile
import traceback
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple
from unittest import mock

# The hook's table comes last, so that lines of it can be added.
PYPROJECT = """\
[build-system]
requires = ["hatchling", "hatch-nocache"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"

[tool.hatch.build.hooks.nocache]
"""
NO_HOOKS = {"HATCH_BUILD_NO_HOOKS": "true"}
COMMAND_LINE = {"sdist": "sdist:standard", "wheel": "wheel:standard", "editable": "wheel:editable", "custom": "custom"}


@dataclasses.dataclass(frozen=True)
class Built:
    """What came of a build: its exit code, what was printed, the archive, and what was left in the temporary folder."""

    code: Optional[int]  # None: it did not end in time
    said: str
    printed: str
    archive: Optional[Path]
    litter: List[str]

    @property
    def crashed(self) -> bool:
        return "Traceback (most recent call last)" in self.said

    @property
    def codes(self) -> List[str]:
        """The codes at the beginning of a line, each once, in order."""
        return sorted(set(re.findall(r"^\s*(NC\d{3})\b", self.said, re.MULTILINE)))

    @property
    def words(self) -> str:
        """What was said, on one line, so that it does not matter where lines are broken."""
        return " ".join(self.said.split())


def build(root: Path, target: Any, to: Path, env: Optional[Dict[str, str]] = None, **options: Any) -> Built:
    """Build the project at `root` into `to`, in this process, with `env` added to the environment.

    `target` is the name of one, or an instance of a builder.
    """
    to.mkdir(parents=True, exist_ok=True)
    said, printed = io.StringIO(), io.StringIO()
    code = 0
    versions = ["editable" if target == "editable" else "standard"] if target != "custom" else []
    with surroundings(root, env or {}) as temporary:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(printed):
            try:
                one = builder(str(root), target) if isinstance(target, str) else target
                list(one.build(directory=str(to), **{"versions": versions, **options}))
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else 1
            except Exception:  # noqa: BLE001
                traceback.print_exc()
                code = 1
        litter = sorted(os.listdir(temporary))
    return Built(code, *told(said.getvalue(), printed.getvalue()), only_file(to), litter)


@functools.lru_cache(maxsize=None)
def hatchling() -> Tuple[int, ...]:
    """Return the version of Hatchling that is installed here."""
    return tuple(int(part) for part in version("hatchling").split(".")[:3])


def told(said: str, printed: str) -> Tuple[str, str]:
    """What was said, and what was printed besides: before 1.24.2 Hatchling says everything on stdout."""
    return (said + printed, "") if hatchling() < (1, 24, 2) else (said, printed)


def builder(root: str, target: str):
    from hatchling.builders.custom import CustomBuilder
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    return {"sdist": SdistBuilder, "custom": CustomBuilder}.get(target, WheelBuilder)(root)


@contextlib.contextmanager
def surroundings(root: Path, env: Dict[str, str]) -> Iterator[str]:
    """The working directory of a build, its environment, and a temporary folder of its own."""
    cwd = os.getcwd()
    with contextlib.ExitStack() as stack:
        temporary = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(mock.patch.object(tempfile, "tempdir", temporary))
        stack.enter_context(mock.patch.dict(os.environ, {"PWD": str(root), **env}))
        stack.callback(os.chdir, cwd)
        os.chdir(str(root))
        yield temporary


def build_apart(
    root: Path,
    target: str,
    to: Path,
    env: Optional[Dict[str, str]] = None,
    timeout: float = 60,
    *,
    unprivileged: bool = False,
) -> Built:
    """The same in a process of its own: for what may hang, and for what needs the modes of files to bind."""
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        places = {"PWD": str(root), **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary)}
        try:
            done = subprocess.run(
                [sys.executable, "-m", "hatchling", "build", "-t", COMMAND_LINE[target], "-d", str(to)],
                cwd=str(root),
                env={**unmeasured(), **places, **(env or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="surrogateescape",
                timeout=timeout,
                preexec_fn=without_privileges if unprivileged else None,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Built(None, "", "", None, [])
        litter = sorted(os.listdir(temporary))
    said, printed = told(done.stderr, done.stdout)
    # The command line names the archive: that line is not the hook's.
    said = "".join(line for line in said.splitlines(True) if not line.rstrip().endswith((".tar.gz", ".whl")))
    return Built(done.returncode, said, printed, only_file(to), litter)


def unmeasured() -> Dict[str, str]:
    """The environment without what makes coverage.py write a file into the project of every process."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))}


def without_privileges() -> None:
    """Give up what makes root read everything (Linux); for an ordinary user there is nothing to give up."""
    if os.getuid() == 0:
        prctl: Callable[..., int] = ctypes.CDLL(None).prctl
        drop_from_bounding_set, dac_override, dac_read_search = 24, 1, 2
        for capability in (dac_override, dac_read_search):
            if prctl(drop_from_bounding_set, capability, 0, 0, 0):
                os._exit(99)


def only_file(directory: Path) -> Optional[Path]:
    files = sorted(directory.iterdir())
    assert len(files) < 2, files
    return files[0] if files else None


@dataclasses.dataclass(frozen=True)
class Archive:
    """The members of an sdist (without its root directory) or of a wheel: files with content, links with text."""

    files: Dict[str, bytes]
    links: Dict[str, str]
    refused: List[str]

    @property
    def names(self) -> List[str]:
        return sorted([*self.files, *self.links])

    def below(self, path: str) -> List[str]:
        """The member `path` and all that lies below it."""
        path = path.rstrip("/")
        return [name for name in self.names if name == path or name.startswith(path + "/")]


def read(path: Path) -> Archive:
    if not path.name.endswith(".tar.gz"):
        with zipfile.ZipFile(str(path)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        return Archive(files, {}, [name for name in files if is_outside(name)])
    files, links, refused = {}, {}, []
    with tarfile.open(str(path)) as archive:
        top = path.name[: -len(".tar.gz")] + "/"
        for member in archive:
            name = member.name[len(top) :]
            if member.issym():
                links[name] = member.linkname
                if is_outside(member.linkname, posixpath.dirname(name)):
                    refused.append(name)
            elif member.isreg() or member.islnk():
                content = archive.extractfile(member)
                assert content is not None
                files[name] = content.read()
            else:
                refused.append(name)
            if not member.name.startswith(top) or is_outside(name) or REFUSED_NAME.search(name):
                refused.append(name)
    return Archive(files, links, refused)


# Facts: names that uv 0.13 refuses.
REFUSED_NAME = re.compile("[\x00-\x1f\x7f:\\\\\ud800-\udfff]| (?:/|$)")


def is_outside(path: str, below: str = "") -> bool:
    path = posixpath.normpath(posixpath.join(below, path))
    return path.startswith(("/", "../")) or path == ".."


def unpack(path: Path, to: Path) -> Path:
    """Unpack the sdist as pip and build do, and return its root."""
    with tarfile.open(str(path)) as archive:
        archive.extractall(str(to), **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return to / path.name[: -len(".tar.gz")]
