"""`check` on projects: what it says is what the hook does, and none of the project's own code runs."""

from __future__ import annotations

import os
import sys

import pytest
from building import build, build_apart, surroundings
from projects import fill, load, made, plant

from hatch_nocache.command import checks, foreign, inspection
from hatch_nocache.command.inspection import inspect_project
from hatch_nocache.command.outcome import Outcome, Part, exit_code
from hatch_nocache.findings import Action
from hatch_nocache.report import describe, escape
from hatch_nocache.seam import SeamError

BASE = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"
"""
HOOK = "\n[tool.hatch.build.hooks.nocache]\n"
CASES = [case for case in load() if not case.unprivileged]
ROWS = [pytest.param(case, target, id=f"{case.id}-{target}") for case in CASES for target in case.expect]


@pytest.fixture
def project(tmp_path):
    """Return a function that makes a project out of pyproject.toml and what is planted in it."""

    def make(settings=BASE + HOOK, /, **planted):
        root = tmp_path / "project"
        (root / "src/demo").mkdir(parents=True)
        (root / "src/demo/__init__.py").touch()
        if settings is not None:
            (root / "pyproject.toml").write_text(settings, encoding="utf-8")
        for name, what in planted.items():
            plant(str(root), name, what, [])
        return root

    return make


def check(root, *targets, run_hooks=False):
    """Check the project, which is called `demo`."""
    return inspect_project(str(root), "demo", targets, run_hooks=run_hooks)


def brief(outcome):
    """The findings of each part, as (action, code, path)."""
    return {
        part.name: [(finding.action.value, finding.code, finding.path) for finding in part.findings]
        for part in outcome.parts
    }


# --- The hook and the command -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "target"), ROWS)
def test_says_what_the_build_says(case, target, tmp_path):
    """In all test projects the lines about findings are those of the build, and so is the verdict."""
    with made(case, tmp_path) as root:
        env = {name: fill(value, root) for name, value in case.env.items()}
        env["HATCH_VERBOSE"] = "1"
        builder = build_apart if case.expect[target].without == "hangs" else build
        built = builder(root, target, tmp_path / "dist", env)
        with surroundings(root, env):
            asked = "wheel:editable" if target == "editable" else target
            outcome = check(root, asked, run_hooks=(root / "hatch_build.py").exists())
    if not all(part.switched_on for part in outcome.parts):
        assert built.said.count("NC") == 0
        return
    assert (built.code == 0) == (outcome.exit_code == 0), (built.said, outcome)
    lines = {line.strip() for line in built.said.splitlines() if line.startswith("  ")}
    assert {line for line in lines if line.startswith("NC")} == {describe(finding) for finding in outcome.findings}
    if outcome.exit_code == 0:
        assert {escape(note) for part in outcome.parts for note in part.notes} <= lines


def test_a_link_to_the_project_is_followed_first(project, tmp_path):
    """A front end builds in the real directory, so the command judges it there too."""
    root = project(l="-> src/demo/__init__.py", store="cache")
    (tmp_path / "link").symlink_to(root)
    assert brief(check(tmp_path / "link")) == brief(check(root))


def test_the_time_of_one_walk(project, monkeypatch):
    """Each directory of the project is read once for each target, and no cache is entered."""
    root = project(**{"store": "uv cache", "docs/index.md": "file"})
    read = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (read.append(os.path.relpath(path, str(root))), scandir(path))[1])
    check(root, "sdist")
    assert [read.count(path) for path in ("docs", "src", "src/demo")] == [1, 1, 1]
    # What tells that it is a uv cache lies one level down.
    assert not any(path.count("/") > 1 for path in read if path.startswith("store"))


def test_no_build_is_running(project, monkeypatch):
    """The interpreter that runs the command is not the one that runs a build."""
    root = project(env="venv")
    monkeypatch.setattr(sys, "prefix", str(root / "env"))
    (finding,) = check(root, "sdist").findings
    assert (finding.code, finding.how) == ("NC004", "because it has a `pyvenv.cfg`")


# --- Targets ----------------------------------------------------------------------------------------------------------


def test_all_targets_by_default(project):
    """Both sdist and wheel, and what the project has tables for, in this order."""
    root = project(BASE + HOOK + "[tool.hatch.build.targets.wheel]\n", **{"src/demo/store": "cache", "venv": "venv"})
    outcome = check(root)
    assert brief(outcome) == {
        "sdist": [("dropped", "NC001", "src/demo/store/"), ("dropped", "NC004", "venv/")],
        "wheel": [("dropped", "NC001", "src/demo/store/")],
    }
    assert (outcome.path, outcome.kind, outcome.about) == ("demo", "project", "a Hatchling project")
    assert (outcome.remarks, outcome.errors, outcome.exit_code) == ((), (), 0)


def test_versions_of_a_target(project):
    """The versions that the project builds, or the one that is asked for."""
    root = project(BASE + HOOK + '[tool.hatch.build.targets.wheel]\nversions = ["standard", "editable"]\n')
    assert list(brief(check(root))) == ["sdist", "wheel", "wheel:editable"]
    assert list(brief(check(root, "wheel:editable", "sdist", "sdist"))) == ["wheel:editable", "sdist"]


def test_an_unknown_version(project):
    """It is an error to ask for one."""
    assert check(project(), "wheel:nightly").errors == (
        "wheel:nightly: Hatchling cannot build it: it has no version `nightly`",
    )


def test_a_target_that_nothing_builds(project):
    """A remark, unless it was asked for."""
    root = project(BASE + HOOK + "[tool.hatch.build.targets.rpm]\n")
    outcome = check(root)
    assert outcome.remarks == ("rpm: no installed plugin builds it",)
    assert outcome.exit_code == 0
    assert check(root, "rpm").errors == ("rpm: no installed plugin builds it",)


def test_a_project_without_a_package(project):
    """The wheel is not missed, unless the project or the user speaks of it."""
    root = project(BASE.replace('"demo"', '"other"') + HOOK)
    outcome = check(root)
    assert list(brief(outcome)) == ["sdist"]
    (remark,) = outcome.remarks
    assert remark.startswith("wheel: Hatchling cannot build it: Unable to determine which files to ship")
    assert outcome.exit_code == 0
    assert check(root, "wheel").exit_code == 2


def test_a_project_without_a_package_that_configures_the_wheel(project):
    """Then something is wrong."""
    root = project(BASE.replace('"demo"', '"other"') + "[tool.hatch.build.targets.wheel]\nexclude = []\n")
    assert check(root).exit_code == 2


# --- The hook's table -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "about", "found"),
    [
        (HOOK + 'caches = "reject"\n', "a Hatchling project", "rejected"),
        ("", "a Hatchling project; the hook is not switched on: this is what it would do", "dropped"),
        (
            HOOK + 'enable-by-default = false\ncaches = "reject"\n',
            "a Hatchling project; the hook is not switched on: this is what it would do",
            "rejected",
        ),
        (
            '[tool.hatch.build.targets.sdist.hooks.nocache]\ncaches = "reject"\n',
            "a Hatchling project; the hook is switched on for sdist only: this is what it would do",
            "rejected",
        ),
    ],
)
def test_the_table_in_force(project, settings, about, found):
    """The hook's own table counts, also where it is switched off; without one, the defaults."""
    outcome = check(project(BASE + settings, store="cache"))
    assert outcome.about == about
    assert brief(outcome) == {"sdist": [(found, "NC001", "store/")], "wheel": []}


