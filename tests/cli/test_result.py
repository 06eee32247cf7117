"""The formats, word for word."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from hatch_nocache.cli.result import Problem, Result, as_github, as_gitlab, as_json, as_text, error_lines, part
from hatch_nocache.rules import CODES, Action, Finding, Hint, Note

SCHEMA = Path(__file__).parents[2] / "docs" / "check.schema.json"
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
        part("sdist", [CACHE, NOTICE, COPIED, LINK], [NOTE])._replace(enabled=True),
        part("wheel", [CACHE._replace(hints=(OTHER,)), NOTICE._replace(path="src/demo/z")]),
        part("wheel:editable", [CACHE]),
        part("custom", []),
    ),
    ("not run: build hook custom; --run-hooks runs it",),
)
ENVIRONMENT = Finding(
    "NC004", "venv/", "virtual environment", "contains pyvenv.cfg", Action.REJECTED, members=1234, size=5_678_901
)
INSIDE = Finding("NC101", "venv/bin/1", "absolute symlink", "", Action.REJECTED, target="/x", installers=("uv 0.8.1+",))
LONG = INSIDE._replace(path=f"venv/bin/{'x' * 150}", reason="y" * 40)
ARCHIVE = Result(
    "dist/demo-1.0.tar.gz",
    "sdist",
    "sdist, top-level directory demo-1.0/",
    (part("archive", [ENVIRONMENT, INSIDE, INSIDE._replace(code="NC204"), LONG], more=3),),
    members=1300,
    size=999,
)
MISCONFIGURED = Result(
    "lib", "project", errors=(Problem("unknown key", "pyproject.toml", 12), Problem("bad", "hatch.toml"))
)


def annotations(*results):
    """The annotations, without the summary."""
    return [*as_github(results)][:-1]


def document(form, *results):
    """The document that a format consists of."""
    (written,) = form([result.with_exit_code(strict=False) for result in results])
    return json.loads(written)


def test_text_of_a_project():
    """The worst finding first; a finding that targets share is printed once, with the hints for all of them."""
    assert [*as_text([PROJECT], verbose=False)] == [
        ".: Hatchling project demo",
        "  sdist: 1 rejected, 1 dropped, 1 copied, 1 notice",
        "  wheel: 1 dropped, 1 notice",
        "  wheel:editable: 1 dropped",
        "  custom: nothing found",
        "  rejected  NC102 LICENSE -> ../x   symlink to a file outside the project (sdist)",
        "  dropped   NC001 .uv-cache/   uv cache: valid CACHEDIR.TAG (sdist, wheel, wheel:editable)",
        "  copied    NC101 src/demo/x -> /x   absolute symlink (sdist)",
        "  notice    NC104 src/demo/y -> z   dangling symlink (sdist)",
        "  notice    NC104 src/demo/z -> z   dangling symlink (wheel)",
        '  hint: to leave it out, add "/LICENSE" to `exclude` in [tool.hatch.build.targets.sdist]',
        '  hint: to pack it anyway, add "/.uv-cache/" to `allow` in [tool.hatch.build.hooks.nocache]',
        '  hint: to pack it anyway, add "/.uv-cache/" to `allow` in [x]',
        (
            "  note      packed 1 directory with an invalid CACHEDIR.TAG: "
            "data/CACHEDIR.TAG   invalid: empty; to leave it out, add"
        ),
        '              "/data/" to `extra-caches` in [x]',
        "  not run: build hook custom; --run-hooks runs it",
    ]


def test_text_of_an_archive():
    """Long lines are wrapped, paths are not."""
    assert [*as_text([ARCHIVE], verbose=False)] == [
        "dist/demo-1.0.tar.gz: sdist, top-level directory demo-1.0/, 1300 members, 1 kB",
        "  archive: 4 rejected",
        "  rejected  NC004 venv/   virtual environment: contains pyvenv.cfg; 1234 members, 5,679 kB",
        "  rejected  NC101 venv/bin/1 -> /x   absolute symlink",
        "  rejected  NC204 venv/bin/1 -> /x   absolute symlink",
        "  rejected  NC101",
        f"              venv/bin/{'x' * 150}",
        f"              -> /x   absolute symlink: {'y' * 40}",
        "  note      3 more findings are not listed",
    ]


def test_errors_and_summary():
    """A path that could not be checked has no text. With `strict`, dropped findings count."""
    assert [*error_lines(MISCONFIGURED)] == ["lib/pyproject.toml:12: unknown key", "lib/hatch.toml: bad"]
    dropped = Result("x", "tree", parts=(part("tree", [CACHE]),))
    for strict, summary in ((False, "2 accepted, 1 rejected"), (True, "1 accepted, 2 rejected")):
        results = [
            each.with_exit_code(strict=strict) for each in (MISCONFIGURED, ARCHIVE, dropped, Result("x", "tree"))
        ]
        assert [*as_text(results[::2], verbose=False)][:-1] == []
        assert [*as_text(results, verbose=False)][-1] == f"4 paths: {summary}, 1 with errors"
        assert [*as_text(results[:1], verbose=False)] == []
        assert [*as_github(results[:1])][-1] == "1 path: 1 with errors"


def test_many_findings():
    """Ten are shown, the others are counted; -v lists up to a thousand. No format has more."""
    links = [INSIDE._replace(path=f"{number:04}") for number in range(2000)]
    lost = Note("the wheel will lack 12 files", tuple(map(str, range(12))))
    result = Result("x", "project", "Hatchling project x", (part("sdist", links, [lost]),))
    assert [*as_text([result], verbose=False)][-3:] == [
        "  and 990 more; -v lists all",
        "  note      the wheel will lack 12 files: 0; 1; 2; 3; 4; 5; 6; 7; 8; 9; and 2 more",
        "  note      1,000 more findings are not listed",
    ]
    assert [*as_text([result], verbose=True)][1001:] == [
        "  rejected  NC101 0999 -> /x   absolute symlink",
        "  note      the wheel will lack 12 files: 0; 1; 2; 3; 4; 5; 6; 7; 8; 9; 10; 11",
        "  note      1,000 more findings are not listed",
    ]
    assert len(annotations(result)) == 1000
    assert len(document(as_gitlab, result)) == 1000
    (listed,) = document(as_json, result)["results"][0]["parts"]
    assert (len(listed["findings"]), listed["notes"][0][-7:]) == (1000, " 10; 11")


def validate(read):
    """Validate the document against the schema in docs/."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(read)


