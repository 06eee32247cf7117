"""Where hatchling, or another hook, is not as expected: the build fails closed, and nothing of the seam outlives it."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import traceback
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple, Type

import pytest
from building import Built, only_file, read, surroundings, told
from hatchling.builders.config import BuilderConfig
from hatchling.builders.custom import CustomBuilder
from hatchling.builders.plugin.interface import BuilderInterface, IncludedFile
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.utils import safe_walk
from hatchling.builders.wheel import WheelBuilder
from projects import KINDS

LEAVES = ("recurse_project_files", "recurse_explicit_files", "recurse_forced_files")
CONFIG_NAMES = ("set_build_data", "include_path", "path_is_excluded", "path_is_reserved", "get_distribution_path")
BUILDERS = (SdistBuilder, WheelBuilder)
OURS = "\n[tool.hatch.build.hooks.nocache]\n"
OTHER = "\n[tool.hatch.build.hooks.custom]\n"
PLAIN = ["PKG-INFO", "pyproject.toml", "src/demo/__init__.py"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one cache, and the hook on."""
    root = tmp_path / "project"
    (root / "src" / "demo").mkdir(parents=True)
    (root / "src" / "demo" / "__init__.py").write_bytes(b"")
    KINDS["cache"](str(root / "store"))
    KINDS["cache"](str(root / "src" / "demo" / "store"))
    configure(root, OURS)
    return root


def configure(root: Path, tables: str) -> None:
    lines = ["[build-system]", 'requires = ["hatchling"]', 'build-backend = "hatchling.build"']
    lines += ["[project]", 'name = "demo"', 'version = "1.0"', ""]
    (root / "pyproject.toml").write_text("\n".join(lines) + tables, encoding="utf-8")


def other_hook(root: Path, body: str, order: Tuple[str, str] = (OURS, OTHER)) -> None:
    """Add a hook of the project's own; `body` is that of its class."""
    configure(root, "".join(order))
    code = "from hatchling.builders.hooks.plugin import interface\n\n\nclass Other(interface.BuildHookInterface):\n"
    (root / "hatch_build.py").write_text(code + body, encoding="utf-8")


def run(builder: Any, to: Path, *, catch: Tuple[Type[BaseException], ...] = (), **options: Any) -> Built:
    """Build with a builder that is at hand; a traceback is part of what is said."""
    to.mkdir(parents=True, exist_ok=True)
    said, printed = io.StringIO(), io.StringIO()
    code = 0
    with surroundings(Path(builder.root), {}) as temporary, redirected(said, printed):
        try:
            list(builder.build(directory=str(to), versions=["standard"], **options))
        except catch:
            code = 2
        except SystemExit:
            code = 1
        except Exception:  # noqa: BLE001
            traceback.print_exc()
            code = 1
        litter = sorted(os.listdir(temporary))
    return Built(code, *told(said.getvalue(), printed.getvalue()), only_file(to), litter)


@contextlib.contextmanager
def redirected(said: io.StringIO, printed: io.StringIO) -> Iterator[None]:
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(printed):
        yield


def check_closed(built: Built) -> None:
    assert not built.crashed, built.said
    assert built.code == 1, built.said
    assert "cannot be guarded" in built.said
    assert "1.22.0 to " in built.said
    assert built.archive is None


def check_gone(builder: BuilderInterface[Any, Any]) -> None:
    """Nothing of ours is left on the two instances."""
    assert set(LEAVES) & set(vars(builder)) == set()
    assert "set_build_data" not in vars(builder.config)


# --- A hatchling that is not as it was --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("name", LEAVES)
def test_a_leaf_is_missing(project: Path, tmp_path: Path, monkeypatch, kind, name: str) -> None:
    """Without one of the three generators there is nothing to filter through."""
    monkeypatch.delattr(BuilderInterface, name)
    built = run(kind(str(project)), tmp_path / "dist")
    check_closed(built)
    assert name in built.said
    assert built.litter == []


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("name", CONFIG_NAMES)
def test_a_name_of_the_configuration_is_missing(project: Path, tmp_path: Path, monkeypatch, kind, name: str) -> None:
    """Each method of the configuration that the guard calls is looked for first."""
    monkeypatch.delattr(BuilderConfig, name)
    built = run(kind(str(project)), tmp_path / "dist")
    check_closed(built)
    assert name in built.said
    assert built.litter == []


