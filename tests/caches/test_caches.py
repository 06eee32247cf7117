"""The judge of caches and environments: tags, precedence, traps, words."""

from __future__ import annotations

import os

import pytest
from cache_samples import HEX, HOME, SIGNATURE
from fakes import FakeDirectory, tree

from hatch_nocache.caches import recognise
from hatch_nocache.caches.catalogue import CATALOGUE, ENVIRONMENT, UV
from hatch_nocache.caches.shapes import HEAD_SIZE
from hatch_nocache.caches.surroundings import INTERPRETER, Declaration, declared
from hatch_nocache.caches.tag import malformed_tag
from hatch_nocache.remedies import ignore_line
from hatch_nocache.tree import DiskDirectory

TAG = f"CACHEDIR.TAG={SIGNATURE}"
BUCKETS = ("archive-v0/", "wheels-v5/")
HERE = "/project/zeta-3"
MAY = "may have put it here"
HEDGE = f"relative to where the front end was started, {MAY}"
WAYS = f"`--cache-dir`, `cache-dir` in `[tool.uv]` or uv.toml, or XDG_CACHE_HOME {MAY}"
STRUCTURE = "because it has the structure of one (`archive-v0`)"
TOOLS = {tool.name: tool for tool in CATALOGUE}


def said(tool=UV, source="UV_CACHE_DIR", value="zeta-3", directory=HERE):
    return Declaration(tool, directory, source, value)


@pytest.mark.parametrize("rest", ["", "\n", "\n# This file is a cache directory tag.\n", " and more"])
def test_tag_is_decided_by_43_bytes(rest):
    """Whatever follows the signature, and whoever wrote it."""
    found = recognise(tree(TAG + rest, "x.c"))
    assert found is not None
    assert (found.code, found.tool, found.marker) == ("NC001", "cache directory", "CACHEDIR.TAG")
    assert found.how == "because it has a valid `CACHEDIR.TAG`"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("CACHEDIR.TAG@", "is a link"),
        ("CACHEDIR.TAG/", "is a directory"),
        ("CACHEDIR.TAG=", "is empty or cannot be read"),
        (f"CACHEDIR.TAG={SIGNATURE[:-1]}", "is cut short"),
        (f"CACHEDIR.TAG={SIGNATURE.upper()}", "does not begin with the signature"),
        (f"CACHEDIR.TAG= {SIGNATURE}", "does not begin with the signature"),
        (f"CACHEDIR.TAG=\ufeff{SIGNATURE}", "does not begin with the signature"),
    ],
)
def test_malformed_tag_is_no_cache_and_gets_a_notice(line, problem):
    """The specification asks for a regular file that begins with the signature; anything else proves nothing."""
    directory = tree(line, "x.c")
    assert recognise(directory) is None
    assert problem in (malformed_tag(directory) or "")


@pytest.mark.parametrize("line", [TAG, TAG + "\n", "x.c"])
def test_no_notice_without_a_malformed_tag(line):
    """A valid tag and no tag at all are both in order."""
    assert malformed_tag(tree(line)) is None


def test_the_root_is_never_a_cache():
    """A wheel is built from an unpacked sdist below a tag, and the root itself may have one by accident."""
    assert recognise(tree(TAG, HOME, path=""), [said()]) is None


@pytest.mark.parametrize("own", ["zeta-3", "zeta-3/src/zeta"])
def test_tag_does_not_drop_the_projects_own_package(own):
    """Not even a genuine tag makes a cache of a package of the project, or of a directory around one."""
    assert recognise(tree(TAG), [said()], [own]) is None


@pytest.mark.parametrize(
    ("lines", "tool"),
    [
        ((HOME, "bin/"), "virtual environment"),
        (("conda-meta/history",), "Conda environment"),
        ((f"py/{HOME}", "py/.tox-info.json", "py/bin/"), "tox work directory"),
        ((f"lint/{HOME}", "lint/bin/", f"tests/{HOME}", "tests/bin/"), "virtual environments"),
        (BUCKETS, "uv cache"),
        ((".gitignore=# created by virtualenv automatically",), "virtual environment"),
        ((".gitignore=# Created by pytest automatically.",), "pytest cache"),
        ((".gitignore=# Created by someone.",), "cache directory"),
    ],
)
def test_tool_of_a_tagged_directory(lines, tool):
    """The tag gives the code; what else is there gives the name."""
    found = recognise(tree(TAG, *lines))
    assert found is not None
    assert (found.code, found.tool) == ("NC001", tool)