def test_json():
    """It has the keys of the schema; every code and action fits it. Findings are in order, the worst first."""
    everything = [Finding(code, "x", "y", "z", action) for code in CODES for action in Action]
    tree = Result("x", "tree", "y", (part("x", everything),))
    read = document(as_json, PROJECT, MISCONFIGURED, tree)
    validate(read)
    assert [read["exit_code"], *(result["exit_code"] for result in read["results"])] == [2, 1, 2, 1]
    assert read["results"][1]["errors"] == [
        {"text": "unknown key", "file": "pyproject.toml", "line": 12},
        {"text": "bad", "file": "hatch.toml", "line": 0},
    ]
    sdist = read["results"][0]["parts"][0]
    link, *others = sdist.pop("findings")
    assert [each["code"] for each in others] == ["NC001", "NC101", "NC104"]
    assert (link["title"], link["action"]) == ("symlink to a file outside the project", "rejected")
    assert (link["path"], link["link_target"]) == ("LICENSE", "../x")
    assert link["hints"] == ['to leave it out, add "/LICENSE" to `exclude` in [tool.hatch.build.targets.sdist]']
    note = "packed 1 directory with an invalid CACHEDIR.TAG: data/CACHEDIR.TAG   invalid: empty; "
    note += 'to leave it out, add "/data/" to `extra-caches` in [x]'
    assert sdist == {"name": "sdist", "enabled": True, "notes": [note]}
    (archive,) = document(as_json, ARCHIVE)["results"]
    findings = archive["parts"][0]["findings"]
    assert (archive["bytes"], findings[0]["bytes"], findings[1]["refused_by"]) == (999, 5_678_901, ["uv 0.8.1+"])


def test_the_documentation_of_json():
    """docs/json.md explains each key of the schema."""
    explained = (SCHEMA.parent / "json.md").read_text(encoding="utf-8")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for table in (schema, *(table for table in schema["$defs"].values() if "properties" in table)):
        assert sorted(table["required"]) == sorted(table["properties"])
        for key in table["properties"]:
            assert f"`{key}`" in explained


