"""Points that show only in a whole build, and that no test project has: other hooks, words, odd configurations."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from building import NO_HOOKS, Built, build, read
from lacking import file_name

from hatch_nocache import archive, lastword
from hatch_nocache.archive import reading

TAG = "Signature: 8a477f597d28d172789f06886806bc55"
EVIL = """
import gzip, io, os, tarfile
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class Hook(BuildHookInterface):
    def finalize(self, version, build_data, artifact):
        content = io.BytesIO(gzip.open(artifact).read())
        with tarfile.open(fileobj=content, mode="a") as archive:
            evil = tarfile.TarInfo("demo-1.0/evil")
            evil.type, evil.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(evil)
        with open(artifact, "wb") as file:
            file.write(gzip.compress(content.getvalue()))
"""
MOVING = """
import os
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class Hook(BuildHookInterface):
    def finalize(self, version, build_data, artifact):
        os.rename(artifact, artifact + ".moved")
"""

SELECTING_NOTHING = """
import os
from hatchling.builders.plugin.interface import BuilderInterface

class Builder(BuilderInterface):
    def get_version_api(self):
        return {"standard": self.build_standard}

    def build_standard(self, directory, **build_data):
        os.makedirs(directory, exist_ok=True)
        artifact = os.path.join(directory, "artifact.txt")
        open(artifact, "w").close()
        return artifact
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with the hook, and nothing to keep out."""
    root = tmp_path / "project"
    put(root, "src/demo/__init__.py", "x = 1\n")
    head = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    put(root, "pyproject.toml", f'{head}[project]\nname = "demo"\nversion = "1.0"\n')
    return root


def put(root: Path, name: str, content: str = "x") -> None:
    """Write a file of the project."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(content, encoding="utf-8")


def configure(root: Path, *lines: str, before: str = "", file: str = "pyproject.toml", table: str = "") -> None:
    """Add the hook's table with `lines` in it; `before` comes before it."""
    table = table or "tool.hatch.build.hooks.nocache"
    with (root / file).open("a", encoding="utf-8") as stream:
        stream.write("\n".join(["", before, f"[{table}]", *lines, ""]))


def made(root: Path, target: str = "sdist") -> Built:
    """Build it."""
    return build(root, target, root.parent / "dist")


@pytest.mark.parametrize("order", ["before", "after"])
def test_what_the_finalize_of_another_hook_adds(root: Path, order: str) -> None:
    """Its place among the hooks does not matter: the archive is read when all of them are through."""
    put(root, "hatch_build.py", EVIL)
    custom = "[tool.hatch.build.hooks.custom]"
    configure(root, before=custom if order == "before" else "")
    if order == "after":
        with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(custom)
    built = made(root)
    assert (built.code, built.codes, built.archive) == (1, ["NC101"], None)
    assert "was removed again" in built.said
    assert not built.crashed


def test_a_hook_that_spoils_the_list_of_hooks(root: Path) -> None:
    """What it adds afterwards is seen all the same."""
    spoils = "class Hook(BuildHookInterface):\n    def initialize(self, version, build_data):\n"
    spoils += "        build_data['build_hooks'] = None\n"
    put(root, "hatch_build.py", EVIL.replace("class Hook(BuildHookInterface):\n", spoils))
    configure(root)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("[tool.hatch.build.hooks.custom]")
    built = made(root)
    assert (built.code, built.codes, built.archive) == (1, ["NC101"], None)


def test_without_the_hook_the_link_of_another_hook_gets_through(root: Path) -> None:
    """The control."""
    put(root, "hatch_build.py", EVIL)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("[tool.hatch.build.hooks.custom]")
    built = made(root)
    assert built.code == 0
    assert built.archive is not None
    assert read(built.archive).links == {"evil": "/etc/passwd"}


