"""How each tool is brought to leave its cache, or its environment, in a directory of the project."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Sequence

import venvs

GIT = "git -c user.name=x -c user.email=x@example.org -c commit.gpgsign=false"
RECIPES: Dict[str, Recipe] = {}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Programs that run in the directory `scratch`, one a line, after an installation.

    In texts, `{cache}` is a directory of the project with a neutral name, `{project}`, `{scratch}` and `{programs}` are
    directories, `{python}` is the interpreter `python`, and `{base}` the one from which this environment was made.
    """

    lines: str
    requirements: str = ""  # of an environment; the first is the tool
    npm: str = ""  # packages to install in `scratch`; the first is the tool
    version: str = "{python} --version"  # the command that prints the version, if no package has it
    python: str = ""  # the version of Python for the environment
    work: str = ""  # the text of the file `work.py`
    files: Dict[str, str] = dataclasses.field(default_factory=dict)  # other files in `scratch`
    cache: str = ""  # the variable that is the path of the cache
    env: Dict[str, str] = dataclasses.field(default_factory=dict)  # other variables of the programs
    build: Dict[str, str] = dataclasses.field(default_factory=dict)  # variables of the build
    take: str = ""  # what to move from `scratch` to the project
    aside: Sequence[str] = ()  # files that the tool leaves, but not in its cache


def recipe(name: str, lines: str, *requirements: str, **more: Any) -> None:
    """Register a recipe, or one for each requirement."""
    for each in requirements or [""]:
        RECIPES[f"{name} ({each.split()[0]})" if len(requirements) > 1 else name] = Recipe(lines, each, **more)


def script(name: str, work: str, *requirements: str, **more: Any) -> None:
    """Register a recipe that runs the text of a script."""
    recipe(name, "python work.py", *requirements, work=work, **more)


# --- Environments and installers --------------------------------------------------------------------------------------

for _version in venvs.VERSIONS:
    recipe(f"python -m venv ({_version})", "{python} -m venv --without-pip {cache}", python=_version)
recipe("uv venv", "uv venv -q {cache}", "uv==0.8.4", "uv")
# Recent ones write the name of the environment into a file `.venv` next to `pyproject.toml` (PEP 832).
recipe("virtualenv", "virtualenv -q {cache}", "virtualenv", "virtualenv==20.26.6", aside=[".venv"])
recipe(
    "virtualenv 16, without pyvenv.cfg",
    "virtualenv -q --no-download {cache}",
    "virtualenv==16.7.10 setuptools wheel",
    python="3.8",
)
recipe(
    "uv tool directory",
    "uv tool install -q pycowsay",
    "uv",
    env={"UV_TOOL_DIR": "{cache}", "UV_TOOL_BIN_DIR": "{scratch}/b"},
)
recipe("pipx home", "pipx install -q pycowsay", "pipx", env={"PIPX_HOME": "{cache}", "PIPX_BIN_DIR": "{scratch}/b"})
recipe("uv cache", "uv venv -q v\nuv pip install -q -p v six iniconfig", "uv==0.8.4", "uv", cache="UV_CACHE_DIR")
# Only a lock file is left, and only the variable can tell whose it is.
recipe(
    "uv cache, cleaned",
    "uv pip install -q --target t six\nuv cache clean -q",
    "uv",
    build={"UV_CACHE_DIR": "zeta-3"},
    cache="UV_CACHE_DIR",
)
# There is no wheel of docopt on the index: pip builds one, and caches that.
recipe(
    "pip cache",
    "python -m pip install -q --no-deps --target t docopt",
    *(f"{pip} setuptools wheel" for pip in ("pip==23.2.1", "pip==21.3.1", "pip")),
    cache="PIP_CACHE_DIR",
)
recipe(
    "poetry cache",
    "poetry new -q other\npoetry -C other install -q --no-root",
    "poetry",
    "poetry==1.8.5",
    cache="POETRY_CACHE_DIR",
)
recipe(
    "pdm cache",
    "pdm config install.cache on\npdm install -q",
    "pdm hishel<1.2 unearth<0.18",
    files={
        "pyproject.toml": "[project]\nname='o'\nversion='1'\nrequires-python='>=3.8'\ndependencies=['six']\n"
        "[tool.pdm]\ndistribution=false\n"
    },
    env={"PDM_CACHE_DIR": "{cache}", "HOME": "{scratch}"},
)
recipe(
    "pipenv cache and environment",
    "pipenv install --skip-lock",
    "pipenv",
    files={"Pipfile": "[packages]\nsix='*'\ndocopt='*'\n"},
    env={"PIPENV_CACHE_DIR": "{cache}", "WORKON_HOME": "{project}/zeta-4", "PIPENV_IGNORE_VIRTUALENVS": "1"},
)
recipe(
    "hatch data directory",
    "hatch env create default\nhatch env create a",
    "hatch",
    files={
        "pyproject.toml": "[project]\nname='o'\nversion='1'\n[tool.hatch.envs.default]\nskip-install=true\n"
        "[tool.hatch.envs.a]\nskip-install=true\n"
    },
    cache="HATCH_DATA_DIR",
)
recipe(
    "tox",
    "tox -q --workdir {cache}",
    "tox",
    "tox==4.30.3",
    "tox==3.28.0",
    files={"tox.ini": "[tox]\nenvlist=a,b\nskipsdist=true\n[testenv]\nskip_install=true\ncommands=python -c 1\n"},
)
recipe(
    "nox",
    "nox --envdir {cache}",
    "nox",
    "nox==2024.4.15",
    files={
        "noxfile.py": "import nox\n@nox.session\ndef a(session): pass\n"
        "@nox.session(venv_backend='venv')\ndef b(session): pass\n"
    },
)
recipe(
    "setuptools eggs",
    "python setup.py --version",
    "setuptools<58 pip wheel",
    files={"setup.py": "from setuptools import setup\nsetup(name='x', setup_requires=['iniconfig'])\n"},
    take=".eggs",
)
recipe(
    "Python user base",
    "{base} -m pip install -q --user --no-deps --break-system-packages pycowsay",
    "pip",
    build={"PYTHONUSERBASE": "zeta-3"},
    cache="PYTHONUSERBASE",
)

