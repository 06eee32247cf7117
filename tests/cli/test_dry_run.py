"""`check` on projects: it says what the build will do, and none of the project's code runs."""

from __future__ import annotations

import os
import sys
import types

import pytest
from building import build, build_apart, surroundings
from hatchling.metadata.core import ProjectMetadata
from projects import fill, load, made, plant
from test_check import BASE, HOOK, code, errors, findings

from hatch_nocache import _hatchling
from hatch_nocache.cli.check import Request, check
from hatch_nocache.report import describe
from hatch_nocache.rules import Action
from hatch_nocache.selection.checker import UnreadableError

CASES = [case for case in load() if not case.unprivileged]
ROWS = [pytest.param(case, target, id=f"{case.id}-{target}") for case in CASES for target in case.expect]


@pytest.fixture
def project(project):
    """Return a function that makes a project out of pyproject.toml and what is planted in it."""

    def make(settings=BASE + HOOK, /, **planted):
        project.put("pyproject.toml", settings or "")
        if settings is None:
            (project.root / "pyproject.toml").unlink()
        for name, what in planted.items():
            plant(str(project.root), name, what, [])
        return project.root

    return make


def run(root, *targets, run_hooks=False):
    """Check one project."""
    (result,) = check(str(root), Request(targets, run_hooks=run_hooks))
    return result


def brief(result):
    """The findings of each part, as (action, code, path)."""
    return {part.name: [(each.action.value, each.code, each.path) for each in part.findings] for part in result.parts}


def texts(result):
    """The error messages."""
    return [error.text for error in result.errors]


@pytest.mark.parametrize(("case", "target"), ROWS)
def test_says_what_the_build_says(case, target, tmp_path):
    """In all test projects, the command reports the findings of the build, and both fail or neither."""
    with made(case, tmp_path) as root:
        env = {name: fill(value, root) for name, value in case.env.items()}
        env["HATCH_VERBOSE"] = "1"
        builder = build_apart if case.expect[target].without == "hangs" else build
        built = builder(root, target, tmp_path / "dist", env)
        with surroundings(root, env):
            asked = "wheel:editable" if target == "editable" else target
            result = run(root, asked, run_hooks=(root / "hatch_build.py").exists())
    if built.archive is not None and target == "sdist" and case.expect[target].unpacks:
        # What the hook let through is no finding in the archive.
        (archive,) = check(str(built.archive), Request())
        assert (archive.kind, findings(archive)) == ("sdist", [])
    if not all(part.enabled for part in result.parts):
        assert built.codes == []
        return
    assert (built.code == 0) == (code(result) == 0), (built.said, result)
    for finding in findings(result):
        if finding.action is not Action.COPIED and (built.code == 0 or finding.is_rejected):
            assert " ".join(describe(finding).split()) in built.words
    said = {each.code for each in findings(result) if " ".join(describe(each).split()) in built.words}
    assert built.codes == sorted(said)


def test_interpreter_of_the_command(project, monkeypatch):
    """It is not one that runs a build."""
    root = project(env="venv")
    monkeypatch.setattr(sys, "prefix", str(root / "env"))
    (finding,) = findings(run(root, "sdist"))
    assert (finding.code, finding.reason) == ("NC004", "contains pyvenv.cfg")


def test_targets_that_are_asked_for(project):
    """They may have a version. The error about an unknown one lists them; one that only has a table is a note."""
    table = '[tool.hatch.build.targets.wheel]\nversions = ["standard", "editable"]\n'
    root = project(BASE + HOOK + table + "[tool.hatch.build.targets.rpm]\n")
    assert list(brief(run(root))) == ["sdist", "wheel", "wheel:editable"]
    assert run(root).notes == ("rpm: no installed plugin builds this target",)
    assert list(brief(run(root, "wheel:editable", "sdist", "sdist"))) == ["wheel:editable", "sdist"]
    for target in ("editable", "rpm", "wheel:nightly"):
        ((text),) = texts(run(root, target))
        reason, _, known = text.partition("; targets: ")
        version = target.partition(":")[2]
        why = f"the target has no version `{version}`" if version else "no installed plugin builds this target"
        assert reason == f"{target}: {why}"
        assert {"custom", "sdist", "wheel", "wheel:editable"} <= set(known.split(", "))


def test_project_without_a_package(project):
    """That it has no wheel is a note, unless the project or the user speaks of it."""
    settings = BASE.replace('"demo"', '"other"') + HOOK
    root = project(settings)
    result = run(root)
    assert list(brief(result)) == ["sdist"]
    assert result.notes[0].startswith("wheel: Hatchling cannot build it: Unable to determine which files to ship")
    assert (code(result), code(run(root, "wheel"))) == (0, 2)
    settings += "[tool.hatch.build.targets.wheel]\nexclude = []\n"
    (root / "pyproject.toml").write_text(settings, encoding="utf-8")
    assert code(run(root)) == 2


