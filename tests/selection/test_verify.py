"""After the check: files that change, the finished archive, and hooks that run after this one."""

from __future__ import annotations

import copy
import inspect
import os
import re
import textwrap
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import pytest
from building import builder, read, surroundings
from hatchling.builders.plugin.interface import BuilderInterface
from hatchling.builders.sdist import SdistBuilder
from projects import Project

from hatch_nocache import _hatchling, archive

EVIL = textwrap.indent(
    """
def finalize(self, version, build_data, artifact):
    import gzip, io, tarfile
    content = io.BytesIO(gzip.open(artifact).read())
    with tarfile.open(fileobj=content, mode="a") as archive:
        evil = tarfile.TarInfo("demo-1.0/evil")
        evil.type, evil.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(evil)
    with open(artifact, "wb") as file:
        file.write(gzip.compress(content.getvalue()))
""",
    "    ",
)
HARMLESS = "    def finalize(self, version, build_data, artifact_path):\n        pass\n"
NOT_COVERED = (
    "hatch-nocache: build hooks that run after this one are not covered; put [tool.hatch.build.hooks.nocache] last\n"
)
DELETED = """\
hatch-nocache: deleted demo-1.0.tar.gz: 1 problem in the finished sdist
  NC101 evil -> /etc/passwd   absolute symlink{}
  hint: Hatchling did not select this file; check the other build hooks: custom
"""

# --- Hooks that run after ours ----------------------------------------------------------------------------------------

LOOP = "for build_hook in build_hooks:\n            build_hook.finalize("
SET = 'build_data["build_hooks"] = tuple(configured_build_hooks)'
LIST = "build_hooks = list(configured_build_hooks.values())"
KEYWORDS = "finalize(version=version, build_data=build_data, artifact_path=artifact)"
# How another Hatchling could call its hooks, and whether a look after the last of them is certain.
VARIANTS: Dict[str, Tuple[Dict[str, str], bool]] = {
    "as it is": ({}, True),
    "copies the list": ({LOOP: LOOP.replace("in build_hooks", "in [*build_hooks]")}, True),
    "reverses the list": ({LOOP: LOOP.replace("in build_hooks", "in reversed(build_hooks)")}, True),
    "renames the list": ({r"build_hooks = list": "plugins = list", "in build_hooks": "in plugins"}, True),
    "a dictionary": ({LIST: "build_hooks = configured_build_hooks", "in build_hooks": "in build_hooks.values()"}, True),
    "keyword arguments": ({"finalize(version, build_data, artifact)": KEYWORDS}, True),
    "pairs": (
        {
            LIST: "pairs = list(configured_build_hooks.items()); del configured_build_hooks",
            "for build_hook in build_hooks": "for _, build_hook in pairs",
            SET: 'build_data["build_hooks"] = tuple(name for name, _ in pairs)',
        },
        False,
    ),
    "methods of the class": ({"build_hook.finalize(": "type(build_hook).finalize(build_hook, "}, False),
    "copies of the hooks": ({LOOP: LOOP.replace("in build_hooks", "in map(copy.copy, build_hooks)")}, True),
    "no names": ({SET: "pass"}, True),
}


def changed_build(changes: Dict[str, str]) -> Callable[..., Any]:
    """Return Hatchling's `build` with other source text."""
    # An older Hatchling has other quotes.
    source = textwrap.dedent(inspect.getsource(BuilderInterface.build)).replace("'build_hooks'", '"build_hooks"')
    for old, new in changes.items():
        assert old in source, source
        source = source.replace(old, new)
    namespace = {**BuilderInterface.build.__globals__, "copy": copy}
    exec(f"from __future__ import annotations\n{source}", namespace)
    return namespace["build"]