def test_every_error_of_the_configuration_once(project):
    """The same table holds for both targets."""
    outcome = check(project(BASE + HOOK + 'cache = "drop"\nsymlinks = 1\n'))
    assert [error.split("`")[1] for error in outcome.errors] == [
        "tool.hatch.build.hooks.nocache.cache",
        "tool.hatch.build.hooks.nocache.symlinks",
    ]
    assert outcome.parts == ()


def test_an_error_in_one_table_does_not_hide_the_other_target(project):
    """The wheel is judged although the sdist cannot be."""
    outcome = check(project(BASE + '[tool.hatch.build.targets.sdist.hooks.nocache]\ncaches = "no"\n'))
    assert list(brief(outcome)) == ["wheel"]
    assert outcome.exit_code == 2


def test_notes(project):
    """An entry of `allow` that is of no use, and a tag that marks nothing."""
    root = project(BASE + HOOK + 'allow = ["/shop/", "*.x"]\n', **{"data/CACHEDIR.TAG": "forged tag"})
    sdist, wheel = check(root).parts
    assert sdist.notes == (
        "data/CACHEDIR.TAG marks no cache: its `CACHEDIR.TAG` does not begin with the signature",
        "allow: /shop/ matched nothing and can be removed",
        "allow: *.x matched nothing and can be removed",
    )
    assert wheel.notes == ("allow: /shop/ matched nothing and can be removed",)


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        (
            "tool.hatch.build.hooks = 1\n",
            "sdist: Hatchling cannot build it: Field `tool.hatch.build.hooks` must be a table",
        ),
        ("tool.hatch = 1\n", "The `tool.hatch` configuration must be a table"),
        (
            'tool.hatch.build.targets.sdist.force-include."nothing.txt" = "x"\n',
            "sdist: Hatchling cannot build it: Forced include not found: ",
        ),
    ],
)
def test_what_hatchling_itself_refuses(project, settings, error):
    """In its own words, one line each."""
    outcome = check(project(settings + BASE))
    assert outcome.exit_code == 2
    assert outcome.errors[0].startswith(error)
    assert "\n" not in "".join(outcome.errors)


