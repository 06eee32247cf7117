"""The catalogue: one row for each tool that leaves caches or environments.

The rows were observed by running the tools; `documented` rows are from documentation only. Detection, the
tables in the documentation and the tests use them.

Ordinary directories also have plain words (`wheels`, `http`) and short hexadecimal names (`0` … `f`). A row with such
marks must require more of the path below, or the content of a file.
"""

from __future__ import annotations

from typing import NamedTuple

from hatch_nocache.caches.model import Key, Kind, Mark, Shape, Tool, Variable


def _xdg(below: str) -> Variable:
    return Variable("XDG_CACHE_HOME", below)


_HEX1 = "~0|1|2|3|4|5|6|7|8|9|a|b|c|d|e|f"
_HEX2 = "~[0-9a-f]{2}"
# By the version of Python, later by a hash.
_PDM_META = r"package_meta_([0-9a-f]{32,}|[23]\.[0-9.]+)\.json"
_IN_USE = "Scripts|Lib|Include|bin|lib|lib64|include|share|etc|man|pyvenv\\.cfg|conda-meta|DLLs|python[^/]*"
_UV_BUCKET = (
    "(archive|binaries|builds|built-wheels|environments|flat-index|git|interpreter|python|sdists|simple|wheels)-v[0-9]+"
)
_UV = rf"{_UV_BUCKET}|\.git|\.tmp.*"
_PIP = "http(-v[0-9]+)?|selfcheck|wheels"
_PDM = r"archive_info|hashes|http|metadata|packages|publish|self-check|wheels|cached_wheels|[a-z_-]+\.json|\.cache"
# The tests of a server may have a path like `a/b/c/d/e`: the file in it counts.
_HEX5 = rf"{_HEX1}/{_HEX1}/{_HEX1}/{_HEX1}/{_HEX1}/~[0-9a-f]{{56}}(\.body)?"
# A content-addressed store of other files may have such directories: the file in it counts.
_PIP_WHEEL = f"{_HEX2}/{_HEX2}/{_HEX2}/~[0-9a-f]{{40,}}/~.*\\.whl|origin\\.json"
_ARTIFACT = f"{_HEX2}/{_HEX2}/{_HEX2}/~[0-9a-f]{{40,}}/~.*\\.(whl|zip|tar\\.(gz|bz2|xz))"
_PRE_COMMIT = r"db\.db|README|patch.*|repo[a-z0-9_]{8}|pre-commit\.log|\.cache"
# Random characters: a digit before a letter, unlike `repositories`, `report_2024` and `repofixture1`.
_CLONE = r"repo(?![rs])(?=[a-z0-9_]*[0-9][a-z])[a-z0-9_]{8}"
_UV_PYTHON = r"(cpython|pypy|graalpy|pyodide)-3\.[0-9]+\.[0-9].*-[a-z]+-[^-]+-[a-z]+"
_HUB_REPOSITORY = "(models|datasets|spaces|kernels)--.*"
_HF_HOME = r"hub|xet|assets|datasets|modules|metrics|evaluate|token|stored_tokens|accelerate|\.[a-z_-]+\.json|\.check.*"
_PREK = r"README|cache|hooks|repos|scratch|tools|patches|config-tracking\.json|prek\.log.*"
_OF_BLACK = r"cache(\.[^.]+){4,}\.pickle"
_TEXTS = r".*\.(c|cfg|css|go|html|ini|js|json|md|mod|py|rst|sh|sum|toml|txt|xml|yaml|yml)$"
_GRADLE = r"[a-z-]+-[0-9]+|[0-9]+\.[0-9]+.*|keyrings|user-id\.txt.*|.*\.lock"
_NPM = r"_[a-z-]+|anonymous-cli-metrics\.json"
_SOLE_POETRY = r"~.*-[\w-]{8}-py3(\.[0-9]+)?/pyvenv.cfg"
_HYPOTHESIS = "examples|constants|unicode_data|patches|tmp|charmap.*"
_PYTYPE = r"build\.ninja|imports|pyi|\.ninja_.*|CACHEDIR\.TAG|.*\.log"
_TURBO = r"[0-9a-f]{16}(\.tar\.zst|-meta\.json)|turbo-.*\.log|daemon|cache|cookies|runs|preferences"
_ROPE = r"history(\.json)?|autoimport\.db.*|(objectdb|globalnames).*"
_ZIG = "b|c|h|o|p|z|tmp"
_JOBLIB_OUTPUT = Mark("joblib/**/~[0-9a-f]{32}/output.pkl")
_DVC_DIR = f"{_HEX2}/~[0-9a-f]{{30}}\\.dir"
_DVC_SAYS = r'\A\[\{"md5": '
_DEPCACHE = r"~depcache-(cp|pp|py|cpython|pypy)[0-9.]+\.json"
_PARSO = "PARSO-CACHE-LOCK|(CPython|PyPy)-3[0-9]+-[0-9]+"
_DENO = (
    r"((dep|node)_analysis|check|fast_check|v8_code)_cache_v.*|gen|npm|remote|deps|registries|jsr|latest\.txt|"
    r"location_data|bin|dl|web_worker.*|deno_history\.txt|\.deno.*"
)
# Next to `is-odd@3.0.1@@@1` there is a directory `is-odd`: any name except those of projects.
_OF_PROJECTS = "(bin|data|docs?|examples?|include|lib|notes|scripts?|share|src|tests?|tools?)$"
_BUN = rf"(?!{_TEXTS}|{_OF_PROJECTS})@?[a-z0-9._~-]+(@.*@@@[0-9]+)?"
_ENVIRONMENTS_OF_UV = Mark("~.*/uv-receipt.toml")
VERSIONED = r"~(python|pypy)[23]\.[0-9]+t?"
# Names at the top of an environment. Some also have `local` and `src`, which may contain anything.
_PARTS = "lib|lib64|Lib|bin|Scripts|Include|etc|include|man|share"
_SOME_PART = f"~{_PARTS}|local|src/"
_TOX_FILE = r"\.tox-info\.json|\.tox-config1"
_INSTALLED = r"~(pip|setuptools)(-.*)?|_virtualenv\.py|_distutils_hack|distutils-precedence\.pth|.*\.dist-info"
# A value, but not a placeholder of a template.
_HAS_HOME = r"(?m:^\s*home\s*=[^\S\r\n]*(?![^\r\n]*([{}<>$%]|@\w+@|__\w+__))\S)"
_NO_HOME = r"(?m:\A(?!(.*\n)*\s*home\s*=))"
_NO_CONFIGURATION = r"(?!pyvenv\.cfg$)(?s:.*)"
# The marker of PEP 405.
CONFIGURED = Mark("pyvenv.cfg", says=_HAS_HOME)
TOX_MARK = Mark(f"~{_TOX_FILE}")
SITE_PACKAGES = (Mark(f"~lib|lib64/{VERSIONED}/site-packages/"), Mark("Lib/site-packages/"))
# SHA-512. Of the files, only pnpm's own names identify it. Every store contains an index.
_PNPM = f"files/{_HEX2}/~[0-9a-f]{{126}}(-exec|-index\\.json)"
_PNPM_PLAIN = Mark(f"files/{_HEX2}/~[0-9a-f]{{126}}")
_PNPM_INDEX = Mark(rf"index/{_HEX2}/~[0-9a-f]{{62,126}}.*\.json")

