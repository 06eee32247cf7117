"""What a person reads: the models of the messages, their width, and what is escaped."""

from __future__ import annotations

from typing import List

import pytest
from projects import SIGNATURE, Project

from hatch_nocache.report import block, built, escape, hint_lines
from hatch_nocache.rules import CODES, Action, Finding, Hint, Note

HOOK = "[tool.hatch.build.hooks.nocache]"
UNSET = "UV_CACHE_DIR is unset; uv also reads --cache-dir, XDG_CACHE_HOME and `cache-dir` in uv.toml or [tool.uv]"
EXCLUDE = "[tool.hatch.build.targets.{}]"


def finding(path: str, action: Action = Action.DROPPED, code: str = "NC001", what: str = "uv cache", **more) -> Finding:
    return Finding(code, path, what, "so", action, **more)


# --- Models: whole builds ---------------------------------------------------------------------------------------------


def said(project: Project, target: str = "sdist", **env: str) -> List[str]:
    """Return the lines without line breaks in them."""
    text = project.build(target, **env).said
    assert max(map(len, text.splitlines()), default=0) <= 120
    return text.replace("\n        ", " ").splitlines()


def test_cache(project: Project) -> None:
    project.make("uv cache", ".uv-cache")
    assert said(project, UV_CACHE_DIR=".uv-cache") == [
        "hatch-nocache: left 1 cache directory out of the sdist",
        "  NC001 .uv-cache/   uv cache: UV_CACHE_DIR=.uv-cache points into the project",
        f'hint: to pack it anyway, add "/.uv-cache/" to `allow` in {HOOK}'.replace("hint", "  hint"),
    ]
    assert said(project)[1:] == [
        "  NC001 .uv-cache/   uv cache: valid CACHEDIR.TAG",
        f'  hint: to pack it anyway, add "/.uv-cache/" to `allow` in {HOOK}',
        f"  hint: {UNSET}",
    ]
    assert said(project, HATCH_QUIET="2") == []


def test_caches_and_environments(project: Project) -> None:
    """Many stay short: hints are merged, and the rest is named in one line unless asked for."""
    project.make("cache", *(f"cache{number}" for number in range(6)))
    project.make("venv", "env")
    names = [*(f"cache{number}" for number in range(6)), "env"]
    caches = " or ".join(f'"/{name}/"' for name in names)
    lines = said(project)
    assert lines[0] == "hatch-nocache: left 6 cache directories and 1 virtual environment out of the sdist"
    assert lines[1:] == [
        *(f"  NC001 cache{number}/   cache directory: valid CACHEDIR.TAG" for number in range(4)),
        "  and 3 more (HATCH_VERBOSE=1 lists all): NC001 cache4/, cache5/; NC004 env/",
        f"  hint: to pack one anyway, add it to `allow` in {HOOK}, as {caches}",
    ]
    assert "  NC004 env/   virtual environment: contains pyvenv.cfg" in said(project, HATCH_VERBOSE="1")


def test_named_cache(project: Project) -> None:
    project.make("cache", "store", "models")
    project.configure(
        after='[tool.hatch.build.targets.sdist.force-include]\n"store" = "store"\n'
        '[tool.hatch.build.targets.wheel]\nartifacts = ["/models/index.txt"]'
    )
    assert said(project) == [
        "hatch-nocache: left 1 cache directory out of the sdist",
        "  NC001 models/   cache directory: valid CACHEDIR.TAG; except paths listed in `artifacts`",
        f'  hint: to pack it anyway, add "/models/" to `allow` in {HOOK}',
        "hatch-nocache: packed 1 cache directory into the sdist because the configuration names it",
        "  NC001 store/   cache directory: valid CACHEDIR.TAG; listed in `force-include`",
    ]


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_rejected_files(project: Project, target: str) -> None:
    project.configure('symlinks = "reject"')
    project.put("../outside/a.txt")
    project.link("src/demo/passwd", "/etc/passwd")
    project.link("src/demo/a.txt", "../../../outside/a.txt")
    project.link("src/demo/outside", "../../../outside")
    project.make("fifo", "src/demo/pipe")
    lines = said(project, target)
    assert lines[0] == f"hatch-nocache: the {target} was not built: 4 problems"
    entries = " or ".join(f'"/{line.split()[1]}"' for line in lines[1:5])
    # In a wheel, an absolute symlink is a finding only if its link target is outside.
    shown = sorted(
        line.partition("; refused")[0].replace("absolute symlink to a file outside the project", "absolute symlink")
        for line in lines[1:5]
    )
    assert shown == [
        "  NC101 src/demo/passwd -> /etc/passwd   absolute symlink",
        "  NC102 src/demo/a.txt -> ../../../outside/a.txt   symlink to a file outside the project",
        "  NC103 src/demo/outside -> ../../../outside   symlink to a directory outside the project",
        "  NC201 src/demo/pipe   FIFO; installers accept only regular files, directories and symlinks",
    ]
    assert sorted(lines[5:]) == [
        f"  hint: to leave one out, add it to `exclude` in {EXCLUDE.format(target)}, as {entries}",
        f'  hint: to pack its files, set symlinks = "copy" in {HOOK}',
        f'  hint: to pack the target file, set symlinks = "copy" in {HOOK}',
    ]


