"""How each tool is brought to leave its cache, or its environment, in a directory of the project."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from typing import Callable, Dict

import venvs
from recall_box import SCRIPTS, Box, CannotRunError, NotFoundError, npm_program

RECIPES: Dict[str, Callable[[Box], None]] = {}


def recipe(name: str, *requirements: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a recipe, or one for each requirement."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        for requirement in requirements:
            label = f"{name} ({requirement})" if len(requirements) > 1 else name
            RECIPES[label] = functools.partial(function, requirement=requirement)
        if not requirements:
            RECIPES[name] = function
        return function

    return register


def _script(box: Box, script: str, *requirements: str, **env: object) -> None:
    """Run a script in `scratch`, in an environment with the requirements."""
    (box.scratch / "work.py").write_text(script)
    box.run(box.tool(*requirements) / "python", "work.py", cwd=box.scratch, **env)


def _commit(box: Box, where: object) -> None:
    """Make a repository with one commit of all files in a directory."""
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    box.run("git", "init", "-q", cwd=where)
    box.run("git", "add", ".", cwd=where)
    box.run("git", *identity, "commit", "-q", "-m", "x", cwd=where)


def command(name: str, line: str, *requirements: str, **variables: str) -> None:
    """Register a recipe that runs one command in the project, for each requirement.

    `{cache}` and `{scratch}` are the paths of these directories.
    """

    @recipe(name, *requirements)
    def run(box: Box, requirement: str) -> None:
        program, *arguments = (word.format(cache=box.cache, scratch=box.scratch) for word in line.split())
        values = {name: value.format(cache=box.cache, scratch=box.scratch) for name, value in variables.items()}
        box.run(box.tool(requirement) / program, *arguments, **values)


command("uv venv", "uv venv -q {cache}", "uv==0.8.4", "uv")
command("uv tool directory", "uv tool install -q pycowsay", "uv", UV_TOOL_DIR="{cache}", UV_TOOL_BIN_DIR="{scratch}/b")
command("pipx home", "pipx install -q pycowsay", "pipx", PIPX_HOME="{cache}", PIPX_BIN_DIR="{scratch}/b")
command("mypy cache", "mypy --cache-dir {cache} src/zeta", "mypy")
command("ruff cache", "ruff check -q --cache-dir {cache} src/zeta", "ruff")
command("pytest cache", "pytest -q -o cache_dir={cache} tests", "pytest", PYTHONDONTWRITEBYTECODE="1")
command("black cache", "black -q src", "black", BLACK_CACHE_DIR="{cache}")
command("pylint cache", "pylint --disable=C,R src/zeta", "pylint", PYLINTHOME="{cache}")


@recipe("uv cache", "uv==0.8.4", "uv")
def uv_cache(box: Box, requirement: str) -> None:
    uv = box.tool(requirement) / "uv"
    box.run(uv, "venv", "-q", box.scratch / "v", UV_CACHE_DIR=box.cache)
    box.run(uv, "pip", "install", "-q", "-p", box.scratch / "v", "six", "iniconfig", UV_CACHE_DIR=box.cache)


@recipe("uv cache, cleaned")
def uv_cleaned(box: Box) -> None:
    uv = box.tool("uv") / "uv"
    box.run(uv, "pip", "install", "-q", "--target", box.scratch / "t", "six", UV_CACHE_DIR=box.cache)
    box.run(uv, "cache", "clean", "-q", UV_CACHE_DIR=box.cache)
    # Only a lock file is left, and only the variable can tell whose it is.
    box.environ["UV_CACHE_DIR"] = "zeta-3"


@recipe("pip cache", "pip==23.2.1", "pip==21.3.1", "pip")
def pip_cache(box: Box, requirement: str) -> None:
    python = box.tool(requirement, "setuptools", "wheel") / "python"
    install = (python, "-m", "pip", "install", "-q", "--no-deps", "--target", box.scratch / "t")
    # There is no wheel of it on the index: pip builds one, and caches that.
    box.run(*install, "docopt", PIP_CACHE_DIR=box.cache)


@recipe("poetry cache", "poetry", "poetry==1.8.5")
def poetry_cache(box: Box, requirement: str) -> None:
    poetry = box.tool(requirement) / "poetry"
    other = box.scratch / "other"
    box.run(poetry, "new", "-q", other)
    box.run(poetry, "install", "-q", "--no-root", cwd=other, POETRY_CACHE_DIR=box.cache)


@recipe("pdm cache")
def pdm_cache(box: Box) -> None:
    pdm = box.tool("pdm", "hishel<1.2", "unearth<0.18") / "pdm"
    (box.scratch / "pyproject.toml").write_text(
        "[project]\nname='o'\nversion='1'\nrequires-python='>=3.8'\ndependencies=['six']\n"
        "[tool.pdm]\ndistribution=false\n"
    )
    box.run(pdm, "config", "install.cache", "on", cwd=box.scratch, PDM_CACHE_DIR=box.cache, HOME=box.scratch)
    box.run(pdm, "install", "-q", cwd=box.scratch, PDM_CACHE_DIR=box.cache, HOME=box.scratch)


@recipe("pipenv cache and environment")
def pipenv(box: Box) -> None:
    program = box.tool("pipenv") / "pipenv"
    (box.scratch / "Pipfile").write_text("[packages]\nsix='*'\ndocopt='*'\n")
    variables = {"PIPENV_CACHE_DIR": box.cache, "WORKON_HOME": box.project / "zeta-4", "PIPENV_IGNORE_VIRTUALENVS": "1"}
    box.run(program, "install", "--skip-lock", cwd=box.scratch, **variables)


@recipe("hatch data directory")
def hatch(box: Box) -> None:
    program = box.tool("hatch") / "hatch"
    (box.scratch / "pyproject.toml").write_text(
        "[project]\nname='o'\nversion='1'\n"
        "[tool.hatch.envs.default]\nskip-install=true\n[tool.hatch.envs.a]\nskip-install=true\n"
    )
    for name in ("default", "a"):
        box.run(program, "env", "create", name, cwd=box.scratch, HATCH_DATA_DIR=box.cache)


@recipe("tox", "tox", "tox==4.30.3", "tox==3.28.0")
def tox(box: Box, requirement: str) -> None:
    program = box.tool(requirement) / "tox"
    (box.scratch / "tox.ini").write_text(
        "[tox]\nenvlist=a,b\nskipsdist=true\n[testenv]\nskip_install=true\ncommands=python -c 1\n"
    )
    box.run(program, "-q", "--workdir", box.cache, cwd=box.scratch)


@recipe("nox", "nox", "nox==2024.4.15")
def nox(box: Box, requirement: str) -> None:
    program = box.tool(requirement) / "nox"
    (box.scratch / "noxfile.py").write_text(
        "import nox\n@nox.session\ndef a(session): pass\n@nox.session(venv_backend='venv')\ndef b(session): pass\n"
    )
    box.run(program, "--envdir", box.cache, cwd=box.scratch)


@recipe("virtualenv", "virtualenv", "virtualenv==20.26.6")
def virtualenv(box: Box, requirement: str) -> None:
    box.run(box.tool(requirement) / "virtualenv", "-q", box.cache)
    # Recent ones write the name of the environment into a file `.venv` next to `pyproject.toml` (PEP 832).
    if ".venv" in box.files():
        box.aside.add(".venv")


@recipe("virtualenv 16, without pyvenv.cfg")
def old_virtualenv(box: Box) -> None:
    box.run(_python("3.8"), "-m", "venv", box.scratch / "v")
    scripts = box.scratch / "v" / SCRIPTS
    box.run(scripts / "python", "-m", "pip", "install", "-q", "virtualenv==16.7.10")
    box.version = "16.7.10"
    box.run(scripts / "virtualenv", "-q", "--no-download", box.cache)


def _python(version: str) -> str:
    if version not in venvs.pythons():
        raise NotFoundError(f"Python {version} is not on this machine")
    return venvs.pythons()[version]


def _venv(box: Box, version: str) -> None:
    python = _python(version)
    box.version = box.run(python, "-c", "import platform; print(platform.python_version())").strip()
    box.run(python, "-m", "venv", "--without-pip", box.cache)


for _version in venvs.VERSIONS:
    RECIPES[f"python -m venv ({_version})"] = functools.partial(_venv, version=_version)


def _hook(box: Box, program: object, **env: object) -> None:
    other, source = box.scratch / "other", box.scratch / "source"
    for where in (other, source):
        where.mkdir()
    (source / ".pre-commit-hooks.yaml").write_text("- {id: x, name: x, entry: python -c 1, language: python}\n")
    (source / "setup.py").write_text("from setuptools import setup\nsetup(name='x', version='1')\n")
    _commit(box, source)
    revision = box.run("git", "rev-parse", "HEAD", cwd=source).strip()
    (other / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {source}\n  rev: {revision}\n  hooks: [{{id: x}}]\n"
    )
    (other / "x.txt").write_text("x\n")
    _commit(box, other)
    box.run(program, "run", "--all-files", cwd=other, **env)


@recipe("pre-commit cache")
def pre_commit(box: Box) -> None:
    _hook(box, box.tool("pre-commit") / "pre-commit", PRE_COMMIT_HOME=box.cache)


@recipe("prek cache")
def prek(box: Box) -> None:
    _hook(box, box.tool("prek") / "prek", PREK_HOME=box.cache)


@recipe("hypothesis database")
def hypothesis(box: Box) -> None:
    script = (
        "from hypothesis import given, strategies as s\n@given(s.integers())\ndef t(x): assert x < 100\n"
        "try: t()\nexcept AssertionError: pass\n"
    )
    _script(box, script, "hypothesis", HYPOTHESIS_STORAGE_DIRECTORY=box.cache)


@recipe("joblib cache")
def joblib(box: Box) -> None:
    script = "import joblib, os\ndef f(x): return x\njoblib.Memory(os.environ['WHERE'], verbose=0).cache(f)(1)\n"
    _script(box, script, "joblib", WHERE=box.cache)


@recipe("numba cache")
def numba(box: Box) -> None:
    script = "import numba\n@numba.njit(cache=True)\ndef f(x): return x + 1\nf(1)\n"
    _script(box, script, "numba", NUMBA_CACHE_DIR=box.cache)


class _Hub(http.server.BaseHTTPRequestHandler):
    """As much of a model hub as one small file needs."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in {"ETag": '"0123"', "X-Repo-Commit": "a" * 40, "Content-Length": "2"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"{}")

    def log_message(self, *_arguments: object) -> None:
        pass