# --- Other people's code ----------------------------------------------------------------------------------------------

SCRIPT = """\
import os
from pathlib import Path
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

print("the script was loaded")
os.write(1, b"to the file descriptor\\n")

class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        Path(self.root, "added").mkdir(exist_ok=True)
        Path(self.root, "added/CACHEDIR.TAG").write_bytes(b"Signature: 8a477f597d28d172789f06886806bc55")
        build_data["force_include"]["added"] = "added"

class Metadata(MetadataHookInterface):
    def update(self, metadata):
        Path(self.root, "updated").touch()
        metadata["description"] = "dynamic"
"""
SCRIPTED = (
    BASE.replace('version = "1.0"', 'dynamic = ["version", "description"]')
    + HOOK
    + """\
[tool.hatch.version]
source = "code"
path = "version.py"

[tool.hatch.build.hooks.custom]
path = "script.py"

[tool.hatch.metadata.hooks.custom]
path = "script.py"
"""
)
VERSION = 'file: open("evaluated", "w").close(); __version__ = "2.0"'


def test_nothing_of_the_project_runs(project, capfd):
    """Neither hooks nor the source of the version; the command says so."""
    root = project(SCRIPTED, **{"version.py": VERSION, "script.py": "file: raise SystemExit(9)", "store": "cache"})
    outcome = check(root)
    assert brief(outcome) == {"sdist": [("dropped", "NC001", "store/")], "wheel": []}
    assert outcome.remarks == (
        "not run: metadata hook custom, build hook custom; what they would add is seen with --run-hooks",
    )
    assert not (root / "evaluated").exists()
    assert capfd.readouterr() == ("", "")


def test_hooks_run_when_asked(project, capfd):
    """What another hook adds is judged; what it prints is not in the output."""
    root = project(BASE + HOOK + '[tool.hatch.build.hooks.custom]\npath = "script.py"\n')
    (root / "script.py").write_text(SCRIPT.partition("class Metadata")[0], encoding="utf-8")
    before = os.getcwd()
    outcome = check(root, "sdist", run_hooks=True)
    assert [code for _, code, _ in brief(outcome)["sdist"]] == ["NC001"]
    assert outcome.remarks == ()
    assert os.getcwd() == before
    out, err = capfd.readouterr()
    assert out == ""
    assert "the script was loaded" in err
    assert "to the file descriptor" in err


def test_hooks_run_where_a_front_end_runs_them(project, tmp_path):
    """In the project's real directory, whatever link leads there."""
    root = project(BASE + HOOK + "[tool.hatch.build.hooks.custom]\n")
    script = SCRIPT.partition("class Metadata")[0].partition("        Path(")[0]
    (root / "hatch_build.py").write_text(script + "        assert os.getcwd() == self.root\n", encoding="utf-8")
    (tmp_path / "link").symlink_to(root)
    assert check(tmp_path / "link", run_hooks=True).errors == ()