def test_invalid_tags(project: Project) -> None:
    project.put("a/CACHEDIR.TAG", "Signature: 0")
    project.put("b/CACHEDIR.TAG", SIGNATURE[:-1].decode())
    project.put("c/CACHEDIR.TAG/x")
    project.put("CACHEDIR.TAG", "")
    lines = said(project)
    assert lines[0] == "hatch-nocache: packed 4 directories with an invalid CACHEDIR.TAG into the sdist"
    assert sorted(lines[1:5]) == [
        "  CACHEDIR.TAG   invalid: empty or unreadable",
        "  a/CACHEDIR.TAG   invalid: wrong signature",
        "  b/CACHEDIR.TAG   invalid: cut short",
        "  c/CACHEDIR.TAG   invalid: a directory",
    ]
    entries = '"/a/" or "/b/" or "/c/"'
    assert lines[5:] == [f"  hint: to leave one out, add it to `extra-caches` in {HOOK}, as {entries}"]


def test_unused_allow(project: Project) -> None:
    project.configure('allow = ["/nothing/", "/ü", "/src/"]')
    assert said(project) == [
        f"hatch-nocache: 2 entries of `allow` in {HOOK} can be removed",
        '  "/nothing/" matched nothing',
        '  "/ü" matched nothing',
    ]


SDIST = "[tool.hatch.build.targets.sdist]"
GENERAL = "[tool.hatch.build]"
LIST = '\nexclude = ["/x"]\n'


@pytest.mark.parametrize(
    ("before", "which", "exclude"),
    [
        ("", "", SDIST),
        (GENERAL + LIST, " of every target", GENERAL),
        (GENERAL + LIST + SDIST + LIST, "", SDIST),
    ],
)
@pytest.mark.parametrize("file", ["pyproject.toml", "hatch.toml"])
def test_tables_in_force(project: Project, file: str, before: str, which: str, exclude: str) -> None:
    """A hint for another table would have no effect, or would replace a list."""
    hook = HOOK
    if file == "hatch.toml":
        project.put(file, f"{before}\n{HOOK}\n".replace("[tool.hatch.", "["))
        hook, exclude = (f"{name.replace('tool.hatch.', '')} of hatch.toml" for name in (HOOK, exclude))
    else:
        project.configure(before=before)
    project.link("l", "/etc/hostname")
    lines = said(project)
    assert f'  hint: to leave it out{which}, add "/l" to `exclude` in {exclude}' in lines
    assert f'  hint: to pack the target file, set symlinks = "copy" in {hook}' in lines


@pytest.mark.parametrize(
    ("before", "option", "target"),
    [
        ('[tool.hatch.build.targets.sdist.force-include]\n"l" = "src/demo/l"', "`force-include`", "sdist"),
        ('[tool.hatch.build.targets.sdist]\nonly-include = ["src", "l"]', "`only-include`", "sdist"),
        ('[tool.hatch.build.targets.sdist]\nartifacts = ["/l"]', "`artifacts`", "sdist"),
        ('[tool.hatch.build.targets.wheel.shared-data]\n"l" = "share/l"', "the option that selects it", "wheel"),
    ],
)
def test_option_that_selects_it(project: Project, before: str, option: str, target: str) -> None:
    """`exclude` has no effect on it."""
    project.configure('symlinks = "reject"', before=before)
    project.link("l", "/etc/hostname")
    assert f"  hint: to leave it out, remove it from {option}" in said(project, target)


def test_option_that_selects_one_file_of_a_directory(project: Project) -> None:
    project.configure(before='[tool.hatch.build]\nexclude = ["/outside"]\nartifacts = ["*.so"]')
    for name in (*"abcdefgh", "x.so"):
        project.put(f"../outside/{name}")
    project.link("outside", "../outside")
    assert "  hint: to leave it out, remove it from `artifacts`" in said(project)


def test_copy_is_no_hint_for_what_cannot_be_copied(project: Project) -> None:
    project.configure('symlinks = "copy"')
    project.link("l", "/dev/zero")
    lines = said(project)
    assert lines[0].endswith("the sdist was not built: 1 problem")
    assert not any("symlinks = " in line for line in lines)


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_caches_that_the_user_keeps(project: Project, target: str) -> None:
    project.configure('caches = "keep"')
    project.make("cache", "src/demo/store")
    project.make("copied venv", "src/demo/env")
    assert said(project, target) == []


