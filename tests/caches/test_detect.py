"""The decision: tags, precedence, homes of caches, the sentences, owners of symlinks."""

from __future__ import annotations

import os

import pytest
from cache_samples import HOME, SAMPLES, SIGNATURE
from fakes import tree
from projects import names

from hatch_nocache.caches.catalogue import CATALOGUE, ENVIRONMENT, UV
from hatch_nocache.caches.declared import INTERPRETER, NOTHING, Declaration, Surroundings
from hatch_nocache.caches.detect import detect, link_owner, tag_problem
from hatch_nocache.caches.match import HEAD_SIZE, is_candidate
from hatch_nocache.selection.directory import DiskDirectory

TAG = f"CACHEDIR.TAG={SIGNATURE}"
BUCKETS = ("archive-v0/", "wheels-v5/")
HERE = "/project/zeta-3"
TOOLS = {tool.name: tool for tool in CATALOGUE}
WAYS = "uv also reads --cache-dir, XDG_CACHE_HOME and `cache-dir` in uv.toml or [tool.uv]"


def said(tool=UV, source="UV_CACHE_DIR", reason="UV_CACHE_DIR=zeta-3", directory=HERE, *, sure=True):
    return Declaration(tool, directory, source, reason, sure)


def found(directory, *declarations, own=(), uv_cache_dir=None):
    evidence = detect(directory, Surroundings(declarations, own, uv_cache_dir))
    assert evidence is not None
    return evidence


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (TAG, None),
        (TAG + "\n", None),
        (TAG + " and more", None),
        (f"cachedir.tag={SIGNATURE}", None),
        ("x.c", None),
        ("CACHEDIR.TAG@", "a symlink"),
        ("CACHEDIR.TAG/", "a directory"),
        ("CACHEDIR.TAG=", "empty or unreadable"),
        (f"CACHEDIR.TAG={SIGNATURE[:-1]}", "cut short"),
        (f"CACHEDIR.TAG={SIGNATURE.upper()}", "wrong signature"),
        (f"CACHEDIR.TAG= {SIGNATURE}", "wrong signature"),
        (f"CACHEDIR.TAG=\ufeff{SIGNATURE}", "wrong signature"),
    ],
)
def test_tag(line, problem):
    """The specification asks for a regular file that begins with the signature; anything else proves nothing."""
    evidence = ("NC001", "cache directory", "valid CACHEDIR.TAG", "") if line.startswith(TAG) else None
    directory = tree(line, "x.c", ".gitignore=# Created by someone.")
    found = detect(directory)
    assert (found and found[:4]) == evidence
    assert tag_problem(directory) == problem


