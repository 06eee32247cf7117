"""The formats, word for word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from hatch_nocache.cli import output
from hatch_nocache.cli.output import as_github, as_gitlab, as_json, as_text, style_of, summary
from hatch_nocache.cli.result import Part, Problem, Result, part
from hatch_nocache.rules import CODES, Action, Finding, Hint, Note

SCHEMA = Path(__file__).parents[2] / "docs" / "check.schema.json"
PLAIN = style_of({}, is_terminal=False)
COLORED = style_of({"FORCE_COLOR": "1"}, is_terminal=False)
HOSTILE = "a\x1b[31m\n::error::b\u202e##[c]%0A,d\udcff"

ALLOW = Hint("pack it anyway", "add {} to `allow` in [tool.hatch.build.hooks.nocache]", '"/.uv-cache/"')
CACHE = Finding("NC001", ".uv-cache/", "uv cache", "valid CACHEDIR.TAG", Action.DROPPED, hints=(ALLOW,))
OTHER = ALLOW._replace(action="add {} to `allow` in [x]")
EXCLUDE = Hint("leave it out", "add {} to `exclude` in [tool.hatch.build.targets.sdist]", '"/LICENSE"')
LINK = Finding(
    "NC102", "LICENSE", "symlink to a file outside the project", "", Action.REJECTED, target="../x", hints=(EXCLUDE,)
)
COPIED = Finding("NC101", "src/demo/x", "absolute symlink", "", Action.COPIED, target="/x")
NOTICE = Finding("NC104", "src/demo/y", "dangling symlink", "", Action.NOTICE, target="z")
TAG = Hint("leave it out", "add {} to `extra-caches` in [x]", '"/data/"')
NOTE = Note("packed 1 directory with an invalid CACHEDIR.TAG", ("data/CACHEDIR.TAG   invalid: empty",), (TAG,))
PROJECT = Result(
    ".",
    "project",
    "Hatchling project demo",
    (
        part("sdist", [CACHE, NOTICE, COPIED, LINK], [NOTE], enabled=True),
        part("wheel", [CACHE._replace(hints=(OTHER,)), NOTICE._replace(path="src/demo/z")], enabled=True),
        part("wheel:editable", [CACHE]),
        part("custom", []),
    ),
    ("not run: build hook custom; --run-hooks runs it",),
)
ENVIRONMENT = Finding(
    "NC004", "venv/", "virtual environment", "contains pyvenv.cfg", Action.REJECTED, members=1234, size=5_678_901
)


def inside(number, code="NC101", installers=("uv 0.8.1+", "build")):
    """A symlink inside that environment."""
    path = f"venv/bin/{number}"
    return Finding(code, path, "absolute symlink", "", Action.REJECTED, target="/x", installers=installers)


ARCHIVE = Result(
    "dist/demo-1.0.tar.gz",
    "sdist",
    "sdist, top-level directory demo-1.0/",
    (part("archive", [ENVIRONMENT, inside(1), inside(2, "NC204", ("pip",))], more=3),),
    members=1300,
    size=999,
)
UNREADABLE = Result("dist/x.whl", "unknown", errors=(Problem("it is truncated"),))
MISCONFIGURED = Result(
    "lib", "project", errors=(Problem("unknown key", "pyproject.toml", 12), Problem("bad", "hatch.toml"))
)

# --- Text -------------------------------------------------------------------------------------------------------------


def test_text_of_a_project():
    """The worst finding first; a finding that targets share is printed once, with the hints for all of them."""
    assert as_text(PROJECT, PLAIN, verbose=False).splitlines() == [
        ".: Hatchling project demo",
        "  sdist: 1 rejected, 1 copied, 1 notice",
        "    rejected  NC102 LICENSE -> ../x   symlink to a file outside the project",
        "    copied    NC101 src/demo/x -> /x   absolute symlink",
        "    notice    NC104 src/demo/y -> z   dangling symlink",
        '    hint: to leave it out, add "/LICENSE" to `exclude` in [tool.hatch.build.targets.sdist]',
        "  sdist, wheel, wheel:editable: 1 dropped",
        "    dropped   NC001 .uv-cache/   uv cache: valid CACHEDIR.TAG",
        '    hint: to pack it anyway, add "/.uv-cache/" to `allow` in [tool.hatch.build.hooks.nocache]',
        '    hint: to pack it anyway, add "/.uv-cache/" to `allow` in [x]',
        "  wheel: 1 notice",
        "    notice    NC104 src/demo/z -> z   dangling symlink",
        "  custom: nothing found",
        "    note      packed 1 directory with an invalid CACHEDIR.TAG",
        "              data/CACHEDIR.TAG   invalid: empty",
        '              hint: to leave it out, add "/data/" to `extra-caches` in [x]',
        "  not run: build hook custom; --run-hooks runs it",
    ]


def test_text_of_an_archive():
    """Long lines are wrapped, paths are not."""
    long = inside("x" * 150)._replace(reason="y" * 40)
    result = ARCHIVE._replace(parts=(part("archive", [*ARCHIVE.findings, long], more=3),))
    assert as_text(result, PLAIN, verbose=False).splitlines() == [
        "dist/demo-1.0.tar.gz: sdist, top-level directory demo-1.0/, 1,300 members, 999 B; 4 rejected",
        "  rejected  NC004 venv/   virtual environment: contains pyvenv.cfg",
        "            1,234 members, 5.7 MB",
        "  rejected  NC101 venv/bin/1 -> /x   absolute symlink",
        "  rejected  NC204 venv/bin/2 -> /x   absolute symlink",
        "  rejected  NC101",
        f"              venv/bin/{'x' * 150}",
        f"              -> /x   absolute symlink: {'y' * 40}",
        "  note      3 more findings are not listed",
    ]


def test_text_of_an_archive_without_findings():
    """One line."""
    result = Result("x.whl", "wheel", "wheel", (Part("archive"),), members=1, size=2_000_000_000_000)
    assert as_text(result, PLAIN, verbose=False) == "x.whl: wheel, 1 member, 2,000.0 GB; nothing found"
    assert as_text(UNREADABLE, PLAIN, verbose=False) == ""
    notices = Result("x", "tree", "x", (part("tree", [NOTICE, NOTICE._replace(path="b")]),))
    assert as_text(notices, PLAIN, verbose=False).startswith("x: x; 2 notices\n")


def test_many_findings():
    """Ten are shown, the others are counted; -v lists up to a thousand."""
    links = [inside(f"{number:04}", "NC101" if number < 1200 else "NC102") for number in range(2000)]
    lost = Note("the wheel will lack 12 files", tuple(map(str, range(12))))
    result = Result("x", "project", "Hatchling project x", (part("sdist", links, [lost]),))
    lines = as_text(result, PLAIN, verbose=False).splitlines()
    assert lines[12:14] == ["    and 990 more: 990 NC101; -v lists all", "    note      the wheel will lack 12 files"]
    assert lines[-2:] == ["              and 2 more; -v lists all", "    note      1,000 more findings are not listed"]
    assert len(lines) == 26
    assert len(as_text(result, PLAIN, verbose=True).splitlines()) == 1016
    annotations = as_github(result).splitlines()
    assert len(annotations) == 51
    assert annotations[-1] == "hatch-nocache: x: sdist: 1,000 rejected; 950 findings without an annotation"
    assert len(json.loads(as_gitlab([result]))) == 1000
    assert len(json.loads(as_json([result]))["results"][0]["parts"][0]["findings"]) == 1000


def test_several_paths():
    """The last line counts them; there is none about a single path."""
    assert summary([PROJECT]) == ""
    assert summary([]) == "0 paths: nothing to check"
    dropped = Result("y", "project", parts=(part("sdist", [CACHE]),))
    results = [PROJECT, ARCHIVE, UNREADABLE, dropped]
    assert summary(results) == "4 paths: 1 accepted, 2 rejected, 1 with errors"
    assert summary(results, strict=True) == "4 paths: 3 rejected, 1 with errors"


def test_color():
    """The words stay in their columns."""
    text = as_text(ARCHIVE, COLORED, verbose=False)
    assert "  \x1b[31mrejected\x1b[0m  NC004 venv/" in text
    assert text.startswith("\x1b[1mdist/demo-1.0.tar.gz\x1b[0m: sdist")


@pytest.mark.parametrize(
    ("system", "is_terminal", "environ", "color"),
    [
        ("posix", True, {"TERM": "xterm"}, True),
        ("posix", True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        ("posix", True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        ("posix", True, {"TERM": "dumb"}, False),
        ("posix", True, {}, False),
        ("posix", False, {"TERM": "xterm"}, False),
        ("posix", False, {"FORCE_COLOR": "1"}, True),
        ("posix", False, {"FORCE_COLOR": ""}, False),
        ("posix", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("nt", True, {"WT_SESSION": "x"}, True),
        ("nt", True, {"TERM": "xterm"}, False),
    ],
)
def test_where_there_is_color(system, is_terminal, environ, color, monkeypatch):
    """On a terminal that can show it, unless the user says otherwise."""
    monkeypatch.setattr(output.os, "name", system)
    assert style_of(environ, is_terminal=is_terminal)("x", "bold") == ("\x1b[1mx\x1b[0m" if color else "x")


# --- JSON -------------------------------------------------------------------------------------------------------------


def validate(document):
    """Validate the document against the schema in docs/."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)