# --- Parts ------------------------------------------------------------------------------------------------------------


def headers(*findings: Finding) -> List[str]:
    lines = built(findings, [], "wheel", verbose=False).splitlines()
    return [line[len("hatch-nocache: ") :] for line in lines if line.startswith("hatch-nocache: ")]


def test_sections() -> None:
    notice = Action.NOTICE
    dropped = [finding("a/"), finding("l", code="NC101"), finding("m", code="NC102"), finding("u", code="NC006")]
    dropped.append(finding("venv/", code="NC002", is_environment=True))
    assert headers() == []
    assert headers(*dropped) == [
        "left 1 cache directory, 1 virtual environment, 2 symlinks and 1 untracked path out of the wheel"
    ]
    assert headers(*(finding("x", notice, code) for code in ("NC001", "NC006", "NC102", "NC104", "NC106"))) == [
        "packed 1 cache directory into the wheel because the configuration names it",
        "packed 1 path that git does not track into the wheel",
        "packed 1 dangling symlink into the wheel",
        "packed 1 directory into the wheel under more names than Hatchling would",
        "packed into the wheel: the content of 1 symlink to paths outside the project",
    ]
    assert headers(finding("a", notice), finding("b", notice)) == [
        "packed 2 cache directories into the wheel because the configuration names them"
    ]


@pytest.mark.parametrize("verbose", [True, False])
def test_notes(*, verbose: bool) -> None:
    note = Note("a header", tuple("123456"), (Hint("do it", "add {} to `x`", '"/a"'),))
    lines = built([], [note], "sdist", verbose=verbose).splitlines()
    shown = list("123456") if verbose else [*"1234", "and 2 more (HATCH_VERBOSE=1 lists all)"]
    assert lines == ["hatch-nocache: a header", *(f"  {line}" for line in shown), '  hint: to do it, add "/a" to `x`']


@pytest.mark.parametrize("length", [1, 4000])
def test_many_findings(length: int) -> None:
    """However many there are, and however long each path is: each code is named."""
    many = [finding("n" * length, code=code) for code in sorted(CODES) for _ in range(300)]
    lines = block(Note("a header"), many, verbose=False).splitlines()
    assert lines[0] == "hatch-nocache: a header"
    rest = " ".join(" ".join(lines[5:]).split())
    assert [code for code in CODES if f"{code} n" not in rest] == []
    assert len(rest) < 4000 + 2 * length * len(CODES)
    assert rest.count("…") == len(CODES)
    if length == 1:
        assert max(map(len, lines)) <= 120
    assert len(block(Note("a header"), many, verbose=True).splitlines()) > len(many)


def test_wrapping() -> None:
    """At blanks, within 120 columns; a path is not changed and may exceed them."""
    path = "a directory/" + "x" * 130
    _, head, *rest = block(Note(""), [finding(path, note="word " * 40)], verbose=False).splitlines()
    assert all(line.startswith("        ") and len(line) <= 120 for line in rest[1:])
    assert path in "\n".join([head, *rest]).replace("\n        ", " ")


def test_hints() -> None:
    """Those that differ only in their entry are one line."""
    add = "add {} to `allow`"
    assert hint_lines([Hint("pack it", add, '"/a"')] * 2) == ['  hint: to pack it, add "/a" to `allow`']
    assert hint_lines([Hint("pack it", add, "")]) == ["  hint: to pack it, add an entry for it to `allow`"]
    assert hint_lines([Hint("pack it", add, '"/a"'), Hint("", "x\n"), Hint("pack it", add, '"/b"')]) == [
        '  hint: to pack one, add it to `allow`, as "/a" or "/b"',
        r"  hint: x\n",
    ]
    for entry in ("", '"/' + "x" * 120 + '"'):
        (line,) = hint_lines([Hint("pack it", add, '"/a"'), Hint("pack it", add, entry)])
        assert line == "  hint: to pack one, add it to `allow`, with a leading `/`"


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("größe 漢 it's é'", "größe 漢 it's é'"),
        ("a\nb", r"a\nb"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\x7fb\x85", r"a\x7fb\x85"),
        ("\u202egnp.exe\u2028", r"\u202egnp.exe\u2028"),
        ("caf\udce9", r"caf\udce9"),
        ("\U000e0001", r"\U000e0001"),
        ("::error::x", r":\x3aerror:\x3ax"),
        ("é##[error]x", r"é#\x23[error]x"),
    ],
)
def test_escape(raw: str, safe: str) -> None:
    assert escape(raw) == safe
