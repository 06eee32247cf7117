"""What the README says of uv, pip, build and hatch, asked of them. Its words are read from it, not repeated here."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Callable, Iterator, List, Tuple

import pytest
import yaml
from building import read
from projects import KINDS, PROJECTS, load, made
from readme import README, blocks

PYTHON = sys.executable
# On both sides of each end that the README names; "" is the newest.
UV = ["0.8.0", "0.8.1", "0.8.11", "0.8.12", "0.8.21", "0.8.22", "0.11.27", "0.11.28", "0.12.24", "0.13.0", ""]
NO_HOOKS = {"HATCH_BUILD_NO_HOOKS": "true"}
JOB = {"UV_CACHE_DIR": ".uv-cache", "UV_LINK_MODE": "copy", "UV_PYTHON": PYTHON}
WARNING = "The cache directory `.uv-cache` is inside the build source directory"


def number(version: str) -> Tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def first_screen() -> Iterator[Tuple[str, str, List[Tuple[int, ...]]]]:
    """Each line with the program that says it, and the first and the last version: 0.12 is every 0.12."""
    for line in blocks("text")[0].splitlines():
        words, who = re.split(r" {3,}", line)
        program, *versions = re.findall(r"[a-z]{3,}|uv|[\d.]+", who)
        yield words, program, [number(version) for version in versions if version != "to"]


LINES = list(first_screen())


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The project of the report."""
    root = tmp_path / "project"
    shutil.copytree(str(PROJECTS / "gitlab-uv-cache"), str(root))
    (root / "case.toml").unlink()
    return root


@pytest.fixture
def poisoned(report: Path, run, uv, filled) -> Path:
    """Its sdist as the job builds it without the hook, by the newest uv. All programs are given the same."""

    def fill(directory: Path) -> None:
        done = run(uv(""), "build", "--sdist", "-o", directory, cwd=report, **JOB, **NO_HOOKS)
        assert done.returncode == 0

    sdist = filled("poisoned", fill) / "demo-1.0.tar.gz"
    assert read(sdist).below(".uv-cache")
    return sdist


@pytest.fixture
def refusal(poisoned: Path, run, uv, tmp_path: Path) -> Callable[[str, str], str]:
    """What a program says when it is to build a wheel from it."""

    def words(program: str, version: str = "") -> str:
        command = {
            "uv": lambda: [uv(version), "build", "--wheel", "-o", tmp_path, poisoned],
            "pip": lambda: [PYTHON, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path, poisoned],
            "build": lambda: [PYTHON, "-m", "build", "--wheel", "-o", tmp_path, poisoned],
        }[program]()
        done = run(*command, cwd=tmp_path, UV_CACHE_DIR=str(tmp_path / "cache"), UV_PYTHON=PYTHON)
        assert (done.returncode == 0) is (version == "0.8.0")
        return done.words

    return words


def pattern(words: str) -> str:
    """`…` stands for anything, and the interpreter may lie elsewhere."""
    return re.escape(words).replace("…", r"\S*").replace(re.escape("/usr/bin/python3"), r"/\S*python[\d.]*")


def test_lines_of_the_first_screen() -> None:
    """Each end is a version that is tried, with one beyond it."""
    assert [program for _, program, _ in LINES] == ["uv"] * 5 + ["pip", "build"]
    tried = [number(version) for version in UV if version]
    for _, _, ends in LINES[:5]:
        first, last = ends[0], ends[-1]
        assert first in tried or (*first, 0) in tried
        assert min(tried) < first
        assert last[:2] == (0, 13) or [each for each in tried if each[: len(last)] == last]


@pytest.mark.parametrize("version", UV)
def test_first_screen_of_uv(version: str, refusal, run, uv, tmp_path: Path) -> None:
    """A line is said by the versions that are named beside it, and by no other."""
    said = refusal("uv", version)
    exact = number(re.search(r"[\d.]+", run(uv(version), "--version", cwd=tmp_path).stdout).group())
    told = {words for words, _, ends in LINES[:5] if ends[0] <= exact and exact[: len(ends[-1])] <= ends[-1]}
    assert {words for words, _, _ in LINES[:5] if re.search(pattern(words), said)} == told


@pytest.mark.parametrize(("words", "program"), [line[:2] for line in LINES[5:]])
def test_first_screen_of_others(words: str, program: str, refusal) -> None:
    assert re.search(pattern(words), refusal(program))