def test_tool_of_a_tagged_directory_by_its_name():
    """The directory's own name tells too."""
    found = recognise(tree(TAG, path=".nox"))
    assert found is not None
    assert (found.code, found.tool) == ("NC001", "nox environments")


def test_codes_take_precedence_as_the_contract_has_it():
    """NC001 before NC002 before NC003 before NC004: what is true of the directory is taken away piece by piece."""
    codes = []
    readme = "README=This directory holds cached build artifacts from the Go build system.\n"
    declaration = said(TOOLS["Go build cache"], "GOCACHE")
    for lines, declarations in (
        ((TAG, readme, HOME), [declaration]),
        ((readme, HOME, "bin/"), [declaration]),
        ((readme, HOME, "bin/"), []),
        ((HOME,), []),
    ):
        found = recognise(tree(*lines, location=HERE), declarations)
        assert found is not None
        codes.append(found.code)
    assert codes == ["NC001", "NC002", "NC003", "NC004"]


@pytest.mark.parametrize(
    "lines",
    [
        ("pyvenv.cfg=home = /usr/bin",),
        ("pyvenv.cfg=version = 3.8\r\n  home=C:\\Python\r\n",),
        ("pyvenv.cfg=", "bin/python@"),
        ("pyvenv.cfg=", "Scripts/python.exe"),
        ("conda-meta/history", "x.c"),
        ("pyvenv.cfg=home = x", "lib/x.c", "include/", "notes.txt"),
        ("pyvenv.cfg=home = x", "Lib/x.c", "Include/", "notes/x"),
        ("pyvenv.cfg=home = x", "bin/", "notes.txt", "notes/x"),
        ("pyvenv.cfg=home = x", "lib64@", "share/x", "man/x", "etc/x", ".lock", ".gitignore", "CACHEDIR.TAG"),
        ("pyvenv.cfg=home = x", "lib/x.c"),
        (".tox-info.json", "lib/"),
        (".gitignore=# created by virtualenv automatically\n*", "lib/"),
        (".gitignore=# Created by venv; see https://docs.python.org/3/library/venv.html\n*", "bin/"),
        ("lib/python3.9/site-packages/pip/x", "bin/"),
        ("lib/python3.13t/site-packages/distutils-precedence.pth",),
        ("lib64/pypy3.9/site-packages/setuptools-65.5.0.dist-info/LICENSE",),
        ("lib/python3.9/site-packages/a-1.dist-info/LICENSE", "lib/python3.9/site-packages/b-1.dist-info/LICENSE"),
        ("Lib/site-packages/pip/x", "Scripts/"),
    ],
)
@pytest.mark.parametrize("location", [HERE, None], ids=["disk", "archive"])
def test_environment(lines, location):
    """Whole ones, those without bin or lib, those without `pyvenv.cfg`: the same on disk and in an archive."""
    found = recognise(tree(*lines, location=location))
    assert found is not None
    assert found.code == "NC004"
    assert found.tool == ("Conda environment" if "conda-meta/history" in lines else "virtual environment")