def test_tag_in_another_case(tmp_path):
    """On a case-insensitive file system it is the same file in any case."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "cachedir.tag").write_text(SIGNATURE)
    is_same = (tmp_path / "sub" / "CACHEDIR.TAG").exists()
    assert (detect(DiskDirectory(str(tmp_path / "sub"), "sub")) is not None) == is_same
    directory = tree(f"cachedir.tag={SIGNATURE}")
    assert detect(directory) is None
    directory.head = lambda _, size: SIGNATURE[:size].encode()
    assert is_candidate(directory, NOTHING)
    assert found(directory).code == "NC001"


@pytest.mark.parametrize("own", [[], ["zeta-3"], ["zeta-3/src/zeta"]])
def test_neither_the_root_nor_a_package_is_a_cache(own):
    """A wheel is built from an sdist that was unpacked inside a cache. Not even a valid tag makes one of a package."""
    assert detect(tree(TAG, HOME, path="" if not own else "zeta-3"), Surroundings((said(),), tuple(own), None)) is None


def test_codes_in_the_order_of_the_contract():
    readme = "README=This directory holds cached build artifacts from the Go build system.\n"
    declaration = said(TOOLS["Go build cache"], "GOCACHE")
    assert found(tree(TAG, readme, HOME, location=HERE), declaration).code == "NC001"
    assert found(tree(readme, HOME, "bin/", location=HERE), declaration).code == "NC002"
    assert found(tree(readme, HOME, "bin/", location=HERE)).code == "NC003"
    assert found(tree(HOME, location=HERE))[:3] == ("NC004", "virtual environment", "contains pyvenv.cfg")


@pytest.mark.parametrize(
    "name", ["cache", "env", "venv", "build", "target", "dist", "a", "http", "wheels", "node_modules"]
)
def test_generic_names_prove_nothing(name):
    near_misses = [lines for sample in SAMPLES if sample.at == "zeta-3" for lines in sample.near_misses]
    for lines in near_misses:
        # With packages of an installer, `env` is the usual name of an environment.
        if "env" not in name or "site-packages" not in str(lines):
            assert detect(tree(*lines, path=f"src/zeta/{name}", location=HERE)) is None, lines


def test_declaration_of_another_directory():
    """Only the declared directory counts, and in an archive none: its paths are not those of this machine."""
    for directory, where in ((tree(".lock", location=HERE), "/project/other"), (tree(".lock"), HERE)):
        assert detect(directory, Surroundings((said(directory=where),))) is None


def test_second_declaration_counts_if_the_first_does_not():
    """Two tools may be pointed at one directory that only one of them has used."""
    evidence = found(tree("3.11/cache.0.db", location=HERE), said(), said(TOOLS["mypy cache"], "MYPY_CACHE_DIR"))
    assert evidence[:2] == ("NC002", "mypy cache")


def test_home_of_all_caches():
    home = said(TOOLS["home of caches"], "XDG_CACHE_HOME")
    assert "UV_CACHE_DIR is unset" in found(tree("uv/archive-v0/x", path=".cache", location=HERE), home).hint
    assert found(tree("pip/x", path=".cache", location=HERE), home).hint == ""
    many = tree(*(f"unknown{number}/x" for number in range(40)), path=".cache", location=HERE)
    assert detect(many, Surroundings((home,))) is None


@pytest.mark.parametrize(
    ("declaration", "value", "hint"),
    [
        (said(), "zeta-3", ""),
        (said(source="`cache-dir` in uv.toml"), None, "UV_CACHE_DIR is unset"),
        (said(source="XDG_CACHE_HOME"), "/x", "UV_CACHE_DIR=/x points elsewhere"),
        (said(source=INTERPRETER), "", f"UV_CACHE_DIR is unset; {WAYS}"),
        (None, None, f"UV_CACHE_DIR is unset; {WAYS}"),
        (None, "/x", f"UV_CACHE_DIR=/x points elsewhere; {WAYS}"),
        (None, "../x", f"UV_CACHE_DIR=../x is relative to where the front end was started; {WAYS}"),
        (said(sure=False), "zeta-3", said().reason),
    ],
)
def test_uv_cache_names_its_variable_truthfully(declaration, value, hint):
    directory = tree(*BUCKETS, path="sub/zeta-3", location=HERE)
    evidence = found(directory, *([declaration] if declaration else []), uv_cache_dir=value)
    reason = declaration.reason if declaration and declaration.sure else "contains `archive-v0/`"
    assert evidence[:4] == ("NC002" if declaration else "NC003", "uv cache", reason, hint)
    # The variables of this build say nothing about an archive that was built elsewhere.
    hint = f"uv reads the location of its cache from UV_CACHE_DIR, {WAYS.partition('reads ')[2]}"
    assert found(tree(*BUCKETS), uv_cache_dir=value).hint == hint


def test_declaration_that_is_not_sure():
    """What was seen is the reason, and the variable is only a hint."""
    unsure = said(sure=False)
    assert found(tree(TAG, location=HERE), unsure)[2:4] == ("valid CACHEDIR.TAG", unsure.reason)
    assert found(tree(".lock", location=HERE), unsure)[2:4] == (unsure.reason, "")


def test_other_tools_say_nothing_of_uv():
    evidence = found(tree(HOME, location=HERE), said(ENVIRONMENT, INTERPRETER), uv_cache_dir="zeta-3")
    assert evidence[:4] == ("NC002", "virtual environment", said().reason, "")


def test_worktree_says_how_it_is_known():
    evidence = found(tree(".git=gitdir: ../.git/worktrees/x\n", "setup.py", path=".claude/worktrees/x"))
    assert evidence[:3] == ("NC003", "linked git worktree", "its `.git` file leads to the `worktrees/` of a repository")


@pytest.mark.parametrize(
    ("lines", "expected", "opened"),
    [
        (("__init__.py", "core.py", "data/x.csv", "tests/test_core.py"), False, 0),
        (("zeta/core.py", "log/x"), False, 1),
        (("log/x", "dist/x"), False, 0),
        (("zeta/core.py", "notes.md"), False, 0),
        (("cachedir.tag=", "core.py"), True, 0),
    ],
)
def test_ordinary_directory_is_not_looked_into(lines, expected, opened):
    """Detection is asked about every directory of a build. It opens none that has no name of a row."""
    directory = tree(*lines)
    assert is_candidate(directory, NOTHING) == expected
    assert directory.opened == [opened]
    assert detect(directory) is None


def test_heads_are_short():
    assert detect(tree("README=" + " " * HEAD_SIZE + "This directory is maintained by the prek project.")) is None


def test_spelling_of_a_declared_directory(monkeypatch):
    """On a case-insensitive file system `UV_CACHE_DIR=ZETA-3` declares `zeta-3/`."""
    declaration, directory = said(directory=HERE.upper()), tree(".lock", location=HERE)
    assert detect(directory, Surroundings((declaration,))) is None
    monkeypatch.setattr(os.path, "samefile", lambda one, other: one.lower() == other.lower())
    assert found(directory, declaration).code == "NC002"


def test_file_that_is_written_by_hand(project):
    """The project's `config.py` is packed, in silence if there is nothing else."""
    project.put(".ropeproject/config.py")
    own = names(project.same("sdist"))
    project.put(".ropeproject/history.json")
    built = project.build("sdist")
    assert names(built) == own
    assert ".ropeproject/config.py" in str(own)
    assert built.codes == ["NC003"]


@pytest.mark.parametrize(
    ("path", "target", "name", "owned"),
    [
        ("bazel-bin", "/c/_bazel_me/0/execroot/_main/bazel-out/k8/bin", "Bazel convenience symlinks", "bazel-*"),
        ("web/bazel-zeta", "C:\\c\\_bazel_me\\0\\execroot\\_main", "Bazel convenience symlinks", "web/bazel-*"),
        ("bazel-notes", "../notes", "", ""),
        ("result", "/nix/store/0-zeta", "Nix build result", "result"),
        ("result", "../results", "", ""),
        ("result-doc", "/nix/store/0-zeta-doc", "Nix build results", "result-*"),
        ("results", "/nix/store/0-zeta", "", ""),
        ("wandb/latest-run", "/home/me/wandb/run-1", "Weights & Biases runs", "wandb/"),
        ("models/wandb/run-1/x/debug.log", "/x", "Weights & Biases runs", "models/wandb/"),
        (".direnv/flake-profile", "/nix/store/0-env", "direnv directory", ".direnv/"),
        ("wandb", "/data/wandb", "", ""),
        ("data/x", "/data/x", "", ""),
    ],
)
def test_owner_of_a_symlink(path, target, name, owned):
    """One tool is one finding, with a pattern that still fits after the tool's next run."""
    assert link_owner(path, target) == (name, owned)
