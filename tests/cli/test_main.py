"""The console script as a user runs it: arguments, exit codes, streams, signals."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from building import build
from projects import plant
from test_check import BASE, HOOK, sdist
from test_output import HOSTILE, validate

from hatch_nocache.cli import main as module
from hatch_nocache.cli.main import main
from hatch_nocache.rules import CODES

SCRIPT = shutil.which("hatch-nocache", path=os.path.dirname(sys.executable))
MODULE = [sys.executable, "-m", "hatch_nocache"]
COMMANDS = [pytest.param(MODULE, id="module"), *([pytest.param([SCRIPT], id="script")] if SCRIPT else [])]
VARIABLES = ("UV_CACHE_DIR", "NO_COLOR", "FORCE_COLOR", "PYTHONUNBUFFERED")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in VARIABLES}
needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    """Nothing that the terminal of the tests says."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A project with a cache in it: the working directory."""
    (tmp_path / "src/demo").mkdir(parents=True)
    (tmp_path / "src/demo/__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(BASE + HOOK, encoding="utf-8")
    plant(str(tmp_path), ".uv-cache", "uv cache", [])
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
    code = main([str(argument) for argument in arguments])
    return (code, *capsys.readouterr())


# --- As a user --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", COMMANDS)
def test_project(command):
    """Something is left out: that is fine, unless --strict."""
    done = run(command, "check", env={"UV_CACHE_DIR": ".uv-cache"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        ".: Hatchling project demo",
        "  sdist: 1 dropped",
        "    dropped   NC001 .uv-cache/   uv cache: UV_CACHE_DIR=.uv-cache points into the project",
        '    hint: to pack it anyway, add "/.uv-cache/" to `allow` in [tool.hatch.build.hooks.nocache]',
        "  wheel: nothing found",
    ]
    assert run(command, "check", "--strict").returncode == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_archives(command, here):
    """Built without the hook, and with it."""
    build(here, "sdist", here / "without", {"HATCH_BUILD_NO_HOOKS": "true"})
    done = run(command, "check", "without")
    assert (done.returncode, done.stderr) == (1, "")
    first, second, *_ = done.stdout.splitlines()
    assert first.startswith("without/demo-1.0.tar.gz: sdist, top-level directory demo-1.0/, 13 members, ")
    assert second.startswith("  rejected  NC001 .uv-cache/   uv cache: valid CACHEDIR.TAG")
    for target in ("sdist", "wheel"):
        build(here, target, here / target, {})
        shutil.copytree(str(here / target), str(here / "dist"), dirs_exist_ok=True)
    done = run(command, "check", "dist")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.rpartition("; ")[2] for line in done.stdout.splitlines()] == [
        "nothing found",
        "nothing found",
        "2 paths: 2 accepted",
    ]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("form", ["json", "gitlab", "github", "text"])
def test_formats(form, capsys):
    """Each of them, with an error among the paths: one line on stderr, exit code 2."""
    code, out, err = call(capsys, "check", "--format", form, ".", "nothing")
    assert (code, err) == (2, "hatch-nocache: nothing: there is no such file or directory\n")
    if form == "json":
        validate(json.loads(out))
        assert [each["exit_code"] for each in json.loads(out)["results"]] == [0, 2]
    elif form == "gitlab":
        assert [(each["check_name"], each["severity"]) for each in json.loads(out)] == [
            ("NC001", "minor"),
            ("hatch-nocache", "blocker"),
        ]
    elif form == "github":
        assert out.startswith("::warning file=.uv-cache,title=hatch-nocache NC001 (sdist)::NC001 .uv-cache/   uv cache")
        assert out.splitlines()[-3:-1] == [
            "::error file=nothing,title=hatch-nocache::there is no such file or directory",
            "hatch-nocache: nothing: not checked",
        ]
    if form in ("github", "text"):
        assert out.endswith("2 paths: 1 accepted, 1 with errors\n")


def test_every_path_is_reported(here, capsys):
    """An unreadable path does not hide the others; the exit code is the highest."""
    sdist(here / "good.tar.gz", {})
    sdist(here / "bad.tar.gz", {"l": "-> /etc/passwd"})
    code, out, err = call(capsys, "check", "nothing", "bad.tar.gz", "good.tar.gz", ".")
    assert code == 2
    assert [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")] == [
        "bad.tar.gz",
        "good.tar.gz",
        ".",
        "4 paths",
    ]
    assert err.count("\n") == 1
    assert call(capsys, "check", "bad.tar.gz", ".")[0] == 1
    assert call(capsys, "check", "bad.tar.gz", "--allow", "x", "--allow", "/l")[0] == 0


def test_configuration_errors(here, capsys):
    """All at once, each with its line."""
    (here / "pyproject.toml").write_text(BASE + HOOK + 'cache = "drop"\nverify = 1\n', encoding="utf-8")
    code, _, err = call(capsys, "check")
    assert code == 2
    assert err.splitlines() == [
        "hatch-nocache: pyproject.toml:10: tool.hatch.build.hooks.nocache.cache: unknown key; did you mean `caches`?",
        (
            "hatch-nocache: pyproject.toml:11: tool.hatch.build.hooks.nocache.verify: "
            'expected "auto", true or false, got 1'
        ),
    ]


def test_hostile_names(here, capsys):
    """Neither a path nor a message reaches the terminal as it is, nor what its encoding lacks."""
    (here / "pyproject.toml").write_text(BASE + HOOK + '"k\\u001b[31m\\n::error::" = 1\n', encoding="utf-8")
    code, _, err = call(capsys, "check", HOSTILE, ".")
    assert code == 2
    assert len(err.splitlines()) == 2
    assert all(line.isprintable() for line in err.splitlines())
    assert "::" not in err
    sdist(here / "x.tar.gz", {"\N{SNOWMAN}": "-> /etc/passwd"})
    done = run(MODULE, "check", "x.tar.gz", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert "NC101 \\u2603 -> /etc/passwd" in done.stdout


def test_verbose_and_color(here, capsys, monkeypatch):
    """-v lists all findings; FORCE_COLOR colors a pipe."""
    for number in range(12):
        (here / f"src/demo/l{number:02}").symlink_to("/etc/passwd")
    assert call(capsys, "check", "-t", "sdist")[1].count("NC101 src/demo/l") == 10
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = call(capsys, "check", "-t", "sdist", "-v")[1]
    assert out.count("NC101 src/demo/l") == 12
    assert out.count("\x1b[31mrejected\x1b[0m") == 12


def test_the_hook_never_imports_the_command():
    """A build does not pay for it."""
    program = "import sys, hatchling.builders.wheel; before = set(sys.modules)\n"
    program += "import hatch_nocache.hooks; print(*sorted(set(sys.modules) - before))"
    loaded = run([sys.executable], "-c", program).stdout.split()
    assert "hatch_nocache.plugin" in loaded
    assert not [name for name in loaded if name.startswith(("hatch_nocache.cli", "hatch_nocache.archive", "argparse"))]


# --- Arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["chekc"],
        ["check", "--format", "xml"],
        ["check", "--target"],
        ["check", "--allow", "[z-a]"],
        ["check", f"--{HOSTILE}"],
    ],
)
def test_usage(arguments, capsys):
    """Exit code 2, and no argument reaches the terminal as it is."""
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: hatch-nocache")
    assert all(line.isprintable() for line in err.splitlines())
    assert "::error" not in err


