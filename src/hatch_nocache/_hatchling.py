"""All uses of undocumented Hatchling names.

Hatchling has no interface for leaving a file out (pypa/hatch#1787). The names have not changed from Hatchling 1.22.0
to 1.33.0; `check` fails the build if one is missing.

* `BuilderConfig.set_build_data` is entered after every hook's `initialize` and before an archive exists. It is wrapped
  on the instance: on entry, everything is checked, so a rejected build leaves no file; on exit, all wrappers are
  removed.
* `recurse_project_files`, `recurse_explicit_files` and `recurse_forced_files` are the only methods that create an
  `IncludedFile`. They are wrapped on the instance.
* These three call the global `safe_walk` of their module. Each gets a private copy of its globals with another walk,
  which does not enter dropped directories. No module is changed.
* `BuilderInterface.build` holds the build hooks in a local variable. Their `finalize` methods are wrapped on the
  instances, so that the archive can be verified after the last one.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import types
from typing import Any, Callable, ContextManager, Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from hatchling.__about__ import __version__
from hatchling.builders import constants, utils
from hatchling.builders.plugin.interface import BuilderInterface
from hatchling.metadata import core

from hatch_nocache.paths import native, within

HOOK = "nocache"
# The tested range. It includes releases that were yanked.
KNOWN_VERSIONS = ("1.22.0", "1.33.0")

_GENERATORS = ("recurse_project_files", "recurse_explicit_files", "recurse_forced_files")
BUILDER_NAMES = (
    *_GENERATORS,
    "recurse_included_files",
    "recurse_selected_project_files",
    "get_default_build_data",
    "set_build_data_defaults",
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
    "build_config",
    "hook_config",
    "plugin_name",
    "dev_mode_dirs",
    "reproducible",
    "only_include",
    "force_include",
    "target_config",
    "vcs_exclusion_files",
    "ignore_vcs",
)
# Names in the builders of one target, and in their configuration.
TARGET_NAMES = {
    "sdist": ((), ("support_legacy",)),
    "wheel": (("artifact_project_id", "get_forced_inclusion_map"), ()),
}
_GLOBALS = (
    (utils, "normalize_inclusion_map"),
    (constants, "EXCLUDED_FILES"),
    (constants, "EXCLUDED_DIRECTORIES"),
    (core, "load_toml"),
)

_Walk = Callable[[str], Iterable[Tuple[str, List[str], List[str]]]]


class IncompatibleError(Exception):
    """Hatchling or another builder lacks a required name.

    The message is a noun phrase.
    """


def version() -> str:
    """Return the version of Hatchling."""
    return __version__


def is_tested() -> bool:
    """Return whether the plugin was tested with this version of Hatchling."""
    first, last = map(_numbers, KNOWN_VERSIONS)
    return first <= _numbers(__version__) <= last


def _numbers(text: str) -> tuple[int, ...]:
    # A development version is not tested: it sorts after all others.
    return tuple(int(part) if part.isdigit() else sys.maxsize for part in text.split("."))


def check(config: Any) -> None:
    """Check that all undocumented names exist.

    `config` is the target's `BuilderConfig`.

    Raises:
        IncompatibleError: a name is missing; the message says which one, and where.
    """
    builder = getattr(config, "builder", None)
    of_builder, of_config = TARGET_NAMES.get(getattr(builder, "PLUGIN_NAME", ""), ((), ()))
    for owner, names in ((builder, BUILDER_NAMES + of_builder), (config, CONFIG_NAMES + of_config)):
        for name in names:
            # On the class: evaluating a property could raise an error in the configuration.
            if not (hasattr(type(owner), name) or name in getattr(owner, "__dict__", ())):
                raise IncompatibleError(f"no `{name}` in `{type(owner).__name__}`")
    for module, name in _GLOBALS:
        if not hasattr(module, name):
            raise IncompatibleError(f"no `{name}` in `{module.__name__}`")
    for name in _GENERATORS:
        code = getattr(getattr(BuilderInterface, name, None), "__code__", None)
        if code is None or "safe_walk" not in code.co_names:
            raise IncompatibleError(f"no `safe_walk` in `{name}`")


def is_hatchlings(error: BaseException) -> bool:
    """Return whether the error comes from Hatchling or code that it called."""
    owners = [str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame, _ in _frames(error)]
    last = {owner: index for index, owner in enumerate(owners)}
    return last.get("hatchling", -1) > last.get(__package__, -1)


def _frames(error: BaseException) -> Iterator[tuple[types.FrameType, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


# --- Around the build -------------------------------------------------------------------------------------------------


def around_build(config: Any, inside: Callable[[dict[str, Any]], ContextManager[None]]) -> Callable[[], None]:
    """Enter `inside` whenever Hatchling enters `set_build_data`.

    The returned function ends that.

    Raises:
        IncompatibleError: the configuration does not accept a method of its own.
    """
    original = config.set_build_data
    is_over = False

    @contextlib.contextmanager
    def set_build_data(build_data: dict[str, Any]) -> Iterator[None]:
        try:
            with original(build_data), contextlib.nullcontext() if is_over else inside(build_data):
                yield
        except BaseException:
            undo()
            raise

    def undo() -> None:
        # Another hook may have wrapped this function, and may call it later.
        nonlocal is_over
        is_over = True
        _restore(config, "set_build_data", set_build_data, None)

    _replace(config, "set_build_data", set_build_data)
    return undo


@contextlib.contextmanager
def replaced_generators(builder: Any, wrap: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> Iterator[None]:
    """Replace the three generators of the builder with `wrap(name, original)`.

    They are restored at the end of the `with` block.

    Raises:
        IncompatibleError: the builder does not accept a method of its own.
    """
    before = {name: getattr(builder, "__dict__", {}).get(name) for name in _GENERATORS}
    wrappers: dict[str, Any] = {}
    try:
        for name in _GENERATORS:
            wrappers[name] = wrap(name, getattr(builder, name))
            _replace(builder, name, wrappers[name])
        yield
    finally:
        for name, wrapper in wrappers.items():
            _restore(builder, name, wrapper, before[name])


def _replace(owner: Any, name: str, function: Any) -> None:
    with contextlib.suppress(AttributeError):
        setattr(owner, name, function)
    if getattr(owner, name) is not function:
        raise IncompatibleError(f"no replaceable `{name}` in `{type(owner).__name__}`")


def _restore(owner: Any, name: str, function: Any, before: Any) -> None:
    # On the instance: deleting it uncovers the method of the class.
    if getattr(owner, "__dict__", {}).get(name) is function:
        if before is None:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


def with_walk(name: str, original: Callable[..., Any], walk: _Walk) -> Callable[..., Any] | None:
    """Return Hatchling's generator `name` with `walk` instead of `safe_walk`.

    It is bound to its builder. None if another builder or another hook has replaced the generator.
    """
    function = getattr(original, "__func__", None)
    if function is None or function is not getattr(BuilderInterface, name):
        return None
    namespace = dict(function.__globals__, safe_walk=walk)
    copy = types.FunctionType(function.__code__, namespace, name, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return types.MethodType(copy, original.__self__)  # type: ignore[attr-defined]


class HookOrder:
    """Wraps the `finalize` methods of all build hooks, to act after the last one.

    Create it in the `initialize` of `hook`, one of `count` hooks. `action` is called with the path of the archive after
    the last of them, unless that is `hook`.
    """

    def __init__(self, hook: Any, count: int, action: Callable[[str], None]) -> None:
        hooks = _running_hooks(hook)
        self._hook = hook
        self._action = action
        # The hooks whose `finalize` has not finished. Wrong if Hatchling does not call the wrappers.
        self._pending = {id(each) for each in hooks}
        self._is_complete = self._is_called = False
        if len(hooks) == count:
            with contextlib.suppress(IncompatibleError, AttributeError, TypeError):
                for each in hooks:
                    _replace(each, "finalize", self._wrapped(each))
                self._is_complete = True

    @property
    def is_last(self) -> bool:
        """Whether all other hooks have finished. Valid in the `finalize` of the hook."""
        return self._pending == {id(self._hook)}

    @property
    def is_certain(self) -> bool:
        """Whether `action` will be called.

        It is certain if this Hatchling is tested and calls the wrappers.
        """
        return self._is_complete and self._is_called and is_tested()

    def _wrapped(self, hook: Any) -> Callable[..., None]:
        original = hook.finalize
        before = vars(hook).get("finalize")

        @functools.wraps(original)
        def finalize(version: str, build_data: Any, artifact_path: str) -> None:
            _restore(hook, "finalize", finalize, before)
            self._is_called = self._is_called or hook is self._hook
            original(version, build_data, artifact_path)
            self._pending.discard(id(hook))
            if not self._pending and hook is not self._hook and self.is_certain:
                self._action(artifact_path)

        return finalize


def _running_hooks(hook: Any) -> list[Any]:
    """Return the hooks of the running build, from the local variables of a caller."""
    frame: types.FrameType | None = sys._getframe()  # noqa: SLF001 - the only way to the hooks
    while frame is not None:
        for value in frame.f_locals.values():
            hooks = list(value.values()) if isinstance(value, dict) else value
            if isinstance(hooks, (list, tuple)) and len(hooks) > 1 and any(each is hook for each in hooks):
                return list(hooks)
        frame = frame.f_back
    return []


def is_builtin(builder: Any) -> bool:
    """Return whether the builder is Hatchling's own for sdists or wheels."""
    kind = type(builder)
    return (kind.__module__, kind.__name__) in {
        ("hatchling.builders.sdist", "SdistBuilder"),
        ("hatchling.builders.wheel", "WheelBuilder"),
    }