def test_annotations():
    """A level for each action, the place, and the targets that share the finding. Errors point at a line."""
    allow = '%0A  hint: to pack it anyway, add "/.uv-cache/" to `allow` in'
    cache, *notices = annotations(PROJECT)[1:]
    assert cache == (
        "::warning file=.uv-cache,title=hatch-nocache NC001::NC001 .uv-cache/   uv cache: valid CACHEDIR.TAG"
        f"%0Afound in: sdist, wheel, wheel:editable{allow} [tool.hatch.build.hooks.nocache]{allow} [x]"
    )
    assert [notice.partition(" file=")[0] for notice in notices] == ["::warning", "::notice", "::notice"]
    assert annotations(ARCHIVE, MISCONFIGURED)[::2] == [
        (
            "::error file=dist/demo-1.0.tar.gz,title=hatch-nocache NC004::NC004 venv/   virtual environment: contains "
            "pyvenv.cfg%0Afound in: archive%0A1234 members, 5,679 kB"
        ),
        annotations(ARCHIVE)[2],
        "::error file=lib/pyproject.toml,line=12,title=hatch-nocache::unknown key",
    ]
    assert annotations(MISCONFIGURED)[1] == "::error file=lib/hatch.toml,title=hatch-nocache::bad"


def test_code_quality_report():
    """One issue for a path, as severe as the worst target; the fingerprint is stable and unique."""
    wheel = LINK._replace(path=".uv-cache/", target="", code="NC001")
    result = PROJECT._replace(parts=(*PROJECT.parts, part("wheel", [wheel])))
    issues = document(as_gitlab, result, ARCHIVE, MISCONFIGURED)
    assert [(each["check_name"][14:], each["severity"], each["location"]["path"]) for each in issues] == [
        ("NC102", "major", "LICENSE"),
        ("NC001", "major", ".uv-cache"),
        ("NC101", "info", "src/demo/x"),
        ("NC104", "info", "src/demo/y"),
        ("NC104", "info", "src/demo/z"),
        ("NC004", "major", "dist/demo-1.0.tar.gz"),
        ("NC101", "major", "dist/demo-1.0.tar.gz"),
        ("NC204", "major", "dist/demo-1.0.tar.gz"),
        ("NC101", "major", "dist/demo-1.0.tar.gz"),
        ("", "blocker", "lib/pyproject.toml"),
        ("", "blocker", "lib/hatch.toml"),
    ]
    assert issues[0]["description"] == "NC102 LICENSE -> ../x   symlink to a file outside the project"
    assert issues[-2]["location"]["lines"] == {"begin": 12}
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    moved = MISCONFIGURED._replace(errors=(Problem("unknown key", "pyproject.toml", 99),))
    reworded = PROJECT._replace(parts=(part("sdist", [LINK._replace(reason="other words")]),))
    again = [each["fingerprint"] for each in document(as_gitlab, reworded, moved)]
    assert again == [issues[0]["fingerprint"], issues[-2]["fingerprint"]]


def test_hostile_names():
    """No name is a command of a terminal or a CI log, ends an annotation, or adds a property; JSON preserves them."""
    finding = Finding("NC203", HOSTILE, HOSTILE, HOSTILE, Action.REJECTED, HOSTILE, HOSTILE, (), 1, 1, (HOSTILE,))
    hostile = part(HOSTILE, [finding], [Note(HOSTILE, (HOSTILE,), (Hint(HOSTILE, HOSTILE, HOSTILE),))])
    for kind in ("project", "sdist"):
        result = Result(HOSTILE, kind, HOSTILE, (hostile, hostile), (HOSTILE,), (Problem(HOSTILE, HOSTILE, 1),))
        text = [*as_text([result], verbose=True)]
        lines = annotations(result)
        (report,), (written,) = as_gitlab([result]), as_json([result])
        assert all(line.isprintable() for line in (*text, *lines, *error_lines(result)))
        assert [line.count("::") for line in lines] == [2, 2]
        assert [line.split("::")[1].count(",") for line in lines] == [2, 1]
        assert all("%250A%2Cd" in line for line in lines)
        assert "\udcff" not in str(json.loads(report))
        for each in ("\n".join(text), report, written):
            assert "::" not in each
            assert "##[" not in each
        for each in (report, written):
            assert each.isascii()
            assert set(each) & set(map(chr, range(32))) == {"\n"}
        read = json.loads(written)
        validate(read)
        assert read["results"][0]["path"] == read["results"][0]["parts"][0]["findings"][0]["path"] == HOSTILE
