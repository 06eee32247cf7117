"""Whatever lies in a project: the build yields a correct archive, or stops and says why.

200 random projects per property; HATCH_NOCACHE_EXAMPLES=2000, or the marker `nightly`, asks for more.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple
from unittest import mock

import pytest

if os.name == "nt":
    pytest.skip("links and FIFOs", allow_module_level=True)

from building import NO_HOOKS, Archive, Built, build, builder, read, surroundings, unpack
from hypothesis import HealthCheck, Phase, event, given, note, settings
from randomtrees import PLANS, Plan, Project, Step, make

from hatch_nocache.archive import inspect
from hatch_nocache.patterns import Patterns
from hatch_nocache.report import escape

# Hatchling packs a file twice into a wheel where the configuration names it twice.
pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")

EXAMPLES = int(os.environ.get("HATCH_NOCACHE_EXAMPLES", "200"))
NIGHTLY = max(EXAMPLES, 2000)
# Without the explanation of a failure, which takes minutes.
PHASES = [Phase.explicit, Phase.generate, Phase.shrink]
VERBOSE = {"HATCH_VERBOSE": "1"}


def property_test(examples: int) -> Callable[[Callable[[Plan], None]], Any]:
    return lambda function: settings(
        max_examples=examples,
        deadline=None,
        derandomize=examples < NIGHTLY,
        database=None,
        phases=PHASES,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )(given(PLANS)(function))


# --- What hatchling would choose by itself ----------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Chosen:
    """The members that hatchling chooses without the hook, each with its source, or the error that it ends on."""

    members: Dict[str, str]
    error: str = ""


def chosen(root: Path, target: str, *, through_links: bool) -> Chosen:
    """The choice of hatchling; unless `through_links`, as if no link led to a directory."""
    with surroundings(root, NO_HOOKS), contextlib.ExitStack() as stack:
        if not through_links:
            stack.enter_context(mock.patch("hatchling.builders.plugin.interface.safe_walk", walk_real_directories))
        try:
            one = builder(str(root), target)
            build_data = one.get_default_build_data()
            one.set_build_data_defaults(build_data)
            with one.config.set_build_data(build_data):
                return Chosen({file.distribution_path: file.path for file in one.recurse_included_files()})
        except (OSError, ValueError) as error:
            return Chosen({}, str(error) or "error")


def walk_real_directories(top: str) -> Iterator[Tuple[str, List[str], List[str]]]:
    for where, directories, files in os.walk(top):
        directories[:] = [name for name in directories if not os.path.islink(os.path.join(where, name))]
        yield where, directories, files


# --- What was said ----------------------------------------------------------------------------------------------------


def reported(built: Built) -> Dict[str, Set[str]]:
    """The paths that the report names, by code."""
    found: Dict[str, Set[str]] = {}
    for code, path in re.findall(r"^  (NC\d{3}) (.*?)(?: -> .*?)?   ", built.said, re.MULTILINE):
        found.setdefault(code, set()).add(path)
    return found


def is_reported(project: Project, path: str, findings: Dict[str, Set[str]]) -> bool:
    """Whether a finding speaks of the file, or of a directory that it lies in."""
    real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    names = [escape(os.path.relpath(each, str(project.root)).replace(os.sep, "/")) for each in (path, real)]
    for code, places in findings.items():
        for place in places:
            directory = place if place.endswith("/") else place + "/" if code == "NC103" else ""
            if place in names or (directory and any(name.startswith(directory) for name in names)):
                return True
    return False


# --- What may be said -------------------------------------------------------------------------------------------------


def possible_codes(project: Project) -> Set[str]:
    """The codes of rejections that this project can give cause for."""
    codes: Set[str] = set()
    texts = [os.readlink(path) for path in project.links()]
    outside = [source for source in project.plan.build.get("force-include", {}) if source.startswith("{outside}")]
    if texts or outside:
        # What a link is depends on where it lies: all that can be wrong with one.
        codes |= {"NC101", "NC102", "NC103", "NC104", "NC105", "NC201", "NC205"}
    if "fifo" in project.kinds:
        codes.add("NC201")
    if "force-include" in project.plan.build:
        codes |= {"NC205"}
    if any(re.search(r"[^ -~…é]|[:\\]| $|.{255}", part) for step in project.planted for part in (step.path, step.text)):
        codes.add("NC203")
    needs = any(os.path.basename(step.path) in ("LICENSE", "README.md") for step in project.planted)
    if project.plan.hook.get("caches") == "reject" or needs:
        codes |= {"NC001", "NC003", "NC004", "NC005"}
    return codes


def is_named(project: Project, path: str) -> bool:
    """Whether the configuration names the file: a source or a pattern that leads into the cache that it lies in."""
    build = project.plan.build
    named = [
        each.format(outside=project.outside) for key in ("force-include", "only-include") for each in build.get(key, ())
    ]
    sources = [os.path.join(str(project.root), each) for each in named]
    patterns = [each.replace("/**", "/") for key in ("include", "artifacts") for each in build.get(key, ())]
    patterns = [each for each in patterns if "*" not in each]
    leads = sources + [str(project.root / each.strip("/").replace("\\", "")) for each in patterns]
    real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    caches = [cache for cache in project.caches if real.startswith(cache + os.sep)]
    caches += extra_caches(project, real)
    # What holds environments only is one of their kind.
    caches += [os.path.dirname(cache) for cache in caches if os.path.dirname(cache) != str(project.root)]
    return any(
        is_within(each, lead) and any(is_within(lead, cache) for cache in caches)
        for lead in leads
        for each in (path, real)
    ) or any("/" not in each.strip("/") and "store" in each for each in patterns)


def is_within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def is_allowed(project: Project, path: str) -> bool:
    patterns = Patterns(project.plan.hook.get("allow", ()))
    real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    names = [os.path.relpath(each, str(project.root)) for each in (path, real)]
    return any(patterns.match(name) for name in names)


def may_break_rules(project: Project) -> bool:
    """Whether the options ask for what installers refuse or for what no archive should hold."""
    return project.plan.hook.get("symlinks") == "keep" or "allow" in project.plan.hook


# --- The properties ---------------------------------------------------------------------------------------------------


def check_sdist(plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        project = make(plan, Path(temporary))
        built = check_target(project, "sdist", Path(temporary) / "sdist")
        if built is None or built.archive is None:
            return
        archive = read(built.archive)
        if not may_break_rules(project):
            assert archive.refused == []
            if plan.hook.get("caches") != "keep":
                rejected = [finding for finding in inspect(str(built.archive)).findings if finding.rejected]
                named = any(key in plan.build for key in ("force-include", "only-include", "include", "artifacts"))
                assert not rejected or named, rejected
            unpacked = unpack(built.archive, Path(temporary) / "unpacked")
            if "force-include" not in plan.build:
                check_second_build(project, unpacked, built, Path(temporary))


def check_second_build(project: Project, unpacked: Path, built: Built, temporary: Path) -> None:
    """The unpacked sdist yields the same sdist, and the same wheel as the tree."""
    assert built.archive is not None
    again = build(unpacked, "sdist", temporary / "sdist again", VERBOSE)
    assert again.code == 0, again.said
    assert again.archive is not None
    first, second = read(built.archive), read(again.archive)
    assert first.names == second.names
    assert first.links == second.links
    assert first.files == second.files
    event("second sdist is the same")
    from_tree = build(project.root, "wheel", temporary / "wheel from the tree", VERBOSE)
    from_sdist = build(unpacked, "wheel", temporary / "wheel from the sdist", VERBOSE)
    note(f"wheel from the tree: {from_tree.code} {from_tree.said}")
    note(f"wheel from the sdist: {from_sdist.code} {from_sdist.said}")
    if any(os.path.isdir(link) for link in project.links()):
        return  # what a walk meets first, the directory or a link to it, depends on where it begins
    if any(not leads_somewhere(first, name) for name in first.links):
        return  # a link to what the configuration, or the hook, left out; unless `verify` is off, a notice says so
    if project.plan.hook.get("symlinks") == "drop":
        return  # a link that is left out of the sdist can have content for the wheel, or be refused there
    assert from_tree.code == from_sdist.code
    if from_tree.archive is not None and from_sdist.archive is not None:
        assert read(from_tree.archive).files == read(from_sdist.archive).files
        event("wheel from the sdist is the same")


def leads_somewhere(archive: Archive, name: str) -> bool:
    """Whether the link is whole inside the archive."""
    target = os.path.normpath(os.path.join(os.path.dirname(name), archive.links[name]))
    return any(each == target or each.startswith(target + "/") for each in archive.names)


def check_wheel(plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        project = make(plan, Path(temporary))
        check_target(project, "wheel", Path(temporary) / "wheel")


def check_target(project: Project, target: str, to: Path) -> Optional[Built]:
    """Build; a rejection must have a cause, and what is built must hold the right files. None after a rejection."""
    without = chosen(project.root, target, through_links=True)
    built = build(project.root, target, to, VERBOSE)
    note(f"{target}: {built.code}\n{built.said}")
    assert not built.crashed, built.said
    assert built.litter == []
    assert built.printed == ""
    assert "\x1b" not in built.said
    if built.code != 0:
        assert built.code == 1
        assert built.archive is None
        check_cause(project, without, built)
        return None
    event(f"{target} is built, {len(reported(built))} codes")
    assert built.archive is not None
    assert without.error == ""
    check_members(project, target, built, without)
    return built


def check_cause(project: Project, without: Chosen, built: Built) -> None:
    findings = reported(built)
    event(f"rejected: {' '.join(sorted(findings)) or 'as hatchling does'}")
    if without.error:
        return
    assert findings, built.said
    assert set(findings) & possible_codes(project), built.said


def check_members(project: Project, target: str, built: Built, without: Chosen) -> None:
    assert built.archive is not None
    archive = read(built.archive)
    findings = reported(built)
    real = chosen(project.root, target, through_links=False).members
    expected = {**real, **without.members}
    made = (
        {"PKG-INFO"}
        if target == "sdist"
        else {name for name in archive.names if name.startswith("demo-1.0.dist-info/")}
    )
    for member, source in expected.items():
        if member in archive.refused and is_allowed(project, source):
            continue  # a FIFO, for one
        if member in archive.files or member in archive.links:
            assert not project.in_cache(source) or may_stay(project, source), f"{member} is of a cache"
        else:
            assert is_reported(project, source, findings), f"{member} is missing, and no finding says so"
            assert may_go(project, source), f"{member} was left out without a cause"
    assert set(archive.names) - made <= set(expected)
    if not set(archive.names) - made <= set(without.members):
        # The link to it was packed as well, which is reported; or the link was left out; or it lies in a cache that
        # is not entered, not even to see that the configuration excludes it.
        links = list(project.links())
        reported_link = any(is_reported(project, f"{link}/x", findings) for link in links)
        assert "NC106" in findings or reported_link or any(project.in_cache(link) for link in links)
        event("a real directory is restored")
    for member, content in archive.files.items():
        if member in expected and member not in made:
            check_content(expected[member], content, real.get(member, expected[member]))
    for member, text in archive.links.items():
        assert os.readlink(expected[member]) == text


def check_content(source: str, content: bytes, other: str) -> None:
    """The bytes are those of the source; where two sources have one name, those of either."""
    assert content in [Path(each).read_bytes() for each in (source, other) if os.path.exists(each)]


def may_stay(project: Project, source: str) -> bool:
    return project.plan.hook.get("caches") == "keep" or is_allowed(project, source) or is_named(project, source)


def may_go(project: Project, source: str) -> bool:
    """Whether the options let the file be left out."""
    if project.plan.hook.get("symlinks") == "drop":
        leads = [source, *map(str, Path(source).parents)]
        if any(os.path.islink(lead) for lead in leads if is_within(lead, str(project.root))):
            return True
    if project.plan.hook.get("caches") == "keep":
        return False
    if project.in_cache(source) or project.comes_through_cache(source):
        return True
    return is_extra_cache(project, source) or holds_only_environments(project, source)


def extra_caches(project: Project, path: str) -> List[str]:
    """The directories above the file that `extra-caches` makes caches."""
    patterns = Patterns(project.plan.hook.get("extra-caches", ()))
    ways = [str(way) for way in Path(path).parents if is_within(str(way), str(project.root)) and way != project.root]
    return [way for way in ways if patterns.match(os.path.relpath(way, str(project.root)) + "/")]


def is_extra_cache(project: Project, source: str) -> bool:
    real = os.path.join(os.path.realpath(os.path.dirname(source)), os.path.basename(source))
    return any(extra_caches(project, each) for each in (source, real))


def holds_only_environments(project: Project, source: str) -> bool:
    """Whether a directory above the file holds environments only, which makes it one of their kind."""
    directory = Path(os.path.realpath(os.path.dirname(source)))
    ways = [
        path
        for path in (directory, *directory.parents)
        if is_within(str(path), str(project.root)) and path != project.root
    ]
    return any(any(str(each) in project.caches for each in path.iterdir()) for path in ways)


@property_test(EXAMPLES)
def test_sdist(plan: Plan) -> None:
    """Any project: the sdist is right, or refused for a reason that is there."""
    check_sdist(plan)


@property_test(EXAMPLES)
def test_wheel(plan: Plan) -> None:
    """Any project: the wheel is right, or refused for a reason that is there."""
    check_wheel(plan)


@pytest.mark.nightly
@property_test(NIGHTLY)
def test_sdist_nightly(plan: Plan) -> None:
    """Thousands of projects, other ones each time: their sdists."""
    check_sdist(plan)


@pytest.mark.nightly
@property_test(NIGHTLY)
def test_wheel_nightly(plan: Plan) -> None:
    """Thousands of projects, other ones each time: their wheels."""
    check_wheel(plan)


# --- What such examples have found ------------------------------------------------------------------------------------


def one(*steps: Step, hook: Optional[Dict[str, Any]] = None, build: Optional[Dict[str, Any]] = None) -> Plan:
    return Plan(list(steps), hook or {}, build or {}, [])


def built_plan(plan: Plan, target: str, tmp_path: Path) -> Built:
    return build(make(plan, tmp_path / "tree").root, target, tmp_path / "dist", VERBOSE)


@pytest.mark.parametrize(
    ("kind", "text", "code"), [("link", "nothing", "NC104"), ("link", "l", "NC105"), ("fifo", "", "NC201")]
)
def test_allowed_but_without_content(tmp_path: Path, kind: str, text: str, code: str) -> None:
    """`allow` does not let hatchling crash or wait for ever, and leaves no file in the temporary folder."""
    built = built_plan(one(Step(kind, "src/demo/l", text), hook={"allow": ["l"]}), "wheel", tmp_path)
    assert (built.code, built.codes, built.archive, built.litter) == (1, [code], None, [])
    assert not built.crashed


@pytest.mark.parametrize("options", [{}, {"symlinks": "keep"}, {"symlinks": "drop"}])
@pytest.mark.parametrize("text", ["new\nline", "one:two", "back\\slash"])
def test_a_link_target_that_installers_refuse(tmp_path: Path, text: str, options: Dict[str, Any]) -> None:
    """A dangling link is only noticed, but not when its text is refused."""
    built = built_plan(one(Step("link", "src/demo/l", text), hook=options), "sdist", tmp_path)
    assert (built.code, built.codes, built.archive) == (1, ["NC203"], None)


def test_an_allowed_link_to_a_directory(tmp_path: Path) -> None:
    """A link that is allowed must not take the place of the real directory either."""
    plan = one(Step("link", "a.txt", "src/demo"), hook={"allow": ["*.txt"]})
    built = built_plan(plan, "sdist", tmp_path)
    assert built.codes == ["NC106"]
    assert built.archive is not None
    assert {"a.txt/__init__.py", "src/demo/__init__.py"} <= set(read(built.archive).files)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (one(Step("link", "data/l", "../src/demo/__init__.py"), build={"only-include": ["data"]}), True),
        (one(Step("cache", "store"), Step("link", "data/l", "../store/entry.py")), True),
        (one(Step("file", "data/a.txt"), Step("link", "data/l", "a.txt")), False),
    ],
)
def test_a_link_to_what_is_left_out(tmp_path: Path, plan: Plan, *, said: bool) -> None:
    """A link that leads somewhere on the disk and nowhere in the sdist is spoken of."""
    built = built_plan(plan, "sdist", tmp_path)
    assert built.code == 0
    assert ("NC104" in built.codes) is said
    assert ("its target is not in the sdist" in built.said) is said