def test_metadata_hooks_run_when_asked(project):
    """They may decide on the readme and the licence files."""
    root = project(
        BASE.replace("version", 'dynamic = ["description"]\nversion') + "[tool.hatch.metadata.hooks.custom]\n"
    )
    (root / "hatch_build.py").write_text(
        SCRIPT.replace("class Hook(BuildHookInterface)", "class Hook"), encoding="utf-8"
    )
    assert check(root, "wheel").remarks
    assert not (root / "updated").exists()
    assert check(root, "wheel", run_hooks=True).remarks == ()
    assert (root / "updated").exists()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("raise RuntimeError('first\\nsecond')", "sdist: Hatchling cannot build it: first"),
        ("raise SystemExit(3)", "sdist: Hatchling cannot build it: 3"),
        ("raise RuntimeError", "sdist: Hatchling cannot build it: RuntimeError"),
    ],
)
def test_a_hook_that_fails(project, body, error):
    """One line, no traceback."""
    root = project(BASE + HOOK + "[tool.hatch.build.hooks.custom]\n")
    script = SCRIPT.partition("class Metadata")[0].replace('Path(self.root, "added").mkdir(exist_ok=True)', body)
    (root / "hatch_build.py").write_text(script, encoding="utf-8")
    assert check(root, "sdist", run_hooks=True).errors == (error,)


def test_the_custom_builder_is_the_projects_own_code(project):
    """So it runs only when asked."""
    root = project(
        BASE + HOOK + "[tool.hatch.build.targets.custom]\n", **{"hatch_build.py": "file: raise SystemExit(9)"}
    )
    assert check(root).remarks == ("custom: its builder is the project's own code, which runs only with --run-hooks",)
    assert check(root, "custom").exit_code == 2


# --- The seam ---------------------------------------------------------------------------------------------------------


def test_a_hatchling_that_cannot_be_guarded(project, monkeypatch):
    """The build would fail; so does the command."""
    root = project()
    monkeypatch.setattr(inspection, "missing_names", lambda _: ["safe_walk in recurse_project_files"])
    (error,) = check(root).errors
    assert error.startswith("hatchling ")
    assert " cannot be guarded: it lacks safe_walk in recurse_project_files; known to work: hatchling 1.22.0" in error


def test_a_builder_that_cannot_be_guarded(project, monkeypatch):
    """The same for what only shows once the guard is put in."""
    root = project()

    def installed(_):
        raise SeamError("recurse_project_files cannot be replaced")

    monkeypatch.setattr(inspection.Guard, "installed", installed)
    assert "recurse_project_files cannot be replaced" in check(root).errors[0]


# --- Other backends ---------------------------------------------------------------------------------------------------


def tree(root):
    """Check a project of any backend by its path."""
    return checks.check(str(root), (), run_hooks=False)


SETUPTOOLS = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'


def test_the_tree_of_another_backend(project):
    """Caches, environments and links are found, and nothing is rejected: who knows what the backend packs."""
    root = project(
        SETUPTOOLS,
        **{
            ".gitignore": "file: /ignored/\n*.log\n",
            ".git/config": "file",
            ".git/l": "-> /etc/passwd",
            "docs/loop": "-> loop",
            "docs/x.log": "-> /etc/passwd",
            "ignored": "cache",
            "outside": "-> /etc",
            "src/demo/l": "-> /etc/passwd",
            "a": "-> plain",
            "plain/x.txt": "file",
            "store": "uv cache",
            "tox-like": "venv",
        },
    )
    outcome = tree(root)
    assert outcome.kind == "tree"
    assert brief(outcome)["tree"] == [
        ("notice", "NC105", "docs/loop"),
        ("notice", "NC103", "outside"),
        ("notice", "NC101", "src/demo/l"),
        ("notice", "NC001", "store/"),
        ("notice", "NC004", "tox-like/"),
    ]
    assert outcome.exit_code == 0
    assert outcome.about == (
        "built by setuptools.build_meta; the hook works with Hatchling only, "
        "so its tree was checked for caches, environments and links"
    )
    (remark,) = outcome.remarks
    assert remark.startswith("looked at ")
    assert "what the .gitignore at the root excludes was left out" in remark
    remedies = {finding.code: finding.remedy for finding in outcome.findings}
    assert remedies["NC001"] == "add /store/ to .gitignore, and exclude it where the backend is configured"
    assert remedies["NC101"] == "remove it, or exclude it where the backend is configured"
    assert {finding.action for finding in outcome.findings} == {Action.NOTICE}


