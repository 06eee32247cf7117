"""Points that show only in a whole build: other hooks and builders, paths that no walk reaches, odd configurations."""

from __future__ import annotations

import os
from typing import List

import pytest
from building import Built, build_apart, hatchling
from hatchling.builders.sdist import SdistBuilder
from projects import HOOK_FILE, Project, names

from hatch_nocache.members import symlinks
from hatch_nocache.selection import checker

BUILDER = """\
import os
from pathlib import Path
from hatchling.builders.plugin.interface import BuilderInterface

class Builder(BuilderInterface):
    def get_version_api(self):
        return {"standard": self.build_standard}

    def build_standard(self, directory, **build_data):
        path = Path(directory, "artifact.txt")
        chosen = []
{}
        path.write_text("\\n".join(file.distribution_path for file in chosen))
        return str(path)
"""


def other_builder(project: Project, *lines: str, table: str = "") -> None:
    """Add a target with a builder that runs `lines` and writes the names of the files in `chosen` to `path`."""
    project.put("hatch_build.py", BUILDER.replace("{}", "\n".join(f"        {line}" for line in lines)))
    project.configure(after=f"[tool.hatch.build.targets.custom]\n{table}")


def text(built: Built) -> str:
    assert built.code == 0, built.said
    assert built.archive is not None
    return built.archive.read_text(encoding="utf-8").replace(os.sep, "/")


# --- `allow` and explicit paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allow", "packed"),
    [
        (["/models/keep/"], ["keep/weights.bin"]),
        (["models/keep/weights.bin"], ["keep/weights.bin"]),
        (["*.bin"], ["keep/weights.bin"]),
        (["keep/"], ["keep/weights.bin"]),
        # As in a .gitignore, the last pattern that matches decides.
        (["/models/*", "!/models/junk/"], ["CACHEDIR.TAG", "keep/weights.bin"]),
        (["/models/", "!/models/junk/other.txt"], ["CACHEDIR.TAG", "keep/weights.bin"]),
    ],
)
def test_allow_inside_a_cache(project: Project, allow: List[str], packed: List[str]) -> None:
    """The rest of the cache is left out."""
    project.configure(f"allow = {allow}")
    project.make("tag", "models/CACHEDIR.TAG")
    project.put("models/keep/weights.bin")
    project.put("models/junk/other.txt")
    built = project.build()
    assert [name[len("models/") :] for name in names(built) if "models" in name] == packed
    assert built.codes == ["NC001"]
    assert "matched nothing" not in built.said


@pytest.mark.parametrize(
    ("kind", "text", "code"), [("link", "nothing", "NC104"), ("link", "l", "NC105"), ("fifo", "", "NC201")]
)
def test_allowed_but_without_content(project: Project, kind: str, text: str, code: str) -> None:
    """`allow` does not let Hatchling crash or hang, and leaves no file in the temporary folder. An sdist is built."""
    project.configure('allow = ["/src/demo/l"]')
    project.link("src/demo/l", text) if kind == "link" else project.make(kind, "src/demo/l")
    built = project.build("wheel")
    assert (built.code, built.codes, built.archive, built.litter) == (1, [code], None, [])
    assert not built.crashed
    assert project.build().code == 0


def test_artifact_of_a_hook_in_an_excluded_cache(project: Project) -> None:
    """The walk goes into build output for it, although the configuration excludes the directory."""
    project.make("tag", "target/CACHEDIR.TAG")
    for name in (".rustc_info.json", "x.so", "y.so"):
        project.put(f"target/{name}")
    body = "    def initialize(self, version, build_data):\n        build_data['artifacts'] += ['/target/x.so']\n"
    project.other_hook(body, first=True)
    project.add('[tool.hatch.build]\nexclude = ["/target"]\n')
    assert [name for name in names(project.build()) if "target" in name] == ["target/x.so"]


# --- Members ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_collision_with_what_hatchling_writes(project: Project, target: str) -> None:
    """Found before the archive exists."""
    member = "PKG-INFO/x" if target == "sdist" else "demo-1.0.dist-info/METADATA"
    project.put("mine.txt")
    project.configure(after=f'[tool.hatch.build.targets.{target}.force-include]\n"mine.txt" = "{member}"')
    built = project.build(target)
    assert (built.code, built.codes, built.archive, built.litter) == (1, ["NC205"], None, [])


