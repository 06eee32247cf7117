"""The tools that leave caches and environments in a project, as data. To add a tool is to add a row.

Observed by running the tools, except the rows that are `documented`: these were only read about. Detection,
messages, the tables of the documentation and the tests are driven from here.

When a fingerprint is made of plain words or short hexadecimal names (`wheels`, `http`, `0` … `f`), the row asks for
enough of the path below to be sure: such names are also those of ordinary directories of real sdists.
"""

from __future__ import annotations

import enum
from typing import NamedTuple, Tuple

from hatch_nocache.caches.shapes import Mark, Shape

__all__ = ["CACHE", "CATALOGUE", "CONDA", "ENVIRONMENT", "ENVIRONMENTS", "UV", "Key", "Kind", "Tool", "Variable"]


class Kind(enum.Enum):
    """What becomes of a directory differs by what it is: only genuine tags make a cache of a build output."""

    CACHE = "cache"
    ENVIRONMENT = "environment"
    ENVIRONMENTS = "environments"
    OUTPUT = "output"


class Variable(NamedTuple):
    """An environment variable. The cache is `below` its value; `many` when it may be a list of directories."""

    name: str
    below: str = ""
    many: bool = False


class Key(NamedTuple):
    """A configuration key. A `*` in `table` is any name; relative values are relative to the directory of `file`.

    The tool does not read the key when the file `unless` exists.
    """

    file: str
    table: str
    name: str
    unless: str = ""


class Tool(NamedTuple):
    """One tool.

    `names` are directory names that no one writes by hand; if that is not `sure`, something of the `layout` must be in
    the directory, or nothing at all. `shapes` are alternatives, each sufficient. `says` is what
    the tool writes into its `CACHEDIR.TAG` or `.gitignore`, and tells whose a tagged directory is. `layout` matches the
    names at the top of the cache: a directory with a name that does not fit it contradicts what a variable or a
    configuration key says, and so does what `denies` finds. Where `secrets` lie, it is enough that most names fit.
    What a `documented` tool leaves was not seen.
    """

    name: str
    kind: Kind = Kind.CACHE
    variables: Tuple[Variable, ...] = ()
    keys: Tuple[Key, ...] = ()
    names: Tuple[str, ...] = ()
    shapes: Tuple[Shape, ...] = ()
    says: str = ""
    layout: str = ""
    denies: Tuple[Mark, ...] = ()
    secrets: Tuple[Mark, ...] = ()
    sure: bool = True
    remedy: str = ""
    documented: bool = False


def _xdg(below: str) -> Variable:
    return Variable("XDG_CACHE_HOME", below)


_HEX2 = "~[0-9a-f]{2}"
# By version of Python, later by a hash.
_PDM_META = r"package_meta_([0-9a-f]{32,}|[23]\.[0-9.]+)\.json"
_IN_USE = "Scripts|Lib|Include|bin|lib|lib64|include|share|pyvenv\\.cfg|conda-meta|DLLs|python[^/]*"
_UV = (
    r"(archive|binaries|builds|built-wheels|environments|flat-index|git|interpreter|python|sdists|simple|wheels)"
    r"-v[0-9]+|\.git|\.tmp.*"
)
_PIP = "http(-v[0-9]+)?|selfcheck|wheels"
_PDM = r"archive_info|hashes|http|metadata|packages|publish|self-check|wheels|cached_wheels|[a-z_-]+\.json|\.cache"
# A deep path of the tests of a server may be `a/b/c/d/e`, so what lies there counts.
_HEX5 = r"~[0-9a-f]/~[0-9a-f]/~[0-9a-f]/~[0-9a-f]/~[0-9a-f]/~[0-9a-f]{56,64}(\.body)?"
_PRE_COMMIT = r"db\.db|README|patch.*|repo[a-z0-9_]{8}|pre-commit\.log|\.cache"
# Random characters. A digit before a letter, for `repositories`, `repository_1` and `repofixture1` are names of others.
_CLONE = "|".join(
    ["repo[0-9][a-z][a-z0-9_]{6}"]
    + [f"repo[a-qt-z0-9_][a-z0-9_]{{{n}}}[0-9][a-z][a-z0-9_]{{{5 - n}}}" for n in range(6)]
)
_UV_PYTHON = r"(cpython|pypy|graalpy|pyodide)-3\.[0-9]+\.[0-9].*-[a-z]+-[^-]+-[a-z]+"
_HUB_REPOSITORY = "(models|datasets|spaces|kernels)--.*"
_HF_HOME = r"hub|xet|assets|datasets|modules|metrics|evaluate|token|stored_tokens|accelerate|\.[a-z_-]+\.json|\.check.*"
_PREK = r"README|cache|hooks|repos|scratch|tools|patches|config-tracking\.json|prek\.log.*"
_OF_BLACK = r"cache(\.[^.]+){4,}\.pickle"
_TEXTS = r".*\.(c|cfg|css|go|html|ini|js|json|md|mod|py|rst|sh|sum|toml|txt|xml|yaml|yml)$"
_GRADLE = r"[a-z-]+-[0-9]+|[0-9]+\.[0-9]+.*|keyrings|user-id\.txt.*|.*\.lock"
_NPM = r"_[a-z-]+|anonymous-cli-metrics\.json"
_SOLE_POETRY = r"~.*-[\w-]{8}-py3(\.[0-9]+)?/pyvenv.cfg"
_VENDORED = (Mark(r"wheels/~.*\.whl"),)
_ENVIRONMENTS_OF_UV = Mark("~.*/uv-receipt.toml")
_OUTPUT_REMEDY = "if files in it belong into the distribution, name them in `artifacts`, or their directory in `allow`"