def test_where_the_list_of_hooks_is_not_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it must be the last one, and it says so."""
    put(root, "hatch_build.py", EVIL)
    configure(root)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("[tool.hatch.build.hooks.custom]")
    monkeypatch.setattr(lastword, "_running_hooks", lambda _: None)
    built = made(root)
    assert (built.code, built.archive) == (1, None)
    assert "put its table behind theirs" in built.words


def test_no_list_outside_a_build() -> None:
    """Nothing is called then."""
    assert lastword.after_all_hooks(object(), pytest.fail) is False


def test_several_versions_with_a_hook_behind(root: Path, tmp_path: Path) -> None:
    """The last word is had once for each version, and leaves the list as it was."""
    from hatchling.builders.wheel import WheelBuilder

    put(
        root,
        "hatch_build.py",
        MOVING.replace("os.rename", "max"),
    )
    configure(root)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("[tool.hatch.build.hooks.custom]")
    built = list(WheelBuilder(str(root)).build(directory=str(tmp_path / "out"), versions=["standard", "standard"]))
    assert len(built) == 2


def test_an_archive_that_another_hook_moves(root: Path) -> None:
    """It cannot be verified, and nothing is said of a removal that did not happen."""
    put(root, "hatch_build.py", MOVING)
    configure(root, before="[tool.hatch.build.hooks.custom]")
    built = made(root)
    assert built.code == 1
    assert "another hook has moved" in built.said
    assert "removed" not in built.said


@pytest.mark.parametrize("allow", ["/models/keep/", "models/keep/weights.bin", "*.bin", "keep/"])
def test_allow_inside_a_cache(root: Path, allow: str) -> None:
    """What is allowed is never judged, wherever it lies; the rest of the cache stays out."""
    configure(root, f'allow = ["{allow}"]')
    put(root, "models/CACHEDIR.TAG", TAG)
    put(root, "models/keep/weights.bin")
    put(root, "models/junk/other.txt")
    built = made(root)
    assert built.archive is not None
    names = read(built.archive).names
    assert "models/keep/weights.bin" in names
    assert "models/junk/other.txt" not in names
    assert "models/CACHEDIR.TAG" not in names
    assert built.codes == ["NC001"]
    assert "matched nothing" not in built.said


@pytest.mark.parametrize("allow", ["/models/*", "/models/"])
def test_an_allowed_directory_of_which_something_is_taken_back(root: Path, allow: str) -> None:
    """As in a .gitignore, the last pattern that matches decides."""
    configure(root, f'allow = ["{allow}", "!/models/junk.txt"]')
    put(root, "models/CACHEDIR.TAG", TAG)
    put(root, "models/weights.bin")
    put(root, "models/junk.txt")
    built = made(root)
    assert built.archive is not None
    assert {"models/weights.bin", "models/CACHEDIR.TAG"} <= set(read(built.archive).names)
    assert "models/junk.txt" not in read(built.archive).names


def test_a_link_into_a_cache_is_reported_where_it_lies(root: Path) -> None:
    """Hatchling would pack what lies behind it, under its own name."""
    configure(root)
    put(root, "store/CACHEDIR.TAG", TAG)
    put(root, "store/sub/data.txt")
    os.symlink("../../store/sub", root / "src/demo/data")
    built = made(root, "wheel")
    assert built.archive is not None
    assert "demo/data/data.txt" not in read(built.archive).names
    assert "NC001 src/demo/data/" in built.said
    assert "because it links into store/, and it has a valid `CACHEDIR.TAG`" in built.said


def test_a_named_directory_outside_that_is_a_cache(root: Path) -> None:
    """It is the user's, and a notice says so."""
    configure(root, before='[tool.hatch.build.targets.sdist.force-include]\n"../outside" = "extra"')
    put(root.parent, "outside/CACHEDIR.TAG", TAG)
    put(root.parent, "outside/data.txt")
    built = made(root)
    assert built.archive is not None
    assert "extra/data.txt" in read(built.archive).names
    assert built.codes == ["NC001"]
    assert "kept, because force-include names it" in built.said


def test_a_tag_that_is_a_directory(root: Path) -> None:
    """Someone may have meant it; said once."""
    configure(root)
    put(root, "data/CACHEDIR.TAG/x")
    put(root, "data/CACHEDIR.TAG/y")
    built = made(root)
    assert built.code == 0
    assert built.said.count("data/CACHEDIR.TAG marks no cache") == 1