def test_json():
    """Every key, word for word."""
    document = json.loads(as_json([PROJECT, MISCONFIGURED]))
    validate(document)
    assert {key: value for key, value in document.items() if key != "results"} == {"version": 2, "exit_code": 2}
    first, second = document["results"]
    assert second == {
        "path": "lib",
        "kind": "project",
        "about": "",
        "exit_code": 2,
        "members": 0,
        "bytes": 0,
        "parts": [],
        "notes": [],
        "errors": [
            {"text": "unknown key", "file": "pyproject.toml", "line": 12},
            {"text": "bad", "file": "hatch.toml", "line": 0},
        ],
    }
    assert first["exit_code"] == 1
    assert {key: value for key, value in first["parts"][0].items() if key != "findings"} == {
        "name": "sdist",
        "enabled": True,
        "notes": [
            (
                "packed 1 directory with an invalid CACHEDIR.TAG: data/CACHEDIR.TAG   invalid: empty; "
                'to leave it out, add "/data/" to `extra-caches` in [x]'
            )
        ],
    }
    assert first["parts"][0]["findings"][0] == {
        "code": "NC102",
        "title": "symlink to a file outside the project",
        "action": "rejected",
        "path": "LICENSE",
        "link_target": "../x",
        "what": "symlink to a file outside the project",
        "reason": "",
        "note": "",
        "hints": ['to leave it out, add "/LICENSE" to `exclude` in [tool.hatch.build.targets.sdist]'],
        "members": 0,
        "bytes": 0,
        "refused_by": [],
        "is_environment": False,
    }


