"""A project of Hatchling's → what a build of each target would do, without building.

The classes that decide are those of a build. None of the project's code runs, and no other plugin's hook, unless the
user asks for it.
"""

from __future__ import annotations

import collections
import contextlib
import os
import re
import sys
from typing import Any, Dict, Iterator, List, Sequence

from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from hatch_nocache import _hatchling
from hatch_nocache._hatchling import HOOK
from hatch_nocache.cli.result import Part, Problem, Result, first_line, part
from hatch_nocache.cli.tables import Tables, table
from hatch_nocache.config import ConfigError, parse
from hatch_nocache.selection.checker import UnreadableError
from hatch_nocache.selection.filter import RejectedError, SelectionFilter

__all__ = ["check_project"]

PLUGIN = "hatch-nocache"
_STANDARD = "standard"


class _UnavailableError(Exception):
    """A target that cannot be checked. It is an error only if the user has asked for the target."""


def check_project(path: str, tables: Tables, targets: Sequence[str], *, run_hooks: bool) -> Result:
    """Check all targets that the project at `path` can build, or those in `targets`."""
    # Hatchling builds in the working directory, symlinks resolved.
    run = _DryRun(os.path.realpath(path), tables, run_hooks=run_hooks)
    with _in_directory(run.root, redirect=run_hooks):
        run.check(targets)
    is_enabled = all(each.enabled for each in run.parts)
    about = f"Hatchling project {tables.name}".rstrip()
    if not is_enabled:
        names = [each.name for each in run.parts if each.enabled]
        where = f"enabled for {', '.join(names)} only" if names else "not enabled"
        about += f"; the hook is {where}, so this is what it would do"
    errors = tuple(dict.fromkeys(run.errors))
    return Result(path, "project", about, tuple(run.parts), tuple(run.notes), errors)


