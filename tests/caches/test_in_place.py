"""Environments that were made in a project root."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig

import pytest
from cache_samples import HOME
from fakes import tree

from hatch_nocache.caches.detect import in_place
from hatch_nocache.selection.directory import DiskDirectory

HERE = "/project/zeta-3"
SITE = "lib/python3.9/site-packages"
# `python3.13`, `python3.13t` or `pypy3.11`.
LIBRARY = os.path.basename(os.path.dirname(sysconfig.get_path("purelib")))


@pytest.mark.parametrize("options", [(), ("--copies", "--without-pip")], ids=["links", "copies"])
def test_environment_made_in_a_project(tmp_path, options):
    """`python -m venv .`: its parts go, and what the project has in `bin/`, `lib/` and `include/` stays."""
    root = tmp_path / "project"
    for name in ("bin/tool", "lib/helper.c", "include/zeta.h", "src/zeta.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("#!/usr/bin/env python3\n")
    subprocess.run([sys.executable, "-m", "venv", *options, str(root)], check=True)
    scripts, site = ("Scripts", "Lib/site-packages/") if os.name == "nt" else ("bin", f"lib/{LIBRARY}/")
    found = in_place(DiskDirectory(os.path.realpath(root), ""))
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
        ("bin/python3@ bin/activate lib64@ include/ .lock", "bin/python3 bin/activate lib64 include/"),
        ("bin/activate CACHEDIR.TAG .lock", "bin/activate CACHEDIR.TAG .lock"),
        ("Lib/site-packages/x.py Include/x.h", "Lib/site-packages/"),
        ("Scripts/python.exe Scripts/pip3.11.exe Scripts/own.exe", "Scripts/python.exe Scripts/pip3.11.exe"),
        (f"{SITE}/ include/python3.9/x.h include/zeta.h", "lib/python3.9/ include/python3.9/"),
        (f"{SITE}/x-1.dist-info/RECORD={RECORD} bin/tool bin/own", "lib/python3.9/ bin/tool share/man/man1/x.1"),
        ("bin/python@ bin/x=#!/no/such/bin/python", "bin/python"),
        ("bin/own lib/own.c", ""),
    ],
)
def test_parts_of_an_environment_in_a_root(lines, parts):
    expected = {"pyvenv.cfg", *parts.split()} if parts else set()
    assert in_place(tree(HOME, *lines.split(" "), path="", location=HERE)) == expected


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