@pytest.mark.parametrize(
    ("target", "year", "is_refused"),
    [("sdist", 1969, True), ("sdist", 2200, False), ("wheel", 1975, True), ("wheel", 2200, True)],
)
def test_time_that_installers_refuse(project: Project, target: str, year: int, *, is_refused: bool) -> None:
    """Hatchling packs the times of files only if a build need not be reproducible."""
    path = project.put("src/demo/old.py")
    time = (year - 1970) * 365.25 * 86400
    os.utime(str(path), (time, time))
    assert project.same(target).said == ""
    project.configure(after="[tool.hatch.build]\nreproducible = false")
    built = project.build(target)
    assert built.codes == (["NC203"] if is_refused else [])
    assert (built.archive is None) is is_refused


@pytest.mark.parametrize("kind", ["fifo", "symlink to it", "symlink"])
def test_forced_source_without_content(project: Project, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Hatchling ends with a traceback on it, or waits for a FIFO."""
    project.configure(after='[tool.hatch.build.targets.sdist.force-include]\n"l" = "src/demo/l"')
    project.make("fifo", "pipe")
    project.make("fifo", "l") if kind == "fifo" else project.link("l", "pipe")
    if kind == "symlink":
        # As if it could not be followed for lack of a permission: Hatchling says what it finds.
        monkeypatch.setattr(symlinks, "problem_on_disk", lambda *_args, **_options: None)
    built = project.build()
    assert (built.code, built.archive, built.crashed) == (1, None, False)
    assert built.codes == ([] if kind == "symlink" else ["NC201"])
    assert ("Forced include not found" in built.said) is (kind == "symlink")


@pytest.mark.parametrize(
    ("path", "by"),
    [("docs/build.py", "the build"), ("docs/README.md", "`readme`"), ("docs/LICENSE", "`license-files`")],
)
@pytest.mark.parametrize("kind", ["cache", "outside"])
def test_required_file_that_would_be_left_out(project: Project, path: str, by: str, kind: str) -> None:
    """No sdist without it could be built."""
    if by == "`license-files`" and hatchling() < (1, 26):
        pytest.skip("this Hatchling reads license-files in another form")
    (project.root.parent / "outside").mkdir()
    project.make("cache", "docs") if kind == "cache" else project.link("docs", "../outside")
    project.put(path, HOOK_FILE + "    pass\n")
    project.configure(after=f'[tool.hatch.build.hooks.custom]\npath = "{path}"' if by == "the build" else "")
    value = {"`readme`": f'readme = "{path}"', "`license-files`": f'license-files = ["{path}"]'}.get(by, "")
    project.replace('version = "1.0"', f'version = "1.0"\n{value}')
    built = project.build()
    assert (built.code, built.archive) == (1, None)
    where = "inside docs/, which is a cache directory" if kind == "cache" else "behind a symlink out of the project"
    assert f"required by {by}, but {where}" in built.words


@pytest.mark.parametrize("allow", ["[]", '["/src/demo/"]'])
def test_file_that_cannot_be_read(project: Project, monkeypatch: pytest.MonkeyPatch, allow: str) -> None:
    """Root reads everything, so the answer is made up here; test_bad_surroundings.py asks a real system."""
    project.configure(f"allow = {allow}")
    monkeypatch.setattr(checker.os, "access", lambda path, *_, **__: not str(path).endswith("__init__.py"))
    built = project.build("wheel")
    assert (built.code, built.archive, built.litter) == (1, None, [])
    path = os.path.join("src", "demo", "__init__.py")
    assert built.said == f"hatch-nocache: the wheel was not built: {path} cannot be read\n"


# --- Other builders ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["return 'registry.example/demo:1.0'", "return ''", "return 5", "return directory"])
def test_artifact_that_is_no_file(project: Project, line: str) -> None:
    """Nothing is selected: a FIFO in the project is no reason to refuse either."""
    project.make("fifo", "pipe")
    other_builder(project, line)
    built = project.build("custom")
    assert (built.code, built.said) == (0, "")
    other_builder(project, "os.mkfifo(str(path))", "return str(path)")  # nobody would ever write into it
    assert line != "return 5" or build_apart(project.root, "custom", project.root.parent / "apart").code == 0


@pytest.mark.parametrize("target", ["nothing", "pyproject.toml"])
def test_file_that_a_builder_makes(project: Project, target: str) -> None:
    """It cannot be foreseen, and is checked when it is selected."""
    # Where the system refuses to make symlinks, the test ends here; within the build it could not say so.
    project.link("../probe", target)
    other_builder(
        project, f"os.symlink({target!r}, os.path.join(self.root, 'late'))", "chosen = self.recurse_included_files()"
    )
    built = project.build("custom")
    if target == "nothing":
        assert (built.code, built.codes, built.archive, built.crashed) == (1, ["NC104"], None, False)
    else:
        assert ("late" in text(built).splitlines(), built.said) == (True, "")


def test_directory_that_grows_between_two_walks(project: Project) -> None:
    """It is read again when a walk begins there."""
    project.put("generated/all/old.txt")
    project.put("generated/one/file.txt")
    other_builder(
        project,
        "where = os.path.join(self.root, 'generated', 'all')",
        "Path(where, 'new.txt').touch()",
        "chosen = [*self.recurse_included_files(), *self.recurse_forced_files({where: 'all'})]",
        table='only-include = ["src"]\nforce-include = {"generated/one/file.txt" = "file.txt"}',
    )
    files = text(project.build("custom")).splitlines()
    assert [name for name in files if name.startswith("all")] == ["all/new.txt", "all/old.txt"]


def test_sdist_builder_that_selects_more(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not foreseen is checked before the builder gets the first file of it."""
    project.put("more/a.txt")
    project.link("more/l", "/etc/hostname")
    project.configure(after='[tool.hatch.build]\nonly-include = ["src"]')
    original = SdistBuilder.build_standard

    def build_standard(self: SdistBuilder, directory: str, **data: object) -> str:
        files = self.recurse_forced_files({os.path.join(self.root, "more"): "more"})
        assert [file.distribution_path for file in files] == ["more/a.txt"]
        return original(self, directory, **data)

    monkeypatch.setattr(SdistBuilder, "build_standard", build_standard)
    built = project.build()
    assert (built.code, built.codes, built.archive) == (1, ["NC101"], None)
    (project.root / "more" / "l").unlink()
    assert project.build().said == ""


@pytest.mark.parametrize("wrong", ["", "packages = [1]", "only-include = 1"])
def test_selection_that_no_builder_asks_for(project: Project, wrong: str) -> None:
    """Hatchling's error about it would be the only reason to fail."""
    (project.root / "src" / "demo").rename(project.root / "src" / "other")
    other_builder(project, table=wrong)
    assert project.same("custom").said == ""
    project.configure(after=f'[tool.hatch.build.targets.wheel]\ndev-mode-dirs = ["python"]\n{wrong}')
    assert project.same("editable").said == ""


# --- Configuration ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("only", ["", 'only-include = ["src"]', 'only-include = ["docs"]'])
def test_wheel_that_lacks_what_was_left_out(project: Project, only: str) -> None:
    """Unless the sdist's own table leaves it out."""
    project.put("../outside/a.py")
    project.link("src/demo/outside", "../../../outside")
    project.put("docs/x")
    sdist = "[tool.hatch.build.targets.sdist{}]\n{}\n"
    project.configure(after=sdist.format(".hooks.nocache", 'symlinks = "drop"') + sdist.format("", only))
    built = project.build()
    assert built.code == 0
    lost = "the wheel built from this sdist will lack 1 file\n  src/demo/outside/a.py\n"
    assert (lost in built.said) is ("docs" not in only)


@pytest.mark.parametrize(
    "wrong",
    [
        '[tool.hatch.build.targets]\nwheel = "x"',
        "[tool.hatch.build.targets.wheel]\npackages = [1]",
        "[tool.hatch.build.targets.wheel]\nonly-include = true",
        "[tool.hatch.build.targets.wheel.hooks.nocache]\ncolour = 1",
    ],
)
def test_error_about_the_wheel(project: Project, wrong: str) -> None:
    """Hatchling builds the sdist."""
    project.put(".uv-cache/archive-v0/x.py")
    project.put(".uv-cache/wheels-v5/x.py")
    project.configure(after=wrong)
    sdist, wheel = project.build(), project.build("wheel")
    assert (sdist.code, sdist.codes, wheel.code) == (0, ["NC003"], 1), sdist.said
    assert "tool.hatch.build.targets.wheel" in wheel.said