def test_the_configuration_knows_no_builder(project: Path, tmp_path: Path, monkeypatch) -> None:
    """`BuilderConfig.builder` is how the guard comes to the generators."""
    monkeypatch.delattr(BuilderConfig, "builder")
    built = run(SdistBuilder(str(project)), tmp_path / "dist")
    check_closed(built)


def walks_by_itself(self: Any, *_: Any) -> Iterator[IncludedFile]:
    """A leaf generator that does without `safe_walk`."""
    for where, _, files in os.walk(self.root):
        for name in files:
            path = os.path.join(where, name)
            yield IncludedFile(path, "", os.path.relpath(path, self.root))


def one_ahead(self: Any) -> Iterator[IncludedFile]:
    """A leaf generator that goes on to the next directory before it hands out the files of the last one."""
    before: List[IncludedFile] = []
    for where, directories, files in safe_walk(self.root):
        directories.sort()
        yield from before
        paths = [os.path.join(where, name) for name in sorted(files)]
        before = [IncludedFile(path, "", os.path.relpath(path, self.root)) for path in paths]
    yield from before


def test_a_leaf_that_is_ahead_of_its_files(project: Path, tmp_path: Path, monkeypatch) -> None:
    """Each file is judged where it lies, not where the walk is."""
    monkeypatch.setattr(BuilderInterface, "recurse_project_files", one_ahead)
    for directory in ("docs/a", "docs/b"):
        (project / directory).mkdir(parents=True)
        for name in ("1.txt", "2.txt"):
            (project / directory / name).touch()
    (project / "docs" / "a" / "3.txt").symlink_to("/etc/hostname")
    built = run(SdistBuilder(str(project)), tmp_path / "dist")
    assert built.codes == ["NC001", "NC101"], built.said
    assert "the sdist was not built" in built.said


@pytest.mark.parametrize("name", LEAVES)
def test_a_leaf_walks_in_another_way(project: Path, tmp_path: Path, monkeypatch, name: str) -> None:
    """Hatchling's own generator has to walk with `safe_walk`, which the guard replaces."""
    monkeypatch.setattr(BuilderInterface, name, walks_by_itself)
    built = run(SdistBuilder(str(project)), tmp_path / "dist")
    check_closed(built)
    assert f"safe_walk in {name}" in built.said


class WithoutAttributes(SdistBuilder):
    """A builder that takes no attributes once it is made, as one with `__slots__`."""

    sealed = False

    def __setattr__(self, name: str, value: Any) -> None:
        if self.sealed:
            raise AttributeError(name)
        super().__setattr__(name, value)


class ForgetsAttributes(WithoutAttributes):
    """The same, but it says nothing."""

    def __setattr__(self, name: str, value: Any) -> None:
        with contextlib.suppress(AttributeError):
            super().__setattr__(name, value)


class ReadOnlyLeaf(SdistBuilder):
    """A builder whose generator is a property."""

    @property
    def recurse_forced_files(self) -> Any:  # type: ignore[override]
        return super().recurse_forced_files


@pytest.mark.parametrize("kind", [WithoutAttributes, ForgetsAttributes, ReadOnlyLeaf])
def test_a_builder_takes_no_attributes(project: Path, tmp_path: Path, kind) -> None:
    """Methods that cannot be replaced on the instance are noticed before an archive exists."""
    builder = kind(str(project))
    builder.config.hook_config  # noqa: B018 - all that a builder sets by itself, it has set now
    assert builder.build_config is not None
    assert builder.target_config is not None
    assert builder.project_id
    assert builder.app is not None
    builder.sealed = True
    built = run(builder, tmp_path / "dist")
    check_closed(built)
    assert built.litter == []
    assert set(LEAVES) & set(vars(builder)) == set()