def test_custom_builder(project):
    """It is the project's own code, so it runs only when asked."""
    target = "[tool.hatch.build.targets.custom]\n"
    root = project(BASE + HOOK + target, **{"hatch_build.py": "file: raise SystemExit(9)"})
    reason = "its builder is the project's own code, which runs only with --run-hooks"
    assert run(root).notes == (f"custom: {reason}",)
    assert texts(run(root, "custom"))[0].startswith(f"custom: {reason}; targets: ")
    assert texts(run(root, "custom", run_hooks=True)) == ["custom: Hatchling cannot build it: 9"]
    # The error about another target lists it, although it fails.
    assert ": no installed plugin builds this target; targets: " in texts(run(root, "rpm", run_hooks=True))[0]


WITHOUT = BASE.replace(', "hatch-nocache"', "")
SPELT = BASE.replace("hatch-nocache", "Hatch_Nocache>=0.1 ; python_version > '3'")
NEEDS = '"hatch-nocache" to `requires` in [build-system], and '
HYPHEN = ('hatch-nocache"; rename its table to [tool.hatch.build.hooks.nocache]', "pyproject.toml", 9)
UNDERSCORE = ('hatch_nocache"; rename its table to [build.hooks.nocache] in hatch.toml', "hatch.toml", 2)
REQUIRE = ('nocache"; add "hatch-nocache" to `requires` in [build-system]', "pyproject.toml", 2)


@pytest.mark.parametrize(
    ("settings", "hatch_toml", "off", "note", "error"),
    [
        (BASE + HOOK, "", "", "", ()),
        (SPELT + HOOK, "", "", "", ()),
        (WITHOUT + HOOK, "", "", "", REQUIRE),
        (WITHOUT + HOOK + "enable-by-default = false\n", "", "sdist, wheel", "", ()),
        (BASE + "[tool.hatch.build.hooks.hatch-nocache]\n", "", "sdist, wheel", "", HYPHEN),
        (BASE, "\n[build.hooks.hatch_nocache]\n", "sdist, wheel", "", UNDERSCORE),
        (BASE, "", "sdist, wheel", "the table [tool.hatch.build.hooks.nocache]", ()),
        (WITHOUT, "[build]\n", "sdist, wheel", f"{NEEDS}the table [build.hooks.nocache] in hatch.toml", ()),
        (BASE + "[tool.hatch.build.targets.sdist.hooks.nocache]\n", "", "wheel", "", ()),
    ],
)
def test_whether_the_build_starts(settings, hatch_toml, off, note, error, project):
    """The requirement, the table and its name; an error where the build would end."""
    root = project(settings)
    (root / "hatch.toml").write_text(hatch_toml, encoding="utf-8")
    result = run(root)
    off = f"; the hook is not enabled for {off}, so this is what it would do" if off else ""
    assert result.about == f"Hatchling project demo{off}"
    assert list(result.notes) == ([f"the hook is not enabled; add {note}"] if note else [])
    unknown = 'the build ends with "Unknown build hook: '
    assert errors([result]) == ([(unknown + error[0], *error[1:])] if error else [])
    assert list(brief(result)) == ["sdist", "wheel"]


def test_disabled_hooks(project, monkeypatch):
    """With HATCH_BUILD_NO_HOOKS, the build starts without the requirement."""
    monkeypatch.setenv("HATCH_BUILD_NO_HOOKS", "true")
    assert run(project(WITHOUT + HOOK)).errors == ()


def test_options_in_force(project):
    """Those of the hook's table, even if the hook is not enabled; without one, the defaults. Notes are part of it."""
    disabled = HOOK + 'enable-by-default = false\ncaches = "reject"\n'
    root = project(BASE + disabled, store="cache", **{"data/CACHEDIR.TAG": "forged tag"})
    assert brief(run(root)) == {"sdist": [("rejected", "NC001", "store/")], "wheel": []}
    (root / "pyproject.toml").write_text(BASE, encoding="utf-8")
    result = run(root)
    assert brief(result) == {"sdist": [("dropped", "NC001", "store/")], "wheel": []}
    (note,) = result.parts[0].notes
    assert note.header == "packed 1 directory with an invalid CACHEDIR.TAG into the sdist"