@pytest.mark.parametrize(
    "lines",
    [
        ("pyvenv.cfg=",),
        ("pyvenv.cfg@", "bin/python@"),
        ("pyvenv.cfg=home = x", "pyproject.toml", "bin/"),
        ("pyvenv.cfg=home = x", "__init__.py"),
        ("pyvenv.cfg=home = x", "render.py", "activate.j2"),
        ("pyvenv.cfg=home = x", "expected.json"),
        ("pyvenv.cfg=home = x", "cases/x"),
        ("pyvenv.cfg=home = x", "src/x"),
        ("pyvenv.cfg=home = x", "data@"),
        ("pyvenv.cfg=home = x", "lib/x", "expected.json"),
        ("pyvenv.cfg=", "lib/x", "include/"),
        ("conda-meta/x",),
        (".tox-info.json",),
        (".gitignore=*", "lib/"),
        ("lib/python3.9/site-packages/a-1.dist-info/METADATA",),
        ("lib/python3.9/site-packages/a/x.c",),
        ("lib/python3.9/x.c",),
        ("lib/site-packages/pip/x",),
        ("lib/x.c", "lib/python/site-packages/pip/x"),
        ("lib/python3.9/site-packages/pip/x", "main.c"),
        ("lib/python3.9/site-packages/pip/x", "sources/"),
        ("site-packages/pip/x",),
    ],
)
def test_no_environment(lines):
    """What merely resembles one, or has a project in it, stays."""
    assert recognise(tree(*lines, location=HERE)) is None


@pytest.mark.parametrize(
    ("lines", "tool"),
    [
        ((f"a/{HOME}", "a/bin/", f"b/{HOME}", "b/Scripts/", ".gitignore=*"), "virtual environments"),
        ((f"a/{HOME}", "a/lib/python3.9/site-packages/", f"b/{HOME}", "b/bin/"), "virtual environments"),
        (("a/conda-meta/history", "b/conda-meta/history"), "virtual environments"),
        ((f"a/{HOME}", "a/uv-receipt.toml", ".lock"), "uv tools"),
        ((f"zeta-aBc_eF-H-py3.11/{HOME}", "zeta-aBc_eF-H-py3.11/bin/"), "Poetry environments"),
        (("a/.tox-info.json", "a/bin/", ".tmp/x", "log/x", ".pkg/x"), "tox work directory"),
        ((f"a/{HOME}", "a/.tox-config1", "dist/x.zip", ".package.lock"), "tox work directory"),
    ],
)
def test_directory_of_environments_goes_as_a_whole(lines, tool):
    """What tools keep beside their environments must not be left behind."""
    found = recognise(tree(*lines))
    assert found is not None
    assert (found.code, found.tool) == ("NC003", tool)


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
        # One alone, and what may be the data of tests.
        (f"a/{HOME}", "a/bin/"),
        (f"a/{HOME}", f"a2/{HOME}"),
        (f"a/{HOME}", "a/lib/python3.9/x.c", f"a2/{HOME}", "a2/bin/"),
    ],
)
def test_directory_with_more_than_environments_stays(lines):
    """Each environment is then recognised by itself, and what lies beside them is the project's."""
    directory = tree(*lines)
    assert recognise(directory) is None
    assert all(recognise(directory.child(name)) for name in directory.directories if name.startswith("a"))


@pytest.mark.parametrize(
    "name", ["cache", "env", "venv", "build", "target", "dist", "a", "http", "wheels", "node_modules"]
)
@pytest.mark.parametrize(
    "lines",
    [
        ("x.c",),
        ("__init__.py", "core.py"),
        ("a/x.c", "b/x.c", "0/x.c"),
        ("00/x", "ff/x"),
        (".gitignore=*\n!.gitignore\n",),
        (".gitignore=*", "data/x.csv"),
        ("1.0/schema.json",),
        ("hooks/x.sh", "tools/x.sh"),
        ("artifacts/x", "cache/x"),
        ("http/x.c", "wheels/x-1.0-py3-none-any.whl"),
        ("blobs/x", "refs/x"),
        ("build.ninja",),
        ("debug/x", "release/x"),
        ("examples/x", "constants/x"),
        ("data.mdb", "lock.mdb"),
        ("stats.txt", "fontlist-v1.txt"),
        ("src/x.c", "cache/x.c", "index/x.c"),
    ],
)
def test_generic_names_prove_nothing(name, lines):
    """Packages called cache or venv, single letters, vendored wheels, self-ignored directories, test data."""
    for path in (name, f"src/zeta/{name}"):
        assert recognise(tree(*lines, path=path, location=HERE)) is None


