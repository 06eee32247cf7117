"""`hatch-nocache`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import List, NoReturn, Optional, Sequence, TextIO

from hatch_nocache.cli import check, explain, output
from hatch_nocache.cli.result import CLEAN, UNUSABLE, Result, exit_code
from hatch_nocache.patterns import Patterns
from hatch_nocache.report import escape

__all__ = ["main"]

# As a shell reports the end by these signals.
_INTERRUPTED, _BROKEN_PIPE = 130, 141
_EPILOG = """\
examples:
  hatch-nocache check                        what a build of this project would leave out or reject
  hatch-nocache check -t wheel:editable      the same, for one target only
  hatch-nocache check dist                   all archives in dist/
  hatch-nocache check --allow '/demo/venv/' dist/demo-1.0-py3-none-any.whl
  hatch-nocache check --format gitlab > gl-code-quality-report.json

exit code: 0 nothing is rejected, 1 something is rejected (with --strict: or dropped), 2 an error in the arguments, the
configuration or the input; with several paths the highest. An archive that breaks a rule is rejected.
"""


class UnwritableError(Exception):
    """The output cannot be written: the disk may be full."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # It repeats the arguments, which may be names of files.
        super().error(escape(message))


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the console script and return its exit code."""
    _replace_closed_streams()
    try:
        code = _run(arguments)
    except KeyboardInterrupt:
        _say("interrupted")
        code = _INTERRUPTED
    except BrokenPipeError:
        _discard(sys.stdout)
        code = _BROKEN_PIPE
    except UnwritableError as error:
        _discard(sys.stdout)
        _say(f"the output cannot be written: {error}")
        code = UNUSABLE
    return code if all([_flush(sys.stdout), _flush(sys.stderr)]) else UNUSABLE


def _run(arguments: Optional[Sequence[str]]) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:
        # `--help`, or an error in the arguments.
        return int(stop.code or 0)
    return _explain(options.codes) if options.command == "explain" else _check(options)


def _explain(codes: Sequence[str]) -> int:
    try:
        _write(sys.stdout, "\n\n".join(explain.as_text(code) for code in codes or explain.EXPLANATIONS))
    except explain.UnknownCodeError as error:
        _write(sys.stderr, f"hatch-nocache: {escape(str(error))}")
        return UNUSABLE
    return CLEAN


def _check(options: argparse.Namespace) -> int:
    style = output.Style.of(os.environ, is_terminal=sys.stdout.isatty())
    request = check.Request(
        targets=[target for given in options.target for target in given.split(",") if target],
        allow=Patterns(options.allow),
        run_hooks=options.run_hooks,
    )
    results: List[Result] = []
    for path in options.paths:
        found = check.check(path, request)
        for result in found:
            for error in result.errors:
                _write(sys.stderr, f"hatch-nocache: {escape(output.place(result, error))}: {escape(error.text)}")
            if options.format == "text":
                _write(sys.stdout, output.as_text(result, style, verbose=options.verbose))
            elif options.format == "github":
                _write(sys.stdout, output.as_github(result))
        results += found
    if options.format == "json":
        _write(sys.stdout, output.as_json(results, strict=options.strict))
    elif options.format == "gitlab":
        _write(sys.stdout, output.as_gitlab(results))
    else:
        _write(sys.stdout, output.summary(results, strict=options.strict))
    return exit_code(results, strict=options.strict)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="hatch-nocache",
        description="Keep caches, virtual environments and unsafe symlinks out of sdists and wheels.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"{_version('hatch-nocache')} ({_version('hatchling')})")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    checked = commands.add_parser(
        "check",
        help="say what a build would leave out or reject, or what is wrong with an archive",
        description="Say, without building, what the build hook would do for each target of a project; or say what is "
        "wrong with an sdist or a wheel from any build backend.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    checked.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="a project or the root of a workspace (default: .), an sdist, a wheel or a directory of them",
    )
    checked.add_argument(
        "-t",
        "--target",
        action="append",
        default=[],
        help="a target of the project, such as sdist, wheel or wheel:editable; may be repeated (default: all)",
    )
    checked.add_argument("--format", choices=output.FORMATS, default="text", help="default: text")
    checked.add_argument(
        "--allow",
        action="append",
        default=[],
        type=_pattern,
        metavar="PATTERN",
        help="a gitignore pattern: paths in archives that are in order; may be repeated",
    )
    checked.add_argument("--strict", action="store_true", help="exit with 1 when something would be left out, too")
    checked.add_argument("-v", "--verbose", action="store_true", help="list all findings, and who refuses an archive")
    checked.add_argument(
        "--run-hooks",
        action="store_true",
        help="run the project's other build hooks, its metadata hooks and its custom builder",
    )
    explained = commands.add_parser("explain", help="explain a code: cause, remedies, an example")
    explained.add_argument("codes", nargs="*", metavar="CODE", help="such as NC102 (default: all codes)")
    return parser


def _pattern(text: str) -> str:
    try:
        Patterns([text])
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"invalid pattern {text!r} ({error})") from error
    return text


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} (not installed)"


# --- Streams ----------------------------------------------------------------------------------------------------------


def _replace_closed_streams() -> None:
    """Replace streams that the parent closed (`>&-`) with `os.devnull`."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process


def _discard(stream: TextIO) -> None:
    """Discard what the interpreter would write to the stream when it ends: an error there changes the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _flush(stream: TextIO) -> bool:
    """Return whether the stream could be flushed: argparse ignores errors of its own output."""
    try:
        stream.flush()
    except OSError:
        _discard(stream)
        return False
    return True


def _say(text: str) -> None:
    """Write a last line to stderr, if that is possible."""
    with contextlib.suppress(UnwritableError, BrokenPipeError):
        _write(sys.stderr, f"hatch-nocache: {text}")


def _write(stream: TextIO, text: str) -> None:
    """Write lines to a stream of any encoding; what it cannot encode is written as a backslash escape.

    Raises:
        BrokenPipeError: the reader has closed the pipe.
        UnwritableError: the stream cannot be written to; the message says why.
    """
    if not text:
        return
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnwritableError(error.strerror) from error
