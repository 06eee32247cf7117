"""A project of Hatchling's → what the hook would do in a build of each target, without building anything.

The same `select` and the same `Guard` decide as in a build, so that the command says what the hook will do. None of the
project's own code and no other plugin's hook runs, unless the user asks for it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from hatchling.__about__ import __version__
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from hatch_nocache import messages
from hatch_nocache.command.outcome import Outcome, Part, ordered
from hatch_nocache.config import ConfigError, parse
from hatch_nocache.findings import Finding
from hatch_nocache.guard import Guard
from hatch_nocache.project import HOOK, select, table_prefix, unused_allow
from hatch_nocache.seam import KNOWN_HATCHLING, SeamError, missing_names

__all__ = ["inspect_project", "split_target"]

_STANDARD = "standard"


class _UnavailableError(Exception):
    """A target that cannot be judged, which matters only to a user who has asked for it."""


@dataclasses.dataclass
class _Found:
    parts: List[Part] = dataclasses.field(default_factory=list)
    remarks: List[str] = dataclasses.field(default_factory=list)
    errors: List[str] = dataclasses.field(default_factory=list)
    not_run: Dict[str, None] = dataclasses.field(default_factory=dict)


def split_target(text: str) -> Tuple[str, Optional[str]]:
    """`wheel:editable` → the target and the version, None when none is named."""
    target, _, version = text.partition(":")
    return target, version or None


def inspect_project(root: str, path: str, targets: Sequence[str], *, run_hooks: bool) -> Outcome:
    """Judge the project at `root`, called `path`: all targets that it can build, unless `targets` names some."""
    # What hatchling itself builds from: the working directory, links resolved.
    root = os.path.realpath(root)
    plugins = PluginManager()
    metadata: Any = ProjectMetadata(root, plugins)
    found = _Found()
    with _as_in_a_build(root, run_hooks=run_hooks):
        try:
            if not run_hooks:
                _without_hooks(metadata, found)
            tables = metadata.hatch.build_targets
        except (OSError, TypeError, ValueError, RecursionError) as error:
            return Outcome(path, "project", "a Hatchling project", errors=(_line(error),))
        wanted = list(dict.fromkeys(targets)) or list(dict.fromkeys(("sdist", "wheel", *tables)))
        for text in wanted:
            target, version = split_target(text)
            try:
                builder = _builder(target, root, plugins, metadata, run_hooks=run_hooks)
                for each in [version] if version else builder.config.versions:
                    found.parts.append(_judge(builder, target, each, found, run_hooks=run_hooks))
            except ConfigError as error:
                found.errors.extend(error.errors)
            except SeamError as error:
                found.errors.append(_without_seam(error))
            except _UnavailableError as error:
                (found.errors if targets else found.remarks).append(f"{text}: {error}")
            except (Exception, SystemExit) as error:  # noqa: BLE001 - another plugin's code, or hatchling's word on its configuration
                # A project need not be made for wheels: hatchling finds no package in it then.
                silent = target == "wheel" and not targets and "wheel" not in tables and isinstance(error, ValueError)
                (found.remarks if silent else found.errors).append(f"{text}: Hatchling cannot build it: {_line(error)}")
    if found.not_run:
        found.remarks.append(f"not run: {', '.join(found.not_run)}; what they would add is seen with --run-hooks")
    errors = tuple(dict.fromkeys(found.errors))
    return Outcome(path, "project", _about(found.parts), tuple(found.parts), tuple(found.remarks), errors)


def _about(parts: Sequence[Part]) -> str:
    on = [part.name for part in parts if part.switched_on]
    if not parts or len(on) == len(parts):
        return "a Hatchling project"
    where = f"switched on for {', '.join(on)} only" if on else "not switched on"
    return f"a Hatchling project; the hook is {where}: this is what it would do"


def _builder(target: str, root: str, plugins: Any, metadata: Any, *, run_hooks: bool) -> Any:
    if target == "custom" and not run_hooks:
        raise _UnavailableError("its builder is the project's own code, which runs only with --run-hooks")
    kind = plugins.builder.get(target)
    if kind is None:
        raise _UnavailableError("no installed plugin builds it")
    return kind(root, plugin_manager=plugins, metadata=metadata)


def _judge(builder: Any, target: str, version: str, found: _Found, *, run_hooks: bool) -> Part:
    """Do what `BuilderInterface.build` does, up to the point where the archive would be written."""
    config = builder.config
    if version not in builder.get_version_api():
        raise ValueError(f"it has no version `{version}`")
    hooks = config.hook_config
    options = parse(_table(config), prefix=table_prefix(config), target=target)
    missing = missing_names(config)
    if missing:
        raise SeamError(f"it lacks {', '.join(missing)}")
    build_data = builder.get_default_build_data()
    builder.set_build_data_defaults(build_data)
    build_data["build_hooks"] = tuple(hooks)
    if run_hooks:
        for name, hook in builder.get_build_hooks(config.directory).items():
            if name != HOOK:
                hook.initialize(version, build_data)
    else:
        found.not_run.update((f"build hook {name}", None) for name in hooks if name != HOOK)
    with config.set_build_data(build_data):
        selection = select(config, target, options, build_data, prefix="")
        guard = Guard(config, target, version, selection, stop=_go_on)
        with guard.installed():
            guard.plan(build_data)
    notes = [*selection.notes, *map(messages.unused_allow, unused_allow(options, target, config.root))]
    name = target if version == _STANDARD else f"{target}:{version}"
    return Part(name, ordered(selection.findings), tuple(notes), switched_on=HOOK in hooks)


def _go_on(_: Sequence[Finding]) -> None:
    """Nothing to stop: no archive would follow."""


def _table(config: Any) -> Dict[str, Any]:
    """The hook's table for the target, also where the hook is switched off. Hatchling has checked the types by now."""
    tables = {**config.build_config.get("hooks", {}), **config.target_config.get("hooks", {})}
    table: Dict[str, Any] = tables.get(HOOK, {})
    return table


def _without_hooks(metadata: Any, found: _Found) -> None:
    """Take the metadata hooks out of the configuration that was read: next to nothing of it decides on files."""
    hooks = metadata.hatch.metadata.hook_config
    found.not_run.update((f"metadata hook {name}", None) for name in hooks)
    hooks.clear()


@contextlib.contextmanager
def _as_in_a_build(root: str, *, run_hooks: bool) -> Iterator[None]:
    """In the project's directory, as a front end calls the backend. What hooks print does not get into the output."""
    before = saved = None
    # It may be gone.
    with contextlib.suppress(OSError):
        before = os.getcwd()
    os.chdir(root)
    try:
        with contextlib.ExitStack() as stack:
            if run_hooks:
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


def _without_seam(error: SeamError) -> str:
    return f"hatchling {__version__} cannot be guarded: {error}; known to work: hatchling {KNOWN_HATCHLING}"


def _line(error: BaseException) -> str:
    """The first line of what an error says."""
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
