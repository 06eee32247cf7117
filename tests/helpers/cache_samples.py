"""For each row of the catalogue: what its tool leaves behind, and a near miss that a project may have of its own.

`at` is the path of the directory: a name that proves nothing unless the row needs another. `declared` rows have no
conclusive structure: a variable, a key or a tag is needed.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Tuple, Union

SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
HOME = "pyvenv.cfg=home = /usr/bin\n"
HEX = "0123456789abcdef" * 4
Words = Union[str, Tuple[str, ...]]
_JOBLIB = ("m/f/func_code.py=# first line: 2\n", f"m/f/{HEX[:32]}/output.pkl")
_STATS = "=" + "0\n" * 30
_DVC = HEX[:30] + '.dir=[{"md5": "0"}]'
_REMOTE = "_remote.repositories=#NOTE\nx.pom>central=\n"
_SITE = "lib/python3.11/site-packages"
_SHA512 = HEX + HEX[:62]


class Sample(NamedTuple):
    tool: str
    lines: Tuple[str, ...]
    near_miss: Tuple[str, ...]
    at: str = "zeta-3"
    declared: bool = False
    tagged: bool = False
    code: str = "NC003"


def _row(tool: str, lines: Words, near_miss: Words, at: str = "zeta-3", **more: Any) -> Sample:
    """Make a row. Lines without blanks are given as one string."""
    split = [tuple(words.split()) if isinstance(words, str) else words for words in (lines, near_miss)]
    return Sample(tool, *split, at, **more)


SAMPLES = (
    _row("uv cache", "archive-v0/x/six.py builds-v0/ wheels-v5/", "simple-v1/main.py simple-v2/main.py"),
    _row("uv cache", "archive-v0/x/six.py interpreter-v4/", "archive-v0/ archive-v1/ index.html"),
    _row("uv cache", "archive-v0/ sdists-v11/.git", "archive-v0/ wheels-v1/ index.html"),
    _row("uv cache", "interpreter-v5/1697c3caa117b6e6/50f276421e7065b9.msgpack", "git-v1/x.py simple-v2/x.py"),
    _row("uv cache", "simple-v28/pypi/six.rkyv .git", "simple-v28/pypi/six.rkyv test_all.py"),
    _row("uv cache", "simple-v16/index/ab/x.rkyv wheels-v5/", "environments-v1/a.json environments-v2/b.json"),
    _row("pip cache", f"wheels/aa/bb/cc/{HEX[:52]}/x.whl", "wheels/x-1.0-py3-none-any.whl"),
    _row("pip cache", f"http-v2/a/b/c/d/e/{HEX[:56]}", f"http-v2/a/b/c/d/e/{HEX}"),
    _row("pip cache", f"http/a/b/c/d/e/{HEX[:56]}", "http/client.c wheels/"),
    _row("pip cache", f"http-v2/a/b/c/d/e/{HEX[:56]}.body", "http/a/b/c/d/e/index.html"),
    _row("pip cache", f"a/b/c/d/e/{HEX[:56]}", "a/b/c/d/e/index.html", at="zeta-3/http"),
    _row("pip cache", f"selfcheck/{HEX[:56]}", "selfcheck/README"),
    _row("pip cache", f"selfcheck/{HEX[:56]}", f"selfcheck/{HEX[:56]} main.c"),
    _row("pip cache", f"aa/bb/cc/{HEX[:56]}/x.whl", f"aa/bb/cc/{HEX[:56]}/x.whl x.c", at="zeta-3/wheels"),
    _row("pip cache", f"wheels/aa/bb/cc/{HEX[:50]}/origin.json", f"wheels/aa/bb/cc/{HEX[:50]}/photo.jpeg"),
    _row("pip cache", f"a/b/c/d/e/{HEX[:56]}", "a/b/c/d/x", at="zeta-3/http-v2"),
    _row("pip cache", (HEX[:56],), (HEX[:55],), at="zeta-3/selfcheck"),
    _row("Pipenv cache", "wheels/aa/bb/cc/", "wheels/linux/x-1.0-py3-none-any.whl", declared=True),
    _row("Poetry cache", "cache/repositories/PyPI/_http/x", "cache/repositories/users/sql.c"),
    _row("Poetry cache", "cache/repositories/pypi/ab/cd/ef/x", "cache/repositories/names/de/x.csv"),
    _row("Poetry cache", "cache/repositories/x/_packages/", "cache/repositories/users/_private/x.c"),
    _row("Poetry cache", f"artifacts/aa/bb/cc/{HEX[:54]}/x.whl", f"artifacts/aa/bb/cc/{HEX[:54]}/x.png"),
    _row("Poetry cache", "virtualenvs/zeta-aBcDeFgH-py3.11/pyvenv.cfg", "virtualenvs/zeta/guide.md"),
    _row("Poetry cache", f"aa/bb/cc/{HEX[:56]}/x.whl", "aa/logo.png", at="zeta-3/artifacts"),
    _row("Poetry cache", "repositories/PyPI/_http/", "repositories/users/sql.c", at="zeta-3/cache"),
    _row("PDM cache", "package_meta_3.11.json", "package_meta_3.11.json x.c", at="zeta-3/metadata"),
    _row("PDM cache", "x-1.0-py3-none-any.whl.cache/x", "x-1.0-py3-none-any.whl", at="zeta-3/packages"),
    _row("PDM cache", "http-cache.db", "http-cache.db client.c", at="zeta-3/http"),
    _row("PDM cache", "metadata/package_meta_3.11.json hashes/ self-check/", "metadata/package.json hashes/"),
    _row("PDM cache", f"metadata/package_meta_{HEX[:40]}.json", "metadata/package_meta_schema.json"),
    _row("PDM cache", f"package_meta_{HEX[:40]}.json", "package_meta_schema.json", at="zeta-3/metadata"),
    _row("PDM cache", "packages/x-1.0-py3-none-any.whl.cache/x.c", "packages/x-1.0-py3-none-any.whl"),
    _row("PDM cache", "http/http-cache.db", "http/cache.db"),
    _row("PDM packages directory", "3.11/lib/x/", "3.11/notes/", at="__pypackages__"),
    _row("Hatch data directory", "env/virtual/zeta/x/py/pyvenv.cfg", "env/virtual/zeta/settings.ini"),
    _row("Hatch data directory", "env/.internal/hatch-test/pyvenv.cfg", "env/.internal/x/pyvenv.cfg Makefile"),
    _row("Hatch data directory", "virtual/zeta/py/pyvenv.cfg", "virtual/zeta/py/x", at="zeta-3/env"),
    _row("Hatch cache", "", "x/", declared=True),
    _row(
        "tox work directory",
        ("py/pyvenv.cfg=home = x", "py/lib/", "py/.tox-info.json", ".tmp/", "log/", ".package.lock"),
        ("py/pyvenv.cfg=home = x", "py/bin/", ".tmp/", "log/"),
    ),
    _row("nox environments", "lint/bin/python@", "", at=".nox"),
    _row("uv tools", (f"ruff/{HOME}", "ruff/uv-receipt.toml", ".lock"), "ruff/uv-receipt.toml .lock"),
    _row("Pipenv environments", (f"zeta-aBcDeFgH/{HOME}",), "zeta-aBcDeFgH/x y/", declared=True),
    _row(
        "Poetry environments",
        (f"zeta-aBcDeFgH-py3.11/{HOME}", "zeta-aBcDeFgH-py3.11/bin/"),
        (f"zeta-py3.11/{HOME}", "zeta-py3.11/bin/"),
    ),
    _row("Conda environments", "py/conda-meta/history", "py/conda-meta/x", at=".pixi/envs"),
    _row("virtual environment", (HOME,), ("pyvenv.cfg=[settings]\nhomepage = x\n",), code="NC004"),
    _row("Conda environment", "conda-meta/history", "conda-meta/meta.yaml", code="NC004"),
    _row(
        "Conda package cache",
        "urls.txt urls cache/ _x-0.1-main/ x-1.0-py311_0/info/index.json x-1.0-py311_0.conda",
        "urls.txt my-data-set/info/index.json",
    ),
    _row("Conda package cache", "urls.txt x-1.0-0/info/index.json", "urls.txt x-1.0-0/info/index.json x.c"),
    _row("pixi cache", "pkgs/ repodata/ uv-cache/", "pkgs/ repodata/x.json", declared=True),
    _row("uv Pythons", "cpython-3.12.1-linux-x86_64-gnu/bin/ .temp/", "cpython-3.12.1/README x.c"),
    _row(
        "uv Pythons",
        "pypy-3.10.14-linux-x86_64-gnu/lib/x .temp/",
        "cpython-3.12.1-linux-x86_64-gnu/times.json pypy-3.10.14-linux-x86_64-gnu/times.json",
    ),
    _row("uv Pythons", "bin/python3.12 BUILD", "x.c", at="zeta-3/cpython-3.12.1-linux-x86_64-gnu"),
    _row("pipx home", "venvs/black/pipx_metadata.json", "venvs/black/README"),
    _row("pipx home", "venvs/black/pyvenv.cfg py/ .cache/", "venvs/black/pyvenv.cfg build.sh"),
    _row("pipx home", "venvs/black/pyvenv.cfg py/", (f"venvs/black/{HOME}", "venvs/black/bin/")),
    _row("pipx home", "shared/pyvenv.cfg logs/", (f"shared/{HOME}", "shared/bin/")),
    _row(
        "pre-commit cache",
        ("README=This directory is maintained by the pre-commit project.\n",),
        ("README=Notes on pre-commit. This directory is maintained by the pre-commit project.\n",),
    ),
    _row("pre-commit cache", "db.db repoa1b2c3d_/x", "db.db repoa1b2c3d_/x run.sh"),
    _row("pre-commit cache", ".pre-commit-hooks.yaml setup.py", "setup.py", at="zeta-3/repoa1b2c3d4"),
    _row("pre-commit cache", "db.db repo7tq0zz_a/x", "db.db repository_1/x.c report_20241/x.c"),
    _row("pre-commit cache", "db.db repo7tq0zz_a/x", "db.db repofixture1/x.c repo20240105/x.c"),
    _row(
        "pre-commit cache",
        ".pre-commit-hooks.yaml .git/HEAD setup.py",
        ".pre-commit-hooks.yaml setup.py",
        at="zeta-3/repofixture1",
    ),
    _row(
        "pre-commit cache",
        "py_env-python3.11/.install_state_v2 setup.py",
        "services-env-1/setup.py",
        at="zeta-3/reposervices",
    ),
    _row(
        "prek cache",
        ("README=This directory is maintained by the prek project.\n", "hooks/", "tools/"),
        ("README=Git hooks", "hooks/", "tools/"),
    ),
    _row("mypy cache", "3.11/cache.0.db", "3.11/data.db"),
    _row("mypy cache", "3.11/@plugins_snapshot.json", "3.11/plugins.json"),
    _row(
        "Ruff cache", (f"CACHEDIR.TAG={SIGNATURE}", ".gitignore=# Automatically created by ruff.\n*\n"), "", tagged=True
    ),
    _row("Ruff cache", "0.17.6/12345678901234567890", "0.17.6/notes", declared=True),
    _row("pytest cache", "v/cache/lastfailed", "v/cache/x.c"),
    _row("Black cache", "26.10.1/cache.-.88.1.0.x.pickle", "1.0/cache.users.pickle 2.0/cache.users.pickle"),
    _row("Black cache", "18.9/cache.37,38.88.1.pickle", "1.0/cache.v1.pickle"),
    _row("Black cache", "26.10.1/cache.1.pickle", "26.10.1/cache.1.pickle README.md"),
    _row("Black cache", "cache.-.88.1.0.x.pickle", "cache.1.pickle", at="zeta-3/26.10.1"),
    _row("Pylint cache", ('pkg_1.stats={"bad_names": 1}',), "pkg_1.stats=profile"),
    _row(
        "Import Linter cache",
        (f"CACHEDIR.TAG={SIGNATURE}\n", ".gitignore=# Automatically created by Grimp."),
        "",
        tagged=True,
    ),
    _row(
        "Hypothesis database",
        (".gitignore=# This .gitignore file was automatically created by Hypothesis.",),
        ".gitignore=* examples/",
    ),
    _row("Hypothesis database", f"examples/{HEX[:16]}/{HEX[:16]} constants/", f"examples/{HEX[:16]}/{HEX[:16]}"),
    _row("Pyright cache", "1.1.414/node_modules/pyright/", "1.1.414/x", declared=True),
    _row("pytype cache", (".gitignore=# Automatically created by pytype",), (".gitignore=# pytype",)),
    _row("pytype cache", "pyi/ imports/ build.ninja", "pyi/ imports/"),
    _row("pytype cache", "pyi/ imports/ build.ninja .ninja_log", "pyi/ imports/ build.ninja x.c"),
    _row("bytecode cache", "x.cpython-311.pyc", "", at="zeta/__pycache__"),
    _row("Numba cache", f"pkg_{HEX[:40]}/x.1.nbc", f"pkg_{HEX[:40]}/x.c"),
    _row("Numba cache", "x.1.nbc x.nbi", "x.1.nbc x.c", at=f"zeta-3/pkg_{HEX[:40]}"),
    _row("joblib cache", _JOBLIB, ("m/f/func_code.py=def f(): ...", _JOBLIB[1]), at="zeta-3/joblib"),
    _row(
        "joblib cache",
        (".gitignore=# Created by joblib automatically.\n*\n", "joblib/"),
        (".gitignore=*\n", "joblib/x.c"),
    ),
    _row("joblib cache", tuple(f"joblib/{line}" for line in _JOBLIB), "joblib/m/f/func_code.py"),
    _row("Hugging Face cache", "hub/models--x--y/blobs/ token", "hub/models--x--y/blobs/ train.sh"),
    _row("Hugging Face cache", "datasets--x--y/refs/main version.txt", "datasets--x--y/data.csv"),
    _row("Hugging Face cache", "download/x.metadata", "client.c", at="models/m/.cache/huggingface"),
    _row("Hugging Face cache", "refs/main .no_exist/", "refs/main x.c", at="zeta-3/models--x--y"),
    _row("Hugging Face cache", "models--x--y/x.lock", "models--x--y/x.lock x.c", at="zeta-3/.locks"),
    _row("Hugging Face home", "hub/ token xet/", "hub/ train.sh", declared=True),
    _row(
        "Sphinx doctrees",
        "environment.pickle index.doctree api/x.doctree",
        "environment.pickle index.doctree api/x.rst",
    ),
    _row("Sphinx doctrees", "environment.pickle index.doctree", "environment.pickle index.doctree x.c"),
    _row("Jupyter checkpoints", "x-checkpoint.ipynb", "", at="docs/.ipynb_checkpoints"),
    _row("Matplotlib cache", "fontlist-v390.json", "fontlist-v390.json matplotlibrc"),
    _row("Matplotlib cache", "fontlist-v310.json tex.cache/", "fontlist-v1.json fontlist-v2.json"),
    _row("Material for MkDocs cache", "privacy/x", "loader/x", at=".cache/plugin"),
    _row("SCons cache", ('config={"prefix_len": 2}', "AB/x"), ("config=prefix_len = 2", "AB/x")),
    _row(
        "ccache",
        (f"a/CACHEDIR.TAG={SIGNATURE}\n# created by ccache", "tmp/", "ccache.conf"),
        (f"a/CACHEDIR.TAG={SIGNATURE}", "tmp/"),
    ),
    _row("ccache", (f"0/stats{_STATS}", "tmp/"), (f"0/stats{_STATS}", "tmp/", "alphabetical.c")),
    _row("ccache", (f"3/stats{_STATS}", "tmp/.cleaned"), ("a/stats=3\n", "b/stats=4\n", "tmp/x")),
    # A content-addressed store has the same names.
    _row("sccache", f"a/b/{HEX}=PK\x03\x04", f"a/b/{HEX}=text"),
    _row("sccache", f"b/{HEX}=PK\x03\x04", f"b/{HEX}", at="zeta-3/a"),
    _row("Cargo registry", f"cache/index.crates.io-{HEX[:16]}/", "cache/x.c src/", at=".cargo/registry"),
    _row(
        "Cargo registry",
        f"index/x-{HEX[:16]}/ src/index.crates.io-{HEX[:16]}/",
        f"cache/x-{HEX[:16]}/ client.c",
        at="zeta-3/registry",
    ),
    _row("Cargo git checkouts", f"db/x-{HEX[:16]}/", "db/x.c", at=".cargo/git"),
    _row("Cargo git checkouts", f"db/x-{HEX[:16]}/ checkouts/", f"db/x-{HEX[:16]}/ x.c", at="zeta-3/git"),
    _row(
        "Go build cache",
        ("README=This directory holds cached build artifacts from the Go build system.\n", "00/"),
        ("README=This directory holds build artifacts.\n", "00/"),
    ),
    _row(
        "Go module cache",
        "cache/download/example.org/x/@v/v1.0.0.mod cache/lock example.org/x@v1.0.0/ git.sr.ht/",
        "cache/download/example.org/x/@v/v1.0.0.mod main.py README.md",
    ),
    _row("Maven repository", "x/", "", at=".m2/repository"),
    _row("Maven repository", (f"org/a/b/1/{_REMOTE}",), ("org/a/b/1/_remote.repositories=#NOTE\nx.jar>=\n",)),
    _row("Maven repository", (f"org/a/b/1/{_REMOTE}",), (f"org/a/b/1/{_REMOTE}", "own.txt")),
    _row("Maven repository", "com/a/1/x.lastUpdated", "com/a/1/x.lastUpdated lib/own.c"),
    _row("Gradle cache", "x", "", at=".gradle/daemon"),
    _row("Gradle cache", "modules-2/files-2.1/", "modules-2/", at="zeta-3/caches"),
    _row("Gradle cache", "4.4.1/ jars-3/jars-3.lock", "jars-1/a.py", at="zeta-3/caches"),
    _row("npm cache", "_cacache/index-v5/ _logs/", "_cacache/index-v5/ package.json src/x.js"),
    _row("npm cache", "content-v2/ index-v5/", "content-v2/", at="zeta-3/_cacache"),
    _row("Yarn cache", "v6/npm-x-1.0-abc-integrity/", "v6/npm-x/"),
    _row("pnpm store", f"v3/files/de/{_SHA512}-exec", f"v3/files/de/{_SHA512}"),
    _row("pnpm store", f"v10/files/00/{_SHA512}-index.json", "v1/files/01/x.csv v1/files/02/x.csv"),
    _row("pnpm store", f"v10/files/00/{_SHA512} v10/index/00/{HEX}-x.json", f"v1/files/ab/{HEX[:62]}"),
    _row(
        "pnpm store",
        f"files/00/{_SHA512} index/00/{HEX}-x.json",
        f"files/ab/{HEX[:62]} index metadata.json",
        at="zeta-3/v10",
    ),
    _row("pnpm store", f"files/00/{_SHA512} index.db", f"files/00/{_SHA512}", at="zeta-3/v11"),
    _row("pnpm store", "v11/index.db v11/files/", "v11/index.db"),
    _row("Parcel cache", "data.mdb lock.mdb x-AssetGraph-0", "data.mdb lock.mdb"),
    _row("Turborepo cache", f"{HEX[:16]}.tar.zst", f"{HEX[:16]}.tar.gz x", declared=True),
    _row("DVC cache", "x", "", at=".dvc/cache"),
    _row("DVC cache", "x", "", at=".dvc/tmp"),
    _row("DVC cache", (f"files/md5/ab/{_DVC}",), f"files/md5/ab/{HEX[:30]}"),
    _row("DVC cache", (f"md5/ab/{_DVC}",), f"md5/ab/{HEX[:30]}", at="zeta-3/files"),
    _row("DVC cache", (f"ab/{_DVC}",), f"ab/{HEX[:30]}.dir", at="zeta-3/files/md5"),
    _row("Bazel output root", "DO_NOT_BUILD_HERE execroot/", "DO_NOT_BUILD_HERE"),
    _row("Bazel output root", f"{HEX[:32]}/DO_NOT_BUILD_HERE install@", f"{HEX[:32]}/x"),
    _row("Next.js cache", "x", "", at="web/.next/cache"),
    _row(
        "linked git worktree",
        (".git=gitdir: /home/me/zeta/.git/worktrees/x\n", "pyproject.toml"),
        (".git=gitdir: ../.git/modules/x\n",),
    ),
    _row("linked git worktree", (".git=gitdir: C:\\zeta\\.git\\worktrees\\x",), ".git=worktrees/x"),
    _row(
        "linked git worktree",
        (".git=gitdir: ../.git/modules/x/worktrees/y\n",),
        (".git=gitdir: /home/me/zeta/.git/worktrees/x/modules/y\n",),
    ),
    _row("home of caches", "jedi/CPython-311-33/x.pkl unknown/x", "guide.md uv/", ".cache", declared=True),
    _row("Python user base", f"{_SITE}/six.py bin/x", "lib/x.so bin/x", declared=True),
    _row("pip-tools cache", "depcache-cp3.11.json pkgs/", "depcache-cp3.11.json x.c"),
    _row("setuptools eggs", "x-1.0-py3.11.egg/", "", at=".eggs"),
    _row("parso cache", f"CPython-311-33/{HEX}-{HEX}.pkl", "CPython-311-33/model.pkl"),
    _row("parso cache", f"{HEX}-{HEX}.pkl", f"{HEX}-{HEX}.pkl x.c", at="zeta-3/CPython-311-33"),
    _row(
        "tldextract cache", f"publicsuffix.org-tlds/{HEX[:32]}.tldextract.json urls/", "publicsuffix.org-tlds/list.dat"
    ),
    _row(
        "Zensical cache",
        "objects.inv 10450421714888733546 mkdocstrings.json",
        "objects.inv 10450421714888733546 x.c",
        at="docs/.cache",
    ),
    _row("marimo cache", "session/x.json", "", at="__marimo__"),
    _row("Scrapy HTTP cache", "s/1f/x/meta", "", at=".scrapy/httpcache"),
    _row("Snakemake directory", "log/x.log", "", at=".snakemake"),
    _row("Metaflow data store", "F/1/x.json", "", at=".metaflow"),
    _row("rope data", "history.json config.py", "config.py", at=".ropeproject"),
    _row("Jupyter cache", "__version__.txt global.db executed/x/base.ipynb", "__version__.txt global.db"),
    _row("Pyre directory", "pyre.stderr", "", at=".pyre"),
    _row("Robocop cache", "cache.msgpack", "", at=".robocop_cache"),
    _row("RobotCode cache", "x", "", at=".robotcode_cache"),
    _row("Nx cache", "workspace-data/x.db cache/x", "workflows/agents.yaml cache/x", at=".nx"),
    _row("Nx cache", "x", "", at=".nx/cache"),
    _row("Nx cache", "x.db", "", at=".nx/workspace-data"),
    _row("Wireit cache", "77/fingerprint", "", at=".wireit"),
    _row("VitePress cache", "deps/vue.js", "", at="docs/.vitepress/cache"),
    _row("Wrangler state", "state/v3/x", "", at=".wrangler"),
    _row("moon cache", "states/x.json", "", at=".moon/cache"),
    _row("Docusaurus cache", "routes.js", "", at="docs/.docusaurus"),
    _row("Angular cache", "22.0.0/x", "", at=".angular/cache"),
    _row("Bun install cache", "@nx/x@1.0@@@1/", "x@1.0@@@1/ notes.md"),
    _row("Bun install cache", "x@1.0@@@1/", "x@1.0@@@1/ lib/x.c"),
    _row("Bun install cache", "x", "", at=".bun/install/cache"),
    _row("Deno cache", "dep_analysis_cache_v2 npm/ gen/", "dep_analysis_cache_v2 x.c"),
    _row("Zig cache", f"h/timestamp z/{HEX[:32]} o/ tmp/", f"h/timestamp z/{HEX[:32]} x.c"),
    _row("gitlab-ci-local state", ".gitignore=* builds/x", "", at=".gitlab-ci-local"),
    _row("direnv directory", "python-3.11/x", "", at=".direnv"),
    _row("devenv directory", "profile@", "", at=".devenv"),
    _row("Terraform directory", "providers/x", "", at="infra/.terraform"),
    _row("Serverless directory", "x.zip", "", at=".serverless"),
    _row("clangd index", "index/x.idx", "", at=".cache/clangd"),
    _row("ccls index", "x", "", at=".ccls-cache"),
    _row("Jekyll cache", "x", "", at=".jekyll-cache"),
    _row("Dart tool directory", "package_config.json", "", at=".dart_tool"),
    _row("Metals and Bloop", "x.json", "", at=".bloop"),
    _row("Aider tags cache", "cache.db", "", at=".aider.tags.cache.v4"),
    _row("Serena cache", "python/x.pkl", "", at=".serena/cache"),
    _row("Playwright MCP output", "page.yml", "", at=".playwright-mcp"),
    _row(
        "Cargo build output",
        (f"CACHEDIR.TAG={SIGNATURE}\n", ".rustc_info.json"),
        ".rustc_info.json debug/",
        tagged=True,
    ),
    _row(
        "Cargo build output", (f"CACHEDIR.TAG={SIGNATURE}\n", "debug/.fingerprint/"), "debug/.fingerprint/", tagged=True
    ),
    _row(
        "Meson build directory",
        (f"CACHEDIR.TAG={SIGNATURE}\n", "meson-private/", "meson-info/", "build.ninja"),
        "meson-private/ meson-info/ build.ninja",
        tagged=True,
    ),
)
