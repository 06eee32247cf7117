"""The catalogue: one row for each tool that leaves caches or environments.

The rows were observed by running the tools; `documented` rows are from documentation only. Detection, the
tables in the documentation and the tests use them.

Ordinary directories also have plain words (`wheels`, `http`) and short hexadecimal names (`0` … `f`). A row with such
marks must require more of the path below, or the content of a file.
"""

from __future__ import annotations

from hatch_nocache.caches.model import Shape, Tool

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
_UV_PYTHON = r"(?:cpython|pypy|graalpy|pyodide)-3\.[0-9]+\.[0-9].*-[a-z]+-[^-]+-[a-z]+"
_HUB_REPOSITORY = "(?:models|datasets|spaces|kernels)--.*"
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
_DVC_DIR = f"{_HEX2}/~[0-9a-f]{{30}}\\.dir"
_DVC_SAYS = r'\A\[\{"md5": '
_DEPCACHE = r"~depcache-(cp|pp|py|cpython|pypy)[0-9.]+\.json"
_PARSO = "PARSO-CACHE-LOCK|(?:CPython|PyPy)-3[0-9]+-[0-9]+"
_DENO = (
    r"((dep|node)_analysis|check|fast_check|v8_code)_cache_v.*|gen|npm|remote|deps|registries|jsr|latest\.txt|"
    r"location_data|bin|dl|web_worker.*|deno_history\.txt|\.deno.*"
)
# Next to `is-odd@3.0.1@@@1` there is a directory `is-odd`: any name except those of projects.
_OF_PROJECTS = "(bin|data|docs?|examples?|include|lib|notes|scripts?|share|src|tests?|tools?)$"
_BUN = rf"(?!{_TEXTS}|{_OF_PROJECTS})@?[a-z0-9._~-]+(@.*@@@[0-9]+)?"
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
CONFIGURED = f"pyvenv.cfg: {_HAS_HOME}"
TOX_MARK = f"~{_TOX_FILE}"
SITE_PACKAGES = (f"~lib|lib64/{VERSIONED}/site-packages/", "Lib/site-packages/")
# SHA-512. Of the files, only pnpm's own names identify it. Every store contains an index.
_PNPM = f"files/{_HEX2}/~[0-9a-f]{{126}}(-exec|-index\\.json)"
_PNPM_PLAIN = f"files/{_HEX2}/~[0-9a-f]{{126}}"
_PNPM_INDEX = rf"index/{_HEX2}/~[0-9a-f]{{62,126}}.*\.json"

# Variables whose value may be a list of directories.
LISTS = frozenset(["CONDA_ENVS_PATH", "CONDA_PKGS_DIRS", "GOPATH"])