# What is recognised without any row: a tag of an unknown tool, and environments side by side.
CACHE = Tool("cache directory")
ENVIRONMENTS = Tool("virtual environments", Kind.ENVIRONMENTS)
UV = Tool(
    "uv cache",
    variables=(Variable("UV_CACHE_DIR"), _xdg("uv")),
    keys=(Key("uv.toml", "", "cache-dir"), Key("pyproject.toml", "tool.uv", "cache-dir", unless="uv.toml")),
    names=(".uv-cache",),
    shapes=(
        # Two buckets, though the others were pruned. Their words are plain, so else it takes what uv writes into them.
        Shape((Mark("archive-v0/"), Mark("~(built-wheels|interpreter|sdists|wheels)-v[0-9]+/")), only=_UV),
        Shape((Mark(r"~interpreter-v[0-9]+/**/~[0-9a-f]{16}\.msgpack"),), only=_UV),
        Shape((Mark(r"~simple-v[0-9]+/**/~.*\.rkyv"),), only=_UV),
    ),
    layout=r"[a-z-]+-v[0-9]+|\.tmp.*",
)
ENVIRONMENT = Tool(
    "virtual environment",
    Kind.ENVIRONMENT,
    (
        Variable("UV_PROJECT_ENVIRONMENT"),
        Variable("VIRTUAL_ENV"),
        Variable("CONDA_PREFIX"),
        Variable("HATCH_ENV_TYPE_VIRTUAL_PATH"),
    ),
    (Key("pyproject.toml", "tool.hatch.envs.*", "path"), Key("hatch.toml", "envs.*", "path")),
    shapes=(Shape((Mark("pyvenv.cfg", says=r"(?m)^\s*home\s*="),)),),
    says="created by (virtualenv|venv)",
    layout=_IN_USE,
)
CONDA = Tool(
    "Conda environment",
    Kind.ENVIRONMENT,
    shapes=(Shape((Mark("conda-meta/history"),)),),
    documented=True,
)