def test_exit_code_of_strict():
    """A dropped finding counts then, in the document as well."""
    results = [Result("x", "project", "x", (part("sdist", [CACHE, COPIED, NOTICE]),))]
    assert json.loads(as_json(results))["exit_code"] == 0
    document = json.loads(as_json(results, strict=True))
    assert (document["exit_code"], document["results"][0]["exit_code"]) == (1, 1)
    only_notices = [Result("x", "project", "x", (part("sdist", [COPIED, NOTICE]),))]
    assert json.loads(as_json(only_notices, strict=True))["exit_code"] == 0


def test_order():
    """The worst first, then by path, whatever the order in which they were found."""
    findings = [CACHE, NOTICE, COPIED, LINK, inside(2), inside(1)]
    wanted = (LINK, inside(1), inside(2), CACHE, COPIED, NOTICE)
    assert part("x", findings).findings == part("x", findings[::-1]).findings == wanted


def test_every_code_fits_the_schema():
    """And every action."""
    findings = [Finding(code, "x", "y", "z", action) for code in CODES for action in Action]
    validate(json.loads(as_json([Result("x", "project", "y", (part("sdist", findings),))])))


def test_the_documentation_of_json():
    """docs/json.md explains each key of the schema."""
    explained = (SCHEMA.parent / "json.md").read_text(encoding="utf-8")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for table in (schema, *(table for table in schema["$defs"].values() if "properties" in table)):
        assert sorted(table["required"]) == sorted(table["properties"])
        for key in table["properties"]:
            assert f"`{key}`" in explained


# --- GitHub and GitLab ------------------------------------------------------------------------------------------------


def test_annotations():
    """A level for each action, the place, the targets that share the finding, and a line for the log."""
    exclude = 'hint: to leave it out, add "/LICENSE" to `exclude` in [tool.hatch.build.targets.sdist]'
    allow = 'hint: to pack it anyway, add "/.uv-cache/" to `allow` in [tool.hatch.build.hooks.nocache]'
    assert as_github(PROJECT).splitlines() == [
        (
            "::error file=LICENSE,title=hatch-nocache NC102 (sdist)::"
            f"NC102 LICENSE -> ../x   symlink to a file outside the project%0A{exclude}"
        ),
        (
            "::warning file=.uv-cache,title=hatch-nocache NC001 (sdist%2C wheel%2C wheel%3Aeditable)::"
            f"NC001 .uv-cache/   uv cache: valid CACHEDIR.TAG%0A{allow}%0A{allow.partition('[')[0]}[x]"
        ),
        "::warning file=src/demo/x,title=hatch-nocache NC101 (sdist)::NC101 src/demo/x -> /x   absolute symlink",
        "::notice file=src/demo/y,title=hatch-nocache NC104 (sdist)::NC104 src/demo/y -> z   dangling symlink",
        "::notice file=src/demo/z,title=hatch-nocache NC104 (wheel)::NC104 src/demo/z -> z   dangling symlink",
        (
            "hatch-nocache: .: sdist: 1 rejected, 1 dropped, 1 copied, 1 notice; wheel: 1 dropped, 1 notice; "
            "wheel:editable: 1 dropped; custom: nothing found"
        ),
    ]
    first, *_, last = as_github(ARCHIVE).splitlines()
    assert first.startswith("::error file=dist/demo-1.0.tar.gz,title=hatch-nocache NC004 (archive)::NC004 venv/   ")
    assert first.endswith("%0A1,234 members, 5.7 MB")
    assert last == "hatch-nocache: dist/demo-1.0.tar.gz: archive: 3 rejected"


