"""The console script as a user runs it: arguments, exit codes, streams, signals."""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import time
import types
from importlib.metadata import version
from pathlib import Path

import pytest
from test_check import BASE, posix, sdist
from test_result import HOSTILE, validate

from hatch_nocache.cli import main as module
from hatch_nocache.cli.main import main
from hatch_nocache.rules import CODES

MODULE = [sys.executable, "-m", "hatch_nocache"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("UV_CACHE_DIR", "PYTHONUNBUFFERED")}
FULL = OSError(28, "no room")


@pytest.fixture
def here(project, monkeypatch):
    """A project with a cache in it: the working directory."""
    project.make("uv cache", ".uv-cache")
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    return project.root


def run(command, *arguments, env=None, **more):
    """Run it in a process of its own."""
    return subprocess.run(
        [*command, *map(str, arguments)],
        env={**ENVIRONMENT, "PYTHONWARNINGS": "error", **(env or {})},
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=120,
        check=False,
        **(more or {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}),
    )


def call(capsys, *arguments):
    """Run it in this process: exit code, stdout, stderr."""
    return (main([*map(str, arguments)]), *capsys.readouterr())


@pytest.mark.usefixtures("here")
def test_project():
    """Something is left out: that is fine, unless --strict."""
    done = run(MODULE, "check", "-t", "sdist", "--target", "wheel", env={"UV_CACHE_DIR": ".uv-cache"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        ".: Hatchling project demo",
        "  sdist: 1 dropped",
        "  wheel: nothing found",
        "  dropped   NC001 .uv-cache/   uv cache: UV_CACHE_DIR=.uv-cache points into the project (sdist)",
        '  hint: to pack it anyway, add "/.uv-cache/" to `allow` in [tool.hatch.build.hooks.nocache]',
    ]
    assert run(MODULE, "check", "--strict").returncode == 1


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("text", ".: Hatch"),
        ("github", "::warning file=.uv-cache,"),
        ("json", '{\n  "version": 2,'),
        ("gitlab", "[\n  {\n"),
    ],
)
def test_formats(form, begins, capsys):
    """With an error among the paths: one line on stderr, exit code 2."""
    code, out, err = call(capsys, "check", "--format", form, ".", "nothing")
    assert (code, err) == (2, "hatch-nocache: nothing: no such file or directory\n")
    assert out.startswith(begins)
    assert out.endswith("2 paths: 1 accepted, 1 with errors\n") is (form in ("github", "text"))
    if form == "json":
        validate(json.loads(out))


def test_every_path_is_reported(here, capsys):
    """An unreadable path does not hide the others; the exit code is the highest. -v lists all findings."""
    sdist(here / "good.tar.gz", {})
    sdist(here / "bad.tar.gz", {f"l{number:02}": "-> /etc/passwd" for number in range(12)})
    code, out, err = call(capsys, "check", "nothing", "bad.tar.gz", "good.tar.gz", ".")
    assert code == 2
    heads = [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")]
    assert heads == ["bad.tar.gz", "good.tar.gz", ".", "4 paths"]
    assert err.count("\n") == 1
    assert out.count("NC101") == 10
    code, out, _ = call(capsys, "check", "-v", "bad.tar.gz", ".")
    assert (code, out.count("NC101")) == (1, 12)
    assert call(capsys, "check", "bad.tar.gz", "--allow", "x", "--allow", "/l*")[0] == 0


def test_encoding(here):
    """A character that the encoding of the terminal lacks is escaped."""
    sdist(here / "x.tar.gz", {"\N{SNOWMAN}": "-> /etc/passwd"})
    done = run(MODULE, "check", "x.tar.gz", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert "NC101 \\u2603 -> /etc/passwd" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["chekc"], "invalid choice"),
        (["check", "--format", "xml"], "invalid choice"),
        (["check", f"--{HOSTILE}"], "unrecognized arguments: --a\\x1b[31m"),
        (["check", "--allow", "[\x1b-\1]"], "hatch-nocache: --allow: invalid pattern (bad character range \\x1b-\\x01"),
        (["explain", "NC001", "NC999"], "hatch-nocache: NC999: unknown code; known codes: NC001, NC002"),
    ],
)
def test_usage(arguments, error, capsys):
    """Exit code 2, and no argument reaches the terminal as it is."""
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert error in err
    assert all(line.isprintable() for line in err.splitlines())
    assert "::error" not in err


def test_help_and_version(capsys):
    """`--help` has examples; `--version` names Hatchling's."""
    for arguments in (["--help"], ["check", "--help"]):
        code, out, _ = call(capsys, *arguments)
        assert (code, "hatch-nocache check --format gitlab > gl-code-quality-report.json" in out) == (0, True)
    out = call(capsys, "--version")[1]
    assert out.startswith("hatch-nocache ")
    assert out.endswith(f" (hatchling {version('hatchling')})\n")