# Directories without a row of their own: with the tag of an unknown tool, and of environments.
CACHE = Tool("cache directory")
ENVIRONMENTS = Tool("virtual environments", kind="environments")
UV = Tool(
    "uv cache",
    variables=("UV_CACHE_DIR", "XDG_CACHE_HOME/uv"),
    keys=(("uv.toml", "", "cache-dir"), ("pyproject.toml", "tool.uv", "cache-dir")),
    names=(".uv-cache",),
    shapes=(
        # Two buckets. The other names are ordinary, so those buckets must also contain files of uv.
        Shape(("archive-v0/", "~(built-wheels|interpreter|sdists|wheels)-v[0-9]+/"), only=_UV),
        Shape((r"~interpreter-v[0-9]+/**/~[0-9a-f]{16}\.msgpack",), only=_UV),
        Shape((r"~simple-v[0-9]+/**/~.*\.rkyv",), only=_UV),
    ),
    layout=_UV,
    proof=(f"~{_UV_BUCKET}/",),
)
ENVIRONMENT = Tool(
    "virtual environment",
    kind="environment",
    variables=("UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV", "CONDA_PREFIX", "HATCH_ENV_TYPE_VIRTUAL_PATH"),
    keys=(("pyproject.toml", "tool.hatch.envs.*", "path"), ("hatch.toml", "envs.*", "path")),
    shapes=(
        Shape((f"pyvenv.cfg: {_HAS_HOME}|{_NO_HOME}", "~bin|Scripts/")),
        Shape((CONFIGURED, "~lib|lib64|Lib/", "~include|Include/")),
        # An ignore file may have removed most of it, and the symlink of its interpreter often dangles.
        Shape((CONFIGURED,), only=rf"{_PARTS}|pyvenv\.cfg|pipx_metadata\.json|uv-receipt\.toml|{_TOX_FILE}"),
        Shape((".tox-info.json", _SOME_PART), only=_NO_CONFIGURATION),
        Shape((".tox-config1", _SOME_PART), only=_NO_CONFIGURATION),
        Shape(
            (".gitignore: created by virtualenv automatically|Created by venv;", _SOME_PART),
            only=_NO_CONFIGURATION,
            reason="its .gitignore was created with an environment",
        ),
        # Before virtualenv 20 there was no pyvenv.cfg.
        *(
            Shape((rf"{scripts}/activate: \A# This file must be used with", other), only=_NO_CONFIGURATION)
            for scripts in ("bin", "Scripts")
            for other in ("~lib|lib64|Lib/", rf"{scripts}/~(python|pypy|pip)[0-9.]*(\.exe)?")
        ),
        *(
            Shape((path + r"~no-global-site-packages\.txt|orig-prefix\.txt",), only=_NO_CONFIGURATION)
            for path in ("~lib|lib64|Lib/", f"~lib|lib64|Lib/{VERSIONED}/")
        ),
        # A common name, with files of an installer. Packages alone are no environment: an AWS Lambda layer or a bundled
        # runtime has them too.
        *(
            Shape(
                (f"{path}/{_INSTALLED}{end}",),
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
    proof=(CONFIGURED, *SITE_PACKAGES, "~bin|Scripts/activate"),
)
CONDA = Tool(
    "Conda environment",
    kind="environment",
    shapes=(
        Shape(("conda-meta/history",)),
        Shape(
            (r"conda-meta/~.+-[^-]+-[^-]+\.json", "~bin|etc|lib|Lib|Library|DLLs|include|Scripts|share|ssl/"),
            reason="contains conda-meta",
        ),
    ),
    documented=True,
)
WORKTREE = Tool(
    "linked git worktree",
    shapes=(
        Shape(
            (r".git: \Agitdir: .*[/\\]worktrees[/\\][^/\\\n]+\s*\Z",),
            checkout=True,
            reason="its `.git` file leads to the `worktrees/` of a repository",
        ),
    ),
)
# Files next to `pyvenv.cfg` in real environments, but not in templates or test data.
IN_USE = ("~bin|Scripts|conda-meta/", rf"~pipx_metadata\.json|uv-receipt\.toml|{_TOX_FILE}", *SITE_PACKAGES)
# Entries that tox creates next to its environments.
TOX_EXTRAS = frozenset([".package", ".pkg", ".tmp", "dist", "log"])

CATALOGUE: tuple[Tool, ...] = (
    UV,
    WORKTREE,
    Tool("home of caches", kind="home", variables=("XDG_CACHE_HOME",)),
    Tool(
        "pip cache",
        variables=("PIP_CACHE_DIR", "XDG_CACHE_HOME/pip"),
        names=(".pip-cache",),
        shapes=(
            Shape((f"wheels/{_PIP_WHEEL}",), only=_PIP),
            Shape((f"http-v2/{_HEX5}",), only=_PIP),
            Shape((f"http/{_HEX5}",), only=_PIP),
            Shape(("selfcheck/~[0-9a-f]{56}",), only=_PIP),
            # Its parts, when the directory has other entries.
            Shape((_PIP_WHEEL,), at="wheels", only="[0-9a-f]{2}"),
            Shape((_HEX5,), at="http", only="[0-9a-f]"),
            Shape((_HEX5,), at="~http-v[0-9]+", only="[0-9a-f]"),
            Shape(("~[0-9a-f]{56}",), at="selfcheck", only="[0-9a-f]{56}"),
        ),
        layout=_PIP,
        proof=("http-v2/", f"wheels/{_HEX2}/{_HEX2}/{_HEX2}/"),
    ),
    Tool(
        "Pipenv cache",
        variables=("PIPENV_CACHE_DIR", "XDG_CACHE_HOME/pipenv"),
        layout=_PIP + "|hash-cache",
        proof=("http-v2/", "hash-cache/", f"wheels/{_HEX2}/{_HEX2}/{_HEX2}/"),
    ),
    Tool(
        "Poetry cache",
        variables=("POETRY_CACHE_DIR", "XDG_CACHE_HOME/pypoetry"),
        keys=(("poetry.toml", "", "cache-dir"),),
        names=(".poetry-cache",),
        shapes=(
            Shape(("cache/repositories/~.*/~_http|_packages/",), only="artifacts|cache|virtualenvs"),
            Shape((f"cache/repositories/~.*/{_HEX2}/{_HEX2}/{_HEX2}/",), only="artifacts|cache|virtualenvs"),
            Shape((f"artifacts/{_ARTIFACT}",), only="artifacts|cache|virtualenvs"),
            Shape((f"virtualenvs/{_SOLE_POETRY}",), only="artifacts|cache|virtualenvs"),
            Shape((_ARTIFACT,), at="artifacts", only="[0-9a-f]{2}"),
            Shape(("repositories/~.*/_http/",), at="cache", only="repositories"),
        ),
        layout="artifacts|cache|virtualenvs",
    ),
    Tool(
        "PDM cache",
        variables=("PDM_CACHE_DIR", "XDG_CACHE_HOME/pdm"),
        shapes=(
            Shape((f"metadata/~{_PDM_META}",), only=_PDM),
            Shape((r"packages/~.*\.whl\.cache/",), only=_PDM),
            Shape(("http/http-cache.db",), only=_PDM),
            Shape((f"~{_PDM_META}",), at="metadata", only=_PDM_META),
            Shape((r"~.*\.whl\.cache/",), at="packages", only=r".*\.whl\.cache"),
            Shape(("http-cache.db",), at="http", only=r"http-cache\.db.*"),
        ),
        layout=_PDM,
        proof=(f"wheels/{_HEX2}/{_HEX2}/{_HEX2}/", f"hashes/{_HEX2}/"),
    ),
    Tool(
        "PDM packages directory",
        names=(".pdm-build",),
        shapes=(Shape((r"~[23]\.[0-9]+(-32)?/~bin|lib|include|Lib|Scripts/",), at="__pypackages__"),),
    ),
    Tool(
        "Hatch data directory",
        variables=("HATCH_DATA_DIR", "XDG_DATA_HOME/hatch"),
        shapes=(
            Shape(("env/~virtual|\\.internal/~.*/**/pyvenv.cfg",), only=r"env|pythons|\.cache|pyapp|bin"),
            Shape(("virtual/~.*/**/pyvenv.cfg",), at="env", only=r"virtual|\..*"),
        ),
        layout=r"env|pythons|pyapp|\.cache|bin",
    ),
    Tool("Hatch cache", variables=("HATCH_CACHE_DIR", "XDG_CACHE_HOME/hatch"), documented=True),
    Tool(
        "tox work directory",
        kind="environments",
        variables=("TOX_WORK_DIR",),
        keys=(
            ("tox.toml", "", "work_dir"),
            ("pyproject.toml", "tool.tox", "work_dir"),
            ("tox.ini", "tox", "work_dir"),
            ("tox.ini", "tox", "toxworkdir"),
            ("setup.cfg", "tox:tox", "toxworkdir"),
        ),
        names=(".tox",),
        # Version 3 writes `.tox-config1`. Detection checks that the directory holds only environments.
        shapes=(Shape(("~.*/~\\.tox-(info\\.json|config1)",), only=r"[^.].*|\.(pkg|tmp|package)(_.*|\.lock)?"),),
        layout=r"\.(pkg|tmp|package)(\.lock)?",
    ),
    Tool("nox environments", kind="environments", names=(".nox",)),
    Tool("uv tools", kind="environments", variables=("UV_TOOL_DIR",), shapes=(Shape(("~.*/uv-receipt.toml",)),)),
    Tool("Pipenv environments", kind="environments", variables=("WORKON_HOME",)),
    Tool(
        "Poetry environments",
        kind="environments",
        variables=("POETRY_VIRTUALENVS_PATH",),
        keys=(("poetry.toml", "virtualenvs", "path"),),
        shapes=(Shape((_SOLE_POETRY,)),),
    ),
    Tool(
        "Conda environments",
        kind="environments",
        variables=("CONDA_ENVS_PATH", "MAMBA_ROOT_PREFIX/envs"),
        shapes=(Shape(("~.*/conda-meta/",), at=".pixi/envs"),),
        documented=True,
    ),
    Tool(
        "Python user base",
        kind="environment",
        variables=("PYTHONUSERBASE",),
        layout=_IN_USE + "|Python3[0-9]+|local|state",
        proof=(*SITE_PACKAGES, "~Python3[0-9]+/site-packages/"),
    ),
    Tool(
        "Conda package cache",
        variables=("CONDA_PKGS_DIRS", "MAMBA_ROOT_PREFIX/pkgs"),
        shapes=(
            # Name, version and build. Other directories have names such as `my-data-set` and `log-2024-01`.
            Shape(
                ("urls.txt", r"~.+-[0-9]+\.[^-]*-([^-]*_)?[0-9]+/info/index.json"),
                only=r"urls(\.txt)?|cache|.*-.*-.*|.*\.conda",
            ),
        ),
        layout=r"urls(\.txt)?|cache|.*-.*-.*|.*\.conda",
        proof=(r"~.*-[^-]*-[^-]*/info/index.json", r"~.*-[^-]*-[^-]*\.conda", "urls.txt"),
        documented=True,
    ),
    Tool(
        "pixi cache",
        variables=("PIXI_CACHE_DIR", "RATTLER_CACHE_DIR", "XDG_CACHE_HOME/rattler/cache", "XDG_CACHE_HOME/pixi"),
        layout="pkgs|repodata|uv-cache|pypi-mapping|conda-pypi-mapping|http-cache|cached-envs-v0|git-cache-v0|.*-v[0-9]+",
        proof=(
            "~.*conda-pypi-mapping|uv-cache|cached-envs-v0|git-cache-v0/",
            r"pkgs/~.*-[^-]*-[^-]*/info/index.json",
            r"repodata/~[0-9a-f]{8}.*",
        ),
        documented=True,
    ),
    Tool(
        "uv Pythons",
        variables=("UV_PYTHON_INSTALL_DIR",),
        shapes=(
            Shape((f"~{_UV_PYTHON}/~bin|lib|Lib|DLLs/",), only=r"(cpython|pypy|graalpy|pyodide)-.*|\.temp|\.cache"),
            Shape(("~bin|lib|Lib|DLLs/",), at=f"~{_UV_PYTHON}"),
        ),
        layout=r"(cpython|pypy|graalpy|pyodide)-.*|\.temp|\.cache",
        proof=(f"~{_UV_PYTHON}/", ".temp/"),
    ),
    Tool(
        "pipx home",
        variables=("PIPX_HOME",),
        shapes=(
            Shape(("venvs/~.*/pipx_metadata.json",), only=r"venvs|shared|py|logs|trash|\..*"),
            Shape(
                ("venvs/~.*/pyvenv.cfg", r"~shared|py|logs|trash|\.cache|\.trash/"),
                only=r"venvs|shared|py|logs|trash|\..*",
            ),
            Shape(("shared/pyvenv.cfg", "~venvs|logs/"), only=r"venvs|shared|py|logs|trash|\..*"),
        ),
        layout=r"venvs|shared|py|logs|trash|\.cache|\.trash",
        proof=("venvs/~.*/pyvenv.cfg", "shared/pyvenv.cfg"),
    ),
    Tool(
        "pre-commit cache",
        variables=("PRE_COMMIT_HOME", "XDG_CACHE_HOME/pre-commit"),
        shapes=(
            Shape(("README: ^This directory is maintained by the pre-commit project",), only=_PRE_COMMIT),
            Shape(("db.db", f"~{_CLONE}/"), only=_PRE_COMMIT),
            # One clone, when the directory has other entries.
            Shape((".pre-commit-hooks.yaml",), at=f"~{_CLONE}", checkout=True),
            Shape((".pre-commit-hooks.yaml", ".git/"), at="~repo[a-z0-9_]{8}", checkout=True),
            Shape((r"~[a-z_]*env-.*/~\.install_state_v[0-9]",), at="~repo[a-z0-9_]{8}", checkout=True),
        ),
        layout=_PRE_COMMIT,
    ),
    Tool(
        "prek cache",
        variables=("PREK_HOME", "XDG_CACHE_HOME/prek"),
        shapes=(Shape(("README: ^This directory is maintained by the prek project",), only=_PREK),),
        layout=_PREK,
    ),
    Tool(
        "mypy cache",
        variables=("MYPY_CACHE_DIR",),
        keys=(
            ("mypy.ini", "mypy", "cache_dir"),
            (".mypy.ini", "mypy", "cache_dir"),
            ("pyproject.toml", "tool.mypy", "cache_dir"),
            ("setup.cfg", "mypy", "cache_dir"),
        ),
        names=(".mypy_cache",),
        shapes=(
            Shape((r"~3\.[0-9]+/~cache\.[0-9]+\.db",), only=r"[23]\.[0-9]+|missing_stubs"),
            Shape((r"~3\.[0-9]+/@plugins_snapshot.json",), only=r"[23]\.[0-9]+|missing_stubs"),
            Shape((r"~cache\.[0-9]+\.db",), at=r"~3\.[0-9]+", only=r"cache\.[0-9]+\.db.*"),
            Shape(("@plugins_snapshot.json",), at=r"~3\.[0-9]+"),
        ),
        says="created by mypy",
        layout=r"[23]\.[0-9]+|missing_stubs",
        proof=(r"~[23]\.[0-9]+/~.*\.meta\.(json|ff)",),
    ),
    Tool(
        "Ruff cache",
        variables=("RUFF_CACHE_DIR",),
        keys=(
            (".ruff.toml", "", "cache-dir"),
            ("ruff.toml", "", "cache-dir"),
            ("pyproject.toml", "tool.ruff", "cache-dir"),
        ),
        names=(".ruff_cache",),
        says="created by [Rr]uff",
        layout=r"[0-9]+\.[0-9]+\.[0-9]+.*|content",
        proof=(".gitignore: created by [Rr]uff", r"~[0-9]+\.[0-9]+\.[0-9]+.*/~[0-9]{15,20}"),
    ),
    Tool(
        "pytest cache",
        keys=(
            ("pytest.toml", "pytest", "cache_dir"),
            ("pytest.ini", "pytest", "cache_dir"),
            (".pytest.ini", "pytest", "cache_dir"),
            ("pyproject.toml", "tool.pytest.ini_options", "cache_dir"),
            ("pyproject.toml", "tool.pytest", "cache_dir"),
            ("tox.ini", "pytest", "cache_dir"),
            ("setup.cfg", "tool:pytest", "cache_dir"),
        ),
        names=(".pytest_cache",),
        shapes=(
            Shape(("v/cache/~lastfailed|nodeids|stepwise",), only=r"v|d|README\.md"),
            Shape(("~lastfailed|nodeids|stepwise",), at="v/cache", only="lastfailed|nodeids|stepwise"),
        ),
        says="[Cc]reated by pytest",
        layout=r"v|d|README\.md",
        proof=("README.md: pytest cache directory",),
    ),
    Tool(
        "Black cache",
        variables=("BLACK_CACHE_DIR", "XDG_CACHE_HOME/black"),
        shapes=(
            Shape((r"~[0-9]+\.[0-9]+.*/~cache\.(-|[0-9,]+)(\..*)?\.pickle",), only=r"[0-9]+\.[0-9]+.*"),
            Shape((f"~{_OF_BLACK}",), at=r"~[0-9]+\.[0-9]+.*", only=_OF_BLACK),
        ),
        layout=r"[0-9]+\.[0-9]+.*",
    ),
    Tool(
        "Pylint cache",
        variables=("PYLINTHOME", "XDG_CACHE_HOME/pylint"),
        shapes=(Shape((r"~.*_1\.stats: bad_names|pylint",), only=r".*_[0-9]+\.stats"),),
        layout=r".*[0-9]\.stats",
    ),
    Tool("Import Linter cache", names=(".import_linter_cache",), says="created by Grimp"),
    Tool(
        "Hypothesis database",
        variables=("HYPOTHESIS_STORAGE_DIRECTORY",),
        shapes=(
            Shape(at=".hypothesis", some=_HYPOTHESIS),
            Shape((".gitignore: automatically created by Hypothesis",)),
            Shape(
                ("examples/~[0-9a-f]{16}/~[0-9a-f]{16}", "~constants|unicode_data/"),
                only="examples|constants|unicode_data|patches|tmp",
            ),
        ),
        layout=_HYPOTHESIS,
        proof=("examples/~[0-9a-f]{16}/~[0-9a-f]{16}", "constants/~[0-9a-f]{16}", "unicode_data/"),
    ),
    Tool(
        "Pyright cache",
        variables=("PYRIGHT_PYTHON_CACHE_DIR", "XDG_CACHE_HOME/pyright-python"),
        layout=r"[0-9]+\.[0-9]+.*|nodeenv|node_modules|npm",
        proof=(r"~[0-9]+\.[0-9]+.*/node_modules/pyright/", "nodeenv/"),
        documented=True,
    ),
    Tool(
        "pytype cache",
        keys=(("pyproject.toml", "tool.pytype", "output"), ("setup.cfg", "pytype", "output")),
        shapes=(
            Shape(at=".pytype", some=_PYTYPE),
            Shape((".gitignore: created by pytype",)),
            Shape(("pyi/", "imports/", "build.ninja"), only=r"build\.ninja|imports|pyi|\.ninja_.*|.*\.log"),
        ),
        layout=_PYTYPE,
    ),
    # PYTHONPYCACHEPREFIX leads to a mirror of the whole file system with only `*.pyc` files, which Hatchling drops.
    Tool("bytecode cache", names=("__pycache__",)),
    Tool(
        "Numba cache",
        variables=("NUMBA_CACHE_DIR",),
        shapes=(
            Shape((r"~.*_[0-9a-f]{40}/~.*\.nb[ic]",), only=".*_[0-9a-f]{40}"),
            Shape((r"~.*\.nb[ic]",), at="~.*_[0-9a-f]{40}", only=r".*\.nb[ic]"),
        ),
        layout=".*_[0-9a-f]{40}",
    ),
    Tool(
        "joblib cache",
        shapes=(
            Shape((".gitignore: Created by joblib automatically",)),
            Shape(("joblib/**/func_code.py: ^# first line:", "joblib/**/~[0-9a-f]{32}/output.pkl"), only="joblib"),
            Shape(
                ("**/func_code.py: ^# first line:", "**/~[0-9a-f]{32}/output.pkl"),
                at="joblib",
                only=r"\..*",
                every="**/func_code.py",
            ),
        ),
    ),
    Tool(
        "Hugging Face cache",
        variables=("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME/hub", "XDG_CACHE_HOME/huggingface/hub"),
        shapes=(
            Shape((f"hub/~{_HUB_REPOSITORY}/~blobs|refs|snapshots/",), only=rf"{_HF_HOME}|\..*"),
            Shape(
                (f"~{_HUB_REPOSITORY}/~blobs|refs|snapshots/",), only=rf"{_HUB_REPOSITORY}|\.locks|version\.txt|tmp.*"
            ),
            # One repository, and the locks, when the directory has other entries.
            Shape(
                ("~blobs|refs|snapshots/",), at=f"~{_HUB_REPOSITORY}", only=r"blobs|refs|snapshots|\.no_exist|\.lock.*"
            ),
            Shape((f"~{_HUB_REPOSITORY}/",), at=".locks", only=_HUB_REPOSITORY),
            # Next to the files that `hf_hub_download(local_dir=…)` downloaded: the project needs those.
            Shape(("download/",), at=".cache/huggingface"),
        ),
        layout=rf"{_HUB_REPOSITORY}|\.locks|version\.txt|tmp.*",
    ),
    # The parent of the hub's cache. It also holds the user's tokens.
    Tool(
        "Hugging Face home",
        variables=("HF_HOME", "XDG_CACHE_HOME/huggingface"),
        layout=_HF_HOME,
        proof=(
            f"hub/~{_HUB_REPOSITORY}/",
            "stored_tokens",
            "~\\.check.*",
            "modules/~(datasets|transformers)_modules/",
            "xet/logs/",
        ),
        secrets=("hub/", "~token|stored_tokens"),
    ),
    Tool(
        "Sphinx doctrees",
        shapes=(
            Shape(
                ("environment.pickle", r"~.*\.doctree"),
                only=r"environment\.pickle|.*\.doctree",
                every=r"**/~.*\.doctree",
            ),
        ),
    ),
    Tool("Jupyter checkpoints", names=(".ipynb_checkpoints",)),
    # Not IPYTHONDIR: startup files in it are written by hand.
    Tool(
        "Matplotlib cache",
        variables=("MPLCONFIGDIR", "XDG_CACHE_HOME/matplotlib"),
        shapes=(Shape((r"~fontlist-v[0-9]{3,}\.json",), only=r"fontlist-v.*|tex\.cache"),),
        layout=r"fontlist-v.*|tex\.cache",
        proof=(r"~fontlist-v[0-9]+\.json", "tex.cache/"),
    ),
    Tool("Material for MkDocs cache", shapes=(Shape(("~privacy|social|optimize/",), at=".cache/plugin"),)),
    Tool(
        "SCons cache",
        variables=("SCONS_CACHE",),
        shapes=(Shape(('config: ^{"prefix_len": *[0-9]+}',), only="config|[0-9A-F]{1,4}"),),
        layout="config|[0-9A-F]{1,4}",
        proof=("~[0-9A-F]{1,4}/~[0-9a-f]{32,64}",),
    ),
    Tool(
        "ccache",
        variables=("CCACHE_DIR", "XDG_CACHE_HOME/ccache"),
        shapes=(
            Shape((f"{_HEX1}/CACHEDIR.TAG: created by ccache",), only=r"[0-9a-f]|tmp|lock|ccache\.conf"),
            Shape((rf"{_HEX1}/stats: \A([0-9]+\n){{20,}}",), only=r"[0-9a-f]|tmp|lock|ccache\.conf"),
        ),
        layout=r"[0-9a-f]|tmp|lock|ccache\.conf",
    ),
    Tool(
        "sccache",
        variables=("SCCACHE_DIR", "XDG_CACHE_HOME/sccache"),
        shapes=(
            # Its entries are zip archives.
            Shape((rf"{_HEX1}/{_HEX1}/~[0-9a-f]{{64}}: \APK\x03\x04",), only="[0-9a-f]|preprocessor"),
            Shape((rf"{_HEX1}/~[0-9a-f]{{64}}: \APK\x03\x04",), at=_HEX1, only="[0-9a-f]"),
        ),
        layout="[0-9a-f]|preprocessor",
    ),
    # Not `.cargo` itself: `config.toml` in it is written by hand.
    Tool(
        "Cargo registry",
        variables=("CARGO_HOME/registry",),
        shapes=(Shape(("~index|cache|src/~.*-[0-9a-f]{16}/",), at="registry", only="index|cache|src"),),
        layout="index|cache|src",
    ),
    Tool(
        "Cargo git checkouts",
        variables=("CARGO_HOME/git",),
        shapes=(Shape(("~db|checkouts/~.*-[0-9a-f]{16}/",), at="git", only="db|checkouts"),),
        layout="db|checkouts",
    ),
    Tool(
        "Go build cache",
        variables=("GOCACHE",),
        shapes=(Shape(("README: ^This directory holds cached build artifacts from the Go build system",)),),
        layout=r"[0-9a-f]{2}|README|trim\.txt|testexpire\.txt|log\.txt|fuzz",
        proof=(f"{_HEX2}/~[0-9a-f]{{64}}-[ad]",),
    ),
    Tool(
        "Go module cache",
        variables=("GOMODCACHE", "GOPATH/pkg/mod"),
        shapes=(Shape(("cache/download/**/@v/",), only=rf"cache|(?!{_TEXTS}).*\.[a-z]+.*"),),
        layout=r"cache|gopkg\.in|[a-z0-9-]+(\.[a-z0-9-]+)*\.(cloud|com|dev|io|net|org|tools)(@v.*)?",
        proof=("cache/download/", "**/~.*@v[0-9].*/"),
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
                    r"~org|com|io|net/**/_remote.repositories: >[\w.-]+=",
                    r"~org|com|io|net/**/~.*\.lastUpdated",
                )
            ),
        ),
    ),
    # Not `.gradle` itself: `gradle.properties` and `init.d` in it are written by hand.
    Tool(
        "Gradle cache",
        variables=tuple(f"GRADLE_USER_HOME/{name}" for name in ("caches", "daemon", "native", "wrapper")),
        shapes=(
            *(Shape(at=f".gradle/{name}") for name in ("buildOutputCleanup", "caches", "daemon", "wrapper")),
            Shape((r"modules-2/~files-2\.1|metadata-2\.[0-9]+/",), at="caches", only=_GRADLE),
            Shape((r"~[a-z-]+-[0-9]+/~[a-z-]+-[0-9]+\.lock",), at="caches", only=_GRADLE),
        ),
        layout=r"[a-z-]+-[0-9]+|[0-9]+\.[0-9]+.*|transforms.*|[a-z-]+\.bin|dists|jansi|[0-9a-z]{25,}|.*\.lock",
        proof=(
            r"~[a-z-]+-[0-9]+/~[a-z-]+-[0-9]+\.lock",
            r"~[0-9]+\.[0-9]+.*/~daemon-[0-9]+\.out\.log|registry\.bin",
            "dists/~gradle-.*/",
            "~[0-9a-z]{25,}/",
            "jansi/**/~libjansi.*|jansi\\.dll",
        ),
    ),
    Tool(
        "npm cache",
        variables=("npm_config_cache", "NPM_CONFIG_CACHE"),
        keys=((".npmrc", "", "cache"),),
        shapes=(
            Shape(("_cacache/~content-v[0-9]+|index-v[0-9]+|tmp/",), only=_NPM),
            Shape(("~content-v[0-9]+/", "~index-v[0-9]+/"), at="_cacache"),
        ),
        layout=_NPM,
        proof=("_logs/~.*-debug-[0-9]+\\.log", "_npx/", "_update-notifier-last-checked"),
    ),
    # `.yarn/cache` of Yarn 2 and later may be committed on purpose, so only the variable makes it a cache.
    Tool(
        "Yarn cache",
        variables=("YARN_CACHE_FOLDER",),
        shapes=(
            Shape(("~v[0-9]+/~npm-.*-integrity/",), only=r"v[0-9]+|\.tmp"),
            Shape(("~npm-.*-integrity/",), at="~v[0-9]+", only=r"npm-.*|\.tmp"),
        ),
        layout=r"v[0-9]+|\.tmp|.*-npm-.*\.zip|.*\.flock",
        proof=(r"~.*-npm-[0-9].*-[0-9a-f]{10}.*\.zip",),
    ),
    Tool(
        "pnpm store",
        variables=("npm_config_store_dir", "XDG_DATA_HOME/pnpm/store"),
        names=(".pnpm-store",),
        shapes=(
            Shape((f"~v[0-9]+/{_PNPM}",), only="v[0-9]+"),
            Shape((f"~v[0-9]+/{_PNPM_PLAIN}", f"~v[0-9]+/{_PNPM_INDEX}"), only="v[0-9]+"),
            # Since version 11 of the store. Projects rarely number directories with two digits.
            Shape(("~v1[1-9]/index.db", "~v1[1-9]/files/"), only="v1[1-9]"),
            *(
                Shape(marks, at="~v[0-9]+", only=r"files|index(\.db.*)?|tmp|projects|links|metadata.*")
                for marks in ((_PNPM,), (_PNPM_PLAIN, _PNPM_INDEX), (_PNPM_PLAIN, "index.db"))
            ),
        ),
        layout="v[0-9]+",
    ),
    Tool(
        "Parcel cache",
        variables=("PARCEL_CACHE_DIR",),
        names=(".parcel-cache",),
        shapes=(Shape(("data.mdb", "lock.mdb", "~.*-AssetGraph.*")),),
        layout=r"data\.mdb|lock\.mdb|.*-AssetGraph.*|.*-(Bundle|Request)Graph.*|snapshot-.*|[0-9a-f]{16}.*|.*\.txt",
    ),
    Tool(
        "Turborepo cache",
        variables=("TURBO_CACHE_DIR",),
        shapes=(Shape(at=".turbo", some=_TURBO),),
        layout=_TURBO,
        proof=(r"~[0-9a-f]{16}(\.tar\.zst|-meta\.json)|turbo-.*\.log",),
    ),
    # Not `.dvc` itself: `config` in it is written by hand. Any store may have names that are MD5 sums, so without a
    # declaration, DVC's description of a directory is required.
    Tool(
        "DVC cache",
        keys=((".dvc/config", "cache", "dir"), (".dvc/config.local", "cache", "dir")),
        shapes=(
            Shape(at=".dvc/cache"),
            Shape(at=".dvc/tmp"),
            Shape((f"files/md5/{_DVC_DIR}: {_DVC_SAYS}",), only="files|runs"),
            Shape((f"md5/{_DVC_DIR}: {_DVC_SAYS}",), at="files", only="md5"),
            Shape((f"{_DVC_DIR}: {_DVC_SAYS}",), at="files/md5", only="[0-9a-f]{2}"),
        ),
        layout="files|runs|[0-9a-f]{2}",
        proof=(f"files/md5/{_HEX2}/~[0-9a-f]{{30}}.*", f"{_HEX2}/~[0-9a-f]{{30}}.*"),
    ),
    Tool(
        "Bazel output root",
        shapes=(
            Shape(("DO_NOT_BUILD_HERE", "~execroot|external|install|server/")),
            Shape(("~[0-9a-f]{32}/DO_NOT_BUILD_HERE",)),
        ),
    ),
    Tool("Next.js cache", shapes=(Shape(at=".next/cache"),), documented=True),
    Tool(
        "pip-tools cache",
        variables=("PIP_TOOLS_CACHE_DIR", "XDG_CACHE_HOME/pip-tools"),
        shapes=(Shape((_DEPCACHE,), only=f"{_DEPCACHE[1:]}|pkgs|wheels|pip.*"),),
        layout=f"{_DEPCACHE[1:]}|pkgs|wheels|pip.*",
        documented=True,
    ),
    Tool("setuptools eggs", names=(".eggs",)),
    Tool(
        "parso cache",
        variables=("XDG_CACHE_HOME/parso", "XDG_CACHE_HOME/jedi"),
        shapes=(
            Shape((r"~(?:CPython|PyPy)-3[0-9]+-[0-9]+/~[0-9a-f]{64}-[0-9a-f]{64}\.pkl",), only=_PARSO),
            Shape((r"~[0-9a-f]{64}-[0-9a-f]{64}\.pkl",), at=f"~{_PARSO}", only=r"[0-9a-f]{64}-[0-9a-f]{64}\.pkl"),
        ),
    ),
    Tool(
        "tldextract cache",
        variables=("TLDEXTRACT_CACHE", "XDG_CACHE_HOME/python-tldextract"),
        shapes=(Shape((r"publicsuffix.org-tlds/~[0-9a-f]{32}\.tldextract\.json.*",), only=r"publicsuffix\..*|urls"),),
    ),
    Tool(
        "Zensical cache",
        shapes=(
            Shape(("objects.inv", "~[0-9]{15,20}"), at=".cache", only=r"[0-9]{15,20}|objects\.inv|mkdocstrings\.json"),
        ),
    ),
    Tool("marimo cache", names=("__marimo__",)),
    Tool("Scrapy HTTP cache", shapes=(Shape(at=".scrapy/httpcache"),)),
    Tool("Snakemake directory", names=(".snakemake",)),
    Tool("Metaflow data store", names=(".metaflow",)),
    Tool("rope data", shapes=(Shape(at=".ropeproject", only=rf"{_ROPE}|config\.py", some=_ROPE),), by_hand="config.py"),
    Tool(
        "Jupyter cache",
        variables=("JUPYTERCACHE",),
        names=(".jupyter_cache",),
        shapes=(Shape(("__version__.txt", "global.db", "executed/"), only=r"__version__\.txt|global\.db.*|executed"),),
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
        variables=("BUN_INSTALL_CACHE_DIR", "BUN_INSTALL/install/cache"),
        shapes=(
            Shape(at=".bun/install/cache"),
            *(Shape((path,), only=_BUN) for path in ("~.*@.*@@@[0-9]+/", "~@[a-z0-9._~-]+/~.*@.*@@@[0-9]+/")),
        ),
    ),
    Tool(
        "Deno cache",
        variables=("DENO_DIR", "XDG_CACHE_HOME/deno"),
        shapes=(Shape(("~(?:dep|node)_analysis_cache_v[0-9]+",), only=_DENO),),
        layout=_DENO,
        proof=("npm/registry.npmjs.org/", "remote/https/", "deps/https/"),
    ),
    Tool(
        "Zig cache",
        variables=("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR", "XDG_CACHE_HOME/zig"),
        shapes=(
            Shape(at=".zig-cache", some=_ZIG),
            Shape(at="zig-cache", some=_ZIG),
            Shape(("h/timestamp", "z/~[0-9a-f]{32}"), only="b|c|h|o|p|z|tmp"),
        ),
        layout=_ZIG,
        proof=("~h|z/~[0-9a-f]{32}", "o/~[0-9a-f]{32}/"),
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
        kind="output",
        shapes=(Shape((".rustc_info.json",)), Shape(("~debug|release/.fingerprint/",))),
    ),
    Tool(
        "Meson build directory",
        kind="output",
        shapes=(Shape(("meson-private/", "meson-info/")),),
        says="[Cc]reated (automatically )?by (the )?[Mm]eson",
    ),
    # After all caches: a cache may resemble an environment.
    CONDA,
    ENVIRONMENT,
)

