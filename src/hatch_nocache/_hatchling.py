"""All uses of undocumented Hatchling names.

Hatchling has no interface for leaving a file out (pypa/hatch#1787). The names have not changed from Hatchling 1.22.0
to 1.33.0; `check` fails the build if one is missing. Methods are replaced on instances, and no module is changed.

* `BuilderConfig.set_build_data` is entered after every hook's `initialize` and before an archive exists: a build that
  is rejected there leaves no file.
* `recurse_project_files`, `recurse_explicit_files` and `recurse_forced_files` are the only methods that create an
  `IncludedFile`. They call the global `safe_walk` of their module: copies of them have another walk, which does not
  enter dropped directories.
* `BuilderInterface.build` holds the build hooks in a local variable. Their `finalize` methods are wrapped, so that the
  archive can be verified after the last one.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import traceback
import types
from typing import Any, Callable, ContextManager, Iterable, Iterator, Mapping, Sequence

from hatchling.__about__ import __version__
from hatchling.builders import constants, utils
from hatchling.builders.plugin.interface import BuilderInterface
from packaging.version import Version

from hatch_nocache.paths import native, within

HOOK = "nocache"
VERSION: str = __version__
# The tested range. It includes releases that were yanked.
KNOWN_VERSIONS = ("1.22.0", "1.33.0")

_GENERATORS = ("recurse_project_files", "recurse_explicit_files", "recurse_forced_files")
BUILDER_NAMES = (
    *_GENERATORS,
    "recurse_included_files",
    "recurse_selected_project_files",
    "get_default_build_data",
    "set_build_data_defaults",
    "build_config",
    "target_config",
    "normalize_file_name_component",
    "metadata",
    "plugin_manager",
)
CONFIG_NAMES = (
    "set_build_data",
    "include_path",
    "path_is_excluded",
    "path_is_reserved",
    "path_is_artifact",
    "path_is_build_artifact",
    "get_distribution_path",
    "exclude_spec",
    "artifact_spec",
    "build_artifact_spec",
    "hook_config",
    "only_include",
    "force_include",
    "dev_mode_dirs",
    "ignore_vcs",
    "reproducible",
)
WHEEL_NAMES = ("artifact_project_id", "get_forced_inclusion_map")


class IncompatibleError(Exception):
    """A required name is missing, or a method cannot be replaced. The message is a noun phrase."""


def is_tested() -> bool:
    """Return whether the plugin was tested with this version of Hatchling."""
    first, last = map(Version, KNOWN_VERSIONS)
    return first <= Version(VERSION) <= last


def check(config: Any) -> None:
    """Check that all undocumented names exist, or raise `IncompatibleError`. `config` is the target's."""
    builder = getattr(config, "builder", None)
    of_wheel = WHEEL_NAMES if getattr(builder, "PLUGIN_NAME", "") == "wheel" else ()
    for owner, names in (
        (builder, BUILDER_NAMES + of_wheel),
        (config, CONFIG_NAMES),
        (utils, ("normalize_inclusion_map",)),
        (constants, ("EXCLUDED_FILES", "EXCLUDED_DIRECTORIES")),
    ):
        # Not `hasattr`: evaluating a property could raise an error in the configuration.
        existing = dir(owner)
        for name in names:
            if name not in existing:
                raise IncompatibleError(f"no `{name}` in `{getattr(owner, '__name__', type(owner).__name__)}`")
    for name in _GENERATORS:
        code = getattr(getattr(BuilderInterface, name, None), "__code__", None)
        if code is None or "safe_walk" not in code.co_names:
            raise IncompatibleError(f"no `safe_walk` in `{name}`")