@pytest.mark.parametrize("raises", [True, False])
def test_a_configuration_takes_no_attributes(project: Path, tmp_path: Path, monkeypatch, *, raises: bool) -> None:
    """The moment before the archive cannot be waited for: nothing may be built."""
    plain = BuilderConfig.__setattr__

    def refuse(self: Any, name: str, value: Any) -> None:
        if name != "set_build_data":
            plain(self, name, value)
        elif raises:
            raise AttributeError(name)

    monkeypatch.setattr(BuilderConfig, "__setattr__", refuse)
    check_closed(run(SdistBuilder(str(project)), tmp_path / "dist"))


class ChoosesByItself(SdistBuilder):
    """A builder that goes around every generator."""

    def recurse_included_files(self) -> Iterator[IncludedFile]:
        yield from walks_by_itself(self)


def test_files_are_chosen_in_another_way(project: Path, tmp_path: Path) -> None:
    """No call of a generator in a whole build of an sdist: what was built is taken away again."""
    built = run(ChoosesByItself(str(project)), tmp_path / "dist")
    check_closed(built)
    assert "another way" in built.said


class OverridesLeaf(SdistBuilder):
    """A builder with a generator of its own."""

    def recurse_project_files(self) -> Iterator[IncludedFile]:
        yield from walks_by_itself(self)


def test_a_builder_with_a_generator_of_its_own(project: Path, tmp_path: Path) -> None:
    """What a subclass chooses by itself is filtered all the same."""
    built = run(OverridesLeaf(str(project)), tmp_path / "dist")
    assert built.code == 0, built.said
    assert built.archive is not None
    assert read(built.archive).names == PLAIN
    assert built.codes == ["NC001"]


def test_a_builder_enters_nothing(project: Path, tmp_path: Path, monkeypatch) -> None:
    """A hatchling that no longer enters `set_build_data` is noticed at the end, and its archive removed."""

    def build(self: Any, *, directory: str, **_: Any) -> Iterator[str]:
        build_data = self.get_default_build_data()
        hooks = list(self.get_build_hooks(directory).values())
        for hook in hooks:
            hook.initialize("standard", build_data)
        self.config.build_force_include.update(build_data["force_include"])
        artifact = self.build_standard(directory, **{"dependencies": [], **build_data})
        for hook in hooks:
            hook.finalize("standard", build_data, artifact)
        yield artifact

    monkeypatch.setattr(BuilderInterface, "build", build)
    check_closed(run(SdistBuilder(str(project)), tmp_path / "dist"))


# --- The seam is gone after the build ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*BUILDERS, CustomBuilder])
def test_nothing_is_left(project: Path, tmp_path: Path, kind) -> None:
    """After an ordinary build the instances are as before."""
    if kind is CustomBuilder:
        configure(project, OURS + "[tool.hatch.build.targets.custom]\n")
        code = "from hatchling.builders import sdist\n\n\nclass Custom(sdist.SdistBuilder):\n    pass\n"
        (project / "hatch_build.py").write_text(code, encoding="utf-8")
    builder = kind(str(project))
    built = run(builder, tmp_path / "dist")
    assert built.code == 0, built.said
    assert built.codes == ["NC001"]
    check_gone(builder)


