"""What the running build says of caches: variables, configuration keys, its interpreter."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_nocache.caches.catalogue import CATALOGUE
from hatch_nocache.caches.leads import may_be_declared
from hatch_nocache.caches.surroundings import INTERPRETER, declared
from hatch_nocache.caches.toolconfig import Files

VARIABLES = [(tool, variable) for tool in CATALOGUE for variable in tool.variables]
KEYS = [(tool, key) for tool in CATALOGUE for key in tool.keys]


def _id(value):
    return getattr(value, "file", None) or value.name


def _found(root, environ=None, prefix="/usr"):
    real = os.path.realpath(root)
    found = declared(str(root), environ or {}, prefix)
    return [(d.tool.name, os.path.relpath(d.directory, real).replace(os.sep, "/"), d.source, d.value) for d in found]


@pytest.fixture
def root(tmp_path):
    """Make a project with one directory that may be a cache."""
    (tmp_path / "project" / "zeta-3").mkdir(parents=True)
    return tmp_path / "project"


@pytest.mark.parametrize(("tool", "variable"), VARIABLES, ids=_id)
def test_variable(root, tool, variable):
    """Each variable leads to the directory at, or below, its value, relative or absolute."""
    below = "/".join(part for part in ("zeta-3", variable.below) if part)
    (root / below).mkdir(parents=True, exist_ok=True)
    for value in ("zeta-3", "./zeta-3/", str(root / "zeta-3")):
        assert (tool.name, below, variable.name, value) in _found(root, {variable.name: value})


@pytest.mark.parametrize(("tool", "key"), KEYS, ids=_id)
def test_key(root, tool, key):
    """Each key leads to the directory that it names, relative to its file."""
    (root / key.file).parent.mkdir(exist_ok=True)
    (root / key.file).parent.joinpath("zeta-4").mkdir()
    text = f"[{key.table.replace('*', 'x')}]\n" if key.table else ""
    quote = '"' if key.file.endswith(".toml") else ""
    (root / key.file).write_text(f"{text}{key.name} = {quote}zeta-4{quote}\n")
    where = "/".join([*key.file.split("/")[:-1], "zeta-4"])
    found = _found(root)
    assert [(name, at, value) for name, at, _, value in found] == [(tool.name, where, "zeta-4")]
    assert key.file in found[0][2]
    assert f"`{key.name}`" in found[0][2]
    assert (f"[{key.table}]" in found[0][2]) == bool(key.table)


@pytest.mark.parametrize(
    "value", ["", " ", ".", "..", "missing", "file", "../other", "/", "a\0b", "x" * 5000, "~", "$PWD"]
)
def test_value_that_is_no_directory_inside(root, value):
    """The root, what is around it, what is not there, and what is no path at all are no declarations."""
    (root / "file").write_text("")
    (root.parent / "other").mkdir()
    assert _found(root, {"UV_CACHE_DIR": value, "XDG_CACHE_HOME": value, "CONDA_PKGS_DIRS": value}) == []


def test_sibling_whose_name_begins_like_the_root(root):
    """What lies beside the project is not inside, however alike the names are."""
    (root.parent / "project-2").mkdir()
    assert _found(root, {"UV_CACHE_DIR": "../project-2"}) == []


def test_parent_of_caches_is_none_itself(root):
    """XDG_CACHE_HOME declares what the tools make in it, and never itself."""
    for name in ("uv", "pip", "mine"):
        (root / "zeta-3" / name).mkdir()
    found = _found(root, {"XDG_CACHE_HOME": "zeta-3"})
    assert [(tool, at) for tool, at, _, _ in found] == [("uv cache", "zeta-3/uv"), ("pip cache", "zeta-3/pip")]


@pytest.mark.parametrize("environ", [{}, {"PWD": ""}, {"PWD": "relative"}, {"PWD": "/nowhere"}])
def test_relative_value_needs_a_working_directory(root, environ):
    """Without the front end's working directory only the root is tried."""
    (root / "sub" / "inner").mkdir(parents=True)
    assert _found(root, {"UV_CACHE_DIR": "inner", **environ}) == []
    assert _found(root, {"UV_CACHE_DIR": "sub/inner", **environ})[0][1] == "sub/inner"


def test_relative_value_is_tried_from_where_the_shell_was(root):
    """A front end started above or below the project resolves the value from there."""
    (root / "sub" / "inner").mkdir(parents=True)
    assert _found(root, {"UV_CACHE_DIR": "inner", "PWD": str(root / "sub")})[0][1] == "sub/inner"
    assert _found(root, {"UV_CACHE_DIR": "project/zeta-3", "PWD": str(root.parent)})[0][1] == "zeta-3"