@pytest.mark.parametrize(("count", "all_named"), [(40, True), (300, False)])
def test_many_remarks_stay_short(root: Path, count: int, all_named: bool) -> None:
    """About a dozen lines, whatever there is to say, and none of them long."""
    configure(root, f"allow = {[f'/nothing{number}' for number in range(count)]}")
    for number in range(count):
        put(root, f"cache{number}/CACHEDIR.TAG", TAG)
        put(root, f"odd{number}/CACHEDIR.TAG", "no")
    built = made(root)
    assert built.code == 0
    assert len(built.said.splitlines()) <= 13
    assert max(map(len, built.said.splitlines())) < 2100
    named = sum(f"cache{number}/" in built.said for number in range(count))
    assert (named == count) is all_named
    assert re.findall(r"also NC001 .* and (\d+) more\n", built.said) == ([] if all_named else [str(count - named)])


def test_one_block(root: Path) -> None:
    """A link to what is kept out is spoken of in the same breath."""
    configure(root)
    put(root, "store/CACHEDIR.TAG", TAG)
    put(root, "store/x")
    os.symlink("store/x", root / "l")
    built = made(root)
    assert built.codes == ["NC001", "NC104"]
    assert built.said.count("hatch-nocache:") == 1


@pytest.mark.parametrize(
    ("file", "table", "extra", "hook", "build_table"),
    [
        (
            "pyproject.toml",
            "tool.hatch.build.hooks.nocache",
            "",
            "[tool.hatch.build.hooks.nocache]",
            "[tool.hatch.build]",
        ),
        ("hatch.toml", "build.hooks.nocache", "", "[build.hooks.nocache] of hatch.toml", "[build] of hatch.toml"),
        (
            "pyproject.toml",
            "tool.hatch.build.targets.sdist.hooks.nocache",
            '[tool.hatch.build.targets.sdist]\nexclude = ["/none"]',
            "[tool.hatch.build.targets.sdist.hooks.nocache]",
            "[tool.hatch.build.targets.sdist]",
        ),
    ],
)
def test_the_remedy_names_the_tables_in_force(
    root: Path, file: str, table: str, extra: str, hook: str, build_table: str
) -> None:
    """Anywhere else the line would have no effect."""
    configure(root, before=extra, file=file, table=table)
    os.symlink("/etc/hostname", root / "l")
    built = made(root)
    assert built.code == 1
    assert f'set symlinks = "copy" in {hook} to pack its content' in built.words
    assert f'exclude = ["/l"] in {build_table}' in built.words


@pytest.mark.parametrize(
    ("before", "source"),
    [
        ('[tool.hatch.build.targets.sdist.force-include]\n"l" = "src/demo/l"', "force-include"),
        ('[tool.hatch.build.targets.sdist]\nonly-include = ["src", "l"]', "only-include"),
        ('[tool.hatch.build.targets.sdist]\nartifacts = ["/l"]', "artifacts"),
    ],
)
def test_the_remedy_names_the_option_that_brought_it_in(root: Path, before: str, source: str) -> None:
    """`exclude` has no effect on these."""
    configure(root, before=before)
    os.symlink("/etc/hostname", root / "l")
    built = made(root)
    assert built.code == 1
    assert f"take it out of {source}" in built.said


def test_the_remedy_for_the_data_of_a_wheel(root: Path) -> None:
    """Here too."""
    configure(root, 'symlinks = "reject"', before='[tool.hatch.build.targets.wheel.shared-data]\n"l" = "share/l"')
    os.symlink("/etc/hostname", root / "l")
    built = made(root, "wheel")
    assert built.code == 1
    assert "take it out of the option that names it" in built.said


