"""A disk that is full, a directory that is closed, a person who presses Ctrl-C, and names that are meant to deceive."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
import unicodedata
from pathlib import Path
from typing import Callable, Dict, Iterator, List

import pytest
from building import NO_HOOKS, Built, build, build_apart, read, unmeasured
from projects import KINDS

if os.name == "nt":
    pytest.skip("modes, signals and names of POSIX", allow_module_level=True)

HEAD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo"\n'
HOOK = 'version = "1.0"\n[tool.hatch.build.hooks.nocache]\n'
BIG = 300


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    package = root / "src" / "demo"
    package.mkdir(parents=True)
    (package / "__init__.py").write_bytes(b"")
    (root / "pyproject.toml").write_text(HEAD + HOOK, encoding="utf-8")
    KINDS["cache"](str(root / "store"))
    return root


def make_big(project: Path) -> None:
    """Let the archive take some 20 MB and some seconds."""
    for number in range(BIG):
        (project / "src" / "demo" / f"{number}.bin").write_bytes(os.urandom(1 << 16))


# --- Closed to an ordinary user ---------------------------------------------------------------------------------------


@pytest.fixture
def lock() -> Iterator[Callable[[Path], None]]:
    """Close a file or a directory, and open it again in the end."""
    locked: List[Path] = []

    def close(path: Path, mode: int = 0) -> None:
        path.chmod(mode)
        locked.append(path)

    yield close
    for path in locked:
        path.chmod(0o700)


@pytest.mark.parametrize("target", ["sdist", "wheel"])
@pytest.mark.parametrize("where", ["src/demo/locked.py", "src/demo/sub/locked.py"])
def test_an_unreadable_file(project: Path, tmp_path: Path, lock, where: str, target: str) -> None:
    """The build ends before an archive exists, and names the file."""
    (project / where).parent.mkdir(exist_ok=True)
    (project / where).write_bytes(b"secret")
    lock(project / where)
    built = build_apart(project, target, tmp_path / "dist", unprivileged=True)
    assert built.code == 1
    assert not built.crashed, built.said
    assert where in built.said
    assert (built.archive, built.litter) == (None, [])


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o100])
@pytest.mark.parametrize("where", ["src/demo/locked", "store", "store/locked"])
def test_an_unreadable_directory(project: Path, tmp_path: Path, lock, where: str, mode: int) -> None:
    """The build comes to the same end as without the hook, or to a better one, and in neither case to a traceback."""
    (project / where).mkdir(exist_ok=True)
    (project / where / "module.py").write_bytes(b"")
    lock(project / where, mode)
    built = build_apart(project, "sdist", tmp_path / "dist", unprivileged=True)
    assert not built.crashed, built.said
    assert built.litter == []
    control = build_apart(project, "sdist", tmp_path / "control", NO_HOOKS, unprivileged=True)
    if built.code != 0:
        assert control.code != 0
        assert where in built.said
        assert built.archive is None
    else:
        assert built.archive is not None
        names = read(built.archive).names
        assert {"pyproject.toml", "src/demo/__init__.py"} <= set(names)
        assert where == "store" or [name for name in names if name.startswith("store")] == []


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_dist_is_read_only(project: Path, tmp_path: Path, lock, target: str) -> None:
    """The archive cannot be put where it belongs: the build fails, and nothing of it lies there."""
    dist = tmp_path / "dist"
    dist.mkdir()
    lock(dist, 0o500)
    built = build_apart(project, target, dist, unprivileged=True)
    assert built.code not in (0, None)
    assert built.archive is None
    assert "dist" in built.said


# --- A full disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A directory with room for one megabyte."""
    where = tmp_path / "small"
    where.mkdir()
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("only root may mount")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(where)], check=False).returncode != 0:
        pytest.skip("no mounting here")
    yield where
    subprocess.run(["umount", str(where)], check=True)


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_dist_is_full(project: Path, small_disk: Path, target: str, *, old: bool) -> None:
    """No half archive lies there; and an older one that is half overwritten is worse than none."""
    dist = small_disk / "dist"
    if old:
        assert build_apart(project, target, dist).code == 0
    make_big(project)
    built = build_apart(project, target, dist)
    assert built.code not in (0, None)
    assert built.archive is None
    assert "No space left" in built.said


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_the_temporary_folder_is_full(project: Path, tmp_path: Path, target: str) -> None:
    """A file may not grow beyond 100 kB: nothing comes of the build, and nothing lies in `dist/`."""
    make_big(project)
    code = textwrap.dedent(
        """
        import resource, runpy, signal, sys

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        sys.argv = ["hatchling", "build", "-t", sys.argv[1], "-d", sys.argv[2]]
        runpy.run_module("hatchling", run_name="__main__")
        """
    )
    dist = tmp_path / "dist"
    dist.mkdir()
    command = [sys.executable, "-c", code, target, str(dist)]
    env = {**unmeasured(), "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=str(project), env=env, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    assert done.returncode != 0
    assert "File too large" in done.stderr
    assert list(dist.iterdir()) == []


# --- Ctrl-C -----------------------------------------------------------------------------------------------------------

INTERRUPTED = textwrap.dedent(
    """
    import os, sys

    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    builder = {"sdist": SdistBuilder, "wheel": WheelBuilder}[sys.argv[1]](os.getcwd())
    try:
        list(builder.build(directory=sys.argv[2], versions=["standard"]))
    except KeyboardInterrupt:
        names = (*vars(builder), *vars(builder.config))
        print("interrupted, left:", [name for name in names if name.startswith(("recurse", "set_build_data"))])
    """
)


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_an_interrupt(project: Path, tmp_path: Path, target: str) -> None:
    """While the archive is written: none lies in `dist/`, and the builder is as it was."""
    make_big(project)
    dist, temporary = tmp_path / "dist", tmp_path / "temporary"
    dist.mkdir()
    temporary.mkdir()
    command = [sys.executable, "-c", INTERRUPTED, target, str(dist)]
    env = {**unmeasured(), "TMPDIR": str(temporary)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=str(project), env=env, stdout=pipe, stderr=pipe, encoding="utf-8") as process:
        end = time.monotonic() + 60
        # The archive has begun to grow.
        while not any(path.stat().st_size > 100_000 for path in temporary.iterdir()):
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        printed, said = process.communicate(timeout=60)
    # An old Hatchling says everything on stdout.
    assert printed.endswith("interrupted, left: []\n"), said
    assert ("NC001 store/" in said + printed) is (target == "sdist")
    assert list(dist.iterdir()) == []


# --- Names that are meant to deceive ----------------------------------------------------------------------------------

HOSTILE = (
    "\n::error::injected",
    "\r\nNC101 injected",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\u202egnp.exe",
    "\u2066isolate\u2069",
    "::error file=x::injected",
    "##[error]injected",
    "\x9b31m",
    "\u2028line",
    "\u200bwidth",
    "not-utf8-\udcff",
    "\x7f\x08\x08",
)


def check_tame(built: Built) -> None:
    """Nothing that is said is a command to a terminal or to a CI system."""
    for line in built.said.splitlines() if "\x0b" not in built.said else [built.said]:
        bad = [character for character in line if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
        assert bad == [], ascii(built.said)
        assert "::" not in line, ascii(line)
        assert "##[" not in line, ascii(line)
        assert re.match(r"\s*NC101 injected|injected", line) is None
    assert set("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029") & set(built.said) == set()
    assert not built.crashed, ascii(built.said)


@pytest.fixture
def say(project: Path, tmp_path: Path) -> Callable[..., Built]:
    """Build, with all that can be said."""

    def run(target: str = "sdist", tables: str = "", **env: str) -> Built:
        (project / "pyproject.toml").write_text(HEAD + HOOK + tables, encoding="utf-8")
        built = build(project, target, tmp_path / "dist" / str(len(env)) / target, {"HATCH_VERBOSE": "2", **env})
        check_tame(built)
        return built

    return run


@pytest.mark.parametrize("target", ["sdist", "wheel"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_file_name(project: Path, say, text: str, target: str) -> None:
    """In the name of a file, of a cache, and of what is a link and what is a FIFO."""
    package = project / "src" / "demo"
    (package / f"file{text}").write_bytes(b"")
    KINDS["cache"](str(package / f"cache{text}"))
    KINDS["venv"](str(package / f"venv{text}"))
    (package / f"directory{text}").mkdir()
    (package / f"directory{text}" / "CACHEDIR.TAG").write_bytes(b"no signature")
    (package / f"link{text}").symlink_to("/nowhere")
    os.mkfifo(str(package / f"fifo{text}"))
    built = say(target)
    assert built.code == 1
    assert {"NC001", "NC004", "NC201"} <= set(built.codes)


@pytest.mark.parametrize("target", ["sdist", "wheel"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_link_target(project: Path, tmp_path: Path, say, text: str, target: str) -> None:
    """In the text of a link: an absolute one, one that leaves, a dangling one, one to a directory outside."""
    package = project / "src" / "demo"
    outside = tmp_path / f"outside{text.replace('/', '')}"
    outside.mkdir()
    (outside / "file").write_bytes(b"")
    (package / "absolute").symlink_to(f"/nowhere{text}")
    (package / "leaving").symlink_to(f"../../../{outside.name}/file")
    (package / "directory").symlink_to(str(outside))
    (package / "dangling").symlink_to(f"nothing{text}")
    built = say(target)
    assert built.code == 1
    assert {"NC104", "NC203"} & set(built.codes)
    if target == "sdist":
        assert {"NC101", "NC102", "NC103"} <= set(built.codes)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_variable(project: Path, say, text: str) -> None:
    """In a variable that says where a cache is, and in the path that it says."""
    where = project / f"uv{text}"
    KINDS["uv cache"](str(where))
    built = say(UV_CACHE_DIR=str(where))
    assert "UV_CACHE_DIR" in built.said
    relative = say(UV_CACHE_DIR=f"./{where.name}", PIP_CACHE_DIR=f"store{text}", VIRTUAL_ENV=text)
    assert "UV_CACHE_DIR" in relative.said
    unrelated = say(UV_CACHE_DIR=f"/elsewhere{text}", XDG_CACHE_HOME=text)
    assert "uv" in unrelated.said


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\udcff" not in text])
def test_a_hostile_configuration(say, text: str) -> None:
    """In the hook's own table, in another tool's, and in paths that hatchling does not find."""
    quoted = '"' + "".join(f"\\u{ord(character):04x}" for character in text) + '"'
    for line in (
        f"{quoted} = 1",
        f"caches = {quoted}",
        f"symlinks = {quoted}",
        f"allow = [{quoted}]",
        f"extra-caches = [{quoted}, '[z-a]']",
        f"[tool.uv]\ncache-dir = {quoted}",
        f"[tool.hatch.build.force-include]\n{quoted} = {quoted}",
        f"[tool.hatch.build.force-include]\nstore = {quoted}",
        f"[tool.hatch.build]\ninclude = [{quoted}]\nartifacts = [{quoted}]",
    ):
        built = say("sdist", f"{line}\n")
        assert built.said != "", line


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_place(tmp_path: Path, text: str) -> None:
    """In the path that leads to the project."""
    root = tmp_path / f"project{text}"
    (root / "src" / "demo").mkdir(parents=True)
    (root / "src" / "demo" / "__init__.py").write_bytes(b"")
    (root / "src" / "demo" / "link").symlink_to(str(root / "src"))
    (root / "src" / "demo" / "l").symlink_to(str(root / "nothing"))
    (root / "pyproject.toml").write_text(HEAD + HOOK, encoding="utf-8")
    env: Dict[str, str] = {"UV_CACHE_DIR": str(root / "store")}
    KINDS["uv cache"](str(root / "store"))
    built = build(root, "sdist", tmp_path / "dist", env)
    check_tame(built)
    assert "NC101" in built.codes