# Directories without a row of their own: with the tag of an unknown tool, and of environments.
CACHE = Tool("cache directory")
ENVIRONMENTS = Tool("virtual environments", Kind.ENVIRONMENTS)
UV = Tool(
    "uv cache",
    variables=(Variable("UV_CACHE_DIR"), _xdg("uv")),
    keys=(Key("uv.toml", "", "cache-dir"), Key("pyproject.toml", "tool.uv", "cache-dir", unless="uv.toml")),
    names=(".uv-cache",),
    shapes=(
        # Two buckets. The other names are ordinary, so those buckets must also contain files of uv.
        Shape((Mark("archive-v0/"), Mark("~(built-wheels|interpreter|sdists|wheels)-v[0-9]+/")), only=_UV),
        Shape((Mark(r"~interpreter-v[0-9]+/**/~[0-9a-f]{16}\.msgpack"),), only=_UV),
        Shape((Mark(r"~simple-v[0-9]+/**/~.*\.rkyv"),), only=_UV),
    ),
    layout=_UV,
    proof=(Mark(f"~{_UV_BUCKET}/"),),
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
    shapes=(
        Shape((Mark("pyvenv.cfg", says=f"{_HAS_HOME}|{_NO_HOME}"), Mark("~bin|Scripts/"))),
        Shape((CONFIGURED, Mark("~lib|lib64|Lib/"), Mark("~include|Include/"))),
        # An ignore file may have removed most of it, and the symlink of its interpreter often dangles.
        Shape((CONFIGURED,), only=rf"{_PARTS}|pyvenv\.cfg|pipx_metadata\.json|uv-receipt\.toml|{_TOX_FILE}"),
        Shape((Mark(".tox-info.json"), Mark(_SOME_PART)), only=_NO_CONFIGURATION),
        Shape((Mark(".tox-config1"), Mark(_SOME_PART)), only=_NO_CONFIGURATION),
        Shape(
            (Mark(".gitignore", says="created by virtualenv automatically|Created by venv;"), Mark(_SOME_PART)),
            only=_NO_CONFIGURATION,
            reason="its .gitignore was created with an environment",
        ),
        # Before virtualenv 20 there was no pyvenv.cfg.
        *(
            Shape((Mark(f"{scripts}/activate", says=r"\A# This file must be used with"), other), only=_NO_CONFIGURATION)
            for scripts in ("bin", "Scripts")
            for other in (Mark("~lib|lib64|Lib/"), Mark(rf"{scripts}/~(python|pypy|pip)[0-9.]*(\.exe)?"))
        ),
        *(
            Shape((Mark(path + r"~no-global-site-packages\.txt|orig-prefix\.txt"),), only=_NO_CONFIGURATION)
            for path in ("~lib|lib64|Lib/", f"~lib|lib64|Lib/{VERSIONED}/")
        ),
        # A common name, with files of an installer.
        *(
            Shape(
                (Mark(f"{path}/{_INSTALLED}{end}"),),
                at=r"~\.?(venv|env|virtualenv)",
                only=f"{_PARTS}|local|src",
                outside_tests=True,
                reason="contains packages that an installer put into site-packages",
            )
            for path in (f"~lib|lib64|Lib/{VERSIONED}/site-packages", "Lib/site-packages")
            for end in ("", "/")
        ),
    ),
    says="created by (virtualenv|venv)",
    layout=_IN_USE,
    proof=(CONFIGURED, *SITE_PACKAGES, Mark("~bin|Scripts/activate")),
)
CONDA = Tool(
    "Conda environment",
    Kind.ENVIRONMENT,
    shapes=(
        Shape((Mark("conda-meta/history"),)),
        Shape(
            (
                Mark(r"conda-meta/~.+-[^-]+-[^-]+\.json"),
                Mark("~bin|etc|lib|Lib|Library|DLLs|include|Scripts|share|ssl/"),
            ),
            reason="contains conda-meta",
        ),
    ),
    documented=True,
)
WORKTREE = Tool(
    "linked git worktree",
    shapes=(
        Shape(
            (Mark(".git", says=r"\Agitdir: .*[/\\]worktrees[/\\][^/\\\n]+\s*\Z"),),
            checkout=True,
            reason="its `.git` file leads to the `worktrees/` of a repository",
        ),
    ),
)
# Files next to `pyvenv.cfg` in real environments, but not in templates or test data.
IN_USE = (Mark("~bin|Scripts|conda-meta/"), Mark(rf"~pipx_metadata\.json|uv-receipt\.toml|{_TOX_FILE}"), *SITE_PACKAGES)
# Entries that tox creates next to its environments.
TOX_EXTRAS = frozenset([".package", ".pkg", ".tmp", "dist", "log"])