@pytest.mark.parametrize("is_tested", [True, False])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("variant", list(VARIANTS))
def test_other_hooks(project: Project, monkeypatch, variant: str, *, first: bool, is_tested: bool) -> None:
    """No variant breaks a build, and none silently leaves an invalid archive."""
    changes, is_certain = VARIANTS[variant]
    monkeypatch.setattr(BuilderInterface, "build", changed_build(changes))
    if not is_tested:
        monkeypatch.setattr(_hatchling, "VERSION", "99.0")
    project.other_hook(HARMLESS, first=first)
    built = project.build()
    assert (built.code, built.archive is not None) == (0, True), built.said
    is_silent = built.said == ""
    assert is_silent or built.said == NOT_COVERED
    if is_certain and is_tested:
        assert is_silent
    elif variant == "as it is":
        # The others have finished if ours is the last table: there is nothing to say.
        assert is_silent is first
    project.other_hook(EVIL, first=first)
    built = project.build()
    if built.code == 0:
        assert built.said == NOT_COVERED
        assert not (is_certain and is_tested)
    else:
        assert built.archive is None
        assert re.sub("; refused by .*", "{}", built.said) == DELETED


SLOTS = """\
    __slots__ = ()

    def __setattr__(self, name, value):
        if name == "finalize":
            raise AttributeError(name)
        super().__setattr__(name, value)
"""


def test_hook_that_accepts_no_attributes(project: Project) -> None:
    project.other_hook(SLOTS + HARMLESS)
    assert project.build().said == NOT_COVERED


# --- Which archives are read ------------------------------------------------------------------------------------------


@pytest.fixture
def verified(monkeypatch) -> List[str]:
    """Collect the archives that are read back."""
    paths: List[str] = []
    inspect = archive.inspect

    def counted(path: str, *args: Any, **more: Any) -> Any:
        paths.append(path)
        return inspect(path, *args, **more)

    monkeypatch.setattr(archive, "inspect", counted)
    return paths


@pytest.mark.parametrize("target", ["sdist", "wheel", "editable"])
@pytest.mark.parametrize(("verify", "expected"), [('"auto"', 0), ("true", 1), ("false", 0)])
def test_verify_alone(project: Project, verified, verify: str, expected: int, target: str) -> None:
    project.configure(f"verify = {verify}")
    assert project.build(target).said == ""
    assert len(verified) == expected


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("verify", "expected"), [('"auto"', 1), ("true", 1), ("false", 0)])
def test_verify_with_another_hook(project: Project, verified, verify: str, expected: int, *, first: bool) -> None:
    project.other_hook(EVIL, first=first, lines=[f"verify = {verify}"])
    built = project.build()
    assert len(verified) == expected
    assert (built.code, built.codes) == ((1, ["NC101"]) if expected else (0, []))
    if built.archive is not None:
        assert read(built.archive).links == {"evil": "/etc/passwd"}


def test_verify_what_is_not_known(project: Project, verified, monkeypatch) -> None:
    """Another builder, and another Hatchling."""
    project.custom_builder("wheel.WheelBuilder")
    assert project.build("custom").said == ""
    assert len(verified) == 1
    monkeypatch.setattr(_hatchling, "VERSION", "99.0")
    assert project.build().said == ""
    assert len(verified) == 2


@pytest.mark.parametrize("value", ["None", "()", "('nocache',)", "['nocache']", "5"])
def test_hook_that_spoils_the_list_of_hooks(project: Project, value: str) -> None:
    """What it says is not believed, and what it adds is found."""
    spoils = f"    def initialize(self, version, build_data):\n        build_data['build_hooks'] = {value}\n"
    project.other_hook(EVIL + spoils, first=True)
    built = project.build()
    assert (built.code, built.codes, built.archive, built.crashed) == (1, ["NC101"], None, False), built.said


@pytest.mark.parametrize(("option", "codes"), [("keep", []), ("copy", ["NC101"]), ("drop", ["NC101"])])
def test_symlinks_that_the_user_keeps(project: Project, option: str, codes: list) -> None:
    project.other_hook(EVIL, lines=[f'symlinks = "{option}"'])
    assert project.build().codes == codes


def test_allowed_file_with_a_prefix(project: Project) -> None:
    """The builder puts the data directory of the wheel before its name."""
    table = '[tool.hatch.build.targets.wheel.shared-data]\n"data" = "share"'
    project.configure('allow = ["/data/"]', "verify = true", after=table)
    project.put("data/a\u200bb")
    built = project.build("wheel")
    assert (built.code, built.said) == (0, "")


