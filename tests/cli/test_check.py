"""`check` on archives, directories of archives, workspaces, and what is neither."""

from __future__ import annotations

import os

import pytest
from badarchives import case, file, sym, wheel
from building import PYPROJECT
from projects import SIGNATURE, plant

from hatch_nocache.cli.check import Request, check
from hatch_nocache.report import hint_lines

HOOK = "[tool.hatch.build.hooks.nocache]\n"
BASE = PYPROJECT.replace(HOOK, "")
VENV = {"venv/pyvenv.cfg": b"home = /usr/bin\n", "venv/bin/python": "-> /usr/bin/python3", "venv/bin/activate": b"x"}
STORE = {"store/CACHEDIR.TAG": SIGNATURE, "store/x": b"12345"}
NESTED = {f"data/{name}": content for name, content in STORE.items()}
LISTED = '[tool.hatch.build.targets.wheel.force-include]\n"data" = "forced"\n'


def sdist(path, files, pyproject=""):
    """Write an sdist; "-> x" is a symlink to x."""
    members = {"PKG-INFO": b"Name: demo\nVersion: 1.0\n", "pyproject.toml": pyproject.encode(), **files}
    entries = (sym(name, text[3:]) if isinstance(text, str) else file(name, text) for name, text in members.items())
    path.write_bytes(case("", *entries, bare=True).sdist())
    return path


def findings(result):
    """The findings of all parts."""
    return [finding for part in result.parts for finding in part.findings]


def brief(results):
    """The code and the path of each finding."""
    return [(finding.code, finding.path) for result in results for finding in findings(result)]


def code(result):
    """The exit code, without --strict."""
    return result.with_exit_code(strict=False).exit_code


def errors(results):
    """The error messages, each with its file and line."""
    return [(each.text, each.file, each.line) for result in results for each in result.errors]


def test_sdist(tmp_path):
    """Its kind, members and size, and what is wrong with it."""
    (result,) = check(str(sdist(tmp_path / "x.tar.gz", {**STORE, "l": "-> /etc/passwd"}, BASE)), Request())
    assert (result.kind, result.about, result.members) == ("sdist", "sdist, top-level directory myproject-1.0.1/", 5)
    assert brief([result]) == [("NC101", "l"), ("NC001", "store/")]
    assert (findings(result)[1].members, findings(result)[1].size) == (2, 48)
    assert code(result) == 1


@pytest.mark.parametrize(
    ("tables", "accepted"),
    [
        (HOOK, []),
        (HOOK + 'allow = ["/store/"]\n', ["NC001"]),
        (HOOK + 'allow = ["/venv/bin/python"]\n', ["NC101"]),
        (HOOK + 'caches = "keep"\n', ["NC001", "NC004"]),
        (HOOK + 'symlinks = "keep"\n', ["NC101"]),
        (HOOK + 'symlinks = "nonsense"\ncaches = "keep"\n', []),
        ('[tool.hatch.build.targets.sdist.hooks.nocache]\ncaches = "keep"\n', ["NC001", "NC004"]),
        ('[tool.hatch.build.targets.wheel.hooks.nocache]\ncaches = "keep"\n', []),
        (HOOK + '[tool.hatch.build.targets.wheel.force-include]\n"store" = "demo/store"\n', ["NC001"]),
        (HOOK + '[tool.hatch.build.targets.sdist.force-include]\n"../data" = "store"\n', ["NC001"]),
        (
            HOOK + 'allow = ["/env"]\n[tool.hatch.build.targets.sdist.force-include]\n"./env" = "/venv"\n',
            ["NC004", "NC101"],
        ),
        (HOOK + '[tool.hatch.build.targets.wheel]\nartifacts = ["/store/*.bin"]\n', ["NC001"]),
        (HOOK + '[tool.hatch.build.targets.wheel]\nartifacts = ["*.bin"]\n', []),
        # Without the hook, a pattern is no reason why the whole directory is in the archive.
        ('[tool.hatch.build.targets.wheel]\nartifacts = ["/store/*.bin"]\n', []),
        ('[tool.hatch.build.targets.wheel]\npackages = ["store"]\n', ["NC001"]),
    ],
)
def test_sdist_with_its_own_options(tables, accepted, tmp_path):
    """What its own tables let the hook pack is no finding."""
    found = brief(check(str(sdist(tmp_path / "x.tar.gz", {**STORE, **VENV}, BASE + tables)), Request()))
    everything = {"NC001": "store/", "NC004": "venv/", "NC101": "venv/bin/python"}
    assert sorted(found) == [pair for pair in everything.items() if pair[0] not in accepted]