CATALOGUE: Tuple[Tool, ...] = (
    UV,
    Tool(
        "pip cache",
        variables=(Variable("PIP_CACHE_DIR"), _xdg("pip")),
        names=(".pip-cache",),
        shapes=(
            Shape((Mark(f"wheels/{_HEX2}/{_HEX2}/{_HEX2}/~[0-9a-f]{{40,}}/"),), only=_PIP),
            Shape((Mark(f"http-v2/{_HEX5}"),), only=_PIP),
            Shape((Mark(f"http/{_HEX5}"),), only=_PIP),
            Shape((Mark("selfcheck/~[0-9a-f]{56}"),), only=_PIP),
            # Its parts, when other things lie beside them.
            Shape((Mark(f"{_HEX2}/{_HEX2}/{_HEX2}/~[0-9a-f]{{50,}}/"),), at="wheels", only="[0-9a-f]{2}"),
            Shape((Mark(_HEX5),), at="http", only="[0-9a-f]"),
            Shape((Mark(_HEX5),), at="~http-v[0-9]+", only="[0-9a-f]"),
            Shape((Mark("~[0-9a-f]{56}"),), at="selfcheck", only="[0-9a-f]{56}"),
        ),
        layout=_PIP,
        denies=_VENDORED,
    ),
    Tool(
        "Pipenv cache",
        variables=(Variable("PIPENV_CACHE_DIR"), _xdg("pipenv")),
        layout=_PIP + "|hash-cache",
        denies=_VENDORED,
    ),
    Tool(
        "Poetry cache",
        variables=(Variable("POETRY_CACHE_DIR"), _xdg("pypoetry")),
        keys=(Key("poetry.toml", "", "cache-dir"),),
        names=(".poetry-cache",),
        shapes=(
            Shape((Mark("cache/repositories/~.*/~_http|_packages/"),), only="artifacts|cache|virtualenvs"),
            Shape(
                (Mark(f"cache/repositories/~.*/{_HEX2}/{_HEX2}/{_HEX2}/"),),
                only="artifacts|cache|virtualenvs",
            ),
            Shape((Mark(f"artifacts/{_HEX2}/{_HEX2}/{_HEX2}/~[0-9a-f]{{40,}}/"),), only="artifacts|cache|virtualenvs"),
            Shape((Mark(f"virtualenvs/{_SOLE_POETRY}"),), only="artifacts|cache|virtualenvs"),
            Shape((Mark(f"{_HEX2}/{_HEX2}/{_HEX2}/~[0-9a-f]{{50,}}/"),), at="artifacts", only="[0-9a-f]{2}"),
            Shape((Mark("repositories/~.*/_http/"),), at="cache", only="repositories"),
        ),
        layout="artifacts|cache|virtualenvs",
    ),
    Tool(
        "PDM cache",
        variables=(Variable("PDM_CACHE_DIR"), _xdg("pdm")),
        shapes=(
            Shape((Mark(f"metadata/~{_PDM_META}"),), only=_PDM),
            Shape((Mark(r"packages/~.*\.whl\.cache/"),), only=_PDM),
            Shape((Mark("http/http-cache.db"),), only=_PDM),
            Shape((Mark(f"~{_PDM_META}"),), at="metadata", only=_PDM_META),
            Shape((Mark(r"~.*\.whl\.cache/"),), at="packages", only=r".*\.whl\.cache"),
            Shape((Mark("http-cache.db"),), at="http", only=r"http-cache\.db.*"),
        ),
        layout=_PDM,
        denies=_VENDORED,
    ),
    Tool(
        "PDM packages directory",
        names=(".pdm-build",),
        shapes=(Shape((Mark(r"~[23]\.[0-9]+(-32)?/~bin|lib|include|Lib|Scripts/"),), at="__pypackages__"),),
    ),
    Tool(
        "Hatch data directory",
        variables=(Variable("HATCH_DATA_DIR"), Variable("XDG_DATA_HOME", "hatch")),
        shapes=(
            Shape((Mark("env/~virtual|\\.internal/~.*/**/pyvenv.cfg"),), only=r"env|pythons|\.cache|pyapp|bin"),
            Shape((Mark("virtual/~.*/**/pyvenv.cfg"),), at="env", only=r"virtual|\..*"),
        ),
        layout=r"env|pythons|pyapp|\.cache|bin",
    ),
    Tool("Hatch cache", variables=(Variable("HATCH_CACHE_DIR"), _xdg("hatch")), documented=True),
    Tool(
        "tox work directory",
        Kind.ENVIRONMENTS,
        (Variable("TOX_WORK_DIR"),),
        (
            Key("tox.toml", "", "work_dir"),
            Key("pyproject.toml", "tool.tox", "work_dir"),
            Key("tox.ini", "tox", "work_dir"),
            Key("tox.ini", "tox", "toxworkdir"),
            Key("setup.cfg", "tox:tox", "toxworkdir"),
        ),
        (".tox",),
        # Version 3 writes `.tox-config1`. The shape asks for nothing else: `caches` checks what lies beside.
        (Shape((Mark("~.*/~\\.tox-(info\\.json|config1)"),), only=r"[^.].*|\.(pkg|tmp|package)(_.*|\.lock)?"),),
        layout=r"\.(pkg|tmp|package)(\.lock)?",
    ),
    Tool("nox environments", Kind.ENVIRONMENTS, names=(".nox",)),
    Tool(
        "uv tools",
        Kind.ENVIRONMENTS,
        (Variable("UV_TOOL_DIR"),),
        shapes=(Shape((_ENVIRONMENTS_OF_UV,)),),
    ),
    Tool("Pipenv environments", Kind.ENVIRONMENTS, (Variable("WORKON_HOME"),)),
    Tool(
        "Poetry environments",
        Kind.ENVIRONMENTS,
        (Variable("POETRY_VIRTUALENVS_PATH"),),
        (Key("poetry.toml", "virtualenvs", "path"),),
        shapes=(Shape((Mark(_SOLE_POETRY),)),),
    ),
    Tool(
        "Conda environments",
        Kind.ENVIRONMENTS,
        (Variable("CONDA_ENVS_PATH", many=True), Variable("MAMBA_ROOT_PREFIX", "envs")),
        shapes=(Shape((Mark("~.*/conda-meta/"),), at=".pixi/envs"),),
        documented=True,
    ),
    ENVIRONMENT,
    CONDA,
    Tool(
        "Conda package cache",
        variables=(Variable("CONDA_PKGS_DIRS", many=True), Variable("MAMBA_ROOT_PREFIX", "pkgs")),
        shapes=(
            # Name, version and build: `my-data-set` and `log-2024-01` are the names of others.
            Shape(
                (Mark("urls.txt"), Mark(r"~.+-[0-9]+\.[^-]*-([^-]*_)?[0-9]+/info/index.json")),
                only=r"urls(\.txt)?|cache|.*-.*-.*|.*\.conda",
            ),
        ),
        layout=r"urls(\.txt)?|cache|.*-.*-.*|.*\.conda",
        documented=True,
    ),
    Tool(
        "pixi cache",
        variables=(Variable("PIXI_CACHE_DIR"), Variable("RATTLER_CACHE_DIR"), _xdg("rattler/cache"), _xdg("pixi")),
        layout="pkgs|repodata|uv-cache|pypi-mapping|conda-pypi-mapping|http-cache|cached-envs-v0|git-cache-v0|.*-v[0-9]+",
        documented=True,
    ),
    Tool(
        "uv Pythons",
        variables=(Variable("UV_PYTHON_INSTALL_DIR"),),
        shapes=(
            Shape(
                (Mark(f"~{_UV_PYTHON}/~bin|lib|Lib|DLLs/"),), only=r"(cpython|pypy|graalpy|pyodide)-.*|\.temp|\.cache"
            ),
            Shape((Mark("~bin|lib|Lib|DLLs/"),), at=f"~{_UV_PYTHON}"),
        ),
        layout=r"(cpython|pypy|graalpy|pyodide)-.*|\.temp|\.cache",
    ),
    Tool(
        "pipx home",
        variables=(Variable("PIPX_HOME"),),
        shapes=(
            Shape((Mark("venvs/~.*/pipx_metadata.json"),), only=r"venvs|shared|py|logs|trash|\..*"),
            Shape(
                (Mark("venvs/~.*/pyvenv.cfg"), Mark(r"~shared|py|logs|trash|\.cache|\.trash/")),
                only=r"venvs|shared|py|logs|trash|\..*",
            ),
            Shape((Mark("shared/pyvenv.cfg"), Mark("~venvs|logs/")), only=r"venvs|shared|py|logs|trash|\..*"),
        ),
        layout=r"venvs|shared|py|logs|trash|\.cache|\.trash",
    ),
    Tool(
        "pre-commit cache",
        variables=(Variable("PRE_COMMIT_HOME"), _xdg("pre-commit")),
        shapes=(
            Shape((Mark("README", says="^This directory is maintained by the pre-commit project"),), only=_PRE_COMMIT),
            Shape((Mark("db.db"), Mark(f"~{_CLONE}/")), only=_PRE_COMMIT),
            # One clone, when other things lie beside it.
            Shape((Mark(".pre-commit-hooks.yaml"),), at=f"~{_CLONE}", checkout=True),
            Shape((Mark(".pre-commit-hooks.yaml"), Mark(".git/")), at="~repo[a-z0-9_]{8}", checkout=True),
            Shape((Mark(r"~[a-z_]*env-.*/~\.install_state_v[0-9]"),), at="~repo[a-z0-9_]{8}", checkout=True),
        ),
        layout=_PRE_COMMIT,
    ),
    Tool(
        "prek cache",
        variables=(Variable("PREK_HOME"), _xdg("prek")),
        shapes=(Shape((Mark("README", says="^This directory is maintained by the prek project"),), only=_PREK),),
        layout=_PREK,
    ),
    Tool(
        "mypy cache",
        variables=(Variable("MYPY_CACHE_DIR"),),
        keys=(
            Key("mypy.ini", "mypy", "cache_dir"),
            Key(".mypy.ini", "mypy", "cache_dir"),
            Key("pyproject.toml", "tool.mypy", "cache_dir"),
            Key("setup.cfg", "mypy", "cache_dir"),
        ),
        names=(".mypy_cache",),
        shapes=(
            Shape((Mark(r"~3\.[0-9]+/~cache\.[0-9]+\.db"),), only=r"[23]\.[0-9]+|missing_stubs"),
            Shape((Mark(r"~3\.[0-9]+/@plugins_snapshot.json"),), only=r"[23]\.[0-9]+|missing_stubs"),
            Shape((Mark(r"~cache\.[0-9]+\.db"),), at=r"~3\.[0-9]+", only=r"cache\.[0-9]+\.db.*"),
            Shape((Mark("@plugins_snapshot.json"),), at=r"~3\.[0-9]+"),
        ),
        says="created by mypy",
        layout=r"[23]\.[0-9]+|missing_stubs",
    ),
    Tool(
        "Ruff cache",
        variables=(Variable("RUFF_CACHE_DIR"),),
        keys=(
            Key(".ruff.toml", "", "cache-dir"),
            Key("ruff.toml", "", "cache-dir"),
            Key("pyproject.toml", "tool.ruff", "cache-dir"),
        ),
        names=(".ruff_cache",),
        says="created by [Rr]uff",
        layout=r"[0-9]+\.[0-9]+\.[0-9]+.*|content",
    ),
    Tool(
        "pytest cache",
        keys=(
            Key("pytest.toml", "pytest", "cache_dir"),
            Key("pytest.ini", "pytest", "cache_dir"),
            Key(".pytest.ini", "pytest", "cache_dir"),
            Key("pyproject.toml", "tool.pytest.ini_options", "cache_dir"),
            Key("pyproject.toml", "tool.pytest", "cache_dir"),
            Key("tox.ini", "pytest", "cache_dir"),
            Key("setup.cfg", "tool:pytest", "cache_dir"),
        ),
        names=(".pytest_cache",),
        shapes=(
            Shape((Mark("v/cache/~lastfailed|nodeids|stepwise"),), only=r"v|d|README\.md"),
            Shape((Mark("~lastfailed|nodeids|stepwise"),), at="v/cache", only="lastfailed|nodeids|stepwise"),
        ),
        says="[Cc]reated by pytest",
        layout=r"v|d|README\.md",
    ),
    Tool(
        "Black cache",
        variables=(Variable("BLACK_CACHE_DIR"), _xdg("black")),
        shapes=(
            Shape((Mark(r"~[0-9]+\.[0-9]+.*/~cache\.(-|[0-9,]+)(\..*)?\.pickle"),), only=r"[0-9]+\.[0-9]+.*"),
            Shape((Mark(f"~{_OF_BLACK}"),), at=r"~[0-9]+\.[0-9]+.*", only=_OF_BLACK),
        ),
        layout=r"[0-9]+\.[0-9]+.*",
    ),
    Tool(
        "Pylint cache",
        variables=(Variable("PYLINTHOME"), _xdg("pylint")),
        shapes=(Shape((Mark(r"~.*_1\.stats", says="bad_names|pylint"),), only=r".*_[0-9]+\.stats"),),
        layout=r".*[0-9]\.stats",
    ),
    Tool(
        "Import Linter cache",
        names=(".import_linter_cache",),
        says="created by Grimp",
    ),
    Tool(
        "Hypothesis database",
        variables=(Variable("HYPOTHESIS_STORAGE_DIRECTORY"),),
        names=(".hypothesis",),
        shapes=(
            Shape((Mark(".gitignore", says="automatically created by Hypothesis"),)),
            Shape((Mark("examples/~[0-9a-f]{16}/~[0-9a-f]{16}"),), only="examples|constants|unicode_data|patches|tmp"),
        ),
        layout="examples|constants|unicode_data|patches|tmp|charmap.*",
        sure=False,
    ),
    Tool(
        "Pyright cache",
        variables=(Variable("PYRIGHT_PYTHON_CACHE_DIR"), _xdg("pyright-python")),
        layout=r"[0-9]+\.[0-9]+.*|nodeenv|node_modules|npm",
        documented=True,
    ),
    Tool(
        "pytype cache",
        keys=(Key("pyproject.toml", "tool.pytype", "output"), Key("setup.cfg", "pytype", "output")),
        names=(".pytype",),
        shapes=(
            Shape((Mark(".gitignore", says="created by pytype"),)),
            Shape(
                (Mark("pyi/"), Mark("imports/"), Mark("build.ninja")),
                only=r"build\.ninja|imports|pyi|\.ninja_.*|.*\.log",
            ),
        ),
        layout=r"build\.ninja|imports|pyi|\.ninja_.*|CACHEDIR\.TAG|.*\.log",
        sure=False,
    ),
    # PYTHONPYCACHEPREFIX leads to a mirror of the whole file system, with nothing in it but `*.pyc`, which Hatchling
    # leaves out of itself.
    Tool("bytecode cache", names=("__pycache__",)),
    Tool(
        "Numba cache",
        variables=(Variable("NUMBA_CACHE_DIR"),),
        shapes=(
            Shape((Mark(r"~.*_[0-9a-f]{40}/~.*\.nb[ic]"),), only=".*_[0-9a-f]{40}"),
            Shape((Mark(r"~.*\.nb[ic]"),), at="~.*_[0-9a-f]{40}", only=r".*\.nb[ic]"),
        ),
        layout=".*_[0-9a-f]{40}",
    ),
    Tool(
        "joblib cache",
        shapes=(
            Shape((Mark(".gitignore", says="Created by joblib automatically"),)),
            Shape((Mark("joblib/**/func_code.py"), Mark("joblib/**/~[0-9a-f]{32}/output.pkl")), only="joblib"),
            Shape(
                (Mark("**/func_code.py"), Mark("**/~[0-9a-f]{32}/output.pkl")),
                at="joblib",
                only=r"\..*",
                every="**/func_code.py",
            ),
        ),
    ),
    Tool(
        "Hugging Face cache",
        variables=(
            Variable("HF_HUB_CACHE"),
            Variable("HUGGINGFACE_HUB_CACHE"),
            Variable("HF_HOME", "hub"),
            _xdg("huggingface/hub"),
        ),
        shapes=(
            Shape((Mark(f"hub/~{_HUB_REPOSITORY}/~blobs|refs|snapshots/"),), only=rf"{_HF_HOME}|\..*"),
            Shape(
                (Mark(f"~{_HUB_REPOSITORY}/~blobs|refs|snapshots/"),),
                only=rf"{_HUB_REPOSITORY}|\.locks|version\.txt|tmp.*",
            ),
            # One repository, and the locks, when other things lie beside them.
            Shape(
                (Mark("~blobs|refs|snapshots/"),),
                at=f"~{_HUB_REPOSITORY}",
                only=r"blobs|refs|snapshots|\.no_exist|\.lock.*",
            ),
            Shape((Mark(f"~{_HUB_REPOSITORY}/"),), at=".locks", only=_HUB_REPOSITORY),
            # Beside the files that `hf_hub_download(local_dir=…)` was asked for, and these are wanted.
            Shape((Mark("download/"),), at=".cache/huggingface"),
        ),
        layout=rf"{_HUB_REPOSITORY}|\.locks|version\.txt|tmp.*",
    ),
    # Around the hub's cache, with the user's tokens beside it.
    Tool(
        "Hugging Face home",
        variables=(Variable("HF_HOME"), _xdg("huggingface")),
        layout=_HF_HOME,
        secrets=(Mark("hub/"), Mark("~token|stored_tokens")),
    ),
    Tool(
        "Sphinx doctrees",
        shapes=(
            Shape(
                (Mark("environment.pickle"), Mark(r"~.*\.doctree")),
                only=r"environment\.pickle|.*\.doctree",
                every=r"**/~.*\.doctree",
            ),
        ),
    ),
    Tool("Jupyter checkpoints", names=(".ipynb_checkpoints",)),
    # Not IPYTHONDIR: startup files in it are written by hand.
    Tool(
        "Matplotlib cache",
        variables=(Variable("MPLCONFIGDIR"), _xdg("matplotlib")),
        shapes=(Shape((Mark(r"~fontlist-v[0-9]{3,}\.json"),), only=r"fontlist-v.*|tex\.cache"),),
        layout=r"fontlist-v.*|tex\.cache",
        denies=(Mark("matplotlibrc"), Mark("stylelib/")),
    ),
    Tool("Material for MkDocs cache", shapes=(Shape((Mark("~privacy|social|optimize/"),), at=".cache/plugin"),)),
    Tool(
        "SCons cache",
        variables=(Variable("SCONS_CACHE"),),
        shapes=(Shape((Mark("config", says='^{"prefix_len": *[0-9]+}'),), only="config|[0-9A-F]{1,4}"),),
        layout="config|[0-9A-F]{1,4}",
    ),
    Tool(
        "ccache",
        variables=(Variable("CCACHE_DIR"), _xdg("ccache")),
        shapes=(
            Shape(
                (Mark("~[0-9a-f]/CACHEDIR.TAG", says="created by ccache"),),
                only=r"[0-9a-f]|tmp|lock|ccache\.conf",
            ),
            Shape(
                (Mark("~[0-9a-f]/stats", says=r"\A[0-9\n]*\Z"), Mark("tmp/")), only=r"[0-9a-f]|tmp|lock|ccache\.conf"
            ),
        ),
        layout=r"[0-9a-f]|tmp|lock|ccache\.conf",
    ),
    Tool(
        "sccache",
        variables=(Variable("SCCACHE_DIR"), _xdg("sccache")),
        shapes=(
            Shape((Mark("~[0-9a-f]/~[0-9a-f]/~[0-9a-f]{64}"),), only="[0-9a-f]|preprocessor"),
            # Its entries are archives in the format of zip.
            Shape((Mark("~[0-9a-f]/~[0-9a-f]{64}", says=r"^PK\x03\x04"),), at="~[0-9a-f]", only="[0-9a-f]"),
        ),
        layout="[0-9a-f]|preprocessor",
    ),
    # Only these two, for `.cargo/config.toml` is written by hand.
    Tool(
        "Cargo registry",
        variables=(Variable("CARGO_HOME", "registry"),),
        shapes=(Shape((Mark("~index|cache|src/~.*-[0-9a-f]{16}/"),), at="registry", only="index|cache|src"),),
        layout="index|cache|src",
    ),
    Tool(
        "Cargo git checkouts",
        variables=(Variable("CARGO_HOME", "git"),),
        shapes=(Shape((Mark("~db|checkouts/~.*-[0-9a-f]{16}/"),), at="git", only="db|checkouts"),),
        layout="db|checkouts",
    ),
    Tool(
        "Go build cache",
        variables=(Variable("GOCACHE"),),
        shapes=(
            Shape((Mark("README", says="^This directory holds cached build artifacts from the Go build system"),)),
        ),
        layout=r"[0-9a-f]{2}|README|trim\.txt|testexpire\.txt|log\.txt|fuzz",
    ),
    Tool(
        "Go module cache",
        variables=(Variable("GOMODCACHE"), Variable("GOPATH", "pkg/mod", many=True)),
        shapes=(Shape((Mark("cache/download/**/@v/"),), only=rf"cache|(?!{_TEXTS}).*\.[a-z]+.*"),),
        layout=r"cache|gopkg\.in|[a-z0-9-]+(\.[a-z0-9-]+)*\.(cloud|com|dev|io|net|org|tools)(@v.*)?",
    ),
    Tool(
        "Maven repository",
        shapes=(
            Shape(at=".m2/repository"),
            Shape(
                (Mark("~org|com|io|net/**/~_remote\\.repositories|.*\\.lastUpdated"),),
                only=r"archetype-catalog.*\.xml|resolver-status\.properties|\.[a-z-]+\.properties",
                every=r"**/~_remote\.repositories|.*\.lastUpdated",
            ),
        ),
    ),
    # Not `.gradle` itself: `gradle.properties` and `init.d` in it are written by hand.
    Tool(
        "Gradle cache",
        variables=tuple(Variable("GRADLE_USER_HOME", name) for name in ("caches", "daemon", "native", "wrapper")),
        shapes=(
            *(Shape(at=f".gradle/{name}") for name in ("buildOutputCleanup", "caches", "daemon", "wrapper")),
            # Named so in all versions since the first; `caches/jars-1` may be anyone's.
            Shape((Mark("modules-2/"),), at="caches", only=rf"(?!modules-[013-9]$)({_GRADLE})"),
            Shape((Mark(r"~[a-z-]+-[0-9]+/~[a-z-]+-[0-9]+\.lock"),), at="caches", only=_GRADLE),
        ),
        layout=r"[a-z-]+-[0-9]+|[0-9]+\.[0-9]+.*|transforms.*|[a-z-]+\.bin|dists|jansi|[0-9a-z]{25,}",
    ),
    Tool(
        "npm cache",
        variables=(Variable("npm_config_cache"), Variable("NPM_CONFIG_CACHE")),
        keys=(Key(".npmrc", "", "cache"),),
        shapes=(
            Shape((Mark("_cacache/~content-v[0-9]+|index-v[0-9]+|tmp/"),), only=_NPM),
            Shape((Mark("~content-v[0-9]+|index-v[0-9]+/", at_least=2),), at="_cacache"),
        ),
        layout=_NPM,
    ),
    # `.yarn/cache` of Yarn 2 and later may be committed on purpose, so only the variable tells.
    Tool(
        "Yarn cache",
        variables=(Variable("YARN_CACHE_FOLDER"),),
        shapes=(
            Shape((Mark("~v[0-9]+/~npm-.*-integrity/"),), only=r"v[0-9]+|\.tmp"),
            Shape((Mark("~npm-.*-integrity/"),), at="~v[0-9]+", only=r"npm-.*|\.tmp"),
        ),
        layout=r"v[0-9]+|\.tmp|.*-npm-.*\.zip|.*\.flock",
    ),
    Tool(
        "pnpm store",
        variables=(Variable("npm_config_store_dir"), Variable("XDG_DATA_HOME", "pnpm/store")),
        names=(".pnpm-store",),
        shapes=(
            Shape((Mark(f"~v[0-9]+/files/{_HEX2}/~[0-9a-f]{{50,}}.*"),), only="v[0-9]+"),
            # Since version 11 of the store; two digits are more than most people count to.
            Shape((Mark("~v1[1-9]/index.db"), Mark("~v1[1-9]/files/")), only="v1[1-9]"),
            Shape(
                (Mark(f"files/{_HEX2}/~[0-9a-f]{{50,}}.*"),),
                at="~v[0-9]+",
                only=r"files|index(\.db.*)?|tmp|projects|links|metadata.*",
            ),
        ),
        layout="v[0-9]+",
    ),
    Tool(
        "Parcel cache",
        variables=(Variable("PARCEL_CACHE_DIR"),),
        names=(".parcel-cache",),
        shapes=(Shape((Mark("data.mdb"), Mark("lock.mdb"), Mark("~.*-AssetGraph.*"))),),
        layout=r"data\.mdb|lock\.mdb|.*-AssetGraph.*|.*-(Bundle|Request)Graph.*|snapshot-.*|[0-9a-f]{16}.*|.*\.txt",
    ),
    Tool(
        "Turborepo cache",
        variables=(Variable("TURBO_CACHE_DIR"),),
        names=(".turbo",),
        layout=r"[0-9a-f]{16}(\.tar\.zst|-meta\.json)|turbo-.*\.log|daemon|cache|cookies|runs|preferences",
        sure=False,
    ),
    # Only these, for `.dvc/config` is written by hand.
    Tool(
        "DVC cache",
        keys=(Key(".dvc/config", "cache", "dir"), Key(".dvc/config.local", "cache", "dir")),
        shapes=(
            Shape(at=".dvc/cache"),
            Shape(at=".dvc/tmp"),
            Shape((Mark(f"files/md5/{_HEX2}/~[0-9a-f]{{30}}(\\.dir)?"),), only="files|runs"),
            Shape((Mark(f"md5/{_HEX2}/~[0-9a-f]{{30}}(\\.dir)?"),), at="files", only="md5"),
            Shape((Mark(f"{_HEX2}/~[0-9a-f]{{30}}(\\.dir)?"),), at="files/md5", only="[0-9a-f]{2}"),
        ),
        layout="files|runs|[0-9a-f]{2}",
    ),
    Tool(
        "Bazel output root",
        shapes=(
            Shape((Mark("DO_NOT_BUILD_HERE"), Mark("~execroot|external|install|server/"))),
            Shape((Mark("~[0-9a-f]{32}/DO_NOT_BUILD_HERE"),)),
        ),
    ),
    Tool("Next.js cache", shapes=(Shape(at=".next/cache"),), documented=True),
    # Outputs: a build may ship files from them, so nothing but their own tag makes them something to leave out.
    Tool(
        "Cargo build output",
        Kind.OUTPUT,
        shapes=(Shape((Mark(".rustc_info.json"),)), Shape((Mark("~debug|release/.fingerprint/"),))),
        remedy=_OUTPUT_REMEDY,
    ),
    Tool(
        "Meson build directory",
        Kind.OUTPUT,
        shapes=(Shape((Mark("meson-private/"), Mark("meson-info/"))),),
        says="[Cc]reated (automatically )?by (the )?[Mm]eson",
        remedy=_OUTPUT_REMEDY,
    ),
)