# --- Linters and hooks ------------------------------------------------------------------------------------------------

_HOOK = {
    "source/.pre-commit-hooks.yaml": "- {id: x, name: x, entry: python -c 1, language: python}\n",
    "source/setup.py": "from setuptools import setup\nsetup(name='x', version='1')\n",
    ".pre-commit-config.yaml": "repos:\n- repo: {scratch}/source\n  rev: v1\n  hooks: [{id: x}]\n",
    "x.txt": "x\n",
}
_COMMIT = f"{GIT} -C source init -q\n{GIT} -C source add .\n{GIT} -C source commit -q -m x\n{GIT} -C source tag v1\n"
_COMMIT += f"{GIT} init -q\n{GIT} add x.txt .pre-commit-config.yaml\n{GIT} commit -q -m x\n"

recipe("mypy cache", "mypy --cache-dir {cache} {project}/src/demo", "mypy")
recipe("ruff cache", "ruff check -q --cache-dir {cache} {project}/src/demo", "ruff")
recipe("pytest cache", "pytest -q -o cache_dir={cache} {project}/tests", "pytest", env={"PYTHONDONTWRITEBYTECODE": "1"})
recipe("black cache", "black -q {project}/src", "black", cache="BLACK_CACHE_DIR")
recipe("pylint cache", "pylint --disable=C,R {project}/src/demo", "pylint", cache="PYLINTHOME")
recipe("pre-commit cache", f"{_COMMIT}pre-commit run --all-files", "pre-commit", files=_HOOK, cache="PRE_COMMIT_HOME")
recipe("prek cache", f"{_COMMIT}prek run --all-files", "prek", files=_HOOK, cache="PREK_HOME")
script(
    "hypothesis database",
    "from hypothesis import given, strategies as s\n@given(s.integers())\ndef t(x): assert x < 100\n"
    "try: t()\nexcept AssertionError: pass\n",
    "hypothesis",
    cache="HYPOTHESIS_STORAGE_DIRECTORY",
)
script(
    "rope data",
    "from rope.base.project import Project\nfrom rope.contrib.autoimport.sqlite import AutoImport\n"
    "p = Project('.')\na = AutoImport(p, memory=False)\na.generate_cache()\na.close()\np.close()\n",
    "rope",
    take=".ropeproject",
)
recipe(
    "Pyre directory",
    "pyre --noninteractive --binary {programs}/pyre.bin check",
    "pyre-check",
    files={".pyre_configuration": '{"source_directories": ["."]}', "x.py": "x: int = 1\n"},
    take=".pyre",
)
recipe(
    "Robocop cache",
    "robocop check --exit-zero",
    "robotframework-robocop",
    files={"x.robot": "*** Test Cases ***\nX\n    [Documentation]    X\n    Log    x\n"},
    take=".robocop_cache",
)