def test_explain(capsys):
    """Codes in the order of the arguments; without any, all of them."""
    code, out, _ = call(capsys, "explain", "nc205", "NC102")
    assert (code, [line for line in out.splitlines() if line.startswith("## ")]) == (0, ["## NC205", "## NC102"])
    code, out, err = call(capsys, "explain")
    assert (code, err) == (0, "")
    assert [line[3:] for line in out.splitlines() if line.startswith("## ")] == list(CODES)
    sections = dict(zip(CODES, out.split("## ")[1:]))
    for code, (_, finding) in CODES.items():
        title, _, example = sections[code].partition("```text\n")
        assert f"{finding[1:]}. Default: " in title
        assert "\nRemedies:\n\n- " in title
        assert f"  {code} " in example
        assert max(map(len, sections[code].splitlines())) <= 120
    written = (Path(__file__).parents[2] / "docs/codes.md").read_text(encoding="utf-8")
    assert written.partition("\n## ")[2] == out[3:]


@posix
@pytest.mark.usefixtures("here")
def test_reader_that_goes_away():
    """`| head`: no traceback, and the exit code that a shell reports for it."""
    with subprocess.Popen(
        [*MODULE, "check"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 141


@posix
def test_interrupt(here):
    """One line, no traceback, also if the tests run with SIGINT ignored."""
    (here / "pyproject.toml").write_text(BASE + "[tool.hatch.build.hooks.custom]\n", encoding="utf-8")
    (here / "hatch_build.py").write_text("print('ready', flush=True)\nimport time\ntime.sleep(60)\n", encoding="utf-8")
    with subprocess.Popen(
        [*MODULE, "check", "--run-hooks"],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as command:
        assert command.stderr.readline() == "ready\n"
        time.sleep(0.1)
        command.send_signal(signal.SIGINT)
        assert command.stderr.read() == "hatch-nocache: interrupted\n"
    assert command.returncode == 130


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "nowhere"], ["check", "--format", "json"], ["check", "--x"], ["--help"], ["explain"]],
)
def test_full_disk(arguments):
    """stdout, or stdout and stderr: exit code 2, with and without a buffer."""
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = run(MODULE, *arguments, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 2
        if "--x" not in arguments:
            text = "nowhere: no such file" if "nowhere" in arguments else "the output cannot be written: No space left"
            assert done.stderr.startswith(f"hatch-nocache: {text}")
            assert done.stderr.count("\n") == 1
        for variable in ({}, {"PYTHONUNBUFFERED": "1"}):
            assert run(MODULE, *arguments, stdout=full, stderr=full, env=variable).returncode == 2


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("error", "full", "code"),
    [(BrokenPipeError(), "stdout", 141), (FULL, "stdout", 2), (FULL, "stderr", 2), (FULL, "stdout stderr", 2)],
)
def test_streams_that_fail(error, full, code, tmp_path, capsys, monkeypatch):
    """Nothing is left to be written when the interpreter ends."""

    def fail(*_):
        raise error

    with open(tmp_path / "out", "w", encoding="utf-8") as file:
        stream = types.SimpleNamespace(encoding="utf-8", write=fail, flush=fail, fileno=file.fileno)
        for name in full.split():
            monkeypatch.setattr(sys, name, stream)
        assert main(["check"]) == code
        file.write("lost")
    assert (tmp_path / "out").read_text(encoding="utf-8") == ""
    full = full == "stdout" and code == 2
    assert capsys.readouterr().err == ("hatch-nocache: the output cannot be written: no room\n" if full else "")


def test_interrupt_in_process(capsys, monkeypatch):
    """The exit code of a shell."""

    def check(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "check", check)
    assert call(capsys, "check") == (130, "", "hatch-nocache: interrupted\n")


@pytest.mark.usefixtures("here")
def test_closed_streams(monkeypatch):
    """`python -m hatch_nocache check >&- 2>&-`: only the exit code is left."""
    for owner, name, value in ((sys, "argv", ["", "check"]), (sys, "stdout", None), (sys, "stderr", None)):
        monkeypatch.setattr(owner, name, value)
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("hatch_nocache", run_name="__main__")
    assert stop.value.code == 0
    sys.stdout.close()
    sys.stderr.close()


@posix
@pytest.mark.usefixtures("here")
def test_closed_stdin():
    """It is replaced first: another file must not get the descriptor of stdout."""
    command = ["sh", "-c", 'exec "$0" -m hatch_nocache check <&- >&-', sys.executable]
    done = run(command, env={"PYTHONWARNINGS": "ignore"})
    assert (done.returncode, done.stderr) == (0, "")
