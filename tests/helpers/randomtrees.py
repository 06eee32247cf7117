"""Random projects for the properties: what is planted in them, with which options, and what is known of it for sure."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set, Tuple

from hypothesis import strategies as st
from projects import KINDS, tree

CACHE = tree("0a/entry.bin", "entry.py", "entry.so", tag=True)
# In a directory with one of them, only a part is an environment.
SOURCES = {"__init__.py", "pyproject.toml", "setup.py"}

# --- The tree ---------------------------------------------------------------------------------------------------------

CACHES = ("store", "data/store", "src/demo/store", "store/inner", "data/store/deep/x", "zeta/st[o]re", ".hidden/store")
DIRECTORIES = ("", "src/demo", "src/demo/sub", "data", "data/deep", "alpha", "zeta", "o d d", *CACHES)
NAMES = (
    "a.txt",
    "b.py",
    "c.so",
    "__init__.py",
    "LICENSE",
    "README.md",
    "CACHEDIR.TAG",
    ".keep",
    "…é.txt",
    "#x!",
    "..x",
)
ODD_NAMES = (
    "new\nline",
    "es\x1b[31mc",
    "bidi\u202etxt",
    "::error::x",
    "back\\slash",
    "space ",
    "not-utf8-\udcff",
    "l" * 255,
    "private\ue000",
    "line\u2028end",
)
LINK_NAMES = ("Alias", "l", "zz", "sub", "deep", "a.txt", "LICENSE")
FILES = tuple(f"{directory}/{name}".lstrip("/") for directory in DIRECTORIES for name in NAMES[:4])
PLACES = (*DIRECTORIES[1:], *FILES[:12], "data/Alias", "zeta/l", "src/demo/zz")


@dataclasses.dataclass(frozen=True)
class Step:
    """One thing to plant; `text` is the target of a link. A step that finds its place taken does nothing."""

    kind: str
    path: str
    text: str = ""


def below(directories: Tuple[str, ...], names: Tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda directory, name: f"{directory}/{name}".lstrip("/"), *map(st.sampled_from, (directories, names))
    )


def relative_text(path: str, target: str) -> str:
    return os.path.relpath(target or ".", os.path.dirname(path) or ".")


LINK_PATHS = below(DIRECTORIES, LINK_NAMES)
INSIDE = st.builds(
    lambda path, to: Step("link inside", path, relative_text(path, to)), LINK_PATHS, st.sampled_from(PLACES)
)
HARMFUL_TEXTS = (
    "{root}/data",
    "{root}/src/demo/__init__.py",
    "{outside}/file.txt",
    "{outside}/directory",
    "{outside}/cache",
    "{outside}/nothing",
    "{root}-sibling/file.txt",
    "{up}outside/file.txt",
    "{up}outside/directory",
    "{up}{name}/data",
    "{up}{name}/src/demo/__init__.py",
    "/dev/null",
)
ODD_TEXTS = ("nothing", "l", "zz", "Alias/l", ".", "..", "nothing/../a.txt", ".//a.txt", "./a.txt", "new\nline", "a:b")
# Other names of a directory are in a package more often than elsewhere.
SECOND_NAMES = st.builds(
    lambda path, to: Step("link inside", path, relative_text(path, to)),
    below(("src/demo", "src/demo/sub", "data", ""), LINK_NAMES),
    st.sampled_from(("data", "data/deep", "alpha", "zeta", "src/demo/sub", "data/Alias", "src/demo/zz")),
)
FILE_STEPS = st.builds(Step, st.just("file"), below(DIRECTORIES, NAMES))
CACHE_STEPS = st.builds(Step, st.sampled_from(("cache", "cache", "venv")), st.sampled_from(CACHES))
RARE_STEPS = st.one_of(
    st.builds(Step, st.just("file"), below(DIRECTORIES, ODD_NAMES)),
    st.builds(Step, st.just("link"), LINK_PATHS, st.sampled_from(HARMFUL_TEXTS)),
    st.builds(Step, st.just("link"), LINK_PATHS, st.sampled_from(ODD_TEXTS)),
    st.builds(Step, st.just("fifo"), below(DIRECTORIES, NAMES)),
)
HARD_LINK_STEPS = st.builds(Step, st.just("hard link"), below(DIRECTORIES, ("hard", "l")), st.sampled_from(FILES))
STEPS = st.one_of(FILE_STEPS, FILE_STEPS, CACHE_STEPS, CACHE_STEPS, INSIDE, SECOND_NAMES, HARD_LINK_STEPS)

# --- The options ------------------------------------------------------------------------------------------------------


def sometimes(key: str, values: st.SearchStrategy[Any], odds: int = 4) -> st.SearchStrategy[Dict[str, Any]]:
    """A table with `key`, or mostly none."""
    return st.integers(0, odds).flatmap(lambda n: st.fixed_dictionaries({key: values}) if n == odds else st.just({}))


def tables(*parts: st.SearchStrategy[Dict[str, Any]]) -> st.SearchStrategy[Dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {key: value for part in found for key, value in part.items()})


ANCHORED = tuple(f"/{path.replace('[', chr(92) + '[')}" for path in (*CACHES, "data", "alpha", "src/demo/sub"))
PATTERNS = (*ANCHORED, "*.txt", "*.so", "a.*", "**/sub/*", "data/**", "store", "zz")
HOOK_OPTIONS = tables(
    sometimes("caches", st.sampled_from(("drop", "reject", "keep"))),
    sometimes("symlinks", st.sampled_from(("reject", "drop", "copy", "keep")), odds=2),
    sometimes("extra-caches", st.lists(st.sampled_from((*ANCHORED, "zeta", "alpha/", "deep")), min_size=1, max_size=2)),
    sometimes("allow", st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2), odds=6),
    sometimes("verify", st.booleans()),
)
PATTERN_LISTS = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3)
FORCED = st.dictionaries(
    st.sampled_from(
        (*CACHES, "data", "alpha/a.txt", "zeta/Alias", "src/demo/sub", "{outside}/directory", "{outside}/cache")
    ),
    st.sampled_from(("forced", "forced/deep", "src/demo/forced", "data", "a.txt")),
    min_size=1,
    max_size=2,
)
ROOTS = st.lists(st.sampled_from(("data", "store", "src/demo/zz", "zeta/l", *CACHES)), min_size=1, max_size=2)


def target_options(odds: int, *more: st.SearchStrategy[Dict[str, Any]]) -> st.SearchStrategy[Dict[str, Any]]:
    """A table of one target, or of all."""
    return tables(
        sometimes("include", st.lists(st.sampled_from(("/src", "src/demo/*.py", *PATTERNS)), min_size=2), odds),
        sometimes("exclude", PATTERN_LISTS, odds),
        sometimes("artifacts", PATTERN_LISTS, odds),
        sometimes("only-include", ROOTS.map(lambda roots: ["src/demo", *roots]), odds + 2),
        sometimes("force-include", FORCED, odds),
        *more,
    )


BUILD_OPTIONS = target_options(6, sometimes("skip-excluded-dirs", st.booleans()))
SDIST_OPTIONS = target_options(6)
WHEEL_OPTIONS = target_options(
    4,
    sometimes("packages", ROOTS.map(lambda roots: ["src/demo", *roots])),
    sometimes("sources", st.just(["src"])),
    sometimes("shared-data", FORCED, odds=6),
)
IGNORED = sometimes("lines", st.lists(st.sampled_from((*ANCHORED, "*.so", "store/")), min_size=1, max_size=2))


@dataclasses.dataclass(frozen=True)
class Plan:
    """A random project: `steps` plant its tree; the others are tables of its configuration."""

    steps: List[Step]
    hook: Dict[str, Any] = dataclasses.field(default_factory=dict)
    build: Dict[str, Any] = dataclasses.field(default_factory=dict)
    sdist: Dict[str, Any] = dataclasses.field(default_factory=dict)
    wheel: Dict[str, Any] = dataclasses.field(default_factory=dict)
    ignored: List[str] = dataclasses.field(default_factory=list)

    def values(self, *keys: str) -> List[str]:
        """What the tables say under `keys`: patterns, and the sources of inclusions."""
        tables = (self.build, self.sdist, self.wheel)
        return [value for table in tables for key in keys for value in table.get(key, ())]


PLANS = st.builds(
    lambda steps, rare, *tables: Plan(steps + rare, *tables),
    st.lists(STEPS, max_size=9),
    st.lists(RARE_STEPS, max_size=1),
    HOOK_OPTIONS,
    BUILD_OPTIONS,
    SDIST_OPTIONS,
    WHEEL_OPTIONS,
    IGNORED.map(lambda ignored: ignored.get("lines", [])),
)

# --- Making it --------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Project:
    """A planted plan. `caches` are the real paths of the directories that were made as caches or environments.

    `in_place` are environments with sources of the project in them: of those, only the environment is left out.
    """

    plan: Plan
    root: Path
    outside: Path
    caches: Set[str] = dataclasses.field(default_factory=set)
    in_place: Set[str] = dataclasses.field(default_factory=set)
    planted: List[Step] = dataclasses.field(default_factory=list)

    @property
    def kinds(self) -> Set[str]:
        return {step.kind for step in self.planted}

    def links(self) -> Iterator[str]:
        """The paths of all links."""
        for where, directories, files in os.walk(str(self.root)):
            yield from (
                path for path in (os.path.join(where, name) for name in directories + files) if os.path.islink(path)
            )

    def in_cache(self, path: str) -> bool:
        """Whether the real path of the file is in a planted cache."""
        return self.comes_through_cache(os.path.realpath(os.path.dirname(path)) + os.sep)

    def comes_through_cache(self, path: str) -> bool:
        """Whether a planted cache is on the way to the file, as the path is written."""
        return any(path.startswith(cache + os.sep) for cache in self.caches)


def make(plan: Plan, where: Path) -> Project:
    where = Path(os.path.realpath(str(where)))
    project = Project(plan, where / "project", where / "outside")
    for path in (project.root / "src" / "demo", project.outside / "directory", project.outside / "cache"):
        path.mkdir(parents=True)
    (where / "project-sibling").mkdir()
    for path in (project.outside, project.outside / "directory", where / "project-sibling"):
        (path / "file.txt").write_text(f"outside: {path.name}\n", encoding="utf-8")
    CACHE(str(project.outside / "cache"))
    project.caches.add(str(project.outside / "cache"))
    (project.root / "src" / "demo" / "__init__.py").write_text("'''Demo.'''\n", encoding="utf-8")
    # Links come last, so that most of them lead somewhere.
    for step in sorted(plan.steps, key=lambda step: "link" in step.kind):
        if plant(project, step):
            project.planted.append(step)
    environments = (path for path in project.caches if is_environment(path))
    project.in_place = {path for path in environments if not SOURCES.isdisjoint(os.listdir(path))}
    project.caches -= project.in_place
    write_configuration(project)
    return project


def is_environment(path: str) -> bool:
    names = os.listdir(path)
    return "pyvenv.cfg" in names and "CACHEDIR.TAG" not in names


def plant(project: Project, step: Step) -> bool:
    """Carry out a step, unless something is in the way."""
    path = project.root / step.path
    if os.path.realpath(str(path.parent)) != str(path.parent):
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if step.kind in ("cache", "venv"):
            (CACHE if step.kind == "cache" else KINDS["venv"])(str(path))
            project.caches.add(str(path))
            return True
        return not os.path.lexists(str(path)) and plant_file(project, step, path)
    except (FileExistsError, NotADirectoryError):
        return False


def plant_file(project: Project, step: Step, path: Path) -> bool:
    other = project.root / step.text
    if step.kind == "file":
        path.write_bytes(f"the file {step.path!a}\n".encode())
    elif step.kind == "hard link":
        if other.is_symlink() or not other.is_file():
            return False
        os.link(str(other), str(path))
    elif step.kind == "fifo":
        os.mkfifo(str(path))
    elif step.kind == "link inside" and not os.path.exists(os.path.join(str(path.parent), step.text)):
        return False
    else:
        os.symlink(fill(step, project), str(path))
    return True


def fill(step: Step, project: Project) -> str:
    up = "../" * (step.path.count("/") + 1)
    words = {"root": project.root, "outside": project.outside, "name": project.root.name, "up": up}
    return step.text.format(**words) if "{" in step.text else step.text


def write_configuration(project: Project) -> None:
    metadata: Dict[str, Any] = {"name": "demo", "version": "1.0"}
    if os.path.lexists(str(project.root / "README.md")) and (project.root / "README.md").is_file():
        metadata["readme"] = "README.md"
    requires = ["hatchling", "hatch-nocache"]
    lines = [*table("build-system", {"requires": requires, "build-backend": "hatchling.build"})]
    lines += [*table("project", metadata), *table("tool.hatch.build", existing(project, project.plan.build))]
    lines += [*table("tool.hatch.build.targets.sdist", existing(project, project.plan.sdist))]
    lines += [*table("tool.hatch.build.targets.wheel", existing(project, project.plan.wheel))]
    lines += [*table("tool.hatch.build.hooks.nocache", project.plan.hook)]
    (project.root / "pyproject.toml").write_text("\n".join(lines), encoding="utf-8")
    if project.plan.ignored:
        (project.root / ".gitignore").write_text("\n".join(project.plan.ignored) + "\n", encoding="utf-8")


def existing(project: Project, options: Dict[str, Any]) -> Dict[str, Any]:
    """The options, without sources of inclusions that are not there: Hatchling refuses those."""
    filled = {**options}
    for key in ("force-include", "shared-data"):
        if key in options:
            sources = {source.format(outside=project.outside): target for source, target in options[key].items()}
            filled[key] = {
                source: target
                for source, target in sources.items()
                if os.path.exists(os.path.join(str(project.root), source))
            }
    return filled


def table(name: str, values: Dict[str, Any]) -> Iterator[str]:
    yield f"[{name}]"
    for key, value in values.items():
        yield f"{key} = {inline(value)}"


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {json.dumps(each)}" for key, each in value.items()) + " }"
    return json.dumps(value)