@pytest.mark.parametrize("separator", [os.pathsep, ","])
def test_list_of_directories(root, separator):
    """Some variables hold several directories."""
    (root / "zeta-4").mkdir()
    found = _found(root, {"CONDA_PKGS_DIRS": separator.join(["zeta-3", "", "/nowhere", "zeta-4"])})
    assert [at for _, at, _, _ in found] == ["zeta-3", "zeta-4"]


def test_links_are_resolved(root, tmp_path):
    """A link in the project to a cache outside declares nothing inside; one from outside to the inside does."""
    (tmp_path / "outside").mkdir()
    (root / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "in").symlink_to(root / "zeta-3")
    (tmp_path / "alias").symlink_to(root)
    assert _found(root, {"UV_CACHE_DIR": "out"}) == []
    assert _found(root, {"UV_CACHE_DIR": str(tmp_path / "in")})[0][1] == "zeta-3"
    assert _found(tmp_path / "alias", {"UV_CACHE_DIR": "zeta-3"})[0][1] == "zeta-3"


def test_interpreter_in_a_build_of_uv(root):
    """In every isolated build of uv, the prefix gives the cache away, with no variable set."""
    prefix = root / "zeta-3" / "builds-v0" / ".tmpX"
    prefix.mkdir(parents=True)
    assert _found(root, prefix=str(prefix)) == [
        ("uv cache", "zeta-3", INTERPRETER, str(prefix)),
        ("virtual environment", "zeta-3/builds-v0/.tmpX", INTERPRETER, str(prefix)),
    ]


def test_interpreter_in_a_cache_that_is_the_root(root):
    """The root stays the root, even with uv's buckets in it."""
    prefix = root / "builds-v0" / ".tmpX"
    prefix.mkdir(parents=True)
    assert [(tool, at) for tool, at, _, _ in _found(root, prefix=str(prefix))] == [
        ("virtual environment", "builds-v0/.tmpX")
    ]


def test_interpreter_elsewhere_in_the_project(root):
    """An environment in the project that runs the build is one in use."""
    assert _found(root, prefix=str(root / "zeta-3")) == [
        ("virtual environment", "zeta-3", INTERPRETER, str(root / "zeta-3"))
    ]


def test_project_below_the_interpreter(root):
    """An ancestor of the root, or the root itself, is nobody's business."""
    assert _found(root, prefix=str(root.parent)) == []
    assert _found(root, prefix=str(root)) == []


def test_variable_comes_before_key_before_interpreter(root):
    """The surest is named first, each once."""
    (root / "zeta-3" / "builds-v0" / "x").mkdir(parents=True)
    (root / "uv.toml").write_text('cache-dir = "zeta-3"')
    environ = {"UV_CACHE_DIR": "zeta-3", "PWD": str(root)}
    sources = [source for tool, _, source, _ in _found(root, environ, str(root / "zeta-3/builds-v0/x")) if "uv" in tool]
    assert sources == [
        "UV_CACHE_DIR",
        "`cache-dir` in uv.toml",
        INTERPRETER,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[tool.uv",
        "tool = 1",
        "[tool]\nuv = 1",
        "[tool.uv]\ncache-dir = 1",
        "[tool.uv]\ncache-dir = ''",
        "[tool.uv]\ncache-dir = ['zeta-3']",
        "[tool.uv]\ncache-dir = 'a\\u0000b'",
        "[[tool.uv]]\ncache-dir = 'zeta-3'",
        pytest.param("a = " + "[" * 5000, id="deep"),
    ],
)
def test_broken_toml_is_no_declaration(root, text):
    """Whatever is wrong with a file of another tool, this build goes on."""
    (root / "pyproject.toml").write_text(text)
    assert _found(root) == []


@pytest.mark.parametrize(
    "text", ["", "cache_dir", "[mypy\ncache_dir=zeta-3", "[mypy]\ncache_dir", " x\n=\n", "[mypy]\n[mypy", "[\0]\nx=1"]
)
def test_broken_ini_is_no_declaration(root, text):
    """The same for the older format."""
    (root / "mypy.ini").write_text(text)
    assert _found(root) == []