@pytest.mark.parametrize("stop", [RuntimeError, SystemExit, KeyboardInterrupt, GeneratorExit, OSError])
@pytest.mark.parametrize("name", ["build_standard", "recurse_forced_files"])
def test_nothing_is_left_when_the_build_ends_badly(project: Path, tmp_path: Path, stop, name: str) -> None:
    """Whatever ends the build, and wherever it does: in the builder or in a generator of it."""

    class Ends(SdistBuilder):
        def build_standard(self, directory: str, **build_data: Any) -> str:
            if name == "build_standard":
                list(self.recurse_included_files())
                raise stop("stopped")
            return super().build_standard(directory, **build_data)

        def recurse_forced_files(self, inclusion_map: Dict[str, str]) -> Iterator[IncludedFile]:
            yield from super().recurse_forced_files(inclusion_map)
            if name == "recurse_forced_files":
                raise stop("stopped")

    builder = Ends(str(project))
    built = run(builder, tmp_path / "dist", catch=(RuntimeError, KeyboardInterrupt, GeneratorExit, OSError))
    assert built.code in (1, 2)
    assert built.archive is None
    check_gone(builder)


def test_nothing_is_left_after_a_rejection(project: Path, tmp_path: Path) -> None:
    """A build that the hook itself stops."""
    configure(project, OURS + 'caches = "reject"\n')
    builder = SdistBuilder(str(project))
    built = run(builder, tmp_path / "dist")
    assert (built.code, built.codes) == (1, ["NC001"])
    check_gone(builder)


@pytest.mark.parametrize("order", [(OURS, OTHER), (OTHER, OURS)])
@pytest.mark.parametrize("stop", ["RuntimeError", "SystemExit", "KeyboardInterrupt"])
def test_another_hook_ends_the_build_after_it(project: Path, tmp_path: Path, stop: str, order: Tuple[str, str]) -> None:
    """A `finalize` that fails finds the seam gone, in either order."""
    other_hook(project, f"    def finalize(self, *_):\n        raise {stop}('stopped')\n", order)
    builder = SdistBuilder(str(project))
    built = run(builder, tmp_path / "dist", catch=(RuntimeError, KeyboardInterrupt, SystemExit))
    assert built.code == 2
    assert set(LEAVES) & set(vars(builder)) == set()
    if order == (OURS, OTHER):
        check_gone(builder)


def test_an_instance_is_used_again(project: Path, tmp_path: Path) -> None:
    """Only the hooks, then a build that fails, then one that does not: each is guarded, and the last leaves nothing."""
    builder = SdistBuilder(str(project))
    only_hooks = run(builder, tmp_path / "none", hooks_only=True)
    assert (only_hooks.code, only_hooks.said, only_hooks.archive) == (0, "", None)
    (project / "l").symlink_to("/nowhere")
    rejected = run(builder, tmp_path / "none")
    assert (rejected.code, rejected.codes) == (1, ["NC001", "NC101"])
    (project / "l").unlink()
    built = run(builder, tmp_path / "dist")
    assert built.codes == ["NC001"]
    assert built.archive is not None
    assert read(built.archive).names == PLAIN
    check_gone(builder)


def test_only_the_hooks(project: Path, tmp_path: Path) -> None:
    """`--hooks-only` builds nothing, says nothing and leaves no generator replaced."""
    builder = WheelBuilder(str(project))
    built = run(builder, tmp_path / "dist", hooks_only=True)
    assert (built.code, built.said, built.archive) == (0, "", None)
    assert set(LEAVES) & set(vars(builder)) == set()


def test_several_versions(project: Path, tmp_path: Path, monkeypatch) -> None:
    """One builder and one hook for all versions: each is guarded and reported, and a later one finds no old wrapper."""
    wrapped: List[Any] = []
    original = WheelBuilder.build_standard

    def build_standard(self: Any, directory: str, **build_data: Any) -> str:
        wrapped.append(inspect.getclosurevars(self.recurse_explicit_files).nonlocals["original"].__func__)
        return original(self, directory, **build_data)

    monkeypatch.setattr(WheelBuilder, "build_standard", build_standard)
    builder = WheelBuilder(str(project))
    said = io.StringIO()
    with surroundings(project, {}), redirected(said, said):
        versions = ["standard", "standard", "standard"]
        for artifact in builder.build(directory=str(tmp_path), versions=versions):
            assert read(Path(artifact)).below("demo") == ["demo/__init__.py"]
            check_gone(builder)
    assert said.getvalue().count("NC001 src/demo/store/") == 3
    assert wrapped == [BuilderInterface.recurse_explicit_files] * 3


