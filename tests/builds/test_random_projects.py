"""Random projects: their archives are correct, the wheel from the sdist is that from the tree, and `check` agrees."""

from __future__ import annotations

import collections
import contextlib
import io
import json
import os
import posixpath
import re
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple
from unittest import mock

import pytest

if os.name == "nt":
    pytest.skip("symlinks and FIFOs", allow_module_level=True)

from building import NO_HOOKS, Archive, Built, build, builder, read, surroundings, unpack
from hypothesis import HealthCheck, Phase, event, given, note, settings
from randomtrees import PLANS, Plan, Project

from hatch_nocache.cli.main import main
from hatch_nocache.patterns import Patterns
from hatch_nocache.report import escape

# Hatchling packs a file twice into a wheel where the configuration names it twice.
pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")

VERBOSE = {"HATCH_VERBOSE": "1"}
GENERATED = re.compile(r"PKG-INFO|demo-1\.0\.(dist-info|data)/.*")

# --- What Hatchling would choose by itself ----------------------------------------------------------------------------


class Chosen(NamedTuple):
    """The members that Hatchling chooses without the hook, each with its source, or the error that it ends with."""

    members: Dict[str, str]
    error: str = ""


def chosen(root: Path, target: str, walk: Optional[Callable[[str], Iterator[Any]]] = None) -> Chosen:
    """Hatchling's choice, with `walk` in the place of its own walk."""
    with surroundings(root, NO_HOOKS), contextlib.ExitStack() as stack:
        if walk is not None:
            stack.enter_context(mock.patch("hatchling.builders.plugin.interface.safe_walk", walk))
        try:
            one = builder(str(root), target)
            build_data = one.get_default_build_data()
            one.set_build_data_defaults(build_data)
            with one.config.set_build_data(build_data):
                return Chosen({file.distribution_path: file.path for file in one.recurse_included_files()})
        except (OSError, ValueError) as error:
            return Chosen({}, str(error) or "error")


def walk_real_directories(top: str) -> Iterator[Tuple[str, List[str], List[str]]]:
    """Walk as if no symlink led to a directory."""
    for where, directories, files in os.walk(top):
        directories[:] = [name for name in directories if not os.path.islink(os.path.join(where, name))]
        yield where, directories, files


def walk_all_names(top: str) -> Iterator[Tuple[str, List[str], List[str]]]:
    """Walk each directory under each of its names, below itself only once."""
    for where, directories, files in os.walk(top, followlinks=True):
        ways = [way for way in (where, *map(str, Path(where).parents)) if is_within(way, top)]
        above = collections.Counter(map(os.path.realpath, ways))
        directories[:] = [name for name in directories if above[os.path.realpath(os.path.join(where, name))] < 2]
        yield where, directories, files


# --- What was said ----------------------------------------------------------------------------------------------------


def reported(built: Built) -> Dict[str, Set[str]]:
    """The paths that the report names, by code."""
    found: Dict[str, Set[str]] = {}
    for code, path in re.findall(r"^  (NC\d{3}) (.*?)(?: -> .*?)?   ", built.said, re.MULTILINE):
        found.setdefault(code, set()).add(path.strip())
    return found


def is_reported(project: Project, path: str, findings: Dict[str, Set[str]]) -> bool:
    """Whether a finding names the file, or a directory above it."""
    names = [escape(os.path.relpath(each, str(project.root)).replace(os.sep, "/")) for each in (path, real(path))]
    found = [(place, code == "NC103" or place[-1] == "/") for code, places in findings.items() for place in places]
    return any(
        name == place or (is_directory and is_within(name, place.rstrip("/")))
        for name in names
        for place, is_directory in found
    )