# --- What Hatchling selects -------------------------------------------------------------------------------------------


class Route:
    """One call of a generator: the files that Hatchling selects, and their names.

    `kind` is the name of the generator; `mapping` its argument (source to target path), None for the default walk.
    """

    def __init__(self, config: Any, kind: str, mapping: Mapping[str, str] | None) -> None:
        self.config = config
        self.mapping = mapping
        self.is_forced = kind == "recurse_forced_files"
        self.is_default = mapping is None
        self._source = config.root

    def start(self, source: str) -> None:
        """Record that the walk begins at `source`."""
        self._source = source

    def selects_any(self, directory: str, names: Sequence[str], *, most: int) -> bool:
        """Return whether a file directly in `directory` is selected.

        Looks at no more than `most` of the names.
        """
        wanted = [name for name in names if name not in constants.EXCLUDED_FILES][:most]
        if self.is_forced:
            return bool(wanted)
        where = self._path(directory)
        is_package = "__init__.py" in names
        explicit = not self.is_default
        include = self.config.include_path
        return any(include(os.path.join(where, name), explicit=explicit, is_package=is_package) for name in wanted)

    def excludes(self, directory: str) -> bool:
        """Return whether the configuration excludes `directory` with everything below it."""
        config = self.config
        if self.is_forced or not config.path_is_excluded(self._path(directory) + "/"):
            return False
        spec = config.exclude_spec
        negated = spec is not None and any(pattern.include is False for pattern in spec.patterns)
        return not negated and config.artifact_spec is None and config.build_artifact_spec is None

    def option(self, path: str) -> str:
        """Return the option that selects `path` despite `exclude`; "" if `exclude` works.

        The path is relative to the root.
        """
        config = self.config
        if self.is_forced:
            return "`force-include`"
        if self.mapping is not None and dict(self.mapping) != dict(config.only_include):
            return "the option that selects it"
        if self.mapping is not None and os.path.join(config.root, native(path)) in self.mapping:
            return "`only-include`"
        return "`artifacts`" if config.path_is_artifact(path) or config.path_is_build_artifact(path) else ""

    def _path(self, path: str) -> str:
        below = os.path.relpath(path, self._source)
        return below if self.mapping is None else os.path.normpath(os.path.join(self.mapping[self._source], below))