@pytest.mark.parametrize("name", ["pyproject.toml", "mypy.ini"])
def test_unreadable_file_is_no_declaration(root, name):
    """Not UTF-8, or a directory."""
    (root / name).write_bytes(b"[tool.mypy]\ncache_dir = 'zeta-3'\n[mypy]\ncache_dir = zeta-3\n# \xff")
    assert _found(root) == []
    (root / name).unlink()
    (root / name).mkdir()
    assert _found(root) == []


def test_placeholders_for_the_root(root):
    """Both tox and mypy can spell the directory of their file."""
    (root / "tox.ini").write_text("[tox]\ntoxworkdir = {toxinidir}/zeta-3\n")
    (root / "mypy.ini").write_text("[mypy]\ncache_dir = $MYPY_CONFIG_FILE_DIR/zeta-3\n")
    assert {(tool, at) for tool, at, _, _ in _found(root)} == {
        ("tox work directory", "zeta-3"),
        ("mypy cache", "zeta-3"),
    }


def test_byte_order_mark(root):
    """Editors on Windows write one."""
    (root / "uv.toml").write_text('\ufeffcache-dir = "zeta-3"', encoding="utf-8")
    assert _found(root)[0][1] == "zeta-3"


def test_each_file_is_read_once(root):
    """Two tools have a key in one file, and it may be long."""
    files = Files(str(root))
    keys = [key for _, key in KEYS if key.file == "pyproject.toml"]
    (root / "pyproject.toml").write_text("[tool.mypy]\ncache_dir = 'zeta-3'\n")
    first = [value for key in keys for value in files.values(key)]
    (root / "pyproject.toml").unlink()
    assert first == ["zeta-3"]
    assert [value for key in keys for value in files.values(key)] == first


def test_several_tables(root):
    """A `*` in a key stands for every environment of Hatch."""
    (root / "zeta-4").mkdir()
    (root / "hatch.toml").write_text('[envs.a]\npath = "zeta-3"\n[envs.b]\npath = "zeta-4"\n[envs.c]\npath = 1\n')
    assert [at for _, at, _, _ in _found(root)] == ["zeta-3", "zeta-4"]


def test_uv_toml_wins(root):
    """With a uv.toml, uv does not read the table in pyproject.toml, so that is no evidence."""
    (root / "zeta-4").mkdir()
    (root / "pyproject.toml").write_text('[tool.uv]\ncache-dir = "zeta-3"')
    assert [at for _, at, _, _ in _found(root)] == ["zeta-3"]
    (root / "uv.toml").write_text('cache-dir = "zeta-4"')
    assert [at for _, at, _, _ in _found(root)] == ["zeta-4"]


@pytest.mark.parametrize(
    ("value", "pwd", "sure"),
    [
        ("zeta-3", "project", True),
        ("project/zeta-3", ".", True),
        ("{root}/zeta-3", None, True),
        ("{root}/zeta-3", ".", True),
        ("zeta-3", None, False),
        ("zeta-3", ".", False),
        ("zeta-3", "project/sub", False),
        ("zeta-3", "gone", False),
    ],
)
def test_value_is_sure_from_where_the_front_end_was_started(root, value, pwd, sure):
    """From elsewhere it merely may lead into the project."""
    environ = {"UV_CACHE_DIR": value.format(root=root)}
    if pwd is not None:
        environ["PWD"] = os.path.join(str(root.parent), pwd)
    found = [said for said in declared(str(root), environ, "/usr") if said.source == "UV_CACHE_DIR"]
    assert [(os.path.basename(said.directory), said.sure) for said in found] == [("zeta-3", sure)]


def test_without_a_build_this_process_is_where_it_would_start(root, monkeypatch):
    """The command line knows its own working directory, whatever PWD says."""
    environ = {"UV_CACHE_DIR": "zeta-3", "PWD": "/nowhere"}
    monkeypatch.chdir(root)
    assert [said.sure for said in declared(str(root), environ, "")] == [True]
    monkeypatch.chdir(root.parent)
    assert [said.sure for said in declared(str(root), environ, "")] == [False]


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no directory that someone is in")
def test_working_directory_that_is_gone(root, monkeypatch):
    """There is none, and nothing is sure."""

    def gone():
        raise FileNotFoundError

    monkeypatch.setattr(os, "getcwd", gone)
    assert [said.sure for said in declared(str(root), {"UV_CACHE_DIR": "zeta-3"}, "")] == [False]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("uv.toml", "cache-dir = "),
        ("uv.toml", 'cache-dir = "zeta-3"\n[x'),
        ("tox.ini", "[tox]\nwork_dir = zeta-3\n= x"),
        (".npmrc", "cache=zeta-3\nignore-scripts\n  audit=false"),
    ],
)
def test_file_that_cannot_be_parsed(root, file, text):
    """It has the words of a key in it, and says nothing all the same."""
    (root / file).write_text(text)
    assert _found(root) == []