# --- Data and documents -----------------------------------------------------------------------------------------------

# As much of a model hub as one small file needs.
_HUB = """\
import http.server, os, sys, threading
class Hub(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        for name, value in {"ETag": '"0123"', "X-Repo-Commit": "a" * 40, "Content-Length": "2"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"{}")
    do_HEAD = do_GET
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{server.server_address[1]}"
from huggingface_hub import hf_hub_download
hf_hub_download("x/y", "config.json", local_dir=sys.argv[1] if len(sys.argv) > 1 else None)
"""
_HUBS = ("huggingface_hub", "huggingface_hub==0.24.7")

recipe("hugging face home", "python work.py", *_HUBS, work=_HUB, env={"HF_HOME": "{cache}", "NO_PROXY": "127.0.0.1"})
# The file that was asked for is wanted; `.cache/huggingface` next to it is not.
recipe(
    "hugging face local directory",
    "python work.py {cache}",
    *_HUBS,
    work=_HUB,
    aside=["zeta-3/config.json"],
    env={"HF_HOME": "{scratch}", "NO_PROXY": "127.0.0.1"},
)
script("joblib cache", "import joblib\ndef f(x): return x\njoblib.Memory('{cache}', verbose=0).cache(f)(1)\n", "joblib")
script(
    "numba cache",
    "import numba\n@numba.njit(cache=True)\ndef f(x): return x + 1\nf(1)\n",
    "numba",
    cache="NUMBA_CACHE_DIR",
)
script(
    "tldextract cache",
    "import tldextract\ntldextract.TLDExtract(suffix_list_urls=['file://{scratch}/x.dat'])('a.com')\n",
    "tldextract",
    files={"x.dat": "com\n"},
    cache="TLDEXTRACT_CACHE",
)
_XDG = {"XDG_CACHE_HOME": "{project}/.cache"}
script(
    "jedi in XDG_CACHE_HOME",
    "import jedi\njedi.Script('import os; os.').complete(1, 14)\n",
    "jedi",
    build=_XDG,
    env=_XDG,
)
script(
    "a tool without a row in XDG_CACHE_HOME",
    "import pooch\np = pooch.os_cache('unknown')\np.mkdir(parents=True)\n(p / 'x.bin').touch()\n",
    "pooch",
    build=_XDG,
    env=_XDG,
)
recipe(
    "marimo cache",
    "marimo export session x.py",
    "marimo",
    files={
        "x.py": "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    import marimo as mo\n"
        "    with mo.persistent_cache(name='x'):\n        y = 1\n    return\n"
    },
    take="__marimo__",
)
script(
    "jupyter-cache",
    "import nbformat, jupyter_cache\nnbformat.write(nbformat.v4.new_notebook(), 'x.ipynb')\n"
    "jupyter_cache.get_cache('.jupyter_cache').cache_notebook_file('x.ipynb', check_validity=False)\n",
    "jupyter-cache",
    take=".jupyter_cache",
)
recipe(
    "Scrapy HTTP cache",
    "scrapy runspider s.py",
    "scrapy",
    files={
        "scrapy.cfg": "",
        "s.py": "import scrapy\nclass S(scrapy.Spider):\n    name = 's'\n    start_urls = ['data:,x']\n"
        "    custom_settings = {'HTTPCACHE_ENABLED': True}\n    def parse(self, response): pass\n",
    },
    take=".scrapy",
)
recipe(
    "Snakemake directory",
    "snakemake -c1",
    "snakemake",
    files={"Snakefile": "rule x:\n    output: 'o.txt'\n    shell: 'echo x > {output}'\n"},
    take=".snakemake",
)
recipe(
    "Metaflow data store",
    "python x.py run",
    "metaflow",
    files={
        "x.py": "from metaflow import FlowSpec, step\nclass X(FlowSpec):\n    @step\n"
        "    def start(self): self.next(self.end)\n    @step\n    def end(self): pass\nX()\n"
    },
    take=".metaflow",
    env={"METAFLOW_USER": "x"},
)
recipe(
    "Zensical cache",
    "zensical build",
    "zensical",
    files={"docs/index.md": "# X\n", "zensical.toml": '[project]\nsite_name = "x"\n'},
    take=".cache",
)

