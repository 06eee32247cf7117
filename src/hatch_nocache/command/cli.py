"""`hatch-nocache`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import List, NoReturn, Optional, Sequence

from hatchling.__about__ import __version__

from hatch_nocache.command import checks, formats, listing, terminal
from hatch_nocache.command.outcome import Outcome, exit_code
from hatch_nocache.report import escape

__all__ = ["main"]

# As a shell reports the end by these signals.
_INTERRUPTED, _BROKEN_PIPE = 130, 141
_UNWRITABLE = 2
_EPILOG = (
    "exit code: 0 nothing is rejected (dropped is fine), 1 something is rejected or an archive breaks a rule, "
    "2 usage, configuration or unreadable input; with several paths the highest of theirs"
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # It repeats the arguments, which may be names of files.
        super().error(escape(message))


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """The console script."""
    terminal.open_streams()
    options = _parser().parse_args(arguments)
    try:
        code = _check(options)
    except KeyboardInterrupt:
        terminal.write(sys.stderr, "hatch-nocache: interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        _close_output()
        return _BROKEN_PIPE
    except terminal.UnwritableError as error:
        _close_output()
        # Which may be as full.
        with contextlib.suppress(terminal.UnwritableError):
            terminal.write(sys.stderr, f"hatch-nocache: the output cannot be written: {error}")
        return _UNWRITABLE
    return code


def _close_output() -> None:
    """Nothing may be written when the interpreter ends, either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _check(options: argparse.Namespace) -> int:
    style = terminal.Style.of(sys.stdout, os.environ)
    targets = [target for given in options.target for target in given.split(",") if target]
    outcomes: List[Outcome] = []
    for number, path in enumerate(options.paths, 1):
        with terminal.progress(sys.stderr, f"hatch-nocache: {number} of {len(options.paths)}: {path}"):
            outcome = checks.check(path, targets, run_hooks=options.run_hooks)
        outcomes.append(outcome)
        for error in outcome.errors:
            terminal.write(sys.stderr, f"hatch-nocache: {escape(path)}: {escape(error)}")
        if options.format == "text":
            terminal.write(sys.stdout, listing.as_text(outcome, style, verbose=options.verbose))
        elif options.format == "github":
            terminal.write(sys.stdout, formats.as_github(outcome))
    if options.format == "json":
        terminal.write(sys.stdout, formats.as_json(outcomes))
    else:
        terminal.write(sys.stdout, listing.summary(outcomes))
    return exit_code(outcomes)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="hatch-nocache",
        description="Keep caches, virtual environments and unsafe links out of sdists and wheels.",
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    check = commands.add_parser(
        "check",
        help="say what the hook would do in a project, or what is wrong with an sdist or a wheel",
        description="Say what the build hook would do for each target of a project, without building; or what is "
        "wrong with an sdist or a wheel, whoever built it.",
        epilog=_EPILOG,
    )
    check.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="a project (default: .), an sdist or a wheel"
    )
    check.add_argument(
        "-t",
        "--target",
        action="append",
        default=[],
        metavar="TARGET",
        help="a target of the project, such as sdist, wheel or wheel:editable; may be repeated (default: all)",
    )
    check.add_argument("--format", choices=formats.FORMATS, default="text", help="default: text")
    check.add_argument("-v", "--verbose", action="store_true", help="show every finding")
    check.add_argument(
        "--run-hooks",
        action="store_true",
        help="let the project's other build hooks, its metadata hooks and its custom builder run",
    )
    return parser


def _version() -> str:
    try:
        own = version("hatch-nocache")
    except PackageNotFoundError:
        own = "(not installed)"
    return f"hatch-nocache {own} (hatchling {__version__})"