def as_member(path: str) -> str:
    """Return a distribution path as it is in the archive.

    With `only-include = ["."]`, Hatchling prefixes `./`.
    """
    name = path.replace(os.sep, "/")
    return name if "./" not in name else "/".join(part for part in name.split("/") if part != ".")


class Part(NamedTuple):
    """One step in which Hatchling's own builder selects files.

    `kind` is "files" or "imports" (an editable wheel holds only their paths). `prefix` is what the builder puts before
    the names of the members.
    """

    kind: str
    prefix: str
    iterate: Callable[[], Iterable[Any]]


def parts(builder: Any, target: str, version: str, build_data: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the steps in which the builder of an sdist or a wheel selects files."""
    if target == "sdist" or version != "editable":
        yield Part("files", "", builder.recurse_included_files)
    else:
        if not builder.config.dev_mode_dirs:
            yield Part("imports", "", builder.recurse_selected_project_files)
        forced = builder.get_forced_inclusion_map(build_data)
        yield Part("files", "", functools.partial(builder.recurse_forced_files, forced))
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
        mapping = dict(getattr(builder.config, key, {}))
        mapping.update(utils.normalize_inclusion_map(build_data[key], builder.root) if key in known else {})
        if mapping:
            yield Part("files", prefix, functools.partial(builder.recurse_explicit_files, mapping))
    boms = [*getattr(builder.config, "sbom_files", ()), *(build_data["sbom_files"] if "sbom_files" in known else ())]
    if boms:
        mapping = {os.path.join(builder.root, bom): os.path.basename(bom) for bom in boms}
        yield Part("files", f"{info}/sboms/", functools.partial(builder.recurse_explicit_files, mapping))


def _license_files(builder: Any) -> list[str]:
    return [os.path.join(builder.root, name) for name in builder.metadata.core.license_files]


def written_members(builder: Any, target: str) -> list[str]:
    """Return the members that the builder may write itself, without a selected file."""
    if target == "sdist":
        return ["PKG-INFO", *(["setup.py"] if builder.config.support_legacy else [])]
    if target != "wheel":
        return []
    names = ["METADATA", "WHEEL", "RECORD", "entry_points.txt"]
    names += (f"licenses/{as_member(name)}" for name in builder.metadata.core.license_files)
    return [f"{builder.artifact_project_id}.dist-info/{name}" for name in names]


def packs_duplicates(builder: Any) -> bool:
    """Return whether the builder packs two files with one name.

    The wheel builder of newer releases raises instead.
    """
    return not hasattr(sys.modules.get(type(builder).__module__), "_WheelZipFile")


def required_files(builder: Any, target: str) -> dict[str, str]:
    """Return the required files: absolute path to the key that requires it."""
    licenses = dict.fromkeys(_license_files(builder), "license-files")
    if target == "wheel":
        return {os.path.normpath(path): key for path, key in licenses.items()}
    if target != "sdist":
        return {}
    if builder.metadata.core.readme_path:
        licenses[os.path.join(builder.root, builder.metadata.core.readme_path)] = "readme"
    scripts = (os.path.join(builder.root, path) for path in _scripts(builder))
    sources = {*builder.get_default_build_data().get("force_include", {}), *scripts}
    return {os.path.normpath(source): licenses.get(source, "the build") for source in sources}


def _scripts(builder: Any) -> Iterator[str]:
    """Yield the project's files that a build reads: hooks, builders, the version."""
    hatch = builder.metadata.hatch.config
    build = builder.metadata.hatch.build_config
    targets = builder.metadata.hatch.build_targets.values()
    tables = [hatch.get("version"), *(table for table in targets if isinstance(table, dict))]
    for owner in (build, hatch.get("metadata"), *targets):
        hooks = owner.get("hooks") if isinstance(owner, dict) else None
        tables += hooks.values() if isinstance(hooks, dict) else ()
    for table in tables:
        path = table.get("path") if isinstance(table, dict) else None
        if isinstance(path, str):
            yield path


def time_range(config: Any, target: str) -> tuple[float, float] | None:
    """Return the range of modification times that can be packed.

    They are in seconds since 1970. None if the builder packs no modification times.

    Source of the rule: uv from 0.13 refuses a time before 1970; a zip file begins in 1980 and ends in 2107.
    """
    if target not in ("sdist", "wheel") or config.reproducible:
        return None
    return (315_532_800.0, 4_354_819_199.0) if target == "wheel" else (0.0, float("inf"))


def wheel_builder(builder: Any) -> Any:
    """Return a builder for a wheel of the project. No hook has run for it."""
    kind = builder.plugin_manager.builder.get("wheel")
    return kind(builder.root, plugin_manager=builder.plugin_manager, metadata=builder.metadata)


# --- Tables -----------------------------------------------------------------------------------------------------------


def tables(builder: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the raw tables of [tool.hatch.build], and those of its targets."""
    return builder.metadata.hatch.build_config, builder.metadata.hatch.build_targets


def hook_table(config: Any) -> str:
    """Return the full TOML path of the hook's table that is in force for the target."""
    hooks = config.target_config.get("hooks", {})
    table = f"targets.{config.plugin_name}.hooks.{HOOK}" if HOOK in hooks else f"hooks.{HOOK}"
    return f"build.{table}" if in_hatch_toml(config.root) else f"tool.hatch.build.{table}"


def tables_in_force(config: Any) -> tuple[str, str]:
    """Return the names that hints use for two tables of the target.

    They are the hook's table, and the table whose `exclude` is in force: the target's own one if there is no `exclude`.
    """
    is_general = "exclude" in config.build_config and "exclude" not in config.target_config
    exclude = "build" if is_general else f"build.targets.{config.plugin_name}"
    hook = hook_table(config)
    if in_hatch_toml(config.root):
        return f"[{hook}] of hatch.toml", f"[{exclude}] of hatch.toml"
    return f"[{hook}]", f"[tool.hatch.{exclude}]"


def selects(config: Any, path: str) -> bool:
    """Return whether the tables of the target select `path`, relative to the root."""
    parts = path.split("/")
    names = constants.EXCLUDED_DIRECTORIES
    if any(part in names for part in parts[:-1]) or config.path_is_reserved(config.get_distribution_path(native(path))):
        return False
    path = native(path)
    if not config.only_include:
        return bool(config.include_path(path))
    absolute = os.path.join(config.root, path)
    return any(within(absolute, source) for source in config.only_include) and bool(
        config.include_path(path, explicit=True)
    )


def in_hatch_toml(root: str) -> bool:
    """Return whether hatch.toml has the build tables. It overrides pyproject.toml."""
    path = os.path.join(root, "hatch.toml")
    return os.path.isfile(path) and "build" in core.load_toml(path)


def own_packages(builder: Any) -> tuple[str, ...]:
    """Return the existing directories in which Hatchling looks for the package.

    They are relative to the root.

    Source of the rule: https://hatch.pypa.io/latest/plugins/builder/wheel/#default-file-selection
    """
    normalize = builder.normalize_file_name_component
    names = dict.fromkeys((normalize(builder.metadata.core.raw_name), normalize(builder.metadata.core.name)))
    paths = (path for name in names for path in (name, f"src/{name}"))
    return tuple(path for path in paths if os.path.isdir(os.path.join(builder.root, path)))
