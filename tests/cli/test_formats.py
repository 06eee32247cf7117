"""What the command writes, word for word."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from hatch_nocache.command import terminal
from hatch_nocache.command.formats import as_github, as_json
from hatch_nocache.command.listing import as_text, summary
from hatch_nocache.command.outcome import Outcome, Part, ordered
from hatch_nocache.command.terminal import Style, progress, write
from hatch_nocache.findings import CODES, Action, Finding

SCHEMA = Path(__file__).parents[2] / "docs" / "check.schema.json"
PLAIN = Style(colour=False)

CACHE = Finding(
    "NC001",
    ".uv-cache/",
    "uv cache",
    "because UV_CACHE_DIR=.uv-cache points into the project",
    Action.DROPPED,
    "nothing to do; to keep other tools from packing it too, add /.uv-cache/ to .gitignore",
)
LINK = Finding(
    "NC102",
    "src/demo/data.txt",
    "link that leaves the project",
    "its text leads out of the project",
    Action.REJECTED,
    'leave it out: exclude = ["/src/demo/data.txt"] in [tool.hatch.build]',
    target="../../../data.txt",
)
LEAVES = (
    "NC102 src/demo/data.txt -> ../../../data.txt   link that leaves the project, its text leads out of the project"
)
COPIED = Finding("NC101", "src/demo/x", "absolute link", "packed as a regular file", Action.COPIED, target="/x")
NOTICE = Finding("NC104", "src/demo/y", "dangling link", "its target does not exist", Action.NOTICE, target="z")
PROJECT = Outcome(
    ".",
    "project",
    "a Hatchling project",
    (
        Part("sdist", ordered([CACHE, NOTICE, COPIED, LINK]), ("allow: /x/ matched nothing and can be removed",), True),
        Part("wheel", (), (), True),
    ),
    ("not run: build hook custom; what they would add is seen with --run-hooks",),
)
ENVIRONMENT = Finding(
    "NC004",
    "venv/",
    "virtual environment",
    "because it has a `pyvenv.cfg`",
    Action.REJECTED,
    "build it again",
    count=1234,
    size=5_678_901,
)


def inside(number, code="NC101", installers=("uv from 0.8.1", "build")):
    """A link that lies in that environment."""
    path = f"venv/bin/{number}"
    return Finding(code, path, "absolute link", "it is", Action.REJECTED, target="/x", installers=installers)


ARCHIVE = Outcome(
    "dist/demo-1.0.tar.gz",
    "sdist",
    "sdist with demo-1.0/ at its top",
    (
        Part(
            "archive",
            (ENVIRONMENT, inside(1), inside(2), inside(3, "NC204", ("pip", "uv 0.11 (rewrites it)"))),
            ("3 more findings are not listed",),
        ),
    ),
    members=1300,
    size=999,
)
UNREADABLE = Outcome("dist/x.whl", "unknown", errors=("it is truncated",))
HOSTILE = "a\x1b[31m\n::error::b\u202e##[c]%0A,d\udcff"

# --- text -------------------------------------------------------------------------------------------------------------


def test_a_project():
    """The worst first, and one line on each target."""
    assert as_text(PROJECT, PLAIN, verbose=False).splitlines() == [
        ".: a Hatchling project",
        "  sdist: 1 rejected, 1 dropped, 1 copied, 1 notice",
        f"    rejected  {LEAVES}",
        '              leave it out: exclude = ["/src/demo/data.txt"] in [tool.hatch.build]',
        "    dropped   NC001 .uv-cache/   uv cache, because UV_CACHE_DIR=.uv-cache points into the project",
        "              nothing to do; to keep other tools from packing it too, add /.uv-cache/ to .gitignore",
        "    copied    NC101 src/demo/x -> /x   absolute link, packed as a regular file",
        "    notice    NC104 src/demo/y -> z   dangling link, its target does not exist",
        "    note      allow: /x/ matched nothing and can be removed",
        "  wheel: nothing found",
        "  not run: build hook custom; what they would add is seen with --run-hooks",
    ]


def test_an_archive():
    """Count, bytes and who objects; what lies in an environment is summed up."""
    assert as_text(ARCHIVE, PLAIN, verbose=False).splitlines() == [
        "dist/demo-1.0.tar.gz: sdist with demo-1.0/ at its top, 1,300 members, 999 B; 4 rejected",
        "  rejected  NC004 venv/   virtual environment, because it has a `pyvenv.cfg`",
        "            1,234 members, 5.7 MB",
        "            build it again",
        "            also inside it: 2 NC101, 1 NC204; -v shows them",
        "  note      3 more findings are not listed",
        "  refused or altered by uv from 0.8.1, build, pip, uv 0.11 (rewrites it)",
    ]


def test_an_archive_with_all_that_is_in_it():
    """With -v each finding says who objects."""
    lines = as_text(ARCHIVE, PLAIN, verbose=True).splitlines()
    assert lines[4:6] == [
        "  rejected  NC101 venv/bin/1 -> /x   absolute link, it is",
        "            refused by uv from 0.8.1, build",
    ]
    assert len(lines) == 12


def test_who_alters_an_archive_that_is_fine():
    """Only what is rejected is said to be refused, unless asked for."""
    finding = Finding("NC102", "l", "link", "odd", Action.NOTICE, target="x", installers=("uv 0.11 (rewrites it)",))
    outcome = Outcome("x.whl", "wheel", "a wheel", (Part("archive", (finding,)),), members=1, size=1)
    assert "uv 0.11" not in as_text(outcome, PLAIN, verbose=False)
    assert "  refused or altered by uv 0.11 (rewrites it)" in as_text(outcome, PLAIN, verbose=True)


def test_an_archive_without_faults():
    """One line."""
    outcome = Outcome("x.whl", "wheel", "a wheel", (Part("archive"),), members=1, size=2_000_000_000_000)
    assert as_text(outcome, PLAIN, verbose=False) == "x.whl: a wheel, 1 member, 2,000.0 GB; nothing found"


def test_what_could_not_be_judged():
    """Is on stderr, and nowhere else."""
    assert as_text(UNREADABLE, PLAIN, verbose=False) == ""


def test_many_findings():
    """Ten of them are shown, the others are counted; -v shows them."""
    links = tuple(inside(number, "NC101" if number < 1500 else "NC102") for number in range(2000))
    outcome = Outcome("x", "project", "a Hatchling project", (Part("sdist", links),))
    lines = as_text(outcome, PLAIN, verbose=False).splitlines()
    assert len(lines) == 13
    assert lines[-1] == "    and 1,990 more: 1,490 NC101, 500 NC102; -v shows them"
    assert len(as_text(outcome, PLAIN, verbose=True).splitlines()) == 4002


def test_several_paths():
    """The last line counts them; there is none about a single one."""
    assert summary([PROJECT]) == ""
    assert summary([PROJECT, ARCHIVE, UNREADABLE, Outcome("y", "wheel")]) == (
        "4 paths: 1 accepted, 2 rejected, 1 not judged"
    )
    assert summary([UNREADABLE, UNREADABLE]) == "2 paths: 2 not judged"


def test_colour():
    """Words keep their place."""
    text = as_text(ARCHIVE, Style(colour=True), verbose=False)
    assert "  \x1b[31mrejected\x1b[0m  NC004 venv/" in text
    assert text.startswith("\x1b[1mdist/demo-1.0.tar.gz\x1b[0m: sdist")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "colour"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"FORCE_COLOR": ""}, False),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_where_there_is_colour(stream, environ, colour, monkeypatch):
    """On a terminal that can show it, unless the user says otherwise."""
    monkeypatch.setattr(terminal.os, "name", "posix")
    assert Style.of(stream, environ).colour is colour


@pytest.mark.parametrize(("environ", "colour"), [({"WT_SESSION": "x"}, True), ({"TERM": "xterm"}, False)])
def test_where_there_is_colour_on_windows(environ, colour, monkeypatch):
    """Its older console would show the escape sequences."""
    monkeypatch.setattr(terminal.os, "name", "nt")
    assert Style.of(Terminal(), environ).colour is colour


@pytest.mark.parametrize(("encoding", "written"), [("ascii", b"\\xe9\\u2026\n"), ("utf-8", "é…\n".encode())])
def test_a_stream_of_another_encoding(encoding, written):
    """What it cannot hold is escaped."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    write(stream, "é…")
    write(stream, "")
    assert raw.getvalue() == written


