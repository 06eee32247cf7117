"""One build of one version of one target, from `initialize` to `finalize`."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Callable, Iterator, NoReturn, Sequence, cast

from hatch_nocache import _hatchling
from hatch_nocache.config import ConfigError, Options, parse
from hatch_nocache.rules import OPTIONAL, Hint
from hatch_nocache.selection.checker import UnreadableError
from hatch_nocache.selection.filter import ChangedError, RejectedError, SelectionFilter


class Session:
    """The work of the hook during one build."""

    def __init__(self, hook: Any, version: str) -> None:
        self.undo: Callable[[], None] = lambda: None
        self._hook = hook
        self._version = version
        self._config = hook.build_config
        self._is_standard = hook.target_name in ("sdist", "wheel")
        self._what = hook.target_name if self._is_standard else f"{hook.target_name} target"
        self._options = Options({}, hook.target_name)
        self._filter: SelectionFilter | None = None
        self._reported = ""
        self._order: _hatchling.HookOrder | None = None

    def start(self) -> None:
        """Read the configuration, and wrap `set_build_data`.

        Hatchling enters it after the `initialize` of all hooks.
        """
        hook = self._hook
        try:
            _hatchling.check(self._config)
            self._options = parse(hook.config, prefix=_hatchling.hook_table(self._config), target=hook.target_name)
            self.undo = _hatchling.around_build(self._config, self._build)
        except _hatchling.IncompatibleError as error:
            self._fail_incompatible(f"has {error}")
        except ConfigError as error:
            errors = "1 configuration error" if len(error.errors) == 1 else f"{len(error.errors)} configuration errors"
            self._fail(f"nothing was built: {errors}", error.errors)
        # Not `build_data["build_hooks"]`, which another hook may have changed.
        count = len(self._config.hook_config)
        if count > 1 and self._options.verify is not False:
            self._order = _hatchling.HookOrder(hook, count, self._verify)

    def finish(self, artifact_path: str) -> None:
        """Verify the archive as the option `verify` says."""
        self.undo()
        if self._filter is None:
            _delete(artifact_path)
            self._fail_incompatible("does not enter `set_build_data` during the build")
        if not self._filter.is_used and self._is_standard:
            _delete(artifact_path)
            self._fail_incompatible("bypassed its own file selection")
        is_alone = len(self._config.hook_config) == 1
        is_certain = is_alone and _hatchling.is_builtin(self._config.builder) and _hatchling.is_tested()
        if self._options.verify is False or (self._options.verify == "auto" and is_certain):
            return
        is_last = self._order is not None and self._order.is_last
        if self._order is not None and self._order.is_certain and not is_last:
            # `_verify` is called after the last hook.
            return
        self._verify(artifact_path)
        if not (is_alone or is_last):
            table = _hatchling.hook_table(self._config)
            self._warn(f"hatch-nocache: build hooks that run after this one are not covered; put [{table}] last")

    # --- Before the archive -------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _build(self, build_data: dict[str, Any]) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            selection = self._plan(build_data, stack)
            try:
                yield
            except RejectedError:
                self._refuse(selection)
            except ChangedError as error:
                self._fail(f"the {self._what} was not built: {error} during the build")
            except OSError as error:
                if all(each.file.path != error.filename for each in selection.packed):
                    raise
                self._fail_unreadable(error.filename)
            else:
                self._report(selection)

    def _plan(self, build_data: dict[str, Any], stack: contextlib.ExitStack) -> SelectionFilter:
        try:
            selection = self._filter = SelectionFilter(
                self._config, self._hook.target_name, self._version, self._options, build_data, sys.prefix
            )
            with contextlib.suppress(RejectedError):
                stack.enter_context(selection.installed())
        except _hatchling.IncompatibleError as error:
            self._fail_incompatible(f"has {error}")
        except UnreadableError as error:
            self._fail_unreadable(str(error))
        except (OSError, TypeError, ValueError) as error:
            if not _hatchling.is_hatchlings(error):
                raise
            # Without the hook, the build would end in a traceback and leave a file behind.
            first, *more = str(error).splitlines() or [type(error).__name__]
            # With `|`, no line can look like a line of the report.
            self._fail(f"Hatchling cannot build the {self._what}: {first}", [f"| {line}" for line in more if line])
        if selection.checker.is_rejected:
            self._refuse(selection)
        return selection

    # --- After the archive --------------------------------------------------------------------------------------------

    def _verify(self, artifact_path: Any) -> None:
        # Imported only when needed: the archive reader is a whole package.
        from hatch_nocache import archive, report

        selection = self._filter
        is_file = isinstance(artifact_path, str) and os.path.isfile(artifact_path)
        if selection is None or not (self._is_standard or is_file):
            # Another target may build something that is not a file.
            return
        try:
            findings = archive.verify(artifact_path, selection.members(), rooted=self._hook.target_name == "sdist")
        except archive.UnreadableArchive as error:
            if not os.path.lexists(artifact_path):
                self._fail(f"the {self._what} cannot be verified: another hook has moved {artifact_path}")
            if not self._is_standard:
                # It may not be an archive.
                return
            _delete(artifact_path)
            self._fail(f"deleted {artifact_path}: it cannot be verified: {error}")
        optional = OPTIONAL if self._options.symlinks == "keep" else ()
        rejected = [
            finding
            for finding in findings
            if finding.is_rejected and finding.code not in optional and finding.path not in selection.checker.accepted
        ]
        if rejected:
            _delete(artifact_path)
            hooks = [name for name in self._config.hook_config if name != self._hook.PLUGIN_NAME]
            name = os.path.basename(artifact_path)
            self._abort(report.deleted(rejected, self._what, name, hooks, verbose=self._is_verbose))

    # --- Messages: `report` is imported only if there is a message ----------------------------------------------------

    @property
    def _is_verbose(self) -> bool:
        return bool(self._hook.app.verbosity > 0)

    def _report(self, selection: SelectionFilter) -> None:
        notes = selection.notes()
        if not (selection.findings or notes):
            return
        from hatch_nocache import report

        text = report.built(selection.findings, notes, self._what, verbose=self._is_verbose)
        # Another hook may also enter `set_build_data`, to look at the selection.
        if text != self._reported:
            self._reported = text
            self._warn(text)

    def _warn(self, text: str) -> None:
        self._hook.app.display_warning(text)

    def _refuse(self, selection: SelectionFilter) -> NoReturn:
        from hatch_nocache import report

        self._abort(report.refused(selection.findings, self._what, verbose=self._is_verbose))

    def _fail_incompatible(self, why: str) -> NoReturn:
        first, last = _hatchling.KNOWN_VERSIONS
        pin = f"pin hatchling>={first},<={last} in [build-system] requires, or upgrade hatch-nocache"
        self._fail(f"the {self._what} was not built: Hatchling {_hatchling.version()} {why}", hints=[Hint("", pin)])

    def _fail_unreadable(self, path: str) -> NoReturn:
        self._fail(f"the {self._what} was not built: {os.path.relpath(path, self._hook.root)} cannot be read")

    def _fail(self, what: str, lines: Sequence[str] = (), hints: Sequence[Hint] = ()) -> NoReturn:
        from hatch_nocache import report

        self._abort(report.failed(what, lines, hints))

    def _abort(self, text: str) -> NoReturn:
        # An exception would end in a traceback.
        cast("Callable[[str], NoReturn]", self._hook.app.abort)(text)


def _delete(path: str) -> None:
    with contextlib.suppress(OSError):
        os.remove(path)