def check(*arguments: str) -> Tuple[int, Dict[str, Set[str]]]:
    """Run `hatch-nocache check`: the exit code, and the paths by code, after a rejection only the rejected ones."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main(["check", "--format", "json", *arguments])
    found: Dict[str, Set[str]] = {}
    (result,) = json.loads(out.getvalue())["results"]
    for finding in (finding for part in result["parts"] for finding in part["findings"]):
        if not code or finding["action"] == "rejected":
            found.setdefault(finding["code"], set()).add(escape(finding["path"]).strip())
    return code, found


# --- What may be said and left out ------------------------------------------------------------------------------------


def real(path: str) -> str:
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))


def is_within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def possible_codes(project: Project) -> Set[str]:
    """The codes of rejections that this project can give cause for."""
    plan, codes = project.plan, set()
    forced = plan.values("force-include", "shared-data")
    if project.has_links or any(source.startswith("{outside}") for source in forced):
        # What a symlink is depends on where it is: all that can be wrong with one.
        codes |= {"NC101", "NC102", "NC103", "NC104", "NC105", "NC201", "NC205"}
    if any(step.what == "fifo" for step in project.planted):
        codes.add("NC201")
    if forced or plan.values("only-include") or plan.wheel.keys() & {"packages", "sources"}:
        codes.add("NC205")
    if any(re.search(r"[^ -~…é]|[:\\]| $|.{255}", part) for step in project.planted for part in step[:2]):
        codes.add("NC203")
    required = any(os.path.basename(step.path) in ("LICENSE", "README.md") for step in project.planted)
    # Without the cache, the sdist has nothing at that path.
    forced_in = plan.wheel.get("force-include", plan.build.get("force-include", ()))
    sources = [str(project.root / source) for source in forced_in]
    required = required or bool(sources and "extra-caches" in plan.hook)
    required = required or any(is_within(cache, source) for cache in project.caches for source in sources)
    if plan.hook.get("caches") == "reject" or required:
        codes |= {"NC001", "NC003", "NC004", "NC005"}
    return codes


def caches_above(project: Project, path: str) -> List[str]:
    """The planted caches and those of `extra-caches` that the file is in, by its path or its real place."""
    ways = {str(way) for each in (path, real(path)) for way in Path(each).parents}
    extra, root = Patterns(project.plan.hook.get("extra-caches", ())), str(project.root)
    inside = [way for way in ways if is_within(way, root) and way != root]
    return [*(project.caches & ways), *(way for way in inside if extra.match(os.path.relpath(way, root) + "/"))]


def is_explicit(project: Project, path: str, caches: List[str], *, through_links: bool = False) -> bool:
    """Whether a table of any target spells out the file, by a path that leads into each of the caches."""
    plan = project.plan
    paths = plan.values("force-include", "only-include", "packages", "shared-data")
    patterns = [each.replace("/**", "/") for each in plan.values("include", "artifacts")]
    leads = [os.path.join(str(project.root), each.format(outside=project.outside)) for each in paths]
    leads += [str(project.root / each.strip("/").replace("\\", "")) for each in patterns if "*" not in each]
    return any(
        is_within(each, lead) and all(is_within(lead, cache) for cache in caches)
        for lead in leads
        for each in ((path, real(path)) if through_links else (path,))
    )


def is_allowed(project: Project, path: str) -> bool:
    patterns = Patterns(project.plan.hook.get("allow", ()))
    return any(patterns.match(os.path.relpath(each, str(project.root))) for each in (path, real(path)))


def may_stay(project: Project, source: str) -> bool:
    sweeping = [each for each in project.plan.values("include", "artifacts") if "/" not in each.strip("/")]
    return (
        project.plan.hook.get("caches") == "keep"
        or is_allowed(project, source)
        or any(is_explicit(project, source, [cache], through_links=True) for cache in caches_above(project, source))
        or any("store" in each for each in sweeping)
    )


def may_go(project: Project, source: str) -> bool:
    """Whether the options let the file be left out."""
    if project.plan.hook.get("symlinks") == "drop":
        leads = [source, *map(str, Path(source).parents)]
        if any(os.path.islink(lead) for lead in leads if is_within(lead, str(project.root))):
            return True
    if project.plan.hook.get("caches") == "keep":
        return False
    # A directory with nothing but environments is one of their kind.
    others = project.in_place | {os.path.dirname(cache) for cache in project.caches} - {str(project.root)}
    return (
        bool(caches_above(project, source))
        or project.comes_through_cache(source)
        or any(is_within(each, other) for other in others for each in (source, real(source)))
    )


# --- The property -----------------------------------------------------------------------------------------------------


def named(plan: Plan) -> bool:
    return bool(plan.values("force-include", "only-include", "packages", "shared-data", "include", "artifacts"))


def normalized(links: Dict[str, str]) -> Dict[str, str]:
    return {member: posixpath.normpath(text) for member, text in links.items()}


def check_through(project: Project, archive: Archive, sdist: Built, from_tree: Built, from_sdist: Built) -> None:
    """The wheel from the sdist is the wheel from the tree, but for what the sdist's own table leaves out or adds."""
    note(f"wheel from the sdist: {from_sdist.code}\n{from_sdist.said}")
    selected = chosen(project.root, "sdist", walk_all_names).members
    wanted = chosen(project.root, "wheel", walk_all_names).members
    assert ("no wheel can be built" not in sdist.said) or from_sdist.code
    if "wheel" in sdist.said:
        event("the sdist's message speaks of the wheel")
        return
    assert from_tree.archive
    expected = read(from_tree.archive).files
    names = {name: os.path.relpath(path, str(project.root)) for name, path in wanted.items()}
    left_out = {name for name in expected if name in names and names[name] not in selected}
    shared = project.plan.wheel.get("shared-data", ())
    if any(not any(is_within(name, source) for name in selected) for source in shared):
        left_out |= {name for name in expected if name.startswith("demo-1.0.data/")}
    if from_sdist.archive is None:
        # An empty directory is not in an sdist.
        missing = re.search("not found: .*/demo-1.0/(.*)", from_sdist.said)
        assert left_out or (missing and not any(name.startswith(missing.group(1) + "/") for name in selected))
        assert re.search("not found|Unable to determine|NC104", from_sdist.said)
        return
    found = read(from_sdist.archive).files
    lost = {name for name in expected if name not in found} - left_out
    assert not lost, f"lost in the sdist: {sorted(lost)}, which holds {archive.names}"
    if "force-include" not in project.plan.sdist and not left_out:
        differ = {name for name in {*found, *expected} if found.get(name) != expected.get(name)}
        assert [name for name in differ if not name.endswith("/RECORD")] == []
        event("the wheel from the sdist is the same")


