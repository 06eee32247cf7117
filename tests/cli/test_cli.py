"""The console script, as a user runs it; and what surrounds it: exit codes, streams, signals."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from badarchives import case, file, sym
from building import build
from projects import plant
from test_formats import HOSTILE, Terminal, validate
from test_inspection import BASE, HOOK

from hatch_nocache.archive import reading
from hatch_nocache.caches.tag import SIGNATURE
from hatch_nocache.command import cli

SCRIPT = shutil.which("hatch-nocache", path=os.path.dirname(sys.executable))
MODULE = [sys.executable, "-m", "hatch_nocache"]
COMMANDS = [pytest.param(MODULE, id="module"), *([pytest.param([SCRIPT], id="script")] if SCRIPT else [])]
CLEAN_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in ("UV_CACHE_DIR", "NO_COLOR", "FORCE_COLOR")
}


@pytest.fixture(autouse=True)
def no_colour(monkeypatch):
    """Whatever the terminal says from which the tests are started."""
    for name in ("NO_COLOR", "FORCE_COLOR", "UV_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A project with a cache in it, which is the working directory."""
    (tmp_path / "src/demo").mkdir(parents=True)
    (tmp_path / "src/demo/__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(BASE + HOOK, encoding="utf-8")
    plant(str(tmp_path), ".uv-cache", "uv cache", [])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command, *arguments, env=None, **more):
    """Run it, in English and without colour."""
    return subprocess.run(
        [*command, *map(str, arguments)],
        env={**CLEAN_ENVIRONMENT, "PYTHONWARNINGS": "error", **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        **more,
    )


def main(capsys, *arguments):
    """The same in this process: exit code, stdout, stderr."""
    code = cli.main([str(argument) for argument in arguments])
    return (code, *capsys.readouterr())


# --- As a user --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", COMMANDS)
def test_check_in_a_project(command):
    """Only something to leave out: fine."""
    done = run(command, "check", env={"UV_CACHE_DIR": ".uv-cache"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        ".: a Hatchling project",
        "  sdist: 1 dropped",
        "    dropped   NC001 .uv-cache/   uv cache, because UV_CACHE_DIR=.uv-cache points into the project",
        "              nothing to do; to keep other tools from packing it too, add /.uv-cache/ to .gitignore",
        "  wheel: nothing found",
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_check_what_was_built(command, here):
    """Before the hook was switched on: the archive breaks the rules, and the hook would have seen to it."""
    built = build(here, "sdist", here / "dist", {"HATCH_BUILD_NO_HOOKS": "true"})
    done = run(command, "check", os.path.relpath(str(built.archive)))
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("dist/demo-1.0.tar.gz: sdist with demo-1.0/ at its top, 13 members, ")
    assert lines[0].endswith("; 2 rejected")
    assert lines[1].startswith("  rejected  NC001 .uv-cache/   uv cache, because it has a valid `CACHEDIR.TAG`; ")
    assert lines[2].startswith("            10 members, ")
    remedy = "or exclude /.uv-cache/ if another backend than Hatchling builds it"
    assert lines[3:] == [
        f"            build it with [tool.hatch.build.hooks.nocache], {remedy}",
        "            also inside it: 1 NC101; -v shows them",
        "  refused by " + lines[5].partition("refused by ")[2],
    ]
    assert "pip from 24.1" in lines[5]


@pytest.mark.parametrize("command", COMMANDS)
def test_check_a_good_build(command, here):
    """With the hook: nothing is found in either archive."""
    for target in ("sdist", "wheel"):
        build(here, target, here / target, {})
    done = run(command, "check", "sdist/demo-1.0.tar.gz", "wheel/demo-1.0-py2.py3-none-any.whl")
    assert (done.returncode, done.stderr) == (0, "")
    first, second, last = done.stdout.splitlines()
    assert first.startswith("sdist/demo-1.0.tar.gz: sdist with demo-1.0/ at its top, ")
    assert second.startswith("wheel/demo-1.0-py2.py3-none-any.whl: a wheel, ")
    assert last == "2 paths: 2 accepted"


@pytest.mark.usefixtures("here")
def test_json_through_the_script():
    """One document on stdout, whatever else is said on stderr."""
    done = run(MODULE, "check", "--format", "json", ".", "nothing")
    assert done.returncode == 2
    document = json.loads(done.stdout)
    validate(document)
    assert [result["exit_code"] for result in document["results"]] == [0, 2]
    assert done.stderr == "hatch-nocache: nothing: there is no such file or directory\n"


def test_json_stays_json_when_hooks_print(here):
    """What a hook prints goes to stderr, also when it writes to the file descriptor."""
    (here / "pyproject.toml").write_text(BASE + HOOK + "[tool.hatch.build.hooks.custom]\n", encoding="utf-8")
    (here / "hatch_build.py").write_text(
        "import os\n"
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "class Hook(BuildHookInterface):\n"
        "    def initialize(self, version, build_data):\n"
        "        print('printed'); os.system('echo started')\n",
        encoding="utf-8",
    )
    done = run(MODULE, "check", "--format=json", "--run-hooks")
    validate(json.loads(done.stdout))
    assert sorted(done.stderr.split()) == ["printed", "printed", "started", "started"]


@pytest.mark.usefixtures("here")
def test_annotations_through_the_script():
    """Ready for a log of GitHub Actions."""
    done = run(MODULE, "check", "--format", "github", "-t", "sdist")
    assert (done.returncode, done.stderr) == (0, "")
    annotation, log = done.stdout.splitlines()
    assert annotation.startswith(
        "::warning file=.uv-cache,title=hatch-nocache NC001 (sdist)::NC001 .uv-cache/   uv cache"
    )
    assert log == "hatch-nocache: .: sdist: 1 dropped"


def test_an_ascii_terminal(here):
    """A name that the stream cannot hold is escaped."""
    (here / "src/demo/\N{SNOWMAN}.txt").symlink_to("/etc/passwd")
    done = run(MODULE, "check", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 1
    assert "NC101 src/demo/\\u2603.txt -> /etc/passwd" in done.stdout


@pytest.mark.usefixtures("here")
@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")
def test_a_reader_that_goes_away():
    """`| head`: no traceback, and the code that a shell reports for it."""
    command = subprocess.Popen(
        [*MODULE, "check"], env=CLEAN_ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    command.stdout.close()
    with command.stderr as stderr:
        assert stderr.read() == b""
    assert command.wait(60) == 141


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")
def test_an_interrupt(here):
    """One line, no traceback."""
    (here / "pyproject.toml").write_text(BASE + "[tool.hatch.build.hooks.custom]\n", encoding="utf-8")
    (here / "hatch_build.py").write_text("print('ready', flush=True)\nimport time\ntime.sleep(60)\n", encoding="utf-8")
    with subprocess.Popen(
        [*MODULE, "check", "--run-hooks"],
        env=CLEAN_ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as command:
        assert command.stderr.readline() == "ready\n"
        time.sleep(0.1)
        command.send_signal(signal.SIGINT)
        assert command.stderr.read() == "hatch-nocache: interrupted\n"
        assert command.wait(60) == 130


def test_the_hook_never_imports_the_command():
    """A build does not pay for it."""
    program = "import sys, hatchling.builders.wheel; before = set(sys.modules)\n"
    program += "import hatch_nocache.hooks; print(*sorted(set(sys.modules) - before))"
    loaded = run([sys.executable], "-c", program).stdout.split()
    assert "hatch_nocache.plugin" in loaded
    ours = {"checks", "cli", "foreign", "formats", "inspection", "listing", "outcome", "terminal", "archive"}
    assert not {f"hatch_nocache.{name}" for name in ours} & set(loaded)
    assert not {"argparse", "threading", "importlib.metadata", "hatchling.plugin.manager"} & set(loaded)


# --- Paths ------------------------------------------------------------------------------------------------------------


def sdist(path, *entries):
    path.write_bytes(case("x", *entries).sdist())
    return path


def test_every_path_is_reported(here, capsys):
    """A bad one does not hide the others; the exit code is the highest."""
    good = sdist(here / "good.tar.gz")
    bad = sdist(here / "bad.tar.gz", sym("l", "/etc/passwd"))
    (here / "text.tar.gz").write_text("no archive", encoding="utf-8")
    code, out, err = main(capsys, "check", "nothing", "bad.tar.gz", "text.tar.gz", "good.tar.gz", ".")
    assert code == 2
    assert [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")] == [
        bad.name,
        good.name,
        ".",
        "5 paths",
    ]
    assert out.splitlines()[-1] == "5 paths: 2 accepted, 1 rejected, 2 not judged"
    assert [line.partition(": ")[2].partition(":")[0] for line in err.splitlines()] == ["nothing", "text.tar.gz"]
    assert main(capsys, "check", "bad.tar.gz", ".")[0] == 1


def truncated(path):
    sdist(path, file("data/big.bin", os.urandom(100_000)))
    path.write_bytes(path.read_bytes()[:50_000])


UNUSABLE = {
    "empty.tar.gz": (lambda path: path.touch(), ""),
    "text.tar.gz": (lambda path: path.write_text("text", encoding="utf-8"), ""),
    "text.whl": (lambda path: path.write_text("text", encoding="utf-8"), "it is not a zip archive"),
    "truncated.tar.gz": (truncated, "it is truncated"),
    "empty.whl": (lambda path: zipfile.ZipFile(str(path), "w").close(), "there is nothing in it"),
    "dangling.whl": (lambda path: path.symlink_to("nowhere"), "it is neither a directory nor a regular file"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_read(name, tmp_path, capsys):
    """One line on stderr, exit code 2."""
    make, words = UNUSABLE[name]
    make(tmp_path / name)
    code, out, err = main(capsys, "check", tmp_path / name)
    assert (code, out) == (2, "")
    assert err.startswith(f"hatch-nocache: {tmp_path / name}: {words}")
    assert err.count("\n") == 1


def test_a_bomb(tmp_path, capsys, monkeypatch):
    """It is left alone."""
    monkeypatch.setattr(reading, "MOST_BYTES", 1_000_000)
    sdist(tmp_path / "bomb.tar.gz", file("zeros", bytes(2_000_000)))
    code, out, err = main(capsys, "check", tmp_path / "bomb.tar.gz")
    assert (code, out) == (2, "")
    assert err.endswith(": it decompresses to more than 1,000,000 bytes\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo(tmp_path, capsys):
    """It is not opened, which would take for ever; nor is one that stands for pyproject.toml."""
    os.mkfifo(str(tmp_path / "x.tar.gz"))
    assert main(capsys, "check", tmp_path / "x.tar.gz")[0] == 2
    os.mkfifo(str(tmp_path / "pyproject.toml"))
    code, _, err = main(capsys, "check", tmp_path)
    assert code == 2
    assert err.endswith(": pyproject.toml cannot be read: it is not a regular file\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[project\n", "pyproject.toml cannot be read: Expected ']'"),
        (b"\xff", "pyproject.toml cannot be read: 'utf-8' codec can't decode"),
    ],
)
def test_a_broken_pyproject(content, words, tmp_path, capsys):
    """One line, exit code 2."""
    (tmp_path / "pyproject.toml").write_bytes(content)
    code, out, err = main(capsys, "check", tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith(f"hatch-nocache: {tmp_path}: {words}")
    assert err.count("\n") == 1


def test_a_dangling_pyproject(tmp_path, capsys):
    """There is none, but there should be."""
    (tmp_path / "pyproject.toml").symlink_to("nowhere")
    assert main(capsys, "check", tmp_path)[2].endswith(": pyproject.toml cannot be read: No such file or directory\n")


def test_a_directory_of_archives(tmp_path, capsys):
    """Nobody is told that all is well with `dist` when its archives were not looked at."""
    sdist(tmp_path / "bad.tar.gz", sym("l", "/etc/passwd"))
    code, out, err = main(capsys, "check", tmp_path)
    assert (code, out) == (2, "")
    assert err.endswith(": there is no project in it; name the archives themselves\n")


def test_findings_beyond_the_list(tmp_path, capsys, monkeypatch):
    """They are counted."""
    report = cli.checks.inspect(str(sdist(tmp_path / "x.tar.gz", sym("l", "/etc/passwd"))))
    more = report.__class__("wheel", "", 1, 1, report.findings, 7)
    monkeypatch.setattr(cli.checks, "inspect", lambda _: more)
    code, out, _ = main(capsys, "check", tmp_path / "x.tar.gz")
    assert code == 1
    assert "  note      7 more findings are not listed\n" in out
    assert ": a wheel, 1 member, 1 B; 1 rejected\n" in out


def test_a_cache_in_a_wheel(tmp_path, capsys):
    """With the code, the directory, count and bytes."""
    with zipfile.ZipFile(str(tmp_path / "demo-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("demo/__init__.py", "")
        wheel.writestr("demo/store/CACHEDIR.TAG", SIGNATURE)
        wheel.writestr("demo/store/x", "12345")
        wheel.writestr("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        wheel.writestr("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("demo-1.0.dist-info/RECORD", "")
    code, out, _ = main(capsys, "check", tmp_path / "demo-1.0-py3-none-any.whl")
    assert code == 1
    assert "NC001 demo/store/" in out
    assert "            2 members, 48 B\n" in out


# --- Arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [[], ["chekc"], ["check", "--format", "xml"], ["check", "--target"], ["check", f"--{HOSTILE}"]]
)
def test_usage(arguments, capsys):
    """Exit code 2, and no argument reaches the terminal as it is."""
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    out, err = capsys.readouterr()
    assert (stop.value.code, out) == (2, "")
    assert err.startswith("usage: hatch-nocache")
    assert all(line.isprintable() for line in err.splitlines())
    assert "::error" not in err


def test_help_and_version(capsys, monkeypatch):
    """They say what a user asks first."""
    for arguments, words in ((["--version"], "hatch-nocache "), (["check", "--help"], "--run-hooks")):
        with pytest.raises(SystemExit) as stop:
            cli.main(arguments)
        assert stop.value.code == 0
        assert words in capsys.readouterr().out

    def version(_):
        raise cli.PackageNotFoundError

    monkeypatch.setattr(cli, "version", version)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out.startswith("hatch-nocache (not installed) (hatchling ")


@pytest.mark.usefixtures("here")
def test_targets(capsys):
    """Repeated, or with commas between them."""
    code, out, _ = main(capsys, "check", "-t", "wheel:editable,sdist", "--target", "wheel")
    assert code == 0
    assert [line for line in out.splitlines() if not line.startswith("   ")] == [
        ".: a Hatchling project",
        "  wheel:editable: nothing found",
        "  sdist: 1 dropped",
        "  wheel: nothing found",
    ]


def test_configuration_errors(here, capsys):
    """All at once, one line each, exit code 2."""
    (here / "pyproject.toml").write_text(BASE + HOOK + 'cache = "drop"\nverify = 1\n', encoding="utf-8")
    code, _, err = main(capsys, "check")
    assert code == 2
    assert err.splitlines() == [
        "hatch-nocache: .: `tool.hatch.build.hooks.nocache.cache` is unknown. Did you mean `caches`?",
        "hatch-nocache: .: `tool.hatch.build.hooks.nocache.verify` must be true or false, not an integer.",
    ]


def test_hostile_names_on_stderr(here, capsys):
    """Neither a path nor a message reaches the terminal as it is."""
    key = "k\\u001b[31m\\n::error::"
    (here / "pyproject.toml").write_text(BASE + HOOK + f'"{key}" = 1\n', encoding="utf-8")
    code, _, err = main(capsys, "check", HOSTILE, ".")
    assert code == 2
    assert len(err.splitlines()) == 2
    assert all(line.isprintable() for line in err.splitlines())
    assert "::" not in err


def test_verbose_and_colour(here, capsys, monkeypatch):
    """-v shows every finding; FORCE_COLOR colours a pipe as well."""
    for number in range(12):
        (here / f"src/demo/l{number:02}").symlink_to("/etc/passwd")
    assert main(capsys, "check", "-t", "sdist")[1].count("NC101 src/demo/l") == 10
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = main(capsys, "check", "-t", "sdist", "-v")[1]
    assert out.count("NC101 src/demo/l") == 12
    assert out.count("\x1b[31mrejected\x1b[0m") == 12


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("format_", ["json", "github"])
def test_formats_in_process(format_, capsys):
    """Each format, with an error among the paths."""
    code, out, err = main(capsys, "check", "--format", format_, ".", "nothing")
    assert code == 2
    assert err == "hatch-nocache: nothing: there is no such file or directory\n"
    if format_ == "json":
        validate(json.loads(out))
    else:
        assert out.splitlines()[-3:] == [
            "::error file=nothing,title=hatch-nocache::there is no such file or directory",
            "hatch-nocache: nothing: not judged",
            "2 paths: 1 accepted, 1 not judged",
        ]


# --- Streams and signals, in this process -----------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_progress_on_a_terminal(monkeypatch):
    """Which path, of how many."""
    said = []
    monkeypatch.setattr(cli.sys, "stderr", Terminal())
    monkeypatch.setattr(cli.terminal, "progress", lambda _, text: said.append(text) or io.StringIO())
    cli.main(["check", ".", "src"])
    assert said == ["hatch-nocache: 1 of 2: .", "hatch-nocache: 2 of 2: src"]


def test_an_interrupt_in_process(capsys, monkeypatch):
    """The exit code of a shell."""

    def check(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.checks, "check", check)
    assert main(capsys, "check") == (130, "", "hatch-nocache: interrupted\n")


@pytest.mark.usefixtures("here")
def test_a_broken_pipe_in_process(tmp_path, monkeypatch):
    """Nothing can be written any more, not even when the interpreter ends."""
    with open(str(tmp_path / "out"), "w", encoding="utf-8") as out:

        def write(*_):
            raise BrokenPipeError

        monkeypatch.setattr(cli.terminal, "write", write)
        monkeypatch.setattr(cli.sys, "stdout", out)
        assert cli.main(["check"]) == 141
        out.write("lost")
    assert Path(tmp_path, "out").read_text(encoding="utf-8") == ""


@pytest.mark.usefixtures("here")
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_full_disk(form):
    """One line on stderr, exit code 2."""
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [*MODULE, "check", "--format", form],
            env=CLEAN_ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("hatch-nocache: the output cannot be written: No space left")


@pytest.mark.usefixtures("here")
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("path", [".", "nowhere"])
def test_nothing_can_be_written(path):
    """The exit code is all that is left."""
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [*MODULE, "check", path]
        assert subprocess.call(command, env=CLEAN_ENVIRONMENT, stdout=full, stderr=full) == 2


@pytest.mark.usefixtures("here")
def test_a_full_disk_in_process(monkeypatch, tmp_path, capsys):
    """The same."""
    with open(str(tmp_path / "out"), "w", encoding="utf-8") as out:

        def write(stream, text):
            if stream is out:
                raise cli.terminal.UnwritableError("no room")
            print(text, file=stream)

        monkeypatch.setattr(cli.terminal, "write", write)
        monkeypatch.setattr(cli.sys, "stdout", out)
        assert cli.main(["check"]) == 2
        assert capsys.readouterr().err == "hatch-nocache: the output cannot be written: no room\n"
        out.write("lost")


def test_what_cannot_be_written():
    """Why, in words; but a reader that went away is another thing."""

    class Full(io.StringIO):
        encoding = "utf-8"

        def write(self, _):
            raise error

    error = OSError(errno.ENOSPC, "no room")
    with pytest.raises(cli.terminal.UnwritableError, match="no room"):
        cli.terminal.write(Full(), "x")
    error = BrokenPipeError()
    with pytest.raises(BrokenPipeError):
        cli.terminal.write(Full(), "x")


@pytest.mark.usefixtures("here")
def test_closed_streams(monkeypatch):
    """`>&- 2>&-`: the exit code is all that is left."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert cli.main(["check"]) == 0
    sys.stdout.close()
    sys.stderr.close()


@pytest.mark.usefixtures("here")
def test_running_it_as_a_module(monkeypatch):
    """`python -m hatch_nocache`."""
    import runpy

    monkeypatch.setattr(sys, "argv", ["hatch-nocache", "check"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("hatch_nocache", run_name="__main__")
    assert stop.value.code == 0
    import hatch_nocache.__main__

    assert hatch_nocache.__main__.main is cli.main
