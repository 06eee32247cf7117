"""The build hook. Hatchling also imports it to ask for dependencies only, so the rest is imported when a build begins."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, NoReturn, Optional, Sequence

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from hatch_nocache.config import Options
    from hatch_nocache.rules import Hint
    from hatch_nocache.selection.filter import SelectionFilter

__all__ = ["NoCacheBuildHook"]


class NoCacheBuildHook(BuildHookInterface):  # type: ignore[type-arg] - it is generic in one or two parameters
    """Keeps caches, virtual environments and unsafe symlinks out of what Hatchling builds."""

    PLUGIN_NAME = "nocache"

    # What one build of one version needs, from `initialize` to `finalize`.
    _version = ""
    _options: Optional[Options] = None
    _filter: Optional[SelectionFilter] = None
    _reported = ""
    _undo: Optional[Callable[[], None]] = None
    _finished: Optional[Callable[[str], None]] = None

    def initialize(self, version: str, build_data: Dict[str, Any]) -> None:
        """Read the configuration, and wait for Hatchling to enter `set_build_data`: then every hook has run."""
        from hatch_nocache import _hatchling
        from hatch_nocache.config import ConfigError, parse

        if self._undo is not None:
            self._undo()
        self._version, self._filter, self._reported = version, None, ""
        config = self.build_config
        try:
            _hatchling.check(config)
            table = _hatchling.hook_table(config)
            self._options = parse(self.config, prefix=table, target=self.target_name)
            self._undo = _hatchling.around_build(config, self._build)
        except _hatchling.IncompatibleError as error:
            self._fail_incompatible(f"has {error}")
        except ConfigError as error:
            number = len(error.errors)
            self._fail(f"nothing was built: {number} configuration error{'s' * (number > 1)}", error.errors)
        count = len(build_data.get("build_hooks") or ())
        self._finished = _hatchling.after_all_hooks(self, count, self._verify) if count > 1 else None

    def finalize(self, version: str, build_data: Dict[str, Any], artifact_path: str) -> None:
        """Verify the archive, if other code had a hand in it; delete it if it breaks a rule."""
        from hatch_nocache import _hatchling

        if self._undo is not None:
            self._undo()
        selection, options = self._filter, self._options
        is_standard = self.target_name in ("sdist", "wheel")
        if selection is None or options is None:
            _delete(artifact_path)
            self._fail_incompatible("does not enter `set_build_data` during the build")
        if not selection.is_used and is_standard:
            _delete(artifact_path)
            self._fail_incompatible("bypassed its own file selection")
        hooks = self._other_hooks(build_data)
        is_alone = not hooks and _hatchling.is_builtin(self.build_config.builder) and _hatchling.is_tested()
        if options.verify is False or (options.verify == "auto" and is_alone):
            return
        if self._finished is not None:
            self._finished(artifact_path)
            return
        self._verify(artifact_path)
        if hooks:
            table = _hatchling.hook_table(self.build_config)
            self.app.display_warning(
                f"hatch-nocache: build hooks that run after this one are not covered; put [{table}] last"
            )

    def _other_hooks(self, build_data: Dict[str, Any]) -> Sequence[str]:
        names = build_data.get("build_hooks")
        # What another hook has put there says nothing.
        return [name for name in names if name != self.PLUGIN_NAME] if isinstance(names, tuple) else ["?"]

    # --- Before the archive -------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _build(self, build_data: Dict[str, Any]) -> Iterator[None]:
        import sys

        from hatch_nocache import _hatchling
        from hatch_nocache.selection.checker import UnreadableError
        from hatch_nocache.selection.filter import ChangedError, RejectedError, SelectionFilter

        options = self._options
        assert options is not None  # noqa: S101 - for the type checker: `initialize` has read them
        options.allow.forget()
        with contextlib.ExitStack() as stack:
            try:
                selection = self._filter = SelectionFilter(
                    self.build_config, self.target_name, self._version, options, build_data, sys.prefix
                )
                stack.enter_context(selection.installed())
                selection.plan()
            except _hatchling.IncompatibleError as error:
                self._fail_incompatible(f"has {error}")
            except RejectedError:
                self._refuse(selection)
            except UnreadableError as error:
                path = os.path.relpath(str(error), self.root)
                self._fail(f"the {self._what} was not built: {path} cannot be read")
            except (OSError, TypeError, ValueError) as error:
                if not _hatchling.is_hatchlings(error):
                    raise
                # The build would end with it too, in a traceback, and leave a file behind.
                first, *more = str(error).splitlines() or [type(error).__name__]
                # Marked: nothing in them must pass for a line of the report.
                marked = [f"| {line}" for line in more if line]
                self._fail(f"Hatchling cannot build the {self._what}: {first}", marked)
            try:
                yield
            except RejectedError:
                self._refuse(selection)
            except ChangedError as error:
                self._fail(f"the {self._what} was not built: {error} during the build")
            except OSError as error:
                if not selection.has_handed_over(error.filename):
                    raise
                path = os.path.relpath(error.filename, self.root)
                self._fail(f"the {self._what} was not built: {path} cannot be read ({error.strerror})")
            finally:
                if not selection.is_rejected:
                    self._report(selection)

    def _report(self, selection: SelectionFilter) -> None:
        notes = selection.notes()
        if not (selection.findings or notes):
            return
        from hatch_nocache import report

        text = report.built(selection.findings, notes, self._what, verbose=self.app.verbosity > 0)
        # Another hook may enter `set_build_data` as well, to look at the selection.
        if text and text != self._reported:
            self._reported = text
            self.app.display_warning(text)

    # --- After the archive --------------------------------------------------------------------------------------------

    def _verify(self, artifact_path: str) -> None:
        # Reading archives is a package of its own.
        from hatch_nocache import archive, report

        selection, options = self._filter, self._options
        assert selection is not None and options is not None  # noqa: PT018, S101 - `finalize` has checked that
        is_standard = self.target_name in ("sdist", "wheel")
        if not is_standard and not (isinstance(artifact_path, str) and os.path.isfile(artifact_path)):
            # The artifact of another target need not be a file.
            return
        try:
            findings = archive.verify(artifact_path, selection.members(), rooted=self.target_name == "sdist")
        except archive.UnreadableArchive as error:
            if not os.path.lexists(artifact_path):
                self._fail(f"the {self._what} cannot be verified: another hook has moved {artifact_path}")
            if not is_standard:
                # Nor need it be an archive.
                return
            _delete(artifact_path)
            self._fail(f"deleted {artifact_path}: it cannot be verified: {error}")
        settled = ("NC101", "NC102", "NC103") if options.symlinks == "keep" else ()
        rejected = [
            finding
            for finding in findings
            if finding.is_rejected and finding.code not in settled and finding.path not in selection.accepted
        ]
        if rejected:
            _delete(artifact_path)
            hooks = [name for name in self.build_config.hook_config if name != self.PLUGIN_NAME]
            name, verbose = os.path.basename(artifact_path), self.app.verbosity > 0
            self.app.abort(report.deleted(rejected, self._what, name, hooks, verbose=verbose))

    # --- Words --------------------------------------------------------------------------------------------------------

    @property
    def _what(self) -> str:
        return self.target_name if self.target_name in ("sdist", "wheel") else f"{self.target_name} target"

    def _refuse(self, selection: SelectionFilter) -> NoReturn:
        from hatch_nocache import report

        self._abort(report.refused(selection.findings, self._what, verbose=self.app.verbosity > 0))

    def _fail_incompatible(self, why: str) -> NoReturn:
        from hatch_nocache import _hatchling
        from hatch_nocache.rules import Hint

        first, last = _hatchling.KNOWN_VERSIONS
        pin = f"pin hatchling>={first},<={last} in [build-system] requires, or upgrade hatch-nocache"
        self._fail(f"the {self._what} was not built: Hatchling {_hatchling.version()} {why}", hints=[Hint("", pin)])

    def _fail(self, what: str, lines: Sequence[str] = (), hints: Sequence[Hint] = ()) -> NoReturn:
        from hatch_nocache import report

        self._abort(report.failed(what, lines, hints))

    def _abort(self, text: str) -> NoReturn:
        # An exception would end in a traceback.
        self.app.abort(text)
        raise AssertionError  # pragma: no cover - `abort` does not return


def _delete(path: str) -> None:
    with contextlib.suppress(OSError):
        os.remove(path)