@pytest.mark.parametrize(
    ("does", "says", "left"),
    [
        ("os.rename(artifact, artifact + '.moved')", "cannot be verified: another hook has moved ", ".tar.gz.moved"),
        ("open(artifact, 'w').close()", "demo-1.0.tar.gz: it cannot be verified: ", ""),
    ],
)
def test_archive_that_cannot_be_verified(project: Project, does: str, says: str, left: str) -> None:
    """If it was moved, nothing is removed, and nothing is said of a removal."""
    project.other_hook(f"    def finalize(self, version, data, artifact):\n        import os\n        {does}\n")
    built = project.build()
    assert built.code == 1
    assert says in built.said
    assert built.said.startswith("hatch-nocache: deleted ") is not bool(left)
    assert (built.archive.name if built.archive else "demo-1.0") == f"demo-1.0{left}"


@pytest.mark.parametrize("fails", ["evil", "full disk", "rejected"])
def test_other_archives_stay(project: Project, tmp_path: Path, monkeypatch, fails: str) -> None:
    """Nothing is removed but the archive of this build that broke a rule."""
    dist = tmp_path / "dist"
    dist.mkdir()
    others = {dist / name for name in ("demo-0.9.tar.gz", "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz.tmp", "x")}
    if fails == "rejected":
        project.link("l", "/nowhere")
        others.add(dist / "demo-1.0.tar.gz")
    for path in others:
        path.write_text("theirs", encoding="utf-8")
    if fails == "evil":
        project.other_hook(EVIL)
    elif fails == "full disk":

        def build_standard(_: SdistBuilder, directory: str, **__: object) -> str:
            others.add(Path(directory, "demo-1.0.tar.gz"))
            Path(directory, "demo-1.0.tar.gz").write_text("half", encoding="utf-8")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(SdistBuilder, "build_standard", build_standard)
    with surroundings(project.root, {}), pytest.raises((SystemExit, OSError)):
        list(builder(str(project.root), "sdist").build(directory=str(dist)))
    assert set(dist.iterdir()) == others


# --- Files that change after they were checked ------------------------------------------------------------------------


BECOME: Dict[str, Callable[[Path], object]] = {
    "symlink": lambda path: path.symlink_to("/etc/hostname"),
    "special file": lambda path: os.mkfifo(str(path)),
    "directory": Path.mkdir,
    "regular file": Path.touch,
    "": str,
}


@pytest.mark.parametrize(
    ("name", "kind", "route"),
    [
        *(("file", kind, route) for kind in BECOME if kind != "regular file" for route in ("walk", "forced")),
        ("link", "regular file", "forced"),
    ],
)
def test_changed_file(project: Project, monkeypatch, name: str, kind: str, route: str) -> None:
    """It is rejected when it is handed over: a FIFO would hang the build, a symlink would be packed unchecked."""
    path = project.put("data/file").with_name(name)
    project.put("data/target")
    project.link("data/link", "target")
    if route == "forced":
        project.configure(after=f'[tool.hatch.build.targets.sdist.force-include]\n"data/{name}" = "data/forced"')
    original = SdistBuilder.build_standard

    def build_standard(self: SdistBuilder, directory: str, **data: Any) -> str:
        path.unlink()
        BECOME[kind](path)
        return original(self, directory, **data)

    monkeypatch.setattr(SdistBuilder, "build_standard", build_standard)
    built = project.build()
    assert (built.code, built.archive, built.crashed) == (1, None, False), built.said
    why = f"data/{name} became a {kind} during the build" if kind else f"data/{name} cannot be read"
    assert built.said == f"hatch-nocache: the sdist was not built: {why}\n"


def test_error_about_another_file(project: Project, monkeypatch) -> None:
    """It is not for the plugin to explain."""

    def build_standard(self: SdistBuilder, directory: str, **_: Any) -> str:
        list(self.recurse_included_files())
        raise OSError(2, "No such file or directory", directory)

    monkeypatch.setattr(SdistBuilder, "build_standard", build_standard)
    built = project.build()
    assert built.crashed
    assert "hatch-nocache:" not in built.said


def test_unreadable_file_of_another_target(project: Project, monkeypatch) -> None:
    """It is found while the builder builds."""
    project.custom_builder("sdist.SdistBuilder")
    monkeypatch.setattr(os, "access", lambda path, *_, **__: not str(path).endswith("__init__.py"))
    built = project.build("custom")
    assert built.said == "hatch-nocache: the custom target was not built: src/demo/__init__.py cannot be read\n"