class _DryRun:
    """The targets of one project, one after the other, and what was found on the way."""

    def __init__(self, root: str, tables: Tables, *, run_hooks: bool) -> None:
        self.root = root
        self.parts: List[Part] = []
        self.notes: List[str] = []
        self.errors: List[Problem] = []
        self._tables = tables
        self._run_hooks = run_hooks
        self._plugins = PluginManager()
        self._metadata: Any = ProjectMetadata(root, self._plugins, None if run_hooks else _with_static_version(tables))
        # Ordered sets: the hooks that a build of any target would use, and what was not run here.
        self._enabled: Dict[str, None] = {}
        self._not_run: Dict[str, None] = {}

    def check(self, targets: Sequence[str]) -> None:
        """Check the targets, or all of them, and whether a build would start at all."""
        try:
            if not self._run_hooks:
                self._remove_metadata_hooks()
            configured = self._metadata.hatch.build_targets
            if not self._not_run:
                # Metadata hooks may provide required fields.
                self._metadata.validate_fields()
        except (OSError, TypeError, ValueError, RecursionError) as error:
            self._add_error(first_line(error))
            return
        for text in dict.fromkeys(targets or ("sdist", "wheel", *configured)):
            self._try_target(text, is_wanted=bool(targets) or text in configured, is_asked_for=bool(targets))
        self._check_start()
        if self._not_run:
            self.notes.append(f"not run: {', '.join(self._not_run)}; --run-hooks runs them")

    def _try_target(self, text: str, *, is_wanted: bool, is_asked_for: bool) -> None:
        try:
            self._check_target(text)
        except ConfigError as error:
            self._add_configuration_errors(text.partition(":")[0], error)
        except _hatchling.IncompatibleError as error:
            first, last = _hatchling.KNOWN_VERSIONS
            fix = f"pin hatchling>={first},<={last} in [build-system] requires, or upgrade {PLUGIN}"
            self.errors.append(Problem(f"Hatchling {_hatchling.version()} has {error}; {fix}"))
        except _UnavailableError as error:
            if is_asked_for:
                self.errors.append(Problem(f"{text}: {error}; targets: {', '.join(self._known_targets())}"))
            else:
                self.notes.append(f"{text}: {error}")
        except UnreadableError as error:
            path = os.path.relpath(str(error), self.root)
            self.errors.append(Problem(f"the {text} cannot be built: {path} cannot be read"))
        except (Exception, SystemExit) as error:  # of another plugin, or Hatchling's on the configuration
            if _is_ours(error):
                raise
            message = f"{text}: Hatchling cannot build it: {first_line(error)}"
            # Not every project is built as a wheel: Hatchling finds no package then.
            if text == "wheel" and not is_wanted and isinstance(error, ValueError):
                self.notes.append(message)
            else:
                self._add_error(message)

    def _add_error(self, text: str) -> None:
        """Add an error with the place of the key that Hatchling names in it."""
        key = next(iter(re.findall(r"`((?:project|tool\.hatch)[\w.-]*)`", text)), "")
        file = self._tables.build_file if key.startswith("tool.hatch.build") else "pyproject.toml"
        key = key if file == "pyproject.toml" else key[len("tool.hatch.") :]
        self.errors.append(self._tables.problem(text, file, key) if key else Problem(text))

    def _remove_metadata_hooks(self) -> None:
        # From the parsed configuration: they seldom decide which files are packed.
        hooks = self._metadata.hatch.metadata.hook_config
        self._not_run.update((f"metadata hook {name}", None) for name in hooks)
        hooks.clear()

    def _add_configuration_errors(self, target: str, error: ConfigError) -> None:
        _, prefix = self._tables.hook(target)
        for text in error.errors:
            key = prefix + "".join(re.findall(r"^\.[\w-]+", text[len(prefix) :]))
            self.errors.append(self._tables.problem(text, self._tables.build_file, key))

    # -- whether a build would start -----------------------------------------------------------------------------------

    def _check_start(self) -> None:
        file, (_, prefix) = self._tables.build_file, self._tables.hook("")
        where = f"[{prefix}]" + (" in hatch.toml" if file == "hatch.toml" else "")
        is_required = PLUGIN in self._tables.requires
        for name in self._enabled:
            ends = f'the build ends with "Unknown build hook: {name}"'
            if name == HOOK and not is_required:
                text = f'{ends}; add "{PLUGIN}" to `requires` in [build-system]'
                self.errors.append(self._tables.problem(text, "pyproject.toml", "build-system.requires"))
            elif _is_misspelt(name):
                key = prefix[: -len(HOOK)] + name
                self.errors.append(self._tables.problem(f"{ends}; rename its table to {where}", file, key))
        if not self._tables.has_hook and not self.errors:
            if is_required:
                self.notes.append(
                    f'"{PLUGIN}" is in `requires`, but the hook has no table, so the build does not use it'
                )
            self.notes.append(
                f'to enable the hook, add "{PLUGIN}" to `requires` in [build-system], and the table {where}'
            )

    # -- targets -------------------------------------------------------------------------------------------------------

    def _known_targets(self) -> Iterator[str]:
        for target in sorted(self._plugins.builder.collect()):
            yield target
            with contextlib.suppress(_UnavailableError):
                versions = self._builder(target).get_version_api()
                yield from (f"{target}:{version}" for version in versions if version != _STANDARD)

    def _builder(self, target: str) -> Any:
        if target == "custom" and not self._run_hooks:
            raise _UnavailableError("its builder is the project's own code, which runs only with --run-hooks")
        kind = self._plugins.builder.get(target)
        if kind is None:
            raise _UnavailableError("no installed plugin builds this target")
        return kind(self.root, plugin_manager=self._plugins, metadata=self._metadata)

    def _check_target(self, text: str) -> None:
        target, _, wanted = text.partition(":")
        builder = self._builder(target)
        versions = builder.get_version_api()
        for version in [wanted] if wanted else builder.config.versions:
            if version not in versions:
                raise _UnavailableError(f"the target has no version `{version}`")
            self.parts.append(self._part(builder, target, version))

    def _part(self, builder: Any, target: str, version: str) -> Part:
        """Do what `BuilderInterface.build` does before it writes the archive."""
        config = builder.config
        hooks = config.hook_config
        self._enabled.update(dict.fromkeys(hooks))
        own_table, prefix = self._tables.hook(target)
        options = parse(own_table or {}, prefix=prefix, target=target)
        _hatchling.check(config)
        build_data = builder.get_default_build_data()
        builder.set_build_data_defaults(build_data)
        build_data["build_hooks"] = tuple(hooks)
        if self._run_hooks:
            for name, each in builder.get_build_hooks(config.directory).items():
                if name != HOOK:
                    each.initialize(version, build_data)
        else:
            others = (name for name in hooks if name != HOOK and not _is_misspelt(name))
            self._not_run.update((f"build hook {name}", None) for name in others)
        with config.set_build_data(build_data):
            selection = SelectionFilter(config, target, version, options, build_data, prefix="")
            with selection.installed(), contextlib.suppress(RejectedError):
                selection.plan()
                # Another builder selects its files while it builds; Hatchling's remaining builders select none.
                if target not in ("sdist", "wheel") and not type(builder).__module__.startswith("hatchling."):
                    collections.deque(builder.recurse_included_files(), maxlen=0)
        name = target if version == _STANDARD else f"{target}:{version}"
        return part(name, selection.findings, selection.notes(), enabled=HOOK in hooks)


def _is_ours(error: BaseException) -> bool:
    """Return whether this program has raised the error."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith("hatch_nocache.")


def _with_static_version(tables: Tables) -> Dict[str, Any]:
    """Return `pyproject.toml` with some version: to find out a dynamic one may run the project's code."""
    project = dict(table(tables.pyproject, "project"))
    dynamic = project.get("dynamic")
    if isinstance(dynamic, list) and "version" in dynamic:
        project.update(version="0", dynamic=[field for field in dynamic if field != "version"])
    return {**tables.pyproject, "project": project} if project else dict(tables.pyproject)


def _is_misspelt(hook: str) -> bool:
    """Return whether a table of this name was meant for our hook."""
    return hook != HOOK and re.sub(r"[-_]", "", hook.lower()) in ("nocache", "hatchnocache")


@contextlib.contextmanager
def _in_directory(root: str, *, redirect: bool) -> Iterator[None]:
    """Change into the project, as a front end does. `redirect`: what hooks print goes to stderr."""
    before = saved = None
    # It may have been deleted.
    with contextlib.suppress(OSError):
        before = os.getcwd()
    os.chdir(root)
    try:
        with contextlib.ExitStack() as stack:
            if redirect:
                sys.stdout.flush()
                saved = os.dup(1)
                os.dup2(2, 1)
                stack.enter_context(contextlib.redirect_stdout(sys.stderr))
            yield
    finally:
        if saved is not None:
            os.dup2(saved, 1)
            os.close(saved)
        if before is not None:
            os.chdir(before)