def _hub(box: Box, requirement: str, arguments: str, **env: object) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        script = f"from huggingface_hub import hf_hub_download as d; d('x/y', 'config.json'{arguments})"
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        box.run(box.tool(requirement) / "python", "-c", script, HF_ENDPOINT=endpoint, NO_PROXY="127.0.0.1", **env)
    finally:
        server.shutdown()
        server.server_close()


@recipe("hugging face home", "huggingface_hub", "huggingface_hub==0.24.7")
def hugging_face_home(box: Box, requirement: str) -> None:
    _hub(box, requirement, "", HF_HOME=box.cache)


@recipe("hugging face local directory", "huggingface_hub", "huggingface_hub==0.24.7")
def hugging_face_local_directory(box: Box, requirement: str) -> None:
    _hub(box, requirement, f", local_dir={str(box.cache)!r}", HF_HOME=box.scratch)
    # The file that was asked for is wanted; `.cache/huggingface` next to it is not.
    box.aside.add("zeta-3/config.json")


@recipe("npm cache")
def npm(box: Box) -> None:
    program = npm_program()
    box.version = box.run(program, "--version").strip()
    box.run(program, "pack", "--silent", "is-odd", cwd=box.scratch, npm_config_cache=box.cache)


@recipe("ccache")
def ccache(box: Box) -> None:
    program, compiler = shutil.which("ccache"), shutil.which("cc")
    if program is None or compiler is None:
        raise NotFoundError("ccache and cc are not both on this machine")
    box.version = box.run(program, "--version").split("\n")[0].split()[-1]
    (box.scratch / "x.c").write_text("int x;\n")
    box.run(program, compiler, "-c", "x.c", cwd=box.scratch, CCACHE_DIR=box.cache)
    if not any(box.cache.rglob("*.*")):
        raise CannotRunError("ccache has cached nothing")


