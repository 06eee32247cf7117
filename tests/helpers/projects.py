"""The test projects: files to create, configuration and expected results.

The format of `case.toml` is described in test-projects/README.md.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import shutil
import socket
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple
from urllib.parse import unquote_to_bytes

from building import NO_HOOKS, PYPROJECT, Built, build, read
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


@dataclasses.dataclass(frozen=True)
class Expect:
    """The expected result of one target. Paths are those in the archive, below the top-level directory of an sdist."""

    result: str = "builds"  # or "rejected"
    codes: List[str] = dataclasses.field(default_factory=list)  # exactly these are reported; ["*"]: not checked
    says: List[str] = dataclasses.field(default_factory=list)  # text that the output contains
    unsaid: List[str] = dataclasses.field(default_factory=list)
    gone: List[str] = dataclasses.field(default_factory=list)  # neither these members nor anything below them
    kept: List[str] = dataclasses.field(default_factory=list)
    links: Dict[str, str] = dataclasses.field(default_factory=dict)  # symlinks, with their link targets
    copied: Dict[str, str] = dataclasses.field(default_factory=dict)  # regular files, with text that they contain
    without: str = "same"  # what happens without the hook: see `WITHOUT`
    leaks: List[str] = dataclasses.field(default_factory=list)  # for "leaks"; `gone` unless given
    unpacks: bool = True  # False if the options pack members that installers refuse
    rebuilds: bool = True  # False if the sdist lacks files that a wheel needs


@dataclasses.dataclass(frozen=True)
class Through:
    """The expected wheel from the unpacked sdist: equal to that from the tree, with these members."""

    kept: List[str]
    without: str = "kept"  # without the hook: "kept", "loses" some of them, or the build "fails"
    front_ends: bool = False  # whether real front ends build it too

    def __post_init__(self) -> None:
        assert self.kept
        assert self.without in {"kept", "loses", "fails"}


WITHOUT = {
    "same": "same bytes",
    "leaks": "packed",
    "unsafe": "archive that installers refuse",
    "loses": "files missing",
    "crashes": "traceback",
    "hangs": "hangs",
    "builds": "builds",
}


@dataclasses.dataclass(frozen=True)
class Case:
    project: str
    name: str
    about: str
    options: Dict[str, Any]
    before: str
    append: str
    plant: Dict[str, str]
    env: Dict[str, str]
    needs: Tuple[int, ...]  # oldest Hatchling that supports the case
    expect: Dict[str, Expect]
    through: Optional[Through] = None

    @property
    def id(self) -> str:
        options = "+".join(f"{key}={value}" for key, value in self.options.items())
        return ":".join(part for part in (self.project, self.name, options) if part)

    @property
    def unprivileged(self) -> bool:
        """Whether the build must run as a user without root permissions."""
        return any(what.startswith("unreadable") for what in self.plant.values())


def load() -> List[Case]:
    return [case for path in sorted(PROJECTS.glob("*/case.toml")) for case in _cases(path)]


def _cases(path: Path) -> Iterator[Case]:
    with path.open("rb") as file:
        data = tomllib.load(file)
    cases = data.pop("case")
    common = {"plant": {}, "env": {}, "options": {}, "before": "", "append": "", "about": "", "needs": "1.22", **data}
    for row in cases:
        expect = {target: Expect(**row.pop(target)) for target in TARGETS if target in row}
        through = Through(**row.pop("through")) if "through" in row else None
        for wanted in expect.values():
            assert wanted.result in {"builds", "rejected"}, (path, wanted.result)
            assert wanted.without in WITHOUT, (path, wanted.without)
        yield Case(
            project=path.parent.name,
            name=row.pop("name", ""),
            about=row.pop("about", common["about"]),
            options={**common["options"], **row.pop("options", {})},
            before=common["before"] + row.pop("before", ""),
            append=common["append"] + row.pop("append", ""),
            plant={**common["plant"], **row.pop("plant", {})},
            env={**common["env"], **row.pop("env", {})},
            needs=tuple(int(part) for part in row.pop("needs", common["needs"]).split(".")),
            expect=expect,
            through=through,
        )
        assert not row, f"{path}: unknown keys {sorted(row)}"


# --- Making the project -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def made(case: Case, where: Path) -> Iterator[Path]:
    """Copy the project of `case` below `where`, and create its files."""
    root = where / "project"
    shutil.copytree(PROJECTS / case.project, root, ignore=shutil.ignore_patterns("case.toml"))
    for name in ("pyproject.toml", "hatch.toml"):
        if (root / name).exists():
            set_options(root / name, case.options)
    if case.before:
        path = root / "pyproject.toml"
        text = HOOK_TABLE.sub(lambda table: case.before + table.group(), path.read_text(encoding="utf-8"), count=1)
        path.write_text(text, encoding="utf-8")
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(fill(case.append, root))
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


def set_options(path: Path, options: Dict[str, Any]) -> None:
    """Write `options` into the first of the hook's tables in `path`."""
    text = path.read_text(encoding="utf-8")
    lines = "".join(f"\n{key} = {json.dumps(value)}" for key, value in options.items())
    path.write_text(HOOK_TABLE.sub(lambda table: table.group() + lines, text, count=1), encoding="utf-8")


def switch_off(path: Path) -> None:
    """Disable the hook, and no other."""
    text = path.read_text(encoding="utf-8")
    path.write_text(HOOK_TABLE.sub(r"\g<0>\nenable-by-default = false", text), encoding="utf-8")


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
    ".gitignore",
    "archive-v0/b1/lib.py",
    "builds-v0/.tmp1/CACHEDIR.TAG",
    f"builds-v0/.tmp1/bin/python -> {OUTSIDE}",
    f"builds-v0/.tmp1/{PACKAGES}/dep.py",
    "builds-v0/.tmp1/pyvenv.cfg",
    "interpreter-v4/info.msgpack",
    "sdists-v9/.gitignore",
    "wheels-v5/x.http",
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
    "uv cache": tree(*UV_CACHE, tag=True),
    "uv cache without a tag": tree(*(name for name in UV_CACHE if name != "builds-v0/.tmp1/CACHEDIR.TAG")),
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

    def put(self, name: str, text: str = "x") -> Path:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

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