def check_target(project: Project, target: str, to: Path) -> Optional[Built]:
    """Build; a rejection must have a cause, and what is built must hold the right files. None after a rejection."""
    without = chosen(project.root, target)
    said = check(str(project.root), "--target", target)
    built = build(project.root, target, to / target, VERBOSE)
    note(f"{target}: {built.code}\n{built.said}")
    if "A second file is being added" in built.said:
        return None  # Hatchling's own error: the configuration asks for it
    assert (built.crashed, built.litter, built.printed, "\x1b" in built.said) == (False, [], "", False), built.said
    if not without.error:
        # A rejection says nothing else.
        assert said == (built.code, reported(built)), "`check` says otherwise"
    if built.code != 0:
        assert (built.code, built.archive) == (1, None)
        event(f"rejected: {' '.join(sorted(reported(built))) or 'as Hatchling does'}")
        assert without.error or set(reported(built)) & possible_codes(project), built.said
        return None
    event(f"{target} is built, {len(reported(built))} codes")
    assert without.error == ""
    check_members(project, target, built, without)
    return built


def check_members(project: Project, target: str, built: Built, without: Chosen) -> None:
    assert built.archive
    archive, findings = read(built.archive), reported(built)
    of_real = chosen(project.root, target, walk_real_directories).members
    of_all = chosen(project.root, target, walk_all_names).members
    for member, source in {**of_real, **without.members}.items():
        if member in archive.refused and is_allowed(project, source):
            continue  # a FIFO, for one
        if member in archive.files or member in archive.links:
            assert not project.in_cache(source) or may_stay(project, source), f"{member} is of a cache"
        else:
            is_said = member not in without.members or is_reported(project, source, findings)
            assert is_said, f"{member} is missing, and no finding says so"
            assert may_go(project, source), f"{member} was left out without a cause"
            caches = caches_above(project, source)
            explicit = caches and is_explicit(project, source, caches)
            drops = project.plan.hook.get("symlinks") == "drop"
            assert not explicit or drops, f"{member} was left out, and a table names it"
    if target == "wheel":
        for member, source in of_all.items():
            # Each symlink is followed once, and none that leads to a directory above it.
            ways = [way for way in Path(source).parents if is_within(str(way), str(project.root))]
            once = len(set(map(os.path.realpath, ways))) == len(ways) and sum(way.is_symlink() for way in ways) < 2
            if once and member not in archive.files:
                assert may_go(project, source), f"{member} is missing"
    added = {name for name in archive.names if not GENERATED.fullmatch(name)}
    assert added <= set(of_all)
    if target == "sdist" and not findings:
        assert added | set(archive.refused) == set(without.members)
    for member in added & set(archive.files):
        sources = [members[member] for members in (of_all, of_real, without.members) if member in members]
        assert archive.files[member] in [Path(each).read_bytes() for each in sources if os.path.exists(each)]
    for member, text in archive.links.items():
        assert os.readlink(of_all[member]) == text


# The explanation of a failure takes minutes.
@settings(
    max_examples=max(200, settings().max_examples),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
@given(PLANS)
def test_any_project(plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        project = Project(plan, Path(os.path.realpath(temporary)))
        out = project.root.parent / "out"
        sdist = check_target(project, "sdist", out)
        wheel = check_target(project, "wheel", out)
        # What installers refuse, or what no archive should hold, is asked for.
        asked_for = plan.hook.get("symlinks") == "keep" or "allow" in plan.hook or plan.hook.get("caches") == "keep"
        if wheel is not None and not (asked_for or named(plan)):
            assert check(str(wheel.archive))[0] == 0
        if sdist is None or sdist.archive is None:
            return
        archive = read(sdist.archive)
        assert asked_for or archive.refused == []
        assert check(str(sdist.archive)) == (0, {})
        if archive.refused == [] and "force-include" not in plan.build:
            unpacked = unpack(sdist.archive, out / "unpacked")
            if "force-include" not in plan.sdist:
                again = build(unpacked, "sdist", out / "sdist again", VERBOSE)
                assert again.code == 0, again.said
                assert again.archive
                found = read(again.archive)
                assert (found.files, found.refused) == (archive.files, archive.refused)
                # A newer data filter of tarfile unpacks `.//x` as `x`.
                assert normalized(found.links) == normalized(archive.links)
            if wheel is not None:
                check_through(project, archive, sdist, wheel, build(unpacked, "wheel", out / "wheel again", VERBOSE))
