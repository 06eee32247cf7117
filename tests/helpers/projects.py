"""The test projects: files to create, configuration and expected results.

The format of `case.toml` is described in test-projects/README.md.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence
from urllib.parse import unquote_to_bytes

from building import NO_HOOKS, PYPROJECT, Built, build, hatchling, read
from lacking import file_name, modes_bind

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECTS = Path(__file__).parents[2] / "test-projects"
TARGETS = ("sdist", "wheel", "editable", "custom")
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
HOOK_TABLE = re.compile(r"^\[(?:tool\.hatch\.)?build\.(?:targets\.\w+\.)?hooks\.nocache\]$", re.MULTILINE)

# --- Expected results -------------------------------------------------------------------------------------------------


class Expect(NamedTuple):
    """The expected result of one target: see test-projects/README.md."""

    result: str = "builds"
    codes: Sequence[str] = ()
    says: Sequence[str] = ()
    unsaid: Sequence[str] = ()
    gone: Sequence[str] = ()
    kept: Sequence[str] = ()
    links: Mapping[str, str] = MappingProxyType({})
    copied: Mapping[str, str] = MappingProxyType({})
    without: str = "same"
    leaks: Sequence[str] = ()
    unpacks: bool = True
    rebuilds: bool = True


class Through(NamedTuple):
    """The expected wheel from the unpacked sdist."""

    kept: Sequence[str]
    without: str = "kept"
    front_ends: bool = False


WITHOUT = {
    "same": "same bytes",
    "leaks": "packed",
    "unsafe": "archive that installers refuse",
    "loses": "files missing",
    "crashes": "traceback",
    "hangs": "hangs",
    "builds": "builds",
}


class Case(NamedTuple):
    project: str
    expect: Dict[str, Expect]
    through: Optional[Through]
    name: str = ""
    about: str = ""
    options: Mapping[str, Any] = MappingProxyType({})
    before: str = ""
    append: str = ""
    plant: Mapping[str, str] = MappingProxyType({})
    env: Mapping[str, str] = MappingProxyType({})
    needs: str = "1.22"  # oldest Hatchling that supports the case

    @property
    def id(self) -> str:
        options = "+".join(f"{key}={value}" for key, value in self.options.items())
        return ":".join(part for part in (self.project, self.name, options) if part)

    @property
    def is_supported(self) -> bool:
        return hatchling() >= tuple(map(int, self.needs.split(".")))

    @property
    def unprivileged(self) -> bool:
        """Whether the build must run as a user without root permissions."""
        return any(what.startswith("unreadable") for what in self.plant.values())

    def variables(self, root: Path) -> Dict[str, str]:
        return {name: fill(value, root) for name, value in self.env.items()}


def load() -> List[Case]:
    return [case for path in sorted(PROJECTS.glob("*/case.toml")) for case in _cases(path)]


def _cases(path: Path) -> Iterator[Case]:
    common = tomllib.loads(path.read_text(encoding="utf-8"))
    for row in common.pop("case"):
        expect = {target: Expect(**row.pop(target)) for target in TARGETS if target in row}
        through = Through(**row.pop("through")) if "through" in row else None
        assert {each.result for each in expect.values()} <= {"builds", "rejected"}
        assert {each.without for each in expect.values()} <= set(WITHOUT)
        assert through is None or (through.kept and through.without in {"kept", "loses", "fails"})
        for key, value in common.items():
            if isinstance(value, dict):
                row[key] = {**value, **row.get(key, {})}
            elif key in ("before", "append"):
                row[key] = value + row.get(key, "")
            else:
                row.setdefault(key, value)
        yield Case(path.parent.name, expect, through, **row)


# --- Making the project -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def made(case: Case, where: Path) -> Iterator[Path]:
    """Copy the project of `case` below `where`, and create its files."""
    root = where / "project"
    shutil.copytree(PROJECTS / case.project, root, ignore=shutil.ignore_patterns("case.toml"))
    options = "".join(f"\n{key} = {json.dumps(value)}" for key, value in case.options.items())
    for path in root.glob("*.toml"):
        before, after = (case.before, fill(case.append, root)) if path.name == "pyproject.toml" else ("", "")
        text = path.read_text(encoding="utf-8")
        found = HOOK_TABLE.search(text)
        if found:
            text = text[: found.start()] + before + found.group() + options + text[found.end() :]
        path.write_text(text + after, encoding="utf-8")
    locked: List[str] = []
    for name, what in case.plant.items():
        plant(root, file_name(unquote_to_bytes(name)), fill(what, root), locked)
    for path in locked:
        os.chmod(path, 0)
    try:
        yield root
    finally:
        for path in locked:
            os.chmod(path, 0o700)


def fill(text: str, root: Path) -> str:
    """Replace `{root}` by the project and `{parent}` by its parent directory."""
    return text.replace("{root}", str(root)).replace("{parent}", str(root.parent))


def without_hook(root: Path) -> Dict[str, str]:
    """Return variables that disable the hook. If there is another one, disable this one in the tables instead."""
    if not (root / "hatch_build.py").exists():
        return NO_HOOKS
    for path in root.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(HOOK_TABLE.sub(r"\g<0>\nenable-by-default = false", text), encoding="utf-8")
    return {}


def plant(root: Path, name: str, what: str, locked: List[str]) -> None:
    path = os.path.join(str(root), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if what.startswith("-> "):
        os.symlink(what[3:], path)
    elif what.startswith("hard link to "):
        os.link(os.path.join(str(root), what[len("hard link to ") :]), path)
    elif what.startswith("file: "):
        write(path, what[len("file: ") :].encode())
    else:
        if what.startswith("unreadable "):
            modes_bind()
            locked.append(path)
            what = what[len("unreadable ") :]
        KINDS[what](path)


def write(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def tree(*files: str, tag: bool = False) -> Callable[[str], None]:
    """Return a function that creates a directory with `files`; "a -> b" is a symlink."""

    def make(path: str) -> None:
        os.makedirs(path, exist_ok=True)
        if tag:
            write(os.path.join(path, "CACHEDIR.TAG"), SIGNATURE)
        for line in files:
            name, arrow, target = line.partition(" -> ")
            at = os.path.join(path, name)
            if arrow:
                os.makedirs(os.path.dirname(at), exist_ok=True)
                os.symlink(target, at)
            else:
                write(at, b"home = /usr/bin\n" if name == "pyvenv.cfg" else b"*")

    return make


def listening(path: str) -> None:
    here = os.getcwd()
    os.chdir(os.path.dirname(path))  # the path of a socket has to be short
    try:
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as unix:
            unix.bind(os.path.basename(path))
    finally:
        os.chdir(here)


PACKAGES = "lib/python3.11/site-packages"
# A file outside the project that every system has, instead of an interpreter.
OUTSIDE = os.path.realpath(os.__file__)
UV_CACHE = (
    *(".gitignore", "archive-v0/b1/lib.py", "interpreter-v4/info.msgpack", "sdists-v9/.gitignore", "wheels-v5/x.http"),
    *(f"builds-v0/.tmp1/{name}" for name in (f"bin/python -> {OUTSIDE}", f"{PACKAGES}/dep.py", "pyvenv.cfg")),
)
KINDS: Dict[str, Callable[[str], None]] = {
    "file": lambda path: write(path, b"content\n"),
    "directory": tree("file.txt"),
    "empty directory": tree(),
    "fifo": lambda path: os.mkfifo(path),  # noqa: PLW0108 (there is none on Windows)
    "socket": listening,
    "tag": lambda path: write(path, SIGNATURE + b"\n# made by a test\n"),
    "forged tag": lambda path: write(path, b"Signature: 00000000000000000000000000000000\n"),
    "short tag": lambda path: write(path, SIGNATURE[:42]),
    "cache": tree("0a/entry.bin", "index.txt", "__init__.py", tag=True),
    "uv cache": tree(*UV_CACHE, "builds-v0/.tmp1/CACHEDIR.TAG", tag=True),
    "uv cache without a tag": tree(*UV_CACHE),
    "venv": tree("pyvenv.cfg", "bin/activate", f"bin/python -> {OUTSIDE}", f"{PACKAGES}/dep.py", "lib64 -> lib"),
    "dangling venv": tree("pyvenv.cfg", "bin/python -> /nowhere/python3", f"{PACKAGES}/dep.py"),
    "copied venv": tree("pyvenv.cfg", "bin/python", f"{PACKAGES}/dep.py"),
    "windows venv": tree("pyvenv.cfg", "Scripts/python.exe", "Lib/site-packages/dep.py"),
    "conda env": tree("conda-meta/history", "bin/python3.11", f"{PACKAGES}/dep.py"),
}

# --- A project that a test makes --------------------------------------------------------------------------------------

HOOK_FILE = "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n\n\n"
HOOK_FILE += "class Other(BuildHookInterface):\n"


class Project:
    """A package `src/demo` with the hook on, in the directory `root`. Each archive is in its own directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.builds = 0
        self.put("src/demo/__init__.py", "")
        self.configure()

    def configure(self, *lines: str, before: str = "", after: str = "") -> None:
        """Write pyproject.toml: `lines` in the hook's table, and what is before and after it."""
        head, table = PYPROJECT.rsplit("\n\n", 1)
        self.put("pyproject.toml", "\n".join([head, before, table.rstrip(), *lines, after, ""]))

    def other_hook(self, body: str, *, first: bool = False, lines: Sequence[str] = ()) -> None:
        """Add another build hook, with `body` in its class, before or after this one."""
        self.put("hatch_build.py", HOOK_FILE + body)
        table = "[tool.hatch.build.hooks.custom]"
        self.configure(*lines, before=table if first else "", after="" if first else table)

    def custom_builder(self, parent: str) -> None:
        """Add the target `custom`, whose builder is like `parent`, one of Hatchling's."""
        self.put("hatch_build.py", f"from hatchling.builders import sdist, wheel\n\nclass C({parent}):\n    pass\n")
        self.configure(after="[tool.hatch.build.targets.custom]")

    def put(self, name: str, text: str = "x") -> Path:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def replace(self, old: str, new: str) -> None:
        """Replace text in pyproject.toml."""
        text = (self.root / "pyproject.toml").read_text(encoding="utf-8")
        self.put("pyproject.toml", text.replace(old, new))

    def add(self, text: str, name: str = "pyproject.toml") -> None:
        """Add text to a file."""
        with open(self.root / name, "a", encoding="utf-8") as file:
            file.write(text)

    def make(self, kind: str, *names: str) -> None:
        """Create files of a kind in `KINDS`."""
        for name in names:
            KINDS[kind](str(self.root / name))

    def link(self, name: str, text: str) -> None:
        """Make a symlink."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(text, self.root / name)

    def build(self, target: str = "sdist", **env: str) -> Built:
        self.builds += 1
        return build(self.root, target, self.root.parent / f"dist{self.builds}", env)

    def same(self, target: str = "sdist", **env: str) -> Built:
        """Build with and without the hook, and assert that both archives are identical."""
        built, control = self.build(target, **env), self.build(target, **NO_HOOKS, **env)
        assert (built.code, control.code) == (0, 0), built.said
        assert built.archive is not None
        assert control.archive is not None
        assert built.archive.read_bytes() == control.archive.read_bytes()
        return built


def names(built: Built) -> List[str]:
    """Return the members of the archive, which must exist."""
    assert built.code == 0, built.said
    assert built.archive is not None
    return read(built.archive).names