# Tools that leave a directory under their own name.


@recipe("setuptools eggs")
def setuptools_eggs(box: Box) -> None:
    (box.scratch / "setup.py").write_text(
        "from setuptools import setup\nsetup(name='x', setup_requires=['iniconfig'])\n"
    )
    box.run(box.tool("setuptools<58", "pip", "wheel") / "python", "setup.py", "--version", cwd=box.scratch)
    box.take(".eggs")


@recipe("marimo cache")
def marimo(box: Box) -> None:
    (box.scratch / "x.py").write_text(
        "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    import marimo as mo\n"
        "    with mo.persistent_cache(name='x'):\n        y = 1\n    return\n"
    )
    box.run(box.tool("marimo") / "marimo", "export", "session", "x.py", cwd=box.scratch)
    box.take("__marimo__")


@recipe("Scrapy HTTP cache")
def scrapy(box: Box) -> None:
    program = box.tool("scrapy") / "scrapy"
    box.run(program, "startproject", "x", ".", cwd=box.scratch)
    (box.scratch / "x" / "spiders" / "s.py").write_text(
        "import scrapy\nclass S(scrapy.Spider):\n    name = 's'\n    start_urls = ['data:,x']\n"
        "    custom_settings = {'HTTPCACHE_ENABLED': True}\n    def parse(self, response): pass\n"
    )
    box.run(program, "crawl", "s", cwd=box.scratch)
    box.take(".scrapy")


