"""The seam: what is missing in Hatchling fails the build, and nothing of the plugin outlives it."""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, Iterator, List, Tuple, Type

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
    *((kind, "builder", name) for kind in BUILDERS for name in _hatchling.BUILDER_NAMES),
    *((kind, "config", name) for kind in BUILDERS for name in _hatchling.CONFIG_NAMES),
    *((WheelBuilder, "builder", name) for name in _hatchling.WHEEL_NAMES),
    (SdistBuilder, utils, "normalize_inclusion_map"),
    (SdistBuilder, constants, "EXCLUDED_FILES"),
    (SdistBuilder, constants, "EXCLUDED_DIRECTORIES"),
]
PLAIN = ["PKG-INFO", "pyproject.toml", "src/demo/__init__.py"]
DROPPED = "hatch-nocache: left 1 cache directory out of the wheel"


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
def test_missing_name(project: Project, monkeypatch, kind, where: Any, name: str) -> None:
    config = kind(str(project.root)).config
    owner = {"config": config, "builder": config.builder}.get(where, where)
    _hatchling.check(config)
    remove(monkeypatch, owner, name)
    shown = getattr(owner, "__name__", type(owner).__name__)
    with pytest.raises(IncompatibleError, match=f"^no `{name}` in `{shown}`$"):
        _hatchling.check(config)


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


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("name", ["recurse_forced_files", "set_build_data", "include_path"])
def test_message(project: Project, tmp_path: Path, monkeypatch, kind, name: str) -> None:
    builder = kind(str(project.root))
    owner = builder if name in GENERATORS else builder.config
    remove(monkeypatch, owner, name)
    built = run(builder, tmp_path / "dist")
    check_closed(built, f"has no `{name}` in `{type(owner).__name__}`", builder.PLUGIN_NAME)