# --- Beside other hooks -----------------------------------------------------------------------------------------------


def test_twice(project: Path, tmp_path: Path) -> None:
    """In the table of all targets and in that of one: the latter's options hold, and things are said once."""
    configure(project, OURS + "\n[tool.hatch.build.targets.sdist.hooks.nocache]\ncaches = 'keep'\n")
    kept = run(SdistBuilder(str(project)), tmp_path / "sdist")
    assert kept.said.count("NC001 store/") == 1
    assert kept.archive is not None
    assert read(kept.archive).below("store")
    dropped = run(WheelBuilder(str(project)), tmp_path / "wheel")
    assert dropped.said.count("NC001 src/demo/store/") == 1
    assert dropped.archive is not None
    assert not read(dropped.archive).below("demo/store")


def test_under_two_names(project: Path, tmp_path: Path, monkeypatch) -> None:
    """Two hooks of this kind on one builder: both guard, and neither leaves anything behind."""
    from hatchling.plugin.manager import PluginManager

    from hatch_nocache.plugin import NoCacheBuildHook

    class Second(NoCacheBuildHook):
        PLUGIN_NAME = "second"

    def get(self: Any, directory: str) -> Dict[str, Any]:
        hooks = original(self, directory)
        arguments = (self.root, {}, self.config, self.metadata, directory, self.PLUGIN_NAME, self.app)
        return {**hooks, "second": Second(*arguments)}

    original = BuilderInterface.get_build_hooks
    monkeypatch.setattr(BuilderInterface, "get_build_hooks", get)
    builder = SdistBuilder(str(project), PluginManager())
    built = run(builder, tmp_path / "dist")
    assert built.code == 0, built.said
    assert built.archive is not None
    assert read(built.archive).names == PLAIN
    check_gone(builder)


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


@pytest.mark.parametrize("order", [(OURS, OTHER), (OTHER, OURS)])
@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("body", list(BODIES))
def test_another_hook_looks_at_the_selection(
    project: Path, tmp_path: Path, body: str, kind, order: Tuple[str, str]
) -> None:
    """It may walk, enter `set_build_data` or replace the generators itself, before or after: the result is the same."""
    alone = run(kind(str(project)), tmp_path / "alone")
    other_hook(project, BODIES[body], order)
    builder = kind(str(project))
    built = run(builder, tmp_path / "dist")
    assert built.code == 0, built.said
    assert built.archive is not None
    assert alone.archive is not None
    assert [name for name in read(built.archive).names if name != "hatch_build.py"] == read(alone.archive).names
    assert built.said.count("NC001 src/demo/store/") == 1
    left = {name for name in LEAVES if name in vars(builder)}
    if body == "wraps":
        assert left == set(LEAVES)
        assert all(vars(builder)[name].__name__ == "<lambda>" for name in LEAVES)
        for name in LEAVES:
            delattr(builder, name)
    check_gone(builder)


WRAPPING = """\
    def initialize(self, version, build_data):
        import contextlib

        original = self.build_config.set_build_data

        @contextlib.contextmanager
        def set_build_data(build_data):
            with original(build_data):
                yield

        self.build_config.set_build_data = set_build_data
"""


def test_a_hook_that_keeps_its_wrapper(project: Path, tmp_path: Path) -> None:
    """What is wrapped outside of ours cannot be taken off: the next version is guarded, and told, all the same."""
    other_hook(project, WRAPPING)
    builder = WheelBuilder(str(project))
    said = io.StringIO()
    with surroundings(project, {}), redirected(said, said):
        archives = list(builder.build(directory=str(tmp_path), versions=["standard", "standard"]))
    assert said.getvalue().count("kept 1 cache directory out of the wheel") == 2
    assert [name for archive in archives for name in read(Path(archive)).names if "store" in name] == []