def test_help_and_version(capsys, monkeypatch):
    """`--help` has examples; `--version` names Hatchling's."""
    for arguments in (["--help"], ["check", "--help"]):
        code, out, _ = call(capsys, *arguments)
        assert (code, "hatch-nocache check --format gitlab > gl-code-quality-report.json" in out) == (0, True)
    assert call(capsys, "--version")[1].startswith("hatch-nocache ")

    def version(name):
        raise module.PackageNotFoundError(name)

    monkeypatch.setattr(module, "version", version)
    assert call(capsys, "--version")[1] == "hatch-nocache (not installed) (hatchling (not installed))\n"


@pytest.mark.usefixtures("here")
def test_targets(capsys):
    """Repeated, or with commas between them."""
    code, out, _ = call(capsys, "check", "-t", "wheel:editable,sdist", "--target", "wheel")
    assert code == 0
    assert [line for line in out.splitlines() if not line.startswith("   ")] == [
        ".: Hatchling project demo",
        "  wheel:editable: nothing found",
        "  sdist: 1 dropped",
        "  wheel: nothing found",
    ]


# --- explain ----------------------------------------------------------------------------------------------------------


def test_every_code_is_explained(capsys):
    """In the order of the table of codes; without an argument, all of them. docs/codes.md is the same text."""
    code, out, err = call(capsys, "explain")
    assert (code, err) == (0, "")
    assert [line[3:] for line in out.splitlines() if line.startswith("## ")] == list(CODES)
    sections = dict(zip(CODES, out.split("## ")[1:]))
    for row in CODES.values():
        title, _, example = sections[row.id].partition("```text\n")
        assert f"{row.finding[1:]}. Default: {row.default}.\n" in title
        assert "\nRemedies:\n\n- " in title
        assert f"  {row.id} " in example
        assert max(map(len, sections[row.id].splitlines())) <= 120
    written = Path(module.__file__).with_name("codes.md").read_text(encoding="utf-8")
    assert written.partition("\n## ")[2] == out[3:]
    assert (Path(__file__).parents[2] / "docs/codes.md").read_text(encoding="utf-8") == written