def test_configuration_without_builder(project: Project, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delattr(BuilderConfig, "builder")
    built = run(SdistBuilder(str(project.root)), tmp_path / "dist")
    check_closed(built, "has no `recurse_project_files` in `NoneType`")


def walks_by_itself(self: Any, *_: Any) -> Iterator[IncludedFile]:
    """A generator that does not walk with `safe_walk`."""
    for where, _, files in os.walk(self.root):
        for name in files:
            path = os.path.join(where, name)
            yield IncludedFile(path, "", os.path.relpath(path, self.root))


@pytest.mark.parametrize("generator", [walks_by_itself, functools.partial(walks_by_itself)])
@pytest.mark.parametrize("name", GENERATORS)
def test_generator_without_safe_walk(project: Project, tmp_path: Path, monkeypatch, name: str, generator: Any) -> None:
    monkeypatch.setattr(BuilderInterface, name, generator)
    check_closed(run(SdistBuilder(str(project.root)), tmp_path / "dist"), f"has no `safe_walk` in `{name}`")


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


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize(
    ("owner", "shown", "name"),
    [
        (SdistBuilder, "SdistBuilder", "recurse_project_files"),
        (BuilderConfig, "SdistBuilderConfig", "set_build_data"),
    ],
)
def test_attribute_that_cannot_be_replaced(
    project: Project, tmp_path: Path, monkeypatch, owner: Any, shown: str, name: str, *, raises: bool
) -> None:
    """As one of a class with `__slots__`."""
    plain = owner.__setattr__

    def refuse(self: Any, attribute: str, value: Any) -> None:
        if attribute != name:
            plain(self, attribute, value)
        elif raises:
            raise AttributeError(name)

    monkeypatch.setattr(owner, "__setattr__", refuse)
    builder = SdistBuilder(str(project.root))
    check_closed(run(builder, tmp_path / "dist"), f"has no replaceable `{name}` in `{shown}`")
    check_gone(builder)


class Bypassing(SdistBuilder):
    """A builder that calls no generator."""

    def recurse_included_files(self) -> Iterator[IncludedFile]:
        yield from walks_by_itself(self)


def test_builder_that_bypasses_the_generators(project: Project, tmp_path: Path) -> None:
    check_closed(run(Bypassing(str(project.root)), tmp_path / "dist"), "bypassed its own file selection")


class Overriding(SdistBuilder):
    """A builder with a generator of its own, which also yields a `Path` and a file from outside."""

    def recurse_project_files(self) -> Iterator[IncludedFile]:
        yield from walks_by_itself(self)
        outside = Path(self.root).parent / "outside.txt"
        yield IncludedFile(outside, "", "outside.txt")  # type: ignore[arg-type]


def test_builder_with_a_generator_of_its_own(project: Project, tmp_path: Path) -> None:
    project.put("../outside.txt")
    built = run(Overriding(str(project.root)), tmp_path / "dist")
    assert built.archive is not None, built.said
    assert (read(built.archive).names, built.codes) == (sorted([*PLAIN, "outside.txt"]), ["NC001"])


@pytest.mark.parametrize("other", [False, True], ids=["same", "another"])
def test_set_build_data_is_not_entered(project: Project, tmp_path: Path, monkeypatch, other: bool) -> None:
    """`finalize` can be called on another instance than `initialize`."""

    def build(self: Any, *, directory: str, **_: Any) -> Iterator[str]:
        data = self.get_default_build_data()
        (hook,) = self.get_build_hooks(directory).values()
        hook.initialize("standard", data)
        artifact = self.build_standard(directory, **{"dependencies": [], **data})
        if other:
            (hook,) = self.get_build_hooks(directory).values()
        hook.finalize("standard", data, artifact)
        yield artifact

    monkeypatch.setattr(BuilderInterface, "build", build)
    built = run(SdistBuilder(str(project.root)), tmp_path / "dist")
    check_closed(built, "does not enter `set_build_data` during the build")


@pytest.mark.parametrize(
    ("version", "is_tested"),
    [("1.22.0", True), ("1.33.0", True), ("1.21.9", False), ("1.33.1", False), ("1.28.0.dev1", True), ("2.0", False)],
)
def test_is_tested(monkeypatch, version: str, *, is_tested: bool) -> None:
    monkeypatch.setattr(_hatchling, "VERSION", version)
    assert _hatchling.is_tested() is is_tested


def test_file_that_no_walk_selects(project: Project) -> None:
    """The sdist lacks it without the plugin, too: there is nothing to say about the wheel from the sdist."""
    name = "data/__pycache__/x.txt"
    project.put(name)
    project.configure(after=f'[tool.hatch.build.targets.wheel.force-include]\n"{name}" = "demo/x.txt"')
    built = project.build()
    assert built.codes == ["NC001"]
    assert "will lack" not in built.words


# --- Errors of the plugin ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError, TypeError, ValueError])
@pytest.mark.parametrize("owner", [(Checker, "check"), (DirectoryStates, "step"), (Route, "selected")])
def test_error_of_the_plugin(project: Project, monkeypatch, owner: Tuple[Any, str], error: Type[Exception]) -> None:
    """It is a traceback, and never reported as Hatchling's."""

    def fail(*_: Any, **__: Any) -> None:
        raise error("a bug")

    monkeypatch.setattr(*owner, fail)
    for target in ("sdist", "wheel"):
        built = project.build(target)
        assert built.crashed
        assert "Hatchling cannot build" not in built.said


def test_error_of_the_plugin_about_the_wheel(project: Project, monkeypatch) -> None:
    """The sdist asks what a wheel from the tree would select."""
    plain = _hatchling.parts

    def parts(builder: Any, target: str, *more: Any) -> Any:
        if target == "wheel":
            raise ValueError("a bug")
        return plain(builder, target, *more)

    monkeypatch.setattr(_hatchling, "parts", parts)
    assert "ValueError: a bug" in project.build().said


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
        project.configure(after="[tool.hatch.build.targets.custom]")
        text = "from hatchling.builders import sdist\n\nclass C(sdist.SdistBuilder):\n    pass\n"
        project.put("hatch_build.py", text)
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
@pytest.mark.parametrize("name", ["build_standard", "recurse_forced_files"])
def test_nothing_is_left_after_a_failure(project: Project, tmp_path: Path, monkeypatch, stop, name: str) -> None:
    original = SdistBuilder.recurse_forced_files

    def build_standard(self: Any, *_: Any, **__: Any) -> str:
        list(self.recurse_included_files())
        raise stop("stopped")

    def recurse_forced_files(self: Any, inclusion_map: Dict[str, str]) -> Iterator[IncludedFile]:
        yield from original(self, inclusion_map)
        raise stop("stopped")

    monkeypatch.setattr(SdistBuilder, name, build_standard if name == "build_standard" else recurse_forced_files)
    builder = SdistBuilder(str(project.root))
    with contextlib.suppress(KeyboardInterrupt, GeneratorExit):
        assert run(builder, tmp_path / "dist").code == 1
    assert list((tmp_path / "dist").iterdir()) == []
    check_gone(builder)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("stop", ["RuntimeError", "SystemExit", "KeyboardInterrupt"])
def test_finalize_of_another_hook_fails(project: Project, tmp_path: Path, stop: str, *, first: bool) -> None:
    project.other_hook(f"    def finalize(self, *_):\n        raise {stop}('stopped')\n", first=first)
    builder = SdistBuilder(str(project.root))
    with contextlib.suppress(KeyboardInterrupt):
        assert run(builder, tmp_path / "dist").code == 1
    assert set(GENERATORS) & set(vars(builder)) == set()
    if not first:
        check_gone(builder)


def test_several_versions(project: Project, tmp_path: Path, monkeypatch) -> None:
    """Each is filtered, reported and verified once, and a later one finds no old wrapper."""
    wrapped: List[Any] = []
    verified: List[str] = []
    clean = SimpleNamespace(findings=())
    monkeypatch.setattr(archive, "inspect", lambda path, *_, **__: verified.append(path) or clean)
    original = WheelBuilder.build_standard

    def build_standard(self: Any, directory: str, **build_data: Any) -> str:
        wrapped.append(inspect.getclosurevars(self.recurse_explicit_files).nonlocals["original"].__func__)
        return original(self, directory, **build_data)

    monkeypatch.setattr(WheelBuilder, "build_standard", build_standard)
    project.other_hook("    def finalize(self, *_):\n        print('finalize of another')\n")
    built = run(WheelBuilder(str(project.root)), tmp_path / "dist", versions=["standard"] * 3)
    assert (built.code, built.said.count(DROPPED)) == (0, 3), built.said
    assert (built.said + built.printed).count("finalize of another") == 3
    assert wrapped == [BuilderInterface.recurse_explicit_files] * 3
    assert len(verified) == 3


# --- Other hooks that look at the selection ---------------------------------------------------------------------------


BODIES = {
    "walks": "    def initialize(self, *_):\n        list(self.build_config.builder.recurse_included_files())\n",
    "enters": (
        "    def initialize(self, version, build_data):\n"
        "        with self.build_config.set_build_data(build_data):\n"
        "            list(self.build_config.builder.recurse_included_files())\n"
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
@pytest.mark.parametrize("body", list(BODIES))
def test_hook_that_looks_at_the_selection(project: Project, tmp_path: Path, body: str, kind, *, first: bool) -> None:
    """It walks, enters `set_build_data` or replaces the generators: the archive and the report are the same."""
    alone = run(kind(str(project.root)), tmp_path / "alone")
    project.other_hook(BODIES[body], first=first)
    builder = kind(str(project.root))
    built = run(builder, tmp_path / "dist")
    assert built.archive is not None, built.said
    assert alone.archive is not None
    assert [name for name in read(built.archive).names if name != "hatch_build.py"] == read(alone.archive).names
    assert built.said == alone.said
    if body == "wraps":
        for name in GENERATORS:
            assert vars(builder)[name].__name__ == "<lambda>"
            delattr(builder, name)
    check_gone(builder)


def test_hook_that_never_restores_its_wrapper(project: Project, tmp_path: Path) -> None:
    """The next version is filtered and reported all the same."""
    project.other_hook(
        "    def initialize(self, version, build_data):\n"
        "        import contextlib\n"
        "        original = self.build_config.set_build_data\n"
        "        @contextlib.contextmanager\n"
        "        def set_build_data(build_data):\n"
        "            with original(build_data):\n"
        "                yield\n"
        "        self.build_config.set_build_data = set_build_data\n"
    )
    built = run(WheelBuilder(str(project.root)), tmp_path / "dist", versions=["standard", "standard"])
    assert built.said.count(DROPPED) == 2
    assert built.archive is not None
    assert [name for name in read(built.archive).names if "store" in name] == []