@recipe("Snakemake directory")
def snakemake(box: Box) -> None:
    (box.scratch / "Snakefile").write_text("rule x:\n    output: 'o.txt'\n    shell: 'echo x > {output}'\n")
    box.run(box.tool("snakemake") / "snakemake", "-c1", cwd=box.scratch)
    box.take(".snakemake")


@recipe("Metaflow data store")
def metaflow(box: Box) -> None:
    (box.scratch / "x.py").write_text(
        "from metaflow import FlowSpec, step\nclass X(FlowSpec):\n    @step\n    def start(self): self.next(self.end)\n"
        "    @step\n    def end(self): pass\nX()\n"
    )
    box.run(box.tool("metaflow") / "python", "x.py", "run", cwd=box.scratch, METAFLOW_USER="x")
    box.take(".metaflow")


@recipe("rope data")
def rope(box: Box) -> None:
    script = (
        "from rope.base.project import Project\nfrom rope.contrib.autoimport.sqlite import AutoImport\n"
        "p = Project('.')\na = AutoImport(p, memory=False)\na.generate_cache()\na.close()\np.close()\n"
    )
    box.run(box.tool("rope") / "python", "-c", script)


@recipe("jupyter-cache")
def jupyter_cache(box: Box) -> None:
    script = (
        "import nbformat, jupyter_cache\nn = nbformat.v4.new_notebook()\nnbformat.write(n, 'x.ipynb')\n"
        "jupyter_cache.get_cache('.jupyter_cache').cache_notebook_file('x.ipynb', check_validity=False)\n"
    )
    _script(box, script, "jupyter-cache")
    box.take(".jupyter_cache")


@recipe("Pyre directory")
def pyre(box: Box) -> None:
    (box.scratch / ".pyre_configuration").write_text('{"source_directories": ["."]}')
    (box.scratch / "x.py").write_text("x: int = 1\n")
    programs = box.tool("pyre-check")
    box.run(programs / "pyre", "--noninteractive", "--binary", programs / "pyre.bin", "check", cwd=box.scratch)
    box.take(".pyre")


@recipe("Robocop cache")
def robocop(box: Box) -> None:
    (box.scratch / "x.robot").write_text("*** Test Cases ***\nX\n    [Documentation]    X\n    Log    x\n")
    box.run(box.tool("robotframework-robocop") / "robocop", "check", "--exit-zero", cwd=box.scratch)
    box.take(".robocop_cache")


@recipe("Zensical cache")
def zensical(box: Box) -> None:
    (box.scratch / "docs").mkdir()
    (box.scratch / "docs" / "index.md").write_text("# X\n")
    (box.scratch / "zensical.toml").write_text('[project]\nsite_name = "x"\n')
    box.run(box.tool("zensical") / "zensical", "build", cwd=box.scratch)
    box.take(".cache")


@recipe("tldextract cache")
def tldextract(box: Box) -> None:
    (box.scratch / "x.dat").write_text("com\n")
    script = (
        f"import tldextract\nurl = 'file://{box.scratch.as_posix()}/x.dat'\n"
        "tldextract.TLDExtract(suffix_list_urls=[url])('a.com')\n"
    )
    _script(box, script, "tldextract", TLDEXTRACT_CACHE=box.cache)


@recipe("jedi in XDG_CACHE_HOME")
def jedi(box: Box) -> None:
    _xdg(box, "import jedi\njedi.Script('import os; os.').complete(1, 14)\n", "jedi")


@recipe("a tool without a row in XDG_CACHE_HOME")
def unknown(box: Box) -> None:
    _xdg(
        box, "import pooch\np = pooch.os_cache('unknown-tool')\np.mkdir(parents=True)\n(p / 'x.bin').touch()\n", "pooch"
    )


def _xdg(box: Box, script: str, *requirements: str) -> None:
    home = box.project / ".cache"
    _script(box, script, *requirements, XDG_CACHE_HOME=home)
    box.environ["XDG_CACHE_HOME"] = str(home)


