"""Environments: whole ones, what is left of them, what resembles them, and those made in a project root."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig

import pytest
from cache_samples import HOME
from fakes import tree

from hatch_nocache.caches.detect import detect, in_place

HERE = "/project/zeta-3"
ACTIVATE = 'bin/activate=# This file must be used with "source bin/activate" *from bash*\n'
SITE = "lib/python3.9/site-packages"
# `python3.13`, `python3.13t` or `pypy3.11`.
LIBRARY = os.path.basename(os.path.dirname(sysconfig.get_path("purelib")))


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("pyvenv.cfg=version = 3.8\r\n  home=C:\\Python\r\n",), "pyvenv.cfg"),
        (("pyvenv.cfg=home = /opt/python@3.11/bin", "bin/x"), "pyvenv.cfg"),
        (("pyvenv.cfg=", "Scripts/python.exe"), "pyvenv.cfg"),
        (("pyvenv.cfg=home = x", "lib/x.c", "include/", "notes.txt"), "pyvenv.cfg"),
        (("pyvenv.cfg=home = x", "Lib/x.c", "Include/", "notes/x"), "pyvenv.cfg"),
        (("pyvenv.cfg=home = x", "bin/", "notes.txt", "notes/x"), "pyvenv.cfg"),
        (("pyvenv.cfg=home = x", "lib64@", "share/x", "man/x", "etc/x", ".lock", "CACHEDIR.TAG"), "pyvenv.cfg"),
        (("pyvenv.cfg=home = x", "lib/x.c"), "pyvenv.cfg"),
        (("conda-meta/history", "x.c"), "conda-meta/history"),
        (("conda-meta/python-3.11.4-h955ad1f_0.json", "bin/python3.11"), "conda-meta"),
        ((".tox-info.json", "lib/"), ".tox-info.json"),
        ((".gitignore=# created by virtualenv automatically\n*", "lib/"), ".gitignore"),
        ((".gitignore=# Created by venv; see https://docs.python.org/3/library/venv.html\n*", "bin/"), ".gitignore"),
        # Before virtualenv 20 there was no pyvenv.cfg.
        ((ACTIVATE, f"{SITE}/pip/x", "pip-selfcheck.json"), "bin/activate"),
        ((ACTIVATE, "bin/pip3"), "bin/activate"),
        (("lib/python2.7/orig-prefix.txt", "pip-selfcheck.json"), "lib/python2.7/orig-prefix.txt"),
        (("lib/python3.6/no-global-site-packages.txt",), "lib/python3.6/no-global-site-packages.txt"),
        (("Lib/orig-prefix.txt", "Scripts/x.exe"), "Lib/orig-prefix.txt"),
    ],
)
@pytest.mark.parametrize("location", [HERE, None], ids=["disk", "archive"])
def test_environment(lines, reason, location):
    found = detect(tree(*lines, location=location))
    assert (found.code, found.environment) == ("NC004", True)
    assert found.name == ("Conda environment" if "conda-meta" in reason else "virtual environment")
    assert reason in found.reason


@pytest.mark.parametrize(
    "lines",
    [
        ("pyvenv.cfg@", "bin/python@"),
        ("pyvenv.cfg=home = x", "pyproject.toml", "bin/"),
        ("pyvenv.cfg=home = x", "__init__.py"),
        ("pyvenv.cfg=home = x", "cases/x"),
        ("pyvenv.cfg=home = x", "data@"),
        ("pyvenv.cfg=home = x", "lib/x", "expected.json"),
        ("pyvenv.cfg=", "lib/x", "include/"),
        # Templates.
        ("pyvenv.cfg=home = {{ python.home }}\n", "bin/activate"),
        ("pyvenv.cfg=home = ${HOME}\n", "bin/"),
        ("pyvenv.cfg=home = @PYTHON_HOME@\n", "Scripts/x"),
        ("pyvenv.cfg=home = __HOME__\n", "lib/x"),
        ("pyvenv.cfg=home =\nversion = 3\n", "bin/x"),
        # What others write.
        ("bin/activate=#!/bin/sh\n. ./env.sh\n", "lib/x"),
        ("bin/activate@", "lib/x"),
        (ACTIVATE, "bin/tool.py"),
        ("conda-meta/meta.yaml", "bin/x"),
        ("conda-meta/python-3.11.4-h955ad1f_0.json", "tests/x"),
        (".tox-info.json",),
        (".gitignore=*", "lib/"),
        # Payload: a layer of AWS Lambda, a bundled runtime, fixtures for scanners of metadata.
        (f"{SITE}/a-1.dist-info/METADATA", f"{SITE}/b-1.dist-info/METADATA"),
        (f"{SITE}/pip/x", f"{SITE}/setuptools/x", "bin/python3.9", "include/python3.9/x.h", "share/x"),
        ("Lib/site-packages/pip/x", "Scripts/x.exe"),
        ("lib/python3.9/x.c",),
    ],
)
@pytest.mark.parametrize("location", [HERE, None], ids=["disk", "archive"])
def test_no_environment(lines, location):
    assert detect(tree(*lines, location=location)) is None


@pytest.mark.parametrize(
    ("path", "lines", "expected"),
    [
        ("venv", (f"{SITE}/pip-23.0.1.dist-info/LICENSE.txt", f"{SITE}/wheel-0.45.1.dist-info/LICENSE.txt"), True),
        ("backend/.env", (f"{SITE}/click-8.1.8.dist-info/LICENSE.txt", "bin/x"), True),
        ("env", ("Lib/site-packages/setuptools/x", ".gitignore"), True),
        ("venv", (f"{SITE}/foo.py",), False),
        ("venv", (f"{SITE}/pip/x", "notes.md"), False),
        ("tests/fixtures/venv", (f"{SITE}/pip-23.0.1.dist-info/LICENSE.txt",), False),
        ("python", (f"{SITE}/pip-23.0.1.dist-info/LICENSE.txt",), False),
    ],
)
def test_usual_name_with_what_an_installer_leaves(path, lines, expected):
    """Ignore files take nearly all of an environment away. The sdist of tutor 20.0.1 has only license files of one."""
    for location in (HERE, None):
        found = detect(tree(*lines, path=path, location=location))
        assert (found is not None and found.code == "NC004") == expected


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ((f"a/{HOME}", "a/bin/", f"b/{HOME}", "b/Scripts/", ".gitignore=*"), "virtual environments"),
        ((f"a/{HOME}", f"a/{SITE}/", f"b/{HOME}", "b/bin/"), "virtual environments"),
        (("a/conda-meta/history", "b/conda-meta/history"), "virtual environments"),
        ((f"a/{HOME}", "a/uv-receipt.toml", ".lock"), "uv tools"),
        ((f"zeta-aBc_eF-H-py3.11/{HOME}", "zeta-aBc_eF-H-py3.11/bin/"), "Poetry environments"),
        (("a/.tox-info.json", "a/bin/", ".tmp/x", "log/x", ".pkg/x"), "tox work directory"),
        ((f"a/{HOME}", "a/.tox-config1", "dist/x.zip", ".package.lock"), "tox work directory"),
    ],
)
def test_directory_of_environments(lines, name):
    """It is left out whole, with what tools put next to the environments."""
    found = detect(tree(*lines))
    assert (found.code, found.name, found.environment) == ("NC003", name, True)


@pytest.mark.parametrize(
    "lines",
    [
        (f"a/{HOME}", "README.md"),
        (f"a/{HOME}", "b/x.c"),
        (f"a/{HOME}", "b@"),
        (f"a/{HOME}", "log/x"),
        (f"a/{HOME}", "dist/x.whl"),
        ("log/x", ".tmp/x"),
        tuple(f"a{number}/{HOME}" for number in range(40)),
        (f"a/{HOME}", "a/bin/", f"a2/{HOME}", "a2/bin/", "log/x"),
        (f"a/{HOME}", "a/bin/", f"a2/{HOME}", "a2/bin/", "b@"),
        # A single one, and what may be test data.
        (f"a/{HOME}", "a/bin/"),
        (f"a/{HOME}", f"a2/{HOME}"),
        (f"a/{HOME}", "a/lib/python3.9/x.c", f"a2/{HOME}", "a2/bin/"),
    ],
)
def test_directory_with_more_than_environments_stays(lines):
    """Each environment is then detected separately."""
    directory = tree(*lines)
    assert detect(directory) is None
    assert all(detect(directory.child(name)) for name in directory.directories if name.startswith("a"))


@pytest.mark.parametrize("options", [(), ("--copies", "--without-pip")], ids=["links", "copies"])
def test_environment_made_in_a_project(tmp_path, options):
    """`python -m venv .`: its parts go, and what the project has in `bin/`, `lib/` and `include/` stays."""
    disk = pytest.importorskip("hatch_nocache.selection.directory")
    root = tmp_path / "project"
    for name in ("bin/tool", "lib/helper.c", "include/zeta.h", "src/zeta.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("#!/usr/bin/env python3\n")
    subprocess.run([sys.executable, "-m", "venv", *options, str(root)], check=True)
    scripts, site = ("Scripts", "Lib/site-packages/") if os.name == "nt" else ("bin", f"lib/{LIBRARY}/")
    found = in_place(disk.DiskDirectory(os.path.realpath(root), ""))
    assert {"pyvenv.cfg", site, f"{scripts}/activate"} <= found
    left = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if (path.is_symlink() or path.is_file()) and not path.relative_to(root).as_posix().startswith(tuple(found))
    }
    assert left - {".gitignore"} == {"bin/tool", "lib/helper.c", "include/zeta.h", "src/zeta.py"}


RECORD = "../../../bin/tool,sha256=x,1\n../../../share/man/man1/x.1,,\n../../../README.md,,\n../../../../x,,\nx.py,,\n"


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (
            (f"{SITE}/x.py", "bin/python3@", "bin/activate", "lib64@", "include/", "CACHEDIR.TAG", ".lock"),
            "lib/python3.9/ bin/python3 bin/activate lib64 include/ CACHEDIR.TAG .lock",
        ),
        (
            (
                "Lib/site-packages/x.py",
                *(f"Scripts/{name}.exe" for name in ("python", "pip3.11", "own")),
                "Include/x.h",
            ),
            "Lib/site-packages/ Scripts/python.exe Scripts/pip3.11.exe",
        ),
        ((f"{SITE}/", "include/python3.9/x.h", "include/zeta.h"), "lib/python3.9/ include/python3.9/"),
        (
            (f"{SITE}/x-1.dist-info/RECORD={RECORD}", "bin/tool", "bin/own"),
            "lib/python3.9/ bin/tool share/man/man1/x.1",
        ),
        (("bin/python@", "bin/x=#!/no/such/bin/python\n"), "bin/python"),
        (("bin/own", "lib/own.c"), ""),
    ],
)
def test_parts_of_an_environment_in_a_root(lines, parts):
    expected = {"pyvenv.cfg", *parts.split()} if parts else set()
    assert in_place(tree(HOME, *lines, path="", location=HERE)) == expected


@pytest.mark.parametrize("marker", ["pyvenv.cfg=home = {{ x }}", "pyvenv.cfg@", "x"])
def test_no_environment_in_a_root(marker):
    assert in_place(tree(marker, "bin/python@", f"{SITE}/", path="", location=HERE)) == frozenset()


def test_scripts_that_run_in_the_environment(tmp_path):
    """Long interpreter paths are wrapped in a shell script."""
    own = f"#!{tmp_path}/bin/python3.9\n"
    long = f"#!/bin/sh\n'''exec' \"{tmp_path}/bin/python\" \"$0\" \"$@\"\n' '''\n"
    other = f"#!{tmp_path / 'sub'}/bin/python\n"
    directory = tree(HOME, f"bin/a={own}", f"bin/b={long}", f"bin/c={other}", "bin/d", path="", location=str(tmp_path))
    assert in_place(directory) == {"pyvenv.cfg", "bin/a", "bin/b"}
    assert in_place(tree(HOME, f"bin/a={own}", path="")) == frozenset()
