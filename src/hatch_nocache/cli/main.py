"""The command line of `hatch-nocache`."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from importlib.metadata import distributions
from typing import Any, Sequence

from hatch_nocache import _hatchling
from hatch_nocache.cli.check import Request, check
from hatch_nocache.cli.result import CLEAN, FORMATS, UNUSABLE, as_text, error_lines
from hatch_nocache.patterns import Patterns
from hatch_nocache.report import escape
from hatch_nocache.rules import CODES

# The exit codes of a shell for these signals.
_INTERRUPTED, _BROKEN_PIPE = 130, 141
_EPILOG = """\
examples:
  hatch-nocache check                        what a build of this project would leave out or reject
  hatch-nocache check -t wheel:editable      the same, for one target only
  hatch-nocache check dist                   all archives in dist/
  hatch-nocache check --allow '/demo/venv/' dist/demo-1.0-py3-none-any.whl
  hatch-nocache check --format gitlab > gl-code-quality-report.json
  hatch-nocache explain NC102

exit code of check: 0 if nothing is rejected, 1 if something is rejected (with --strict: or dropped), 2 for errors in
arguments, configuration or input. With several paths, it is the highest. An archive that breaks a rule is rejected.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console script and return its exit code."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # The parent has closed it (`>&-`). In this order, each gets its own descriptor.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            options = _parser().parse_args(arguments)
        return _explain(options.codes) if options.command == "explain" else _check(options)
    except SystemExit as stop:
        # `--help`, or an error. It repeats the arguments, which may be file names.
        return _end(int(stop.code or 0), out.getvalue().splitlines(), [*map(escape, err.getvalue().splitlines())])
    except KeyboardInterrupt:
        return _end(_INTERRUPTED, [], ["hatch-nocache: interrupted"])


def _end(code: int, out: list[str], err: list[str]) -> int:
    """Write the lines to streams of any encoding, and return the exit code."""
    for stream, lines in ((sys.stdout, out), (sys.stderr, err)):
        encoding = stream.encoding or "utf-8"
        text = "".join(f"{line}\n" for line in lines)
        try:
            if text:
                stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            stream.flush()
        except OSError as error:
            # Discard the rest: an error at the interpreter's end changes the exit code.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if isinstance(error, BrokenPipeError) and stream is sys.stdout:
                code = _BROKEN_PIPE
            else:
                code = max(code, UNUSABLE)
                err.append(f"hatch-nocache: the output cannot be written: {error.strerror}")
    return code


def _explain(codes: Sequence[str]) -> int:
    """Print the sections of docs/codes.md on `codes`, or all. A wheel contains a copy of the file."""
    here = os.path.dirname(__file__)
    places = (os.path.join(here, "codes.md"), os.path.join(here, "..", "..", "..", "docs", "codes.md"))
    with open(next(filter(os.path.exists, places)), encoding="utf-8") as file:
        sections = dict(zip(CODES, file.read().split("\n## ")[1:]))
    for code in codes:
        if code.upper() not in sections:
            known = ", ".join(CODES)
            return _end(UNUSABLE, [], [f"hatch-nocache: {escape(code)}: unknown code; known codes: {known}"])
    return _end(CLEAN, ["\n\n".join(f"## {sections[code.upper()].strip()}" for code in codes or CODES)], [])


def _check(options: argparse.Namespace) -> int:
    try:
        request = Request(options.target, Patterns(options.allow), options.run_hooks)
    except ValueError as error:
        return _end(UNUSABLE, [], [f"hatch-nocache: --allow: invalid pattern ({escape(str(error))})"])
    results = [each.with_exit_code(strict=options.strict) for path in options.paths for each in check(path, request)]
    lines = as_text(results, verbose=options.verbose) if options.format == "text" else FORMATS[options.format](results)
    errors = [f"hatch-nocache: {line}" for result in results for line in error_lines(result)]
    return _end(max(result.exit_code for result in results), [*lines], errors)


def _parser() -> argparse.ArgumentParser:
    common: Any = {"epilog": _EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
    about = "Keep caches, virtual environments and unsafe symlinks out of sdists and wheels."
    parser = argparse.ArgumentParser(prog="hatch-nocache", description=about, **common)
    # Empty if the command runs from the source tree.
    own = " ".join(each.version for each in distributions(name="hatch-nocache"))
    parser.add_argument("--version", action="version", version=f"hatch-nocache {own} (hatchling {_hatchling.VERSION})")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)

    add = commands.add_parser("explain", help="explain codes: cause, remedies, an example", **common).add_argument
    add("codes", nargs="*", metavar="CODE", help="such as NC102 (default: all codes)")

    about = "report what a build would leave out or reject, without building, or what is wrong with an archive"
    add = commands.add_parser("check", help=about, description=about, **common).add_argument
    add("paths", nargs="*", default=["."], metavar="PATH", help="project, workspace, archive or directory of archives")
    add("-t", "--target", action="append", default=[], help="such as wheel or wheel:editable; may be repeated")
    add("--format", choices=("text", *FORMATS), default="text", help="default: text")
    allow = "accept the paths in archives that match this gitignore pattern"
    add("--allow", action="append", default=[], metavar="PATTERN", help=allow)
    add("--strict", action="store_true", help="exit with 1 also if something would be dropped")
    add("-v", "--verbose", action="store_true", help="list all findings")
    add("--run-hooks", action="store_true", help="run the other build hooks, metadata hooks and the custom builder")
    return parser
