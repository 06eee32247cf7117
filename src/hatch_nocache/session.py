"""One build of one version of one target: guard on, verify, report out."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, NoReturn, Optional, cast

from hatch_nocache.config import Config, ConfigError, parse
from hatch_nocache.guard import Guard
from hatch_nocache.project import select, table_prefix, unused_allow
from hatch_nocache.seam import KNOWN_HATCHLING, SeamError, around_build, missing_names

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    from hatch_nocache.findings import Finding
    from hatch_nocache.selection import Selection

__all__ = ["Session"]


class Session:
    """What the hook does from its `initialize` to its `finalize`."""

    def __init__(self, hook: BuildHookInterface[Any], version: str) -> None:
        self._hook = hook
        self._version = version
        self._config = hook.build_config
        self._options: Optional[Config] = None
        self._guard: Optional[Guard] = None
        self._said = ""
        # Take away again what `arm` has put there.
        self.disarm: Callable[[], None] = lambda: None

    def arm(self) -> None:
        """Stand ready: everything is judged when hatchling enters `set_build_data`, after all hooks' `initialize`."""
        hook = self._hook
        try:
            options = self._options = parse(hook.config, prefix=table_prefix(self._config), target=hook.target_name)
        except ConfigError as error:
            self._abort("the configuration has errors", *error.errors)
        missing = missing_names(self._config)
        if missing:
            self._abort_without_seam(f"it lacks {', '.join(missing)}")
        try:
            self.disarm = around_build(self._config, lambda build_data: self._build(options, build_data))
        except SeamError as error:
            self._abort_without_seam(str(error))

    def finish(self, build_data: Dict[str, Any], artifact_path: str) -> None:
        """Look at what was built; take it away again if it breaks a rule."""
        self.disarm()
        guard, options = self._guard, self._options
        if guard is None or options is None:
            self._remove(artifact_path)
            self._abort_without_seam("set_build_data was not entered")
        if guard.calls == 0 and self._hook.target_name in ("sdist", "wheel"):
            self._remove(artifact_path)
            self._abort_without_seam("it chose its files in another way")
        if not options.verify:
            return

        def verify(path: str) -> None:
            self._verify(guard, options, path)

        hooks = build_data.get("build_hooks", ())
        # What another hook has put there says nothing of how many are still to come.
        if isinstance(hooks, tuple) and self._hook.PLUGIN_NAME not in hooks[:-1]:
            verify(artifact_path)
            return
        from hatch_nocache.lastword import after_all_hooks

        if not after_all_hooks(self._hook, verify):
            # What the hooks after this one do to the archive would go unseen.
            self._remove(artifact_path)
            self._abort_without_seam("hooks run after this one; put its table behind theirs")

    # -- before the archive -------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _build(self, options: Config, build_data: Dict[str, Any]) -> Iterator[None]:
        from hatch_nocache.leftovers import Leftovers

        leftovers = Leftovers(self._hook.directory, self._hook.target_name)
        try:
            with self._guarded(options, build_data):
                yield
        except BaseException:
            leftovers.remove(self._config.builder)
            raise

    @contextlib.contextmanager
    def _guarded(self, options: Config, build_data: Dict[str, Any]) -> Iterator[None]:
        options.allow.forget()
        target = self._hook.target_name
        with contextlib.ExitStack() as stack:
            try:
                selection = select(self._config, target, options, build_data)
                guard = self._guard = Guard(self._config, target, self._version, selection, self._refuse)
                stack.enter_context(guard.installed())
                guard.plan(build_data)
            except SeamError as error:
                self._abort_without_seam(str(error))
            except (OSError, TypeError, ValueError) as error:
                # The build would end on it as well, with a traceback and a file left behind.
                first, *more = str(error).splitlines() or [type(error).__name__]
                # Marked, so that nothing in them passes for a line of the report.
                marked = (f"| {line}" for line in more if line)
                self._abort(f"Hatchling cannot build the {self._what}: {first}", *marked)
            try:
                yield
            except OSError as error:
                if error.filename not in {file.path for file in guard.passed}:
                    raise
                from hatch_nocache.tree import relative

                path = relative(error.filename, self._hook.root)
                self._abort(f"the {self._what} was not built: {path} cannot be read ({error.strerror})")
            finally:
                if not selection.rejected:
                    self._report(selection)

    # -- after it -----------------------------------------------------------------------------------------------------

    def _verify(self, guard: Guard, options: Config, artifact_path: Any) -> None:
        # Only now: reading archives costs nothing where `verify` is off.
        from hatch_nocache.archive import UnreadableArchive, verify

        target = self._hook.target_name
        is_archive = target in ("sdist", "wheel")
        if not is_archive and not (isinstance(artifact_path, str) and os.path.isfile(artifact_path)):
            # Another target's artifact need not be a file.
            return
        try:
            findings = verify(artifact_path, guard.members(), rooted=target == "sdist")
        except UnreadableArchive as error:
            if not os.path.lexists(artifact_path):
                self._abort(f"the {self._what} cannot be verified: another hook has moved {artifact_path}")
            if not is_archive:
                # Nor need it be an archive.
                return
            self._remove(artifact_path)
            self._abort(f"the {self._what} was removed again: it cannot be verified, {error}")
        settled = ("NC101", "NC102", "NC103") if options.symlinks == "keep" else ()
        rejected = [
            finding
            for finding in findings
            if finding.rejected and finding.code not in settled and finding.path not in guard.selection.accepted
        ]
        if rejected:
            self._remove(artifact_path)
            self._refuse(rejected, removed=True)

    @staticmethod
    def _remove(artifact_path: str) -> None:
        with contextlib.suppress(OSError):
            os.remove(artifact_path)

    # -- words --------------------------------------------------------------------------------------------------------

    @property
    def _what(self) -> str:
        target = self._hook.target_name
        return target if target in ("sdist", "wheel") else f"{target} target"

    def _report(self, selection: Selection) -> None:
        unused = unused_allow(selection.config, self._hook.target_name, self._hook.root)
        if not (selection.findings or selection.notes or unused):
            return
        from hatch_nocache import messages, report

        notes = selection.notes + [messages.unused_allow(pattern) for pattern in unused]
        text = report.built(selection.findings, notes, self._what, verbose=self._hook.app.verbosity > 0)
        # Another hook may enter `set_build_data` as well, to look at the selection: say the same thing only once.
        if text != self._said:
            self._said = text
            self._hook.app.display_warning(text)

    def _abort_without_seam(self, why: str) -> NoReturn:
        from hatchling.__about__ import __version__

        self._abort(
            f"hatchling {__version__} cannot be guarded: {why}",
            f"known to work: hatchling {KNOWN_HATCHLING}; require one of these, or a newer hatch-nocache",
        )

    def _refuse(self, findings: List[Finding], *, removed: bool = False) -> NoReturn:
        from hatch_nocache import report

        self._end(report.refused(findings, self._what, removed=removed, verbose=self._hook.app.verbosity > 0))

    def _abort(self, *lines: str) -> NoReturn:
        from hatch_nocache.report import escape

        # Each as a whole: a line end within one comes from a name.
        self._end("hatch-nocache: " + "\n  ".join(map(escape, lines)))

    def _end(self, text: str) -> NoReturn:
        # Never an exception: that would end in a traceback.
        cast("Callable[[str], NoReturn]", self._hook.app.abort)(text)