@pytest.mark.parametrize(
    ("whole", "cache"),
    [
        (".cargo", ".cargo/registry"),
        (".cargo", ".cargo/git"),
        (".dvc", ".dvc/cache"),
        (".dvc", ".dvc/tmp"),
        ("models/m/.cache", "models/m/.cache/huggingface"),
        (".gradle", ".gradle/caches"),
    ],
)
def test_mixed_directory_loses_only_its_cache(whole, cache):
    """What a person wrote lies beside what the tool wrote."""
    inside = [
        {".cargo/registry": "cache/x-0123456789abcdef/", ".cargo/git": "db/x-0123456789abcdef/"}.get(cache, "download/")
    ]
    below = cache[len(whole) + 1 :]
    assert recognise(tree("config", "config.toml", *(f"{below}/{line}" for line in inside), path=whole)) is None
    found = recognise(tree(*inside, path=cache))
    assert found is not None
    assert found.code == "NC003"


def test_yarn_cache_that_may_be_committed():
    """Zero-install projects commit `.yarn/cache`, so only the variable makes a cache of it."""
    lines = ("lodash-npm-4.17.21-6382451519.zip", ".gitignore=/.gitignore\n*.flock")
    directory = tree(*lines, path=".yarn/cache", location=HERE)
    assert recognise(directory) is None
    found = recognise(directory, [said(TOOLS["Yarn cache"], "YARN_CACHE_FOLDER", ".yarn/cache")])
    assert found is not None
    assert found.code == "NC002"


@pytest.mark.parametrize("tool", ["pip cache", "Pipenv cache", "PDM cache"])
def test_vendored_wheels_contradict_a_variable(tool):
    """A directory of wheels that someone committed is not emptied by PIP_CACHE_DIR."""
    directory = tree("wheels/x-1.0-py3-none-any.whl", location=HERE)
    assert recognise(directory, [said(TOOLS[tool])]) is None


def test_declared_directory_of_environments():
    """Some environments beside other things are no directory of environments; mostly environments are."""
    workon = TOOLS["Pipenv environments"]
    few = tree(f"a/{HOME}", "b/x", "c.txt", location=HERE)
    most = tree(f"a/{HOME}", f"b/{HOME}", "c.txt", location=HERE)
    assert recognise(few, [said(workon)]) is None
    assert recognise(most, [said(workon)]) is not None
    found = recognise(tree(".pkg/x", location=HERE), [said(TOOLS["tox work directory"])])
    assert found is not None
    assert found.code == "NC002"


def test_declaration_of_another_directory_is_not_evidence():
    """Only the directory that is declared, and in an archive none: its paths are not those of this machine."""
    assert recognise(tree("x.c", location=HERE), [said(directory="/project/other")]) is None
    assert recognise(tree(".lock"), [said()]) is None


def test_second_declaration_counts_when_the_first_is_contradicted():
    """Two tools may be pointed at one directory, and only one of them has used it."""
    directory = tree("3.11/x", location=HERE)
    found = recognise(directory, [said(), said(TOOLS["mypy cache"], "MYPY_CACHE_DIR")])
    assert found is not None
    assert (found.code, found.tool) == ("NC002", "mypy cache")


@pytest.mark.parametrize(
    ("declaration", "value", "how"),
    [
        (said(), "zeta-3", "because UV_CACHE_DIR=zeta-3 points into the project"),
        (
            said(source="`cache-dir` in `[tool.uv]` of pyproject.toml", value="./zeta-3"),
            None,
            "because `cache-dir` in `[tool.uv]` of pyproject.toml is ./zeta-3; UV_CACHE_DIR is unset",
        ),
        (
            said(source="XDG_CACHE_HOME", value=".c"),
            "/elsewhere",
            "because XDG_CACHE_HOME=.c points into the project; UV_CACHE_DIR=/elsewhere leads elsewhere",
        ),
        (
            said(source=INTERPRETER, value="/x"),
            "",
            f"because {INTERPRETER} lies in it; UV_CACHE_DIR is unset: {WAYS}",
        ),
        (None, None, f"{STRUCTURE}; UV_CACHE_DIR is unset: {WAYS}"),
        (None, "../other", f"{STRUCTURE}; UV_CACHE_DIR=../other leads elsewhere: {WAYS}"),
        (
            None,
            "./zeta-3",
            f"{STRUCTURE}; UV_CACHE_DIR=./zeta-3, {HEDGE}",
        ),
    ],
)
def test_uv_cache_names_its_variable_truthfully(declaration, value, how):
    """With its value when it leads there, the key that did instead, or that it is unset or leads elsewhere."""
    directory = tree(*BUCKETS, path="sub/zeta-3", location=HERE)
    found = recognise(directory, [declaration] if declaration else [], (), value)
    assert found is not None
    assert (found.tool, found.how) == ("uv cache", how)


