"""The command line of `hatch-nocache`."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from importlib.metadata import distributions
from typing import Any, Sequence, TextIO

from hatch_nocache import _hatchling
from hatch_nocache.cli import output
from hatch_nocache.cli.check import Request, check
from hatch_nocache.cli.result import CLEAN, UNUSABLE
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
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # The parent has closed it (`>&-`).
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
    try:
        return _end(*_run(arguments))
    except KeyboardInterrupt:
        return _end(_INTERRUPTED, "", "hatch-nocache: interrupted")


def _run(arguments: Sequence[str] | None) -> tuple[int, str, str]:
    """Return the exit code, and the texts for stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            options = _parser().parse_args(arguments)
    except SystemExit as stop:
        # `--help`, or an error. It repeats the arguments, which may be file names.
        return int(stop.code or 0), out.getvalue().rstrip(), "\n".join(map(escape, err.getvalue().splitlines()))
    return _explain(options.codes) if options.command == "explain" else _check(options)


def _explain(codes: Sequence[str]) -> tuple[int, str, str]:
    """Return the sections of codes.md on `codes`, or all. docs/codes.md is a copy."""
    with open(os.path.join(os.path.dirname(__file__), "codes.md"), encoding="utf-8") as file:
        sections = dict(zip(CODES, file.read().split("\n## ")[1:]))
    for code in codes:
        if code.upper() not in sections:
            return UNUSABLE, "", f"hatch-nocache: {escape(code)}: unknown code; known codes: {', '.join(CODES)}"
    return CLEAN, "\n\n".join(f"## {sections[code.upper()].strip()}" for code in codes or CODES), ""


def _check(options: argparse.Namespace) -> tuple[int, str, str]:
    try:
        request = Request(options.target, Patterns(options.allow), options.run_hooks)
    except ValueError as error:
        return UNUSABLE, "", f"hatch-nocache: --allow: invalid pattern ({escape(str(error))})"
    results = [result for path in options.paths for result in check(path, request)]
    codes = [result.exit_code(strict=options.strict) for result in results]
    errors = [f"hatch-nocache: {line}" for result in results for line in output.error_lines(result)]
    if options.format == "json":
        lines = [output.as_json(results, codes)]
    elif options.format == "gitlab":
        lines = [output.as_gitlab(results)]
    elif options.format == "github":
        lines = [*output.as_github(results), output.summary(codes)]
    else:
        texts = [output.as_text(result, verbose=options.verbose) for result in results]
        lines = list(filter(None, [*texts, output.summary(codes) if len(codes) > 1 else ""]))
    return max(codes), "\n".join(lines), "\n".join(errors)


def _parser() -> argparse.ArgumentParser:
    common: Any = {"epilog": _EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
    about = "Keep caches, virtual environments and unsafe symlinks out of sdists and wheels."
    parser = argparse.ArgumentParser(prog="hatch-nocache", description=about, **common)
    # Empty if the command runs from the source tree.
    own = " ".join(each.version for each in distributions(name="hatch-nocache"))
    text = f"hatch-nocache {own} (hatchling {_hatchling.VERSION})"
    parser.add_argument("--version", action="version", version=text)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)

    add = commands.add_parser("explain", help="explain codes: cause, remedies, an example", **common).add_argument
    add("codes", nargs="*", metavar="CODE", help="such as NC102 (default: all codes)")

    about = "report what a build would leave out or reject, without building, or what is wrong with an archive"
    add = commands.add_parser("check", help=about, description=about, **common).add_argument
    add("paths", nargs="*", default=["."], metavar="PATH", help="project, workspace, archive or directory of archives")
    add("-t", "--target", action="append", default=[], help="such as wheel or wheel:editable; may be repeated")
    add("--format", choices=("text", "json", "github", "gitlab"), default="text", help="default: text")
    add(
        "--allow",
        action="append",
        default=[],
        metavar="PATTERN",
        help="accept the paths in archives that match this gitignore pattern",
    )
    add("--strict", action="store_true", help="exit with 1 also if something would be dropped")
    add("-v", "--verbose", action="store_true", help="list all findings")
    add("--run-hooks", action="store_true", help="run the other build hooks, metadata hooks and the custom builder")
    return parser


def _end(code: int, out: str, err: str) -> int:
    """Write both texts and return the exit code."""
    error = _write(sys.stdout, out)
    if isinstance(error, BrokenPipeError):
        code = _BROKEN_PIPE
    elif error is not None:
        code = UNUSABLE
        err += f"{err and chr(10)}hatch-nocache: the output cannot be written: {error.strerror}"
    return code if _write(sys.stderr, err) is None else max(code, UNUSABLE)


def _write(stream: TextIO, text: str) -> OSError | None:
    """Write lines to a stream of any encoding. Return the error if it fails."""
    encoding = stream.encoding or "utf-8"
    try:
        if text:
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()
    except OSError as error:
        # Discard the rest: an error at the interpreter's end changes the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None