@recipe("Python user base")
def user_base(box: Box) -> None:
    python = box.tool("pip") / "python"
    base = box.run(python, "-c", "import sys; print(sys._base_executable)").strip()
    install = ("-m", "pip", "install", "-q", "--user", "--no-deps", "--break-system-packages", "pycowsay")
    box.run(base, *install, PYTHONUSERBASE=box.cache)
    box.environ["PYTHONUSERBASE"] = "zeta-3"


@recipe("linked git worktree")
def worktree(box: Box) -> None:
    (box.scratch / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    _commit(box, box.scratch)
    box.version = box.run("git", "--version").split()[2]
    box.run("git", "worktree", "add", "-q", box.project / ".claude" / "worktrees" / "x", cwd=box.scratch)


@recipe("Deno cache")
def deno(box: Box) -> None:
    (box.scratch / "x.ts").write_text("import x from 'npm:is-odd@3'; console.log(x);\n")
    box.run(box.tool("deno") / "deno", "cache", "x.ts", cwd=box.scratch, DENO_DIR=box.cache)


@recipe("Zig cache")
def zig(box: Box) -> None:
    (box.scratch / "x.zig").write_text("pub fn main() void {}\n")
    python = box.tool("ziglang") / "python"
    variables = {"ZIG_GLOBAL_CACHE_DIR": box.cache, "ZIG_LOCAL_CACHE_DIR": box.scratch / ".zig-cache"}
    box.run(python, "-m", "ziglang", "build-exe", "x.zig", cwd=box.scratch, **variables)
    box.take(".zig-cache")


@recipe("Bun install cache")
def bun(box: Box) -> None:
    program = box.npm("bun") / "bun"
    (box.scratch / "x").mkdir()
    (box.scratch / "x" / "package.json").write_text('{"dependencies": {"is-odd": "3.0.1"}}')
    box.run(program, "install", cwd=box.scratch / "x", BUN_INSTALL_CACHE_DIR=box.cache)


@recipe("Nx cache")
def nx(box: Box) -> None:
    program = box.npm("nx") / "nx"
    (box.scratch / "nx.json").write_text("{}")
    box.run("git", "init", "-q", cwd=box.scratch)
    box.run(program, "show", "projects", cwd=box.scratch, NX_DAEMON="false", NX_NO_CLOUD="true", CI="1")
    box.take(".nx")


@recipe("Wireit cache")
def wireit(box: Box) -> None:
    box.npm("wireit")
    (box.scratch / "package.json").write_text(
        '{"scripts": {"x": "wireit"}, "wireit": {"x": {"command": "echo x", "files": [], "output": []}}}'
    )
    box.run(npm_program(), "run", "--silent", "x", cwd=box.scratch)
    box.take(".wireit")


@recipe("moon cache")
def moon(box: Box) -> None:
    program = box.npm("@moonrepo/cli") / "moon"
    for name, text in {
        ".moon/workspace.yml": "projects: ['.']\n",
        "moon.yml": "tasks:\n  x:\n    command: echo x\n",
    }.items():
        (box.scratch / name).parent.mkdir(exist_ok=True)
        (box.scratch / name).write_text(text)
    _commit(box, box.scratch)
    box.run(program, "run", ":x", cwd=box.scratch, CI="1")
    (box.scratch / ".moon" / "workspace.yml").unlink()
    box.take(".moon")


@recipe("Docusaurus cache")
def docusaurus(box: Box) -> None:
    programs = box.npm("@docusaurus/core@3", "@docusaurus/preset-classic@3", "react@18", "react-dom@18")
    (box.scratch / "docs").mkdir()
    (box.scratch / "docs" / "x.md").write_text("# X\n")
    (box.scratch / "docusaurus.config.js").write_text(
        "module.exports = {title: 'x', url: 'https://x.example', baseUrl: '/', onBrokenLinks: 'ignore', "
        "presets: [['classic', {docs: {routeBasePath: '/'}, blog: false}]]}\n"
    )
    box.run(programs / "docusaurus", "build", cwd=box.scratch)
    box.take(".docusaurus")


@recipe("Wrangler state")
def wrangler(box: Box) -> None:
    program = box.npm("wrangler") / "wrangler"
    (box.scratch / "wrangler.toml").write_text(
        'name = "x"\ncompatibility_date = "2025-01-01"\n[[kv_namespaces]]\nbinding = "X"\nid = "x"\n'
    )
    put = ("kv", "key", "put", "--local", "--binding", "X", "a", "b")
    box.run(program, *put, cwd=box.scratch, WRANGLER_SEND_METRICS="false")
    box.take(".wrangler")