def test_uv_cache_in_an_archive():
    """The variables of this build say nothing about an archive that was built elsewhere."""
    found = recognise(tree(*BUCKETS), (), (), "/somewhere")
    assert found is not None
    assert "/somewhere" not in found.how
    assert "UV_CACHE_DIR" in found.how


def test_other_tools_say_nothing_of_uv():
    """UV_CACHE_DIR has nothing to do with an environment."""
    found = recognise(tree(HOME, location=HERE), [said(ENVIRONMENT, INTERPRETER)], (), "zeta-3")
    assert found is not None
    assert (found.code, found.how) == ("NC002", f"because {INTERPRETER} lies in it")


@pytest.mark.parametrize(("path", "line"), [("a/b", "/a/b/"), ("a*[1]?", "/a\\*\\[1\\]\\?/"), ("#x !", "/#x !/")])
def test_ignore_line(path, line):
    """What is to be pasted must match the directory, whatever characters its name has."""
    assert ignore_line(path) == line
    assert line in recognise(tree(TAG, path=path)).remedy


def test_ordinary_directory_is_not_looked_into():
    """Asked about every directory of a build, the judge opens none that has no interesting name."""
    directory = tree("__init__.py", "core.py", "data/x.csv", "tests/test_core.py")
    assert recognise(directory) is None
    assert directory.opened == [0]


def test_heads_are_short():
    """What is known by text is known by the beginning of a file."""
    assert recognise(tree("README=" + " " * HEAD_SIZE + "This directory is maintained by the prek project.")) is None


def test_on_disk(tmp_path):
    """The same judge on real directories, with declarations from a real build's surroundings."""
    cache = tmp_path / "deep" / "zeta-3"
    (cache / "archive-v0").mkdir(parents=True)
    (cache / "wheels-v5").mkdir()
    (cache / "CACHEDIR.TAG").write_text(SIGNATURE)
    declarations = declared(str(tmp_path), {"UV_CACHE_DIR": "deep/zeta-3", "PWD": str(tmp_path)}, "/usr")
    found = recognise(DiskDirectory(os.path.realpath(cache), "deep/zeta-3"), declarations, ["src/zeta"], "deep/zeta-3")
    assert found is not None
    assert (found.code, found.tool) == ("NC001", "uv cache")
    assert found.how == "because UV_CACHE_DIR=deep/zeta-3 points into the project"
    assert recognise(DiskDirectory(os.path.realpath(cache.parent), "deep"), declarations) is None


@pytest.mark.parametrize("line", ["lib/python3.9/site-packages/a-1.dist-info/LICENSE", "Lib/site-packages/a/x.py"])
def test_next_to_nothing_of_an_environment(line):
    """In an archive `pyvenv.cfg` may be missing, and so may nearly everything else; on disk it would be there."""
    found = recognise(tree(line, location=None))
    assert found is not None
    assert found.code == "NC004"
    assert recognise(tree(line, location=HERE)) is None


def test_an_empty_site_packages_is_no_environment():
    """Not even in an archive."""
    assert recognise(tree("lib/python3.9/site-packages/", location=None)) is None


@pytest.mark.parametrize("location", [HERE, None], ids=["disk", "archive"])
def test_data_of_tests_does_not_take_the_directory_around_it(location):
    """One environment, or what an archive holds of one, says nothing about the directory that it lies in."""
    for line in (HOME, "bin/python@", "lib/python3.8/site-packages/foo.py"):
        directory = tree(f"data/{line}", f"data/{HOME}", path="tests", location=location)
        assert recognise(directory) is None
        assert recognise(directory.child("data")) is not None
    assert recognise(tree("data/lib/python3.8/site-packages/foo.py", path="tests")) is None