@pytest.mark.parametrize(
    ("name", "before", "prefix", "line"),
    [("pyproject.toml", BASE, "tool.hatch.build.", 10), ("hatch.toml", "# x\n\n", "build.", 4)],
)
def test_configuration_errors(name, before, prefix, line, project):
    """All at once, each once although it holds for two targets, with its line."""
    root = project(BASE)
    table = f'[{prefix}hooks.nocache]\ncache = "drop"\n"symlinks" = 1\nallow = [\n    1,\n]\n[{prefix[:-1]}]\n'
    (root / name).write_text(before + table, encoding="utf-8")
    result = run(root)
    assert result.parts == ()
    assert errors([result]) == [
        (f"{prefix}hooks.nocache.cache: unknown key; did you mean `caches`?", name, line),
        (f'{prefix}hooks.nocache.symlinks: expected "reject", "drop", "copy" or "keep", got 1', name, line + 1),
        (f"{prefix}hooks.nocache.allow, item 1: expected a gitignore pattern, got 1", name, line + 2),
    ]


def test_configuration_error_of_one_target(project):
    """The others are checked. An inline table is the innermost line that is found."""
    result = run(project(BASE + '[tool.hatch.build.targets.sdist.hooks]\nnocache = { caches = "no" }\n'))
    assert ([line for _, _, line in errors([result])], list(brief(result)), code(result)) == ([10], ["wheel"], 2)


FIELD = "sdist: Hatchling cannot build it: Field `tool.hatch.build.hooks` must be a table"
FORCED = '[tool.hatch.build.targets.sdist.force-include]\n"nothing.txt" = "x"\n'


@pytest.mark.parametrize(
    ("settings", "hatch_toml", "error", "place"),
    [
        ("tool.hatch.build.hooks = 1\n" + BASE, "", FIELD, ["pyproject.toml", 1]),
        (BASE, "# x\nbuild.hooks = 1\n", FIELD, ["hatch.toml", 2]),
        (BASE + "[tool]\nhatch = 1\n", "", "The `tool.hatch` configuration must be a table", ["pyproject.toml", 10]),
        (BASE + 'readme = "no.md"\n', "", "Readme file does not exist: no.md", ["", 0]),
        (BASE + "keywords = 1\n", "", "Field `project.keywords` must be an array", ["pyproject.toml", 9]),
        (BASE + FORCED, "", "sdist: Hatchling cannot build it: Forced include not found: ", ["", 0]),
    ],
)
def test_errors_of_hatchling(settings, hatch_toml, error, place, project):
    """In its own words, one line each, with the place of the key."""
    root = project(settings)
    (root / "hatch.toml").write_text(hatch_toml, encoding="utf-8")
    (text, *where), *_ = errors([run(root)])
    assert text.startswith(error)
    assert where == place
    assert "\n" not in text


SCRIPT = """\
import os
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

print("the script was loaded")
os.write(1, b"to the file descriptor\\n")

class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        assert os.getcwd() == self.root
        {body}

class Metadata(MetadataHookInterface):
    def update(self, metadata):
        os.mkdir(os.path.join(self.root, "updated"))
        metadata["description"] = "dynamic"
"""
ADDS = 'build_data["force_include"]["added"] = "added"'
CUSTOM = "[tool.hatch.build.hooks.custom]\n"


def test_nothing_of_the_project_runs(project, capfd):
    """Neither hooks nor the source of the version, and a note says so."""
    settings = BASE.replace('version = "1.0"', 'dynamic = ["version", "description"]') + HOOK + CUSTOM
    settings += f'[tool.hatch.version]\nsource = "code"\npath = "version.py"\n{METADATA}'
    version = 'file: open("evaluated", "w").close(); __version__ = "2.0"'
    root = project(settings, **{"version.py": version, "hatch_build.py": "file: raise SystemExit(9)", "store": "cache"})
    result = run(root)
    assert brief(result) == {"sdist": [("dropped", "NC001", "store/")], "wheel": []}
    assert result.notes == ("not run: metadata hook custom, build hook custom; --run-hooks runs them",)
    assert not (root / "evaluated").exists()
    assert capfd.readouterr() == ("", "")


def test_hooks_run_when_asked(project, capfd, tmp_path):
    """In the real directory; what they add is checked, and what they print is not in the output."""
    script = f"file: {SCRIPT.format(body=ADDS)}"
    root = project(BASE + HOOK + CUSTOM, **{"hatch_build.py": script, "added": "cache", ".gitignore": "file: /added/"})
    assert brief(run(root, "sdist")) == {"sdist": []}
    (tmp_path / "link").symlink_to(root)
    before = os.getcwd()
    result = run(tmp_path / "link", "sdist", run_hooks=True)
    assert (result.notes, texts(result)) == ((), [])
    assert [path for _, _, path in brief(result)["sdist"]] == ["added/"]
    assert os.getcwd() == before
    out, err = capfd.readouterr()
    assert out == ""
    assert "the script was loaded" in err
    assert "to the file descriptor" in err


METADATA = "[tool.hatch.metadata.hooks.custom]\n"