def test_copy_is_no_remedy_for_what_cannot_be_copied(root: Path) -> None:
    """It is set already, and there is nothing to copy."""
    configure(root, 'symlinks = "copy"')
    os.symlink("/dev/zero", root / "l")
    built = made(root)
    assert (built.code, built.codes) == (1, ["NC101"])
    assert "set symlinks" not in built.said


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_a_huge_archive_is_verified_all_the_same(root: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """The limits are for archives that come from elsewhere."""
    for limit in ("MOST_BYTES", "MOST_DIRECTORY", "MOST_MEMBERS", "_MOST_FOLDERS"):
        monkeypatch.setattr(reading, limit, 1)
    monkeypatch.setattr(archive, "is_plain", lambda *_, **__: False)
    configure(root)
    put(root, "src/demo/a/b/c.txt")
    built = made(root, target)
    assert (built.code, built.said) == (0, "")
    with pytest.raises(archive.UnreadableArchive):
        archive.inspect(str(built.archive))


def test_an_archive_that_cannot_be_read_back(root: Path) -> None:
    """What cannot be verified does not pass."""
    put(root, "hatch_build.py", EVIL.replace("gzip.compress(content.getvalue())", "b'no archive'"))
    configure(root, before="[tool.hatch.build.hooks.custom]")
    built = made(root)
    assert (built.code, built.archive) == (1, None)
    assert "it cannot be verified" in built.said


SILENT = """
from pathlib import Path
from hatchling.builders.plugin.interface import BuilderInterface

class Builder(BuilderInterface):
    def get_version_api(self):
        return {"standard": self.build_standard}

    def build_standard(self, directory, **build_data):
        path = Path(directory, "artifact.txt")
        path.write_text("no archive")
        return str(path)
"""


def test_a_builder_that_never_asks_for_the_selection(root: Path) -> None:
    """Nothing is judged for it beforehand, so that a FIFO somewhere in the project is no reason to refuse."""
    put(root, "hatch_build.py", SILENT)
    configure(root, before="[tool.hatch.build.targets.custom]")
    os.mkfifo(root / "pipe")
    built = made(root, "custom")
    assert (built.code, built.said) == (0, "")
    assert (root.parent / "dist" / "artifact.txt").read_text() == "no archive"


def test_an_editable_wheel_with_directories_of_its_own(root: Path) -> None:
    """`dev-mode-dirs`: only what is forced in is packed."""
    before = '[tool.hatch.build]\ndev-mode-dirs = ["src"]\n[tool.hatch.build.force-include]\n"extra" = "demo/extra"'
    configure(root, before=before)
    put(root, "extra/store/CACHEDIR.TAG", TAG)
    put(root, "extra/kept.txt")
    built = made(root, "editable")
    assert built.archive is not None
    names = read(built.archive).names
    assert "demo/extra/kept.txt" in names
    assert not [name for name in names if "store" in name]
    assert built.codes == ["NC001"]


@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_vanishes_while_hatchling_packs(root: Path, monkeypatch: pytest.MonkeyPatch, gone: bool) -> None:
    """The file is named without a traceback; what is not about a file of the build is not ours to explain."""
    from hatchling.builders.sdist import SdistBuilder

    configure(root)
    put(root, "data.txt")
    original = SdistBuilder.build_standard

    def build_standard(self: SdistBuilder, directory: str, **data: object) -> str:
        if not gone:
            raise OSError("something else")
        os.remove(root / "data.txt")
        return original(self, directory, **data)

    monkeypatch.setattr(SdistBuilder, "build_standard", build_standard)
    built = made(root)
    assert (built.code, built.archive) == (1, None)
    assert built.crashed is not gone
    assert built.said.splitlines()[-1].startswith("OSError: something else") is not gone
    # Windows has words of its own for it.
    reason = "" if os.name == "nt" else "No such file or directory)"
    assert (f"the sdist was not built: data.txt cannot be read ({reason}" in built.said) is gone


def test_a_directory_that_vanishes_during_the_walk(root: Path) -> None:
    """Between being listed and being looked at."""
    from hatch_nocache.places import Place
    from hatch_nocache.tree import DiskDirectory
    from hatch_nocache.walk import _first_visit

    place = Place(DiskDirectory(str(root / "gone"), "gone"), str(root))
    assert _first_visit(place, {}, {}, None) is False


def test_a_finding_has_a_known_code() -> None:
    """The table of codes is the only one."""
    from hatch_nocache.findings import Action, Finding

    with pytest.raises(ValueError, match="NC999"):
        Finding("NC999", "x", "", "", Action.NOTICE)


def test_the_help_of_hatchling_in_several_lines(root: Path) -> None:
    """It is shown as Hatchling wrote it, and nothing in it can pass for a line of a report."""
    configure(root)
    (root / "src" / "demo").rename(root / "src" / "other")
    built = made(root, "wheel")
    assert (built.code, built.archive, built.litter) == (1, None, [])
    lines = built.said.splitlines()
    assert lines[0].startswith(
        "hatch-nocache: Hatchling cannot build the wheel: Unable to determine which files to ship"
    )
    assert any(line.startswith("  | The most likely cause of this") for line in lines)
    assert "\\n" not in built.said


def test_half_an_archive_does_not_stay(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full, hatchling leaves what it could write; what others put there is not touched."""
    from hatchling.builders.sdist import SdistBuilder

    configure(root)
    others = root.parent / "dist" / "other-1.0.tar.gz"
    put(root.parent, "dist/other-1.0.tar.gz", "theirs")

    def build_standard(_: SdistBuilder, directory: str, **__: object) -> str:
        Path(directory, "demo-1.0.tar.gz").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SdistBuilder, "build_standard", build_standard)
    assert made(root).code == 1
    assert list((root.parent / "dist").iterdir()) == [others]


@pytest.mark.parametrize("allow", ["[]", '["/src/demo/"]'])
def test_a_file_that_may_not_be_read(root: Path, monkeypatch: pytest.MonkeyPatch, allow: str) -> None:
    """Root may read everything, so the answer is made up here; tests/test_bad_surroundings.py asks a real system."""
    configure(root, f"allow = {allow}")
    monkeypatch.setattr(os, "access", lambda path, _: not str(path).endswith("__init__.py"))
    built = made(root, "wheel")
    assert (built.code, built.archive, built.litter) == (1, None, [])
    assert "Hatchling cannot build the wheel: [Errno 13] Permission denied" in built.said


def test_an_allowed_link_without_content_in_a_wheel(root: Path) -> None:
    """Hatchling would crash on it, allowed or not."""
    configure(root, 'allow = ["/src/demo/l"]')
    os.symlink("nothing", root / "src/demo/l")
    built = made(root, "wheel")
    assert (built.code, built.codes, built.litter) == (1, ["NC104"], [])


LATE = """
import os
from pathlib import Path
from hatchling.builders.plugin.interface import BuilderInterface

class Builder(BuilderInterface):
    def get_version_api(self):
        return {"standard": self.build_standard}

    def build_standard(self, directory, **build_data):
        os.symlink(LATE, os.path.join(self.root, "late"))
        files = [file.distribution_path for file in self.recurse_included_files()]
        path = Path(directory, "artifact.txt")
        path.write_text("\\n".join(files))
        return str(path)
"""


@pytest.mark.parametrize("target", ["nothing", "pyproject.toml"])
def test_what_a_builder_makes_while_it_builds(root: Path, target: str) -> None:
    """It could not be foreseen: it is chosen, and judged then."""
    # Where the system refuses to make links, the test ends here; within the build it could not say so.
    os.symlink(target, root.parent / "probe")
    put(root, "hatch_build.py", LATE.replace("LATE", repr(target)))
    configure(root, before="[tool.hatch.build.targets.custom]")
    built = made(root, "custom")
    artifact = root.parent / "dist" / "artifact.txt"
    assert not built.crashed
    if target == "nothing":
        assert (built.code, built.codes) == (1, ["NC104"])
        assert not artifact.exists()
    else:
        assert (built.code, built.said) == (0, "")
        assert "late" in artifact.read_text().splitlines()


def test_an_allowed_source_that_hatchling_cannot_find(root: Path) -> None:
    """It is not judged; what Hatchling says of it is shown without a traceback."""
    before = '[tool.hatch.build.targets.sdist.force-include]\n"l" = "src/demo/l"'
    configure(root, 'allow = ["/l"]', before=before)
    os.symlink("nothing", root / "l")
    built = made(root)
    assert (built.code, built.codes, built.archive, built.litter) == (1, [], None, [])
    assert "Forced include not found" in built.said
    assert not built.crashed


def test_allowed_where_no_walk_comes(root: Path) -> None:
    """A single file that is forced in from a cache, and one that no installer takes by its name."""
    put(root, "store/CACHEDIR.TAG", TAG)
    for name in (b"odd/a:b", b"odd/c:d"):
        put(root, file_name(name))
    forced = '[tool.hatch.build.force-include]\n"odd/a:b" = "a:b"\n"odd/c:d" = "c:d"\n'
    configure(root, 'allow = ["/odd/a:b"]', before=forced)
    built = made(root)
    assert built.code == 1
    assert "odd/c:d" in built.said
    assert "odd/a:b" not in built.said


def test_allowed_where_the_walk_begins_outside(root: Path) -> None:
    """A directory beside the project that is forced in: `allow` takes in its links, and was of use."""
    shared = root.parent / "shared"
    put(shared, "a.txt")
    os.symlink("/etc/hostname", shared / "l")
    forced = '[tool.hatch.build.force-include]\n"../shared" = "shared"\n'
    configure(root, 'allow = ["shared/"]', before=forced)
    built = made(root)
    assert (built.code, built.said) == (0, "")
    assert built.archive is not None
    assert read(built.archive).links == {"shared/l": "/etc/hostname"}
    (shared / "l").unlink()
    assert build(root, "sdist", root.parent / "again").said == ""


GROWING = """
import os
from pathlib import Path
from hatchling.builders.plugin.interface import BuilderInterface

class Builder(BuilderInterface):
    def get_version_api(self):
        return {"standard": self.build_standard}

    def build_standard(self, directory, **build_data):
        where = os.path.join(self.root, "generated", "all")
        Path(where, "new.txt").touch()
        chosen = [*self.recurse_included_files(), *self.recurse_forced_files({where: "all"})]
        path = Path(directory, "artifact.txt")
        path.write_text("\\n".join(file.distribution_path for file in chosen))
        return str(path)
"""


def test_a_directory_that_grows_between_two_walks(root: Path) -> None:
    """What was looked at to judge its parent is looked at anew when a walk begins there."""
    put(root, "generated/all/old.txt")
    put(root, "generated/one/file.txt")
    put(root, "hatch_build.py", GROWING)
    before = '[tool.hatch.build.targets.custom]\nonly-include = ["src"]\n'
    before += '[tool.hatch.build.targets.custom.force-include]\n"generated/one/file.txt" = "file.txt"\n'
    configure(root, before=before)
    assert made(root, "custom").code == 0
    files = (root.parent / "dist" / "artifact.txt").read_text().replace(os.sep, "/").splitlines()
    assert [name for name in files if name.startswith("all")] == ["all/new.txt", "all/old.txt"]


@pytest.mark.parametrize("pattern", ["**", "!**", "/**", "a/**/b"])
def test_patterns_that_an_old_pathspec_cannot_match(root: Path, pattern: str) -> None:
    """They are errors of the configuration there, and take in all that they should elsewhere."""
    configure(root, f'allow = ["{pattern}", "**/x"]')
    built = made(root)
    assert not built.crashed
    assert built.code == 0 or "is not valid" in built.said


def test_only_what_is_named_stays_of_a_directory_in_a_cache(root: Path) -> None:
    """What lies beside it is of the cache, whichever of them is met first."""
    for name in ("a.py", "named.py", "z.py"):
        put(root, f".uv-cache/archive-v0/{name}")
    put(root, ".uv-cache/wheels-v5/x.py")
    configure(root, before='[tool.hatch.build]\nartifacts = ["/.uv-cache/archive-v0/named.py"]')
    built = made(root)
    assert built.archive is not None, built.said
    assert read(built.archive).below(".uv-cache") == [".uv-cache/archive-v0/named.py"]


def test_a_tag_that_is_none_behind_other_files(root: Path) -> None:
    """It is noted wherever it comes in the order of the directory."""
    for name in ("A.txt", "B.txt", "CACHEDIR.TAG", "D.txt"):
        put(root, f"data/{name}", "Signature: none")
    configure(root)
    assert "data/CACHEDIR.TAG marks no cache" in made(root).said


@pytest.mark.parametrize(
    "wrong",
    [
        '[tool.hatch.build.targets]\nwheel = "x"',
        "[tool.hatch.build.targets.wheel]\npackages = [1]",
        "[tool.hatch.build.targets.wheel]\nonly-include = true",
    ],
)
def test_what_is_wrong_with_the_wheel_does_not_concern_the_sdist(root: Path, wrong: str) -> None:
    """Hatchling says it of the wheel, and builds the sdist; nothing is otherwise with the hook."""
    put(root, ".uv-cache/archive-v0/x.py")
    put(root, ".uv-cache/wheels-v5/x.py")
    configure(root, before=wrong)
    sdist, wheel = made(root), made(root, "wheel")
    assert (sdist.code, sdist.codes) == (0, ["NC003"])
    assert wheel.code == 1
    assert "`tool.hatch.build.targets.wheel" in wheel.said


@pytest.mark.parametrize("file", [".npmrc", "mypy.ini", "tox.ini", "setup.cfg"])
def test_an_odd_file_of_another_tool(root: Path, file: str) -> None:
    """What is wrong with it is that tool's business."""
    put(root, file, "cache_dir=x\ntoxworkdir\n  audit=false\n")
    configure(root)
    assert made(root).code == 0


@pytest.mark.parametrize(
    ("target", "wrong"),
    [
        ("editable", 'dev-mode-dirs = ["python"]'),
        ("editable", 'dev-mode-dirs = ["python"]\npackages = [1]'),
        ("editable", 'dev-mode-dirs = ["python"]\nonly-include = 1'),
        ("custom", "packages = [1]"),
        ("custom", "only-include = 1"),
    ],
)
def test_a_selection_that_is_never_asked_for(root: Path, target: str, wrong: str) -> None:
    """Hatchling never asks which files to ship: what it would end on then costs nothing."""
    (root / "src").rename(root / "python")
    (root / "python" / "demo").rename(root / "python" / "other")
    put(root, "hatch_build.py", SELECTING_NOTHING)
    configure(root, before=f"[tool.hatch.build.targets.{'custom' if target == 'custom' else 'wheel'}]\n{wrong}")
    control = build(root, target, root.parent / "control", NO_HOOKS)
    built = made(root, target)
    assert (control.code, built.code) == (0, 0), built.said


def test_a_cache_beside_a_selection_that_is_never_asked_for(root: Path) -> None:
    """To say who named what, the hook asks for the selection as well."""
    put(root, "forced/.uv-cache/archive-v0/x.py")
    put(root, "forced/.uv-cache/wheels-v5/x.py")
    table = '[tool.hatch.build.targets.wheel]\ndev-mode-dirs = ["src"]\nonly-include = 1\n'
    configure(root, before=f'{table}[tool.hatch.build.targets.wheel.force-include]\n"forced" = "forced"')
    built = made(root, "editable")
    assert (built.code, built.codes) == (0, ["NC003"]), built.said


ARTIFACT_HOOK = """
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        build_data["artifacts"].append("/target/x.so")
"""


def test_an_artifact_of_another_hook_in_an_excluded_cache(root: Path) -> None:
    """The walk goes in for it although the configuration excludes the directory."""
    put(root, "hatch_build.py", ARTIFACT_HOOK)
    put(root, "target/CACHEDIR.TAG", TAG)
    put(root, "target/x.so")
    put(root, "target/y.so")
    configure(root, before='[tool.hatch.build]\nexclude = ["/target"]\n[tool.hatch.build.hooks.custom]')
    built = made(root)
    assert built.archive is not None
    assert [name for name in read(built.archive).names if "target" in name] == ["target/x.so"]
    assert built.codes == ["NC001"]


def test_each_file_of_a_directory_that_is_forced_out_of_the_archive(root: Path) -> None:
    """All of them are named, not only the first."""
    for name in ("a", "b", "c"):
        put(root, f"d/{name}.txt")
    configure(root, before='[tool.hatch.build.force-include]\n"d" = "../evil"')
    built = made(root)
    assert (built.code, built.codes) == (1, ["NC202"])
    assert built.said.count("NC202") == 3