@pytest.mark.parametrize(
    ("variable", "tool", "lines"),
    [
        ("PIP_CACHE_DIR", "pip cache", ("README.md", "uv/x", "wheels/aa/", "selfcheck/", "http-v2/")),
        ("PRE_COMMIT_HOME", "pre-commit cache", ("run.sh", "db.db", "repoa1b2c3d4/x", "repoa1b2c3d5/x")),
        ("npm_config_cache", "npm cache", ("run.sh", "_cacache/index-v5/", "_logs/x")),
        ("HF_HUB_CACHE", "Hugging Face cache", ("train.csv", "models--a--b/refs/main")),
        ("UV_CACHE_DIR", "uv cache", ("notes.md", "archive-v0/")),
        ("HF_HOME", "Hugging Face home", ("hub/", "train.sh")),
        ("HF_HOME", "Hugging Face home", ("hub/", "token", "a.c", "b.c")),
    ],
)
def test_declared_directory_with_own_files_stays(variable, tool, lines):
    """One entry that is not the tool's is lost with the whole directory, so only the tool's parts may go."""
    assert recognise(tree(*lines, location=HERE), [said(TOOLS[tool], variable)]) is None


@pytest.mark.parametrize(
    "lines", [("hub/", "token"), ("hub/", "stored_tokens", "notes.md"), ("hub/models--a--b/refs/main", "xet/", "token")]
)
def test_tokens_do_not_stay_for_a_stray_file(lines):
    """What is beside the cache of Hugging Face is the user's password."""
    found = recognise(tree(*lines, location=HERE), [said(TOOLS["Hugging Face home"], "HF_HOME")])
    assert found is not None
    assert (found.code, found.tool) == ("NC002", "Hugging Face home")


@pytest.mark.parametrize(
    ("lines", "cache"),
    [
        (("models--a--b/blobs/x", "models--a--b/refs/main", "train.csv"), "models--a--b"),
        (("__init__.py", "models--a--b/snapshots/x"), "models--a--b"),
        (("_cacache/content-v2/", "_cacache/index-v5/", "package.json", "src/x.js"), "_cacache"),
        ((f"wheels/aa/bb/cc/{HEX[:56]}/x.whl", "README.md"), "wheels"),
        ((f"selfcheck/{HEX[:56]}", "db.db"), "selfcheck"),
        (("db.db", "repoa1b2c3d4/.pre-commit-hooks.yaml", "x.c"), "repoa1b2c3d4"),
        (("3.11/cache.0.db", "notes.md"), "3.11"),
        (("3.11/@plugins_snapshot.json", "notes.md"), "3.11"),
        (("v/cache/nodeids", "notes.md"), "v/cache"),
        (("v6/npm-x-1.0-abc-integrity/", "notes.md"), "v6"),
        ((f"v11/files/00/{HEX}", "notes.md"), "v11"),
        (("26.1.0/cache.-.88.1.0.x.pickle", "notes.md"), "26.1.0"),
        ((f"files/md5/ab/{HEX[:30]}", "notes.md"), "files"),
        ((f"a/b/{HEX}=PK\x03\x04", "notes.md"), "a"),
        ((f"pkg_{HEX[:40]}/x.nbi", "notes.md"), f"pkg_{HEX[:40]}"),
        (("cpython-3.12.1-linux-x86_64-gnu/bin/x", "notes.md"), "cpython-3.12.1-linux-x86_64-gnu"),
    ],
)
def test_stray_file_beside_a_cache(lines, cache):
    """It neither switches the recognition off nor is lost."""
    for location in (HERE, None):
        directory = tree(*lines, location=location)
        assert recognise(directory) is None
        for name in cache.split("/"):
            directory = directory.child(name)
        found = recognise(directory)
        assert found is not None
        assert found.code == "NC003"


