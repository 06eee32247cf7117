"""The seam: what is missing in Hatchling fails the build, and nothing of the plugin outlives it."""

from __future__ import annotations

import contextlib
import functools
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterator, List, Tuple, Type

import pytest
from building import Built, build, read
from hatchling.builders import constants, utils
from hatchling.builders.config import BuilderConfig
from hatchling.builders.custom import CustomBuilder
from hatchling.builders.plugin.interface import BuilderInterface, IncludedFile
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.utils import safe_walk
from hatchling.builders.wheel import WheelBuilder
from projects import Project

import hatch_nocache
from hatch_nocache import _hatchling, archive
from hatch_nocache._hatchling import IncompatibleError, Route
from hatch_nocache.selection.checker import Checker
from hatch_nocache.selection.directory import DirectoryStates

GENERATORS = ("recurse_project_files", "recurse_explicit_files", "recurse_forced_files")
BUILDERS = (SdistBuilder, WheelBuilder)
# What is missing: in which builder, where, and its name.
MISSING = [
    *((SdistBuilder, "builder", name) for name in _hatchling.BUILDER_NAMES),
    *((SdistBuilder, "config", name) for name in _hatchling.CONFIG_NAMES),
    *((WheelBuilder, "builder", name) for name in _hatchling.WHEEL_NAMES),
    (SdistBuilder, utils, "normalize_inclusion_map"),
    (SdistBuilder, constants, "EXCLUDED_FILES"),
    (SdistBuilder, constants, "EXCLUDED_DIRECTORIES"),
]
# Without these, Hatchling does not call the hook.
NEEDED_EARLIER = ("get_default_build_data", "set_build_data_defaults", "metadata", "plugin_manager", "hook_config")
PLAIN = ["PKG-INFO", "pyproject.toml", "src/demo/__init__.py"]


@pytest.fixture
def project(project: Project) -> Project:
    """A project with caches."""
    project.make("cache", "store", "src/demo/store")
    return project


def run(builder: Any, to: Path, **options: Any) -> Built:
    """Build with this builder. A traceback is part of what is said."""
    return build(Path(builder.root), builder, to, **options)


def check_closed(built: Built, why: str, target: str = "sdist") -> None:
    """The message of an incompatible Hatchling, and nothing else."""
    pin = f"pin hatchling>=1.22.0,<={_hatchling.KNOWN_VERSIONS[1]} in [build-system] requires"
    assert built.said.splitlines() == [
        f"hatch-nocache: the {target} was not built: Hatchling {_hatchling.VERSION} {why}",
        f"  hint: {pin}, or upgrade hatch-nocache",
    ]
    assert (built.code, built.archive, built.litter) == (1, None, [])


def check_gone(builder: Any) -> None:
    """Nothing of ours is left on the two instances."""
    assert set(GENERATORS) & set(vars(builder)) == set()
    assert "set_build_data" not in vars(builder.config)


# --- What is missing --------------------------------------------------------------------------------------------------


