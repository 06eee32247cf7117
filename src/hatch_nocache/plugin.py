"""The build hook: configuration in, guard on, verify, report out."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Callable, Dict, Iterator, List, NoReturn, Optional, cast

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

from hatch_nocache import messages, report
from hatch_nocache.config import Config, ConfigError, parse
from hatch_nocache.findings import Finding
from hatch_nocache.guard import GENERATED, KNOWN_HATCHLING, Guard, SeamError, missing_names
from hatch_nocache.lastword import after_all_hooks
from hatch_nocache.leftovers import Leftovers
from hatch_nocache.project import select, table_prefix, unused_allow
from hatch_nocache.selection import Selection
from hatch_nocache.tree import relative

__all__ = ["NoCacheBuildHook"]


class NoCacheBuildHook(BuildHookInterface[Any]):
    """Keeps caches, environments and unsafe links out of what Hatchling builds."""

    PLUGIN_NAME = "nocache"

    _options: Optional[Config] = None
    _guard: Optional[Guard] = None
    _said = ""

    def initialize(self, version: str, build_data: Dict[str, Any]) -> None:
        """Read the configuration, and stand ready for the moment in which hatchling begins to build."""
        try:
            options = self._options = parse(
                self.config, prefix=table_prefix(self.build_config), target=self.target_name
            )
        except ConfigError as error:
            self._abort("the configuration has errors", *error.errors)
        missing = missing_names(self.build_config)
        if missing:
            self._abort_without_seam(f"it lacks {', '.join(missing)}")
        self._disarm()
        self._arm(options, version)

    def finalize(self, version: str, build_data: Dict[str, Any], artifact_path: str) -> None:
        """Look at what was built; take it away again if it breaks a rule."""
        self._disarm()
        guard, options = self._guard, self._options
        if guard is None or options is None:
            self._remove(artifact_path)
            self._abort_without_seam("set_build_data was not entered")
        if guard.calls == 0 and self.target_name in ("sdist", "wheel"):
            self._remove(artifact_path)
            self._abort_without_seam("it chose its files in another way")
        if not options.verify:
            return

        def verify(path: str) -> None:
            self._verify(guard, options, path)

        hooks = build_data.get("build_hooks", ())
        if self.PLUGIN_NAME not in hooks[:-1]:
            verify(artifact_path)
        elif not after_all_hooks(self, verify):
            # What the hooks after this one do to the archive would go unseen.
            self._remove(artifact_path)
            self._abort_without_seam("hooks run after this one; put its table behind theirs")

    # -- before the archive -----------------------------------------------------------------------------------------

    def _arm(self, options: Config, version: str) -> None:
        original = self.build_config.set_build_data
        self._guard, self._said = None, ""

        @contextlib.contextmanager
        def set_build_data(build_data: Dict[str, Any]) -> Iterator[None]:
            leftovers = Leftovers(self.directory, self.target_name)
            try:
                with original(build_data), self._guarded(options, version, build_data):
                    yield
            except BaseException:
                self._disarm()
                leftovers.remove(self.build_config.builder)
                raise

        set_build_data.__nocache__ = self  # type: ignore[attr-defined]
        try:
            self.build_config.set_build_data = set_build_data
        except AttributeError:
            self._abort_without_seam("set_build_data cannot be replaced")

    def _disarm(self) -> None:
        # On the instance, so that taking it away brings the class's own method back.
        current = self.build_config.__dict__.get("set_build_data")
        if getattr(current, "__nocache__", None) is self:
            del self.build_config.__dict__["set_build_data"]

    @contextlib.contextmanager
    def _guarded(self, options: Config, version: str, build_data: Dict[str, Any]) -> Iterator[None]:
        options.allow.forget()
        with contextlib.ExitStack() as stack:
            try:
                selection = select(self.build_config, self.target_name, options, build_data)
                guard = self._guard = Guard(self.build_config, self.target_name, version, selection, self._refuse)
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
                path = relative(error.filename, self.root)
                self._abort(f"the {self._what} was not built: {path} cannot be read ({error.strerror})")
            finally:
                if not selection.rejected:
                    self._report(selection)

    # -- after it -----------------------------------------------------------------------------------------------------

    def _verify(self, guard: Guard, options: Config, artifact_path: str) -> None:
        # Only now: reading archives costs nothing where `verify` is off.
        from hatch_nocache.archive import UnreadableArchive, verify

        members = {file.distribution_path.replace(os.sep, "/") for file in guard.passed} | GENERATED
        try:
            findings = verify(artifact_path, members, rooted=self.target_name == "sdist")
        except UnreadableArchive as error:
            if not os.path.lexists(artifact_path):
                self._abort(f"the {self._what} cannot be verified: another hook has moved {artifact_path}")
            if self.target_name not in ("sdist", "wheel"):
                # Another target's artifact need not be an archive.
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
        return self.target_name if self.target_name in ("sdist", "wheel") else f"{self.target_name} target"

    def _report(self, selection: Selection) -> None:
        unused = unused_allow(selection.config, self.target_name, self.root)
        notes = selection.notes + [messages.unused_allow(pattern) for pattern in unused]
        text = report.built(selection.findings, notes, self._what, verbose=self.app.verbosity > 0)
        # Another hook may enter `set_build_data` as well, to look at the selection: say the same thing only once.
        if text and text != self._said:
            self._said = text
            self.app.display_warning(text)

    def _abort_without_seam(self, why: str) -> NoReturn:
        from hatchling.__about__ import __version__

        self._abort(
            f"hatchling {__version__} cannot be guarded: {why}",
            f"known to work: hatchling {KNOWN_HATCHLING}; require one of these, or a newer hatch-nocache",
        )

    def _refuse(self, findings: List[Finding], *, removed: bool = False) -> NoReturn:
        self._end(report.refused(findings, self._what, removed=removed, verbose=self.app.verbosity > 0))

    def _abort(self, *lines: str) -> NoReturn:
        # Each as a whole: a line end within one comes from a name.
        self._end("hatch-nocache: " + "\n  ".join(map(report.escape, lines)))

    def _end(self, text: str) -> NoReturn:
        # Never an exception: that would end in a traceback.
        cast("Callable[[str], NoReturn]", self.app.abort)(text)