CATALOGUE: tuple[Tool, ...] = (
    UV,
    WORKTREE,
    Tool("home of caches", Kind.HOME, (Variable("XDG_CACHE_HOME"),)),
    Tool(
        "pip cache",
        variables=(Variable("PIP_CACHE_DIR"), _xdg("pip")),
        names=(".pip-cache",),
        shapes=(
            Shape((Mark(f"wheels/{_PIP_WHEEL}"),), only=_PIP),
            Shape((Mark(f"http-v2/{_HEX5}"),), only=_PIP),
            Shape((Mark(f"http/{_HEX5}"),), only=_PIP),
            Shape((Mark("selfcheck/~[0-9a-f]{56}"),), only=_PIP),
            # Its parts, when the directory has other entries.
            Shape((Mark(_PIP_WHEEL),), at="wheels", only="[0-9a-f]{2}"),
            Shape((Mark(_HEX5),), at="http", only="[0-9a-f]"),
            Shape((Mark(_HEX5),), at="~http-v[0-9]+", only="[0-9a-f]"),
            Shape((Mark("~[0-9a-f]{56}"),), at="selfcheck", only="[0-9a-f]{56}"),
        ),
        layout=_PIP,
        proof=(Mark("http-v2/"), Mark(f"wheels/{_HEX2}/{_HEX2}/{_HEX2}/")),
    ),
    Tool(
        "Pipenv cache",
        variables=(Variable("PIPENV_CACHE_DIR"), _xdg("pipenv")),
        layout=_PIP + "|hash-cache",
        proof=(Mark("http-v2/"), Mark("hash-cache/"), Mark(f"wheels/{_HEX2}/{_HEX2}/{_HEX2}/")),
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
            Shape((Mark(f"artifacts/{_ARTIFACT}"),), only="artifacts|cache|virtualenvs"),
            Shape((Mark(f"virtualenvs/{_SOLE_POETRY}"),), only="artifacts|cache|virtualenvs"),
            Shape((Mark(_ARTIFACT),), at="artifacts", only="[0-9a-f]{2}"),
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
        proof=(Mark(f"wheels/{_HEX2}/{_HEX2}/{_HEX2}/"), Mark(f"hashes/{_HEX2}/")),
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
        # Version 3 writes `.tox-config1`. Detection checks that the directory holds only environments.
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
    Tool(
        "Python user base",
        Kind.ENVIRONMENT,
        (Variable("PYTHONUSERBASE"),),
        layout=_IN_USE + "|Python3[0-9]+|local|state",
        proof=(*SITE_PACKAGES, Mark("~Python3[0-9]+/site-packages/")),
    ),
    Tool(
        "Conda package cache",
        variables=(Variable("CONDA_PKGS_DIRS", many=True), Variable("MAMBA_ROOT_PREFIX", "pkgs")),
        shapes=(
            # Name, version and build. Other directories have names such as `my-data-set` and `log-2024-01`.
            Shape(
                (Mark("urls.txt"), Mark(r"~.+-[0-9]+\.[^-]*-([^-]*_)?[0-9]+/info/index.json")),
                only=r"urls(\.txt)?|cache|.*-.*-.*|.*\.conda",
            ),
        ),
        layout=r"urls(\.txt)?|cache|.*-.*-.*|.*\.conda",
        proof=(Mark(r"~.*-[^-]*-[^-]*/info/index.json"), Mark(r"~.*-[^-]*-[^-]*\.conda"), Mark("urls.txt")),
        documented=True,
    ),
    Tool(
        "pixi cache",
        variables=(Variable("PIXI_CACHE_DIR"), Variable("RATTLER_CACHE_DIR"), _xdg("rattler/cache"), _xdg("pixi")),
        layout="pkgs|repodata|uv-cache|pypi-mapping|conda-pypi-mapping|http-cache|cached-envs-v0|git-cache-v0|.*-v[0-9]+",
        proof=(
            Mark("~.*conda-pypi-mapping|uv-cache|cached-envs-v0|git-cache-v0/"),
            Mark(r"pkgs/~.*-[^-]*-[^-]*/info/index.json"),
            Mark(r"repodata/~[0-9a-f]{8}.*"),
        ),
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
        proof=(Mark(f"~{_UV_PYTHON}/"), Mark(".temp/")),
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
        proof=(Mark("venvs/~.*/pyvenv.cfg"), Mark("shared/pyvenv.cfg")),
    ),
    Tool(
        "pre-commit cache",
        variables=(Variable("PRE_COMMIT_HOME"), _xdg("pre-commit")),
        shapes=(
            Shape((Mark("README", says="^This directory is maintained by the pre-commit project"),), only=_PRE_COMMIT),
            Shape((Mark("db.db"), Mark(f"~{_CLONE}/")), only=_PRE_COMMIT),
            # One clone, when the directory has other entries.
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
        proof=(Mark(r"~[23]\.[0-9]+/~.*\.meta\.(json|ff)"),),
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
        proof=(Mark(".gitignore", says="created by [Rr]uff"), Mark(r"~[0-9]+\.[0-9]+\.[0-9]+.*/~[0-9]{15,20}")),
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
        proof=(Mark("README.md", says="pytest cache directory"),),
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
        shapes=(
            Shape(at=".hypothesis", some=_HYPOTHESIS),
            Shape((Mark(".gitignore", says="automatically created by Hypothesis"),)),
            Shape(
                (Mark("examples/~[0-9a-f]{16}/~[0-9a-f]{16}"), Mark("~constants|unicode_data/")),
                only="examples|constants|unicode_data|patches|tmp",
            ),
        ),
        layout=_HYPOTHESIS,
        proof=(Mark("examples/~[0-9a-f]{16}/~[0-9a-f]{16}"), Mark("constants/~[0-9a-f]{16}"), Mark("unicode_data/")),
    ),
    Tool(
        "Pyright cache",
        variables=(Variable("PYRIGHT_PYTHON_CACHE_DIR"), _xdg("pyright-python")),
        layout=r"[0-9]+\.[0-9]+.*|nodeenv|node_modules|npm",
        proof=(Mark(r"~[0-9]+\.[0-9]+.*/node_modules/pyright/"), Mark("nodeenv/")),
        documented=True,
    ),
    Tool(
        "pytype cache",
        keys=(Key("pyproject.toml", "tool.pytype", "output"), Key("setup.cfg", "pytype", "output")),
        shapes=(
            Shape(at=".pytype", some=_PYTYPE),
            Shape((Mark(".gitignore", says="created by pytype"),)),
            Shape(
                (Mark("pyi/"), Mark("imports/"), Mark("build.ninja")),
                only=r"build\.ninja|imports|pyi|\.ninja_.*|.*\.log",
            ),
        ),
        layout=_PYTYPE,
    ),
    # PYTHONPYCACHEPREFIX leads to a mirror of the whole file system with only `*.pyc` files, which Hatchling drops.
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
            Shape((Mark("joblib/**/func_code.py", says="^# first line:"), _JOBLIB_OUTPUT), only="joblib"),
            Shape(
                (Mark("**/func_code.py", says="^# first line:"), Mark("**/~[0-9a-f]{32}/output.pkl")),
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
            # One repository, and the locks, when the directory has other entries.
            Shape(
                (Mark("~blobs|refs|snapshots/"),),
                at=f"~{_HUB_REPOSITORY}",
                only=r"blobs|refs|snapshots|\.no_exist|\.lock.*",
            ),
            Shape((Mark(f"~{_HUB_REPOSITORY}/"),), at=".locks", only=_HUB_REPOSITORY),
            # Next to the files that `hf_hub_download(local_dir=…)` downloaded: the project needs those.
            Shape((Mark("download/"),), at=".cache/huggingface"),
        ),
        layout=rf"{_HUB_REPOSITORY}|\.locks|version\.txt|tmp.*",
    ),
    # The parent of the hub's cache. It also holds the user's tokens.
    Tool(
        "Hugging Face home",
        variables=(Variable("HF_HOME"), _xdg("huggingface")),
        layout=_HF_HOME,
        proof=(
            Mark(f"hub/~{_HUB_REPOSITORY}/"),
            Mark("stored_tokens"),
            Mark("~\\.check.*"),
            Mark("modules/~(datasets|transformers)_modules/"),
            Mark("xet/logs/"),
        ),
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
        proof=(Mark(r"~fontlist-v[0-9]+\.json"), Mark("tex.cache/")),
    ),
    Tool("Material for MkDocs cache", shapes=(Shape((Mark("~privacy|social|optimize/"),), at=".cache/plugin"),)),
    Tool(
        "SCons cache",
        variables=(Variable("SCONS_CACHE"),),
        shapes=(Shape((Mark("config", says='^{"prefix_len": *[0-9]+}'),), only="config|[0-9A-F]{1,4}"),),
        layout="config|[0-9A-F]{1,4}",
        proof=(Mark("~[0-9A-F]{1,4}/~[0-9a-f]{32,64}"),),
    ),
    Tool(
        "ccache",
        variables=(Variable("CCACHE_DIR"), _xdg("ccache")),
        shapes=(
            Shape(
                (Mark(f"{_HEX1}/CACHEDIR.TAG", says="created by ccache"),),
                only=r"[0-9a-f]|tmp|lock|ccache\.conf",
            ),
            Shape((Mark(f"{_HEX1}/stats", says=r"\A([0-9]+\n){20,}"),), only=r"[0-9a-f]|tmp|lock|ccache\.conf"),
        ),
        layout=r"[0-9a-f]|tmp|lock|ccache\.conf",
    ),
    Tool(
        "sccache",
        variables=(Variable("SCCACHE_DIR"), _xdg("sccache")),
        shapes=(
            # Its entries are zip archives.
            Shape((Mark(f"{_HEX1}/{_HEX1}/~[0-9a-f]{{64}}", says=r"\APK\x03\x04"),), only="[0-9a-f]|preprocessor"),
            Shape((Mark(f"{_HEX1}/~[0-9a-f]{{64}}", says=r"\APK\x03\x04"),), at=_HEX1, only="[0-9a-f]"),
        ),
        layout="[0-9a-f]|preprocessor",
    ),
    # Not `.cargo` itself: `config.toml` in it is written by hand.
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
        proof=(Mark(f"{_HEX2}/~[0-9a-f]{{64}}-[ad]"),),
    ),
    Tool(
        "Go module cache",
        variables=(Variable("GOMODCACHE"), Variable("GOPATH", "pkg/mod", many=True)),
        shapes=(Shape((Mark("cache/download/**/@v/"),), only=rf"cache|(?!{_TEXTS}).*\.[a-z]+.*"),),
        layout=r"cache|gopkg\.in|[a-z0-9-]+(\.[a-z0-9-]+)*\.(cloud|com|dev|io|net|org|tools)(@v.*)?",
        proof=(Mark("cache/download/"), Mark("**/~.*@v[0-9].*/")),
    ),
    Tool(
        "Maven repository",
        shapes=(
            Shape(at=".m2/repository"),
            # Downloads, and failed downloads. A repository that a project ships was installed from files.
            *(
                Shape(
                    (mark,),
                    only=r"archetype-catalog.*\.xml|resolver-status\.properties|\.[a-z-]+\.properties",
                    every=r"**/~_remote\.repositories|.*\.lastUpdated",
                )
                for mark in (
                    Mark("~org|com|io|net/**/_remote.repositories", says=r">[\w.-]+="),
                    Mark(r"~org|com|io|net/**/~.*\.lastUpdated"),
                )
            ),
        ),
    ),
    # Not `.gradle` itself: `gradle.properties` and `init.d` in it are written by hand.
    Tool(
        "Gradle cache",
        variables=tuple(Variable("GRADLE_USER_HOME", name) for name in ("caches", "daemon", "native", "wrapper")),
        shapes=(
            *(Shape(at=f".gradle/{name}") for name in ("buildOutputCleanup", "caches", "daemon", "wrapper")),
            Shape((Mark(r"modules-2/~files-2\.1|metadata-2\.[0-9]+/"),), at="caches", only=_GRADLE),
            Shape((Mark(r"~[a-z-]+-[0-9]+/~[a-z-]+-[0-9]+\.lock"),), at="caches", only=_GRADLE),
        ),
        layout=r"[a-z-]+-[0-9]+|[0-9]+\.[0-9]+.*|transforms.*|[a-z-]+\.bin|dists|jansi|[0-9a-z]{25,}|.*\.lock",
        proof=(
            Mark(r"~[a-z-]+-[0-9]+/~[a-z-]+-[0-9]+\.lock"),
            Mark(r"~[0-9]+\.[0-9]+.*/~daemon-[0-9]+\.out\.log|registry\.bin"),
            Mark("dists/~gradle-.*/"),
            Mark("~[0-9a-z]{25,}/"),
            Mark("jansi/**/~libjansi.*|jansi\\.dll"),
        ),
    ),
    Tool(
        "npm cache",
        variables=(Variable("npm_config_cache"), Variable("NPM_CONFIG_CACHE")),
        keys=(Key(".npmrc", "", "cache"),),
        shapes=(
            Shape((Mark("_cacache/~content-v[0-9]+|index-v[0-9]+|tmp/"),), only=_NPM),
            Shape((Mark("~content-v[0-9]+/"), Mark("~index-v[0-9]+/")), at="_cacache"),
        ),
        layout=_NPM,
        proof=(Mark("_logs/~.*-debug-[0-9]+\\.log"), Mark("_npx/"), Mark("_update-notifier-last-checked")),
    ),
    # `.yarn/cache` of Yarn 2 and later may be committed on purpose, so only the variable makes it a cache.
    Tool(
        "Yarn cache",
        variables=(Variable("YARN_CACHE_FOLDER"),),
        shapes=(
            Shape((Mark("~v[0-9]+/~npm-.*-integrity/"),), only=r"v[0-9]+|\.tmp"),
            Shape((Mark("~npm-.*-integrity/"),), at="~v[0-9]+", only=r"npm-.*|\.tmp"),
        ),
        layout=r"v[0-9]+|\.tmp|.*-npm-.*\.zip|.*\.flock",
        proof=(Mark(r"~.*-npm-[0-9].*-[0-9a-f]{10}.*\.zip"),),
    ),
    Tool(
        "pnpm store",
        variables=(Variable("npm_config_store_dir"), Variable("XDG_DATA_HOME", "pnpm/store")),
        names=(".pnpm-store",),
        shapes=(
            Shape((Mark(f"~v[0-9]+/{_PNPM}"),), only="v[0-9]+"),
            Shape((Mark(f"~v[0-9]+/{_PNPM_PLAIN.path}"), Mark(f"~v[0-9]+/{_PNPM_INDEX.path}")), only="v[0-9]+"),
            # Since version 11 of the store. Projects rarely number directories with two digits.
            Shape((Mark("~v1[1-9]/index.db"), Mark("~v1[1-9]/files/")), only="v1[1-9]"),
            *(
                Shape(marks, at="~v[0-9]+", only=r"files|index(\.db.*)?|tmp|projects|links|metadata.*")
                for marks in ((Mark(_PNPM),), (_PNPM_PLAIN, _PNPM_INDEX), (_PNPM_PLAIN, Mark("index.db")))
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
        shapes=(Shape(at=".turbo", some=_TURBO),),
        layout=_TURBO,
        proof=(Mark(r"~[0-9a-f]{16}(\.tar\.zst|-meta\.json)|turbo-.*\.log"),),
    ),
    # Not `.dvc` itself: `config` in it is written by hand. Any store may have names that are MD5 sums, so without a
    # declaration, DVC's description of a directory is required.
    Tool(
        "DVC cache",
        keys=(Key(".dvc/config", "cache", "dir"), Key(".dvc/config.local", "cache", "dir")),
        shapes=(
            Shape(at=".dvc/cache"),
            Shape(at=".dvc/tmp"),
            Shape((Mark(f"files/md5/{_DVC_DIR}", says=_DVC_SAYS),), only="files|runs"),
            Shape((Mark(f"md5/{_DVC_DIR}", says=_DVC_SAYS),), at="files", only="md5"),
            Shape((Mark(_DVC_DIR, says=_DVC_SAYS),), at="files/md5", only="[0-9a-f]{2}"),
        ),
        layout="files|runs|[0-9a-f]{2}",
        proof=(Mark(f"files/md5/{_HEX2}/~[0-9a-f]{{30}}.*"), Mark(f"{_HEX2}/~[0-9a-f]{{30}}.*")),
    ),
    Tool(
        "Bazel output root",
        shapes=(
            Shape((Mark("DO_NOT_BUILD_HERE"), Mark("~execroot|external|install|server/"))),
            Shape((Mark("~[0-9a-f]{32}/DO_NOT_BUILD_HERE"),)),
        ),
    ),
    Tool("Next.js cache", shapes=(Shape(at=".next/cache"),), documented=True),
    Tool(
        "pip-tools cache",
        variables=(Variable("PIP_TOOLS_CACHE_DIR"), _xdg("pip-tools")),
        shapes=(Shape((Mark(_DEPCACHE),), only=f"{_DEPCACHE[1:]}|pkgs|wheels|pip.*"),),
        layout=f"{_DEPCACHE[1:]}|pkgs|wheels|pip.*",
        documented=True,
    ),
    Tool("setuptools eggs", names=(".eggs",)),
    Tool(
        "parso cache",
        variables=(_xdg("parso"), _xdg("jedi")),
        shapes=(
            Shape((Mark(r"~(CPython|PyPy)-3[0-9]+-[0-9]+/~[0-9a-f]{64}-[0-9a-f]{64}\.pkl"),), only=_PARSO),
            Shape((Mark(r"~[0-9a-f]{64}-[0-9a-f]{64}\.pkl"),), at=f"~{_PARSO}", only=r"[0-9a-f]{64}-[0-9a-f]{64}\.pkl"),
        ),
    ),
    Tool(
        "tldextract cache",
        variables=(Variable("TLDEXTRACT_CACHE"), _xdg("python-tldextract")),
        shapes=(
            Shape((Mark(r"publicsuffix.org-tlds/~[0-9a-f]{32}\.tldextract\.json.*"),), only=r"publicsuffix\..*|urls"),
        ),
    ),
    Tool(
        "Zensical cache",
        shapes=(
            Shape(
                (Mark("objects.inv"), Mark("~[0-9]{15,20}")),
                at=".cache",
                only=r"[0-9]{15,20}|objects\.inv|mkdocstrings\.json",
            ),
        ),
    ),
    Tool("marimo cache", names=("__marimo__",)),
    Tool("Scrapy HTTP cache", shapes=(Shape(at=".scrapy/httpcache"),)),
    Tool("Snakemake directory", names=(".snakemake",)),
    Tool("Metaflow data store", names=(".metaflow",)),
    Tool(
        "rope data",
        shapes=(Shape(at=".ropeproject", only=rf"{_ROPE}|config\.py", some=_ROPE),),
        by_hand="config.py",
    ),
    Tool(
        "Jupyter cache",
        variables=(Variable("JUPYTERCACHE"),),
        names=(".jupyter_cache",),
        shapes=(
            Shape(
                (Mark("__version__.txt"), Mark("global.db"), Mark("executed/")),
                only=r"__version__\.txt|global\.db.*|executed",
            ),
        ),
    ),
    Tool("Pyre directory", names=(".pyre",)),
    Tool("Robocop cache", names=(".robocop_cache",)),
    Tool("RobotCode cache", names=(".robotcode_cache",), documented=True),
    # Not `.nx` itself: `workflows` in it is written by hand.
    Tool(
        "Nx cache",
        shapes=(
            Shape(at=".nx", only="cache|workspace-data|installation"),
            Shape(at=".nx/cache"),
            Shape(at=".nx/workspace-data"),
        ),
    ),
    Tool("Wireit cache", names=(".wireit",)),
    Tool("VitePress cache", shapes=(Shape(at=".vitepress/cache"),)),
    Tool("Wrangler state", names=(".wrangler",)),
    Tool("moon cache", shapes=(Shape(at=".moon/cache"),)),
    Tool("Docusaurus cache", names=(".docusaurus",)),
    Tool("Angular cache", shapes=(Shape(at=".angular/cache"),), documented=True),
    Tool(
        "Bun install cache",
        variables=(Variable("BUN_INSTALL_CACHE_DIR"), Variable("BUN_INSTALL", "install/cache")),
        shapes=(
            Shape(at=".bun/install/cache"),
            *(Shape((Mark(path),), only=_BUN) for path in ("~.*@.*@@@[0-9]+/", "~@[a-z0-9._~-]+/~.*@.*@@@[0-9]+/")),
        ),
    ),
    Tool(
        "Deno cache",
        variables=(Variable("DENO_DIR"), _xdg("deno")),
        shapes=(Shape((Mark("~(dep|node)_analysis_cache_v[0-9]+"),), only=_DENO),),
        layout=_DENO,
        proof=(Mark("npm/registry.npmjs.org/"), Mark("remote/https/"), Mark("deps/https/")),
    ),
    Tool(
        "Zig cache",
        variables=(Variable("ZIG_GLOBAL_CACHE_DIR"), Variable("ZIG_LOCAL_CACHE_DIR"), _xdg("zig")),
        shapes=(
            Shape(at=".zig-cache", some=_ZIG),
            Shape(at="zig-cache", some=_ZIG),
            Shape((Mark("h/timestamp"), Mark("z/~[0-9a-f]{32}")), only="b|c|h|o|p|z|tmp"),
        ),
        layout=_ZIG,
        proof=(Mark("~h|z/~[0-9a-f]{32}"), Mark("o/~[0-9a-f]{32}/")),
    ),
    # tests/e2e/test_pipeline.py runs it.
    Tool("gitlab-ci-local state", names=(".gitlab-ci-local",)),
    # The next rows are documented only. Their tools are not on the indexes of the tests, or need an account or an SDK.
    # `.direnv` has symlinks into the Nix store, and the environments of `layout python`.
    Tool("direnv directory", names=(".direnv",), documented=True),
    Tool("devenv directory", names=(".devenv",), documented=True),
    Tool("Terraform directory", names=(".terraform", ".terragrunt-cache"), documented=True),
    Tool("Serverless directory", names=(".serverless",), documented=True),
    Tool("clangd index", shapes=(Shape(at=".cache/clangd"),), documented=True),
    Tool("ccls index", names=(".ccls-cache",), documented=True),
    Tool("Jekyll cache", names=(".jekyll-cache", ".sass-cache"), documented=True),
    Tool("Dart tool directory", names=(".dart_tool",), documented=True),
    Tool("Metals and Bloop", names=(".bloop", ".metals"), documented=True),
    # AI coding tools. Not `.claude`, `.cursor` and the like, which are written by hand.
    Tool("Aider tags cache", shapes=(Shape(at=r"~\.aider\.tags\.cache\.v[0-9]+"),), documented=True),
    Tool("Serena cache", shapes=(Shape(at=".serena/cache"),), documented=True),
    Tool("Playwright MCP output", names=(".playwright-mcp",), documented=True),
    # Build outputs. A build may ship files from them, so only a valid tag makes them a cache.
    Tool(
        "Cargo build output",
        Kind.OUTPUT,
        shapes=(Shape((Mark(".rustc_info.json"),)), Shape((Mark("~debug|release/.fingerprint/"),))),
    ),
    Tool(
        "Meson build directory",
        Kind.OUTPUT,
        shapes=(Shape((Mark("meson-private/"), Mark("meson-info/"))),),
        says="[Cc]reated (automatically )?by (the )?[Mm]eson",
    ),
    # After all caches: a cache may resemble an environment.
    CONDA,
    ENVIRONMENT,
)

# Other directories that tools create in XDG_CACHE_HOME, by name.
CACHE_HOME_NAMES: frozenset[str] = frozenset(
    [
        "JetBrains",
        "Cypress",
        "act",
        "ansible-compat",
        "ansible-lint",
        "argos-translate",
        "asdf",
        "bazel",
        "bazelisk",
        "black",
        "bun",
        "buildcache",
        "ccache",
        "clangd",
        "composer",
        "coursier",
        "cupy",
        "deno",
        "electron",
        "esbuild",
        "fontconfig",
        "fsspec",
        "gdown",
        "gh",
        "git",
        "gitstatus",
        "go-build",
        "golangci-lint",
        "goimports",
        "gopls",
        "gradle",
        "gstreamer-1.0",
        "hatch",
        "helm",
        "httpie",
        "huggingface",
        "jedi",
        "jupyter",
        "kagglehub",
        "keras",
        "lima",
        "matplotlib",
        "mesa_shader_cache",
        "mesa_shader_cache_db",
        "meson",
        "mise",
        "ms-playwright",
        "ms-playwright-go",
        "mypy",
        "nim",
        "nix",
        "node",
        "node-gyp",
        "numba",
        "nvim",
        "parso",
        "pdm",
        "phpactor",
        "pip",
        "pip-tools",
        "pipenv",
        "pipx",
        "pixi",
        "pnpm",
        "pooch",
        "pre-commit",
        "prefect",
        "prek",
        "prisma",
        "proto",
        "puppeteer",
        "pylint",
        "pypoetry",
        "pyright-python",
        "python-entrypoints",
        "python-tldextract",
        "pytype",
        "quarto",
        "rattler",
        "ruff",
        "sccache",
        "selenium",
        "semgrep",
        "snakemake",
        "sphinx",
        "starship",
        "tectonic",
        "thumbnails",
        "torch",
        "trivy",
        "trunk",
        "typst",
        "uv",
        "virtualenv",
        "vscode-ripgrep",
        "wandb",
        "whisper",
        "yarn",
        "zig",
        "zls",
    ]
)

# Directories that a tool fills with symlinks.
LINK_DIRECTORIES: dict[str, str] = {
    ".devenv": "devenv directory",
    ".direnv": "direnv directory",
    ".lake": "Lake packages",
    ".pants.d": "Pants directory",
    ".terraform": "Terraform directory",
    "buck-out": "Buck output",
    "mlruns": "MLflow runs",
    "node_modules": "npm packages",
    "plz-out": "Please output",
    "wandb": "Weights & Biases runs",
}


class LinkName(NamedTuple):
    """Symlinks that a tool creates next to the project's files.

    Their names, link targets, and a gitignore pattern for all of them.
    """

    tool: str
    name: str
    target: str
    pattern: str


LINK_NAMES: tuple[LinkName, ...] = (
    LinkName("Bazel convenience symlinks", "bazel-.+", r"(^|/)(_bazel_[^/]+|execroot|bazel-out)(/|$)", "bazel-*"),
    LinkName("Nix build result", "result", "^/nix/store/", "result"),
    LinkName("Nix build results", "result-.+", "^/nix/store/", "result-*"),
)