@pytest.mark.parametrize(
    ("settings", "more", "about"),
    [
        (None, {}, "no pyproject.toml; "),
        (None, {"setup.py": "file"}, "built by setup.py; "),
        ("[tool.black]\n", {}, "pyproject.toml names no build backend; "),
        ("build-system = 1\n", {}, "pyproject.toml names no build backend; "),
        (SETUPTOOLS + '[project]\nname = "demo"\n', {}, "built by setuptools.build_meta; "),
        ('[build-system]\nrequires = 1\nbuild-backend = "flit_core.buildapi"\n', {}, "built by flit_core.buildapi; "),
        ('[build-system]\nrequires = ["hatchling"]\n', {}, "pyproject.toml names no build backend; "),
    ],
)
def test_what_the_project_is(project, settings, more, about):
    """Said in the first line."""
    outcome = tree(project(settings, **more))
    assert outcome.about.startswith(about)
    assert outcome.kind == "tree"
    assert "there is no .gitignore" in outcome.remarks[0]


def test_a_backend_that_wraps_hatchling(project):
    """A backend of the project's own that requires Hatchling is Hatchling."""
    settings = BASE.replace('"hatchling.build"', '"backend"\nbackend-path = ["."]').replace(
        "hatchling", "Hatchling >= 1.20"
    )
    assert tree(project(settings)).kind == "project"


@pytest.mark.parametrize(
    "planted",
    [{".gitignore/x": "file"}, {".gitignore": "fifo"}, {".gitignore": "-> /dev/zero"}, {".gitignore": "file: [z-a]"}],
)
def test_a_gitignore_that_cannot_be_read(project, planted):
    """It is said, and nothing is left out."""
    root = project(None, **planted)
    assert tree(root).remarks[0].startswith(".gitignore cannot be read (")


def test_a_gitignore_that_an_old_pathspec_cannot_match(project):
    """It is found out when it comes to match."""
    root = project(None, **{".gitignore": "file: **"})
    assert "cannot be read" in tree(root).remarks[0] or "what the .gitignore" in tree(root).remarks[0]


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no directory that someone is in")
@pytest.mark.parametrize("path", ["absolute", "../project"])
def test_from_a_directory_that_is_gone(project, tmp_path, monkeypatch, path):
    """What can be found is judged, and the rest is said."""
    root = project()
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    outcome = checks.check(str(root) if path == "absolute" else path, (), run_hooks=False)
    assert bool(outcome.errors) is (path != "absolute")
    os.chdir(str(root))  # for what is undone by a test's end


@pytest.mark.parametrize("name", ["pyproject.toml", "hatch.toml"])
def test_a_configuration_of_absurd_depth(project, name):
    """It cannot be read, and that is said."""
    root = project()
    with (root / name).open("a", encoding="utf-8") as file:
        file.write("\n[tool.x]\nx = " + "[" * 5000)
    outcome = checks.check(str(root), (), run_hooks=False)
    assert exit_code([outcome]) == 2
    assert outcome.errors


def test_a_target_of_another_backend(project):
    """There is none."""
    root = project(None)
    outcome = checks.check(str(root), ("sdist",), run_hooks=False)
    assert outcome.errors == ("it is not built by Hatchling, so that --target means nothing",)


def test_a_file_that_vanishes(project, monkeypatch):
    """A tree that changes meanwhile is no reason to end."""
    root = project(None)

    def judge(*_):
        raise FileNotFoundError

    monkeypatch.setattr(foreign.Selection, "judge", judge)
    assert brief(tree(root)) == {"tree": []}


# --- Exit codes -------------------------------------------------------------------------------------------------------


def test_the_exit_code_is_the_highest():
    """Of no path at all it is 0."""
    fine, bad = Outcome("a", "project", parts=(Part("sdist"),)), Outcome("b", "unknown", errors=("gone",))
    assert exit_code([]) == 0
    assert exit_code([fine, bad, fine]) == 2