def test_explain(capsys):
    """One or several codes; an unknown one is an error that lists the codes."""
    code, out, _ = call(capsys, "explain", "nc102", "NC205")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("## ")] == ["## NC102", "## NC205"]
    code, out, err = call(capsys, "explain", "NC001", "NC999")
    assert (code, out) == (2, "")
    assert err.startswith("hatch-nocache: NC999: unknown code; known codes: NC001, NC002")


# --- Streams and signals ----------------------------------------------------------------------------------------------


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


@needs_full
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
        if "nowhere" not in arguments and "--x" not in arguments:
            assert done.stderr.startswith("hatch-nocache: the output cannot be written: No space left")
            assert done.stderr.count("\n") == 1
        for variable in ({}, {"PYTHONUNBUFFERED": "1"}):
            assert run(MODULE, *arguments, stdout=full, stderr=full, env=variable).returncode == 2


class Stream:
    """A stream that fails, on a file that it can be discarded to."""

    encoding = "utf-8"

    def __init__(self, path, error):
        self.file = open(str(path), "w", encoding="utf-8")  # noqa: SIM115
        self.error = error
        self.fileno = self.file.fileno

    def isatty(self):
        return False

    def write(self, _):
        raise self.error

    def flush(self):
        raise self.error


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("error", "full", "code"),
    [(BrokenPipeError(), "stdout", 141), (OSError(28, "no room"), "stdout", 2), (OSError(28, "no room"), "both", 2)],
)
def test_streams_that_fail(error, full, code, tmp_path, capsys, monkeypatch):
    """Nothing is left to be written when the interpreter ends."""
    streams = [Stream(tmp_path / name, error) for name in ("out", "err")]
    monkeypatch.setattr(sys, "stdout", streams[0])
    if full == "both":
        monkeypatch.setattr(sys, "stderr", streams[1])
    assert main(["check"]) == code
    if full == "stdout":
        assert capsys.readouterr().err == (
            "" if code == 141 else "hatch-nocache: the output cannot be written: no room\n"
        )
    for stream in streams:
        stream.file.write("lost")
        stream.file.close()
    assert (tmp_path / "out").read_text(encoding="utf-8") == ""


def test_interrupt_in_process(capsys, monkeypatch):
    """The exit code of a shell."""

    def check(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "check", check)
    assert call(capsys, "check") == (130, "", "hatch-nocache: interrupted\n")


@pytest.mark.usefixtures("here")
def test_closed_streams(monkeypatch):
    """`>&- 2>&-`: only the exit code is left."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["check"]) == 0
    sys.stdout.close()
    sys.stderr.close()


@pytest.mark.usefixtures("here")
def test_running_it_as_a_module(monkeypatch):
    """`python -m hatch_nocache`."""
    monkeypatch.setattr(sys, "argv", ["hatch-nocache", "check"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("hatch_nocache", run_name="__main__")
    assert stop.value.code == 0