# Directories that other tools create in XDG_CACHE_HOME.
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
        "bun",
        "buildcache",
        "clangd",
        "composer",
        "coursier",
        "cupy",
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
        "helm",
        "httpie",
        "jupyter",
        "kagglehub",
        "keras",
        "lima",
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
        "phpactor",
        "pipx",
        "pnpm",
        "pooch",
        "prefect",
        "prisma",
        "proto",
        "puppeteer",
        "python-entrypoints",
        "pytype",
        "quarto",
        "ruff",
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
        "virtualenv",
        "vscode-ripgrep",
        "wandb",
        "whisper",
        "yarn",
        "zls",
    ]
)

# Tools that create symlinks, a gitignore pattern for these, and a regular expression for their link targets. In a
# directory (`wandb/`) all symlinks are the tool's.
LINKS: tuple[tuple[str, str, str], ...] = (
    ("devenv directory", ".devenv/", ""),
    ("direnv directory", ".direnv/", ""),
    ("Lake packages", ".lake/", ""),
    ("Pants directory", ".pants.d/", ""),
    ("Terraform directory", ".terraform/", ""),
    ("Buck output", "buck-out/", ""),
    ("MLflow runs", "mlruns/", ""),
    ("npm packages", "node_modules/", ""),
    ("Please output", "plz-out/", ""),
    ("Weights & Biases runs", "wandb/", ""),
    ("Bazel convenience symlinks", "bazel-*", r"(^|/)(_bazel_[^/]+|execroot|bazel-out)(/|$)"),
    ("Nix build result", "result", "^/nix/store/"),
    ("Nix build results", "result-*", "^/nix/store/"),
)