def test_annotations_of_errors():
    """They point at the line of the configuration file."""
    assert as_github(MISCONFIGURED).splitlines() == [
        "::error file=lib/pyproject.toml,line=12,title=hatch-nocache::unknown key",
        "::error file=lib/hatch.toml,title=hatch-nocache::bad",
        "hatch-nocache: lib: not checked",
    ]
    assert as_github(UNREADABLE).startswith("::error file=dist/x.whl,title=hatch-nocache::it is truncated\n")


def test_code_quality_report():
    """One issue for a path, as severe as the worst target; the fingerprint is stable and unique."""
    wheel = LINK._replace(path=".uv-cache/", target="", code="NC001")
    result = PROJECT._replace(parts=(*PROJECT.parts, part("wheel", [wheel])))
    issues = json.loads(as_gitlab([result, ARCHIVE, MISCONFIGURED]))
    assert [(each["check_name"], each["severity"], each["location"]["path"]) for each in issues] == [
        ("NC102", "major", "LICENSE"),
        ("NC001", "major", ".uv-cache"),
        ("NC101", "info", "src/demo/x"),
        ("NC104", "info", "src/demo/y"),
        ("NC104", "info", "src/demo/z"),
        ("NC004", "major", "dist/demo-1.0.tar.gz"),
        ("NC101", "major", "dist/demo-1.0.tar.gz"),
        ("NC204", "major", "dist/demo-1.0.tar.gz"),
        ("hatch-nocache", "blocker", "lib/pyproject.toml"),
        ("hatch-nocache", "blocker", "lib/hatch.toml"),
    ]
    assert issues[0]["description"] == "NC102 LICENSE -> ../x   symlink to a file outside the project"
    assert issues[-2]["location"]["lines"] == {"begin": 12}
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    moved = MISCONFIGURED._replace(errors=(Problem("unknown key", "pyproject.toml", 99),))
    reworded = PROJECT._replace(parts=(part("sdist", [LINK._replace(reason="other words")]),))
    again = [each["fingerprint"] for each in json.loads(as_gitlab([reworded, moved]))]
    assert again == [issues[0]["fingerprint"], issues[-2]["fingerprint"]]


# --- Hostile names ----------------------------------------------------------------------------------------------------


def test_hostile_names():
    """No name is a command of a terminal or a CI log, ends an annotation, or adds a property; JSON preserves them."""
    finding = Finding("NC203", HOSTILE, HOSTILE, HOSTILE, Action.REJECTED, HOSTILE, HOSTILE, (), 1, 1, (HOSTILE,))
    hostile = part(HOSTILE, [finding], [Note(HOSTILE, (HOSTILE,), (Hint(HOSTILE, HOSTILE, HOSTILE),))])
    for kind in ("project", "sdist"):
        result = Result(HOSTILE, kind, HOSTILE, (hostile, hostile), (HOSTILE,), (Problem(HOSTILE, HOSTILE, 1),))
        text = as_text(result, PLAIN, verbose=True)
        annotations = as_github(result).split("\n")
        report, document = as_gitlab([result]), as_json([result])
        assert all(line.isprintable() for line in (*text.splitlines(), *annotations))
        assert [line.count("::") for line in annotations] == [2, 2, 0]
        assert [line.split("::")[1].count(",") for line in annotations[:2]] == [2, 1]
        for written in (text, report, document):
            assert "::" not in written
            assert "##[" not in written
        for written in (report, document):
            assert written.isascii()
            assert set(written) & set(map(chr, range(32))) == {"\n"}
        validate(json.loads(document))
        assert json.loads(document)["results"][0]["path"] == HOSTILE
        assert json.loads(document)["results"][0]["parts"][0]["findings"][0]["path"] == HOSTILE