def remove(patch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    for kind in type(owner).__mro__:
        if name in vars(kind):
            patch.delattr(kind, name)
    if name in vars(owner):
        patch.delattr(owner, name)


@pytest.mark.parametrize(("kind", "where", "name"), MISSING)
def test_missing_name(project: Project, tmp_path: Path, monkeypatch, kind, where: Any, name: str) -> None:
    builder = kind(str(project.root))
    config = builder.config
    owner = {"config": config, "builder": builder}.get(where, where)
    _hatchling.check(config)
    remove(monkeypatch, owner, name)
    why = f"no `{name}` in `{getattr(owner, '__name__', type(owner).__name__)}`"
    with pytest.raises(IncompatibleError, match=f"^{why}$"):
        _hatchling.check(config)
    if name not in NEEDED_EARLIER:
        check_closed(run(builder, tmp_path / "dist"), f"has {why}", builder.PLUGIN_NAME)


# Documented: https://hatch.pypa.io/latest/plugins/builder/reference/ and https://hatch.pypa.io/latest/plugins/utilities/
DOCUMENTED = {
    *("root", "app", "get", "config", "builder"),
}


def test_every_name_is_checked() -> None:
    """Each attribute of a builder or of its configuration that the source has is documented, or checked."""
    checked = {*_hatchling.BUILDER_NAMES, *_hatchling.CONFIG_NAMES, *_hatchling.WHEEL_NAMES, *DOCUMENTED}
    sources = Path(hatch_nocache.__file__).parent
    for source in (*sources.glob("*.py"), *sources.glob("selection/*.py")):
        text = source.read_text(encoding="utf-8").replace("builder.config", "")
        found = set(re.findall(r"\b(?:_?builder|_?config|build_config)\.([a-z]\w*)", text))
        assert found - checked == set(), source.name


def walks_by_itself(self: Any, *_: Any) -> Iterator[IncludedFile]:
    """A generator that does not walk with `safe_walk`."""
    for where, _, files in os.walk(self.root):
        for name in files:
            path = os.path.join(where, name)
            yield IncludedFile(path, "", os.path.relpath(path, self.root))


def build_alone(*, other: bool) -> Callable[..., Iterator[str]]:
    """Return a build that does not enter `set_build_data`, and finalizes the same or another instance of the hook."""

    def build(self: Any, *, directory: str, **_: Any) -> Iterator[str]:
        data = self.get_default_build_data()
        (hook,) = self.get_build_hooks(directory).values()
        hook.initialize("standard", data)
        artifact = self.build_standard(directory, **{"dependencies": [], **data})
        last = next(iter(self.get_build_hooks(directory).values())) if other else hook
        last.finalize("standard", data, artifact)
        yield artifact

    return build


def refuses(name: str, *, error: bool) -> Callable[..., None]:
    """Return the `__setattr__` of a class in which `name` cannot be replaced, as with `__slots__`."""

    def refuse(self: Any, attribute: str, value: Any) -> None:
        if attribute != name:
            object.__setattr__(self, attribute, value)
        elif error:
            raise AttributeError(name)

    return refuse


NO_WALK, NO_REPLACEMENT = "has no `safe_walk` in `{}`", "has no replaceable `{}` in `{}`"
INCOMPATIBLE = [
    (BuilderConfig, "builder", None, "has no `recurse_project_files` in `NoneType`"),
    *((BuilderInterface, name, walks_by_itself, NO_WALK.format(name)) for name in GENERATORS),
    (BuilderInterface, GENERATORS[0], functools.partial(walks_by_itself), NO_WALK.format(GENERATORS[0])),
    (SdistBuilder, "recurse_included_files", walks_by_itself, "bypassed its own file selection"),
    *(
        (BuilderInterface, "build", build_alone(other=other), "does not enter `set_build_data` during the build")
        for other in (True, False)
    ),
    *(
        (owner, "__setattr__", refuses(name, error=error), NO_REPLACEMENT.format(name, shown))
        for owner, name, shown in (
            (SdistBuilder, "recurse_project_files", "SdistBuilder"),
            (BuilderConfig, "set_build_data", "SdistBuilderConfig"),
        )
        for error in (True, False)
    ),
]


def test_builder_without_instance_attributes() -> None:
    slotted = type("Slotted", (), {"__slots__": (), **dict.fromkeys(GENERATORS)})
    replaced = _hatchling.replaced_generators(slotted(), lambda name, _: name)
    with pytest.raises(IncompatibleError, match=f"^no replaceable `{GENERATORS[0]}` in `Slotted`$"), replaced:
        pass


@pytest.mark.parametrize(("change", "why"), [(change, why) for *change, why in INCOMPATIBLE])
def test_incompatible(project: Project, tmp_path: Path, monkeypatch, change: Any, why: str) -> None:
    monkeypatch.setattr(*change)
    builder = SdistBuilder(str(project.root))
    check_closed(run(builder, tmp_path / "dist"), why)
    assert set(GENERATORS) & set(vars(builder)) == set()


def one_ahead(self: Any, *, before: Tuple[IncludedFile, ...] = ()) -> Iterator[IncludedFile]:
    """A generator that enters the next directory before it yields the files of the last one."""
    for where, directories, files in safe_walk(self.root):
        directories.sort()
        yield from before
        paths = [os.path.join(where, name) for name in sorted(files)]
        before = tuple(IncludedFile(path, "", os.path.relpath(path, self.root)) for path in paths)
    yield from before


def test_generator_ahead_of_its_files(project: Project, tmp_path: Path, monkeypatch) -> None:
    """Each file is checked where it is, not where the walk is. A keyword-only argument keeps its default."""
    monkeypatch.setattr(BuilderInterface, "recurse_project_files", one_ahead)
    for name in ("docs/a/1.txt", "docs/b/1.txt", "docs/b/2.txt"):
        project.put(name)
    built = run(SdistBuilder(str(project.root)), tmp_path / "dist")
    assert (built.code, built.codes) == (0, ["NC001"]), built.said
    project.link("docs/a/3.txt", "/etc/hostname")
    built = run(SdistBuilder(str(project.root)), tmp_path / "dist2")
    assert "NC101 docs/a/3.txt" in built.said


def test_builder_with_a_generator_of_its_own(project: Project, tmp_path: Path, monkeypatch) -> None:
    """It also yields a `Path` and a file from outside."""
    outside: Any = project.put("../outside.txt")

    def recurse_project_files(self: Any) -> Iterator[IncludedFile]:
        yield from walks_by_itself(self)
        yield IncludedFile(outside, "", "outside.txt")

    monkeypatch.setattr(SdistBuilder, "recurse_project_files", recurse_project_files)
    built = run(SdistBuilder(str(project.root)), tmp_path / "dist")
    assert built.archive is not None, built.said
    assert (read(built.archive).names, built.codes) == (sorted([*PLAIN, "outside.txt"]), ["NC001"])


@pytest.mark.parametrize(
    ("version", "is_tested"),
    [("1.22.0", True), ("1.33.0", True), ("1.21.9", False), ("1.33.1", False), ("1.28.0.dev1", True), ("2.0", False)],
)
def test_is_tested(monkeypatch, version: str, *, is_tested: bool) -> None:
    monkeypatch.setattr(_hatchling, "VERSION", version)
    assert _hatchling.is_tested() is is_tested


# --- Errors of the plugin ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError, TypeError, ValueError])
@pytest.mark.parametrize(
    "owner", [(Checker, "check"), (DirectoryStates, "step"), (Route, "selected"), (_hatchling, "parts")]
)
def test_error_of_the_plugin(project: Project, monkeypatch, owner: Tuple[Any, str], error: Type[Exception]) -> None:
    """It is a traceback, and never reported as Hatchling's: also if the sdist asks what a wheel would select."""
    plain = getattr(*owner)
    # What a wheel forces in may be in a dropped directory.
    project.configure(after='[tool.hatch.build.targets.wheel.force-include]\n"pyproject.toml" = "demo/x.toml"')

    def fail(*args: Any, **more: Any) -> Any:
        if owner[1] == "parts" and "wheel" not in args:
            return plain(*args, **more)
        raise error("a bug")

    monkeypatch.setattr(*owner, fail)
    for target in ("sdist", "wheel"):
        built = project.build(target)
        assert built.crashed
        assert "Hatchling cannot build" not in built.said


@pytest.mark.parametrize("first", [OSError("one\ntwo"), TypeError(), ValueError("::error::one")])
def test_error_of_hatchling(project: Project, monkeypatch, first: Exception) -> None:
    def include_path(*_: Any, **__: Any) -> bool:
        raise first

    # As a function of Hatchling's.
    include_path = type(include_path)(
        include_path.__code__, {"__name__": "hatchling.x"}, "", None, include_path.__closure__
    )
    monkeypatch.setattr(BuilderConfig, "include_path", include_path)
    built = project.build()
    assert (built.code, built.archive, built.crashed) == (1, None, False)
    shown = {OSError: "one\n  | two", TypeError: "TypeError", ValueError: r":\x3aerror:\x3aone"}[type(first)]
    assert built.said == f"hatch-nocache: Hatchling cannot build the sdist: {shown}\n"


# --- Nothing is left after the build ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*BUILDERS, CustomBuilder])
def test_builder_is_used_again(project: Project, tmp_path: Path, kind) -> None:
    """Only the hooks, then a rejected build, then one that passes."""
    if kind is CustomBuilder:
        project.custom_builder("sdist.SdistBuilder")
    builder = kind(str(project.root))
    only_hooks = run(builder, tmp_path / "none", hooks_only=True)
    assert (only_hooks.code, only_hooks.said, only_hooks.archive) == (0, "", None)
    assert set(GENERATORS) & set(vars(builder)) == set()
    project.link("src/demo/l", "/nowhere")
    rejected = run(builder, tmp_path / "none")
    assert (rejected.code, rejected.archive) == (1, None), rejected.said
    check_gone(builder)
    (project.root / "src" / "demo" / "l").unlink()
    built = run(builder, tmp_path / "dist")
    assert (built.code, built.codes) == (0, ["NC001"]), built.said
    check_gone(builder)


@pytest.mark.parametrize("stop", [RuntimeError, SystemExit, KeyboardInterrupt, GeneratorExit, OSError])
@pytest.mark.parametrize("name", ["build_standard", "recurse_forced_files", "finalize"])
def test_nothing_is_left_after_a_failure(project: Project, tmp_path: Path, monkeypatch, stop, name: str) -> None:
    """Of Hatchling, or of another hook that runs after this one."""
    original = SdistBuilder.recurse_forced_files

    def build_standard(self: Any, *_: Any, **__: Any) -> str:
        list(self.recurse_included_files())
        raise stop("stopped")

    def recurse_forced_files(self: Any, inclusion_map: Dict[str, str]) -> Iterator[IncludedFile]:
        yield from original(self, inclusion_map)
        raise stop("stopped")

    if name == "finalize":
        project.other_hook(f"    def finalize(self, *_):\n        raise {stop.__name__}('stopped')\n")
    else:
        monkeypatch.setattr(SdistBuilder, name, build_standard if name == "build_standard" else recurse_forced_files)
    builder = SdistBuilder(str(project.root))
    with contextlib.suppress(KeyboardInterrupt, GeneratorExit):
        assert run(builder, tmp_path / "dist").code == 1
    assert name == "finalize" or list((tmp_path / "dist").iterdir()) == []
    check_gone(builder)


def test_several_versions(project: Project, tmp_path: Path, monkeypatch) -> None:
    """Each is filtered, reported and verified once."""
    verified: List[str] = []
    clean = SimpleNamespace(findings=())
    monkeypatch.setattr(archive, "inspect", lambda path, *_, **__: verified.append(path) or clean)
    project.other_hook("    def finalize(self, *_):\n        print('finalize of another')\n")
    built = run(WheelBuilder(str(project.root)), tmp_path / "dist", versions=["standard"] * 3)
    assert (built.code, built.said.count("hatch-nocache: left ")) == (0, 3), built.said
    assert (built.said + built.printed).count("finalize of another") == 3
    assert len(verified) == 3


# --- Other hooks that look at the selection ---------------------------------------------------------------------------


BODIES = {
    "enters": (
        "    def initialize(self, version, build_data):\n"
        "        with self.build_config.set_build_data(build_data):\n"
        "            list(self.build_config.builder.recurse_included_files())\n"
    ),
    "replaces": (
        "    def initialize(self, version, build_data):\n"
        "        original = self.build_config.set_build_data\n"
        "        self.build_config.set_build_data = lambda build_data: original(build_data)\n"
    ),
    "wraps": (
        "    def initialize(self, *_):\n"
        "        builder = self.build_config.builder\n"
        "        for name in ('recurse_project_files', 'recurse_explicit_files', 'recurse_forced_files'):\n"
        "            setattr(builder, name, lambda *args, plain=getattr(builder, name): iter(list(plain(*args))))\n"
    ),
}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize(("body", "left"), [*zip(BODIES, [(), ("set_build_data",), GENERATORS])])
def test_hook_that_looks_at_the_selection(
    project: Project, tmp_path: Path, body: str, left, kind, *, first: bool
) -> None:
    """The archive and the report are the same, also of the next version, and what the other hook replaced stays."""
    alone = run(kind(str(project.root)), tmp_path / "alone", versions=["standard"] * 2)
    project.other_hook(BODIES[body], first=first)
    builder = kind(str(project.root))
    built = run(builder, tmp_path / "dist", versions=["standard"] * 2)
    assert built.archive is not None, built.said
    assert alone.archive is not None
    assert [name for name in read(built.archive).names if name != "hatch_build.py"] == read(alone.archive).names
    assert (built.said, built.said.count("hatch-nocache: left ")) == (alone.said, 2)
    for name in left:
        owner = builder.config if name == "set_build_data" else builder
        assert vars(owner).pop(name).__name__ == "<lambda>"
    check_gone(builder)