def test_metadata_hooks_run_when_asked(project):
    """They may decide on the readme and the license files."""
    script = SCRIPT.format(body="pass").replace("class Hook(BuildHookInterface)", "class Hook")
    settings = BASE.replace("version", 'dynamic = ["description"]\nversion') + HOOK + METADATA
    root = project(settings, **{"hatch_build.py": f"file: {script}"})
    assert run(root, "wheel").notes == ("not run: metadata hook custom; --run-hooks runs them",)
    assert not (root / "updated").exists()
    assert run(root, "wheel", run_hooks=True).notes == ()
    assert (root / "updated").exists()


@pytest.mark.parametrize(
    ("error", "line"), [("RuntimeError('first\\nsecond')", "first"), ("SystemExit(3)", "3"), ("OSError", "OSError")]
)
def test_hook_that_fails(error, line, project):
    """One line, no traceback: a build hook while the target is checked, a metadata hook before all targets."""
    root = project(BASE + HOOK + CUSTOM, **{"hatch_build.py": f"file: {SCRIPT.format(body=f'raise {error}')}"})
    assert texts(run(root, "sdist", run_hooks=True)) == [f"sdist: Hatchling cannot build it: {line}"]
    (root / "pyproject.toml").write_text(BASE + HOOK + METADATA, encoding="utf-8")
    (root / "hatch_build.py").write_text(f"raise {error}", encoding="utf-8")
    assert texts(run(root, run_hooks=True)) == [line]


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (_hatchling.IncompatibleError("no `x` in `y`"), " has no `x` in `y`; known to work: 1.22.0 to "),
        (UnreadableError(os.path.abspath("data")), "sdist: data cannot be read"),
    ],
)
def test_build_that_would_fail(raised, said, project, monkeypatch):
    """So does the command."""

    def check(_):
        raise raised

    root = project()
    raised.args = tuple(text.replace(os.getcwd(), str(root)) for text in raised.args)
    monkeypatch.setattr(_hatchling, "check", check)
    assert said in texts(run(root))[0]


@pytest.mark.parametrize(("owner", "name"), [(_hatchling, "check"), (ProjectMetadata, "validate_fields")])
def test_error_of_our_own(owner, name, project, monkeypatch):
    """It is not reported as Hatchling's."""
    module = {"__name__": "hatch_nocache.x", "__builtins__": __builtins__}
    monkeypatch.setattr(owner, name, types.FunctionType((lambda _: int("a bug")).__code__, module))
    with pytest.raises(ValueError, match="a bug"):
        run(project())


@pytest.mark.parametrize(
    ("settings", "about"),
    [
        (None, "built by no known backend, not by Hatchling"),
        ("build-system = 1\n", "built by no known backend, "),
        ('[build-system]\nrequires = ["hatchling"]\n', "built by no known backend, "),
        ('[build-system]\nrequires = 1\nbuild-backend = "flit_core.buildapi"\n', "built by flit_core.buildapi, not by"),
        (BASE.replace('"hatchling.build"', '"own"').replace('"hatchling"', '"Hatchling >= 1.20"'), "Hatchling project"),
    ],
)
def test_what_builds_it(settings, about, project):
    """A backend of the project's own that requires Hatchling is Hatchling. What another one packs is unknown."""
    result = run(project(settings, venv="venv"))
    assert result.about.startswith(about)
    assert (result.kind == "project", code(result)) == (about.startswith("Hatchling"), 0)


def test_tree_of_another_backend(project):
    """Caches, environments and symlinks are noticed; nothing is rejected."""
    root = project(
        '[build-system]\nbuild-backend = "setuptools.build_meta"\n',
        **{
            ".gitignore": "file: /ignored/\n*.log\n",
            ".git/l": "-> /etc/passwd",
            "conda": "conda env",
            "docs/loop": "-> loop",
            "docs/x.log": "-> /etc/passwd",
            "ignored": "cache",
            "outside": "-> /etc",
            "src/demo/l": "-> /etc/passwd",
            "store": "uv cache",
            "tox-like": "venv",
        },
    )
    # No file is directly in the Conda environment.
    result = run(root)
    found = [("NC004", "conda/"), ("NC105", "docs/loop"), ("NC103", "outside"), ("NC101", "src/demo/l")]
    found += [("NC001", "store/"), ("NC004", "tox-like/")]
    assert brief(result) == {"tree": [("notice", *each) for each in found]}
    exclude = "exclude {} in the configuration of the build backend"
    assert {hint.action for each in findings(result) for hint in each.hints} == {exclude}


@pytest.mark.parametrize("planted", [{".gitignore": "directory"}, {".gitignore": "file: [z-a]"}])
def test_gitignore_that_cannot_be_read(planted, project):
    """A note says so, and no file is skipped."""
    assert run(project(None, **planted)).notes[1].startswith(".gitignore cannot be read (")
