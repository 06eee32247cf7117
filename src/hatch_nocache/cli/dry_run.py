"""What a build of a Hatchling project would do. Its code and other hooks run only if the user asks for it."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from typing import Any, Iterator, Sequence

from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from hatch_nocache import _hatchling
from hatch_nocache._hatchling import HOOK
from hatch_nocache.cli.result import Part, Problem, Result, part
from hatch_nocache.cli.tables import Tables
from hatch_nocache.config import ConfigError, Options, table
from hatch_nocache.selection.checker import UnreadableError
from hatch_nocache.selection.filter import RejectedError, SelectionFilter


def check_project(path: str, tables: Tables, targets: Sequence[str], *, run_hooks: bool) -> Result:
    """Check all targets that the project at `path` can build, or those in `targets`."""
    run = _DryRun(os.path.realpath(path), tables, run_hooks=run_hooks)
    with contextlib.ExitStack() as stack, contextlib.redirect_stdout(sys.stderr):
        # The working directory may have been deleted.
        with contextlib.suppress(OSError):
            stack.callback(os.chdir, os.getcwd())
        # As a front end does, symlinks resolved.
        os.chdir(run.root)
        # Output of other code goes to stderr.
        saved = os.dup(1)
        stack.callback(os.close, saved)
        stack.callback(os.dup2, saved, 1)
        os.dup2(2, 1)
        run.check(targets)
    about = f"Hatchling project {table(tables.pyproject, 'project').get('name', '')}".rstrip()
    disabled = ", ".join(each.name for each in run.parts if not each.enabled)
    about += f"; the hook is not enabled for {disabled}, so this is what it would do" if disabled else ""
    # Targets share configuration errors.
    return Result(path, "project", about, tuple(run.parts), tuple(run.notes), tuple(dict.fromkeys(run.errors)))


class _DryRun:
    """The checks of all targets of one project."""

    def __init__(self, root: str, tables: Tables, *, run_hooks: bool) -> None:
        self.root = root
        self.parts: list[Part] = []
        self.notes: list[str] = []
        self.errors: list[Problem] = []
        self._tables = tables
        self._run_hooks = run_hooks
        self._plugins = PluginManager()
        pyproject, dynamic = dict(tables.pyproject), table(tables.pyproject, "project").get("dynamic")
        if isinstance(dynamic, list) and "version" in dynamic:
            # A placeholder: reading a dynamic version may run the project's code.
            fields = [field for field in dynamic if field != "version"]
            pyproject["project"] = {**pyproject["project"], "version": "0", "dynamic": fields}
        self._metadata: Any = ProjectMetadata(root, self._plugins, None if run_hooks else pyproject)
        # An ordered set: the hooks that a build of any target would use.
        self._enabled: dict[str, None] = {}

    def check(self, targets: Sequence[str]) -> None:
        """Check the targets, or all of them, and whether a build would start at all."""
        try:
            metadata_hooks = self._metadata.hatch.metadata.hook_config
            not_run = [f"metadata hook {name}" for name in metadata_hooks]
            if not_run and not self._run_hooks:
                # Metadata hooks rarely affect which files are packed, but may provide required fields.
                metadata_hooks.clear()
            else:
                self._metadata.validate_fields()
            configured = self._metadata.hatch.build_targets
        except (Exception, SystemExit) as error:
            if not (line := _first_line(error)):
                raise
            self.errors.append(self._tables.error(line))
            return
        for text in dict.fromkeys(targets or ("sdist", "wheel", *configured)):
            self._try_target(text, is_asked_for=bool(targets), is_configured=text in configured)
        self._check_start()
        not_run += (f"build hook {name}" for name in self._enabled if not _is_ours(name))
        if not_run and not self._run_hooks:
            self.notes.append(f"not run: {', '.join(not_run)}; --run-hooks runs them")

    def _try_target(self, text: str, *, is_asked_for: bool, is_configured: bool) -> None:
        try:
            missing = self._check_target(text)
            if missing and is_asked_for:
                self.errors.append(Problem(f"{text}: {missing}; targets: {', '.join(self._known_targets())}"))
            elif missing:
                self.notes.append(f"{text}: {missing}")
        except ConfigError as error:
            self.errors += map(self._tables.error, error.args)
        except _hatchling.IncompatibleError as error:
            known = " to ".join(_hatchling.KNOWN_VERSIONS)
            self.errors.append(Problem(f"Hatchling {_hatchling.VERSION} has {error}; known to work: {known}"))
        except UnreadableError as error:
            self.errors.append(Problem(f"{text}: {os.path.relpath(str(error), self.root)} cannot be read"))
        except (Exception, SystemExit) as error:
            if not (line := _first_line(error)):
                raise
            message = f"{text}: Hatchling cannot build it: {line}"
            # Hatchling finds no package in a project that is not built as a wheel.
            if text == "wheel" and not (is_asked_for or is_configured) and isinstance(error, ValueError):
                self.notes.append(message)
            else:
                self.errors.append(self._tables.error(message))

    def _check_start(self) -> None:
        """Check whether a build would find and use the hook."""
        _, prefix = self._tables.hook("")
        where = f"[{prefix}]" + (" in hatch.toml" if self._tables.build_file == "hatch.toml" else "")
        is_required = "hatch-nocache" in self._tables.requires
        requirement = '"hatch-nocache" to `requires` in [build-system]'
        for name in filter(_is_ours, self._enabled):
            ends = f'the build ends with "Unknown build hook: {name}"'
            if name != HOOK:
                text = f"{ends}; rename its table to {where}"
                self.errors.append(self._tables.error(text, prefix[: -len(HOOK)] + name))
            elif not is_required:
                self.errors.append(self._tables.error(f"{ends}; add {requirement}", "build-system.requires"))
        every = (self._tables.build, *table(self._tables.build, "targets").values())
        if not self.errors and not any(HOOK in table(each, "hooks") for each in every):
            missing = "" if is_required else f"{requirement}, and "
            self.notes.append(f"the hook is not enabled; add {missing}the table {where}")

    def _known_targets(self) -> Iterator[str]:
        for target in sorted(self._plugins.builder.collect()):
            yield target
            # The project's own builder may be missing, or fail.
            with contextlib.suppress(Exception, SystemExit):
                builder = self._builder(target)
                versions = builder.get_version_api() if builder else ()
                yield from (f"{target}:{version}" for version in versions if version != "standard")

    def _builder(self, target: str) -> Any:
        kind = self._plugins.builder.get(target) if target != "custom" or self._run_hooks else None
        return kind(self.root, plugin_manager=self._plugins, metadata=self._metadata) if kind else None

    def _check_target(self, text: str) -> str:
        """Check a target, or one version of it. Return why it does not exist, or cannot be checked; or ""."""
        target, _, wanted = text.partition(":")
        builder = self._builder(target)
        if builder is None:
            own = "its builder is the project's own code, which runs only with --run-hooks"
            return own if target == "custom" else "no installed plugin builds this target"
        for version in [wanted] if wanted else builder.config.versions:
            if version not in builder.get_version_api():
                return f"the target has no version `{version}`"
            self.parts.append(self._part(builder, target, version))
        return ""

    def _part(self, builder: Any, target: str, version: str) -> Part:
        """Do what `BuilderInterface.build` does before it writes the archive."""
        config = builder.config
        hooks = config.hook_config
        self._enabled.update(dict.fromkeys(hooks))
        own_table, prefix = self._tables.hook(target)
        options = Options(own_table or {}, target, prefix)
        _hatchling.check(config)
        build_data = builder.get_default_build_data()
        builder.set_build_data_defaults(build_data)
        build_data["build_hooks"] = tuple(hooks)
        others = builder.get_build_hooks(config.directory) if self._run_hooks else {}
        for each in (others[name] for name in others if name != HOOK):
            each.initialize(version, build_data)
        with config.set_build_data(build_data):
            selection = SelectionFilter(config, version, options, build_data, prefix="")
            with contextlib.suppress(RejectedError), selection.installed():
                # Other builders select their files while they build. Hatchling's other builders select none.
                if target not in ("sdist", "wheel") and not type(builder).__module__.startswith("hatchling."):
                    list(builder.recurse_included_files())
        name = target if version == "standard" else f"{target}:{version}"
        return part(name, selection.findings, selection.notes())._replace(enabled=HOOK in hooks)


def _first_line(error: BaseException) -> str:
    """Return the first line of an error of another plugin, or of Hatchling's on the configuration. "" is our own."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    is_own = str(frame.f_globals.get("__name__")).startswith("hatch_nocache.")
    return "" if is_own else next(iter(str(error).strip().splitlines()), type(error).__name__)


def _is_ours(hook: str) -> bool:
    """Return whether it is the name of this plugin's hook, maybe misspelt."""
    return hook.lower().replace("-", "").replace("_", "") in ("nocache", "hatchnocache")
