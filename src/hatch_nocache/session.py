"""One build of one version of one target, from `initialize` to `finalize`."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Callable, Iterator, NoReturn, Sequence, cast

from hatch_nocache import _hatchling
from hatch_nocache.config import ConfigError, Options
from hatch_nocache.rules import OPTIONAL, Finding, Hint, Note, count
from hatch_nocache.selection.checker import UnreadableError
from hatch_nocache.selection.filter import ChangedError, RejectedError, SelectionFilter


class Session:
    """The work of the hook during one build, in `set_build_data`: Hatchling enters it after all `initialize`."""

    def __init__(self, hook: Any, version: str) -> None:
        self._hook = hook
        self._version = version
        self._config = hook.build_config
        self._target: str = hook.target_name
        self._is_standard = self._target in ("sdist", "wheel")
        self._what = self._target if self._is_standard else f"{self._target} target"
        self._filter: SelectionFilter | None = None
        self._reported = ""
        self._order: _hatchling.HookOrder | None = None
        with self._failures():
            _hatchling.check(self._config)
            self._options = Options(hook.config, self._target, _hatchling.hook_table(self._config))
            self._undo = _hatchling.around_build(self._config, self._build)
        # Not `build_data["build_hooks"]`, which another hook may have changed.
        hooks = len(self._config.hook_config)
        if hooks > 1 and self._options.verify is not False:
            self._order = _hatchling.HookOrder(hook, hooks, self._verify)

    @contextlib.contextmanager
    def _build(self, build_data: dict[str, Any]) -> Iterator[None]:
        with self._failures(), contextlib.ExitStack() as stack:
            try:
                selection = SelectionFilter(self._config, self._version, self._options, build_data, sys.prefix)
                self._filter = selection
                stack.enter_context(selection.installed())
            except (OSError, TypeError, ValueError) as error:
                if not _hatchling.is_hatchlings(error):
                    raise
                # Without the hook, the build would end in a traceback and leave a file behind.
                first, *more = str(error).splitlines() or [type(error).__name__]
                # With `|`, no line can look like a line of the report.
                lines = tuple(f"| {line}" for line in more if line)
                self._fail(Note(f"Hatchling cannot build the {self._what}: {first}", lines))
            yield
            self._report(selection)

    def finish(self, artifact_path: str) -> None:
        """Verify the archive as the option `verify` says."""
        self._undo()
        if self._filter is None:
            self._fail_incompatible("does not enter `set_build_data` during the build", artifact_path)
        if not self._filter.is_used and self._is_standard:
            self._fail_incompatible("bypassed its own file selection", artifact_path)
        verify, order = self._options.verify, self._order
        is_builtin = type(self._config.builder).__module__.startswith("hatchling.")
        is_known = order is None and is_builtin and _hatchling.is_tested()
        if verify is False or (verify == "auto" and is_known) or (order is not None and order.will_act):
            return
        self._verify(artifact_path)
        if order is not None and order.others_follow:
            table = _hatchling.hook_table(self._config)
            text = f"hatch-nocache: build hooks that run after this one are not covered; put [{table}] last"
            self._hook.app.display_warning(text)

    def _verify(self, artifact_path: Any) -> None:
        # Imported only when needed: the archive reader is a whole package.
        from hatch_nocache import archive

        selection = self._filter
        is_file = isinstance(artifact_path, str) and os.path.isfile(artifact_path)
        if selection is None or not (self._is_standard or is_file):
            # Another target may build something that is not a file.
            return
        try:
            findings = archive.inspect(artifact_path, selection.members(), rooted=self._target == "sdist").findings
        except archive.UnreadableArchive as error:
            if not self._is_standard:
                # It may not be an archive.
                return
            if not os.path.lexists(artifact_path):
                self._fail(Note(f"the {self._what} cannot be verified: another hook has moved {artifact_path}"))
            self._fail(Note(f"deleted {artifact_path}: it cannot be verified: {error}"), delete=artifact_path)
        accepted, kept = selection.checker.accepted, OPTIONAL if self._options.symlinks == "keep" else ()
        rejected = [each for each in findings if each.is_rejected and each.path not in accepted]
        rejected = [each for each in rejected if each.code not in kept]
        if rejected:
            problems = count(len(rejected), "problem")
            header = f"deleted {os.path.basename(artifact_path)}: {problems} in the finished {self._what}"
            hooks = ", ".join(name for name in self._config.hook_config if name != self._hook.PLUGIN_NAME)
            hint = "Hatchling did not select this file" + (f"; check the other build hooks: {hooks}" if hooks else "")
            self._fail(Note(header, hints=(Hint("", hint),)), rejected, delete=artifact_path)

    # --- Messages: `report` is imported only if there is a message ----------------------------------------------------

    def _report(self, selection: SelectionFilter) -> None:
        notes = selection.notes()
        if not (selection.findings or notes):
            return
        from hatch_nocache import report

        text = report.built(selection.findings, notes, self._what, verbose=self._hook.app.verbosity > 0)
        # Another hook may also enter `set_build_data`, to look at the selection.
        if text != self._reported:
            self._reported = text
            self._hook.app.display_warning(text)

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        """Fail the build with a message. Exceptions would end in a traceback."""
        try:
            yield
        except ConfigError as error:
            self._fail(Note(f"nothing was built: {count(len(error.args), 'configuration error')}", error.args))
        except _hatchling.IncompatibleError as error:
            self._fail_incompatible(f"has {error}")
        except RejectedError as error:
            self._fail(Note(f"the {self._what} was not built: {count(len(error.args), 'problem')}"), error.args)
        except ChangedError as error:
            self._fail(Note(f"the {self._what} was not built: {error} during the build"))
        except UnreadableError as error:
            self._fail_unreadable(str(error))
        except OSError as error:
            if self._filter is None or all(each.file.path != error.filename for each in self._filter.packed):
                raise
            self._fail_unreadable(error.filename)

    def _fail_incompatible(self, why: str, delete: str = "") -> NoReturn:
        first, last = _hatchling.KNOWN_VERSIONS
        pin = f"pin hatchling>={first},<={last} in [build-system] requires, or upgrade hatch-nocache"
        what = f"the {self._what} was not built: Hatchling {_hatchling.VERSION} {why}"
        self._fail(Note(what, hints=(Hint("", pin),)), delete=delete)

    def _fail_unreadable(self, path: str) -> NoReturn:
        self._fail(Note(f"the {self._what} was not built: {os.path.relpath(path, self._hook.root)} cannot be read"))

    def _fail(self, note: Note, findings: Sequence[Finding] = (), delete: str = "") -> NoReturn:
        """Fail the build, and delete the archive `delete`."""
        from hatch_nocache import report

        with contextlib.suppress(OSError):
            os.remove(delete)
        text = report.block(note, findings, verbose=self._hook.app.verbosity > 0)
        cast("Callable[[str], NoReturn]", self._hook.app.abort)(text)
