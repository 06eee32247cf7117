"""`hatch-nocache`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any, List, NoReturn, Optional, Sequence

from hatch_nocache.cli import output
from hatch_nocache.cli.check import Request, check
from hatch_nocache.cli.result import CLEAN, UNUSABLE, Result, exit_code
from hatch_nocache.patterns import Patterns
from hatch_nocache.report import escape
from hatch_nocache.rules import CODES

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
  hatch-nocache explain NC102

exit code of check: 0 nothing is rejected, 1 something is rejected (with --strict: or dropped), 2 an error in the
arguments, the configuration or the input; with several paths the highest. An archive that breaks a rule is rejected.
"""


class _UnwritableError(Exception):
    """The output cannot be written: the disk may be full."""


class _Parser(argparse.ArgumentParser):
    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        # It repeats the arguments, which may be names of files.
        super().error(escape(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        # Depending on the version of Python, the base class ignores an error.
        _write(file or sys.stderr, message.rstrip("\n"))


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the console script and return its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # The parent has closed it (`>&-`).
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
    try:
        code = _run(arguments)
    except KeyboardInterrupt:
        code = _fail("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        code = _BROKEN_PIPE
    except _UnwritableError as error:
        code = _fail(f"the output cannot be written: {error}", UNUSABLE)
    for stream in (sys.stdout, sys.stderr):
        _discard(stream)
    return code


def _run(arguments: Optional[Sequence[str]]) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:
        # `--help`, or an error in the arguments.
        return int(stop.code or 0)
    return _explain(options.codes) if options.command == "explain" else _check(options)


def _explain(codes: Sequence[str]) -> int:
    """Print the sections of codes.md on `codes`, or all of them. docs/codes.md is a copy."""
    with open(os.path.join(os.path.dirname(__file__), "codes.md"), encoding="utf-8") as file:
        sections = file.read().split("\n## ")[1:]
    texts = dict(zip(CODES, sections))
    unknown = [code for code in codes if code.upper() not in texts]
    if unknown:
        return _fail(escape(f"{unknown[0]}: unknown code; known codes: {', '.join(CODES)}"), UNUSABLE)
    _write(sys.stdout, "\n\n".join(f"## {texts[code.upper()].strip()}" for code in codes or CODES))
    return CLEAN


def _check(options: argparse.Namespace) -> int:
    style = output.style_of(os.environ, is_terminal=sys.stdout.isatty())
    targets = [target for given in options.target for target in given.split(",") if target]
    request = Request(targets, Patterns(options.allow), options.run_hooks)
    results: List[Result] = []
    for path in options.paths:
        found = check(path, request)
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
    )
    versions = f"{_version('hatch-nocache')} ({_version('hatchling')})"
    parser.add_argument("--version", action="version", version=versions)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)

    command = commands.add_parser("explain", help="explain codes: cause, remedies, an example")
    command.add_argument("codes", nargs="*", metavar="CODE", help="such as NC102 (default: all codes)")

    command = commands.add_parser(
        "check",
        help="say what a build would leave out or reject, or what is wrong with an archive",
        description="Say, without building, what the build hook would do for each target of a project;\n"
        "or say what is wrong with an sdist or a wheel from any build backend.",
    )
    paths = "a project or the root of a workspace (default: .), an sdist, a wheel or a directory of them"
    command.add_argument("paths", nargs="*", default=["."], metavar="PATH", help=paths)
    targets = "a target of the project, such as sdist, wheel or wheel:editable; may be repeated (default: all)"
    command.add_argument("-t", "--target", action="append", default=[], help=targets)
    command.add_argument("--format", choices=output.FORMATS, default="text", help="default: text")
    allow = "a gitignore pattern for paths in archives that are in order; may be repeated"
    command.add_argument("--allow", action="append", default=[], type=_pattern, metavar="PATTERN", help=allow)
    command.add_argument("--strict", action="store_true", help="exit with 1 if something would be dropped, too")
    command.add_argument("-v", "--verbose", action="store_true", help="list all findings")
    hooks = "run the project's other build hooks, its metadata hooks and its custom builder"
    command.add_argument("--run-hooks", action="store_true", help=hooks)
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


def _write(stream: Any, text: str) -> None:
    """Write lines to a stream of any encoding; what it cannot encode is written as a backslash escape.

    Raises:
        BrokenPipeError: the reader has closed the pipe.
        _UnwritableError: the stream cannot be written to; the message says why.
    """
    encoding = stream.encoding or "utf-8"
    try:
        if text:
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
            stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _UnwritableError(error.strerror) from error


def _fail(text: str, code: int) -> int:
    """Write a last line to stderr, if that is possible, and return the exit code."""
    with contextlib.suppress(_UnwritableError, BrokenPipeError):
        _write(sys.stderr, f"hatch-nocache: {text}")
    return code


def _discard(stream: Any) -> None:
    """Discard what cannot be written: an error at the interpreter's end changes the exit code."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
