"""What the running build declares: variables, configuration keys, its interpreter."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_nocache.caches.catalogue import CATALOGUE
from hatch_nocache.caches.declared import INTERPRETER, NOTHING, read

VARIABLES = [(tool, variable) for tool in CATALOGUE for variable in tool.variables]
CONDA = "Conda package cache"
UV_TABLE = {"pyproject.toml": '[tool.uv]\ncache-dir = "c"'}
KEYS = [(tool, key) for tool in CATALOGUE for key in tool.keys]


def _id(value):
    return getattr(value, "name", None) or (value if isinstance(value, str) else value[0])


def _found(root, environ=None, prefix="/usr"):
    real = os.path.realpath(root)
    found = read(str(root), environ or {}, prefix, ()).declarations
    return [(d.tool.name, os.path.relpath(d.directory, real).replace(os.sep, "/"), d.source, d.reason) for d in found]


@pytest.fixture
def root(tmp_path):
    """Make a project with one directory that may be a cache."""
    (tmp_path / "project" / "zeta-3").mkdir(parents=True)
    return tmp_path / "project"


def test_surroundings(root):
    """The packages and the value of UV_CACHE_DIR are handed through."""
    surroundings = read(str(root), {"UV_CACHE_DIR": "/elsewhere"}, "/usr", ["src/zeta"])
    assert surroundings == ((), ("src/zeta",), "/elsewhere")
    assert read(str(root), {}, "/usr", []) == NOTHING


@pytest.mark.parametrize(("tool", "variable"), VARIABLES, ids=_id)
def test_variable(root, tool, variable):
    """Each leads to the directory at, or below, its value, relative or absolute."""
    name, *below = variable.split("/")
    where = "/".join(["zeta-3", *below])
    (root / where).mkdir(parents=True, exist_ok=True)
    for value in ("zeta-3", "./zeta-3/", str(root / "zeta-3")):
        found = _found(root, {name: value, "PWD": str(root)})
        assert (tool.name, where, name, f"{name}={value} points into the project") in found
    for value in ("zeta-4", str(root.parent), " "):
        assert _found(root, {name: value}) == []


@pytest.mark.parametrize(("tool", "key"), KEYS, ids=_id)
def test_key(root, tool, key):
    """Each leads to the directory that it names, relative to its file, in the spellings that the file allows."""
    file, pattern, name = key
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).parent.joinpath("zeta-4").mkdir()
    table = pattern.replace("*", "x")
    if file.endswith(".toml"):
        texts = [f'[{table}]\n{name} = "zeta-4"', f'{table}.{name} = "zeta-4"']
        texts = texts if table else [f'{name} = "zeta-4"', f'"{name}" = "zeta-4"']
    else:
        texts = [f"[{table}]\n" * bool(table) + f"{each}{sep}zeta-4" for each in (name, name.upper()) for sep in "=:"]
    for text in texts:
        (root / file).write_text(text)
        where = "/".join([*file.split("/")[:-1], "zeta-4"])
        source = f"`{name}` in " + f"[{pattern}] of " * bool(table) + file
        assert _found(root) == [(tool.name, where, source, f"{source} is zeta-4")], text


@pytest.mark.parametrize(
    "value", ["", " ", ".", "..", "missing", "file", "../other", "../project-2", "/", "a\0b", "x" * 5000, "~", "$PWD"]
)
def test_value_that_is_no_directory_inside(root, value):
    """The root, its parents, its siblings, what does not exist, and what is no path declare nothing."""
    (root / "file").write_text("")
    for name in ("other", "project-2"):
        (root.parent / name).mkdir()
    assert _found(root, {"UV_CACHE_DIR": value, "XDG_CACHE_HOME": value, "CONDA_PKGS_DIRS": value}) == []


@pytest.mark.parametrize(
    ("environ", "files", "expected"),
    [
        # It declares itself and the caches of known tools in it.
        ({"XDG_CACHE_HOME": "c"}, {}, ["uv cache: c/uv", "home of caches: c", "pip cache: c/pip"]),
        *(
            ({"CONDA_PKGS_DIRS": separator.join(["c", "", "/nowhere", "d"])}, {}, [f"{CONDA}: c", f"{CONDA}: d"])
            for separator in (os.pathsep, ",")
        ),
        # Both tox and mypy can spell the directory of their file.
        ({}, {"tox.ini": "[tox]\ntoxworkdir = {toxinidir}/c\n"}, ["tox work directory: c"]),
        ({}, {"mypy.ini": "[mypy]\ncache_dir = $MYPY_CONFIG_FILE_DIR/c\n"}, ["mypy cache: c"]),
        # Editors on Windows write a byte order mark.
        ({}, {"uv.toml": '\ufeffcache-dir = "c"'}, ["uv cache: c"]),
        # A `*` in a key matches every environment of Hatch.
        (
            {},
            {"hatch.toml": '[envs.a]\npath = "c"\n[envs.b]\npath = "d"\n[envs.c]\npath = 1\n'},
            ["virtual environment: c", "virtual environment: d"],
        ),
        # If there is a uv.toml, uv does not read the table in pyproject.toml.
        ({}, UV_TABLE, ["uv cache: c"]),
        ({}, {**UV_TABLE, "uv.toml": 'cache-dir = "d"'}, ["uv cache: d"]),
    ],
)
def test_several_directories(root, environ, files, expected):
    for name in ("c/uv", "c/pip", "c/mine", "d"):
        (root / name).mkdir(parents=True)
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    assert [f"{tool}: {at}" for tool, at, _, _ in _found(root, environ)] == expected


def test_links_are_resolved(root, tmp_path):
    """A link in the project to a cache outside declares nothing inside; one from outside to the inside does."""
    (tmp_path / "outside").mkdir()
    (root / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "in").symlink_to(root / "zeta-3")
    (tmp_path / "alias").symlink_to(root)
    assert _found(root, {"UV_CACHE_DIR": "out"}) == []
    assert _found(root, {"UV_CACHE_DIR": str(tmp_path / "in")})[0][1] == "zeta-3"
    assert _found(tmp_path / "alias", {"UV_CACHE_DIR": "zeta-3"})[0][1] == "zeta-3"


def test_root_in_another_spelling(root, monkeypatch):
    """On a case-insensitive file system the value may spell the root differently; elsewhere it is another directory."""
    other = root.parent / "PROJECT"
    (other / "zeta-3").mkdir(parents=True, exist_ok=True)
    assert _found(root, {"UV_CACHE_DIR": str(other / "zeta-3")}) == []
    monkeypatch.setattr(os.path, "samefile", lambda one, two: one.lower() == two.lower())
    assert len(_found(root, {"UV_CACHE_DIR": str(other / "zeta-3")})) == 1
    assert _found(root, {"UV_CACHE_DIR": str(other)}) == []


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        # In every isolated build of uv, the prefix gives the cache away.
        ("zeta-3/builds-v0/.tmpX", [("uv cache", "zeta-3"), ("virtual environment", "zeta-3/builds-v0/.tmpX")]),
        ("builds-v0/.tmpX", [("virtual environment", "builds-v0/.tmpX")]),
        ("zeta-3", [("virtual environment", "zeta-3")]),
        ("", []),
        ("..", []),
    ],
)
def test_interpreter(root, prefix, expected):
    """The environment that runs the build is one in use, unless it is the root or around it."""
    path = os.path.normpath(root / prefix)
    os.makedirs(path, exist_ok=True)
    assert _found(root, prefix=path) == [(*each, INTERPRETER, f"contains {INTERPRETER}") for each in expected]


def test_variable_comes_before_key_before_interpreter(root):
    (root / "zeta-3" / "builds-v0" / "x").mkdir(parents=True)
    (root / "uv.toml").write_text('cache-dir = "zeta-3"')
    environ = {"UV_CACHE_DIR": "zeta-3", "PWD": str(root)}
    sources = [source for tool, _, source, _ in _found(root, environ, str(root / "zeta-3/builds-v0/x")) if "uv" in tool]
    assert sources == ["UV_CACHE_DIR", "`cache-dir` in uv.toml", INTERPRETER]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "[tool]\nuv = 1 # cache-dir"),
        ("pyproject.toml", "[tool.uv]\ncache-dir = 1"),
        ("pyproject.toml", "[tool.uv]\ncache-dir = ''"),
        ("pyproject.toml", "[tool.uv]\ncache-dir = 'a\\u0000b'"),
        ("pyproject.toml", "[[tool.uv]]\ncache-dir = 'zeta-3'"),
        pytest.param("pyproject.toml", "tool.uv.cache-dir = " + "[" * 5000, id="deep"),
        ("mypy.ini", ""),
        ("mypy.ini", "[mypy]\ncache_dir"),
        ("mypy.ini", "[\0]\nx=1"),
        ("uv.toml", 'cache-dir = "zeta-3"\n[x'),
        ("tox.ini", "[tox]\nwork_dir = zeta-3\n= x"),
        (".npmrc", "cache=zeta-3\nignore-scripts\n  audit=false"),
        ("tox.ini", "[tox]\nwork_dir = zeta-3\n" + "# x\n" * 100_000),
        ("tox.ini", "[tox]\nwork_dir = zeta-3\nx = " + "y" * 3000 + "\n"),
        ("mypy.ini", b"[mypy]\ncache_dir = zeta-3\n# \xff"),
    ],
)
def test_file_that_declares_nothing(root, file, text):
    """Nothing that is wrong with another tool's file fails the build, nor is too long a file read."""
    (root / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    assert _found(root) == []


@pytest.mark.parametrize("make", [os.mkdir, getattr(os, "mkfifo", os.mkdir)])
def test_file_that_is_none(root, make):
    """Opening a FIFO would hang."""
    make(root / "tox.ini")
    assert _found(root) == []


LINES = st.sampled_from(
    ["cache", "cache=x", "cache_dir", " cache_dir = x", "\tx", "[tox]", "[", "=", ": x", "a: [", "#", ""]
)


@given(st.lists(LINES, max_size=5), st.sampled_from(["\n", "\r", "\r\n", "\n\n"]), st.text(max_size=3))
def test_no_file_is_too_odd(lines, end, more):
    with tempfile.TemporaryDirectory() as root:
        for name in (".npmrc", "mypy.ini", "uv.toml"):
            with open(os.path.join(root, name), "w", encoding="utf-8", errors="replace", newline="") as file:
                file.write(f'{end.join(lines)}{more}\n# cache cache_dir cache-dir "')
        read(root, {}, "/usr", ())


@pytest.mark.parametrize(
    ("value", "pwd", "expected"),
    [
        ("zeta-3", "{root}", ("zeta-3", True)),
        ("project/zeta-3", "{root}/..", ("zeta-3", True)),
        ("inner", "{root}/sub", ("sub/inner", True)),
        ("{root}/zeta-3", None, ("zeta-3", True)),
        ("{root}/zeta-3", "{root}/..", ("zeta-3", True)),
        ("zeta-3", None, ("zeta-3", False)),
        ("zeta-3", "{root}/..", ("zeta-3", False)),
        ("zeta-3", "{root}/sub", ("zeta-3", False)),
        # Without the front end's working directory only the root is tried.
        *(("inner", pwd, None) for pwd in (None, "", "sub", "{root}/..")),
    ],
)
def test_relative_value(root, value, pwd, expected):
    """It is relative to where the front end was started, which is not certain to be the root."""
    (root / "sub" / "inner").mkdir(parents=True)
    environ = {"UV_CACHE_DIR": value.format(root=root), **({} if pwd is None else {"PWD": pwd.format(root=root)})}
    found = read(str(root), environ, "/usr", ()).declarations
    paths = [
        (os.path.relpath(each.directory, os.path.realpath(root)).replace(os.sep, "/"), each.sure) for each in found
    ]
    assert paths == ([expected] if expected else [])


def test_without_a_build_the_front_end_would_start_here(root, monkeypatch):
    """The command uses its own working directory instead of PWD, unless the directory is gone."""
    environ = {"UV_CACHE_DIR": "zeta-3", "PWD": "/nowhere"}

    def gone():
        raise FileNotFoundError

    for where, sure in ((root, True), (root.parent, False)):
        monkeypatch.chdir(where)
        assert [said.sure for said in read(str(root), environ, "", ()).declarations] == [sure]
    monkeypatch.setattr(os, "getcwd", gone)
    assert [said.sure for said in read(str(root), environ, "", ()).declarations] == [False]