def is_hatchlings(error: BaseException) -> bool:
    """Return whether the error comes from Hatchling or code that it called."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    owners = (str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame in reversed(frames))
    return next((owner for owner in owners if owner in ("hatchling", __package__)), "") == "hatchling"


# --- Around the build -------------------------------------------------------------------------------------------------


def _replace(owner: Any, name: str, function: Any) -> Callable[[], None]:
    """Replace a method of an instance, and return a function that restores it."""
    # A class with `__slots__` may have none.
    attributes = getattr(owner, "__dict__", {})
    before = attributes.get(name)
    with contextlib.suppress(AttributeError):
        setattr(owner, name, function)
    if getattr(owner, name) is not function:
        raise IncompatibleError(f"no replaceable `{name}` in `{type(owner).__name__}`")

    def restore() -> None:
        # Another hook may have replaced it again.
        if attributes.get(name) is function:
            delattr(owner, name)
            # One of this module is from a build that ran only the hooks.
            if before is not None and getattr(before, "__module__", "") != __name__:
                setattr(owner, name, before)

    return restore


def around_build(config: Any, inside: Callable[[dict[str, Any]], ContextManager[Any]]) -> Callable[[], None]:
    """Enter `inside` whenever Hatchling enters `set_build_data`. The returned function ends that."""
    original = config.set_build_data

    @contextlib.contextmanager
    def set_build_data(build_data: dict[str, Any]) -> Iterator[None]:
        try:
            with original(build_data), inside(build_data):
                yield
        except BaseException:
            undo()
            raise

    def undo() -> None:
        # Another hook may have wrapped this function, and may call it later.
        nonlocal inside
        inside = contextlib.nullcontext
        restore()

    restore = _replace(config, "set_build_data", set_build_data)
    return undo


@contextlib.contextmanager
def replaced_generators(builder: Any, wrap: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> Iterator[None]:
    """Replace the three generators of the builder with `wrap(name, original)` inside the `with` block."""
    with contextlib.ExitStack() as stack:
        for name in _GENERATORS:
            stack.callback(_replace(builder, name, wrap(name, getattr(builder, name))))
        yield


def with_walk(name: str, original: Any, walk: Callable[..., Any]) -> Any:
    """Return the generator `name` of a builder, with `walk` instead of `safe_walk` if it is Hatchling's."""
    function: Any = getattr(original, "__func__", None)
    if function is not getattr(BuilderInterface, name):
        return original
    namespace = dict(function.__globals__, safe_walk=walk)
    copy = types.FunctionType(function.__code__, namespace, name, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return types.MethodType(copy, original.__self__)


class HookOrder:
    """Wraps the `finalize` methods of all build hooks, to act after the last one.

    Create it in the `initialize` of `hook`, one of `count` hooks. In its `finalize`, `others_follow` is false if all
    others have finished. Otherwise, `will_act` says that `action` will be called with the path of the archive.
    """

    def __init__(self, hook: Any, count: int, action: Callable[[str], None]) -> None:
        self.others_follow, self.will_act = True, False
        hooks = _running_hooks(hook, count)
        # The hooks whose `finalize` has not finished.
        pending = {id(each) for each in hooks}

        def wrap(each: Any) -> None:
            original = each.finalize

            def finalize(version: str, build_data: Any, artifact_path: str) -> None:
                restore()
                if each is hook:
                    # This Hatchling calls the wrappers.
                    self.others_follow = len(pending) > 1
                    self.will_act = self.others_follow and is_tested()
                original(version, build_data, artifact_path)
                pending.discard(id(each))
                if self.will_act and not pending:
                    action(artifact_path)

            restore = _replace(each, "finalize", finalize)

        with contextlib.suppress(IncompatibleError, AttributeError, TypeError):
            # Ours is the last: it is wrapped only if all others are.
            for each in sorted(hooks, key=lambda each: each is hook):
                wrap(each)


def _running_hooks(hook: Any, count: int) -> list[Any]:
    """Return the hooks of the running build, from the local variables of a caller; [] if they are not found."""
    for frame, _ in traceback.walk_stack(None):
        for value in frame.f_locals.values():
            if isinstance(value, dict) and len(value) == count and any(each is hook for each in value.values()):
                return list(value.values())
    return []


# --- What Hatchling selects -------------------------------------------------------------------------------------------


class Route:
    """One call of a generator: the files that Hatchling selects, and their names.

    `kind` is the name of the generator; `mapping` its argument (source to target path), None for the default walk.
    `source` is where the walk begins (default: the root).
    """

    def __init__(self, config: Any, kind: str, mapping: Mapping[str, str] | None, source: str = "") -> None:
        self.is_forced = kind == "recurse_forced_files"
        self._config = config
        self._mapping = mapping
        self._source = source or config.root

    def selected(self, directory: str, names: Sequence[str]) -> str:
        """Return the first of the files directly in `directory` that is selected; "" if none is."""
        wanted = (name for name in names if name not in constants.EXCLUDED_FILES)
        if not self.is_forced:
            where, include = self._path(directory), self._config.include_path
            options = {"explicit": self._mapping is not None, "is_package": "__init__.py" in names}
            wanted = (name for name in wanted if include(os.path.join(where, name), **options))
        return next(wanted, "")

    def excludes(self, directory: str) -> bool:
        """Return whether the configuration excludes `directory` with everything below it."""
        config = self._config
        if self.is_forced or not config.path_is_excluded(self._path(directory) + "/"):
            return False
        spec = config.exclude_spec
        negated = spec is not None and any(pattern.include is False for pattern in spec.patterns)
        return not negated and config.artifact_spec is None and config.build_artifact_spec is None

    def option(self, path: str) -> str:
        """Return the option that selects `path`, relative to the root, despite `exclude`; "" if `exclude` works."""
        config, mapping = self._config, self._mapping
        if self.is_forced:
            return "`force-include`"
        if mapping is not None and dict(mapping) != dict(config.only_include):
            return "the option that selects it"
        if mapping is not None and os.path.join(config.root, native(path)) in mapping:
            return "`only-include`"
        return "`artifacts`" if config.path_is_artifact(path) or config.path_is_build_artifact(path) else ""

    def _path(self, path: str) -> str:
        below = os.path.relpath(path, self._source)
        return below if self._mapping is None else os.path.normpath(os.path.join(self._mapping[self._source], below))


def as_member(path: str) -> str:
    """Return a distribution path as it is in the archive."""
    name = path.replace(os.sep, "/")
    # With `only-include = ["."]`, Hatchling prefixes `./`.
    return name if "./" not in name else "/".join(part for part in name.split("/") if part != ".")


def parts(
    builder: Any, target: str, version: str, build_data: Mapping[str, Any]
) -> Iterator[tuple[str | None, Callable[[], Iterable[Any]]]]:
    """Yield the steps in which Hatchling's own builder of an sdist or a wheel selects files.

    The first of a pair is put before the names of the members; None if an editable wheel holds only their import paths.
    """
    if target == "sdist" or version != "editable":
        yield "", builder.recurse_included_files
    else:
        if not builder.config.dev_mode_dirs:
            yield None, builder.recurse_selected_project_files
        yield "", functools.partial(builder.recurse_forced_files, builder.get_forced_inclusion_map(build_data))
    if target == "sdist":
        return
    data, info = (f"{builder.artifact_project_id}.{suffix}" for suffix in ("data", "dist-info"))
    # An older Hatchling ignores some of these, even if another hook sets them.
    known = builder.get_default_build_data()
    for key, prefix in (
        ("shared_data", f"{data}/data/"),
        ("shared_scripts", f"{data}/scripts/"),
        ("extra_metadata", f"{info}/extra_metadata/"),
    ):
        added = utils.normalize_inclusion_map(build_data[key], builder.root) if key in known else {}
        mapping = {**getattr(builder.config, key, {}), **added}
        yield prefix, functools.partial(builder.recurse_explicit_files, mapping)
    boms = [*getattr(builder.config, "sbom_files", ()), *(build_data["sbom_files"] if "sbom_files" in known else ())]
    mapping = {os.path.join(builder.root, bom): os.path.basename(bom) for bom in boms}
    yield f"{info}/sboms/", functools.partial(builder.recurse_explicit_files, mapping)


def written_members(builder: Any, target: str) -> list[str]:
    """Return the members that the builder may write itself, without a selected file."""
    if target == "sdist":
        return ["PKG-INFO", *(["setup.py"] if builder.target_config.get("support-legacy") else [])]
    if target != "wheel":
        return []
    names = ["METADATA", "WHEEL", "RECORD", "entry_points.txt"]
    names += (f"licenses/{as_member(name)}" for name in builder.metadata.core.license_files)
    return [f"{builder.artifact_project_id}.dist-info/{name}" for name in names]


def packs_duplicates(builder: Any) -> bool:
    """Return whether the builder packs two files with one name. The wheel builder of newer releases raises instead."""
    return not hasattr(sys.modules.get(type(builder).__module__), "_WheelZipFile")


def required_files(builder: Any, target: str) -> dict[str, str]:
    """Return the required files: absolute path to the key that requires it."""
    metadata = builder.metadata.core
    keys: dict[str, str] = {}
    if target == "sdist":
        sources = (*builder.get_default_build_data().get("force_include", {}), *_scripts(builder))
        keys.update(dict.fromkeys(sources, "the build"))
    if target in ("sdist", "wheel"):
        keys.update(dict.fromkeys(metadata.license_files, "license-files"))
    if target == "sdist" and metadata.readme_path:
        keys[metadata.readme_path] = "readme"
    return {os.path.normpath(os.path.join(builder.root, path)): key for path, key in keys.items()}


def _scripts(builder: Any) -> Iterator[str]:
    """Yield the project's files that a build reads: hooks, builders, the version."""
    hatch = builder.metadata.hatch
    owners = [hatch.build_config, hatch.config.get("metadata"), *hatch.build_targets.values()]
    hooks = [owner.get("hooks") for owner in owners if isinstance(owner, dict)]
    tables = [hatch.config.get("version"), *hatch.build_targets.values()]
    tables += (table for each in hooks if isinstance(each, dict) for table in each.values())
    for table in tables:
        if isinstance(table, dict) and isinstance(table.get("path"), str):
            yield table["path"]


def time_range(config: Any, target: str) -> tuple[float, float] | None:
    """Return the range of modification times that can be packed, in seconds since 1970; None if none is packed.

    Source of the rule: uv from 0.13 refuses a time before 1970; a zip file begins in 1980 and ends in 2107.
    """
    if target not in ("sdist", "wheel") or config.reproducible:
        return None
    return (315_532_800.0, 4_354_819_199.0) if target == "wheel" else (0.0, float("inf"))


def wheel_builder(builder: Any) -> Any:
    """Return a builder for a wheel of the project. No hook has run for it."""
    kind = builder.plugin_manager.builder.get("wheel")
    return kind(builder.root, plugin_manager=builder.plugin_manager, metadata=builder.metadata)


def selects(config: Any, path: str) -> bool:
    """Return whether the tables of the target select `path`, relative to the root."""
    path = native(path)
    sources = config.only_include or (config.root,)
    return (
        constants.EXCLUDED_DIRECTORIES.isdisjoint(path.split(os.sep)[:-1])
        and not config.path_is_reserved(config.get_distribution_path(path))
        and any(within(os.path.join(config.root, path), source) for source in sources)
        and bool(config.include_path(path, explicit=bool(config.only_include)))
    )


def own_packages(builder: Any) -> tuple[str, ...]:
    """Return the existing directories in which Hatchling looks for the package, relative to the root.

    Source of the rule: https://hatch.pypa.io/latest/plugins/builder/wheel/#default-file-selection
    """
    metadata = builder.metadata.core
    names = map(builder.normalize_file_name_component, (metadata.raw_name, metadata.name))
    paths = dict.fromkeys(path for name in names for path in (name, f"src/{name}"))
    return tuple(path for path in paths if os.path.isdir(os.path.join(builder.root, path)))


def hook_table(config: Any) -> str:
    """Return the full TOML path of the hook's table that is in force for the target."""
    builder = config.builder
    # Hatchling has replaced the table of pyproject.toml by the one in hatch.toml.
    build = builder.metadata.config.get("tool", {}).get("hatch", {}).get("build")
    prefix = "tool.hatch." if build is builder.metadata.hatch.config.get("build") else ""
    own = f"targets.{builder.PLUGIN_NAME}." if HOOK in builder.target_config.get("hooks", {}) else ""
    return f"{prefix}build.{own}hooks.{HOOK}"


def tables_in_force(config: Any) -> tuple[str, str]:
    """Return the names that hints use for the hook's table, and for the table whose `exclude` is in force."""
    builder, hook = config.builder, hook_table(config)
    prefix, _, _ = hook.partition("build.")
    file = "" if prefix else " of hatch.toml"
    # Without any `exclude`, the target's table: it is the more specific one.
    is_general = "exclude" in builder.build_config and "exclude" not in builder.target_config
    target = "" if is_general else f".targets.{builder.PLUGIN_NAME}"
    return f"[{hook}]{file}", f"[{prefix}build{target}]{file}"