@pytest.mark.parametrize(
    ("files", "pyproject", "found"),
    [
        ({**STORE, "hatch.toml": b'[build.hooks.nocache]\ncaches = "keep"\n'}, BASE + HOOK, []),
        ({"l": "-> nowhere"}, BASE, [("NC104", "l")]),
        # The build with the hook has printed it.
        ({"l": "-> nowhere"}, BASE + HOOK, []),
        ({"a:b": b""}, BASE + HOOK, [("NC203", "a:b")]),
        (STORE, "[", [("NC001", "store/")]),
        # Part of a listed cache.
        (NESTED, BASE + HOOK + 'extra-caches = ["/data"]\n' + LISTED, []),
        (NESTED, BASE + HOOK + 'extra-caches = ["/other"]\n' + LISTED, [("NC001", "data/store/")]),
    ],
)
def test_what_is_found(files, pyproject, found, tmp_path):
    """hatch.toml replaces tables. A member has no hint: the archive is invalid, even if its findings are accepted."""
    (result,) = check(str(sdist(tmp_path / "x.tar.gz", files, pyproject)), Request())
    assert brief([result]) == found
    assert all(finding.hints for finding in findings(result)) is (found not in ([("NC203", "a:b")], [("NC104", "l")]))
    notes = [note.header.partition(":")[0] for note in result.parts[0].notes]
    assert notes == (["pyproject.toml in it cannot be read"] if pyproject == "[" else [])


ALLOW = 'to accept it, add "/store/" to `allow` in [tool.hatch.build.hooks.nocache] of the project\'s pyproject.toml'
PASS = 'to accept it, pass "/store/" to --allow'


@pytest.mark.parametrize(
    ("pyproject", "hints"),
    [
        (HOOK, [ALLOW]),
        (BASE, ["to leave it out, build it with the hook hatch-nocache", PASS]),
        ("", ['to leave it out, exclude "/store/" in the configuration of the build backend', PASS]),
    ],
)
def test_hints_for_an_archive(pyproject, hints, tmp_path):
    """They never advise the hook for an archive that was built with it, or that Hatchling did not build."""
    (result,) = check(str(sdist(tmp_path / "x.tar.gz", STORE, pyproject)), Request())
    lines = hint_lines([hint for finding in findings(result) for hint in finding.hints])
    assert " ".join(map(str.strip, lines)) == " ".join(f"hint: {hint}" for hint in hints)


def truncated(path):
    """An sdist that ends in the middle."""
    sdist(path, {"data/big.bin": os.urandom(100_000)})
    path.write_bytes(path.read_bytes()[:50_000])


posix = pytest.mark.skipif(os.name == "nt", reason="FIFOs, signals, directories deleted while in use")


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("text.tar.gz", lambda path: path.write_text("text", encoding="utf-8"), "but is not one"),
        ("text.whl", lambda path: path.write_text("text", encoding="utf-8"), "not a"),
        ("notes.txt", lambda path: path.write_text("text", encoding="utf-8"), "not a"),
        ("truncated.tar.gz", truncated, "truncated"),
        ("x.tar.zst", lambda path: path.write_bytes(b"\x28\xb5\x2f\xfd"), "supported"),
        ("dangling.whl", lambda path: path.symlink_to("nowhere"), "neither a directory nor a regular file"),
        pytest.param("fifo.tar.gz", lambda path: os.mkfifo(str(path)), "neither a directory nor", marks=posix),
        ("missing.whl", os.fspath, "no such file"),
        ("empty", lambda path: path.mkdir(), "the directory is empty"),
    ],
)
def test_files_that_are_not_archives(name, make, words, tmp_path):
    """One error that says so."""
    make(tmp_path / name)
    (result,) = check(str(tmp_path / name), Request())
    ((text, file, line),) = errors([result])
    assert words in text
    assert "\n" not in text
    assert (result.kind, result.about, file, line, code(result)) == ("unknown", "", "", 0, 2)