@pytest.mark.parametrize("version", ["0.8.4", "0.11.26", ""])
def test_gitlab_job(version: str, report: Path, run, uv) -> None:
    """The README's job: it fails without the hook, and passes with it, twice, since the cache stays."""
    (job,) = yaml.safe_load(blocks("yaml")[0]).values()

    def script(**env: str) -> Tuple[List[int], str]:
        codes, words = [], ""
        for line in job["script"]:
            program, *arguments = line.split()
            assert program == "uv"
            done = run(uv(version), *arguments, cwd=report, UV_PYTHON=PYTHON, **job["variables"], **env)
            codes.append(done.returncode)
            words += done.words
        return codes, words

    codes, words = script(**NO_HOOKS)
    assert codes == [2, 0]
    assert "hatch-nocache" not in words
    for _ in range(2):
        shutil.rmtree(str(report / "dist"))
        codes, words = script()
        assert codes == [0, 0]
        for line in blocks("console")[0].splitlines():
            assert " ".join(line.split()) in words
        assert len(list((report / "dist").glob("demo*"))) == 2
        assert read(report / "dist" / "demo-1.0.tar.gz").below(".uv-cache") == []
        # What the README says of uv's warning: from 0.11.26 on, and no more than that.
        assert WARNING in README
        assert (WARNING in words) is (version != "0.8.4")


def test_uv_does_not_warn_of_other_caches(report: Path, run, uv, tmp_path: Path) -> None:
    assert "says nothing of other caches" in README
    KINDS["uv cache"](str(report / "store"))
    KINDS["venv"](str(report / "venv"))
    env = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_PYTHON": PYTHON}
    done = run(uv(""), "build", "--sdist", cwd=report, **env, **NO_HOOKS)
    assert done.returncode == 0
    assert "warning" not in done.words
    assert read(report / "dist" / "demo-1.0.tar.gz").below("store")
    done = run(uv(""), "build", "--sdist", cwd=report, **env)
    assert "NC001 store/" in done.words
    assert "NC004 venv/" in done.words


@pytest.mark.parametrize("option", [[], ["-v"]])
def test_pip_shows_it_with_v_only(option: List[str], report: Path, run, tmp_path: Path) -> None:
    assert "pip shows nothing of a build that succeeds, except with `-v`." in " ".join(README.split())
    KINDS["cache"](str(report / "src" / "demo" / "store"))
    done = run(PYTHON, "-m", "pip", "wheel", *option, "--no-deps", "-w", tmp_path / "out", ".", cwd=report)
    assert done.returncode == 0
    assert ("NC001 src/demo/store/" in done.words) is bool(option)


@pytest.mark.parametrize("how", ["HATCH_VERBOSE=1", "hatch -v build"])
def test_all_of_it(how: str, report: Path, run, tmp_path: Path) -> None:
    assert f"`{how}`" in README
    for number in range(30):
        KINDS["cache"](str(report / "src" / f"store-{number}"))

    def shown(*option: str, **env: str) -> int:
        command = [PYTHON, "-m", "hatch", *option, "build", "-t", "sdist"]
        done = run(*command, cwd=report, HATCH_DATA_DIR=str(tmp_path / "hatch"), **env)
        assert done.returncode == 0
        return done.stdout.count("NC001 src/store-")

    assert 0 < shown() < 12
    assert (shown(HATCH_VERBOSE="1") if how.startswith("HATCH") else shown("-v")) == 30


def test_monorepo(run, tmp_path: Path) -> None:
    """Without the hook pip refuses the sdist; with the hook it is not built; with `copy` pip takes it."""
    assert 'With `symlinks = "copy"` both become regular files' in README
    case = next(case for case in load() if (case.project, case.name) == ("monorepo", "the default"))

    def sdist(root: Path, **env: str) -> int:
        shutil.rmtree(str(root / "dist"), ignore_errors=True)
        return run(PYTHON, "-m", "hatchling", "build", "-t", "sdist", cwd=root, **env).returncode

    def pip(root: Path) -> int:
        (archive,) = (root / "dist").glob("*.tar.gz")
        return run(PYTHON, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path / "out", archive, cwd=tmp_path).returncode

    with made(case, tmp_path) as root:
        assert sdist(root, **NO_HOOKS) == 0
        assert pip(root) != 0
        assert sdist(root) != 0
        pyproject = root / "pyproject.toml"
        text = pyproject.read_text(encoding="utf-8")
        table = "[tool.hatch.build.hooks.nocache]\n"
        assert table in text
        pyproject.write_text(text.replace(table, table + 'symlinks = "copy"\n'), encoding="utf-8")
        assert sdist(root) == 0
        assert read(next((root / "dist").glob("*.tar.gz"))).links == {}
        assert pip(root) == 0