# --- Other languages --------------------------------------------------------------------------------------------------

recipe("npm cache", "npm pack --silent is-odd", version="npm --version", cache="npm_config_cache")
recipe("ccache", "ccache cc -c x.c", files={"x.c": "int x;\n"}, version="ccache --version", cache="CCACHE_DIR")
recipe(
    "linked git worktree",
    f"{GIT} init -q\n{GIT} add .\n{GIT} commit -q -m x\n{GIT} worktree add -q {{project}}/.claude/worktrees/x",
    files={"pyproject.toml": "[project]\nname = 'x'\n"},
    version="git --version",
)
recipe(
    "Deno cache",
    "deno cache x.ts",
    "deno",
    files={"x.ts": "import x from 'npm:is-odd@3'; console.log(x);\n"},
    cache="DENO_DIR",
)
recipe(
    "Zig cache",
    "python -m ziglang build-exe x.zig",
    "ziglang",
    files={"x.zig": "pub fn main() void {}\n"},
    take=".zig-cache",
    env={"ZIG_GLOBAL_CACHE_DIR": "{cache}", "ZIG_LOCAL_CACHE_DIR": "{scratch}/.zig-cache"},
)
recipe(
    "Bun install cache",
    "bun install --cwd x",
    npm="bun",
    files={"x/package.json": '{"dependencies": {"is-odd": "3.0.1"}}'},
    cache="BUN_INSTALL_CACHE_DIR",
)
recipe(
    "Nx cache",
    f"{GIT} init -q\nnx show projects",
    npm="nx",
    files={"nx.json": "{}"},
    take=".nx",
    env={"NX_DAEMON": "false", "NX_NO_CLOUD": "true", "CI": "1"},
)
recipe(
    "Wireit cache",
    "npm run --silent x",
    npm="wireit",
    files={
        "package.json": '{"scripts": {"x": "wireit"},'
        ' "wireit": {"x": {"command": "echo x", "files": [], "output": []}}}'
    },
    take=".wireit",
)
recipe(
    "moon cache",
    f"{GIT} init -q\n{GIT} add .\n{GIT} commit -q -m x\nmoon run :x",
    npm="@moonrepo/cli",
    files={".moon/workspace.yml": "projects: ['.']\n", "moon.yml": "tasks:\n  x:\n    command: echo x\n"},
    take=".moon",
    aside=[".moon/workspace.yml"],
    env={"CI": "1"},
)
recipe(
    "Docusaurus cache",
    "docusaurus build",
    npm="@docusaurus/core@3 @docusaurus/preset-classic@3 react@18 react-dom@18",
    files={
        "docs/x.md": "# X\n",
        "docusaurus.config.js": "module.exports = {title: 'x', url: 'https://x.example', baseUrl: '/',"
        " onBrokenLinks: 'ignore', presets: [['classic', {docs: {routeBasePath: '/'}, blog: false}]]}\n",
    },
    take=".docusaurus",
)
recipe(
    "Wrangler state",
    "wrangler kv key put --local --binding X a b",
    npm="wrangler",
    files={
        "wrangler.toml": 'name = "x"\ncompatibility_date = "2025-01-01"\n[[kv_namespaces]]\nbinding = "X"\nid = "x"\n'
    },
    take=".wrangler",
    env={"WRANGLER_SEND_METRICS": "false"},
)
