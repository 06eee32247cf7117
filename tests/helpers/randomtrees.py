"""Random projects for the properties: what is planted in them, with which options, and what is known of it for sure."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Tuple

from hypothesis import strategies as st
from projects import plant, tree, write

CACHE = tree("0a/entry.bin", "entry.py", "entry.so", tag=True)
# In a directory with one of them, only a part is an environment.
SOURCES = {"__init__.py", "pyproject.toml", "setup.py"}

# --- The tree ---------------------------------------------------------------------------------------------------------

CACHES = ("store", "data/store", "src/demo/store", "store/inner", "data/store/deep/x", "zeta/st[o]re", ".hidden/store")
DIRECTORIES = ("", "src/demo", "src/demo/sub", "data", "data/deep", "alpha", "zeta", "o d d", *CACHES)
PLAIN_NAMES = ("a.txt", "b.py", "c.so", "__init__.py")
NAMES = (*PLAIN_NAMES, "LICENSE", "README.md", "CACHEDIR.TAG", ".keep", "…é.txt", "#x!", "..x")
ODD_NAMES = ("new\nline", "es\x1b[31mc", "bidi\u202etxt", "::error::x", "back\\slash", "space ", "not-utf8-\udcff")
ODD_NAMES += ("l" * 255, "private\ue000", "line\u2028end")
LINK_NAMES = ("Alias", "l", "zz", "sub", "deep", "a.txt", "LICENSE")
FILES = tuple(f"{directory}/{name}".lstrip("/") for directory in DIRECTORIES for name in PLAIN_NAMES)
PLACES = (*DIRECTORIES[1:], *FILES[:12], "data/Alias", "zeta/l", "src/demo/zz")


class Step(NamedTuple):
    """One thing to plant, as `plant` in case.toml says it. A step that finds its place taken does nothing."""

    path: str
    what: str
    is_inside: bool = False  # a symlink that is made only if it leads to something


def below(directories: Tuple[str, ...], names: Tuple[str, ...]) -> st.SearchStrategy[str]:
    parts = map(st.sampled_from, (directories, names))
    return st.builds(lambda directory, name: f"{directory}/{name}".lstrip("/"), *parts)


def link_inside(path: str, to: str) -> Step:
    return Step(path, f"-> {os.path.relpath(to or '.', os.path.dirname(path) or '.')}", is_inside=True)


LINK_PATHS = below(DIRECTORIES, LINK_NAMES)
HARMFUL_TEXTS = (
    *("{root}/data", "{root}/src/demo/__init__.py", "{root}-sibling/file.txt", "/dev/null"),
    *("{outside}/file.txt", "{outside}/directory", "{outside}/cache", "{outside}/nothing"),
    *("{up}outside/file.txt", "{up}outside/directory", "{up}{name}/data", "{up}{name}/src/demo/__init__.py"),
)
ODD_TEXTS = ("nothing", "l", "zz", "Alias/l", ".", "..", "nothing/../a.txt", ".//a.txt", "./a.txt", "new\nline", "a:b")
LINKS = st.sampled_from((*HARMFUL_TEXTS, *ODD_TEXTS)).map("-> {}".format)
# Other names of a directory are in a package more often than elsewhere.
SECOND_NAMES = st.builds(
    link_inside,
    below(("src/demo", "src/demo/sub", "data", ""), LINK_NAMES),
    st.sampled_from(("data", "data/deep", "alpha", "zeta", "src/demo/sub", "data/Alias", "src/demo/zz")),
)
FILE_STEPS = st.builds(Step, below(DIRECTORIES, NAMES), st.just("file"))
CACHE_STEPS = st.builds(Step, st.sampled_from(CACHES), st.sampled_from(("cache", "cache", "venv")))
RARE_STEPS = st.one_of(
    st.builds(Step, below(DIRECTORIES, ODD_NAMES), st.just("file")),
    st.builds(Step, LINK_PATHS, LINKS),
    st.builds(Step, LINK_PATHS, LINKS),
    st.builds(Step, below(DIRECTORIES, NAMES), st.just("fifo")),
)
HARD_LINKS = st.builds(Step, below(DIRECTORIES, ("hard", "l")), st.sampled_from(FILES).map("hard link to {}".format))
INSIDE = st.builds(link_inside, LINK_PATHS, st.sampled_from(PLACES))
STEPS = st.one_of(FILE_STEPS, FILE_STEPS, CACHE_STEPS, CACHE_STEPS, INSIDE, SECOND_NAMES, HARD_LINKS)

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


class Plan(NamedTuple):
    """A random project: `steps` plant its tree; the others are tables of its configuration."""

    steps: List[Step]
    hook: Dict[str, Any]
    build: Dict[str, Any]
    sdist: Dict[str, Any]
    wheel: Dict[str, Any]
    ignored: List[str]

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


class Project:
    """A planted plan. `caches` are the real paths of the directories that were made as caches or environments.

    `in_place` are environments with sources of the project in them: of those, only the environment is left out.
    """

    def __init__(self, plan: Plan, where: Path) -> None:
        self.plan, self.root, self.outside = plan, where / "project", where / "outside"
        for path in (self.outside, self.outside / "directory", where / "project-sibling"):
            write(str(path / "file.txt"), f"outside: {path.name}\n".encode())
        CACHE(str(self.outside / "cache"))
        write(str(self.root / "src" / "demo" / "__init__.py"), b"'''Demo.'''\n")
        # Links come last, so that most of them lead somewhere.
        steps = sorted(plan.steps, key=lambda step: step.what.startswith(("-> ", "hard")))
        self.planted = [step for step in steps if plant_step(self, step)]
        places = {str(self.root / step.path) for step in self.planted if step.what in ("cache", "venv")}
        self.in_place = {path for path in places if is_environment(path) and not SOURCES.isdisjoint(os.listdir(path))}
        self.caches = {str(self.outside / "cache"), *places} - self.in_place
        write_configuration(self)

    @property
    def has_links(self) -> bool:
        return any(path.is_symlink() for path in self.root.rglob("*"))

    def in_cache(self, path: str) -> bool:
        """Whether the real path of the file is in a planted cache."""
        return self.comes_through_cache(os.path.realpath(os.path.dirname(path)) + os.sep)

    def comes_through_cache(self, path: str) -> bool:
        """Whether a planted cache is on the way to the file, as the path is written."""
        return any(path.startswith(cache + os.sep) for cache in self.caches)


def is_environment(path: str) -> bool:
    names = os.listdir(path)
    return "pyvenv.cfg" in names and "CACHEDIR.TAG" not in names


def plant_step(project: Project, step: Step) -> bool:
    """Carry out a step, unless something is in the way."""
    path, what = project.root / step.path, step.what
    other = project.root / what.replace("hard link to ", "")
    words = {"root": project.root, "outside": project.outside, "name": project.root.name}
    if "{" in what:
        what = what.format(**words, up="../" * (step.path.count("/") + 1))
    if (
        os.path.realpath(str(path.parent)) != str(path.parent)
        or (os.path.lexists(str(path)) and what not in ("cache", "venv"))
        or (what.startswith("hard") and (other.is_symlink() or not other.is_file()))
        or (step.is_inside and not os.path.exists(os.path.join(str(path.parent), what[3:])))
    ):
        return False
    try:
        if what == "cache":
            CACHE(str(path))
        else:
            plant(project.root, step.path, f"file: the file {step.path!a}\n" if what == "file" else what, [])
    except (FileExistsError, NotADirectoryError):
        return False
    return True


def write_configuration(project: Project) -> None:
    metadata = {"name": "demo", "version": "1.0"}
    if (project.root / "README.md").is_file():
        metadata["readme"] = "README.md"
    plan = project.plan
    tables: Dict[str, Dict[str, Any]] = {
        "build-system": {"requires": ["hatchling", "hatch-nocache"], "build-backend": "hatchling.build"},
        "project": metadata,
        "tool.hatch.build": plan.build,
        "tool.hatch.build.targets.sdist": plan.sdist,
        "tool.hatch.build.targets.wheel": plan.wheel,
        "tool.hatch.build.hooks.nocache": plan.hook,
    }
    lines = []
    for name, values in tables.items():
        lines += [f"[{name}]", *(f"{key} = {inline(project, value)}" for key, value in values.items())]
    write(str(project.root / "pyproject.toml"), "\n".join(lines).encode())
    if plan.ignored:
        write(str(project.root / ".gitignore"), "\n".join([*plan.ignored, ""]).encode())


def inline(project: Project, value: Any) -> str:
    """Return the value in TOML, without sources of inclusions that are not there: Hatchling refuses those."""
    if not isinstance(value, dict):
        return json.dumps(value)
    sources = {source.format(outside=project.outside): place for source, place in value.items()}
    there = {source: place for source, place in sources.items() if os.path.exists(str(project.root / source))}
    return "{ " + ", ".join(f"{json.dumps(source)} = {json.dumps(place)}" for source, place in there.items()) + " }"