@pytest.mark.parametrize("more", ["# x\n" * 100_000, "x = " + "y" * 3000 + "\n"], ids=["file", "line"])
def test_file_that_no_one_writes(root, more):
    """Half of it is not read, and parsers take their time for long lines."""
    (root / "tox.ini").write_text("[tox]\nwork_dir = zeta-3\n")
    assert _found(root) != []
    (root / "tox.ini").write_text("[tox]\nwork_dir = zeta-3\n" + more)
    assert _found(root) == []


def test_project_that_cannot_be_listed(root):
    """No file is there, then."""
    assert not Files(str(root / "gone")).exists("uv.toml")
    assert not Files(str(root / "gone")).may_declare()


LINES = st.sampled_from(
    ["cache", "cache=x", "cache_dir", " cache_dir = x", "\tx", "[tox]", "[", "=", ": x", "a: [", "#", ""]
)


@given(st.lists(LINES, max_size=5), st.sampled_from(["\n", "\r", "\r\n", "\n\n"]), st.text(max_size=3))
def test_no_file_is_too_odd(lines, end, more):
    """Whatever lies there under a tool's name, nothing is raised."""
    with tempfile.TemporaryDirectory() as root:
        for name in (".npmrc", "mypy.ini", "uv.toml"):
            with open(os.path.join(root, name), "w", encoding="utf-8", errors="replace", newline="") as file:
                file.write(f'{end.join(lines)}{more}\n# cache cache_dir cache-dir "')
        declared(root, {}, "/usr")


@pytest.mark.parametrize("key", [key for _, key in KEYS], ids=_id)
def test_key_may_be_declared(root, key):
    """What the glance says of each key, in the spellings that the file allows."""
    (root / key.file).parent.mkdir(exist_ok=True)
    assert not may_be_declared(str(root), {}, "/usr")
    table = key.table.replace("*", "x")
    if key.file.endswith(".toml"):
        texts = [f'[{table}]\n{key.name} = "zeta-3"' if table else f'{key.name} = "zeta-3"']
        texts.append(f'{table}.{key.name} = "zeta-3"' if table else f'"{key.name}" = "zeta-3"')
        texts.append(f'"{key.name[:-1]}\\u{ord(key.name[-1]):04x}" = "zeta-3"')
    else:
        texts = [f"[{table}]\n{name}{between}zeta-3" for name in (key.name, key.name.upper()) for between in "=:"]
    for text in texts:
        (root / key.file).write_text(text)
        assert may_be_declared(str(root), {}, "/usr"), text


@pytest.mark.parametrize("variable", [variable for _, variable in VARIABLES], ids=_id)
def test_variable_may_declare(root, variable):
    """Each of them, where it leads to a directory of the project, and only there."""
    (root / "zeta-3" / variable.below).mkdir(parents=True, exist_ok=True)
    outside = str(root.parent)
    for value in ("zeta-3", str(root / "zeta-3"), *([f"{outside},zeta-3"] if variable.many else [])):
        assert may_be_declared(str(root), {variable.name: value, "PWD": outside}, "/usr")
    for value in ("zeta-4", outside, "", " ", "\0"):
        assert not may_be_declared(str(root), {variable.name: value, "PWD": outside}, "/usr")


def test_what_else_may_declare(root):
    """The interpreter, below the project only; and no other variable."""
    assert may_be_declared(str(root), {}, str(root / "zeta-3"))
    assert not may_be_declared(str(root), {"HOME": "zeta-3"}, "")
    assert not may_be_declared(str(root), {}, str(root))
    assert not may_be_declared(str(root), {}, str(root.parent))


@pytest.mark.parametrize("variable", [variable for _, variable in VARIABLES], ids=_id)
def test_what_is_declared_may_be_declared(root, variable):
    """The glance says no only where nothing would be found."""
    (root / "zeta-3" / variable.below).mkdir(parents=True, exist_ok=True)
    for value in ("zeta-3", "/zeta-3", "{0}/zeta-3", "../project/zeta-3", "..", "", "zeta-3,{0}"):
        for pwd in ("", "{0}", "{0}/zeta-3", "relative"):
            environ = {variable.name: value.format(root), "PWD": pwd.format(root)}
            found = declared(str(root), environ, "/usr")
            assert may_be_declared(os.path.realpath(root), environ, "/usr") == bool(found), environ