def test_own_files_beside_a_maven_repository():
    """What Maven wrote two levels down says nothing about what lies beside."""
    assert recognise(tree("org/a/1/_remote.repositories", "own.txt")) is None
    assert recognise(tree("org/a/1/_remote.repositories", "lib/own.py")) is None


@pytest.mark.parametrize(
    ("path", "value", "leads"),
    [
        (".uv-cache", "p/.uv-cache", True),
        (".uv-cache", "../p/.uv-cache", True),
        ("sub/.uv-cache", "../sub/.uv-cache", True),
        ("sub/.uv-cache", ".uv-cache", True),
        (".uv-cache", "/tmp/.uv-cache", False),
        (".uv-cache", "C:\\x\\.uv-cache", False),
        ("sub/.uv-cache", "other/.uv-cache", False),
        (".uv-cache", "p/uv", False),
    ],
)
def test_relative_variable_of_uv_is_hedged(path, value, leads):
    """Only where the front end was started says where it leads, and that is not always known."""
    found = recognise(tree(*BUCKETS, path=path, location=HERE), (), (), value)
    assert found is not None
    assert (f"UV_CACHE_DIR={value}, {HEDGE}" in found.how) == leads
    assert (f"UV_CACHE_DIR={value} leads elsewhere" in found.how) != leads


@pytest.mark.parametrize(
    ("lines", "how"),
    [
        (BUCKETS, f"{STRUCTURE}; UV_CACHE_DIR=zeta-3, {HEDGE}"),
        ((TAG,), f"because it has a valid `CACHEDIR.TAG`; UV_CACHE_DIR=zeta-3, {HEDGE}"),
        ((".lock",), f"because UV_CACHE_DIR=zeta-3, {HEDGE}"),
    ],
)
def test_declaration_that_is_not_sure(lines, how):
    """What was seen comes first, and the variable is not claimed to lead there."""
    unsure = Declaration(UV, HERE, "UV_CACHE_DIR", "zeta-3", sure=False)
    found = recognise(tree(*lines, location=HERE), [unsure], (), "zeta-3")
    assert found is not None
    assert found.how == how


@pytest.mark.parametrize(
    ("name", "fitting"),
    [(".hypothesis", "examples/x"), (".pytype", "pyi/x"), (".turbo", "turbo-build.log")],
)
def test_name_is_not_enough_for_what_a_person_wrote(name, fitting):
    """These names are also given by hand. Empty, or with something of the tool's, they are its."""
    assert recognise(tree("notes.md", "config.json", path=name)) is None
    for lines in ((), (".gitignore",), (fitting,), (fitting, "notes.md")):
        assert recognise(tree(*lines, path=name)) is not None


def test_pickles_of_pylint():
    """They name its class first; those of others, and what a profiler leaves, are something else."""
    pickles = dict.fromkeys(("a_1.stats", "b_1.stats"), b"\x80\x04\x95\x8c\x18pylint.utils.linterstats")
    found = recognise(FakeDirectory(pickles))
    assert found is not None
    assert found.tool == "Pylint cache"
    assert recognise(FakeDirectory(dict.fromkeys(pickles, b"\x80\x04\x95\x8c\x04runs"))) is None
    assert recognise(FakeDirectory(dict.fromkeys(pickles, b"x"))) is None
    assert recognise(FakeDirectory({**pickles, "x.c": b""})) is None


@pytest.mark.parametrize(("name", "line"), [("wrapper", "dists/x"), ("daemon", "8.5/x"), ("native", "jansi/x")])
def test_home_of_gradle(tmp_path, name, line):
    """Declared, all that Gradle keeps there goes, and `gradle.properties` stays."""
    root = os.path.realpath(tmp_path)
    os.makedirs(os.path.join(root, "zeta-3", name))
    declarations = declared(root, {"GRADLE_USER_HOME": os.path.join(root, "zeta-3")}, "/usr")
    directory = tree(line, path=f"zeta-3/{name}", location=os.path.join(root, "zeta-3", name))
    found = recognise(directory, declarations)
    assert found is not None
    assert (found.code, found.tool) == ("NC002", "Gradle cache")