def test_a_stream_without_an_encoding():
    """A stream in memory."""
    stream = io.StringIO()
    write(stream, "é")
    assert stream.getvalue() == "é\n"


def test_progress(monkeypatch):
    """On a terminal, and only when it takes long; the line goes away again."""
    monkeypatch.setattr(terminal, "_PATIENCE", 0.01)
    stream = Terminal()
    with progress(stream, "1 of 2: a\x1b[31m"):
        deadline = time.monotonic() + 10
        while not stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert stream.getvalue() == "\r\x1b[K1 of 2: a\\x1b[31m\r\x1b[K"


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()])
def test_no_progress(stream):
    """Nothing is shown where it is soon over, nor where no one looks."""
    with progress(stream, "x"):
        pass
    assert stream.getvalue() == ""


# --- JSON -------------------------------------------------------------------------------------------------------------


def validate(document):
    """The document against the schema in docs/."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)


def test_the_document():
    """Every key, word for word."""
    document = json.loads(as_json([ARCHIVE, UNREADABLE]))
    validate(document)
    first = document["results"][0]["parts"][0]["findings"][1]
    assert {key: value for key, value in document.items() if key != "results"} == {"version": 1, "exit_code": 2}
    assert document["results"][1] == {
        "path": "dist/x.whl",
        "kind": "unknown",
        "about": "",
        "exit_code": 2,
        "members": 0,
        "bytes": 0,
        "parts": [],
        "remarks": [],
        "errors": ["it is truncated"],
    }
    assert first == {
        "code": "NC101",
        "title": "an absolute link",
        "action": "rejected",
        "path": "venv/bin/1",
        "link_target": "/x",
        "what": "absolute link",
        "how": "it is",
        "remedy": "",
        "members": 0,
        "bytes": 0,
        "refused_by": ["uv from 0.8.1", "build"],
    }


def test_the_order():
    """The worst first, then by path and code, whatever the order in which it was found."""
    findings = [CACHE, NOTICE, COPIED, LINK, inside(2), inside(1)]
    assert ordered(findings) == ordered(findings[::-1]) == (LINK, inside(1), inside(2), CACHE, COPIED, NOTICE)


def test_every_code_fits_the_schema():
    """And every action."""
    findings = [Finding(code, "x", "y", "z", action) for code in CODES for action in Action]
    validate(json.loads(as_json([Outcome("x", "project", "y", (Part("sdist", ordered(findings)),))])))


def test_hostile_names_in_json():
    """They come back as they are, and the text is nothing that a terminal or a CI log takes for a command."""
    finding = Finding("NC203", HOSTILE, "name", HOSTILE, Action.REJECTED)
    text = as_json([Outcome(HOSTILE, "project", HOSTILE, (Part("sdist", (finding,), (HOSTILE,)),), (HOSTILE,))])
    document = json.loads(text)
    validate(document)
    assert document["results"][0]["path"] == HOSTILE
    assert document["results"][0]["parts"][0]["findings"][0]["path"] == HOSTILE
    assert text.isascii()
    assert set(text) & set(map(chr, range(32))) == {"\n"}
    assert "::" not in text
    assert "##[" not in text


def test_the_documentation_of_the_document():
    """docs/json.md explains each key of the schema."""
    explained = (SCHEMA.parent / "json.md").read_text(encoding="utf-8")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for table in (schema, *(table for table in schema["$defs"].values() if "properties" in table)):
        assert sorted(table["required"]) == sorted(table["properties"])
        for key in table["properties"]:
            assert f"`{key}`" in explained


# --- GitHub -----------------------------------------------------------------------------------------------------------


def test_annotations():
    """A level for each action, the place, and a line for the log."""
    cache = "uv cache, because UV_CACHE_DIR=.uv-cache points into the project"
    ignore = "nothing to do; to keep other tools from packing it too, add /.uv-cache/ to .gitignore"
    exclude = 'leave it out: exclude = ["/src/demo/data.txt"] in [tool.hatch.build]'
    copied, notice = "absolute link, packed as a regular file", "dangling link, its target does not exist"
    assert as_github(PROJECT).splitlines() == [
        f"::error file=src/demo/data.txt,title=hatch-nocache NC102 (sdist)::{LEAVES}%0A{exclude}",
        f"::warning file=.uv-cache,title=hatch-nocache NC001 (sdist)::NC001 .uv-cache/   {cache}%0A{ignore}",
        f"::warning file=src/demo/x,title=hatch-nocache NC101 (sdist)::NC101 src/demo/x -> /x   {copied}",
        f"::notice file=src/demo/y,title=hatch-nocache NC104 (sdist)::NC104 src/demo/y -> z   {notice}",
        "hatch-nocache: .: sdist: 1 rejected, 1 dropped, 1 copied, 1 notice; wheel: nothing found",
    ]


def test_annotations_of_an_archive():
    """The place is the archive."""
    lines = as_github(ARCHIVE).splitlines()
    assert lines[0].startswith("::error file=dist/demo-1.0.tar.gz,title=hatch-nocache NC004 (archive)::NC004 venv/   ")
    assert lines[0].endswith("%0A1,234 members, 5.7 MB%0Abuild it again")
    assert lines[-1] == "hatch-nocache: dist/demo-1.0.tar.gz: archive: 4 rejected"


def test_annotation_of_an_error():
    """Errors are annotations too."""
    assert as_github(UNREADABLE).splitlines() == [
        "::error file=dist/x.whl,title=hatch-nocache::it is truncated",
        "hatch-nocache: dist/x.whl: not judged",
    ]


def test_hostile_names_in_annotations():
    """No name ends an annotation, begins another one, or adds a property."""
    finding = Finding("NC203", HOSTILE, "name", "why", Action.REJECTED, HOSTILE)
    error, _ = as_github(Outcome("x", "unknown", errors=(HOSTILE,))).split("\n")
    assert error.count("::") == 2
    assert error.isprintable()
    annotation, log = as_github(Outcome("x", "project", "y", (Part(HOSTILE, (finding,)),))).split("\n")
    assert annotation.count("::") == 2
    assert annotation.startswith(
        "::error file=x/a\\x1b[31m\\n%3A\\x3aerror%3A\\x3ab\\u202e#\\x23[c]%250A%2Cd\\udcff,title="
    )
    assert annotation.isprintable()
    assert log.startswith("hatch-nocache: x: a\\x1b[31m\\n:\\x3aerror")
    assert log.isprintable()


def test_hostile_names_in_text():
    """Neither line ends nor escape sequences, wherever the name stands."""
    finding = Finding("NC203", HOSTILE, HOSTILE, HOSTILE, Action.REJECTED, HOSTILE, HOSTILE, 1, 1, (HOSTILE,))
    part = Part(HOSTILE, (finding,), (HOSTILE,))
    for kind in ("project", "sdist"):
        text = as_text(Outcome(HOSTILE, kind, HOSTILE, (part,), (HOSTILE,)), PLAIN, verbose=True)
        assert all(line.isprintable() for line in text.splitlines())
        assert "::" not in text
        assert "##[" not in text
        assert len(text.splitlines()) == {"project": 8, "sdist": 8}[kind]