def test_directory_of_archives(tmp_path):
    """Each is checked; other files are not. A project is a project, with archives in it or not."""
    sdist(tmp_path / "b.tar.gz", STORE)
    (tmp_path / "a.whl").write_bytes(wheel(("demo/__init__.py",)))
    (tmp_path / "c.tar.zst").touch()
    (tmp_path / "SHA256SUMS").touch()
    results = check(str(tmp_path), Request())
    assert [os.path.basename(result.path) for result in results] == ["a.whl", "b.tar.gz", "c.tar.zst"]
    assert [code(result) for result in results] == [0, 1, 2]
    (tmp_path / "pyproject.toml").write_text(BASE + HOOK, encoding="utf-8")
    assert [result.kind for result in check(str(tmp_path), Request())] == ["project"]


@pytest.mark.parametrize(
    ("what", "file", "line", "words"),
    [
        ("file: [project]\nname = 'x'\n[tool\n", "pyproject.toml", 3, "Expected ']'"),
        ("file: [tool.x]\nx = " + "[" * 5000, "pyproject.toml", 0, ""),
        ("-> nowhere", "pyproject.toml", 0, "No such file or directory"),
        pytest.param("fifo", "pyproject.toml", 0, "it is not a regular file", marks=posix),
        ("file: [build\n", "hatch.toml", 1, "Expected ']'"),
        (b"\xff", "pyproject.toml", 0, "'utf-8' codec can't decode"),
    ],
)
def test_unreadable_configuration(what, file, line, words, tmp_path):
    """One error, with the line if the parser says it."""
    if isinstance(what, bytes):
        (tmp_path / file).write_bytes(what)
    else:
        plant(str(tmp_path), file, what, [])
    ((text, *place),) = errors(check(str(tmp_path), Request()))
    assert text.startswith(f"cannot be read: {words}")
    assert place == [file, line]


@posix
@pytest.mark.parametrize("path", ["absolute", "../project"])
def test_from_a_deleted_directory(path, tmp_path, monkeypatch):
    """An absolute path is checked; of a relative one, the error is reported."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project/pyproject.toml").write_text(BASE + HOOK, encoding="utf-8")
    (tmp_path / "deleted").mkdir()
    monkeypatch.chdir(tmp_path / "deleted")
    os.rmdir(str(tmp_path / "deleted"))
    results = check(str(tmp_path / "project") if path == "absolute" else path, Request())
    assert bool(errors(results)) is (path != "absolute")


CORE, CLI, OLD = ((f"packages/{name}", f"Hatchling project {name}") for name in ("core", "cli", "old"))
ROOT = (".", "built by no known backend, not by Hatchling")
UV = "[tool.uv.workspace]\nmembers = "


@pytest.mark.parametrize(
    ("pyproject", "hatch_toml", "expected"),
    [
        (UV + '["packages/*"]\nexclude = ["packages/old"]\n', "", [CLI, CORE]),
        ('[project]\nname = "all"\n' + UV + '["packages/c*"]\n', "", [CLI, CORE]),
        (UV + '["packages/core", "packages/**", "."]\nexclude = ["pack*/o*"]\n', "", [CORE, CLI]),
        ('[tool.hatch.envs.x]\nworkspace.members = ["packages/core", {path = "packages/old"}]\n', "", [CORE, OLD]),
        ("", '[envs.test.workspace]\nmembers = ["packages/core"]\n', [CORE]),
        (BASE + HOOK + UV + '["packages/core"]\n', "", [(".", "Hatchling project demo"), CORE]),
        (UV + '["packages/*", "bad"]\n', "", [CLI, CORE, OLD, ("bad", "")]),
        (UV + '"packages/*"\n', "", [ROOT]),
        (UV + "[1, {x = 1}]\n", "", [ROOT]),
        (UV + '["nothing"]\n', "", [ROOT]),
    ],
)
def test_workspace(pyproject, hatch_toml, expected, tmp_path, monkeypatch):
    """The members are checked, each by name; a virtual root is not. Without any, the root is any project."""
    for name in ("core", "cli", "old"):
        member = tmp_path / "packages" / name
        (member / "src" / name).mkdir(parents=True)
        (member / "src" / name / "__init__.py").touch()
        (member / "pyproject.toml").write_text((BASE + HOOK).replace('"demo"', f'"{name}"'), encoding="utf-8")
    (tmp_path / "packages/notes").mkdir()
    plant(str(tmp_path), "bad/pyproject.toml", "file: [", [])
    (tmp_path / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    (tmp_path / "hatch.toml").write_text(hatch_toml, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for root in (".", str(tmp_path)):
        results = check(root, Request())
        assert [(os.path.relpath(each.path).replace(os.sep, "/"), each.about) for each in results] == expected
